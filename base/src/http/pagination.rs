//! Pages of a list: a limit, and an opaque cursor. A cursor is bound to its list and the filters,
//! so that it cannot be used to read another list.
//!
//! `list_query!` declares the filters of a list and adds `limit` and `cursor`. The cursor is bound
//! to everything that is declared there, so that no filter can be forgotten. A [`Listing`] reads
//! the page: the handler gives the rows and an [`OrderBy`], and gets the rows of the page and the
//! cursor of the next page.

use std::fmt::Display;

use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, ModelTrait, Order, QueryFilter, QueryOrder, QuerySelect,
    Select, Value,
};
use uuid::Uuid;

pub use super::cursor::Position;
use super::cursor::{decode, encode};
use crate::platform::crypto::keys::Keys;
use crate::platform::db::{ReadRows, Reads, SelectByPosition};
use crate::problem::{FieldErrorCode, Problem};
use crate::row::Row;

/// How many rows a page has if the client sends no `limit`.
pub const DEFAULT_LIMIT: u32 = 50;
/// How many rows a page has at most.
pub const MAX_LIMIT: u32 = 200;
/// A page of messages ends early when it has so many bytes of text.
pub const MAX_TEXT: usize = 256 * 1024;

/// The filters of a list and the requested page. `list_query!` declares it.
pub trait ListQuery {
    /// How many rows a page has if the client sends no `limit`.
    const DEFAULT: u32 = DEFAULT_LIMIT;
    /// How many rows a page has at most.
    const MOST: u32 = MAX_LIMIT;

    /// The filters as one text, which the cursor is bound to.
    fn filters(&self) -> String;
    /// How many rows the page has at most.
    fn limit(&self) -> Option<u32>;
    /// The cursor: where the previous page ended.
    fn cursor(&self) -> Option<&str>;
}

