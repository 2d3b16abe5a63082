//! Prints the printers of an account and its last prints, by the cloud's word.
//!
//! ```sh
//! BAMBU_TOKEN=… cargo run --example cloud_printers
//! ```
//!
//! Against the simulator, with the addresses that `bambu-tui simulate --cloud` prints: also `BAMBU_API_URL` and, for its
//! certificate, `BAMBU_CA_FILE`.

#![allow(clippy::print_stdout, clippy::disallowed_methods, reason = "an example prints and reads its environment")]

use bambu_tui::cloud::{Cloud, RestOptions, Secret, Trust, tasks::TaskQuery};
use std::{env, error::Error, path::PathBuf};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let token = env::var("BAMBU_TOKEN").map_err(|_| "set BAMBU_TOKEN to an access token")?;
    let cloud = Cloud::new(RestOptions {
        api_url: env::var("BAMBU_API_URL").ok(),
        trust: Trust::new(env::var_os("BAMBU_CA_FILE").map(PathBuf::from)),
        token: Some(Secret::new(token)),
        ..RestOptions::default()
    });
    for device in cloud.devices().await? {
        let [serial, name] = [device.serial, device.name].map(|text| text.unwrap_or_else(|| "unknown".to_owned()));
        println!("{serial} {name}");
    }
    let page = cloud.tasks(&TaskQuery { limit: Some(3), ..TaskQuery::default() }).await?;
    println!("{} prints in all, the last ones:", page.total.map_or_else(|| "?".to_owned(), |total| total.to_string()));
    for task in page.tasks {
        println!("  {}", task.title.unwrap_or_else(|| "without a title".to_owned()));
    }
    Ok(())
}
