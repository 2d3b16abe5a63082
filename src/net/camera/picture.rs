//! From a JPEG to a picture of the size that is shown: off the loop, two at a time, and never trusting the bytes.

use crate::state::printer::camera::{Picture, PictureSize};
use image::{ImageFormat, ImageReader, Limits};
use std::{io::Cursor, sync::Arc};
use tokio::sync::Semaphore;

/// Cameras send 1280×720. Nothing above this is decoded.
const LARGEST_SIDE: u32 = 4096;
const MOST_MEMORY: u64 = 128 << 20;
/// So many pictures are decoded at the same time.
const AT_ONCE: usize = 2;

/// Why there is no picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the bytes are no picture")]
pub(in crate::net) struct NoPicture;

/// Decodes for all cameras. A clone is another handle to the same queue.
#[derive(Debug, Clone)]
pub(in crate::net) struct Decoder(Arc<Semaphore>);

impl Default for Decoder {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(AT_ONCE)))
    }
}

impl Decoder {
    /// Decodes and scales down to fit into `size`. A decoder that panics has found no picture.
    pub(in crate::net) async fn decode(self, jpeg: Arc<[u8]>, size: PictureSize) -> Result<Picture, NoPicture> {
        let permit = self.0.acquire_owned().await.map_err(|_| NoPicture)?;
        let work = tokio::task::spawn_blocking(move || {
            let picture = decode(jpeg, size);
            drop(permit);
            picture
        });
        work.await.unwrap_or(Err(NoPicture))
    }
}

fn reader(jpeg: &[u8]) -> ImageReader<Cursor<&[u8]>> {
    // Cameras send JPEG; covers of the cloud are PNG.
    let format = if jpeg.starts_with(b"\x89PNG") { ImageFormat::Png } else { ImageFormat::Jpeg };
    let mut reader = ImageReader::with_format(Cursor::new(jpeg), format);
    let mut limits = Limits::default();
    limits.max_image_width = Some(LARGEST_SIDE);
    limits.max_image_height = Some(LARGEST_SIDE);
    limits.max_alloc = Some(MOST_MEMORY);
    reader.limits(limits);
    reader
}

fn decode(jpeg: Arc<[u8]>, size: PictureSize) -> Result<Picture, NoPicture> {
    // The header first: a few bytes may claim a huge picture.
    let (width, height) = reader(&jpeg).into_dimensions().map_err(|_| NoPicture)?;
    if width == 0 || height == 0 || width > LARGEST_SIDE || height > LARGEST_SIDE {
        return Err(NoPicture);
    }
    let image = reader(&jpeg).decode().map_err(|_| NoPicture)?.into_rgb8();
    let source = PictureSize { width: image.width() as u16, height: image.height() as u16 };
    let size = fit(source, size);
    let pixels = shrink(image.as_raw(), source, size);
    Ok(Picture { size, pixels, jpeg, source })
}

/// The largest size with the aspect ratio of `source` that fits into `room`; never larger than `source`, never empty.
fn fit(source: PictureSize, room: PictureSize) -> PictureSize {
    let (sw, sh) = (u32::from(source.width).max(1), u32::from(source.height).max(1));
    let (rw, rh) = (u32::from(room.width).clamp(1, sw), u32::from(room.height).clamp(1, sh));
    // Compare rw / sw with rh / sh without rounding.
    let (width, height) =
        if rw * sh <= rh * sw { (rw, (sh * rw + sw / 2) / sw) } else { ((sw * rh + sh / 2) / sh, rh) };
    PictureSize { width: width.clamp(1, rw) as u16, height: height.clamp(1, rh) as u16 }
}

/// Box filter: every pixel is the mean of those it stands for. `to` is not larger than `from`.
fn shrink(rgb: &[u8], from: PictureSize, to: PictureSize) -> Vec<[u8; 3]> {
    let (fw, fh) = (usize::from(from.width), usize::from(from.height));
    let (tw, th) = (usize::from(to.width), usize::from(to.height));
    let (rows, _) = rgb.as_chunks::<3>();
    let mut out = Vec::with_capacity(tw * th);
    for y in 0..th {
        let (top, bottom) = (y * fh / th, (y + 1) * fh / th);
        for x in 0..tw {
            let (left, right) = (x * fw / tw, (x + 1) * fw / tw);
            let (mut red, mut green, mut blue) = (0_u32, 0, 0);
            for row in top..bottom {
                for [r, g, b] in rows.get(row * fw + left..row * fw + right).unwrap_or_default() {
                    red += u32::from(*r);
                    green += u32::from(*g);
                    blue += u32::from(*b);
                }
            }
            let count = (((bottom - top) * (right - left)) as u32).max(1);
            out.push([red, green, blue].map(|sum| ((sum + count / 2) / count) as u8));
        }
    }
    out
}

