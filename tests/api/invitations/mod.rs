//! Invitations: bound to an address, used once, and valid for a week.

mod accept;
mod create;
mod decline;
mod join_links;
mod links_pressed_twice;
mod list;
mod propose;
mod register;
mod resend;
mod withdraw;

use serde_json::{Value, json};

use crate::harness::{Client, Mail, PASSWORD, Reply};

/// Invites Ben, who may have no account yet.
async fn invite(by: &Client) -> Value {
    let guest = json!({ "email": "Ben@Test.example", "access": "helper" });
    by.post("/invitations", guest).await.is(201)
}

async fn describe(by: &Client, mail: &Mail) -> Reply {
    let token = json!({ "token": mail.token() });
    by.post("/v1/invitations/preview", token).await
}

async fn accept(by: &Client, mail: &Mail) -> Reply {
    let token = json!({ "token": mail.token() });
    by.post("/v1/invitations/accept", token).await
}

async fn register(by: &Client, mail: &Mail) -> Reply {
    let registration = json!({
        "token": mail.token(), "name": "Ben Test", "password": PASSWORD,
        "time_zone": "Europe/Berlin",
    });
    by.post("/v1/invitations/register", registration).await
}

async fn act(by: &Client, invitation: &Value, verb: &str) -> Reply {
    let id = invitation["id"].as_str().unwrap();
    by.act(&format!("/invitations/{id}/{verb}")).await
}

async fn withdraw(by: &Client, invitation: &Value) -> Reply {
    let id = invitation["id"].as_str().unwrap();
    by.delete(&format!("/invitations/{id}")).await
}

async fn state(by: &Client, invitation: &Value) -> Value {
    let all = by.get("/invitations").await.is(200);
    let mut rows = all["data"].as_array().unwrap().iter();
    rows.find(|row| row["id"] == invitation["id"]).unwrap()["state"].clone()
}
