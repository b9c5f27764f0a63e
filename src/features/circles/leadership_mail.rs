//! The emails about who coordinates a circle and who decides for its patient.

use sea_orm::{ColumnTrait, QueryFilter, QuerySelect};
use serde::{Deserialize, Serialize};

use super::succession::requested_succession;
use crate::access::CircleWrite;
use crate::app::App;
use crate::entity::change::ActorKind;
use crate::entity::circle::CircleState;
use crate::entity::ids::{CircleId, MemberId};
use crate::entity::membership::{self, MemberState};
use crate::http::response::NoContent;
use crate::notify::notifications::account_of;
use crate::notify::posting::{post, wait_for_quiet_hours};
use crate::platform::db::{ReadRows, SelectByPosition};
use crate::platform::language::Language;
use crate::platform::mail::{NewCoordinator, ProxyActive, SuccessionEnded, SuccessionRequested};
use crate::platform::queue::{Failure, Leased, Run};
use crate::platform::time::civil::{ReaderZone, for_reader};
use crate::problem::Problem;

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeadershipNews {
    /// Members ask that another member becomes coordinator.
    SuccessionRequested,
    /// The request has ended, and nothing changes.
    SuccessionEnded,
    /// A member has become coordinator.
    NewCoordinator,
    /// A member decides for the patient.
    ProxyActive,
}

/// Tells a member what happened, unless that does not hold any more. An archived circle sends no
/// emails.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MailLeadership {
    pub circle_id: CircleId,
    pub member_id: MemberId,
    pub news: LeadershipNews,
}

/// Tells the other active members by email: one statement, however many they are. Nobody is told of
/// what they did themselves.
pub(super) async fn tell_news(write: &CircleWrite, news: LeadershipNews) -> Result<(), Problem> {
    let members = write
        .find::<membership::Entity>()
        .filter(membership::Column::State.eq(MemberState::Active))
        .select_only()
        .column(membership::Column::Id)
        .by_position::<MemberId>()
        .read(write.tx())
        .await?;
    let others = members.into_iter().filter(|id| write.actor() != Some(*id));
    let mail = |member_id| MailLeadership {
        circle_id: write.circle_id(),
        member_id,
        news,
    };
    let mails: Vec<MailLeadership> = others.map(mail).collect();
    write.enqueue_all_at(&mails, write.now()).await
}

impl Run<App> for MailLeadership {
    async fn run(&self, app: &App, lease: &Leased) -> Result<(), Failure> {
        let write =
            CircleWrite::begin_as_system(app, self.circle_id, ActorKind::System, None).await?;
        let member = write.find_one::<membership::Entity>(self.member_id).await?;
        let Some(member) = member.filter(|member| member.state == MemberState::Active) else {
            return Ok(());
        };
        let Some(user) = account_of(&write, &member).await? else {
            return Ok(());
        };
        if write.scope().circle_state() == CircleState::Archived {
            return Ok(());
        }
        // Nobody opens the mailbox of the patient who has died.
        if member.is_patient && write.scope().circle_state() == CircleState::InMemory {
            return Ok(());
        }
        if wait_for_quiet_hours(&write, lease, &user, self).await? {
            write.commit(NoContent).await?;
            return Ok(());
        }
        let circle = write.circle().await?;
        let succession = requested_succession(&write).await?;
        drop(write);
        let language = Language::first_of([user.locale.as_deref(), circle.locale.as_deref()]);
        let (to, name, alias) = (&user.email, member.name, circle.alias);
        match self.news {
            LeadershipNews::SuccessionRequested => {
                let Some(at) = succession.and_then(|succession| succession.grant_at) else {
                    return Ok(());
                };
                let zone = ReaderZone::in_circle(&user.time_zone, &circle.time_zone);
                let letter = SuccessionRequested {
                    language,
                    name,
                    alias,
                    when: for_reader(at, zone.in_language(language)),
                };
                post(app, lease, to, &letter).await
            }
            LeadershipNews::SuccessionEnded => {
                let letter = SuccessionEnded {
                    language,
                    name,
                    alias,
                };
                post(app, lease, to, &letter).await
            }
            LeadershipNews::NewCoordinator => {
                let letter = NewCoordinator {
                    language,
                    name,
                    alias,
                };
                post(app, lease, to, &letter).await
            }
            LeadershipNews::ProxyActive => {
                let letter = ProxyActive {
                    language,
                    name,
                    alias,
                };
                post(app, lease, to, &letter).await
            }
        }
    }
}
