//! Signing in from a shell: every row of what a login may need, and what is said when it does not work.

use crate::{
    process_harness::{Home, Simulator, private},
    pty_harness::PtyHarness,
};
use serde_json::Value;

struct Bench {
    home: Home,
    simulator: Simulator,
}

impl Bench {
    fn new(faults: &[&str]) -> Self {
        let home = Home::new();
        let simulator = Simulator::start(&home, &[&["--scenario", "single", "--cloud"][..], faults].concat());
        home.configure(&simulator.cloud_config());
        Self { home, simulator }
    }

    fn text(&self, key: &str) -> &str {
        self.simulator.cloud[key].as_str().unwrap()
    }

    /// Signs in with a password, under one of the account's addresses, and with codes after it.
    fn password(&self, address: &str, codes: &[&str]) -> (i32, String) {
        let input = [&[self.text("password")][..], codes].concat().join("\n") + "\n";
        let ran = self.home.tell(&["login", "--password", "--account", self.text(address)], &input);
        self.is_quiet(&(ran.out.clone() + &ran.err));
        (ran.code, ran.out + &ran.err)
    }

    /// Neither password nor token were told to anybody.
    fn is_quiet(&self, said: &str) {
        for key in ["password", "token"] {
            assert!(!said.contains(self.text(key)) && !self.home.log().contains(self.text(key)), "{key}: {said}");
        }
    }

    fn is_in(&self) -> bool {
        let who = self.home.run(&["whoami", "--json"]);
        if who.code != 0 {
            assert!(who.code == 4 && who.err.contains("nobody is signed in"), "{who:?}");
            return false;
        }
        let json: Value = serde_json::from_str(&who.out).unwrap();
        assert_eq!(json["uid"], self.text("uid"));
        assert!(!who.out.contains(self.text("account")), "{who:?}");
        true
    }
}

#[test]
fn a_password_alone_with_a_code_or_with_an_authenticator_signs_in() {
    let b = Bench::new(&[]);
    for (address, codes) in [
        ("plain_account", &[][..]),
        ("account", &["000000", "code"]),
        ("tfa_account", &["111111", "tfa_code"]),
        ("phone", &["code"]),
    ] {
        let codes: Vec<&str> = codes.iter().map(|c| if c.ends_with('e') { b.text(c) } else { c }).collect();
        let (code, said) = b.password(address, &codes);
        assert!(code == 0 && said.contains("signed in as"), "{address}: {said}");
        assert_eq!(said.contains("wrong"), codes.len() == 2, "{address}: {said}");
        assert!(!said.contains(b.text(address)), "masked: {said}");
        assert!(b.is_in(), "{address}");
        assert_eq!(b.home.run(&["logout"]).code, 0);
        assert!(!b.is_in());
    }
}

#[test]
fn a_password_may_come_from_a_variable_and_is_never_an_argument() {
    let b = Bench::new(&[]);
    let args = ["login", "--password-env", "SECRET_OF_MINE", "--account", b.text("plain_account")];
    let missing = b.home.run(&args);
    assert!(missing.code == 2 && missing.err.contains("SECRET_OF_MINE is not set"), "{missing:?}");
    let ran = b.home.tell_with(&args, "", &[("SECRET_OF_MINE", b.text("password"))]);
    assert!(ran.code == 0 && b.is_in(), "{ran:?}");
    b.is_quiet(&(ran.out + &ran.err));
    for wrong in [&["login", "--password=x"][..], &["login", "--password", "--token"]] {
        assert_eq!(b.home.run(wrong).code, 2, "{wrong:?}");
    }
}

