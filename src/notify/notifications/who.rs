//! Who is told of what: one table for all features. A feature makes a [`Notification`] of what
//! happened and names the members who relied on it. This file decides who is told.
//!
//! - Members are not told of what they did themselves.
//! - Nobody is told of something in the past: it was only entered late. But if something moves
//!   from a time to come into the past, members are told.
//! - Whom something concerns and how they are told are two questions. A member whom it concerns gets
//!   a row, which the app shows, even if no email goes to them: they have turned these emails off,
//!   are away, have no account that is in use, or an address that does not exist. The row says why
//!   ([`why_none`](crate::notify::may_send::why_none)). What goes to others only if nobody else is told goes to them if nobody else gets an email.
//! - When the email is written, each member is checked again. A member who does not see the thing
//!   any more gets no email, unless it says that they are no longer part of it.
//!
//! Two rules are not in the table, because they depend on no relation and no setting:
//!
//! - When others have claimed the last place, nobody gets an email. An offer whose email still
//!   waits ends with the reason `taken_by_others` (`line.rs`).
//! - All members are told that the deletion of a circle is scheduled or canceled, even if they have
//!   turned all emails off: see `privacy/circle_deletion.rs`. In the same way they are told of its
//!   state, of a new coordinator and of a proxy: see `life` and `leadership_mail.rs` in
//!   `features/circles`.

use chrono::{DateTime, TimeDelta, Utc};

use super::notification::Notification;
use super::people::People;
use crate::access::{MemberLevels, Permission};
use crate::entity::delivery::DeliveryReason;
use crate::entity::ids::MemberId;
use crate::entity::membership::{self, AccessLevel};
use crate::entity::notification::NotificationKind;
use crate::entity::notification_setting::{NotificationCategory, NotificationDelivery};
use crate::entity::topic_grant::Topic;

/// The relation of a member to what happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// It concerns the member: they were asked, take part, or took part.
    Concerned,
    /// The member had asked the member who now declines or releases it. If the asker has left the
    /// circle, does not see it, is away or has no account in use, the coordinators are told as well.
    Asker,
    /// The member coordinates, or has chosen emails of the category `gaps`.
    Watcher,
    /// The member could claim it. They are told only if nobody else gets an email.
    Able,
    /// The member sees it and has no part in it. They are told only of what is announced.
    Circle,
    /// The member may approve what somebody suggests.
    Approver,
    /// The member may invite people. If all of them are away, they are told nevertheless: nobody else
    /// could answer.
    Inviter,
}

/// How long before its start members are told of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    Always,
    TwoDays,
    ADay,
}

impl Reach {
    fn includes(self, starts_at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> bool {
        let within = |days| starts_at.is_some_and(|at| at < now + TimeDelta::days(days));
        match self {
            Self::Always => true,
            Self::TwoDays => within(2),
            Self::ADay => within(1),
        }
    }
}

/// One line of the table.
#[derive(Clone, Copy, Debug)]
pub struct NotificationRule {
    pub kind: NotificationKind,
    pub relation: Relation,
    pub reach: Reach,
    /// The category whose setting decides.
    pub category: NotificationCategory,
}

macro_rules! rules {
    ($($kind:ident: $($relation:ident $reach:ident $category:ident),+;)+) => {
        /// The table: what happened, and for each relation that is told of it, how long before
        /// the start and by which category. If two lines fit a member, the first counts.
        pub const RULES: &[NotificationRule] = &[$($(NotificationRule {
            kind: NotificationKind::$kind,
            relation: Relation::$relation,
            reach: Reach::$reach,
            category: NotificationCategory::$category,
        },)+)+];
    };
}

rules! {
    // A member is asked, or something is new.
    Offered: Concerned Always Assignments;
    Scheduled: Concerned Always Assignments, Circle Always Announcements;
    // A member declines, is no longer sure, releases it, or cannot hold it any more (they left,
    // were suspended, or have another access level).
    Declined: Asker Always Assignments, Watcher ADay Gaps, Able ADay Announcements;
    Tentative: Asker Always Assignments, Watcher ADay Gaps, Able ADay Announcements;
    Released: Asker Always Assignments, Watcher Always Gaps, Able ADay Announcements;
    Freed: Asker Always Assignments, Watcher Always Gaps, Able ADay Announcements;
    // It has another time; another end only; another place, link or preparation.
    Rescheduled: Concerned Always Assignments, Circle Always Announcements;
    EndRescheduled: Concerned Always Assignments;
    Updated: Concerned Always Assignments;
    // It is canceled, or takes place after all.
    Canceled: Concerned Always Assignments, Circle Always Announcements;
    Reinstated: Concerned Always Assignments, Circle Always Announcements;
    // A member loses their part in it; an offer to a member is withdrawn.
    Removed: Concerned Always Assignments;
    OfferWithdrawn: Concerned Always Assignments;
    // Others completed it.
    Completed: Concerned Always Assignments;
    // A member suggests it; the suggestion is approved, or is not.
    Proposed: Approver Always Announcements;
    Approved: Concerned Always Assignments;
    Rejected: Concerned Always Assignments;
    // A member asks another, or anybody, to take it over; nobody does; a coordinator gives it to
    // somebody.
    HandoverOffered: Concerned Always Assignments;
    HandoverOpened: Watcher TwoDays Gaps;
    HandoverEnded: Concerned Always Assignments;
    Placed: Concerned Always Assignments;
    // A member without an account has another contact. People ask to join, or are proposed.
    ContactChanged: Concerned Always Assignments;
    JoinRequested: Inviter Always Assignments;
    JoinApproved: Concerned Always Assignments;
    PersonProposed: Inviter Always Assignments;
}

/// A member to tell, and how.
#[derive(Clone, Copy, Debug)]
pub struct Recipient {
    pub member: MemberId,
    /// The category of the email.
    pub category: NotificationCategory,
    /// Why no email goes to them, as far as that is known before it is written.
    pub no_email: Option<DeliveryReason>,
}

impl Recipient {
    fn gets_email(&self) -> bool {
        self.no_email.is_none()
    }
}

impl People {
    /// A member, told by this category.
    fn recipient(&self, member: &MemberLevels, category: NotificationCategory) -> Recipient {
        Recipient {
            member: member.row.id,
            category,
            no_email: self.why_no_email(member, category),
        }
    }

