//! Designs on MakerWorld, read only.

use super::{Id, Link, encode};
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

/// What else can be read there: paths that are certain, answers of which nobody has written down the form. Liking and
/// answering are not among it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are those of the paths")]
pub enum Page {
    Instances(Id),
    Remixes(Id),
    FavoritesOf(Id),
    FavoriteListsWith(Id),
    Liked,
    FavoriteLists,
    SliceErrors,
    Contests,
    SocialProfile,
    Mutuals,
    Permission,
    ForYou,
    Trending,
    Search,
    Related(Id),
    HomeSections,
    YouMayLike,
    SearchSettings,
    Comments(Id),
    Comment(Id),
    Replies(Id),
    RatingOf(Id),
    MessageSessions,
    AppHome,
    AppSettings,
    Contest(Id),
    ContestDesigns,
    Boosted,
    ReportReasons,
    Tags,
    UnreadTroubles,
    UnreadOfMakerWorld,
    Onboarding(String),
    ModelProfile { profile: Id, model: Id },
}

impl Page {
    /// Its path, with what it always asks for.
    pub fn path(&self) -> String {
        let of = |start: &str, id: &Id, end: &str| format!("{start}{}{end}", encode(id.as_str()));
        let path = match self {
            Self::Instances(design) => of("design-service/design/", design, "/instances"),
            Self::Remixes(design) => of("design-service/design/", design, "/remixed"),
            Self::FavoritesOf(user) => of("design-service/favorites/designs/", user, ""),
            Self::FavoriteListsWith(design) => of("design-service/my/design/favoriteslist?designId=", design, ""),
            Self::Liked => "design-service/my/design/like".to_owned(),
            Self::FavoriteLists => "design-service/my/favorites/listlite".to_owned(),
            Self::SliceErrors => "design-service/draft/sliceerror".to_owned(),
            Self::Contests => "design-service/contest/list".to_owned(),
            Self::SocialProfile => "design-user-service/my/profile?immediacy=true".to_owned(),
            Self::Mutuals => "design-user-service/my/follow/mutual".to_owned(),
            Self::Permission => "design-user-service/my/permission?permType=0".to_owned(),
            Self::ForYou => "design-recommend-service/my/for-you?seed=0".to_owned(),
            Self::Trending => "search-service/select/design/nav?navKey=Trending".to_owned(),
            Self::Search => "search-service/select/design2".to_owned(),
            Self::Related(design) => of("search-service/design/", design, "/relate"),
            Self::HomeSections => "search-service/homepage/nav".to_owned(),
            Self::YouMayLike => "search-service/recommand/youlike".to_owned(),
            Self::SearchSettings => "search-service/cfg2".to_owned(),
            Self::Comments(design) => of("comment-service/commentandrating?designId=", design, ""),
            Self::Comment(comment) => of("comment-service/comment/", comment, "/detail"),
            Self::Replies(comment) => of("comment-service/comment/", comment, "/reply"),
            Self::RatingOf(instance) => of("comment-service/rating/inst/", instance, ""),
            Self::MessageSessions => "comment-service/messagesession/list".to_owned(),
            Self::AppHome => "operation-service/apphomepage".to_owned(),
            Self::AppSettings => "operation-service/configuration".to_owned(),
            Self::Contest(contest) => of("operation-service/contest/", contest, ""),
            Self::ContestDesigns => "operation-service/userContestDesign".to_owned(),
            Self::Boosted => "point-service/boost/boostdesign".to_owned(),
            Self::ReportReasons => "report-service/report/classification".to_owned(),
            Self::Tags => "analysis-st/tag/".to_owned(),
            Self::UnreadTroubles => "aftersale-service/trouble/totalunreadcount".to_owned(),
            Self::UnreadOfMakerWorld => "aftersale-service/makerworld/totalunreadcount".to_owned(),
            Self::Onboarding(names) => format!("task-service/user/taskv2/multi?taskNames={}", encode(names)),
            Self::ModelProfile { profile, model } => {
                let profile = of("user-service/my/model/profile?profileId=", profile, "");
                of(&format!("{profile}&modelId="), model, "")
            }
        };
        format!("/v1/{path}")
    }

    /// The same from an offset on, so many at most.
    pub fn part(&self, page: Option<(u32, u32)>) -> String {
        let path = self.path();
        let Some((offset, limit)) = page else { return path };
        let joint = if path.contains('?') { '&' } else { '?' };
        format!("{path}{joint}offset={offset}&limit={limit}")
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

    #[test]
    fn pages_have_their_paths_and_nothing_else_gets_into_them() {
        let id = || Id::new("5/../x?y=1");
        assert_eq!(Page::Remixes(id()).path(), "/v1/design-service/design/5%2F..%2Fx%3Fy%3D1/remixed");
        assert_eq!(Page::Liked.part(Some((40, 20))), "/v1/design-service/my/design/like?offset=40&limit=20");
        assert_eq!(Page::ForYou.part(Some((0, 5))), "/v1/design-recommend-service/my/for-you?seed=0&offset=0&limit=5");
        let both = Page::ModelProfile { profile: Id::new("1"), model: Id::new("US2") };
        assert_eq!(both.part(None), "/v1/user-service/my/model/profile?profileId=1&modelId=US2");
    }
}
