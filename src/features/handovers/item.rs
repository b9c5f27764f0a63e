//! What is handed over: a task, a need, or the assignment of a role, under the circle's lock.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::store::Shown;
use crate::access::{CircleWrite, Lockable, Locked};
use crate::entity::handover;
use crate::entity::ids::{MemberId, NeedId, RoleAssignmentId, TaskId};
use crate::entity::notification::NotificationKind;
use crate::entity::topic_grant::Topic;
use crate::entity::{need, task};
use crate::features::needs::NeedVerb;
use crate::features::participation::{Kept, Work, keep_work};
use crate::features::roles::{HandedOverRole, keep_roles, notification_of_kept};
use crate::features::tasks::TaskVerb;
use crate::notify::notifications::Notification;
use crate::notify::subject::Subject;
use crate::platform::time::civil::{Moment, end_of_day};
use crate::problem::Problem;

/// The id of what is handed over.
#[derive(Clone, Copy, Debug)]
pub enum ItemId {
    Task(TaskId),
    Need(NeedId),
    Role(RoleAssignmentId),
}

impl ItemId {
    /// What a handover names.
    pub fn of(row: &handover::Model) -> Result<Self, Problem> {
        let of_task = row.task_id.map(Self::Task);
        let of_need = row.need_id.map(Self::Need);
        let of_role = row.role_assignment_id.map(Self::Role);
        of_task
            .or(of_need)
            .or(of_role)
            .ok_or_else(|| Problem::internal(anyhow::anyhow!("a handover of nothing: {}", row.id)))
    }
}

/// What is handed over, under the circle's lock.
pub enum Item {
    Task(Locked<task::Entity>),
    Need(Locked<need::Entity>),
    Role(HandedOverRole),
}

/// Does the same with a task and a need.
macro_rules! either {
    ($item:expr, $work:ident => $do:expr, $role:ident => $other:expr) => {
        match $item {
            Item::Task($work) => $do,
            Item::Need($work) => $do,
            Item::Role($role) => $other,
        }
    };
}

impl Item {
    /// Reads what a handover names.
    pub async fn read(write: CircleWrite, row: &handover::Model) -> Result<Self, Problem> {
        Self::find(write, ItemId::of(row)?).await
    }

    /// Reads it, or 404.
    pub async fn find(write: CircleWrite, id: ItemId) -> Result<Self, Problem> {
        Ok(match id {
            ItemId::Task(id) => Self::Task(locked::<task::Entity>(write, id).await?),
            ItemId::Need(id) => Self::Need(locked::<need::Entity>(write, id).await?),
            ItemId::Role(id) => Self::Role(HandedOverRole::read(write, id).await?),
        })
    }

    pub fn write(&self) -> &CircleWrite {
        either!(self, work => &work.write, role => role.write())
    }

    /// The transaction, to go on with.
    pub fn into_write(self) -> CircleWrite {
        either!(self, work => work.write, role => role.into_write())
    }

    /// Marks the caller's own part as uncertain.
    pub async fn begin(&mut self) -> Result<(), Problem> {
        match self {
            Self::Task(task) => task.begin_handing_over(TaskVerb::HandOver).await,
            Self::Need(need) => need.begin_handing_over(NeedVerb::HandOver).await,
            Self::Role(role) => role.begin().await,
        }
    }

    /// Gives the part of one member to another.
    pub async fn give(&mut self, from: MemberId, to: MemberId) -> Result<(), Problem> {
        either!(self, work => work.give_place(from, to).await, role => role.give_to(to).await)
    }

    /// Refuses a time at which the caller has something else. A role takes no time.
    pub async fn check_overlap(&self, allow_overlap: bool) -> Result<(), Problem> {
        either!(self, work => work.check_overlap(allow_overlap).await, _role => Ok(()))
    }

    /// Whether a member has it already.
    pub async fn is_of(&self, member: MemberId) -> Result<bool, Problem> {
        either!(self, work => Ok(work.has_place(member)), role => role.is_of(member).await)
    }

    /// The topic whose readers see it. Everybody sees a role.
    pub fn topic(&self) -> Option<Topic> {
        match self {
            Self::Task(task) => task::Entity::topic(&task.row),
            Self::Need(need) => need::Entity::topic(&need.row),
            Self::Role(_) => None,
        }
    }

