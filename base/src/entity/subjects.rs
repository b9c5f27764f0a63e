//! The list of everything that people are notified about and reminded of.
//!
//! A kind of thing is named here once. What has to be done for every kind, wherever that is,
//! is written as a macro over this list: no place can forget one.
//!
//! | who reads the list | what follows from a line |
//! |---|---|
//! | `notify/subject/kinds.rs` | `SubjectId`, and the way from a stored row to its feature |
//! | `access/visibility.rs` | who sees a reminder |
//! | `privacy/data_map/notifications.rs` | the class of the columns that name the subject |
//! | `features/participation/` | what overlaps, and what is released when a member goes |
//! | `features/zone_rules.rs` | whose times follow newer rules of zones |
//!
//! Under `reminded` stand the things that have a time and people who take part in them, under
//! `notified` those that people only hear of. A line says: the variant of `SubjectId` and its
//! id, the entity, and the column that names it in `notifications` and in `reminders`.
//! Releasing goes through the list in its order.

/// Calls a macro with the list.
#[macro_export]
macro_rules! subjects {
    ($with:ident) => {
        $with! {
            reminded {
                Task(TaskId): task by task_id(TaskId);
                Appointment(AppointmentId): appointment by appointment_id(AppointmentId);
                Need(NeedId): need by need_id(NeedId);
            }
            notified {
                Role(RoleId): role by role_id;
            }
        }
    };
}

pub use subjects;
