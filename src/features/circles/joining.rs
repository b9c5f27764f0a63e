//! How a circle and a membership come to be; shared by founding and accepting.

use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel,
    PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};

use super::grants::grant_defaults;
use super::types::{Circle, NewCircle};
use crate::access::limits;
use crate::access::{CircleScope, CircleWrite, Mine};
use crate::auth::{Account, AccountWrite};
use crate::entity::ids::{CircleId, MemberId, UserId};
use crate::entity::membership::{self, Access, MemberState};
use crate::entity::{circle, user};
use crate::platform::db::{Constraint, OnConstraint};
use crate::platform::mail::plain_label;
use crate::problem::{Conflict, Problem};

/// Who joins, and as what.
pub(super) struct NewMember<'a> {
    pub user: &'a user::Model,
    pub access: Access,
    pub is_patient: bool,
    pub relationship: Option<String>,
}

/// What mails call a circle that is called after nobody.
pub(crate) const NEUTRAL_ALIAS: &str = "a family circle";

/// What mails call a circle after its founder.
pub(crate) fn default_alias(founder: &str) -> String {
    let first_name = founder.split_whitespace().next().unwrap_or_default();
    match plain_label(first_name, "") {
        name if name.is_empty() => NEUTRAL_ALIAS.into(),
        name => format!("{name}'s circle"),
    }
}

/// Inserts the circle's row.
#[expect(clippy::disallowed_methods, reason = "the circle is only just made")]
pub(super) async fn insert_circle(
    write: &AccountWrite,
    id: CircleId,
    new: NewCircle,
    founder: &user::Model,
) -> Result<circle::Model, Problem> {
    let of_founder = circle::Entity::find()
        .filter(circle::Column::CreatedByUser.eq(founder.id))
        .count(write.tx())
        .await?;
    limits::CIRCLES_FOUNDED.check(of_founder)?;
    let alias = new
        .alias
        .map_or_else(|| default_alias(&founder.name), String::from);
    let patient_name = String::from(new.patient_name);
    let row = circle::ActiveModel {
        id: Set(id),
        name: Set(new.name.map_or_else(|| patient_name.clone(), String::from)),
        alias: Set(alias),
        time_zone: Set(new
            .time_zone
            .map_or_else(|| founder.time_zone.clone(), String::from)),
        patient_name: Set(patient_name),
        patient_about: Set(new.patient_about.map(Into::into)),
        created_by_user: Set(founder.id),
        change_seq: Set(0),
        sent_hash: Set(write.request().sent_hash()),
        erase_at: Set(None),
        erase_asked_by: Set(None),
        version: Set(1),
        created_at: Set(write.now()),
        updated_at: Set(write.now()),
    };
    circle::Entity::insert(row)
        .exec_with_returning(write.tx())
        .await
        .on_constraint(
            &Constraint::primary_key::<circle::Entity>(),
            Conflict::id_taken(),
        )
}

/// The circle that an equal request of this person has founded under the id it
/// chose, if they are in it. The same id with another body is a conflict.
#[expect(
    clippy::disallowed_methods,
    reason = "asked before the caller is proven a member"
)]
pub(super) async fn founded_before(
    write: &AccountWrite,
    id: Option<CircleId>,
) -> Result<Option<(circle::Model, membership::Model)>, Problem> {
    let (tx, user_id) = (write.tx(), write.user_id());
    let Some(id) = id else {
        return Ok(None);
    };
    let Some(row) = circle::Entity::find_by_id(id)
        .filter(circle::Column::CreatedByUser.eq(user_id))
        .one(tx)
        .await?
    else {
        return Ok(None);
    };
    if !write.request().says_again(row.sent_hash.as_deref()) {
        return Err(Conflict::id_reused().into());
    }
    let me = write
        .find::<membership::Entity>()
        .filter(membership::Column::CircleId.eq(id))
        .filter(membership::Column::State.eq(MemberState::Active));
    let me = me.one(tx).await?;
    Ok(me.map(|me| (row, me)))
}

