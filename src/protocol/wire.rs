//! Reading JSON that is almost right, and merging what was read.
//!
//! Printers send numbers as strings, objects as numbers, and leave out what did not change. So every field is an
//! `Option`, a value of an unexpected type counts as absent, and one wrong field never loses the others. The `wire!`
//! macro writes a struct, its tolerant reader and its merge from one list of keys; `fields!` leaves the merge out.

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::{borrow::Cow, cell::Cell, fmt, marker::PhantomData};

/// A value that can be read from JSON of any type, or refuses it (`None`).
pub(crate) trait Read: Sized {
    /// So many of these a list holds at most; what comes after them is dropped and counted.
    const MOST: usize = 4096;

    fn from_int(_: i64) -> Option<Self> {
        None
    }
    fn from_float(_: f64) -> Option<Self> {
        None
    }
    fn from_bool(_: bool) -> Option<Self> {
        None
    }
    fn from_text(_: &str) -> Option<Self> {
        None
    }
    fn from_map<'de, A: MapAccess<'de>>(mut map: A) -> Result<Option<Self>, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(None)
    }
    fn from_seq<'de, A: SeqAccess<'de>>(mut seq: A) -> Result<Option<Self>, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }
}

/// How a value takes in a newer one. Returns whether it changed. `full`: the newer one is from a full report.
pub(crate) trait Merge: PartialEq + Sized {
    fn merge(&mut self, newer: Self, full: bool) -> bool {
        let _ = full;
        let changed = *self != newer;
        *self = newer;
        changed
    }
}

/// Absent keeps; present goes in.
pub(crate) fn merge_field<T: Merge>(old: &mut Option<T>, newer: Option<T>, full: bool) -> bool {
    match (old.as_mut(), newer) {
        (_, None) => false,
        (Some(old), Some(newer)) => old.merge(newer, full),
        (None, newer) => {
            *old = newer;
            true
        }
    }
}

/// What reading one JSON value gave.
pub(crate) struct Maybe<T>(pub(crate) Option<T>);

impl<'de, T: Read> Deserialize<'de> for Maybe<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyType(PhantomData))
    }
}

struct AnyType<T>(PhantomData<T>);

impl<'de, T: Read> Visitor<'de> for AnyType<T> {
    type Value = Maybe<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }
    fn visit_i64<E>(self, v: i64) -> Result<Maybe<T>, E> {
        Ok(Maybe(T::from_int(v)))
    }
    fn visit_u64<E>(self, v: u64) -> Result<Maybe<T>, E> {
        Ok(Maybe(i64::try_from(v).map_or_else(|_| T::from_float(v as f64), T::from_int)))
    }
    fn visit_f64<E>(self, v: f64) -> Result<Maybe<T>, E> {
        Ok(Maybe(T::from_float(v)))
    }
    fn visit_bool<E>(self, v: bool) -> Result<Maybe<T>, E> {
        Ok(Maybe(T::from_bool(v)))
    }
    fn visit_str<E>(self, v: &str) -> Result<Maybe<T>, E> {
        Ok(Maybe(T::from_text(v)))
    }
    fn visit_unit<E>(self) -> Result<Maybe<T>, E> {
        Ok(Maybe(None))
    }
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Maybe<T>, A::Error> {
        T::from_map(map).map(Maybe)
    }
    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Maybe<T>, A::Error> {
        T::from_seq(seq).map(Maybe)
    }
}

/// An object key, borrowed where the JSON has no escapes in it.
pub(crate) struct Key<'a>(pub(crate) Cow<'a, str>);

impl<'de> Deserialize<'de> for Key<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl<'de> Visitor<'de> for Text {
            type Value = Key<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a key")
            }
            fn visit_borrowed_str<E>(self, v: &'de str) -> Result<Key<'de>, E> {
                Ok(Key(Cow::Borrowed(v)))
            }
            fn visit_str<E>(self, v: &str) -> Result<Key<'de>, E> {
                Ok(Key(Cow::Owned(v.to_owned())))
            }
        }
        deserializer.deserialize_str(Text)
    }
}

