//! Who is asked to come to the appointments of a series.

use chrono::NaiveDate;
use sea_orm::{ActiveValue::Set, ColumnTrait, Condition};
use uuid::Uuid;

use super::locked::{LockedAppointmentSeries, SeriesAttendees};
use crate::access::change_log::Change;
use crate::entity::appointment::{self, AppointmentState};
use crate::entity::appointment_series;
use crate::entity::attendance::{self, AttendeeResponse};
use crate::entity::ids::{AttendanceId, MemberId};
use crate::features::appointments::first_answer;
use crate::features::participation::{RelatedParts, new_part, part_of};
use crate::features::series::existing::existing;
use crate::features::series::reach::Reach;
use crate::features::series::repeats::{Repeats, Turns};
use crate::platform::db::in_list;
use crate::problem::Problem;

/// The members who are asked to come to every appointment of a series.
pub struct AttendeeTurns {
    asked: Vec<Asked>,
    added: Vec<MemberId>,
    removed: Vec<MemberId>,
    /// The response that the member who responds now had before, if they had one.
    responded_before: Option<AttendeeResponse>,
}

struct Asked {
    member: MemberId,
    /// Their response to all of them.
    response: AttendeeResponse,
    by: Option<MemberId>,
}

impl AttendeeTurns {
    pub(super) fn of(attendees: &SeriesAttendees) -> Self {
        let asked = attendees.parts().iter().map(|part| Asked {
            member: part.member_id,
            response: part.response,
            by: part.created_by_member_id,
        });
        Self {
            asked: asked.collect(),
            added: attendees.added.clone(),
            removed: attendees.removed.clone(),
            responded_before: attendees.responded_before,
        }
    }

    fn asked(&self, member: MemberId) -> Option<&Asked> {
        self.asked.iter().find(|asked| asked.member == member)
    }
}

impl Turns for AttendeeTurns {
    type State = AttendeeResponse;

    fn of(&self, _: NaiveDate) -> Vec<MemberId> {
        self.asked.iter().map(|asked| asked.member).collect()
    }

    fn includes(&self, member: MemberId) -> bool {
        self.removed.contains(&member)
    }

    fn gave_back(&self, member: MemberId) -> bool {
        self.removed.contains(&member)
    }

    /// Somebody may have taken others off a single appointment.
    fn joins(&self, member: MemberId) -> bool {
        self.added.contains(&member)
    }

    fn first_state(&self, member: MemberId) -> AttendeeResponse {
        let asked = self.asked(member);
        asked.map_or(AttendeeResponse::NoResponse, |asked| asked.response)
    }

    /// Who has responded otherwise to a single appointment has chosen that.
    fn takes_anew(&self, state: AttendeeResponse) -> bool {
        state == AttendeeResponse::NoResponse || Some(state) == self.responded_before
    }

    fn asked_by(&self, member: MemberId) -> Option<MemberId> {
        self.asked(member).and_then(|asked| asked.by)
    }
}

impl LockedAppointmentSeries {
    /// Changes who is asked to come to the appointments that a break has canceled: they come back with
    /// these attendees. It reads once, and writes when the transaction commits.
    pub(super) async fn follow_in_break(
        &mut self,
        added: &[MemberId],
        removed: &[MemberId],
    ) -> Result<(), Problem> {
        let repetition = appointment_series::Entity::repetition(&self.row);
        let reach = Reach::to_come(&self.write, &repetition);
        let id: Uuid = self.row.id.into();
        self.write.send_later_of::<appointment::Entity>().await?;
        let mut there = existing::<appointment_series::Entity>(&self.write, id, &reach).await?;
        there.retain(|one| one.row.state == AppointmentState::Canceled && !one.row.is_exception);
        if there.is_empty() {
            return Ok(());
        }
        let (mut gone, mut new): (Vec<AttendanceId>, Vec<_>) = (Vec::new(), Vec::new());
        for one in &there {
            let parts = one.parts.iter();
            let parts = parts.filter(|part| removed.contains(&part.member_id));
            gone.extend(parts.map(|part| part.id));
            for member in added {
                if part_of::<attendance::Entity>(&one.parts, *member).is_some() {
                    continue;
                }
                let answer = first_answer(&self.write, *member);
                let part = new_part::<attendance::Entity>(&self.write, &one.row, *member, answer);
                new.push(attendance::ActiveModel {
                    version: Set(1),
                    created_at: Set(self.write.now()),
                    created_by_member_id: Set(self.write.actor()),
                    ..part
                });
            }
        }
        if !gone.is_empty() {
            let of_those = Condition::all().add(attendance::Column::Id.is_in(in_list(gone)));
            self.write
                .delete_all_in_circle_later::<attendance::Entity>(of_those);
        }
        self.write.put_rows_later::<attendance::Entity>(new, &[]);
        let ids: Vec<Uuid> = there.iter().map(|one| one.row.id.into()).collect();
        self.write
            .update_rows_later::<appointment::Entity>(&ids, Vec::new());
        let change = |row: &appointment::Model| {
            let change = Change::to::<appointment::Entity>(Change::REPEATED, row);
            change.about(row.topic).fields(vec!["attendees"])
        };
        let changes = there.iter().map(|one| change(&one.row)).collect();
        self.write.log_all(changes).await
    }
}
