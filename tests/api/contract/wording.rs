//! The texts and names of the document are those of docs/glossary.md: plain, short and complete.
//! Each fault says where it is and what to change.

use std::collections::BTreeSet;

use regex::Regex;
use serde_json::{Map, Value};

use super::document::{operations, walk};

/// The words that a summary and the id of an operation begin with. A summary can have a few more.
const VERBS: &str = "accept add approve archive cancel change check claim complete confirm create decline delete end enroll \
    export get leave list mark offer pause place preview propose reauthenticate refresh register reinstate reject release remove reopen replace \
    request reschedule resend respond resume revoke schedule set sign suspend unarchive uncheck undo update answer ask discuss plan postpone search activate name withdraw";
const MORE_VERBS: &str = "comment count edit invite rename send set start";

/// What nobody should have to read: the old words of this document, words that mean two things,
/// and British spelling.
const BANNED: &[&str] = &[
    // Riddles, and old words of this document.
    "whoever",
    "whomever",
    "oneself",
    "one's",
    "one may",
    "one can",
    "one sees",
    "what one",
    "whether one",
    "take along",
    "right to",
    "rights to",
    "have erased",
    "found a circle",
    "heir",
    // Words that ask for more than they say.
    "simply",
    "just",
    "please",
    "obviously",
    "of course",
    // One spelling.
    "e-mail",
    "e-mails",
    "colour",
    "cancelled",
    "cancelling",
    "organise",
    "organised",
    "recognise",
    "recognised",
    "behaviour",
    "favour",
    "favourite",
    "licence",
    "centre",
    "grey",
    "enrol",
    "afterwards",
    "towards",
    "whilst",
    "amongst",
];

/// Instants whose names say when in another way.
const OTHER_INSTANTS: &[&str] = &[
    // The plan for a deletion: `deletion_at` would read as a fact.
    "deletion_scheduled_for",
    // One for each topic.
    "daily",
    "decisions",
    "family",
    "health",
];

/// Things that people call a request.
const CALLED_REQUESTS: &[&str] = &["JoinRequest"];

/// Ids whose names a standard chose.
const OTHER_IDS: &[&str] = &["kid"];

/// The faults of the document, each with where it is.
#[derive(Default)]
struct Faults(Vec<String>);

impl Faults {
    fn unless(&mut self, is_good: bool, at: &str, advice: &str) {
        if !is_good {
            self.0.push(format!("{at}: {advice}"));
        }
    }

    fn none(self, where_to_look: &str) {
        assert!(self.0.is_empty(), "{:#?}\n{where_to_look}", self.0);
    }
}

#[test]
fn summaries_are_short_and_begin_with_a_verb() {
    let document = kith::api::document();
    let verbs: BTreeSet<_> = VERBS.split_whitespace().collect();
    let more: BTreeSet<_> = MORE_VERBS.split_whitespace().collect();
    let mut faults = Faults::default();
    for (_, _, operation) in operations(&document) {
        let id = operation["operationId"].as_str().unwrap();
        let summary = operation["summary"].as_str().unwrap();
        let length = summary.chars().count();
        faults.unless(
            length <= 60,
            id,
            &format!("{summary:?} has {length} characters, at most 60"),
        );
        faults.unless(!summary.ends_with('.'), id, "a summary has no full stop");
        let first = summary.split(' ').next().unwrap();
        let is_capital = first.starts_with(|letter: char| letter.is_ascii_uppercase());
        let first = first.to_ascii_lowercase();
        faults.unless(
            is_capital && (verbs.contains(&*first) || more.contains(&*first)),
            id,
            &format!(
                "{summary:?} does not begin with a verb of VERBS in tests/api/contract/wording.rs"
            ),
        );
        let first = id.split('_').next().unwrap();
        faults.unless(
            verbs.contains(first),
            id,
            "the id does not begin with a verb of VERBS",
        );
        let is_snake = id
            .chars()
            .all(|letter| letter.is_ascii_lowercase() || letter == '_');
        faults.unless(is_snake, id, "the id is not in lower_snake_case");
    }
    faults.none("The first line of a handler's doc comment is the summary, and its name the id.");
}

#[test]
fn everything_has_a_description_that_is_a_sentence() {
    let document = kith::api::document();
    let mut faults = Faults::default();
    let describe = "write a doc comment";
    for tag in document["tags"].as_array().unwrap() {
        let at = tag["name"].as_str().unwrap();
        faults.unless(
            tag["description"].is_string(),
            at,
            "describe the tag in src/api.rs",
        );
    }
    for (_, _, operation) in operations(&document) {
        let id = operation["operationId"].as_str().unwrap();
        faults.unless(operation["description"].is_string(), id, describe);
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            let is_described =
                parameter["description"].is_string() || parameter["$ref"].is_string();
            faults.unless(
                is_described,
                id,
                &format!("{}: {describe}", parameter["name"]),
            );
        }
    }
    for kind in ["schemas", "responses", "headers", "parameters"] {
        for (name, component) in document["components"][kind].as_object().unwrap() {
            faults.unless(component["description"].is_string(), name, describe);
        }
    }
    walk(&document, "", &mut |path, members| {
        for (name, property) in properties(path, members) {
            let at = format!("{path}/properties/{name}");
            faults.unless(property["description"].is_string(), &at, describe);
        }
        if let Some(text) = description(path, members) {
            let last = text.trim_end().lines().last().unwrap_or_default();
            let is_item = last.starts_with("- ") || last.starts_with("  ");
            let ends = text.ends_with(['.', '?']) || is_item;
            faults.unless(
                ends,
                path,
                &format!("end the description with a full stop: {last:?}"),
            );
            let begins = text.starts_with(|letter: char| !letter.is_lowercase());
            faults.unless(
                begins,
                path,
                &format!("begin with a capital letter: {text:?}"),
            );
        }
    });
    faults.none("A pointer names the place in the document; the text is the doc comment of the field or type.");
}

