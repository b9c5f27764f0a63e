//! The appointments of the demo family, and their needs.

use serde_json::{Value, json};

use super::household::Household;
use super::people::Who::{self, Ana, Ben, Cem, Lucia, Rosa};
use super::requests::text;
use crate::entity::appointment::AppointmentKind;
use crate::entity::attendance::AttendeeResponse::{self, Accepted, Declined, Tentative};
use crate::entity::need::NeedKind;
use crate::entity::topic_grant::Topic;

/// A time of the coming week: the day, from, to.
type Time = (u64, &'static str, &'static str);

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
}

/// An appointment, and the responses: at first, and after its turn.
struct AppointmentPlan {
    by: Who,
    title: &'static str,
    kind: AppointmentKind,
    topic: Option<Topic>,
    time: Time,
    location: Option<&'static str>,
    video_link: Option<&'static str>,
    preparation: Option<&'static str>,
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
    time: (0, "", ""),
    location: None,
    video_link: None,
    preparation: None,
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

const APPOINTMENTS: &[AppointmentPlan] = &[
    AppointmentPlan {
        title: "Check-up with Dr. Weber",
        kind: AppointmentKind::Medical,
        time: (3, "10:00", "10:45"),
        location: Some("Hill Street Practice, second floor"),
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
        time: (2, "15:00", "15:45"),
        location: Some("At home"),
        attendees: &[Rosa, Ben],
        answers: &[(Rosa, Accepted), (Ben, Accepted)],
        turn: Turn::Moves(Ben, (4, "11:00", "11:45")),
        answers_then: &[(Rosa, Accepted)],
        ..PLAIN
    },
    AppointmentPlan {
        title: "Family coffee, with Lucía on the screen",
        kind: AppointmentKind::FamilyMeeting,
        topic: Some(Topic::Daily),
        time: (5, "16:00", "17:00"),
        location: Some("At Rosa's"),
        video_link: Some("https://meet.example/family-coffee"),
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
        time: (6, "14:00", "15:00"),
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
        time: (7, "18:30", "20:00"),
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
];

/// An appointment that was created, and its path.
pub struct MadeAppointment {
    plan: &'static AppointmentPlan,
    path: String,
}

/// Creates the appointments with their needs, and gives the first responses.
pub async fn make(household: &mut Household) -> anyhow::Result<Vec<MadeAppointment>> {
    let mut made = Vec::new();
    for plan in APPOINTMENTS {
        let (day, from, to) = plan.time;
        let new = json!({
            "title": plan.title,
            "kind": plan.kind,
            "topic": plan.topic,
            "starts_local": household.wall_time(day, from),
            "ends_local": household.wall_time(day, to),
            "location": plan.location,
            "video_link": plan.video_link,
            "preparation": plan.preparation,
            "attendee_member_ids": household.members(plan.attendees)?,
            "without_attendees": plan.attendees.is_empty(),
            "is_proposal": plan.proposed,
        });
        let appointment = household.ask(plan.by, "/appointments", new).await?;
        let path = format!("/appointments/{}", text(&appointment, "id")?);
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
    let (day, ..) = of.time;
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

/// Moves one of them and cancels one.
pub async fn turn(
    household: &mut Household,
    appointments: &[MadeAppointment],
) -> anyhow::Result<()> {
    for MadeAppointment { plan, path } in appointments {
        match plan.turn {
            Turn::None => {}
            Turn::Moves(who, (day, from, to)) => {
                let time = json!({
                    "starts_local": household.wall_time(day, from),
                    "ends_local": household.wall_time(day, to),
                });
                household
                    .ask(who, &format!("{path}/reschedule"), time)
                    .await?;
            }
            Turn::IsCalledOff(who) => {
                let cancel = format!("{path}/cancel");
                household.ask(who, &cancel, Value::Null).await?;
            }
        }
        answer(household, path, plan.answers_then).await?;
    }
    Ok(())
}
