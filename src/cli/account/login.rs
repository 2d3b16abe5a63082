//! Signing in from a shell, and out.

use super::{ask, entry, failed, file, forget_printers, region, terms};
use crate::{
    cli::{
        Global,
        output::{FAILED, Failure, OK, REFUSED, note, print},
    },
    config::{Outside, Secret, System},
    net::{
        SignIn,
        rest::{self, Cloud, Login, LoginStep, TfaKey},
    },
    protocol::rest::{Region, RestError, RestErrorKind},
    state::cloud::session::Identity,
    storage::account,
};
use clap::Args;

/// So many codes may be typed before the sign-in has to be begun again.
const TRIES: usize = 3;

/// How to sign in.
#[derive(Debug, Clone, Args)]
pub(in crate::cli) struct LoginOptions {
    /// Where the account lives [default: by the account]
    #[arg(long, value_name = "global|china", value_parser = region)]
    region: Option<Region>,
    /// E-mail address or phone number
    #[arg(long, value_name = "A")]
    account: Option<String>,
    /// Sign in with the password: typed unseen, or the first line of standard input; codes are the lines after it
    #[arg(long, conflicts_with = "token")]
    password: bool,
    /// The same, with the password in this environment variable
    #[arg(long, value_name = "VARIABLE", conflicts_with_all = ["token", "password"])]
    password_env: Option<String>,
    /// Read an access token from standard input instead of asking for a code
    #[arg(long)]
    token: bool,
}

/// Signs in: by a one-time code, by the password, or by a token.
pub(in crate::cli) async fn login(global: &Global, options: LoginOptions) -> Result<u8, Failure> {
    let config = global.load()?.config.cloud;
    if !config.enabled {
        return Err(Failure::usage("the cloud is switched off in the configuration; see enabled in [cloud]"));
    }
    global.start_log();
    let account = options.account.clone().or_else(|| config.account.clone());
    let by_account = account.as_deref().map(Region::of_account);
    let region = options.region.or(config.region).or(by_account).unwrap_or_default();
    let terms = terms(&config);
    let object =
        |region, account: Option<&str>| terms.objection(region, account).map_or(Ok(()), |why| Err(Failure::usage(why)));
    object(region, account.as_deref())?;
    let mut cloud = Cloud::new(rest::RestOptions { region, ..rest::options(&config, None) });
    let (login, account) = if options.token {
        let token = Secret::new(ask::needed("access token: ", "access token")?);
        (cloud.login_token(&token).await.map_err(|e| failed(&e))?, account)
    } else {
        let with_password = options.password || options.password_env.is_some();
        if !with_password && !ask::is_person() {
            return Err(Failure::usage("not a terminal: use --token or --password, which read standard input"));
        }
        let named = account.is_some();
        let account = match account {
            Some(account) => account,
            None if ask::is_person() => ask::needed("account (e-mail address or phone number): ", "account")?,
            None => return Err(Failure::usage("missing account; name it with --account")),
        };
        if !named && options.region.or(config.region).is_none() {
            let region = Region::of_account(&account);
            cloud = Cloud::new(rest::RestOptions { region, ..rest::options(&config, None) });
        }
        let step = if with_password {
            let password = password(options.password_env.as_deref())?;
            cloud.login_password(&account, &password).await.map_err(|e| failed(&e))?
        } else {
            LoginStep::NeedsCode
        };
        let login = match step {
            LoginStep::Done(login) => login,
            LoginStep::NeedsCode => with_code(&cloud, &account).await?,
            LoginStep::NeedsTfa(key) => with_authenticator(&cloud, &key).await?,
        };
        (login, Some(account))
    };
    let region = cloud.region();
    let uid = match login.uid.clone() {
        Some(uid) => uid,
        None => {
            let preference = cloud.preference().await.map_err(|e| failed(&e))?;
            let none = || Failure::new(FAILED, "the cloud did not report the account number; try again");
            preference.uid.map(|id| id.to_string()).ok_or_else(none)?
        }
    };
    let who = Identity { account: None, uid, region, ends: login.expires_at, lasts: login.expires_in_s };
    let sign_in = SignIn { who, account: account.map(|a| Secret::new(a.as_str())), token: login.token };
    let entry = entry(&sign_in, config.api_url.as_ref());
    let path = file()?;
    forget_printers()?;
    account::save(&path, &entry).map_err(|e| Failure::new(FAILED, e.to_string()))?;
    print(&format!("signed in as {}; kept in {}", entry.shown(), path.display()))?;
    if let Some(but) = terms.goes_before() {
        note(&but);
    }
    Ok(OK)
}

