#!/usr/bin/env python3
"""Makes the pictures of the README and the manual from real screens: runs the demo in a private tmux server, types keys, converts what the
terminal shows into SVG. Needs python3, tmux and a release build:

    cargo build --release && python3 assets/screenshots.py [NAME...]
"""

import os
import re
import subprocess
import sys
import tempfile
import time
import unicodedata
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "assets"
PROGRAM = Path(os.environ.get("BAMBU_TUI", ROOT / "target/release/bambu-tui"))
SOCKET = f"bambu-tui-screenshots-{os.getpid()}"

# name, columns, rows, arguments, steps. A step is a key (as tmux names it), ("wait", text) until the screen has the
# text, or ("sleep", seconds).
DEMO = ["demo", "--seed", "1"]
SHOTS = [
    ("dashboard-120x40", 120, 40, DEMO, [("wait", "Workshop"), ("wait", "▀"), ("sleep", 4)]),
    ("dashboard-80x24", 80, 24, DEMO, [("wait", "Workshop"), ("sleep", 4)]),
    ("dashboard-40x12", 40, 12, DEMO, [("wait", "Workshop"), ("sleep", 3)]),
    ("farm-120x40", 120, 40, [*DEMO, "--scenario", "farm"], [("wait", "A-01"), ("sleep", 6), "g", "z", ("sleep", 1)]),
    ("stop-80x24", 80, 24, DEMO, [("wait", "Workshop"), ("sleep", 3), "x", ("wait", "y"), ("sleep", 1)]),
    ("help-120x40", 120, 40, DEMO, [("wait", "Workshop"), ("wait", "▀"), ("sleep", 3), "?", ("sleep", 1)]),
]

FOREGROUND, BACKGROUND = "#d8dee9", "#15181e"
ANSI = ["#15181e", "#e06c75", "#98c379", "#e5c07b", "#61afef", "#c678dd", "#56b6c2", "#abb2bf",
        "#5c6370", "#f07178", "#b5e890", "#ffd580", "#82aaff", "#d99cf0", "#89ddff", "#ffffff"]
CELL_W, CELL_H, SIZE, PAD = 8.4, 17.0, 14, 10
FONT = "'DejaVu Sans Mono','Menlo','Consolas','Liberation Mono',monospace"


def tmux(*args, **kwargs):
    return subprocess.run(["tmux", "-L", SOCKET, "-f", os.devnull, *args], capture_output=True, text=True, **kwargs)


def capture(*flags):
    return tmux("capture-pane", "-p", *flags).stdout


def take(name, columns, rows, arguments, steps, home):
    """Runs the program in a terminal of this size and gives back its screen with the colour codes."""
    environment = ["env", "-u", "TMUX", "-u", "NO_COLOR", "-u", "SSH_CONNECTION", "-u", "SSH_TTY", "-u", "SSH_CLIENT",
                   f"HOME={home}", f"XDG_CONFIG_HOME={home}/config", f"XDG_STATE_HOME={home}/state",
                   "TERM=xterm-256color", "COLORTERM=truecolor", "LANG=C.UTF-8", "LC_ALL=C.UTF-8"]
    command = [*environment, str(PROGRAM), *arguments]
    tmux("new-session", "-d", "-x", str(columns), "-y", str(rows), " ".join(f"'{part}'" for part in command), check=True)
    try:
        tmux("set", "-g", "status", "off")
        tmux("resize-window", "-x", str(columns), "-y", str(rows))
        for step in steps:
            if isinstance(step, str):
                tmux("send-keys", step)
            elif step[0] == "sleep":
                time.sleep(step[1])
            else:
                end = time.monotonic() + 15
                while step[1] not in capture():
                    if time.monotonic() > end:
                        print(f"{name}: waited in vain for {step[1]!r}", file=sys.stderr)
                        break
                    time.sleep(0.1)
        return capture("-e", "-N")
    finally:
        tmux("send-keys", "C-c")
        time.sleep(0.3)
        tmux("kill-server")


