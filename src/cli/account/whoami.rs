//! Who is signed in, by the cloud's own word; and raw answers for diagnosis.

use super::{failed, now, signed_in};
use crate::{
    cli::{
        Global,
        output::{Failure, OK, REFUSED, note, print, print_json},
    },
    protocol::rest::mask,
    state::cloud::session::CLOCK_OFF,
    storage::account::Life,
    ui::text,
};
use clap::Args;
use serde::Serialize;

/// How it is printed.
#[derive(Debug, Clone, Args)]
pub(in crate::cli) struct WhoamiOptions {
    /// JSON instead of a line; with what the account wants to be notified of
    #[arg(long)]
    json: bool,
}

/// What to ask.
#[derive(Debug, Clone, Args)]
pub(in crate::cli) struct ApiOptions {
    /// Only GET is offered
    #[arg(value_name = "GET", value_parser = ["GET", "get"])]
    method: String,
    /// A path such as /v1/iot-service/api/user/bind
    path: String,
}

/// Who is signed in. Null where the cloud does not say.
#[derive(Debug, Serialize)]
struct WhoamiJson {
    name: Option<String>,
    handle: Option<String>,
    /// E-mail address or phone number, masked.
    account: String,
    /// Number of the account.
    uid: Option<String>,
    /// `global`, `china`.
    region: &'static str,
    bio: Option<String>,
    /// Models of its printers.
    models: Option<Vec<String>>,
    /// When the sign-in ends, in seconds since 1970.
    ends_unix: Option<i64>,
    /// What it wants to be notified of, as the cloud has it.
    settings: Option<serde_json::Value>,
}

/// Who is signed in, by the cloud's own word.
pub(in crate::cli) async fn whoami(global: &Global, options: &WhoamiOptions) -> Result<u8, Failure> {
    let signed_in = signed_in(global)?;
    let (account, cloud) = (&signed_in.account, &signed_in.cloud);
    let preference = cloud.preference().await.map_err(|e| failed(&e))?;
    // The rest is of use where it comes; whose token it is, is known.
    let profile = cloud.profile().await.inspect_err(|e| note(&e.to_string())).unwrap_or_default();
    let name = preference.name.or(preference.handle.clone()).or(profile.name);
    let uid = preference.uid.or(profile.uid).map(|id| id.to_string());
    let address = profile.account.map(|address| mask::account(address.expose()));
    let shown = address.unwrap_or_else(|| account.shown());
    let region = account.region.name();
    if options.json {
        let settings = cloud.notification_settings().await.ok();
        print_json(&WhoamiJson {
            name,
            handle: preference.handle,
            account: shown,
            uid,
            region,
            bio: preference.bio,
            models: profile.models,
            ends_unix: account.expires_at,
            settings,
        })?;
    } else {
        let name = name.unwrap_or_else(|| "—".to_owned());
        let ends = match account.expires_at {
            Some(at) => format!(", signed in until {}", text::date(at, crate::app::now())),
            None => String::new(),
        };
        print(&format!("{name}, {shown}, user {}, region {region}{ends}", uid.unwrap_or_else(|| "—".to_owned())))?;
    }
    // The cloud has just taken it: what the clock says to the contrary is about the clock.
    match account.life(now()) {
        Life::Over => note(CLOCK_OFF),
        life => {
            if let Some(warning) = life.warning(signed_in.config.cloud.token.setting()) {
                note(&warning);
            }
        }
    }
    Ok(OK)
}

/// A raw answer of the API, for diagnosis.
pub(in crate::cli) async fn api(global: &Global, options: &ApiOptions) -> Result<u8, Failure> {
    let cloud = signed_in(global)?.cloud;
    let answer = cloud.raw_get(&options.path).await.map_err(|e| failed(&e))?;
    note(&format!("{} {}", options.method.to_ascii_uppercase(), answer.status));
    print(&format!("{:#}", answer.body))?;
    // Scripts go by this: an answer that is a refusal is shown all the same.
    Ok(if answer.status < 400 { OK } else { REFUSED })
}
