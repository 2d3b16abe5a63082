//! Keys as terminals send them, replies as terminals give them, and everything that is neither.

mod newer;
mod samples;
mod strings;

use super::*;
use crossterm::event::{KeyEventKind, MouseButton, MouseEvent, MouseEventKind};
use proptest::prelude::*;
use samples::{CUT, keys, replies};

/// Any moment.
fn start() -> Instant {
    crate::app::now().at
}

/// Everything that is in the parser.
fn drain(parser: &mut Parser) -> Vec<Input> {
    std::iter::from_fn(|| parser.pop()).collect()
}

/// What bytes mean that are followed by silence.
fn read(bytes: &[u8]) -> Vec<Input> {
    read_pieces(&[bytes])
}

/// The same in pieces, one right behind the other.
fn read_pieces(pieces: &[&[u8]]) -> Vec<Input> {
    let (mut parser, at) = (Parser::default(), start());
    for piece in pieces {
        parser.feed(piece, at);
    }
    settle(&mut parser, at);
    drain(&mut parser)
}

/// Lets time pass until nothing is open any more; tells how long that took.
fn settle(parser: &mut Parser, from: Instant) -> Duration {
    let mut at = from;
    while let Some(deadline) = parser.deadline() {
        assert!(deadline >= at);
        at = deadline;
        parser.expire(at);
    }
    at - from
}

fn events(bytes: &[u8]) -> Vec<Event> {
    let is_event = |input| match input {
        Input::Event(event) => Some(event),
        Input::Reply(_) => None,
    };
    read(bytes).into_iter().filter_map(is_event).collect()
}

fn key(code: KeyCode, modifiers: KeyModifiers) -> Event {
    Event::Key(KeyEvent::new(code, modifiers))
}

fn plain(c: char) -> Event {
    key(KeyCode::Char(c), KeyModifiers::NONE)
}

const NONE: KeyModifiers = KeyModifiers::NONE;
const SHIFT: KeyModifiers = KeyModifiers::SHIFT;
const ALT: KeyModifiers = KeyModifiers::ALT;
const CTRL: KeyModifiers = KeyModifiers::CONTROL;
const CTRL_C_KEY: Event = Event::Key(KeyEvent {
    code: KeyCode::Char('c'),
    modifiers: CTRL,
    kind: KeyEventKind::Press,
    state: crossterm::event::KeyEventState::NONE,
});

#[test]
fn every_key_of_every_terminal_is_read() {
    for (bytes, code, modifiers) in keys() {
        assert_eq!(read(bytes.as_bytes()), [Input::Event(key(code, modifiers))], "{bytes:?}");
    }
}

#[test]
fn keys_that_come_together_are_all_read() {
    let mut all = keys();
    // Those that are over without a silence, and mean the same among others.
    all.retain(|(bytes, ..)| !matches!(*bytes, "\x1b" | "\x1a"));
    let bytes: String = all.iter().map(|(bytes, ..)| *bytes).collect();
    let wanted: Vec<_> = all.iter().map(|(_, code, with)| key(*code, *with)).collect();
    assert_eq!(events(bytes.as_bytes()), wanted);
}

#[test]
fn repeated_and_released_keys_are_told_apart() {
    for (bytes, kind) in [("\x1b[112;1:1u", KeyEventKind::Press), ("\x1b[112;1:2u", KeyEventKind::Repeat)] {
        assert_eq!(events(bytes.as_bytes()), [Event::Key(KeyEvent::new_with_kind(KeyCode::Char('p'), NONE, kind))]);
    }
    let up = Event::Key(KeyEvent::new_with_kind(KeyCode::Up, NONE, KeyEventKind::Release));
    assert_eq!(events(b"\x1b[1;1:3A"), [up]);
}

