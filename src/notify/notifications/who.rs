//! Who is told of what: one table for all features. A feature makes a
//! [`Notification`] of what happened and names who relied on it; this page decides.
//!
//! Nobody is told of what they did themselves, or of what is over (it was entered for the
//! past); of what moves there from a time still to come, people are told. Whether a person
//! still sees it is asked again when the mail is written; only that something was taken
//! off them is told to a person who sees it no more.
//!
//! Two things stand beside the table, because they are no matter of relations or wishes.
//! When others have taken the last place, nobody gets a mail: an offer that waits for its
//! mail ends with `taken` (`line.rs`). That a circle is going to be erased, or is kept, its
//! members are told whatever they wish: [`members_to_tell`].

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ColumnTrait, QueryFilter};

use super::notification::Notification;
use super::preferences::{Choices, choices_of_all, delivery_or_default};
use crate::access::{CircleWrite, Permission, Sight, TopicLevels, grants_of, sights_of_all};
use crate::auth::active_accounts;
use crate::entity::ids::MemberId;
use crate::entity::membership::{self, Access, MemberState};
use crate::entity::notification::NotificationKind;
use crate::entity::notification_preference::{NotificationCategory, NotificationDelivery};
use crate::entity::topic_grant::{Topic, TopicLevel};
use crate::problem::Problem;

/// How a person stands to what happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// It happened to them: they were asked, take part, or were taken off.
    Concerned,
    /// They asked the person who now lets go of it. If they are out of the circle or do
    /// not see it, its coordinators are told in their place.
    Asker,
    /// They want to hear of gaps: coordinators, unless they said otherwise.
    Watcher,
    /// They could take it on. Only if nobody else is told.
    Able,
    /// They see it and are no part of it. Only where it is announced to everybody.
    Circle,
    /// They may approve what somebody suggests.
    Approver,
}

/// How long before its start people are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    Always,
    ADay,
}

impl Reach {
    fn includes(self, starts_at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> bool {
        let within = |days| starts_at.is_some_and(|at| at < now + TimeDelta::days(days));
        match self {
            Self::Always => true,
            Self::ADay => within(1),
        }
    }
}

/// One line of the table.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    pub kind: NotificationKind,
    pub relation: Relation,
    pub reach: Reach,
    /// Which of their wishes decides.
    pub category: NotificationCategory,
}

macro_rules! rules {
    ($($kind:ident: $($relation:ident $reach:ident $category:ident),+;)+) => {
        /// The table: what happens, and who is told of it, each with how long before its
        /// start and under which wish. Of two that fit a person the first counts.
        pub const RULES: &[Rule] = &[$($(Rule {
            kind: NotificationKind::$kind,
            relation: Relation::$relation,
            reach: Reach::$reach,
            category: NotificationCategory::$category,
        },)+)+];
    };
}

rules! {
    // They are asked, or something is new.
    Offered: Concerned Always Assigned;
    Scheduled: Concerned Always Assigned, Circle Always Announcements;
    // Somebody lets go of it: they were asked and decline, are not sure any more, give it
    // back, or cannot have it any more (they left, were suspended, see or may do less).
    Declined: Asker Always Assigned, Watcher ADay Gaps, Able ADay Announcements;
    Unsure: Asker Always Assigned, Watcher ADay Gaps, Able ADay Announcements;
    GivenBack: Asker Always Assigned, Watcher Always Gaps, Able ADay Announcements;
    CameFree: Asker Always Assigned, Watcher Always Gaps, Able ADay Announcements;
    // It has another time; another end only; another place, link or preparation.
    Moved: Concerned Always Assigned, Circle Always Announcements;
    EndMoved: Concerned Always Assigned;
    Changed: Concerned Always Assigned;
    // It is called off, and on again.
    Cancelled: Concerned Always Assigned, Circle Always Announcements;
    Reinstated: Concerned Always Assigned, Circle Always Announcements;
    // It is taken off them; they need not answer any more.
    TakenOff: Concerned Always Assigned;
    Unasked: Concerned Always Assigned;
    // Others completed it.
    Completed: Concerned Always Assigned;
    // Somebody suggests it, and what became of that.
    Proposed: Approver Always Announcements;
    Approved: Concerned Always Assigned;
    NotApproved: Concerned Always Assigned;
}

