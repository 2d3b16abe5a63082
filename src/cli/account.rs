//! Signing in to the cloud from a shell, and the sign-in that is kept between two runs.

use super::{
    Global,
    outcome::{FAILED, Failure, OK, REFUSED, UNREACHABLE, note, say},
};
use crate::{
    account::{self, Account},
    app::Setup,
    config::{CloudConfig, Secret, System},
    net::{
        AccountOptions, Keeper, SignIn,
        rest::{self, Cloud, LoginStep},
    },
    protocol::rest::{Region, RestError},
    state::account::Who,
};
use clap::Args;
use std::{
    io::{self, IsTerminal, Write},
    path::PathBuf,
    sync::Arc,
};

/// How to sign in.
#[derive(Debug, Clone, Args)]
pub(super) struct Options {
    /// Where the account lives [default: by the account]
    #[arg(long, value_name = "global|china", value_parser = region)]
    region: Option<Region>,
    /// E-mail address or phone number
    #[arg(long, value_name = "A")]
    account: Option<String>,
    /// Read an access token from standard input instead of asking for a code
    #[arg(long)]
    token: bool,
}

/// What to ask.
#[derive(Debug, Clone, Args)]
pub(super) struct ApiOptions {
    /// Only GET is offered
    #[arg(value_name = "GET", value_parser = ["GET", "get"])]
    method: String,
    /// A path such as /v1/iot-service/api/user/bind
    path: String,
}

fn region(text: &str) -> Result<Region, String> {
    Region::from_name(text).ok_or_else(|| "choose from global, china".to_owned())
}

fn file() -> Result<PathBuf, Failure> {
    Global::state_file("account.json")
}

fn now() -> i64 {
    crate::app::now().unix
}

fn failed(error: &RestError) -> Failure {
    Failure::new(if error.needs_login() { REFUSED } else { UNREACHABLE }, error.to_string())
}

/// The sign-in that the configuration means.
fn kept(config: &CloudConfig) -> Result<Option<Account>, Failure> {
    let found = account::find(config, &file()?, &System).map_err(|e| Failure::new(FAILED, e.to_string()))?;
    Ok(found.map(|(account, _)| account))
}

fn who(account: &Account) -> Option<Who> {
    let uid = account.uid.clone()?;
    let name = Some(account.shown()).filter(|name| !name.is_empty());
    Some(Who { account: name, uid, region: account.region, ends: account.expires_at, lasts: None })
}

/// Gives the dashboard the cloud, unless it is switched off. A sign-in that cannot be read is a line in the journal.
pub(super) fn use_cloud(setup: &mut Setup) -> Result<(), Failure> {
    let config = setup.config.cloud.clone();
    if !config.enabled {
        return Ok(());
    }
    let path = file()?;
    let found = match account::find(&config, &path, &System) {
        Ok(found) => found.map(|(account, _)| account),
        Err(e) => {
            setup.warnings.push(e.to_string());
            None
        }
    };
    // Without the account's number the broker cannot be reached: `login` finds it out.
    let who = found.as_ref().and_then(who);
    if found.is_some() && who.is_none() {
        setup.warnings.push("the token does not say whose it is; run `bambu-tui login --token` once".to_owned());
    }
    let token = found.filter(|_| who.is_some()).map(|account| account.token);
    let api = config.api().to_owned();
    let keeper = Some(keeper(path, api, config.api_url.is_some()));
    setup.account_hint.clone_from(&config.account);
    setup.account = Some(AccountOptions { who, keeper, ..services(&config, token) });
    Ok(())
}

/// Gives a demo its cloud, signed out: no sign-in is read, and none is kept.
pub(super) fn use_simulated_cloud(setup: &mut Setup) {
    setup.account_hint.clone_from(&setup.config.cloud.account);
    setup.account = Some(services(&setup.config.cloud, None));
}

fn services(config: &CloudConfig, token: Option<Secret>) -> AccountOptions {
    AccountOptions {
        rest: rest::Options::from_config(config, token),
        mqtt_host: config.mqtt_host.clone(),
        mqtt_port: Some(config.mqtt_port),
        ..AccountOptions::default()
    }
}

/// Writes the account's file. `fixed`: the API is the configuration's and not the region's own.
fn keeper(path: PathBuf, api: String, fixed: bool) -> Keeper {
    Keeper(Arc::new(move |sign_in: Option<&SignIn>| {
        let written = match sign_in {
            Some(sign_in) => account::save(&path, &entry(sign_in, if fixed { Some(&api) } else { None })),
            None => account::forget(&path).map(drop),
        };
        written.map_err(|e| io::Error::other(e.to_string()))
    }))
}

fn entry(sign_in: &SignIn, api: Option<&String>) -> Account {
    let who = sign_in.who.clone().at(now());
    Account {
        region: who.region,
        api: api.cloned().unwrap_or_else(|| who.region.api().to_owned()),
        name: sign_in.account.clone(),
        uid: Some(who.uid),
        token: sign_in.token.clone(),
        expires_at: who.ends,
    }
}

