//! `create_appointment_series`: creates a series of appointments, and its first appointments.

use garde::Validate;
use sea_orm::ActiveValue::Set;
use serde::Deserialize;
use utoipa::ToSchema;

use super::locked::{LockedAppointmentSeries, SeriesAttendees};
use super::store;
use super::templates::{NeedTemplate, chosen_needs};
use super::types::{AppointmentSeries, NewSeriesNeed};
use crate::access::change_log::Change;
use crate::access::{CircleAccess, CirclePath, Locked, ScheduleAppointments};
use crate::app::App;
use crate::entity::appointment_series;
use crate::entity::ids::AppointmentSeriesId;
use crate::entity::notification::NotificationKind;
use crate::entity::personal_access_token::TokenScope;
use crate::entity::task_series::SeriesState;
use crate::features::appointments::{
    appointment_body, check_topic, chosen_attendees, default_topic,
};
use crate::features::participation::RelatedParts;
use crate::features::series::reach::{Reach, horizon};
use crate::features::series::repeats::Repeats;
use crate::http::extract::{Json, compared};
use crate::http::response::Created;
use crate::notify::notifications::People;
use crate::platform::text::RecurrenceText;
use crate::platform::time::civil::{Day, WallTime, day_of};
use crate::problem::Problem;
use crate::schedule::Repeated;
use crate::schedule::recurrence::Recurrence;

appointment_body! {
    #[derive(Debug, Deserialize, Validate, ToSchema)]
    /// An appointment that repeats. It needs a title, a rule, and either `starts_local` or
    /// `starts_on`. Its topic cannot change later.
    #[schema(examples(json!({
        "title": "Dialysis",
        "kind": "treatment",
        "starts_local": "2027-01-05T08:00",
        "ends_local": "2027-01-05T12:30",
        "time_zone": "Europe/Berlin",
        "recurrence": "FREQ=WEEKLY;BYDAY=TU",
        "location": "Hill Street Clinic",
        "needs": [{ "kind": "driver", "pickup_location": "At home", "starts_local": "2027-01-05T07:15" }]
    })))]
    pub struct CreateAppointmentSeriesRequest for appointment_series {
        /// An id that you choose, any UUID. With it you can safely send the request again.
        #[serde(default)]
        #[garde(skip)]
        pub id: Option<AppointmentSeriesId>,
        /// The date of the first appointment, if it takes all day; not together with `starts_local`.
        #[serde(default)]
        #[garde(dive, custom(compared("starts_on", "starts_local", self.time_faults())))]
        pub starts_on: Option<Day>,
        /// The last date of the first appointment, if it takes several days, at most 366; only with
        /// `starts_on`. Default: it takes one day.
        #[serde(default)]
        #[garde(dive, custom(compared("ends_on", "starts_on", self.time_faults())))]
        pub ends_on: Option<Day>,
        /// The local time at which the first appointment starts; not together with `starts_on`.
        #[serde(default)]
        #[garde(dive, custom(compared("starts_local", "starts_on", self.time_faults())))]
        pub starts_local: Option<WallTime>,
        /// The local time at which the first appointment ends, at most 366 days later; only with
        /// `starts_local`. Default: it has no end.
        #[serde(default)]
        #[garde(dive, custom(compared("ends_local", "starts_local", self.time_faults())))]
        pub ends_local: Option<WallTime>,
        /// The rule by which it repeats: the value of an RRULE (RFC 5545) with FREQ (DAILY, WEEKLY,
        /// MONTHLY or YEARLY), INTERVAL, BYDAY, BYMONTHDAY, BYMONTH, BYSETPOS, COUNT or UNTIL, and
        /// WKST. The date of the first appointment must be one of its dates. A day that a month does not
        /// have becomes the last one that it has.
        #[garde(dive)]
        pub recurrence: RecurrenceText,
        /// The help that each appointment needs.
        #[serde(default)]
        #[garde(length(max = 10), dive)]
        #[schema(max_items = 10)]
        pub needs: Option<Vec<NewSeriesNeed>>,
    }
}

