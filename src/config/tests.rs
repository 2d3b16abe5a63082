use super::*;
use crate::protocol::rest::Region;
use crate::state::notify::notification::{EventKind, EventKinds, NoticeCode};
use std::collections::HashMap;

#[derive(Default)]
struct Fake {
    env: HashMap<&'static str, &'static str>,
    files: HashMap<&'static str, &'static str>,
}

impl Outside for Fake {
    fn env(&self, name: &str) -> Option<String> {
        self.env.get(name).map(ToString::to_string)
    }
    fn file(&self, path: &Path) -> Result<String, String> {
        let name = path.file_name().and_then(|n| n.to_str()).unwrap_or_default();
        self.files.get(name).map(ToString::to_string).ok_or_else(|| "no such file".to_owned())
    }
    fn run(&self, program: &str, args: &[String]) -> Result<String, String> {
        if program == "pass" { Ok(format!("{}\n", args.concat())) } else { Err("cannot be started".to_owned()) }
    }
}

fn check(text: &str) -> Result<Config, Vec<String>> {
    let outside = Fake {
        env: HashMap::from([("CODE", "87654321"), ("HOOK_TOKEN", "Bearer x"), ("BLANK", "  ")]),
        files: HashMap::from([("p1s.code", "11223344\n"), ("own.pem", "-----BEGIN CERTIFICATE-----\n")]),
    };
    reader::read(text, Path::new("/etc/x"), None, &outside).into_result()
}

const GOOD: &str = "[[printer]]\nname = 'A'\nhost = 'a.lan'\nserial = '01p00a000000001'\n";

#[test]
fn the_example_is_a_good_file_and_every_commented_key_in_it_exists() {
    let config = check(EXAMPLE).expect("the example loads");
    assert_eq!((config.printers.len(), config.printers[0].mqtt_port), (1, MQTT_PORT));
    let others = ["access_code_", "fingerprint", "token_command", "ca_file"];
    let uncomment = |line: &'static str| {
        let is_code = |l: &&str| {
            *l == "[[hook]]" || l.starts_with("[theme.") || l.split_once(" = ").is_some_and(|(k, _)| !k.contains(' '))
        };
        let key = line.strip_prefix("# ").filter(is_code);
        key.filter(|k| !others.iter().any(|o| k.starts_with(o))).unwrap_or(line)
    };
    let all = EXAMPLE.lines().map(uncomment).collect::<Vec<_>>().join("\n");
    let config = check(&all).expect("the example loads with its comments taken away");
    assert_eq!((config.ui.theme, config.ui.own), (ThemeName::Dark, OwnColours::default()), "it chooses a built-in one");
    assert_eq!(config.printers[0].tags, ["workshop"]);
    assert_eq!(config.keys["quit"].0, ["q", "ctrl-x"]);
    let Carrier::Post { host, headers, .. } = &config.hooks[1].carrier else { panic!("the second hook posts") };
    assert_eq!((host.as_str(), headers.len(), config.hooks[1].retries), ("hooks.example.org", 1, 2));
    assert_eq!(config.notifications, NotificationConfig::default(), "the example shows the defaults");
    assert_eq!(config.error_texts, ErrorTexts::default(), "the example shows the defaults");
    assert_eq!(config.journal, Journal::default(), "the example shows the default");
    let cloud = &config.cloud;
    let usual = CloudConfig { account: cloud.account.clone(), ..CloudConfig::default() };
    assert_eq!((cloud.api(), cloud.enabled), (usual.api(), usual.enabled));
    assert_eq!(cloud.mqtt_host.as_deref(), Some(usual.region().mqtt_host()), "the example shows the default");
    assert_eq!(cloud.token, TokenSource::Env("BAMBU_TOKEN".into()));
}

