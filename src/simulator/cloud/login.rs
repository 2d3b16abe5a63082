//! Logging in at the API: by password, and by one-time code.

use super::account::{Account, Grant, Refusal, Step};
use super::answer::{ApiRequest, ApiResponse};
use super::fault::CloudFault;
use super::{Cloud, lock};
use serde_json::json;

/// `user/login`: a password or a code.
pub(super) fn login(cloud: &Cloud, ask: &ApiRequest) -> ApiResponse {
    let (who, password, code) = (ask.text("account"), ask.text("password"), ask.text("code"));
    let now = cloud.now();
    let outcome = cloud.account(|account| match (password.as_str(), code.as_str()) {
        ("", "") => Err(Refusal::WrongPassword),
        ("", code) => account.code_login(&who, code, now),
        (password, _) => account.password_login(&who, password, now),
    });
    be_late(cloud);
    match outcome {
        Ok(Step::In(grant)) => ApiResponse::bare(200, &fields(Some(&grant), "", "")),
        Ok(Step::Code) => ApiResponse::bare(200, &fields(None, "", "verifyCode")),
        Ok(Step::Tfa(key)) => ApiResponse::bare(200, &fields(None, &key, "tfa")),
        Err(refusal) => refused(refusal),
    }
}

fn fields(grant: Option<&Grant>, tfa_key: &str, login_type: &str) -> serde_json::Value {
    let token = grant.map_or("", |grant| &grant.token);
    let lifetime = grant.map_or(0, |grant| grant.lifetime);
    json!({
        "accessToken": token, "refreshToken": token, "expiresIn": lifetime, "refreshExpiresIn": lifetime,
        "tfaKey": tfa_key, "accessMethod": "", "loginType": login_type,
    })
}

fn refused(refusal: Refusal) -> ApiResponse {
    let (code, error) = match refusal {
        Refusal::Expired => (1, "Code does not exist or has expired, please request a new verification code."),
        Refusal::WrongCode => (2, "Incorrect code"),
        Refusal::WrongPassword => (3, "Incorrect account or password"),
    };
    ApiResponse::bare(400, &json!({"code": code, "error": error, "captchaId": ""}))
}

/// `sendemail/code`.
pub(super) fn send_code(cloud: &Cloud, ask: &ApiRequest) -> ApiResponse {
    if ask.text("type") != "codeLogin" {
        return ApiResponse::refusal(400, 400, "field 'type' is not valid");
    }
    let (email, now) = (ask.text("email"), cloud.now());
    // A server that told who has an account and who has not would tell too much.
    cloud.account(|account| account.send_code(&email, now));
    be_late(cloud);
    ApiResponse::bare(200, &json!({}))
}

/// What somebody has yet to type has expired already, if that is ordered.
pub(super) fn be_late(cloud: &Cloud) {
    if lock(&cloud.fault_rules).has(CloudFault::CodesLate) {
        cloud.account(Account::expire_codes);
    }
}
