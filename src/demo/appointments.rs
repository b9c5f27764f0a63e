//! The appointments of the demo family, and their needs.

use serde_json::{Value, json};

use super::household::Household;
use super::people::Who::{self, Ana, Ben, Cem, Lucia, Rosa};
use super::requests::text;
use crate::entity::appointment::AppointmentKind;
use crate::entity::attendance::AttendeeResponse::{self, Accepted, Declined, Tentative};
use crate::entity::need::NeedKind;
use crate::entity::task::TaskCategory;
use crate::entity::topic_grant::Topic;

use Time::{Between, Days};

/// When an appointment takes place, in days from today.
#[derive(Clone, Copy)]
enum Time {
    Between(i64, &'static str, &'static str),
    /// All day, from the first to the last day.
    Days(i64, i64),
}

/// A need of an appointment, and what people do with it.
struct NeedPlan {
    kind: NeedKind,
    pickup_location: Option<&'static str>,
    dropoff_location: Option<&'static str>,
    notes: Option<&'static str>,
    from: Option<&'static str>,
    to: Option<&'static str>,
    steps: &'static [(Who, NeedStep)],
}

/// What a member does with a need.
#[derive(Clone, Copy)]
enum NeedStep {
    Offer(Who),
    Claim,
    Decline,
}

/// What happens to an appointment today.
#[derive(Clone, Copy)]
enum Turn {
    None,
    Moves(Who, Time),
    IsCalledOff(Who),
    /// It took place: what came out of it, and the tasks that follow from it.
    TookPlace(Who, &'static str, &'static [FollowUp]),
}

/// A task that follows from an appointment: its title, its kind and when it is due.
type FollowUp = (&'static str, TaskCategory, i64);

/// An appointment, and the responses: at first, and after its turn.
struct AppointmentPlan {
    by: Who,
    title: &'static str,
    kind: AppointmentKind,
    topic: Option<Topic>,
    time: Time,
    location: Option<&'static str>,
    video_link: Option<&'static str>,
    /// The name and the phone number of the person to ask for.
    care_contact: Option<(&'static str, &'static str)>,
    preparation: Option<&'static str>,
    /// What the family wants to discuss.
    agenda: &'static [&'static str],
    attendees: &'static [Who],
    proposed: bool,
    needs: &'static [NeedPlan],
    answers: &'static [(Who, AttendeeResponse)],
    turn: Turn,
    answers_then: &'static [(Who, AttendeeResponse)],
}

const PLAIN: AppointmentPlan = AppointmentPlan {
    by: Ana,
    title: "",
    kind: AppointmentKind::Other,
    topic: None,
    time: Days(0, 0),
    location: None,
    video_link: None,
    care_contact: None,
    preparation: None,
    agenda: &[],
    attendees: &[],
    proposed: false,
    needs: &[],
    answers: &[],
    turn: Turn::None,
    answers_then: &[],
};

const PLAIN_NEED: NeedPlan = NeedPlan {
    kind: NeedKind::Companion,
    pickup_location: None,
    dropoff_location: None,
    notes: None,
    from: None,
    to: None,
    steps: &[],
};

/// The appointment for which the family has questions.
const CHECK_UP: &str = "Check-up with Dr. Weber";

/// A number that is reserved for films and books.
const DR_WEBER: Option<(&str, &str)> =
    Some(("Dr. Weber, Hill Street Practice", "+49 30 23125 014"));

