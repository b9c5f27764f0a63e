//! `update_circle`: the name, the alias, the patient's data and the time zone of a circle. What
//! has a date and no time of day follows the zone.

use sea_orm::IntoActiveModel;

use super::locked::LockedCircle;
use super::rules::CircleVerb;
use super::types::Circle;
use crate::access::change_log::merge_patch;
use crate::access::{CircleAccess, CirclePath, ManageCircle};
use crate::app::App;
use crate::entity::circle;
use crate::http::extract::Json;
use crate::http::response::Resource;
use crate::notify::reminders;
use crate::platform::text::{CircleAlias, CircleName, PatientAbout, PersonName};
use crate::platform::time::civil::ZoneName;
use crate::problem::Problem;

merge_patch! {
    /// What to change of a circle.
    #[schema(examples(json!({ "name": "Rosa's people" })))]
    #[schema(as = CircleChanges)]
    pub struct CirclePatch for circle {
        #[garde(dive)]
        name: CircleName,
        #[garde(dive)]
        alias: CircleAlias,
        #[garde(dive)]
        time_zone: ZoneName,
        #[garde(dive)]
        patient_name: PersonName,
        #[garde(dive)]
        patient_about: PatientAbout | null,
    }
}

/// Change a circle.
///
/// In another time zone everything that has a date but no time of day stays on its
/// date; its reminders follow, and nobody is reminded twice.
#[utoipa::path(
    patch, path = "/circles/{circle_id}", tag = "circles", params(CirclePath),
    responses((status = OK, description = "The circle", body = Circle), Problem),
)]
pub async fn update_circle(
    app: App,
    access: CircleAccess<ManageCircle>,
    Json(changes): Json<CirclePatch>,
) -> Result<Resource<Circle>, Problem> {
    let mut circle = LockedCircle::open(&app, &access).await?;
    circle.check(CircleVerb::Change)?;
    let old_zone = circle.row.time_zone.clone();
    let mut row = circle.row.clone().into_active_model();
    let fields = changes.write_to(&mut row);
    if fields.is_empty() {
        return circle.respond().await;
    }
    circle.write_row(row).await?;
    if circle.row.time_zone != old_zone {
        reminders::follow_zone(&circle.write, &circle.row.time_zone).await?;
    }
    circle.log(CircleVerb::Change, fields.names()).await?;
    circle.respond().await
}
