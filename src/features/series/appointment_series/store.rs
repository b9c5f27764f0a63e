//! Reading series of appointments with who is asked to come.

use std::collections::HashMap;

use super::rules::{AppointmentSeriesFacts, AppointmentSeriesVerb};
use super::templates::NeedTemplate;
use super::types::{AppointmentSeries, SeriesAttendee};
use crate::access::{CircleScope, CircleWrite, Person, Verb};
use crate::entity::ids::{AppointmentSeriesId, MemberId};
use crate::entity::topic_grant::{Topic, TopicLevel};
use crate::entity::{appointment_series, appointment_series_attendee};
use crate::features::participation::{
    PartsAndPeople, RelatedParts, part_of_caller, parts_and_people_of,
};
use crate::notify::reminders::offsets_of;
use crate::platform::db::Reads;
use crate::platform::text::excerpt::{Detail, Texts};
use crate::platform::time::civil::{Day, WallTime};
use crate::problem::Problem;
use crate::schedule::When;

/// One series as the reader sees it.
pub(super) async fn describe(
    connection: &impl Reads,
    scope: &CircleScope,
    row: appointment_series::Model,
) -> Result<AppointmentSeries, Problem> {
    let mut all = describe_all(connection, scope, vec![row], Detail::Whole).await?;
    all.pop().ok_or(Problem::NotFound)
}

/// A series of which is known who is asked to come, as the caller sees it.
pub(super) async fn describe_with(
    write: &CircleWrite,
    row: appointment_series::Model,
    asked: &PartsAndPeople<appointment_series_attendee::Entity>,
) -> Result<AppointmentSeries, Problem> {
    let people = asked.people(write).await?;
    let asked = asked.parts().to_vec();
    let scope = write.scope();
    Ok(assemble(scope, row, asked, &people, Detail::Whole))
}

/// Series as the reader sees them: always one more query.
pub(super) async fn describe_all(
    connection: &impl Reads,
    scope: &CircleScope,
    rows: Vec<appointment_series::Model>,
    detail: Detail,
) -> Result<Vec<AppointmentSeries>, Problem> {
    let mut of_series: HashMap<AppointmentSeriesId, Vec<appointment_series_attendee::Model>> =
        HashMap::new();
    let ids: Vec<AppointmentSeriesId> = rows.iter().map(|row| row.id).collect();
    let read = parts_and_people_of::<appointment_series_attendee::Entity>(connection, scope, &ids);
    let (asked, people) = read.await?;
    for part in asked {
        of_series.entry(part.series_id).or_default().push(part);
    }
    let describe = |row: appointment_series::Model| {
        let asked = of_series.remove(&row.id).unwrap_or_default();
        assemble(scope, row, asked, &people, detail)
    };
    Ok(rows.into_iter().map(describe).collect())
}

fn assemble(
    scope: &CircleScope,
    row: appointment_series::Model,
    asked: Vec<appointment_series_attendee::Model>,
    people: &HashMap<MemberId, Person>,
    detail: Detail,
) -> AppointmentSeries {
    let mut texts = Texts::new(detail);
    let facts = AppointmentSeriesFacts {
        scope,
        series: &row,
    };
    let actions = AppointmentSeriesVerb::actions(&facts);
    let reminder_minutes = offsets_of(&row.reminder_minutes);
    let first = When::of_series(&row);
    // A need is always an everyday thing, whatever the topic of its appointment.
    let needs = if scope.topics().level(Topic::Daily) < TopicLevel::Read {
        Vec::new()
    } else {
        NeedTemplate::all_of(&row)
    };
    let needs = needs.into_iter();
    let needs = needs.map(|need| need.shown(&first, scope.time_zone()));
    let my_part = part_of_caller::<appointment_series_attendee::Entity>(scope, &asked);
    let my_response = my_part.map(|part| part.response);
    let attendee = |part: appointment_series_attendee::Model| SeriesAttendee {
        member_id: part.member_id,
        name: people
            .get(&part.member_id)
            .map(|person| person.name.clone())
            .unwrap_or_default(),
        response: part.response,
    };
    AppointmentSeries {
        actions,
        reminders_off: reminder_minutes.is_empty(),
        reminder_minutes,
        needs: needs.collect(),
        attendees: asked.into_iter().map(attendee).collect(),
        my_response,
        id: row.id,
        circle_id: row.circle_id,
        version: row.version,
        kind: row.kind,
        title: row.title,
        topic: row.topic,
        starts_on: row.starts_on.map(Day),
        ends_on: row.ends_on.map(Day),
        starts_local: row.starts_local.map(WallTime),
        ends_local: row.ends_local.map(WallTime),
        time_zone: row.time_zone,
        recurrence: row.recurrence,
        last_on: row.last_on.map(Day),
        location: row.location,
        video_link: row.video_link,
        care_contact_name: row.care_contact_name,
        care_contact_phone: row.care_contact_phone,
        preparation: texts.show("preparation", row.preparation),
        truncated_fields: texts.truncated(),
        state: row.state,
        appointments_until_on: Day(row.made_until),
        previous_series_id: row.previous_series_id,
        created_at: row.created_at,
        created_by_member_id: row.created_by_member_id,
        updated_at: row.updated_at,
    }
}