const APPOINTMENTS: &[AppointmentPlan] = &[
    AppointmentPlan {
        title: "Blood count",
        kind: AppointmentKind::Medical,
        time: Between(-1, "08:30", "08:50"),
        location: Some("Hill Street Practice, second floor"),
        care_contact: DR_WEBER,
        attendees: &[Rosa, Ana],
        answers: &[(Rosa, Accepted), (Ana, Accepted)],
        turn: Turn::TookPlace(
            Ana,
            "The values are better than last time. Dr. Weber explains them at the check-up.",
            &[
                (
                    "Ask for a copy of the blood values",
                    TaskCategory::Paperwork,
                    2,
                ),
                ("Book the next blood count", TaskCategory::Appointments, 5),
            ],
        ),
        ..PLAIN
    },
    AppointmentPlan {
        title: CHECK_UP,
        kind: AppointmentKind::Medical,
        time: Between(3, "10:00", "10:45"),
        location: Some("Hill Street Practice, second floor"),
        care_contact: DR_WEBER,
        preparation: Some("The letter from the clinic, and our list of questions."),
        attendees: &[Rosa, Ana],
        needs: &[
            NeedPlan {
                kind: NeedKind::Driver,
                pickup_location: Some("At home"),
                dropoff_location: Some("Hill Street 12, the side entrance has no steps"),
                from: Some("09:15"),
                to: Some("11:30"),
                steps: &[(Ana, NeedStep::Offer(Cem)), (Cem, NeedStep::Claim)],
                ..PLAIN_NEED
            },
            NeedPlan {
                kind: NeedKind::NoteTaker,
                notes: Some("So that the two of us can listen."),
                steps: &[(Ana, NeedStep::Offer(Ben)), (Ben, NeedStep::Decline)],
                ..PLAIN_NEED
            },
        ],
        answers: &[(Rosa, Accepted), (Ana, Accepted)],
        ..PLAIN
    },
    AppointmentPlan {
        by: Ben,
        title: "Physiotherapy at home",
        kind: AppointmentKind::Therapy,
        time: Between(2, "15:00", "15:45"),
        location: Some("At home"),
        attendees: &[Rosa, Ben],
        answers: &[(Rosa, Accepted), (Ben, Accepted)],
        turn: Turn::Moves(Ben, Between(4, "11:00", "11:45")),
        answers_then: &[(Rosa, Accepted)],
        ..PLAIN
    },
    AppointmentPlan {
        title: "Family coffee, with Lucía on the screen",
        kind: AppointmentKind::FamilyMeeting,
        topic: Some(Topic::Daily),
        time: Between(5, "16:00", "17:00"),
        location: Some("At Rosa's"),
        video_link: Some("https://meet.example/family-coffee"),
        agenda: &[
            "Lucía's visit: who fetches her, where she sleeps",
            "Who cooks on Sundays",
            "What Rosa wants to keep doing herself",
        ],
        attendees: &[Rosa, Ana, Ben, Lucia],
        answers: &[
            (Rosa, Accepted),
            (Ana, Accepted),
            (Ben, Tentative),
            (Lucia, Accepted),
        ],
        ..PLAIN
    },
    AppointmentPlan {
        title: "First visit of the palliative team",
        kind: AppointmentKind::Palliative,
        time: Between(6, "14:00", "15:00"),
        location: Some("At home"),
        preparation: Some("They call before they come. What does Rosa want to ask?"),
        attendees: &[Rosa, Ana, Ben],
        proposed: true,
        answers: &[(Rosa, Accepted), (Ben, Declined)],
        ..PLAIN
    },
    AppointmentPlan {
        by: Rosa,
        title: "Choir practice",
        topic: Some(Topic::Daily),
        time: Between(7, "18:30", "20:00"),
        location: Some("Parish hall"),
        attendees: &[Rosa],
        needs: &[NeedPlan {
            kind: NeedKind::Driver,
            pickup_location: Some("At home"),
            steps: &[(Cem, NeedStep::Claim)],
            ..PLAIN_NEED
        }],
        answers: &[(Rosa, Accepted)],
        turn: Turn::IsCalledOff(Rosa),
        ..PLAIN
    },
    AppointmentPlan {
        title: "Evening for relatives",
        kind: AppointmentKind::SupportGroup,
        time: Between(4, "19:00", "20:30"),
        location: Some("Parish hall, the small room"),
        attendees: &[Ben],
        answers: &[(Ben, Declined)],
        ..PLAIN
    },
    AppointmentPlan {
        title: "Lucía is here",
        topic: Some(Topic::Daily),
        time: Days(7, 10),
        location: Some("Rosa's sofa"),
        attendees: &[Rosa, Lucia],
        needs: &[NeedPlan {
            kind: NeedKind::Driver,
            pickup_location: Some("At the airport, arrivals"),
            dropoff_location: Some("At Rosa's"),
            from: Some("13:30"),
            to: Some("15:00"),
            steps: &[(Ben, NeedStep::Claim)],
            ..PLAIN_NEED
        }],
        answers: &[(Rosa, Accepted), (Lucia, Accepted)],
        ..PLAIN
    },
];

impl Time {
    /// Writes the fields of the time into a body.
    fn write_to(self, body: &mut Value, household: &Household) {
        match self {
            Between(day, from, to) => {
                body["starts_local"] = household.wall_time(day, from).into();
                body["ends_local"] = household.wall_time(day, to).into();
            }
            Days(first, last) => {
                body["starts_on"] = json!(household.day(first));
                body["ends_on"] = json!(household.day(last));
            }
        }
    }
}

