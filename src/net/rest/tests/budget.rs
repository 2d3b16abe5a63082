//! How often the server is asked, and what is known without asking.

use super::*;
use crate::protocol::rest::Id;

#[tokio::test]
async fn a_young_answer_is_given_again() {
    let server = Server::start(vec![ok(DEVICES), ok(r#"{"devices":[]}"#), ok(r#"{"devices":[]}"#)]).await;
    let cloud = server.cloud();
    for _ in 0..5 {
        assert_eq!(cloud.devices().await.expect("devices").len(), 1);
    }
    assert_eq!(server.asked().len(), 1);
    cloud.forget();
    assert_eq!(cloud.devices().await.expect("devices").len(), 0);
    // What was somebody else's is not given to the next.
    cloud.set_token(Some(Secret::new("AADanother-token")));
    cloud.devices().await.expect("devices");
    assert_eq!(server.asked().len(), 3);
    assert!(has(&server.asked()[2], "authorization: Bearer AADanother-token"));
}

#[tokio::test]
async fn many_who_ask_the_same_at_once_make_one_call() {
    let server = Server::start(vec![ok(r#"{"uid":7}"#), ok(r#"{"uid":8}"#)]).await;
    let cloud = server.cloud();
    let all = futures_util::future::join_all((0..6).map(|_| cloud.preference())).await;
    // Two may be under way at once; the others find an answer.
    assert!(server.asked().len() <= 2);
    assert!(all.iter().all(|one| one.as_ref().is_ok_and(|one| one.uid.is_some())));
}

#[tokio::test]
async fn a_change_makes_old_answers_untrue() {
    let server = Server::start(vec![ok(DEVICES), ok(r#"{"message":"success"}"#), ok(DEVICES)]).await;
    let cloud = server.cloud();
    cloud.devices().await.expect("devices");
    cloud.rename_device("01P00A000000001", "New \"name\"").await.expect("renamed");
    cloud.devices().await.expect("devices");
    assert_eq!(
        server.lines(),
        [
            "GET /v1/iot-service/api/user/bind",
            "PATCH /v1/iot-service/api/user/device/info",
            "GET /v1/iot-service/api/user/bind",
        ]
    );
    let patch = &server.asked()[1];
    assert!(has(patch, "content-type: application/json"));
    assert!(patch.ends_with(r#"{"dev_id":"01P00A000000001","name":"New \"name\""}"#), "{patch}");
}

#[tokio::test]
async fn an_answer_that_has_not_changed_is_not_sent_again() {
    let tagged = reply("200 OK", "etag: \"v1\"\n", r#"{"id":5}"#);
    let server = Server::start(vec![tagged, refuse("304 Not Modified"), ok(r#"{"id":6}"#)]).await;
    let cloud = server.cloud();
    let id = Id::new("5");
    for expected in [5, 5, 6] {
        assert_eq!(cloud.device_task(&id).await.expect("a task")["id"], expected);
    }
    let asked = server.asked();
    assert!(!names(&asked[0], "if-none-match"));
    assert!(has(&asked[1], "if-none-match: \"v1\"") && has(&asked[2], "if-none-match: \"v1\""));
}

#[tokio::test]
async fn a_304_without_having_asked_is_no_answer() {
    let server = Server::start(vec![refuse("304 Not Modified")]).await;
    assert_eq!(trouble(server.cloud().devices().await), RestErrorKind::Status);
}

#[tokio::test]
async fn the_reserve_ends_and_says_for_how_long() {
    let server = Server::start(vec![ok(DEVICES); 9]).await;
    let cloud = server.cloud();
    let mut last = None;
    for _ in 0..9 {
        cloud.forget();
        last = cloud.devices().await.err();
    }
    assert!(server.asked().len() <= 5, "{:?}", server.lines());
    let error = last.expect("no more");
    assert!(matches!(error.trouble, RestErrorKind::Budget { wait_s: 1..=60 }), "{error:?}");
    assert!(error.wait_s().is_some() && error.is_transient());
}

#[tokio::test]
async fn a_server_that_wants_quiet_gets_it() {
    let html = reply("403 Forbidden", "content-type: text/html\n", "<html>Just a moment...");
    for (first, wait) in [(html, 600), (reply("429 Busy", "retry-after: 90\n", ""), 90)] {
        let server = Server::start(vec![first, ok(DEVICES)]).await;
        let cloud = server.cloud();
        assert_eq!(cloud.preference().await.expect_err("quiet").wait_s(), Some(wait));
        let error = cloud.devices().await.expect_err("not asked");
        assert!(error.wait_s().is_some_and(|left| left <= wait && left + 30 > wait), "{error:?}");
        assert_eq!(server.asked().len(), 1);
    }
}

#[tokio::test]
async fn a_token_that_has_expired_is_not_sent_again() {
    let gone = reply("401 Unauthorized", "", r#"{"code":4,"error":"Please login."}"#);
    let server = Server::start(vec![gone, ok(DEVICES)]).await;
    let cloud = server.cloud();
    assert_eq!(trouble(cloud.preference().await), RestErrorKind::Expired);
    assert_eq!(trouble(cloud.devices().await), RestErrorKind::Expired);
    assert_eq!(server.asked().len(), 1);
    cloud.set_token(Some(Secret::new("AADanother-token")));
    assert_eq!(cloud.devices().await.expect("devices").len(), 1);
}

#[tokio::test]
async fn a_token_that_may_yet_be_good_is_left_in_peace_for_a_while() {
    let server = Server::start([vec![refuse("401 Unauthorized"); 3], vec![ok(DEVICES)]].concat()).await;
    let cloud = server.cloud();
    assert_eq!(trouble(cloud.preference().await), RestErrorKind::Expired);
    assert_eq!(trouble(cloud.devices().await), RestErrorKind::Expired);
    assert_eq!(server.asked().len(), 3);
    // The pause is over.
    cloud.0.state().refused_until = Some(Duration::ZERO);
    assert_eq!(cloud.devices().await.expect("devices").len(), 1);
    assert_eq!(cloud.0.state().refused_until, None);
}

#[tokio::test]
async fn a_refused_refresh_does_not_mean_that_the_token_is_bad() {
    let gone = reply("401 Unauthorized", "", r#"{"code":4,"error":"Please login."}"#);
    let server = Server::start(vec![gone, ok(DEVICES)]).await;
    let cloud = server.cloud();
    assert_eq!(trouble(cloud.refresh_token().await.map(drop)), RestErrorKind::Expired);
    assert_eq!(cloud.devices().await.expect("devices").len(), 1);
}
