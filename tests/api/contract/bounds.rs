//! The server enforces every bound of the document exactly. The test takes each bound from the
//! document, and tries values just below it, at it, and just above it.

use std::collections::BTreeMap;

use axum::body::Body;
use axum::http::{Method, Request, header};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::bodies::{fitting, is};
use super::matrix::{Ids, fill, fresh, separator};
use crate::harness::{Person, Reply, TestApp};

/// The number of tries for each kind of bound.
type Tally = BTreeMap<&'static str, usize>;

/// An operation that takes a body.
struct Target<'a> {
    person: &'a Person,
    method: Method,
    path: String,
    name: &'a str,
    schema: Value,
    document: &'a Value,
    /// How large a body may be, as the document says.
    max_bytes: usize,
}

impl Target<'_> {
    fn request(&self, kind: &str, body: impl Into<Body>) -> Request<Body> {
        let token = self.person.token.as_ref().unwrap();
        Request::builder()
            .method(&self.method)
            .uri(&self.path)
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .header(header::CONTENT_TYPE, kind)
            .body(body.into())
            .unwrap()
    }

    async fn send(&self, body: impl Into<Body>) -> Reply {
        let request = self.request("application/json", body);
        self.person.app.send(request).await
    }

    /// The required fields, with values that fit.
    fn base(&self) -> Map<String, Value> {
        let required = self.schema["required"].as_array().into_iter().flatten();
        let names = required.map(|name| name.as_str().unwrap());
        let fit = |name: &str| (name.to_owned(), fitting(&self.schema["properties"][name]));
        names.map(fit).collect()
    }

    /// An object of a schema that the document names, with its required fields.
    fn object(&self, reference: &Value) -> Value {
        let name = reference.as_str().unwrap().rsplit('/').next().unwrap();
        let schema = &self.document["components"]["schemas"][name];
        let required = schema["required"].as_array().into_iter().flatten();
        let names = required.map(|name| name.as_str().unwrap());
        let fit = |name: &str| (name.to_owned(), fitting(&schema["properties"][name]));
        Value::Object(names.map(fit).collect())
    }

    /// The errors about a field when it has this value.
    async fn errors(&self, name: &str, value: &Value) -> Vec<String> {
        let mut body = self.base();
        body.insert(name.to_owned(), value.clone());
        let reply = self.send(Value::Object(body).to_string()).await;
        let what = format!("{} {name}={:.40}", self.name, value.to_string());
        assert!(reply.status.as_u16() < 500, "{what}: {}", reply.text);
        let pointer = format!("/{name}");
        let errors = reply.json()["errors"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        if !errors.is_empty() {
            assert_eq!(reply.status, 422, "{what}: {}", reply.text);
        }
        let about_it = |error: &&Value| {
            let at = error["pointer"].as_str().unwrap();
            at == pointer || at.starts_with(&format!("{pointer}/"))
        };
        let text = |error: &Value| {
            let (pointer, code) = (&error["pointer"], &error["code"]);
            format!("{} {}", pointer.as_str().unwrap(), code.as_str().unwrap())
        };
        errors.iter().filter(about_it).map(text).collect()
    }

    async fn is_refused(&self, name: &str, value: &Value) {
        let errors = self.errors(name, value).await;
        let what = format!("{} {name}={:.40}", self.name, value.to_string());
        assert!(!errors.is_empty(), "{what} is accepted");
    }

    /// The value may have other faults, but its size is accepted.
    async fn is_taken(&self, name: &str, value: &Value, allowed: &[&str]) {
        let errors = self.errors(name, value).await;
        let what = format!("{} {name}={:.40}", self.name, value.to_string());
        let other = |error: &String| !allowed.iter().any(|code| error.ends_with(code));
        let wrong: Vec<_> = errors.into_iter().filter(other).collect();
        assert!(wrong.is_empty(), "{what}: {wrong:?}");
    }
}

fn size(value: &Value) -> Option<usize> {
    value.as_u64().map(|size| usize::try_from(size).unwrap())
}

