//! What a proven personal access token may do. Each operation declares which scopes it needs.

use crate::entity::ids::PersonalAccessTokenId;
use crate::entity::personal_access_token::{TokenScope, TokenScopes};
use crate::http::openapi::NeededScopes;
use crate::problem::Problem;

/// A personal access token that was proven.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProvenToken {
    pub id: PersonalAccessTokenId,
    pub scopes: TokenScopes,
}

/// The scope that lets a token read what this scope lets it write.
fn shown_by(scope: TokenScope) -> TokenScope {
    use TokenScope as S;
    match scope {
        S::TasksWrite => S::TasksRead,
        S::AppointmentsWrite => S::AppointmentsRead,
        S::RolesWrite => S::RolesRead,
        S::MessagesWrite => S::MessagesRead,
        other => other,
    }
}

impl ProvenToken {
    /// Whether it may see the answer of the operation. A token that can only write must not read
    /// through the answers to its writes.
    pub(crate) fn sees_the_answer(&self, needed: Option<&NeededScopes>) -> bool {
        let needed = needed.and_then(|needed| needed.0).unwrap_or_default();
        let mut shown = needed.all().into_iter().map(shown_by);
        shown.all(|scope| self.scopes.has(scope))
    }

    /// Refuses a token without the scopes that the operation needs.
    pub(crate) fn check(&self, needed: Option<&NeededScopes>) -> Result<(), Problem> {
        let needed = needed.and_then(|needed| needed.0);
        if needed.is_some_and(|needed| self.scopes.has_all(needed)) {
            Ok(())
        } else {
            Err(Problem::InsufficientScope(needed.unwrap_or_default()))
        }
    }
}
