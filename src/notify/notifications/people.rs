//! The people of a circle, as the table in `who.rs` needs to know them: one statement reads what
//! each active member sees, whether they can be reached, and what they want to be told.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, Condition, EntityName, QueryFilter, QueryOrder, QueryTrait};

use super::settings::{Choices, delivery_or_default, gap_category};
use crate::access::{Absences, CircleWrite, MemberLevels, join_grants};
use crate::auth::{join_active_accounts, mail_tokens};
use crate::entity::delivery::DeliveryReason;
use crate::entity::ids::{MemberId, UserId};
use crate::entity::mail_token::{self, MailTokenKind};
use crate::entity::membership::{self, AccessLevel, MemberState};
use crate::entity::notification_setting::{self, NotificationCategory, NotificationDelivery};
use crate::entity::topic_grant::{self, Topic};
use crate::entity::user::EmailState;
use crate::notify::may_send::{EmailFacts, why_none};
use crate::platform::db::{ByPosition, ReadRows, SelectByPosition};
use crate::problem::Problem;
use crate::row::{Joined, Row};

/// What is known about the active members of a circle: what they see, and what they want to be told.
pub struct People {
    pub(super) members: Vec<MemberLevels>,
    pub(super) choices: HashMap<MemberId, Choices>,
    /// The members whose account is active, whose emails are not stopped, and who are not away.
    pub(super) reachable: HashSet<MemberId>,
    /// The members whose account is active, also if they are away.
    with_account: HashSet<MemberId>,
    /// The members who get no emails, because too many came back.
    stopped: HashSet<MemberId>,
    /// The coordinator who gets the emails for contacts who cannot be reached.
    stand_in: Option<MemberId>,
    /// Who of them is away now: nothing is sent to them, so it goes to others.
    absences: Absences,
    /// The members who have a token for the unsubscribe link.
    with_token: HashSet<MemberId>,
}

/// An active member, with one of their grants and one of their settings.
#[derive(Debug, Row)]
struct PersonRow {
    member: membership::Model,
    account: Option<UserId>,
    bounces: Option<i32>,
    token: Option<MemberId>,
    category: Option<NotificationCategory>,
    delivery: Option<NotificationDelivery>,
    unsubscribed_at: Option<DateTime<Utc>>,
    grant: Joined<topic_grant::Model>,
}

impl People {
    /// Takes one query, however many members there are, and one more while somebody is away.
    pub async fn read(write: &CircleWrite) -> Result<Self, Problem> {
        // Tokens that were made in this transaction count as well.
        let tokens = mail_token::Entity.table_name();
        write.transaction().send_later_of(tokens).await?;
        let rows = active_people(write).read(write.tx()).await?;
        let mut people = Self {
            members: Vec::new(),
            choices: HashMap::new(),
            reachable: HashSet::new(),
            with_account: HashSet::new(),
            stopped: HashSet::new(),
            stand_in: None,
            with_token: HashSet::new(),
            absences: Absences::of_all(write).await?,
        };
        let mut members: Vec<(membership::Model, Vec<topic_grant::Model>)> = Vec::new();
        for row in rows {
            let id = row.member.id;
            if row.account.is_some() {
                people.with_account.insert(id);
                if row.bounces.map(EmailState::after) == Some(EmailState::Stopped) {
                    people.stopped.insert(id);
                } else if !people.is_away(id) {
                    people.reachable.insert(id);
                }
            }
            people.with_token.extend(row.token);
            if let Some((category, delivery)) = row.category.zip(row.delivery) {
                let setting = notification_setting::Model {
                    circle_id: row.member.circle_id,
                    member_id: id,
                    category,
                    delivery,
                    unsubscribed_at: row.unsubscribed_at,
                };
                people
                    .choices
                    .entry(id)
                    .or_default()
                    .insert(category, setting);
            }
            let Joined(grant) = row.grant;
            match members.last_mut() {
                // The same grant comes once for each setting.
                Some((last, grants)) if last.id == id => {
                    grants.extend(
                        grant.filter(|new| grants.iter().all(|old| old.topic != new.topic)),
                    );
                }
                _ => members.push((row.member, grant.into_iter().collect())),
            }
        }
        let with_levels = |(row, grants): (_, Vec<_>)| MemberLevels::of(row, &grants, write.now());
        people.members = members.into_iter().map(with_levels).collect();
        let coordinator = people.members.iter().find(|member| {
            let row = &member.row;
            row.access == AccessLevel::Coordinator && people.reachable.contains(&row.id)
        });
        people.stand_in = coordinator.map(|member| member.row.id);
        // The emails of a member without an account go to their contact, or who stands in.
        let reached = people.members.iter().filter(|member| {
            let contact = people.contact_of(member.row.id);
            !people.is_away(member.row.id)
                && contact.is_some_and(|contact| people.reachable.contains(&contact))
        });
        let reached: Vec<MemberId> = reached.map(|member| member.row.id).collect();
        people.reachable.extend(reached);
        Ok(people)
    }

