//! The classes that a generator makes of the document: one for each enum, none for two things, and
//! of enums only those of requests, because answers may get new values.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::document::{operations, walk};
use super::published::resolve;

#[test]
fn every_enum_is_a_component() {
    let document = kith::api::document();
    let mut enums: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    walk(&document, "", &mut |path, members| {
        let listed = |word: &str| members.get(word).filter(|listed| listed.is_array());
        let Some(listed) = listed("enum").or_else(|| listed("x-extensible-enum")) else {
            return;
        };
        let name = path
            .strip_prefix("/components/schemas/")
            .unwrap_or_default();
        assert!(
            !name.is_empty() && !name.contains('/'),
            "{path}: an enum without a name: declare it with `wire_enum!`, or with \
             `#[schema(title = \"…\")]` on the type if only a query has it"
        );
        assert!(
            !members.contains_key("x-enum") && !members.contains_key("title"),
            "{path}"
        );
        let description = members["description"].as_str().unwrap();
        for value in listed.as_array().unwrap() {
            let value = value.as_str().unwrap();
            assert!(
                description.contains(&format!("`{value}`")),
                "{path}: {value} is not described"
            );
        }
        let same = enums.entry(name.trim_end_matches("Value").to_owned());
        same.or_default().insert(listed.to_string());
    });
    for (name, values) in &enums {
        assert_eq!(values.len(), 1, "{name} has {values:?}");
    }
    assert!(enums.len() > 40, "{enums:?}");
}

#[test]
fn no_two_schemas_become_one_class() {
    let document = kith::api::document();
    let mut classes: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut add = |name: &str, path: &str| {
        let class: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
        let class = class.to_ascii_lowercase();
        classes.entry(class).or_default().push(path.to_owned());
    };
    for name in document["components"]["schemas"]
        .as_object()
        .unwrap()
        .keys()
    {
        add(name, name);
    }
    walk(&document, "", &mut |path, members| {
        let is_schema = ["type", "properties", "enum"]
            .iter()
            .any(|word| members.contains_key(*word));
        if let Some(title) = members
            .get("title")
            .and_then(Value::as_str)
            .filter(|_| is_schema)
        {
            add(title, path);
        }
    });
    for (class, names) in classes {
        assert_eq!(
            names.len(),
            1,
            "a generator makes one class {class} of {names:?}: rename one"
        );
    }
}

#[test]
fn answers_may_get_new_values_and_requests_are_strict() {
    let document = kith::api::document();
    let mut answers = BTreeSet::new();
    let mut requests = BTreeSet::new();
    for (_, _, operation) in operations(&document) {
        collect(&operation["responses"], &document, &mut answers);
        collect(&operation["requestBody"], &document, &mut requests);
        collect(&operation["parameters"], &document, &mut requests);
    }
    let both: Vec<_> = answers.intersection(&requests).collect();
    assert!(
        both.is_empty(),
        "{both:?} are in requests and in answers: make two types, because only answers may get new values"
    );
    for reference in &answers {
        walk(
            resolve(reference, &document),
            reference,
            &mut |path, members| {
                assert!(
                    !members.contains_key("enum"),
                    "{path}: an answer lists all values of an enum, but enums get new values: `open_enums` in \
                 base/src/http/openapi/mod.rs does not reach it"
                );
            },
        );
    }
    for reference in &requests {
        let schema = resolve(reference, &document);
        let is_object = schema["type"] == "object";
        assert!(
            !is_object || schema["additionalProperties"] == false,
            "{reference} accepts unknown fields: add `#[serde(deny_unknown_fields)]` to the type"
        );
        let is_body = reference.starts_with("#/components/schemas/");
        walk(schema, reference, &mut |path, members| {
            let is_string = members.get("type").is_some_and(|kind| kind == "string");
            let bounded = ["maxLength", "enum", "format", "pattern"];
            let bounded = bounded.iter().any(|bound| members.contains_key(*bound));
            assert!(
                !is_body || !is_string || bounded,
                "{path}: a text without a bound: use a type of the table in \
                 base/src/platform/text/table.rs"
            );
            assert!(
                !members.contains_key("x-extensible-enum"),
                "{path}: a request has the values of an answer: its enum is closed"
            );
        });
    }
}

/// Collects what a part refers to, and what that refers to.
fn collect(value: &Value, document: &Value, references: &mut BTreeSet<String>) {
    walk(value, "", &mut |_, members| {
        let reference = members.get("$ref").and_then(Value::as_str);
        if let Some(reference) = reference
            && references.insert(reference.to_owned())
        {
            collect(resolve(reference, document), document, references);
        }
    });
}
