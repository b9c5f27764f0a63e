//! Tokens in mailed links. Only their hash is stored; the text is derived again when the email is
//! written. A new token voids the older ones of its kind and subject, except for the answers about
//! things (`responses.rs`): there the links of all emails go on working.

mod missing;
mod responses;
mod subject;

pub use subject::TokenSubject;

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, DatabaseTransaction, DbErr,
    EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QueryTrait, Select, UpdateMany,
};

pub use self::missing::issue_missing;
pub use self::responses::{
    ResponseOf, response_tokens, void_responses_for_others_later, void_responses_of_account_later,
    void_responses_of_members_later,
};
use super::lookup;
use crate::app::App;
use crate::entity::ids::{CircleId, MailTokenId, MemberId};
use crate::entity::mail_token::{self, Column, MailTokenKind};
use crate::entity::membership;
use crate::platform::crypto::keys::sha256;
use crate::platform::db::{ReadRows, Reads, Transaction};
use crate::problem::Problem;

/// Like [`issue`], when the transaction commits. On PostgreSQL the older tokens are voided as they
/// were before, so the new one stays.
pub fn issue_later(
    write: &Transaction,
    kind: MailTokenKind,
    subject: TokenSubject,
    expires_at: Option<DateTime<Utc>>,
) {
    void_later(write, kind, subject);
    let (_, row) = new_token(write, kind, subject, expires_at);
    lookup::insert_all_later::<mail_token::Entity>(write, [row]);
}

/// Creates a token and voids the older ones of its kind and subject.
pub async fn issue(
    write: &Transaction,
    kind: MailTokenKind,
    subject: TokenSubject,
    expires_at: Option<DateTime<Utc>>,
) -> Result<MailTokenId, Problem> {
    void(write.tx(), kind, subject, write.now()).await?;
    let (id, row) = new_token(write, kind, subject, expires_at);
    lookup::insert_all::<mail_token::Entity>(write.tx(), [row]).await?;
    Ok(id)
}

fn new_token(
    write: &Transaction,
    kind: MailTokenKind,
    subject: TokenSubject,
    expires_at: Option<DateTime<Utc>>,
) -> (MailTokenId, mail_token::ActiveModel) {
    let id: MailTokenId = write.new_id();
    let row = mail_token::ActiveModel {
        id: Set(id),
        kind: Set(kind),
        token_hash: Set(sha256(write.keys().mail_token(id).as_bytes())),
        circle_id: Set(subject.circle_id),
        subject_id: Set(subject.id),
        subject_type: Set(subject.answered.map(|(what, _)| what)),
        member_id: Set(subject.answered.map(|(_, member)| member)),
        created_at: Set(write.now()),
        expires_at: Set(expires_at),
        used_at: Set(None),
        voided_at: Set(None),
    };
    (id, row)
}

/// Creates a token that does not expire for each of these members, when the transaction commits.
pub fn issue_all_later(
    write: &Transaction,
    kind: MailTokenKind,
    circle_id: CircleId,
    members: &[MemberId],
) {
    let row = |member: &MemberId| {
        let subject = TokenSubject::member(circle_id, *member);
        new_token(write, kind, subject, None).1
    };
    for some in members.chunks(AT_ONCE) {
        let rows: Vec<_> = some.iter().map(row).collect();
        lookup::insert_all_later::<mail_token::Entity>(write, rows);
    }
}

/// Joins the tokens of each member that are not void, and selects whose they are: null for a member
/// without one.
pub fn join_tokens(
    members: &mut Select<membership::Entity>,
    kind: MailTokenKind,
    circle_id: CircleId,
) {
    let token = |column: Column| Expr::col((mail_token::Entity, column));
    let of_member = Condition::all()
        .add(token(Column::SubjectId).equals((membership::Entity, membership::Column::Id)))
        .add(Column::Kind.eq(kind))
        .add(Column::CircleId.eq(circle_id))
        .add(Column::VoidedAt.is_null());
    QueryTrait::query(members)
        .left_join(mail_token::Entity, of_member)
        .expr(token(Column::SubjectId));
}

/// Voids all tokens of a kind and subject.
pub async fn void(
    tx: &DatabaseTransaction,
    kind: MailTokenKind,
    subject: TokenSubject,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let of_subject = subject.condition().add(Column::Kind.eq(kind));
    voiding(of_subject, now).exec(tx).await.map(drop)
}

/// Like [`void`], in a transaction that reads none of these tokens afterward: it is sent with the
/// commit.
pub fn void_later(write: &Transaction, kind: MailTokenKind, subject: TokenSubject) {
    let of_subject = subject.condition().add(Column::Kind.eq(kind));
    write.later(voiding(of_subject, write.now()).as_query());
}

/// Like [`void_later`], for all of these members of a circle.
pub fn void_all_later(
    write: &Transaction,
    kind: MailTokenKind,
    circle_id: CircleId,
    members: &[MemberId],
) {
    for some in members.chunks(AT_ONCE) {
        let these = Condition::all()
            .add(Column::Kind.eq(kind))
            .add(Column::CircleId.eq(circle_id))
            .add(Column::SubjectId.is_in(some.iter().map(|member| member.0)));
        write.later(voiding(these, write.now()).as_query());
    }
}

/// Voids one token, used or not.
pub async fn void_one(
    tx: &DatabaseTransaction,
    id: MailTokenId,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let this_one = Condition::all().add(Column::Id.eq(id));
    voiding(this_one, now).exec(tx).await.map(drop)
}