#[test]
fn a_key_that_cannot_be_read_is_none() {
    let long = "9".repeat(12);
    let key = |c, modifiers| Event::Key(KeyEvent::new(KeyCode::Char(c), modifiers));
    for (with, read) in [
        // Locks alone, and what is left out.
        ("65", Some(NONE)),
        ("129", Some(NONE)),
        ("", Some(NONE)),
        (":", Some(NONE)),
        ("1:1", Some(NONE)),
        ("256", Some(KeyModifiers::from_bits_truncate(0x3f))),
        ("0", None),
        ("257", None),
        ("513", None),
        ("65537", None),
        (&long, None),
        ("1:0", None),
        ("1:4", None),
        ("1:9", None),
        ("1:257", None),
        (&format!("1:{long}"), None),
        ("1:1:1", None),
        ("1;112;1", None),
        (&format!("1;{long}"), None),
    ] {
        let bytes = format!("\x1b[49;{with}u");
        assert_eq!(
            events(bytes.as_bytes()),
            read.map(|with| key('1', with)).into_iter().collect::<Vec<_>>(),
            "{bytes:?}"
        );
        for (begin, last) in [("\x1b[1;", 'A'), ("\x1b[1;", 'P'), ("\x1b[3;", '~'), ("\x1bO1;", 'P')] {
            let bytes = format!("{begin}{with}{last}");
            assert_eq!(events(bytes.as_bytes()).len(), usize::from(read.is_some()), "{bytes:?}");
        }
    }
    for bytes in [
        format!("\x1b[{long}u"),
        format!("\x1b[112:{long}u"),
        format!("\x1b[112::{long}u"),
        "\x1b[112:1:1:1u".into(),
        format!("\x1b[27;1;{long}~"),
        "\x1b[27;0;112~".into(),
        "\x1b[300A".into(),
    ] {
        assert_eq!(events(bytes.as_bytes()), [], "{bytes:?}");
    }
}

#[test]
fn the_mouse_is_read_in_its_three_forms() {
    let mouse = |kind, column, row, modifiers| Event::Mouse(MouseEvent { kind, column, row, modifiers });
    let left = MouseButton::Left;
    for (bytes, event) in [
        (&b"\x1b[<0;1;1M"[..], mouse(MouseEventKind::Down(left), 0, 0, NONE)),
        (b"\x1b[<0;300;200m", mouse(MouseEventKind::Up(left), 299, 199, NONE)),
        (b"\x1b[<2;5;6M", mouse(MouseEventKind::Down(MouseButton::Right), 4, 5, NONE)),
        (b"\x1b[<1;5;6M", mouse(MouseEventKind::Down(MouseButton::Middle), 4, 5, NONE)),
        (b"\x1b[<64;5;6M", mouse(MouseEventKind::ScrollUp, 4, 5, NONE)),
        (b"\x1b[<65;5;6M", mouse(MouseEventKind::ScrollDown, 4, 5, NONE)),
        (b"\x1b[<66;5;6M", mouse(MouseEventKind::ScrollLeft, 4, 5, NONE)),
        (b"\x1b[<32;5;6M", mouse(MouseEventKind::Drag(left), 4, 5, NONE)),
        (b"\x1b[<35;5;6M", mouse(MouseEventKind::Moved, 4, 5, NONE)),
        (b"\x1b[<20;5;6M", mouse(MouseEventKind::Down(left), 4, 5, SHIFT | CTRL)),
        (b"\x1b[32;5;6M", mouse(MouseEventKind::Down(left), 4, 5, NONE)),
        (b"\x1b[96;5;6M", mouse(MouseEventKind::ScrollUp, 4, 5, NONE)),
        (b"\x1b[M %&", mouse(MouseEventKind::Down(left), 4, 5, NONE)),
        (b"\x1b[M#\xff\xff", mouse(MouseEventKind::Up(left), 222, 222, NONE)),
        (b"\x1b[M`%&", mouse(MouseEventKind::ScrollUp, 4, 5, NONE)),
    ] {
        assert_eq!(read(bytes), [Input::Event(event)], "{}", bytes.escape_ascii());
    }
    // Coordinates and buttons that do not exist.
    for bytes in
        ["\x1b[<0;1M", "\x1b[<999;1;1M", "\x1b[<0;99999999999;1M", "\x1b[1;1;1M", "\x1b[<;;M", "\x1b[<255;1;1M"]
    {
        assert_eq!(read(bytes.as_bytes()), [], "{bytes:?}");
    }
}