/// Longest text kept from outside, in bytes. File names are at most 255.
const TEXT_MAX: usize = 512;

/// Whether a character could steer a terminal, or hide or reorder what a person reads: C0, DEL and C1 codes, line and
/// paragraph separators, annotation marks, and whatever Unicode calls ignorable by default: marks and overrides of the
/// direction of writing, zero-width marks, fillers, the soft hyphen, variation selectors, tag characters. Line breaks and
/// tabs are among them.
pub fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}'..='\u{1160}' | '\u{17B4}'..='\u{17B5}'
            | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
            | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFB}'
            | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E0FFF}')
}

/// Text from outside, made safe to show: one line without any character that [`is_hidden`]; runs of line breaks become
/// one space.
pub fn clean(text: &str) -> String {
    clean_to(text, TEXT_MAX)
}

/// The same for text that may be longer, of about so many bytes at most.
pub(crate) fn clean_to(text: &str, longest: usize) -> String {
    let mut out = String::with_capacity(text.len().min(longest));
    for c in text.chars() {
        if out.len() >= longest {
            break;
        }
        if matches!(c, '\n' | '\r' | '\t' | '\u{2028}' | '\u{2029}') {
            if !out.ends_with(' ') {
                out.push(' ');
            }
        } else if !is_hidden(c) {
            out.push(c);
        }
    }
    out
}

impl Read for String {
    const MOST: usize = 256;

    fn from_text(v: &str) -> Option<Self> {
        Some(clean(v))
    }
    fn from_int(v: i64) -> Option<Self> {
        Some(v.to_string())
    }
    fn from_float(v: f64) -> Option<Self> {
        Some(v.to_string())
    }
}
impl Merge for String {}

impl Read for f64 {
    fn from_int(v: i64) -> Option<Self> {
        Some(v as Self)
    }
    fn from_float(v: f64) -> Option<Self> {
        v.is_finite().then_some(v)
    }
    fn from_text(v: &str) -> Option<Self> {
        v.trim().parse().ok().and_then(Self::from_float)
    }
}
impl Merge for f64 {}

impl Read for i64 {
    fn from_int(v: i64) -> Option<Self> {
        Some(v)
    }
    fn from_float(v: f64) -> Option<Self> {
        // Beyond 2^53 a float has lost digits; such a number is no id or count any more.
        (v.abs() <= 9_007_199_254_740_992.0).then_some(v as Self)
    }
    fn from_text(v: &str) -> Option<Self> {
        let v = v.trim();
        v.parse().ok().or_else(|| v.parse().ok().and_then(Self::from_float))
    }
}
impl Merge for i64 {}

impl Read for bool {
    fn from_bool(v: bool) -> Option<Self> {
        Some(v)
    }
    fn from_int(v: i64) -> Option<Self> {
        Some(v != 0)
    }
    fn from_text(v: &str) -> Option<Self> {
        match v.trim().to_ascii_lowercase().as_str() {
            "true" | "1" | "enable" | "on" => Some(true),
            "false" | "0" | "disable" | "off" => Some(false),
            _ => None,
        }
    }
}
impl Merge for bool {}

/// A bit field written as hexadecimal text, with or without `0x`. A plain JSON number is read as the digits it shows,
/// since some firmware drops the quotes of a text that has decimal digits only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Hex(pub u128);

impl Hex {
    /// Whether a bit is set; bit 0 is the lowest.
    pub fn bit(self, bit: u32) -> bool {
        self.0.checked_shr(bit).unwrap_or(0) & 1 == 1
    }

    /// `len` bits from `low` up.
    pub fn bits(self, low: u32, len: u32) -> u32 {
        (self.0.checked_shr(low).unwrap_or(0) & ((1 << len) - 1)) as u32
    }
}

