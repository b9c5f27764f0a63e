//! A join request as a subject: the coordinators are told of it, and the person when they are in.
//! Nobody is reminded of it.

use chrono::{DateTime, Utc};

use crate::access::CircleWrite;
use crate::entity::ids::MemberId;
use crate::entity::join_request::{self, JoinRequestState};
use crate::entity::topic_grant::Topic;
use crate::notify::subject::{Involvement, MemberPart, Stage, Subject, SubjectId};
use crate::platform::time::civil::Moment;
use crate::problem::Problem;

impl Subject for join_request::Entity {
    const QUESTION: &'static str = "line-asks-join";

    fn subject_id(row: &join_request::Model) -> SubjectId {
        SubjectId::JoinRequest(row.id)
    }

    fn topic(_: &join_request::Model) -> Option<Topic> {
        None
    }

    fn moment(_: &join_request::Model) -> Option<Moment> {
        None
    }

    fn stage(row: &join_request::Model) -> Stage {
        match row.state {
            JoinRequestState::Pending => Stage::Proposed,
            JoinRequestState::Approved => Stage::On,
            JoinRequestState::Declined => Stage::Off,
        }
    }

    fn starts_at(_: &join_request::Model, _: &str) -> Option<DateTime<Utc>> {
        None
    }

    fn over_at(_: &join_request::Model, _: &str) -> Option<DateTime<Utc>> {
        None
    }

    async fn involvement(
        _: &CircleWrite,
        _: &join_request::Model,
        _: MemberId,
    ) -> Result<Involvement, Problem> {
        Ok(Involvement {
            member: MemberPart::None,
            needs_people: false,
            is_unsure: false,
            asked_to_take_over: false,
        })
    }
}
