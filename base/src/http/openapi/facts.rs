//! What an operation says of itself in its `#[utoipa::path]`, beside what the
//! generator reads off the handler. Layers, document and tests read it from the
//! document, so that it stands nowhere else.
//!
//! Who may call it:
//! - Nothing said: people who are signed in, with a session. This is the strictest.
//! - `security(())`: everybody.
//! - `security(("personal_access_token" = [TokenScope::TasksRead]))`: people who are signed in,
//!   and personal access tokens that have all of these scopes.
//!
//! How it can fail, beside what all operations of its kind have in common: the types
//! of [`super::refusals`] in `responses(…, Problem, TriedTooOften)`.
//!
//! What no other attribute can say is a [`Fact`]:
//! `extensions(("x-facts" = json!([Fact::AnswerNotKept])))`.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::entity::personal_access_token::{TokenScope, TokenScopes};

/// What an operation says in `x-facts`; the published document does not have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fact {
    /// The answer is not kept for a repeated request, and the operation takes no
    /// `Idempotency-Key`: the answer holds a secret or all data of a person, or would say that an
    /// ended proof or session is still there.
    AnswerNotKept,
    /// The operation works without a body, too.
    BodyOptional,
    /// The operation changes a thing that has versions, although neither its path nor its answer
    /// says so: it takes `If-Match`.
    ChangesAVersion,
}

/// The facts of one operation, taken off it.
#[derive(Debug, Default)]
pub(super) struct Facts(Vec<Fact>);

impl Facts {
    pub(super) fn take(operation: &mut Value) -> Self {
        let facts = remove(operation, "x-facts");
        let facts = facts.and_then(|facts| serde_json::from_value(facts).ok());
        Self(facts.unwrap_or_default())
    }

    pub(super) fn have(&self, fact: Fact) -> bool {
        self.0.contains(&fact)
    }
}

fn remove(operation: &mut Value, name: &str) -> Option<Value> {
    operation.as_object_mut()?.remove(name)
}

/// Whether the operation is public: it names no security scheme then.
pub(super) fn is_public(operation: &Value) -> bool {
    let ways = operation["security"].as_array();
    ways.is_some_and(|ways| ways.iter().any(|way| way == &json!({})))
}

/// The scopes that an operation needs of a personal access token; the router puts them on the
/// request. `None` if no token is accepted: for operations that make credentials, change an
/// account, or decide who is in a circle and what they see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NeededScopes(pub Option<TokenScopes>);

impl NeededScopes {
    /// Of an operation of the document.
    pub fn of(operation: &Value) -> Self {
        let scopes = Vec::<TokenScope>::deserialize(&operation["x-required-scopes"]);
        Self(scopes.ok().map(TokenScopes::from_iter))
    }
}

/// Writes the security of an operation in the form that generators of clients understand. An
/// operation that is not public and names no known scopes is for signed-in people only.
pub(super) fn publish_security(operation: &mut Value) {
    if is_public(operation) {
        return;
    }
    let declared =
        Vec::<TokenScope>::deserialize(&operation["security"][0]["personal_access_token"]);
    let Some(needed) = declared.ok().filter(|scopes| !scopes.is_empty()) else {
        remove(operation, "security");
        return;
    };
    operation["security"] = json!([{ "bearer": [] }, { "personal_access_token": [] }]);
    operation["x-required-scopes"] = json!(needed);
    let writes = needed
        .iter()
        .any(|scope| scope.as_str().ends_with(":write"));
    let answers = operation["responses"]["204"].is_null();
    if let Some(responses) = operation["responses"].as_object_mut()
        && writes
        && answers
    {
        let done = "Done, for an access token that may write but not read this";
        responses.insert("204".into(), json!({ "description": done }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn published(mut operation: Value) -> Value {
        publish_security(&mut operation);
        operation
    }

    #[test]
    fn what_says_nothing_or_nonsense_is_for_signed_in_people_only() {
        for security in [
            json!([]),
            json!([{ "personal_access_token": [] }]),
            json!([{ "personal_access_token": ["tasks:all"] }]),
            json!([{ "acess_token": ["tasks:read"] }]),
        ] {
            let operation = published(json!({ "security": security, "responses": {} }));
            assert_eq!(operation, json!({ "responses": {} }));
            assert!(!is_public(&operation));
            assert_eq!(NeededScopes::of(&operation), NeededScopes(None));
        }
        assert!(!is_public(&published(json!({}))));
    }

    #[test]
    fn scopes_that_are_declared_are_the_ones_that_are_needed() {
        let declared = json!({ "security": [{ "personal_access_token": ["tasks:write"] }] });
        let operation = published(declared);
        assert!(!is_public(&operation));
        let needed: TokenScopes = [TokenScope::TasksWrite].into_iter().collect();
        assert_eq!(NeededScopes::of(&operation), NeededScopes(Some(needed)));
    }

    #[test]
    fn facts_are_read_and_leave_the_document() {
        let mut operation = json!({ "x-facts": [Fact::BodyOptional] });
        let facts = Facts::take(&mut operation);
        assert!(facts.have(Fact::BodyOptional) && !facts.have(Fact::AnswerNotKept));
        assert_eq!(operation, json!({}));
    }
}
