//! Lists what in a document breaks clients that were made for an earlier one.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::schema::{Direction, Schemas};

/// An operation's parameters by place and name.
type Parameters<'a> = BTreeMap<(&'a str, &'a str), &'a Value>;

/// One sentence for each break, in the order of the released document.
pub fn breaks(released: &Value, current: &Value) -> Vec<String> {
    let mut comparison = Comparison {
        schemas: Schemas::new(released, current),
    };
    comparison.names_of_schemas();
    for (path, item) in members(&released["paths"]) {
        for (method, operation) in members(item) {
            if method == "parameters" {
                continue;
            }
            let place = format!("{} {path}", method.to_uppercase());
            match current["paths"][path].get(method) {
                Some(now) => comparison.operation(&place, (item, operation), (path, now)),
                None => comparison.refuse(&place, "the operation is gone"),
            }
        }
    }
    comparison.schemas.into_breaks()
}

struct Comparison<'a> {
    schemas: Schemas<'a>,
}

impl<'a> Comparison<'a> {
    fn refuse(&mut self, place: &str, what: &str) {
        self.schemas.refuse(place, what);
    }

    /// Clients have classes of these names.
    fn names_of_schemas(&mut self) {
        let now = &self.schemas.current["components"]["schemas"];
        for (name, _) in members(&self.schemas.released["components"]["schemas"]) {
            if now.get(name).is_none() {
                self.refuse(name, "the schema is gone or has another name");
            }
        }
    }

    fn operation(
        &mut self,
        place: &str,
        (item, before): (&'a Value, &'a Value),
        (path, now): (&str, &'a Value),
    ) {
        if before["operationId"] != now["operationId"] {
            let what = format!("its operationId was {}", before["operationId"]);
            self.refuse(place, &what);
        }
        self.security(place, before, now);
        let item_now = &self.schemas.current["paths"][path];
        let parameters = parameters(self.schemas.released, item, before);
        let parameters_now = self::parameters(self.schemas.current, item_now, now);
        self.parameters(place, &parameters, &parameters_now);
        self.request_body(place, &before["requestBody"], &now["requestBody"]);
        for (status, response) in members(&before["responses"]) {
            self.response(place, status, response, now["responses"].get(status));
        }
    }

    /// Each way to sign in that was enough still is. An empty list, or an empty alternative,
    /// asks for nothing.
    fn security(&mut self, place: &str, before: &'a Value, now: &'a Value) {
        let alternatives = |document: &'a Value, operation: &'a Value| {
            let own = operation.get("security");
            let list = own.or_else(|| document.get("security"));
            list.and_then(Value::as_array)
                .map_or(&[][..], Vec::as_slice)
        };
        let before = alternatives(self.schemas.released, before);
        let now = alternatives(self.schemas.current, now);
        let open = |list: &[Value]| list.is_empty() || list.contains(&Value::Object(Map::new()));
        let narrower = !open(now) && (open(before) || before.iter().any(|way| !now.contains(way)));
        if narrower {
            self.refuse(place, "a way to sign in that was enough no longer is");
        }
    }

    fn parameters(&mut self, place: &str, before: &Parameters<'a>, now: &Parameters<'a>) {
        for ((within, name), parameter) in before {
            let place = format!("{place}: {within} parameter {name}");
            let Some(current) = now.get(&(*within, *name)) else {
                self.refuse(&place, "it is gone");
                continue;
            };
            if is_true(&current["required"]) && !is_true(&parameter["required"]) {
                self.refuse(&place, "it is required now");
            }
            for key in ["style", "explode"] {
                if parameter.get(key) != current.get(key) {
                    self.refuse(&place, &format!("its {key} is another"));
                }
            }
            let schemas = (&parameter["schema"], &current["schema"]);
            self.schemas.compare(&place, Direction::Request, schemas);
        }
        for ((within, name), parameter) in now {
            if is_true(&parameter["required"]) && !before.contains_key(&(*within, *name)) {
                let place = format!("{place}: {within} parameter {name}");
                self.refuse(&place, "it is new and required");
            }
        }
    }

    fn request_body(&mut self, place: &str, before: &'a Value, now: &'a Value) {
        let place = format!("{place}: body");
        let before = self.schemas.resolved_before(before);
        let now = self.schemas.resolved_now(now);
        if is_true(&now["required"]) && !is_true(&before["required"]) {
            self.refuse(&place, "it is required now");
        }
        if before.is_object() && now.is_null() {
            self.refuse(&place, "it is gone");
            return;
        }
        let limit = |body: &Value| body["x-max-bytes"].as_u64().unwrap_or(u64::MAX);
        // Where no body was read before, none was limited.
        if before.is_object() && limit(now) < limit(before) {
            self.refuse(&place, "its x-max-bytes is lower");
        }
        self.content(&place, Direction::Request, before, now);
    }

    fn response(&mut self, place: &str, status: &str, before: &'a Value, now: Option<&'a Value>) {
        let place = format!("{place}: {status}");
        let Some(now) = now else {
            // A refusal that no longer happens breaks nobody.
            if status.starts_with('2') || status.starts_with('3') {
                self.refuse(&place, "the status is gone");
            }
            return;
        };
        let before = self.schemas.resolved_before(before);
        let now = self.schemas.resolved_now(now);
        for (name, header) in members(&before["headers"]) {
            let place = format!("{place}: header {name}");
            let Some(current) = now["headers"].get(name) else {
                self.refuse(&place, "it is gone");
                continue;
            };
            let header = self.schemas.resolved_before(header);
            let current = self.schemas.resolved_now(current);
            let schemas = (&header["schema"], &current["schema"]);
            self.schemas.compare(&place, Direction::Answer, schemas);
        }
        self.content(&place, Direction::Answer, before, now);
    }

    fn content(&mut self, place: &str, direction: Direction, before: &'a Value, now: &'a Value) {
        for (kind, content) in members(&before["content"]) {
            match now["content"].get(kind) {
                Some(current) => {
                    let schemas = (&content["schema"], &current["schema"]);
                    self.schemas.compare(place, direction, schemas);
                }
                None => self.refuse(place, &format!("{kind} is gone")),
            }
        }
    }
}

fn parameters<'a>(document: &'a Value, item: &'a Value, operation: &'a Value) -> Parameters<'a> {
    let lists = [&item["parameters"], &operation["parameters"]];
    let all = lists.into_iter().filter_map(Value::as_array).flatten();
    all.map(|parameter| {
        let parameter = super::schema::resolved(document, parameter);
        let text = |key: &str| parameter[key].as_str().unwrap_or_default();
        ((text("in"), text("name")), parameter)
    })
    .collect()
}

fn is_true(value: &Value) -> bool {
    value.as_bool().unwrap_or(false)
}

/// The members of an object, and none of anything else.
pub fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

/// The texts of a list.
pub fn texts(value: &Value) -> BTreeSet<&str> {
    let list = value.as_array().into_iter().flatten();
    list.filter_map(Value::as_str).collect()
}
