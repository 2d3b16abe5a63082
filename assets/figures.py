"""Whole-process figures of a `dist` build, and with `--builds` of both profiles; see figures.sh.

CPU is user and system time of the process by /proc, as a share of one core. Bytes are those that the program writes to
its terminal. A frame is what stands between two marks of a synchronized update. Medians where several runs are named.
"""

import fcntl
import json
import os
import pty
import random
import re
import resource
import select
import signal
import socket
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROGRAM = Path(os.environ.get("BAMBU_TUI", ROOT / "target/dist/bambu-tui"))
QUICK = "--quick" in sys.argv
LONG, SHORT, STARTS, KEYS = (15, 8, 5, 60) if QUICK else (60, 30, 15, 200)
FRAME, FRAME_END = b"\x1b[?2026h", b"\x1b[?2026l"
CODES = re.compile(rb"\x1b\[[0-9;:?]*[a-zA-Z]|\x1b[()].")
TICKS = os.sysconf("SC_CLK_TCK")


class Terminal:
    """The program in a pseudo-terminal."""

    def __init__(self, home, *arguments):
        environment = {"HOME": str(home), "XDG_CONFIG_HOME": f"{home}/config", "XDG_STATE_HOME": f"{home}/state",
                       "TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8", "PATH": os.environ["PATH"]}
        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
        self.started = time.perf_counter()
        self.child = subprocess.Popen([PROGRAM, *arguments], stdin=slave, stdout=slave, stderr=slave, env=environment,
                                      start_new_session=True, close_fds=True)
        os.close(slave)
        self.fd, self.pid, self.output = master, self.child.pid, b""

    def read(self, seconds):
        """Whatever comes within this time; returns at the first bytes."""
        if not select.select([self.fd], [], [], max(seconds, 0))[0]:
            return b""
        try:
            got = os.read(self.fd, 1 << 16)
        except OSError:
            sys.exit(f"the program ended: {CODES.sub(b'', self.output)[-400:].decode(errors='replace')}")
        self.output += got
        return got

    def rest(self, seconds):
        """Everything that comes within this time."""
        end, got = time.perf_counter() + seconds, b""
        while (left := end - time.perf_counter()) > 0:
            got += self.read(left)
        return got

    def until(self, pattern, seconds=20):
        """Seconds from the start until the screen's bytes hold the pattern."""
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            if re.search(pattern, self.output) or re.search(pattern, CODES.sub(b"", self.output)):
                return time.perf_counter() - self.started
            self.read(end - time.perf_counter())
        sys.exit(f"waited in vain for {pattern!r}")

    def cpu(self):
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def memory(self):
        """Now and at most, in MB."""
        return self.sizes("VmRSS", "VmHWM")

    def private(self):
        """What is not read from the program's file, in MB."""
        return self.sizes("RssAnon")[0]

    def sizes(self, *keys):
        text = Path(f"/proc/{self.pid}/status").read_text()
        return tuple(int(re.search(rf"{key}:\s+(\d+)", text)[1]) * 1024 / 1e6 for key in keys)

    def watch(self, seconds):
        """(bytes/s, frames/s, CPU %) over a time."""
        cpu, begin = self.cpu(), time.perf_counter()
        got = self.rest(seconds)
        took = time.perf_counter() - begin
        return len(got) / took, got.count(FRAME) / took, 100 * (self.cpu() - cpu) / took

    def keys(self, count):
        """(p50, p95, worst) in ms from a key to the end of the frame that answers it."""
        times = []
        for turn in range(count):
            self.rest(random.uniform(0.03, 0.15))
            begin, got = time.perf_counter(), b""
            os.write(self.fd, b"j" if turn % 2 == 0 else b"k")
            while FRAME_END not in got and time.perf_counter() < begin + 2:
                got += self.read(begin + 2 - time.perf_counter())
            times.append((time.perf_counter() - begin) * 1000)
        times.sort()
        return times[len(times) // 2], times[int(len(times) * 0.95)], times[-1]

    def close(self):
        self.child.send_signal(signal.SIGTERM)
        try:
            self.child.wait(5)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()
        os.close(self.fd)


class Simulator:
    """`bambu-tui simulate`, and configurations that point at it."""

    def __init__(self, *arguments):
        self.child = subprocess.Popen([PROGRAM, "simulate", "--seed", "1", *arguments], stdout=subprocess.PIPE)
        ready = json.loads(self.child.stdout.readline())
        self.printers, self.texts_url, self.cloud = ready["printers"], ready["texts_url"], ready.get("cloud")

    def config(self, home, dead=(), camera="off"):
        path = Path(home) / "config.toml"
        lines = [f'[ui]\ncamera = "{camera}"\n[error_texts]\nurl = "{self.texts_url}"\n']
        for p in self.printers:
            lines.append(f'[[printer]]\nname = "{p["name"]}"\nhost = "{p["host"]}"\nserial = "{p["serial"]}"\n'
                         f'access_code = "{p["access_code"]}"\nmqtt_port = {p["mqtt_port"]}\n'
                         f'fingerprint = "{p["fingerprint"]}"\n')
        for number, (host, port) in enumerate(dead):
            lines.append(f'[[printer]]\nname = "dead {number}"\nhost = "{host}"\nserial = "01P00A9990000{number:02}"\n'
                         f'access_code = "00000000"\nmqtt_port = {port}\n')
        if self.cloud:
            token = Path(home) / "token"
            token.write_text(self.cloud["token"])
            token.chmod(0o600)
            keys = ("region", "account", "api_url", "web_url", "mqtt_host", "mqtt_port", "ca_file")
            lines += ["[cloud]", f'token_command = ["cat", "{token}"]', *(f"{k} = {json.dumps(self.cloud[k])}" for k in keys)]
        path.write_text("\n".join(lines))
        path.chmod(0o600)
        return str(path)

    def close(self):
        self.child.terminate()
        self.child.wait()


ROWS = []


def row(what, figure, target):
    ROWS.append((what, figure, target))
    print(f"{what}: {figure}", file=sys.stderr, flush=True)


def with_one(scenario, work, *arguments):
    """A client of one simulated printer, without camera."""
    simulator = Simulator("--printers", "1", "--scenario", scenario, *arguments)
    with tempfile.TemporaryDirectory() as home:
        config = simulator.config(home)
        try:
            work(home, config)
        finally:
            simulator.close()


def opened(home, *arguments, settle):
    terminal = Terminal(home, *arguments)
    terminal.rest(settle)
    return terminal


def start_times(home, config):
    """Medians in ms to the first frame and to the first data."""
    frames, data = [], []
    for _ in range(STARTS):
        terminal = Terminal(home, "--config", config)
        frames.append(terminal.until(re.escape(FRAME_END)) * 1000)
        data.append(terminal.until(rb"\d ?%") * 1000)
        terminal.close()
    return statistics.median(frames), statistics.median(data)


def starts(home, config):
    frame, data = start_times(home, config)
    row(f"start to first frame (median of {STARTS})", f"{frame:.0f} ms", "15 ms")
    row(f"start to first data over loopback (median of {STARTS})", f"{data:.0f} ms", "150 ms")


def signed_in(what, target):
    """A client of a cloud account too: two more printers, over one more connection."""
    def work(home, config):
        terminal = opened(home, "--config", config, settle=12)
        terminal.until(rb"School P2S")
        bytes_s, frames, cpu = terminal.watch(LONG)
        now, most = terminal.memory()
        row(f"signed in to the cloud, three printers of the account, {what}",
            f"{bytes_s:.0f} bytes/s, {frames:.1f} frames/s, {cpu:.2f} % CPU, {most:.1f} MB", target)
        terminal.close()
    return work


def idle(home, config):
    terminal = opened(home, "--config", config, settle=8)
    bytes_s, _, cpu = terminal.watch(SHORT)
    row("one idle printer", f"{bytes_s:.0f} bytes/s, {cpu:.2f} % CPU", "0 bytes/s, 0.0 % CPU")
    terminal.close()


def printing(home, config):
    terminal = opened(home, "--config", config, settle=8)
    bytes_s, frames, cpu = terminal.watch(LONG)
    row("one printing printer at 1 Hz, no camera", f"{bytes_s:.0f} bytes/s, {frames:.1f} frames/s, {cpu:.2f} % CPU",
        "200 bytes/s, 0.15 % CPU")
    row("memory of the client, now, at most, and of it private",
        "{:.1f} MB, {:.1f} MB, {:.1f} MB".format(*terminal.memory(), terminal.private()), "15 MB, 8 MB private")
    terminal.close()


def flood(home, config):
    terminal = opened(home, "--config", config, settle=5)
    bytes_s, frames, cpu = terminal.watch(SHORT)
    row("one printer at 50 messages/s", f"{frames:.1f} frames/s, {bytes_s:.0f} bytes/s, {cpu:.2f} % CPU",
        "10 frames/s, 1.5 % CPU")
    terminal.close()


def keys():
    with tempfile.TemporaryDirectory() as home, socket.create_server(("127.0.0.1", 0), backlog=0) as silent:
        simulator = Simulator()
        deaf = silent.getsockname()
        dead = [("127.0.0.1", 1), ("192.0.2.1", 8883), ("no-such-printer.invalid", 8883), deaf, deaf]
        for what, others in (("4 printers", ()), ("4 printers and 5 dead links", dead)):
            terminal = opened(home, "--config", simulator.config(home, others), settle=3)
            report_keys(terminal, what)
            terminal.close()
        simulator.close()
        simulator = Simulator("--scenario", "farm")
        terminal = opened(home, "--config", simulator.config(home), settle=8)
        report_keys(terminal, "200 printers at 1 Hz")
        row("client of 200 printers at 1 Hz: memory, CPU",
            f"{terminal.memory()[0]:.1f} MB, {terminal.watch(SHORT)[2]:.2f} % CPU", "–")
        terminal.close()
        simulator.close()


def report_keys(terminal, what):
    p50, p95, worst = terminal.keys(KEYS)
    row(f"key to screen, {what}: p50, p95, worst of {KEYS}", f"{p50:.1f} ms, {p95:.1f} ms, {worst:.1f} ms", "p95 3 ms")


def farm_figures(camera):
    """(bytes/s, CPU %, MB now, MB at most) of 200 printers, both ends."""
    with tempfile.TemporaryDirectory() as home:
        config = Path(home) / "config.toml"
        config.write_text(f'[ui]\ncamera = "{camera}"\n')
        terminal = opened(home, "--config", str(config), "demo", "--scenario", "farm", settle=10)
        bytes_s, _, cpu = terminal.watch(SHORT)
        now, most = terminal.memory()
        terminal.close()
        return bytes_s, cpu, now, most


def farm(camera):
    bytes_s, cpu, now, most = farm_figures(camera)
    row(f"`demo --scenario farm` (200 printers, both ends), camera {camera}",
        f"{now:.1f} MB ({most:.1f} MB at most), {cpu:.2f} % CPU, {bytes_s:.0f} bytes/s", "60 MB, 3 % CPU")


def profile(name):
    """A profile's own figures, from a clean build on."""
    global PROGRAM
    with tempfile.TemporaryDirectory() as target:
        before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        subprocess.run(["cargo", "build", "--locked", "--profile", name, "--target-dir", target], cwd=ROOT, check=True)
        took, after = time.perf_counter() - begin, resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        PROGRAM = Path(target) / name / "bambu-tui"
        return {"clean build": f"{minutes(took)}, {minutes(cpu)} of CPU", **program_figures()}


def program_figures():
    figures = {"binary": f"{PROGRAM.stat().st_size / 1e6:.1f} MB"}

    def one(home, config):
        figures["start to first frame"] = f"{start_times(home, config)[0]:.0f} ms"
        terminal = opened(home, "--config", config, settle=8)
        figures["one printer without camera: memory"] = \
            f"{terminal.memory()[0]:.1f} MB, {terminal.private():.1f} MB of it private"
        terminal.close()

    with_one("single", one)
    _, cpu, now, _ = farm_figures("off")
    figures["200 printers, both ends"] = f"{cpu:.2f} % CPU, {now:.1f} MB"
    return figures


def minutes(seconds):
    return f"{int(seconds) // 60} min {int(seconds) % 60} s"


def builds():
    """The table of both profiles."""
    release, dist = profile("release"), profile("dist")
    print("| | `release` | `dist` |\n|---|---|---|")
    for what in release:
        print(f"| {what} | {release[what]} | {dist[what]} |")


def main():
    if "--builds" in sys.argv:
        return builds()
    print(f"load before: {os.getloadavg()[0]:.1f}", file=sys.stderr)
    with_one("single", starts)
    with_one("quiet", idle)
    with_one("single", printing)
    with_one("flood", flood)
    with_one("quiet", signed_in("idle", "0 bytes/s, 0.0 % CPU"), "--cloud")
    with_one("single", signed_in("one printing", "15 MB"), "--cloud")
    keys()
    for camera in ("off", "live"):
        farm(camera)
    row("binary", f"{PROGRAM.stat().st_size / 1e6:.1f} MB", "10 MB")
    print("| what | measured | target, at most |\n|---|---|---|")
    for cells in ROWS:
        print("| " + " | ".join(cells) + " |")
    print(f"\nload after: {os.getloadavg()[0]:.1f}", file=sys.stderr)


if __name__ == "__main__":
    main()
