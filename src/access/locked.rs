//! A row of a circle that a request changes: read under the circle's lock, judged by its
//! table of verbs, saved with a line in the change log, and answered.
//!
//! ```ignore
//! let mut task = LockedTask::open(&app, &circle, path.task_id).await?;
//! if task.check_unless_in_effect(TaskVerb::Approve)? {
//!     let mut row = task.row.clone().into_active_model();
//!     row.state = Set(TaskState::Open);
//!     task.save(TaskVerb::Approve, row, vec!["state"]).await?;
//! }
//! task.respond().await
//! ```
//!
//! The order of the checks is the same everywhere: the permission (403), the version that the
//! caller has seen (412), the state (409, with the actions that are possible now).

use std::future::Future;

use sea_orm::IntoActiveModel;

use super::circle::CircleAccess;
use super::owned::CircleOwned;
use super::permission::RequiredPermission;
use super::scope::CircleScope;
use super::verbs::{Facts, Verb};
use super::write::CircleWrite;
use crate::access::change_log::Change;
use crate::app::App;
use crate::http::response::{Created, Resource, Versioned};
use crate::problem::{Conflict, Problem};

/// A table whose rows are changed through [`Locked`].
pub trait Lockable: CircleOwned {
    /// What is read with a row: the members' parts in it, or the row that it belongs to.
    type Related: Send + Sync;
    type Verb: Verb;
    /// The row as its reader sees it.
    type Answer: Versioned + Send;

    /// Reads what belongs to a row, under the same lock.
    fn related(
        write: &CircleWrite,
        row: &Self::Model,
    ) -> impl Future<Output = Result<Self::Related, Problem>> + Send;

    /// Reads a row, or 404, and what belongs to it. It can be replaced where one statement reads
    /// both.
    fn read(
        write: &CircleWrite,
        id: Self::Id,
    ) -> impl Future<Output = Result<(Self::Model, Self::Related), Problem>> + Send {
        async move {
            let row = write.require::<Self>(id).await?;
            let related = Self::related(write, &row).await?;
            Ok((row, related))
        }
    }

    /// What the table of verbs needs to know.
    fn facts<'a>(
        scope: &'a CircleScope,
        row: &'a Self::Model,
        related: &'a Self::Related,
    ) -> <Self::Verb as Verb>::Facts<'a>;

    /// Names the topic or the thread in a line of the change log, so that only members who see
    /// that see the line.
    fn shown(change: Change, row: &Self::Model, related: &Self::Related) -> Change;

    /// The row as its reader sees it.
    fn describe(
        write: &CircleWrite,
        row: Self::Model,
        related: &Self::Related,
    ) -> impl Future<Output = Result<Self::Answer, Problem>> + Send;
}

/// A row under the circle's lock, with what belongs to it.
pub struct Locked<E: Lockable> {
    pub write: CircleWrite,
    pub row: E::Model,
    pub related: E::Related,
}

impl<E: Lockable> Locked<E> {
    /// Locks the circle and reads the row, or 404.
    pub async fn open<P: RequiredPermission>(
        app: &App,
        circle: &CircleAccess<P>,
        id: E::Id,
    ) -> Result<Self, Problem> {
        let write = app.begin_write(circle).await?;
        let (row, related) = E::read(&write, id).await?;
        Ok(Self {
            write,
            row,
            related,
        })
    }

    /// Reads the row, or 404, in a transaction that has locked the circle already.
    pub async fn find(write: CircleWrite, id: E::Id) -> Result<Self, Problem> {
        let (row, related) = E::read(&write, id).await?;
        Ok(Self {
            write,
            row,
            related,
        })
    }

    /// For a row that was read or created under the lock already.
    pub async fn of(write: CircleWrite, row: E::Model) -> Result<Self, Problem> {
        let related = E::related(&write, &row).await?;
        Ok(Self {
            write,
            row,
            related,
        })
    }

