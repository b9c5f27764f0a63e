//! `update_appointment_series`: changes a series of appointments, for everything to come or from a date
//! on.

use sea_orm::{ActiveValue::Set, IntoActiveModel};

use super::locked::LockedAppointmentSeries;
use super::rules::AppointmentSeriesVerb;
use super::templates::{NeedTemplate, chosen_needs};
use super::types::{AppointmentSeries, AppointmentSeriesPath, NewSeriesNeed};
use crate::access::{CircleAccess, CirclePath, ScheduleAppointments};
use crate::app::App;
use crate::entity::appointment::AppointmentKind;
use crate::entity::appointment_series;
use crate::entity::appointment_series_attendee;
use crate::entity::ids::MemberId;
use crate::entity::notification::NotificationKind;
use crate::entity::personal_access_token::TokenScope;
use crate::entity::task_series::SeriesState;
use crate::features::appointments::{appointment_patch, check_attendees, unique};
use crate::features::participation::{RelatedParts, part_of};
use crate::features::series::occurrences::Outcome;
use crate::features::series::reach::Reach;
use crate::features::series::repeats::Repeats;
use crate::features::series::times::NewDates;
use crate::http::extract::{Json, Path};
use crate::http::response::Resource;
use crate::notify::notifications::{People, notify_people};
use crate::platform::text::{
    CareContactName, Notes, Phone, Place, RecurrenceText, ReminderMinutes, Title, VideoLink,
};
use crate::platform::time::civil::{Day, WallTime, ZoneName};
use crate::problem::Problem;
use crate::schedule::{When, WhenChange};

appointment_patch! {
    /// What to change in a series of appointments.
    ///
    /// A new `starts_on` replaces `starts_local`, and a new `starts_local` replaces `starts_on`. Their
    /// date is that of the first appointment with the new time: send the date that the series has to
    /// change only the hours. With another start and no end, each appointment takes as long as before.
    #[schema(examples(json!({ "starts_local": "2027-01-05T09:00", "from_on": "2027-02-02" })))]
    #[schema(as = UpdateAppointmentSeriesRequest)]
    pub struct AppointmentSeriesPatch for appointment_series {
        /// The date of the first appointment, if it takes all day.
        #[garde(dive)]
        starts_on: Day | null => elsewhere,
        /// The last date of the first appointment, if it takes several days.
        #[garde(dive)]
        ends_on: Day | null => elsewhere,
        /// The local time at which the first appointment starts, in `time_zone`.
        #[garde(dive)]
        starts_local: WallTime | null => elsewhere,
        /// The local time at which the first appointment ends, in `time_zone`.
        #[garde(dive)]
        ends_local: WallTime | null => elsewhere,
        /// The time zone of the local times.
        #[garde(dive)]
        time_zone: ZoneName => elsewhere,
        /// The rule by which it repeats, as when a series is created. The date of the first
        /// appointment must be one of its dates.
        #[garde(dive)]
        recurrence: RecurrenceText => elsewhere,
        /// The members who are asked to come to each appointment, in place of those before. Those who
        /// stay keep their responses.
        #[garde(length(max = 50))]
        #[schema(max_items = 50)]
        attendee_member_ids: Vec<MemberId> => elsewhere,
        /// The help that each appointment needs, in place of what it needed before. A need of the same
        /// kind as before stays the same need, with those who have claimed it. Other needs are
        /// canceled.
        #[garde(length(max = 10), dive)]
        #[schema(max_items = 10)]
        needs: Vec<NewSeriesNeed> => elsewhere,
        /// The date from which the change counts: this appointment and those that follow. Default:
        /// everything that is still to come.
        #[garde(dive)]
        from_on: Day => elsewhere,
        /// Whether appointments that were changed by themselves are changed with the series. Default:
        /// they stay as they are.
        #[garde(skip)]
        replace_exceptions: bool => elsewhere,
    }
}

