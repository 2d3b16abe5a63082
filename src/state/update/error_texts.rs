//! What codes mean in words: the vendor's texts where they are held, else the built-in ones, else what the number tells.

use crate::protocol::texts::Prefix;
use crate::state::cx::Cx;
use crate::state::printer::error_texts::{Asked, DAY, REST, TextEvent, TextRequest};
use crate::state::{PrinterId, Redraw, State, effect::Effect};

impl State {
    /// Asks for the texts of what a printer shows, where they are not at hand.
    pub(in crate::state) fn want_texts(&mut self, who: PrinterId, cx: &mut Cx) {
        let Some(printer) = self.printer(who) else { return };
        let codes: Vec<_> = printer.codes().collect();
        if !self.error_texts.fetch || codes.is_empty() || !self.error_texts.are_read() {
            return;
        }
        let Some(prefix) = Prefix::of(&printer.serial) else { return };
        if let Some(ask) = self.error_texts.wanted(prefix, &codes, cx.now) {
            self.error_texts.asked.insert((ask.prefix, ask.language), Asked::Open);
            cx.effects.push(Effect::Texts(ask));
        }
    }

    /// Takes in texts, or that there are none.
    pub(in crate::state) fn take_texts(&mut self, news: TextEvent, cx: &mut Cx) {
        let at = cx.now.at;
        let prefix = match news {
            TextEvent::Kept(prefix, sheets) => {
                self.error_texts.unread.remove(&prefix);
                for sheet in sheets {
                    self.error_texts.held.insert((sheet.prefix, sheet.language), sheet);
                }
                prefix
            }
            TextEvent::Fetched(sheet) => {
                let key = (sheet.prefix, sheet.language);
                self.error_texts.asked.insert(key, Asked::Until(at + DAY));
                self.error_texts.held.insert(key, sheet);
                key.0
            }
            TextEvent::Failed(TextRequest { prefix, language, .. }) => {
                self.error_texts.asked.insert((prefix, language), Asked::Until(at + REST));
                prefix
            }
        };
        for place in 0..self.fleet.printers.len() {
            if Prefix::of(&self.fleet.printers[place].serial) == Some(prefix) {
                self.word(place);
            }
            self.want_texts(PrinterId(place as u16), cx);
        }
        // A command may be waiting for them, and whatever is shown may read differently now.
        cx.mark(Redraw::Soon);
    }

    /// Hands a printer the texts of its model.
    pub(in crate::state) fn word(&mut self, place: usize) {
        self.fleet.printers[place].wording = self.error_texts.wording(&self.fleet.printers[place].serial);
    }
}

#[cfg(test)]
mod tests;