    /// What the table of verbs needs to know.
    pub fn facts(&self) -> <E::Verb as Verb>::Facts<'_> {
        E::facts(self.write.scope(), &self.row, &self.related)
    }

    /// Refuses a verb for which the caller has no permission (403), another version than the client
    /// has seen (412), and a verb that does not fit the state (409).
    pub fn check(&self, verb: E::Verb) -> Result<(), Problem> {
        self.check_right(verb)?;
        self.write.check_version(E::version_of(&self.row))?;
        let facts = self.facts();
        if verb.fits(facts.state(), facts.my_part()) {
            Ok(())
        } else {
            Err(self.does_not_fit())
        }
    }

    /// Refuses a verb for which the caller has no permission (403).
    pub fn check_right(&self, verb: E::Verb) -> Result<(), Problem> {
        verb.check_right(&self.facts())
    }

    /// Whether the row must be changed. For a verb that is in effect already this is `false`, and
    /// the answer is the row as it is. For any other verb it refuses like [`Self::check`].
    pub fn check_unless_in_effect(&self, verb: E::Verb) -> Result<bool, Problem> {
        let facts = self.facts();
        if verb.is_in_effect(facts.state(), facts.my_part()) {
            return Ok(false);
        }
        self.check(verb)?;
        Ok(true)
    }

    /// Like [`Self::check_unless_in_effect`], but a caller who may not use the verb is refused even
    /// where it is in effect already.
    pub fn check_right_and_verb(&self, verb: E::Verb) -> Result<bool, Problem> {
        self.check_right(verb)?;
        self.check_unless_in_effect(verb)
    }

    /// The conflict of a verb that does not fit the state.
    pub fn does_not_fit(&self) -> Problem {
        let facts = self.facts();
        let state = E::Verb::name_of(facts.state());
        Conflict::invalid_transition(state, E::Verb::actions(&facts)).into()
    }

    /// Writes the row, and a line in the change log.
    pub async fn save(
        &mut self,
        verb: E::Verb,
        row: E::ActiveModel,
        fields: Vec<&'static str>,
    ) -> Result<(), Problem> {
        self.row = self.write.update::<E>(&self.row, row).await?;
        self.log(verb, fields).await
    }

    /// Like [`Self::save`], for a row that nothing in this transaction reads again: it is sent with
    /// the commit.
    pub async fn save_later(
        &mut self,
        verb: E::Verb,
        row: E::ActiveModel,
        fields: Vec<&'static str>,
    ) -> Result<(), Problem> {
        self.row = self.write.update_later::<E>(&self.row, row)?;
        self.log(verb, fields).await
    }

    /// Counts the version up because something that belongs to the row has changed.
    pub async fn touch(&mut self) -> Result<(), Problem> {
        let unchanged = self.row.clone().into_active_model();
        self.row = self.write.update::<E>(&self.row, unchanged).await?;
        Ok(())
    }

    /// Like [`Self::touch`], for a row that nothing in this transaction reads again.
    pub fn touch_later(&mut self) -> Result<(), Problem> {
        let unchanged = self.row.clone().into_active_model();
        self.row = self.write.update_later::<E>(&self.row, unchanged)?;
        Ok(())
    }

    /// Appends a line to the change log.
    pub async fn log(&mut self, verb: E::Verb, fields: Vec<&'static str>) -> Result<(), Problem> {
        self.log_as(verb.word(), fields).await
    }

    /// Appends a line with a word of its own, where one verb does several things.
    pub async fn log_as(
        &mut self,
        word: &'static str,
        fields: Vec<&'static str>,
    ) -> Result<(), Problem> {
        let change = Change::to::<E>(word, &self.row).fields(fields);
        let change = E::shown(change, &self.row, &self.related);
        self.write.log(change).await
    }

    /// Commits, and answers with the row as the caller sees it now.
    pub async fn respond(mut self) -> Result<Resource<E::Answer>, Problem> {
        // The answer shows what the caller sees, not what the member sees for whom they act.
        self.write.stop_acting_for();
        let answer = E::describe(&self.write, self.row, &self.related).await?;
        self.write.commit(Resource::new(answer)).await
    }

    /// Commits, and answers with the row that was created, as the caller sees it.
    pub async fn respond_created(self) -> Result<Created<E::Answer>, Problem> {
        let answer = E::describe(&self.write, self.row, &self.related).await?;
        self.write.commit(Created::new(answer)).await
    }
}
