//! The words by which rows are found. They are written together with the row.
//!
//! # What it guarantees
//!
//! What can be searched for has its words in a table of its own: those of tasks in `task_terms`,
//! those of messages in `message_terms`. The doors of [`CircleWrite`] that write a row write its
//! words too, in the same transaction, so that no feature can forget it. Where columns are written
//! without reading the rows (`update_all`), the columns with searched texts are refused in tests.
//!
//! The words are removed with the row, by a foreign key, and with the text: a message that is
//! deleted loses its words at once, and the words of an author are erased with the account.
//!
//! # Why words in tables
//!
//! SQLite has FTS5 and PostgreSQL has `tsvector`, but they do not cut words in the same place, and
//! neither finds Chinese or Japanese words. A word in a row is found by a key in both, compared
//! byte by byte, so both find the same. A text has at most [`MOST`] different words here, some fifteen
//! for a message of everyday length: one statement, which waits for the commit.

use sea_orm::sea_query::{OnConflict, Query};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IdenStatic, InsertMany,
    ModelTrait, QueryTrait, TryIntoModel,
};
use uuid::Uuid;

use super::bulk::AT_ONCE;
use super::owned::CircleOwned;
use super::write::{CircleWrite, set_what_is_null};
use crate::entity::ids::CircleId;
use crate::entity::{appointment, appointment_term, message, message_term, task, task_term};
use crate::platform::db::in_list;
use crate::platform::text::words::words_of;
use crate::problem::Problem;

/// How many different words of a text are indexed, besides those of its title.
pub const MOST: usize = 200;

/// The column of the words of a row.
type Column<E> = <<E as Searchable>::Term as EntityTrait>::Column;

/// A table whose rows people search for. `circle_owned!` takes it from `searched!`.
pub trait Searchable: CircleOwned {
    /// The table of their words.
    type Term: EntityTrait<ActiveModel: ActiveModelTrait<Entity = Self::Term> + Send>;

    const CIRCLE: Column<Self>;
    const TERM: Column<Self>;
    /// The column that names the row.
    const ITEM: Column<Self>;
    /// The column that says whether a word is in the title; `None` if the rows have no title.
    const IN_TITLE: Option<Column<Self>>;
    /// The column with the author, with whose account the words are erased.
    const AUTHOR: Option<Column<Self>>;

    /// The columns with the searched texts.
    const TEXTS: &'static [&'static str];

    fn title(row: &Self::Model) -> Option<&str>;
    fn texts(row: &Self::Model) -> [Option<&str>; 3];
}

impl Searchable for task::Entity {
    type Term = task_term::Entity;

    const CIRCLE: task_term::Column = task_term::Column::CircleId;
    const TERM: task_term::Column = task_term::Column::Term;
    const ITEM: task_term::Column = task_term::Column::TaskId;
    const IN_TITLE: Option<task_term::Column> = Some(task_term::Column::InTitle);
    const AUTHOR: Option<task_term::Column> = None;
    const TEXTS: &'static [&'static str] = &["title", "notes"];

    fn title(row: &task::Model) -> Option<&str> {
        Some(&row.title)
    }

    fn texts(row: &task::Model) -> [Option<&str>; 3] {
        [row.notes.as_deref(), None, None]
    }
}

impl Searchable for appointment::Entity {
    type Term = appointment_term::Entity;

    const CIRCLE: appointment_term::Column = appointment_term::Column::CircleId;
    const TERM: appointment_term::Column = appointment_term::Column::Term;
    const ITEM: appointment_term::Column = appointment_term::Column::AppointmentId;
    const IN_TITLE: Option<appointment_term::Column> = Some(appointment_term::Column::InTitle);
    const AUTHOR: Option<appointment_term::Column> = None;
    const TEXTS: &'static [&'static str] = &["title", "location", "preparation", "outcome"];

    fn title(row: &appointment::Model) -> Option<&str> {
        Some(&row.title)
    }

    fn texts(row: &appointment::Model) -> [Option<&str>; 3] {
        let texts = [&row.location, &row.preparation, &row.outcome];
        texts.map(Option::as_deref)
    }
}

impl Searchable for message::Entity {
    type Term = message_term::Entity;