impl Read for Hex {
    fn from_text(v: &str) -> Option<Self> {
        let v = v.trim();
        let v = v.strip_prefix("0x").or_else(|| v.strip_prefix("0X")).unwrap_or(v);
        // Fields grow with new firmware: keep the low 128 bits.
        let low = v.len().checked_sub(32).map_or(v, |cut| v.get(cut..).unwrap_or(""));
        u128::from_str_radix(low, 16).ok().map(Self)
    }
    fn from_int(v: i64) -> Option<Self> {
        Self::from_text(&v.to_string())
    }
}
impl Merge for Hex {}

/// Two 16-bit numbers in one: the current value in the low half, the target in the high half.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Packed(pub i64);

impl Packed {
    /// The value now.
    pub fn current(self) -> f64 {
        (self.0 & 0xFFFF) as f64
    }

    /// The value aimed at.
    pub fn target(self) -> f64 {
        (self.0 >> 16 & 0xFFFF) as f64
    }
}

impl Read for Packed {
    fn from_int(v: i64) -> Option<Self> {
        Some(Self(v))
    }
    fn from_float(v: f64) -> Option<Self> {
        i64::from_float(v).map(Self)
    }
    fn from_text(v: &str) -> Option<Self> {
        i64::from_text(v).map(Self)
    }
}
impl Merge for Packed {}

impl<T: Read> Read for Vec<T> {
    fn from_seq<'de, A: SeqAccess<'de>>(mut seq: A) -> Result<Option<Self>, A::Error> {
        let mut out = Self::new();
        while out.len() < T::MOST {
            match seq.next_element()? {
                Some(Maybe(item)) => out.extend(item),
                None => break,
            }
        }
        drop_rest(&mut seq)?;
        note(|size| size.kept += out.capacity() * size_of::<T>());
        Ok(Some(out))
    }
}
impl<T: PartialEq> Merge for Vec<T> {}

/// What reading a message took.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Size {
    /// Bytes of the lists that were kept, without the texts in them.
    pub(crate) kept: usize,
    /// Elements that were dropped because a list was full.
    pub(crate) dropped: usize,
}

thread_local! {
    /// Readers hand nothing on but values; reading is one call, so what it takes is noted beside it.
    static SIZE: Cell<Size> = const { Cell::new(Size { kept: 0, dropped: 0 }) };
}

fn note(change: impl FnOnce(&mut Size)) {
    let mut size = SIZE.get();
    change(&mut size);
    SIZE.set(size);
}

/// Reads something and tells what that took.
pub(crate) fn sized<T>(read: impl FnOnce() -> T) -> (T, Size) {
    SIZE.set(Size::default());
    let out = read();
    (out, SIZE.take())
}

/// Skips what is left of a list that is full.
pub(crate) fn drop_rest<'de, A: SeqAccess<'de>>(seq: &mut A) -> Result<(), A::Error> {
    let mut dropped = 0;
    while seq.next_element::<IgnoredAny>()?.is_some() {
        dropped += 1;
    }
    note(|size| size.dropped += dropped);
    Ok(())
}

/// An element that a list knows by its id.
pub(crate) trait HasId {
    fn id(&self) -> Option<i64>;
}

/// A list whose elements are merged by id, because firmware sends parts of elements. A delta adds and changes; only a
/// full report takes away. Of two elements with one id in the same message the first counts.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ById<T>(pub Vec<T>);

impl<T: Read + HasId> Read for ById<T> {
    fn from_seq<'de, A: SeqAccess<'de>>(seq: A) -> Result<Option<Self>, A::Error> {
        let Some(read) = Vec::<T>::from_seq(seq)? else { return Ok(None) };
        let mut list = Vec::with_capacity(read.len());
        for item in read {
            if item.id().is_none() || !list.iter().any(|known: &T| known.id() == item.id()) {
                list.push(item);
            }
        }
        Ok(Some(Self(list)))
    }
}

