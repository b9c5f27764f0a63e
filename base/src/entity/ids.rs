//! Typed ids: a `UserId` where a `TaskId` belongs does not compile.

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
    /// A person's account.
    UserId,
    /// A person's wish to have an account, until the address is proven.
    RegistrationId,
    /// An address whose password was forgotten.
    PasswordResetId,
    /// One signed-in device.
    SessionId,
    /// A device that has signed in before.
    KnownDeviceId,
    /// Something that happened to an account.
    AccountEventId,
    /// A move of an account to another address.
    EmailChangeId,
    /// A wish to sign in by a mailed code.
    SignInCodeId,
    /// A sign-in that lacks its second factor.
    SignInTicketId,
    /// An authenticator app.
    TotpFactorId,
    /// A code that stands in for a lost authenticator.
    RecoveryCodeId,
    /// A passkey.
    PasskeyId,
    /// A challenge that waits to be signed with a passkey.
    PasskeyChallengeId,
    /// One refresh token of a session; also the `jti` of the access token it came with.
    RefreshTokenId,
    /// A key that signs access tokens; their `kid`.
    SigningKeyId,
    /// An access token that somebody made for a program of their own.
    PersonalTokenId,
    /// A token that was mailed.
    MailTokenId,
    /// A family circle.
    CircleId,
    /// A person in a circle.
    MemberId,
    /// An invitation into a circle.
    InvitationId,
    /// A role in a circle.
    RoleId,
    /// One person's part in a role, from the offer to its end.
    RoleAssignmentId,
    /// A list that groups tasks.
    TaskListId,
    /// A task.
    TaskId,
    /// One person's part in a task.
    TaskAssignmentId,
    /// An appointment.
    AppointmentId,
    /// One person's answer to an appointment.
    AttendanceId,
    /// What an appointment needs of others.
    NeedId,
    /// One person's part in a need.
    NeedCommitmentId,
    /// A conversation.
    ThreadId,
    /// Somebody who is named in a thread.
    ThreadMemberId,
    /// A message of a thread.
    MessageId,
    /// An earlier body of a message.
    MessageEditId,
    /// How far one member has read a thread.
    ReadCursorId,
    /// One planned reminder.
    ReminderId,
    /// One reminder to one person over one channel.
    DeliveryId,
    /// Something that one person is told because it changed.
    NotificationId,
    /// A piece of work in the queue.
    JobId,
}

/// The last digits of an id, for entity tags: enough to tell the few apart who
/// share a cache.
pub fn short_id(id: impl Into<Uuid>) -> String {
    let (_, low) = id.into().as_u64_pair();
    format!("{:06x}", low & 0x00ff_ffff)
}
