//! Letting go of everything somebody holds, because they leave or are suspended.

use sea_orm::{ActiveValue::Set, IntoActiveModel};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::access::{CircleWrite, takes_part_in};
use crate::app::App;
use crate::changes::Change;
use crate::entity::ids::MemberId;
use crate::entity::membership::{self, MemberState};
use crate::entity::task;
use crate::entity::task_assignment::{self, AssignmentState};
use crate::entity::topic_grant::Topic;
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

/// Releases all that a member holds and has been asked to take, and offers
/// `hand_to` what they can take on of it. Answers what the writer may see of it.
pub async fn release(
    app: &App,
    write: &mut CircleWrite,
    member: MemberId,
    hand_to: Option<MemberId>,
) -> Result<Vec<Released>, Problem> {
    let heir = match hand_to {
        Some(id) => Some(require_heir(write, id, member).await?),
        None => None,
    };
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
        if let Some((heir, topics)) = &heir
            && was_accepted
            && topics.contains(&task.topic)
        {
            tasks::offer_to(app, write, &task, &assignments, *heir).await?;
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

/// Who is to take over, and of which topics they can take something on.
async fn require_heir(
    write: &CircleWrite,
    heir: MemberId,
    of: MemberId,
) -> Result<(MemberId, Vec<Topic>), Problem> {
    let found = write.find_one::<membership::Entity>(heir).await?;
    let heir = found
        .filter(|other| other.state == MemberState::Active && other.id != of)
        .ok_or_else(|| Problem::field("/hand_to", "unknown_member", "No such active member."))?;
    Ok((heir.id, takes_part_in(write, &heir).await?))
}
