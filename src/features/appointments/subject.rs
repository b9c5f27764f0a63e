//! An appointment as a subject: what notifications and reminders ask of it.

use chrono::{DateTime, Days, NaiveDate, Utc};
use sea_orm::{ColumnTrait, Condition, QueryFilter};

use crate::access::CircleWrite;
use crate::entity::appointment::{self, AppointmentState};
use crate::entity::attendance::{self, AttendeeResponse};
use crate::entity::ids::{AppointmentId, MemberId};
use crate::entity::reminder::ReminderKind;
use crate::entity::topic_grant::Topic;
use crate::features::needs;
use crate::features::zone_rules::{FollowsRules, correct_time};
use crate::notify::details::Details;
use crate::notify::reminders::{Item, PartKey, PartStatus, offsets_of};
use crate::notify::subject::{
    CalendarEntry, CalendarPlace, CalendarWhat, Involvement, MemberPart, Reminded, Stage, Subject,
    SubjectId,
};
use crate::platform::ical::EventAnswer;
use crate::platform::time::civil::{Moment, day_of, on_day};
use crate::problem::Problem;
use crate::schedule::{event_time, moment_of_appointment, over_at};

impl Subject for appointment::Entity {
    const IS_ANNOUNCED: bool = true;
    const IS_VISIT: bool = true;
    const ASKS_ANEW: bool = true;
    const QUESTION: &'static str = "line-asked-come";
    const DECLINED: &'static str = "line-declined-come";

    fn subject_id(row: &appointment::Model) -> SubjectId {
        SubjectId::Appointment(row.id)
    }

    fn topic(row: &appointment::Model) -> Option<Topic> {
        Some(row.topic)
    }

    fn details(row: &appointment::Model) -> Details {
        Details {
            title: Some(row.title.clone()),
            place: row.location.clone(),
            ..Details::of_kind("what-appointment")
        }
    }

    fn moment(row: &appointment::Model) -> Option<Moment> {
        moment_of_appointment(row)
    }

    fn stage(row: &appointment::Model) -> Stage {
        let to_come = [AppointmentState::Scheduled, AppointmentState::Proposed];
        Stage::on_if(to_come.contains(&row.state))
    }

    fn starts_at(row: &appointment::Model, _: &str) -> Option<DateTime<Utc>> {
        Some(row.sort_at)
    }

    fn over_at(row: &appointment::Model, zone: &str) -> Option<DateTime<Utc>> {
        let last = row.ends_on.map(Moment::On);
        over_at(last.or(Self::moment(row)), row.ends_at, zone)
    }

    fn last_day(row: &appointment::Model) -> Option<NaiveDate> {
        row.ends_on
    }

    async fn involvement(
        write: &CircleWrite,
        row: &appointment::Model,
        member: MemberId,
    ) -> Result<Involvement, Problem> {
        let attendances = write
            .find::<attendance::Entity>()
            .filter(attendance::Column::AppointmentId.eq(row.id))
            .all(write.tx())
            .await?;
        let somebody = |answer| {
            let mut attendances = attendances.iter();
            attendances.any(|attendance| attendance.response == answer)
        };
        let attendance = attendances
            .iter()
            .find(|attendance| attendance.member_id == member);
        Ok(Involvement {
            member: match attendance.map(|attendance| attendance.response) {
                Some(AttendeeResponse::NoResponse) => MemberPart::Asked,
                Some(_) => MemberPart::Held,
                None => MemberPart::None,
            },
            needs_people: somebody(AttendeeResponse::Declined),
            is_unsure: somebody(AttendeeResponse::Tentative),
            asked_to_take_over: false,
        })
    }

    async fn calendar_place(
        write: &CircleWrite,
        id: AppointmentId,
        member: MemberId,
    ) -> Result<CalendarPlace, Problem> {
        let Some(row) = write.find_one::<Self>(id).await? else {
            return Ok(CalendarPlace::None);
        };
        let attendance = write
            .find::<attendance::Entity>()
            .filter(attendance::Column::AppointmentId.eq(row.id))
            .filter(attendance::Column::MemberId.eq(member))
            .one(write.tx())
            .await?;
        let response = attendance.map(|attendance| attendance.response);
        Ok(CalendarPlace::One(calendar_entry(&row, response)))
    }
}

