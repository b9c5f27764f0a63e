//! A father hands the cooking over and keeps choosing the menu, and his sister stops seeing health
//! matters.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::harness::{Client, Person, TestApp};

fn id(thing: &Value) -> &str {
    thing["id"].as_str().unwrap()
}

/// What waits for a person: on the agenda as `title my_state`, and the number of handovers to them.
async fn waiting(person: &Client) -> (Vec<String>, i64) {
    let agenda = person.get("/v1/me/agenda").await.is(200);
    let items = agenda["data"].as_array().unwrap().iter();
    let item = |item: &Value| {
        let text = |name: &str| item[name].as_str().unwrap().to_owned();
        format!("{} {}", text("title"), text("my_state"))
    };
    let summary = person.get("/v1/me/summary").await.is(200);
    (
        items.map(item).collect(),
        summary["handover_offers"].as_i64().unwrap(),
    )
}

/// The titles of what still needs somebody.
async fn gaps(by: &Client) -> Vec<String> {
    let gaps = by.get("/gaps").await.is(200);
    let gaps = gaps["data"].as_array().unwrap().iter();
    gaps.map(|gap| gap["title"].as_str().unwrap().to_owned())
        .collect()
}

/// Who got an email, and whether any of them says what it is about.
async fn told(app: &TestApp) -> Vec<String> {
    app.advance(TimeDelta::seconds(30));
    let mails = app.mails().await;
    for mail in &mails {
        let text = format!("{mail:?}");
        for word in ["Cooking", "prescription", "oncology", "so tired"] {
            assert!(!text.contains(word), "an email says {word}: {text}");
        }
    }
    let mut names: Vec<_> = mails.iter().map(crate::stories::line).collect();
    names.sort();
    names
        .iter()
        .map(|name| name.split(' ').next().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn a_father_hands_the_cooking_over_and_keeps_choosing_the_menu() {
    let app = TestApp::start().await;
    let access = ["coordinator", "patient", "caregiver", "helper"];
    let names = ["Mara", "Rafael", "Lena", "Nils"];
    let [mara, rafael, lena, nils] = app.circle_of(access, names).await;
    app.mails().await;

    // He has cooked for the family for years.
    let cooking = json!({ "kind": "meals", "title": "Cooking", "effort_minutes_per_week": 420 });
    let cooking = mara.post("/roles", cooking).await.is(201);
    let path = format!("/roles/{}", id(&cooking));
    let carried = rafael.act(&format!("{path}/claim")).await.is(200);
    let his = carried["assignments"][0].clone();
    assert_eq!(gaps(&mara).await, Vec::<String>::new());

    // It is too much now. He asks his daughter Lena, and tells only her why.
    let handover = json!({
        "role_assignment_id": his["id"], "to_member_id": lena.member_id,
        "reason": "tired", "note": "I am so tired in the evening.",
    });
    let handover = rafael.post("/handovers", handover).await.is(201);
    let handover = format!("/handovers/{}", id(&handover));
    assert_eq!(told(&app).await, ["lena"]);
    assert_eq!(waiting(&lena).await.1, 1);
    let seen = |by: &Person| {
        let path = handover.clone();
        let by: Client = (**by).clone();
        async move {
            let it = by.get(&path).await.is(200);
            (it["reason"].clone(), it["note"].clone())
        }
    };
    let why = (json!("tired"), json!("I am so tired in the evening."));
    assert_eq!(seen(&rafael).await, why);
    assert_eq!(seen(&lena).await, why);
    assert_eq!(seen(&mara).await, (Value::Null, Value::Null));
    assert_eq!(seen(&nils).await, (Value::Null, Value::Null));

    // Until she answers he is named, but nobody is fooled: the cooking is open.
    let role = mara.get(&path).await.is(200);
    assert_eq!(role["assignments"][0]["name"], "Rafael Test");
    assert_eq!(role["assignments"][0]["is_handing_over"], true);
    assert_eq!(gaps(&mara).await, ["Cooking"]);

    let accepted = lena.act(&format!("{handover}/accept")).await.is(200);
    assert_eq!(accepted["state"], "accepted");
    assert_eq!(told(&app).await, ["rafael"]);
    assert_eq!(gaps(&mara).await, Vec::<String>::new());
    assert_eq!(waiting(&lena).await.1, 0);
    let role = mara.get(&path).await.is(200);
    let hers = role["assignments"][0].clone();
    assert_eq!(hers["name"], "Lena Test");
    assert_eq!(hers["previous_assignment_id"], his["id"]);
    // It was his: what he keeps is asked, and not forgotten.
    assert_eq!(hers["patient_part"], "ask_later");

    // He chooses the menu.
    let menu = json!({ "patient_part": "text", "patient_part_text": "Chooses the menu." });
    let part = format!("/role-assignments/{}", id(&hers));
    rafael.patch(&part, menu).await.is(200);
    let shown = nils.get(&path).await.is(200);
    assert_eq!(
        shown["assignments"][0]["patient_part_text"],
        "Chooses the menu."
    );
    app.mails().await;

    // When Lena hands the cooking on, he still chooses the menu.
    let on = json!({ "role_assignment_id": hers["id"] });
    let on = lena.post("/handovers", on).await.is(201);
    nils.act(&format!("/handovers/{}/accept", id(&on)))
        .await
        .is(200);
    let shown = mara.get(&path).await.is(200);
    let last = &shown["assignments"][0];
    assert_eq!(
        (&last["name"], &last["patient_part_text"]),
        (&json!("Nils Test"), &json!("Chooses the menu."))
    );
}

#[tokio::test]
async fn his_sister_stops_seeing_health_matters_and_keeps_nothing_of_them() {
    let app = TestApp::start().await;
    let access = ["coordinator", "patient", "caregiver"];
    let [mara, rafael, edda] = app.circle_of(access, ["Mara", "Rafael", "Edda"]).await;
    let health =
        |title: &str| json!({ "title": title, "topic": "health", "due_local": "2026-12-01T17:00" });
    let (mine, fetched) = (
        health("Call the oncology"),
        health("Pick up the prescription"),
    );
    let open = mara.task(health("Order the pump")).await;
    let (mine, fetched) = (mara.task(mine).await, mara.task(fetched).await);
    edda.task_act(&mine, "claim").await.is(200);
    mara.task_act(&fetched, "claim").await.is(200);
    mara.task_act(&open, "claim").await.is(200);
    // Mara asks Edda for one thing, and everybody for another.
    let to_edda = json!({ "task_id": fetched["id"], "to_member_id": edda.member_id });
    let to_edda = mara.post("/handovers", to_edda).await.is(201);
    let to_all = json!({ "task_id": open["id"] });
    let to_all = mara.post("/handovers", to_all).await.is(201);
    told(&app).await;
    let expected = [
        "Call the oncology accepted",
        "Order the pump offered",
        "Pick up the prescription offered",
    ];
    let (mut agenda, offers) = waiting(&edda).await;
    agenda.sort();
    assert_eq!((agenda, offers), (expected.map(str::to_owned).to_vec(), 1));

    // He does not want his sister to read about his illness any more.
    let no_health = json!({ "health": "none" });
    let topics = format!("/members/{}/topics", edda.member_id);
    rafael.patch(&topics, no_health).await.is(200);

    // She sees nothing of it, in no place.
    assert_eq!(waiting(&edda).await, (vec![], 0));
    for handover in [&to_edda, &to_all] {
        let path = format!("/handovers/{}", id(handover));
        edda.get(&path).await.is_problem(404, "not_found");
        let accept = edda.act(&format!("{path}/accept")).await;
        accept.is_problem(404, "not_found");
    }
    let list = edda
        .get("/handovers?state=open&state=withdrawn")
        .await
        .is(200);
    assert_eq!(list["data"], json!([]));
    for task in [&mine, &fetched, &open] {
        let path = format!("/tasks/{}", id(task));
        edda.get(&path).await.is_problem(404, "not_found");
    }
    // What she had is open, and what she was asked has come back to Mara. Both are told.
    let was_asked = mara
        .get(&format!("/handovers/{}", id(&to_edda)))
        .await
        .is(200);
    assert_eq!(was_asked["state"], "withdrawn");
    let fetched = mara.get(&format!("/tasks/{}", id(&fetched))).await.is(200);
    assert_eq!(fetched["coverage"], "full");
    let mut open = gaps(&mara).await;
    open.sort();
    assert_eq!(open, ["Call the oncology", "Order the pump"]);
    let told = told(&app).await;
    assert!(told.contains(&"mara".to_owned()), "{told:?}");
}
