//! What the personal page of a member shows.

use chrono::{DateTime, Days, NaiveDate, Utc};
use uuid::Uuid;

use super::{check_managed, find};
use crate::access::{CircleScope, SystemCircleView};
use crate::app::App;
use crate::entity::appointment;
use crate::entity::attendance::AttendeeResponse;
use crate::entity::circle::CircleState;
use crate::entity::ids::HandoverId;
use crate::entity::need::{self, NeedKind};
use crate::entity::need_assignment::NeedAssignmentState;
use crate::entity::role::{self, RoleKind};
use crate::entity::task;
use crate::entity::task_assignment::TaskAssignmentState;
use crate::entity::topic_grant::Topic;
use crate::features::appointments::appointments_of_member;
use crate::features::handovers::handed_over_to_member;
use crate::features::needs::needs_of_member;
use crate::features::tasks::tasks_of_member;
use crate::notify::subject::Subject;
use crate::platform::language::Language;
use crate::platform::time::civil::{Moment, ReaderTime, ReaderZone, day_of, end_of_day};
use crate::problem::Problem;

/// How many days after today the page shows. What the member is asked is there also on later days.
const DAYS: Days = Days::new(7);

/// The kind of an item that another member hands over to the member.
pub(super) const HANDOVER: &str = "handover";

/// What the page shows.
#[derive(Debug)]
pub struct PersonalPage {
    /// The language of the page.
    pub language: Language,
    /// The neutral name of the circle.
    pub alias: String,
    /// The name of the member.
    pub name: String,
    /// The key of what holds for everything on the page: that the circle is paused, or has ended.
    pub hint: Option<&'static str>,
    /// What others hand over to the member, what is today or late, what is in the next seven days,
    /// what the member is asked for later days, and tasks without a time. None of them is empty.
    pub sections: Vec<Section>,
}

/// A part of the page.
#[derive(Debug)]
pub struct Section {
    /// The key of its title.
    pub title: &'static str,
    pub items: Vec<PersonalItem>,
}

