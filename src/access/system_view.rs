//! A circle as Kith itself reads it for a link in an email, outside of any transaction. A
//! stranger's GET must not begin a transaction: on SQLite it would block everybody who writes.

use chrono::{DateTime, Utc};
use sea_orm::{QueryFilter, Select};

use super::circle::find_circle;
use super::member_levels::{grants_of, levels_now};
use super::owned::CircleOwned;
use super::scope::{CircleScope, ScopedCircle};
use crate::app::App;
use crate::entity::circle;
use crate::entity::ids::{CircleId, MemberId};
use crate::entity::membership::{self, MemberState};
use crate::platform::db::{ReadRows, Reader};
use crate::problem::Problem;

/// A circle as Kith itself sees it, outside of any transaction.
pub struct SystemCircleView<'a> {
    app: &'a App,
    circle: circle::Model,
    scope: CircleScope,
}

impl<'a> SystemCircleView<'a> {
    pub async fn of(app: &'a App, id: CircleId) -> Result<Self, Problem> {
        let circle = find_circle(app.reader(), id).await?;
        let scope = CircleScope::of_system(ScopedCircle {
            id: circle.id,
            time_zone: circle.time_zone.clone(),
            deletion_scheduled_for: circle.deletion_scheduled_for,
            away_until: circle.away_until,
            state: circle.state,
            deputy: circle.deputy_member_id,
            change_seq: circle.change_seq,
        });
        Ok(Self { app, circle, scope })
    }

    /// The circle as an active member sees it now.
    pub async fn seen_by(
        mut self,
        id: MemberId,
    ) -> Result<Option<(Self, membership::Model)>, Problem> {
        let member = self.find_one::<membership::Entity>(id).await?;
        let member = member.filter(|member| member.state == MemberState::Active);
        let Some(member) = member else {
            return Ok(None);
        };
        let grants = grants_of(self.db(), &self.scope, &[id]).await?;
        let levels = levels_now(&member, &grants, self.now());
        self.scope.see_as(&member, levels);
        Ok(Some((self, member)))
    }

    pub fn scope(&self) -> &CircleScope {
        &self.scope
    }

    pub fn circle(&self) -> &circle::Model {
        &self.circle
    }

    /// The door for reading.
    pub fn db(&self) -> &Reader {
        self.app.reader()
    }

    pub fn now(&self) -> DateTime<Utc> {
        self.app.clock().now()
    }

    /// The rows of the circle.
    pub fn find<E: CircleOwned>(&self) -> Select<E> {
        self.scope.find()
    }

    /// One row of the circle, if it is there.
    pub async fn find_one<E: CircleOwned>(&self, id: E::Id) -> Result<Option<E::Model>, Problem> {
        let rows = self
            .scope
            .find::<E>()
            .filter(self.scope.visible_one::<E>(id));
        Ok(rows.read_one(self.db()).await?)
    }
}
