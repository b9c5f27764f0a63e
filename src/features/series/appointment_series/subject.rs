//! A series of appointments as a subject: what notifications ask of it. Its appointments are reminded
//! of, the series is not.

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect, TryIntoModel,
};

use super::attendees::AttendeeTurns;
use super::locked::{LockedAppointmentSeries, SeriesAttendees};
use super::needs;
use crate::access::CircleWrite;
use crate::access::limits::{self, Limit};
use crate::entity::appointment::{self, AppointmentState, Column};
use crate::entity::appointment_series;
use crate::entity::appointment_series_attendee;
use crate::entity::attendance::{self, AttendeeResponse};
use crate::entity::ids::{AppointmentSeriesId, AttendanceId, MemberId};
use crate::entity::notification::NotificationKind;
use crate::entity::task_series::SeriesState;
use crate::entity::topic_grant::Topic;
use crate::features::appointments::{calendar_entry, to_come};
use crate::features::participation::{KeptParts, RelatedParts};
use crate::features::series::making::Making;
use crate::features::series::repeats::{Occurrence, Repeats, SeriesColumns};
use crate::notify::details::Details;
use crate::notify::subject::{CalendarPlace, Involvement, MemberPart, Stage, Subject, SubjectId};
use crate::platform::db::in_list;
use crate::platform::time::civil::{Moment, end_of_day};
use crate::problem::Problem;
use crate::schedule::When;

/// How many of its appointments an email puts into a calendar: all that the server makes ahead.
const ON_CALENDAR: u64 = 100;
/// The states in which they stand there. What is over stays as it is.
const IN_CALENDARS: [AppointmentState; 3] = [
    AppointmentState::Proposed,
    AppointmentState::Scheduled,
    AppointmentState::Canceled,
];

impl Subject for appointment_series::Entity {
    const IS_ANNOUNCED: bool = true;
    const IS_VISIT: bool = true;
    const REPEATS: bool = true;
    const QUESTION: &'static str = "line-asked-come-repeating";
    const DECLINED: &'static str = "line-declined-come";
    const CHANGED: &'static str = "line-changed-repeating";
    const REINSTATED: &'static str = "line-goes-on-again";

    fn subject_id(row: &appointment_series::Model) -> SubjectId {
        SubjectId::AppointmentSeries(row.id)
    }

    fn topic(row: &appointment_series::Model) -> Option<Topic> {
        Some(row.topic)
    }

    fn details(row: &appointment_series::Model) -> Details {
        Details {
            title: Some(row.title.clone()),
            place: row.location.clone(),
            ..Details::of_kind("what-appointment-series")
        }
    }

    /// Its appointments have times; the series has none.
    fn moment(_: &appointment_series::Model) -> Option<Moment> {
        None
    }

    fn stage(row: &appointment_series::Model) -> Stage {
        Stage::on_if(row.state == SeriesState::Active)
    }

    fn starts_at(_: &appointment_series::Model, _: &str) -> Option<DateTime<Utc>> {
        None
    }

    fn over_at(row: &appointment_series::Model, zone: &str) -> Option<DateTime<Utc>> {
        row.last_on.map(|last| end_of_day(last, zone))
    }

    async fn involvement(
        write: &CircleWrite,
        row: &appointment_series::Model,
        member: MemberId,
    ) -> Result<Involvement, Problem> {
        let asked = write
            .find::<appointment_series_attendee::Entity>()
            .filter(appointment_series_attendee::Column::SeriesId.eq(row.id))
            .all(write.tx())
            .await?;
        let somebody = |answer| asked.iter().any(|part| part.response == answer);
        let own = asked.iter().find(|part| part.member_id == member);
        Ok(Involvement {
            member: match own.map(|part| part.response) {
                Some(AttendeeResponse::NoResponse) => MemberPart::Asked,
                Some(_) => MemberPart::Held,
                None => MemberPart::None,
            },
            needs_people: somebody(AttendeeResponse::Declined),
            is_unsure: somebody(AttendeeResponse::Tentative),
            asked_to_take_over: false,
        })
    }

