//! The bodies of the account operations.

use chrono::{DateTime, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::answer::Resource;
use crate::entity::account_event::{self, EventKind};
use crate::entity::change::Way;
use crate::entity::ids::{AccountEventId, RegistrationId, SessionId, SignInCodeId, UserId};
use crate::entity::{session, user};
use crate::extract::not_null;
use crate::page::page_of;
use crate::text::{DeviceLabel, EmailAddress, NewPassword, PersonName, PresentedSecret};
use crate::wall_time::ZoneName;

/// The registration in a path.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct RegistrationPath {
    /// The registration.
    #[param(inline)]
    pub registration_id: RegistrationId,
}

/// A wish to have an account.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({
    "email": "ana@example.org",
    "password": "correct horse battery staple",
    "name": "Ana Díaz",
    "time_zone": "Europe/Berlin"
})))]
pub struct NewRegistration {
    #[garde(dive)]
    pub email: EmailAddress,
    #[garde(dive)]
    pub password: NewPassword,
    #[garde(dive)]
    pub name: PersonName,
    #[garde(dive)]
    pub time_zone: ZoneName,
}

/// A registration that waits for its confirmation.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "id": "0199d7a0-5f6b-4cc0-8f0e-3c1f6a1b2c3d",
    "code_expires_at": "2027-01-02T12:15:00Z",
    "expires_at": "2027-01-03T12:00:00Z"
})))]
pub struct Registration {
    pub id: RegistrationId,
    /// Until when the mail's code is good.
    pub code_expires_at: DateTime<Utc>,
    /// Until when the mail's link is good.
    pub expires_at: DateTime<Utc>,
}

/// The code of a registration's mail.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "code": "042137", "device_label": "Ana's phone" })))]
pub struct Confirmation {
    /// Six digits.
    #[garde(length(chars, min = 1, max = 20))]
    #[schema(min_length = 1, max_length = 20)]
    pub code: String,
    #[serde(default)]
    #[garde(dive)]
    pub device_label: Option<DeviceLabel>,
}

/// An address whose password is forgotten.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "email": "ana@example.org" })))]
pub struct ForgottenPassword {
    #[garde(dive)]
    pub email: EmailAddress,
}

/// A new password, and the token that allows it.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({
    "token": "n4bQgYhMfWWaL-qgxVrQFaO_TxsrC4Is0V1sFbDwCgg",
    "password": "correct horse battery staple"
})))]
pub struct PasswordReset {
    /// The `token` of the mailed link.
    #[garde(length(bytes, min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub token: String,
    #[garde(dive)]
    pub password: NewPassword,
}

/// Address and password.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({
    "email": "ana@example.org",
    "password": "correct horse battery staple",
    "device_label": "Ana's phone",
    "device_token": "q0TqkB9mX3v5…"
})))]
pub struct Credentials {
    #[garde(dive)]
    pub email: EmailAddress,
    #[garde(dive)]
    pub password: PresentedSecret,
    #[serde(default)]
    #[garde(dive)]
    pub device_label: Option<DeviceLabel>,
    /// As it came with the first tokens of this device.
    #[serde(default)]
    #[garde(dive)]
    pub device_token: Option<PresentedSecret>,
}

/// A refresh token.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "refresh_token": "6yN5h1oR2cW8…" })))]
pub struct Refresh {
    /// As it came with the last tokens.
    #[garde(dive)]
    pub refresh_token: PresentedSecret,
}

/// What a signed-in app works with.
#[derive(Serialize, ToSchema)]
#[schema(examples(json!({
    "access_token": "eyJ0eXAiOiJhdCtqd3QiLCJhbGciOiJFZERTQSJ9…",
    "token_type": "Bearer",
    "expires_in": 600,
    "refresh_token": "6yN5h1oR2cW8…",
    "session_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3d",
    "user_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3d",
    "device_token": "q0TqkB9mX3v5…"
})))]
pub struct Tokens {
    /// Send as `Authorization: Bearer …`.
    pub access_token: String,
    /// Always `Bearer`.
    pub token_type: &'static str,
    /// Seconds until the access token ends.
    pub expires_in: i64,
    /// Good for one use.
    pub refresh_token: String,
    pub session_id: SessionId,
    pub user_id: UserId,
    /// Shows that this device has signed in before; null where it has one or this is no sign-in.
    pub device_token: Option<String>,
}

/// The password one has, and the one to be.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({
    "current_password": "correct horse battery staple",
    "new_password": "seventeen green umbrellas"
})))]
pub struct PasswordChange {
    #[garde(dive)]
    pub current_password: PresentedSecret,
    #[garde(dive)]
    pub new_password: NewPassword,
    /// Whether other devices stay signed in.
    #[serde(default)]
    #[garde(skip)]
    pub keep_other_sessions: bool,
}

