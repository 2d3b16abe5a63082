//! What newer terminals, and very old ones, write in their own way.

use super::*;

/// As newer terminals write it.
#[test]
fn ctrl_c_as_a_sequence_goes_through_strings_and_pasted_text() {
    let within = |bytes: &[u8], pause| {
        let pieces: Vec<_> = bytes.chunks(1).map(|piece| (piece, pause)).collect();
        slowly(pieces).into_iter().filter(is_key).collect::<Vec<_>>()
    };
    for cut in CUT.iter().filter(|cut| is_string(cut)) {
        for pause in [0, 500].map(Duration::from_millis) {
            for keys in
                ["\x1b[99;5u", "\x1b[27;5;99~", "\x1b[99;5:1u", "\x1b[99;69u", "\x1b[1089::99;5u", "\x1b\x1b[99;5u"]
            {
                let all = [*cut, keys.as_bytes(), b"pxy"].concat();
                assert_eq!(within(&all, pause), [Input::Event(CTRL_C_KEY)], "{} {keys:?}", cut.escape_ascii());
            }
            for keys in ["\x1b[99;5:3u", "\x1b[99u", "\x1b[112;5u", "\x1b[99;5", "p[99;5u", "\x1b[;u", "\x1b99;5u"] {
                let all = [*cut, keys.as_bytes(), b"pxy"].concat();
                assert_eq!(within(&all, pause), [], "{} {keys:?}", cut.escape_ascii());
            }
        }
    }
}

/// A character of another set is none that was typed; a lone Esc key and a letter are two keys.
#[test]
fn a_single_shift_swallows_its_character() {
    for bytes in [&b"\x1bNp"[..], b"\x8ep", b"\xc2\x8ep", b"\x1bN", b"\x1bN\x1b"] {
        let keys: Vec<_> = read(bytes)
            .into_iter()
            .filter(|input| matches!(input, Input::Event(Event::Key(key)) if key.code != KeyCode::Esc))
            .collect();
        assert_eq!(keys, [], "{}", bytes.escape_ascii());
    }
    let typed = [&b"\x1b"[..], b"N", b"p"].map(|piece| (piece, 2 * ESCAPE_TIME));
    let wanted = [key(KeyCode::Char('N'), SHIFT), plain('p')];
    assert_eq!(slowly(typed), wanted.map(Input::Event));
}
