//! Personal access tokens among the callers: of each scope, of each kind of
//! member, and those that are good for nothing here.

use chrono::TimeDelta;
use kith::entity::personal_token::{Column, Entity, TokenScope};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter,
};
use serde_json::{Value, json};

use super::world::Caller;
use crate::harness::{Client, Person};

/// A token that was made, before it is known what becomes of its owner.
pub struct Token {
    name: &'static str,
    client: Client,
    scopes: &'static [TokenScope],
    /// The caller who sees as much.
    like: &'static str,
}

impl Token {
    fn new(
        name: &'static str,
        client: Client,
        scopes: &'static [TokenScope],
        like: &'static str,
    ) -> Self {
        Self {
            name,
            client,
            scopes,
            like,
        }
    }

    /// As a caller, once the callers are known.
    pub fn show(self, callers: &[Caller]) -> Caller {
        let like = callers.iter().find(|caller| caller.name == self.like);
        Caller {
            name: self.name,
            client: self.client,
            kind: like.unwrap().kind,
            token: Some(self.scopes),
        }
    }
}

/// Makes a token for one circle; answers it with a client that shows it.
pub async fn make(owner: &Client, circle: &str, scopes: &[TokenScope]) -> (Value, Client) {
    let wish = json!({ "name": "A token", "scopes": scopes, "circle_ids": [circle] });
    let made = owner.post("/v1/me/access-tokens", wish).await.is(201);
    owner.app.mails().await;
    let mut client = owner.clone();
    client.token = Some(made["token"].as_str().unwrap().to_owned());
    (made, client)
}

/// Of the coordinator a token for each scope; of the others one with all.
pub async fn make_all(coordinator: &Person, members: &[(&'static str, &Person)]) -> Vec<Token> {
    let circle = coordinator.circle_id();
    let mut tokens = Vec::new();
    for scope in TokenScope::ALL {
        let scopes = std::slice::from_ref(scope);
        let (_, client) = make(coordinator, circle, scopes).await;
        let token = Token::new(scope.as_str(), client, scopes, "coordinator");
        tokens.push(token);
    }
    let names = [
        "token of the patient",
        "token of the helper",
        "token of the viewer",
        "token without topics",
        "token of the suspended",
        "token of the removed",
    ];
    let scopes = TokenScope::ALL;
    for (name, (like, person)) in names.into_iter().zip(members) {
        let (_, client) = make(person, circle, scopes).await;
        tokens.push(Token::new(name, client, scopes, like));
    }
    tokens
}

/// Tokens that are good for nothing in the circle; and one of somebody who has
/// come back to it, made after.
pub async fn make_others(
    coordinator: &Person,
    returning: &Person,
    disabled: &Person,
) -> Vec<Token> {
    let app = &coordinator.app;
    let circle = coordinator.circle_id();
    let scopes = TokenScope::ALL;
    let (taken_back, client) = make(coordinator, circle, scopes).await;
    let id = taken_back["id"].as_str().unwrap();
    let revoke = format!("/v1/me/access-tokens/{id}/revoke");
    coordinator.act(&revoke).await.is(204);
    let (_, of_disabled) = make(disabled, circle, scopes).await;
    let mut tokens = vec![
        Token::new("token taken back", client, scopes, "anonymous"),
        Token::new("token of the disabled", of_disabled, scopes, "anonymous"),
    ];

    let (_, client) = make(coordinator, circle, scopes).await;
    let connection = app.database.connect().await;
    let hash = kith::platform::crypto::keys::sha256(client.token.as_ref().unwrap().as_bytes());
    let row = Entity::find().filter(Column::TokenHash.eq(hash));
    let row = row.one(&connection).await.unwrap().unwrap();
    let mut old = row.into_active_model();
    old.expires_at = Set(app.now());
    old.update(&connection).await.unwrap();
    connection.close().await.unwrap();
    tokens.push(Token::new("token too old", client, scopes, "anonymous"));

    let other = json!({ "patient_name": "Otto" });
    let other = coordinator.post("/v1/circles", other).await.is(201);
    let (_, client) = make(coordinator, other["id"].as_str().unwrap(), scopes).await;
    tokens.push(Token::new(
        "token for another circle",
        client,
        scopes,
        "invited",
    ));

    let (_, client) = make(returning, circle, scopes).await;
    app.advance(TimeDelta::seconds(1));
    returning.post("/leave", json!({})).await.is(200);
    let access = json!({ "access": "caregiver" });
    app.join(coordinator, returning, access).await;
    tokens.push(Token::new("token from before", client, scopes, "invited"));
    let (_, client) = make(returning, circle, scopes).await;
    tokens.push(Token::new(
        "token of the caregiver",
        client,
        scopes,
        "caregiver",
    ));
    tokens
}