#[test]
fn what_keeps_somebody_out_is_said_with_its_cure() {
    let b = Bench::new(&[]);
    let login = |args: &[&str], input: &str| b.home.tell(&[&["login"], args].concat(), input);
    let account = ["--account", b.text("account")];
    for (args, input, code, words) in [
        (&["--password", account[0], account[1]][..], "guess\n", 4, "check account, password and region"),
        (&["--password", account[0], account[1]], "", 2, "no password was given"),
        (&["--password"], "guess\n", 2, "missing account; name it with --account"),
        (&["--token"], "", 2, "no access token was given"),
        (&["--token"], "too short\n", 4, "paste the value of the cookie named token"),
        (
            &["--token"],
            "AADnever-was-a-good-token\n",
            4,
            "of the region global does not take this token; it may be of the",
        ),
        (&["--token", "--region", "china"], "AADnever-was-a-good-token\n", 4, "of the region china does not take"),
        (&[account[0], account[1]], "", 2, "not a terminal: use --token"),
    ] {
        let ran = login(args, input);
        assert!(ran.code == code && ran.err.contains(words), "{args:?}: {ran:?}");
    }
    let (code, said) = b.password("account", &["000000", "000001", "000002", "000003"]);
    assert!(code == 4 && said.matches("the one-time code is wrong").count() == 2, "{said}");
    assert!(said.contains("3 codes were not taken; run `bambu-tui login` again"), "{said}");
    assert!(!b.is_in());
}

#[test]
fn a_refusal_without_a_word_and_too_many_codes_are_told_with_what_to_do() {
    for (fault, address, code, words) in [
        ("login-bare", "account", 4, "account, password or code is wrong; check them"),
        ("login-bare:/v1/user-service/user/sendemail", "account", 4, "account, password or code is wrong; check them"),
        ("login-bare:/api/sign-in/tfa", "tfa_account", 4, "the authenticator's code is wrong; type what the app shows"),
        ("codes-too-many", "account", 3, "too many codes were asked for; wait 2 min before the next one"),
        ("codes-too-many", "phone", 3, "too many codes were asked for; wait 2 min before the next one"),
        ("codes-too-many-bare", "account", 3, "too many codes were asked for; wait 60 s before the next one"),
    ] {
        let b = Bench::new(&["--cloud-fault", fault]);
        let (ended, said) = b.password(address, &[b.text("tfa_code")]);
        assert!(ended == code && said.contains(words), "{fault} {address}: {ended} {said}");
        assert!(!said.contains("official app"), "{said}");
    }
    // A token that another region has given is refused to whoever comes with it, and the region is named.
    let b = Bench::new(&["--cloud-fault", "other-region"]);
    let ran = b.home.tell(&["login", "--token"], &format!("{}\n", b.text("token")));
    let words = "of the region global does not take this token; it may be of the other region, cut short, or ended";
    assert!(ran.code == 4 && ran.err.contains(words), "{ran:?}");
    let b = Bench::new(&["--cloud-fault", "other-region:/v1/user-service/my/tasks"]);
    b.home.sign_in(&b.simulator, true);
    let ran = b.home.run(&["history"]);
    let words =
        "of the region global does not accept the access token: it may be of the other region, cut short, or ended";
    assert!(ran.code == 4 && ran.err.contains(words), "{ran:?}");
    // The same after signing in with a password: every command says what may be wrong with the token.
    let b = Bench::new(&["--cloud-fault", "other-region"]);
    let (ended, said) = b.password("plain_account", &[]);
    assert!(ended == 0, "{said}");
    for args in [&["whoami"][..], &["history"], &["messages"], &["printers"]] {
        let ran = b.home.run(args);
        assert!(ran.code == 4 && ran.err.contains(words), "{args:?}: {ran:?}");
    }
}

#[test]
fn a_sign_in_that_the_configuration_rejects_is_refused_before_it_is_asked_for() {
    let b = Bench::new(&[]);
    let set = |line: &str| b.home.configure(&format!("{}{line}\n", b.simulator.cloud_config()));
    let (mine, password) = (b.text("account"), format!("{}\n", b.text("password")));
    let other = ["login", "--password", "--account", b.text("plain_account")];
    for (setting, args, words) in [
        (format!("account = \"{mine}\""), &other[..], "change account in [cloud]"),
        ("region = \"china\"".to_owned(), &["login", "--token", "--region", "global"], "change region in [cloud]"),
        (format!("account = \"{mine}\""), &["login", "--token", "--region", "china"], "set region in [cloud]"),
    ] {
        set(&setting);
        let ran = b.home.tell(args, &password);
        assert!(ran.code == 2 && ran.err.contains(words) && ran.out.is_empty(), "{args:?}: {ran:?}");
    }
    assert!(!b.home.path("state/bambu-tui/account.json").exists());
    // One that was kept before the configuration changed: its name is not told, for masked it may look the same.
    b.home.configure(&b.simulator.cloud_config());
    assert_eq!(b.password("plain_account", &[]).0, 0);
    set(&format!("account = \"{mine}\""));
    let who = b.home.run(&["whoami"]);
    assert!(who.code == 1 && who.err.contains("another account's than the configuration wants"), "{who:?}");
}