/// Update a series of appointments.
///
/// Changes the series and its appointments that are still to come. What took place or was canceled
/// stays, and appointments that were changed by themselves stay too, unless you send
/// `replace_exceptions`. To change one appointment alone, update or reschedule it.
///
/// With `from_on`, the series ends before that date, and a new series with your changes goes on from
/// it, with the same attendees and needs. The answer is the new series, and `previous_series_id` names
/// the old one.
///
/// Appointments on dates that the rule does not have any more are canceled. If the appointments start
/// at another time, their attendees are asked again, and so are the members who claimed a need; every
/// member who sees the series is told once. Attendees are told once of another place, link or
/// preparation. Members whose needs change are told of these.
///
/// - 403 `forbidden`: only coordinators, caregivers and the patient can change a series, and only
///   with the level `write` for the topic
/// - 409 `invalid_transition`: the series has ended
/// - 409 `limit_reached`: with `from_on`, the circle has too many series of appointments; the rule has
///   more dates, and the circle has too many upcoming appointments
/// - 422 `first_not_in_series`, `invalid_value`: the rule does not fit the first date, or cannot
///   be used
/// - 422 `no_such_date`: the series has no appointment on `from_on` or after it
/// - 422 `required`, `date_and_time`: send either `starts_local` or `starts_on`
/// - 422 `end_without_start`, `start_after_end`: `ends_local` needs a `starts_local` before it,
///   `ends_on` a `starts_on`; the new series cannot begin before `from_on`, nor UNTIL be before the
///   first date
/// - 422 `lasts_too_long`: each appointment takes more than 366 days
/// - 422 `topic_not_visible`: with `needs`, your level for the topic `daily` is not `write`
/// - 422 `unknown_member`, `member_cannot_take_part`: a member is not active, or does not see the topic
#[utoipa::path(
    patch, path = "/circles/{circle_id}/appointment-series/{appointment_series_id}",
    tag = "appointment series", params(CirclePath, AppointmentSeriesPath),
    security(("personal_access_token" = [TokenScope::AppointmentsWrite])),
    responses((status = OK, description = "The series", body = AppointmentSeries), Problem),
)]
pub async fn update_appointment_series(
    app: App,
    circle: CircleAccess<ScheduleAppointments>,
    Path(path): Path<AppointmentSeriesPath>,
    Json(mut changes): Json<AppointmentSeriesPatch>,
) -> Result<Resource<AppointmentSeries>, Problem> {
    let id = path.appointment_series_id;
    let mut series = LockedAppointmentSeries::open(&app, &circle, id).await?;
    series.check(AppointmentSeriesVerb::Update)?;
    let before = series.row.clone();
    let offsets = changes.offsets(&before.reminder_minutes);
    let zone = series.write.scope().time_zone().to_owned();
    let when = |before: &When| before.changed(changes.when(), &zone);
    let times = series.new_times(&changes.dates(), when);
    let (offsets, times) = Problem::both(offsets, times)?;
    let sent = changes.needs.take();
    let needs = needs_after(&series, sent, &times.time)?;
    let mut people = None;
    if let Some(members) = changes.attendee_member_ids.take() {
        people = Some(series.choose_attendees(members).await?);
    }

    let exceptions_too = changes.replace_exceptions == Some(true);
    let mut row = before.clone().into_active_model();
    let mut fields = changes.write_to(&mut row);
    fields.set("reminder_minutes", &mut row.reminder_minutes, offsets);
    if needs.are_changed {
        fields.note("needs");
    }
    row.needs = Set(needs.stored);
    times.write_to::<appointment_series::Entity>(&before, &mut row, &mut fields);
    let (added, removed) = (&series.related.added, &series.related.removed);
    let (added, removed) = (added.clone(), removed.clone());
    let changes_attendees = !added.is_empty() || !removed.is_empty();
    if changes_attendees {
        fields.note("attendees");
    }
    if fields.is_empty() && !exceptions_too {
        return series.respond().await;
    }
    let is_retimed = times.is_retimed::<appointment_series::Entity>(&before);
    let is_split = times.split_on.is_some();
    if !is_split {
        series.forget_removed();
    }
    if is_retimed {
        series.ask_again(is_split)?;
    }
    if !is_split {
        series.ask_added()?;
    }
    let reach = |to_come| Reach {
        exceptions_too,
        reassigns: changes_attendees,
        ..to_come
    };
    let outcome = series
        .change(AppointmentSeriesVerb::Update, &times, row, fields, reach)
        .await?;
    if changes_attendees && series.row.state == SeriesState::Paused {
        series.follow_in_break(&added, &removed).await?;
    }
    series
        .tell_change(&before, is_retimed, outcome, [added, removed], people)
        .await?;
    series.respond().await
}

