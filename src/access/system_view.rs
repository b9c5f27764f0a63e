//! A circle as Kith itself reads it for a link in an email, outside of any transaction. A
//! stranger's GET must not begin a transaction: on SQLite it would block everybody who writes.

use chrono::{DateTime, Utc};
use sea_orm::{QueryFilter, Select};

use super::circle::find_circle;
use super::owned::CircleOwned;
use super::scope::{CircleScope, ScopedCircle};
use crate::app::App;
use crate::entity::circle;
use crate::entity::ids::CircleId;
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
            state: circle.state,
            deputy: circle.deputy_member_id,
            change_seq: circle.change_seq,
        });
        Ok(Self { app, circle, scope })
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
