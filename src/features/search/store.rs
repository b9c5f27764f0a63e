//! The statement of a search, and its rows.

use std::cmp::Reverse;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use sea_orm::sea_query::{
    Asterisk, Expr, ExprTrait, Func, IntoTableRef, Order, Query, SelectStatement, UnionType,
};
use sea_orm::{ColumnTrait, Condition, DbErr, EntityTrait};
use uuid::Uuid;

use super::excerpt::{excerpt_of, matches_in};
use super::types::{SearchHit, SearchHitPage, SearchKind, SearchQuery};
use crate::access::{CircleOwned, CircleScope, Mine, MyCircles, Searchable, in_circle_of, table};
use crate::entity::ids::{CircleId, ThreadId};
use crate::entity::topic_grant::Topic;
use crate::entity::{appointment, message, task, thread};
use crate::http::pagination::{Listing, Position};
use crate::platform::db::Reader;
use crate::platform::text::words::Wanted;
use crate::platform::time::civil::Day;
use crate::problem::Problem;
use crate::row::{Cells, Row};

/// The greatest character: no word has it.
const LAST: char = '\u{10ffff}';

/// One page of the hits in these circles.
pub(super) async fn search<'c>(
    reader: &Reader,
    circles: impl IntoIterator<Item = MyCircles<'c>>,
    query: &SearchQuery,
    listing: &Listing,
) -> Result<SearchHitPage, Problem> {
    let wanted = query.wanted()?;
    let reader = reader.for_long_statements();
    let mut rows: Vec<HitRow> = Vec::new();
    for some in circles {
        let select = hits(&some, query, &wanted, listing);
        rows.extend(some.read(&reader, select).await?);
    }
    // Hits of many circles were read in several statements.
    rows.sort_by_key(|row| Reverse((row.in_title, row.hit.created_at, row.hit.id)));
    rows.truncate(usize::try_from(listing.most()).unwrap_or(usize::MAX));
    let (rows, next_cursor) = listing.cut_mixed(rows, HitRow::position)?;
    let data = rows.into_iter().map(|row| row.describe(&wanted)).collect();
    Ok(SearchHitPage { data, next_cursor })
}

/// The hits after the cursor, the best first, with what is shown of them. What is shown is read only
/// of the hits of this page.
fn hits(
    circles: &MyCircles<'_>,
    query: &SearchQuery,
    wanted: &[Wanted],
    listing: &Listing,
) -> SelectStatement {
    let mut parts: Vec<SelectStatement> = Vec::new();
    if query.asks_for(SearchKind::Task) {
        parts.push(part::<task::Entity>(circles, wanted, SearchKind::Task));
    }
    if query.asks_for(SearchKind::Appointment) {
        let kind = SearchKind::Appointment;
        parts.push(part::<appointment::Entity>(circles, wanted, kind));
    }
    if query.asks_for(SearchKind::Message) {
        let mut messages = part::<message::Entity>(circles, wanted, SearchKind::Message);
        messages.and_where(message::Column::DeletedAt.is_null());
        parts.push(messages);
    }
    let mut parts = parts.into_iter();
    let mut all = parts.next().unwrap_or_default();
    all.unions(parts.map(|part| (UnionType::All, part)));
    let page = Query::select()
        .column(Asterisk)
        .from_subquery(all, "found")
        .cond_where(Condition::all().add_option(listing.position().map(beyond)))
        .order_by("in_title", Order::Desc)
        .order_by("created_at", Order::Desc)
        .order_by("id", Order::Desc)
        .limit(listing.most())
        .take();
    let mut shown = Query::select();
    shown
        .exprs(["kind", "in_title", "created_at", "id", "circle_id"].map(of_hit))
        .exprs(texts())
        .exprs(facts())
        .from_subquery(page, "hits")
        .left_join(task::Entity, is_hit::<task::Entity>(SearchKind::Task))
        .left_join(
            appointment::Entity,
            is_hit::<appointment::Entity>(SearchKind::Appointment),
        )
        .left_join(
            message::Entity,
            is_hit::<message::Entity>(SearchKind::Message),
        )
        .left_join(
            thread::Entity,
            in_circle_of::<message::Entity, thread::Entity>(
                message::Column::ThreadId,
                thread::Column::Id,
            ),
        )
        .order_by(("hits", "in_title"), Order::Desc)
        .order_by(("hits", "created_at"), Order::Desc)
        .order_by(("hits", "id"), Order::Desc);
    shown
}

