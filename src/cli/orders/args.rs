//! Which words of a command line are printers, and which the action.

use crate::{
    cli::{output::Failure, resolve::is_called},
    config::Config,
    state::command::catalog,
};

fn is_action(word: &str) -> bool {
    catalog::entries().any(|entry| entry.name == word)
}

/// The first word that names an action ends the printers; it and what follows is the line. `others`: printers are named
/// by options too.
pub(super) fn split<'a>(words: &'a [String], config: &Config, others: bool) -> Result<(&'a [String], String), Failure> {
    let Some(at) = words.iter().position(|word| is_action(word)) else {
        // The first word that is no printer was meant as the action.
        let odd = words.iter().find(|word| !config.printers.iter().any(|printer| is_called(printer, word)));
        return Err(Failure::usage(match odd {
            Some(word) => format!("{}; `do --help` lists every action", catalog::unknown(word)),
            None => "missing action; see `do --help`".to_owned(),
        }));
    };
    let (printers, line) = words.split_at(at);
    if let Some(word) = line.first().filter(|_| printers.is_empty() && !others) {
        return Err(Failure::usage(format!(
            "\"{word}\" is the action, and no printer stands before it; one that is called like an action is named by \
             --printer or by its serial number"
        )));
    }
    Ok((printers, line.join(" ")))
}

/// All names that were given; none is everybody.
pub(super) fn printer_names(printers: &[String], named: &[String], all: bool) -> Result<Vec<String>, Failure> {
    let names: Vec<_> = printers.iter().chain(named).cloned().collect();
    match (all, names.first()) {
        (true, Some(name)) => Err(Failure::usage(format!("--all is every printer; drop \"{name}\" or --all"))),
        (false, None) => Err(Failure::usage("missing printer; name one, or add --all")),
        _ => Ok(names),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{PrinterConfig, Secret};

    fn config() -> Config {
        let printer = |name: &str, tag: &str| PrinterConfig {
            name: name.into(),
            host: "h".into(),
            serial: format!("SERIAL{name}"),
            access_code: Secret::new("x".to_owned()),
            mqtt_port: 1,
            camera_port: 1,
            ftps_port: 1,
            model: None,
            fingerprint: None,
            tags: vec![tag.into()],
        };
        Config { printers: vec![printer("Shed", "cellar"), printer("light", "cellar")], ..Config::default() }
    }

    fn of(line: &str, others: bool) -> Result<(Vec<String>, String), String> {
        let words: Vec<_> = line.split(' ').map(str::to_owned).collect();
        let result = split(&words, &config(), others);
        result.map(|(printers, line)| (printers.to_vec(), line)).map_err(|failure| failure.to_string())
    }

    #[test]
    fn the_first_action_ends_the_printers() {
        let ok = |line: &str, printers: &[&str], action: &str| {
            let (found, rest) = of(line, false).unwrap_or_else(|why| panic!("{line}: {why}"));
            assert_eq!((found, rest.as_str()), (printers.iter().map(ToString::to_string).collect(), action), "{line}");
        };
        ok("Shed pause", &["Shed"], "pause");
        ok("Shed Attic cellar bed 60", &["Shed", "Attic", "cellar"], "bed 60");
        ok("Shed SERIALlight light on", &["Shed", "SERIALlight"], "light on");
        assert_eq!(of("light on", true), Ok((vec![], "light on".to_owned())), "the printers stand in options");
    }

    #[test]
    fn mistakes_are_named_before_anybody_is_called() {
        for (line, part) in [
            ("Shed dance", "no action \"dance\"; closest: "),
            ("cellar serialshed dance", "no action \"dance\""),
            ("Shed", "missing action; see `do --help`"),
            ("light light on", "--printer"),
            ("pause", "no printer stands before it"),
        ] {
            let why = of(line, false).expect_err(line);
            assert!(why.contains(part), "{line}: {why}");
        }
    }

    #[test]
    fn nobody_is_not_everybody() {
        let one = ["Shed".to_owned()];
        let words =
            |printers: &[String], named: &[String], all| printer_names(printers, named, all).map_err(|e| e.to_string());
        assert_eq!(words(&one, &["light".to_owned()], false), Ok(vec!["Shed".to_owned(), "light".to_owned()]));
        assert_eq!(words(&[], &[], true), Ok(vec![]));
        assert!(words(&[], &[], false).is_err_and(|why| why.contains("--all")));
        assert!(words(&one, &[], true).is_err_and(|why| why.contains("\"Shed\"")));
    }
}