/// A text of this many characters, without a fault other than its length. It is an address or a
/// link if the property is.
fn text(property: &Value, length: usize) -> Value {
    if property["format"] == "uri" && length >= 20 {
        return json!(format!("https://x.example/{}", "x".repeat(length - 18)));
    }
    if property["format"] == "email" && length >= 3 {
        let domain = "d.".repeat(length / 2);
        let rest = length - length.min(4);
        let domain = format!("{}{}", "d".repeat(rest % 2), &domain[..rest - rest % 2]);
        return json!(format!(
            "{}@{domain}de",
            "a".repeat(length - domain.len() - 3)
        ));
    }
    let start = if property["pattern"].is_string() {
        "é"
    } else {
        "x"
    };
    json!(start.repeat(length))
}

fn targets<'a>(person: &'a Person, ids: &Ids, document: &'a Value) -> Vec<Target<'a>> {
    let mut all = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let content = &operation["requestBody"]["content"]["application/json"];
            let Some(reference) = content["schema"]["$ref"].as_str() else {
                continue;
            };
            let schema = reference.rsplit('/').next().unwrap();
            all.push(Target {
                person,
                method: method.to_uppercase().parse().unwrap(),
                path: fill(path, ids),
                name: operation["operationId"].as_str().unwrap(),
                schema: document["components"]["schemas"][schema].clone(),
                document,
                max_bytes: size(&operation["requestBody"]["x-max-bytes"]).unwrap(),
            });
        }
    }
    all
}

#[tokio::test]
async fn every_documented_bound_is_enforced_exactly() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator and patient"]).await;
    let ids = fresh(&ana, "ours").await;
    let document = kith::api::operations();
    let mut tally = Tally::new();
    for target in targets(&ana, &ids, &document) {
        for (name, property) in target.schema["properties"].as_object().unwrap() {
            if is(property, "string") {
                lengths(&target, name, property, &mut tally).await;
            } else if is(property, "integer") {
                numbers(&target, name, property, &mut tally).await;
            } else if is(property, "array") {
                lists(&target, name, property, &mut tally).await;
            }
        }
    }
    app.mails().await;
    println!("bounds tried: {tally:?}");
    let least = [
        ("longest", 200),
        ("shortest", 150),
        ("number", 50),
        ("list", 20),
    ];
    for (kind, least) in least {
        assert!(tally[kind] >= least, "{kind}: {tally:?}");
    }
}

/// The faults that a text of the right size may have: it is not a time zone, a weak or wrong
/// password, not an address, or not a link.
const NOT_ABOUT_SIZE: [&str; 5] = [
    " invalid_value",
    " password_too_weak",
    " incorrect",
    " email",
    " not_a_link",
];

async fn lengths(target: &Target<'_>, name: &str, property: &Value, tally: &mut Tally) {
    if let Some(max) = size(&property["maxLength"]) {
        for length in [max - 1, max] {
            target
                .is_taken(name, &text(property, length), &NOT_ABOUT_SIZE)
                .await;
        }
        target.is_refused(name, &text(property, max + 1)).await;
        *tally.entry("longest").or_default() += 3;
    }
    if let Some(min) = size(&property["minLength"]) {
        for length in [min, min + 1] {
            target
                .is_taken(name, &text(property, length), &NOT_ABOUT_SIZE)
                .await;
        }
        // In a merge patch an empty text clears a field that may be null. In any other body it
        // means that a field was not sent, if it may be left out.
        let mut required = target.schema["required"].as_array().into_iter().flatten();
        let means_something = match target.method {
            Method::PATCH => is(property, "null"),
            _ => !required.any(|required| required == name),
        };
        if min > 1 || !means_something {
            target.is_refused(name, &text(property, min - 1)).await;
        }
        *tally.entry("shortest").or_default() += 3;
    }
}

async fn numbers(target: &Target<'_>, name: &str, property: &Value, tally: &mut Tally) {
    let bound = |which: &str| property[which].as_i64().unwrap();
    let (min, max) = (bound("minimum"), bound("maximum"));
    for number in [min, min + 1, max - 1, max] {
        target.is_taken(name, &json!(number), &[]).await;
    }
    for number in [min - 1, max + 1] {
        target.is_refused(name, &json!(number)).await;
    }
    *tally.entry("number").or_default() += 6;
}