def palette(index):
    if index < 16:
        return ANSI[index]
    if index >= 232:
        return "#" + f"{8 + (index - 232) * 10:02x}" * 3
    index -= 16
    steps = (0, 95, 135, 175, 215, 255)
    return "#" + "".join(f"{steps[index // by % 6]:02x}" for by in (36, 6, 1))


class Style:
    def __init__(self):
        self.fg = self.bg = None
        self.bold = self.dim = self.italic = self.underline = self.reverse = self.strike = False

    def apply(self, codes):
        codes = [int(code or 0) for code in re.split("[;:]", codes)]
        at = 0
        while at < len(codes):
            code = codes[at]
            if code == 0:
                self.__init__()
            elif code in (1, 2, 3, 4, 7, 9):
                setattr(self, {1: "bold", 2: "dim", 3: "italic", 4: "underline", 7: "reverse", 9: "strike"}[code], True)
            elif code == 22:
                self.bold = self.dim = False
            elif code in (23, 24, 27, 29):
                setattr(self, {23: "italic", 24: "underline", 27: "reverse", 29: "strike"}[code], False)
            elif code in (38, 48):
                kind = codes[at + 1] if at + 1 < len(codes) else 0
                if kind == 2:
                    colour, at = "#" + "".join(f"{c:02x}" for c in codes[at + 2:at + 5]), at + 4
                else:
                    colour, at = palette(codes[at + 2]), at + 2
                if code == 38:
                    self.fg = colour
                else:
                    self.bg = colour
            elif code == 39:
                self.fg = None
            elif code == 49:
                self.bg = None
            elif 30 <= code <= 37 or 90 <= code <= 97:
                self.fg = ANSI[code - 30 if code < 90 else code - 82]
            elif 40 <= code <= 47 or 100 <= code <= 107:
                self.bg = ANSI[code - 40 if code < 100 else code - 92]
            at += 1

    def colours(self):
        fg, bg = self.fg or FOREGROUND, self.bg or BACKGROUND
        if self.reverse:
            fg, bg = bg, fg
        if self.dim:
            fg = mix(fg, bg, 0.45)
        return fg, bg


def mix(a, b, share):
    part = [round(int(a[i:i + 2], 16) * (1 - share) + int(b[i:i + 2], 16) * share) for i in (1, 3, 5)]
    return "#" + "".join(f"{value:02x}" for value in part)


def cells(line, style):
    """The cells of a line: (character, foreground, background, look). A wide character is followed by ''."""
    out = []
    for codes, other, char in re.findall(r"\x1b\[([0-9;:]*)m|(\x1b\[[^a-zA-Z]*[a-zA-Z]|\x1b[()].|[\x0e\x0f])|(.)", line):
        if other:
            continue
        if not char:
            style.apply(codes)
        elif unicodedata.combining(char):
            if out:
                out[-1] = (out[-1][0] + char, *out[-1][1:])
        else:
            look = (style.bold, style.italic, style.underline, style.strike)
            out.append((char, *style.colours(), look))
            if unicodedata.east_asian_width(char) in "WF":
                out.append(("", *style.colours(), look))
    return out


class Canvas:
    """Rectangles of one colour that touch are joined, first along a row, then down the columns."""

    def __init__(self):
        self.runs = {}

    def add(self, column, width, top, height, colour):
        runs = self.runs.setdefault((round(top, 3), round(height, 3)), [])
        if runs and runs[-1][2] == colour and abs(runs[-1][0] + runs[-1][1] - column) < 1e-6:
            runs[-1][1] += width
        else:
            runs.append([column, width, colour])

    def svg(self):
        """Rectangles by colour, as paths: much smaller than one element each."""
        boxes = {}
        for (top, height), runs in sorted(self.runs.items()):
            for column, width, colour in runs:
                above = boxes.get((column, width, colour))
                if above and abs(above[-1][1] - top) < 1e-6:
                    above[-1][1] = top + height
                else:
                    boxes.setdefault((column, width, colour), []).append([top, top + height])
        paths = {}
        for (column, width, colour), spans in boxes.items():
            for top, bottom in spans:
                path = f"M{number(column)} {number(top)}h{number(width)}v{number(bottom - top)}h-{number(width)}z"
                paths.setdefault(colour, []).append(path)
        return [f'<path fill="{colour}" d="{"".join(parts)}"/>' for colour, parts in paths.items()]


