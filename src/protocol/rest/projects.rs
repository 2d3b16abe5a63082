//! Projects of the account, their profiles, and files on their way into the cloud's storage.

use super::{Hidden, Id, Link, Stamp, query};
use crate::protocol::wire::fields;
use serde_json::{Value, json};

fields! {
    /// A project: a file that was sliced or printed over the cloud.
    pub struct Project {
        /// Project.
        "project_id" | "id" => id: Id,
        /// Owner.
        "user_id" => user: Id,
        /// Model.
        "model_id" => model: Id,
        /// A word of the server.
        "status" => status: String,
        /// File name.
        "name" => name: String,
        /// Description, mostly empty.
        "content" => content: String,
        /// When it was made.
        "create_time" => created: Stamp,
        /// When it was changed.
        "update_time" => updated: Stamp,
        /// Only in the answer for one project.
        "profiles" => profiles: Vec<ProjectProfile>,
    }
}

fields! {
    /// A sliced form of a project.
    pub struct ProjectProfile {
        /// Profile.
        "profile_id" | "id" => id: Id,
        /// Project.
        "project_id" => project: Id,
        /// Model.
        "model_id" => model: Id,
        /// A word of the server.
        "status" => status: String,
        /// Name.
        "name" => name: String,
        /// File name.
        "filename" => filename: String,
        /// The 3MF; signed.
        "url" => url: Link,
        /// MD5 of the 3MF, hexadecimal.
        "md5" => md5: String,
        /// When it was made.
        "create_time" => created: Stamp,
        /// What is in it.
        "context" => context: Context,
    }
}

fields! {
    /// What is in a profile.
    pub struct Context {
        /// The printer it was sliced for.
        "compatibility" => compatibility: Compatibility,
        /// Settings files.
        "configs" => configs: Vec<ProjectFile>,
        /// Plates.
        "plates" => plates: Vec<Plate>,
        /// Filaments.
        "materials" => materials: Vec<Material>,
    }
}

fields! {
    /// The printer a profile was sliced for.
    pub struct Compatibility {
        /// Code of the model.
        "dev_model_name" => model: String,
        /// Name of the model.
        "dev_product_name" => product: String,
        /// In mm.
        "nozzle_diameter" => nozzle_diameter: f64,
    }
}

fields! {
    /// A file of a project.
    pub struct ProjectFile {
        /// Its name.
        "name" => name: String,
        /// Its folder within the 3MF.
        "dir" => folder: String,
        /// Where it is; signed.
        "url" => url: Link,
    }
}

fields! {
    /// A plate of a profile.
    pub struct Plate {
        /// Number, from 1.
        "index" => index: i64,
        /// Name, if it has one.
        "name" => name: String,
        /// Picture.
        "thumbnail" => thumbnail: ProjectFile,
        /// G-code.
        "gcode" => gcode: ProjectFile,
        /// Duration by the slicer, in seconds.
        "prediction" => prediction_s: i64,
        /// Filament by the slicer, in grams.
        "weight" => grams: f64,
        /// Filaments.
        "filaments" => filaments: Vec<PlateFilament>,
        /// Objects.
        "objects" => objects: Vec<PlateObject>,
    }
}

fields! {
    /// A filament of a plate.
    pub struct PlateFilament {
        /// Number within the file.
        "id" => id: i64,
        /// Such as `PLA`.
        "type" => kind: String,
        /// `#RRGGBB`
        "color" => color: String,
        /// In metres.
        "used_m" => metres: f64,
        /// In grams.
        "used_g" => grams: f64,
    }
}

fields! {
    /// An object of a plate.
    pub struct PlateObject {
        /// The number that skipping goes by.
        "identify_id" => identify_id: i64,
        /// Name.
        "name" => name: String,
    }
}

fields! {
    /// A filament of a profile.
    pub struct Material {
        /// Colour.
        "color" => color: String,
        /// Such as `PLA`.
        "material" => material: String,
        /// Filament code.
        "filament_id" => code: String,
    }
}

fields! {
    /// A project that has just been made, and where its file goes.
    pub struct NewProject {
        /// Project.
        "project_id" => id: Id,
        /// Model.
        "model_id" => model: Id,
        /// Profile.
        "profile_id" => profile: Id,
        /// Where to put the file; signed.
        "upload_url" => upload_url: Link,
        /// Names the upload when it is done.
        "upload_ticket" => ticket: Hidden,
    }
}