/// Somebody to tell, and which of their wishes decides whether.
pub type Recipient = (MemberId, NotificationCategory);

/// The people of a circle, as far as the table asks about them.
pub struct People {
    members: Vec<Sight>,
    choices: HashMap<MemberId, Choices>,
    /// Those whose account is in use.
    reachable: HashSet<MemberId>,
    /// What those may write who have the right to approve; empty where nobody asks.
    approvers: HashMap<MemberId, TopicLevels>,
}

impl People {
    /// Four queries, however many people, and one more if something waits for approval.
    pub(super) async fn read(
        write: &CircleWrite,
        notifications: &[Notification],
    ) -> Result<Self, Problem> {
        let members = sights_of_all(write).await?;
        let accounts = members.iter().filter_map(|sight| sight.member.user_id);
        let accounts = active_accounts(write.tx(), accounts.collect()).await?;
        let reachable = members.iter().filter(|sight| {
            let account = sight.member.user_id;
            account.is_some_and(|id| accounts.contains(&id))
        });
        let approvers = if notifications.iter().any(asks_who_approves) {
            read_approvers(write, &members).await?
        } else {
            HashMap::new()
        };
        Ok(Self {
            approvers,
            choices: choices_of_all(write.tx(), write.circle_id()).await?,
            reachable: reachable.map(|sight| sight.member.id).collect(),
            members,
        })
    }

    fn wants(&self, sight: &Sight, category: NotificationCategory) -> bool {
        let none = Choices::new();
        let chosen = self.choices.get(&sight.member.id).unwrap_or(&none);
        let wish = delivery_or_default(chosen, category, sight.member.access);
        self.reachable.contains(&sight.member.id) && wish == NotificationDelivery::Now
    }

    fn may_approve(&self, sight: &Sight, topic: Option<Topic>) -> bool {
        let levels = self.approvers.get(&sight.member.id);
        let writes = |topic| levels.is_some_and(|levels| levels.level(topic) == TopicLevel::Write);
        topic.is_some_and(writes)
    }

    fn refuses_gaps(&self, member: MemberId) -> bool {
        let chosen = self.choices.get(&member);
        let wish = chosen.and_then(|chosen| chosen.get(&NotificationCategory::Gaps));
        wish.is_some_and(|wish| wish.delivery == NotificationDelivery::Off)
    }

    /// Who of these stands so to what happened and wants to be told.
    fn related(&self, notification: &Notification, rule: Rule) -> Vec<Recipient> {
        let seeing = || {
            self.members
                .iter()
                .filter(|sight| sight.sees(notification.topic))
        };
        let wanting = |category| move |sight: &&Sight| self.wants(sight, category);
        let recipient = |category| move |sight: &Sight| (sight.member.id, category);
        let category = rule.category;
        match rule.relation {
            Relation::Concerned => Vec::new(),
            Relation::Circle => seeing().map(recipient(category)).collect(),
            Relation::Approver => seeing()
                .filter(|sight| self.may_approve(sight, notification.topic))
                .filter(wanting(category))
                .map(recipient(category))
                .collect(),
            Relation::Watcher => seeing()
                .filter(|_| notification.is_open)
                .filter(wanting(category))
                .map(recipient(category))
                .collect(),
            Relation::Able => self
                .members
                .iter()
                .filter(|_| notification.is_open)
                .filter(|sight| sight.may_take_part(notification.topic))
                .filter(|sight| !self.refuses_gaps(sight.member.id))
                .filter(wanting(category))
                .map(recipient(category))
                .collect(),
            Relation::Asker => {
                let asked = |sight: &&Sight| notification.asked_by.contains(&sight.member.id);
                let here: Vec<&Sight> = seeing()
                    .filter(asked)
                    .filter(|sight| self.reachable.contains(&sight.member.id))
                    .collect();
                if notification.asked_by.is_empty() || !here.is_empty() {
                    let wanting = here.into_iter().filter(wanting(category));
                    return wanting.map(recipient(category)).collect();
                }
                let gaps = NotificationCategory::Gaps;
                let coordinates = |sight: &&Sight| sight.member.access == Access::Coordinator;
                let standing_in = seeing().filter(coordinates).filter(wanting(gaps));
                standing_in.map(recipient(gaps)).collect()
            }
        }
    }
}

