//! Accounts: registration, sign-in, protection, export and deletion.

mod change_password;
mod confirm_registration;
mod delete;
mod email_change;
mod end_other_sessions;
mod end_session;
mod export;
mod get_account;
mod list_sessions;
mod passkeys;
mod password_reset;
mod personal_access_tokens;
mod reauthenticate;
mod refresh_session;
mod register;
mod resend_registration_code;
mod revoke_response_links;
pub mod second_factor;
mod security_events;
mod sign_in;
mod sign_in_code;
mod sign_out;
mod update_account;

use serde_json::{Value, json};

use crate::harness::{Client, PASSWORD, Person, Reply};

fn registration(email: &str) -> Value {
    json!({ "email": email, "password": PASSWORD, "name": "Ana Test", "time_zone": "Europe/Berlin" })
}

async fn register(anybody: &Client, email: &str) -> String {
    let answer = anybody
        .post("/v1/registrations", registration(email))
        .await
        .is(202);
    let id = answer["id"].as_str().unwrap();
    format!("/v1/registrations/{id}")
}

fn wrong(code: &str) -> Value {
    json!({ "code": if code == "000000" { "000001" } else { "000000" } })
}

async fn sign_in(person: &Person, label: &str) -> Client {
    let credentials = json!({ "email": person.email, "password": PASSWORD, "device_label": label });
    let tokens = person.post("/v1/sessions", credentials).await.session();
    person.app.client(&tokens)
}

async fn sessions(by: &Client) -> Vec<Value> {
    let listed = by.get("/v1/me/sessions").await.is(200);
    listed["data"].as_array().unwrap().clone()
}

async fn end_session(by: &Client, session: &Value) -> Reply {
    let id = session.as_str().unwrap();
    by.delete(&format!("/v1/me/sessions/{id}")).await
}
