//! What a proven personal access token may do. Which scopes an operation needs is
//! declared at the operation.

use crate::entity::ids::PersonalTokenId;
use crate::entity::personal_token::{TokenScope, TokenScopes};
use crate::http::openapi::NeededScopes;
use crate::problem::Problem;

/// A personal access token that was proven.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProvenToken {
    pub id: PersonalTokenId,
    pub scopes: TokenScopes,
}

/// The scope that shows what this one lets a token write.
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
    /// Whether it may see what the operation answers: a token that only writes is
    /// shown nothing by what it writes.
    pub(crate) fn sees_the_answer(&self, needed: Option<&NeededScopes>) -> bool {
        let needed = needed.and_then(|needed| needed.0).unwrap_or_default();
        let mut shown = needed.all().into_iter().map(shown_by);
        shown.all(|scope| self.scopes.has(scope))
    }

    /// Refuses what the token is not good for.
    pub(crate) fn check(&self, needed: Option<&NeededScopes>) -> Result<(), Problem> {
        let needed = needed.and_then(|needed| needed.0);
        if needed.is_some_and(|needed| self.scopes.has_all(needed)) {
            Ok(())
        } else {
            Err(Problem::InsufficientScope(needed.unwrap_or_default()))
        }
    }
}
