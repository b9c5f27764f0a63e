//! `PATCH /v1/circles/{circle_id}`

use serde_json::json;

use crate::harness::TestApp;

#[tokio::test]
async fn a_change_of_a_circle_affects_only_the_given_fields() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    let about = json!({ "patient_about": "Likes the radio on.\nHums along." });
    let circle = ana.patch("", about).await.is(200);
    assert_eq!(
        (&circle["name"], &circle["version"]),
        (&json!("Rosa"), &json!(2))
    );
    let seen = ben.get("").await.is(200);
    assert_eq!(seen["patient"]["about"], "Likes the radio on.\nHums along.");
    assert_eq!(seen["actions"], json!(["propose", "leave"]));
    let nothing = json!({ "patient_about": null, "patient_name": "Rosa María" });
    let circle = ana.patch("", nothing).await.is(200);
    let patient =
        json!({ "name": "Rosa María", "about": null, "member_id": null, "photo_url": null });
    assert_eq!(circle["patient"], patient);
    let name = ana.patch("", json!({ "name": null })).await;
    assert_eq!(name.is_invalid(), ["/name wrong_type"]);
}
