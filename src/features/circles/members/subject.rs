//! A member without an account as a subject: the contact is told that they act for the member.
//! Nobody is reminded of it.

use chrono::{DateTime, Utc};

use crate::access::CircleWrite;
use crate::entity::ids::MemberId;
use crate::entity::membership::{self, MemberState};
use crate::entity::topic_grant::Topic;
use crate::notify::subject::{Involvement, MemberPart, Stage, Subject, SubjectId};
use crate::platform::time::civil::Moment;
use crate::problem::Problem;

impl Subject for membership::Entity {
    const QUESTION: &'static str = "line-asked-contact";

    fn subject_id(row: &membership::Model) -> SubjectId {
        SubjectId::Member(row.id)
    }

    fn topic(_: &membership::Model) -> Option<Topic> {
        None
    }

    fn moment(_: &membership::Model) -> Option<Moment> {
        None
    }

    fn stage(row: &membership::Model) -> Stage {
        let is_here = matches!(row.state, MemberState::Active | MemberState::Suspended);
        Stage::on_if(is_here && row.is_managed())
    }

    fn starts_at(_: &membership::Model, _: &str) -> Option<DateTime<Utc>> {
        None
    }

    fn over_at(_: &membership::Model, _: &str) -> Option<DateTime<Utc>> {
        None
    }

    async fn involvement(
        _: &CircleWrite,
        row: &membership::Model,
        member: MemberId,
    ) -> Result<Involvement, Problem> {
        let is_contact = row.contact_member_id == Some(member);
        Ok(Involvement {
            member: if is_contact {
                MemberPart::Held
            } else {
                MemberPart::None
            },
            needs_people: false,
            is_unsure: false,
            asked_to_take_over: false,
        })
    }
}
