//! Files on their way to and from the cloud's storage. The addresses are signed, so nothing is added to them: no token,
//! no content type, no chunks.

use super::{
    Cloud,
    client::trouble,
    limits::Class,
    send::{Call, RawResponse, read},
};
use crate::protocol::{
    rest::{
        Link, RestError, RestErrorKind, mask,
        projects::{self, UploadUrl},
        region,
    },
    wire::clean,
};
use bytes::Bytes;
use reqwest::{Method, Response};

/// The largest picture that is fetched.
const LARGEST_PICTURE: usize = 8 * 1024 * 1024;

impl Cloud {
    /// The signed addresses that a file of this name and size goes to. **C**
    ///
    /// `GET /v1/iot-service/api/user/upload?filename=&size=` (bytes)
    pub async fn upload_urls(&self, name: &str, size: u64) -> Result<Vec<UploadUrl>, RestError> {
        let path = format!("/v1/iot-service/api/user/upload{}", projects::upload_query(name, size));
        self.list(Call::get(path, Class::Upload), &["urls"], "upload addresses").await
    }

    /// Stores a file in the account's cloud space: asks for the two addresses, and puts the file to the one and its size
    /// to the other. Prints nothing. Never repeated. **C**
    pub async fn upload(&self, name: &str, file: impl Into<Bytes>) -> Result<(), RestError> {
        let file: Bytes = file.into();
        let size = file.len();
        let urls = self.upload_urls(name, size as u64).await?;
        let (to, size_to) = projects::upload_pair(&urls).ok_or_else(|| {
            RestError::at("/v1/iot-service/api/user/upload", None, RestErrorKind::Lacks("pair of upload addresses"))
        })?;
        self.put(to, file).await?;
        self.put(size_to, Bytes::from(size.to_string())).await
    }

    /// Puts bytes to a signed address, such as that of a new project.
    pub async fn put(&self, to: &Link, bytes: Bytes) -> Result<(), RestError> {
        self.storage(Method::PUT, to, Some(bytes), 64 * 1024).await.map(drop)
    }

    /// Fetches a picture from a signed address, such as the cover of a print: without the token, at most 8 MiB.
    pub async fn picture(&self, from: &Link) -> Result<Bytes, RestError> {
        self.file(from, LARGEST_PICTURE).await
    }

    /// Fetches a file from a signed address, if it is not larger than `largest` bytes.
    pub async fn file(&self, from: &Link, largest: usize) -> Result<Bytes, RestError> {
        self.storage(Method::GET, from, None, largest).await.map(|got| got.body)
    }

    async fn storage(
        &self,
        method: Method,
        at: &Link,
        body: Option<Bytes>,
        largest: usize,
    ) -> Result<RawResponse, RestError> {
        // The path of a signed address says whose file it is; the host is enough for an error.
        let endpoint = mask::host(at.expose()).unwrap_or_else(|| "the storage".to_owned());
        let fail = |status, trouble| RestError::at(endpoint.clone(), status, trouble);
        if !region::is_safe(at.expose()) {
            return Err(fail(None, RestErrorKind::Storage("the address is not encrypted".to_owned())));
        }
        let client = self.0.client().await.map_err(|e| fail(None, e))?;
        let mut request = client.request(method, at.expose()).timeout(self.0.pace.storage);
        if let Some(body) = body {
            request = request.body(body);
        }
        let response = request.send().await.map_err(|e| fail(None, trouble(e)))?;
        let status = response.status();
        if status.is_success() {
            return read(response, largest).await.map_err(|e| fail(Some(status.as_u16()), e));
        }
        let why = refusal(response).await;
        Err(fail(Some(status.as_u16()), RestErrorKind::Storage(why)))
    }
}

/// `<Code>SignatureDoesNotMatch</Code>` of the XML that storages answer with.
async fn refusal(response: Response) -> String {
    if response.status().is_redirection() {
        return "the address leads elsewhere".to_owned();
    }
    let Ok(got) = read(response, 64 * 1024).await else { return String::new() };
    let text = String::from_utf8_lossy(&got.body);
    let code = text.split_once("<Code>").and_then(|(_, rest)| rest.split_once("</Code>")).map(|(code, _)| code);
    clean(code.filter(|code| code.len() <= 64).unwrap_or_default())
}