#[test]
fn another_code_comes_only_after_a_minute_and_the_first_one_still_works() {
    let b = Bench::new(&[]);
    let (code, said) = b.password("account", &["again", b.text("code")]);
    assert!(code == 0 && said.contains("a code is on its way"), "{said}");
    assert!(said.contains("the request is not sent yet; try again in"), "{said}");
    let c = Bench::new(&[]);
    let (code, said) = c.password("account", &[]);
    assert!(code == 4 && said.contains("no code was given"), "{said}");
}

#[test]
fn a_robot_check_and_a_captcha_are_said_to_be_what_they_are() {
    for (fault, address, words) in [
        ("captcha", "account", "picture puzzle"),
        ("captcha", "account", "then paste the token from there"),
        ("locked", "plain_account", "the account is locked"),
        ("cloudflare:/api/csrf", "tfa_account", "log in by pasting a token"),
        ("cloudflare", "account", "bot check"),
    ] {
        let b = Bench::new(&["--cloud-fault", fault]);
        let (code, said) = b.password(address, &["000000"]);
        assert!(code != 0 && said.contains(words), "{fault}: {said}");
    }
}

#[test]
fn what_is_kept_is_private_and_belongs_to_one_cloud() {
    use std::os::unix::fs::PermissionsExt;
    let b = Bench::new(&[]);
    assert_eq!(b.password("plain_account", &[]).0, 0);
    let file = b.home.path("state/bambu-tui/account.json");
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(!std::fs::read_to_string(&file).unwrap().contains(b.text("password")));
    // The vendor's own cloud does not get a token of this one.
    let config = b.home.configure("");
    let other = b.home.run(&["whoami"]);
    assert!(other.code == 1 && other.err.contains("the login that is kept is for"), "{other:?}");
    std::fs::write(&config, b.simulator.cloud_config() + "region = \"china\"\n").unwrap();
    private(&config);
    let china = b.home.run(&["whoami"]);
    assert!(china.code == 1 && china.err.contains("the configuration wants the region china"), "{china:?}");
    std::fs::write(&file, "{\"version\":1,\"region\":\"global\",\"token\":").unwrap();
    let broken = b.home.run(&["whoami"]);
    assert!(broken.code == 1 && broken.err.contains("is no login of this program"), "{broken:?}");
    std::fs::write(&config, "[cloud]\nenabled = false\n").unwrap();
    let off = b.home.run(&["login", "--token"]);
    assert!(off.code == 2 && off.err.contains("switched off"), "{off:?}");
}

#[test]
fn a_password_is_typed_unseen_and_a_code_after_it() {
    let b = Bench::new(&[]);
    let mut window = PtyHarness::open(&b.home, &["login", "--password", "--account", b.text("account")], 100, 30);
    window.shows(&["password (it is sent once, and not kept):"]);
    let from = window.written();
    // What the terminal says is no part of it; a wrong letter, taken back.
    window.keys(&format!("\x1b]11;rgb:1414/1f1f\x1b\\\x1b[?62;4c{}x\x7f\r", b.text("password")));
    window.shows(&["a code is on its way", "code (or `again`"]);
    window.keys("again\r");
    window.shows(&["try again in"]);
    window.keys(&format!("{}\r", b.text("code")));
    assert_eq!(window.ended(), 0);
    window.shows(&["signed in as"]);
    assert!(!window.wrote(from, b.text("password")), "{}", window.text());
    assert!(b.is_in());
    let mut window = PtyHarness::open(&b.home, &["login", "--password", "--account", b.text("account")], 100, 30);
    window.shows(&["password"]);
    window.keys("half\x03");
    assert_eq!(window.ended(), 4);
    window.shows(&["nothing was sent", "!half"]);
}