#[test]
fn the_cloud_is_where_the_account_is_unless_the_file_says_otherwise() {
    let cloud = |text: &str| check(&format!("{GOOD}access_code = '1'\n[cloud]\n{text}\n")).expect("good").cloud;
    assert_eq!(cloud(""), CloudConfig::default());
    let china = cloud("account = '+86 13800000000'");
    assert_eq!((china.api(), china.region().mqtt_host()), ("https://api.bambulab.cn", "cn.mqtt.bambulab.com"));
    let own = cloud(
        "enabled = false\nregion = 'global'\naccount = '13800000000'\napi_url = 'http://127.0.0.1:9/'\nmqtt_host = 'b.lan'\n\
         mqtt_port = 1\ntoken_command = 'pass show x'\nca_file = 'own.pem'",
    );
    assert_eq!(
        (own.enabled, own.region(), own.api(), own.mqtt_host.as_deref(), own.mqtt_port),
        (false, Region::Global, "http://127.0.0.1:9", Some("b.lan"), 1)
    );
    assert_eq!(own.token, TokenSource::Command { program: "pass".into(), args: vec!["show".into(), "x".into()] });
    assert_eq!(own.ca_file.as_deref(), Some(Path::new("/etc/x/own.pem")));
}

#[test]
fn every_mistake_about_the_cloud_has_its_line_and_cure_and_no_secret_is_quoted() {
    let file = "[cloud]\nenabled = 1\nregion = 'chine'\naccount = ''\ntoken_env = 'X'\ntoken_command = []\n\
        api_url = 'http://api.example.org'\nweb_url = 'https://u:s3cret@x'\nmqtt_host = 'mqtts://x'\nmqtt_port = 0\n\
        ca_file = 'p1s.code'\ntoken = 's3cret'\npassword = 's3cret'\nacount = 'a'\n";
    let problems = check(file).expect_err("problems").join("\n");
    for expected in [
        "2: \"enabled\" cannot be a TOML integer",
        "3: region = \"chine\" is not known; did you mean \"china\"?",
        "4: account is empty",
        "5: the token is given in two forms; keep one of token_env and token_command",
        "6: token_command names no program",
        "7: api_url is not encrypted, and the access token goes there; write it as https://host",
        "8: web_url has something in it that does not belong there",
        "9: mqtt_host is not a host",
        "10: mqtt_port is not a port",
        "11: p1s.code holds no certificate",
        "12: token does not belong into this file; remove it; log in, or use token_env or token_command",
        "13: password does not belong into this file",
        "14: unknown key \"acount\" in [cloud]; did you mean \"account\"?",
    ] {
        assert!(problems.contains(expected), "{expected} is missing in\n{problems}");
    }
    assert!(!problems.contains("s3cret"), "{problems}");
    let missing = check("[cloud]\nca_file = 'none.pem'\n").expect_err("a problem");
    assert!(missing[0].starts_with("2: none.pem cannot be read: no such file"), "{missing:?}");
}

#[test]
fn a_variable_for_the_token_that_is_not_set_is_a_warning_only() {
    let outside = Fake { env: HashMap::from([("SET", "AADtoken")]), ..Fake::default() };
    let warnings = |name: &str| {
        let file = format!("[cloud]\ntoken_env = '{name}'\n");
        reader::read(&file, Path::new("/etc/x"), None, &outside).warnings
    };
    assert!(warnings("SET").is_empty());
    assert!(warnings("UNSET")[0].contains("line 2: the variable UNSET of token_env is not set"));
}

#[test]
fn an_empty_access_code_names_where_it_comes_from() {
    let said = |form: &str| check(&format!("{GOOD}{form}\n")).expect_err("a problem").join("\n");
    for (form, words) in [
        ("access_code = ''", ": the access code is empty;"),
        ("access_code = '  '", ": the access code is empty;"),
        ("access_code_env = 'BLANK'", ": the access code from the variable BLANK is empty;"),
        ("access_code_command = 'pass'", ": the access code from the program pass is empty;"),
    ] {
        assert!(said(form).contains(words), "{form}: {}", said(form));
    }
}

#[test]
fn an_access_code_has_no_character_that_nobody_sees() {
    for wrong in [
        "1234\u{0}5678",
        "1234\u{1b}[2J",
        "12345678\u{200b}",
        "1234\t5678",
        "12\u{7f}",
        "1234\u{ad}",
        "123456781234567812345678123456781",
    ] {
        let outside = Fake { env: HashMap::from([("CODE", wrong)]), ..Fake::default() };
        let file = format!("{GOOD}access_code_env = 'CODE'\n");
        let read = reader::read(&file, Path::new("/etc/x"), None, &outside).into_result();
        let problems = read.expect_err("a problem").join("\n");
        assert!(problems.contains("access_code_env gives no access code: it is not one word"), "{problems}");
        assert!(!problems.contains(wrong) && !problems.contains("1234"), "{problems}");
    }
}

