//! What workloads are made of: one statement for the members with their roles, and one for what
//! they have claimed and done.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, Iterable, QueryFilter, QuerySelect, QueryTrait,
};

use super::list::{Workload, WorkloadRole};
use super::room::{Done, Room};
use super::work::{WorkRow, work_of};
use crate::access::{
    CircleScope, Permission, in_circle_of, is_away_on, may_view_workloads, seen_of,
};
use crate::entity::ids::MemberId;
use crate::entity::membership::{self, AccessLevel, Capacity, MemberState};
use crate::entity::role::{self, RoleState};
use crate::entity::role_assignment::{self, RoleAssignmentState};
use crate::features::roles::title_of_role;
use crate::platform::db::{ReadRows, Reader, Reads, SelectByPosition};
use crate::platform::time::civil::day_of;
use crate::problem::Problem;
use crate::row::{Joined, Row};

/// The workloads that the caller sees, by name.
pub(super) async fn read_workloads(
    db: &Reader,
    scope: &CircleScope,
    now: DateTime<Utc>,
) -> Result<Vec<Workload>, Problem> {
    let mut carried = members_with_roles(db, scope, now).await?;
    let mut places: HashMap<MemberId, usize> = HashMap::new();
    for (place, one) in carried.iter().enumerate() {
        places.insert(one.workload.member_id, place);
    }
    let only: Option<Vec<MemberId>> = (!may_view_workloads(scope)).then(|| {
        let members = carried.iter();
        members.map(|one| one.workload.member_id).collect()
    });
    let work = work_of(scope, only.as_deref(), now);
    let statement = db.get_database_backend().build(&work);
    for work in db.rows::<WorkRow>(statement).await? {
        let place = places.get(&work.member);
        if let Some(one) = place.and_then(|place| carried.get_mut(*place)) {
            work.add_to(&mut one.workload, &mut one.done);
        }
    }
    Ok(carried.into_iter().map(Carried::finish).collect())
}

/// What a member carries, while it is added up.
struct Carried {
    workload: Workload,
    done: Done,
    capacity: Option<Capacity>,
    /// Whether anybody may ask the member to take something on now.
    takes_part: bool,
}

impl Carried {
    fn finish(self) -> Workload {
        let room = Room::of(self.done, self.capacity);
        Workload {
            room: self.takes_part.then_some(room),
            ..self.workload
        }
    }
}

/// A member as they are read.
#[derive(Clone, Row)]
struct MemberRow {
    id: MemberId,
    name: String,
    access: AccessLevel,
    is_patient: bool,
    capacity: Option<Capacity>,
    is_away: bool,
}

impl MemberRow {
    /// Whether anybody may ask the member to take something on now. Nobody counts what the patient
    /// could do.
    fn takes_part(&self, scope: &CircleScope) -> bool {
        let claims = Permission::ClaimTasks;
        claims.works_in(scope.circle_state())
            && claims.is_given_to(self.access, false)
            && !self.is_patient
            && !self.is_away
    }
}

/// The members whom the caller sees here. Without the permission these are the caller and, unless
/// the caller is the patient, members without an account for whom the caller acts.
fn seen_members(scope: &CircleScope) -> Condition {
    use membership::Column;
    if may_view_workloads(scope) {
        return Condition::all();
    }
    let me = scope.member_id();
    let managed = (!scope.is_patient()).then(|| Column::ContactMemberId.eq(me));
    Condition::any().add(Column::Id.eq(me)).add_option(managed)
}

/// The members, by name, with the roles that they carry.
async fn members_with_roles(
    db: &Reader,
    scope: &CircleScope,
    now: DateTime<Utc>,
) -> Result<Vec<Carried>, Problem> {
    use membership::Column;
    use role_assignment::Column as Part;
    let carries =
        in_circle_of::<membership::Entity, role_assignment::Entity>(Column::Id, Part::MemberId)
            .add(Part::State.eq(RoleAssignmentState::Active));
    let in_use =
        seen_of::<role_assignment::Entity, role::Entity>(scope, Part::RoleId, role::Column::Id)
            .add(role::Column::State.eq(RoleState::Active));
    let today = day_of(now, scope.time_zone());
    let mut rows = scope
        .find::<membership::Entity>()
        .filter(Column::State.eq(MemberState::Active))
        .filter(seen_members(scope))
        .select_only()
        .columns([Column::Id, Column::Name, Column::Access])
        .columns([Column::IsPatient, Column::Capacity])
        .expr(is_away_on::<membership::Entity>(scope, Column::Id, today))
        .columns(role::Column::iter());
    QueryTrait::query(&mut rows)
        .left_join(role_assignment::Entity, carries)
        .left_join(role::Entity, in_use);
    let rows = rows
        .by_position::<(MemberRow, Joined<role::Model>)>()
        .read(db)
        .await?;
    let mut roles: HashMap<MemberId, Vec<WorkloadRole>> = HashMap::new();
    let mut members: HashMap<MemberId, MemberRow> = HashMap::new();
    for (member, Joined(role)) in rows {
        let of_member = role.map(|role| WorkloadRole {
            role_id: role.id,
            title: title_of_role(&role),
            kind: role.kind,
            effort_minutes_per_week: role.effort_minutes_per_week,
        });
        roles.entry(member.id).or_default().extend(of_member);
        members.insert(member.id, member);
    }
    let of_member = |(member_id, member): (MemberId, MemberRow)| {
        let mut roles = roles.remove(&member_id).unwrap_or_default();
        roles.sort_by(|one, two| (&one.title, one.role_id).cmp(&(&two.title, two.role_id)));
        let mut done = Done::default();
        for role in &roles {
            done.add_role(role.effort_minutes_per_week);
        }
        let takes_part = member.takes_part(scope);
        let workload = Workload {
            member_id,
            name: member.name,
            roles,
            open_tasks: 0,
            open_needs: 0,
            open_minutes: 0,
            completed_tasks: 0,
            completed_needs: 0,
            completed_minutes: 0,
            room: None,
        };
        Carried {
            workload,
            done,
            capacity: member.capacity,
            takes_part,
        }
    };
    let mut all: Vec<Carried> = members.into_iter().map(of_member).collect();
    all.sort_by_cached_key(|Carried { workload, .. }| {
        (workload.name.to_lowercase(), workload.member_id)
    });
    Ok(all)
}
