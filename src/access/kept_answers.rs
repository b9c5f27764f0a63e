//! Kept answers that show what is erased. An answer is kept for a day under its
//! idempotency key, in case the request is repeated.
//!
//! An answer that shows an erased person, circle or message is dropped, and its key stays claimed.
//! So the repeated request is refused with 409 `replay_unavailable` and does nothing twice. Nothing is
//! cut out of an answer: that would need a rule for every field of every answer, and a forgotten
//! field would show the person for a day. The same goes for a deleted message, of which a list
//! shows the first characters.

use sea_orm::sea_query::{LikeExpr, SelectStatement, SimpleExpr};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, DatabaseTransaction, DbErr, EntityTrait, QueryFilter,
    QuerySelect, QueryTrait,
};

use super::write::CircleWrite;
use crate::entity::idempotency_record::{self, Column, NO_ANSWER};
use crate::entity::ids::{CircleId, MessageId};
use crate::entity::membership;

/// Drops the answers to members of the circle that show this member, by id or email address.
pub async fn drop_answers_that_show_member(
    tx: &DatabaseTransaction,
    member: &membership::Model,
    email: &str,
) -> Result<(), DbErr> {
    let shows_member = Condition::any()
        .add(shows(&member.id.to_string()))
        .add(shows(email));
    let given_here = Column::UserId.in_subquery(accounts_in(member.circle_id));
    drop_answers(tx, Condition::all().add(given_here).add(shows_member)).await
}

/// Drops the answers to members of the circle that show this message. An answer that only names it,
/// as a reply does, is kept.
pub async fn drop_answers_that_show_message(
    write: &CircleWrite,
    message: MessageId,
) -> Result<(), DbErr> {
    let given_here = Column::UserId.in_subquery(accounts_in(write.circle_id()));
    let shows_message = holds(&format!("\"id\":\"{message}\""));
    let which = Condition::all().add(given_here).add(shows_message);
    drop_answers(write.tx(), which).await
}

/// The accounts of the members of a circle.
#[expect(
    clippy::disallowed_methods,
    reason = "whose answers these are is read from the members of one circle"
)]
fn accounts_in(circle_id: CircleId) -> SelectStatement {
    membership::Entity::find()
        .filter(membership::Column::CircleId.eq(circle_id))
        .filter(membership::Column::UserId.is_not_null())
        .select_only()
        .column(membership::Column::UserId)
        .into_query()
}

/// Drops the answers that show a circle. Requests to the circle itself lose their keys as well,
/// because the circle is gone and a repeated request is 404 anyway.
#[expect(
    clippy::disallowed_methods,
    reason = "the records of answers belong to no circle"
)]
pub async fn drop_answers_that_show_circle(
    tx: &DatabaseTransaction,
    circle_id: CircleId,
) -> Result<(), DbErr> {
    let id = circle_id.to_string();
    idempotency_record::Entity::delete_many()
        .filter(Column::Path.contains(&id))
        .exec(tx)
        .await?;
    drop_answers(tx, Condition::all().add(shows(&id))).await
}

/// Whether an answer holds this text as a whole JSON string: an address can be the end of another
/// address.
fn shows(text: &str) -> SimpleExpr {
    holds(&serde_json::json!(text).to_string())
}

/// Whether an answer holds this piece of JSON. A `_` in an address must not count as a wildcard.
fn holds(json: &str) -> SimpleExpr {
    let mut pattern = String::from("%");
    for character in json.chars() {
        if matches!(character, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(character);
    }
    pattern.push('%');
    Column::Body.like(LikeExpr::new(pattern).escape('!'))
}

/// Deletes the answers, and leaves the keys.
#[expect(
    clippy::disallowed_methods,
    reason = "the records of answers belong to no circle"
)]
async fn drop_answers(tx: &DatabaseTransaction, which: Condition) -> Result<(), DbErr> {
    let without_answer = idempotency_record::ActiveModel {
        status: Set(NO_ANSWER),
        headers: Set("{}".into()),
        body: Set(String::new()),
        ..Default::default()
    };
    idempotency_record::Entity::update_many()
        .set(without_answer)
        .filter(which)
        .exec(tx)
        .await
        .map(drop)
}
