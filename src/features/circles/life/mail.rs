//! The emails about the state of a circle.

use serde::{Deserialize, Serialize};

use crate::access::CircleWrite;
use crate::app::App;
use crate::entity::change::ActorKind;
use crate::entity::circle::CircleState;
use crate::entity::ids::{CircleId, MemberId};
use crate::entity::membership::{self, MemberState};
use crate::http::response::NoContent;
use crate::notify::notifications::account_of;
use crate::notify::posting::{post, wait_for_quiet_hours};
use crate::platform::language::Language;
use crate::platform::mail::{CircleInMemory, CirclePaused, CircleResumed};
use crate::platform::queue::{Failure, Leased, Run};

/// Tells a member that the circle is paused, resumed or kept in memory, if that still holds.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MailCircleState {
    pub circle_id: CircleId,
    pub member_id: MemberId,
    pub state: CircleState,
}

impl Run<App> for MailCircleState {
    async fn run(&self, app: &App, lease: &Leased) -> Result<(), Failure> {
        let write =
            CircleWrite::begin_as_system(app, self.circle_id, ActorKind::System, None).await?;
        let circle = write.circle().await?;
        // A circle in memory may be archived before its members were told.
        let is_kept = self.state == CircleState::InMemory
            && circle.archived_from == Some(CircleState::InMemory);
        if circle.state != self.state && !is_kept {
            return Ok(());
        }
        let member = write.find_one::<membership::Entity>(self.member_id).await?;
        let Some(member) = member.filter(|member| member.state == MemberState::Active) else {
            return Ok(());
        };
        let Some(user) = account_of(&write, &member).await? else {
            return Ok(());
        };
        if wait_for_quiet_hours(&write, lease, &user, self).await? {
            write.commit(NoContent).await?;
            return Ok(());
        }
        drop(write);
        let language = Language::first_of([user.locale.as_deref(), circle.locale.as_deref()]);
        let (to, name, alias) = (&user.email, member.name, circle.alias);
        match self.state {
            CircleState::Active => {
                let letter = CircleResumed {
                    language,
                    name,
                    alias,
                };
                post(app, lease, to, &letter).await
            }
            CircleState::Paused => {
                let letter = CirclePaused {
                    language,
                    name,
                    alias,
                };
                post(app, lease, to, &letter).await
            }
            CircleState::InMemory => {
                let letter = CircleInMemory {
                    language,
                    name,
                    alias,
                };
                post(app, lease, to, &letter).await
            }
            // Nobody is told of it.
            CircleState::Archived => Ok(()),
        }
    }
}
