//! The tasks of the demo family.

use serde_json::{Value, json};

use super::household::Household;
use super::people::Who::{self, Ana, Ben, Cem, Rosa};
use super::requests::text;
use crate::entity::task::TaskCategory;

/// The lists, in their order.
const LISTS: [&str; 2] = ["This week", "House and balcony"];
const WEEK: Option<usize> = Some(0);
const HOUSE: Option<usize> = Some(1);

/// When something is due, in days from today.
#[derive(Clone, Copy)]
enum Due {
    Sometime,
    On(i64),
    At(i64, &'static str),
    Between(i64, &'static str, &'static str),
}

/// What a member does with a task.
#[derive(Clone, Copy)]
enum TaskStep {
    Offer(Who),
    Claim,
    Accept,
    Decline,
    Release,
    Approve,
    Complete,
    Cancel,
}

use Due::{At, Between, On, Sometime};
use TaskStep::{Accept, Approve, Cancel, Claim, Complete, Decline, Offer, Release};

/// A task, and what members do with it: at once, in the evening, and today.
struct TaskPlan {
    by: Who,
    title: &'static str,
    notes: Option<&'static str>,
    category: TaskCategory,
    list: Option<usize>,
    due: Due,
    helpers: i32,
    checklist: &'static [&'static str],
    steps: [&'static [(Who, TaskStep)]; 3],
}

const PLAIN: TaskPlan = TaskPlan {
    by: Ana,
    title: "",
    notes: None,
    category: TaskCategory::Other,
    list: None,
    due: Sometime,
    helpers: 1,
    checklist: &[],
    steps: [&[], &[], &[]],
};

/// The task that the person who tries the demo can complete.
const FIRST_TO_DO: &str = "Pick up the prescription";

const TASKS: &[TaskPlan] = &[
    TaskPlan {
        title: FIRST_TO_DO,
        notes: Some("The pharmacy at the station is open until seven."),
        category: TaskCategory::Medication,
        list: WEEK,
        due: On(0),
        steps: [&[(Ana, Claim)], &[], &[]],
        ..PLAIN
    },
    TaskPlan {
        by: Rosa,
        title: "Call the choir: which songs this time?",
        category: TaskCategory::Communication,
        list: WEEK,
        due: On(0),
        steps: [&[(Rosa, Offer(Ben))], &[], &[]],
        ..PLAIN
    },
    TaskPlan {
        by: Rosa,
        title: "Choose the menu for the week",
        category: TaskCategory::Meals,
        list: WEEK,
        due: On(1),
        steps: [&[(Rosa, Claim)], &[], &[]],
        ..PLAIN
    },
    TaskPlan {
        title: "Weekly shopping",
        checklist: &[
            "Small tomatoes",
            "Rye bread",
            "Oat milk",
            "Cat food for next door",
        ],
        notes: Some("The list is on the fridge. Small tomatoes, please: Rosa can tell."),
        category: TaskCategory::Meals,
        list: WEEK,
        due: Between(2, "10:00", "12:00"),
        steps: [&[(Ana, Offer(Cem))], &[(Cem, Accept)], &[]],
        ..PLAIN
    },
    TaskPlan {
        title: "Letter to the insurance",
        notes: Some("The draft is in the blue folder."),
        category: TaskCategory::Paperwork,
        list: WEEK,
        due: On(5),
        steps: [&[(Ana, Offer(Ben))], &[(Ben, Decline)], &[(Ana, Claim)]],
        ..PLAIN
    },
    TaskPlan {
        by: Ben,
        title: "Fetch Lucía's parcel from the post office",
        category: TaskCategory::Errand,
        list: WEEK,
        due: At(3, "17:30"),
        steps: [&[(Ben, Claim)], &[(Ben, Release), (Ben, Offer(Cem))], &[]],
        ..PLAIN
    },
    TaskPlan {
        title: "Return the library books",
        category: TaskCategory::Errand,
        list: WEEK,
        due: On(2),
        steps: [&[(Ben, Claim)], &[], &[(Ben, Complete)]],
        ..PLAIN
    },
    TaskPlan {
        title: "Buy batteries for the hearing aid",
        category: TaskCategory::Errand,
        list: WEEK,
        due: On(4),
        steps: [&[(Cem, Claim)], &[], &[(Ana, Cancel)]],
        ..PLAIN
    },
    TaskPlan {
        by: Cem,
        title: "Walk with Toni before work",
        category: TaskCategory::Pets,
        list: WEEK,
        due: Between(1, "07:00", "07:45"),
        steps: [&[], &[(Ana, Approve), (Cem, Claim)], &[]],
        ..PLAIN
    },
    TaskPlan {
        by: Cem,
        title: "Water the balcony while Ana is at work",
        category: TaskCategory::Household,
        list: HOUSE,
        due: At(4, "18:00"),
        ..PLAIN
    },
    TaskPlan {
        by: Ben,
        title: "Carry the winter things to the attic",
        notes: Some("Two people, or one who curses."),
        category: TaskCategory::Household,
        list: HOUSE,
        due: Between(6, "10:00", "11:30"),
        helpers: 2,
        checklist: &["Boxes from the cellar", "The winter coats", "Skis"],
        steps: [&[(Ben, Claim), (Ben, Offer(Cem))], &[], &[]],
    },
    TaskPlan {
        title: "Change the bulb in the hallway",
        category: TaskCategory::Household,
        list: HOUSE,
        due: On(3),
        ..PLAIN
    },
    TaskPlan {
        by: Rosa,
        title: "Sort the old photographs together",
        notes: Some("With tea. No hurry, there are four boxes."),
        category: TaskCategory::Visit,
        helpers: 3,
        steps: [&[(Rosa, Claim), (Rosa, Offer(Ana))], &[(Ana, Accept)], &[]],
        ..PLAIN
    },
];

/// A task that was created, and its path.
pub struct MadeTask {
    plan: &'static TaskPlan,
    path: String,
}

/// Creates the lists and the tasks, and takes their first steps.
pub async fn make(household: &mut Household) -> anyhow::Result<Vec<MadeTask>> {
    let mut lists = Vec::new();
    for (position, title) in LISTS.iter().enumerate() {
        let new = json!({ "title": title, "position": position });
        let list = household.ask(Ana, "/task-lists", new).await?;
        lists.push(list["id"].clone());
    }
    let mut made = Vec::new();
    for plan in TASKS {
        let (due_on, due_local, starts_local) = match plan.due {
            Sometime => (None, None, None),
            On(day) => (Some(household.day(day)), None, None),
            At(day, time) => (None, Some(household.wall_time(day, time)), None),
            Between(day, from, to) => (
                None,
                Some(household.wall_time(day, to)),
                Some(household.wall_time(day, from)),
            ),
        };
        let new = json!({
            "title": plan.title,
            "notes": plan.notes,
            "category": plan.category,
            "task_list_id": plan.list.map(|list| &lists[list]),
            "due_on": due_on,
            "due_local": due_local,
            "starts_local": starts_local,
            "people_needed": plan.helpers,
            "checklist": plan.checklist,
        });
        let task = household.ask(plan.by, "/tasks", new).await?;
        let path = format!("/tasks/{}", text(&task, "id")?);
        made.push(MadeTask { plan, path });
    }
    go_on(household, &made, 0).await?;
    Ok(made)
}

/// Takes the steps of a chapter: at once (0), in the evening (1), today (2).
pub async fn go_on(
    household: &mut Household,
    tasks: &[MadeTask],
    chapter: usize,
) -> anyhow::Result<()> {
    for task in tasks {
        for (who, step) in task.plan.steps[chapter] {
            let (verb, body) = match *step {
                Offer(to) => ("offer", json!({ "member_id": household.member(to)? })),
                Claim => ("claim", Value::Null),
                Accept => ("accept", Value::Null),
                Decline => ("decline", Value::Null),
                Release => ("release", Value::Null),
                Approve => ("approve", Value::Null),
                Complete => ("complete", Value::Null),
                Cancel => ("cancel", Value::Null),
            };
            let path = format!("{}/{verb}", task.path);
            household.ask(*who, &path, body).await?;
        }
    }
    Ok(())
}

/// The path of the task that Ana can complete first.
pub fn first_to_do(tasks: &[MadeTask]) -> Option<&str> {
    path_of(tasks, FIRST_TO_DO)
}

/// The path of the task with this title.
pub fn path_of<'a>(tasks: &'a [MadeTask], title: &str) -> Option<&'a str> {
    let mut tasks = tasks.iter();
    let found = tasks.find(|task| task.plan.title == title);
    found.map(|task| task.path.as_str())
}
