//! Letting go of everything somebody holds, because they leave or are suspended.

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::access::{CircleWrite, Permission, takes_part_in};
use crate::app::App;
use crate::entity::ids::MemberId;
use crate::entity::membership::{self, MemberState};
use crate::entity::role_assignment::RoleAssignmentState;
use crate::entity::task;
use crate::entity::topic_grant::Topic;
use crate::problem::Problem;
use crate::{appointments, roles, tasks};

/// Something that somebody no longer holds.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "type": "task",
    "id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3f",
    "title": "Shopping"
})))]
pub struct Released {
    /// `task`, `need`, `role`
    #[serde(rename = "type")]
    pub kind: &'static str,
    pub id: Uuid,
    /// The task's title, or what kind of need it is.
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
    let hand_to = match hand_to {
        Some(id) => Some(heir(write, member, id).await?),
        None => None,
    };
    let mut released = release_tasks(app, write, member, hand_to.as_ref()).await?;
    released.extend(appointments::release(app, write, member, hand_to.as_ref()).await?);
    released.extend(release_roles(app, write, member, hand_to.as_ref()).await?);
    Ok(released)
}

/// Releases what a member may not do any more, because they see less or may do
/// less than before: nobody holds what they can neither do nor give back.
pub async fn release_out_of_reach(
    app: &App,
    write: &mut CircleWrite,
    member: &membership::Model,
) -> Result<(), Problem> {
    let topics = takes_part_in(write, member).await?;
    for (task, assignments) in tasks::held_by(write, member.id).await? {
        if !topics.contains(&task.topic) {
            tasks::release(app, write, task, assignments, member.id, None).await?;
        }
    }
    if !topics.contains(&Topic::Daily) {
        appointments::release_needs(app, write, member.id, None).await?;
    }
    if !Permission::CarryRoles.is_given_to(member.access, member.is_patient) {
        release_roles(app, write, member.id, None).await?;
    }
    Ok(())
}

async fn heir(
    write: &CircleWrite,
    member: MemberId,
    id: MemberId,
) -> Result<membership::Model, Problem> {
    write
        .find_one::<membership::Entity>(id)
        .await?
        .filter(|other| other.state == MemberState::Active && other.id != member)
        .ok_or_else(|| Problem::field("/hand_to", "unknown_member", "No such active member."))
}

async fn release_tasks(
    app: &App,
    write: &mut CircleWrite,
    member: MemberId,
    hand_to: Option<&membership::Model>,
) -> Result<Vec<Released>, Problem> {
    let topics = match hand_to {
        Some(heir) => takes_part_in(write, heir).await?,
        None => Vec::new(),
    };
    let mut released = Vec::new();
    for (task, assignments) in tasks::held_by(write, member).await? {
        let visible = write.find_one::<task::Entity>(task.id).await?.is_some();
        let heir = hand_to.filter(|_| topics.contains(&task.topic));
        let heir = heir.map(|heir| heir.id);
        let task = tasks::release(app, write, task, assignments, member, heir).await?;
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

async fn release_roles(
    app: &App,
    write: &mut CircleWrite,
    member: MemberId,
    hand_to: Option<&membership::Model>,
) -> Result<Vec<Released>, Problem> {
    let today = roles::today(write);
    let patient = roles::patient_of(write).await?;
    let mut released = Vec::new();
    for (role, history) in roles::held_by(write, member).await? {
        let theirs = history.iter().filter(|part| part.member_id == member);
        for part in theirs.filter(|part| roles::is_open(part)) {
            let (after, change) = roles::let_go(write, part, today).await?;
            write.log(change.on_behalf_of(member)).await?;
            if let Some(hand_to) = hand_to.filter(|_| after.state == RoleAssignmentState::Ended) {
                roles::hand_on(app, write, &role, &history, &after, hand_to, patient).await?;
            }
        }
        let role = roles::touch(write, &role).await?;
        released.push(Released {
            kind: "role",
            id: role.id.0,
            title: roles::title(&role),
        });
    }
    Ok(released)
}