#[test]
fn the_journal_is_kept_for_a_span_of_days_to_years() {
    let read = |keep: &str| check(&format!("{GOOD}access_code = '1'\n[journal]\nkeep = {keep}\n"));
    let days = |keep: &str| read(keep).expect("good").journal.keep.as_secs() / 86_400;
    let spans = ["'1 day'", "'90 days'", "'2 weeks'", "'6  months'", "'1 year'", "' 10 years '"];
    assert_eq!(spans.map(days), [1, 90, 14, 180, 365, 3650]);
    for wrong in [
        "''",
        "'1'",
        "'year'",
        "'0 days'",
        "'-1 days'",
        "'1.5 years'",
        "'11 years'",
        "'1 eon'",
        "'1 dayss'",
        "'1 jour\u{e9}'",
    ] {
        let problems = read(wrong).expect_err(wrong).join("\n");
        assert!(problems.contains("is not a span of time; write a number of days"), "{wrong}: {problems}");
    }
    assert!(read("\"18446744073709551615 years\"").is_err() && read("1").is_err());
    let unknown = check(&format!("{GOOD}access_code = '1'\n[journal]\nkept = '1 day'\n")).expect_err("unknown");
    assert!(unknown.join("\n").contains("did you mean \"keep\""), "{unknown:?}");
}

#[test]
fn texts_have_a_checked_language_and_a_server_that_can_be_trusted() {
    let file = |texts: &str| format!("{GOOD}access_code = '1'\n[error_texts]\n{texts}\n");
    let texts =
        check(&file("language = 'pt-br'\nfetch = false\nurl = 'http://127.0.0.1:99/'")).expect("good").error_texts;
    let language = crate::protocol::texts::Language::Portuguese;
    assert_eq!(texts, ErrorTexts { language, fetch: false, url: "http://127.0.0.1:99".into() });
    let problems = check(&file("language = 'pt'\nfetch = 'no'\nurl = 'http://mirror.lan'\nlang = 1")).expect_err("bad");
    for part in ["language \"pt\"", "true or false", "https://host", "unknown key \"lang\""] {
        assert!(problems.iter().any(|problem| problem.contains(part)), "{part}: {problems:?}");
    }
}

#[test]
fn a_table_by_its_old_name_is_an_error_that_names_the_new_one() {
    for (old, new, line) in [("attention", "notifications", "bell = false"), ("texts", "error_texts", "fetch = false")]
    {
        let problems = check(&format!("{GOOD}access_code = '1'\n[{old}]\n{line}\n")).expect_err(old);
        let [problem] = &problems[..] else { panic!("{problems:?}") };
        assert!(problem.contains(&format!("unknown key \"{old}\"; it is [{new}] now")), "{problem}");
        check(&format!("{GOOD}access_code = '1'\n[{new}]\n{line}\n")).expect(new);
    }
}

#[test]
fn hooks_are_read_with_their_defaults() {
    let file = format!(
        "{GOOD}access_code = '1'\ntags = ['west']\n[notifications]\nbell = false\nterminal = ['*']\ncode = 'osc9'\n\
         [[hook]]\non = ['print.failed']\nrun = ['/usr/bin/notify', 'a b']\nprinters = ['WEST', 'a']\n\
         [[hook]]\non = ['*']\nurl = 'HTTPS://user:t0ken@[::1]:9/x?t0ken'\ntimeout = 300\n",
    );
    let file = file.replace("'WEST'", "'west'");
    let config = check(&file).expect("good");
    assert_eq!((config.notifications.bell, config.notifications.terminal), (EventKinds::NONE, EventKinds::ALL));
    assert_eq!(config.notifications.code, Some(NoticeCode::Osc9));
    let [program, post] = &config.hooks[..] else { panic!("{:?}", config.hooks) };
    assert!(program.wants(EventKind::PrintFailed, "01P00A000000001"));
    assert!(!program.wants(EventKind::PrintFailed, "other") && !program.wants(EventKind::HmsRaised, "01P00A000000001"));
    assert_eq!((program.timeout.as_secs(), program.retries, program.to_string()), (10, 0, "notify".to_owned()));
    assert_eq!((post.timeout.as_secs(), post.retries, post.to_string()), (300, 2, "::1".to_owned()));
    assert!(!format!("{config:?}").contains("t0ken"));
}

