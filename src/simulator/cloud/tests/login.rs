//! Every way in.

use super::{room, room_of};
use crate::simulator::cloud::{CloudPlan, TokenForm, TokenPlace};
use serde_json::{Value, json};

const LOGIN: &str = "/v1/user-service/user/login";
const SEND: &str = "/v1/user-service/user/sendemail/code";

#[tokio::test]
async fn a_code_that_was_asked_for_opens() {
    let (demo, mut browser) = room().await;
    let cloud = demo.cloud().unwrap();
    browser.token = None;
    let account = cloud.account();
    let answer = browser.post(LOGIN, json!({"account": account, "password": cloud.password(), "apiError": ""})).await;
    assert_eq!((answer.status, &answer.json()["loginType"]), (200, &json!("verifyCode")));
    assert_eq!(answer.json()["accessToken"], "");
    let early = browser.post(LOGIN, json!({"account": account, "code": cloud.code()})).await;
    assert_eq!((early.status, &early.json()["code"]), (400, &json!(1)));
    let sent = browser.post(SEND, json!({"email": account, "type": "codeLogin"})).await;
    assert_eq!(sent.status, 200);
    let wrong = browser.post(LOGIN, json!({"account": account, "code": "000000"})).await;
    assert_eq!((wrong.status, wrong.json()), (400, json!({"code": 2, "error": "Incorrect code", "captchaId": ""})));
    let right = browser.post(LOGIN, json!({"account": account, "code": cloud.code()})).await.json();
    assert_eq!((&right["expiresIn"], &right["refreshToken"]), (&json!(7_776_000), &right["accessToken"]));
    browser.token = Some(right["accessToken"].as_str().unwrap().to_owned());
    let me = browser.get("/v1/design-user-service/my/preference").await.json();
    assert_eq!(me["uid"], cloud.uid());
    let profile = browser.get("/v1/user-service/my/profile").await.json();
    assert_eq!((&profile["uid"], &profile["account"]), (&json!(cloud.uid().to_string()), &json!(account)));
    assert!(browser.get("/v1/user-service/my/setting").await.json().is_object());
}

#[tokio::test]
async fn a_wrong_password_is_told_and_a_plain_account_needs_no_more() {
    let (demo, browser) = room().await;
    let cloud = demo.cloud().unwrap();
    let wrong = browser.post(LOGIN, json!({"account": cloud.account(), "password": "x"})).await;
    assert_eq!((wrong.status, &wrong.json()["captchaId"]), (400, &json!("")));
    let nothing = browser.post(LOGIN, json!({"account": cloud.account()})).await;
    assert_eq!(nothing.status, 400);
    let plain = browser.post(LOGIN, json!({"account": cloud.plain_account(), "password": cloud.password()})).await;
    assert!(!plain.json()["accessToken"].as_str().unwrap().is_empty());
    let refresh = browser.post("/v1/user-service/user/refreshtoken", json!({"refreshToken": cloud.token()})).await;
    assert_eq!((refresh.status, &refresh.json()["error"]), (401, &json!("Please login.")));
}

#[tokio::test]
async fn a_text_message_comes_from_the_website() {
    let (demo, browser) = room().await;
    let cloud = demo.cloud().unwrap();
    let path = "/api/v1/user-service/user/sendsmscode";
    let body = json!({"phone": cloud.phone(), "type": "codeLogin"});
    assert_eq!(browser.post(path, body.clone()).await.status, 404, "not at the API");
    assert_eq!(browser.send("POST", &format!("{}{path}", browser.web), &body).await.status, 200);
    let answer = browser.post(LOGIN, json!({"account": cloud.phone(), "code": cloud.code()})).await;
    assert!(!answer.json()["accessToken"].as_str().unwrap().is_empty());
}

