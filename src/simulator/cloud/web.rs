//! The website's part in logging in: the authenticator code behind its double-submitted cookie, and text messages.

use super::Cloud;
use super::account::Refusal;
use super::answer::{ApiRequest, ApiResponse};
use super::login::be_late;
use super::plan::TokenPlace;
use serde_json::json;

/// The cookie that has to come back as a header.
const CSRF_COOKIE: &str = "bbl_csrf_token";
/// The header.
const CSRF_HEADER: &str = "x-bbl-csrf-token";

/// Answers for the website.
pub(super) fn answer(cloud: &Cloud, ask: &ApiRequest) -> ApiResponse {
    match (ask.method.as_str(), ask.segments().as_slice()) {
        ("GET", ["api", "csrf"]) => {
            let value = cloud.account(super::account::Account::new_csrf);
            ApiResponse::bare(200, &json!({}))
                .with("set-cookie", format!("{CSRF_COOKIE}={value}; Path=/; Secure; SameSite=Lax"))
        }
        ("POST", ["api", "sign-in", "tfa"]) => sign_in(cloud, ask),
        ("POST", ["api", "v1", "user-service", "user", "sendsmscode"]) => {
            if ask.text("type") != "codeLogin" {
                return ApiResponse::refusal(400, 400, "field 'type' is not valid");
            }
            let (phone, now) = (ask.text("phone"), cloud.now());
            cloud.account(|account| account.send_code(&phone, now));
            be_late(cloud);
            ApiResponse::empty(200)
        }
        _ => ApiResponse::html(404, "<!DOCTYPE html><html><body>404</body></html>"),
    }
}

fn sign_in(cloud: &Cloud, ask: &ApiRequest) -> ApiResponse {
    let csrf = |what: &str| ApiResponse::bare(403, &json!({"error": format!("CSRF error: {what}")}));
    let Some(cookie) = ask.cookie(CSRF_COOKIE) else { return csrf("missing_cookie") };
    let Some(header) = ask.header(CSRF_HEADER) else { return csrf("missing_header") };
    let now = cloud.now();
    if cookie != header || !cloud.account(|account| account.knows_csrf(cookie)) {
        return csrf("mismatch");
    }
    match cloud.account(|account| account.tfa_login(&ask.text("tfaKey"), &ask.text("tfaCode"), now)) {
        Ok(grant) => {
            let cookie = format!("token={}; Path=/; Max-Age={}; Secure; HttpOnly", grant.token, grant.lifetime);
            match cloud.tfa_token {
                TokenPlace::Cookie => ApiResponse::bare(200, &json!({"success": true})).with("set-cookie", cookie),
                TokenPlace::AccessToken => ApiResponse::bare(200, &json!({"accessToken": grant.token})),
                TokenPlace::Token => ApiResponse::bare(200, &json!({"token": grant.token})),
            }
        }
        Err(Refusal::Expired) => ApiResponse::bare(400, &json!({"error": "The login has expired"})),
        Err(_) => ApiResponse::bare(400, &json!({"error": "Incorrect code"})),
    }
}