/// The session in a path.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct SessionPath {
    /// The session.
    #[param(inline)]
    pub session_id: SessionId,
}

/// A device one is signed in on.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3d",
    "device_label": "Ana's phone",
    "created_at": "2027-01-02T12:00:00Z",
    "last_used_at": "2027-01-05T09:30:00Z",
    "is_current": true
})))]
pub struct Session {
    pub id: SessionId,
    /// What the device called itself when it signed in.
    pub device_label: Option<String>,
    pub created_at: DateTime<Utc>,
    /// Accurate to ten minutes.
    pub last_used_at: DateTime<Utc>,
    /// Whether it is the one that asks.
    pub is_current: bool,
}

impl Session {
    /// As the device with the session `current` sees it.
    pub fn of(row: session::Model, current: SessionId) -> Self {
        Self {
            id: row.id,
            device_label: row.device_label,
            created_at: row.created_at,
            last_used_at: row.last_used_at,
            is_current: row.id == current,
        }
    }
}

/// What to change of a device one is signed in on.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "device_label": "Kitchen tablet" })))]
pub struct SessionChanges {
    #[serde(default, with = "serde_with::rust::double_option")]
    #[garde(dive)]
    #[schema(value_type = Option<DeviceLabel>)]
    pub device_label: Option<Option<DeviceLabel>>,
}

/// An address that wants to sign in by a mailed code.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "email": "ana@example.org", "device_label": "Ana's phone" })))]
pub struct CodeRequest {
    #[garde(dive)]
    pub email: EmailAddress,
    #[serde(default)]
    #[garde(dive)]
    pub device_label: Option<DeviceLabel>,
}

/// Where a mailed code is to be shown.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "id": "0199d7a0-5f6b-4cc0-8f0e-3c1f6a1b2c3d",
    "expires_at": "2027-01-02T12:10:00Z"
})))]
pub struct SignInCode {
    pub id: SignInCodeId,
    /// Until when the code is good.
    pub expires_at: DateTime<Utc>,
}

/// The wish to sign in by a code, in a path.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct SignInCodePath {
    /// The wish.
    #[param(inline)]
    pub sign_in_code_id: SignInCodeId,
}

/// The code of a mail.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "code": "042137" })))]
pub struct CodeConfirmation {
    /// Six digits.
    #[garde(length(chars, min = 1, max = 20))]
    #[schema(min_length = 1, max_length = 20)]
    pub code: String,
}

/// What still lacks to sign in.
#[derive(Serialize, ToSchema)]
#[schema(examples(json!({
    "ticket": "q0TqkB9mX3v5…",
    "expires_at": "2027-01-02T12:05:00Z"
})))]
pub struct SecondFactorNeeded {
    /// Send it with the second factor.
    pub ticket: String,
    pub expires_at: DateTime<Utc>,
}

/// The ticket of the first factor, and the second.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "ticket": "q0TqkB9mX3v5…", "code": "042137" })))]
pub struct SecondFactor {
    #[garde(dive)]
    pub ticket: PresentedSecret,
    /// Six digits of the authenticator app, or a recovery code.
    #[garde(length(chars, min = 1, max = 40))]
    #[schema(min_length = 1, max_length = 40)]
    pub code: String,
}

/// What it takes to sign in.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "has_password": true,
    "totp_added_at": "2027-01-02T12:00:00Z",
    "recovery_codes_left": 9
})))]
pub struct Factors {
    pub has_password: bool,
    /// Since when an authenticator app is asked for; null if none is.
    pub totp_added_at: Option<DateTime<Utc>>,
    pub recovery_codes_left: u64,
}

/// The secret of an authenticator app, shown once.
#[derive(Serialize, ToSchema)]
#[schema(examples(json!({
    "secret": "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP",
    "uri": "otpauth://totp/Kith:ana%40example.org?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Kith"
})))]
pub struct TotpEnrolment {
    /// In base 32, to be typed.
    pub secret: String,
    /// What a QR code for authenticator apps holds.
    pub uri: String,
}

/// A code of the authenticator app.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "code": "042137" })))]
pub struct TotpConfirmation {
    /// Six digits; to remove the app or renew the codes, also a recovery code.
    #[garde(length(chars, min = 1, max = 40))]
    #[schema(min_length = 1, max_length = 40)]
    pub code: String,
    /// Whether other devices stay signed in.
    #[serde(default)]
    #[garde(skip)]
    pub keep_other_sessions: bool,
}

