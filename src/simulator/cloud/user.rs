//! Who the account is: preference, profile and settings.

use super::answer::{ApiRequest, ApiResponse};
use super::{Cloud, messages, tasks};
use serde_json::json;

/// Answers below `user-service` and `design-user-service`.
pub(super) fn answer(cloud: &Cloud, ask: &ApiRequest, path: &[&str]) -> ApiResponse {
    match (ask.method.as_str(), path) {
        ("GET", ["my", "preference"]) => preference(cloud),
        ("GET", ["my", "profile"]) => profile(cloud),
        ("GET", ["my", "setting"]) => ApiResponse::bare(
            200,
            &json!({"pushPrint": true, "pushSystem": true, "pushComment": true, "pushLike": false, "pushFollow": false,
                "emailMarketing": false, "language": "en"}),
        ),
        (_, ["my", "tasks" | "task", ..]) => tasks::answer(cloud, ask, &path[1..]),
        (_, ["my", "messages" | "message", ..]) => messages::answer(cloud, ask, &path[1..]),
        _ => ApiResponse::not_found(),
    }
}

fn preference(cloud: &Cloud) -> ApiResponse {
    let uid = cloud.account(|account| account.uid);
    ApiResponse::bare(
        200,
        &json!({
            "uid": uid, "name": "Maker", "handle": "maker", "avatar": cloud.picture("avatar", "00AE42", uid),
            "bio": "", "links": [], "backgroundUrl": "", "taskLanguage": "", "isNSFWShown": 0,
        }),
    )
}

/// The same person; here the number is a text.
fn profile(cloud: &Cloud) -> ApiResponse {
    let (uid, account) = cloud.account(|account| (account.uid, account.address.clone()));
    let models: Vec<_> = cloud.bound().map(|machine| machine.printer.card.model.code()).collect();
    ApiResponse::bare(
        200,
        &json!({
            "uid": uid.to_string(), "name": "Maker", "account": account,
            "avatar": cloud.picture("avatar", "00AE42", uid), "productModels": models, "fanCount": 3,
            "followCount": 5, "personal": {"bio": "", "links": []},
        }),
    )
}
