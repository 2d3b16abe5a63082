//! Credentials of the vendor's camera relay: the one place where they are shown, for a person who asks for them.

use super::{
    Global,
    account::{failed, signed_in},
    output::{Failure, OK, note, print, print_json},
};
use crate::protocol::rest::{Hidden, devices::CameraAccess};
use clap::Args;
use serde::Serialize;
use std::collections::BTreeMap;

/// Which printer, and how they are printed.
#[derive(Debug, Clone, Args)]
pub(super) struct CameraOptions {
    /// Name or serial
    #[arg(value_name = "PRINTER")]
    printer: String,
    /// JSON instead of lines
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(global: &Global, options: &CameraOptions) -> Result<u8, Failure> {
    let signed_in = signed_in(global)?;
    let (serial, name) = signed_in.printer(&options.printer).await?;
    let access = signed_in.cloud.camera_access(&serial).await.map_err(|e| failed(&e))?;
    let kind = explain(access.kind.as_deref());
    if options.json {
        let values = values(&access).into_iter().collect();
        print_json(&CredentialsJson { serial: &serial, name: &name, explanation: &kind, values })?;
        return Ok(OK);
    }
    note("these open the camera to whoever has them: do not pass them on");
    let mut lines = vec![format!("{name}: {kind}")];
    lines.extend(values(&access).into_iter().filter_map(|(key, value)| Some(format!("  {key:<14}{}", value?))));
    print(&lines.join("\n"))?;
    note("only the stream over the LAN can be shown here: `bambu-tui snapshot`, or the dashboard's camera pane");
    Ok(OK)
}

/// Credentials of a printer's remote video.
#[derive(Serialize)]
struct CredentialsJson<'a> {
    serial: &'a str,
    name: &'a str,
    /// What kind of video it is, and who can open it.
    explanation: &'a str,
    /// The credentials by the names that the cloud has for them; null where it gave none.
    #[serde(flatten)]
    values: BTreeMap<&'static str, Option<&'a str>>,
}

/// What kind of remote video it is.
fn explain(kind: Option<&str>) -> String {
    let what = match kind {
        Some("tutk") => "TUTK, a peer-to-peer session over the relay of ThroughTek",
        Some("agora") => "Agora, a peer-to-peer session over that company's relay",
        Some(other) => return format!("a session of the kind {other}; only Bambu Lab's own programs can open it"),
        None => "a session of a kind that the cloud does not name",
    };
    format!(
        "{what}; it needs a closed library and the printer's own key exchange, so only Bambu Lab's programs can open it"
    )
}

fn text(secret: Option<&Hidden>) -> Option<&str> {
    secret.map(Hidden::expose)
}

fn values(access: &CameraAccess) -> [(&'static str, Option<&str>); 9] {
    [
        ("type", access.kind.as_deref()),
        ("region", access.region.as_deref()),
        ("ttcode", text(access.ttcode.as_ref())),
        ("authkey", text(access.authkey.as_ref())),
        ("passwd", text(access.password.as_ref())),
        ("stream_key", text(access.stream_key.as_ref())),
        ("stream_salt", text(access.stream_salt.as_ref())),
        ("channel_name", text(access.channel.as_ref())),
        ("app_id", text(access.app_id.as_ref())),
    ]
}
