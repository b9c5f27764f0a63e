//! What the personal page of a member shows.

use chrono::{DateTime, Days, Utc};
use uuid::Uuid;

use super::{check_managed, find};
use crate::access::{CircleScope, SystemCircleView};
use crate::app::App;
use crate::entity::appointment;
use crate::entity::attendance::AttendeeResponse;
use crate::entity::circle::CircleState;
use crate::entity::need::{self, NeedKind};
use crate::entity::need_assignment::NeedAssignmentState;
use crate::entity::task;
use crate::entity::task_assignment::TaskAssignmentState;
use crate::entity::topic_grant::Topic;
use crate::features::appointments::appointments_of_member;
use crate::features::needs::needs_of_member;
use crate::features::tasks::tasks_of_member;
use crate::notify::subject::Subject;
use crate::platform::time::civil::{Moment, ReaderTime, ReaderZone, day_of, end_of_day};
use crate::problem::Problem;

/// How many days after today the page shows.
const DAYS: Days = Days::new(7);

/// What the page shows.
#[derive(Debug)]
pub struct PersonalPage {
    /// The neutral name of the circle.
    pub alias: String,
    /// The name of the member.
    pub name: String,
    /// What holds for everything on the page: that the circle is paused, or has ended.
    pub hint: Option<&'static str>,
    /// What is today or late, what is in the next seven days, and tasks without a time. None of
    /// them is empty.
    pub sections: Vec<Section>,
}

/// A part of the page.
#[derive(Debug)]
pub struct Section {
    pub title: &'static str,
    pub items: Vec<PersonalItem>,
}

/// One thing on the page.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "facts that exclude no other")]
pub struct PersonalItem {
    /// `task`, `need` or `appointment`.
    pub kind: &'static str,
    pub id: Uuid,
    pub title: String,
    /// Where, or what else to know.
    pub details: Vec<String>,
    pub when: Option<ReaderTime>,
    /// Whether the member is asked and can accept it.
    pub is_asked: bool,
    /// Whether others have claimed all places that the member was asked for.
    pub is_taken: bool,
    /// Whether the member said yes.
    pub is_mine: bool,
    /// Whether the page shows buttons to answer: not for what the member does not see in the circle.
    pub can_answer: bool,
    moment: Option<Moment>,
}

impl PersonalItem {
    fn new(kind: &'static str, id: Uuid, title: String, moment: Option<Moment>) -> Self {
        Self {
            kind,
            id,
            title,
            moment,
            details: Vec::new(),
            when: None,
            is_asked: false,
            is_taken: false,
            is_mine: false,
            can_answer: true,
        }
    }

    /// The instant by which things are sorted.
    fn at(&self, zone: &str) -> Option<DateTime<Utc>> {
        match self.moment? {
            Moment::At(at) => Some(at),
            Moment::On(day) => Some(end_of_day(day, zone)),
        }
    }
}

/// Reads what the page of a personal link shows. Nothing changes.
pub async fn personal_page(app: &App, token: &str) -> Result<PersonalPage, Problem> {
    let (system, member_id) = find(app, token).await?;
    let circle = system.circle().clone();
    let seen = SystemCircleView::of(app, circle.id)
        .await?
        .seen_by(member_id);
    let (view, member) = seen.await?.ok_or(Problem::Gone)?;
    check_managed(&member)?;
    let zone = circle.time_zone.as_str();
    let now = system.now();
    let today = day_of(now, zone);
    let last = today.checked_add_days(DAYS).unwrap_or(today);
    let (until, tonight) = (end_of_day(last, zone), end_of_day(today, zone));
    if let Some(hint) = closed(view.scope()) {
        return Ok(PersonalPage {
            alias: circle.alias,
            name: member.name,
            hint: Some(hint),
            sections: Vec::new(),
        });
    }
    let everything = appointments_of_member(&system, member_id, until).await?;
    let mut items = Vec::new();
    let is_paused = view.scope().is_paused();
    let paused = is_paused.then_some("Tasks at home can wait: this circle is paused.");
    for (row, state) in tasks_of_member(&view, member.id, until).await? {
        items.push(of_task(&row, state));
    }
    for (row, state) in needs_of_member(&view, member.id, until).await? {
        items.push(of_need(&row, state));
    }
    let readable = view.scope().topics().readable();
    for (row, response) in everything {
        items.push(of_appointment(
            &row,
            response,
            readable.contains(&row.topic),
        ));
    }
    let titles = ["Today", "The next seven days", "Without a date"];
    let mut sections = titles.map(|title| Section {
        title,
        items: Vec::new(),
    });
    items.sort_by_key(|item| item.at(zone));
    for mut item in items {
        let reader = ReaderZone::in_circle(zone, zone);
        item.when = item.moment.map(|moment| moment.for_reader(reader));
        let section = match item.at(zone) {
            None => 2,
            Some(at) if at <= tonight => 0,
            Some(_) => 1,
        };
        if let Some(section) = sections.get_mut(section) {
            section.items.push(item);
        }
    }
    let shown = |section: &Section| !section.items.is_empty();
    Ok(PersonalPage {
        alias: circle.alias.clone(),
        name: member.name,
        hint: paused,
        sections: sections.into_iter().filter(shown).collect(),
    })
}