    /// Its appointments that are to come, as far as the server has made them, and only those of
    /// its topic: another may not be seen by the member.
    async fn calendar_place(
        write: &CircleWrite,
        id: AppointmentSeriesId,
        member: MemberId,
    ) -> Result<CalendarPlace, Problem> {
        let Some(row) = write.find_one::<Self>(id).await? else {
            return Ok(CalendarPlace::None);
        };
        let appointments = write
            .find::<appointment::Entity>()
            .filter(Column::SeriesId.eq(row.id))
            .filter(Column::Topic.eq(row.topic))
            .filter(Column::State.is_in(IN_CALENDARS))
            .filter(Column::OverAt.gt(write.now()))
            .order_by_asc(Column::SortAt)
            .order_by_asc(Column::Id)
            .limit(ON_CALENDAR)
            .all(write.tx())
            .await?;
        let ids = in_list(appointments.iter().map(|appointment| appointment.id));
        let attendances = write
            .find::<attendance::Entity>()
            .filter(attendance::Column::MemberId.eq(member))
            .filter(attendance::Column::AppointmentId.is_in(ids))
            .all(write.tx())
            .await?;
        let entry = |appointment: &appointment::Model| {
            let mut of_member = attendances.iter();
            let own = of_member.find(|own| own.appointment_id == appointment.id);
            calendar_entry(appointment, own.map(|own| own.response))
        };
        Ok(CalendarPlace::Many(
            appointments.iter().map(entry).collect(),
        ))
    }
}

impl Repeats for appointment_series::Entity {
    type Item = appointment::Entity;
    type Time = When;
    type Turns = AttendeeTurns;

