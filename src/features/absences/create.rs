//! `create_absence`: says when a member is away, and what becomes of what they hold then.

use chrono::NaiveDate;
use garde::Validate;
use sea_orm::{ActiveValue::Set, Condition};
use serde::Deserialize;
use utoipa::ToSchema;

use super::affected;
use super::store;
use super::types::Absence;
use crate::access::change_log::Change;
use crate::access::{
    Absences, BeAway, CircleAccess, CirclePath, CircleWrite, Permission, Refusal, limits,
};
use crate::app::App;
use crate::entity::absence::{self, AbsenceState};
use crate::entity::ids::MemberId;
use crate::entity::membership::{self, MemberState};
use crate::entity::wire_enum;
use crate::features::participation::require_active;
use crate::http::extract::{Json, compared};
use crate::http::response::Created;
use crate::notify::notifications;
use crate::platform::text::AbsenceNote;
use crate::platform::time::civil::Day;
use crate::problem::{FieldError, FieldErrorCode, Problem};

wire_enum! {
    /// What becomes of what the member holds for this time.
    OnAffected {
        /// It is open to others again.
        Release = "release",
        /// The member hands it over to anybody who can do it.
        Offer = "offer",
        /// The member keeps it. It counts as uncovered, so others can claim it.
        Keep = "keep",
    }
}

/// When a member is away.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "from_on": "2027-01-02", "until_on": "2027-01-09", "on_affected": "offer" })))]
pub struct CreateAbsenceRequest {
    /// The member. Default: you. Only coordinators name others, and the contact of a member without
    /// an account that member.
    #[serde(default)]
    #[garde(skip)]
    pub member_id: Option<MemberId>,
    /// The first day, in the time zone of the circle.
    #[garde(dive)]
    pub from_on: Day,
    /// The last day. Without it, until the absence is ended.
    #[serde(default)]
    #[garde(dive, custom(compared("until_on", "from_on", end_fault(self.from_on, self.until_on))))]
    pub until_on: Option<Day>,
    /// What coordinators should know. Nobody else sees it, but the contact of a member without an
    /// account does.
    #[serde(default)]
    #[garde(dive)]
    pub note: Option<AbsenceNote>,
    /// What becomes of the tasks and needs that the member has claimed for this time. Default:
    /// `release`.
    #[serde(default)]
    #[garde(skip)]
    pub on_affected: Option<OnAffected>,
}

/// The fault of a last day before the first.
pub(super) fn end_fault(from: Day, until: Option<Day>) -> Vec<FieldError> {
    let is_before = until.is_some_and(|Day(until)| until < from.0);
    let detail = "The last day is before the first day. Send a later day.";
    let fault = || FieldError::new("/until_on", FieldErrorCode::StartAfterEnd, detail);
    is_before.then(fault).into_iter().collect()
}

/// Create an absence.
///
/// Says on which days a member is away.
/// The days are those of the circle's time zone. `affected` lists the tasks and needs that the member
/// has claimed for this time, and the roles that they carry. Tasks and needs are released, handed
/// over to anybody who can do them, or kept, as `on_affected` says; nothing happens to roles. Those
/// who relied on the member are told of what is released. What the member keeps, or claims for this
/// time later, counts as uncovered: others can claim it, and take it over from the member. While
/// members are away, they get no emails but those about their account; if all who can let people in are
/// away, they are told who asks to join. A coordinator gets the emails for members without an account
/// whose contact is away.
///
/// - 403 `forbidden`: only coordinators say when others are away, and the contact of a member without
///   an account when that member is
/// - 409 `limit_reached`: the circle has too many absences
/// - 422 `unknown_member`: the member is not active
/// - 422 `start_after_end`, `in_the_past`: `until_on` is before `from_on` or over
#[utoipa::path(
    post, path = "/circles/{circle_id}/absences", tag = "absences", params(CirclePath),
    responses((status = CREATED, description = "The absence", body = Absence), Problem),
)]
pub async fn create_absence(
    app: App,
    circle: CircleAccess<BeAway>,
    Json(new): Json<CreateAbsenceRequest>,
) -> Result<Created<Absence>, Problem> {
    let mut write = app.begin_write(&circle).await?;
    let me = write.scope().member_id().ok_or(Problem::NotFound)?;
    let member = new.member_id.unwrap_or(me);
    let member = if member == me || write.scope().may(Permission::ManageAbsences) {
        require_active(&write, "/member_id", member).await?
    } else {
        require_acted_for(&write, member).await?
    };
    let absences = Absences::of_all(&write).await?;
    check_until(absences.today(), new.until_on)?;
    write
        .check_limit::<absence::Entity>(limits::ABSENCES, Condition::all())
        .await?;
    let row = absence::ActiveModel {
        id: Set(write.new_id()),
        member_id: Set(member.id),
        from_on: Set(new.from_on.0),
        until_on: Set(new.until_on.map(|Day(day)| day)),
        note: Set(new.note.map(Into::into)),
        state: Set(AbsenceState::Active),
        ..Default::default()
    };
    let row = write.insert_later::<absence::Entity>(row)?;
    let change = Change::to::<absence::Entity>("created", &row);
    write.log(change.on_behalf_of(member.id)).await?;
    let absences = absences.with(row.clone());
    write.note_absences(&absences);
    let on_affected = new.on_affected.unwrap_or(OnAffected::Release);
    let affected = affected::settle(&mut write, member.id, &absences, on_affected).await?;
    notifications::notify(&write, affected.notifications).await?;
    let mut answer = store::assemble(write.scope(), row, &member);
    answer.affected = Some(affected.items);
    write.commit(Created::new(answer)).await
}

/// An active member without an account for whom the caller acts.
async fn require_acted_for(
    write: &CircleWrite,
    member: MemberId,
) -> Result<membership::Model, Problem> {
    let member = write.find_one::<membership::Entity>(member).await?;
    let is_theirs = |member: &membership::Model| {
        member.state == MemberState::Active && write.scope().acts_for(member)
    };
    member.filter(is_theirs).ok_or_else(|| {
        let refusal = Refusal::without(Permission::ManageAbsences);
        let refusal = refusal.or("the contact of a member without an account");
        refusal.told("say when others are away", "")
    })
}

/// Refuses a last day that is over.
pub(super) fn check_until(today: NaiveDate, until: Option<Day>) -> Result<(), Problem> {
    if until.is_none_or(|Day(until)| until >= today) {
        return Ok(());
    }
    let detail = "The last day is over. Send today or a later day.";
    Err(Problem::field(
        "/until_on",
        FieldErrorCode::InThePast,
        detail,
    ))
}