fields! {
    /// One of the addresses that a file goes to.
    pub struct UploadUrl {
        /// `filename` for the file itself, `size` for its size as text.
        "type" => kind: String,
        /// What is put there.
        "file" => file: String,
        /// Where; signed.
        "url" => url: Link,
    }
}

fields! {
    /// How the processing of an upload goes.
    pub struct UploadState {
        /// A word of the server, such as `running` or `success`.
        "status" => status: String,
        /// Percent.
        "progress" => percent: f64,
        /// More words.
        "message" => message: String,
    }
}

/// What is being waited for at `user/notification`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Processing {
    /// A 3MF was uploaded.
    Upload,
    /// A mesh was uploaded.
    ImportMesh,
}

impl Processing {
    /// As in the address.
    pub fn name(self) -> &'static str {
        match self {
            Self::Upload => "upload",
            Self::ImportMesh => "import_mesh",
        }
    }
}

/// The two addresses an upload needs: of the file, and of its size.
pub fn upload_pair(urls: &[UploadUrl]) -> Option<(&Link, &Link)> {
    let of = |kind| urls.iter().find(|url| url.kind.as_deref() == Some(kind)).and_then(|url| url.url.as_ref());
    Some((of("filename")?, of("size")?))
}

/// Body that makes a project.
pub fn create(name: &str) -> Value {
    json!({"name": name})
}

/// Body that finishes a project.
pub fn finish(name: &str, profile: &Id) -> Value {
    json!({"name": name, "profile_id": profile.as_str()})
}

/// Body that says an upload is complete.
pub fn uploaded(ticket: &str, name: &str) -> Value {
    json!({"upload": {"ticket": ticket, "origin_file_name": name}})
}

/// The part of an address that asks for the two addresses of an upload.
pub fn upload_query(name: &str, size: u64) -> String {
    query(&[("filename", Some(name.to_owned())), ("size", Some(size.to_string()))])
}

/// The part of an address that asks how an upload is processed.
pub fn processing_query(what: Processing, ticket: &str) -> String {
    query(&[("action", Some(what.name().to_owned())), ("ticket", Some(ticket.to_owned()))])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::rest::envelope::{list, one};

    #[test]
    fn a_project_with_its_plates_is_read() {
        let project: Project =
            one(json!({"project_id": "12", "model_id": "US1", "name": "part.3mf", "status": "ACTIVE",
            "create_time": "2026-02-26 21:10:57", "profiles": [{"profile_id": 34, "context": {
                "compatibility": {"dev_model_name": "C12", "nozzle_diameter": "0.4"},
                "plates": [{"index": 1, "thumbnail": {"name": "plate_1.png", "url": "https://x.example/p?s=1"},
                    "prediction": "5400", "weight": 20.1, "objects": [{"identify_id": "77"}], "warning": [],
                    "filaments": [{"id": "1", "type": "PLA", "color": "#FF0000", "used_m": "4.1", "used_g": "12.3"}]}],
                "materials": [{"color": "FF0000", "material": "PLA", "filament_id": "GFL99"}]}}]}))
            .expect("one");
        assert_eq!((project.id, project.created), (Some(Id::new("12")), Some(Stamp(1_772_140_257))));
        let context = project.profiles.expect("profiles")[0].context.clone().expect("a context");
        let plate = &context.plates.expect("plates")[0];
        assert_eq!(
            (plate.prediction_s, plate.objects.as_ref().map(|o| o[0].identify_id)),
            (Some(5400), Some(Some(77)))
        );
        assert_eq!(plate.filaments.as_ref().map(|f| (f[0].metres, f[0].grams)), Some((Some(4.1), Some(12.3))));
        assert!(!format!("{plate:?}").contains("s=1"));
    }

    #[test]
    fn an_upload_needs_both_addresses() {
        let answer = json!({"message": "success", "urls": [
            {"type": "size", "file": "12345", "url": "https://x.example/s?k=1"},
            {"type": "filename", "file": "part.3mf", "url": "https://x.example/f?k=1"}, {"type": "md5"}]});
        let urls: Vec<UploadUrl> = list(answer, &["urls"], "upload addresses").expect("a list");
        let (file, size) = upload_pair(&urls).expect("both");
        assert_eq!((file.expose(), size.expose()), ("https://x.example/f?k=1", "https://x.example/s?k=1"));
        assert_eq!(upload_pair(&urls[..1]), None);
        assert_eq!(upload_query("a b.3mf", 5), "?filename=a%20b.3mf&size=5");
        assert_eq!(processing_query(Processing::ImportMesh, "t"), "?action=import_mesh&ticket=t");
    }
}