impl<T: Read + Merge + HasId> Merge for ById<T> {
    fn merge(&mut self, newer: Self, full: bool) -> bool {
        if full {
            let changed = *self != newer;
            *self = newer;
            return changed;
        }
        let mut changed = false;
        for item in newer.0 {
            let full = self.0.len() >= T::MOST;
            match self.0.iter_mut().find(|old| old.id().is_some() && old.id() == item.id()) {
                Some(old) => changed |= old.merge(item, false),
                // An element without an id cannot be told from the others, so a delta cannot place it.
                None if item.id().is_none() => {}
                // A printer that gives every element another id would grow for ever.
                None if full => {}
                None => {
                    self.0.push(item);
                    changed = true;
                }
            }
        }
        changed
    }
}

/// Writes a struct of optional fields with its tolerant reader.
///
/// `"key" => field: Type` per field. `(at most 8)` after the name bounds every list of them. Two keys for one field are two entries of a `field: "a" | "b"` list. The reader can
/// also be asked for one field at a time (`read_field`), so that several structs can share one flat JSON object.
macro_rules! fields {
    ($(#[$meta:meta])* $vis:vis struct $name:ident $((at most $most:literal))? {
        $( $(#[$field_meta:meta])* $($key:literal)|+ => $field:ident : $ty:ty ),* $(,)?
    }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Default, PartialEq)]
        $vis struct $name { $( $(#[$field_meta])* pub $field: Option<$ty>, )* }

        impl $name {
            /// Reads the value of `key` if it is one of this struct's; tells whether it was.
            pub(crate) fn read_field<'de, A: serde::de::MapAccess<'de>>(
                &mut self, key: &str, map: &mut A,
            ) -> Result<bool, A::Error> {
                match key {
                    $( $($key)|+ => {
                        let value = map.next_value::<$crate::protocol::wire::Maybe<$ty>>()?.0;
                        // A second mention of a key counts only if it can be read.
                        if value.is_some() { self.$field = value; }
                    } )*
                    _ => return Ok(false),
                }
                Ok(true)
            }

            /// Takes over what a newer answer says; what it leaves out stays.
            #[allow(dead_code, reason = "most answers come whole")]
            pub(crate) fn fill(&mut self, newer: &Self) {
                $( if newer.$field.is_some() { self.$field.clone_from(&newer.$field); } )*
            }
        }

        impl $crate::protocol::wire::Read for $name {
            $( const MOST: usize = $most; )?

            fn from_map<'de, A: serde::de::MapAccess<'de>>(mut map: A) -> Result<Option<Self>, A::Error> {
                let mut out = Self::default();
                while let Some($crate::protocol::wire::Key(key)) = map.next_key()? {
                    if !out.read_field(&key, &mut map)? {
                        map.next_value::<serde::de::IgnoredAny>()?;
                    }
                }
                Ok(Some(out))
            }
        }
    };
}

/// Writes a struct as `fields!` does, and its merge.
macro_rules! wire {
    ($(#[$meta:meta])* $vis:vis struct $name:ident $((at most $most:literal))? {
        $( $(#[$field_meta:meta])* $($key:literal)|+ => $field:ident : $ty:ty ),* $(,)?
    }) => {
        $crate::protocol::wire::fields! {
            $(#[$meta])* $vis struct $name $((at most $most))? { $( $(#[$field_meta])* $($key)|+ => $field: $ty ),* }
        }

        #[allow(dead_code, reason = "not every struct shares its object with others")]
        impl $name {
            /// Takes in a newer struct: absent fields keep their value. Tells whether anything changed.
            pub(crate) fn merge_fields(&mut self, newer: Self, full: bool) -> bool {
                let mut changed = false;
                $( changed |= $crate::protocol::wire::merge_field(&mut self.$field, newer.$field, full); )*
                changed
            }
        }
    };
}

/// Merges by fields, as an object.
macro_rules! merge_as_object {
    ($($name:ty),+ $(,)?) => { $(
        impl $crate::protocol::wire::Merge for $name {
            fn merge(&mut self, newer: Self, full: bool) -> bool { self.merge_fields(newer, full) }
        }
    )+ };
}

pub(crate) use {fields, merge_as_object, wire};

#[cfg(test)]
mod tests;