#[test]
fn the_texts_have_no_words_that_people_stumble_over() {
    let document = kith::api::document();
    let banned = Regex::new(&format!(r"(?i)\b({})\b", BANNED.join("|"))).unwrap();
    let mut faults = Faults::default();
    walk(&document, "", &mut |path, members| {
        let summary = members.get("summary").and_then(Value::as_str);
        for text in description(path, members).into_iter().chain(summary) {
            if let Some(word) = banned.find(text) {
                let around = text
                    .lines()
                    .find(|line| banned.is_match(line))
                    .unwrap_or_default();
                let advice = format!("use another word than {:?} in {around:?}", word.as_str());
                faults.unless(false, path, &advice);
            }
        }
    });
    faults.none("docs/glossary.md has the words. BANNED in tests/api/contract/wording.rs lists what is left out.");
}

#[test]
fn the_names_of_properties_say_what_they_are() {
    let document = kith::api::document();
    let mut faults = Faults::default();
    let snake = Regex::new("^[a-z][a-z0-9]*(_[a-z0-9]+)*$").unwrap();
    walk(&document, "", &mut |path, members| {
        for (name, property) in properties(path, members) {
            let at = format!("{path}/properties/{name}");
            faults.unless(snake.is_match(name), &at, "write it in lower_snake_case");
            faults.unless(
                !["on", "of", "by", "mine", "its"].contains(&&**name),
                &at,
                "say what it is",
            );
            let is = |format: &str| property["format"] == format;
            let items = &property["items"]["format"];
            let ends = |end: &str| name.ends_with(end);
            let is_id = name == "id" || ends("_id") || OTHER_IDS.contains(&&**name);
            faults.unless(!is("uuid") || is_id, &at, "an id ends in `_id`");
            faults.unless(items != "uuid" || ends("_ids"), &at, "ids end in `_ids`");
            faults.unless(!is("date") || ends("_on"), &at, "a date ends in `_on`");
            let known = OTHER_INSTANTS.contains(&&**name);
            faults.unless(
                !is("date-time") || ends("_at") || known,
                &at,
                "an instant ends in `_at`",
            );
            faults.unless(
                !ends("_at") || is("date-time"),
                &at,
                "only an instant ends in `_at`",
            );
            faults.unless(!ends("_on") || is("date"), &at, "only a date ends in `_on`");
        }
    });
    faults.none("Rename the field in the type of the body. The columns of the database can keep their names.");
}

#[test]
fn the_names_of_schemas_make_good_classes() {
    let document = kith::api::document();
    let mut faults = Faults::default();
    let pascal = Regex::new("^([A-Z][a-z0-9]+)+$").unwrap();
    for name in document["components"]["schemas"]
        .as_object()
        .unwrap()
        .keys()
    {
        faults.unless(pascal.is_match(name), name, "write it in PascalCase");
    }
    let mut bodies = BTreeSet::new();
    for (_, _, operation) in operations(&document) {
        let contents = operation["requestBody"]["content"].as_object();
        for content in contents.into_iter().flat_map(Map::values) {
            // A file has no schema with a name.
            let Some(reference) = content["schema"]["$ref"].as_str() else {
                continue;
            };
            bodies.insert(reference.rsplit('/').next().unwrap().to_owned());
        }
    }
    for name in document["components"]["schemas"]
        .as_object()
        .unwrap()
        .keys()
    {
        let is_body = bodies.contains(name) || CALLED_REQUESTS.contains(&name.as_str());
        let advice = "the body of a request ends in `Request`, and only such a body does";
        faults.unless(is_body == name.ends_with("Request"), name, advice);
    }
    assert!(bodies.len() > 40, "{bodies:?}");
    faults.none("The name of a schema is that of its Rust type.");
}

#[test]
fn examples_do_not_teach_to_override_a_check() {
    let document = kith::api::document();
    let mut faults = Faults::default();
    let overrides = Regex::new("^(allow|force|ignore|skip|keep_other|for_everyone|even)").unwrap();
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        for example in schema["examples"].as_array().into_iter().flatten() {
            for (member, value) in example.as_object().unwrap() {
                let is_override = overrides.is_match(member) && *value == Value::Bool(true);
                let advice =
                    format!("the example sends {member}: true. People copy it: send false");
                faults.unless(!is_override, name, &advice);
            }
        }
    }
    faults.none("The example stands at the Rust type, in `#[schema(examples(…))]`.");
}

/// The properties of a schema. A property can have the name `properties`, too.
fn properties<'a>(path: &str, members: &'a Map<String, Value>) -> Vec<(&'a String, &'a Value)> {
    let is_list = path.ends_with("/properties") && !path.ends_with("/properties/properties");
    let properties = members.get("properties").filter(|_| !is_list);
    let properties = properties.and_then(Value::as_object).into_iter().flatten();
    properties.collect()
}

/// The description of an object of the document, if it is a text and not a property of that name.
fn description<'a>(path: &str, members: &'a Map<String, Value>) -> Option<&'a str> {
    let is_list = path.ends_with("/properties");
    let text = members.get("description").filter(|_| !is_list);
    text.and_then(Value::as_str)
}