/// Declares the query of a list: its filters, and `limit` and `cursor`. Every query has these two
/// fields itself, because a second `Query` extractor would refuse the parameters of the first, and
/// `flatten` cannot read numbers.
#[macro_export]
macro_rules! list_query {
    (
        $(#[$($attribute:tt)*])*
        pub struct $name:ident {
            $($(#[$($of_field:tt)*])* pub $field:ident: $ty:ident $(<$item:ident>)?,)*
        }
    ) => {
        #[derive(Debug, serde::Deserialize, utoipa::IntoParams)]
        #[into_params(parameter_in = Query)]
        #[serde(deny_unknown_fields)]
        $(#[$($attribute)*])*
        pub struct $name {
            $($(#[$($of_field)*])* pub $field: $ty $(<$item>)?,)*
            /// How many items the page has at most. More than 200 counts as 200.
            #[param(minimum = 1, default = 50)]
            pub limit: Option<u32>,
            /// The `next_cursor` of the previous page. Leave it out for the first page.
            pub cursor: Option<String>,
        }

        impl $crate::http::pagination::ListQuery for $name {
            fn filters(&self) -> String {
                let filters: &[String] =
                    &[$(format!(concat!(stringify!($field), "={:?}"), self.$field)),*];
                filters.join(" ")
            }

            fn limit(&self) -> Option<u32> {
                self.limit
            }

            fn cursor(&self) -> Option<&str> {
                self.cursor.as_deref()
            }
        }
    };
}

pub use list_query;

/// The order of a list. No two rows may have the same position, so a list that is sorted by a time
/// is sorted by the id as well. A list that is sorted by a number does not need that.
#[derive(Clone, Copy, Debug)]
pub struct OrderBy<Column> {
    by: Column,
    id: Option<Column>,
    descending: bool,
}

impl<Column: ColumnTrait> OrderBy<Column> {
    /// The earliest row first.
    pub fn ascending(at: Column, id: Column) -> Self {
        Self {
            by: at,
            id: Some(id),
            descending: false,
        }
    }

    /// The latest row first.
    pub fn descending(at: Column, id: Column) -> Self {
        Self {
            descending: true,
            ..Self::ascending(at, id)
        }
    }

    /// For numbered rows: the highest number first.
    pub fn number_descending(number: Column) -> Self {
        Self {
            by: number,
            id: None,
            descending: true,
        }
    }

    /// The position of a row.
    fn position<Row>(&self, row: &Row) -> Result<Position, Problem>
    where
        Row: ModelTrait<Entity: EntityTrait<Column = Column>>,
    {
        let id = match self.id.map(|id| row.get(id)) {
            None => Some(Uuid::nil()),
            Some(Value::Uuid(id)) => id,
            Some(_) => None,
        };
        let position = match (row.get(self.by), id) {
            (Value::ChronoDateTimeUtc(Some(at)), Some(id)) => Some(Position { at, id }),
            (Value::Int(Some(number)), Some(_)) => Position::numbered(number.into()),
            (Value::BigInt(Some(number)), Some(_)) => Position::numbered(number),
            _ => None,
        };
        position.ok_or_else(|| {
            let column = self.by.as_str();
            Problem::internal(anyhow::anyhow!("no list can be ordered by {column}"))
        })
    }

    /// The condition for the rows after a position.
    fn beyond(&self, after: Position) -> Condition {
        let Some(id) = self.id else {
            return Condition::all().add(self.by.lt(after.number()));
        };
        let (beyond, id_beyond) = if self.descending {
            (self.by.lt(after.at), id.lt(after.id))
        } else {
            (self.by.gt(after.at), id.gt(after.id))
        };
        Condition::any()
            .add(beyond)
            .add(Condition::all().add(self.by.eq(after.at)).add(id_beyond))
    }
}

/// The requested page of a list.
#[derive(Clone, Debug)]
pub struct Listing {
    keys: Keys,
    /// The list and its filters.
    list: String,
    limit: usize,
    after: Option<Position>,
}

impl Listing {
    /// Reads limit and cursor. `list` names the list and its owner. The query has the filters.
    pub fn of<Q: ListQuery>(keys: &Keys, list: impl Display, query: &Q) -> Result<Self, Problem> {
        let list = format!("{list} {}", query.filters());
        let limit = Ord::min(query.limit().unwrap_or(Q::DEFAULT), Q::MOST);
        if limit == 0 {
            return Err(Problem::query(
                "limit",
                FieldErrorCode::OutOfRange,
                "Send a whole number, at least 1.",
            ));
        }
        let after = query
            .cursor()
            .map(|cursor| {
                decode(keys, &list, cursor).ok_or_else(|| {
                    let detail = "This is not a cursor of this list. Send the `next_cursor` of the \
                         previous page with the same filters, or send no cursor.";
                    Problem::query("cursor", FieldErrorCode::InvalidValue, detail)
                })
            })
            .transpose()?;
        Ok(Self {
            keys: keys.clone(),
            list,
            limit: limit as usize,
            after,
        })
    }

    /// Returns the rows of the page and the cursor of the next page.
    pub async fn page<E: EntityTrait<Model: Row>>(
        &self,
        connection: &impl Reads,
        rows: Select<E>,
        order: OrderBy<E::Column>,
    ) -> Result<(Vec<E::Model>, Option<String>), Problem> {
        self.page_by_size(connection, rows, order, |_| 0).await
    }

    /// Like [`Self::page`], for rows that are shown with their whole text. The page ends early when
    /// it has [`MAX_TEXT`] bytes, but it has at least one row.
    pub async fn page_by_size<E: EntityTrait<Model: Row>>(
        &self,
        connection: &impl Reads,
        rows: Select<E>,
        order: OrderBy<E::Column>,
        size: impl Fn(&E::Model) -> usize,
    ) -> Result<(Vec<E::Model>, Option<String>), Problem> {
        let rows = self.narrow(rows, order).read(connection).await?;
        self.cut(rows, size, |row| order.position(row))
    }

    /// Like [`Self::page_by_size`], for rows with what is joined to each of them, which is one row
    /// at most: `rows` selects the columns of `With` after those of the row.
    pub async fn page_with<E: EntityTrait<Model: Row>, With: Row>(
        &self,
        connection: &impl Reads,
        rows: Select<E>,
        order: OrderBy<E::Column>,
        size: impl Fn(&E::Model) -> usize,
    ) -> Result<(Vec<(E::Model, With)>, Option<String>), Problem> {
        let rows = self
            .narrow(rows, order)
            .by_position::<(E::Model, With)>()
            .read(connection)
            .await?;
        self.cut(rows, |(row, _)| size(row), |(row, _)| order.position(row))
    }

    /// Selects the rows after the cursor in their order, as many as [`Self::most`].
    pub fn narrow<E: EntityTrait>(&self, rows: Select<E>, order: OrderBy<E::Column>) -> Select<E> {
        let direction = if order.descending {
            Order::Desc
        } else {
            Order::Asc
        };
        let mut rows = rows.order_by(order.by, direction.clone());
        if let Some(id) = order.id {
            rows = rows.order_by(id, direction);
        }
        rows.filter(self.after(order)).limit(self.most())
    }

    /// The condition for the rows after the cursor.
    pub fn after<Column: ColumnTrait>(&self, order: OrderBy<Column>) -> Condition {
        let beyond = self.after.map(|after| order.beyond(after));
        Condition::all().add_option(beyond)
    }

    /// Like [`Self::after`], for rows of a subquery that are sorted by two of its columns, the
    /// earliest first.
    pub fn after_in_subquery(&self, at: &Expr, id: &Expr) -> Condition {
        let beyond = self.after.map(|after| {
            let same_time = Condition::all()
                .add(at.clone().eq(after.at))
                .add(id.clone().gt(after.id));
            Condition::any().add(at.clone().gt(after.at)).add(same_time)
        });
        Condition::all().add_option(beyond)
    }

    /// Whether a row that no statement reads comes after the cursor, in a list with the earliest first.
    pub fn is_after(&self, place: Position) -> bool {
        self.after
            .is_none_or(|after| (place.at, place.id) > (after.at, after.id))
    }

    /// Where the page before ended, for a list with an order of its own.
    pub fn position(&self) -> Option<Position> {
        self.after
    }

    /// How many rows are read: one more than the page has, to know whether there is a next page.
    pub fn most(&self) -> u64 {
        self.limit as u64 + 1
    }

    /// Cuts the page from the rows of several tables. Each table was narrowed before.
    pub fn cut_mixed<Row>(
        &self,
        rows: Vec<Row>,
        position: impl Fn(&Row) -> Position,
    ) -> Result<(Vec<Row>, Option<String>), Problem> {
        self.cut(rows, |_| 0, |row| Ok(position(row)))
    }

    fn cut<Row>(
        &self,
        mut rows: Vec<Row>,
        size: impl Fn(&Row) -> usize,
        position: impl Fn(&Row) -> Result<Position, Problem>,
    ) -> Result<(Vec<Row>, Option<String>), Problem> {
        let mut bytes = 0;
        let fits = rows.iter().take(self.limit).take_while(|row| {
            bytes += size(row);
            bytes <= MAX_TEXT
        });
        let fits = fits.count().max(1);
        if rows.len() <= fits {
            return Ok((rows, None));
        }
        rows.truncate(fits);
        let last = rows.last().map(position).transpose()?;
        let next = last.map(|last| encode(&self.keys, &self.list, last));
        Ok((rows, next))
    }
}

/// Declares the type of a page. It is not generic, because utoipa would inline a generic page into
/// every operation.
#[macro_export]
macro_rules! page_of {
    ($name:ident, $item:ident) => {
        #[doc = concat!("One page of a list: `", stringify!($item), "`.")]
        #[derive(Debug, serde::Serialize, utoipa::ToSchema)]
        #[schema(description = concat!("One page of a list: `", stringify!($item), "`."))]
        pub struct $name {
            /// The items of this page.
            pub data: Vec<$item>,
            /// Send it as `cursor` to get the next page. It is null on the last page.
            pub next_cursor: Option<String>,
        }
    };
}

pub use page_of;

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::entity::message;

    list_query! {
        /// The filters of the list of things.
        pub struct ThingQuery {
            #[serde(default)]
            pub state: Vec<String>,
            pub covered: Option<bool>,
        }
    }

    #[test]
    fn every_filter_that_is_declared_binds_the_cursor_and_the_page_does_not() {
        let query = |text: &str| serde_html_form::from_str::<ThingQuery>(text).unwrap();
        let all = query("limit=3&cursor=abc");
        assert_eq!((all.limit(), all.cursor()), (Some(3), Some("abc")));
        assert_eq!(all.filters(), query("").filters());
        for other in ["state=open", "state=open&state=done", "covered=true"] {
            assert_ne!(all.filters(), query(other).filters(), "{other}");
        }
    }

    #[test]
    fn a_row_has_its_place_by_the_columns_it_is_ordered_by() {
        let row = message::Model {
            circle_id: Uuid::nil().into(),
            id: Uuid::from_u128(7).into(),
            version: 1,
            thread_id: Uuid::nil().into(),
            number: 42,
            body: None,
            reply_to_message_id: None,
            mentioned_member_ids: "[]".into(),
            edited_at: None,
            deleted_at: None,
            sent_hash: None,
            created_at: DateTime::UNIX_EPOCH,
            created_by_member_id: None,
            updated_at: DateTime::UNIX_EPOCH,
        };
        let by_moment = OrderBy::ascending(message::Column::CreatedAt, message::Column::Id);
        let position = by_moment.position(&row).unwrap();
        assert_eq!(position.at, DateTime::UNIX_EPOCH);
        assert_eq!(position.id, Uuid::from_u128(7));
        let by_number = OrderBy::number_descending(message::Column::Number);
        assert_eq!(by_number.position(&row).unwrap().number(), 42);
        let by_text = OrderBy::ascending(message::Column::MentionedMemberIds, message::Column::Id);
        assert!(by_text.position(&row).is_err());
    }
}
