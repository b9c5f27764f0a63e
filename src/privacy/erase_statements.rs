//! The statements that erase, built from the data map.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Alias, Condition, Expr, ExprTrait, Query};
use sea_orm::{ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr};
use uuid::Uuid;

use super::data_map::DATA_MAP;
use crate::auth::{AccountScope, find_user_by_email};
use crate::entity::class::{Blank, Erase, Table, Whose};
use crate::entity::ids::{CircleId, MemberId, UserId};
use crate::entity::{email_change, session, user};
use crate::problem::Problem;

fn column(name: &str) -> Expr {
    Expr::col(Alias::new(name))
}

/// The tables, each before the tables that it refers to.
fn backwards() -> impl Iterator<Item = (&'static Table, Whose, Erase)> {
    let rules = |table: &'static Table| table.whose.iter().map(move |(w, e)| (table, *w, *e));
    DATA_MAP.iter().rev().flat_map(rules)
}

async fn delete(
    tx: &DatabaseTransaction,
    table: &Table,
    which: impl Into<Condition>,
) -> Result<(), DbErr> {
    let delete = Query::delete()
        .from_table(Alias::new(table.name))
        .cond_where(which.into())
        .take();
    tx.execute(&delete).await.map(drop)
}

/// Deletes or blanks what a circle stores about a member, and what the member wrote in it.
pub(super) async fn erase_member(
    tx: &DatabaseTransaction,
    circle_id: CircleId,
    member: MemberId,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    for (table, whose, erase) in backwards().filter(|(table, ..)| table.is_in_a_circle()) {
        let of_member = match whose {
            Whose::Member(of) | Whose::Author(of) => {
                Condition::all().add(column(of).eq(Uuid::from(member)))
            }
            _ => continue,
        };
        let of_member = of_member.add(column("circle_id").eq(Uuid::from(circle_id)));
        match erase {
            Erase::Delete => delete(tx, table, of_member).await?,
            Erase::Blank => blank(tx, table, whose, of_member, now).await?,
            Erase::Keep => {}
        }
    }
    Ok(())
}

async fn blank(
    tx: &DatabaseTransaction,
    table: &Table,
    whose: Whose,
    which: Condition,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let mut update = Query::update();
    update.table(Alias::new(table.name)).cond_where(which);
    for (name, blank) in table.blanked(whose) {
        let value = match blank {
            Blank::Null => Expr::cust("NULL"),
            Blank::Text(text) => Expr::value(text),
            Blank::Moment => Expr::value(now),
        };
        update.value(Alias::new(name), value);
    }
    tx.execute(&update).await.map(drop)
}

/// Deletes what is stored about an account and its addresses outside the circles; the account
/// itself last.
pub(super) async fn erase_account(
    tx: &DatabaseTransaction,
    user: UserId,
    addresses: &[String],
) -> Result<(), DbErr> {
    delete_mentions(tx, &mentions_of_account(tx, user, addresses).await?).await?;
    for (table, whose, _) in backwards().filter(|(.., erase)| *erase == Erase::Delete) {
        let which = match whose {
            Whose::Account(of) => column(of).eq(Uuid::from(user)),
            Whose::Address(of) => column(of).is_in(addresses.to_vec()),
            Whose::Session(of) => {
                let sessions = Query::select()
                    .column(session::Column::Id)
                    .from(session::Entity)
                    .and_where(session::Column::UserId.eq(user))
                    .take();
                column(of).in_subquery(sessions)
            }
            _ => continue,
        };
        delete(tx, table, Condition::all().add(which)).await?;
    }
    Ok(())
}

/// The address of an account, and its earlier addresses that no other account has now.
pub(super) async fn addresses_of(
    tx: &DatabaseTransaction,
    user: &user::Model,
) -> Result<Vec<String>, Problem> {
    let moves = AccountScope::of(user.id).find::<email_change::Entity>();
    let moves = moves.all(tx).await?;
    let confirmed = moves
        .into_iter()
        .filter(|change| change.confirmed_at.is_some());
    let earlier = confirmed.flat_map(|change| [change.old_email, change.new_email]);
    let mut addresses = vec![user.email.clone()];
    for address in earlier {
        if find_user_by_email(tx, &address).await?.is_none() {
            addresses.push(address);
        }
    }
    addresses.sort_unstable();
    addresses.dedup();
    Ok(addresses)
}

/// What other rows may mention of an account: its id, its addresses, and the ids of the rows at
/// these addresses.
async fn mentions_of_account(
    tx: &DatabaseTransaction,
    user: UserId,
    addresses: &[String],
) -> Result<Mentions, DbErr> {
    let mut ids = vec![Uuid::from(user)];
    for (table, whose, _) in backwards() {
        if let Whose::Address(of) = whose {
            let at_addresses = Query::select()
                .column(Alias::new("id"))
                .from(Alias::new(table.name))
                .and_where(column(of).is_in(addresses.to_vec()))
                .take();
            for row in tx.query_all(&at_addresses).await? {
                ids.push(row.try_get("", "id")?);
            }
        }
    }
    Ok(Mentions {
        ids,
        addresses: addresses.to_vec(),
    })
}

/// How many ids are in one statement. SQLite takes at most 32,766.
const IDS_AT_ONCE: usize = 500;

/// What will be erased and may be mentioned in other rows.
pub(super) struct Mentions {
    pub ids: Vec<Uuid>,
    pub addresses: Vec<String>,
}

/// Deletes what is only about erased rows: their mailed tokens and their jobs.
pub(super) async fn delete_mentions(
    tx: &DatabaseTransaction,
    mentions: &Mentions,
) -> Result<(), DbErr> {
    for (table, whose, _) in backwards() {
        match whose {
            Whose::Subject(of) => {
                for some in mentions.ids.chunks(IDS_AT_ONCE) {
                    let about = column(of).is_in(some.iter().copied());
                    delete(tx, table, Condition::all().add(about)).await?;
                }
            }
            Whose::Mentions(of) => {
                let ids = mentions.ids.iter().map(Uuid::to_string);
                for text in ids.chain(mentions.addresses.clone()) {
                    let naming = column(of).like(format!("%{text}%"));
                    delete(tx, table, Condition::all().add(naming)).await?;
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// Deletes all rows of a circle, and what mentions it.
pub(super) async fn erase_circle(
    tx: &DatabaseTransaction,
    circle_id: CircleId,
) -> Result<(), DbErr> {
    let ids = vec![Uuid::from(circle_id)];
    let addresses = Vec::new();
    delete_mentions(tx, &Mentions { ids, addresses }).await?;
    for table in DATA_MAP.iter().rev() {
        let circle_column = match table.name {
            "circles" => column("id"),
            _ if table.is_in_a_circle() => column("circle_id"),
            _ => continue,
        };
        let of_circle = circle_column.eq(Uuid::from(circle_id));
        delete(tx, table, Condition::all().add(of_circle)).await?;
    }
    Ok(())
}
