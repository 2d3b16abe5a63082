//! What an XML file may have, judged before it is parsed: a parser compares every attribute of an element with every other,
//! and makes room for all of them at once.

/// So many attributes may an element have; the slicer's have fewer than twenty.
const ATTRIBUTES_MAX: usize = 256;
/// So deep may elements lie; the slicer's lie four deep.
const DEPTH_MAX: usize = 32;
/// So many pieces of markup, and so many attributes altogether: more than 2 MB of the slicer's own have. Parsed they take
/// some 12 MB of memory (measured).
const MARKUP_MAX: usize = 50_000;
const EQUALS_MAX: usize = 100_000;

/// Whether a text is within all bounds. It need not be XML.
pub(super) fn hold(text: &str) -> bool {
    let count = |byte: u8| text.bytes().filter(|b| *b == byte).count();
    // A parser makes room by these counts, wherever the characters stand.
    if count(b'<') > MARKUP_MAX || count(b'=') > EQUALS_MAX {
        return false;
    }
    let mut rest = text;
    let mut depth = 0_usize;
    while let Some((_, tag)) = rest.split_once('<') {
        rest = tag;
        // What stands in a comment or in plain text is no element.
        if let Some(after) = past(tag, "!--", "-->").or_else(|| past(tag, "![CDATA[", "]]>")) {
            rest = after;
            continue;
        }
        let Some((attributes, is_empty)) = measure(tag) else { return false };
        if attributes > ATTRIBUTES_MAX {
            return false;
        }
        if tag.starts_with('/') {
            depth = depth.saturating_sub(1);
        } else if !tag.starts_with(['?', '!']) && !is_empty {
            depth += 1;
        }
        if depth > DEPTH_MAX {
            return false;
        }
    }
    true
}

/// What follows a piece that begins and ends like this.
fn past<'a>(text: &'a str, begin: &str, end: &str) -> Option<&'a str> {
    Some(text.strip_prefix(begin)?.split_once(end)?.1)
}

/// How many quoted values a tag has, and whether it closes itself. `None`: too long to look at.
fn measure(tag: &str) -> Option<(usize, bool)> {
    let mut quote = None;
    let (mut values, mut last) = (0, b' ');
    for byte in tag.bytes() {
        match (quote, byte) {
            // A value holds no `<`: here the next tag begins, whatever this one was.
            (_, b'<') => break,
            (Some(open), _) if byte == open => quote = None,
            (None, b'"' | b'\'') => {
                quote = Some(byte);
                values += 1;
                if values > ATTRIBUTES_MAX {
                    return None;
                }
            }
            (None, b'>') => return Some((values, last == b'/')),
            _ => {}
        }
        last = byte;
    }
    Some((values, false))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use roxmltree::Document;

    fn attributes(count: usize, quote: char) -> String {
        (0..count).fold(String::new(), |text, n| text + &format!(" a{n}={quote}>x/{quote}"))
    }

    #[test]
    fn each_bound_is_kept_and_what_is_below_it_passes() {
        for quote in ['"', '\''] {
            for (count, holds) in [(0, true), (ATTRIBUTES_MAX, true), (ATTRIBUTES_MAX + 1, false), (40_000, false)] {
                for form in [
                    "<c><o{}/></c>",
                    "<c{}></c>",
                    "<c><!-- <a b='\\''> --><o{}></o></c>",
                    "<c><![CDATA[<\"]]><o{}/></c>",
                ] {
                    let text = form.replace("{}", &attributes(count, quote));
                    assert_eq!(hold(&text), holds, "{count} in {form}");
                    assert!(!holds || Document::parse(&text).is_ok(), "{form} is XML");
                }
            }
        }
        let deep = |depth: usize| "<a>".repeat(depth) + &"</a>".repeat(depth);
        assert!(hold(&deep(DEPTH_MAX)) && !hold(&deep(DEPTH_MAX + 1)));
        // Closing tags in a comment do not make room for more.
        assert!(!hold(&"<a><!-- </a></a> -->".repeat(DEPTH_MAX + 1)));
        assert!(!hold(&format!("<c>{}</c>", "<a/>".repeat(MARKUP_MAX))));
        assert!(!hold(&format!("<c>{}</c>", "=".repeat(EQUALS_MAX + 1))));
        assert!(!hold(&format!("<c{}", attributes(ATTRIBUTES_MAX + 1, '"'))), "unfinished");
    }

    proptest! {
        /// What passes has, for the parser too, no element beyond the bounds.
        #[test]
        fn the_parser_finds_no_more_than_was_counted(
            pieces in prop::collection::vec(prop_oneof![
                Just("<a"), Just(">"), Just("/>"), Just("</a>"), Just(" b='"), Just("'"), Just("\""), Just("<!--"), Just("-->"),
                Just("<![CDATA["), Just("]]>"), Just("<?p"), Just("?>"), Just(" c=\"1\""), Just("x"),
            ], 0..40),
            many in 250_usize..260,
            at in 0_usize..40,
        ) {
            let mut pieces: Vec<String> = pieces.into_iter().map(str::to_owned).collect();
            pieces.insert(at.min(pieces.len()), format!("<a{}/>", attributes(many, '"')));
            for text in [pieces.concat(), format!("<a>{}</a>", pieces.concat())] {
                if let (true, Ok(document)) = (hold(&text), Document::parse(&text)) {
                    for node in document.descendants() {
                        prop_assert!(node.attributes().len() <= ATTRIBUTES_MAX);
                        prop_assert!(node.ancestors().count() <= DEPTH_MAX + 3);
                    }
                }
            }
        }
    }
}
