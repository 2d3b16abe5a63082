//! The ways to log in.

use super::*;

const WITH_TOKEN: &str =
    r#"{"accessToken":"AADnew-s3cret-token","refreshToken":"x","expiresIn":7776000,"loginType":""}"#;

fn json(request: &str) -> serde_json::Value {
    serde_json::from_str(request.split_once("\r\n\r\n").expect("a body").1).expect("JSON")
}

fn secret(text: &str) -> Secret {
    Secret::new(text)
}

/// Two servers: API and website.
async fn two(api: Vec<Reply>, web: Vec<Reply>) -> (Server, Server, Cloud) {
    let (api, web) = (Server::start(api).await, Server::start(web).await);
    let cloud = api.cloud_with(|options| {
        options.web_url = Some(web.url());
        options.token = None;
    });
    (api, web, cloud)
}

#[tokio::test]
async fn a_password_leads_to_a_code_and_the_code_to_a_token() {
    let verify = ok(r#"{"accessToken":"","loginType":"verifyCode","tfaKey":""}"#);
    let replies = vec![verify, ok(""), reply("400 Bad", "", r#"{"code":2,"error":"Incorrect code"}"#), ok(WITH_TOKEN)];
    let (api, web, cloud) = two([replies, vec![ok(r#"{"uid":1234567}"#)]].concat(), vec![]).await;
    let step = cloud.login_password(" a@example.org ", &secret("s3cret pass")).await.expect("a step");
    assert!(matches!(step, LoginStep::NeedsCode));
    cloud.send_code("a@example.org").await.expect("sent");
    assert_eq!(trouble(cloud.login_code("a@example.org", &secret("000000")).await), RestErrorKind::CodeWrong);
    assert_eq!(trouble(cloud.login_code("a@example.org", &secret("12")).await), RestErrorKind::CodeWrong);
    let step = cloud.login_code("a@example.org", &secret(" 123 456")).await.expect("a step");
    let LoginStep::Done(login) = step else { panic!("{step:?}") };
    assert_eq!((login.token.expose_secret(), login.uid.as_deref()), ("AADnew-s3cret-token", Some("1234567")));
    assert_eq!((login.ends(100), login.expires_at), (Some(7_776_100), None));
    assert!(!format!("{login:?}").contains("s3cret"));
    assert!(cloud.has_token());
    let asked = api.asked();
    assert_eq!(
        api.lines(),
        [
            "POST /v1/user-service/user/login",
            "POST /v1/user-service/user/sendemail/code",
            "POST /v1/user-service/user/login",
            "POST /v1/user-service/user/login",
            "GET /v1/design-user-service/my/preference",
        ]
    );
    assert_eq!(
        json(&asked[0]),
        serde_json::json!({"account": "a@example.org", "password": "s3cret pass", "apiError": ""})
    );
    assert_eq!(json(&asked[1]), serde_json::json!({"email": "a@example.org", "type": "codeLogin"}));
    assert_eq!(json(&asked[3]), serde_json::json!({"account": "a@example.org", "code": "123456"}));
    assert!(asked[..4].iter().all(|asked| !names(asked, "authorization")));
    assert!(has(&asked[4], "authorization: Bearer AADnew-s3cret-token"));
    assert!(web.asked().is_empty());
}

#[tokio::test]
async fn a_phone_gets_its_code_from_the_website_and_only_once_a_minute() {
    let (api, web, cloud) = two(vec![], vec![ok("{}"), ok("{}")]).await;
    cloud.send_code("+86 13800000000").await.expect("sent");
    assert!(matches!(trouble(cloud.send_code("+86 13800000000").await), RestErrorKind::Budget { .. }));
    assert_eq!(web.lines(), ["POST /api/v1/user-service/user/sendsmscode"]);
    assert_eq!(json(&web.asked()[0]), serde_json::json!({"phone": "+86 13800000000", "type": "codeLogin"}));
    assert!(api.asked().is_empty());
}

/// A step that asks for an authenticator code.
async fn tfa(api: &[Reply], web: Vec<Reply>) -> (Server, Server, Cloud, TfaKey) {
    let first = ok(r#"{"accessToken":"","loginType":"tfa","tfaKey":"k3y-s3cret"}"#);
    let (api, web, cloud) = two([&[first], api].concat(), web).await;
    let step = cloud.login_password("a@example.org", &secret("p")).await.expect("a step");
    let LoginStep::NeedsTfa(key) = step else { panic!("{step:?}") };
    assert!(!format!("{key:?}").contains("s3cret"));
    (api, web, cloud, key)
}

fn csrf() -> Reply {
    reply("200 OK", "set-cookie: other=1\nset-cookie: bbl_csrf_token=c5rf; Path=/; Secure\n", "{}")
}

#[tokio::test]
async fn an_authenticator_code_takes_the_way_over_the_website() {
    let jwt = "eyJhbGciOiJSUzI1NiJ9.eyJ1c2VybmFtZSI6InVfNzc3IiwiZXhwIjoxNzgwMDAwMDAwfQ.c2ln";
    let places = [
        reply("200 OK", &format!("set-cookie: token={jwt}; Path=/; HttpOnly\n"), "{}"),
        reply("200 OK", &format!("set-cookie: token={jwt}\n"), ""),
        ok(&format!(r#"{{"token":"{jwt}"}}"#)),
        ok(&format!(r#"{{"accessToken":"{jwt}","expiresIn":5}}"#)),
    ];
    for place in places {
        let (api, web, cloud, key) = tfa(&[], vec![csrf(), place]).await;
        let login = cloud.login_tfa(&key, &secret("123456")).await.expect("a login");
        assert_eq!((login.token.expose_secret(), login.uid.as_deref()), (jwt, Some("777")));
        assert_eq!(login.ends(0), Some(1_780_000_000), "the token's own word goes first");
        assert_eq!(web.lines(), ["GET /api/csrf", "POST /api/sign-in/tfa"]);
        let asked = web.asked();
        assert!(has(&asked[1], "cookie: bbl_csrf_token=c5rf") && has(&asked[1], "x-bbl-csrf-token: c5rf"));
        assert_eq!(json(&asked[1]), serde_json::json!({"tfaKey": "k3y-s3cret", "tfaCode": "123456"}));
        assert!(asked.iter().all(|asked| !names(asked, "authorization")));
        assert_eq!(api.asked().len(), 1, "the token names its user");
    }
}

#[tokio::test]
async fn what_goes_wrong_with_an_authenticator_has_its_cure() {
    let wrong = |status: &str, body: &str| reply(status, "", body);
    for (replies, expected) in [
        (vec![ok("{}")], RestErrorKind::Lacks("cookie against forged requests")),
        (vec![csrf(), wrong("400 Bad", r#"{"code":2,"error":"Incorrect code"}"#)], RestErrorKind::TfaWrong),
        (vec![csrf(), wrong("400 Bad", r#"{"error":"tfaKey is expired"}"#)], RestErrorKind::TfaExpired),
        (vec![csrf(), wrong("403 Forbidden", "<html>Just a moment...")], RestErrorKind::Cloudflare { wait_s: 600 }),
        (vec![csrf(), ok("{}")], RestErrorKind::Lacks("access token")),
    ] {
        let (_api, _web, cloud, key) = tfa(&[], replies).await;
        assert_eq!(trouble(cloud.login_tfa(&key, &secret("123456")).await), expected);
        assert!(!cloud.has_token());
    }
}

#[tokio::test]
async fn what_goes_wrong_with_a_login_has_its_cure() {
    for (answer, expected) in [
        (reply("400 Bad", "", r#"{"code":1,"error":"expired"}"#), RestErrorKind::CodeExpired),
        (reply("400 Bad", "", r#"{"code":5,"error":"Robot?","captchaId":"x"}"#), RestErrorKind::Captcha),
        (
            reply("401 No", "", r#"{"code":4,"error":"Please login."}"#),
            RestErrorKind::LoginRefused("Please login.".into()),
        ),
        (reply("403 Forbidden", "", r#"{"error":"Locked"}"#), RestErrorKind::LoginRefused("Locked".into())),
        (
            ok(r#"{"accessToken":"","loginType":"dance"}"#),
            RestErrorKind::LoginRefused("it wants the unknown step dance".into()),
        ),
        (ok("{}"), RestErrorKind::Lacks("access token")),
        (ok(""), RestErrorKind::Empty),
        (refuse("500 Oops"), RestErrorKind::Server),
    ] {
        let (api, _, cloud) = two(vec![answer], vec![]).await;
        assert_eq!(trouble(cloud.login_password("a@example.org", &secret("s3cret")).await), expected);
        assert_eq!(api.asked().len(), 1);
    }
}

#[tokio::test]
async fn a_pasted_token_is_tried_before_it_is_used() {
    let (api, _, cloud) = two(vec![ok(r#"{"uid":"42","name":"A"}"#)], vec![]).await;
    for wrong in ["", "short", "two words of a certain length", "AAD\r\nx: yyyyyyyyyyyyyyy"] {
        assert_eq!(trouble(cloud.login_token(&secret(wrong)).await), RestErrorKind::BadToken);
    }
    let login = cloud.login_token(&secret(" Bearer AADpasted-s3cret-token\n")).await.expect("a login");
    assert_eq!(
        (login.token.expose_secret(), login.uid.as_deref(), login.ends(0)),
        ("AADpasted-s3cret-token", Some("42"), None)
    );
    assert!(has(&api.asked()[0], "authorization: Bearer AADpasted-s3cret-token"));
    assert!(cloud.has_token());
    let gone = reply("401 No", "", r#"{"code":4,"error":"Please login."}"#);
    let (_api, _web, cloud) = two(vec![gone], vec![]).await;
    assert_eq!(trouble(cloud.login_token(&secret("token=AADpasted-s3cret-token;")).await), RestErrorKind::TokenRefused);
    assert!(!cloud.has_token());
}

#[tokio::test]
async fn a_pasted_token_is_tried_once_in_spite_of_a_bot_check() {
    let check = || reply("403 Forbidden", "content-type: text/html\n", "<html>Just a moment...");
    let (api, _, cloud) = two(vec![check(), check(), ok(r#"{"uid":"42"}"#)], vec![]).await;
    let blocked = RestErrorKind::Cloudflare { wait_s: 600 };
    assert_eq!(trouble(cloud.login_password("a@example.org", &secret("p")).await), blocked);
    assert!(matches!(
        trouble(cloud.login_password("a@example.org", &secret("p")).await),
        RestErrorKind::Cloudflare { .. }
    ));
    let paste = || async { cloud.login_token(&secret("AADpasted-s3cret-token")).await };
    assert_eq!((api.asked().len(), trouble(paste().await)), (1, blocked), "the cure that is named is tried");
    assert!(matches!(trouble(paste().await), RestErrorKind::Cloudflare { .. }));
    assert_eq!(api.asked().len(), 2, "and not again and again");
    let (_api, _web, cloud) = two(vec![check(), ok(r#"{"uid":"42"}"#)], vec![]).await;
    trouble(cloud.login_password("a@example.org", &secret("p")).await);
    assert!(cloud.login_token(&secret("AADpasted-s3cret-token")).await.is_ok());
}

#[tokio::test]
async fn an_address_that_was_mistyped_can_be_corrected_at_once() {
    let (api, _, cloud) = two(vec![ok("{}"), ok("{}")], vec![]).await;
    cloud.send_code("a@exampel.org").await.expect("sent");
    cloud.send_code("a@example.org").await.expect("sent to another address");
    let again = cloud.send_code("A@example.org").await.expect_err("within a minute");
    assert!(matches!(again.trouble, RestErrorKind::Budget { .. }) && !again.in_words().contains("/v1"), "{again}");
    assert_eq!(api.asked().len(), 2);
}

#[tokio::test]
async fn people_may_try_a_few_times() {
    let wrong = reply("400 Bad", "", r#"{"code":2,"error":"Incorrect code"}"#);
    let (api, _, cloud) = two(vec![wrong; 9], vec![]).await;
    let mut last = RestErrorKind::Empty;
    for _ in 0..9 {
        last = trouble(cloud.login_code("a@example.org", &secret("123456")).await);
    }
    assert!(matches!(last, RestErrorKind::Budget { .. }), "{last:?}");
    assert!(api.asked().len() <= 6, "{}", api.asked().len());
}
