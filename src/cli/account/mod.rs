//! The account of the cloud: its kept sign-in, and what commands need of it.

mod ask;
mod login;
mod printers;
mod whoami;

pub(super) use login::{LoginOptions, login, logout};
pub(super) use printers::{List, forget_printers, printers};
pub(super) use whoami::{ApiOptions, WhoamiOptions, api, whoami};

use super::{
    Global,
    output::{FAILED, Failure, REFUSED, UNREACHABLE},
    resolve::{choose_one_configured, is_called, is_device, one_of_account},
};
use crate::{
    app::Setup,
    config::{CloudConfig, Config, System},
    net::{
        AccountOptions, Keeper, Kept, SignIn,
        rest::{self, Cloud},
    },
    protocol::rest::{Region, RestError, RestErrorKind, devices::Device, mask},
    state::cloud::session::{AccountConstraints, Identity},
    storage::{
        Database,
        account::{self, Account},
    },
};
use std::{io, path::PathBuf, sync::Arc, time::Duration};

/// A command does not wait longer for the cloud's list of printers.
const PATIENCE: Duration = Duration::from_secs(10);

fn file() -> Result<PathBuf, Failure> {
    Global::state_file("account.json")
}

fn now() -> i64 {
    crate::app::now().unix
}

/// A failure of the cloud as that of a command: it refused, could not be reached, or was never asked.
pub(super) fn failed(error: &RestError) -> Failure {
    use RestErrorKind::{
        Captcha, CodeExpired, CodeWrong, LoginRefused, LoginWrong, NotFound, Refused, Setup, TfaExpired, TfaWrong,
    };
    if matches!(error.trouble, Setup(_)) {
        return Failure::usage(error.to_string());
    }
    let refused = error.needs_login()
        || error.is_permanent()
        || matches!(
            error.trouble,
            Captcha
                | CodeExpired
                | CodeWrong
                | LoginRefused(_)
                | LoginWrong
                | NotFound
                | Refused { .. }
                | TfaExpired
                | TfaWrong
        );
    Failure::new(if refused { REFUSED } else { UNREACHABLE }, error.to_string())
}

fn who(account: &Account) -> Option<Identity> {
    let uid = account.uid.clone()?;
    let name = account.name.as_ref().map(|name| mask::account(name.expose_secret()));
    Some(Identity { account: name, uid, region: account.region, ends: account.expires_at, lasts: None })
}

/// Where the cloud is that an account belongs to. The sign-in knows its region better than the configuration.
fn place(config: &CloudConfig, account: &Account) -> rest::RestOptions {
    rest::RestOptions { region: account.region, ..rest::options(config, Some(account.token.clone())) }
}

/// Somebody who is signed in, for commands that ask the cloud alone.
pub(super) struct SignedIn {
    /// What the configuration says.
    pub(super) config: Config,
    /// The cloud with their token.
    pub(super) cloud: Cloud,
    account: Account,
}

/// Who is signed in; an error if nobody is.
pub(super) fn signed_in(global: &Global) -> Result<SignedIn, Failure> {
    let config = global.load()?.config;
    if !config.cloud.enabled {
        return Err(Failure::usage("the cloud is switched off in the configuration; see enabled in [cloud]"));
    }
    let found = account::find(&config.cloud, &file()?, &System).map_err(|e| Failure::new(FAILED, e.to_string()))?;
    let Some((account, _)) = found else {
        return Err(Failure::new(REFUSED, "nobody is signed in; `bambu-tui login` signs in"));
    };
    // What a command does is in the log too; tokens are not.
    global.start_log();
    let cloud = Cloud::new(place(&config.cloud, &account));
    Ok(SignedIn { config, cloud, account })
}

impl SignedIn {
    /// Serial number and name of the printer that a word means: of the configuration, or else of the account.
    pub(super) async fn printer(&self, word: &str) -> Result<(String, String), Failure> {
        let mut config = self.config.clone();
        if config.printers.iter().any(|printer| is_called(printer, word)) {
            choose_one_configured(&mut config, word)?;
            if let Some(printer) = config.printers.first() {
                return Ok((printer.serial.clone(), printer.name.clone()));
            }
        }
        let known = |devices: &[Device]| devices.iter().any(|device| is_device(device, word));
        let devices = printers(&self.cloud, self.account.uid.as_deref(), known).await.map_err(|e| failed(&e))?;
        one_of_account(&config, &devices, word)
    }
}

/// An answer of the cloud, or why there is none in time.
pub(super) async fn in_time<T>(answer: impl Future<Output = Result<T, RestError>>) -> Result<T, Failure> {
    let answer = tokio::time::timeout(PATIENCE, answer).await;
    answer.unwrap_or_else(|_| Err(RestError::before(RestErrorKind::Timeout))).map_err(|e| failed(&e))
}

