//! Control sequences that are keys, mouse events or changes of focus, as terminals write them.
//!
//! Sources: xterm's "Control Sequences" (function keys, mouse, modifyOtherKeys), kitty's "Comprehensive keyboard handling"
//! (`CSI u`), the manuals of rxvt (`rxvtRef`) and of the Linux console (`console_codes(4)`).

use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};

/// What a control sequence is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Meaning {
    /// A person did something.
    Event(Event),
    /// Pasted text begins.
    Paste,
    /// Not a reply either: a key without a name here, or the end of a paste that was given up.
    Nothing,
    /// The terminal said something.
    Reply,
}

impl From<Option<Event>> for Meaning {
    fn from(event: Option<Event>) -> Self {
        event.map_or(Self::Nothing, Self::Event)
    }
}

/// Reads a sequence by its parameters and its final byte; `alt`: two escape characters were before it.
pub(super) fn meaning(parameters: &[u8], last: u8, alt: bool) -> Meaning {
    if let Some(rest) = parameters.strip_prefix(b"<")
        && matches!(last, b'M' | b'm')
    {
        let [button, x, y] = numbers(rest).map(|[first, ..]| first);
        return sgr_mouse(button, x, y, last == b'm').into();
    }
    // A private mark or an intermediate byte: no key has one.
    if !parameters.iter().all(|byte| matches!(byte, b'0'..=b'9' | b';' | b':')) {
        return Meaning::Reply;
    }
    let plain = parameters.is_empty();
    let [first, second, third] = numbers(parameters);
    // What cannot be read is no key: taken for the plain one, it might be an order.
    let with = modifiers(second).filter(|_| is_readable(parameters)).map(|(kind, mut with)| {
        with.set(KeyModifiers::ALT, alt || with.contains(KeyModifiers::ALT));
        (kind, with)
    });
    let key = |code, more: KeyModifiers| {
        let (kind, with) = with?;
        Some(Event::Key(KeyEvent::new_with_kind(code, with | more, kind)))
    };
    let none = KeyModifiers::NONE;
    match last {
        b'I' if plain => Meaning::Event(Event::FocusGained),
        b'O' if plain => Meaning::Event(Event::FocusLost),
        b'Z' => key(KeyCode::BackTab, KeyModifiers::SHIFT).into(),
        b'M' => rxvt_mouse(first[0], second[0], third[0]).into(),
        // With numbers it is the place of the cursor.
        b'R' if plain => key(KeyCode::F(3), none).into(),
        b'a'..=b'd' if plain => {
            letter(last.to_ascii_uppercase()).and_then(|code| key(code, KeyModifiers::SHIFT)).into()
        }
        b'A'..=b'F' | b'H' | b'P' | b'Q' | b'S' => {
            // Old terminals write the modifiers first.
            let old = if second == [None; 2] { modifiers(first).map(|(_, old)| old) } else { Some(none) };
            letter(last).zip(old).and_then(|(code, old)| key(code, old)).into()
        }
        b'~' => match first[0] {
            Some(200) => Meaning::Paste,
            Some(27) if third[0].is_some() => third[0].and_then(by_code).and_then(|code| key(code, none)).into(),
            number => number.and_then(numbered).and_then(|code| key(code, none)).into(),
        },
        b'$' => first[0].and_then(numbered).and_then(|code| key(code, KeyModifiers::SHIFT)).into(),
        b'^' => first[0].and_then(numbered).and_then(|code| key(code, KeyModifiers::CONTROL)).into(),
        b'@' => {
            let both = KeyModifiers::CONTROL | KeyModifiers::SHIFT;
            first[0].and_then(numbered).and_then(|code| key(code, both)).into()
        }
        b'u' => {
            let Some((_, with)) = with else { return Meaning::Nothing };
            let shift = with.contains(KeyModifiers::SHIFT);
            let is_text = with - KeyModifiers::SHIFT == none;
            // The second number of the first field is the character that Shift makes of the key, the third the one of the same
            // key where letters are Latin: with Ctrl and the like that is the one which is meant.
            let shifted = first[1].filter(|_| shift);
            let is_latin = first[0].is_some_and(|code| code < 0x80);
            let latin = third_number(parameters).filter(|_| !is_text && !is_latin);
            let code = latin.or(shifted).or(first[0]).and_then(by_code);
            let code = code.map(|code| match code {
                KeyCode::Tab if shift => KeyCode::BackTab,
                // What a terminal of old would have sent: a capital with Shift or Caps Lock, but not with both.
                KeyCode::Char(c) if is_text && shifted.is_none() => KeyCode::Char(cased(c, shift != caps_lock(second))),
                KeyCode::Char(c) if is_text && caps_lock(second) => KeyCode::Char(cased(c, c.is_lowercase())),
                code => code,
            });
            code.and_then(|code| key(code, none)).into()
        }
        _ => Meaning::Reply,
    }
}

