//! The security events of an account: what happened to it and from where. Only its owner sees
//! them. They never contain what somebody typed.

use sea_orm::entity::prelude::*;

use super::change::ActorKind;
use super::ids::{SecurityEventId, SessionId, UserId};
use crate::row::Row;

wire_enum! {
    /// What happened to an account.
    SecurityEventKind {
        /// A device signed in that had signed in before, or the first device.
        SignedIn = "signed_in",
        /// A device signed in that had not signed in before.
        SignedInOnNewDevice = "signed_in_on_new_device",
        /// Somebody signed in after five or more failed attempts.
        SignedInAfterFailures = "signed_in_after_failures",
        /// A sign-in failed.
        SignInRefused = "sign_in_refused",
        /// The first proof was right, and the second factor was requested.
        SecondFactorRequested = "second_factor_requested",
        /// A second factor was wrong.
        SecondFactorRefused = "second_factor_refused",
        /// A device signed out.
        SignedOut = "signed_out",
        /// A session was ended from another device.
        SessionEnded = "session_ended",
        /// All other sessions were ended.
        OtherSessionsEnded = "other_sessions_ended",
        /// A refresh token was used twice, so its session was ended.
        RefreshTokenReused = "refresh_token_reused",
        /// The owner confirmed their identity on a signed-in device.
        Reauthenticated = "reauthenticated",
        /// Somebody could not confirm their identity on a signed-in device.
        ReauthenticationRefused = "reauthentication_refused",
        /// The password was changed on a signed-in device.
        PasswordChanged = "password_changed",
        /// The password was reset with a mailed link.
        PasswordReset = "password_reset",
        /// A change of the email address was requested.
        EmailChangeRequested = "email_change_requested",
        /// The email address was changed.
        EmailChanged = "email_changed",
        /// The change of the email address was undone.
        EmailChangeUndone = "email_change_undone",
        /// An authenticator app was added.
        TotpAdded = "totp_added",
        /// The authenticator app was removed.
        TotpRemoved = "totp_removed",
        /// The recovery codes were replaced; the old ones are no longer valid.
        RecoveryCodesReplaced = "recovery_codes_replaced",
        /// A passkey was added.
        PasskeyAdded = "passkey_added",
        /// A passkey was deleted.
        PasskeyDeleted = "passkey_deleted",
        /// The password was deleted. The account is opened with a passkey.
        PasswordDeleted = "password_deleted",
        /// A recovery code was used.
        RecoveryCodeUsed = "recovery_code_used",
        /// The deletion of the account was scheduled.
        DeletionScheduled = "deletion_scheduled",
        /// The deletion of the account was canceled.
        DeletionCanceled = "deletion_canceled",
        /// A personal access token was created.
        PersonalAccessTokenCreated = "personal_access_token_created",
        /// A personal access token was revoked.
        PersonalAccessTokenRevoked = "personal_access_token_revoked",
        /// The link in an email unsubscribed from emails of its kind.
        EmailsUnsubscribed = "emails_unsubscribed",
        /// The same link subscribed to them again.
        EmailsResubscribed = "emails_resubscribed",
        /// The link in an email answered for the owner, or for a member whose contact they are.
        RespondedByLink = "responded_by_link",
        /// The owner voided the response links in all emails.
        ResponseLinksVoided = "response_links_voided",
        /// The operator disabled the account.
        DisabledByOperator = "disabled_by_operator",
        /// The operator enabled the account again.
        EnabledByOperator = "enabled_by_operator",
        /// The operator ended all sessions of the account.
        SignedOutByOperator = "signed_out_by_operator",
    }
}

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Row)]
#[sea_orm(table_name = "security_events")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SecurityEventId,
    /// `None` for an attempt at an address without an account. It is written so that both cases
    /// take the same time, and deleted after a day.
    pub user_id: Option<UserId>,
    pub occurred_at: DateTimeUtc,
    pub kind: SecurityEventKind,
    pub actor_kind: ActorKind,
    pub session_id: Option<SessionId>,
    pub device_label: Option<String>,
    pub request_id: Option<String>,
    /// The /24 of an IPv4 address or the /48 of an IPv6 address.
    pub address_prefix: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
