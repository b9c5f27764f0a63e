//! The JSON Schema of an account's export, for programs that read one. It is made from the data
//! map and the tables, and is committed as `openapi/account-export.schema.json`.

use serde_json::{Map, Value, json};

use super::export_account::{FORMAT, FORMAT_VERSION};
use super::export_tables::ExportedTables;
use super::export_texts::{COMMON, texts_of};

/// The schema. `document` is the OpenAPI document, which describes the columns that the API shows,
/// too.
pub fn export_schema(document: &Value) -> Value {
    let mut records = Map::new();
    let mut tables = Map::new();
    for (name, record) in ExportedTables::records() {
        let about = texts_of(name).map_or("", |texts| texts.about);
        tables.insert(
            name.into(),
            json!({
                "type": "array",
                "description": about,
                "items": { "$ref": format!("#/$defs/{name}") },
            }),
        );
        records.insert(name.into(), described(name, record, document));
    }
    let names: Vec<_> = tables.keys().cloned().collect();
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "AccountExport",
        "description": "What Kith stores about you, and what you see in your circles. A later version can have \
            more tables and columns, with the same `format_version`.",
        "type": "object",
        "required": ["format", "format_version", "exported_at", "tables", "files"],
        "properties": {
            "format": { "const": FORMAT, "description": "The name of the format." },
            "format_version": {
                "const": FORMAT_VERSION,
                "description": "The version of the format. It counts up with each change that an older program \
                    would misread.",
            },
            "exported_at": {
                "type": "string",
                "format": "date-time",
                "description": "When the export was made.",
            },
            "tables": {
                "type": "object",
                "description": "The records, in a list for each table.",
                "required": names,
                "properties": tables,
            },
            "files": {
                "type": "array",
                "description": "Your picture, and the photos of the patients of your circles.",
                "items": document["components"]["schemas"]["ExportedFile"],
            },
        },
        "$defs": records,
    })
}

/// The schema of a record, with a text at each column.
fn described(table: &str, mut record: Value, document: &Value) -> Value {
    let texts = texts_of(table);
    let shown = texts.and_then(|texts| texts.schema);
    let shown = shown.map(|name| &document["components"]["schemas"][name]["properties"]);
    let find = |list: &[(&str, &'static str)], column: &str| {
        let mut list = list.iter();
        list.find(|(name, _)| *name == column)
            .map(|(_, text)| *text)
    };
    record["description"] = json!(texts.map(|texts| texts.about));
    for (column, schema) in record["properties"].as_object_mut().into_iter().flatten() {
        let own = texts.and_then(|texts| find(texts.columns, column));
        let in_api = || shown.and_then(|properties| properties[column]["description"].as_str());
        let text = own.or_else(|| find(COMMON, column)).or_else(in_api);
        let parts = text.map(|text| text.split("\n\n").map(joined).collect::<Vec<_>>());
        schema["description"] = json!(parts.map(|parts| parts.join("\n\n")));
    }
    record
}

/// The paragraph of a doc comment in one line, or one line for each item of a list.
fn joined(paragraph: &str) -> String {
    let mut text = String::new();
    for line in paragraph.lines() {
        if !text.is_empty() {
            text.push(if line.starts_with("- ") { '\n' } else { ' ' });
        }
        text.push_str(line.trim());
    }
    text
}