    /// Whether something of this category concerns the member. What needs people concerns those who
    /// coordinate, also with their emails turned off, and those who have asked to be told.
    fn is_concerned(&self, member: &MemberLevels, category: NotificationCategory) -> bool {
        category != NotificationCategory::Gaps
            || member.row.access == AccessLevel::Coordinator
            || self.wish(member, category) != NotificationDelivery::Off
    }

    fn refuses_gaps(&self, member: MemberId) -> bool {
        let chosen = self.choices.get(&member);
        let wish = chosen.and_then(|chosen| chosen.get(&NotificationCategory::Gaps));
        wish.is_some_and(|wish| wish.delivery == NotificationDelivery::Off)
    }

    /// The members who have the rule's relation to what happened.
    fn related(&self, notification: &Notification, rule: NotificationRule) -> Vec<Recipient> {
        let seeing = || {
            self.members
                .iter()
                .filter(|member| member.sees(notification.topic))
        };
        let concerned =
            |category| move |member: &&MemberLevels| self.is_concerned(member, category);
        let recipient = |category| move |member: &MemberLevels| self.recipient(member, category);
        let category = rule.category;
        match rule.relation {
            Relation::Concerned => Vec::new(),
            // The contact of a member without an account is told of it as a member.
            Relation::Circle => seeing()
                .filter(|member| !member.row.is_managed())
                .map(recipient(category))
                .collect(),
            Relation::Inviter => {
                let inviting = || seeing().filter(|member| may_invite(&member.row));
                let mut related: Vec<Recipient> = inviting().map(recipient(category)).collect();
                if !related.iter().any(Recipient::gets_email) {
                    for (told, member) in related.iter_mut().zip(inviting()) {
                        told.no_email = self.why_no_email_if_here(member, category);
                    }
                }
                related
            }
            Relation::Approver => seeing()
                .filter(|member| may_approve(member, notification.topic))
                .map(recipient(category))
                .collect(),
            Relation::Watcher => seeing()
                .filter(|_| notification.is_open)
                .filter(concerned(category))
                .map(recipient(category))
                .collect(),
            Relation::Able => self
                .members
                .iter()
                .filter(|_| notification.is_open)
                .filter(|member| member.may_take_part(notification.topic))
                .filter(|member| !self.refuses_gaps(member.row.id))
                .map(recipient(category))
                .collect(),
            Relation::Asker => {
                let asked = |member: &&MemberLevels| notification.asked_by.contains(&member.row.id);
                let here: Vec<&MemberLevels> = seeing().filter(asked).collect();
                let answers = here
                    .iter()
                    .any(|member| self.reachable.contains(&member.row.id));
                let mut related: Vec<Recipient> =
                    here.into_iter().map(recipient(category)).collect();
                if !notification.asked_by.is_empty() && !answers {
                    let gaps = NotificationCategory::Gaps;
                    let coordinates =
                        |member: &&MemberLevels| member.row.access == AccessLevel::Coordinator;
                    related.extend(seeing().filter(coordinates).map(recipient(gaps)));
                }
                related
            }
        }
    }
}

/// Whether a member can approve a suggestion. `may_arrange_task` asks the same about a caller.
fn may_approve(member: &MemberLevels, topic: Option<Topic>) -> bool {
    let row = &member.row;
    Permission::CreateTasks.is_given_to(row.access, row.is_patient)
        && topic.is_some_and(|topic| member.writes(topic))
}

fn may_invite(member: &membership::Model) -> bool {
    Permission::InvitePeople.is_given_to(member.access, member.is_patient)
}

fn rules_of(notification: &Notification) -> impl Iterator<Item = &'static NotificationRule> {
    let is_announced = notification.is_announced;
    let kind = notification.kind;
    RULES
        .iter()
        .filter(move |rule| rule.kind == kind)
        .filter(move |rule| is_announced || rule.relation != Relation::Circle)
}

