//! A refusal says the true reason, and who can. The test lets every kind of member try every verb
//! on things that other kinds of members made or hold, and compares each sentence with what the
//! others can really do.

mod scene;
mod verbs;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use self::scene::{Scene, TARGET, kind};
use self::verbs::VERBS;

/// An operation, its name here, and who made or holds the thing.
type Case = (&'static str, &'static str, &'static str);

/// What each kind of member got.
type Outcomes = BTreeMap<&'static str, Option<String>>;

/// The member who stands for the members that a sentence names.
fn stands_for(who: &str) -> Option<&'static str> {
    Some(match who {
        "coordinators" => "coordinator",
        "caregivers" | "members with the level write" => "caregiver",
        "helpers" => "helper",
        "the patient" => "patient",
        _ => return None,
    })
}

/// Whom a sentence names: `Only coordinators and the patient can cancel this task.`
fn named(sentence: &str) -> Vec<&str> {
    let Some((_, only)) = sentence.split_once("Only ") else {
        return Vec::new();
    };
    let (who, _) = only.split_once(" can ").unwrap();
    who.split(", ").flat_map(|who| who.split(" and ")).collect()
}

/// Compares whom a sentence names with those who can do it.
fn judge(
    all: &BTreeMap<Case, Outcomes>,
    case: &Case,
    caller: &str,
    sentence: &str,
    callers: &[&'static str],
    wrong: &mut Vec<String>,
) {
    let (operation, verb, owner) = case;
    let outcomes = &all[case];
    let rows = || all.iter().filter(|((other, ..), _)| other == operation);
    let what = format!("{verb} of the {owner}'s by the {caller}: {sentence}");
    // A sentence about "a task" comes before the task is read: it is about all tasks.
    let of_one = sentence.contains("this ");
    let can = |member: &str| {
        let here = |outcomes: &Outcomes| outcomes[member].is_none();
        here(outcomes) || !of_one && rows().any(|(_, outcomes)| here(outcomes))
    };
    if sentence.starts_with("Your level for the topic ") && !can("caregiver") {
        wrong.push(format!("{what} (with the level write neither)"));
    }
    let named = named(sentence);
    for who in &named {
        if stands_for(who).is_some_and(|member| !can(member)) {
            wrong.push(format!("{what} ({who} cannot)"));
        }
    }
    let mut by_part = named.iter().filter(|who| stands_for(who).is_none());
    let names_a_part = by_part.clone().next().is_some();
    let is_them = |who: &&&str| !who.starts_with("a caregiver") || *owner == "caregiver";
    if by_part.any(|who| is_them(&who)) && !can(owner) && !can(TARGET) {
        wrong.push(format!("{what} (the {owner} cannot)"));
    }
    if named.is_empty() || named.contains(&"members with the level write") {
        return;
    }
    for member in callers.iter().copied().filter(|member| can(member)) {
        let level = named
            .iter()
            .any(|who| stands_for(who) == Some(kind(member)));
        let part = names_a_part && of_one && [*owner, TARGET].contains(&member);
        if !level && !part {
            wrong.push(format!("{what} (the {member} can too)"));
        }
    }
}

#[tokio::test]
async fn a_refusal_names_exactly_the_members_who_can() {
    let scene = Box::pin(Scene::build()).await;
    let mut all: BTreeMap<Case, Outcomes> = BTreeMap::new();
    for verb in VERBS {
        for owner in verb.owners {
            for caller in scene.callers() {
                let outcome = scene.refusal(verb, owner, caller).await;
                all.entry((verb.operation, verb.name, owner))
                    .or_default()
                    .insert(caller, outcome);
            }
        }
    }

    let mut wrong = Vec::new();
    let mut tried = 0;
    for (case, outcomes) in &all {
        for (caller, refusal) in outcomes {
            let Some(sentence) = refusal else { continue };
            tried += 1;
            let callers = scene.callers().collect::<Vec<_>>();
            judge(&all, case, caller, sentence, &callers, &mut wrong);
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(tried > 200, "{tried} refusals");

    // Those about "a task" take their words from the summary of the operation.
    let sentences: BTreeSet<_> = all
        .values()
        .flat_map(Outcomes::values)
        .filter_map(Option::as_deref)
        .filter(|sentence| sentence.contains("this "))
        .collect();
    let sentences: Vec<_> = sentences.into_iter().collect();
    insta::assert_snapshot!(sentences.join("\n"), @r"
    In a direct thread, coordinators cannot delete the messages of others. Only the member who wrote this message can delete it.
    Only coordinators and the member who carries the role can change the last day of this role assignment.
    Only coordinators and the member who carries the role can release this role assignment.
    Only coordinators and the member who made this offer can change the last day of this role assignment.
    Only coordinators and the member who made this offer can withdraw this role assignment.
    Only coordinators and the member who started this thread can archive it.
    Only coordinators and the member who started this thread can change it.
    Only coordinators and the member who wrote this message can delete it.
    Only coordinators and the patient can change what the patient keeps of this role.
    Only coordinators and this member themselves can change the relationship.
    Only coordinators can change the access level of this member.
    Only coordinators, caregivers and the patient can add items to this task.
    Only coordinators, caregivers and the patient can cancel this task.
    Only coordinators, caregivers and the patient can change items of this task.
    Only coordinators, caregivers and the patient can change this task.
    Only coordinators, caregivers and the patient can delete items of this task.
    Only coordinators, caregivers, the patient and members who have claimed this task can check items of it.
    Only coordinators, caregivers, the patient and the member who suggested this task can add items to it.
    Only coordinators, caregivers, the patient and the member who suggested this task can cancel it.
    Only coordinators, caregivers, the patient and the member who suggested this task can change it.
    Only coordinators, caregivers, the patient and the member who suggested this task can change items of it.
    Only coordinators, caregivers, the patient and the member who suggested this task can delete items of it.
    Only coordinators, caregivers, the patient, the member who suggested this task and members who have claimed it can check items of it.
    Only coordinators, the patient and members who have completed this task can reopen it.
    Only coordinators, the patient and the member who canceled this task can reinstate it.
    Only coordinators, the patient, a caregiver who created this task and members who have claimed it can complete it.
    Only the member to whom the role was offered can accept this role assignment.
    Only the member to whom the role was offered can decline this role assignment.
    Only the member who wrote this message can change it.
    Only this member themselves can change their name, phone number and capacity.
    Somebody has claimed this task. Only coordinators, the patient and a caregiver who created it or is the only one who has claimed it can cancel it.
    Somebody has claimed this task. Only coordinators, the patient and a caregiver who created it or is the only one who has claimed it can change it.
    Somebody has claimed this task. Only coordinators, the patient and a caregiver who created it or is the only one who has claimed it can complete it for everyone.
    Your level for the topic daily is read. Only members with the level write and members who have claimed this task can check items of it.
    Your level for the topic daily is read. Only members with the level write and the member who added this question can change it.
    Your level for the topic daily is read. Only members with the level write and the member who added this question can delete it.
    Your level for the topic daily is read. Only members with the level write and the member who added this question can record the answer to it.
    Your level for the topic daily is read. To add a need to this appointment, you need the level write.
    Your level for the topic daily is read. To add an agenda item to this appointment, you need the level write.
    Your level for the topic daily is read. To add items to this task, you need the level write.
    Your level for the topic daily is read. To approve this task, you need the level write.
    Your level for the topic daily is read. To cancel this appointment, you need the level write.
    Your level for the topic daily is read. To cancel this need, you need the level write.
    Your level for the topic daily is read. To cancel this task, you need the level write.
    Your level for the topic daily is read. To change items of this task, you need the level write.
    Your level for the topic daily is read. To change this agenda item, you need the level write.
    Your level for the topic daily is read. To change this appointment, you need the level write.
    Your level for the topic daily is read. To change this need, you need the level write.
    Your level for the topic daily is read. To change this task, you need the level write.
    Your level for the topic daily is read. To complete this appointment, you need the level write.
    Your level for the topic daily is read. To delete items of this task, you need the level write.
    Your level for the topic daily is read. To mark this agenda item as discussed, you need the level write.
    Your level for the topic daily is read. To mark this appointment as missed, you need the level write.
    Your level for the topic daily is read. To offer this need to a member, you need the level write.
    Your level for the topic daily is read. To offer this task to a member, you need the level write.
    Your level for the topic daily is read. To reschedule this appointment, you need the level write.
    ");
}

#[tokio::test]
async fn a_refusal_before_the_thing_is_read_says_what_the_operation_does() {
    let scene = Box::pin(Scene::build()).await;
    let list = scene.send(
        "helper",
        "create_task_list",
        &[],
        json!({ "title": "Shopping" }),
    );
    let refused = list.await.is_problem(403, "forbidden");
    assert_eq!(
        refused["detail"],
        "Only coordinators, caregivers and the patient can create a task list."
    );
    // The summary goes on with "that was offered to you", which is not true of this caller.
    let ids = [("task_id", "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3d")];
    let accept = scene.send("viewer", "accept_task", &ids, json!({}));
    let refused = accept.await.is_problem(403, "forbidden");
    assert_eq!(
        refused["detail"],
        "Only coordinators, caregivers, helpers and the patient can accept a task."
    );
}

#[tokio::test]
async fn only_the_patient_cancels_the_deletion_that_the_patient_asked_for() {
    let scene = Box::pin(Scene::build()).await;
    let schedule = scene.send("patient", "schedule_circle_deletion", &[], json!({}));
    schedule.await.is(200);
    let cancel = scene.send("coordinator", "cancel_circle_deletion", &[], json!({}));
    let refused = cancel.await.is_problem(403, "forbidden");
    assert_eq!(
        refused["detail"],
        "The patient asked for the deletion. Only the patient can cancel the deletion of this circle."
    );
    let cancel = scene.send("patient", "cancel_circle_deletion", &[], json!({}));
    cancel.await.is(204);
}

#[tokio::test]
async fn an_everyday_need_takes_the_topic_daily_even_if_the_appointment_has_another_topic() {
    let scene = Box::pin(Scene::build()).await;
    let refused = scene.need_without_daily().await;
    assert_eq!(
        refused.is_problem(403, "forbidden")["detail"],
        "Your level for the topic daily is read. To add a need to this appointment, you need the level write."
    );
}

#[tokio::test]
async fn a_refusal_tells_nothing_of_what_the_caller_does_not_see() {
    let scene = Box::pin(Scene::build()).await;
    let task = json!({ "title": "Blood count", "topic": "health" });
    let task = scene.make("coordinator", "create_task", &[], task).await;
    for caller in ["helper", "other helper"] {
        let ids = [("task_id", task.as_str())];
        let hidden = scene.send(caller, "cancel_task", &ids, json!({})).await;
        hidden.is_problem(404, "not_found");
    }
}
