//! The rows of personal access tokens and of their circles.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::IntoCondition;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, DatabaseTransaction, DbErr, EntityTrait, QueryFilter,
    QueryOrder, QueryTrait, Select,
};

use super::types::PersonalAccessToken;
use crate::auth::AccountScope;
use crate::entity::ids::{CircleId, MemberId, PersonalAccessTokenId, UserId};
use crate::entity::membership::{self, MemberState};
use crate::entity::personal_access_token::{self, Column, TokenScopes};
use crate::entity::personal_access_token_circle;
use crate::platform::db::{ReadRows, Reads, Transaction};
use crate::problem::{FieldError, FieldErrorCode, Problem};

/// The tokens of an account that can still be used.
pub(super) fn live(user_id: UserId, now: DateTime<Utc>) -> Select<personal_access_token::Entity> {
    AccountScope::of(user_id)
        .find::<personal_access_token::Entity>()
        .filter(Column::EndedAt.is_null())
        .filter(Column::ExpiresAt.gt(now))
}

/// The account's memberships in these circles. 422 for a circle that it is not in.
pub(super) async fn require_memberships(
    tx: &DatabaseTransaction,
    user_id: UserId,
    circles: &[CircleId],
) -> Result<Vec<(CircleId, MemberId)>, Problem> {
    let memberships = AccountScope::of(user_id)
        .find::<membership::Entity>()
        .filter(membership::Column::State.eq(MemberState::Active))
        .filter(membership::Column::CircleId.is_in(circles.iter().copied()))
        .order_by_asc(membership::Column::CircleId)
        .all(tx)
        .await?;
    let is_member =
        |circle: &CircleId| memberships.iter().any(|member| member.circle_id == *circle);
    let errors: Vec<_> = circles
        .iter()
        .enumerate()
        .filter(|(_, circle)| !is_member(circle))
        .map(|(index, _)| {
            let detail = "You are not a member of this circle. Send the id of one of your circles.";
            FieldError::new(
                format!("/circle_ids/{index}"),
                FieldErrorCode::UnknownCircle,
                detail,
            )
        })
        .collect();
    if !errors.is_empty() {
        return Err(Problem::Invalid(errors));
    }
    let named = memberships
        .into_iter()
        .map(|member| (member.circle_id, member.id));
    Ok(named.collect())
}

/// Stores the circles of a token. It is sent with the commit.
#[expect(clippy::disallowed_methods, reason = "for memberships proven before")]
pub(super) fn bind_later(
    write: &Transaction,
    id: PersonalAccessTokenId,
    members: Vec<(CircleId, MemberId)>,
) {
    if members.is_empty() {
        return;
    }
    let row = |(circle_id, member_id)| personal_access_token_circle::ActiveModel {
        personal_access_token_id: Set(id),
        circle_id: Set(circle_id),
        member_id: Set(member_id),
    };
    let insert = personal_access_token_circle::Entity::insert_many(members.into_iter().map(row));
    write.later(insert.as_query());
}

/// The circles of each token.
#[expect(
    clippy::disallowed_methods,
    reason = "the tokens were found among those of the account"
)]
pub(super) async fn circles_of(
    connection: &impl Reads,
    tokens: &[personal_access_token::Model],
) -> Result<HashMap<PersonalAccessTokenId, Vec<CircleId>>, DbErr> {
    let mut circles = HashMap::<_, Vec<_>>::new();
    if tokens.is_empty() {
        return Ok(circles);
    }
    let of_these = tokens.iter().map(|token| token.id);
    let rows = personal_access_token_circle::Entity::find()
        .filter(personal_access_token_circle::Column::PersonalAccessTokenId.is_in(of_these))
        .order_by_asc(personal_access_token_circle::Column::CircleId)
        .read(connection)
        .await?;
    for row in rows {
        let of_token = circles.entry(row.personal_access_token_id).or_default();
        of_token.push(row.circle_id);
    }
    Ok(circles)
}

pub(super) fn describe(
    row: personal_access_token::Model,
    circle_ids: Vec<CircleId>,
) -> PersonalAccessToken {
    PersonalAccessToken {
        id: row.id,
        name: row.name,
        scopes: TokenScopes::read(&row.scopes).all(),
        circle_ids,
        created_at: row.created_at,
        expires_at: row.expires_at,
        last_used_at: row.last_used_at,
    }
}

/// Ends all tokens of an account.
pub async fn end_tokens_of(
    tx: &DatabaseTransaction,
    user_id: UserId,
    now: DateTime<Utc>,
) -> Result<u64, DbErr> {
    end_personal_access_tokens(tx, user_id, Condition::all(), now).await
}

/// Ends tokens of an account at once. A token that has ended before keeps its `ended_at`.
pub async fn end_personal_access_tokens(
    tx: &DatabaseTransaction,
    user_id: UserId,
    which: impl IntoCondition,
    now: DateTime<Utc>,
) -> Result<u64, DbErr> {
    let row = personal_access_token::ActiveModel {
        ended_at: Set(Some(now)),
        ..Default::default()
    };
    let good = which.into_condition().add(Column::EndedAt.is_null());
    AccountScope::of(user_id)
        .update_all::<personal_access_token::Entity>(tx, row, good)
        .await
}
