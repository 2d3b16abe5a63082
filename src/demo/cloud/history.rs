//! What was printed.

use chrono::DateTime;

/// A moment as the cloud writes it.
pub(super) fn iso(seconds: i64) -> String {
    DateTime::from_timestamp(seconds, 0).map_or_else(String::new, |t| t.format("%Y-%m-%dT%H:%M:%SZ").to_string())
}

/// The id of a model, from the number of its project.
pub(super) fn model_id(project: &str) -> String {
    let hash = crate::demo::tls::fingerprint(project.as_bytes());
    format!("US{}", &hash[..14])
}
