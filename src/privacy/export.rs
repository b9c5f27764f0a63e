//! The export of what is stored of a person, and of what they may see of their circles:
//! as records that a program reads, and as a calendar that any calendar opens.

use std::collections::BTreeMap;

use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use sea_orm::{Condition, QueryOrder};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::calendar::write_calendar;
use super::export_tables::ExportedTables;
use crate::access::CallerCircles;
use crate::app::App;
use crate::auth::{AnyRecentCaller, require_user, throttle};
use crate::entity::appointment;
use crate::http::openapi::{Fact, TriedTooOften};
use crate::platform::time::timestamps::in_milliseconds;
use crate::problem::Problem;

/// What is stored of one, and what one may see of one's circles.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!(example())))]
pub struct AccountExport {
    /// Always `kith-account-export`.
    pub format: &'static str,
    /// Counts up when a reader of the format before would be misled.
    pub format_version: i32,
    #[serde(serialize_with = "in_milliseconds")]
    pub exported_at: DateTime<Utc>,
    pub tables: ExportedTables,
}

/// An export of somebody who has done nothing yet.
fn example() -> serde_json::Value {
    let mut tables: BTreeMap<_, _> = ExportedTables::names()
        .into_iter()
        .map(|name| (name, json!([])))
        .collect();
    let user = json!({
        "id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3d",
        "email": "ana@example.org",
        "name": "Ana Díaz",
        "time_zone": "Europe/Berlin",
        "state": "active",
        "erase_at": null,
        "version": 1,
        "created_at": "2027-01-02T12:00:00.000Z",
        "updated_at": "2027-01-02T12:00:00.000Z"
    });
    tables.insert("users", json!([user]));
    json!({
        "format": "kith-account-export",
        "format_version": 1,
        "exported_at": "2027-01-02T12:00:00.000Z",
        "tables": tables
    })
}

/// A file to be kept, that no cache may keep.
#[derive(Debug)]
pub struct Attachment {
    name: &'static str,
    media_type: &'static str,
    content: Vec<u8>,
}

impl IntoResponse for Attachment {
    fn into_response(self) -> Response {
        let headers: [(HeaderName, HeaderValue); 3] = [
            (
                header::CONTENT_TYPE,
                HeaderValue::from_static(self.media_type),
            ),
            (
                header::CONTENT_DISPOSITION,
                HeaderValue::from_static(self.name),
            ),
            (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        ];
        (headers, self.content).into_response()
    }
}

/// Take along what is stored of one.
///
/// One's account, its devices, one's memberships and messages, also of circles
/// one has left, and what one may see of what one's circles plan. No secret is
/// in it, no message of others, no address or number of theirs. Three exports
/// an hour. Where this device has not proved in the last ten minutes who holds
/// it: 403 `reauthentication_needed`.
#[utoipa::path(
    post, path = "/me/export", tag = "accounts",
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
    let export = AccountExport {
        format: "kith-account-export",
        format_version: 1,
        exported_at: app.clock().now(),
        tables: ExportedTables::read(&app, mine, user).await?,
    };
    Ok(Attachment {
        name: "attachment; filename=\"kith-export.json\"",
        media_type: "application/json",
        content: serde_json::to_vec_pretty(&export).map_err(anyhow::Error::from)?,
    })
}

/// Take one's appointments along as a calendar.
///
/// Those of all one's circles that one may see, as iCalendar (RFC 5545). Counts
/// as an export. Where this device has not proved in the last ten minutes who
/// holds it: 403 `reauthentication_needed`.
#[utoipa::path(
    post, path = "/me/export/calendar", tag = "accounts",
    extensions(("x-facts" = json!([Fact::AnswerNotKept]))),
    responses(
        (status = OK, description = "A file, `kith-calendar.ics`", body = String, content_type = "text/calendar"),
        Problem, TriedTooOften,
    ),
)]
pub async fn export_calendar(
    app: App,
    AnyRecentCaller(caller): AnyRecentCaller,
    mine: CallerCircles,
) -> Result<Attachment, Problem> {
    throttle::check_export(&app, caller.request(), caller.user_id()).await?;
    let appointments = mine
        .find::<appointment::Entity>(|_| Condition::all())
        .order_by_asc(appointment::Column::SortAt)
        .order_by_asc(appointment::Column::Id)
        .all(mine.db())
        .await?;
    Ok(Attachment {
        name: "attachment; filename=\"kith-calendar.ics\"",
        media_type: "text/calendar; charset=utf-8",
        content: write_calendar(app.public_url(), &appointments).into_bytes(),
    })
}