/// An appointment in the calendar of a member who has responded like this.
pub(in crate::features) fn calendar_entry(
    row: &appointment::Model,
    response: Option<AttendeeResponse>,
) -> CalendarEntry {
    CalendarEntry {
        id: row.id.0,
        what: CalendarWhat::Appointment,
        time: event_time::<appointment::Entity>(row),
        is_on: appointment::Entity::stage(row) == Stage::On,
        is_fixed: row.state != AppointmentState::Proposed,
        answer: response.map(|response| match response {
            AttendeeResponse::NoResponse => EventAnswer::Missing,
            AttendeeResponse::Accepted => EventAnswer::Accepted,
            AttendeeResponse::Declined => EventAnswer::Declined,
            AttendeeResponse::Tentative => EventAnswer::Tentative,
        }),
    }
}

/// What the reminders of an appointment depend on.
pub(super) fn item_of(row: &appointment::Model) -> Item {
    Item {
        id: SubjectId::Appointment(row.id),
        kind: ReminderKind::AppointmentUpcoming,
        topic: row.topic,
        details: appointment::Entity::details(row),
        schedule_version: row.schedule_version,
        is_on: row.state == AppointmentState::Scheduled,
        offsets: offsets_of(&row.reminder_minutes),
        moment: moment_of_appointment(row),
        last_day: row.ends_on,
        is_uncovered: None,
    }
}

impl Reminded for appointment::Entity {
    const SORT_AT: appointment::Column = appointment::Column::SortAt;

    /// As [`crate::schedule::When`] writes it.
    fn sorts_at(day: NaiveDate, zone: &str) -> DateTime<Utc> {
        on_day(day, 0, zone)
    }

    async fn items(_: &CircleWrite, rows: &[appointment::Model]) -> Result<Vec<Item>, Problem> {
        Ok(rows.iter().map(item_of).collect())
    }

    async fn parts(
        write: &CircleWrite,
        appointments: Vec<AppointmentId>,
    ) -> Result<Vec<(PartKey, PartStatus)>, Problem> {
        let coming = write
            .find_in_circle::<attendance::Entity>()
            .filter(attendance::Column::AppointmentId.is_in(appointments))
            .filter(attendance::Column::Response.ne(AttendeeResponse::Declined))
            .all(write.tx())
            .await?;
        let part = |row: attendance::Model| {
            let status = PartStatus {
                said_yes: row.response == AttendeeResponse::Accepted,
                at: row.updated_at,
            };
            let subject = SubjectId::Appointment(row.appointment_id);
            ((subject, row.member_id), status)
        };
        Ok(coming.into_iter().map(part).collect())
    }

    async fn ahead(write: &CircleWrite, dated: bool) -> Result<Vec<Item>, Problem> {
        // Yesterday in UTC is still today in some time zones.
        let today = day_of(write.now(), "UTC");
        let yesterday = today.checked_sub_days(Days::new(1)).unwrap_or(today);
        let mut ahead = Condition::any().add(appointment::Column::StartsOn.gte(yesterday));
        if !dated {
            ahead = ahead.add(appointment::Column::StartsAt.gt(write.now()));
        }
        // A completed appointment may still have reminders to cancel.
        let rows = write
            .find_in_circle::<appointment::Entity>()
            .filter(
                appointment::Column::State
                    .is_in([AppointmentState::Scheduled, AppointmentState::Completed]),
            )
            .filter(ahead)
            .all(write.tx())
            .await?;
        Ok(rows.iter().map(item_of).collect())
    }

    /// A member who comes and also drives there is told of what starts first.
    async fn neighbours(
        write: &CircleWrite,
        ids: Vec<AppointmentId>,
    ) -> Result<Vec<(SubjectId, Vec<Item>)>, Problem> {
        let rows = write
            .find_in_circle::<appointment::Entity>()
            .filter(appointment::Column::Id.is_in(ids))
            .all(write.tx())
            .await?;
        let mut needs = needs::items_of_all(write, &rows).await?;
        let with_needs = |row: &appointment::Model| {
            let mut items = vec![item_of(row)];
            items.extend(needs.remove(&row.id).unwrap_or_default());
            (SubjectId::Appointment(row.id), items)
        };
        Ok(rows.iter().map(with_needs).collect())
    }
}

impl FollowsRules for appointment::Entity {
    async fn correct(write: &mut CircleWrite, row: appointment::Model) -> Result<bool, Problem> {
        correct_time::<Self>(write, row).await
    }
}