/// What the members may write who have the right to approve what others suggest; the
/// door asks `may_arrange_task` the same of a caller.
async fn read_approvers(
    write: &CircleWrite,
    members: &[Sight],
) -> Result<HashMap<MemberId, TopicLevels>, Problem> {
    let members = members.iter().map(|sight| &sight.member);
    let approvers: Vec<_> = members
        .filter(|member| Permission::CreateTasks.is_given_to(member.access, member.is_patient))
        .collect();
    let ids: Vec<MemberId> = approvers.iter().map(|member| member.id).collect();
    let grants = grants_of(write.tx(), write.scope(), &ids).await?;
    let levels_of = |member: &membership::Model| {
        if member.is_patient {
            return TopicLevels::ALL;
        }
        let granted = grants.iter().filter(|grant| grant.member_id == member.id);
        granted.fold(TopicLevels::NONE, |levels, grant| {
            levels.granted(grant.topic, grant.level, grant.until, write.now())
        })
    };
    let levels = approvers
        .iter()
        .map(|member| (member.id, levels_of(member)));
    Ok(levels.collect())
}

/// Who is told that the circle is going to be erased, or is kept after all: every active
/// member, the one who asked for it too.
pub async fn members_to_tell(write: &CircleWrite) -> Result<Vec<MemberId>, Problem> {
    let members = write
        .find::<membership::Entity>()
        .filter(membership::Column::State.eq(MemberState::Active))
        .all(write.tx())
        .await?;
    Ok(members.into_iter().map(|member| member.id).collect())
}

fn rules_of(notification: &Notification) -> impl Iterator<Item = &'static Rule> {
    let is_announced = notification.is_announced;
    let kind = notification.kind;
    RULES
        .iter()
        .filter(move |rule| rule.kind == kind)
        .filter(move |rule| is_announced || rule.relation != Relation::Circle)
}

/// Whether the table asks about more people than those the notification names.
pub(super) fn asks_about_people(notification: &Notification) -> bool {
    rules_of(notification).any(|rule| rule.relation != Relation::Concerned)
}

fn asks_who_approves(notification: &Notification) -> bool {
    rules_of(notification).any(|rule| rule.relation == Relation::Approver)
}

/// Who is told of it.
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
        let related = match (rule.relation, people) {
            (Relation::Concerned, _) => {
                let concerned = notification.concerned.iter();
                concerned.map(|member| (*member, rule.category)).collect()
            }
            (Relation::Able, _) if !recipients.is_empty() => continue,
            (_, Some(people)) => people.related(notification, *rule),
            (_, None) => continue,
        };
        for (member, category) in related {
            let is_told = recipients.iter().any(|(other, _)| *other == member);
            if !is_told && actor != Some(member) && notification.let_go_by != Some(member) {
                recipients.push((member, category));
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
        offered Concerned Always assigned
        scheduled Concerned Always assigned
        scheduled Circle Always announcements
        moved Concerned Always assigned
        moved Circle Always announcements
        end_moved Concerned Always assigned
        cancelled Concerned Always assigned
        cancelled Circle Always announcements
        reinstated Concerned Always assigned
        reinstated Circle Always announcements
        given_back Asker Always assigned
        given_back Watcher Always gaps
        given_back Able ADay announcements
        came_free Asker Always assigned
        came_free Watcher Always gaps
        came_free Able ADay announcements
        declined Asker Always assigned
        declined Watcher ADay gaps
        declined Able ADay announcements
        unsure Asker Always assigned
        unsure Watcher ADay gaps
        unsure Able ADay announcements
        changed Concerned Always assigned
        taken_off Concerned Always assigned
        unasked Concerned Always assigned
        completed Concerned Always assigned
        proposed Approver Always announcements
        approved Concerned Always assigned
        not_approved Concerned Always assigned
        ");
    }

    #[test]
    fn every_kind_of_notification_has_its_line() {
        for kind in NotificationKind::ALL {
            assert!(
                RULES.iter().any(|rule| rule.kind == *kind),
                "{kind:?}: say who is told of it in `rules!` in src/notify/notifications/who.rs, and try it \
                 in `table()` in tests/api/notifications/who/mod.rs",
            );
        }
    }
}
