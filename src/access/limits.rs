//! How much a circle may hold, and how many circles a person may have, in one table. A family never
//! needs as much, and nobody can fill the server. The OpenAPI document lists the limits. The limits
//! of an account's own rows, like passkeys, are in `features/accounts`. Those of attempts and
//! emails are in [`auth::throttle`](crate::auth::throttle).

use crate::problem::{Conflict, Problem, ProblemCode};

/// The most that there may be of something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// Names it in the problem `limit_reached`.
    pub name: &'static str,
    pub most: u64,
    detail: &'static str,
}

macro_rules! limits {
    ($($(#[doc = $doc:literal])* $name:ident = $text:literal, $most:literal, $of:literal;)+) => {
        $(
            $(#[doc = $doc])*
            pub const $name: Limit = Limit {
                name: $text,
                most: $most,
                detail: concat!("At most ", $most, " ", $of, "."),
            };
        )+

        /// Every limit.
        pub const ALL: &[Limit] = &[$($name,)+];
    };
}

limits! {
    /// Circles that a person has created.
    CIRCLES_CREATED = "circles_created", 100, "circles created by one person";
    /// Circles that a person belongs to.
    CIRCLES_PER_PERSON = "circles_per_person", 200, "circles with the same person";
    /// Members of a circle, also suspended and leaving members.
    MEMBERS = "members", 200, "members in a circle";
    /// Invitations of a circle that are open.
    OPEN_INVITATIONS = "open_invitations", 2000, "open invitations in a circle";
    /// Proposed invitations of a circle that wait for a coordinator.
    PROPOSED_INVITATIONS = "proposed_invitations", 100, "proposed invitations in a circle";
    /// Join links of a circle that are not deleted. They are deleted 30 days after their end.
    JOIN_LINKS = "join_links", 200, "join links in a circle";
    /// Roles of a circle that are not archived.
    ROLES = "roles", 2000, "roles in a circle";
    /// Task lists of a circle.
    TASK_LISTS = "task_lists", 2000, "task lists in a circle";
    /// Tasks of a circle that are proposed or open.
    OPEN_TASKS = "open_tasks", 5000, "open and proposed tasks in a circle";
    /// Items in the checklist of a task.
    CHECKLIST_ITEMS_PER_TASK = "checklist_items_per_task", 50, "items in the checklist of a task";
    /// Series of tasks of a circle that have not ended. Their tasks count as open tasks when somebody
    /// creates or changes a series. The job that makes more as time passes is never refused, so
    /// these two limits are what bounds it.
    TASK_SERIES = "task_series", 500, "series of tasks in a circle";
    /// Appointments of a circle that have not started.
    UPCOMING_APPOINTMENTS = "upcoming_appointments", 2000, "upcoming appointments in a circle";
    /// Series of appointments of a circle that have not ended.
    APPOINTMENT_SERIES = "appointment_series", 500, "series of appointments in a circle";
    /// Needs of an appointment that are not canceled.
    NEEDS_PER_APPOINTMENT = "needs_per_appointment", 50, "needs for an appointment";
    /// Absences of a circle.
    ABSENCES = "absences", 5000, "absences in a circle";
    /// Items on the agenda of a family meeting.
    AGENDA_ITEMS_PER_MEETING = "agenda_items_per_meeting", 50, "agenda items for a family meeting";
    /// Questions of a circle that are neither answered nor set aside.
    OPEN_QUESTIONS = "open_questions", 2000, "open questions in a circle";
    /// Threads of a circle. The threads of comments do not count.
    THREADS = "threads", 2000, "threads in a circle";
    /// Messages of a thread.
    MESSAGES_PER_THREAD = "messages_per_thread", 50000, "messages in a thread";
}

impl Limit {
    /// Refuses another row if `there` are as many as allowed.
    pub fn check(self, there: u64) -> Result<(), Problem> {
        self.check_for(there, 1)
    }

    /// Refuses `more` rows if they and those that are `there` are more than allowed.
    pub fn check_for(self, there: u64, more: u64) -> Result<(), Problem> {
        if there + more <= self.most {
            return Ok(());
        }
        Err(Conflict {
            limit: Some(self.name),
            ..Conflict::of(ProblemCode::LimitReached, self.detail)
        }
        .into())
    }
}

/// Passkeys of an account.
pub const PASSKEYS: &str = "passkeys";
/// Personal access tokens of an account.
pub const PERSONAL_ACCESS_TOKENS: &str = "personal_access_tokens";
/// Codes that are sent for one registration.
pub const REGISTRATION_CODES: &str = "registration_codes";

/// The names of all limits, also of those of accounts.
pub fn names() -> Vec<&'static str> {
    let of_accounts = [PASSKEYS, PERSONAL_ACCESS_TOKENS, REGISTRATION_CODES];
    let of_circles = ALL.iter().map(|limit| limit.name);
    of_circles.chain(of_accounts).collect()
}

/// The description of all names, in the OpenAPI document.
pub fn describe_all() -> String {
    let named = ALL.iter().map(|limit| {
        let number = with_commas(limit.most);
        format!("`{}` ({number})", limit.name)
    });
    let named = named.collect::<Vec<_>>().join(", ");
    format!(
        "A limit that can be reached. A limit counts the rows of a circle, unless its name says \
         something else.\n\nValues: {named}, `{PASSKEYS}`, `{PERSONAL_ACCESS_TOKENS}`, \
         `{REGISTRATION_CODES}`."
    )
}

/// A number as people write it: `50,000`.
fn with_commas(number: u64) -> String {
    if number < 1000 {
        return number.to_string();
    }
    format!("{},{:03}", with_commas(number / 1000), number % 1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_reached_at_its_number() {
        for limit in ALL {
            assert!(limit.check(limit.most - 1).is_ok(), "{limit:?}");
            assert!(limit.check(limit.most).is_err(), "{limit:?}");
        }
        assert_eq!(MEMBERS.detail, "At most 200 members in a circle.");
    }
}