def number(value):
    return f"{value:.2f}".rstrip("0").rstrip(".")


# Box drawing as strokes, so that lines meet whatever the font is: the sides each character reaches (left, up, right,
# down); 2 is a heavy line.
LINES = {"─": (1, 0, 1, 0), "│": (0, 1, 0, 1), "┌": (0, 0, 1, 1), "┐": (1, 0, 0, 1), "└": (0, 1, 1, 0),
         "┘": (1, 1, 0, 0), "├": (0, 1, 1, 1), "┤": (1, 1, 0, 1), "┬": (1, 0, 1, 1), "┴": (1, 1, 1, 0),
         "┼": (1, 1, 1, 1), "━": (2, 0, 2, 0), "┃": (0, 2, 0, 2), "╸": (2, 0, 0, 0), "╺": (0, 0, 2, 0),
         "┏": (0, 0, 2, 2), "┓": (2, 0, 0, 2), "┗": (0, 2, 2, 0), "┛": (2, 2, 0, 0)}
ROUND = {"╭": (1, 1), "╮": (-1, 1), "╰": (1, -1), "╯": (-1, -1)}
EIGHTHS_LEFT = {c: (8 - i) / 8 for i, c in enumerate("█▉▊▋▌▍▎▏")}
EIGHTHS_LOW = {c: (i + 1) / 8 for i, c in enumerate("▁▂▃▄▅▆▇█")}
SHADES = {"░": 0.25, "▒": 0.5, "▓": 0.75}


def block(char, x, y, fg, bg, canvas):
    """Draws block elements as rectangles. Tells whether the character was one."""
    if char == "▀":
        canvas.add(x, CELL_W, y, CELL_H / 2, fg)
    elif char == "▐":
        canvas.add(x + CELL_W / 2, CELL_W / 2, y, CELL_H, fg)
    elif char in SHADES:
        canvas.add(x, CELL_W, y, CELL_H, mix(bg, fg, SHADES[char]))
    elif char in EIGHTHS_LEFT:
        canvas.add(x, CELL_W * EIGHTHS_LEFT[char], y, CELL_H, fg)
    elif char in EIGHTHS_LOW:
        height = CELL_H * EIGHTHS_LOW[char]
        canvas.add(x, CELL_W, y + CELL_H - height, height, fg)
    else:
        return False
    return True


