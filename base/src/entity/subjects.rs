//! The list of the kinds of things that members are notified about and reminded of.
//!
//! Each kind stands here once. Code that must handle every kind is written as a macro over this
//! list, so that no place can forget one.
//!
//! | file that uses the list | what it makes of each line |
//! |---|---|
//! | `notify/subject/kinds.rs` | `SubjectId`, and the feature that a stored row belongs to |
//! | `notify/notifications/shown.rs` | what the app joins to a notification or a reminder |
//! | `access/visibility.rs` | which members see a reminder |
//! | `privacy/data_map/notifications.rs` | the class of the columns that name the subject |
//! | `features/participation/` | what overlaps, and what is released when a member leaves |
//! | `features/zone_rules.rs` | what gets new instants when the rules of time zones change |
//!
//! `reminded` lists things that have a time and members who take part. `notified` lists things
//! that members are only notified about. A line names the variant of `SubjectId` and its id, the
//! entity, and the column for it in `notifications` and in `reminders`. When a member leaves,
//! things are released in the order of the list.

/// Calls the given macro with the list.
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
                Invitation(InvitationId): invitation by invitation_id;
                Member(MemberId): membership by subject_member_id;
                JoinRequest(JoinRequestId): join_request by join_request_id;
                TaskSeries(TaskSeriesId): task_series by task_series_id;
                AppointmentSeries(AppointmentSeriesId): appointment_series by appointment_series_id;
            }
        }
    };
}

pub use subjects;
