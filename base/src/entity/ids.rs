//! Typed ids, so that a `UserId` in the place of a `TaskId` does not compile.

use sea_orm::{DbErr, DeriveValueType, TryFromU64};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident,)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[derive(DeriveValueType, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl $crate::row::Cell for $name {
            fn from_sqlite(cell: $crate::row::ValueRef<'_>) -> Option<Self> {
                <Uuid as $crate::row::Cell>::from_sqlite(cell).map(Self)
            }
        }

        impl TryFromU64 for $name {
            fn try_from_u64(_: u64) -> Result<Self, DbErr> {
                Err(DbErr::ConvertFromU64(stringify!($name)))
            }
        }

        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                use utoipa::openapi::{KnownFormat, ObjectBuilder, SchemaFormat, Type};
                ObjectBuilder::new()
                    .schema_type(Type::String)
                    .format(Some(SchemaFormat::KnownFormat(KnownFormat::Uuid)))
                    .into()
            }
        }

        impl utoipa::ToSchema for $name {
            fn name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
        }
    )+};
}

ids! {
    /// An account.
    UserId,
    /// A registration that waits until its address is confirmed.
    RegistrationId,
    /// A requested password reset.
    PasswordResetId,
    /// A session: one device that is signed in.
    SessionId,
    /// A device that has signed in before.
    KnownDeviceId,
    /// A security event of an account.
    SecurityEventId,
    /// A requested change of an account's email address.
    EmailChangeId,
    /// A mailed code for signing in.
    SignInCodeId,
    /// A sign-in that waits for its second factor.
    SignInTicketId,
    /// An authenticator app.
    TotpFactorId,
    /// A recovery code, for a lost authenticator app.
    RecoveryCodeId,
    /// A passkey.
    PasskeyId,
    /// A challenge that waits to be signed with a passkey.
    PasskeyChallengeId,
    /// A refresh token of a session; also the `jti` of the access token from the same answer.
    RefreshTokenId,
    /// A key that signs access tokens; also their `kid`.
    SigningKeyId,
    /// A personal access token.
    PersonalAccessTokenId,
    /// A mailed token.
    MailTokenId,
    /// A file in the store, such as a picture.
    FileId,
    /// A circle.
    CircleId,
    /// A member: a person in one circle.
    MemberId,
    /// An invitation to a circle.
    InvitationId,
    /// A link by which several people can ask to join a circle.
    JoinLinkId,
    /// The request of a person to join a circle.
    JoinRequestId,
    /// A request that a member becomes coordinator.
    SuccessionId,
    /// A member who decides for the patient.
    ProxyId,
    /// A role in a circle.
    RoleId,
    /// A member's assignment in a role.
    RoleAssignmentId,
    /// A task list.
    TaskListId,
    /// A task.
    TaskId,
    /// A member's assignment in a task.
    TaskAssignmentId,
    /// An item in the checklist of a task.
    ChecklistItemId,
    /// A series of tasks.
    TaskSeriesId,
    /// A member's part in a series of tasks.
    TaskSeriesMemberId,
    /// An appointment.
    AppointmentId,
    /// A series of appointments.
    AppointmentSeriesId,
    /// A member who is asked to come to a series of appointments.
    AppointmentSeriesAttendeeId,
    /// The response of an attendee to an appointment.
    AttendanceId,
    /// A need of an appointment.
    NeedId,
    /// A member's assignment in a need.
    NeedAssignmentId,
    /// A handover of what a member has claimed.
    HandoverId,
    /// An absence of a member.
    AbsenceId,
    /// An item on the agenda of a family meeting.
    AgendaItemId,
    /// A question for the care team.
    QuestionId,
    /// A thread.
    ThreadId,
    /// A member who is named in a direct thread.
    ThreadMemberId,
    /// A message of a thread.
    MessageId,
    /// A revision of a message.
    MessageEditId,
    /// How far one member has read a thread.
    ReadCursorId,
    /// A planned reminder.
    ReminderId,
    /// The delivery of a reminder to one member over one channel.
    DeliveryId,
    /// A notification to one member about a change.
    NotificationId,
    /// A job of the queue.
    JobId,
}

/// The last digits of an id, for entity tags: enough to tell apart the few readers who share a
/// cache.
pub fn short_id(id: impl Into<Uuid>) -> String {
    let (_, low) = id.into().as_u64_pair();
    format!("{:06x}", low & 0x00ff_ffff)
}
