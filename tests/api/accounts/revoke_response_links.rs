//! `DELETE /v1/me/response-links`

use serde_json::json;

use crate::harness::TestApp;
use crate::web::pages::heading;
use crate::web::respond::{link_to, offer, press};

#[tokio::test]
async fn the_links_in_earlier_emails_stop_working_and_later_emails_have_new_ones() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "helper", "helper"]).await;
    let path = offer(&ana, &ben.member_id, json!({ "title": "Shop" })).await;
    let old = link_to(&app, &ben).await;
    offer(&ana, &cem.member_id, json!({ "title": "Cook" })).await;
    let of_cem = link_to(&app, &cem).await;
    ben.delete("/v1/me/response-links").await.is(204);
    let anybody = app.anybody();
    for shown in [
        anybody.get(&old).await,
        press(&anybody, &old, "accept").await,
    ] {
        assert_eq!(heading(&shown, 410), "This link no longer works");
    }
    assert_eq!(ben.get(&path).await.is(200)["my_assignment"], "offered");
    // The links of others go on working.
    heading(&anybody.get(&of_cem).await, 200);
    let events = ben.get("/v1/me/security-events?limit=1").await.is(200);
    assert_eq!(events["data"][0]["kind"], "response_links_voided");
    offer(&ana, &ben.member_id, json!({ "title": "Bake" })).await;
    let new = link_to(&app, &ben).await;
    heading(&press(&anybody, &new, "accept").await, 200);
    app.mails().await;
}