    const CIRCLE: message_term::Column = message_term::Column::CircleId;
    const TERM: message_term::Column = message_term::Column::Term;
    const ITEM: message_term::Column = message_term::Column::MessageId;
    const IN_TITLE: Option<message_term::Column> = None;
    const AUTHOR: Option<message_term::Column> = Some(message_term::Column::AuthorMemberId);
    const TEXTS: &'static [&'static str] = &["body"];

    fn title(_: &message::Model) -> Option<&str> {
        None
    }

    fn texts(row: &message::Model) -> [Option<&str>; 3] {
        [row.body.as_deref(), None, None]
    }
}

/// How the rows of a table are indexed, if anybody searches for them.
macro_rules! searched {
    (task) => {
        Some($crate::access::Searched::OF)
    };
    (appointment) => {
        Some($crate::access::Searched::OF)
    };
    (message) => {
        Some($crate::access::Searched::OF)
    };
    ($other:ident) => {
        None
    };
}

pub(crate) use searched;

/// How the rows of a table are indexed.
pub struct Searched<E: CircleOwned> {
    insert: fn(&CircleWrite, &[E::Model]),
    replace: fn(&CircleWrite, &E::Model, &E::Model),
    replace_all: fn(&CircleWrite, &[E::Model]),
    texts: &'static [&'static str],
}

impl<E: Searchable> Searched<E> {
    pub const OF: Self = Self {
        insert: insert_words::<E>,
        replace: replace_words::<E>,
        replace_all: replace_words_of_all::<E>,
        texts: E::TEXTS,
    };
}

/// A word, and whether it is in the title.
struct Word {
    term: String,
    in_title: bool,
}

/// The words of a row.
fn words<E: Searchable>(row: &E::Model) -> Vec<Word> {
    let title = words_of(E::title(row), &[], usize::MAX);
    let others = words_of(E::texts(row).into_iter().flatten(), &title, MOST);
    let word = |in_title| move |term| Word { term, in_title };
    let title = title.into_iter().map(word(true));
    title.chain(others.into_iter().map(word(false))).collect()
}

/// Writes the words of new rows when the transaction commits.
fn insert_words<E: Searchable>(write: &CircleWrite, rows: &[E::Model]) {
    for insert in inserts::<E>(write.circle_id(), rows) {
        write.transaction().later(insert.as_query());
    }
}

/// Writes the words of a row when the transaction commits, unless its texts are what they were
/// before.
fn replace_words<E: Searchable>(write: &CircleWrite, before: &E::Model, row: &E::Model) {
    let texts = |row| (E::title(row), E::texts(row));
    if texts(before) == texts(row) {
        return;
    }
    replace_words_of_all::<E>(write, std::slice::from_ref(row));
}

/// Writes the words of rows when the transaction commits. Rows with the same texts, like the
/// occurrences of a series, take two statements together.
fn replace_words_of_all<E: Searchable>(write: &CircleWrite, rows: &[E::Model]) {
    let texts = |row| (E::title(row), E::texts(row));
    let mut alike: Vec<Vec<&E::Model>> = Vec::new();
    for row in rows {
        match alike.iter_mut().find(|rows| texts(rows[0]) == texts(row)) {
            Some(rows) => rows.push(row),
            None => alike.push(vec![row]),
        }
    }
    for rows in alike {
        let ids = rows.iter().map(|row| -> Uuid { E::id_of(row).into() });
        // A word that stays is not deleted: PostgreSQL carries out both statements at once, and
        // would not insert what the other one deletes.
        let delete = Query::delete()
            .from_table(E::Term::default())
            .and_where(E::CIRCLE.eq(write.circle_id()))
            .and_where(E::ITEM.is_in(in_list(ids)))
            .cond_where(others_than::<E>(&words::<E>(rows[0])))
            .take();
        write.transaction().later(&delete);
    }
    insert_words::<E>(write, rows);
}

/// The condition of the words of a row that it does not have any more.
fn others_than<E: Searchable>(words: &[Word]) -> Condition {
    let not_among = |in_title: Option<bool>| {
        let words = words
            .iter()
            .filter(|word| in_title.is_none_or(|it| it == word.in_title));
        let words = in_list(words.map(|word| word.term.clone()));
        let others = (!words.is_empty()).then(|| E::TERM.is_not_in(words));
        Condition::all().add_option(others)
    };
    let Some(column) = E::IN_TITLE else {
        return not_among(None);
    };
    let of = |in_title: bool| not_among(Some(in_title)).add(column.eq(i32::from(in_title)));
    Condition::any().add(of(true)).add(of(false))
}

