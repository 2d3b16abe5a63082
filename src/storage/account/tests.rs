use super::*;
use proptest::prelude::*;

const TOKEN: &str = "AADs3cret-t0ken-of-somebody";

fn account() -> Account {
    Account {
        region: Region::Global,
        api: Region::Global.api().to_owned(),
        name: Some(Secret::new("alice@example.org")),
        uid: Some("1234567".to_owned()),
        token: Secret::new(TOKEN),
        expires_at: Some(1_780_000_000),
    }
}

/// Variables and programs.
struct Machine;

impl Outside for Machine {
    fn env(&self, name: &str) -> Option<String> {
        match name {
            "GOOD" => Some(format!(" {TOKEN}\n")),
            "JWT" => Some("eyJhbGciOiJSUzI1NiJ9.eyJ1c2VybmFtZSI6InVfNzc3IiwiZXhwIjoxNzgwMDAwMDAwfQ.c2ln".to_owned()),
            "EMPTY" => Some(" ".to_owned()),
            "WORDS" => Some("s3cret words of a person".to_owned()),
            _ => None,
        }
    }
    fn file(&self, _: &Path) -> Result<String, String> {
        Err("no files here".to_owned())
    }
    fn run(&self, program: &str, args: &[String]) -> Result<String, String> {
        if program == "pass" { Ok(format!("{}\n", args.concat())) } else { Err("failed (exit status: 1)".to_owned()) }
    }
}

fn config(change: impl FnOnce(&mut CloudConfig)) -> CloudConfig {
    let mut config = CloudConfig::default();
    change(&mut config);
    config
}

#[test]
fn a_login_comes_back_and_can_be_forgotten() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("new/account.json");
    assert!(load(&path).expect("no login").is_none());
    assert_eq!(forget(&path), Ok(false));
    save(&path, &account()).expect("kept");
    let mut other = account();
    other.token = Secret::new("AADanother-t0ken-of-somebody");
    save(&path, &other).expect("kept in its place");
    let read = load(&path).expect("readable").expect("a login");
    assert_eq!(read.token.expose_secret(), other.token.expose_secret());
    assert_eq!(
        (read.region, read.uid.as_deref(), read.expires_at),
        (Region::Global, Some("1234567"), Some(1_780_000_000))
    );
    assert_eq!((read.shown(), read.uid.as_deref()), ("al•••@example.org".into(), Some("1234567")));
    assert_eq!(forget(&path), Ok(true));
    assert!(load(&path).expect("no login").is_none());
}

#[cfg(unix)]
#[test]
fn only_the_owner_may_read_it() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("account.json");
    let mode = || fs::metadata(&path).expect("metadata").permissions().mode() & 0o777;
    save(&path, &account()).expect("kept");
    assert_eq!(mode(), 0o600);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).expect("opened for others");
    load(&path).expect("readable").expect("a login");
    assert_eq!(mode(), 0o600, "closed again");
}

#[test]
fn a_damaged_file_is_named_and_not_quoted() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("account.json");
    let good = {
        save(&path, &account()).expect("kept");
        fs::read(&path).expect("readable")
    };
    for text in [
        &b""[..],
        b"{",
        b"[]",
        b"{\"region\":\"mars\",\"token\":\"AADs3cret-t0ken-of-somebody\"}",
        b"{\"region\":\"global\",\"token\":\"s3cret words\"}",
        &good[..good.len() - 3],
        &vec![b' '; LARGEST as usize + 1],
    ] {
        fs::write(&path, text).expect("written");
        let error = load(&path).expect_err("damaged");
        assert_eq!(error, AccountError::Damaged(path.clone()));
        assert!(!error.to_string().contains("s3cret"));
    }
    let folder_itself = load(folder.path()).expect_err("a folder").to_string();
    assert!(folder_itself.contains("cannot be read"), "{folder_itself}");
}