#[test]
fn focus_and_pasted_text_are_read() {
    assert_eq!(events(b"\x1b[I\x1b[O"), [Event::FocusGained, Event::FocusLost]);
    let paste = |text: &str| Event::Paste(text.to_owned());
    assert_eq!(events("\x1b[200~grün\r\x1b[31mq\x1b[201~q".as_bytes()), [paste("grün\r\x1b[31mq"), plain('q')]);
    assert_eq!(events(b"\x1b[200~\x1b[201~"), [paste("")]);
    let longest = "x".repeat(LONGEST_PASTE);
    assert_eq!(events(format!("\x1b[200~{longest}\x1b[201~").as_bytes()), [paste(&longest)]);
    // Longer than that: nothing of it, and the next key is one.
    for more in [1, 6, 100_000] {
        let text = "p".repeat(LONGEST_PASTE + more);
        assert_eq!(events(format!("\x1b[200~{text}\x1b[201~q").as_bytes()), [plain('q')], "{more}");
    }
}

#[test]
fn what_a_terminal_says_is_a_reply_and_never_a_key() {
    for (bytes, kind) in replies() {
        let all = read(&[&bytes[..], b"q"].concat());
        let [Input::Reply(reply), Input::Event(last)] = &all[..] else {
            panic!("{}: {all:?}", bytes.escape_ascii());
        };
        assert_eq!((reply.kind, last), (kind, &plain('q')), "{}", bytes.escape_ascii());
    }
    // What is asked later can be recognized.
    let osc = Reply { kind: ReplyKind::Osc, body: b"11;rgb:1414/1f1f/1f1f".to_vec() };
    let da1 = Reply { kind: ReplyKind::Csi, body: b"?62;4c".to_vec() };
    assert_eq!(read(b"\x1b]11;rgb:1414/1f1f/1f1f\x1b\\\x1b[?62;4c"), [Input::Reply(osc), Input::Reply(da1)]);
}

#[test]
fn a_reply_in_pieces_is_one_as_long_as_the_pieces_come() {
    for (bytes, _) in replies() {
        for cut in 1..bytes.len() {
            // Longer than the Esc key waits, up to what a bad line takes.
            for gap in [Duration::from_millis(20), Duration::from_millis(60), Duration::from_millis(700)] {
                let (mut parser, mut at) = (Parser::default(), start());
                for piece in [&bytes[..cut], &bytes[cut..]] {
                    parser.feed(piece, at);
                    at += gap;
                    parser.expire(at);
                }
                settle(&mut parser, at);
                let mut keys = drain(&mut parser);
                keys.retain(|input| matches!(input, Input::Event(_)));
                // An escape character that nothing follows is the key; the rest is a reply all the same.
                keys.retain(|input| *input != Input::Event(key(KeyCode::Esc, NONE)));
                assert_eq!(keys, [], "{} cut at {cut}, {gap:?}", bytes.escape_ascii());
            }
        }
    }
}

#[test]
fn what_nobody_ends_gives_the_keyboard_back_and_never_holds_ctrl_c() {
    for cut in CUT {
        let (mut parser, at) = (Parser::default(), start());
        parser.feed(cut, at);
        let wait = settle(&mut parser, at);
        assert!(wait <= Duration::from_millis(1500), "{}: {wait:?}", cut.escape_ascii());
        let mut keys = drain(&mut parser);
        keys.retain(|input| matches!(input, Input::Event(_)));
        assert_eq!(keys, [], "{}", cut.escape_ascii());
        parser.feed(b"q", at + wait);
        settle(&mut parser, at + wait);
        assert_eq!(drain(&mut parser), [Input::Event(plain('q'))], "{}", cut.escape_ascii());
        // In the middle of it.
        let (mut parser, at) = (Parser::default(), start());
        parser.feed(cut, at);
        parser.feed(b"\x03", at);
        assert_eq!(drain(&mut parser), [Input::Event(CTRL_C_KEY)], "{}", cut.escape_ascii());
    }
}

#[test]
fn after_a_second_of_quiet_keys_are_keys_however_long_it_lasted_before() {
    for cut in CUT.iter().filter(|cut| is_string(cut)) {
        for pause in [40, 250, 500, 950].map(Duration::from_millis) {
            // Somebody types for more than a minute, or a slow line drips.
            let typed = std::iter::repeat_n((&b"p"[..], pause), 70_000 / pause.as_millis() as usize);
            let all = [(*cut, pause)].into_iter().chain(typed);
            let quiet = [(&b""[..], SEQUENCE_QUIET), (b"q", Duration::ZERO)];
            let all: Vec<_> = slowly(all.chain(quiet)).into_iter().filter(is_key).collect();
            assert_eq!(all, [Input::Event(plain('q'))], "{}, {pause:?}", cut.escape_ascii());
        }
    }
}

