//! The manual's tables of `status --json`, made of the types and the comments of their fields.

use super::PrinterJson;
use schemars::generate::SchemaSettings;
use serde_json::Value;
use std::{collections::BTreeMap, fmt::Write as _, fs, path::Path};

/// Between these the manual has the tables.
const MARKS: (&str, &str) = ("<!-- status -->\n", "<!-- /status -->\n");

/// The schema of what is written, with references to its parts.
fn schema() -> Value {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    settings.into_generator().into_root_schema_for::<PrinterJson<'_>>().to_value()
}

/// Writes the tables.
struct Manual {
    definitions: BTreeMap<String, Value>,
    /// Where each shape was described first.
    described: BTreeMap<String, String>,
    out: String,
}

/// A key's type in words, and the name of the shape it holds.
struct Type {
    words: String,
    shape: Option<String>,
    /// `[]` where it is a list of them.
    suffix: &'static str,
    /// The words it can be, all of which its comment says.
    choices: Vec<String>,
}

impl Manual {
    fn definition(&self, reference: &str) -> (String, &Value) {
        let name = reference.rsplit('/').next().expect("a name").to_owned();
        let value = self.definitions.get(&name).unwrap_or_else(|| panic!("no shape {name}"));
        (name, value)
    }

    fn type_of(&self, schema: &Value) -> Type {
        let plain = |words: &str| Type { words: words.to_owned(), shape: None, suffix: "", choices: Vec::new() };
        if let Some(reference) = schema["$ref"].as_str() {
            let (name, definition) = self.definition(reference);
            return match definition["enum"].as_array() {
                Some(choices) => {
                    let choices = choices.iter().map(|c| format!("`{}`", c.as_str().expect("a word"))).collect();
                    Type { choices, ..plain("text") }
                }
                None => Type { shape: Some(name), ..plain("object") },
            };
        }
        let or_null = |of: Type| Type { words: format!("{} or null", of.words), ..of };
        if let Some(any) = schema["anyOf"].as_array() {
            let part = any.iter().find(|part| part["type"] != "null").expect("a type");
            return or_null(self.type_of(part));
        }
        match &schema["type"] {
            Value::Array(types) => {
                let mut one = schema.clone();
                one["type"] = types.iter().find(|name| **name != "null").expect("a type").clone();
                or_null(self.type_of(&one))
            }
            Value::String(name) => match name.as_str() {
                "string" => plain("text"),
                "integer" | "number" => plain("number"),
                "boolean" => plain("boolean"),
                "array" => {
                    let of = self.type_of(&schema["items"]);
                    Type {
                        words: format!("list of {}s", of.words).replace(" or nulls", "s or null"),
                        suffix: "[]",
                        ..of
                    }
                }
                "object" => plain("object"),
                other => panic!("no word for the type {other}"),
            },
            _ => panic!("no type: {schema}"),
        }
    }

    /// A table of a shape's keys, and one more for each shape in it. A shape that was described before is named only.
    fn shape(&mut self, schema: &Value, path: &str) {
        let keys = schema["required"].as_array().expect("keys");
        assert_eq!(
            keys.len(),
            schema["properties"].as_object().expect("properties").len(),
            "a key may be missing: {path}"
        );
        self.out += "\n| key | type | meaning |\n|---|---|---|\n";
        let mut later = Vec::new();
        for key in keys {
            let key = key.as_str().expect("a key");
            let property = &schema["properties"][key];
            let meaning = property["description"].as_str().unwrap_or_else(|| panic!("{path}{key} has no comment"));
            let mut meaning = meaning.replace('\n', " ").replace('|', "\\|");
            let Type { words, shape, suffix, choices } = self.type_of(property);
            let full = format!("{path}{key}{suffix}");
            for choice in choices {
                assert!(meaning.contains(&choice), "{full} can be {choice}, and its comment does not say so");
            }
            if let Some(shape) = shape {
                match self.described.get(&shape) {
                    Some(at) => {
                        let _ = write!(meaning, " Keys as in `{at}`.");
                    }
                    None => {
                        self.described.insert(shape.clone(), full.clone());
                        later.push((shape, full));
                    }
                }
            } else if key == "supports" {
                let names: Vec<_> = supported().iter().map(|name| format!("`{name}`")).collect();
                let _ = write!(meaning, " Keys: {}.", names.join(", "));
            }
            let _ = writeln!(self.out, "| `{key}` | {words} | {meaning} |");
        }
        for (shape, path) in later {
            let definition = self.definitions[&shape].clone();
            let _ = writeln!(self.out, "\n### `{path}`");
            self.shape(&definition, &format!("{path}."));
        }
    }
}

/// The keys of `supports`.
fn supported() -> Vec<&'static str> {
    let printer = crate::state::printer::Printer::default();
    printer.firmware_supports().map(|(name, _)| name).collect()
}

fn tables() -> String {
    let mut root = schema();
    let definitions = match root["$defs"].take() {
        Value::Object(map) => map.into_iter().collect(),
        _ => BTreeMap::new(),
    };
    let mut manual = Manual { definitions, described: BTreeMap::new(), out: String::new() };
    manual.shape(&root, "");
    manual.out + "\n"
}

/// The manual is what the types say. `UPDATE_MANUAL=1 cargo test --lib cli::json::manual` writes it anew.
#[test]
#[expect(clippy::disallowed_methods, reason = "a switch for the person who runs the test")]
fn the_manual_is_made_of_the_types() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/json.md");
    let page = fs::read_to_string(&path).expect("the page");
    let (head, rest) = page.split_once(MARKS.0).expect("the first mark");
    let (found, tail) = rest.split_once(MARKS.1).expect("the last mark");
    let tables = tables();
    if std::env::var("UPDATE_MANUAL").is_ok() {
        fs::write(&path, [head, MARKS.0, &tables, MARKS.1, tail].concat()).expect("written");
        return;
    }
    assert!(found == tables, "docs/json.md is not what the types say: UPDATE_MANUAL=1 writes it anew");
}

/// Every key that is described is written, and no other: the schema's and the output's keys are the same.
#[test]
fn what_is_written_is_what_is_described() {
    let root = schema();
    for file in super::tests::FILES {
        let written = super::tests::said(file);
        compare(&root, &root, &written, "");
    }
}

fn compare(root: &Value, schema: &Value, value: &Value, path: &str) {
    let schema = match schema["$ref"].as_str() {
        Some(reference) => root.pointer(reference.trim_start_matches('#')).expect("a shape"),
        None => schema,
    };
    if let Some(any) = schema["anyOf"].as_array() {
        if !value.is_null() {
            compare(root, any.iter().find(|part| part["type"] != "null").expect("a type"), value, path);
        }
        return;
    }
    match value {
        Value::Object(map) if schema["properties"].is_object() => {
            let described: Vec<_> = schema["properties"].as_object().expect("keys").keys().collect();
            assert_eq!(map.keys().collect::<Vec<_>>(), described, "{path}");
            for (key, value) in map {
                compare(root, &schema["properties"][key], value, &format!("{path}/{key}"));
            }
        }
        Value::Array(list) => list.iter().for_each(|value| compare(root, &schema["items"], value, path)),
        _ => {}
    }
}
