//! An absence that a request changes, under the circle's lock.

use sea_orm::{ColumnTrait, QueryFilter};

use super::rules::{AbsenceFacts, AbsenceVerb};
use super::store;
use super::types::Absence;
use crate::access::change_log::Change;
use crate::access::{CircleScope, CircleWrite, Lockable, Locked};
use crate::entity::absence::{self, Column};
use crate::entity::ids::AbsenceId;
use crate::entity::membership;
use crate::platform::db::{ReadRows, SelectByPosition};
use crate::problem::Problem;

/// An absence under the circle's lock.
pub(super) type LockedAbsence = Locked<absence::Entity>;

impl Lockable for absence::Entity {
    /// The member who is away.
    type Related = membership::Model;
    type Verb = AbsenceVerb;
    type Answer = Absence;

    async fn related(
        write: &CircleWrite,
        row: &absence::Model,
    ) -> Result<membership::Model, Problem> {
        Ok(Self::read(write, row.id).await?.1)
    }

    async fn read(
        write: &CircleWrite,
        id: AbsenceId,
    ) -> Result<(absence::Model, membership::Model), Problem> {
        let rows = write.find::<absence::Entity>().filter(Column::Id.eq(id));
        store::with_member(write.scope(), rows)
            .by_position::<(absence::Model, membership::Model)>()
            .read_one(write.tx())
            .await?
            .ok_or(Problem::NotFound)
    }

    fn facts<'a>(
        scope: &'a CircleScope,
        absence: &'a absence::Model,
        member: &'a membership::Model,
    ) -> AbsenceFacts<'a> {
        AbsenceFacts {
            scope,
            absence,
            member,
        }
    }

    fn shown(change: Change, _: &absence::Model, _: &membership::Model) -> Change {
        change
    }

    async fn describe(
        write: &CircleWrite,
        row: absence::Model,
        member: &membership::Model,
    ) -> Result<Absence, Problem> {
        Ok(store::assemble(write.scope(), row, member))
    }
}
