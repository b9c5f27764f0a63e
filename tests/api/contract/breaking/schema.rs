//! Compares two schemas in one direction: what a client of the release sends must still be
//! accepted, and it must be able to read what is sent to it.

use std::collections::BTreeSet;

use serde_json::Value;

use super::compare::{members, texts};

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Direction {
    Request,
    Answer,
}

pub struct Schemas<'a> {
    pub released: &'a Value,
    pub current: &'a Value,
    breaks: Vec<String>,
    /// Named pairs that were compared already: each is told once, and schemas can be recursive.
    seen: BTreeSet<(Direction, &'a str, &'a str)>,
}

/// Follows references to their end.
pub fn resolved<'a>(document: &'a Value, mut value: &'a Value) -> &'a Value {
    while let Some(reference) = value["$ref"].as_str() {
        value = document
            .pointer(reference.trim_start_matches('#'))
            .unwrap_or(&Value::Null);
    }
    value
}

/// A schema without its references and without its "or null".
struct Shape<'a> {
    /// What the place says itself, and what it refers to.
    layers: Vec<&'a Value>,
    name: Option<&'a str>,
    nullable: bool,
}

impl<'a> Shape<'a> {
    fn of(document: &'a Value, mut schema: &'a Value) -> Self {
        let (mut layers, mut name, mut nullable) = (vec![schema], None, false);
        loop {
            let next = if let Some(reference) = schema["$ref"].as_str() {
                name = reference.strip_prefix("#/components/schemas/").or(name);
                document.pointer(reference.trim_start_matches('#'))
            } else if let Some(only) = or_null(schema) {
                nullable = true;
                Some(only)
            } else {
                None
            };
            match next {
                Some(next) => schema = next,
                None => break,
            }
            layers.push(schema);
        }
        let listed = layers.iter().any(|layer| includes_null(layer));
        nullable = nullable || listed;
        Self {
            layers,
            name,
            nullable,
        }
    }

    fn get(&self, key: &str) -> &'a Value {
        let found = self.layers.iter().find_map(|layer| layer.get(key));
        found.unwrap_or(&Value::Null)
    }

    /// The types besides null; none if it can be anything.
    fn types(&self) -> BTreeSet<&'a str> {
        let value = self.get("type");
        let mut types = texts(value);
        types.extend(value.as_str());
        types.remove("null");
        types
    }

    /// The values of a closed list, besides null.
    fn listed(&self) -> Option<Vec<&'a Value>> {
        let all = self.get("enum").as_array()?;
        Some(all.iter().filter(|value| !value.is_null()).collect())
    }

    fn union(&self) -> &'a [Value] {
        let last = self.layers.last().copied().unwrap_or(&Value::Null);
        let lists = ["oneOf", "anyOf", "allOf"].map(|key| last[key].as_array());
        lists
            .into_iter()
            .flatten()
            .next()
            .map_or(&[], Vec::as_slice)
    }
}

/// The other one of two alternatives of which one is null.
fn or_null(schema: &Value) -> Option<&Value> {
    let list = schema.get("anyOf").or_else(|| schema.get("oneOf"))?;
    match list.as_array()?.as_slice() {
        [only, null] | [null, only] if null["type"] == "null" => Some(only),
        _ => None,
    }
}

fn includes_null(schema: &Value) -> bool {
    texts(&schema["type"]).contains("null")
}

/// Whether all of `inner` are among `outer`. An integer is a number.
fn covered(inner: &BTreeSet<&str>, outer: &BTreeSet<&str>) -> bool {
    let is_covered =
        |kind: &&str| outer.contains(kind) || (*kind == "integer" && outer.contains("number"));
    outer.is_empty() || (!inner.is_empty() && inner.iter().all(is_covered))
}

impl<'a> Schemas<'a> {
    pub fn new(released: &'a Value, current: &'a Value) -> Self {
        Self {
            released,
            current,
            breaks: Vec::new(),
            seen: BTreeSet::new(),
        }
    }

    pub fn into_breaks(self) -> Vec<String> {
        self.breaks
    }

    pub fn refuse(&mut self, place: &str, what: &str) {
        self.breaks.push(format!("{place}: {what}"));
    }

