//! What terminals send.

use super::{ALT, CTRL, NONE, SHIFT};
use crate::terminal::parser::{C1_ST, ReplyKind};
use crossterm::event::{KeyCode, KeyModifiers};

/// Keys by terminal: what it sends, and what that is.
pub(super) fn keys() -> Vec<(&'static str, KeyCode, KeyModifiers)> {
    use KeyCode::{BackTab, Backspace, Char, Delete, Down, End, Enter, Esc, F, Home, Insert, KeypadBegin, Left};
    use KeyCode::{PageDown, PageUp, Right, Tab, Up};
    let mut all = vec![
        // Every terminal.
        ("a", Char('a'), NONE),
        ("?", Char('?'), NONE),
        ("P", Char('P'), SHIFT),
        (" ", Char(' '), NONE),
        ("\r", Enter, NONE),
        ("\n", Char('j'), CTRL),
        ("\t", Tab, NONE),
        ("\x7f", Backspace, NONE),
        ("\x08", Char('h'), CTRL),
        ("\x03", Char('c'), CTRL),
        ("\x1a", Char('z'), CTRL),
        ("\0", Char(' '), CTRL),
        ("\x1c", Char('4'), CTRL),
        ("\x1f", Char('7'), CTRL),
        ("\x1b", Esc, NONE),
        ("é", Char('é'), NONE),
        ("Ä", Char('Ä'), SHIFT),
        ("漢", Char('漢'), NONE),
        ("🦀", Char('🦀'), NONE),
        ("\x1bf", Char('f'), ALT),
        ("\x1bF", Char('F'), SHIFT.union(ALT)),
        ("\x1b\r", Enter, ALT),
        ("\x1b\t", Tab, ALT),
        ("\x1b\x7f", Backspace, ALT),
        ("\x1b\x01", Char('a'), CTRL.union(ALT)),
        ("\x1bé", Char('é'), ALT),
        ("\x1b[Z", BackTab, SHIFT),
        // xterm, foot, Alacritty, VTE, Windows Terminal.
        ("\x1b[A", Up, NONE),
        ("\x1b[B", Down, NONE),
        ("\x1b[C", Right, NONE),
        ("\x1b[D", Left, NONE),
        ("\x1b[H", Home, NONE),
        ("\x1b[F", End, NONE),
        ("\x1b[E", KeypadBegin, NONE),
        ("\x1bOA", Up, NONE),
        ("\x1bOD", Left, NONE),
        ("\x1bOH", Home, NONE),
        ("\x1bOF", End, NONE),
        ("\x1bOM", Enter, NONE),
        ("\x1bOP", F(1), NONE),
        ("\x1bOQ", F(2), NONE),
        ("\x1bOR", F(3), NONE),
        ("\x1bOS", F(4), NONE),
        ("\x1b[15~", F(5), NONE),
        ("\x1b[17~", F(6), NONE),
        ("\x1b[21~", F(10), NONE),
        ("\x1b[23~", F(11), NONE),
        ("\x1b[24~", F(12), NONE),
        ("\x1b[2~", Insert, NONE),
        ("\x1b[3~", Delete, NONE),
        ("\x1b[5~", PageUp, NONE),
        ("\x1b[6~", PageDown, NONE),
        ("\x1b[1;2A", Up, SHIFT),
        ("\x1b[1;3B", Down, ALT),
        ("\x1b[1;5C", Right, CTRL),
        ("\x1b[1;8D", Left, CTRL.union(ALT).union(SHIFT)),
        ("\x1b[1;5H", Home, CTRL),
        ("\x1b[1;2P", F(1), SHIFT),
        ("\x1b[1;5S", F(4), CTRL),
        ("\x1b[3;5~", Delete, CTRL),
        ("\x1b[24;6~", F(12), CTRL.union(SHIFT)),
        ("\x1b[27;5;112~", Char('p'), CTRL),
        ("\x1b[27;2;13~", Enter, SHIFT),
        // Konsole and terminals of old.
        ("\x1bO2P", F(1), SHIFT),
        ("\x1bO1;5A", Up, CTRL),
        ("\x1b[5A", Up, CTRL),
        // kitty.
        ("\x1b[P", F(1), NONE),
        ("\x1b[R", F(3), NONE),
        ("\x1b[S", F(4), NONE),
        ("\x1b[13~", F(3), NONE),
        ("\x1b[97u", Char('a'), NONE),
        ("\x1b[97;5u", Char('a'), CTRL),
        ("\x1b[97:65;2u", Char('A'), SHIFT),
        ("\x1b[97;2u", Char('A'), SHIFT),
        // Caps Lock, with Shift, and Num Lock.
        ("\x1b[112;65u", Char('P'), NONE),
        ("\x1b[112;66u", Char('p'), SHIFT),
        ("\x1b[112:80;66u", Char('p'), SHIFT),
        ("\x1b[112;129u", Char('p'), NONE),
        ("\x1b[99;69u", Char('c'), CTRL),
        // Other layouts: the key's letter, or with Ctrl the Latin one.
        ("\x1b[1089::99u", Char('с'), NONE),
        ("\x1b[1089::99;5u", Char('c'), CTRL),
        ("\x1b[1103::122;5u", Char('z'), CTRL),
        ("\x1b[106::99;5u", Char('j'), CTRL),
        ("\x1b[99;5u", Char('c'), CTRL),
        ("\x1b[27u", Esc, NONE),
        ("\x1b[13;5u", Enter, CTRL),
        ("\x1b[9;2u", BackTab, SHIFT),
        ("\x1b[127;3u", Backspace, ALT),
        ("\x1b[57400u", Char('1'), NONE),
        ("\x1b[57414u", Enter, NONE),
        ("\x1b[57419u", Up, NONE),
        ("\x1b[57427u", KeypadBegin, NONE),
        ("\x1b[57376u", F(13), NONE),
        // tmux and screen.
        ("\x1b[1~", Home, NONE),
        ("\x1b[4~", End, NONE),
        // rxvt.
        ("\x1b[7~", Home, NONE),
        ("\x1b[8~", End, NONE),
        ("\x1b[11~", F(1), NONE),
        ("\x1b[14~", F(4), NONE),
        ("\x1b[a", Up, SHIFT),
        ("\x1b[d", Left, SHIFT),
        ("\x1bOa", Up, CTRL),
        ("\x1bOd", Left, CTRL),
        ("\x1b[5$", PageUp, SHIFT),
        ("\x1b[6^", PageDown, CTRL),
        ("\x1b[3@", Delete, CTRL.union(SHIFT)),
        ("\x1b\x1b[A", Up, ALT),
        ("\x1b\x1b[5~", PageUp, ALT),
        ("\x1b\x1bOC", Right, ALT),
        // The Linux console.
        ("\x1b[[A", F(1), NONE),
        ("\x1b[[E", F(5), NONE),
        ("\x1b[25~", F(13), NONE),
        ("\x1b[34~", F(20), NONE),
    ];
    all.extend((b'b'..=b'z').map(|c| {
        let text: &'static str = Box::leak(format!("\x1b{}", char::from(c)).into_boxed_str());
        (text, Char(char::from(c)), ALT)
    }));
    all
}