def stroke(char, x, y, fg, strokes):
    """Draws lines, corners and braille dots. Tells whether the character was one."""
    mx, my = x + CELL_W / 2, y + CELL_H / 2
    if char in LINES:
        left, up, right, down = LINES[char]
        for weight, path in ((left, f"M{number(x)} {number(my)}H{number(mx)}"),
                             (right, f"M{number(mx)} {number(my)}H{number(x + CELL_W)}"),
                             (up, f"M{number(mx)} {number(y)}V{number(my)}"),
                             (down, f"M{number(mx)} {number(my)}V{number(y + CELL_H)}")):
            if weight:
                strokes.setdefault((fg, weight), []).append(path)
    elif char in ROUND:
        dx, dy = ROUND[char]
        r = CELL_W / 2
        path = (f"M{number(mx + dx * CELL_W / 2)} {number(my)}Q{number(mx)} {number(my)} {number(mx)} "
                f"{number(my + dy * r)}V{number(my + dy * CELL_H / 2)}")
        strokes.setdefault((fg, 1), []).append(path)
    elif 0x2800 <= ord(char) <= 0x28FF:
        bits = ord(char) - 0x2800
        places = ((0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (0, 3), (1, 3))
        for bit, (column, row) in enumerate(places):
            if bits >> bit & 1:
                px, py = x + CELL_W * (0.27 + 0.46 * column), y + CELL_H * (0.125 + 0.25 * row)
                strokes.setdefault((fg, "dot"), []).append(f"M{number(px)} {number(py)}h0")
    else:
        return False
    return True


def escape(text):
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def convert(screen, columns, rows, title):
    canvas_bg, canvas, strokes, texts, style = Canvas(), Canvas(), {}, [], Style()
    lines = (screen.split("\n") + [""] * rows)[:rows]
    # tmux ends a colour only where another begins, so the style goes on from line to line.
    for row, line in enumerate(lines):
        y = row * CELL_H
        run, run_style, run_at = "", None, 0

        def end_run():
            if run.strip():
                fg, look = run_style
                marks = "".join(mark for on, mark in zip(look, (' font-weight="bold"', ' font-style="italic"')) if on)
                lines_ = [name for on, name in zip(look[2:], ("underline", "line-through")) if on]
                marks += f' text-decoration="{" ".join(lines_)}"' if lines_ else ""
                lead = len(run) - len(run.lstrip())
                body = run.strip()
                x, width = (run_at + lead) * CELL_W, len(body) * CELL_W
                texts.append(f'<text x="{number(x)}" y="{number(y + 12.8)}" textLength="{number(width)}" '
                             f'fill="{fg}"{marks}>{escape(body)}</text>')

        for column, (char, fg, bg, look) in enumerate(cells(line, style)[:columns]):
            x = column * CELL_W
            if bg != BACKGROUND:
                canvas_bg.add(x, CELL_W, y, CELL_H, bg)
            drawn = char == "" or block(char, x, y, fg, bg, canvas) or stroke(char, x, y, fg, strokes)
            if not drawn and char != " ":
                wide = unicodedata.east_asian_width(char[0]) in "WF"
                narrow = char.isascii() or char.isalpha()
                if run_style == (fg, look) and narrow and not wide:
                    run += char
                    continue
                end_run()
                run, run_style, run_at = char, (fg, look), column
                if wide or not narrow:
                    end_run()
                    run, run_style = "", None
            elif char == " " and run_style == (fg, look) and look[2:] == (False, False):
                run += " "
            else:
                end_run()
                run, run_style = "", None
        end_run()
    width, height = columns * CELL_W + 2 * PAD, rows * CELL_H + 2 * PAD
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {number(width)} {number(height)}" '
           f'width="{number(width)}" height="{number(height)}">',
           f"<title>{escape(title)}</title>",
           f'<rect width="100%" height="100%" rx="6" fill="{BACKGROUND}"/>',
           f'<g transform="translate({PAD} {PAD})">',
           '<g shape-rendering="crispEdges">', *canvas_bg.svg(), *canvas.svg(), "</g>"]
    for (colour, weight), paths in strokes.items():
        look = 'stroke-width="1.9" stroke-linecap="round"' if weight == "dot" else f'stroke-width="{weight * 1.1:.1f}"'
        out.append(f'<path fill="none" stroke="{colour}" {look} d="{"".join(paths)}"/>')
    out.append(f'<g font-family="{FONT}" font-size="{SIZE}" xml:space="preserve">')
    return "\n".join([*out, *texts, "</g>", "</g>", "</svg>", ""])


def main():
    wanted = sys.argv[1:]
    if not PROGRAM.exists():
        sys.exit(f"{PROGRAM} is missing; run: cargo build --release")
    for name, columns, rows, arguments, steps in SHOTS:
        if wanted and name not in wanted:
            continue
        with tempfile.TemporaryDirectory() as home:
            screen = take(name, columns, rows, arguments, steps, home)
        if not screen.strip():
            sys.exit(f"{name}: the screen stayed empty")
        path = OUT / f"{name}.svg"
        path.write_text(convert(screen, columns, rows, f"bambu-tui {' '.join(arguments)}, {columns}x{rows}"))
        print(f"{path.relative_to(ROOT)}: {path.stat().st_size // 1024} kB")


if __name__ == "__main__":
    main()
