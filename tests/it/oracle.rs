//! The generic way to merge reports: knows JSON and three rules, and no field.

use serde_json::Value;

/// Lists whose elements are known by their id, and the object they stand in.
const BY_ID: [(&str, &str); 5] =
    [("ams", "ams"), ("ams", "tray"), ("", "vir_slot"), ("extruder", "info"), ("nozzle", "info")];

/// Merges a `print` object into another. `msg: 0` replaces the lists that merge by id.
pub(crate) fn merge(old: &mut Value, newer: &Value) {
    merge_value(old, newer, ("", ""), newer["msg"] == 0);
}

fn merge_value(old: &mut Value, newer: &Value, place: (&str, &str), full: bool) {
    match (old, newer) {
        (_, Value::Null) => {}
        (Value::Object(old), Value::Object(newer)) => {
            for (key, value) in newer {
                match old.get_mut(key) {
                    Some(known) => merge_value(known, value, (place.1, key), full),
                    None if value.is_null() => {}
                    None => {
                        old.insert(key.clone(), value.clone());
                    }
                }
            }
        }
        (Value::Array(old), Value::Array(newer)) if BY_ID.contains(&place) && !full => {
            for element in newer {
                match old.iter_mut().find(|known| id(known).is_some() && id(known) == id(element)) {
                    Some(known) => merge_value(known, element, place, full),
                    None => old.push(element.clone()),
                }
            }
        }
        (old, newer) => *old = newer.clone(),
    }
}

/// An id as a number, however it was written.
fn id(element: &Value) -> Option<i64> {
    let id = element.get("id")?;
    id.as_i64().or_else(|| id.as_str()?.parse().ok())
}