/// One thing on the page.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "facts that exclude no other")]
pub struct PersonalItem {
    /// `task`, `need`, `appointment` or `handover`.
    pub kind: &'static str,
    pub id: Uuid,
    pub title: String,
    /// Where, or what else to know.
    pub details: Vec<String>,
    pub when: Option<ReaderTime>,
    /// Whether it is to be done by then, and not at that time.
    pub is_deadline: bool,
    /// Whether the member is asked and can accept it.
    pub is_asked: bool,
    /// Whether others have claimed all places that the member was asked for.
    pub is_taken: bool,
    /// Whether the member said yes.
    pub is_mine: bool,
    /// Whether the page shows buttons to answer: not for what the member does not see in the circle.
    pub can_answer: bool,
    moment: Option<Moment>,
    /// The last date, if it takes several days.
    last_day: Option<NaiveDate>,
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
            is_deadline: false,
            is_asked: false,
            is_taken: false,
            is_mine: false,
            can_answer: true,
            last_day: None,
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

/// Reads what the page of a personal link shows. Nothing changes. The page is in the language that
/// the reader wishes, or in that of the circle.
pub async fn personal_page(
    app: &App,
    token: &str,
    wished: Option<Language>,
) -> Result<PersonalPage, Problem> {
    let (system, member_id) = find(app, token).await?;
    let circle = system.circle().clone();
    let seen = SystemCircleView::of(app, circle.id)
        .await?
        .seen_by(member_id);
    let (view, member) = seen.await?.ok_or(Problem::Gone)?;
    check_managed(&member)?;
    let zone = circle.time_zone.as_str();
    let language = Language::first_of([wished.map(Language::tag), circle.locale.as_deref()]);
    let now = system.now();
    let today = day_of(now, zone);
    let last = today.checked_add_days(DAYS).unwrap_or(today);
    let (until, tonight) = (end_of_day(last, zone), end_of_day(today, zone));
    if let Some(hint) = closed(view.scope()) {
        return Ok(PersonalPage {
            language,
            alias: circle.alias,
            name: member.name,
            hint: Some(hint),
            sections: Vec::new(),
        });
    }
    let everything = appointments_of_member(&system, member_id, until).await?;
    let mut items = Vec::new();
    let is_paused = view.scope().is_paused();
    let paused = is_paused.then_some("personal-paused");
    for (row, state) in tasks_of_member(&view, member.id, until).await? {
        items.push(of_task(&row, state));
    }
    for (row, state) in needs_of_member(&view, member.id, until).await? {
        items.push(of_need(&row, state, language));
    }
    let readable = view.scope().topics().readable();
    for (row, response) in everything {
        items.push(of_appointment(
            &row,
            response,
            readable.contains(&row.topic),
            language,
        ));
    }
    let asked = handed_over_to_member(&view, member.id).await?;
    items.extend(asked.tasks.into_iter().map(|(row, id, note)| {
        let item = of_task(&row, TaskAssignmentState::Offered);
        handed_over(item, id, note)
    }));
    items.extend(asked.needs.into_iter().map(|(row, id, note)| {
        let item = of_need(&row, NeedAssignmentState::Offered, language);
        handed_over(item, id, note)
    }));
    items.extend(asked.roles.into_iter().map(|(row, id, note)| {
        let item = PersonalItem::new("role", row.id.0, title_of_role(&row, language), None);
        handed_over(item, id, note)
    }));
    let titles = [
        "personal-hand-over",
        "personal-today",
        "personal-next-days",
        "personal-later",
        "personal-without-date",
    ];
    let mut sections = titles.map(|title| Section {
        title,
        items: Vec::new(),
    });
    // What others have claimed by now matters only when its day is near.
    items.retain(|item| !item.is_taken || item.at(zone).is_none_or(|at| at <= until));
    items.sort_by_key(|item| item.at(zone));
    for mut item in items {
        let reader = ReaderZone::in_circle(zone, zone).in_language(language);
        let when = |moment: Moment| moment.until_for_reader(item.last_day, reader);
        item.when = item.moment.map(when);
        let section = match item.at(zone) {
            _ if item.kind == HANDOVER => 0,
            None => 4,
            Some(at) if at <= tonight => 1,
            Some(at) if at <= until => 2,
            Some(_) => 3,
        };
        if let Some(section) = sections.get_mut(section) {
            section.items.push(item);
        }
    }
    let shown = |section: &Section| !section.items.is_empty();
    Ok(PersonalPage {
        language,
        alias: circle.alias.clone(),
        name: member.name,
        hint: paused,
        sections: sections.into_iter().filter(shown).collect(),
    })
}

/// Something that another member asks the member to take over. The answer is about the handover.
fn handed_over(item: PersonalItem, id: HandoverId, note: Option<String>) -> PersonalItem {
    let mut details = item.details;
    details.extend(note);
    PersonalItem {
        details,
        kind: HANDOVER,
        id: id.0,
        is_asked: true,
        is_taken: false,
        ..item
    }
}

fn of_task(row: &task::Model, state: TaskAssignmentState) -> PersonalItem {
    let moment = task::Entity::moment(row);
    let needs_people = task::Entity::needs_people(row);
    PersonalItem {
        details: row.notes.clone().into_iter().collect(),
        is_deadline: row.starts_local.is_none(),
        is_asked: state == TaskAssignmentState::Offered && needs_people,
        is_taken: state == TaskAssignmentState::Offered && !needs_people,
        is_mine: state == TaskAssignmentState::Accepted,
        ..PersonalItem::new("task", row.id.0, row.title.clone(), moment)
    }
}

fn of_need(row: &need::Model, state: NeedAssignmentState, language: Language) -> PersonalItem {
    let key = match row.kind {
        NeedKind::Driver => "personal-drive",
        NeedKind::Companion => "personal-companion",
        NeedKind::NoteTaker => "personal-notes",
        NeedKind::ChildCare => "personal-children",
        NeedKind::Interpreter => "personal-interpret",
    };
    let from = row.pickup_location.as_ref();
    let to = row.dropoff_location.as_ref();
    let place = |key: &str, place: &String| language.say(key).with("place", place).to_string();
    let mut details: Vec<String> = from
        .map(|from| place("personal-from", from))
        .into_iter()
        .collect();
    details.extend(to.map(|to| place("personal-to", to)));
    details.extend(row.notes.clone());
    let needs_people = need::Entity::needs_people(row);
    PersonalItem {
        details,
        last_day: need::Entity::last_day(row),
        is_asked: state == NeedAssignmentState::Offered && needs_people,
        is_taken: state == NeedAssignmentState::Offered && !needs_people,
        is_mine: state == NeedAssignmentState::Accepted,
        ..PersonalItem::new(
            "need",
            row.id.0,
            language.say(key).to_string(),
            need::Entity::moment(row),
        )
    }
}

/// The title of a role, or what a role of its kind is called in the language.
fn title_of_role(row: &role::Model, language: Language) -> String {
    let key = match row.kind {
        RoleKind::Medication => "personal-role-medication",
        RoleKind::Transport => "personal-role-transport",
        RoleKind::Meals => "personal-role-meals",
        RoleKind::FinanceInsurance => "personal-role-finance-insurance",
        RoleKind::ChildCare => "personal-role-child-care",
        RoleKind::Pets => "personal-role-pets",
        RoleKind::Household => "personal-role-household",
        RoleKind::Communication => "personal-role-communication",
        RoleKind::NightCare => "personal-role-night-care",
        RoleKind::Appointments => "personal-role-appointments",
        // It always has a title.
        RoleKind::Custom => return row.title.clone().unwrap_or_default(),
    };
    let chosen = row.title.clone();
    chosen.unwrap_or_else(|| language.say(key).to_string())
}

/// The key of why there is nothing to do any more, if so.
pub(in crate::features) fn closed(scope: &CircleScope) -> Option<&'static str> {
    match scope.circle_state() {
        CircleState::InMemory => Some("personal-in-memory"),
        CircleState::Archived => Some("personal-archived"),
        CircleState::Active | CircleState::Paused => scope.silence().map(|_| "personal-ending"),
    }
}

/// Of a topic that is not about everyday life, only the time: others may read the page, too.
fn of_appointment(
    row: &appointment::Model,
    response: AttendeeResponse,
    is_seen: bool,
    language: Language,
) -> PersonalItem {
    let is_shown = is_seen && row.topic == Topic::Daily;
    let moment = appointment::Entity::moment(row);
    let title = if is_shown {
        row.title.clone()
    } else {
        language.say("personal-appointment").to_string()
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
        last_day: appointment::Entity::last_day(row),
        ..PersonalItem::new("appointment", row.id.0, title, moment)
    }
}