/// Whether the table needs more members than those whom the notification names.
pub(super) fn asks_about_people(notification: &Notification) -> bool {
    rules_of(notification).any(|rule| rule.relation != Relation::Concerned)
}

/// The members who are told of it.
pub(super) fn recipients(
    notification: &Notification,
    people: Option<&People>,
    actor: Option<MemberId>,
    now: DateTime<Utc>,
) -> Vec<Recipient> {
    if notification.is_over(now) {
        return Vec::new();
    }
    let mut recipients: Vec<Recipient> = Vec::new();
    for rule in
        rules_of(notification).filter(|rule| rule.reach.includes(notification.starts_at, now))
    {
        let mut related = match (rule.relation, people) {
            (Relation::Concerned, _) => {
                let concerned = notification.concerned.iter();
                let told = |member: &MemberId| Recipient {
                    member: *member,
                    category: rule.category,
                    no_email: None,
                };
                concerned.map(told).collect()
            }
            (Relation::Able, _) if recipients.iter().any(Recipient::gets_email) => continue,
            (_, Some(people)) => people.related(notification, *rule),
            (_, None) => continue,
        };
        // Contacts come before the members for whom they are told.
        related.sort_by_key(|told| {
            people.is_some_and(|people| people.contact_of(told.member).is_some())
        });
        let is_named = rule.relation == Relation::Concerned;
        for told in related {
            let member = told.member;
            // Who acts knows it, also as the contact of a member without an account.
            let contact = people.and_then(|people| people.contact_of(member));
            let knows = |contact| {
                let mut emailed = recipients.iter().filter(|other| other.gets_email());
                actor == Some(contact) || emailed.any(|other| other.member == contact)
            };
            if !is_named && contact.is_some_and(knows) {
                continue;
            }
            if actor == Some(member) || notification.released_by == Some(member) {
                continue;
            }
            let before = recipients.iter_mut().find(|other| other.member == member);
            match before {
                None => recipients.push(told),
                // By another category they get the email.
                Some(before) if !before.gets_email() && told.gets_email() => *before = told,
                Some(_) => {}
            }
        }
    }
    recipients
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_told_of_what_is_one_table() {
        let mut table = String::new();
        for kind in NotificationKind::ALL {
            let rules = RULES.iter().filter(|rule| rule.kind == *kind);
            for rule in rules {
                let words = [
                    kind.as_str(),
                    &format!("{:?} {:?}", rule.relation, rule.reach),
                    rule.category.as_str(),
                ];
                table.extend([words.join(" ").as_str(), "\n"]);
            }
        }
        insta::assert_snapshot!(table, @r"
        offered Concerned Always assignments
        scheduled Concerned Always assignments
        scheduled Circle Always announcements
        rescheduled Concerned Always assignments
        rescheduled Circle Always announcements
        end_rescheduled Concerned Always assignments
        canceled Concerned Always assignments
        canceled Circle Always announcements
        reinstated Concerned Always assignments
        reinstated Circle Always announcements
        released Asker Always assignments
        released Watcher Always gaps
        released Able ADay announcements
        freed Asker Always assignments
        freed Watcher Always gaps
        freed Able ADay announcements
        declined Asker Always assignments
        declined Watcher ADay gaps
        declined Able ADay announcements
        tentative Asker Always assignments
        tentative Watcher ADay gaps
        tentative Able ADay announcements
        updated Concerned Always assignments
        removed Concerned Always assignments
        offer_withdrawn Concerned Always assignments
        completed Concerned Always assignments
        proposed Approver Always announcements
        approved Concerned Always assignments
        rejected Concerned Always assignments
        handover_offered Concerned Always assignments
        handover_opened Watcher TwoDays gaps
        handover_ended Concerned Always assignments
        placed Concerned Always assignments
        contact_changed Concerned Always assignments
        join_requested Inviter Always assignments
        join_approved Concerned Always assignments
        person_proposed Inviter Always assignments
        ");
    }

    #[test]
    fn every_kind_of_notification_has_its_line() {
        for kind in NotificationKind::ALL {
            assert!(
                RULES.iter().any(|rule| rule.kind == *kind),
                "{kind:?}: say who is told of it in `rules!` in src/notify/notifications/who.rs, and try it \
                 in `TABLE` in tests/api/notifications/who/mod.rs",
            );
        }
    }
}