/// The rows of one kind that the caller sees and that have all words.
fn part<E: Searchable>(
    circles: &MyCircles<'_>,
    wanted: &[Wanted],
    kind: SearchKind,
) -> SelectStatement {
    let every = |_: &CircleScope| Condition::all();
    let words = E::Term::default().into_table_ref();
    let mut rows = circles.select::<E>([words, table::<E>()], every);
    let column = |column: E::Column| Expr::col((E::default(), column));
    let term = |column: <E::Term as EntityTrait>::Column| Expr::col((E::Term::default(), column));

    // The longest word is the rarest, as a rule.
    let mut others: Vec<&Wanted> = wanted.iter().collect();
    others.sort_by_key(|wanted| Reverse(wanted.text.chars().count()));
    let first = others.remove(0);
    rows.and_where(term(E::CIRCLE).eq(Mine::CircleId.col()))
        .cond_where(fits(first, &term(E::TERM)))
        .and_where(term(E::ITEM).equals((E::default(), E::id_column())));
    for other in &others {
        rows.and_where(Expr::exists(has::<E>(other)));
    }
    let in_title = E::IN_TITLE.map_or_else(
        || Expr::value(0),
        |in_title| {
            let mut all = Condition::all().add(term(in_title).max().eq(1));
            for other in &others {
                let in_title = Expr::col(("other", in_title)).eq(1);
                all = all.add(Expr::exists(has::<E>(other).and_where(in_title).take()));
            }
            Expr::case(all, 1).finally(0).into()
        },
    );
    // Several words of a row may begin like the wanted one.
    rows.expr_as(Expr::value(kind), "kind")
        .expr_as(in_title, "in_title")
        .expr_as(column(E::created_at_column()), "created_at")
        .expr_as(column(E::id_column()), "id")
        .expr_as(column(E::circle_column()), "circle_id")
        .add_group_by([column(E::circle_column()), column(E::id_column())]);
    rows
}

/// The rows in which a row has another word.
fn has<E: Searchable>(wanted: &Wanted) -> SelectStatement {
    let other = |column: <E::Term as EntityTrait>::Column| Expr::col(("other", column));
    Query::select()
        .expr(Expr::value(1))
        .from_as(E::Term::default(), "other")
        .and_where(other(E::CIRCLE).equals((E::default(), E::circle_column())))
        .and_where(other(E::ITEM).equals((E::default(), E::id_column())))
        .cond_where(fits(wanted, &other(E::TERM)))
        .take()
}

/// Whether a stored word fits a wanted one.
fn fits(wanted: &Wanted, term: &Expr) -> Condition {
    let text = wanted.text.as_str();
    if !wanted.begins {
        return Condition::all().add(term.clone().eq(text));
    }
    Condition::all()
        .add(term.clone().gte(text))
        .add(term.clone().lt(format!("{text}{LAST}")))
}

/// A column of a hit.
fn of_hit(name: &'static str) -> Expr {
    Expr::col(("hits", name))
}

/// The condition that joins a hit of this kind with its row.
fn is_hit<E: Searchable>(kind: SearchKind) -> Condition {
    Condition::all()
        .add(of_hit("kind").eq(kind))
        .add(of_hit("circle_id").equals((E::default(), E::circle_column())))
        .add(of_hit("id").equals((E::default(), E::id_column())))
}

/// The title of a hit, and three searched texts.
fn texts() -> [Expr; 4] {
    use appointment::Column::{Location, Outcome, Preparation};
    let visit = |column| Expr::col((appointment::Entity, column));
    [
        one_of([
            Expr::col((task::Entity, task::Column::Title)),
            visit(appointment::Column::Title),
            Expr::col((thread::Entity, thread::Column::Title)),
            title_of_item::<task::Entity>(thread::Column::TaskId, task::Column::Title),
            title_of_item::<appointment::Entity>(
                thread::Column::AppointmentId,
                appointment::Column::Title,
            ),
        ]),
        one_of([
            Expr::col((task::Entity, task::Column::Notes)),
            visit(Location),
            Expr::col((message::Entity, message::Column::Body)),
        ]),
        visit(Preparation),
        visit(Outcome),
    ]
}

/// The title of the item that the thread of a hit is about. Who sees the thread sees the item.
fn title_of_item<E: CircleOwned>(named_by: thread::Column, title: E::Column) -> Expr {
    let item = |column: E::Column| Expr::col(("item", column));
    let thread = |column| (thread::Entity, column);
    let title = Query::select()
        .expr(item(title))
        .from_as(E::default(), "item")
        .and_where(item(E::circle_column()).equals(thread(thread::Column::CircleId)))
        .and_where(item(E::id_column()).equals(thread(named_by)))
        .take();
    Expr::SubQuery(None, Box::new(title.into()))
}

