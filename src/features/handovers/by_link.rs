//! The handovers in which a member without an account is asked, on their personal page. A handover to
//! anybody is not among them: it does not wait for this member.

use sea_orm::{ColumnTrait, Condition, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select};

use super::locked::LockedHandover;
use super::rules::HandoverVerb;
use crate::access::{CircleOwned, CircleWrite, SystemCircleView, in_circle_of};
use crate::entity::handover::{self, Column, HandoverState};
use crate::entity::ids::{HandoverId, MemberId};
use crate::entity::topic_grant::Topic;
use crate::entity::{need, role, role_assignment, task};
use crate::features::participation::{AT_MOST, LinkAnswer};
use crate::platform::db::{ReadRows, SelectByPosition};
use crate::problem::Problem;

/// A thing, the handover, and what the member who hands it over adds.
type Asked<M> = (M, HandoverId, Option<String>);

/// What other members ask a member to take over.
pub struct AskedToTakeOver {
    /// Only everyday tasks.
    pub tasks: Vec<Asked<task::Model>>,
    pub needs: Vec<Asked<need::Model>>,
    pub roles: Vec<Asked<role::Model>>,
}

/// What other members ask this member to take over: three reads.
pub(in crate::features) async fn handed_over_to_member(
    view: &SystemCircleView<'_>,
    member: MemberId,
) -> Result<AskedToTakeOver, Problem> {
    let mut tasks = view
        .find::<task::Entity>()
        .filter(task::Column::Topic.eq(Topic::Daily));
    QueryTrait::query(&mut tasks).inner_join(
        handover::Entity,
        open_to::<task::Entity>(task::Column::Id, Column::TaskId, member),
    );
    let mut needs = view.find::<need::Entity>();
    QueryTrait::query(&mut needs).inner_join(
        handover::Entity,
        open_to::<need::Entity>(need::Column::Id, Column::NeedId, member),
    );
    let mut roles = view.find::<role::Entity>();
    let parts = in_circle_of::<role::Entity, role_assignment::Entity>(
        role::Column::Id,
        role_assignment::Column::RoleId,
    );
    let (part, names) = (role_assignment::Column::Id, Column::RoleAssignmentId);
    QueryTrait::query(&mut roles)
        .inner_join(role_assignment::Entity, parts)
        .inner_join(
            handover::Entity,
            open_to::<role_assignment::Entity>(part, names, member),
        );
    Ok(AskedToTakeOver {
        tasks: read(view, tasks).await?,
        needs: read(view, needs).await?,
        roles: read(view, roles).await?,
    })
}

fn open_to<E: CircleOwned>(id: E::Column, names: Column, member: MemberId) -> Condition {
    in_circle_of::<E, handover::Entity>(id, names)
        .add(Column::ToMemberId.eq(member))
        .add(Column::State.eq(HandoverState::Open))
}

async fn read<E: CircleOwned>(
    view: &SystemCircleView<'_>,
    rows: Select<E>,
) -> Result<Vec<Asked<E::Model>>, Problem> {
    let rows = rows
        .columns([Column::Id, Column::Note])
        .order_by_asc(Column::CreatedAt)
        .order_by_asc(Column::Id)
        .limit(AT_MOST);
    Ok(rows
        .by_position::<Asked<E::Model>>()
        .read(view.db())
        .await?)
}

/// Answers for a member without an account, in a transaction in which that member acts.
pub(in crate::features) async fn answer_handover(
    write: CircleWrite,
    id: HandoverId,
    answer: LinkAnswer,
) -> Result<CircleWrite, Problem> {
    let mut handover = LockedHandover::find(write, id).await?;
    let me = handover.write.scope().member_id();
    let me = me.ok_or(Problem::NotFound)?;
    let topic = handover.related.topic_of(&handover.row);
    let is_everyday = topic.is_none_or(|topic| topic == Topic::Daily);
    if handover.row.to_member_id != Some(me) || !is_everyday {
        return Err(Problem::NotFound);
    }
    let verb = match answer {
        LinkAnswer::Accept => HandoverVerb::Accept,
        LinkAnswer::Decline => HandoverVerb::Decline,
        LinkAnswer::Tentative | LinkAnswer::Claim | LinkAnswer::Release | LinkAnswer::Complete => {
            return Err(Problem::NotFound);
        }
    };
    if !handover.check_right_and_verb(verb)? {
        return Ok(handover.write);
    }
    if verb == HandoverVerb::Decline {
        handover.end_and_keep(verb).await?;
        return Ok(handover.write);
    }
    handover.check_in_time()?;
    let handover = handover.give_to(verb, me, None, Some(true)).await?;
    Ok(handover.write)
}
