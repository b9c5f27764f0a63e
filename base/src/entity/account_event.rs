//! The account's log: what happened to it and from where, for its owner to see.
//! Never what was typed.

use sea_orm::entity::prelude::*;

use super::change::ActorKind;
use super::ids::{AccountEventId, SessionId, UserId};

wire_enum! {
    /// What happened to an account.
    EventKind {
        /// A device signed in that had signed in before, or the first one.
        SignedIn = "signed_in",
        /// A device signed in that had not signed in before.
        SignedInOnNewDevice = "signed_in_on_new_device",
        /// Somebody signed in after five or more refused tries.
        SignedInAfterFailures = "signed_in_after_failures",
        /// Somebody tried to sign in and was refused.
        SignInRefused = "sign_in_refused",
        /// The first factor was right; the second was asked for.
        SecondFactorAsked = "second_factor_asked",
        /// A second factor was wrong.
        SecondFactorRefused = "second_factor_refused",
        /// A device signed out.
        SignedOut = "signed_out",
        /// A device was signed out from another one.
        SessionRevoked = "session_revoked",
        /// All other devices were signed out.
        OtherSessionsRevoked = "other_sessions_revoked",
        /// Two used one refresh token; the device was signed out.
        RefreshTokenReused = "refresh_token_reused",
        /// A signed-in device proved again who holds it.
        Reauthenticated = "reauthenticated",
        /// A signed-in device could not prove who holds it.
        ReauthenticationRefused = "reauthentication_refused",
        /// The password was changed by somebody who knew it.
        PasswordChanged = "password_changed",
        /// The password was replaced by a mailed link.
        PasswordReset = "password_reset",
        /// Another address was asked for.
        EmailChangeAsked = "email_change_asked",
        /// The account has another address.
        EmailChanged = "email_changed",
        /// The account has its old address back.
        EmailChangeUndone = "email_change_undone",
        /// An authenticator app was added.
        TotpAdded = "totp_added",
        /// The authenticator app was removed.
        TotpRemoved = "totp_removed",
        /// New recovery codes were made; the old ones are void.
        RecoveryCodesRenewed = "recovery_codes_renewed",
        /// A passkey was added.
        PasskeyAdded = "passkey_added",
        /// A passkey was removed.
        PasskeyRemoved = "passkey_removed",
        /// The password was removed; a passkey opens the account.
        PasswordRemoved = "password_removed",
        /// A recovery code was used.
        RecoveryCodeUsed = "recovery_code_used",
        /// Its owner asked for it to be erased.
        DeletionAsked = "deletion_asked",
        /// Its owner keeps it after all.
        DeletionUndone = "deletion_undone",
        /// A personal access token was made.
        PersonalTokenMade = "access_token_made",
        /// A personal access token was taken back.
        PersonalTokenRevoked = "access_token_revoked",
        /// The link of a mail switched mails like it off.
        MailsSwitchedOff = "mails_switched_off",
        /// The same link switched them on again.
        MailsSwitchedOn = "mails_switched_on",
        /// Whoever runs the server disabled the account.
        Disabled = "disabled",
        /// Whoever runs the server let the account in again.
        Enabled = "enabled",
        /// Whoever runs the server signed the account out everywhere.
        SignedOutByOperator = "signed_out_by_operator",
    }
}

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "account_events")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AccountEventId,
    /// `None` for a try at an address without an account: it is written all the
    /// same, so that both take as long, and deleted after a day.
    pub user_id: Option<UserId>,
    pub at: DateTimeUtc,
    pub kind: EventKind,
    pub way: ActorKind,
    pub session_id: Option<SessionId>,
    pub device_label: Option<String>,
    pub request_id: Option<String>,
    /// /24 of an IPv4, /48 of an IPv6 address.
    pub address_prefix: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
