//! The account's log, for its owner.

use std::cmp::Ordering;

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::types::{AccountEventPage, AccountEventQuery};
use crate::access::Caller;
use crate::answer::Listed;
use crate::app::App;
use crate::entity::account_event::{Column, Entity};
use crate::extract::Query;
use crate::page::{PageRequest, Position};
use crate::problem::Problem;

/// List what happened to one's account.
///
/// Sign-ins and refused ones, changes of the password and of devices, latest
/// first. Kept for 400 days.
#[utoipa::path(
    get, path = "/me/events", tag = "accounts", params(AccountEventQuery),
    responses((status = OK, description = "A page of events", body = AccountEventPage), Problem),
)]
#[expect(clippy::disallowed_methods, reason = "accounts belong to no circle")]
pub async fn list_account_events(
    app: App,
    caller: Caller,
    Query(query): Query<AccountEventQuery>,
) -> Result<Listed<AccountEventPage>, Problem> {
    let list = format!("events of {}", caller.user_id());
    let page = PageRequest::read(app.keys(), list, query.limit, query.cursor.as_deref())?;
    let rows = Entity::find()
        .filter(Column::UserId.eq(caller.user_id()))
        .filter(page.condition(Column::At, Column::Id, Ordering::Greater))
        .order_by_desc(Column::At)
        .order_by_desc(Column::Id)
        .limit(page.rows_to_read())
        .all(app.reader())
        .await?;
    let (rows, next_cursor) = page.cut(rows, |row| Position {
        at: row.at,
        id: row.id.0,
    });
    let newest = rows.first().map(|row| row.id.to_string());
    let etag = caller.collection_tag(&newest.unwrap_or_default())?;
    let data = rows.into_iter().map(Into::into).collect();
    Ok(Listed {
        body: AccountEventPage { data, next_cursor },
        etag,
    })
}
