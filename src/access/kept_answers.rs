//! Kept answers that show what is erased. An answer is kept for a day under its
//! idempotency key, in case the request is repeated.
//!
//! What shows somebody or something erased is dropped, and its key stays claimed: the
//! repeated request is refused with 409 `answer_not_kept` and does nothing twice. Nothing
//! is cut out of an answer, because that takes knowledge of every field of every answer,
//! and a field that is forgotten tells of the person for a day. So it is with a deleted
//! message: a list shows only the first characters of it, and those would stay.

use sea_orm::sea_query::{LikeExpr, SelectStatement, SimpleExpr};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, DatabaseTransaction, DbErr, EntityTrait, QueryFilter,
    QuerySelect, QueryTrait,
};

use super::write::CircleWrite;
use crate::entity::idempotency_record::{self, Column, NO_ANSWER};
use crate::entity::ids::{CircleId, MessageId};
use crate::entity::membership;

/// Drops the answers that members of the circle were given and that show this member, by
/// id or e-mail address.
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

/// Drops the answers that members of the circle were given and that show this message. One
/// that only names it, as a reply does, is kept.
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

/// Drops the answers that show a circle. Requests to the circle itself lose their keys as
/// well: it is not there any more, so that a repeated one is 404.
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

/// Whether an answer holds this text as a whole JSON string: another address may end like
/// this one.
fn shows(text: &str) -> SimpleExpr {
    holds(&serde_json::json!(text).to_string())
}

/// Whether an answer holds this piece of JSON; `_` in an address is no wildcard.
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

/// Takes the answers out of the records, and leaves the keys.
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
