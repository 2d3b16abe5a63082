//! A 3MF is a ZIP archive. It comes from outside, so everything about it is bounded: how much is read to find its
//! entries, and how much an entry may become when it is inflated.

use super::{INFO_MAX, Sliced, Unreadable, layers, read_info};
use std::{
    cell::Cell,
    io::{self, Read, Seek, SeekFrom},
};
use zip::ZipArchive;

/// Bytes that may be read to find the entries: tens of thousands of them.
const DIRECTORY_MAX: u64 = 4 << 20;
/// Bytes that may be read for one entry.
const ENTRY_MAX: u64 = 8 << 20;
/// Largest `plate_<n>.json`.
const BOXES_MAX: usize = 2 << 20;
/// How much of the G-code's head is looked at.
const HEAD: usize = 8 << 10;

/// Reads what a sliced 3MF says of its plates.
pub fn open(file: impl Read + Seek) -> Result<Sliced, Unreadable> {
    let left = Cell::new(DIRECTORY_MAX);
    let mut archive = ZipArchive::new(Bounded { file, left: &left }).map_err(|_| Unreadable::Archive)?;
    let mut entry = |name: &str, max: usize| {
        left.set(ENTRY_MAX);
        entry(&mut archive, name, max)
    };
    let (info, whole) = entry("Metadata/slice_info.config", INFO_MAX).ok_or(Unreadable::NotSliced)?;
    if !whole {
        return Err(Unreadable::Info);
    }
    let mut sliced = read_info(&info)?;
    for plate in &mut sliced.plates {
        let name = format!("Metadata/plate_{}", plate.index);
        if let Some((json, true)) = entry(&format!("{name}.json"), BOXES_MAX) {
            plate.take_places(&json);
        }
        plate.layers = entry(&format!("{name}.gcode"), HEAD).and_then(|(head, _)| layers(&head));
    }
    Ok(sliced)
}

/// The first `max` bytes of an entry, and whether that is all of it; `None` where it is missing or damaged.
fn entry(archive: &mut ZipArchive<impl Read + Seek>, name: &str, max: usize) -> Option<(Vec<u8>, bool)> {
    let mut file = archive.by_name(name).ok()?;
    let mut bytes = Vec::new();
    // One byte more tells whether there was more.
    file.by_ref().take(max as u64 + 1).read_to_end(&mut bytes).ok()?;
    let whole = bytes.len() <= max;
    bytes.truncate(max);
    Some((bytes, whole))
}

/// A file of which so many bytes may be read, wherever they are.
struct Bounded<'a, R> {
    file: R,
    left: &'a Cell<u64>,
}

impl<R: Read> Read for Bounded<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let room = buffer.len().min(self.left.get().try_into().unwrap_or(usize::MAX));
        if room == 0 && !buffer.is_empty() {
            return Err(io::Error::other("more than a 3MF needs"));
        }
        let got = self.file.read(&mut buffer[..room])?;
        self.left.set(self.left.get() - got as u64);
        Ok(got)
    }
}

impl<R: Seek> Seek for Bounded<'_, R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::plate::tests::INFO;
    use proptest::prelude::*;
    use std::{
        io::{Cursor, Write},
        sync::LazyLock,
    };
    use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

    fn packed(entries: &[(&str, &[u8])], method: CompressionMethod) -> Vec<u8> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in entries {
            zip.start_file(*name, SimpleFileOptions::default().compression_method(method)).expect("an entry");
            zip.write_all(bytes).expect("written");
        }
        zip.finish().expect("an archive").into_inner()
    }

    fn sample(method: CompressionMethod) -> Vec<u8> {
        let gcode = "; HEADER_BLOCK_START\n; total layer number: 10\n".to_owned() + &"G1 X1 Y1\n".repeat(5000);
        let boxes = br#"{"bbox_objects":[{"name":"Cylinder","bbox":[1,1,3,3]},{"name":"Cylinder","bbox":[5,5,7,7]},
            {"name":"Cube & [31m","bbox":[9,9,11,11]}]}"#;
        let entries: &[(&str, &[u8])] = &[
            ("3D/3dmodel.model", b"<model/>"),
            ("Metadata/plate_1.gcode", gcode.as_bytes()),
            ("Metadata/plate_1.json", boxes),
            ("Metadata/slice_info.config", INFO.as_bytes()),
        ];
        packed(entries, method)
    }

    #[test]
    fn a_sliced_file_gives_plates_layers_and_places() {
        for method in [CompressionMethod::Stored, CompressionMethod::Deflated] {
            let sliced = open(Cursor::new(sample(method))).expect("readable");
            let plate = &sliced.plates[0];
            assert_eq!((plate.index, plate.layers, plate.objects.len()), (1, Some(10), 3));
            assert_eq!(plate.objects[2].place.map(|p| p.middle()), Some((10, 10)));
            assert_eq!(sliced.plates[1].layers, None);
        }
    }

    #[test]
    fn other_archives_and_no_archives_are_told_apart() {
        let open = |bytes: Vec<u8>| open(Cursor::new(bytes)).expect_err("nothing to read");
        let deflated = CompressionMethod::Deflated;
        assert_eq!(open(packed(&[("3D/3dmodel.model", b"x")], deflated)), Unreadable::NotSliced);
        assert_eq!(open(packed(&[("Metadata/slice_info.config", b"x")], deflated)), Unreadable::Info);
        assert_eq!(open(b"550 no such file".to_vec()), Unreadable::Archive);
        let half = sample(deflated);
        assert_eq!(open(half[..half.len() / 2].to_vec()), Unreadable::Archive);
    }

    #[test]
    fn an_entry_that_grows_without_end_is_given_up() {
        let bomb = vec![b' '; 64 << 20];
        let bytes = packed(&[("Metadata/slice_info.config", &bomb)], CompressionMethod::Deflated);
        assert!(bytes.len() < 1 << 20);
        assert_eq!(open(Cursor::new(bytes)), Err(Unreadable::Info));
    }

    proptest! {
        #[test]
        fn no_damage_is_too_strange(at in any::<prop::sample::Index>(), with: u8, cut in any::<prop::sample::Index>()) {
            static SAMPLE: LazyLock<Vec<u8>> = LazyLock::new(|| sample(CompressionMethod::Deflated));
            let mut bytes = SAMPLE.clone();
            let place = at.index(bytes.len());
            bytes[place] = with;
            let _ = open(Cursor::new(&bytes));
            let _ = open(Cursor::new(&bytes[..cut.index(bytes.len())]));
        }
    }
}
