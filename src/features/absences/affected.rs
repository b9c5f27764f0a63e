//! What becomes of what a member holds while they are away. The number of reads does not grow with it.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::create::OnAffected;
use super::types::{AffectedItem, AffectedItemType, AffectedOutcome};
use crate::access::{Absences, CircleScope, CircleWrite};
use crate::entity::handover::HandoverReason;
use crate::entity::ids::MemberId;
use crate::entity::topic_grant::{Topic, TopicLevel};
use crate::entity::{need, task};
use crate::features::handovers::{self, ItemId};
use crate::features::participation::{
    Held, HeldWork, Work, follow_absences, held_work, note_away, release_held,
};
use crate::features::roles;
use crate::notify::notifications::Notification;
use crate::platform::time::civil::Day;
use crate::problem::Problem;

/// What happened to what a member holds.
#[derive(Default)]
pub struct Affected {
    /// What the caller may see of it.
    pub items: Vec<AffectedItem>,
    pub notifications: Vec<Notification>,
}

/// The date, or the moment, of a task or a need.
type When = (Option<NaiveDate>, Option<DateTime<Utc>>);

/// Does what the request says with everything that the member holds and cannot do, and lists their
/// roles.
pub async fn settle(
    write: &mut CircleWrite,
    member: MemberId,
    absences: &Absences,
    on_affected: OnAffected,
) -> Result<Affected, Problem> {
    let held = Held::read(write, member).await?;
    let mut affected = Affected::default();
    let tasks = held_work::<task::Entity>(write, &held, member).await?;
    let to_task = |row: &task::Model| ItemId::Task(row.id);
    let when = |row: &task::Model| (row.due_on, row.due_at);
    let task = AffectedItemType::Task;
    settle_work(
        write,
        member,
        tasks,
        absences,
        on_affected,
        (task, to_task, when),
        &mut affected,
    )
    .await?;
    let needs = held_work::<need::Entity>(write, &held, member).await?;
    let to_need = |row: &need::Model| ItemId::Need(row.id);
    let when = |row: &need::Model| (row.starts_on, row.starts_at);
    let need = AffectedItemType::Need;
    settle_work(
        write,
        member,
        needs,
        absences,
        on_affected,
        (need, to_need, when),
        &mut affected,
    )
    .await?;
    for (id, title) in roles::carried_by(write, &held, member).await? {
        affected.items.push(AffectedItem {
            kind: AffectedItemType::Role,
            id: id.into(),
            title,
            scheduled_on: None,
            scheduled_at: None,
            outcome: AffectedOutcome::Kept,
        });
    }
    Ok(affected)
}

async fn settle_work<E: Work>(
    write: &mut CircleWrite,
    member: MemberId,
    held: Vec<HeldWork<E>>,
    absences: &Absences,
    on_affected: OnAffected,
    (kind, id_of, when): (
        AffectedItemType,
        impl Fn(&E::Model) -> ItemId + Send + Sync,
        impl Fn(&E::Model) -> When + Send + Sync,
    ),
    affected: &mut Affected,
) -> Result<(), Problem> {
    let of_them = held.iter().filter(|held| held.is_affected(absences));
    let outcome = match on_affected {
        OnAffected::Release => AffectedOutcome::Released,
        OnAffected::Offer => AffectedOutcome::Offered,
        OnAffected::Keep => AffectedOutcome::Kept,
    };
    for held in of_them {
        if sees(write.scope(), E::topic(&held.row)) {
            let id: Uuid = E::id_of(&held.row).into();
            let (on, at) = when(&held.row);
            affected.items.push(AffectedItem {
                kind,
                id,
                title: E::title(&held.row),
                scheduled_on: on.map(Day),
                scheduled_at: at,
                outcome,
            });
        }
    }
    if on_affected == OnAffected::Release {
        let (gone, stays) = held
            .into_iter()
            .partition::<Vec<_>, _>(|held| held.is_affected(absences));
        note_away::<E>(write, &stays, absences, |_| false).await?;
        let released = release_held::<E>(write, member, gone).await?;
        affected.notifications.extend(released);
        return Ok(());
    }
    let offers = on_affected == OnAffected::Offer;
    let hands_over =
        |held: &HeldWork<E>| offers && held.is_affected(absences) && !held.is_handing_over();
    let offered = held.iter().filter(|held| hands_over(held));
    let offered: Vec<Uuid> = offered.map(|held| E::id_of(&held.row).into()).collect();
    let rows = note_away::<E>(write, &held, absences, hands_over).await?;
    let rows = rows.iter().filter(|row| {
        let id: Uuid = E::id_of(row).into();
        offered.contains(&id)
    });
    let rows: Vec<&E::Model> = rows.collect();
    let reason = HandoverReason::Away;
    let told = handovers::open_all::<E>(write, member, reason, &rows, id_of).await?;
    affected.notifications.extend(told);
    Ok(())
}

/// Notes again what these members hold while they are away, after absences have changed. Nothing is
/// released.
pub async fn follow(
    write: &mut CircleWrite,
    members: &BTreeSet<MemberId>,
    absences: &Absences,
) -> Result<(), Problem> {
    follow_absences::<task::Entity>(write, members, absences).await?;
    follow_absences::<need::Entity>(write, members, absences).await
}

fn sees(scope: &CircleScope, topic: Option<Topic>) -> bool {
    topic.is_none_or(|topic| scope.topics().level(topic) >= TopicLevel::Read)
}