#[test]
fn ctrl_z_is_a_key_only_if_it_stands_alone() {
    let ctrl_z = key(KeyCode::Char('z'), CTRL);
    let is_suspend = |input: &Input| *input == Input::Event(ctrl_z.clone());
    for noise in (0..=0xff_u8).filter(|byte| *byte != ESC) {
        for bytes in [[SUB, noise], [noise, SUB]] {
            assert!(!read(&bytes).iter().any(is_suspend), "{}", bytes.escape_ascii());
        }
    }
    for bytes in
        [&b"\x1b[1\x1a"[..], b"\x1b]0;\x1ap\x07", b"\x1b[200~\x1a\x1b[201~", b"\x1a\x1b[A", b"\x1b[A\x1a", b"\x1a\x03"]
    {
        assert!(!read(bytes).iter().any(is_suspend), "{}", bytes.escape_ascii());
    }
    // Between keys that a person types, and again and again.
    for pause in [ALONE, 3 * ALONE] {
        let typed = [&b"p"[..], b"\x1a", b"q", b"\x1a", b"\x1a", b"\x1b[A", b"\x1a"].map(|piece| (piece, pause));
        let wanted = [
            plain('p'),
            ctrl_z.clone(),
            plain('q'),
            ctrl_z.clone(),
            ctrl_z.clone(),
            key(KeyCode::Up, NONE),
            ctrl_z.clone(),
        ];
        assert_eq!(slowly(typed), wanted.map(Input::Event), "{pause:?}");
    }
}

#[test]
fn what_comes_without_a_pause_belongs_to_what_was_begun() {
    for begin in [&b"\x1b]52;c;"[..], b"\x1bP1+r", b"\x1b[200~"] {
        let (mut parser, mut at) = (Parser::default(), start());
        parser.feed(begin, at);
        for _ in 0..100 {
            at += Duration::from_millis(50);
            parser.expire(at);
            parser.feed(&[b'p'; 1000], at);
        }
        assert!(parser.buffer.capacity() <= 2 * LONGEST_PASTE);
        settle(&mut parser, at);
        assert_eq!(drain(&mut parser), []);
        assert!(parser.buffer.capacity() <= LONGEST_STRING);
    }
}

#[test]
fn the_esc_key_waits_a_moment_and_no_longer() {
    let (mut parser, at) = (Parser::default(), start());
    parser.feed(b"\x1b", at);
    assert_eq!((parser.pop(), parser.deadline()), (None, Some(at + ESCAPE_TIME)));
    parser.expire(at + ESCAPE_TIME);
    assert_eq!(drain(&mut parser), [Input::Event(key(KeyCode::Esc, NONE))]);
    // Keys behind it are keys, also those that could begin something.
    for c in [b'p', b']', b'[', b'O', b'X'] {
        let (mut parser, at) = (Parser::default(), start());
        parser.feed(b"\x1b", at);
        parser.expire(at + ESCAPE_TIME);
        let later = at + 3 * ESCAPE_TIME;
        parser.feed(&[c], later);
        settle(&mut parser, later);
        let keys = drain(&mut parser);
        assert!(
            matches!(&keys[..], [_, Input::Event(Event::Key(key))] if key.code == KeyCode::Char(c.into())),
            "{keys:?}"
        );
    }
    let twice = [Input::Event(key(KeyCode::Esc, NONE)), Input::Event(key(KeyCode::Esc, NONE))];
    assert_eq!(read(b"\x1b\x1b"), twice);
}

/// What comes when pieces are fed with a pause behind each, without the Esc key: an escape character that stays alone is
/// one, whoever sent it.
fn slowly<'a>(pieces: impl IntoIterator<Item = (&'a [u8], Duration)>) -> Vec<Input> {
    let (mut parser, mut at) = (Parser::default(), start());
    for (piece, pause) in pieces {
        parser.feed(piece, at);
        let next = at + pause;
        while let Some(deadline) = parser.deadline().filter(|deadline| *deadline <= next) {
            parser.expire(deadline);
        }
        at = next;
    }
    settle(&mut parser, at);
    let mut all = drain(&mut parser);
    all.retain(|input| *input != Input::Event(key(KeyCode::Esc, NONE)));
    all
}