#[cfg(test)]
pub(in crate::net) mod tests {
    use super::*;
    use image::{Rgb, RgbImage, codecs::jpeg::JpegEncoder};
    use proptest::prelude::*;

    /// A real JPEG with a bright left half; `shade` tells pictures apart.
    pub(in crate::net) fn jpeg(width: u32, height: u32, shade: u8) -> Vec<u8> {
        let image =
            RgbImage::from_fn(
                width,
                height,
                |x, _| {
                    if x < width / 2 { Rgb([250, shade, 20]) } else { Rgb([5, shade, 20]) }
                },
            );
        let mut bytes = Vec::new();
        JpegEncoder::new_with_quality(&mut bytes, 90).encode_image(&image).unwrap();
        bytes
    }

    fn size(width: u16, height: u16) -> PictureSize {
        PictureSize { width, height }
    }

    #[test]
    fn a_picture_is_scaled_into_the_room_and_keeps_its_shape() {
        let picture = decode(jpeg(320, 180, 100).into(), size(80, 80)).unwrap();
        assert_eq!((picture.size, picture.source), (size(80, 45), size(320, 180)));
        assert_eq!(picture.pixels.len(), 80 * 45);
        let near = |pixel: [u8; 3], want: [u8; 3]| pixel.iter().zip(want).all(|(a, b)| a.abs_diff(b) < 12);
        assert!(near(picture.pixels[10], [250, 100, 20]), "{:?}", picture.pixels[10]);
        assert!(near(picture.pixels[70], [5, 100, 20]), "{:?}", picture.pixels[70]);
    }

    #[test]
    fn sizes_fit_exactly_and_are_never_empty_or_blown_up() {
        assert_eq!(fit(size(1280, 720), size(160, 90)), size(160, 90));
        assert_eq!(fit(size(1280, 720), size(160, 40)), size(71, 40));
        assert_eq!(fit(size(100, 50), size(4000, 4000)), size(100, 50));
        assert_eq!(fit(size(4096, 1), size(10, 10)), size(10, 1));
        assert_eq!(fit(size(1280, 720), size(0, 0)), size(1, 1));
    }

    #[test]
    fn a_picture_that_claims_to_be_huge_is_not_decoded() {
        let mut bytes = jpeg(16, 16, 9);
        let frame = bytes.windows(2).position(|pair| pair == [0xFF, 0xC0]).unwrap();
        bytes[frame + 5..frame + 9].copy_from_slice(&[0xFF, 0xFF, 0xFF, 0xFF]);
        assert_eq!(decode(bytes.into(), size(10, 10)), Err(NoPicture));
    }

    #[tokio::test]
    async fn garbage_is_no_picture() {
        for bytes in [&b""[..], b"\xFF\xD8\xFF\xD9", b"GIF89a", &[0xFF; 200]] {
            assert_eq!(Decoder::default().decode(bytes.into(), size(10, 10)).await, Err(NoPicture));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn damaged_pictures_never_panic(keep in 0_usize..900, at in 0_usize..900, byte in any::<u8>()) {
            let mut bytes = jpeg(32, 24, 77);
            let last = bytes.len() - 1;
            bytes[at.min(last)] = byte;
            bytes.truncate(keep);
            let _ = decode(bytes.into(), size(8, 8));
        }

        #[test]
        fn every_pixel_has_a_source(fw in 1_u16..60, fh in 1_u16..60, rw in 0_u16..80, rh in 0_u16..80) {
            let (from, room) = (size(fw, fh), size(rw, rh));
            let to = fit(from, room);
            prop_assert!(to.width <= rw.max(1) && to.height <= rh.max(1));
            let rgb = vec![200; usize::from(fw) * usize::from(fh) * 3];
            let pixels = shrink(&rgb, from, to);
            prop_assert_eq!(pixels.len(), usize::from(to.width) * usize::from(to.height));
            prop_assert!(pixels.iter().all(|pixel| *pixel == [200; 3]));
        }
    }
}