fn password(variable: Option<&str>) -> Result<Secret, Failure> {
    let Some(name) = variable else { return ask::hidden("password (it is sent once, and not kept): ") };
    System.withhold(name);
    let given = System.env(name).filter(|text| !text.is_empty());
    given.map(Secret::new).ok_or_else(|| Failure::usage(format!("the variable {name} is not set, or is empty")))
}

/// Whether another code may be typed.
fn may_try_again(error: &RestError) -> bool {
    matches!(error.trouble, RestErrorKind::CodeWrong | RestErrorKind::CodeExpired | RestErrorKind::LoginWrong)
}

/// Says what was wrong with a code; an error if no other one may be typed.
fn may_go_on(error: &RestError, again: bool, wrong: usize) -> Result<(), Failure> {
    if !again {
        return Err(failed(error));
    }
    if wrong >= TRIES {
        return Err(Failure::new(REFUSED, format!("{TRIES} codes were not taken; run `bambu-tui login` again")));
    }
    note(&error.to_string());
    Ok(())
}

fn no_code() -> Failure {
    Failure::new(REFUSED, "no code was given; the sign-in was not completed")
}

/// Has a code sent and asks for it. Another one comes when it is asked for, at most once a minute.
async fn with_code(cloud: &Cloud, account: &str) -> Result<Login, Failure> {
    cloud.send_code(account).await.map_err(|e| failed(&e))?;
    note("a code is on its way; it is good for a few minutes");
    let mut wrong = 0;
    loop {
        let typed = ask::line("code (or `again` to have another one sent): ")?.ok_or_else(no_code)?;
        if typed.eq_ignore_ascii_case("again") {
            match cloud.send_code(account).await {
                Ok(()) => note("another code is on its way"),
                Err(e) if e.wait_s().is_some() => note(&e.in_words()),
                Err(e) => return Err(failed(&e)),
            }
            continue;
        }
        match cloud.login_code(account, &Secret::new(typed)).await {
            Ok(LoginStep::Done(login)) => return Ok(login),
            Ok(LoginStep::NeedsTfa(key)) => return with_authenticator(cloud, &key).await,
            Ok(LoginStep::NeedsCode) => {
                return Err(Failure::new(REFUSED, "the cloud wants another code; sign in again"));
            }
            Err(e) => {
                wrong += 1;
                may_go_on(&e, may_try_again(&e), wrong)?;
            }
        }
    }
}

/// Asks for the code that the person's authenticator app shows.
async fn with_authenticator(cloud: &Cloud, key: &TfaKey) -> Result<Login, Failure> {
    let mut wrong = 0;
    loop {
        let code = Secret::new(ask::line("code of your authenticator app: ")?.ok_or_else(no_code)?);
        match cloud.login_tfa(key, &code).await {
            Ok(login) => return Ok(login),
            Err(e) => {
                wrong += 1;
                may_go_on(&e, e.trouble == RestErrorKind::TfaWrong, wrong)?;
            }
        }
    }
}

/// Forgets the sign-in. The token itself lives on at the vendor's until it ends.
pub(in crate::cli) fn logout(global: &Global) -> Result<u8, Failure> {
    forget_printers()?;
    let gone = account::forget(&file()?).map_err(|e| Failure::new(FAILED, e.to_string()))?;
    print(if gone { "signed out; Bambu Lab keeps the token valid until it expires" } else { "nobody was signed in" })?;
    // Signing out must not fail for a configuration that cannot be read.
    if let Some(setting) = global.load().ok().and_then(|loaded| terms(&loaded.config.cloud).token) {
        note(&format!("{setting} of the configuration still gives a token; take it out to be signed out here"));
    }
    Ok(OK)
}
