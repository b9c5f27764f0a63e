//! A circle that a request changes, under its lock. The circle's row does not belong to a
//! circle, it is the circle. So this type is not a [`Locked`](crate::access::Locked), but
//! works like one.

use super::rules::{CircleFacts, CircleVerb};
use super::store::{CirclePeople, circle_and_people, show_circle};
use super::types::Circle;
use crate::access::change_log::Change;
use crate::access::{CircleAccess, CircleWrite, Facts, RequiredPermission, Verb};
use crate::app::App;
use crate::entity::circle;
use crate::entity::ids::MemberId;
use crate::http::response::Resource;
use crate::problem::{Conflict, Problem};

/// A circle under its lock, and its members.
pub(crate) struct LockedCircle {
    pub write: CircleWrite,
    pub row: circle::Model,
    people: CirclePeople,
}

impl LockedCircle {
    /// Locks the circle and reads it.
    pub async fn open<P: RequiredPermission>(
        app: &App,
        circle: &CircleAccess<P>,
    ) -> Result<Self, Problem> {
        let write = app.begin_write(circle).await?;
        let (row, people) = circle_and_people(&write).await?;
        Ok(Self { write, row, people })
    }

    /// The members who are active.
    pub fn active_members(&self) -> &[MemberId] {
        &self.people.active
    }

    /// The member who is the patient.
    pub fn patient(&self) -> Option<MemberId> {
        self.people.patient
    }

    fn facts(&self) -> CircleFacts<'_> {
        CircleFacts {
            scope: self.write.scope(),
            circle: &self.row,
            patient: self.people.patient,
        }
    }

    /// Refuses what the caller may not do, what is based on an old version, or what does
    /// not fit the state.
    pub fn check(&self, verb: CircleVerb) -> Result<(), Problem> {
        let facts = self.facts();
        verb.check_right(&facts)?;
        self.check_version()?;
        if verb.fits(facts.state(), facts.my_part()) {
            return Ok(());
        }
        let actions = CircleVerb::actions(&facts);
        Err(Conflict::invalid_transition(facts.state().as_str(), actions).into())
    }

    /// Whether the circle must be changed. For a verb that is in effect already this is `false`,
    /// and the answer is the circle as it is. For any other verb it refuses like
    /// [`Self::check`].
    pub fn check_unless_in_effect(&self, verb: CircleVerb) -> Result<bool, Problem> {
        let facts = self.facts();
        if verb.is_in_effect(facts.state(), facts.my_part()) {
            return Ok(false);
        }
        self.check(verb)?;
        Ok(true)
    }

    /// Refuses the request if it names another version than the current one.
    pub fn check_version(&self) -> Result<(), Problem> {
        self.write.check_version(self.row.version)
    }

    /// Refuses a caller who may not use the verb.
    pub fn check_right(&self, verb: CircleVerb) -> Result<(), Problem> {
        verb.check_right(&self.facts())
    }

    /// Whether the verb fits the circle's state and the caller may use it.
    pub fn allows(&self, verb: CircleVerb) -> bool {
        let facts = self.facts();
        verb.fits(facts.state(), facts.my_part()) && verb.permit(&facts).is_ok()
    }

    /// Writes the row when the transaction commits. Append the line of the change log afterwards.
    pub fn write_row(&mut self, row: circle::ActiveModel) -> Result<(), Problem> {
        self.row = self.write.update_circle_later(&self.row, row)?;
        Ok(())
    }

    /// Appends a line to the change log.
    pub async fn log(
        &mut self,
        verb: CircleVerb,
        fields: Vec<&'static str>,
    ) -> Result<(), Problem> {
        let change = Change::of(verb.word(), "circle", self.row.id.0);
        self.write.log(change.fields(fields)).await
    }

    /// Commits, and answers with the circle as the caller sees it now.
    pub async fn respond(self) -> Result<Resource<Circle>, Problem> {
        let circle = show_circle(self.row, self.write.scope(), self.people.patient);
        self.write.commit(Resource::new(circle)).await
    }
}
