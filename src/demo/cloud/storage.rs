//! The storage of pictures and files: links that are their own permission, and end.

use super::Cloud;
use crate::demo::tls::fingerprint;

/// How long a link holds, in seconds.
const LINK_LIFE: i64 = 900;

impl Cloud {
    /// A link to a picture that is drawn when it is asked for.
    pub(super) fn picture(&self, kind: &str, colour: &str, number: u64) -> String {
        self.link("GET", &format!("/pictures/{kind}/{colour}-{number}.png"))
    }

    /// A link that allows one thing with one path, for a while.
    pub(super) fn link(&self, method: &str, path: &str) -> String {
        let until = self.now() + LINK_LIFE;
        format!("{}{path}?Expires={until}&Signature={}", self.origins.storage, self.signature(method, path, until))
    }

    fn signature(&self, method: &str, path: &str, until: i64) -> String {
        fingerprint(format!("{} {method} {path} {until}", self.secret).as_bytes())
    }
}