/// The topic of a hit, its series, its date, its moment, and its thread.
fn facts() -> [Expr; 5] {
    use task::Column::{DueAt, DueOn};
    let task = |column| Expr::col((task::Entity, column));
    let visit = |column| Expr::col((appointment::Entity, column));
    [
        one_of([
            task(task::Column::Topic),
            visit(appointment::Column::Topic),
            Expr::col((thread::Entity, thread::Column::Topic)),
        ]),
        one_of([
            task(task::Column::SeriesId),
            visit(appointment::Column::SeriesId),
        ]),
        one_of([task(DueOn), visit(appointment::Column::StartsOn)]),
        one_of([task(DueAt), visit(appointment::Column::StartsAt)]),
        Expr::col((message::Entity, message::Column::ThreadId)),
    ]
}

/// The value of the kind that the hit is: the columns of the others are empty.
fn one_of<const N: usize>(columns: [Expr; N]) -> Expr {
    Func::coalesce(columns).into()
}

/// A hit, with what decides about its place and what it shows.
struct HitRow {
    in_title: i32,
    texts: [Option<String>; 3],
    hit: SearchHit,
}

impl Row for HitRow {
    fn read(cells: &mut Cells<'_>) -> Result<Self, DbErr> {
        let kind: SearchKind = cells.take()?;
        let in_title: i32 = cells.take()?;
        let created_at: DateTime<Utc> = cells.take()?;
        let id: Uuid = cells.take()?;
        let circle_id: CircleId = cells.take()?;
        let title: Option<String> = cells.take()?;
        let texts = [cells.take()?, cells.take()?, cells.take()?];
        let topic: Option<Topic> = cells.take()?;
        let series_id: Option<Uuid> = cells.take()?;
        let scheduled_on = cells.take::<Option<NaiveDate>>()?.map(Day);
        let scheduled_at: Option<DateTime<Utc>> = cells.take()?;
        let thread_id: Option<ThreadId> = cells.take()?;
        Ok(Self {
            in_title,
            texts,
            hit: SearchHit {
                kind,
                id,
                circle_id,
                title,
                title_matches: Vec::new(),
                excerpt: None,
                excerpt_matches: Vec::new(),
                topic,
                series_id,
                scheduled_on,
                scheduled_at,
                thread_id,
                created_at,
            },
        })
    }
}

/// The places of hits without all words in their title are so much earlier in a cursor. So all of
/// them are after the others, and nothing was created before the year 0.
const EARLIER: TimeDelta = TimeDelta::days(366 * 10_000);

impl HitRow {
    /// The place of a hit in the list.
    fn position(&self) -> Position {
        let at = self.hit.created_at;
        Position {
            at: if self.in_title == 1 { at } else { at - EARLIER },
            id: self.hit.id,
        }
    }

    /// The hit as the caller sees it.
    fn describe(self, wanted: &[Wanted]) -> SearchHit {
        let Self { texts, mut hit, .. } = self;
        if hit.kind != SearchKind::Message
            && let Some(title) = &hit.title
        {
            hit.title_matches = matches_in(title, wanted);
        }
        if let Some((excerpt, matches)) =
            excerpt_of(texts.iter().flatten().map(String::as_str), wanted)
        {
            hit.excerpt = Some(excerpt);
            hit.excerpt_matches = matches;
        }
        hit
    }
}

/// The hits after a place in the list.
fn beyond(after: Position) -> Condition {
    let in_title = i32::from(after.at >= DateTime::<Utc>::UNIX_EPOCH - EARLIER / 2);
    let at = if in_title == 1 {
        after.at
    } else {
        after.at + EARLIER
    };
    let column = |name: &'static str| Expr::col(name);
    let same_rank = Condition::all().add(column("in_title").eq(in_title));
    let older = Condition::any().add(column("created_at").lt(at)).add(
        Condition::all()
            .add(column("created_at").eq(at))
            .add(column("id").lt(after.id)),
    );
    Condition::any()
        .add(column("in_title").lt(in_title))
        .add(same_rank.add(older))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(in_title: i32, created_at: DateTime<Utc>) -> HitRow {
        HitRow {
            in_title,
            texts: [None, None, None],
            hit: SearchHit {
                kind: SearchKind::Task,
                id: Uuid::nil(),
                circle_id: CircleId(Uuid::nil()),
                title: None,
                title_matches: Vec::new(),
                excerpt: None,
                excerpt_matches: Vec::new(),
                topic: None,
                series_id: None,
                scheduled_on: None,
                scheduled_at: None,
                thread_id: None,
                created_at,
            },
        }
    }

    #[test]
    fn a_place_says_whether_all_words_are_in_the_title() {
        let now = DateTime::<Utc>::UNIX_EPOCH + TimeDelta::days(20_000);
        assert!(row(1, DateTime::UNIX_EPOCH).position().at > row(0, now).position().at);
        assert_eq!(row(1, now).position().at, now);
        let text = |in_title| format!("{:?}", beyond(row(in_title, now).position()));
        assert!(text(1).contains("Int(Some(1))"), "{}", text(1));
        assert!(text(0).contains("Int(Some(0))"), "{}", text(0));
    }
}
