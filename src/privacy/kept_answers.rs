//! Answers are kept for a day, for repeated requests; those of others must not
//! tell of somebody who was erased meanwhile.

use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, DatabaseTransaction, DbErr, EntityTrait,
    IntoActiveModel, QueryFilter, QuerySelect, QueryTrait,
};
use serde_json::Value;
use uuid::Uuid;

use super::data_map::FORMER_MEMBER;
use crate::entity::ids::CircleId;
use crate::entity::{idempotency_record, membership};

/// Somebody who is erased, as others were shown them.
pub(super) struct Erased<'a> {
    pub member: &'a membership::Model,
    pub email: &'a str,
}

/// Takes somebody out of the kept answers of the circle's members.
#[expect(
    clippy::disallowed_methods,
    reason = "the records of answers belong to no circle"
)]
pub(super) async fn forget_in_answers(
    tx: &DatabaseTransaction,
    erased: &Erased<'_>,
) -> Result<(), DbErr> {
    use idempotency_record::Column;
    let shown = Condition::any()
        .add(Column::Body.contains(erased.member.id.to_string()))
        .add(Column::Body.contains(erased.email));
    let members = membership::Entity::find()
        .filter(membership::Column::CircleId.eq(erased.member.circle_id))
        .filter(membership::Column::UserId.is_not_null())
        .select_only()
        .column(membership::Column::UserId)
        .into_query();
    let kept = idempotency_record::Entity::find()
        .filter(shown)
        .filter(Column::UserId.in_subquery(members))
        .all(tx)
        .await?;
    for record in kept {
        let Ok(mut body) = serde_json::from_str::<Value>(&record.body) else {
            continue;
        };
        erased.leave(&mut body);
        let mut row = record.into_active_model();
        row.body = Set(body.to_string());
        idempotency_record::Entity::update(row).exec(tx).await?;
    }
    Ok(())
}

/// Deletes the kept answers that show a circle.
#[expect(
    clippy::disallowed_methods,
    reason = "the records of answers belong to no circle"
)]
pub(super) async fn delete_answers_of(
    tx: &DatabaseTransaction,
    circle_id: CircleId,
) -> Result<(), DbErr> {
    use idempotency_record::Column;
    let id = circle_id.to_string();
    let shown = Condition::any()
        .add(Column::Path.contains(&id))
        .add(Column::Body.contains(&id));
    idempotency_record::Entity::delete_many()
        .filter(shown)
        .exec(tx)
        .await
        .map(drop)
}

impl Erased<'_> {
    fn is(&self, id: Option<&Value>) -> bool {
        let id = id.and_then(Value::as_str).and_then(|id| id.parse().ok());
        id == Some(Uuid::from(self.member.id))
    }

    /// Blanks what is theirs in an answer, however deep.
    fn leave(&self, value: &mut Value) {
        match value {
            Value::String(text) if text == self.email => text.clear(),
            Value::Array(values) => values.iter_mut().for_each(|value| self.leave(value)),
            Value::Object(members) => {
                let wrote =
                    self.is(members.get("created_by")) || self.is(members.get("invited_by"));
                let is_them = self.is(members.get("id"));
                let is_thread = members
                    .get("kind")
                    .is_some_and(|kind| kind == "direct" || kind == "topic");
                for (name, value) in members {
                    if name.ends_with("name") && *value == self.member.name.as_str() {
                        *value = FORMER_MEMBER.into();
                    }
                    let theirs = match name.as_str() {
                        "body" | "note" => wrote,
                        "title" => wrote && is_thread,
                        "phone" | "relationship" => is_them,
                        _ => false,
                    };
                    if theirs {
                        *value = Value::Null;
                    } else {
                        self.leave(value);
                    }
                }
            }
            _ => {}
        }
    }
}