#[test]
fn what_drips_is_what_it_began_as() {
    let paste = [Input::Event(Event::Paste("pxy".into()))];
    for pause in [20, 60, 100, 300, 480].map(Duration::from_millis) {
        let drip = |bytes: &'static [u8]| slowly(bytes.chunks(1).map(|byte| (byte, pause)));
        assert_eq!(drip(b"\x1b[200~pxy\x1b[201~"), paste, "{pause:?}");
        for bytes in
            [&b"\x1b]11;rgb:pp/yy\x1b\\"[..], b"\x1bP>|pppppp pppp\x1b\\", b"\x1b_Gi=p;xy\x1b\\", b"\x1b[?62;22c"]
        {
            let all = drip(bytes);
            assert!(matches!(all[..], [Input::Reply(_)]), "{}, {pause:?}: {all:?}", bytes.escape_ascii());
        }
    }
    // The marker drips, the text comes at once; and text that comes in a dozen pieces.
    let marker = b"\x1b[200~".chunks(1).map(|byte| (byte, Duration::from_millis(100)));
    assert_eq!(slowly(marker.chain([(&b"pxy\x1b[201~"[..], Duration::ZERO)])), paste);
    let text: Vec<_> = [&b"\x1b[200~"[..]].into_iter().chain([&b"app up "[..]; 12]).chain([PASTE_END]).collect();
    let all = slowly(text.into_iter().map(|piece| (piece, Duration::from_millis(600))));
    assert!(matches!(all[..], [Input::Event(Event::Paste(_))]), "{all:?}");
}

#[test]
fn damage_inside_a_sequence_lets_nothing_of_it_through() {
    let controls = (0..=0xff_u8).filter(|byte| !matches!(*byte, b' '..=b'~' | CTRL_C | ESC));
    for byte in controls {
        for (begin, end) in
            [(&b"\x1b[1"[..], &b"2y"[..]), (b"\x1b[", b"?1;2y"), (b"\x9b1;", b"p"), (b"\x1bO", b"p"), (b"\x1b[[", b"p")]
        {
            let bytes = [begin, &[byte], end].concat();
            assert_eq!(events(&bytes), [], "{}", bytes.escape_ascii());
            // The next sequence is not part of it.
            let bytes = [&bytes[..], b"\x1b[A"].concat();
            assert_eq!(events(&bytes), [key(KeyCode::Up, NONE)], "{}", bytes.escape_ascii());
        }
    }
    assert_eq!(events(b"\x1b[M \x01py"), []);
    assert_eq!(events(b"\x1b[M \xc4\xa3py").len(), 1);
}

#[test]
fn an_escape_sequence_of_three_bytes_is_no_key_unless_it_is_typed() {
    for bytes in ["\x1b(y", "\x1b#8", "\x1b F", "\x1b(%5", "\x1b+p", "\x1b-x", "\x1b/y"] {
        assert_eq!(read(bytes.as_bytes()), [], "{bytes:?}");
        assert_eq!(events(format!("{bytes}q").as_bytes()), [plain('q')], "{bytes:?}");
    }
    for first in b' '..=b'/' {
        let alt = key(KeyCode::Char(first.into()), ALT);
        assert_eq!(events(&[ESC, first]), std::slice::from_ref(&alt));
        let begin = [ESC, first];
        let typed = [&begin[..], b"y"].map(|piece| (piece, Duration::from_millis(120)));
        assert_eq!(slowly(typed), [alt, plain('y')].map(Input::Event));
    }
}

/// Whether it is cut within what may hold any text.
fn is_string(cut: &[u8]) -> bool {
    cut.starts_with(b"\x1b[200~")
        || matches!(cut, [ESC, b']' | b'P' | b'_' | b'^' | b'X', ..] | [0x9d | 0x90 | 0xc2, ..])
}

fn is_key(input: &Input) -> bool {
    matches!(input, Input::Event(Event::Key(_)))
}