/// Whether a sequence is Ctrl-C, pressed.
pub(super) fn is_interrupt(parameters: &[u8], last: u8) -> bool {
    let Meaning::Event(Event::Key(key)) = meaning(parameters, last, false) else { return false };
    matches!(key.code, KeyCode::Char('c' | 'C'))
        && key.modifiers - KeyModifiers::SHIFT == KeyModifiers::CONTROL
        && key.kind != KeyEventKind::Release
}

/// A letter as a capital, or not; what has no such form stays.
fn cased(c: char, capital: bool) -> char {
    let one = |mut all: Vec<char>| all.pop().filter(|_| all.is_empty());
    one(if capital { c.to_uppercase().collect() } else { c.to_lowercase().collect() }).unwrap_or(c)
}

/// Whether Caps Lock is on; kitty tells it among the modifiers.
fn caps_lock([set, _]: [Option<u32>; 2]) -> bool {
    set.unwrap_or(1).saturating_sub(1) & 64 != 0
}

/// The third number of the first field.
fn third_number(parameters: &[u8]) -> Option<u32> {
    let field = parameters.split(|byte| *byte == b';').next()?;
    std::str::from_utf8(field.split(|byte| *byte == b':').nth(2)?).ok()?.parse().ok()
}

/// Reads `ESC O`, parameters and a letter.
pub(super) fn ss3(parameters: &[u8], last: u8, alt: bool) -> Option<Event> {
    let [first, second, _] = numbers(parameters);
    let (kind, mut with) =
        modifiers(if second == [None; 2] { first } else { second }).filter(|_| is_readable(parameters))?;
    with.set(KeyModifiers::ALT, alt || with.contains(KeyModifiers::ALT));
    let code = match last {
        b'M' => KeyCode::Enter,
        b'a'..=b'd' => {
            with |= KeyModifiers::CONTROL;
            letter(last.to_ascii_uppercase())?
        }
        b'R' => KeyCode::F(3),
        _ => letter(last)?,
    };
    Some(Event::Key(KeyEvent::new_with_kind(code, with, kind)))
}

/// Whether parameters are those of a key: three fields at most, of three numbers in the first and two in the second, each
/// a number or left out.
fn is_readable(parameters: &[u8]) -> bool {
    let is_number =
        |number: &[u8]| number.is_empty() || std::str::from_utf8(number).is_ok_and(|text| text.parse::<u32>().is_ok());
    let mut room = [3, 2, usize::MAX].into_iter();
    parameters.split(|byte| *byte == b';').all(|field| {
        let mut numbers = field.split(|byte| *byte == b':');
        room.next().is_some_and(|room| numbers.clone().count() <= room && numbers.all(is_number))
    })
}

/// The first three fields of parameters, of each the first two numbers.
fn numbers(parameters: &[u8]) -> [[Option<u32>; 2]; 3] {
    let mut out = [[None; 2]; 3];
    for (field, slot) in parameters.split(|byte| *byte == b';').zip(&mut out) {
        for (number, slot) in field.split(|byte| *byte == b':').zip(slot) {
            *slot = std::str::from_utf8(number).ok().and_then(|text| text.parse().ok());
        }
    }
    out
}

/// Modifiers as a bit set of eight plus one, and whether the key was pressed, repeated or released; `None`: it is neither.
fn modifiers([set, kind]: [Option<u32>; 2]) -> Option<(KeyEventKind, KeyModifiers)> {
    let bits = set.unwrap_or(1).checked_sub(1).filter(|bits| *bits < 256)?;
    let mut out = KeyModifiers::NONE;
    for (bit, modifier) in [
        (1, KeyModifiers::SHIFT),
        (2, KeyModifiers::ALT),
        (4, KeyModifiers::CONTROL),
        (8, KeyModifiers::SUPER),
        (16, KeyModifiers::HYPER),
        (32, KeyModifiers::META),
    ] {
        out.set(modifier, bits & bit != 0);
    }
    let kind = match kind {
        None | Some(1) => KeyEventKind::Press,
        Some(2) => KeyEventKind::Repeat,
        Some(3) => KeyEventKind::Release,
        Some(_) => return None,
    };
    Some((kind, out))
}

/// Keys that are told by the last letter.
fn letter(last: u8) -> Option<KeyCode> {
    Some(match last {
        b'A' => KeyCode::Up,
        b'B' => KeyCode::Down,
        b'C' => KeyCode::Right,
        b'D' => KeyCode::Left,
        b'E' => KeyCode::KeypadBegin,
        b'F' => KeyCode::End,
        b'H' => KeyCode::Home,
        b'P' => KeyCode::F(1),
        b'Q' => KeyCode::F(2),
        b'S' => KeyCode::F(4),
        _ => return None,
    })
}

