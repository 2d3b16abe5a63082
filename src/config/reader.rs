//! The walk through the file: every key is looked at, every problem is kept.

mod cloud;
mod error_texts;
mod journal;
mod notifications;
mod theme;

use super::{CAMERA_PORT, Config, FTPS_PORT, MQTT_PORT, Outside, PrinterConfig, Problem, Secret};
use crate::protocol::model::Model;
use crate::state::settings::{CameraMode, Clock, ConfirmMode, MouseMode, Units};
use std::path::Path;
use strsim::osa_distance;
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

/// What the file gave.
pub(super) struct Read {
    pub(super) config: Config,
    pub(super) problems: Vec<Problem>,
    /// Problems of hooks that are none for those who carry out no hooks.
    pub(super) of_hooks: Vec<Problem>,
    pub(super) warnings: Vec<String>,
    /// An access code stands in the file itself.
    pub(super) holds_secret: bool,
}

#[cfg(test)]
impl Read {
    /// The configuration, or everything that is wrong in words.
    pub(super) fn into_result(self) -> Result<Config, Vec<String>> {
        let wrong = self.problems.iter().chain(&self.of_hooks);
        let wrong: Vec<_> = wrong.map(|p| format!("{}: {}; {}", p.line.unwrap_or(0), p.what, p.cure)).collect();
        if wrong.is_empty() { Ok(self.config) } else { Err(wrong) }
    }
}

const PRINTER_KEYS: &[&str] = &[
    "name",
    "host",
    "serial",
    "access_code",
    "access_code_file",
    "access_code_env",
    "access_code_command",
    "mqtt_port",
    "camera_port",
    "ftps_port",
    "model",
    "fingerprint",
    "tags",
];
const UI_KEYS: &[&str] = &["theme", "temperature", "clock", "mouse", "camera", "confirm"];
const TOP_KEYS: &[&str] =
    &["printer", "ui", "keys", "notifications", "hook", "journal", "error_texts", "cloud", "theme"];
/// Old names of tables, and what they are called now.
const RENAMED: &[(&str, &str)] = &[("attention", "notifications"), ("texts", "error_texts")];

/// Reads the whole text; relative files of secrets are looked up in `folder`. With `codes_of` only the access code of the
/// printer with that serial is read.
pub(super) fn read(text: &str, folder: &Path, codes_of: Option<&str>, outside: &dyn Outside) -> Read {
    let (table, errors) = DeTable::parse_recoverable(text);
    let mut walk = Reader {
        text,
        folder,
        codes_of,
        outside,
        problems: Vec::new(),
        of_hooks: Vec::new(),
        warnings: Vec::new(),
        holds_secret: false,
        printed: Vec::new(),
    };
    for error in &errors {
        // `message` does not quote the line, which could hold a secret.
        let line = walk.line(error.span().map_or(0, |span| span.start));
        walk.problem(line, format!("not valid TOML: {}", error.message()), "correct the line");
    }
    let config = walk.top(table.get_ref());
    let Reader { problems, of_hooks, warnings, holds_secret, .. } = walk;
    Read { config, problems, of_hooks, warnings, holds_secret }
}

struct Reader<'a> {
    text: &'a str,
    folder: &'a Path,
    /// Whose access code is read; `None`: everybody's.
    codes_of: Option<&'a str>,
    outside: &'a dyn Outside,
    problems: Vec<Problem>,
    of_hooks: Vec<Problem>,
    warnings: Vec<String>,
    holds_secret: bool,
    /// What the programs of `access_code_command` printed.
    printed: Vec<(Vec<String>, Result<String, String>)>,
}

type Value<'i> = Spanned<DeValue<'i>>;