/// Makes somebody a member; who was one before gets the old row back.
pub(super) async fn add_member(
    write: &mut CircleWrite,
    new: NewMember<'_>,
) -> Result<membership::Model, Problem> {
    let before = find_former_member(write, new.user.id).await?;
    let here = || {
        let here = [
            MemberState::Active,
            MemberState::Suspended,
            MemberState::Leaving,
        ];
        Condition::all().add(membership::Column::State.is_in(here))
    };
    write
        .check_limit::<membership::Entity>(limits::MEMBERS, here())
        .await?;
    let theirs = Account::of(new.user.id).find::<membership::Entity>();
    let theirs = theirs.filter(here()).count(write.tx()).await?;
    limits::CIRCLES_OF_A_PERSON.check(theirs)?;
    let mut row = membership::ActiveModel {
        name: Set(new.user.name.clone()),
        access: Set(new.access),
        is_patient: Set(new.is_patient),
        relationship: Set(new.relationship),
        state: Set(MemberState::Active),
        joined_at: Set(write.now()),
        ..Default::default()
    };
    let member = if let Some(before) = before {
        let mut again = before.clone().into_active_model();
        again.name = row.name;
        again.access = row.access;
        again.is_patient = row.is_patient;
        again.relationship = row.relationship;
        again.state = row.state;
        again.joined_at = row.joined_at;
        write.act_as(before.id);
        write.update::<membership::Entity>(&before, again).await?
    } else {
        let id: MemberId = write.new_id();
        row.id = Set(id);
        row.user_id = Set(Some(new.user.id));
        row.phone = Set(None);
        row.reads = Set(0);
        write.act_as(id);
        write.insert::<membership::Entity>(row).await?
    };
    grant_defaults(write, member.id, new.access).await?;
    Ok(member)
}

/// The row of somebody who was a member; refuses who still is.
pub(super) async fn find_former_member(
    write: &CircleWrite,
    user: UserId,
) -> Result<Option<membership::Model>, Problem> {
    let member = write
        .find::<membership::Entity>()
        .filter(membership::Column::UserId.eq(user))
        .one(write.tx())
        .await?;
    match member.as_ref().map(|member| member.state) {
        Some(MemberState::Active | MemberState::Leaving) => {
            Err(Conflict::of("already_member", "This person is in the circle.").into())
        }
        Some(MemberState::Suspended) => {
            Err(Conflict::of("suspended", "This person is suspended.").into())
        }
        _ => Ok(member),
    }
}

/// A circle as its reader sees it.
pub(super) async fn describe_circle(
    connection: &impl ConnectionTrait,
    scope: &CircleScope,
    row: circle::Model,
) -> Result<Circle, Problem> {
    let patient = patient_of(connection, scope).await?;
    Ok(super::types::circle(row, scope, patient))
}

/// The patient's membership, if they have one.
pub(crate) async fn patient_of(
    connection: &impl ConnectionTrait,
    scope: &CircleScope,
) -> Result<Option<MemberId>, Problem> {
    if scope.is_patient() {
        return Ok(scope.member_id());
    }
    Ok(scope
        .find::<membership::Entity>()
        .filter(membership::Column::IsPatient.eq(true))
        .filter(membership::Column::State.ne(MemberState::Removed))
        .select_only()
        .column(membership::Column::Id)
        .into_tuple::<MemberId>()
        .one(connection)
        .await?)
}

/// All circles one is in, as one sees them, in the order they were founded in.
/// Two queries, however many.
#[expect(
    clippy::disallowed_methods,
    reason = "the circles' own rows, by ids that were proven"
)]
pub async fn describe_circles(mine: &Mine) -> Result<Vec<Circle>, Problem> {
    let ids: Vec<CircleId> = mine.scopes().iter().map(CircleScope::circle_id).collect();
    let rows = circle::Entity::find()
        .filter(circle::Column::Id.is_in(ids))
        .order_by_asc(circle::Column::CreatedAt)
        .order_by_asc(circle::Column::Id)
        .all(mine.db())
        .await?;
    let patients = |_: &CircleScope| Condition::all().add(membership::Column::IsPatient.eq(true));
    let patients = mine.find::<membership::Entity>(patients);
    let patients = patients.all(mine.db()).await?;
    let describe = |row: circle::Model| {
        let mut patients = patients.iter();
        let patient = patients.find(|member| member.circle_id == row.id);
        let patient = patient.map(|patient| patient.id);
        let mut scopes = mine.scopes().iter();
        let scope = scopes.find(|scope| scope.circle_id() == row.id)?;
        Some(super::types::circle(row, scope, patient))
    };
    Ok(rows.into_iter().filter_map(describe).collect())
}
