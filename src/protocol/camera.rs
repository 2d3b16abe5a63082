//! The JPEG camera of A1, A2L and P1 printers: TLS on port 6000, one 80-byte login, then frames.
//!
//! A frame is a 16-byte header (payload length first, little-endian) and a JPEG. Printers push pictures by
//! themselves, one in one to two seconds.

/// Bytes of the login packet.
pub const LOGIN_LEN: usize = 80;
/// Bytes of a frame header.
pub const HEADER_LEN: usize = 16;
/// Largest picture taken for real. Printers send 1280×720, well below a megabyte.
pub const MAX_FRAME: usize = 10 << 20;
/// The only user a printer knows.
pub const USER: &str = "bblp";

/// The login packet: sizes and type, then user and access code, each zero padded to 32 bytes.
pub fn login(access_code: &str) -> [u8; LOGIN_LEN] {
    let mut packet = [0; LOGIN_LEN];
    packet[0..4].copy_from_slice(&0x40_u32.to_le_bytes());
    packet[4..8].copy_from_slice(&0x3000_u32.to_le_bytes());
    for (at, text) in [(16, USER), (48, access_code)] {
        let text = &text.as_bytes()[..text.len().min(32)];
        packet[at..at + text.len()].copy_from_slice(text);
    }
    packet
}

/// User and access code of a login packet; `None` if it is not one.
pub fn read_login(packet: &[u8; LOGIN_LEN]) -> Option<(String, String)> {
    if packet[0..4] != 0x40_u32.to_le_bytes() || packet[4..8] != 0x3000_u32.to_le_bytes() {
        return None;
    }
    let text = |field: &[u8]| {
        let end = field.iter().position(|b| *b == 0).unwrap_or(field.len());
        String::from_utf8(field[..end].to_vec()).ok()
    };
    Some((text(&packet[16..48])?, text(&packet[48..80])?))
}

/// The header of a frame of `len` bytes.
pub fn frame_header(len: u32) -> [u8; HEADER_LEN] {
    let mut header = [0; HEADER_LEN];
    header[0..4].copy_from_slice(&len.to_le_bytes());
    header[8..12].copy_from_slice(&1_u32.to_le_bytes());
    header
}

/// Why the bytes are not the JPEG stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// A header announced no bytes, or more than [`MAX_FRAME`].
    #[error("a frame claims {0} bytes")]
    Size(u32),
    /// The payload does not begin and end as a JPEG does.
    #[error("a frame is not a JPEG picture")]
    NotJpeg,
}

/// Cuts a byte stream into pictures. Feed it what arrives, in pieces of any size.
#[derive(Debug, Default)]
pub struct FrameReader {
    buffer: Vec<u8>,
}

impl FrameReader {
    /// Takes in bytes.
    pub fn feed(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// The next whole picture; `Ok(None)` when more bytes are needed.
    ///
    /// After [`FrameError::NotJpeg`] the stream goes on behind the bad frame; after [`FrameError::Size`] it has lost
    /// its place and must be closed.
    pub fn next_frame(&mut self) -> Result<Option<Vec<u8>>, FrameError> {
        let Some(header) = self.buffer.first_chunk::<HEADER_LEN>() else { return Ok(None) };
        let claimed = u32::from_le_bytes([header[0], header[1], header[2], header[3]]);
        let len = claimed as usize;
        if len == 0 || len > MAX_FRAME {
            return Err(FrameError::Size(claimed));
        }
        if self.buffer.len() < HEADER_LEN + len {
            return Ok(None);
        }
        let rest = self.buffer.split_off(HEADER_LEN + len);
        let mut frame = std::mem::replace(&mut self.buffer, rest);
        frame.drain(..HEADER_LEN);
        if frame.starts_with(&[0xFF, 0xD8]) && frame.ends_with(&[0xFF, 0xD9]) {
            Ok(Some(frame))
        } else {
            Err(FrameError::NotJpeg)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn jpeg(len: usize) -> Vec<u8> {
        let mut bytes = vec![7; len.max(4)];
        bytes[..2].copy_from_slice(&[0xFF, 0xD8]);
        let end = bytes.len() - 2;
        bytes[end..].copy_from_slice(&[0xFF, 0xD9]);
        bytes
    }

    #[test]
    fn login_has_the_known_prefix_and_reads_back() {
        let packet = login("12345678");
        assert_eq!(packet[..16], [0x40, 0, 0, 0, 0, 0x30, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        assert_eq!(read_login(&packet), Some(("bblp".into(), "12345678".into())));
        assert_eq!(read_login(&[0; LOGIN_LEN]), None);
    }

    #[test]
    fn a_frame_of_two_gigabytes_is_refused_before_a_byte_is_kept() {
        let mut reader = FrameReader::default();
        reader.feed(&frame_header(0x8000_0000));
        assert_eq!(reader.next_frame(), Err(FrameError::Size(0x8000_0000)));
    }

    #[test]
    fn a_bad_frame_does_not_lose_the_next() {
        let mut reader = FrameReader::default();
        for body in [vec![1, 2, 3, 4], jpeg(9)] {
            reader.feed(&frame_header(body.len() as u32));
            reader.feed(&body);
        }
        assert_eq!(reader.next_frame(), Err(FrameError::NotJpeg));
        assert_eq!(reader.next_frame(), Ok(Some(jpeg(9))));
        assert_eq!(reader.next_frame(), Ok(None));
    }

    proptest! {
        #[test]
        fn pieces_of_any_size_give_the_same_pictures(sizes in prop::collection::vec(4_usize..300, 1..6), piece in 1_usize..64) {
            let pictures: Vec<_> = sizes.iter().map(|n| jpeg(*n)).collect();
            let stream: Vec<u8> =
                pictures.iter().flat_map(|p| frame_header(p.len() as u32).into_iter().chain(p.iter().copied())).collect();
            let mut reader = FrameReader::default();
            let mut seen = Vec::new();
            for chunk in stream.chunks(piece) {
                reader.feed(chunk);
                while let Ok(Some(frame)) = reader.next_frame() {
                    seen.push(frame);
                }
            }
            prop_assert_eq!(seen, pictures);
        }

        #[test]
        fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
            let mut reader = FrameReader::default();
            reader.feed(&bytes);
            for _ in 0..40 {
                if !matches!(reader.next_frame(), Ok(Some(_)) | Err(FrameError::NotJpeg)) { break }
            }
        }
    }
}