/// An appointment that was created, and its path.
pub struct MadeAppointment {
    plan: &'static AppointmentPlan,
    path: String,
}

/// The path of the appointment for which the family has questions.
pub fn check_up(appointments: &[MadeAppointment]) -> Option<&str> {
    let mut appointments = appointments.iter();
    let found = appointments.find(|appointment| appointment.plan.title == CHECK_UP);
    found.map(|appointment| appointment.path.as_str())
}

/// Creates the appointments with their needs, and gives the first responses.
pub async fn make(household: &mut Household) -> anyhow::Result<Vec<MadeAppointment>> {
    let mut made = Vec::new();
    for plan in APPOINTMENTS {
        let mut new = json!({
            "title": plan.title,
            "kind": plan.kind,
            "topic": plan.topic,
            "location": plan.location,
            "video_link": plan.video_link,
            "care_contact_name": plan.care_contact.map(|(name, _)| name),
            "care_contact_phone": plan.care_contact.map(|(_, phone)| phone),
            "preparation": plan.preparation,
            "attendee_member_ids": household.members(plan.attendees)?,
            "without_attendees": plan.attendees.is_empty(),
            "is_proposal": plan.proposed,
        });
        plan.time.write_to(&mut new, household);
        let appointment = household.ask(plan.by, "/appointments", new).await?;
        let path = format!("/appointments/{}", text(&appointment, "id")?);
        for (position, title) in plan.agenda.iter().enumerate() {
            let item = json!({ "title": title, "position": position });
            let agenda = format!("{path}/agenda-items");
            household.ask(plan.by, &agenda, item).await?;
        }
        for need in plan.needs {
            add_need(household, plan, &path, need).await?;
        }
        answer(household, &path, plan.answers).await?;
        made.push(MadeAppointment { plan, path });
    }
    Ok(made)
}

async fn add_need(
    household: &mut Household,
    of: &AppointmentPlan,
    path: &str,
    plan: &NeedPlan,
) -> anyhow::Result<()> {
    let (Between(day, ..) | Days(day, _)) = of.time;
    let new = json!({
        "kind": plan.kind,
        "pickup_location": plan.pickup_location,
        "dropoff_location": plan.dropoff_location,
        "notes": plan.notes,
        "starts_local": plan.from.map(|time| household.wall_time(day, time)),
        "ends_local": plan.to.map(|time| household.wall_time(day, time)),
    });
    let need = household.ask(of.by, &format!("{path}/needs"), new).await?;
    let id = text(&need, "id")?;
    for (who, step) in plan.steps {
        let (verb, body) = match *step {
            NeedStep::Offer(to) => ("offer", json!({ "member_id": household.member(to)? })),
            NeedStep::Claim => ("claim", Value::Null),
            NeedStep::Decline => ("decline", Value::Null),
        };
        let path = format!("/needs/{id}/{verb}");
        household.ask(*who, &path, body).await?;
    }
    Ok(())
}

async fn answer(
    household: &mut Household,
    path: &str,
    answers: &[(Who, AttendeeResponse)],
) -> anyhow::Result<()> {
    for (who, answer) in answers {
        let answer = json!({ "response": answer });
        household
            .ask(*who, &format!("{path}/attendees/me/respond"), answer)
            .await?;
    }
    Ok(())
}

/// Moves one of them, cancels one, and completes the one that took place.
pub async fn turn(
    household: &mut Household,
    appointments: &[MadeAppointment],
) -> anyhow::Result<()> {
    for MadeAppointment { plan, path } in appointments {
        match plan.turn {
            Turn::None => {}
            Turn::Moves(who, time) => {
                let mut new = json!({});
                time.write_to(&mut new, household);
                let reschedule = format!("{path}/reschedule");
                household.ask(who, &reschedule, new).await?;
            }
            Turn::IsCalledOff(who) => {
                let cancel = format!("{path}/cancel");
                household.ask(who, &cancel, Value::Null).await?;
            }
            Turn::TookPlace(who, outcome, follow_ups) => {
                let tasks = follow_ups.iter().map(|(title, category, day)| {
                    json!({ "title": title, "category": category, "due_on": household.day(*day) })
                });
                let tasks: Vec<_> = tasks.collect();
                let complete = format!("{path}/complete");
                let body = json!({ "outcome": outcome, "follow_up_tasks": tasks });
                household.ask(who, &complete, body).await?;
            }
        }
        answer(household, path, plan.answers_then).await?;
    }
    Ok(())
}
