//! SQLite and PostgreSQL give the same answers. A generator makes bodies with values that the two
//! could treat differently. Both must answer with the same status and the same problems.
//!
//! `INPUTS=100000 scripts/with-postgres cargo test --test api differential -- --nocapture`
//! tries this many bodies. Without a number it tries a sample.

use std::fmt::Write;
use std::sync::Arc;

use axum::http::{Method, Request, header};
use serde_json::Value;
use uuid::Uuid;

use super::matrix::{Ids, fill, fresh};
use crate::harness::database::{TestDatabase, server};
use crate::harness::{Person, Reply, TestApp};

const SAMPLE: usize = 600;
/// After this many tries both sides start with a new database, because earlier changes get in the
/// way.
const ROUND: usize = 2500;

/// Operations that would remove what the others need.
const LEFT_OUT: [&str; 6] = [
    "sign_out",
    "leave_circle",
    "suspend_member",
    "remove_member",
    "update_member",
    "change_password",
];

/// Numbers that look random and are the same in every run (SplitMix64).
pub struct Dice(pub u64);

impl Dice {
    pub fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((z ^ (z >> 31)) % sides as u64).unwrap()
    }

    pub fn pick<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.roll(all.len())]
    }

    fn id(&mut self) -> Uuid {
        let half = |dice: &mut Self| {
            dice.roll(2);
            dice.0
        };
        Uuid::from_u64_pair(half(self), half(self))
    }
}

/// Texts that databases, parsers and people treat differently, as JSON writes them.
const TEXTS: [&str; 44] = [
    "",
    " ",
    "a",
    "Ana",
    "Ame\u{301}lie",
    "Am\u{e9}lie",
    "\u{1f469}\u{200d}\u{1f467}",
    "\u{1f600}",
    "\\u0000",
    "a\\u0000b",
    "\\ud800",
    "\\udc00\\ud800",
    "\\ud83d\\ude00",
    "\\u202e",
    "\\u2066x\\u2069",
    "\\ufffe",
    "\\uffff",
    "\\u0085",
    "\\u2028",
    "\\ufeff",
    "\\n",
    "\\r\\n",
    "\\t",
    "\\u001b[31m",
    "\\u007f",
    "'",
    "''; DROP TABLE users; --",
    "\\\"",
    "\\\\",
    "%",
    "_",
    "%_%",
    "$1",
    "?1",
    ":id",
    "{{7*7}}",
    "<b>",
    "NaN",
    "null",
    "true",
    "\u{130}",
    "\u{df}",
    "\u{1e9e}",
    "a\u{300}\u{301}\u{302}",
];
const NUMBERS: [&str; 20] = [
    "0",
    "-0",
    "1",
    "-1",
    "50",
    "51",
    "10080",
    "10081",
    "2147483647",
    "2147483648",
    "-2147483649",
    "9223372036854775807",
    "9223372036854775808",
    "1e2",
    "1.0",
    "1.5",
    "1e308",
    "1e309",
    "0.1",
    "1E-7",
];
const DATES: [&str; 18] = [
    "2026-12-24",
    "2027-02-28",
    "2027-02-29",
    "2028-02-29",
    "2027-13-01",
    "2027-00-10",
    "0001-01-01",
    "9999-12-31",
    "10000-01-01",
    "-0001-01-01",
    "1899-12-31",
    "1900-01-01",
    "2199-12-31",
    "2200-01-01",
    "2027-1-2",
    "20270102",
    "2027-01-02T00:00",
    "",
];
const LOCALS: [&str; 14] = [
    "2026-12-24T12:00",
    "2026-12-24T12:00:00",
    "2027-03-28T02:30",
    "2027-10-31T02:30",
    "2027-01-02T24:00",
    "2027-01-02T23:60",
    "2027-01-02T12:00:30",
    "2027-01-02 12:00",
    "2027-01-02T12:00Z",
    "1900-01-01T00:00",
    "1899-12-31T23:59",
    "2199-12-31T23:59",
    "2200-01-01T00:00",
    "2027-01-02T1:00",
];
const INSTANTS: [&str; 12] = [
    "2026-12-01T08:00:00Z",
    "2026-12-01T09:00:00+01:00",
    "2026-12-01T07:59:59.123456789Z",
    "2026-12-01T07:59:59.9999999Z",
    "1900-01-01T00:00:00Z",
    "1899-12-31T23:59:59Z",
    "2199-12-31T23:59:59Z",
    "2027-01-01T00:00:60Z",
    "-262143-01-01T00:00:00Z",
    "2026-12-01t08:00:00z",
    "2026-12-01",
    "2026-12-01T08:00:00",
];
const LOCALES: [&str; 6] = ["es", "de", "en-GB", "es_MX", "tlh", ""];
const ZONES: [&str; 9] = [
    "Europe/Berlin",
    "UTC",
    "America/New_York",
    "europe/berlin",
    "Mars/Olympus",
    "",
    "+01:00",
    "Asia/Kathmandu",
    "../etc/passwd",
];
const ODD: [&str; 12] = [
    "null",
    "true",
    "false",
    "[]",
    "{}",
    "[[]]",
    "{\"a\":1}",
    "\"x\"",
    "7",
    "1e400",
    "nul",
    "\"\\x\"",
];

