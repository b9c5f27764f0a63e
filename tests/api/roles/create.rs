//! `POST /v1/circles/{circle_id}/roles`

use serde_json::json;

use super::{path_of, role};
use crate::harness::TestApp;

#[tokio::test]
async fn a_role_needs_only_a_kind() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let pets = role(&ana, json!({ "kind": "pets" })).await;
    assert_eq!(
        (&pets["title"], &pets["state"]),
        (&json!("Pets"), &json!("active"))
    );
    assert_eq!(
        pets["actions"],
        json!(["update", "offer", "claim", "archive"])
    );
    let nameless = ana.post("/roles", json!({ "kind": "custom" })).await;
    assert_eq!(nameless.is_invalid(), ["/title required"]);
    let named = json!({ "kind": "custom", "title": "Radio" });
    assert_eq!(role(&ana, named).await["title"], "Radio");

    let path = path_of(&pets);
    let changed = ana
        .patch(&path, json!({ "title": "The dog" }))
        .await
        .is(200);
    assert_eq!(changed["title"], "The dog");
    let custom = json!({ "kind": "custom", "title": null });
    assert_eq!(
        ana.patch(&path, custom).await.is_invalid(),
        ["/title required"]
    );
    let meals = json!({ "kind": "meals", "title": null, "effort_minutes_per_week": 60 });
    let meals = ana.patch(&path, meals).await.is(200);
    assert_eq!(
        (&meals["title"], &meals["effort_minutes_per_week"]),
        (&json!("Meals"), &json!(60))
    );
}
