//! The people of a circle, as the table in `who.rs` needs to know them: one statement reads what
//! each active member sees, whether they can be reached, and what they want to be told.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, Condition, EntityName, QueryFilter, QueryOrder, QueryTrait};

use super::settings::Choices;
use crate::access::{CircleWrite, MemberLevels, join_grants};
use crate::auth::{join_active_accounts, mail_tokens};
use crate::entity::ids::{MemberId, UserId};
use crate::entity::mail_token::{self, MailTokenKind};
use crate::entity::membership::{self, MemberState};
use crate::entity::notification_setting::{self, NotificationCategory, NotificationDelivery};
use crate::entity::topic_grant;
use crate::platform::db::{ByPosition, ReadRows, SelectByPosition};
use crate::problem::Problem;
use crate::row::{Joined, Row};

/// What is known about the active members of a circle: what they see, and what they want to be told.
pub struct People {
    pub(super) members: Vec<MemberLevels>,
    pub(super) choices: HashMap<MemberId, Choices>,
    /// The members whose account is active.
    pub(super) reachable: HashSet<MemberId>,
    /// The members who have a token for the unsubscribe link.
    with_token: HashSet<MemberId>,
}

/// An active member, with one of their grants and one of their settings.
#[derive(Debug, Row)]
struct PersonRow {
    member: membership::Model,
    account: Option<UserId>,
    token: Option<MemberId>,
    category: Option<NotificationCategory>,
    delivery: Option<NotificationDelivery>,
    unsubscribed_at: Option<DateTime<Utc>>,
    grant: Joined<topic_grant::Model>,
}

impl People {
    /// Takes one query, however many members there are.
    pub async fn read(write: &CircleWrite) -> Result<Self, Problem> {
        // Tokens that were made in this transaction count as well.
        let tokens = mail_token::Entity.table_name();
        write.transaction().send_later_of(tokens).await?;
        let rows = active_people(write).read(write.tx()).await?;
        let mut people = Self {
            members: Vec::new(),
            choices: HashMap::new(),
            reachable: HashSet::new(),
            with_token: HashSet::new(),
        };
        let mut members: Vec<(membership::Model, Vec<topic_grant::Model>)> = Vec::new();
        for row in rows {
            let id = row.member.id;
            if row.account.is_some() {
                people.reachable.insert(id);
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
