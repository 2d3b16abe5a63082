//! Rows about the objects of a print, and objects by number or name, as a person types them.

use super::{Builder, Entry};
use crate::{
    protocol::plate::Object,
    state::{
        command::action::{Action, SkipObjects},
        key_action::KeyAction,
        printer::Printer,
    },
};
use nucleo_matcher::{
    Config, Matcher, Utf32Str,
    pattern::{AtomKind, CaseMatching, Normalization, Pattern},
};

/// So many objects are listed where a name fits several.
const LISTED: usize = 8;

#[rustfmt::skip]
pub(super) const ENTRIES: &[Entry] = &[
    Entry { name: "skip", args: "OBJECT…", text: "skip objects of the print, by number or name", key_action: Some(KeyAction::Objects), make: Builder::WithArgs(read, sample) },
];

/// Reads `125 139`, `washer` or `hinge leaf, 139`.
fn read(words: &[&str], printer: &Printer) -> Result<Action, String> {
    let plate = printer.plate()?;
    let mut ids = Vec::new();
    for part in words.join(" ").split(',').map(str::trim).filter(|part| !part.is_empty()) {
        let numbers: Option<Vec<u32>> = part.split_whitespace().map(|word| word.parse().ok()).collect();
        let known = |id: &u32| plate.objects.iter().any(|object| object.id == *id);
        match numbers {
            Some(numbers) if numbers.iter().all(known) => ids.extend(numbers),
            _ => ids.push(by_name(part, &plate.objects, printer)?),
        }
    }
    let mut seen = std::collections::BTreeSet::new();
    ids.retain(|id| seen.insert(*id));
    if ids.is_empty() {
        return Err("missing: an object's number or name".to_owned());
    }
    Ok(SkipObjects(ids).into())
}

/// The one object that is still printed and has this name, or else a name in which the words are found.
fn by_name(name: &str, objects: &[Object], printer: &Printer) -> Result<u32, String> {
    let mut open: Vec<&Object> = objects.iter().filter(|object| !printer.skips(object)).collect();
    if open.iter().any(|object| object.name.eq_ignore_ascii_case(name)) {
        open.retain(|object| object.name.eq_ignore_ascii_case(name));
    } else {
        let pattern = Pattern::new(name, CaseMatching::Ignore, Normalization::Smart, AtomKind::Substring);
        let (mut matcher, mut buffer) = (Matcher::new(Config::DEFAULT), Vec::new());
        open.retain(|object| pattern.score(Utf32Str::new(&object.name, &mut buffer), &mut matcher).is_some());
    }
    match open[..] {
        [] => Err(format!("no object \"{name}\" is being printed")),
        [one] => Ok(one.id),
        _ => {
            let list: Vec<_> = open.iter().take(LISTED).map(|o| format!("{} {}", o.id, o.name)).collect();
            let more = if open.len() > LISTED { " …" } else { "" };
            Err(format!("\"{name}\" fits {} objects: {}{more}; write the number", open.len(), list.join(", ")))
        }
    }
}

/// An object that could be skipped, to see whether any can.
fn sample(printer: &Printer) -> Result<Action, String> {
    let open = printer.plate()?.objects.iter().find(|object| !printer.skips(object));
    open.map(|object| SkipObjects(vec![object.id]).into()).ok_or_else(|| "every object is skipped".to_owned())
}