#[test]
fn what_stands_between_here_and_the_cloud_is_named() {
    let b = Bench::new(&[]);
    assert_eq!(b.password("plain_account", &[]).0, 0);
    let (own, other) = (b.simulator.cloud_config(), Simulator::start(&b.home, &["--printers", "1", "--cloud"]));
    let line = |config: &str, key: &str| {
        config.lines().find(|line| line.starts_with(key)).map(str::to_owned).unwrap_or_default()
    };
    let swap = |key: &str, by: &str| own.replace(&line(&own, key), by);
    // A server that somebody else vouches for gets no token.
    b.home.configure(&swap("ca_file", &line(&other.cloud_config(), "ca_file")));
    let stranger = b.home.run(&["printers"]);
    assert!(
        stranger.code == 3 && stranger.err.contains("an authority that this machine does not know"),
        "{stranger:?}"
    );
    // The website is not the API.
    let web = line(&own, "web_url").replace("web_url", "api_url");
    b.home.configure(&swap("api_url", &web));
    let elsewhere = b.home.tell(&["login", "--token"], b.text("token"));
    assert!(elsewhere.code == 4 && elsewhere.err.contains("the cloud knows nothing under"), "{elsewhere:?}");
    b.home.configure(&swap("api_url", "api_url = \"https://127.0.0.1:1\""));
    let nobody = b.home.tell(&["login", "--token"], b.text("token"));
    assert!(nobody.code == 3 && nobody.err.contains("check the network and api_url"), "{nobody:?}");
    b.home.configure(&swap("api_url", "api_url = \"http://api.example.org\""));
    let plain = b.home.tell(&["login", "--token"], b.text("token"));
    assert!(plain.code != 0 && plain.err.contains("api_url"), "{plain:?}");
    for ran in [&stranger, &elsewhere, &nobody, &plain] {
        b.is_quiet(&(ran.out.clone() + &ran.err));
    }
}

#[test]
fn a_token_that_has_ended_is_said_to_have_ended() {
    let b = Bench::new(&["--cloud-fault", "unauthorized:/v1/iot-service"]);
    assert_eq!(b.password("plain_account", &[]).0, 0);
    for args in [&["printers"][..], &["firmware"], &["projects"]] {
        let ran = b.home.run(args);
        assert!(ran.code == 4 && ran.err.contains("log in again"), "{args:?}: {ran:?}");
    }
    let broken = Bench::new(&["--cloud-fault", "truncated:/v1/user-service/my"]);
    assert_eq!(broken.password("plain_account", &[]).0, 0);
    let ran = broken.home.run(&["history"]);
    assert!(ran.code == 3 && ran.err.contains("ends in the middle"), "{ran:?}");
    let page = Bench::new(&["--cloud-fault", "html:/v1/user-service/my"]);
    assert_eq!(page.password("plain_account", &[]).0, 0);
    let ran = page.home.run(&["history"]);
    assert!(ran.code == 3 && ran.err.contains("a web page instead of data"), "{ran:?}");
}

#[test]
fn a_token_of_the_configuration_goes_before_a_sign_in_and_that_is_said() {
    let b = Bench::new(&[]);
    let config = b.simulator.cloud_config().replace("[cloud]", "[cloud]\ntoken_env = \"TOKEN_OF_MINE\"");
    b.home.configure(&config);
    let (code, said) = b.password("plain_account", &[]);
    assert!(code == 0 && said.contains("token_env of the configuration goes before it"), "{said}");
    let out = b.home.run(&["logout"]);
    assert!(out.code == 0 && out.err.contains("token_env of the configuration still gives a token"), "{out:?}");
    b.home.configure("[cloud");
    assert_eq!(b.home.run(&["logout"]).code, 0, "whatever the configuration is");
}

#[test]
fn a_clock_by_which_the_sign_in_is_over_is_told_from_a_cloud_that_says_so() {
    let b = Bench::new(&[]);
    assert_eq!(b.password("plain_account", &[]).0, 0);
    let file = b.home.path("state/bambu-tui/account.json");
    let mut kept: Value = serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
    kept["expires_at"] = 1.into();
    std::fs::write(&file, kept.to_string()).unwrap();
    let who = b.home.run(&["whoami"]);
    assert!(who.code == 0 && who.err.contains("but the cloud takes it; check the clock"), "{who:?}");
    assert!(!who.err.contains("log in again"), "{who:?}");
}