#[expect(
    clippy::disallowed_methods,
    reason = "its callers name one token, or the tokens of members or another subject"
)]
fn voiding(which: Condition, now: DateTime<Utc>) -> UpdateMany<mail_token::Entity> {
    mail_token::Entity::update_many()
        .set(mail_token::ActiveModel {
            voided_at: Set(Some(now)),
            ..Default::default()
        })
        .filter(which)
        .filter(Column::VoidedAt.is_null())
}

/// How many rows go into one statement.
const AT_ONCE: usize = 500;

/// The tokens that are not void.
#[expect(
    clippy::disallowed_methods,
    reason = "the subject alone says whose they are"
)]
fn not_void() -> Select<mail_token::Entity> {
    mail_token::Entity::find().filter(Column::VoidedAt.is_null())
}

/// The newest token of a kind and subject that is not void.
pub async fn newest(
    connection: &impl Reads,
    kind: MailTokenKind,
    subject: TokenSubject,
) -> Result<Option<mail_token::Model>, DbErr> {
    not_void()
        .filter(Column::Kind.eq(kind))
        .filter(subject.condition())
        .order_by_desc(Column::CreatedAt)
        .read_one(connection)
        .await
}

/// The newest token of a kind that is not void, for each of these members of a circle.
pub async fn newest_of_members(
    connection: &impl Reads,
    kind: MailTokenKind,
    circle_id: CircleId,
    members: Vec<MemberId>,
) -> Result<HashMap<MemberId, mail_token::Model>, DbErr> {
    let oldest_first = not_void()
        .filter(Column::Kind.eq(kind))
        .filter(Column::CircleId.eq(circle_id))
        .filter(Column::SubjectId.is_in(members.iter().map(|member| member.0)))
        .order_by_asc(Column::CreatedAt)
        .read(connection)
        .await?;
    let of_member = |token: mail_token::Model| (MemberId(token.subject_id), token);
    Ok(oldest_first.into_iter().map(of_member).collect())
}

/// The token that was sent, also if it cannot be used.
pub async fn find(
    connection: &impl Reads,
    kind: MailTokenKind,
    token: &str,
) -> Result<Option<mail_token::Model>, DbErr> {
    lookup::by_hash::<mail_token::Entity>(token)
        .filter(Column::Kind.eq(kind))
        .read_one(connection)
        .await
}

/// The token that was sent, if it can be used. Otherwise 410.
pub async fn require(
    connection: &impl Reads,
    kind: MailTokenKind,
    token: &str,
    now: DateTime<Utc>,
) -> Result<mail_token::Model, Problem> {
    find(connection, kind, token)
        .await?
        .filter(|token| {
            token.used_at.is_none()
                && token.voided_at.is_none()
                && token.expires_at.is_none_or(|end| end > now)
        })
        .ok_or(Problem::Gone)
}

/// Uses up a token. Of two requests at the same time one gets 410.
pub async fn spend(
    tx: &DatabaseTransaction,
    token: mail_token::Model,
    now: DateTime<Utc>,
) -> Result<(), Problem> {
    let row = mail_token::ActiveModel {
        used_at: Set(Some(now)),
        ..Default::default()
    };
    let unused = Condition::all()
        .add(Column::UsedAt.is_null())
        .add(Column::VoidedAt.is_null());
    if lookup::update_if::<mail_token::Entity>(tx, token.id, row, unused).await? {
        Ok(())
    } else {
        Err(Problem::Gone)
    }
}

/// After a change of the secret key: creates a new token beside each one that does not expire and
/// was derived from the former key. Later emails have the new token, and the links in earlier
/// emails go on working. Returns how many were created.
pub async fn renew_unending(transaction: &Transaction) -> Result<usize, Problem> {
    let unending = not_void()
        .filter(Column::ExpiresAt.is_null())
        .filter(Column::UsedAt.is_null())
        .order_by_asc(Column::CreatedAt)
        .all(transaction.tx())
        .await?;
    let about =
        |token: &mail_token::Model| (token.kind.as_str(), token.circle_id, token.subject_id);
    let newest: HashMap<_, _> = unending
        .into_iter()
        .map(|token| (about(&token), token))
        .collect();
    let is_old = |token: &mail_token::Model| {
        let current = transaction.keys().mail_token(token.id);
        sha256(current.as_bytes()) != token.token_hash
    };
    let mut rows = Vec::new();
    for token in newest.into_values().filter(is_old) {
        let id: MailTokenId = transaction.new_id();
        let mut row = token.into_active_model().reset_all();
        row.id = Set(id);
        row.token_hash = Set(sha256(transaction.keys().mail_token(id).as_bytes()));
        row.created_at = Set(transaction.now());
        rows.push(row);
    }
    // A statement has a limited number of parameters.
    for some in rows.chunks(500) {
        lookup::insert_all::<mail_token::Entity>(transaction.tx(), some.to_vec()).await?;
    }
    Ok(rows.len())
}

/// The URL of the page for a token. It is built from the settings, never from the request: a
/// forged Host header must not get into an email.
pub fn link(app: &App, page: &str, token: &mail_token::Model) -> String {
    format!("{}/{page}?token={}", app.public_url(), text_of(app, token))
}

/// The URL of the page for a token that was created just now.
pub fn new_link(app: &App, page: &str, id: MailTokenId) -> String {
    format!(
        "{}/{page}?token={}",
        app.public_url(),
        app.keys().mail_token(id)
    )
}

/// The text of a token for an email. A token older than the secret key is derived from the
/// former key.
fn text_of(app: &App, token: &mail_token::Model) -> String {
    let current = app.keys().mail_token(token.id);
    if sha256(current.as_bytes()) == token.token_hash {
        return current;
    }
    let previous = app.keys().previous_mail_token(token.id);
    previous.unwrap_or(current)
}
