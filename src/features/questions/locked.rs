//! A question that a request changes, under the circle's lock.

use sea_orm::{ColumnTrait, QueryFilter};

use super::rules::{QuestionFacts, QuestionVerb};
use super::store::{self, QuestionRow};
use super::types::Question;
use crate::access::change_log::Change;
use crate::access::{CircleScope, CircleWrite, Lockable, Locked};
use crate::entity::ids::{AppointmentId, QuestionId};
use crate::entity::question::{self, Column};
use crate::platform::db::{ReadRows, SelectByPosition};
use crate::platform::text::excerpt::Detail;
use crate::problem::Problem;

/// A question, and its appointment if the caller sees that, under the circle's lock.
pub(super) type LockedQuestion = Locked<question::Entity>;

impl Lockable for question::Entity {
    type Related = Option<AppointmentId>;
    type Verb = QuestionVerb;
    type Answer = Question;

    async fn related(write: &CircleWrite, row: &question::Model) -> Result<Self::Related, Problem> {
        let (_, related) = Self::read(write, row.id).await?;
        Ok(related)
    }

    async fn read(write: &CircleWrite, id: QuestionId) -> Result<QuestionRow, Problem> {
        let question = write.find::<question::Entity>().filter(Column::Id.eq(id));
        let found = store::with_appointments(write.scope(), question)
            .by_position::<QuestionRow>()
            .read_one(write.tx())
            .await?;
        found.ok_or(Problem::NotFound)
    }

    fn facts<'a>(
        scope: &'a CircleScope,
        question: &'a question::Model,
        _: &'a Self::Related,
    ) -> QuestionFacts<'a> {
        QuestionFacts { scope, question }
    }

    fn shown(change: Change, row: &question::Model, _: &Self::Related) -> Change {
        change.about(row.topic)
    }

    async fn describe(
        write: &CircleWrite,
        row: question::Model,
        related: &Self::Related,
    ) -> Result<Question, Problem> {
        let row = (row, *related);
        Ok(store::describe(write.scope(), row, Detail::Whole))
    }
}