/// A body with names in place of ids. Each side replaces them by its own ids.
struct Body(String);

fn text(dice: &mut Dice, property: &Value) -> String {
    let max = usize::try_from(property["maxLength"].as_u64().unwrap_or(40)).unwrap();
    let filler = *dice.pick(&["x", "\u{e9}", "\u{1f600}", "e\u{301}"]);
    match dice.roll(10) {
        0 => filler.repeat(max.min(12_000)),
        1 => filler.repeat(max.min(12_000) + 1),
        2..=6 => {
            let first = *dice.pick(&TEXTS);
            format!("{first}{}", dice.pick(&TEXTS))
        }
        _ => (*dice.pick(&TEXTS)).to_owned(),
    }
}

fn value(dice: &mut Dice, name: &str, property: &Value) -> String {
    if dice.roll(14) == 0 {
        return (*dice.pick(&ODD)).to_owned();
    }
    let kinds = property["type"].to_string();
    if kinds.contains("null") && dice.roll(6) == 0 {
        return "null".to_owned();
    }
    if let Some(values) = property["enum"].as_array() {
        return match dice.roll(8) {
            0 => format!("\"{}\"", dice.pick(&TEXTS)),
            _ => dice.pick(values).to_string(),
        };
    }
    if kinds.contains("boolean") {
        return (*dice.pick(&["true", "false"])).to_owned();
    }
    if kinds.contains("integer") {
        let bounds = [&property["minimum"], &property["maximum"]];
        return match dice.roll(2) {
            0 => (*dice.pick(&NUMBERS)).to_owned(),
            _ => dice.pick(&bounds).to_string(),
        };
    }
    if kinds.contains("array") {
        let most = property["maxItems"].as_u64().unwrap_or(5) + 2;
        let length = dice.roll(usize::try_from(most).unwrap());
        let items = (0..length).map(|_| value(dice, name, &property["items"]));
        return format!("[{}]", items.collect::<Vec<_>>().join(","));
    }
    let sample: &[&str] = match property["format"].as_str() {
        Some("uuid") => {
            // Names that each side replaces by its own ids.
            let known = ["@member", "@task", "@list", "@role", "@message", "@thread"];
            return match dice.roll(4) {
                0 => format!("\"{}\"", dice.id()),
                1 => "\"00000000-0000-0000-0000-000000000000\"".to_owned(),
                _ => format!("\"{}\"", dice.pick(&known)),
            };
        }
        Some("date") => &DATES,
        Some("date-time") => &INSTANTS,
        Some("email") => {
            let part = text(dice, &Value::Null);
            return match dice.roll(3) {
                0 => format!("\"{}@test.example\"", dice.roll(50)),
                1 => format!("\"{part}@test.example\""),
                _ => format!("\"a@{part}.example\""),
            };
        }
        _ if property["pattern"].is_string() => &LOCALS,
        _ if name == "time_zone" => &ZONES,
        _ if name == "locale" => &LOCALES,
        _ => return format!("\"{}\"", text(dice, property)),
    };
    format!("\"{}\"", dice.pick(sample))
}

