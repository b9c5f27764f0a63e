//! A need as a subject: what notifications and reminders ask of it. It has no reminder
//! offsets of its own: the appointment says how long before people are reminded, and
//! whether it takes place.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use sea_orm::{ColumnTrait, QueryFilter};

use crate::access::CircleWrite;
use crate::entity::appointment::{self, AppointmentState};
use crate::entity::ids::{AppointmentId, MemberId, NeedId};
use crate::entity::need::{self, NeedKind, NeedState};
use crate::entity::need_assignment::{self, NeedAssignmentState};
use crate::entity::reminder::ReminderKind;
use crate::entity::topic_grant::Topic;
use crate::features::participation::{find_part, is_asked_to_take_over};
use crate::features::zone_rules::{FollowsRules, correct_time};
use crate::notify::details::Details;
use crate::notify::reminders::{Item, PartKey, PartStatus, offsets_of};
use crate::notify::subject::{
    CalendarEntry, CalendarPlace, CalendarWhat, Involvement, MemberPart, Reminded, Stage, Subject,
    SubjectId,
};
use crate::platform::ical::EventAnswer;
use crate::platform::time::civil::{Moment, on_day};
use crate::problem::Problem;
use crate::schedule::{event_time, moment_of_need, over_at};

/// The largest number of ids in one query.
const AT_ONCE: usize = 500;

impl Subject for need::Entity {
    const ASKS_ANEW: bool = true;
    const QUESTION: &'static str = "line-asked-help";

    fn subject_id(row: &need::Model) -> SubjectId {
        SubjectId::Need(row.id)
    }

    /// A need is always an everyday thing, whatever the topic of its appointment.
    fn topic(_: &need::Model) -> Option<Topic> {
        Some(Topic::Daily)
    }

    /// Where it goes may say what the appointment is about: only where it begins is said.
    fn details(row: &need::Model) -> Details {
        let kind = match row.kind {
            NeedKind::Driver => "what-ride",
            NeedKind::Companion => "what-company",
            NeedKind::NoteTaker => "what-notes",
            NeedKind::ChildCare => "what-children",
            NeedKind::Interpreter => "what-interpreting",
        };
        Details {
            place: row.pickup_location.clone(),
            ..Details::of_kind(kind)
        }
    }

    fn moment(row: &need::Model) -> Option<Moment> {
        moment_of_need(row)
    }

    fn stage(row: &need::Model) -> Stage {
        Stage::on_if(row.state == NeedState::Open)
    }

    fn starts_at(row: &need::Model, _: &str) -> Option<DateTime<Utc>> {
        Some(row.sort_at)
    }

    fn over_at(row: &need::Model, zone: &str) -> Option<DateTime<Utc>> {
        let last = row.ends_on.map(Moment::On);
        over_at(last.or(Self::moment(row)), row.ends_at, zone)
    }

    fn last_day(row: &need::Model) -> Option<NaiveDate> {
        row.ends_on
    }

    fn has_room(row: &need::Model) -> bool {
        row.people_accepted < row.people_needed
    }

    fn needs_people(row: &need::Model) -> bool {
        row.people_accepted - row.people_uncertain < row.people_needed
    }

    async fn involvement(
        write: &CircleWrite,
        row: &need::Model,
        member: MemberId,
    ) -> Result<Involvement, Problem> {
        let assignment = find_part::<need_assignment::Entity>(write, row, member).await?;
        let needs_people = Self::needs_people(row);
        Ok(Involvement {
            member: match assignment.map(|assignment| assignment.state) {
                Some(NeedAssignmentState::Offered) => MemberPart::asked_if(needs_people),
                Some(NeedAssignmentState::Accepted) => MemberPart::Held,
                _ => MemberPart::None,
            },
            needs_people,
            is_unsure: false,
            asked_to_take_over: is_asked_to_take_over::<need_assignment::Entity>(
                write,
                [row.id.into()],
                member,
            )
            .await?,
        })
    }

    async fn calendar_place(
        write: &CircleWrite,
        id: NeedId,
        member: MemberId,
    ) -> Result<CalendarPlace, Problem> {
        let Some(row) = write.find_one::<Self>(id).await? else {
            return Ok(CalendarPlace::None);
        };
        let assignment = find_part::<need_assignment::Entity>(write, &row, member).await?;
        Ok(CalendarPlace::One(CalendarEntry {
            id: row.id.0,
            what: CalendarWhat::Help,
            time: event_time::<Self>(&row),
            is_on: Self::stage(&row) == Stage::On,
            is_fixed: true,
            answer: match assignment.map(|assignment| assignment.state) {
                Some(NeedAssignmentState::Offered) if Self::needs_people(&row) => {
                    Some(EventAnswer::Missing)
                }
                Some(NeedAssignmentState::Accepted) => Some(EventAnswer::Accepted),
                _ => None,
            },
        }))
    }
}

/// What the reminders of a need depend on.
pub(in crate::features) fn item_of(need: &need::Model, appointment: &appointment::Model) -> Item {
    Item {
        id: SubjectId::Need(need.id),
        kind: ReminderKind::NeedUpcoming,
        topic: Topic::Daily,
        details: need::Entity::details(need),
        // A need moves only together with its appointment.
        schedule_version: appointment.schedule_version,
        is_on: need.state == NeedState::Open && takes_place(appointment),
        offsets: offsets_of(&appointment.reminder_minutes),
        moment: moment_of_need(need),
        last_day: need.ends_on,
        is_uncovered: Some(need::Entity::needs_people(need)),
    }
}