#[test]
fn every_mistake_in_a_hook_has_its_line_and_cure_and_no_address_is_quoted() {
    let hooks = "[notifications]\nbel = true\nterminal = 'all'\n\
        [[hook]]\non = ['print.finnished']\nrun = ['x']\nurl = 'https://t0ken'\n\
        [[hook]]\non = []\nurl = 'ftp://t0ken'\ntimeout = 301\n\
        [[hook]]\non = ['*']\nrun = 'x y'\nheader_env = {A = 'B'}\n\
        [[hook]]\non = ['*']\nurl = 'https:/t0ken'\nheader_env = {'A b' = 'X', C = 'MISSING'}\nretries = -1\n\
        [[hook]]\non = ['*']\n";
    let problems = check(hooks).expect_err("problems").join("\n");
    for expected in [
        "2: unknown key \"bel\" in [notifications]; did you mean \"bell\"?",
        "3: \"terminal\" cannot be a TOML string",
        "4: the hook has both run and url",
        "5: \"print.finnished\" in on is not an event; did you mean \"print.finished\"?",
        "9: the hook is for nothing",
        "10: the url is not a web address",
        "11: timeout is out of range; write a number from 1 to 300",
        "14: \"run\" cannot be a TOML string",
        "15: header_env is for url only",
        "18: the url is not a web address",
        "19: \"A b\" is not a header name",
        "19: the variable MISSING for the header C is not set",
        "20: retries is out of range",
        "21: the hook does nothing",
    ] {
        assert!(problems.contains(expected), "{expected} is missing in\n{problems}");
    }
    assert!(!problems.contains("t0ken"), "{problems}");
    let unknown = format!("{GOOD}access_code = '1'\n[[hook]]\non = ['*']\nrun = ['x']\nprinters = ['B']\n");
    assert!(check(&unknown).expect_err("a problem")[0].contains("no printer has the name, serial or tag \"B\""));
}

#[test]
fn every_form_of_the_access_code_is_read() {
    for (form, code) in [
        ("access_code = '12345678'", "12345678"),
        ("access_code_env = 'CODE'", "87654321"),
        ("access_code_file = 'p1s.code'", "11223344"),
        ("access_code_command = ['pass', 'x1']", "x1"),
        ("access_code_command = 'pass x1'", "x1"),
    ] {
        let config = check(&format!("{GOOD}{form}")).expect(form);
        assert_eq!(config.printers[0].access_code.expose_secret(), code, "{form}");
        assert_eq!(config.printers[0].serial, "01P00A000000001");
    }
}

#[test]
fn every_problem_is_named_at_once_with_line_and_cure() {
    let problems = check(
        "colour = 1\n[[printer]]\nhots = 'a'\nserial = 'x'\nacess_code = '12345678'\nmqtt_port = 70000\n\
         [ui]\ntheme = 'drak'\nclock = 12\n",
    )
    .expect_err("problems");
    let all = problems.join("\n");
    for expected in [
        "1: unknown key \"colour\"",
        "2: the printer has no host",
        "2: the printer has no access code",
        "3: unknown key \"hots\" in [[printer]]; did you mean \"host\"?",
        "4: \"X\" is not a serial number",
        "5: unknown key \"acess_code\" in [[printer]]; did you mean \"access_code\"?",
        "6: mqtt_port is not a port",
        "8: theme = \"drak\" is not known; did you mean \"dark\"?",
        "9: \"clock\" cannot be a TOML integer",
    ] {
        assert!(all.contains(expected), "{expected} is missing in\n{all}");
    }
}

#[test]
fn messages_never_quote_a_secret() {
    for text in [
        format!("{GOOD}access_code = 'sEcr3tX\n"),
        format!("{GOOD}access_code = 'sEcr3tX with spaces'\n"),
        format!("{GOOD}access_code = ['sEcr3tX']\n"),
        format!("{GOOD}access_code = 'sEcr3tX'\naccess_code_env = 'CODE'\n"),
    ] {
        let problems = check(&text).expect_err("a problem").join("\n");
        assert!(!problems.contains("sEcr3tX"), "{problems}");
    }
    assert_eq!(format!("{:?}", Secret::new("sEcr3tX")), "••••");
}

