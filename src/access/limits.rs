//! How much a circle may hold, and how many circles a person, in one table: far more than a family
//! needs, and little enough that nobody can fill the server. The document lists it. The limits of an
//! account's own rows, like passkeys, stand in `features/accounts`; those of tries and mails in
//! [`auth::throttle`](crate::auth::throttle).

use crate::problem::{Conflict, Problem};

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
    /// Circles that a person founds.
    CIRCLES_FOUNDED = "circles_founded", 100, "circles that one person founds";
    /// Circles that a person is in.
    CIRCLES_OF_A_PERSON = "circles_of_a_person", 200, "circles that one person is in";
    /// People in a circle, suspended and leaving ones included.
    MEMBERS = "members", 200, "people in a circle";
    /// Invitations of a circle that are open.
    OPEN_INVITATIONS = "open_invitations", 2000, "open invitations of a circle";
    /// Roles of a circle that are not retired.
    ROLES = "roles", 2000, "roles in a circle";
    /// Lists of tasks of a circle.
    TASK_LISTS = "task_lists", 2000, "task lists in a circle";
    /// Tasks of a circle that are proposed or open.
    OPEN_TASKS = "open_tasks", 5000, "open tasks in a circle";
    /// Appointments of a circle that have not begun.
    APPOINTMENTS_TO_COME = "appointments_to_come", 2000, "appointments to come in a circle";
    /// Needs of an appointment that are not cancelled.
    NEEDS_OF_AN_APPOINTMENT = "needs_of_an_appointment", 50, "needs of an appointment";
    /// Threads of a circle.
    THREADS = "threads", 2000, "threads in a circle";
    /// Messages of a thread.
    MESSAGES_OF_A_THREAD = "messages_of_a_thread", 50000, "messages in a thread";
}

impl Limit {
    /// Refuses one more if `there` are as many as allowed.
    pub fn check(self, there: u64) -> Result<(), Problem> {
        if there < self.most {
            return Ok(());
        }
        Err(Conflict {
            limit: Some(self.name),
            ..Conflict::of("limit_reached", self.detail)
        }
        .into())
    }
}

/// What the document says of the field that names the limit.
pub fn describe_all() -> String {
    let named = ALL.iter().map(|limit| {
        let number = with_commas(limit.most);
        format!("`{}` ({number})", limit.name)
    });
    let named = named.collect::<Vec<_>>().join(", ");
    format!("With 409 `limit_reached`, the limit: {named}; of a circle, if nothing else is said.")
}

/// The way people write it: `50,000`.
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
        assert_eq!(MEMBERS.detail, "At most 200 people in a circle.");
    }
}