    /// The active members, with their levels.
    pub fn members(&self) -> &[MemberLevels] {
        &self.members
    }

    /// An active member.
    pub fn member(&self, id: MemberId) -> Option<&MemberLevels> {
        self.members.iter().find(|member| member.row.id == id)
    }

    /// Whether a member is away now.
    pub fn is_away(&self, id: MemberId) -> bool {
        self.absences.is_away(id)
    }

    /// Who gets the emails of a member without an account: their contact, or the coordinator who
    /// stands in while the contact cannot be reached, as in `stand_ins.rs`.
    pub(super) fn contact_of(&self, id: MemberId) -> Option<MemberId> {
        let member = &self.member(id)?.row;
        let contact = member.contact_member_id.filter(|_| member.is_managed())?;
        let is_here = self.with_account.contains(&contact)
            && !self.stopped.contains(&contact)
            && !self.is_away(contact);
        let stand_in = self.stand_in.filter(|_| !is_here);
        Some(stand_in.unwrap_or(contact))
    }

    /// How a member wants to be told of a category.
    pub(super) fn wish(
        &self,
        member: &MemberLevels,
        category: NotificationCategory,
    ) -> NotificationDelivery {
        let none = Choices::new();
        let chosen = self.choices.get(&member.row.id).unwrap_or(&none);
        delivery_or_default(chosen, category, member.row.access)
    }

    /// Why a member gets no emails of a category now, if they get none.
    pub fn why_no_email(
        &self,
        member: &MemberLevels,
        category: NotificationCategory,
    ) -> Option<DeliveryReason> {
        let id = member.row.id;
        let contact = self.contact_of(id);
        let is_away = self.is_away(id) || contact.is_some_and(|contact| self.is_away(contact));
        let reader = contact.unwrap_or(id);
        why_none(self.email_facts(is_away, reader, self.wish(member, category)))
    }

    /// Like [`Self::why_no_email`], for what is told to members who are away, too: see
    /// [`NotificationKind::is_told_to_absent`](crate::entity::notification::NotificationKind).
    pub(super) fn why_no_email_if_here(
        &self,
        member: &MemberLevels,
        category: NotificationCategory,
    ) -> Option<DeliveryReason> {
        why_none(self.email_facts(false, member.row.id, self.wish(member, category)))
    }

    /// Whether emails reach the member at whose address they arrive.
    fn email_facts(
        &self,
        is_away: bool,
        reader: MemberId,
        wish: NotificationDelivery,
    ) -> EmailFacts {
        EmailFacts {
            is_away,
            has_account: self.with_account.contains(&reader),
            is_stopped: self.stopped.contains(&reader),
            wish,
        }
    }

    /// Leaves out members without an account whose contact is told anyway, so that nobody gets the
    /// same email twice. It is for what concerns nobody in particular.
    pub(super) fn once_each(&self, members: &mut Vec<MemberId>) {
        let mut told: HashSet<MemberId> = members.iter().copied().collect();
        members.retain(|id| {
            self.contact_of(*id)
                .is_none_or(|contact| told.insert(contact))
        });
    }

