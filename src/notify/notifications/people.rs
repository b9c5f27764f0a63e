//! The people of a circle, as the table in `who.rs` needs to know them: one statement reads what
//! each active member sees, whether they can be reached, and what they want to be told.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, Condition, EntityName, Iterable, QueryFilter, QueryOrder, QueryTrait};

use super::settings::Choices;
use crate::access::{CircleWrite, MemberLevels};
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
        let mut members: Vec<membership::Model> = Vec::new();
        let mut grants = Vec::new();
        for row in rows {
            let id = row.member.id;
            grants.extend(row.grant.0);
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
            if members.last().is_none_or(|last| last.id != id) {
                members.push(row.member);
            }
        }
        let with_levels = |row| MemberLevels::of(row, &grants, write.now());
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
    use topic_grant::Column as Grant;
    let member = |column: membership::Column| (membership::Entity, column);
    let setting = |column: Setting| Expr::col((notification_setting::Entity, column));
    let grant = |column: Grant| Expr::col((topic_grant::Entity, column));
    let of_circle = || member(membership::Column::CircleId);
    let of_member = || member(membership::Column::Id);
    let settings = Condition::all()
        .add(setting(Setting::CircleId).equals(of_circle()))
        .add(setting(Setting::MemberId).equals(of_member()));
    let grants = Condition::all()
        .add(grant(Grant::CircleId).equals(of_circle()))
        .add(grant(Grant::MemberId).equals(of_member()));
    let mut people = write
        .find::<membership::Entity>()
        .filter(membership::Column::State.eq(MemberState::Active))
        .order_by_asc(membership::Column::CreatedAt)
        .order_by_asc(membership::Column::Id);
    join_active_accounts(&mut people);
    mail_tokens::join_tokens(&mut people, MailTokenKind::Unsubscribe, write.circle_id());
    QueryTrait::query(&mut people)
        .left_join(notification_setting::Entity, settings)
        .left_join(topic_grant::Entity, grants)
        .exprs(
            [
                Setting::Category,
                Setting::Delivery,
                Setting::UnsubscribedAt,
            ]
            .map(setting),
        )
        .exprs(Grant::iter().map(grant));
    people.by_position()
}