#[test]
fn a_token_may_come_from_a_variable_or_a_program() {
    let path = Path::new("/nowhere/account.json");
    let find = |token| find(&config(|c| c.token = token), path, &Machine);
    let env = |name: &str| TokenSource::Env(name.to_owned());
    let command = |program: &str, arg: &str| TokenSource::Command { program: program.into(), args: vec![arg.into()] };
    let (found, source) = find(env("GOOD")).expect("good").expect("a login");
    assert_eq!((found.token.expose_secret(), found.uid, found.expires_at), (TOKEN, None, None));
    assert_eq!(source.to_string(), "the variable GOOD");
    let (found, _) = find(env("JWT")).expect("good").expect("a login");
    assert_eq!((found.uid.as_deref(), found.expires_at), (Some("777"), Some(1_780_000_000)));
    assert_eq!(found.shown(), "user 777");
    let (found, source) = find(command("pass", TOKEN)).expect("good").expect("a login");
    assert_eq!((found.token.expose_secret(), source.to_string().as_str()), (TOKEN, "the program pass"));
    for (token, words) in [
        (env("MISSING"), "no access token from the variable MISSING: it is not set"),
        (env("EMPTY"), "no access token from the variable EMPTY: it is empty"),
        (env("WORDS"), "no access token from the variable WORDS: what it gives is no access token"),
        (command("false", ""), "no access token from the program false: failed (exit status: 1)"),
    ] {
        let error = find(token).expect_err("no token").to_string();
        assert_eq!(error, format!("{words}; check that it gives one"));
    }
    assert!(find(TokenSource::Login).expect("nobody has logged in").is_none());
}

#[test]
fn a_login_is_used_only_where_it_is_meant() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("account.json");
    save(&path, &account()).expect("kept");
    let find = |change: &dyn Fn(&mut CloudConfig)| find(&config(change), &path, &Machine);
    for fits in [
        &(|_: &mut CloudConfig| {}) as &dyn Fn(&mut CloudConfig),
        &|c| c.region = Some(Region::Global),
        &|c| c.account = Some("Alice@example.org".into()),
        &|c| c.api_url = Some("https://api.bambulab.com".into()),
    ] {
        assert!(find(fits).expect("fits").is_some());
    }
    assert!(find(&|c| c.enabled = false).expect("switched off").is_none());
    for (other, words) in [
        (
            &(|c: &mut CloudConfig| c.region = Some(Region::China)) as &dyn Fn(&mut CloudConfig),
            "is for the region global",
        ),
        (&|c| c.account = Some("13800000000".into()), "wants the region china"),
        (&|c| c.account = Some("bob@example.org".into()), "another account's than"),
        (&|c| c.api_url = Some("http://127.0.0.1:1".into()), "wants http://127.0.0.1:1"),
    ] {
        let error = find(other).expect_err("another").to_string();
        assert!(error.contains(words) && error.contains("; log in again"), "{error}");
    }
}

#[test]
fn the_end_is_announced_a_week_before() {
    let end = 1_780_000_000;
    let says = |before: i64| account().life(end - before).warning(None);
    assert_eq!(says(9 * DAY), None);
    assert_eq!(says(7 * DAY), Some("the login to the Bambu cloud ends in 7 days; log in again before then".into()));
    assert_eq!(says(DAY + 1), Some("the login to the Bambu cloud ends in a day; log in again before then".into()));
    assert_eq!(says(5), Some("the login to the Bambu cloud ends within a day; log in again before then".into()));
    assert_eq!(says(0), Some("the login to the Bambu cloud has ended; log in again".into()));
    let named = account().life(end - 5).warning(Some("token_env"));
    assert_eq!(named, Some("the token of token_env ends within a day; have it give a new one before then".into()));
    assert_eq!(Account { expires_at: None, ..account() }.life(end), Life::Unknown);
    assert_eq!(account().life(end - 8 * DAY), Life::Long { days: 8 });
}

#[test]
fn nothing_shows_the_token_or_the_whole_account() {
    let shown = format!("{:?} {}", account(), account().shown());
    assert!(!shown.contains(TOKEN) && !shown.contains("alice"), "{shown}");
}

proptest! {
    #[test]
    fn no_file_panics(bytes in prop::collection::vec(any::<u8>(), 0..200), now: i64, end: i64) {
        let _ = parse(&bytes);
        let _ = Account { expires_at: Some(end), ..account() }.life(now).warning(None);
    }
}