/// What terminals say, whole, with the frame it has.
pub(super) fn replies() -> Vec<(Vec<u8>, ReplyKind)> {
    let mut out = Vec::new();
    let bodies: &[(u8, ReplyKind, &[&str])] = &[
        (
            b']',
            ReplyKind::Osc,
            &[
                "11;rgb:1414/1f1f/1f1f",
                "10;rgb:ffff/ffff/ffff",
                "4;1;rgb:cdcd/0000/0000",
                "l pIaPrusprrypi: ~",
                "LIcon yyyy",
                "52;c;cHBwcnJ5eXh4",
                "",
            ],
        ),
        (
            b'P',
            ReplyKind::Dcs,
            &[">|xterm(390)", ">|kitty(0.35.2)", ">|tmux 3.3a", "1+r544e=787465726d", "1$r0 q", "!|00000000", "y"],
        ),
        (b'_', ReplyKind::Apc, &["Gi=31;OK", "Gi=1;ENOENT:p", ""]),
        (b'^', ReplyKind::Pm, &["privacy y p", ""]),
        (b'X', ReplyKind::Sos, &["start of string xyp", ""]),
    ];
    for (letter, kind, texts) in bodies {
        for text in *texts {
            let ends: &[&str] = if *kind == ReplyKind::Osc { &["\x1b\\", "\x07"] } else { &["\x1b\\"] };
            for end in ends {
                out.push((format!("\x1b{}{text}{end}", char::from(*letter)).into_bytes(), *kind));
            }
            let c1 = [&[letter + 0x40], text.as_bytes(), &[C1_ST]].concat();
            out.push((c1, *kind));
            // The same controls as characters.
            let as_text = format!("{}{text}\u{9c}", char::from(letter + 0x40));
            out.push((as_text.into_bytes(), *kind));
        }
    }
    for csi in [
        "?62;1;6;9c",
        "?1;2c",
        ">41;390;0c",
        "=0c",
        "0n",
        "?0n",
        "12;40R",
        "?12;40;1R",
        "1;2R",
        "?1u",
        "?0u",
        "?2026;2$y",
        "?997;1n",
        "4;2$y",
        "8;24;80t",
        "4;600;800t",
        "48;24;80;600;800t",
        "?1;0;256S",
        "2;1;1;128;128;1;0x",
        "?1;2;0$y",
        "1;1;1;1;1;1&w",
        ">0q",
        "?64c",
        "3;0;0t",
    ] {
        out.push((format!("\x1b[{csi}").into_bytes(), ReplyKind::Csi));
        out.push(([b"\x9b", csi.as_bytes()].concat(), ReplyKind::Csi));
        out.push((format!("\u{9b}{csi}").into_bytes(), ReplyKind::Csi));
    }
    out
}

/// Beginnings of sequences that nobody ends.
pub(super) const CUT: &[&[u8]] = &[
    b"\x1b]11;rgb:14",
    b"\x1b]",
    b"\x1bP>|xte",
    b"\x1bP",
    b"\x1b_Gi=31;O",
    b"\x1b^p",
    b"\x1bXy",
    b"\x1b]lp\x1b",
    b"\x9d11;",
    b"\x90",
    b"\xc2\x9d11;",
    b"\x1b[200~abc",
    b"\x1b[200~abc\x1b[201",
    b"\x1b[<35;7",
    b"\x1b[<",
    b"\x1b[M",
    b"\x1b[M ",
    b"\x1b[",
    b"\x9b",
    b"\x1b[[",
    b"\x1bO",
    b"\x1b[?62;1",
    b"\x1b[1\n2",
    b"\x1b[1\x80",
    b"\x1b[1\x182",
    b"\x1b[M\x01",
    b"\x1bP>|p\x07p",
    b"\x1b_Gi=p\x18p",
    b"\xe6\xbc",
    b"\xf0",
    b"\x1b\xc3",
];