    /// By which category a member who can be reached is told that something needs people.
    pub fn gap_category(&self, member: &MemberLevels) -> Option<NotificationCategory> {
        let none = Choices::new();
        let chosen = |id| self.choices.get(&id).unwrap_or(&none);
        let category = gap_category(chosen(member.row.id), member.row.access);
        let contact = self.contact_of(member.row.id);
        let contact = contact.and_then(|contact| self.member(contact));
        // A contact who turned these emails off does not get them for others.
        let refuses = |contact: &MemberLevels| {
            gap_category(chosen(contact.row.id), contact.row.access).is_none()
        };
        let category = category.filter(|_| !contact.is_some_and(refuses));
        category.filter(|_| self.reachable.contains(&member.row.id))
    }

    /// Whom a reminder tells that something about a topic needs people: the members who watch the
    /// gaps, or, if it is `soon`, those who could claim it and have no part in it yet. If that is
    /// nobody, the others are told.
    pub fn tell_of_gap(
        &self,
        topic: Topic,
        soon: bool,
        has_part: impl Fn(MemberId) -> bool,
    ) -> Vec<MemberId> {
        let watches =
            |member: &MemberLevels| self.gap_category(member) == Some(NotificationCategory::Gaps);
        let could_claim = |member: &MemberLevels| {
            self.gap_category(member).is_some()
                && member.may_take_part(Some(topic))
                && !has_part(member.row.id)
        };
        let seeing = || {
            let members = self.members.iter();
            members.filter(move |member| member.sees(Some(topic)))
        };
        let watching: Vec<MemberId> = seeing()
            .filter(|member| watches(member))
            .map(|member| member.row.id)
            .collect();
        let able: Vec<MemberId> = seeing()
            .filter(|member| could_claim(member))
            .map(|member| member.row.id)
            .collect();
        let (first, others) = if soon {
            (able, watching)
        } else {
            (watching, able)
        };
        let mut told = if first.is_empty() { others } else { first };
        self.once_each(&mut told);
        told
    }

    /// Whom the app alone tells that something about a topic needs people, and why no email goes to
    /// them: those who coordinate and see it. `told` get an email.
    pub fn shown_of_gap(
        &self,
        topic: Topic,
        told: &[MemberId],
        has_part: impl Fn(MemberId) -> bool,
    ) -> Vec<(MemberId, DeliveryReason)> {
        self.members
            .iter()
            .filter(|member| member.row.access == AccessLevel::Coordinator)
            .filter(|member| member.sees(Some(topic)) && !has_part(member.row.id))
            .filter(|member| !told.contains(&member.row.id))
            .filter_map(|member| {
                let no_email = self.why_no_email(member, NotificationCategory::Gaps)?;
                Some((member.row.id, no_email))
            })
            .collect()
    }

    /// Whether this is an active member.
    pub(super) fn knows(&self, id: MemberId) -> bool {
        self.member(id).is_some()
    }

    pub(super) fn has_token(&self, id: MemberId) -> bool {
        self.with_token.contains(&id)
    }
}

/// The active members with their accounts, tokens, settings and grants. The rows of a member follow
/// each other: one for each pair of a setting and a grant.
fn active_people(write: &CircleWrite) -> ByPosition<PersonRow> {
    use notification_setting::Column as Setting;
    let member = |column: membership::Column| (membership::Entity, column);
    let setting = |column: Setting| Expr::col((notification_setting::Entity, column));
    let settings = Condition::all()
        .add(setting(Setting::CircleId).equals(member(membership::Column::CircleId)))
        .add(setting(Setting::MemberId).equals(member(membership::Column::Id)));
    let mut people = write
        .find::<membership::Entity>()
        .filter(membership::Column::State.eq(MemberState::Active))
        .order_by_asc(membership::Column::CreatedAt)
        .order_by_asc(membership::Column::Id);
    join_active_accounts(&mut people);
    mail_tokens::join_tokens(&mut people, MailTokenKind::Unsubscribe, write.circle_id());
    QueryTrait::query(&mut people)
        .left_join(notification_setting::Entity, settings)
        .exprs(
            [
                Setting::Category,
                Setting::Delivery,
                Setting::UnsubscribedAt,
            ]
            .map(setting),
        );
    join_grants(&mut people);
    people.by_position()
}