/// Logs in with an authenticator as far as the website's answer.
async fn tfa(place: TokenPlace) -> (String, Value, Option<String>) {
    let (demo, mut browser) = room_of(CloudPlan { tfa_token: place, ..CloudPlan::default() }).await;
    let cloud = demo.cloud().unwrap();
    browser.token = None;
    let login = json!({"account": cloud.tfa_account(), "password": cloud.password()});
    let answer = browser.post(LOGIN, login).await.json();
    assert_eq!((&answer["loginType"], &answer["accessToken"]), (&json!("tfa"), &json!("")));
    let key = answer["tfaKey"].as_str().unwrap();
    let url = format!("{}/api/sign-in/tfa", browser.web);
    let form = |code: &str| json!({"tfaKey": key, "tfaCode": code}).to_string();
    let right = form(&cloud.tfa_code());
    let agent = ("User-Agent", "foreign/1.0");

    let bare = browser.bare("POST", &url, &[agent], right.as_bytes()).await;
    assert_eq!((bare.status, bare.json()), (403, json!({"error": "CSRF error: missing_cookie"})));
    let csrf = browser.send("GET", &format!("{}/api/csrf", browser.web), &Value::Null).await;
    let pair = csrf.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
    let value = pair.strip_prefix("bbl_csrf_token=").unwrap().to_owned();
    let cookie = ("Cookie", pair.as_str());
    let half = browser.bare("POST", &url, &[agent, cookie], right.as_bytes()).await;
    assert_eq!((half.status, half.json()), (403, json!({"error": "CSRF error: missing_header"})));
    let other = browser.bare("POST", &url, &[agent, cookie, ("x-bbl-csrf-token", "x")], right.as_bytes()).await;
    assert_eq!(other.status, 403);
    let headers = [agent, cookie, ("x-bbl-csrf-token", value.as_str())];
    let wrong = browser.bare("POST", &url, &headers, form("000000").as_bytes()).await;
    assert_eq!(wrong.status, 400);
    let done = browser.bare("POST", &url, &headers, right.as_bytes()).await;
    assert_eq!(done.status, 200);
    let again = browser.bare("POST", &url, &headers, right.as_bytes()).await;
    assert!(again.status == 400 && again.text().contains("expired"), "{}", again.text());
    (cloud.token().to_owned(), done.json(), done.header("set-cookie").map(str::to_owned))
}

#[tokio::test]
async fn the_authenticator_asks_for_cookie_and_header_and_gives_a_cookie() {
    let (_, body, cookie) = tfa(TokenPlace::Cookie).await;
    assert!(cookie.unwrap().starts_with("token=ey") && body.get("accessToken").is_none());
}

#[tokio::test]
async fn the_token_may_also_be_in_the_body() {
    let (_, body, cookie) = tfa(TokenPlace::AccessToken).await;
    assert!(body["accessToken"].as_str().unwrap().starts_with("ey") && cookie.is_none());
    let (_, body, _) = tfa(TokenPlace::Token).await;
    assert!(body["token"].as_str().unwrap().starts_with("ey"));
}

#[tokio::test]
async fn tokens_of_every_form_open_until_they_end() {
    let (demo, mut browser) = room_of(CloudPlan { token: TokenForm::Opaque, ..CloudPlan::default() }).await;
    let cloud = demo.cloud().unwrap();
    assert!(cloud.token().starts_with("AAD"));
    for token in [None, Some("x".to_owned())] {
        browser.token = token;
        let answer = browser.get("/v1/iot-service/api/user/bind").await;
        assert_eq!((answer.status, answer.json()), (401, json!({"code": 4, "error": "Please login.", "message": ""})));
    }
    for form in [TokenForm::Jwt, TokenForm::OldJwt, TokenForm::Opaque] {
        browser.token = Some(cloud.new_token(form));
        assert_eq!(browser.get("/v1/iot-service/api/user/bind").await.status, 200);
    }
    cloud.expire_tokens();
    assert_eq!(browser.get("/v1/iot-service/api/user/bind").await.status, 401);
}

#[tokio::test]
async fn codes_and_waiting_logins_end_on_demand() {
    let (demo, browser) = room().await;
    let cloud = demo.cloud().unwrap();
    browser.post(SEND, json!({"email": cloud.account(), "type": "codeLogin"})).await;
    cloud.expire_codes();
    let late = browser.post(LOGIN, json!({"account": cloud.account(), "code": cloud.code()})).await;
    assert_eq!((late.status, &late.json()["code"]), (400, &json!(1)));
    assert_eq!(browser.post(SEND, json!({"email": cloud.account()})).await.status, 400, "no type");
}

#[tokio::test]
async fn the_real_names_are_vouched_for_and_no_others() {
    let (demo, browser) = room().await;
    let cloud = demo.cloud().unwrap();
    let port = |url: &str| url.rsplit_once(':').unwrap().1.parse().unwrap();
    for name in ["api.bambulab.com", "bambulab.com", "api.bambulab.cn", "bambulab.cn", "localhost", "127.0.0.1"] {
        assert!(browser.connect(port(cloud.api_url()), name).await.is_ok(), "{name}");
    }
    for name in ["us.mqtt.bambulab.com", "cn.mqtt.bambulab.com"] {
        assert!(browser.connect(cloud.mqtt_port(), name).await.is_ok(), "{name}");
    }
    assert!(browser.connect(port(cloud.web_url()), "example.com").await.is_err());
}
