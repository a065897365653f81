//! The documents say what the readers do: every field of the schemas, every limit and every code of a fault.

use std::fs;
use std::path::PathBuf;

use bench::submission::FaultKind;
use bench::{Roll, Split, Submission, TaskId, Verdict};
use serde_json::{Map, Value, json};

fn document(name: &str) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../docs").join(name);
    fs::read_to_string(&path).unwrap_or_else(|_| panic!("{} is missing", path.display()))
}

fn task() -> TaskId {
    TaskId::of(&[b"a"])
}

/// What is wrong with a submission of this header and row.
fn faults(header: &Value, row: &Value) -> Vec<FaultKind> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a.jsonl");
    fs::write(&path, format!("{header}\n{row}\n")).expect("written");
    let roll = Roll::new("r", "1", vec![(task(), Split::CrossRepoTest)]);
    let submission = Submission::read(&[path], &roll, 9);
    assert_eq!(submission.faults.is_empty(), submission.verdict() == Verdict::Complete);
    submission.faults.counts().keys().copied().filter(|code| *code != FaultKind::MissingAnswer).collect()
}

/// A value that the schema of a field allows, and the largest one.
fn allowed(schema: &Value, root: &Value) -> Value {
    let schema = resolved(schema, root);
    if let Some(value) = schema.get("const") {
        return value.clone();
    }
    if let Some(values) = schema.get("enum") {
        return values[0].clone();
    }
    match schema["type"].as_str().expect("a type") {
        "integer" | "number" => schema["maximum"].clone(),
        "boolean" => json!(true),
        "string" => schema
            .get("maxLength")
            .and_then(Value::as_u64)
            .map_or_else(|| json!("x"), |most| json!("é".repeat(usize::try_from(most).expect("because it is small")))),
        "array" => json!(["cr_test"]),
        "object" if schema.get("maxProperties").is_some() => {
            let most = schema["maxProperties"].as_u64().expect("a number");
            Value::Object((0..most).map(|n| (format!("k{n}"), json!("v"))).collect())
        }
        "object" => {
            let fields = schema["properties"].as_object().expect("fields");
            Value::Object(fields.iter().map(|(name, field)| (name.clone(), allowed(field, root))).collect())
        }
        other => panic!("no value of type {other}"),
    }
}

fn resolved<'a>(schema: &'a Value, root: &'a Value) -> &'a Value {
    match schema.get("$ref").and_then(Value::as_str) {
        Some(name) => root.pointer(name.trim_start_matches('#')).expect("a definition"),
        None => schema,
    }
}

/// A value just beyond what the schema allows, if it has such a limit.
fn beyond(value: &Value, schema: &Value) -> Option<Value> {
    match value {
        Value::String(text) if schema.get("maxLength").is_some() => Some(json!(format!("{text}x"))),
        Value::Number(_) if schema.get("maximum").is_some() => Some(json!(schema["maximum"].as_u64()? + 1)),
        Value::Object(fields) if schema.get("maxProperties").is_some() => {
            let mut fields = fields.clone();
            fields.insert("one more".to_owned(), json!("v"));
            Some(Value::Object(fields))
        }
        _ => None,
    }
}

/// Whether each field of `schema` is read as it says, in the object that `check` puts into a submission.
fn agree(schema: &Value, root: &Value, whole: &Map<String, Value>, check: &dyn Fn(Value) -> Vec<FaultKind>) {
    assert_eq!(check(Value::Object(whole.clone())), [], "a value of everything that is allowed is accepted");
    let with = |name: &str, value: Value| {
        let mut fields = whole.clone();
        fields.insert(name.to_owned(), value);
        check(Value::Object(fields))
    };
    assert_eq!(with("unknown to the schema", json!(1)), [FaultKind::UnknownField]);
    let required: Vec<&str> =
        schema["required"].as_array().map_or(vec![], |names| names.iter().filter_map(Value::as_str).collect());
    for (name, field) in schema["properties"].as_object().expect("fields") {
        let mut fields = whole.clone();
        fields.remove(name);
        let lacking = check(Value::Object(fields));
        assert_eq!(
            lacking.contains(&FaultKind::MissingField),
            required.contains(&name.as_str()),
            "{name}: {lacking:?}"
        );
        assert_eq!(lacking.is_empty(), !required.contains(&name.as_str()), "{name}: {lacking:?}");
        assert_ne!(with(name, Value::Null), [], "{name} is never null");
        if let Some(value) = beyond(&whole[name], resolved(field, root)) {
            assert_ne!(with(name, value), [], "{name} has the limit of the schema");
        }
    }
}

#[test]
fn the_schema_of_a_row_is_what_is_read() {
    let schema: Value = serde_json::from_str(&document("row.schema.json")).expect("JSON");
    let mut header = serde_json::from_str::<Value>(&document("header.schema.json")).expect("JSON");
    header = allowed(&header, &header);
    header["release"] = json!("r");
    header["rules"] = json!("1");
    let Value::Object(mut row) = allowed(&schema, &schema) else { panic!("a row is an object") };
    row.insert("task".to_owned(), json!(task().as_str()));
    agree(&schema, &schema, &row, &|row| faults(&header, &row));
}

#[test]
fn the_schema_of_a_header_is_what_is_read() {
    let schema: Value = serde_json::from_str(&document("header.schema.json")).expect("JSON");
    let row = json!({"task": task().as_str(), "completion": "x"});
    let mut header = allowed(&schema, &schema);
    header["release"] = json!("r");
    header["rules"] = json!("1");
    agree(&schema, &schema, header.as_object().expect("fields"), &|header| faults(&header, &row));
    for place in ["/card", "/card/training_budget"] {
        let part = schema.pointer(&place.replace('/', "/properties/")).expect("a schema");
        let whole = header.pointer(place).and_then(Value::as_object).expect("fields");
        agree(part, &schema, whole, &|value| {
            let mut header = header.clone();
            *header.pointer_mut(place).expect("a field") = value;
            faults(&header, &row)
        });
    }
}

#[test]
fn every_code_is_in_the_documentation_in_its_order() {
    let page = document("check.md");
    let table = page.split_once("## Faults").expect("a chapter").1;
    let codes: Vec<&str> = table.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect();
    assert_eq!(codes, FaultKind::ALL.iter().map(|code| code.name()).collect::<Vec<_>>());
}