/// Create a series of appointments.
///
/// Creates an appointment that repeats, with its appointments of the next sixty days. The server makes
/// further appointments as time passes. Each of them is an appointment with the id of the series in
/// `series_id`, and asks the attendees to come; dates in the past get none. Each of them has the
/// `needs` of the series, which members claim one by one. The hours on the wall stay when the clocks
/// change. Every member who sees the series is told once.
///
/// - 403 `forbidden`: only coordinators, caregivers and the patient can create a series
/// - 409 `limit_reached`: the circle has too many series of appointments, or too many upcoming
///   appointments for those of the next sixty days
/// - 409 `id_taken`, `id_reused`: the `id` belongs to another series, or you sent it before
///   with another body
/// - 422 `required`, `date_and_time`: send either `starts_local` or `starts_on`
/// - 422 `end_without_start`, `start_after_end`: `ends_local` needs a `starts_local` before it, and
///   `ends_on` a `starts_on`
/// - 422 `lasts_too_long`: each appointment takes more than 366 days
/// - 422 `first_not_in_series`, `invalid_value`: the rule does not fit the first date, or cannot
///   be used
/// - 422 `start_after_end`: UNTIL is before the first date
/// - 422 `topic_not_visible`: your level for `topic` is not `write`, or with `needs` that for `daily`
/// - 422 `unknown_member`: no active member of this circle has this id
/// - 422 `member_cannot_take_part`: the member does not see the topic
#[utoipa::path(
    post, path = "/circles/{circle_id}/appointment-series", tag = "appointment series",
    params(CirclePath),
    security(("personal_access_token" = [TokenScope::AppointmentsWrite])),
    responses((status = CREATED, description = "The series", body = AppointmentSeries), Problem),
)]
pub async fn create_appointment_series(
    app: App,
    circle: CircleAccess<ScheduleAppointments>,
    Json(mut new): Json<CreateAppointmentSeriesRequest>,
) -> Result<Created<AppointmentSeries>, Problem> {
    let write = app.begin_write(&circle).await?;
    let made_before = write.made_before::<appointment_series::Entity>(new.id);
    if let Some(before) = made_before.await? {
        let answer = store::describe(write.tx(), write.scope(), before).await?;
        return write.commit(Created::again(answer)).await;
    }
    let id = new.id.unwrap_or_else(|| write.new_id());
    let topic = new.topic.unwrap_or_else(|| default_topic(new.kind));
    let zone = write.scope().time_zone().to_owned();
    let when = new.when(&zone)?;
    let offsets = new.offsets();
    let needs = match new.needs.take() {
        Some(needs) if !needs.is_empty() => chosen_needs(&write, needs, &[], &when),
        _ => Ok(Vec::new()),
    };
    let members = new.attendee_member_ids.clone();
    // A caller who does not see the topic is not told who does.
    let attendees = match check_topic(&write, topic) {
        Ok(()) => {
            let people = People::read(&write).await?;
            let chosen = chosen_attendees(&write, &people, members, new.without_attendees, topic);
            chosen.map(|attendees| (attendees, people))
        }
        Err(problem) => Err(problem),
    };
    let ((offsets, needs), (attendees, people)) =
        Problem::both(Problem::both(offsets, needs), attendees)?;
    let first_on = when.day().unwrap_or_default();
    let recurrence = Recurrence::parse(new.recurrence.as_str(), first_on)
        .map_err(|fault| Problem::Invalid(vec![fault.at("/recurrence")]))?;
    let today = day_of(write.now(), Repeated::zone(&when).unwrap_or(&zone));
    let mut row = appointment_series::ActiveModel {
        id: Set(id),
        topic: Set(topic),
        recurrence: Set(recurrence.as_str().to_owned()),
        last_on: Set(recurrence.last(first_on)),
        reminder_minutes: Set(offsets),
        needs: Set(NeedTemplate::stored(&needs)),
        state: Set(SeriesState::Active),
        made_until: Set(horizon(today)),
        ..Default::default()
    };
    new.write_to(&mut row);
    when.write_to_series(&mut row);
    let row = write.create::<appointment_series::Entity>(row).await?;
    let mut series: LockedAppointmentSeries = Locked {
        write,
        row,
        related: SeriesAttendees::none(),
    };
    for (member, answer) in attendees {
        if let Some(member) = people.member(member) {
            series.related.know(&member.row);
        }
        series.put_part(member, answer)?;
    }
    let change = Change::to::<appointment_series::Entity>("created", &series.row).about(topic);
    series.write.log(change).await?;
    let repetition = appointment_series::Entity::repetition(&series.row);
    let reach = Reach {
        is_new: true,
        ..Reach::to_come(&series.write, &repetition)
    };
    let outcome = series.make_occurrences_in(reach).await?;
    let (kind, news) = (NotificationKind::Scheduled, outcome.notifications);
    series
        .tell_concerned(kind, outcome.moved, news, Some(people))
        .await?;
    series.respond_created().await
}
