//! Writes a report whole, or only what changed since the last one.

use serde_json::{Map, Value, json};

/// What was sent last in one place of a report: enough to see a change, cheap to compare.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum FieldState {
    /// A whole number, a truth, or a revision of something larger.
    Int(i64),
    /// A number with a fraction.
    Num(f64),
    /// A word out of a fixed set.
    Word(&'static str),
}

impl FieldState {
    fn value(self) -> Value {
        match self {
            Self::Int(n) => json!(n),
            Self::Num(n) => json!(n),
            Self::Word(w) => json!(w),
        }
    }
}

/// A report in the making. Every walk must visit the same places in the same order; each place has a state.
#[derive(Debug)]
pub struct DeltaWriter<'a> {
    fields: &'a mut Vec<FieldState>,
    at: usize,
    full: bool,
    out: Map<String, Value>,
}

impl<'a> DeltaWriter<'a> {
    /// An empty writer over the fields of the last walk.
    pub fn new(fields: &'a mut Vec<FieldState>, full: bool) -> Self {
        Self { fields, at: 0, full, out: Map::new() }
    }

    /// What was written.
    pub fn finish(self) -> Map<String, Value> {
        self.out
    }

    /// Whether the place must be written; takes note of its new state.
    fn changed(&mut self, state: FieldState) -> bool {
        let at = self.at;
        self.at += 1;
        match self.fields.get_mut(at) {
            Some(old) if *old == state => self.full,
            Some(old) => {
                *old = state;
                true
            }
            None => {
                self.fields.push(state);
                true
            }
        }
    }

    fn put(&mut self, key: &'static str, state: FieldState) {
        if self.changed(state) {
            self.out.insert(key.into(), state.value());
        }
    }

    /// A whole number.
    pub fn int(&mut self, key: &'static str, value: i64) {
        self.put(key, FieldState::Int(value));
    }

    /// A number as P1 and A1 write it: without a fraction when it has none.
    pub fn plain(&mut self, key: &'static str, value: f64) {
        self.put(key, if value.fract() == 0.0 { FieldState::Int(value as i64) } else { FieldState::Num(value) });
    }

    /// A number that is written with a fraction, `23.0` too.
    pub fn num(&mut self, key: &'static str, value: f64) {
        self.put(key, FieldState::Num(value));
    }

    /// A word out of a fixed set.
    pub fn word(&mut self, key: &'static str, value: &'static str) {
        self.put(key, FieldState::Word(value));
    }

    /// A truth.
    pub fn flag(&mut self, key: &'static str, value: bool) {
        self.when(key, value.into(), || json!(value));
    }

    /// A number that is written as a string.
    pub fn digits(&mut self, key: &'static str, value: i64) {
        self.when(key, value, || json!(value.to_string()));
    }

    /// Anything larger, built only when its revision changed.
    pub fn when(&mut self, key: &'static str, revision: i64, build: impl FnOnce() -> Value) {
        if self.changed(FieldState::Int(revision)) {
            self.out.insert(key.into(), build());
        }
    }

    /// Several keys that change together, built only when their revision changed.
    pub fn all_when(&mut self, revision: i64, build: impl FnOnce() -> Value) {
        if self.changed(FieldState::Int(revision))
            && let Value::Object(keys) = build()
        {
            self.out.extend(keys);
        }
    }

    /// Passes over a place that another shape of the same object has.
    pub fn skip(&mut self) {
        self.changed(FieldState::Word(""));
    }

    /// Something that never changes: in full reports only.
    pub fn fixed(&mut self, key: &'static str, build: impl FnOnce() -> Value) {
        if self.full {
            self.out.insert(key.into(), build());
        }
    }

    /// Several things that never change, as the keys of an object.
    pub fn fixed_all(&mut self, build: impl FnOnce() -> Value) {
        if self.full
            && let Value::Object(keys) = build()
        {
            self.out.extend(keys);
        }
    }

    /// An object whose keys are written by `write`; left out of a delta when none of them changed.
    pub fn object(&mut self, key: &'static str, write: impl FnOnce(&mut DeltaWriter<'_>)) {
        let (object, at) = {
            let mut inner = DeltaWriter { fields: self.fields, at: self.at, full: self.full, out: Map::new() };
            write(&mut inner);
            (inner.out, inner.at)
        };
        self.at = at;
        if self.full || !object.is_empty() {
            // A part that is written in two places is one object all the same.
            match self.out.get_mut(key) {
                Some(Value::Object(there)) => there.extend(object),
                _ => {
                    self.out.insert(key.into(), Value::Object(object));
                }
            }
        }
    }

    /// A list of objects with an `id`; a delta holds only elements that changed, and of those only what changed.
    pub fn list<T>(
        &mut self,
        key: &'static str,
        items: &[T],
        id: impl Fn(usize, &T) -> Value,
        mut write: impl FnMut(&mut DeltaWriter<'_>, usize, &T),
    ) {
        let mut list = Vec::new();
        for (i, item) in items.iter().enumerate() {
            let mut inner = DeltaWriter { fields: self.fields, at: self.at, full: self.full, out: Map::new() };
            write(&mut inner, i, item);
            let (mut object, at) = (inner.out, inner.at);
            self.at = at;
            if self.full || !object.is_empty() {
                object.insert("id".into(), id(i, item));
                list.push(Value::Object(object));
            }
        }
        if self.full || !list.is_empty() {
            self.out.insert(key.into(), Value::Array(list));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn walk(fields: &mut Vec<FieldState>, full: bool, temp: f64, left: i64) -> Value {
        let mut writer = DeltaWriter::new(fields, full);
        writer.num("temp", temp);
        writer.object("deep", |s| {
            s.fixed("always", || json!(true));
            s.digits("speed", left);
        });
        writer.list("list", &[1, left], |i, _| json!(i), |s, _, v| s.int("v", *v));
        Value::Object(writer.finish())
    }

    #[test]
    fn a_delta_holds_what_changed_and_nothing_else() {
        let mut fields = Vec::new();
        let full = json!({"temp": 20.0, "deep": {"always": true, "speed": "3"}, "list": [{"id": 0, "v": 1}, {"id": 1, "v": 3}]});
        assert_eq!(walk(&mut fields, true, 20.0, 3), full);
        assert_eq!(walk(&mut fields, false, 20.0, 3), json!({}));
        assert_eq!(walk(&mut fields, false, 21.5, 3), json!({"temp": 21.5}));
        assert_eq!(walk(&mut fields, false, 21.5, 4), json!({"deep": {"speed": "4"}, "list": [{"id": 1, "v": 4}]}));
    }
}
