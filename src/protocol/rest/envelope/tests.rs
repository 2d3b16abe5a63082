use super::*;
use crate::protocol::wire::fields;
use proptest::prelude::*;
use serde_json::json;

fn answer(status: u16, body: &str) -> Envelope<'_> {
    Envelope { status, body: body.as_bytes(), ..Envelope::default() }
}

fn data(status: u16, body: &str) -> Result<Value, RestErrorKind> {
    open(&answer(status, body), Purpose::Data)
}

fn refused(code: Option<i64>, text: &str) -> Result<Value, RestErrorKind> {
    Err(RestErrorKind::Refused { code, text: text.into() })
}

#[test]
fn good_answers_lose_their_wrapping() {
    for (body, value) in [
        (r#"{"message":"success","code":null,"error":null,"devices":[]}"#, None),
        (r#"{"code":0,"data":{"a":1}}"#, Some(json!({"a": 1}))),
        (r#"{"code":"200","message":"success","data":[1]}"#, Some(json!([1]))),
        (r#"{"data":5,"other":1}"#, Some(json!({"data": 5, "other": 1}))),
        ("[]", Some(json!([]))),
        ("", Some(Value::Null)),
        (" \n", Some(Value::Null)),
        ("null", Some(Value::Null)),
    ] {
        let value = value.unwrap_or_else(|| serde_json::from_str(body).expect("JSON"));
        assert_eq!(data(200, body), Ok(value), "{body}");
    }
}

#[test]
fn errors_within_good_answers_are_errors() {
    assert_eq!(data(200, r#"{"code":1003,"message":"no device"}"#), refused(Some(1003), "no device"));
    assert_eq!(data(200, r#"{"error":"odd\u001b[31m","message":"success"}"#), refused(None, "odd[31m"));
    assert_eq!(data(200, r#"{"detail":[{"msg":"bad field"}]}"#), refused(None, "bad field"));
    assert_eq!(data(200, r#"{"code":4,"error":"Please login."}"#), Err(RestErrorKind::Expired));
    let secret = r#"{"error":"token eyJhbGciOiJSUzI1NiJ9.eyJ1c2VybmFtZSI6InVfMSJ9.c2lnbmF0dXJl of alice@example.org"}"#;
    assert_eq!(data(200, secret), refused(None, "token •••• of al•••@example.org"));
    // A list of things that have codes is no error.
    assert!(data(200, r#"[{"code":5}]"#).is_ok() && data(200, r#"{"hits":[{"code":5,"error":"x"}]}"#).is_ok());
}

#[test]
fn each_status_has_its_meaning() {
    for (status, body, trouble) in [
        (400, "", RestErrorKind::NotOffered),
        (
            400,
            r#"{"message":"field 'version' is not set","code":400,"error":""}"#,
            RestErrorKind::Refused { code: Some(400), text: "field 'version' is not set".into() },
        ),
        (401, r#"{"code":4,"error":"Please login."}"#, RestErrorKind::Expired),
        (401, "", RestErrorKind::Unauthorized),
        (401, "{}", RestErrorKind::Unauthorized),
        (403, r#"{"code":8,"error":"Resource forbidden"}"#, RestErrorKind::Forbidden("Resource forbidden".into())),
        (403, "{}", RestErrorKind::Forbidden(String::new())),
        (403, "<html>", RestErrorKind::Cloudflare { wait_s: 600 }),
        (200, "<!DOCTYPE html><title>Just a moment...</title>", RestErrorKind::Cloudflare { wait_s: 600 }),
        (200, "<html>log in to the hotel's network</html>", RestErrorKind::Html),
        (200, r#"{"devices":[{"dev_id":"0"#, RestErrorKind::Truncated),
        (200, "hello", RestErrorKind::NotJson),
        (302, "", RestErrorKind::Status),
        (404, "page not found", RestErrorKind::NotFound),
        (404, r#"{"code":404,"error":"gone"}"#, RestErrorKind::NotFound),
        (405, "", RestErrorKind::Method),
        (418, "", RestErrorKind::Cloudflare { wait_s: 600 }),
        (429, "", RestErrorKind::RateLimited { wait_s: 60 }),
        (500, "oops", RestErrorKind::Server),
        (503, "", RestErrorKind::Server),
    ] {
        assert_eq!(data(status, body), Err(trouble), "{status} {body}");
    }
}

#[test]
fn the_bot_check_is_known_by_its_headers_too() {
    let wait = Err(RestErrorKind::Cloudflare { wait_s: 600 });
    assert_eq!(open(&Envelope { mitigated: true, ..answer(403, "{}") }, Purpose::Data), wait);
    assert_eq!(open(&Envelope { cf_ray: true, ..answer(503, "") }, Purpose::Data), wait);
    assert_eq!(open(&Envelope { html: true, ..answer(403, "no") }, Purpose::Data), wait);
    // Every answer comes through Cloudflare; that alone means nothing.
    assert!(open(&Envelope { cf_ray: true, ..answer(200, "{}") }, Purpose::Data).is_ok());
    let busy = Envelope { retry_after: Some(7), ..answer(429, "") };
    assert_eq!(open(&busy, Purpose::Data), Err(RestErrorKind::RateLimited { wait_s: 7 }));
    let down = Envelope { retry_after: Some(90), ..answer(503, "") };
    assert_eq!(open(&down, Purpose::Data), Err(RestErrorKind::RateLimited { wait_s: 90 }));
}

#[test]
fn refusals_of_a_login_say_what_to_type_again() {
    let login = |status, body, purpose| open(&answer(status, body), purpose).expect_err("refused");
    for (status, body, trouble) in [
        (400, r#"{"code":1,"error":"Code expired"}"#, RestErrorKind::CodeExpired),
        (400, r#"{"code":2,"error":"Incorrect code","captchaId":""}"#, RestErrorKind::CodeWrong),
        (
            400,
            r#"{"code":2,"error":"Incorrect account or password"}"#,
            RestErrorKind::LoginRefused("Incorrect account or password".into()),
        ),
        (403, r#"{"code":5,"error":"Locked","captchaId":"x"}"#, RestErrorKind::Captcha),
        // Nothing is said: something that was typed is wrong. That a request is the vendor's own is said elsewhere.
        (400, "", RestErrorKind::LoginWrong),
        (400, " \r\n", RestErrorKind::LoginWrong),
        (400, "{}", RestErrorKind::LoginWrong),
        (400, r#"{"code":null,"error":"","captchaId":""}"#, RestErrorKind::LoginWrong),
        (401, "", RestErrorKind::LoginWrong),
        (401, "{}", RestErrorKind::LoginWrong),
        (403, "{}", RestErrorKind::LoginRefused(String::new())),
    ] {
        assert_eq!(login(status, body, Purpose::Login), trouble, "{body}");
    }
    for (status, body, trouble) in [
        (400, r#"{"code":2,"error":"Incorrect code"}"#, RestErrorKind::TfaWrong),
        (400, r#"{"error":"tfaKey expired"}"#, RestErrorKind::TfaExpired),
        (400, "", RestErrorKind::TfaWrong),
        (
            403,
            r#"{"error":"CSRF error: missing_cookie"}"#,
            RestErrorKind::LoginRefused("CSRF error: missing_cookie".into()),
        ),
    ] {
        assert_eq!(login(status, body, Purpose::Tfa), trouble, "{body}");
    }
}

fields! {
    struct Thing {
        "a" => a: i64,
    }
}

#[test]
fn lists_are_found_where_they_are() {
    let a = |value| list::<Thing>(value, &["things"], "list").map(|l| l.iter().map(|t| t.a).collect::<Vec<_>>());
    assert_eq!(a(json!({"things": [{"a": "1"}, 7, {}]})), Ok(vec![Some(1), None]));
    assert_eq!(a(json!({"things": null})), Ok(vec![]));
    assert_eq!(a(json!({"hits": {"things": [{"a": 1}]}})), Ok(vec![Some(1)]));
    assert_eq!(a(json!([{"a": 1}])), Ok(vec![Some(1)]));
    assert_eq!(a(json!({"other": []})), Err(RestErrorKind::Lacks("list")));
    assert_eq!(a(json!("text")), Err(RestErrorKind::Lacks("list")));
    assert_eq!(a(Value::Null), Err(RestErrorKind::Empty));
    assert_eq!(one::<Thing>(Value::Null), Err(RestErrorKind::Empty));
    assert!(one::<Thing>(json!(5)).is_err() && one::<Thing>(json!({})).is_ok());
}

fn any_json() -> impl Strategy<Value = Value> {
    let keys = "code|error|message|data|detail|hits|total|devices|captchaId|x";
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,20}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 4, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::hash_map(keys, inner, 0..4).prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn no_bytes_panic(status in 0_u16..700, body in prop::collection::vec(any::<u8>(), 0..200), html: bool, ray: bool) {
        for purpose in [Purpose::Data, Purpose::Login, Purpose::Tfa] {
            let answer = Envelope { status, html, cf_ray: ray, body: &body, ..Envelope::default() };
            if let Err(trouble) = open(&answer, purpose) {
                let error = super::super::RestError::at("/v1/x", Some(status), trouble);
                prop_assert!(error.to_string().contains("; "));
            }
        }
    }

    #[test]
    fn no_json_panics_any_reader(json in any_json()) {
        use super::super::{account, devices, makerworld, messages, projects, slicer, tasks};
        let bytes = json.to_string();
        for status in [200, 400, 401, 403] {
            let _ = data(status, &bytes);
        }
        let names = ["devices", "hits", "x"];
        let _ = (total(&json), crate::protocol::rest::mask::value(&json));
        let _ = (list::<devices::Device>(json.clone(), &names, "x"), list::<tasks::Task>(json.clone(), &names, "x"));
        let _ = (one::<account::LoginAnswer>(json.clone()), one::<projects::Project>(json.clone()));
        let _ = (one::<slicer::Presets>(json.clone()), one::<makerworld::Design>(json.clone()));
        let _ = (list::<messages::Message>(json.clone(), &names, "x"), one::<devices::DeviceVersion>(json));
    }
}
