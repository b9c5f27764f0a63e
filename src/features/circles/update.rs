//! `update_circle`: the name, the alias, the patient's data, the time zone and the
//! language of a circle. What has a date and no time of day follows the new zone.

use sea_orm::IntoActiveModel;

use super::locked::LockedCircle;
use super::members::check_account;
use super::rules::CircleVerb;
use super::types::Circle;
use crate::access::change_log::merge_patch;
use crate::access::{
    Absences, CircleAccess, CirclePath, ManageCircle, active_members, unknown_member,
};
use crate::app::App;
use crate::entity::circle;
use crate::entity::ids::MemberId;
use crate::entity::membership::AccessLevel;
use crate::features::absences;
use crate::http::extract::Json;
use crate::http::response::Resource;
use crate::notify::reminders;
use crate::platform::language::LanguageTag;
use crate::platform::text::{CircleAlias, CircleName, PatientAbout, PersonName};
use crate::platform::time::civil::ZoneName;
use crate::problem::{FieldErrorCode, Problem};

merge_patch! {
    /// What to change in a circle.
    #[schema(examples(json!({ "name": "Rosa's people" })))]
    #[schema(as = UpdateCircleRequest)]
    pub struct CirclePatch for circle {
        /// What the circle is called inside the app.
        #[garde(dive)]
        name: CircleName,
        /// What emails call the circle. Choose something neutral, never a diagnosis.
        #[garde(dive)]
        alias: CircleAlias,
        /// The time zone of the circle, by its IANA name. Older names, Windows names and
        /// offsets in whole hours (`GMT+02:00`) are accepted and answered as IANA names.
        #[garde(dive)]
        time_zone: ZoneName,
        /// The language of emails to members who chose none. Null for English.
        #[garde(dive)]
        locale: LanguageTag | null,
        /// What the patient likes to be called.
        #[garde(dive)]
        patient_name: PersonName,
        /// A few words about the patient.
        #[garde(dive)]
        patient_about: PatientAbout | null,
        /// The member who becomes coordinator when the last coordinator leaves or is removed.
        #[garde(skip)]
        deputy_member_id: MemberId | null,
    }
}

/// Update a circle.
///
/// If you change the time zone, everything with a date but no time of day stays on its
/// date. Its reminders move to the new zone, and nobody is reminded twice. Nobody is
/// told.
///
/// A deputy is an active member. They become coordinator when the last coordinator leaves, is
/// suspended or removed, or schedules the deletion of their account.
///
/// - 403 `forbidden`: only coordinators can change the circle
/// - 403 `reauthentication_required`: you name another deputy, and have not confirmed your identity
///   in the last ten minutes
/// - 422 `unknown_member`, `account_inactive`: the deputy is no active member, or their account is
///   not in use
/// - 422 `needs_account`: the deputy has no account
/// - 422 `successor_not_needed`: the deputy is a coordinator already
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
    circle.check(CircleVerb::Update)?;
    check_deputy(
        &circle,
        access.check_recent(),
        changes.deputy_member_id.flatten(),
    )
    .await?;
    let old_zone = circle.row.time_zone.clone();
    let mut row = circle.row.clone().into_active_model();
    let fields = changes.write_to(&mut row);
    if fields.is_empty() {
        return circle.respond().await;
    }
    circle.write_row(row)?;
    if circle.row.time_zone != old_zone {
        // Other moments are on the days on which members are away.
        let zone = circle.row.time_zone.clone();
        let absences = Absences::of_all(&circle.write).await?;
        let absences = absences.in_zone(circle.write.now(), &zone);
        let members = absences.members();
        if !members.is_empty() {
            absences::follow(&mut circle.write, &members, &absences).await?;
            // Who takes part is read for the reminders.
            circle.write.transaction().send_later().await?;
        }
        reminders::follow_zone(&circle.write, &zone).await?;
    }
    circle.log(CircleVerb::Update, fields.names()).await?;
    circle.respond().await
}

/// The field that names the deputy.
const DEPUTY: &str = "/deputy_member_id";

/// Refuses a deputy who could not become coordinator. `recently` is the proof that the caller
/// confirmed their identity: somebody who finds a phone must not name the next coordinator.
async fn check_deputy(
    circle: &LockedCircle,
    recently: Result<(), Problem>,
    deputy: Option<MemberId>,
) -> Result<(), Problem> {
    let Some(deputy) = deputy.filter(|_| deputy != circle.row.deputy_member_id) else {
        return Ok(());
    };
    recently?;
    let member = active_members(&circle.write, &[deputy]).await?.pop();
    let member = member.ok_or_else(|| Problem::Invalid(vec![unknown_member(DEPUTY)]))?;
    if member.access == AccessLevel::Coordinator {
        let detail = "This member is a coordinator already. Name another member.";
        let code = FieldErrorCode::SuccessorNotNeeded;
        return Err(Problem::field(DEPUTY, code, detail));
    }
    check_account(&circle.write, DEPUTY, &member).await
}