#[test]
fn two_printers_cannot_share_a_name_or_a_serial() {
    let twice = format!("{GOOD}access_code = '1'\n{GOOD}access_code = '2'\n");
    let problems = check(&twice).expect_err("problems").join("\n");
    assert!(problems.contains("two printers are named") && problems.contains("two printers have the serial"));
}

#[test]
fn adding_a_printer_keeps_what_stands_there_and_makes_private_files() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("new/config.toml");
    let printer = |name: &str, serial: &str| PrinterConfig {
        name: name.to_owned(),
        host: "h\"1".to_owned(),
        serial: serial.to_owned(),
        access_code: Secret::new("12345678"),
        mqtt_port: MQTT_PORT,
        camera_port: 6001,
        ftps_port: 991,
        model: None,
        fingerprint: Some("ab".repeat(32)),
        tags: Vec::new(),
    };
    add_printer(&path, &printer("A", "01P00A000000001")).expect("written");
    let first = std::fs::read_to_string(&path).expect("readable");
    add_printer(&path, &printer("B", "01P00A000000002")).expect("written");
    let second = std::fs::read_to_string(&path).expect("readable");
    assert!(second.starts_with(&first));
    let loaded = load(&path, true, &Fake::default()).expect("loads");
    assert_eq!(loaded.config.printers.len(), 2);
    let read = &loaded.config.printers[1];
    assert_eq!((read.host.as_str(), read.camera_port, read.ftps_port), ("h\"1", 6001, 991));
    assert!(loaded.warnings.is_empty(), "{:?}", loaded.warnings);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).expect("changed");
        let warned = load(&path, true, &Fake::default()).expect("loads").warnings;
        assert!(warned[0].contains("chmod 600"), "{warned:?}");
        // Before a code goes into it, it is closed. A link to it stays, and so does what is in it.
        let link = folder.path().join("link.toml");
        std::os::unix::fs::symlink("new/config.toml", &link).expect("linked");
        add_printer(&link, &printer("C", "01P00A000000003")).expect("written");
        assert!(link.is_symlink() && std::fs::read_to_string(&path).expect("readable").starts_with(&second));
        assert_eq!(std::fs::metadata(&path).expect("metadata").permissions().mode() & 0o777, 0o600);
        // Where it cannot be written, it is left as it is: not one byte of the entry is in it.
        let whole = std::fs::read(&path).expect("readable");
        std::fs::create_dir(folder.path().join("folder.toml")).expect("made");
        assert!(add_printer(&folder.path().join("folder.toml"), &printer("D", "01P00A000000004")).is_err());
        assert_eq!(std::fs::read(&path).expect("readable"), whole);
    }
}

/// Whoever closed the file meant it, and what somebody broke meanwhile is not called added: it would be read no more.
#[test]
fn nothing_is_added_to_a_file_that_is_read_only_or_broken() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("config.toml");
    let printer = PrinterConfig {
        name: "P".to_owned(),
        host: "h".to_owned(),
        serial: "01P00A000000001".to_owned(),
        access_code: Secret::new("12345678"),
        mqtt_port: MQTT_PORT,
        camera_port: CAMERA_PORT,
        ftps_port: FTPS_PORT,
        model: None,
        fingerprint: None,
        tags: Vec::new(),
    };
    let known = "[[printer]]\nname = \"A\"\nhost = \"h\"\nserial = \"01P00A000000001\"\naccess_code = \"1\"\n";
    for (bytes, says) in [
        (&b"\n[ui\n"[..], "line 2: not valid TOML"),
        (b"[ui]\ntheem = \"dark\"\n", "line 2: "),
        (b"printer = []\n", "line "),
        (b"\xff", "is not UTF-8 text"),
        (known.as_bytes(), "two printers have the serial"),
    ] {
        std::fs::write(&path, bytes).expect("written");
        let said = add_printer(&path, &printer).expect_err("nothing is added").to_string();
        assert!(said.starts_with("nothing was added") && said.contains(says) && !said.contains("12345678"), "{said}");
        assert_eq!(std::fs::read(&path).expect("readable"), bytes);
    }
    std::fs::write(&path, "").expect("written");
    let mut rights = std::fs::metadata(&path).expect("metadata").permissions();
    rights.set_readonly(true);
    std::fs::set_permissions(&path, rights).expect("changed");
    let said = add_printer(&path, &printer).expect_err("nothing is added").to_string();
    assert!(said.contains("read-only"), "{said}");
    assert_eq!(std::fs::read(&path).expect("readable"), b"");
    assert!(std::fs::metadata(&path).expect("metadata").permissions().readonly());
}

