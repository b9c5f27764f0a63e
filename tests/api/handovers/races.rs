//! Two requests at the same time about one handover: exactly one of them counts.

use serde_json::json;

use super::{act_on, claimed, covered, family, hand_over, path_of, read};

#[tokio::test]
async fn a_handover_is_either_accepted_or_withdrawn() {
    let (_app, [ana, ben, cem, _]) = family().await;
    for _ in 0..10 {
        let task = claimed(&ana, &ben).await;
        let handover = hand_over(&ben, "task_id", &task["id"], Some(&cem)).await;
        let (accepted, withdrawn) = futures_util::join!(
            act_on(&cem, &handover, "accept"),
            act_on(&ben, &handover, "withdraw")
        );
        let statuses = [accepted.status.as_u16(), withdrawn.status.as_u16()];
        let task = read(&ana, "tasks", &task).await;
        let expected = match statuses {
            [200, 409] => vec![("accepted", false), ("released", false)],
            [409, 200] => vec![("accepted", false)],
            other => panic!("{other:?}"),
        };
        assert_eq!(covered(&task), ("full", expected));
        // They are free for the next one.
        ana.task_act(&task, "complete").await.is(200);
    }
}

#[tokio::test]
async fn only_one_of_two_members_can_accept_an_open_handover() {
    let (_app, [ana, ben, cem, _]) = family().await;
    for _ in 0..10 {
        let task = claimed(&ana, &ben).await;
        let handover = hand_over(&ben, "task_id", &task["id"], None).await;
        let (first, second) = futures_util::join!(
            act_on(&ana, &handover, "accept"),
            act_on(&cem, &handover, "accept")
        );
        let mut statuses = [first.status.as_u16(), second.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409]);
        let task = read(&ana, "tasks", &task).await;
        let accepted = vec![("accepted", false), ("released", false)];
        assert_eq!(covered(&task), ("full", accepted));
        ana.task_act(&task, "complete").await.is(200);
    }
}

#[tokio::test]
async fn a_member_who_is_removed_while_accepting_does_not_have_it() {
    let (_app, [ana, ben, cem, _]) = family().await;
    for _ in 0..5 {
        let task = claimed(&ana, &ben).await;
        let handover = hand_over(&ben, "task_id", &task["id"], Some(&cem)).await;
        let suspend = format!("/members/{}/suspend", cem.member_id);
        let (accepted, suspended) = futures_util::join!(
            act_on(&cem, &handover, "accept"),
            ana.post(&suspend, json!({}))
        );
        suspended.is(200);
        let now = ana.get(&path_of(&handover)).await.is(200);
        let task = read(&ana, "tasks", &task).await;
        let (coverage, parts) = covered(&task);
        match accepted.status.as_u16() {
            200 => {
                // They had it for a moment, and it was released with everything that they held.
                assert_eq!(now["state"], "accepted");
                assert_eq!((coverage, parts), ("none", vec![("released", false); 2]));
            }
            404 => {
                assert_eq!(now["state"], "withdrawn");
                assert_eq!((coverage, parts), ("full", vec![("accepted", false)]));
            }
            other => panic!("{other}: {}", accepted.text),
        }
        let back = format!("/members/{}/reinstate", cem.member_id);
        ana.act(&back).await.is(200);
    }
}