/// Keys that are told by a number before `~`. Some numbers are left out, as on the terminals of old.
fn numbered(number: u32) -> Option<KeyCode> {
    Some(match number {
        1 | 7 => KeyCode::Home,
        2 => KeyCode::Insert,
        3 => KeyCode::Delete,
        4 | 8 => KeyCode::End,
        5 => KeyCode::PageUp,
        6 => KeyCode::PageDown,
        11..=15 => KeyCode::F(number as u8 - 10),
        17..=21 => KeyCode::F(number as u8 - 11),
        23..=26 => KeyCode::F(number as u8 - 12),
        28 | 29 => KeyCode::F(number as u8 - 13),
        31..=34 => KeyCode::F(number as u8 - 14),
        _ => return None,
    })
}

/// Keys that are told by their code point; those without a character have one of kitty's.
fn by_code(code: u32) -> Option<KeyCode> {
    /// From 57409 on: the keypad, behind its digits.
    const KEYPAD: [KeyCode; 19] = [
        KeyCode::Char('.'),
        KeyCode::Char('/'),
        KeyCode::Char('*'),
        KeyCode::Char('-'),
        KeyCode::Char('+'),
        KeyCode::Enter,
        KeyCode::Char('='),
        KeyCode::Char(','),
        KeyCode::Left,
        KeyCode::Right,
        KeyCode::Up,
        KeyCode::Down,
        KeyCode::PageUp,
        KeyCode::PageDown,
        KeyCode::Home,
        KeyCode::End,
        KeyCode::Insert,
        KeyCode::Delete,
        KeyCode::KeypadBegin,
    ];
    Some(match code {
        9 => KeyCode::Tab,
        13 => KeyCode::Enter,
        27 => KeyCode::Esc,
        127 => KeyCode::Backspace,
        57_376..=57_398 => KeyCode::F((code - 57_376 + 13) as u8),
        57_399..=57_408 => KeyCode::Char(char::from(b'0' + (code - 57_399) as u8)),
        57_409..=57_427 => KEYPAD[(code - 57_409) as usize],
        // Locks, media keys and modifiers alone.
        57_344..=63_743 => return None,
        _ => KeyCode::Char(char::from_u32(code).filter(|c| !c.is_control())?),
    })
}

/// `CSI < button ; x ; y M`, or `m` for a release; places count from 1.
fn sgr_mouse(button: Option<u32>, x: Option<u32>, y: Option<u32>, released: bool) -> Option<Event> {
    let (kind, modifiers) = mouse(u8::try_from(button?).ok()?)?;
    let kind = match kind {
        MouseEventKind::Down(button) if released => MouseEventKind::Up(button),
        kind => kind,
    };
    let place = |at: Option<u32>| Some(u16::try_from(at?).ok()?.saturating_sub(1));
    Some(Event::Mouse(MouseEvent { kind, column: place(x)?, row: place(y)?, modifiers }))
}

/// `CSI button ; x ; y M`, the button 32 too high.
fn rxvt_mouse(button: Option<u32>, x: Option<u32>, y: Option<u32>) -> Option<Event> {
    sgr_mouse(Some(button?.checked_sub(32)?), x, y, false)
}

/// `CSI M` and three bytes, each 32 too high.
pub(super) fn x10_mouse(button: u8, x: u8, y: u8) -> Option<Event> {
    let number = |byte: u8| Some(u32::from(byte) - 32);
    sgr_mouse(number(button), number(x), number(y), false)
}

/// What was done with which button: two bits and two more make the button, one says that the mouse was moved.
fn mouse(bits: u8) -> Option<(MouseEventKind, KeyModifiers)> {
    let moved = bits & 0b10_0000 != 0;
    let kind = match (bits & 0b11 | bits >> 4 & 0b1100, moved) {
        (0, false) => MouseEventKind::Down(MouseButton::Left),
        (1, false) => MouseEventKind::Down(MouseButton::Middle),
        (2, false) => MouseEventKind::Down(MouseButton::Right),
        (3, false) => MouseEventKind::Up(MouseButton::Left),
        (0, true) => MouseEventKind::Drag(MouseButton::Left),
        (1, true) => MouseEventKind::Drag(MouseButton::Middle),
        (2, true) => MouseEventKind::Drag(MouseButton::Right),
        (3..=5, true) => MouseEventKind::Moved,
        (4, false) => MouseEventKind::ScrollUp,
        (5, false) => MouseEventKind::ScrollDown,
        (6, false) => MouseEventKind::ScrollLeft,
        (7, false) => MouseEventKind::ScrollRight,
        _ => return None,
    };
    let mut modifiers = KeyModifiers::NONE;
    for (bit, modifier) in [(4, KeyModifiers::SHIFT), (8, KeyModifiers::ALT), (16, KeyModifiers::CONTROL)] {
        modifiers.set(modifier, bits & bit != 0);
    }
    Some((kind, modifiers))
}
