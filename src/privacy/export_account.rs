//! The export of what is stored about a person, and of what they see in their circles: as JSON, and
//! as a calendar file.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::attachment::Attachment;
use super::export_files::{ExportedFile, read_files};
use super::export_tables::ExportedTables;
use crate::access::CallerCircles;
use crate::app::App;
use crate::auth::{AnyRecentCaller, require_user, throttle};
use crate::http::openapi::{Fact, TriedTooOften};
use crate::platform::time::timestamps::in_milliseconds;
use crate::problem::Problem;

pub(super) const FORMAT: &str = "kith-account-export";
pub(super) const FORMAT_VERSION: i32 = 1;

/// What is stored about you, and what you see in your circles.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!(example())))]
pub struct AccountExport {
    /// Always `kith-account-export`.
    pub format: &'static str,
    /// The version of the format. It counts up with each change that an older program would
    /// misread.
    pub format_version: i32,
    /// When the export was made.
    #[serde(serialize_with = "in_milliseconds")]
    pub exported_at: DateTime<Utc>,
    /// The records of each table. A record with a `circle_id` is from that circle: a message of
    /// your own, or something planned there that you see now. Of other members only what the
    /// circle shows of them is exported, like their name. `openapi/account-export.schema.json` in
    /// the repository of Kith is the JSON Schema of all tables and columns.
    #[schema(value_type = std::collections::BTreeMap<String, Vec<Object>>)]
    pub tables: ExportedTables,
    /// Your picture, and the photos of the patients of your circles.
    pub files: Vec<ExportedFile>,
}

/// The beginning of the export of a new account.
fn example() -> serde_json::Value {
    let user = json!({
        "id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3d",
        "email": "ana@example.org",
        "name": "Ana Díaz",
        "time_zone": "Europe/Berlin",
        "locale": null,
        "quiet_from": null,
        "quiet_until": null,
        "digest_time": "08:00",
        "digest_weekday": null,
        "state": "active",
        "deletion_scheduled_for": null,
        "version": 1,
        "created_at": "2027-01-02T12:00:00.000Z",
        "updated_at": "2027-01-02T12:00:00.000Z"
    });
    json!({
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "exported_at": "2027-01-02T12:00:00.000Z",
        "tables": { "users": [user], "sessions": [], "tasks": [] },
        "files": []
    })
}

/// Export your data.
///
/// Returns a file with what is stored about you: your account, sessions, memberships and messages,
/// also from circles that you left, and what you see of the plans of your circles, with your picture and the photos of the patients. It holds no
/// secrets, no messages of other members, and not their email addresses or phone numbers. You can
/// export three times an hour. Nobody is told.
///
/// - 403 `reauthentication_required`: confirm your identity first. It counts for ten minutes.
/// - 429 `too_many_requests`: you exported three times in the last hour. Wait as long as
///   `Retry-After` says.
#[utoipa::path(
    post, path = "/me/export", tag = "me",
    extensions(("x-facts" = json!([Fact::AnswerNotKept]))),
    responses(
        (status = OK, description = "A file, `kith-export.json`", body = AccountExport),
        Problem, TriedTooOften,
    ),
)]
pub async fn export_account(
    app: App,
    AnyRecentCaller(caller): AnyRecentCaller,
    mine: CallerCircles,
) -> Result<Attachment, Problem> {
    throttle::check_export(&app, caller.request(), caller.user_id()).await?;
    let user = require_user(app.reader(), caller.user_id()).await?;
    let files = read_files(&app, &mine, &user).await?;
    let export = AccountExport {
        format: FORMAT,
        format_version: FORMAT_VERSION,
        exported_at: app.clock().now(),
        tables: ExportedTables::read(&app, mine, user).await?,
        files,
    };
    Ok(Attachment {
        name: "attachment; filename=\"kith-export.json\"",
        media_type: "application/json",
        content: serde_json::to_vec_pretty(&export).map_err(anyhow::Error::from)?,
    })
}