/// Whether the appointment is scheduled or took place: the ride home is still needed when
/// the visit is completed.
fn takes_place(appointment: &appointment::Model) -> bool {
    matches!(
        appointment.state,
        AppointmentState::Scheduled | AppointmentState::Completed
    )
}

/// What the reminders of all needs of these appointments depend on: one query.
pub(in crate::features) async fn items_of_all(
    write: &CircleWrite,
    appointments: &[appointment::Model],
) -> Result<HashMap<AppointmentId, Vec<Item>>, Problem> {
    if appointments.is_empty() {
        return Ok(HashMap::new());
    }
    let by_id: HashMap<AppointmentId, &appointment::Model> =
        appointments.iter().map(|row| (row.id, row)).collect();
    let needs = write
        .find_in_circle::<need::Entity>()
        .filter(need::Column::AppointmentId.is_in(by_id.keys().copied()))
        .all(write.tx())
        .await?;
    let mut items: HashMap<AppointmentId, Vec<Item>> = HashMap::new();
    for need in &needs {
        if let Some(appointment) = by_id.get(&need.appointment_id) {
            let of_it = items.entry(need.appointment_id).or_default();
            of_it.push(item_of(need, appointment));
        }
    }
    Ok(items)
}

/// The appointments of needs, also those that the caller does not see.
async fn appointments_of(
    write: &CircleWrite,
    needs: &[need::Model],
) -> Result<HashMap<AppointmentId, appointment::Model>, Problem> {
    let mut ids: Vec<AppointmentId> = needs.iter().map(|need| need.appointment_id).collect();
    ids.sort_unstable();
    ids.dedup();
    let mut appointments = HashMap::new();
    for ids in ids.chunks(AT_ONCE) {
        let rows = write
            .find_in_circle::<appointment::Entity>()
            .filter(appointment::Column::Id.is_in(ids.iter().copied()))
            .all(write.tx())
            .await?;
        appointments.extend(rows.into_iter().map(|row| (row.id, row)));
    }
    Ok(appointments)
}

impl Reminded for need::Entity {
    const SORT_AT: need::Column = need::Column::SortAt;

    /// As [`crate::schedule::When`] writes it.
    fn sorts_at(day: NaiveDate, zone: &str) -> DateTime<Utc> {
        on_day(day, 0, zone)
    }

    async fn items(write: &CircleWrite, rows: &[need::Model]) -> Result<Vec<Item>, Problem> {
        let appointments = appointments_of(write, rows).await?;
        let item = |need: &need::Model| -> Result<Item, Problem> {
            let appointment = appointments.get(&need.appointment_id);
            Ok(item_of(need, appointment.ok_or(Problem::NotFound)?))
        };
        rows.iter().map(item).collect()
    }

    async fn parts(
        write: &CircleWrite,
        needs: Vec<NeedId>,
    ) -> Result<Vec<(PartKey, PartStatus)>, Problem> {
        let taken = write
            .find_in_circle::<need_assignment::Entity>()
            .filter(need_assignment::Column::NeedId.is_in(needs))
            .filter(need_assignment::Column::State.eq(NeedAssignmentState::Accepted))
            .filter(need_assignment::Column::IsAway.eq(false))
            .all(write.tx())
            .await?;
        let part = |row: need_assignment::Model| {
            let status = PartStatus {
                said_yes: true,
                at: row.taken_at.unwrap_or(row.created_at),
            };
            ((SubjectId::Need(row.need_id), row.member_id), status)
        };
        Ok(taken.into_iter().map(part).collect())
    }

    /// Looks two days back, because a ride home starts long after the appointment.
    async fn ahead(write: &CircleWrite, dated: bool) -> Result<Vec<Item>, Problem> {
        let mut needs = write
            .find_in_circle::<need::Entity>()
            .filter(need::Column::State.eq(NeedState::Open))
            .filter(need::Column::SortAt.gte(write.now() - TimeDelta::days(2)));
        if dated {
            needs = needs.filter(need::Column::StartsOn.is_not_null());
        }
        let needs = needs.all(write.tx()).await?;
        let appointments = appointments_of(write, &needs).await?;
        let item = |need: &need::Model| {
            let appointment = appointments.get(&need.appointment_id)?;
            takes_place(appointment).then(|| item_of(need, appointment))
        };
        Ok(needs.iter().filter_map(item).collect())
    }

    /// Its appointment, and all needs of that appointment.
    async fn neighbours(
        write: &CircleWrite,
        ids: Vec<NeedId>,
    ) -> Result<Vec<(SubjectId, Vec<Item>)>, Problem> {
        let needs = write
            .find_in_circle::<need::Entity>()
            .filter(need::Column::Id.is_in(ids))
            .all(write.tx())
            .await?;
        let mut appointments: Vec<_> = needs.iter().map(|need| need.appointment_id).collect();
        appointments.sort_unstable();
        appointments.dedup();
        if appointments.is_empty() {
            return Ok(Vec::new());
        }
        let around = appointment::Entity::neighbours(write, appointments).await?;
        let around: HashMap<SubjectId, Vec<Item>> = around.into_iter().collect();
        let of_need = |need: &need::Model| {
            let appointment = SubjectId::Appointment(need.appointment_id);
            let items = around.get(&appointment).cloned();
            (SubjectId::Need(need.id), items.unwrap_or_default())
        };
        Ok(needs.iter().map(of_need).collect())
    }
}

impl FollowsRules for need::Entity {
    async fn correct(write: &mut CircleWrite, row: need::Model) -> Result<bool, Problem> {
        correct_time::<Self>(write, row).await
    }
}
