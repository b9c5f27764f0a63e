//! Tokens for the answer of a member about one thing. The same token is in every email about it, and
//! it works until the thing ends. A thing that moves further away gets another one, and the old one
//! goes on working: a person can still answer from the first email.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::sea_query::{Query, UnionType};
use sea_orm::{
    ColumnTrait, Condition, EntityName, QueryFilter, QueryOrder, QueryTrait, TryIntoModel,
};
use uuid::Uuid;

use super::{AT_ONCE, TokenSubject, lookup, new_token, not_void, voiding};
use crate::entity::ids::{CircleId, MemberId, UserId};
use crate::entity::mail_token::{self, Column, MailTokenKind, RespondSubject};
use crate::entity::membership;
use crate::platform::crypto::keys::sha256;
use crate::platform::db::{ReadRows, Transaction, in_list};
use crate::problem::Problem;

/// How long after the end of the thing a token can be used. The page says that it is over.
const LIFE: TimeDelta = TimeDelta::days(180);
/// A new email has a new token if the last one would not be valid for so long after the end.
const AT_LEAST: TimeDelta = TimeDelta::days(90);

/// What a link answers about, and whose answer it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ResponseOf {
    pub subject: RespondSubject,
    pub id: Uuid,
    pub member: MemberId,
}

impl ResponseOf {
    /// What a token answers about. None for a token of another kind.
    pub fn of(token: &mail_token::Model) -> Option<Self> {
        Some(Self {
            subject: token.subject_type?,
            id: token.subject_id,
            member: token.member_id?,
        })
    }
}

/// The tokens for these answers, each with the instant at which its thing ends, if that is known.
/// Who has none gets one. One statement reads, and one for each five hundred new tokens is sent with
/// the commit. The circle is locked, so nobody else makes the same tokens now.
pub async fn response_tokens(
    write: &Transaction,
    circle_id: CircleId,
    wanted: &[(ResponseOf, Option<DateTime<Utc>>)],
) -> Result<HashMap<ResponseOf, mail_token::Model>, Problem> {
    if wanted.is_empty() {
        return Ok(HashMap::new());
    }
    // What was issued in this transaction counts as well.
    write.send_later_of(mail_token::Entity.table_name()).await?;
    let things: HashSet<Uuid> = wanted.iter().map(|(of, _)| of.id).collect();
    let members: HashSet<MemberId> = wanted.iter().map(|(of, _)| of.member).collect();
    let oldest_first = not_void()
        .filter(Column::Kind.eq(MailTokenKind::Respond))
        .filter(Column::CircleId.eq(circle_id))
        .filter(Column::SubjectId.is_in(in_list(things)))
        .filter(Column::MemberId.is_in(in_list(members)))
        .order_by_asc(Column::CreatedAt)
        .order_by_asc(Column::Id)
        .read(write.tx())
        .await?;
    let by_answer = |token: mail_token::Model| Some((ResponseOf::of(&token)?, token));
    let mut tokens: HashMap<ResponseOf, mail_token::Model> =
        oldest_first.into_iter().filter_map(by_answer).collect();
    let mut rows = Vec::new();
    for (of, ends_at) in wanted {
        let end = ends_at.unwrap_or(write.now()).max(write.now());
        let lasts = |token: &mail_token::Model| {
            token.expires_at.is_some_and(|at| at >= end + AT_LEAST) && is_of_this_key(write, token)
        };
        if tokens.get(of).is_some_and(lasts) {
            continue;
        }
        let subject = TokenSubject::response(circle_id, *of);
        let (_, row) = new_token(write, MailTokenKind::Respond, subject, Some(end + LIFE));
        tokens.insert(*of, row.clone().try_into_model()?);
        rows.push(row);
    }
    for some in rows.chunks(AT_ONCE) {
        lookup::insert_all_later::<mail_token::Entity>(write, some.to_vec());
    }
    Ok(tokens)
}

/// Whether the text of a token follows from the present secret key.
fn is_of_this_key(write: &Transaction, token: &mail_token::Model) -> bool {
    sha256(write.keys().mail_token(token.id).as_bytes()) == token.token_hash
}

/// Voids all tokens for the answers of these members, when the transaction commits.
pub fn void_responses_of_members_later(
    write: &Transaction,
    circle_id: CircleId,
    members: &[MemberId],
) {
    let theirs = Condition::all()
        .add(Column::Kind.eq(MailTokenKind::Respond))
        .add(Column::CircleId.eq(circle_id))
        .add(Column::MemberId.is_in(in_list(members.iter().copied())));
    write.later(voiding(theirs, write.now()).as_query());
}

/// Voids all tokens for the answers of members without an account, except of those whose contact this
/// member is, when the transaction commits. It is for a coordinator who coordinates no longer: while
/// they stood in for contacts, they got such emails.
pub fn void_responses_for_others_later(write: &Transaction, circle_id: CircleId, of: MemberId) {
    let others = Query::select()
        .column(membership::Column::Id)
        .from(membership::Entity)
        .and_where(membership::Column::CircleId.eq(circle_id))
        .and_where(membership::Column::UserId.is_null())
        .and_where(membership::Column::ContactMemberId.ne(of))
        .take();
    let theirs = Condition::all()
        .add(Column::Kind.eq(MailTokenKind::Respond))
        .add(Column::CircleId.eq(circle_id))
        .add(Column::MemberId.in_subquery(others));
    write.later(voiding(theirs, write.now()).as_query());
}

/// Voids all tokens in the emails of an account, in every circle, when the transaction commits: for
/// its own answers, and for those of the members without an account whose contact it is.
pub fn void_responses_of_account_later(write: &Transaction, user_id: UserId) {
    let own = Query::select()
        .column(membership::Column::Id)
        .from(membership::Entity)
        .and_where(membership::Column::UserId.eq(user_id))
        .take();
    let for_others = Query::select()
        .column(membership::Column::Id)
        .from(membership::Entity)
        .and_where(membership::Column::ContactMemberId.in_subquery(own.clone()))
        .and_where(membership::Column::UserId.is_null())
        .take();
    let mailed_to_them = own.clone().union(UnionType::All, for_others).take();
    let theirs = Condition::all()
        // Only they have a subject. PostgreSQL would look for the kind in all circles.
        .add(Column::SubjectType.is_not_null())
        .add(Column::MemberId.in_subquery(mailed_to_them));
    write.later(voiding(theirs, write.now()).as_query());
}
