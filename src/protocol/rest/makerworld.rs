//! Designs on MakerWorld, read only.

use super::{Id, Link};
use crate::protocol::wire::fields;

fields! {
    /// A design. Paths and most fields are known from one source only.
    pub struct Design {
        /// Design.
        "id" => id: Id,
        /// Title.
        "title" => title: String,
        /// Picture.
        "coverUrl" | "cover" => cover: Link,
        /// Who made it.
        "designCreator" | "creator" => creator: Creator,
        /// Print profiles.
        "instances" => instances: Vec<Instance>,
        /// So many people like it.
        "likeCount" => likes: i64,
        /// So many have downloaded it.
        "downloadCount" => downloads: i64,
        /// So many have printed it.
        "printCount" => prints: i64,
    }
}

fields! {
    /// Who made a design.
    pub struct Creator {
        /// The user's number.
        "uid" => uid: Id,
        /// Name.
        "name" => name: String,
    }
}

fields! {
    /// A print profile of a design.
    pub struct Instance {
        /// Profile.
        "id" => id: Id,
        /// Title.
        "title" => title: String,
        /// The one that is offered first.
        "isDefault" => default: bool,
    }
}

fields! {
    /// The 3MF of a print profile.
    pub struct F3mf {
        /// File name.
        "name" => name: String,
        /// Where it is; signed.
        "url" => url: Link,
    }
}

/// What is wanted of a 3MF.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum F3mfKind {
    /// What is in it.
    Preview,
    /// The file. Counts as a download.
    Download,
}

impl F3mfKind {
    /// As in the address.
    pub fn name(self) -> &'static str {
        match self {
            Self::Preview => "preview",
            Self::Download => "download",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::rest::envelope::one;
    use serde_json::json;

    #[test]
    fn a_design_is_read() {
        let design: Design = one(json!({"id": 5, "title": "Cube\u{1b}", "designCreator": {"uid": "7", "name": "Bob"},
            "instances": [{"id": "9", "isDefault": 1}], "likeCount": "3"}))
        .expect("one");
        assert_eq!((design.id, design.title, design.likes), (Some(Id::new("5")), Some("Cube".into()), Some(3)));
        assert_eq!(design.instances.map(|i| (i[0].id.clone(), i[0].default)), Some((Some(Id::new("9")), Some(true))));
    }
}
