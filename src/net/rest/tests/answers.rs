//! Whatever a server may answer.

use super::*;
use crate::protocol::rest::{Id, tasks::TaskQuery};

/// What one call says to these replies, and how often it asked.
async fn devices(replies: Vec<Reply>) -> (Result<usize, RestErrorKind>, usize) {
    let server = Server::start(replies).await;
    let answer = server.cloud().devices().await;
    let answer = match answer {
        Ok(devices) => Ok(devices.len()),
        Err(error) => Err(trouble::<()>(Err(error))),
    };
    (answer, server.asked().len())
}

#[tokio::test]
async fn a_call_sends_the_token_an_honest_name_and_nothing_else() {
    let server = Server::start(vec![ok(DEVICES)]).await;
    let devices = server.cloud().devices().await.expect("devices");
    assert_eq!(devices[0].serial.as_deref(), Some("01P00A000000001"));
    let asked = server.asked();
    assert_eq!(server.lines(), ["GET /v1/iot-service/api/user/bind"]);
    assert!(has(&asked[0], &format!("authorization: Bearer {TOKEN}")), "{}", asked[0]);
    assert!(has(&asked[0], "accept: application/json"));
    assert!(has(&asked[0], &format!("user-agent: {}", crate::net::web::user_agent())));
    for other in ["cookie", "content-type", "x-bbl-client-name", "referer"] {
        assert!(!names(&asked[0], other), "{}", asked[0]);
    }
}