fn body(dice: &mut Dice, schema: &Value) -> Body {
    let required: Vec<&str> = schema["required"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let mut text = String::from("{");
    for (name, property) in schema["properties"].as_object().unwrap() {
        let left_out = if required.contains(&name.as_str()) {
            dice.roll(30) == 0
        } else {
            dice.roll(3) != 0
        };
        if left_out {
            continue;
        }
        let comma = if text.len() > 1 { "," } else { "" };
        let value = value(dice, name, property);
        write!(text, "{comma}\"{name}\":{value}").unwrap();
    }
    match dice.roll(40) {
        0 => text += ",\"no_such_member\":1}",
        1 => text += "",
        _ => text += "}",
    }
    Body(text)
}

/// A person in a circle, on one of the two databases.
struct Side {
    app: Arc<TestApp>,
    person: Person,
    ids: Ids,
}

impl Side {
    async fn build(database: TestDatabase) -> Self {
        let app = TestApp::start_on(database, |_| ()).await;
        let [person, _] = app.circle(["coordinator", "helper"]).await;
        let ids = fresh(&person, "ours").await;
        Self { app, person, ids }
    }

    async fn send(&self, method: &Method, path: &str, body: &Body) -> Reply {
        let body = body
            .0
            .replace("@member", &self.person.member_id)
            .replace("@message", &self.ids.message)
            .replace("@thread", &self.ids.thread)
            .replace("@task", &self.ids.task)
            .replace("@list", &self.ids.list)
            .replace("@role", &self.ids.role);
        let token = self.person.token.as_ref().unwrap();
        let request = Request::builder()
            .method(method)
            .uri(fill(path, &self.ids))
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .header(header::CONTENT_TYPE, "application/json")
            .body(body.into())
            .unwrap();
        self.app.send(request).await
    }
}

/// The status, the problem, and the fields that it is about.
fn gist(reply: &Reply) -> String {
    let problem = reply.json();
    let mut gist = format!("{} {}", reply.status.as_u16(), problem["code"]);
    for error in problem["errors"].as_array().into_iter().flatten() {
        write!(gist, " {}:{}", error["pointer"], error["code"]).unwrap();
    }
    gist
}

#[tokio::test]
async fn both_databases_give_the_same_answers() {
    if server().is_none() {
        eprintln!("there is no PostgreSQL to compare with: skipped");
        return;
    }
    let inputs = std::env::var("INPUTS").ok();
    let inputs: usize = inputs.map_or(SAMPLE, |number| number.parse().unwrap());
    let document = kith::api::operations();
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let content = &operation["requestBody"]["content"]["application/json"];
            let name = operation["operationId"].as_str().unwrap();
            let Some(reference) = content["schema"]["$ref"].as_str() else {
                continue;
            };
            if LEFT_OUT.contains(&name) {
                continue;
            }
            let schema = reference.rsplit('/').next().unwrap();
            let schema = &document["components"]["schemas"][schema];
            let method: Method = method.to_uppercase().parse().unwrap();
            operations.push((method, path, schema));
        }
    }

    let mut dice = Dice(20_261_201);
    let (mut tried, mut accepted, mut broken) = (0, 0, 0);
    let mut different = Vec::new();
    while tried < inputs {
        let file = Side::build(TestDatabase::migrated_file()).await;
        let postgres = Side::build(TestDatabase::migrated().await).await;
        for _ in 0..ROUND.min(inputs - tried) {
            let (method, path, schema) = dice.pick(&operations);
            let body = body(&mut dice, schema);
            let (left, right) = tokio::join!(
                file.send(method, path, &body),
                postgres.send(method, path, &body)
            );
            tried += 1;
            accepted += usize::from(left.status.is_success());
            let our_fault = |reply: &Reply| reply.status.as_u16() >= 500;
            broken += usize::from(our_fault(&left) || our_fault(&right));
            let (left, right) = (gist(&left), gist(&right));
            if left != right {
                different.push(format!("{method} {path} {:.300}: {left} / {right}", body.0));
            }
        }
    }
    let alike = different.is_empty() && broken == 0;
    println!(
        "\nfigure: L2 | inputs tried / accepted / 5xx / differences, on {} operations (SQLite and \
         PostgreSQL) | {tried} / {accepted} / {broken} / {} | 0 x 5xx, 0 differences | {}",
        operations.len(),
        different.len(),
        if alike { "met" } else { "MISSED" },
    );
    assert!(
        different.is_empty(),
        "{:#?}",
        &different[..different.len().min(20)]
    );
    assert_eq!(broken, 0);
}
