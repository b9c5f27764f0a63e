//! Telling people, in the transaction of the change. What waits for one person
//! goes out as one mail a little later, so that a time set twice in a row is
//! told once.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use sea_orm::ActiveValue::Set;

use super::unsubscribe::make_unsubscribe_token;
use crate::access::CircleWrite;
use crate::app::App;
use crate::entity::delivery::DeliveryState;
use crate::entity::ids::{AppointmentId, MemberId, NeedId, RoleId, TaskId};
use crate::entity::membership;
use crate::entity::notice::{self, NoticeKind};
use crate::entity::notification_preference::NotificationCategory;
use crate::jobs::{Job, enqueue_at};
use crate::problem::Problem;
use crate::wall_time::Moment;

/// How long news wait for more of the kind.
const GATHER: TimeDelta = TimeDelta::seconds(20);

/// What news are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    Task(TaskId),
    Appointment(AppointmentId),
    Need(NeedId),
    Role(RoleId),
}

/// Something that happened.
#[derive(Clone, Copy, Debug)]
pub struct News {
    pub kind: NoticeKind,
    pub about: About,
    /// The time it had before, where it had another.
    pub was: Option<Moment>,
}

/// Somebody to tell, and which of their wishes decides whether.
pub type Recipient = (MemberId, NotificationCategory);

/// Members who are all told under one category.
pub fn under(
    category: NotificationCategory,
    members: impl IntoIterator<Item = MemberId>,
) -> Vec<Recipient> {
    let members = members.into_iter();
    members.map(|member| (member, category)).collect()
}

/// Tells each of them, except whoever did it. Whether they still see it and
/// want to be told is asked when the mail is written.
pub async fn tell(
    app: &App,
    write: &CircleWrite,
    news: &News,
    to: Vec<Recipient>,
) -> Result<(), Problem> {
    let (was_at, was_on) = news.was.map(Moment::parts).unwrap_or_default();
    let mut told = BTreeSet::new();
    for (member, category) in to {
        if write.actor() == Some(member) || !told.insert(member) {
            continue;
        }
        let mut row = notice::ActiveModel {
            id: Set(app.clock().new_id()),
            member_id: Set(member),
            category: Set(category),
            kind: Set(news.kind),
            task_id: Set(None),
            appointment_id: Set(None),
            need_id: Set(None),
            role_id: Set(None),
            was_at: Set(was_at),
            was_on: Set(was_on),
            state: Set(DeliveryState::Queued),
            reason: Set(None),
            job_id: Set(None),
            attempts: Set(0),
            sent_at: Set(None),
            ..Default::default()
        };
        match news.about {
            About::Task(id) => row.task_id = Set(Some(id)),
            About::Appointment(id) => row.appointment_id = Set(Some(id)),
            About::Need(id) => row.need_id = Set(Some(id)),
            About::Role(id) => row.role_id = Set(Some(id)),
        }
        write.insert::<notice::Entity>(row).await?;
        let member = write.require::<membership::Entity>(member).await?;
        make_unsubscribe_token(app, write, &member).await?;
        let job = Job::MailNotices {
            circle_id: write.circle_id(),
            member_id: member.id,
        };
        enqueue_at(app, write.tx(), &job, write.now(), write.now() + GATHER).await?;
    }
    Ok(())
}