/// Codes that stand in for a lost authenticator app, each once.
#[derive(Serialize, ToSchema)]
#[schema(examples(json!({ "codes": ["0-7H3KQ-M2V9X", "1-B4T8Z-0C6RW"] })))]
pub struct RecoveryCodes {
    /// Ten; shown now and never again.
    pub codes: Vec<String>,
}

/// Another address.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "email": "ana.diaz@example.org" })))]
pub struct NewEmail {
    #[garde(dive)]
    pub email: EmailAddress,
}

/// A change of address that waits for its confirmation.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "email": "ana.diaz@example.org",
    "expires_at": "2027-01-03T12:00:00Z"
})))]
pub struct AskedEmailChange {
    /// The address to be.
    pub email: String,
    /// Until when the mail's link is good.
    pub expires_at: DateTime<Utc>,
}

/// What a mailed link carries.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "token": "n4bQgYhMfWWaL-qgxVrQFaO_TxsrC4Is0V1sFbDwCgg" })))]
pub struct MailedToken {
    /// The `token` of the link.
    #[garde(length(bytes, min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub token: String,
}

/// Proof that it is still the same person.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "password": "correct horse battery staple" })))]
pub struct Reauthentication {
    #[garde(dive)]
    pub password: PresentedSecret,
    /// Of the authenticator app, or a recovery code; required where there is an app.
    #[serde(default)]
    #[garde(inner(length(chars, min = 1, max = 40)))]
    #[schema(min_length = 1, max_length = 40)]
    pub code: Option<String>,
}

/// Which events of the account's log.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct AccountEventQuery {
    /// How many at most; more than 200 counts as 200.
    #[param(minimum = 1, default = 50)]
    pub limit: Option<u32>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// Something that happened to one's account.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3d",
    "at": "2027-01-02T12:00:00Z",
    "kind": "signed_in_on_new_device",
    "way": "session",
    "session_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3e",
    "device_label": "Ana's phone",
    "address_prefix": "203.0.113.0/24",
    "request_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3f"
})))]
pub struct AccountEvent {
    pub id: AccountEventId,
    pub at: DateTime<Utc>,
    pub kind: EventKind,
    pub way: Way,
    /// The device that did it, or was opened by it.
    pub session_id: Option<SessionId>,
    /// What that device called itself.
    pub device_label: Option<String>,
    /// The network it came from: the first 24 bits of an IPv4, 48 of an IPv6 address.
    pub address_prefix: Option<String>,
    pub request_id: Option<String>,
}

impl From<account_event::Model> for AccountEvent {
    fn from(row: account_event::Model) -> Self {
        Self {
            id: row.id,
            at: row.at,
            kind: row.kind,
            way: row.way,
            session_id: row.session_id,
            device_label: row.device_label,
            address_prefix: row.address_prefix,
            request_id: row.request_id,
        }
    }
}

page_of!(AccountEventPage, AccountEvent);

/// All devices one is signed in on.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({ "data": [{
    "id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3d",
    "device_label": "Ana's phone",
    "created_at": "2027-01-02T12:00:00Z",
    "last_used_at": "2027-01-05T09:30:00Z",
    "is_current": true
}] })))]
pub struct Sessions {
    pub data: Vec<Session>,
}

/// One's own account.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3d",
    "version": 1,
    "email": "ana@example.org",
    "name": "Ana Díaz",
    "time_zone": "Europe/Berlin",
    "erase_at": null,
    "created_at": "2027-01-02T12:00:00Z",
    "updated_at": "2027-01-02T12:00:00Z"
})))]
pub struct Profile {
    pub id: UserId,
    pub version: i32,
    pub email: String,
    pub name: String,
    pub time_zone: String,
    /// When the account is going to be erased, if one asked for that.
    pub erase_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

impl From<user::Model> for Profile {
    fn from(user: user::Model) -> Self {
        Self {
            id: user.id,
            version: user.version,
            email: user.email,
            name: user.name,
            time_zone: user.time_zone,
            erase_at: user.erase_at,
            created_at: user.created_at,
            updated_at: user.updated_at,
        }
    }
}

impl Resource for Profile {
    fn version(&self) -> i32 {
        self.version
    }

    fn location(&self) -> String {
        "/v1/me".into()
    }
}

/// What to change of one's account.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "time_zone": "America/New_York" })))]
pub struct ProfileChanges {
    /// One's name in circles joined from now on; each circle's name is changed there.
    #[serde(default, deserialize_with = "not_null")]
    #[garde(dive)]
    #[schema(nullable = false)]
    pub name: Option<PersonName>,
    /// The zone in which mails tell the time.
    #[serde(default, deserialize_with = "not_null")]
    #[garde(dive)]
    #[schema(nullable = false)]
    pub time_zone: Option<ZoneName>,
}
