//! Personal access tokens among the callers: of each scope, of each kind of member, and tokens
//! that give no access.

use chrono::TimeDelta;
use kith::entity::personal_access_token::{Column, Entity, TokenScope};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter,
};
use serde_json::{Value, json};

use super::world::Caller;
use crate::harness::{Client, Person};

/// A token that was created before its owner became a caller.
pub struct Token {
    name: &'static str,
    client: Client,
    scopes: &'static [TokenScope],
    /// The name of the caller who sees as much.
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

    /// The token as a caller, with the kind of the caller who sees as much.
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

/// Creates a token for one circle; returns it and a client that uses it.
pub async fn make(owner: &Client, circle: &str, scopes: &[TokenScope]) -> (Value, Client) {
    let request = json!({ "name": "A token", "scopes": scopes, "circle_ids": [circle] });
    let made = owner.post("/v1/me/access-tokens", request).await.is(201);
    owner.app.mails().await;
    let mut client = owner.clone();
    client.token = Some(made["token"].as_str().unwrap().to_owned());
    (made, client)
}

/// Creates a token of the coordinator for each scope, and a token with all scopes for each other
/// member.
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

/// Creates tokens that give no access to the circle, and a token of a member who left and came
/// back before creating it.
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
    let revoke = format!("/v1/me/access-tokens/{id}");
    coordinator.delete(&revoke).await.is(204);
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
