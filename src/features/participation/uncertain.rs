//! Parts that are uncertain: a member still has something, but asks others to take it over, or is
//! away when it takes place. Until somebody else has it, it counts as uncovered. The row of a thing
//! holds how many such parts it has.

use std::collections::{BTreeMap, BTreeSet};

use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, IntoActiveModel, PaginatorTrait, QueryFilter,
};
use uuid::Uuid;

use super::part::{Part, Row};
use crate::access::CircleWrite;
use crate::entity::handover::{self, HandoverState};
use crate::entity::ids::MemberId;
use crate::entity::{need_assignment, role_assignment, task_assignment};
use crate::problem::Problem;

/// A table of parts that can be handed over.
pub trait Uncertain: Part {
    const IS_HANDING_OVER: Self::Column;

    /// The column of a handover that names what is handed over.
    const HANDED_OVER: handover::Column;

    /// Whether the member has an open handover of it.
    fn is_handing_over(part: &Self::Model) -> bool;

    /// What a handover of this part names.
    fn handed_over(part: &Self::Model) -> Uuid;

    /// Whether the member is away when it takes place.
    fn is_away(part: &Self::Model) -> bool;

    /// Whether the member has it, but may not do it.
    fn is_uncertain(part: &Self::Model) -> bool {
        let may_not = Self::is_handing_over(part) || Self::is_away(part);
        Self::state_of(part) == Self::TAKEN && may_not
    }
}

macro_rules! uncertain {
    ($($part:ident: $column:ident by $id:ident, $is_away:expr;)+) => {
        $(impl Uncertain for $part::Entity {
            const IS_HANDING_OVER: Self::Column = $part::Column::IsHandingOver;
            const HANDED_OVER: handover::Column = handover::Column::$column;

            fn is_handing_over(part: &Self::Model) -> bool {
                part.is_handing_over
            }

            fn handed_over(part: &Self::Model) -> Uuid {
                part.$id.into()
            }

            fn is_away(part: &Self::Model) -> bool {
                let is_away: fn(&Self::Model) -> bool = $is_away;
                is_away(part)
            }
        })+
    };
}

// A role is handed over by the assignment, because each member has one of their own. It goes on for a
// long time, so it has no moment at which a member is away.
uncertain! {
    task_assignment: TaskId by task_id, |part| part.is_away;
    need_assignment: NeedId by need_id, |part| part.is_away;
    role_assignment: RoleAssignmentId by id, |_| false;
}

/// How many of these parts are uncertain.
pub fn uncertain_in<'a, P: Uncertain>(parts: impl IntoIterator<Item = &'a Row<P>>) -> i32 {
    let uncertain = parts.into_iter().filter(|part| P::is_uncertain(part));
    i32::try_from(uncertain.count()).unwrap_or(i32::MAX)
}

/// Ends the open handovers of these parts when the transaction commits, because the parts end. Only
/// the parts themselves are written elsewhere. It takes one statement, or none if none of them is
/// handed over.
pub fn withdraw_handovers_later<'a, P: Uncertain>(
    write: &CircleWrite,
    parts: impl IntoIterator<Item = &'a Row<P>>,
) {
    end_handovers_later::<P>(write, parts, HandoverState::Withdrawn, None);
}

/// Ends the open handover of a part when the transaction commits, because another member claims it.
pub(super) fn accept_handover_later<P: Uncertain>(
    write: &CircleWrite,
    part: &Row<P>,
    taken_by: MemberId,
) {
    end_handovers_later::<P>(write, [part], HandoverState::Accepted, Some(taken_by));
}

fn end_handovers_later<'a, P: Uncertain>(
    write: &CircleWrite,
    parts: impl IntoIterator<Item = &'a Row<P>>,
    state: HandoverState,
    taken_by: Option<MemberId>,
) {
    use handover::Column;
    let parts = parts.into_iter().filter(|part| P::is_handing_over(part));
    let mut by_member: BTreeMap<MemberId, BTreeSet<Uuid>> = BTreeMap::new();
    for part in parts {
        let of_member = by_member.entry(P::member_of(part)).or_default();
        of_member.insert(P::handed_over(part));
    }
    if by_member.is_empty() {
        return;
    }
    let mut these = Condition::any();
    for (member, ids) in by_member {
        let of_member = Condition::all()
            .add(Column::FromMemberId.eq(member))
            .add(P::HANDED_OVER.is_in(ids));
        these = these.add(of_member);
    }
    let open = Condition::all()
        .add(these)
        .add(Column::State.eq(HandoverState::Open));
    let mut values = vec![
        (Column::State, Expr::value(state)),
        (Column::EndedAt, Expr::value(write.now())),
        (Column::Version, Expr::col(Column::Version).add(1)),
        (Column::UpdatedAt, Expr::value(write.now())),
    ];
    values.extend(taken_by.map(|member| (Column::TakenByMemberId, Expr::value(member))));
    write.update_all_later::<handover::Entity>(open, values);
}

/// Ends the open handovers of these parts, because the thing ends: the members keep their parts. The
/// caller writes how many parts of the thing are uncertain now.
pub fn keep_parts_later<'a, P: Uncertain>(
    write: &CircleWrite,
    parts: impl IntoIterator<Item = &'a mut Row<P>>,
) -> Result<(), Problem> {
    let parts = parts.into_iter();
    let handed_over = parts.filter(|part| P::is_handing_over(part));
    let handed_over: Vec<&mut Row<P>> = handed_over.collect();
    withdraw_handovers_later::<P>(write, handed_over.iter().map(|part| &**part));
    let ids = handed_over.iter().map(|part| P::id_of(part).into());
    let ids: Vec<Uuid> = ids.collect();
    let kept = vec![(P::IS_HANDING_OVER, Expr::value(false))];
    write.update_rows_later::<P>(&ids, kept);
    for part in handed_over {
        let mut row = part.clone().into_active_model();
        row.set(P::IS_HANDING_OVER, false.into());
        *part = write.as_updated::<P>(part, row)?;
    }
    Ok(())
}

/// The members who ask another member by name to take over their part in a thing.
pub(super) async fn who_asks<P: Uncertain>(
    write: &CircleWrite,
    handed_over: Uuid,
    asked: MemberId,
) -> Result<Vec<MemberId>, Problem> {
    use handover::Column;
    let open = write
        .find_in_circle::<handover::Entity>()
        .filter(P::HANDED_OVER.eq(handed_over))
        .filter(Column::ToMemberId.eq(asked))
        .filter(Column::State.eq(HandoverState::Open));
    let open = open.all(write.tx()).await?;
    Ok(open.iter().map(|row| row.from_member_id).collect())
}

/// Whether a member is asked to take over one of these: the thing itself, or an assignment of a role.
pub async fn is_asked_to_take_over<P: Uncertain>(
    write: &CircleWrite,
    handed_over: impl IntoIterator<Item = Uuid>,
    member: MemberId,
) -> Result<bool, Problem> {
    use handover::Column;
    let ids: Vec<Uuid> = handed_over.into_iter().collect();
    if ids.is_empty() {
        return Ok(false);
    }
    let asked = write
        .find_in_circle::<handover::Entity>()
        .filter(P::HANDED_OVER.is_in(ids))
        .filter(Column::ToMemberId.eq(member))
        .filter(Column::State.eq(HandoverState::Open));
    Ok(asked.count(write.tx()).await? > 0)
}