#[test]
fn several_programs_add_printers_and_a_reader_never_sees_half_of_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("config.toml");
    let entry = |number: usize| PrinterConfig {
        name: format!("P{number}"),
        host: "h".to_owned(),
        serial: format!("01P00A0000000{number:02}"),
        access_code: Secret::new("12345678"),
        mqtt_port: MQTT_PORT,
        camera_port: CAMERA_PORT,
        ftps_port: FTPS_PORT,
        model: None,
        fingerprint: None,
        tags: Vec::new(),
    };
    std::thread::scope(|scope| {
        for who in 0..4 {
            let path = &path;
            scope.spawn(move || {
                for n in 0..8 {
                    add_printer(path, &entry(who * 8 + n)).expect("written");
                    let seen = load(path, true, &Fake::default()).expect("whole entries").config.printers.len();
                    assert!((1..=32).contains(&seen));
                }
            });
        }
    });
    assert_eq!(load(&path, true, &Fake::default()).expect("loads").config.printers.len(), 32);
}

#[test]
fn a_missing_file_is_an_empty_configuration_unless_it_was_asked_for() {
    let missing = Path::new("/nonexistent/config.toml");
    assert!(!load(missing, false, &Fake::default()).expect("empty").exists);
    assert!(load(missing, true, &Fake::default()).is_err());
}

#[test]
#[cfg(unix)]
fn what_is_named_may_be_a_pipe_and_holds_nobody_up() {
    let folder = tempfile::tempdir().expect("a folder");
    let pipe = folder.path().join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status().expect("mkfifo");
    assert!(made.success());
    let timeouts = Duration::from_millis(200);
    let text = format!("{GOOD}access_code = '12345678'\n");
    thread::scope(|scope| {
        scope.spawn(|| fs::write(&pipe, &text).expect("somebody reads"));
        assert_eq!(read_named(&pipe, PATIENCE).expect("a text"), text.as_bytes());
    });
    let tells = |path: &Path, what: &str| {
        let error = read_named(path, timeouts).expect_err("nothing of use").to_string();
        assert!(error.contains(what), "{}: {error}", path.display());
    };
    // Nobody writes; no end; not even that.
    tells(&pipe, "did not give its text within");
    tells(Path::new("/dev/zero"), "more than 4096 KiB");
    tells(folder.path(), "directory");
    tells(&folder.path().join("missing"), "No such file");
    assert!(read_named(Path::new("/dev/null"), timeouts).expect("an empty text").is_empty());
    // Nobody who only looks for one reads such a thing, nor reads it again.
    assert!(load(&pipe, false, &Fake::default()).is_err() && Stamp::of(&pipe).is_none());
    assert!(reload(&pipe, None, &Fake::default()).is_err());
}

/// The keys that a table may have, by what is said of one that it does not have.
fn known_keys(table: &str) -> Vec<String> {
    let problems = check(&format!("{table}\nzzzzzzzzzz = 1\n")).expect_err("no such key");
    let known = problems.iter().find_map(|problem| problem.split_once("; known keys are "));
    known.map(|(_, keys)| keys.split(", ").map(str::to_owned).collect()).unwrap_or_default()
}

#[test]
fn the_manual_explains_every_key() {
    let manual = [include_str!("../../docs/configuration.md"), include_str!("../../docs/notifications.md")].concat();
    let top = known_keys("");
    assert!(top.contains(&"printer".to_owned()), "{top:?}");
    for table in &top {
        assert!(
            [format!("`[{table}]`"), format!("`[[{table}]]`"), format!("`[{table}.")]
                .iter()
                .any(|t| manual.contains(t)),
            "{table}"
        );
        let forms = [format!("[{table}]"), format!("[[{table}]]"), format!("[{table}.own]")];
        let keys: Vec<_> = forms.iter().flat_map(|form| known_keys(form)).filter(|key| !top.contains(key)).collect();
        assert!(!keys.is_empty() || table == "keys", "[{table}] has keys");
        for key in keys {
            let is_named = manual.contains(&format!("`{key}`")) || manual.contains(&format!("\n{key} = "));
            assert!(is_named, "[{table}] {key}");
        }
    }
}
