//! Where the token may go, and where not.

use super::*;

fn to(location: &str) -> Reply {
    reply("302 Found", &format!("location: {location}\n"), "")
}

#[tokio::test]
async fn a_redirect_to_another_host_is_not_followed() {
    let other = Server::start(vec![ok(DEVICES); 9]).await;
    for (location, host) in [
        (other.url(), "127.0.0.1"),
        (format!("http://localhost:{}/v1/x", other.port), "localhost"),
        ("https://127.0.0.1:PORT/v1/x".to_owned(), "127.0.0.1"),
        ("//evil.example/x".to_owned(), "evil.example"),
        ("https://user:pw@evil.example/".to_owned(), "evil.example"),
    ] {
        let server = Server::start(vec![to(&location)]).await;
        let error = server.cloud().devices().await.expect_err("not followed");
        assert_eq!(error.trouble, RestErrorKind::Redirect { host: host.into() }, "{location}");
        assert!(error.to_string().contains(host) && !error.to_string().contains("pw"), "{error}");
        assert_eq!(server.asked().len(), 1);
    }
    assert!(other.asked().is_empty(), "{:?}", other.asked());
}

#[tokio::test]
async fn redirects_within_the_host_are_followed_but_not_for_ever() {
    let server = Server::start(vec![to("/v2/devices"), to("http://127.0.0.1:PORT/v3"), ok(DEVICES)]).await;
    assert_eq!(server.cloud().devices().await.expect("devices").len(), 1);
    assert_eq!(server.lines(), ["GET /v1/iot-service/api/user/bind", "GET /v2/devices", "GET /v3"]);
    assert!(server.asked().iter().all(|asked| has(asked, &format!("authorization: Bearer {TOKEN}"))));
    let server = Server::start(vec![to("/again"); 20]).await;
    assert_eq!(trouble(server.cloud().devices().await), RestErrorKind::Status);
    assert_eq!(server.asked().len(), 4);
    for location in ["", "location: http://[\n"] {
        let server = Server::start(vec![reply("302 Found", location, "")]).await;
        assert_eq!(trouble(server.cloud().devices().await), RestErrorKind::Status);
    }
}