async fn lists(target: &Target<'_>, name: &str, property: &Value, tally: &mut Tally) {
    let items = &property["items"];
    let min_item = items["minimum"].as_u64().unwrap_or_default();
    let list = |length: usize| -> Value {
        let item = |index: usize| match items["format"].as_str() {
            Some("uuid") => json!(Uuid::now_v7()),
            _ if items["$ref"].is_string() => target.object(&items["$ref"]),
            _ if items["enum"].is_array() => {
                let values = items["enum"].as_array().unwrap();
                values[index % values.len()].clone()
            }
            _ if items["type"] == "string" => json!(format!("item {index}")),
            _ => json!(min_item + index as u64),
        };
        (0..length).map(item).collect()
    };
    // The ids are unknown: these errors are about the items, not about the list.
    let allowed = [" unknown_member", " unknown_circle"];
    let max = size(&property["maxItems"]).unwrap();
    for length in [max - 1, max] {
        target.is_taken(name, &list(length), &allowed).await;
    }
    target.is_refused(name, &list(max + 1)).await;
    if let Some(min) = size(&property["minItems"]) {
        target.is_taken(name, &list(min), &allowed).await;
        target.is_refused(name, &list(min - 1)).await;
    }
    *tally.entry("list").or_default() += 3;
    if let Some(most) = items["maximum"].as_u64() {
        target.is_taken(name, &json!([min_item, most]), &[]).await;
        target.is_refused(name, &json!([most + 1])).await;
    }
}

#[tokio::test]
async fn every_operation_limits_the_length_depth_and_width_of_a_body() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator and patient"]).await;
    let ids = fresh(&ana, "ours").await;
    let document = kith::api::operations();
    let nested = |depth: usize| format!("{{\"x\":{}{}}}", "[".repeat(depth), "]".repeat(depth));
    let wide = |items: usize| format!("{{\"x\":[{}0]}}", "0,".repeat(items - 1));
    let padded = |bytes: usize| {
        let body = r#"{"no_such_member":1}"#;
        format!("{body}{}", " ".repeat(bytes - body.len()))
    };
    let mut larger = Vec::new();
    let mut tried = 0;
    for target in targets(&ana, &ids, &document) {
        // A body that is not refused for its size is refused for its unknown field.
        for (body, status) in [
            (padded(target.max_bytes - 1), 422),
            (padded(target.max_bytes), 422),
            (padded(target.max_bytes + 1), 413),
            (nested(30), 422),
            (nested(31), 422),
            (nested(32), 400),
            (wide(199), 422),
            (wide(200), 422),
            (wide(201), 400),
        ] {
            let reply = target.send(body.clone()).await;
            assert_eq!(
                reply.status, status,
                "{} {body:.20}: {}",
                target.name, reply.text
            );
            tried += 1;
        }
        if target.max_bytes > 65_536 {
            larger.push(target.name);
        }
        for encoding in ["gzip", "br", "deflate", "identity, gzip", "x"] {
            let mut request = target.request("application/json", "{}");
            let value = encoding.parse().unwrap();
            request
                .headers_mut()
                .insert(header::CONTENT_ENCODING, value);
            let reply = app.send(request).await;
            assert_eq!(
                reply.status, 415,
                "{} {encoding}: {}",
                target.name, reply.text
            );
            tried += 1;
        }
    }
    println!("{tried} bodies tried, larger than 64 KiB: {larger:?}");
    assert!(tried > 600);
    assert!(larger.contains(&"create_message"), "{larger:?}");
}

#[tokio::test]
async fn a_parameter_can_be_repeated_only_if_it_is_a_list() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator and patient"]).await;
    let ids = fresh(&ana, "ours").await;
    let document = kith::api::operations();
    let mut tried = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        let operation = &item["get"];
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            if parameter["in"] != "query" {
                continue;
            }
            let name = parameter["name"].as_str().unwrap();
            let value = match &parameter["schema"] {
                schema if is(schema, "array") => fitting(&schema["items"]),
                schema if is(schema, "integer") => json!(1),
                schema if schema["format"] == "date-time" => json!("2027-01-02T12:00:00Z"),
                schema if schema["format"] == "date" => json!("2027-01-02"),
                schema => fitting(schema),
            };
            let value = value.to_string();
            let value = value.trim_matches('"');
            let path = fill(path, &ids);
            let and = separator(&path);
            let twice = format!("{path}{and}{name}={value}&{name}={value}");
            let reply = ana.get(&twice).await;
            let expected = if is(&parameter["schema"], "array") {
                200
            } else {
                400
            };
            assert_eq!(reply.status, expected, "{twice}: {}", reply.text);
            tried += 1;
        }
    }
    println!("{tried} parameters tried");
    assert!(tried > 20);
}
