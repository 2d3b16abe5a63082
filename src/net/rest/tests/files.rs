//! Files to and from the storage.

use super::*;
use crate::protocol::rest::{Link, projects::UploadUrl};

async fn storage(replies: Vec<Reply>) -> (Server, Server, Cloud) {
    let storage = Server::start(replies).await;
    let urls = format!(
        r#"{{"message":"success","urls":[{{"type":"filename","file":"part.3mf","url":"{0}/f?X-Amz-Signature=s3cret"}},
           {{"type":"size","file":"5","url":"{0}/s?X-Amz-Signature=s3cret"}}]}}"#,
        storage.url()
    );
    let api = Server::start(vec![ok(&urls)]).await;
    let cloud = api.cloud();
    (api, storage, cloud)
}

async fn link(url: &str) -> Link {
    let urls = format!(r#"{{"urls":[{{"type":"filename","url":"{url}"}}]}}"#);
    let server = Server::start(vec![ok(&urls)]).await;
    let urls: Vec<UploadUrl> = server.cloud().upload_urls("x", 1).await.expect("addresses");
    urls[0].url.clone().expect("an address")
}

#[tokio::test]
async fn a_file_and_its_size_are_put_without_anything_added() {
    let (api, storage, cloud) = storage(vec![refuse("200 OK"), refuse("200 OK")]).await;
    cloud.upload("part 1.3mf", b"hello".to_vec()).await.expect("stored");
    assert_eq!(api.lines(), ["GET /v1/iot-service/api/user/upload?filename=part%201.3mf&size=5"]);
    assert_eq!(storage.lines(), ["PUT /f?X-Amz-Signature=s3cret", "PUT /s?X-Amz-Signature=s3cret"]);
    for (asked, body, length) in [(&storage.asked()[0], "hello", 5), (&storage.asked()[1], "5", 1)] {
        assert!(asked.ends_with(&format!("\r\n\r\n{body}")), "{asked}");
        assert!(has(asked, &format!("content-length: {length}")), "{asked}");
        for other in ["authorization", "content-type", "transfer-encoding", "cookie", "expect"] {
            assert!(!names(asked, other), "{asked}");
        }
    }
}

#[tokio::test]
async fn a_refusal_of_the_storage_is_told_without_the_address() {
    let xml = "<?xml version=\"1.0\"?><Error><Code>SignatureDoesNotMatch</Code><Resource>s3cret</Resource></Error>";
    let (_api, storage, cloud) = storage(vec![reply("403 Forbidden", "content-type: application/xml\n", xml)]).await;
    let error = cloud.upload("part.3mf", b"hello".to_vec()).await.expect_err("refused");
    assert_eq!(error.endpoint, format!("127.0.0.1:{}", storage.port));
    assert_eq!(trouble::<()>(Err(error)), RestErrorKind::Storage("SignatureDoesNotMatch".into()));
    assert_eq!(storage.asked().len(), 1, "nothing is repeated, and no size without a file");
}

#[tokio::test]
async fn an_upload_without_its_two_addresses_puts_nothing() {
    let api = Server::start(vec![ok(r#"{"urls":[{"type":"filename","url":"http://127.0.0.1:1/x"}]}"#)]).await;
    let lacks = RestErrorKind::Lacks("pair of upload addresses");
    assert_eq!(trouble(api.cloud().upload("x", b"y".to_vec()).await), lacks);
}

#[tokio::test]
async fn a_picture_is_fetched_without_the_token_and_within_bounds() {
    let head = b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n".to_vec();
    let moved = reply("302 Found", "location: http://evil.example/\n", "");
    let server = Server::start(vec![ok("JPEG"), moved, Reply::Endless(head)]).await;
    let cloud = server.cloud();
    let cover = link(&format!("{}/c.jpg?sig=s3cret", server.url())).await;
    assert_eq!(&cloud.picture(&cover).await.expect("a picture")[..], b"JPEG");
    assert!(!names(&server.asked()[0], "authorization"));
    assert_eq!(trouble(cloud.picture(&cover).await), RestErrorKind::Storage("the address leads elsewhere".into()));
    assert_eq!(trouble(cloud.file(&cover, 10_000).await), RestErrorKind::TooBig);
    let open = link("http://storage.example/c.jpg?sig=s3cret").await;
    assert_eq!(trouble(cloud.picture(&open).await), RestErrorKind::Storage("the address is not encrypted".into()));
}
