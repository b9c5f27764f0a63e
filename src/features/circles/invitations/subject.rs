//! An invitation as a subject: the member who invited is told that it was declined. Nobody is
//! reminded of an invitation.

use chrono::{DateTime, Utc};

use crate::access::CircleWrite;
use crate::entity::ids::MemberId;
use crate::entity::invitation::{self, InvitationState};
use crate::entity::topic_grant::Topic;
use crate::notify::subject::{Involvement, MemberPart, Stage, Subject, SubjectId};
use crate::platform::time::civil::Moment;
use crate::problem::Problem;

impl Subject for invitation::Entity {
    /// The email of the invitation asks it, because the invited person is no member.
    const QUESTION: &'static str = "line-invited";
    const DECLINED: &'static str = "line-declined-invitation";

    fn subject_id(row: &invitation::Model) -> SubjectId {
        SubjectId::Invitation(row.id)
    }

    fn topic(_: &invitation::Model) -> Option<Topic> {
        None
    }

    fn moment(_: &invitation::Model) -> Option<Moment> {
        None
    }

    fn stage(row: &invitation::Model) -> Stage {
        match row.state {
            InvitationState::Proposed => Stage::Proposed,
            InvitationState::Withdrawn | InvitationState::Rejected => Stage::Off,
            _ => Stage::On,
        }
    }

    fn starts_at(_: &invitation::Model, _: &str) -> Option<DateTime<Utc>> {
        None
    }

    fn over_at(_: &invitation::Model, _: &str) -> Option<DateTime<Utc>> {
        None
    }

    async fn involvement(
        _: &CircleWrite,
        row: &invitation::Model,
        _: MemberId,
    ) -> Result<Involvement, Problem> {
        Ok(Involvement {
            member: MemberPart::None,
            needs_people: row.state == InvitationState::Declined,
            is_unsure: false,
            asked_to_take_over: false,
        })
    }
}