    const COLUMNS: SeriesColumns<appointment_series::Column> = SeriesColumns {
        topic: appointment_series::Column::Topic,
        state: appointment_series::Column::State,
        recurrence: appointment_series::Column::Recurrence,
        last_on: appointment_series::Column::LastOn,
        made_until: appointment_series::Column::MadeUntil,
        previous: appointment_series::Column::PreviousSeriesId,
    };
    const SERIES: Column = Column::SeriesId;
    const ORIGINAL_ON: Column = Column::OriginalOn;
    const IS_EXCEPTION: Column = Column::IsException;
    const WRITTEN: &'static [Column] = &[
        Column::SeriesId,
        Column::IsException,
        Column::Kind,
        Column::Title,
        Column::StartsOn,
        Column::EndsOn,
        Column::StartsLocal,
        Column::EndsLocal,
        Column::TimeZone,
        Column::StartsAt,
        Column::EndsAt,
        Column::SortAt,
        Column::OverAt,
        Column::Location,
        Column::VideoLink,
        Column::CareContactName,
        Column::CareContactPhone,
        Column::Preparation,
        Column::ReminderMinutes,
        Column::State,
        Column::CanceledFrom,
        Column::ScheduleVersion,
    ];
    const MOST: Limit = limits::APPOINTMENT_SERIES;
    const MOST_ITEMS: Limit = limits::UPCOMING_APPOINTMENTS;
    const TIME_FIELDS: &'static [&'static str] = &["starts", "ends"];
    const MOVED: NotificationKind = NotificationKind::Rescheduled;

    fn state(row: &appointment_series::Model) -> SeriesState {
        row.state
    }

    fn rule(row: &appointment_series::Model) -> &str {
        &row.recurrence
    }

    fn last_on(row: &appointment_series::Model) -> Option<NaiveDate> {
        row.last_on
    }

    fn made_until(row: &appointment_series::Model) -> NaiveDate {
        row.made_until
    }

    fn time(row: &appointment_series::Model) -> When {
        When::of_series(row)
    }

    fn write_time(row: &mut appointment_series::ActiveModel, when: &When) {
        when.write_to_series(row);
    }

    fn occurrence(item: &appointment::Model) -> Option<Occurrence> {
        item.series_id?;
        Some(Occurrence {
            on: item.original_on?,
            is_exception: item.is_exception,
        })
    }

    /// What took place, or did not, stays as it was.
    fn item_stage(item: &appointment::Model) -> Stage {
        match item.state {
            AppointmentState::Proposed | AppointmentState::Scheduled => Stage::On,
            AppointmentState::Completed | AppointmentState::Missed => Stage::Done,
            AppointmentState::Canceled => Stage::Off,
        }
    }

    fn counted_items(now: DateTime<Utc>) -> Condition {
        to_come(now)
    }

    fn is_counted(item: &appointment::Model, now: DateTime<Utc>) -> bool {
        item.sort_at > now
    }

    fn on_date(
        write: &CircleWrite,
        series: &appointment_series::Model,
        on: NaiveDate,
        before: Option<&appointment::Model>,
    ) -> Result<appointment::Model, Problem> {
        let zone = write.scope().time_zone();
        let when = crate::schedule::Repeated::on_day(&When::of_series(series), on);
        let mut row = before.map_or_else(
            || blank(write, series, on),
            |before| before.clone().into_active_model(),
        );
        row.series_id = Set(Some(series.id));
        row.is_exception = Set(false);
        row.kind = Set(series.kind);
        row.title = Set(series.title.clone());
        row.location = Set(series.location.clone());
        row.video_link = Set(series.video_link.clone());
        row.care_contact_name = Set(series.care_contact_name.clone());
        row.care_contact_phone = Set(series.care_contact_phone.clone());
        row.preparation = Set(series.preparation.clone());
        row.reminder_minutes = Set(series.reminder_minutes.clone());
        let state = before.map(|before| before.state);
        row.state = Set(match state {
            Some(AppointmentState::Proposed) => AppointmentState::Proposed,
            _ => AppointmentState::Scheduled,
        });
        when.write_to::<appointment::Entity>(&mut row, zone);
        if let Some(before) = before
            && when.moment(zone) != appointment::Entity::moment(before)
        {
            row.schedule_version = Set(before.schedule_version + 1);
        }
        Ok(row.try_into_model()?)
    }

    fn called_off(_: &CircleWrite, before: &appointment::Model) -> appointment::Model {
        appointment::Model {
            state: AppointmentState::Canceled,
            canceled_from: Some(before.state),
            ..before.clone()
        }
    }

    fn turns(
        _: &appointment_series::Model,
        related: &SeriesAttendees,
        _: NaiveDate,
    ) -> AttendeeTurns {
        AttendeeTurns::of(related)
    }

    fn concerns(_: &attendance::Model) -> bool {
        true
    }

    fn is_reminded_in(response: AttendeeResponse) -> bool {
        response != AttendeeResponse::Declined
    }

    fn ends(_: &attendance::Model) -> bool {
        true
    }

    /// Nobody hands over that they come to an appointment, so nothing is different in those that stay.
    fn take_off(
        write: &CircleWrite,
        parts: &[attendance::Model],
        _: &KeptParts<attendance::Entity>,
    ) {
        if parts.is_empty() {
            return;
        }
        let ids: Vec<AttendanceId> = parts.iter().map(|part| part.id).collect();
        let these = attendance::Column::Id.is_in(in_list(ids));
        write.delete_all_in_circle_later::<attendance::Entity>(Condition::all().add(these));
    }

    fn changes_around(was: &appointment_series::Model, row: &appointment_series::Model) -> bool {
        was.needs != row.needs
    }

    async fn follow(
        write: &mut CircleWrite,
        was: &appointment_series::Model,
        row: &appointment_series::Model,
        making: &mut Making<Self>,
    ) -> Result<(), Problem> {
        needs::follow(write, was, row, making).await
    }

    fn carry_over(
        series: &mut LockedAppointmentSeries,
        _: &appointment_series::Model,
        _: NaiveDate,
    ) -> Result<(), Problem> {
        let parts = std::mem::take(series.related.parts_mut());
        let removed = series.related.removed.clone();
        let kept = parts.into_iter();
        for part in kept.filter(|part| !removed.contains(&part.member_id)) {
            series.put_part(part.member_id, part.response)?;
        }
        series.ask_added()
    }
}

/// A new appointment, before the series describes it.
fn blank(
    write: &CircleWrite,
    series: &appointment_series::Model,
    on: NaiveDate,
) -> appointment::ActiveModel {
    appointment::ActiveModel {
        circle_id: Set(write.circle_id()),
        id: Set(write.new_id()),
        original_on: Set(Some(on)),
        topic: Set(series.topic),
        outcome: Set(None),
        canceled_from: Set(None),
        schedule_version: Set(1),
        version: Set(1),
        created_at: Set(write.now()),
        created_by_member_id: Set(series.created_by_member_id),
        updated_at: Set(write.now()),
        sent_hash: Set(None),
        ..Default::default()
    }
}
