//! Where a control string ends, and where it does not.

use super::*;

#[test]
fn a_bell_ends_a_title_and_may_stand_in_anything_else() {
    for begin in ["\x1bP", "\x1b_", "\x1b^", "\x1bX", "\u{90}"] {
        let passed_on = format!("{begin}tmux;\x1b\x1b]0;p\x07pxy\x1b\\q");
        assert_eq!(events(passed_on.as_bytes()), [plain('q')], "{passed_on:?}");
        // Where it was meant as the end, keys are keys when what came with it is over.
        for end in ["\x07", "\x18", "\x1a"] {
            let ended = format!("{begin}p{end}xy");
            let all = slowly([(ended.as_bytes(), SEQUENCE_QUIET), (b"q", Duration::ZERO)]);
            assert_eq!(all, [Input::Event(plain('q'))], "{ended:?}");
        }
    }
    assert_eq!(events(b"\x1b]0;p\x07q"), [plain('q')]);
}

/// tmux writes every escape character of it twice.
#[test]
fn a_string_that_tmux_passes_on_does_not_end_with_the_one_inside() {
    for begin in ["\x1bP", "\u{90}"] {
        for inside in ["]11;rgb:yprx\x1b\x1b\\yprx", "P>|p\x1b\x1b\\x\x1b\x1b", "\x1b\x1b\\p"] {
            let passed_on = format!("{begin}tmux;\x1b\x1b{inside}\x1b\\q");
            assert_eq!(events(passed_on.as_bytes()), [plain('q')], "{passed_on:?}");
        }
    }
    // Elsewhere it is a string that was broken off, and its end.
    assert_eq!(events(b"\x1bP>|p\x1b\x1b\\q"), [plain('q')]);
}

#[test]
fn a_character_may_hold_the_byte_that_ends_a_string() {
    for begin in [&b"\x9dl"[..], b"\xc2\x9dl", b"\x90>|", b"\x1b]l"] {
        for text in ["Üpxy", "œp", "\u{91c}p", "🜜p", "x\u{301}Üp"] {
            let c1 = begin[0] != ESC;
            for end in [&b"\x9c"[..], b"\xc2\x9c", b"\x1b\\"].into_iter().filter(|end| c1 || end[0] == ESC) {
                let bytes = [begin, text.as_bytes(), end, b"q"].concat();
                assert_eq!(events(&bytes), [plain('q')], "{}", bytes.escape_ascii());
            }
        }
    }
}