/// Signs in: by a one-time code, or by a token on standard input.
pub(super) async fn login(global: &Global, options: Options) -> Result<u8, Failure> {
    let config = global.load()?.config.cloud;
    let account = options.account.or_else(|| config.account.clone());
    let by_account = account.as_deref().map(Region::of_account);
    let region = options.region.or(config.region).or(by_account).unwrap_or_default();
    let cloud = Cloud::new(rest::Options { region, ..rest::Options::from_config(&config, None) });
    let (login, account) = if options.token {
        let token = Secret::new(line("")?);
        (cloud.login_token(&token).await.map_err(|e| failed(&e))?, account)
    } else {
        if !io::stdin().is_terminal() {
            return Err(Failure::usage("nobody can be asked for a code here; use --token and give the token as input"));
        }
        let account = match account {
            Some(account) => account,
            None => line("account (e-mail address or phone number): ")?,
        };
        cloud.send_code(&account).await.map_err(|e| failed(&e))?;
        note("a code is on its way");
        let code = Secret::new(line("code: ")?);
        match cloud.login_code(&account, &code).await.map_err(|e| failed(&e))? {
            LoginStep::Done(login) => (login, Some(account)),
            LoginStep::NeedsTfa(key) => {
                let code = Secret::new(line("code of your authenticator: ")?);
                (cloud.login_tfa(&key, &code).await.map_err(|e| failed(&e))?, Some(account))
            }
            LoginStep::NeedsCode => return Err(Failure::new(REFUSED, "the cloud wants another code; try again")),
        }
    };
    let uid = match login.uid.clone() {
        Some(uid) => uid,
        None => {
            let preference = cloud.preference().await.map_err(|e| failed(&e))?;
            let none = || Failure::new(FAILED, "the cloud did not tell the account's number; try again");
            preference.uid.map(|id| id.to_string()).ok_or_else(none)?
        }
    };
    let who = Who { account: None, uid, region, ends: login.expires_at, lasts: login.expires_in_s };
    let sign_in = SignIn { who, account: account.map(|a| Secret::new(a.as_str())), token: login.token };
    let entry = entry(&sign_in, config.api_url.as_ref());
    let path = file()?;
    account::save(&path, &entry).map_err(|e| Failure::new(FAILED, e.to_string()))?;
    say(&format!("signed in as {}; kept in {}", entry.shown(), path.display()))?;
    Ok(OK)
}

/// Forgets the sign-in. The token itself lives on at the vendor's until it ends.
pub(super) fn logout() -> Result<u8, Failure> {
    let gone = account::forget(&file()?).map_err(|e| Failure::new(FAILED, e.to_string()))?;
    say(if gone {
        "signed out; the token itself stays valid at the vendor's until it ends"
    } else {
        "nobody was signed in"
    })?;
    Ok(OK)
}

/// Who is signed in, by the cloud's own word.
pub(super) async fn whoami(global: &Global) -> Result<u8, Failure> {
    let config = global.load()?.config.cloud;
    let Some(account) = kept(&config)? else {
        note("nobody is signed in; `bambu-tui login` signs in");
        return Ok(REFUSED);
    };
    let warning = account.life(now()).warning();
    let cloud = Cloud::new(rest::Options::from_config(&config, Some(account.token.clone())));
    let preference = cloud.preference().await.map_err(|e| failed(&e))?;
    let name = preference.name.or(preference.handle).unwrap_or_else(|| "—".to_owned());
    let uid = preference.uid.map_or_else(|| "—".to_owned(), |id| id.to_string());
    say(&format!("{name}, {}, user {uid}, region {}", account.shown(), account.region.name()))?;
    if let Some(warning) = warning {
        note(&warning);
    }
    Ok(OK)
}

/// A raw answer of the API, for diagnosis.
pub(super) async fn api(global: &Global, options: &ApiOptions) -> Result<u8, Failure> {
    let config = global.load()?.config.cloud;
    let Some(account) = kept(&config)? else {
        note("nobody is signed in; `bambu-tui login` signs in");
        return Ok(REFUSED);
    };
    let cloud = Cloud::new(rest::Options::from_config(&config, Some(account.token)));
    let answer = cloud.raw_get(&options.path).await.map_err(|e| failed(&e))?;
    note(&format!("{} {}", options.method.to_ascii_uppercase(), answer.status));
    say(&format!("{:#}", answer.body))?;
    Ok(OK)
}

/// A line that a person types.
fn line(question: &str) -> Result<String, Failure> {
    let mut out = io::stderr();
    write!(out, "{question}")?;
    out.flush()?;
    let mut line = String::new();
    io::stdin().read_line(&mut line)?;
    let line = line.trim().to_owned();
    if line.is_empty() { Err(Failure::usage("nothing was given")) } else { Ok(line) }
}
