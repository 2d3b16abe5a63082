//! Which question goes where: the paths of the API, and what stands before all of them.

use super::answer::{ApiRequest, ApiResponse, Site};
use super::fault::{CloudFault, nulls, strange};
use super::{Cloud, devices, files, login, makerworld, projects, slicer, storage, user, web};
use serde_json::json;

const CHALLENGE: &str = "<!DOCTYPE html><html><head><title>Just a moment...</title></head><body>\
    <script src=\"https://challenges.cloudflare.com/turnstile/v0/api.js\"></script></body></html>";

/// Answers a question, as long as nothing is ordered to go wrong.
pub(super) fn answer(cloud: &Cloud, ask: &ApiRequest) -> ApiResponse {
    // Those who do not say who they are do not get past the doorkeeper.
    if ask.header("user-agent").is_none_or(str::is_empty) && ask.site != Site::Storage {
        return apply_fault(cloud, CloudFault::Cloudflare, ApiResponse::empty(200));
    }
    match ask.site {
        Site::Api => api(cloud, ask),
        Site::Web => web::answer(cloud, ask),
        Site::Storage => storage::answer(cloud, ask),
    }
}

/// What a fault makes of an answer.
pub(super) fn apply_fault(cloud: &Cloud, fault: CloudFault, answer: ApiResponse) -> ApiResponse {
    let too_many = || ApiResponse::refusal(429, 429, "Too many requests");
    match fault {
        CloudFault::Unauthorized | CloudFault::OtherRegion => ApiResponse::please_login(),
        CloudFault::Transient => ApiResponse::bare(401, &json!({"detail": "upstream authorization is not available"})),
        CloudFault::Cloudflare => {
            ApiResponse::html(403, CHALLENGE).with("cf-mitigated", "challenge").with("cf-ray", "0-SIM")
        }
        CloudFault::Forbidden => ApiResponse::forbidden(),
        CloudFault::LoginBare => ApiResponse::empty(400),
        CloudFault::TooMany(seconds) | CloudFault::CodesTooMany(seconds) => {
            too_many().with("retry-after", seconds.to_string())
        }
        CloudFault::TooManyUntil(seconds) => too_many().with("retry-after", cloud.http_date(seconds.into())),
        CloudFault::TooManyBare | CloudFault::CodesTooManyBare => too_many(),
        CloudFault::Server(status) => ApiResponse::bare(status, &json!({"detail": "internal server error"})),
        CloudFault::Html => ApiResponse::html(200, "<html><body><h1>We'll be back soon.</h1></body></html>"),
        CloudFault::Truncated => {
            let half = answer.body.slice(..answer.body.len() / 2);
            ApiResponse { body: half, ..answer }
        }
        CloudFault::Nulls | CloudFault::Strange => match serde_json::from_slice(&answer.body) {
            Ok(body) => {
                let spoiled = if fault == CloudFault::Nulls { nulls(body) } else { strange(body) };
                ApiResponse { body: spoiled.to_string().into(), ..answer }
            }
            Err(_) => answer,
        },
        CloudFault::Redirect => ApiResponse::empty(302).with("location", "https://elsewhere.invalid/"),
        CloudFault::Inside(code) => {
            ApiResponse::bare(200, &json!({"message": "error", "code": code, "error": "No access"}))
        }
        CloudFault::Captcha => {
            ApiResponse::bare(403, &json!({"code": 5, "error": "Captcha required", "captchaId": "sim-captcha-1"}))
        }
        CloudFault::Locked => ApiResponse::bare(403, &json!({"code": 5, "error": "Account locked", "captchaId": ""})),
        // These happen elsewhere: on the wire, before the answer, in the account, or at the broker.
        CloudFault::Cut
        | CloudFault::Slow(_)
        | CloudFault::CodesLate
        | CloudFault::PagesRepeat
        | CloudFault::PagesOverlap
        | CloudFault::PagesBack
        | CloudFault::PagesEmpty
        | CloudFault::TotalShrinks
        | CloudFault::BrokerRefuse(_)
        | CloudFault::BrokerSilent => answer,
    }
}

fn api(cloud: &Cloud, ask: &ApiRequest) -> ApiResponse {
    let segments = ask.segments();
    let ["v1", service, rest @ ..] = segments.as_slice() else { return ApiResponse::not_found() };
    // What can be asked by somebody who is nobody yet.
    match (ask.method.as_str(), *service, rest) {
        ("POST", "user-service", ["user", "login"]) => return login::login(cloud, ask),
        ("POST", "user-service", ["user", "sendemail", "code"]) => return login::send_code(cloud, ask),
        // It exists, and has refused everybody for a long time.
        ("POST", "user-service", ["user", "refreshtoken"]) => return ApiResponse::please_login(),
        _ => {}
    }
    if !cloud.lets_in(ask) {
        return ApiResponse::please_login();
    }
    match *service {
        "design-user-service" | "user-service" => user::answer(cloud, ask, rest),
        "design-service" => makerworld::answer(cloud, ask, rest),
        "iot-service" => match rest {
            // The app has this one; others are told that it is not for them.
            ["api", "user", "task", ..] => ApiResponse::forbidden(),
            ["api", "user", "project" | "profile", ..] => projects::answer(cloud, ask, &rest[2..]),
            ["api", "user", "upload" | "notification"] => files::answer(cloud, ask, &rest[2..]),
            ["api", "user", rest @ ..] => devices::answer(cloud, ask, rest),
            ["api", "slicer", rest @ ..] => slicer::answer(cloud, ask, rest),
            _ => ApiResponse::not_found(),
        },
        _ => ApiResponse::not_found(),
    }
}
