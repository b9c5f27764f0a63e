//! What personal access tokens are good for: the one table that says what each
//! operation needs. What is not in it is for signed-in people only.

use crate::entity::ids::PersonalTokenId;
use crate::entity::personal_token::TokenScope;
use crate::problem::Problem;

/// The scopes a token must have for an operation, all of them; `None` where no
/// token will do: what makes credentials, changes an account, or says who is in
/// a circle and what they see.
pub fn scopes_of_operation(operation_id: &str) -> Option<&'static [TokenScope]> {
    use TokenScope as S;

    Some(match operation_id {
        "read_profile" => &[S::ProfileRead],
        // With what waits for one in each of them.
        "list_my_circles" => &[
            S::CircleRead,
            S::TasksRead,
            S::AppointmentsRead,
            S::RolesRead,
            S::MessagesRead,
        ],
        "read_circle" | "list_members" | "read_member" | "read_notification_preferences" => {
            &[S::CircleRead]
        }
        "read_agenda" => &[S::TasksRead, S::AppointmentsRead],
        "read_summary" => &[
            S::TasksRead,
            S::AppointmentsRead,
            S::RolesRead,
            S::MessagesRead,
        ],
        "list_task_lists"
        | "read_task_list"
        | "list_tasks"
        | "read_task"
        | "list_task_reminders" => &[S::TasksRead],
        "create_task_list" | "update_task_list" | "delete_task_list" | "create_task"
        | "update_task" | "approve_task" | "claim_task" | "offer_task" | "accept_task"
        | "decline_task" | "withdraw_from_task" | "complete_task" | "reopen_task"
        | "cancel_task" => &[S::TasksWrite],
        "list_appointments"
        | "read_appointment"
        | "list_appointment_reminders"
        | "list_needs"
        | "read_need" => &[S::AppointmentsRead],
        "schedule_appointment"
        | "update_appointment"
        | "reschedule_appointment"
        | "confirm_appointment"
        | "cancel_appointment"
        | "reinstate_appointment"
        | "complete_appointment"
        | "mark_appointment_missed"
        | "invite_to_appointment"
        | "uninvite_from_appointment"
        | "answer_appointment"
        | "add_need"
        | "update_need"
        | "cancel_need"
        | "offer_need"
        | "take_need"
        | "decline_need"
        | "withdraw_from_need" => &[S::AppointmentsWrite],
        "list_roles" | "read_role" | "read_role_timeline" | "read_role_assignment" => {
            &[S::RolesRead]
        }
        "create_role"
        | "update_role"
        | "offer_role"
        | "take_role"
        | "retire_role"
        | "revive_role"
        | "update_role_assignment"
        | "accept_role"
        | "decline_role"
        | "withdraw_role_offer"
        | "end_role_assignment" => &[S::RolesWrite],
        "list_threads"
        | "read_thread"
        | "list_messages"
        | "read_message"
        | "list_message_history" => &[S::MessagesRead],
        "create_thread" | "update_thread" | "archive_thread" | "reopen_thread"
        | "mark_thread_read" | "write_message" | "update_message" | "delete_message" => {
            &[S::MessagesWrite]
        }
        _ => return None,
    })
}

/// What the operation that was asked for needs of a token; the router puts it
/// on the request.
#[derive(Clone, Copy, Debug)]
pub struct NeededScopes(pub Option<&'static [TokenScope]>);

/// The scopes of one token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TokenScopes(u16);

impl TokenScopes {
    /// As they are stored; a name that is none gives nothing.
    pub fn read(text: &str) -> Self {
        let known = |name: &str| TokenScope::ALL.iter().find(|scope| scope.as_str() == name);
        text.split(' ').filter_map(known).copied().collect()
    }

    pub fn has(self, scope: TokenScope) -> bool {
        self.0 & bit(scope) != 0
    }

    /// In the order of the document.
    pub fn all(self) -> Vec<TokenScope> {
        let scopes = TokenScope::ALL.iter().copied();
        scopes.filter(|scope| self.has(*scope)).collect()
    }

    /// As they are stored.
    pub fn write(self) -> String {
        let names: Vec<_> = self.all().into_iter().map(TokenScope::as_str).collect();
        names.join(" ")
    }

    /// For entity tags: what one may do is a part of many answers.
    pub fn digits(self) -> String {
        format!("{:x}", self.0)
    }
}

impl FromIterator<TokenScope> for TokenScopes {
    fn from_iter<I: IntoIterator<Item = TokenScope>>(scopes: I) -> Self {
        Self(scopes.into_iter().fold(0, |all, scope| all | bit(scope)))
    }
}

fn bit(scope: TokenScope) -> u16 {
    1 << scope as u16
}

/// A personal access token that was proven.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenInHand {
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

impl TokenInHand {
    /// Whether it may see what the operation answers: a token that only writes is
    /// shown nothing by what it writes.
    pub(crate) fn sees_the_answer(&self, needed: Option<&NeededScopes>) -> bool {
        let mut needed = needed.and_then(|needed| needed.0).into_iter().flatten();
        needed.all(|scope| self.scopes.has(shown_by(*scope)))
    }

    /// Refuses what the token is not good for.
    pub(crate) fn check(&self, needed: Option<&NeededScopes>) -> Result<(), Problem> {
        let needed = needed.and_then(|needed| needed.0);
        let good = needed.is_some_and(|all| all.iter().all(|scope| self.scopes.has(*scope)));
        if good {
            Ok(())
        } else {
            Err(Problem::InsufficientScope(needed.unwrap_or_default()))
        }
    }
}

#[cfg(test)]
mod tests {
    use TokenScope as S;

    use super::*;

    #[test]
    fn scopes_are_kept_as_text() {
        let scopes: TokenScopes = [S::TasksWrite, S::CircleRead].into_iter().collect();
        assert_eq!(scopes.write(), "circle:read tasks:write");
        assert_eq!(TokenScopes::read(&scopes.write()), scopes);
        assert_eq!(TokenScopes::read("tasks:all"), TokenScopes::default());
        assert_eq!(TokenScopes::read(""), TokenScopes::default());
        let every: TokenScopes = TokenScope::ALL.iter().copied().collect();
        assert_eq!(every.all(), TokenScope::ALL);
    }
}
