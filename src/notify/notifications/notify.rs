//! Notifies members, in the transaction of the change. What waits for one member is sent in one
//! email a little later, so that a time that is changed twice in a row is told once.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use sea_orm::ActiveValue::Set;

use super::mail::MailNotifications;
use super::notification::Notification;
use super::people::People;
use super::unsubscribe::{make_new_unsubscribe_tokens, make_unsubscribe_tokens};
use super::who::{self, Recipient};
use crate::access::CircleWrite;
use crate::entity::delivery::DeliveryState;
use crate::entity::ids::MemberId;
use crate::entity::notification;
use crate::platform::time::civil::Moment;
use crate::problem::Problem;

/// How long a notification waits for other notifications to the same member.
const GATHER: TimeDelta = TimeDelta::seconds(20);

/// Notifies the members whom the table in `who.rs` names: each gets a row, which the app shows, and
/// an email if nothing speaks against it. Whether they still see the thing and want to be told is
/// checked when the email is written. At most one statement reads, and everything
/// is written when the transaction commits, however many members or notifications there are.
pub async fn notify(write: &CircleWrite, notifications: Vec<Notification>) -> Result<(), Problem> {
    notify_people(write, notifications, None).await
}

/// Like [`notify`], if the people of the circle may have been read already.
pub async fn notify_people(
    write: &CircleWrite,
    notifications: Vec<Notification>,
    mut people: Option<People>,
) -> Result<(), Problem> {
    if people.is_none() && notifications.iter().any(who::asks_about_people) {
        people = Some(People::read(write).await?);
    }
    let mut rows = Vec::new();
    let mut seen = BTreeSet::new();
    let mut members: BTreeSet<MemberId> = BTreeSet::new();
    for notification in &notifications {
        let recipients = who::recipients(notification, people.as_ref(), write.actor(), write.now());
        for recipient in recipients {
            let member = recipient.member;
            if seen.insert((member, notification.about, notification.kind.as_str())) {
                rows.push(row_of(write, notification, recipient));
                if recipient.no_email.is_none() {
                    members.insert(member);
                }
            }
        }
    }
    write.insert_all_later::<notification::Entity>(rows);
    let members: Vec<MemberId> = members.into_iter().collect();
    let (known, others): (Vec<MemberId>, Vec<MemberId>) = members
        .iter()
        .partition(|member| people.as_ref().is_some_and(|people| people.knows(**member)));
    let mut without = known;
    without.retain(|member| {
        let people = people.as_ref();
        people.is_some_and(|people| !people.has_token(*member))
    });
    make_new_unsubscribe_tokens(write, &without);
    make_unsubscribe_tokens(write, &others).await?;
    let job = |member_id| MailNotifications {
        circle_id: write.circle_id(),
        member_id,
    };
    let jobs: Vec<MailNotifications> = members.into_iter().map(job).collect();
    write.enqueue_all_at(&jobs, write.now() + GATHER).await
}

fn row_of(
    write: &CircleWrite,
    notification: &Notification,
    recipient: Recipient,
) -> notification::ActiveModel {
    let Recipient {
        member,
        category,
        no_email,
    } = recipient;
    let (was_at, was_on) = notification.was.map(Moment::parts).unwrap_or_default();
    let mut row = notification::ActiveModel {
        id: Set(write.new_id()),
        member_id: Set(member),
        category: Set(category),
        kind: Set(notification.kind),
        was_at: Set(was_at),
        was_on: Set(was_on),
        state: Set(match no_email {
            Some(_) => DeliveryState::Skipped,
            None => DeliveryState::Queued,
        }),
        reason: Set(no_email),
        job_id: Set(None),
        attempts: Set(0),
        sent_at: Set(None),
        read_at: Set(None),
        ..Default::default()
    };
    notification.about.write_to_notification(&mut row);
    row
}