impl AppointmentSeriesPatch {
    /// The time in it.
    fn when(&self) -> WhenChange {
        WhenChange {
            on: self.starts_on,
            last_on: self.ends_on,
            starts: self.starts_local,
            ends: self.ends_local,
            zone: self.time_zone.clone(),
        }
    }

    /// What it says about the dates.
    fn dates(&self) -> NewDates<'_> {
        NewDates {
            from_on: self.from_on.as_ref(),
            recurrence: self.recurrence.as_ref(),
            first_at: if self.starts_local.is_some() {
                Some("/starts_local")
            } else {
                self.starts_on.is_some().then_some("/starts_on")
            },
        }
    }
}

/// The needs of a series after a change.
struct NeedsAfter {
    stored: String,
    are_changed: bool,
}

/// The needs that a request names, or those before at the new time of the series.
fn needs_after(
    series: &LockedAppointmentSeries,
    sent: Option<Vec<NewSeriesNeed>>,
    first: &When,
) -> Result<NeedsAfter, Problem> {
    let zone = series.write.scope().time_zone();
    let (old, was) = (
        When::of_series(&series.row),
        NeedTemplate::all_of(&series.row),
    );
    let moved = was.iter().map(|need| need.following(&old, first, zone));
    let moved: Vec<NeedTemplate> = moved.collect();
    let needs = match sent {
        Some(sent) => chosen_needs(&series.write, sent, &was, first)?,
        None => moved.clone(),
    };
    Ok(NeedsAfter {
        stored: NeedTemplate::stored(&needs),
        are_changed: needs != moved,
    })
}

impl LockedAppointmentSeries {
    /// Notes whom a request asks to come that were not asked before, and whom not any more.
    async fn choose_attendees(&mut self, members: Vec<MemberId>) -> Result<People, Problem> {
        let people = People::read(&self.write).await?;
        let was = self.parts();
        check_attendees(&people, "/attendee_member_ids", &members, self.row.topic)?;
        let was_asked = |member: &MemberId| {
            part_of::<appointment_series_attendee::Entity>(was, *member).is_some()
        };
        let mut added = members.clone();
        added.retain(|member| !was_asked(member));
        let removed = was.iter().map(|part| part.member_id);
        let removed: Vec<MemberId> = removed.filter(|member| !members.contains(member)).collect();
        for member in &added {
            if let Some(member) = people.member(*member) {
                self.related.know(&member.row);
            }
        }
        self.related.added = unique(added);
        self.related.removed = removed;
        Ok(people)
    }

    /// Tells once what has changed: everybody who sees the series of another time, its attendees of
    /// another place, link or preparation, and those who are asked now or not any more of that.
    async fn tell_change(
        &self,
        before: &appointment_series::Model,
        is_retimed: bool,
        outcome: Outcome,
        [added, removed]: [Vec<MemberId>; 2],
        people: Option<People>,
    ) -> Result<(), Problem> {
        let row = &self.row;
        let is_elsewhere = before.location != row.location
            || before.video_link != row.video_link
            || before.preparation != row.preparation;
        let others = outcome.concerned();
        let mut news = outcome.notifications;
        news.push(self.notification(NotificationKind::Removed).to(removed));
        if is_retimed {
            news.push(self.notification(NotificationKind::Offered).to(added));
            let kind = appointment_series::Entity::MOVED;
            return self.tell_concerned(kind, others, news, people).await;
        }
        let mut told = others;
        if is_elsewhere {
            told.extend(self.parts().iter().map(|part| part.member_id));
        }
        told.retain(|member| !added.contains(member));
        news.push(self.notification(NotificationKind::Offered).to(added));
        news.push(self.notification(NotificationKind::Updated).to(told));
        notify_people(&self.write, news, people).await
    }
}