impl Reader<'_> {
    fn line(&self, offset: usize) -> usize {
        self.text.as_bytes().iter().take(offset).filter(|b| **b == b'\n').count() + 1
    }

    fn line_of<T>(&self, item: &Spanned<T>) -> usize {
        self.line(item.span().start)
    }

    fn problem(&mut self, line: usize, what: impl Into<String>, cure: impl Into<String>) {
        self.problems.push(Problem::at(line, what, cure));
    }

    /// Names unknown keys, with the nearest known one.
    fn unknown_keys(&mut self, table: &DeTable<'_>, place: &str, known: &[&str]) {
        self.unknown_keys_but(table, place, known, &[]);
    }

    /// The same without some that are judged elsewhere.
    fn unknown_keys_but(&mut self, table: &DeTable<'_>, place: &str, known: &[&str], judged: &[&str]) {
        for key in table.keys() {
            let name: &str = key.get_ref();
            if known.contains(&name) || judged.contains(&name) {
                continue;
            }
            let renamed = RENAMED.iter().find(|(old, new)| *old == name && known.contains(new));
            let cure = match (renamed, nearest(name, known)) {
                (Some((_, new)), _) => format!("it is [{new}] now"),
                (None, Some(near)) => format!("did you mean \"{near}\"?"),
                (None, None) => format!("known keys are {}", known.join(", ")),
            };
            self.problem(self.line_of(key), format!("unknown key \"{name}\"{place}"), cure);
        }
    }

    fn top(&mut self, table: &DeTable<'_>) -> Config {
        self.unknown_keys(table, "", TOP_KEYS);
        self.prepare(table);
        let mut config = Config::default();
        if let Some(value) = table.get("printer") {
            match value.get_ref() {
                DeValue::Array(entries) => {
                    for entry in entries {
                        match entry.get_ref() {
                            DeValue::Table(table) => {
                                let line = self.line_of(entry);
                                config.printers.extend(self.printer(table, line));
                            }
                            _ => self.wrong_type(entry, "printer", "a table: write [[printer]]"),
                        }
                    }
                }
                _ => self.wrong_type(value, "printer", "a list of tables: write [[printer]]"),
            }
        }
        self.unique(&config);
        if let Some(table) = self.table(table, "ui") {
            self.unknown_keys(table, " in [ui]", UI_KEYS);
            let ui = &mut config.ui;
            self.choice(table, "temperature", &mut ui.temperature, Units::ALL, Units::name);
            self.choice(table, "clock", &mut ui.clock, Clock::ALL, Clock::name);
            self.choice(table, "mouse", &mut ui.mouse, MouseMode::ALL, MouseMode::name);
            self.choice(table, "camera", &mut ui.camera, CameraMode::ALL, CameraMode::name);
            self.choice(table, "confirm", &mut ui.confirm, ConfirmMode::ALL, ConfirmMode::name);
        }
        self.theme(table, &mut config.ui);
        if let Some(table) = self.table(table, "keys") {
            for (key, value) in table {
                let keys = match value.get_ref() {
                    DeValue::String(one) => Some(vec![one.to_string()]),
                    DeValue::Array(list) => {
                        list.iter().map(|item| item.get_ref().as_str().map(str::to_owned)).collect()
                    }
                    _ => None,
                };
                match keys {
                    Some(keys) => {
                        config.keys.insert(key.get_ref().to_string(), (keys, self.line_of(key)));
                    }
                    None => self.wrong_type(value, key.get_ref(), "a key such as \"p\", or a list of keys"),
                }
            }
        }
        self.notifications(table, &mut config);
        self.journal(table, &mut config);
        self.error_texts(table, &mut config);
        self.cloud(table, &mut config);
        config
    }

    /// Which variables hold secrets is known before any program is started; then those that print codes run, all at once.
    fn prepare(&mut self, table: &DeTable<'_>) {
        let tables = |key: &str| {
            let list = table.get(key).and_then(|value| value.get_ref().as_array());
            list.into_iter().flatten().filter_map(|entry| entry.get_ref().as_table())
        };
        let cloud = table.get("cloud").and_then(|value| value.get_ref().as_table());
        let headers = tables("hook").filter_map(|hook| hook.get("header_env")?.get_ref().as_table());
        let named = tables("printer").filter_map(|printer| printer.get("access_code_env"));
        let named = named.chain(cloud.and_then(|cloud| cloud.get("token_env")));
        let named = named.chain(headers.flat_map(|headers| headers.iter().map(|(_, value)| value)));
        for name in named.filter_map(|value| value.get_ref().as_str()) {
            self.outside.withhold(name);
        }
        let commands: Vec<_> = tables("printer")
            .filter(|printer| self.wants_code(printer))
            .filter_map(|printer| printer.get("access_code_command"))
            .map(parts)
            .filter(|parts| !parts.is_empty())
            .collect();
        let printed = self.outside.run_all(&commands);
        self.printed = commands.into_iter().zip(printed).collect();
    }

    /// Whether the access code of a printer is read.
    fn wants_code(&self, printer: &DeTable<'_>) -> bool {
        let serial = || printer.get("serial").and_then(|value| value.get_ref().as_str());
        self.codes_of.is_none_or(|wanted| serial().is_some_and(|serial| serial.eq_ignore_ascii_case(wanted)))
    }

    /// Names and serials tell printers apart on the screen and on the network.
    fn unique(&mut self, config: &Config) {
        for (at, printer) in config.printers.iter().enumerate() {
            let others = &config.printers[..at];
            if others.iter().any(|other| other.name.eq_ignore_ascii_case(&printer.name)) {
                self.problems.push(Problem::whole(
                    format!("two printers are named \"{}\"", printer.name),
                    "give each its own name",
                ));
            }
            if others.iter().any(|other| other.serial == printer.serial) {
                self.problems.push(Problem::whole(
                    format!("two printers have the serial {}", printer.serial),
                    "remove one of them",
                ));
            }
        }
    }

    fn printer(&mut self, table: &DeTable<'_>, line: usize) -> Option<PrinterConfig> {
        let before = self.problems.len();
        self.unknown_keys(table, " in [[printer]]", PRINTER_KEYS);
        let serial = self.required(table, line, "serial", "the printer's screen shows it under Settings, Device");
        let serial = serial.map(|s| s.to_ascii_uppercase());
        if let Some(serial) = &serial
            && (serial.len() < 8 || !serial.bytes().all(|b| b.is_ascii_alphanumeric()))
        {
            let line = self.key_line(table, "serial", line);
            self.problem(line, format!("\"{serial}\" is not a serial number"), "it is 15 letters and digits");
        }
        let host = self.required(table, line, "host", "write the printer's name or IP address");
        let name = self.text(table, "name").or_else(|| host.clone());
        let access_code = self.access_code(table, line);
        let model = self.text(table, "model").and_then(|text| {
            let model = Model::from_code(&text);
            if model.is_none() {
                let known: Vec<_> = Model::all().map(Model::short).collect();
                let line = self.key_line(table, "model", line);
                self.problem(line, format!("unknown model \"{text}\""), format!("known are {}", known.join(", ")));
            }
            model
        });
        let fingerprint = self.text(table, "fingerprint").and_then(|text| {
            let plain: String =
                text.chars().filter(|c| !matches!(c, ':' | ' ')).collect::<String>().to_ascii_lowercase();
            let good = plain.len() == 64 && plain.bytes().all(|b| b.is_ascii_hexdigit());
            if !good {
                let line = self.key_line(table, "fingerprint", line);
                self.problem(line, "the fingerprint is not a SHA-256", "it has 64 hexadecimal digits");
            }
            good.then_some(plain)
        });
        let mqtt_port = self.port(table, "mqtt_port", MQTT_PORT);
        let camera_port = self.port(table, "camera_port", CAMERA_PORT);
        let ftps_port = self.port(table, "ftps_port", FTPS_PORT);
        let tags = self.texts(table, "tags");
        if self.problems.len() > before {
            return None;
        }
        Some(PrinterConfig {
            name: crate::protocol::wire::clean(&name?),
            host: host?,
            serial: serial?,
            access_code: access_code?,
            mqtt_port,
            camera_port,
            ftps_port,
            model,
            fingerprint,
            tags,
        })
    }

    /// The access code from whichever of its four forms is given.
    fn access_code(&mut self, table: &DeTable<'_>, line: usize) -> Option<Secret> {
        let forms: Vec<_> = PRINTER_KEYS[3..7].iter().filter(|key| table.contains_key(**key)).collect();
        let [form] = forms[..] else {
            let (what, cure) = if forms.is_empty() {
                (
                    "the printer has no access code",
                    "add access_code (the printer's screen shows it under WLAN or LAN mode)",
                )
            } else {
                ("the access code is given in several forms", "keep one of them")
            };
            self.problem(line, what, cure);
            return None;
        };
        if !self.wants_code(table) {
            return Some(Secret::new(""));
        }
        let line = self.key_line(table, form, line);
        let (source, got) = match *form {
            "access_code_command" => {
                let parts = match table.get(*form).map(Spanned::get_ref) {
                    Some(DeValue::String(text)) => text.split_whitespace().map(str::to_owned).collect(),
                    _ => self.texts(table, form),
                };
                let program = parts.first()?;
                let printed = self.printed.iter().find(|(command, _)| *command == parts);
                let got = printed.map_or_else(|| Err("was not run".to_owned()), |(_, got)| got.clone());
                (format!("the program {program}"), got)
            }
            key => {
                let text = self.text(table, key)?;
                match key {
                    "access_code_file" => (format!("the file {text}"), self.outside.file(&self.folder.join(&text))),
                    "access_code_env" => {
                        let got = self.outside.env(&text).ok_or_else(|| "is not set".to_owned());
                        (format!("the variable {text}"), got)
                    }
                    _ => {
                        self.holds_secret = true;
                        (String::new(), Ok(text))
                    }
                }
            }
        };
        match got.map(|code| code.trim().to_owned()) {
            Ok(code) if code.is_empty() => {
                self.problem(
                    line,
                    match source.as_str() {
                        "" => "the access code is empty".to_owned(),
                        source => format!("the access code from {source} is empty"),
                    },
                    "the printer's screen shows it",
                );
                None
            }
            Ok(code) if !is_access_code(&code) => {
                let what = format!("{form} gives no access code: it is not one word of at most 32 plain characters");
                self.problem(line, what, "it has 8 letters and digits");
                None
            }
            Ok(code) => Some(Secret::new(code)),
            Err(why) => {
                self.problem(line, format!("no access code from {source}: {why}"), "check that it gives the code");
                None
            }
        }
    }

    fn table<'t, 'i>(&mut self, table: &'t DeTable<'i>, key: &str) -> Option<&'t DeTable<'i>> {
        let value = table.get(key)?;
        match value.get_ref() {
            DeValue::Table(table) => Some(table),
            _ => {
                self.wrong_type(value, key, "a table");
                None
            }
        }
    }

    fn key_line(&self, table: &DeTable<'_>, key: &str, fallback: usize) -> usize {
        table.get(key).map_or(fallback, |value| self.line_of(value))
    }

    fn wrong_type(&mut self, value: &Value<'_>, key: &str, wanted: &str) {
        let line = self.line_of(value);
        let kind = value.get_ref().type_str();
        self.problem(line, format!("\"{key}\" cannot be a TOML {kind}"), format!("it must be {wanted}"));
    }

    fn text(&mut self, table: &DeTable<'_>, key: &str) -> Option<String> {
        let value = table.get(key)?;
        match value.get_ref() {
            DeValue::String(text) => Some(text.trim().to_owned()),
            _ => {
                self.wrong_type(value, key, "text in quotes");
                None
            }
        }
    }

    fn required(&mut self, table: &DeTable<'_>, line: usize, key: &str, cure: &str) -> Option<String> {
        if !table.contains_key(key) {
            self.problem(line, format!("the printer has no {key}"), cure);
            return None;
        }
        let text = self.text(table, key)?;
        if text.is_empty() {
            let line = self.key_line(table, key, line);
            self.problem(line, format!("{key} is empty"), cure);
            return None;
        }
        Some(text)
    }

    fn texts(&mut self, table: &DeTable<'_>, key: &str) -> Vec<String> {
        let Some(value) = table.get(key) else { return Vec::new() };
        let list = match value.get_ref() {
            DeValue::Array(list) => list.iter().map(|item| item.get_ref().as_str().map(str::to_owned)).collect(),
            _ => None,
        };
        list.unwrap_or_else(|| {
            self.wrong_type(value, key, "a list of texts");
            Vec::new()
        })
    }

    fn port(&mut self, table: &DeTable<'_>, key: &str, default: u16) -> u16 {
        let Some(value) = table.get(key) else { return default };
        let port = match value.get_ref() {
            DeValue::Integer(n) => u16::from_str_radix(n.as_str(), n.radix()).ok().filter(|port| *port > 0),
            _ => None,
        };
        port.unwrap_or_else(|| {
            let line = self.line_of(value);
            self.problem(line, format!("{key} is not a port"), "write a number from 1 to 65535");
            default
        })
    }

    fn choice<T: Copy>(&mut self, table: &DeTable<'_>, key: &str, to: &mut T, all: &[T], name: fn(T) -> &'static str) {
        let Some(text) = self.text(table, key) else { return };
        match all.iter().find(|choice| name(**choice) == text) {
            Some(choice) => *to = *choice,
            None => {
                let names: Vec<_> = all.iter().map(|choice| name(*choice)).collect();
                let line = self.key_line(table, key, 1);
                let cure = nearest(&text, &names).map_or_else(
                    || format!("choose from {}", names.join(", ")),
                    |near| format!("did you mean \"{near}\"? Choose from {}", names.join(", ")),
                );
                self.problem(line, format!("{key} = \"{text}\" is not known"), cure);
            }
        }
    }
}

/// A program and its arguments: a list, or words.
/// Whether a text can be an access code: a control character would go to the printer unseen.
fn is_access_code(text: &str) -> bool {
    text.len() <= 32 && text.chars().all(|c| c.is_ascii_graphic())
}

fn parts(value: &Value<'_>) -> Vec<String> {
    match value.get_ref() {
        DeValue::String(text) => text.split_whitespace().map(str::to_owned).collect(),
        DeValue::Array(list) => {
            let all: Option<Vec<_>> = list.iter().map(|item| item.get_ref().as_str().map(str::to_owned)).collect();
            all.unwrap_or_default()
        }
        _ => Vec::new(),
    }
}

/// The known word most like `word`, if any is near enough to have been meant.
pub(crate) fn nearest<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    let (distance, near) = known.iter().map(|k| (osa_distance(word, k), *k)).min()?;
    (distance <= 1 + word.chars().count() / 4).then_some(near)
}
