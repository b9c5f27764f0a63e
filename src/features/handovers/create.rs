//! `create_handover`: the caller asks a member, or anybody, to take something over.

use chrono::{DateTime, TimeDelta, Utc};
use garde::Validate;
use sea_orm::ActiveValue::Set;
use serde::Deserialize;
use utoipa::ToSchema;

use super::item::{Item, ItemId};
use super::store::{self, Shown};
use super::types::Handover;
use crate::access::change_log::Change;
use crate::access::{
    CircleAccess, CirclePath, CircleWrite, HandOver, ON_BEHALF_OF, OrOfMember, names_of,
};
use crate::app::App;
use crate::entity::handover::{self, HandoverReason, HandoverState};
use crate::entity::ids::{MemberId, NeedId, RoleAssignmentId, TaskId};
use crate::entity::notification::NotificationKind;
use crate::entity::personal_access_token::TokenScope;
use crate::features::participation::{Work, require_levels};
use crate::http::extract::{Json, compared};
use crate::http::response::Created;
use crate::notify::notifications::{self, Notification};
use crate::platform::text::HandoverNote;
use crate::platform::time::civil::Instant;
use crate::problem::{FieldError, FieldErrorCode, Problem};

/// How long a handover is open if what is handed over has no time.
const OPEN_FOR: TimeDelta = TimeDelta::days(14);

/// What you hand over, and to whom.
#[derive(Debug, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({
    "task_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3f",
    "to_member_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3e",
    "note": "The key is with the neighbor."
})))]
pub struct CreateHandoverRequest {
    /// The task that you hand over. Send one of `task_id`, `need_id` and `role_assignment_id`.
    #[serde(default)]
    #[garde(custom(compared("task_id", "need_id,role_assignment_id", self.item_fault())))]
    pub task_id: Option<TaskId>,
    /// The need that you hand over.
    #[serde(default)]
    #[garde(skip)]
    pub need_id: Option<NeedId>,
    /// Your assignment of the role that you hand over.
    #[serde(default)]
    #[garde(skip)]
    pub role_assignment_id: Option<RoleAssignmentId>,
    /// The member whom you ask. Without it, anybody in the circle who can do it may accept.
    #[serde(default)]
    #[garde(skip)]
    pub to_member_id: Option<MemberId>,
    /// Why. Only you and the member whom you ask see it, or the contact of one without an account.
    /// Default: `prefer_not_to_say`.
    #[serde(default)]
    #[garde(skip)]
    pub reason: Option<HandoverReason>,
    /// What you add for the member whom you ask. Nobody else sees it, but the contact of a member
    /// without an account does.
    #[serde(default)]
    #[garde(dive)]
    pub note: Option<HandoverNote>,
    /// When the handover expires, if nobody has accepted by then. Default: when it starts or is
    /// due, at most in 14 days; a date counts as 09:00. If that is over: in 14 days. A moment after the end of a need, or of a task with a start, is lowered
    /// to that end.
    #[serde(default)]
    #[garde(dive)]
    pub expires_at: Option<Instant>,
    /// A member without an account who hands it over. You are their contact, or a coordinator.
    /// Without it you hand over what is yours.
    #[serde(default)]
    #[garde(skip)]
    pub on_behalf_of_member_id: Option<MemberId>,
}

impl CreateHandoverRequest {
    fn items(&self) -> Vec<ItemId> {
        let of_task = self.task_id.map(ItemId::Task);
        let of_need = self.need_id.map(ItemId::Need);
        let of_role = self.role_assignment_id.map(ItemId::Role);
        [of_task, of_need, of_role].into_iter().flatten().collect()
    }

    fn item_fault(&self) -> Vec<FieldError> {
        if self.items().len() == 1 {
            return Vec::new();
        }
        let detail = "Send one of task_id, need_id and role_assignment_id, and no other of them.";
        vec![FieldError::new(
            "/task_id",
            FieldErrorCode::ExactlyOneRequired,
            detail,
        )]
    }
}

