//! Letting go of everything somebody holds, because they leave or are suspended.

use sea_orm::{ActiveValue::Set, IntoActiveModel};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::access::CircleWrite;
use crate::app::App;
use crate::changes::Change;
use crate::entity::ids::MemberId;
use crate::entity::membership::{self, MemberState};
use crate::entity::task;
use crate::entity::task_assignment::{self, AssignmentState};
use crate::problem::Problem;
use crate::tasks;

/// Something that somebody no longer holds.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "type": "task",
    "id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3f",
    "title": "Shopping"
})))]
pub struct Released {
    /// `task`
    #[serde(rename = "type")]
    pub kind: &'static str,
    pub id: Uuid,
    pub title: String,
}

/// Releases all that a member holds and has been asked to take, and offers it
/// to `hand_to`. Answers what the writer may see of it.
pub async fn release(
    app: &App,
    write: &mut CircleWrite,
    member: MemberId,
    hand_to: Option<MemberId>,
) -> Result<Vec<Released>, Problem> {
    if let Some(hand_to) = hand_to {
        let found = write.find_one::<membership::Entity>(hand_to).await?;
        found
            .filter(|other| other.state == MemberState::Active && other.id != member)
            .ok_or_else(|| {
                Problem::field("/hand_to", "unknown_member", "No such active member.")
            })?;
    }
    let mut released = Vec::new();
    for (task, mut assignments) in tasks::held_by(write, member).await? {
        let visible = write.find_one::<task::Entity>(task.id).await?.is_some();
        let Some(mine) = assignments.iter_mut().find(|held| held.member_id == member) else {
            continue;
        };
        let was_accepted = mine.state == AssignmentState::Accepted;
        let mut row = mine.clone().into_active_model();
        row.state = Set(AssignmentState::Released);
        *mine = write.update::<task_assignment::Entity>(mine, row).await?;
        if let Some(hand_to) = hand_to.filter(|_| was_accepted) {
            tasks::offer_to(app, write, &task, &assignments, hand_to).await?;
        }
        let task = tasks::touch(write, task, i32::from(was_accepted)).await?;
        let change = Change::to::<task::Entity>("released", &task).about(task.topic);
        write.log(change.on_behalf_of(member)).await?;
        if visible {
            released.push(Released {
                kind: "task",
                id: task.id.0,
                title: task.title,
            });
        }
    }
    Ok(released)
}
