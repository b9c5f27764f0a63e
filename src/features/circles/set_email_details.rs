//! `set_email_details`: the patient decides whether emails may say what they are about.

use garde::Validate;
use sea_orm::{ActiveValue::Set, IntoActiveModel};
use serde::Deserialize;
use utoipa::ToSchema;

use super::locked::LockedCircle;
use super::rules::CircleVerb;
use super::types::Circle;
use crate::access::{CircleAccess, CirclePath, ForbidEmailDetails};
use crate::app::App;
use crate::http::extract::Json;
use crate::http::response::Resource;
use crate::problem::Problem;

/// Whether emails may say what they are about.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "forbidden": true })))]
pub struct SetEmailDetailsRequest {
    /// With `true` no email of this circle says more than that there is something, and when it is,
    /// whatever its members chose.
    #[garde(skip)]
    pub forbidden: bool,
}

/// Set whether emails may say what they are about.
///
/// Each member chooses how much their own emails say (`detail` in the notification settings). Here
/// the patient, or the active proxy, forbids it for the whole circle, or allows it again. It counts
/// from the next email on. What the members chose stays, and nobody is told.
///
/// - 403 `forbidden`: only the patient and an active proxy can set it
/// - 409 `circle_archived`: the circle is archived
/// - 412 `version_mismatch`: the circle was changed since you read it
#[utoipa::path(
    put, path = "/circles/{circle_id}/email-details", tag = "circles", params(CirclePath),
    responses((status = OK, description = "The circle", body = Circle), Problem),
)]
pub async fn set_email_details(
    app: App,
    access: CircleAccess<ForbidEmailDetails>,
    Json(wish): Json<SetEmailDetailsRequest>,
) -> Result<Resource<Circle>, Problem> {
    let mut circle = LockedCircle::open(&app, &access).await?;
    circle.check_version()?;
    if circle.row.email_details_forbidden == wish.forbidden {
        return circle.respond().await;
    }
    let mut row = circle.row.clone().into_active_model();
    row.email_details_forbidden = Set(wish.forbidden);
    circle.write_row(row)?;
    circle
        .log(CircleVerb::Update, vec!["email_details_forbidden"])
        .await?;
    circle.respond().await
}