    /// When it is.
    pub fn moment(&self) -> Option<Moment> {
        match self {
            Self::Task(task) => task::Entity::moment(&task.row),
            Self::Need(need) => need::Entity::moment(&need.row),
            Self::Role(_) => None,
        }
    }

    /// Until when it can be of use to hand it over: its start, or the last day of a role.
    pub fn useful_until(&self) -> Option<DateTime<Utc>> {
        let zone = self.write().scope().time_zone();
        match self {
            Self::Task(task) => task::Entity::starts_at(&task.row, zone),
            Self::Need(need) => need::Entity::starts_at(&need.row, zone),
            Self::Role(role) => role.ends_on().map(|day| end_of_day(day, zone)),
        }
    }

    /// From when on nobody can do it any more: its end. What is overdue is still to be done.
    pub fn over_at(&self) -> Option<DateTime<Utc>> {
        let zone = self.write().scope().time_zone();
        match self {
            Self::Task(task) => task::Entity::too_late_at(&task.row, zone),
            Self::Need(need) => need::Entity::too_late_at(&need.row, zone),
            Self::Role(_) => None,
        }
    }

    /// Refuses what is over: it may have moved since the handover began.
    pub fn check_not_over(&self) -> Result<(), Problem> {
        either!(self, work => work.check_not_over(), _role => Ok(()))
    }

    /// What is shown of it with a handover.
    pub fn shown(&self) -> Shown {
        let mut shown = Shown {
            topic: self.topic(),
            ..Shown::default()
        };
        match self {
            Self::Task(task) => {
                shown.task_title = Some(task.row.title.clone());
                (shown.on, shown.at) = (task.row.due_on, task.row.due_at);
            }
            Self::Need(need) => {
                shown.need_kind = Some(need.row.kind);
                (shown.on, shown.at) = (need.row.starts_on, need.row.starts_at);
            }
            Self::Role(part) => {
                let role = part.role();
                (shown.role_title, shown.role_kind) = (role.title.clone(), Some(role.kind));
            }
        }
        shown
    }

    /// A notification about it.
    pub fn notification(&self, kind: NotificationKind) -> Notification {
        either!(self, work => work.notification(kind), role => role.notification(kind))
    }
}

async fn locked<E: Work>(write: CircleWrite, id: E::Id) -> Result<Locked<E>, Problem> {
    let (row, related) = <E as Lockable>::read(&write, id).await?;
    Ok(Locked {
        write,
        row,
        related,
    })
}

/// The members keep what they wanted to hand over. Returns the notifications for them. The number of
/// reads does not grow with the number of handovers.
pub async fn keep(
    write: &mut CircleWrite,
    handovers: &[handover::Model],
) -> Result<Vec<Notification>, Problem> {
    let mut notifications =
        keep_all::<task::Entity>(write, handovers, |row| row.task_id.map(Into::into)).await?;
    let of_needs = |row: &handover::Model| row.need_id.map(Into::into);
    notifications.extend(keep_all::<need::Entity>(write, handovers, of_needs).await?);
    let roles: Vec<_> = handovers
        .iter()
        .filter_map(|row| row.role_assignment_id)
        .collect();
    for (part, role) in keep_roles(write, &roles).await? {
        let its = handovers
            .iter()
            .filter(|row| row.role_assignment_id == Some(part));
        let givers = its.map(|row| row.from_member_id);
        notifications.push(notification_of_kept(write, &role).to(givers));
    }
    Ok(notifications)
}

/// Those that are about things of one kind.
async fn keep_all<E: Work>(
    write: &mut CircleWrite,
    handovers: &[handover::Model],
    id: impl Fn(&handover::Model) -> Option<Uuid> + Send + Sync,
) -> Result<Vec<Notification>, Problem> {
    let kept = handovers.iter().filter_map(|row| {
        let member = row.from_member_id;
        id(row).map(|id| Kept { id, member })
    });
    let kept: Vec<Kept> = kept.collect();
    let rows = keep_work::<E>(write, &kept).await?;
    let zone = write.scope().time_zone();
    let told = |row: &E::Model| {
        let id: Uuid = E::id_of(row).into();
        let its = kept.iter().filter(|kept| kept.id == id);
        let notification = Notification::of(NotificationKind::HandoverEnded, row, zone);
        notification.to(its.map(|kept| kept.member))
    };
    Ok(rows.iter().map(told).collect())
}