fn junk() -> impl Strategy<Value = Vec<u8>> {
    let pool: Vec<Vec<u8>> =
        replies().into_iter().map(|(bytes, _)| bytes).chain(CUT.iter().map(|cut| cut.to_vec())).collect();
    let known = keys().into_iter().map(|(bytes, ..)| bytes.as_bytes().to_vec());
    let pool: Vec<_> = pool.into_iter().chain(known).collect();
    let bytes = prop_oneof![
        3 => prop::collection::vec(any::<u8>(), 0..6),
        2 => prop::collection::vec(prop::sample::select(b"\x1b[]OP_^X\\;<?0129Mmu~\x07\x9b\x9c\x9d\xc2\xe2".to_vec()), 0..12),
        3 => prop::sample::select(pool),
    ];
    prop::collection::vec(bytes, 0..12).prop_map(|all| all.concat())
}

proptest! {
    #[test]
    fn any_bytes_in_any_pieces_mean_the_same(bytes in junk(), cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..8)) {
        let whole = read(&bytes);
        let single: Vec<_> = bytes.chunks(1).collect();
        prop_assert_eq!(&read_pieces(&single), &whole);
        let mut cuts: Vec<_> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).chain([0, bytes.len()]).collect();
        cuts.sort_unstable();
        let pieces: Vec<_> = cuts.windows(2).map(|two| &bytes[two[0]..two[1]]).collect();
        prop_assert_eq!(&read_pieces(&pieces), &whole);
    }

    #[test]
    fn in_whatever_pieces_a_sequence_comes_nothing_of_it_is_a_key(
        frame in prop::sample::select(vec![
            ("\x1b[200~", "\x1b[201~"), ("\x1b]52;c;", "\x1b\\"), ("\x1b]0;", "\x07"), ("\x1bP>|", "\x1b\\"), ("\x1b_G", "\x1b\\"),
            ("\x1b^", "\x1b\\"), ("\x1bX", "\x1b\\"), ("\u{9d}11;", "\u{9c}"), ("\x1b[?1;", "c"), ("\x1b[4;2", "$y"),
        ]),
        body in "[0-9;]{0,40}",
        letters in "[pxyqrÜœ🜜+ \\-\r\n\t\x0b\x1a]{0,40}",
        // Up to a minute and a half.
        pieces in prop::collection::vec((any::<prop::sample::Index>(), 0_u64..1000), 0..100),
    ) {
        let (begin, end) = frame;
        // Only a string holds letters.
        let letters = if matches!(end, "c" | "$y") { "" } else { &letters };
        let bytes = format!("{begin}{body}{letters}{end}").into_bytes();
        let mut cuts: Vec<_> = pieces.iter().map(|(cut, pause)| (cut.index(bytes.len()), *pause)).collect();
        cuts.sort_unstable();
        cuts.dedup_by_key(|(cut, _)| *cut);
        let mut from = 0;
        let mut all = Vec::new();
        for (to, pause) in cuts.into_iter().chain([(bytes.len(), 0)]) {
            all.push((&bytes[from..to], Duration::from_millis(pause)));
            from = to;
        }
        let keys: Vec<_> = slowly(all).into_iter().filter(is_key).collect();
        prop_assert_eq!(keys, []);
    }

    #[test]
    fn after_any_bytes_and_a_moment_keys_are_keys(bytes in junk(), gaps in prop::collection::vec(0_u64..1500, 0..12)) {
        let (mut parser, mut at) = (Parser::default(), start());
        for (piece, gap) in bytes.chunks(3).zip(gaps.iter().cycle().chain([&0])) {
            at += Duration::from_millis(*gap);
            parser.expire(at);
            parser.feed(piece, at);
            prop_assert!(parser.buffer.len() < LONGEST_PASTE + 6);
        }
        drain(&mut parser);
        parser.feed(b"\x03", at);
        prop_assert!(drain(&mut parser).contains(&Input::Event(CTRL_C_KEY)));
        let wait = settle(&mut parser, at);
        prop_assert!(wait <= Duration::from_millis(1500));
        drain(&mut parser);
        parser.feed(b"q\x03\x1b[A", at + wait);
        prop_assert_eq!(
            drain(&mut parser),
            [plain('q'), CTRL_C_KEY, key(KeyCode::Up, NONE)].map(Input::Event)
        );
    }
}