/// Start a handover of a task, a need or a role.
///
/// You still have it until another member accepts, but it counts as uncovered: a member who claims
/// the task or the need takes it over, too. The member whom you ask is told. If you ask nobody by
/// name, a task or a need is on the agenda of everybody who can do it, and a role only in the list
/// of handovers. Less than two days before it starts, the members who want emails about uncovered
/// work are told: by default the coordinators. You need not say why.
///
/// - 403 `forbidden`: viewers cannot hand over; only the member who carries a role can hand it over
/// - 409 `invalid_transition`: you have not claimed it, it is over, or you are handing it over
///   already
/// - 422 `exactly_one_required`: send one of `task_id`, `need_id` and `role_assignment_id`
/// - 422 `unknown_task`, `unknown_need`, `unknown_role_assignment`: you see none with this id
/// - 422 `unknown_member`, `member_cannot_take_part`: the member is not active, is a viewer, does
///   not see the topic, or has it already
/// - 422 `in_the_past`: `expires_at` is over
/// - 422 `member_has_account`, `unknown_member`: you can act only for an active member without an
///   account
#[utoipa::path(
    post, path = "/circles/{circle_id}/handovers", tag = "handovers", params(CirclePath),
    security(("personal_access_token" = [
        TokenScope::TasksWrite, TokenScope::AppointmentsWrite, TokenScope::RolesWrite,
    ])),
    responses((status = CREATED, description = "The handover", body = Handover), Problem),
)]
pub async fn create_handover(
    app: App,
    circle: CircleAccess<OrOfMember<HandOver>>,
    Json(new): Json<CreateHandoverRequest>,
) -> Result<Created<Handover>, Problem> {
    let mut write = app.begin_write(&circle).await?;
    let for_whom = new.on_behalf_of_member_id;
    write.act_for(ON_BEHALF_OF, for_whom, None).await?;
    let me = write.scope().member_id().ok_or(Problem::NotFound)?;
    let id = new.items().pop().ok_or(Problem::NotFound)?;
    let mut item = find(write, id).await?;
    item.begin().await?;
    let asked = check_asked(&item, me, new.to_member_id).await;
    let expires_at = expiry(&item, new.expires_at);
    let (expires_at, ()) = Problem::both(expires_at, asked)?;

    let (topic, shown) = (item.topic(), item.shown());
    let mut told = Vec::new();
    if let Some(asked) = new.to_member_id {
        let offered = item.notification(NotificationKind::HandoverOffered);
        told.push(offered.to([asked]));
    }
    // It counts as uncovered at once, also if one member is asked. A role does not begin soon: the
    // others hear of it when nobody is asked by name.
    if new.to_member_id.is_none() || item.moment().is_some() {
        told.push(item.notification(NotificationKind::HandoverOpened));
    }
    let mut write = item.into_write();
    let row = new_row(&write, id, me, new, expires_at);
    let row = write.insert_later::<handover::Entity>(row)?;
    let change = Change::to::<handover::Entity>("created", &row).about(topic);
    write.log(change).await?;
    notifications::notify(&write, told).await?;
    write.stop_acting_for();
    let names = names_of(write.tx(), write.scope(), vec![me]).await?;
    let shown = Shown {
        name: names.into_values().next(),
        // Who acts for the member has sent the reason and the note.
        from_contact: for_whom.and(write.scope().member_id()),
        ..shown
    };
    let answer = store::assemble(write.scope(), row, &shown);
    write.commit(Created::new(answer)).await
}

/// Reads what is handed over, or the problem with the field that names it.
async fn find(write: CircleWrite, id: ItemId) -> Result<Item, Problem> {
    let (pointer, code, detail) = match id {
        ItemId::Task(_) => (
            "/task_id",
            FieldErrorCode::UnknownTask,
            "You see no task with this id. Send the id of another task.",
        ),
        ItemId::Need(_) => (
            "/need_id",
            FieldErrorCode::UnknownNeed,
            "You see no need with this id. Send the id of another need.",
        ),
        ItemId::Role(_) => (
            "/role_assignment_id",
            FieldErrorCode::UnknownRoleAssignment,
            "There is no role assignment with this id. Send the id of another one.",
        ),
    };
    Item::find(write, id)
        .await
        .map_err(|problem| match problem {
            Problem::NotFound => Problem::field(pointer, code, detail),
            other => other,
        })
}