#[tokio::test]
async fn what_cannot_pass_is_not_asked_again() {
    for (reply, expected) in [
        (reply("200 OK", "content-type: text/html\n", "<html>portal</html>"), RestErrorKind::Html),
        (ok("<!doctype html>"), RestErrorKind::Html),
        (ok("devices"), RestErrorKind::NotJson),
        (ok("\u{feff}[1"), RestErrorKind::NotJson),
        (ok(""), RestErrorKind::Empty),
        (ok(r#"{"message":"success"}"#), RestErrorKind::Lacks("list of printers")),
        (
            ok(r#"{"code":1004,"message":"offline"}"#),
            RestErrorKind::Refused { code: Some(1004), text: "offline".into() },
        ),
        (
            ok(r#"{"error":"of s3cret-AADt0kent0kent0kent0kenAADt0kent0kent0kent0ken"}"#),
            RestErrorKind::Refused { code: None, text: "of ••••".into() },
        ),
        (reply("400 Bad Request", "", ""), RestErrorKind::NotOffered),
        (reply("401 Unauthorized", "", r#"{"code":4,"error":"Please login."}"#), RestErrorKind::Expired),
        (
            reply("403 Forbidden", "", r#"{"code":8,"error":"Resource forbidden"}"#),
            RestErrorKind::Forbidden("Resource forbidden".into()),
        ),
        (
            reply("403 Forbidden", "content-type: text/html\n", "<html>Just a moment..."),
            RestErrorKind::Cloudflare { wait_s: 600 },
        ),
        (reply("403 Forbidden", "cf-mitigated: challenge\n", "{}"), RestErrorKind::Cloudflare { wait_s: 600 }),
        (refuse("404 Not Found"), RestErrorKind::NotFound),
        (refuse("405 Method Not Allowed"), RestErrorKind::Method),
        (refuse("418 I'm a teapot"), RestErrorKind::Cloudflare { wait_s: 600 }),
        (
            reply("422 Unprocessable", "", r#"{"detail":[{"msg":"bad version"}]}"#),
            RestErrorKind::Refused { code: None, text: "bad version".into() },
        ),
        (reply("429 Busy", "retry-after: 7\n", ""), RestErrorKind::RateLimited { wait_s: 7 }),
        (
            reply("429 Busy", "date: Thu, 26 Feb 2026 21:10:57 GMT\nretry-after: Thu, 26 Feb 2026 21:12:57 GMT\n", ""),
            RestErrorKind::RateLimited { wait_s: 120 },
        ),
        (reply("429 Busy", "retry-after: soon\n", ""), RestErrorKind::RateLimited { wait_s: 60 }),
        (reply("503 Unavailable", "cf-ray: 8f\n", ""), RestErrorKind::Cloudflare { wait_s: 600 }),
        (Reply::Bytes(b"HTTP/1.1 200 OK\r\ncontent-length: 99999999\r\n\r\n{}".to_vec()), RestErrorKind::TooBig),
    ] {
        let (answer, asked) = devices(vec![reply.clone()]).await;
        assert_eq!((answer, asked), (Err(expected), 1), "{reply:?}");
    }
}

#[tokio::test]
async fn what_may_pass_is_asked_three_times() {
    let cut = Reply::Bytes(b"HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\n{\"devices\":".to_vec());
    for (reply, expected) in [
        (refuse("500 Oops"), RestErrorKind::Server),
        (refuse("502 Bad Gateway"), RestErrorKind::Server),
        (refuse("401 Unauthorized"), RestErrorKind::Expired),
        (ok("{\"devices\":[{\"dev_id\""), RestErrorKind::Truncated),
        (cut, RestErrorKind::Truncated),
    ] {
        let (answer, asked) = devices(vec![reply.clone(); 3]).await;
        assert_eq!((answer, asked), (Err(expected), 3), "{reply:?}");
        let (answer, asked) = devices(vec![reply.clone(), reply.clone(), ok(DEVICES)]).await;
        assert_eq!((answer, asked), (Ok(1), 3), "{reply:?}");
    }
    let (answer, asked) =
        devices(vec![Reply::Bytes(Vec::new()), Reply::Bytes(b"nonsense\r\n\r\n".to_vec()), ok(DEVICES)]).await;
    assert_eq!((answer, asked), (Ok(1), 3), "a connection that breaks, and one that speaks something else");
}

#[tokio::test]
async fn what_changes_something_is_sent_once() {
    for reply in [refuse("500 Oops"), refuse("401 Unauthorized"), Reply::Bytes(Vec::new())] {
        let server = Server::start(vec![reply.clone(), ok("{}")]).await;
        trouble(server.cloud().rename_device("01P", "B").await);
        assert_eq!(server.lines(), ["PATCH /v1/iot-service/api/user/device/info"], "{reply:?}");
    }
    let server = Server::start(vec![reply("307 Moved", "location: /elsewhere\n", "")]).await;
    assert_eq!(trouble(server.cloud().rename_device("01P", "B").await), RestErrorKind::Status);
    assert_eq!(server.asked().len(), 1);
}

#[tokio::test]
async fn a_slow_answer_is_given_up_and_not_asked_for_again() {
    let head = b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"devices\"".to_vec();
    for stall in [Reply::Stall(Vec::new()), Reply::Stall(head)] {
        let server = Server::start(vec![stall]).await;
        let cloud = server.cloud_with(|options| options.pace.timeout = Duration::from_millis(200));
        assert_eq!(trouble(cloud.devices().await), RestErrorKind::Timeout);
        assert_eq!(server.asked().len(), 1);
    }
}

#[tokio::test]
async fn an_endless_answer_is_not_read_to_its_end() {
    let head = b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n".to_vec();
    let server = Server::start(vec![Reply::Endless(head)]).await;
    let cloud = server.cloud_with(|options| options.pace.timeout = Duration::from_secs(30));
    assert_eq!(trouble(cloud.devices().await), RestErrorKind::TooBig);
}

#[tokio::test]
async fn a_server_that_is_not_there_is_named_so() {
    let port = TcpListener::bind("127.0.0.1:0").await.expect("a port").local_addr().expect("an address").port();
    let cloud = Cloud::new(RestOptions {
        api_url: Some(format!("http://127.0.0.1:{port}")),
        token: Some(Secret::new(TOKEN)),
        pace: HttpTimeouts::fast(),
        ..RestOptions::default()
    });
    let error = cloud.devices().await.expect_err("nobody there");
    assert!(matches!(error.trouble, RestErrorKind::Network(_)) && error.is_transient(), "{error:?}");
    assert!(error.to_string().contains("refused"), "{error}");
}

#[tokio::test]
async fn what_is_wrong_with_the_options_is_said_before_anything_is_sent() {
    let cloud = |change: fn(&mut RestOptions)| {
        let mut options = RestOptions { token: Some(Secret::new(TOKEN)), ..RestOptions::default() };
        change(&mut options);
        Cloud::new(options)
    };
    let plain = cloud(|options| options.api_url = Some("http://api.example.org".into()));
    let said = plain.devices().await.expect_err("not encrypted").to_string();
    assert_eq!(said, "api_url is not encrypted, and the access token goes there; write it as https://host");
    let nobody = cloud(|options| options.token = None);
    let error = nobody.tasks(&TaskQuery::default()).await.expect_err("no token");
    assert!(error.needs_login() && error.trouble == RestErrorKind::NoToken, "{error}");
    let breaking = cloud(|options| {
        options.api_url = Some("http://127.0.0.1:1".into());
        options.token = Some(Secret::new("a\r\nb: c"));
    });
    assert_eq!(trouble(breaking.devices().await), RestErrorKind::BadToken);
}

#[tokio::test]
async fn errors_name_the_endpoint_without_its_query() {
    let server = Server::start(vec![ok("{")]).await;
    let cloud = server.cloud_with(|options| options.pace.retries = 0);
    let ticket = Secret::new("s3cret");
    let error = cloud.processing(crate::protocol::rest::projects::Processing::Upload, &ticket).await.expect_err("cut");
    assert_eq!(error.to_string(), "the answer to /v1/iot-service/api/user/notification ends in the middle; try again");
    assert!(server.lines()[0].ends_with("?action=upload&ticket=s3cret"));
}

#[tokio::test]
async fn names_cannot_change_the_address() {
    let server = Server::start(vec![ok("{}"), ok("{}")]).await;
    let cloud = server.cloud();
    cloud.task(&Id::new("1/../../x?y=1#z")).await.expect("an answer");
    cloud.tasks(&TaskQuery { serial: Some("a&limit=9".into()), ..TaskQuery::default() }).await.expect_err("no list");
    assert_eq!(
        server.lines(),
        [
            "GET /v1/user-service/my/task/1%2F..%2F..%2Fx%3Fy%3D1%23z",
            "GET /v1/user-service/my/tasks?deviceId=a%26limit%3D9",
        ]
    );
}

#[tokio::test]
async fn diagnosis_shows_everything_but_secrets() {
    let body = r#"{"devices":[{"dev_id":"01P","dev_access_code":"12345678"}],"mail":"alice@example.org"}"#;
    let server = Server::start(vec![ok(body), reply("500 Oops", "", "<html>oops"), refuse("404 Not Found")]).await;
    let cloud = server.cloud();
    let answer = cloud.raw_get("/v1/iot-service/api/user/bind?x=1").await.expect("an answer");
    let masked =
        serde_json::json!({"devices": [{"dev_id": "01P", "dev_access_code": "••••"}], "mail": "al•••@example.org"});
    assert_eq!((answer.status, answer.body), (200, masked));
    let answer = cloud.raw_get("/v1/x").await.expect("an answer");
    assert_eq!((answer.status, answer.body), (500, "<html>oops".into()));
    assert_eq!(cloud.raw_get("/v1/x").await.expect("an answer").body, serde_json::Value::Null);
    for path in
        ["https://evil.example/v1/", "//evil.example", "v1/x", "/v1/../x", "/v1/x y", "/v1/x\r\nh: v", "/v1/x#y"]
    {
        assert!(matches!(trouble(cloud.raw_get(path).await), RestErrorKind::Setup(_)), "{path}");
    }
    assert_eq!(trouble(cloud.raw_get("/v1/iot-service/api/user/applications/x/cert").await), RestErrorKind::NotOffered);
    assert_eq!(server.asked().len(), 3);
}
