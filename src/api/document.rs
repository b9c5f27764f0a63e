//! What the document says of problems, from the tables of all features.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::access::limits;
use crate::entity::user::UserState;
use crate::http::openapi::open_enum;

/// The properties of an item on an agenda or a calendar that come from tasks, appointments and needs:
/// each with its name in the document, and the properties that its values are from.
const OF_AGENDA: [(&str, &str, &str, [&str; 3]); 3] = [
    (
        "kind",
        "AgendaItemKind",
        "The category of a task, or the kind of an appointment or a need.",
        ["category", "kind", "kind"],
    ),
    (
        "state",
        "AgendaItemState",
        "The state of a task, an appointment or a need.",
        ["state"; 3],
    ),
    (
        "my_state",
        "AgendaItemMyState",
        "The state of the reader's own assignment, or their response to an appointment.",
        ["my_assignment", "my_response", "my_assignment"],
    ),
];

/// Names the texts of items on an agenda or a calendar, and of gaps.
pub(super) fn complete_agenda(document: &mut Value) {
    for (property, name, about, sources) in OF_AGENDA {
        let sources = ["Task", "Appointment", "Need"].into_iter().zip(sources);
        let values = values_from(document, sources);
        for item in ["AgendaItem", "CalendarItem"] {
            let item = &mut document["components"]["schemas"][item]["properties"];
            open_enum(&mut item[property], name, about, values.clone());
        }
    }
    let sources = [
        ("Task", "category"),
        ("Appointment", "kind"),
        ("Need", "kind"),
        ("Role", "kind"),
    ];
    let values = values_from(document, sources.into_iter());
    let about = "The category of a task, or the kind of an appointment, a need or a role.";
    let gap = &mut document["components"]["schemas"]["Gap"]["properties"];
    open_enum(&mut gap["kind"], "GapKind", about, values);
}

/// The values of properties of these resources.
fn values_from<'a>(
    document: &Value,
    sources: impl Iterator<Item = (&'a str, &'a str)>,
) -> BTreeSet<String> {
    let schemas = &document["components"]["schemas"];
    sources
        .filter_map(|(resource, property)| {
            schemas[resource]["properties"][property]["x-extensible-enum"].as_array()
        })
        .flatten()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect()
}

/// Names the texts in problems that come from the features: the limit, the state of a thing and
/// what can be done with it.
pub(super) fn complete_problem(document: &mut Value) {
    let schemas = &document["components"]["schemas"];
    let mut states: BTreeSet<_> = values_of(schemas, |properties| &properties["state"]);
    states.insert(UserState::Deleting.as_str().to_owned());
    // A message has its thread's state until it is deleted.
    states.insert("deleted".to_owned());
    let actions = values_of(schemas, |properties| &properties["actions"]["items"]);

    let properties = &mut document["components"]["schemas"]["Problem"]["properties"];
    let about_states = "The state of a thing that a request tried to change.";
    let about_actions = "Something that the caller can do now.";
    open_enum(
        &mut properties["limit"],
        "LimitName",
        &limits::describe_all(),
        limits::names(),
    );
    open_enum(
        &mut properties["state"],
        "ConflictState",
        about_states,
        states,
    );
    open_enum(
        &mut properties["actions"]["items"],
        "ConflictAction",
        about_actions,
        actions,
    );
}

/// The values of an enum of all resources that have actions.
fn values_of(schemas: &Value, of: fn(&Value) -> &Value) -> BTreeSet<String> {
    let schemas = schemas.as_object().into_iter().flat_map(|all| all.values());
    let properties = schemas.map(|schema| &schema["properties"]);
    let resources = properties.filter(|properties| properties["actions"].is_object());
    resources
        .filter_map(|properties| of(properties)["x-extensible-enum"].as_array())
        .flatten()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect()
}
