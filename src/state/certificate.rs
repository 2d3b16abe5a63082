//! The certificate of a printer: who signed it, how it came to be known, and the question before another one is accepted.
//!
//! A person accepts exactly the certificate whose fingerprint stood on the screen, whole, and nothing else.

use super::{
    PrinterId, State,
    effect::Effect,
    event::Cause,
    journal::Kind,
    notice::Tone,
    printer::{Link, Printer},
    view::Layer,
};
use ratatui::layout::Size;
use std::{
    fmt,
    time::{Duration, Instant},
};

/// How long a person has to compare two fingerprints.
pub const COMPARE_TIME: Duration = Duration::from_secs(120);
/// The smallest window that shows both fingerprints in full.
pub const SMALLEST: Size = Size { width: 40, height: 12 };

/// Who signed a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signer {
    /// The vendor's authorities; checked, not read off.
    Vendor,
    /// Nobody that is known: anybody can make such a certificate.
    Unknown,
}

impl Signer {
    /// The same in as few words as possible.
    pub fn word(self) -> &'static str {
        match self {
            Self::Vendor => "signed by the vendor",
            Self::Unknown => "self-made",
        }
    }
}

impl fmt::Display for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Vendor => "signed by the vendor",
            Self::Unknown => "self-made, not signed by the vendor",
        })
    }
}

/// A certificate that a printer showed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// SHA-256, hexadecimal.
    pub fingerprint: String,
    /// Who signed it.
    pub signer: Signer,
}

impl fmt::Display for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, SHA-256 {}", self.signer, self.fingerprint)
    }
}

/// A fingerprint in groups of eight, which the eye can compare.
pub fn groups(fingerprint: &str) -> Vec<String> {
    let chars: Vec<char> = fingerprint.chars().collect();
    chars.chunks(8).map(|group| group.iter().collect()).collect()
}

/// Why a certificate is accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known {
    /// It was pinned just now, without a question.
    New,
    /// It is the one that was pinned before.
    Pinned,
    /// It is the one that the configuration names.
    Configured,
}

/// What the form's look at a printer found, before the access code is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Met {
    /// The certificate; its name is the serial.
    pub certificate: Certificate,
    /// Another certificate that is pinned for the serial, SHA-256, hexadecimal.
    pub pinned: Option<String>,
}

/// The question before a certificate is accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// The printer.
    pub who: PrinterId,
    /// The certificate that was pinned before, SHA-256, hexadecimal; `None`: there is none.
    pub pinned: Option<String>,
    /// The one it shows.
    pub found: Certificate,
    /// When the question is void.
    pub until: Instant,
}

/// What a printer shows and a person has to judge: the certificate that is pinned, and the one that was found.
fn doubt(link: Option<&Link>) -> Option<(Option<&String>, &Certificate)> {
    match link {
        Some(Link::Down { why: Cause::CertificateChanged { pinned, found, configured: false }, .. }) => {
            Some((Some(pinned), found))
        }
        Some(Link::Down { why: Cause::SelfMade(found), .. }) => Some((None, found)),
        _ => None,
    }
}

impl Printer {
    /// Whether a person has to judge the certificate that its LAN connection found.
    pub fn is_doubtful(&self) -> bool {
        doubt(self.roads.lan.as_ref()).is_some()
    }
}

impl State {
    /// Opens the question about the selected printer's certificate, or says why there is none.
    pub(super) fn ask_about_certificate(&mut self) {
        let Some(who) = self.view.selected else { return self.say_nobody() };
        let Some(printer) = self.printer(who) else { return };
        let lan = printer.roads.lan.as_ref();
        let question = doubt(lan).map(|(pinned, found)| Question {
            who,
            pinned: pinned.cloned(),
            found: found.clone(),
            until: self.now.at + COMPARE_TIME,
        });
        match (question, lan) {
            (Some(_), _) if !self.shows_fingerprints() => self.say_no_room(),
            (Some(question), _) => self.view.layers.push(Layer::Certificate(question)),
            (None, Some(Link::Down { why: Cause::CertificateChanged { .. }, .. })) => self.say(
                "the configuration names this printer's certificate: correct its fingerprint there, and start anew",
                Tone::Warning,
            ),
            (None, _) => self.say("this printer's certificate is in no doubt", Tone::Plain),
        }
    }

    /// Nobody shall accept what they cannot see.
    pub(super) fn shows_fingerprints(&self) -> bool {
        self.view.size.width >= SMALLEST.width && self.view.size.height >= SMALLEST.height
    }

    pub(super) fn say_no_room(&mut self) {
        let Size { width, height } = SMALLEST;
        self.say(format!("the window has no room for fingerprints: it takes {width}x{height}"), Tone::Warning);
    }

    /// The person's answer to the question on top.
    pub(super) fn answer_certificate(&mut self, yes: bool, effects: &mut Vec<Effect>) {
        if yes && !self.shows_fingerprints() {
            return self.say_no_room();
        }
        let Some(Layer::Certificate(question)) = self.view.layers.pop() else { return };
        if !yes {
            return self.say("the certificate was not accepted; nothing was sent", Tone::Plain);
        }
        let Question { who, pinned, found, .. } = question;
        let text = match pinned {
            Some(pinned) => format!("the changed certificate was accepted: {found}; before, SHA-256 {pinned}"),
            None => format!("the certificate was accepted: {found}"),
        };
        self.log(who, Kind::Link, text, Tone::Warning);
        effects.push(Effect::Trust { who, fingerprint: found.fingerprint });
    }

    /// The LAN connection of a printer changed: a question about another certificate than the one it shows is void. An
    /// attempt that is under way has found nothing yet.
    pub(super) fn void_certificate(&mut self, who: PrinterId) {
        let Some(printer) = self.printers.get(usize::from(who.0)) else { return };
        let lan = printer.roads.lan.as_ref();
        if matches!(lan, Some(Link::Connecting { .. })) {
            return;
        }
        let now = doubt(lan);
        let before = self.view.layers.len();
        self.view.layers.retain(|layer| match layer {
            Layer::Certificate(question) if question.who == who => {
                now == Some((question.pinned.as_ref(), &question.found))
            }
            _ => true,
        });
        if self.view.layers.len() != before {
            self.say("the question is void: the printer no longer shows that certificate", Tone::Warning);
        }
    }

    /// A printer proved to have a certificate that is accepted.
    pub(super) fn take_certificate(&mut self, who: PrinterId, certificate: Certificate, known: Known) {
        if known == Known::New {
            self.log(who, Kind::Link, format!("its certificate was pinned: {certificate}"), Tone::Plain);
        }
        if let Some(printer) = self.printers.get_mut(usize::from(who.0)) {
            printer.certificate = Some((certificate, known));
        }
        self.mark(super::Redraw::Soon);
    }

    /// A pin could not be written.
    pub(super) fn pin_not_kept(&mut self, who: PrinterId, why: &str) {
        let text = format!("its certificate could not be remembered: {why}; `bambu-tui config check` tests the file");
        let name = self.printer(who).map_or_else(String::new, |printer| printer.name.clone());
        self.say(format!("{name}: {text}"), Tone::Bad);
        self.log(who, Kind::Link, text, Tone::Bad);
    }
}
