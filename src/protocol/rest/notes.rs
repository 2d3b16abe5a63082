//! Answers whose form nobody has written down, read for what a person can make of them.

use crate::protocol::wire::clean;
use serde_json::Value;

/// So many notifications are shown at most.
const MOST: usize = 50;
/// So many characters of one.
const LONGEST: usize = 200;

/// The number of unread messages: a bare number, one field that holds one, or fields that add up.
pub fn unread(body: &Value) -> Option<u64> {
    match body {
        Value::Number(n) => n.as_u64(),
        Value::Object(fields) => {
            let named =
                ["count", "total", "unread", "unreadCount"].into_iter().find_map(|key| fields.get(key)?.as_u64());
            named.or_else(|| {
                let numbers: Vec<u64> = fields.values().filter_map(Value::as_u64).collect();
                (!numbers.is_empty() && numbers.len() == fields.len()).then(|| numbers.into_iter().sum())
            })
        }
        _ => None,
    }
}

/// Notifications as lines: the texts of each entry of the first list there is.
pub fn lines(body: &Value) -> Vec<String> {
    let list = match body {
        Value::Array(list) => Some(list),
        Value::Object(fields) => fields.values().find_map(Value::as_array),
        _ => None,
    };
    let line = |entry: &Value| {
        let mut words = Vec::new();
        texts(entry, &mut words);
        let line: String = words.join(", ").chars().take(LONGEST).collect();
        Some(clean(&line)).filter(|line| !line.is_empty())
    };
    list.into_iter().flatten().filter_map(line).take(MOST).collect()
}

/// The texts of a value that are for people, the title before all others: not addresses, not times, and not numbers in
/// the form of text.
fn texts(value: &Value, out: &mut Vec<String>) {
    match value {
        Value::String(text) => {
            let text = text.trim();
            let is_time = chrono::DateTime::parse_from_rfc3339(text).is_ok();
            if text.chars().any(char::is_alphabetic) && !text.contains("://") && !is_time {
                out.push(text.to_owned());
            }
        }
        Value::Array(list) => list.iter().for_each(|entry| texts(entry, out)),
        Value::Object(fields) => {
            let (first, others): (Vec<_>, Vec<_>) = fields.iter().partition(|(key, _)| *key == "title");
            first.into_iter().chain(others).for_each(|(_, entry)| texts(entry, out));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn a_count_is_read_from_every_form_that_makes_sense() {
        assert_eq!(unread(&json!(3)), Some(3));
        assert_eq!(unread(&json!({"count": 4, "counts": []})), Some(4));
        assert_eq!(unread(&json!({"system": 1, "likes": 2})), Some(3));
        for odd in [json!({}), json!({"a": "x", "b": 1}), json!("3"), json!(-1), json!(null)] {
            assert_eq!(unread(&odd), None, "{odd}");
        }
    }

    #[test]
    fn notifications_become_lines_of_their_texts() {
        let body = json!({"message": "success", "list": [
            {"id": 5, "title": "Plate is ready", "at": "2026-01-02T03:04:05Z",
                "more": {"text": "part.3mf", "url": "https://x.example/y"}}, 7, {"n": "12"}]});
        assert_eq!(lines(&body), ["Plate is ready, part.3mf"]);
        assert!(lines(&json!({"message": "success"})).is_empty() && lines(&json!(1)).is_empty());
    }

    proptest! {
        #[test]
        fn no_answer_makes_either_fail(text in ".{0,80}", number in any::<i64>()) {
            let body = json!({"a": [{"b": text, "c": number}], "d": number});
            prop_assert!(lines(&body).iter().all(|line| line.chars().count() <= LONGEST));
            let _ = unread(&body);
        }
    }
}
