//! The job that makes a member coordinator when nobody objected in time.

use chrono::TimeDelta;
use sea_orm::{ActiveValue::Set, IntoActiveModel};
use serde::{Deserialize, Serialize};

use super::super::leadership_mail::{LeadershipNews, tell_news};
use super::super::members::{account_state, make_coordinator};
use crate::access::change_log::Change;
use crate::access::{CircleWrite, active_members};
use crate::app::App;
use crate::entity::change::ActorKind;
use crate::entity::circle::CircleState;
use crate::entity::ids::{CircleId, SuccessionId};
use crate::entity::membership::AccessLevel;
use crate::entity::succession::{self, SuccessionState};
use crate::entity::user::UserState;
use crate::http::response::NoContent;
use crate::platform::queue::{Failure, Leased, Run};
use crate::problem::Problem;

/// How long coordinators can object.
pub(super) const DELAY: TimeDelta = TimeDelta::hours(72);

/// Makes the member coordinator, if the request still stands.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct GrantSuccession {
    pub circle_id: CircleId,
    pub succession_id: SuccessionId,
}

impl Run<App> for GrantSuccession {
    async fn run(&self, app: &App, _: &Leased) -> Result<(), Failure> {
        let mut write =
            CircleWrite::begin_as_system(app, self.circle_id, ActorKind::System, None).await?;
        let row = write
            .find_one::<succession::Entity>(self.succession_id)
            .await?;
        let stands = |row: &succession::Model| {
            row.state == SuccessionState::Requested
                && row.grant_at.is_some_and(|at| at <= write.now())
        };
        if let Some(row) = row.filter(stands) {
            grant(&mut write, &row).await?;
            write.commit(NoContent).await?;
        }
        Ok(())
    }
}

async fn grant(write: &mut CircleWrite, before: &succession::Model) -> Result<(), Problem> {
    let candidate = active_members(write, &[before.member_id]).await?.pop();
    // Nobody can object while the circle is archived.
    let is_archived = write.scope().circle_state() == CircleState::Archived;
    let candidate =
        candidate.filter(|member| !is_archived && member.access != AccessLevel::Coordinator);
    let granted = match candidate {
        Some(member) if account_state(write, &member).await? == Some(UserState::Active) => {
            make_coordinator(write, &member).await?;
            true
        }
        _ => false,
    };
    let (state, word, news) = if granted {
        (
            SuccessionState::Granted,
            "granted",
            LeadershipNews::NewCoordinator,
        )
    } else {
        (
            SuccessionState::Lapsed,
            "lapsed",
            LeadershipNews::SuccessionEnded,
        )
    };
    let mut row = before.clone().into_active_model();
    row.state = Set(state);
    let after = write.update_later::<succession::Entity>(before, row)?;
    let change = Change::to::<succession::Entity>(word, &after).fields(vec!["state"]);
    write.log(change).await?;
    tell_news(write, news).await
}