/// Refuses a member who cannot take it over.
async fn check_asked(item: &Item, me: MemberId, asked: Option<MemberId>) -> Result<(), Problem> {
    let Some(asked) = asked else {
        return Ok(());
    };
    let pointer = "/to_member_id";
    let member = require_levels(item.write(), pointer, asked).await?;
    let detail = if asked == me || item.is_of(asked).await? {
        "This member has it already. Name another member."
    } else if !member.may_take_part(item.topic()) {
        "This member is a viewer or does not see the topic. Name another member."
    } else {
        return Ok(());
    };
    Err(Problem::field(
        pointer,
        FieldErrorCode::MemberCannotTakePart,
        detail,
    ))
}

/// When the handover expires.
fn expiry(item: &Item, chosen: Option<Instant>) -> Result<DateTime<Utc>, Problem> {
    let now = item.write().now();
    match chosen {
        Some(Instant(at)) if at <= now => Err(Problem::field(
            "/expires_at",
            FieldErrorCode::InThePast,
            "This moment is over. Send a later one, or leave it out.",
        )),
        Some(Instant(at)) => {
            let over_at = item.over_at().filter(|over_at| *over_at > now);
            Ok(over_at.map_or(at, |over_at| at.min(over_at)))
        }
        None => Ok(default_expiry(now, item.useful_until())),
    }
}

/// Opens handovers of these things, which a member has, to anybody who can do them. The parts of the
/// member are marked elsewhere. Returns the notifications. The rows are written when the transaction
/// commits.
pub async fn open_all<E: Work>(
    write: &mut CircleWrite,
    from: MemberId,
    reason: HandoverReason,
    rows: &[&E::Model],
    id_of: impl Fn(&E::Model) -> ItemId + Send + Sync,
) -> Result<Vec<Notification>, Problem> {
    let zone = write.scope().time_zone().to_owned();
    let (mut told, mut changes) = (Vec::new(), Vec::new());
    for row in rows {
        let expires_at = default_expiry(write.now(), E::starts_at(row, &zone));
        let new = CreateHandoverRequest {
            reason: Some(reason),
            ..CreateHandoverRequest::default()
        };
        let handover = new_row(write, id_of(row), from, new, expires_at);
        let handover = write.insert_later::<handover::Entity>(handover)?;
        let change = Change::to::<handover::Entity>("created", &handover);
        changes.push(change.about(E::topic(row)).on_behalf_of(from));
        told.push(Notification::of(
            NotificationKind::HandoverOpened,
            *row,
            &zone,
        ));
    }
    write.log_all(changes).await?;
    Ok(told)
}

/// Until it is of use, at most for two weeks.
fn default_expiry(now: DateTime<Utc>, useful_until: Option<DateTime<Utc>>) -> DateTime<Utc> {
    let latest = now + OPEN_FOR;
    let until = useful_until.filter(|until| *until > now);
    until.map_or(latest, |until| until.min(latest))
}

fn new_row(
    write: &CircleWrite,
    id: ItemId,
    me: MemberId,
    new: CreateHandoverRequest,
    expires_at: DateTime<Utc>,
) -> handover::ActiveModel {
    let mut row = handover::ActiveModel {
        id: Set(write.new_id()),
        from_member_id: Set(me),
        to_member_id: Set(new.to_member_id),
        reason: Set(new.reason.unwrap_or(HandoverReason::PreferNotToSay)),
        note: Set(new.note.map(Into::into)),
        state: Set(HandoverState::Open),
        expires_at: Set(expires_at),
        ..Default::default()
    };
    match id {
        ItemId::Task(id) => row.task_id = Set(Some(id)),
        ItemId::Need(id) => row.need_id = Set(Some(id)),
        ItemId::Role(id) => row.role_assignment_id = Set(Some(id)),
    }
    row
}
