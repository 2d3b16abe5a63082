//! The storage of pictures and files: links that are their own permission, and end. Whoever shows another permission
//! besides, or sends a header that was not signed for, is refused, as such storages do.

use super::answer::{ApiRequest, ApiResponse};
use super::{Cloud, files};
use crate::simulator::tls::fingerprint;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, TRANSFER_ENCODING};
use image::ImageEncoder;
use image::codecs::png::PngEncoder;

/// How long a link holds, in seconds.
const LINK_LIFE: i64 = 900;
/// Edge of a picture, in pixels.
const EDGE: u32 = 128;
/// The smallest archive there is: what every file to download holds.
const EMPTY_ZIP: &[u8] = b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";
/// Its MD5, which the API tells beside the link.
pub(super) const EMPTY_ZIP_MD5: &str = "76cdb2bad9582d23c1f6f4d868218d6c";

impl Cloud {
    /// A link to a picture that is drawn when it is asked for.
    pub(super) fn picture(&self, kind: &str, colour: &str, number: u64) -> String {
        self.link("GET", &format!("/pictures/{kind}/{colour}-{number}.png"))
    }

    /// A link that allows one thing with one path, for a while.
    pub(super) fn link(&self, method: &str, path: &str) -> String {
        let until = self.now() + LINK_LIFE;
        format!("{}{path}?Expires={until}&Signature={}", self.origins.storage, self.signature(method, path, until))
    }

    fn signature(&self, method: &str, path: &str, until: i64) -> String {
        fingerprint(format!("{} {method} {path} {until}", self.secret).as_bytes())
    }
}

/// Answers for the storage.
pub(super) fn answer(cloud: &Cloud, ask: &ApiRequest) -> ApiResponse {
    let mismatch = || ApiResponse::xml(403, "SignatureDoesNotMatch", "The signature does not match what was asked for");
    if ask.headers.contains_key(AUTHORIZATION) {
        return ApiResponse::xml(400, "InvalidArgument", "Only one auth mechanism allowed");
    }
    let until = ask.query("Expires").and_then(|text| text.parse().ok()).unwrap_or(0);
    if ask.query("Signature") != Some(&cloud.signature(ask.method.as_str(), &ask.path, until)) {
        return mismatch();
    }
    if cloud.now() > until {
        return ApiResponse::xml(403, "AccessDenied", "Request has expired");
    }
    match (ask.method.as_str(), ask.segments().as_slice()) {
        ("GET", ["pictures", kind, name]) => match read_name(name) {
            Some((color, number)) => ApiResponse::bytes("image/png", png(kind, color, number)),
            None => ApiResponse::xml(404, "NoSuchKey", "The key does not exist"),
        },
        ("GET", ["files", ..]) => ApiResponse::bytes("application/octet-stream", EMPTY_ZIP),
        ("PUT", ["uploads", ticket, part]) => {
            if ask.headers.contains_key(TRANSFER_ENCODING) {
                return ApiResponse::xml(501, "NotImplemented", "Transfer-Encoding is not implemented");
            }
            let plain = *part == "size" && ask.header(CONTENT_TYPE) == Some("text/plain");
            if ask.headers.contains_key(CONTENT_TYPE) && !plain {
                return mismatch();
            }
            cloud.files(|files| files::store(files, ticket, part, &ask.body));
            ApiResponse::empty(200)
        }
        _ => ApiResponse::xml(404, "NoSuchKey", "The key does not exist"),
    }
}

/// `RRGGBB-NUMBER.png`.
fn read_name(name: &str) -> Option<([u8; 3], u64)> {
    let (color, number) = name.strip_suffix(".png")?.split_once('-')?;
    let part = |at: usize| u8::from_str_radix(color.get(at..at + 2)?, 16).ok();
    Some(([part(0)?, part(2)?, part(4)?], number.parse().ok()?))
}

/// A picture on nothing: a head, or towers of which each number has its own.
fn png(kind: &str, color: [u8; 3], number: u64) -> Vec<u8> {
    let hash = fingerprint(&number.to_be_bytes());
    let byte = |i: usize| hash.get(2 * i..2 * i + 2).and_then(|hex| i64::from_str_radix(hex, 16).ok()).unwrap_or(0);
    let heights: Vec<i64> = (0..6).map(|i| 16 + byte(i) % 76).collect();
    let mut pixels = Vec::with_capacity((EDGE * EDGE * 4) as usize);
    for y in 0..i64::from(EDGE) {
        for x in 0..i64::from(EDGE) {
            let shade = if kind == "avatar" { head(x, y) } else { tower(x, y, &heights) };
            let part = |c: u8| (i64::from(c) * shade.unwrap_or(0) / 100).min(255) as u8;
            pixels.extend([part(color[0]), part(color[1]), part(color[2]), if shade.is_some() { 255 } else { 0 }]);
        }
    }
    let mut bytes = Vec::new();
    // Writing into memory cannot fail; an empty picture would be noticed by every client.
    let _ = PngEncoder::new(&mut bytes).write_image(&pixels, EDGE, EDGE, image::ExtendedColorType::Rgba8);
    bytes
}

/// How bright a point is, in percent; none where there is nothing.
fn head(x: i64, y: i64) -> Option<i64> {
    let round = |cx: i64, cy: i64, r: i64| (x - cx).pow(2) + (y - cy).pow(2) < r * r;
    (round(64, 46, 24) || round(64, 120, 46)).then_some(100)
}

fn tower(x: i64, y: i64, heights: &[i64]) -> Option<i64> {
    let column = (x - 16) / 16;
    if x < 16 || column >= heights.len() as i64 {
        return None;
    }
    let top = 108 - heights[column as usize];
    match y - top {
        _ if y >= 108 => None,
        i64::MIN..0 => None,
        0..4 => Some(125),
        _ => Some(if (x - 16) % 16 < 12 { 95 } else { 70 }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_small_have_holes_and_differ() {
        let picture = |kind, number| png(kind, [255, 106, 19], number);
        let image = image::load_from_memory(&picture("cover", 7)).unwrap().into_rgba8();
        assert_eq!((image.width(), image.height()), (EDGE, EDGE));
        assert_eq!((image.get_pixel(0, 0).0[3], image.get_pixel(64, 100).0[3]), (0, 255));
        assert!(picture("cover", 7).len() < 8000);
        assert!(picture("cover", 7) != picture("cover", 8) && picture("cover", 7) != picture("avatar", 7));
        assert_eq!(read_name("FF6A13-12.png"), Some(([255, 106, 19], 12)));
        for junk in ["", "x.png", "é6A13-1.png", "FF6A13-x.png", "FF6A13-1"] {
            assert_eq!(read_name(junk), None);
        }
    }
}