/// A word of a row as it is stored.
fn to_row<E: Searchable>(
    circle: CircleId,
    row: &E::Model,
    word: Word,
) -> <E::Term as EntityTrait>::ActiveModel {
    let item: Uuid = E::id_of(row).into();
    let mut stored = <<E::Term as EntityTrait>::ActiveModel as ActiveModelTrait>::default();
    stored.set(E::CIRCLE, circle.into());
    stored.set(E::TERM, word.term.into());
    stored.set(E::ITEM, item.into());
    if let Some(column) = E::IN_TITLE {
        stored.set(column, i32::from(word.in_title).into());
    }
    if let Some(column) = E::AUTHOR {
        stored.set(column, row.get(E::created_by_member_column()));
    }
    stored
}

/// The statements that insert the words of rows, unless they are there.
#[expect(
    clippy::disallowed_methods,
    reason = "the words of rows that were written through a door; each names its circle"
)]
fn inserts<E: Searchable>(
    circle: CircleId,
    rows: &[E::Model],
) -> Vec<InsertMany<<E::Term as EntityTrait>::ActiveModel>> {
    let of_row = |row| {
        let words = words::<E>(row).into_iter();
        words.map(move |word| to_row::<E>(circle, row, word))
    };
    let all: Vec<_> = rows.iter().flat_map(of_row).collect();
    let insert = |some: &[<E::Term as EntityTrait>::ActiveModel]| {
        let there = OnConflict::new().do_nothing().to_owned();
        E::Term::insert_many(in_list(some.iter().cloned())).on_conflict(there)
    };
    all.chunks(AT_ONCE).map(insert).collect()
}

/// Refuses to write a searched text without its words. It is a mistake in the code, so tests find it.
pub(super) fn check_not_indexed<E: CircleOwned>(column: E::Column) {
    let name = column.as_str();
    debug_assert!(
        E::SEARCHED.is_none_or(|searched| !searched.texts.contains(&name)),
        "`{name}` of a {} is searched: write it with `update`, or call `index_again` for the rows",
        E::SUBJECT
    );
}

/// The rows that are indexed after they are written. None of a table that nobody searches.
pub(super) fn to_index<E: CircleOwned>(rows: &[E::ActiveModel]) -> Vec<E::Model> {
    if E::SEARCHED.is_none() {
        return Vec::new();
    }
    let model = |row: &E::ActiveModel| {
        let mut row = row.clone();
        set_what_is_null::<E>(&mut row);
        let model = row.try_into_model();
        debug_assert!(model.is_ok(), "a {} lacks a column: {model:?}", E::SUBJECT);
        model.ok()
    };
    rows.iter().filter_map(model).collect()
}

impl CircleWrite {
    /// Indexes rows that were inserted.
    pub(super) fn index_new<E: CircleOwned>(&self, rows: &[E::Model]) {
        if let Some(searched) = E::SEARCHED {
            (searched.insert)(self, rows);
        }
    }

    /// Indexes a row that is updated.
    pub(super) fn index_changed<E: CircleOwned>(&self, before: &E::Model, row: &E::Model) {
        if let Some(searched) = E::SEARCHED {
            (searched.replace)(self, before, row);
        }
    }

    /// Indexes rows that are updated or new.
    pub(super) fn index_all_changed<E: CircleOwned>(&self, rows: &[E::Model]) {
        if let Some(searched) = E::SEARCHED {
            (searched.replace_all)(self, rows);
        }
    }

    /// Writes the words of these rows anew. Nothing else of the rows is written.
    pub async fn index_again<E: Searchable>(&self, rows: &[E::Model]) -> Result<(), Problem> {
        let ids: Vec<Uuid> = rows.iter().map(|row| E::id_of(row).into()).collect();
        if ids.is_empty() {
            return Ok(());
        }
        let delete = Query::delete()
            .from_table(E::Term::default())
            .and_where(E::CIRCLE.eq(self.circle_id()))
            .and_where(E::ITEM.is_in(in_list(ids)))
            .take();
        self.tx().execute(&delete).await?;
        for insert in inserts::<E>(self.circle_id(), rows) {
            insert.exec_without_returning(self.tx()).await?;
        }
        Ok(())
    }
}