    pub fn resolved_before(&self, value: &'a Value) -> &'a Value {
        resolved(self.released, value)
    }

    pub fn resolved_now(&self, value: &'a Value) -> &'a Value {
        resolved(self.current, value)
    }

    pub fn compare(&mut self, place: &str, direction: Direction, pair: (&'a Value, &'a Value)) {
        let before = Shape::of(self.released, pair.0);
        let now = Shape::of(self.current, pair.1);
        if before.name != now.name {
            let told = |name: Option<&str>| name.unwrap_or("without a name").to_owned();
            let what = format!(
                "its schema was {}, and is {}",
                told(before.name),
                told(now.name)
            );
            self.refuse(place, &what);
            return;
        }
        self.nullability(place, direction, &before, &now);
        if let (Some(was), Some(is)) = (before.name, now.name)
            && !self.seen.insert((direction, was, is))
        {
            return;
        }
        let place = before.name.map_or_else(
            || place.to_owned(),
            |name| match direction {
                Direction::Request => format!("{name} in requests"),
                Direction::Answer => format!("{name} in answers"),
            },
        );
        self.kind(&place, direction, &before, &now);
        self.values(&place, direction, &before, &now);
        if direction == Direction::Request {
            self.bounds(&place, &before, &now);
        }
        self.properties(&place, direction, &before, &now);
        let (items, items_now) = (before.get("items"), now.get("items"));
        if items.is_object() {
            self.compare(&format!("{place}: items"), direction, (items, items_now));
        }
        self.union(&place, direction, &before, &now);
    }

    fn nullability(&mut self, place: &str, direction: Direction, before: &Shape, now: &Shape) {
        match direction {
            Direction::Request if before.nullable && !now.nullable => {
                self.refuse(place, "null is no longer accepted");
            }
            Direction::Answer if now.nullable && !before.nullable => {
                self.refuse(place, "it can be null now");
            }
            _ => {}
        }
    }

    fn kind(&mut self, place: &str, direction: Direction, before: &Shape, now: &Shape) {
        let (types, types_now) = (before.types(), now.types());
        let fits = match direction {
            Direction::Request => covered(&types, &types_now),
            Direction::Answer => covered(&types_now, &types),
        };
        if !fits {
            self.refuse(
                place,
                &format!("its type was {types:?}, and is {types_now:?}"),
            );
        }
        // Generators choose a class by the format, such as a date.
        for key in ["format", "pattern", "const", "contentEncoding"] {
            let accepts_more = direction == Direction::Request && now.get(key).is_null();
            let harmless = key == "pattern" && (accepts_more || direction == Direction::Answer);
            if before.get(key) != now.get(key) && !harmless {
                let what = format!("its {key} was {}, and is {}", before.get(key), now.get(key));
                self.refuse(place, &what);
            }
        }
        if direction == Direction::Request
            && !before.get("default").is_null()
            && before.get("default") != now.get("default")
        {
            self.refuse(place, "its default is another");
        }
    }

    /// Closed lists of values. An open one (`x-extensible-enum`) may get values and lose them.
    fn values(&mut self, place: &str, direction: Direction, before: &Shape, now: &Shape) {
        let (sent, read) = match direction {
            Direction::Request => (before.listed(), now.listed()),
            Direction::Answer => (now.listed(), before.listed()),
        };
        let Some(read) = read else { return };
        let Some(sent) = sent else {
            let what = match direction {
                Direction::Request => "only listed values are accepted now",
                Direction::Answer => "it was one of a closed list, and can be anything now",
            };
            self.refuse(place, what);
            return;
        };
        for value in sent.into_iter().filter(|value| !read.contains(value)) {
            let what = match direction {
                Direction::Request => format!("{value} is no longer accepted"),
                Direction::Answer => format!("{value} is new in a closed list"),
            };
            self.refuse(place, &what);
        }
    }

    fn bounds(&mut self, place: &str, before: &Shape, now: &Shape) {
        let number = |shape: &Shape, key: &str| shape.get(key).as_f64();
        for key in [
            "maxLength",
            "maxItems",
            "maximum",
            "exclusiveMaximum",
            "maxProperties",
        ] {
            let lower = number(now, key)
                .is_some_and(|now| number(before, key).is_none_or(|before| now < before));
            if lower {
                self.refuse(place, &format!("its {key} is lower"));
            }
        }
        for key in [
            "minLength",
            "minItems",
            "minimum",
            "exclusiveMinimum",
            "minProperties",
        ] {
            // A length of zero is no bound.
            let lengths = ["minLength", "minItems", "minProperties"];
            let least = if lengths.contains(&key) {
                0.0
            } else {
                f64::NEG_INFINITY
            };
            let higher =
                number(now, key).is_some_and(|now| now > number(before, key).unwrap_or(least));
            if higher {
                self.refuse(place, &format!("its {key} is higher"));
            }
        }
        if before.get("multipleOf") != now.get("multipleOf") && !now.get("multipleOf").is_null() {
            self.refuse(place, "its multipleOf is another");
        }
        let unique = |shape: &Shape| shape.get("uniqueItems") == &Value::Bool(true);
        if unique(now) && !unique(before) {
            self.refuse(place, "its items must differ now");
        }
        let closed = |shape: &Shape| shape.get("additionalProperties") == &Value::Bool(false);
        if closed(now) && !closed(before) {
            self.refuse(place, "other properties are no longer accepted");
        }
    }

    fn properties(
        &mut self,
        place: &str,
        direction: Direction,
        before: &Shape<'a>,
        now: &Shape<'a>,
    ) {
        let properties_now = now.get("properties");
        for (name, property) in members(before.get("properties")) {
            let place = format!("{place}: {name}");
            match properties_now.get(name) {
                Some(current) => self.compare(&place, direction, (property, current)),
                None => self.refuse(&place, "the property is gone"),
            }
        }
        let (required, required_now) = (texts(before.get("required")), texts(now.get("required")));
        match direction {
            Direction::Request => {
                for name in required_now.difference(&required) {
                    self.refuse(&format!("{place}: {name}"), "it is required now");
                }
            }
            Direction::Answer => {
                for name in required.difference(&required_now) {
                    if properties_now.get(name).is_some() {
                        self.refuse(&format!("{place}: {name}"), "it can be missing now");
                    }
                }
            }
        }
    }

    /// What has several shapes stays as it is, except that the shapes may grow.
    fn union(&mut self, place: &str, direction: Direction, before: &Shape<'a>, now: &Shape<'a>) {
        let (list, list_now) = (before.union(), now.union());
        if list.len() != list_now.len() {
            self.refuse(place, "the number of its shapes is another");
            return;
        }
        for (shape, shape_now) in list.iter().zip(list_now) {
            self.compare(&format!("{place}: one of"), direction, (shape, shape_now));
        }
    }
}
