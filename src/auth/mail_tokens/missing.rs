//! Tokens for those who have none.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement, UnionType};
use sea_orm::{
    ActiveModelTrait, ActiveValue, ColumnTrait, EntityName, Iterable, QueryFilter, QuerySelect,
    QueryTrait,
};

use super::{AT_ONCE, TokenSubject, new_token, not_void};
use crate::entity::ids::{CircleId, MemberId};
use crate::entity::mail_token::{self, Column, MailTokenKind};
use crate::platform::db::Transaction;
use crate::problem::Problem;

/// Creates a token that does not expire for each of these members who has none, when the transaction
/// commits. It reads nothing before that: the statement itself looks who has none.
pub async fn issue_missing(
    write: &Transaction,
    kind: MailTokenKind,
    circle_id: CircleId,
    members: &[MemberId],
) -> Result<(), Problem> {
    if members.is_empty() {
        return Ok(());
    }
    // What was issued in this transaction counts as well.
    write.send_later_of(mail_token::Entity.table_name()).await?;
    for some in members.chunks(AT_ONCE) {
        let missing = some.iter().map(|member| {
            let subject = TokenSubject::member(circle_id, *member);
            token_unless_there(write, kind, subject)
        });
        let first_and_others = |mut selects: Vec<SelectStatement>| {
            let others = selects.split_off(1);
            let mut all = selects.pop()?;
            all.unions(others.into_iter().map(|other| (UnionType::All, other)));
            Some(all)
        };
        let Some(missing) = first_and_others(missing.collect()) else {
            continue;
        };
        let mut insert = Query::insert();
        insert
            .into_table(mail_token::Entity)
            .columns(Column::iter());
        insert.select_from(missing).map_err(anyhow::Error::from)?;
        write.later(&insert);
    }
    Ok(())
}

/// The columns of a new token, or no row if its subject has one already.
fn token_unless_there(
    write: &Transaction,
    kind: MailTokenKind,
    subject: TokenSubject,
) -> SelectStatement {
    let (_, token) = new_token(write, kind, subject, None);
    let values = Column::iter().map(|column| match token.get(column) {
        ActiveValue::Set(value) | ActiveValue::Unchanged(value) => Expr::value(value),
        ActiveValue::NotSet => Expr::value(None::<DateTime<Utc>>),
    });
    let has_one = not_void()
        .filter(Column::Kind.eq(kind))
        .filter(subject.condition())
        .select_only()
        .column(Column::Id)
        .into_query();
    Query::select()
        .exprs(values)
        .and_where(Expr::exists(has_one).not())
        .take()
}
