//! Updates the caller's account.

use sea_orm::{ActiveValue::Set, IntoActiveModel, TryIntoModel};

use super::types::Account;
use crate::access::change_log::merge_patch;
use crate::app::App;
use crate::auth::Caller;
use crate::entity::user::{self, DigestWeekday};
use crate::http::extract::Json;
use crate::http::response::Resource;
use crate::platform::language::LanguageTag;
use crate::platform::text::PersonName;
use crate::platform::time::civil::{ClockTime, ZoneName};
use crate::problem::{FieldErrorCode, Problem};
use crate::schedule::QuietHours;

merge_patch! {
    /// What to change in your account.
    #[schema(examples(json!({ "quiet_from": "22:00", "quiet_until": "07:00" })))]
    #[schema(as = UpdateAccountRequest)]
    pub struct AccountPatch for user {
        /// Your name in circles that you join from now on. Change your name in a circle there.
        #[garde(dive)]
        name: PersonName,
        /// The time zone of the times in your emails, of your quiet hours and of your digests.
        #[garde(dive)]
        time_zone: ZoneName,
        /// The language of your emails and pages. Null for that of each circle.
        #[garde(dive)]
        locale: LanguageTag | null,
        /// When your quiet hours begin: a time of day in your time zone. In your quiet hours you get
        /// no emails about your circles; they are sent at the end. What cannot wait so long comes
        /// at once, or before: a reminder that would come too late then, and what needs somebody
        /// within twelve hours. Emails about your account always come. With null you have no quiet hours;
        /// send null for `quiet_until` too.
        #[garde(dive)]
        quiet_from: ClockTime | null,
        /// When your quiet hours end. If that is earlier in the day than `quiet_from`, they go on
        /// over midnight.
        #[garde(dive)]
        quiet_until: ClockTime | null,
        /// When your digests are sent: a time of day in your time zone. Which emails come as a
        /// digest is in the notification settings of each circle.
        #[garde(dive)]
        digest_time: ClockTime,
        /// The day of the week on which your digests are sent. With null: every day.
        #[garde(skip)]
        digest_weekday: DigestWeekday | null,
    }
}

/// Update your account.
///
/// Your name in the circles that you are in already stays as it is. Other quiet hours and another
/// time of the digest count from the next email on; what waits already is sent when it was to be
/// sent, or later.
///
/// - 409 `account_deletion_scheduled`: the deletion of your account is scheduled; cancel it first
/// - 412 `version_mismatch`: the account was changed since you read it
/// - 422 `beginning_and_end`, `beginning_is_end`: of the quiet hours only the beginning or only
///   the end would be set, or both would be the same
#[utoipa::path(
    patch, path = "/me", tag = "me",
    responses((status = OK, description = "The account", body = Account), Problem),
)]
pub async fn update_account(
    app: App,
    caller: Caller,
    Json(changes): Json<AccountPatch>,
) -> Result<Resource<Account>, Problem> {
    let write = app.begin_write(&caller).await?;
    let user = write.user().clone();
    caller.request().check_version(user.version)?;
    changes.check_quiet_hours(&user)?;

    let (version, before) = (user.version + 1, user.clone());
    let mut row = user.into_active_model();
    let fields = changes.write_to(&mut row);
    if fields.is_empty() {
        return write
            .commit(Resource::new(Account::of(before, app.public_url())))
            .await;
    }
    let after = row.clone().try_into_model()?;
    if quiet_times(&after) != quiet_times(&before) {
        row.quiet_check_at = Set(QuietHours::next_check(&after, write.now()));
    }
    row.version = Set(version);
    row.updated_at = Set(write.now());
    let user = write.update::<user::Entity>(row).await?;
    write
        .commit(Resource::new(Account::of(user, app.public_url())))
        .await
}

/// What the instants of quiet hours follow from.
fn quiet_times(account: &user::Model) -> (Option<&str>, Option<&str>, &str) {
    let user::Model {
        quiet_from,
        quiet_until,
        time_zone,
        ..
    } = account;
    (
        quiet_from.as_deref(),
        quiet_until.as_deref(),
        time_zone.as_str(),
    )
}

impl AccountPatch {
    /// Refuses quiet hours without a beginning or an end, or that would last all day.
    fn check_quiet_hours(&self, before: &user::Model) -> Result<(), Problem> {
        let read = |stored: Option<&str>| stored.and_then(ClockTime::of_text);
        let (from, until) = (&before.quiet_from, &before.quiet_until);
        let from = self.quiet_from.unwrap_or_else(|| read(from.as_deref()));
        let until = self.quiet_until.unwrap_or_else(|| read(until.as_deref()));
        let (field, code, detail) = match (from, until) {
            (Some(_), None) => (
                "/quiet_until",
                FieldErrorCode::BeginningAndEnd,
                "Quiet hours need an end. Send both, or null for both.",
            ),
            (None, Some(_)) => (
                "/quiet_from",
                FieldErrorCode::BeginningAndEnd,
                "Quiet hours need a beginning. Send both, or null for both.",
            ),
            (Some(from), Some(until)) if from == until => (
                "/quiet_until",
                FieldErrorCode::BeginningIsEnd,
                "Quiet hours end at another time than they begin. Send another end.",
            ),
            _ => return Ok(()),
        };
        Err(Problem::field(field, code, detail))
    }
}
