//! The bodies of the account operations.

use chrono::{DateTime, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::access::change_log::merge_patch;
use crate::entity::ids::{CircleId, RegistrationId, SessionId, UserId};
use crate::entity::{session, user};
use crate::features::participation::Released;
use crate::http::response::Resource;
use crate::platform::text::{
    DeviceLabel, EmailAddress, MailedCode, NewPassword, PersonName, PresentedSecret,
};
use crate::platform::time::civil::{ZoneName, named_or_unknown};
use crate::platform::time::timestamps::in_milliseconds;

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
    /// The zone in which mails tell the time. Default: UTC, for a device that does
    /// not know its zone.
    #[serde(default, deserialize_with = "named_or_unknown")]
    #[garde(dive)]
    pub time_zone: Option<ZoneName>,
}

/// A registration that waits for its confirmation.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "id": "0199d7a0-5f6b-4cc0-8f0e-3c1f6a1b2c3d",
    "code_expires_at": "2027-01-02T12:15:00.000Z",
    "expires_at": "2027-01-03T12:00:00.000Z"
})))]
pub struct Registration {
    pub id: RegistrationId,
    /// Until when the mail's code is good.
    #[serde(serialize_with = "in_milliseconds")]
    pub code_expires_at: DateTime<Utc>,
    /// Until when the mail's link is good.
    #[serde(serialize_with = "in_milliseconds")]
    pub expires_at: DateTime<Utc>,
}

/// The code of a registration's mail.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "code": "042137", "device_label": "Ana's phone" })))]
pub struct Confirmation {
    #[garde(dive)]
    pub code: MailedCode,
    #[serde(default)]
    #[garde(dive)]
    pub device_label: Option<DeviceLabel>,
}

/// An address whose password is forgotten.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "email": "ana@example.org" })))]
pub struct ForgottenPassword {
    #[garde(custom(EmailAddress::check_bounds))]
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
    #[garde(custom(EmailAddress::check_bounds))]
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

/// What this would do was done before: the account exists and its owner signs in. Nobody is
/// signed in by doing it again.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({ "already_in": true })))]
pub struct AlreadyIn {
    /// Always true.
    pub already_in: bool,
}

impl Default for AlreadyIn {
    fn default() -> Self {
        Self { already_in: true }
    }
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
    "created_at": "2027-01-02T12:00:00.000Z",
    "last_used_at": "2027-01-05T09:30:00.000Z",
    "is_current": true
})))]
pub struct Session {
    pub id: SessionId,
    /// What the device called itself when it signed in.
    pub device_label: Option<String>,
    #[serde(serialize_with = "in_milliseconds")]
    pub created_at: DateTime<Utc>,
    /// Accurate to ten minutes.
    #[serde(serialize_with = "in_milliseconds")]
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

merge_patch! {
    /// What to change of a device one is signed in on.
    #[schema(examples(json!({ "device_label": "Kitchen tablet" })))]
    pub struct SessionChanges for session {
        #[garde(dive)]
        device_label: DeviceLabel | null,
    }
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
    "expires_at": "2027-01-03T12:00:00.000Z"
})))]
pub struct AskedEmailChange {
    /// The address to be.
    pub email: String,
    /// Until when the mail's link is good.
    #[serde(serialize_with = "in_milliseconds")]
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

/// All devices one is signed in on.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({ "data": [{
    "id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3d",
    "device_label": "Ana's phone",
    "created_at": "2027-01-02T12:00:00.000Z",
    "last_used_at": "2027-01-05T09:30:00.000Z",
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
    "released": null,
    "created_at": "2027-01-02T12:00:00.000Z",
    "updated_at": "2027-01-02T12:00:00.000Z"
})))]
pub struct Profile {
    pub id: UserId,
    pub version: i32,
    pub email: String,
    pub name: String,
    pub time_zone: String,
    /// When the account is going to be erased, if one asked for that.
    #[serde(serialize_with = "in_milliseconds")]
    pub erase_at: Option<DateTime<Utc>>,
    /// What is open to others now, circle by circle. Null but in the answer to having
    /// the account erased.
    pub released: Option<Vec<ReleasedInCircle>>,
    #[serde(serialize_with = "in_milliseconds")]
    pub created_at: DateTime<Utc>,
    #[serde(serialize_with = "in_milliseconds")]
    pub updated_at: DateTime<Utc>,
}

/// What was released in one of your circles.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "circle_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3d",
    "released": [{ "type": "task", "id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3f", "title": "Shopping" }]
})))]
pub struct ReleasedInCircle {
    pub circle_id: CircleId,
    pub released: Vec<Released>,
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
            released: None,
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

merge_patch! {
    /// What to change of one's account.
    #[schema(examples(json!({ "time_zone": "America/New_York" })))]
    pub struct ProfileChanges for user {
        /// One's name in circles joined from now on; each circle's name is changed there.
        #[garde(dive)]
        name: PersonName,
        /// The zone in which mails tell the time.
        #[garde(dive)]
        time_zone: ZoneName,
    }
}