/// The cloud for a command that takes printers; `None` if nobody is signed in, an error if what is kept is of no use now.
pub(super) async fn for_command(config: &CloudConfig) -> Result<Option<AccountOptions>, Failure> {
    let found = account::find(config, &file()?, &System).map_err(|e| Failure::new(FAILED, e.to_string()))?;
    let Some((account, _)) = found else { return Ok(None) };
    let rest = place(config, &account);
    let who = match who(&account) {
        Some(who) => who,
        // A token that came from outside may not say whose it is, which the broker wants to know.
        None => {
            let uid = in_time(Cloud::new(rest.clone()).preference()).await?.uid;
            let nobody = || Failure::new(FAILED, "the cloud did not report the account number; try again");
            let uid = uid.ok_or_else(nobody)?.to_string();
            Identity { account: None, uid, region: account.region, ends: account.expires_at, lasts: None }
        }
    };
    // A command that asks only where the LAN does not lead asks for the next ones too.
    let list = List::of(&Cloud::new(rest.clone()), &who.uid);
    let keeper = Keeper(Arc::new(move |change: &Kept| {
        if let (Some(list), Kept::Listed(devices)) = (&list, change) {
            list.save(devices);
        }
        Ok(())
    }));
    Ok(Some(AccountOptions { who: Some(who), keeper: Some(keeper), ..services(config, rest) }))
}

/// Gives the dashboard the cloud, unless it is switched off. A sign-in that cannot be read is a line in the journal.
pub(super) fn use_cloud(setup: &mut Setup) -> Result<(), Failure> {
    let config = setup.config.cloud.clone();
    if !config.enabled {
        return Ok(());
    }
    let path = file()?;
    let mut trouble = None;
    let found = match account::find(&config, &path, &System) {
        Ok(found) => found.map(|(account, _)| account),
        Err(e) => {
            trouble = Some(e.to_string());
            None
        }
    };
    // Without the account's number the broker cannot be reached: `login` finds it out.
    let who = found.as_ref().and_then(who);
    if found.is_some() && who.is_none() {
        trouble = Some("the token does not say whose it is; run `bambu-tui login --token` once".to_owned());
    }
    let rest = match found.filter(|_| who.is_some()) {
        Some(account) => place(&config, &account),
        None => rest::options(&config, None),
    };
    let api = config.api().to_owned();
    let keeper = Some(keeper(path, Global::state_folder()?, api, config.api_url.is_some()));
    setup.account_hint.clone_from(&config.account);
    setup.warnings.extend(trouble.clone());
    setup.account_terms = AccountConstraints { trouble, ..terms(&config) };
    setup.account = Some(AccountOptions { who, keeper, ..services(&config, rest) });
    Ok(())
}

/// Gives a demo its cloud, signed out: no sign-in is read, and none is kept.
#[cfg(feature = "simulator")]
pub(super) fn use_simulated_cloud(setup: &mut Setup) {
    let config = &setup.config.cloud;
    setup.account_hint.clone_from(&config.account);
    let services = services(config, rest::options(config, None));
    setup.account = Some(AccountOptions { counter: None, ..services });
}

/// What the configuration says about signing in.
fn terms(config: &CloudConfig) -> AccountConstraints {
    let (account, token) = (config.account.clone(), config.token.setting());
    AccountConstraints { region: config.region, account, token, token_in_use: token, trouble: None }
}

fn services(config: &CloudConfig, rest: rest::RestOptions) -> AccountOptions {
    let options = AccountOptions {
        rest,
        mqtt_host: config.mqtt_host.clone(),
        mqtt_port: Some(config.mqtt_port),
        ..AccountOptions::default()
    };
    // Connections to the broker are counted for all commands and dashboards together.
    let Ok(folder) = Global::state_folder() else { return options };
    options.counted_by(move |whose, most, window| {
        let mut database = Database::open(&folder)?;
        Ok(database.take_broker_attempt(whose, crate::app::unix_ms(), most, window)?)
    })
}

/// Writes the account's file, and forgets its list of printers. `fixed`: the API is the configuration's and not the region's
/// own.
fn keeper(path: PathBuf, folder: PathBuf, api: String, fixed: bool) -> Keeper {
    Keeper(Arc::new(move |change: &Kept| {
        let written = match change {
            Kept::SignedIn(sign_in) => account::save(&path, &entry(sign_in, if fixed { Some(&api) } else { None })),
            Kept::SignedOut => account::forget(&path).map(drop),
            Kept::Renamed => Ok(()),
            // Whose list it is changes with the sign-in; commands that are over in a moment keep theirs.
            Kept::Listed(_) => return Ok(()),
        };
        written.map_err(|e| io::Error::other(e.to_string()))?;
        printers::forget(&folder);
        Ok(())
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

fn region(text: &str) -> Result<Region, String> {
    Region::from_name(text).ok_or_else(|| "must be one of global, china".to_owned())
}
