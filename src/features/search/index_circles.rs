//! Indexes what was stored before there was an index, or by older rules of words.

use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use sea_orm::{ColumnTrait, Select};
use uuid::Uuid;

use crate::access::{CircleWrite, Searchable};
use crate::app::App;
use crate::entity::change::ActorKind;
use crate::entity::ids::CircleId;
use crate::entity::{appointment, message, search_index, task};
use crate::features::zone_rules::circles_after;
use crate::http::response::NoContent;
use crate::platform::db::{ReadRows, Transaction};
use crate::platform::text::words::VERSION;
use crate::problem::Problem;

/// How many rows are indexed in one transaction.
const BATCH: u64 = 100;

/// Indexes every circle, unless it was done by the rules of this program or newer ones. Returns how
/// many rows were indexed. It reads circle by circle, in small transactions, so that people can go
/// on. What they write meanwhile is indexed with it. If it fails or ends early, the next run begins
/// anew.
pub async fn index_circles(app: &App) -> Result<usize, Problem> {
    if newest(app).await?.is_some_and(|newest| newest >= VERSION) {
        return Ok(0);
    }
    let mut indexed = 0;
    let mut circles = circles_after(app, None).await?;
    while let Some(last) = circles.last().copied() {
        for circle in circles {
            indexed += index_rows_of::<task::Entity>(app, circle).await?;
            indexed += index_rows_of::<appointment::Entity>(app, circle).await?;
            indexed += index_rows_of::<message::Entity>(app, circle).await?;
        }
        circles = circles_after(app, Some(last)).await?;
    }
    record(app).await?;
    Ok(indexed)
}

/// Indexes the rows of one kind in a circle.
async fn index_rows_of<E: Searchable>(app: &App, circle: CircleId) -> Result<usize, Problem> {
    let mut indexed = 0;
    let mut last: Option<Uuid> = None;
    loop {
        let write = match CircleWrite::begin_as_system(app, circle, ActorKind::System, None).await {
            Err(Problem::NotFound) => return Ok(indexed),
            write => write?,
        };
        let mut rows: Select<E> = write.find_in_circle::<E>();
        if let Some(last) = last {
            rows = rows.filter(E::id_column().gt(last));
        }
        let rows = rows
            .order_by_asc(E::id_column())
            .limit(BATCH)
            .all(write.tx())
            .await?;
        let Some(end) = rows.last() else {
            return Ok(indexed);
        };
        last = Some(E::id_of(end).into());
        write.index_again::<E>(&rows).await?;
        indexed += rows.len();
        write.commit(NoContent).await?;
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the version of the index is nobody's"
)]
async fn newest(app: &App) -> Result<Option<i32>, Problem> {
    let rows = search_index::Entity::find();
    let newest = rows.order_by_desc(search_index::Column::Version);
    let newest = newest.read_one(app.reader()).await?;
    Ok(newest.map(|row| row.version))
}

#[expect(
    clippy::disallowed_methods,
    reason = "the version of the index is nobody's"
)]
async fn record(app: &App) -> Result<(), Problem> {
    let transaction = Transaction::begin(app).await?;
    let row = search_index::ActiveModel {
        version: Set(VERSION),
        indexed_at: Set(transaction.now()),
    };
    // Another server may have started at the same time and written the row.
    let known = OnConflict::column(search_index::Column::Version)
        .do_nothing()
        .to_owned();
    search_index::Entity::insert(row)
        .on_conflict(known)
        .exec_without_returning(transaction.tx())
        .await?;
    transaction.commit(NoContent).await?;
    Ok(())
}