fn of_task(row: &task::Model, state: TaskAssignmentState) -> PersonalItem {
    let moment = task::Entity::moment(row);
    let has_room = task::Entity::has_room(row);
    PersonalItem {
        details: row.notes.clone().into_iter().collect(),
        is_asked: state == TaskAssignmentState::Offered && has_room,
        is_taken: state == TaskAssignmentState::Offered && !has_room,
        is_mine: state == TaskAssignmentState::Accepted,
        ..PersonalItem::new("task", row.id.0, row.title.clone(), moment)
    }
}

fn of_need(row: &need::Model, state: NeedAssignmentState) -> PersonalItem {
    let title = match row.kind {
        NeedKind::Driver => "Drive",
        NeedKind::Companion => "Come along and keep company",
        NeedKind::NoteTaker => "Come along and take notes",
        NeedKind::ChildCare => "Look after the children",
        NeedKind::Interpreter => "Come along and interpret",
    };
    let from = row.pickup_location.as_ref();
    let to = row.dropoff_location.as_ref();
    let mut details: Vec<String> = from
        .map(|place| format!("From: {place}"))
        .into_iter()
        .collect();
    details.extend(to.map(|place| format!("To: {place}")));
    details.extend(row.notes.clone());
    let has_room = need::Entity::has_room(row);
    PersonalItem {
        details,
        is_asked: state == NeedAssignmentState::Offered && has_room,
        is_taken: state == NeedAssignmentState::Offered && !has_room,
        is_mine: state == NeedAssignmentState::Accepted,
        ..PersonalItem::new(
            "need",
            row.id.0,
            title.to_owned(),
            need::Entity::moment(row),
        )
    }
}

/// Why there is nothing to do any more, if so.
pub(super) fn closed(scope: &CircleScope) -> Option<&'static str> {
    match scope.circle_state() {
        CircleState::InMemory => Some(
            "This circle is kept in memory. There is nothing that you have to do. Everything that \
             was planned is canceled. Thank you for being there.",
        ),
        CircleState::Archived => Some(
            "This circle is archived. There is nothing that you have to do. Thank you for your \
             help.",
        ),
        CircleState::Active | CircleState::Paused => scope.silence().map(|_|
            "This circle ends soon. There is nothing that you have to do. Thank you for your help.",
        ),
    }
}

/// Of a topic that is not about everyday life, only the time: others may read the page, too.
fn of_appointment(
    row: &appointment::Model,
    response: AttendeeResponse,
    is_seen: bool,
) -> PersonalItem {
    let is_shown = is_seen && row.topic == Topic::Daily;
    let moment = appointment::Entity::moment(row);
    let title = if is_shown {
        row.title.as_str()
    } else {
        "An appointment"
    };
    PersonalItem {
        details: row
            .location
            .clone()
            .filter(|_| is_shown)
            .into_iter()
            .collect(),
        is_asked: matches!(
            response,
            AttendeeResponse::NoResponse | AttendeeResponse::Tentative
        ),
        is_mine: response == AttendeeResponse::Accepted,
        can_answer: is_seen,
        ..PersonalItem::new("appointment", row.id.0, title.to_owned(), moment)
    }
}
