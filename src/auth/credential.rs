//! The credential of a request: the access token of a session, or a personal access token. Only
//! this module tells the two apart.

use std::sync::Arc;

use axum::http::header;
use axum::http::request::Parts;
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{IdenStatic, Iterable, Value};

use super::credential_cache::CredentialCache;
use super::personal_access_token::{hash_of_token, is_personal_access_token};
use super::signing::KnownKeys;
use super::token::{AccessToken, GenuineToken, MAX_TOKEN, TokenFault, key_of_token};
use super::token_scope::ProvenToken;
use super::token_use;
use super::verified_tokens::{TokenDigest, VerifiedTokens};
use crate::app::App;
use crate::entity::ids::{PersonalAccessTokenId, UserId};
use crate::entity::personal_access_token::TokenScopes;
use crate::entity::user::{self, UserState};
use crate::http::extract::request_info;
use crate::http::openapi::NeededScopes;
use crate::http::rate_limits;
use crate::http::request::RequestInfo;
use crate::platform::db::ProofStatement;
use crate::problem::{Problem, TokenKind};
use crate::row::Row;

/// How precisely the last use of a personal access token is stored.
const LAST_USE: TimeDelta = TimeDelta::minutes(10);

/// A credential that is well formed, but not looked up yet.
#[derive(Clone, Debug)]
pub(crate) enum Credential {
    Session(AccessToken),
    /// The hash of a personal access token.
    Personal(Vec<u8>),
}

/// The parts of the query that proves a credential. The account is `u`; the session or personal
/// access token is `s`.
pub(crate) struct ProofQuery {
    /// The columns of a [`CredentialRow`].
    pub columns: &'static str,
    pub tables: &'static str,
    pub condition: &'static str,
    /// A further condition for the membership `m` in a circle.
    pub bound: &'static str,
    /// The values of `$1` and so on in `tables` and `condition`.
    pub values: Vec<Value>,
}

/// The row that proves a credential.
#[derive(Clone, Debug, Row)]
pub(crate) struct CredentialRow {
    used_at: Option<DateTime<Utc>>,
    ended_at: Option<DateTime<Utc>>,
    expires_at: DateTime<Utc>,
    user_state: UserState,
    user_id: UserId,
    /// Only of a session: when the person last confirmed their identity.
    authenticated_at: Option<DateTime<Utc>>,
    /// Only of a session: when the key that signed the token ends.
    key_ends_at: Option<DateTime<Utc>>,
    /// Only of a personal access token.
    token_id: Option<PersonalAccessTokenId>,
    /// Only of a personal access token.
    scopes: Option<String>,
}

/// Whom a credential proves, and what limits it has.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Proof {
    pub user_id: UserId,
    pub token: Option<ProvenToken>,
    pub state: UserState,
    /// When the person of the session last confirmed their identity.
    pub authenticated_at: Option<DateTime<Utc>>,
    used_at: Option<DateTime<Utc>>,
}

impl Credential {
    /// Reads the header Authorization. A request without a well-formed credential counts for its
    /// client address. Any other counts for the account, once a row has proven it.
    pub async fn of(parts: &Parts, app: &App) -> Result<Self, Problem> {
        let request = request_info(parts)?;
        match Self::read(parts, app, &request).await {
            Ok(credential) => {
                credential.refuse_if_used_up(app, &request)?;
                Ok(credential)
            }
            Err(too_many @ Problem::TooManyRequests { .. }) => Err(too_many),
            Err(problem) => {
                rate_limits::check_anonymous(app, &request).await?;
                Err(problem)
            }
        }
    }

    /// Refuses before the database is queried: an account that has used up its quota, and a
    /// credential that may be made up or stolen if the client address has used up its quota.
    fn refuse_if_used_up(&self, app: &App, request: &RequestInfo) -> Result<(), Problem> {
        if let Self::Session(token) = self {
            rate_limits::refuse_if_used_up(app, request, token.user_id)?;
        }
        if app.shared::<CredentialCache>().may_be_good(self) {
            return Ok(());
        }
        rate_limits::refuse_unknown(app, request)
    }

    /// The row that proves the credential. If there is none, the request counts as anonymous.
    pub async fn require_row<R>(
        &self,
        app: &App,
        request: &RequestInfo,
        row: Option<R>,
    ) -> Result<R, Problem> {
        if let Some(row) = row {
            return Ok(row);
        }
        app.shared::<CredentialCache>().note(self, false);
        rate_limits::check_anonymous(app, request).await?;
        Err(self.invalid())
    }

    fn kind(&self) -> TokenKind {
        match self {
            Self::Session(_) => TokenKind::Access,
            Self::Personal(_) => TokenKind::Personal,
        }
    }

    /// The refusal of a credential that proves nobody.
    pub fn invalid(&self) -> Problem {
        Problem::InvalidToken(self.kind())
    }

    async fn read(parts: &Parts, app: &App, request: &RequestInfo) -> Result<Self, Problem> {
        let mut shown = parts.headers.get_all(header::AUTHORIZATION).iter();
        let text = shown
            .next()
            .filter(|_| shown.next().is_none())
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.split_once(' '))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
            .map(|(_, token)| token)
            .ok_or(Problem::Unauthenticated)?;
        if is_personal_access_token(text) {
            let hash = hash_of_token(text);
            let invalid = Problem::InvalidToken(TokenKind::Personal);
            return hash.map(Self::Personal).ok_or(invalid);
        }
        match Self::read_access_token(text, app, request).await? {
            Ok(token) => Ok(Self::Session(token)),
            Err(TokenFault::Expired) => Err(Problem::TokenExpired(TokenKind::Access)),
            Err(TokenFault::Invalid) => Err(Problem::InvalidToken(TokenKind::Access)),
        }
    }

    /// Verifies an access token, or recognizes it if it was verified before.
    async fn read_access_token(
        text: &str,
        app: &App,
        request: &RequestInfo,
    ) -> Result<Result<AccessToken, TokenFault>, Problem> {
        if text.len() > MAX_TOKEN {
            return Ok(Err(TokenFault::Invalid));
        }
        let now = app.clock().now();
        let verified = app.shared::<VerifiedTokens>();
        let digest = TokenDigest::of(text);
        if let Some(known) = verified.find(&digest) {
            return Ok(known.judge(now));
        }
        let Some(key) = key_of_token(text) else {
            return Ok(Err(TokenFault::Invalid));
        };
        let keys = app.shared::<KnownKeys>();
        if !keys.has(key) {
            rate_limits::refuse_unknown(app, request)?;
        }
        let Some(key) = keys.find(app.reader(), key).await? else {
            return Ok(Err(TokenFault::Invalid));
        };
        let Some(genuine) = GenuineToken::verify(&key, app.public_url(), text) else {
            return Ok(Err(TokenFault::Invalid));
        };
        let judged = genuine.judge(now);
        if judged.is_ok() {
            verified.remember(digest, genuine);
        }
        Ok(judged)
    }

    pub fn proof_query(&self) -> ProofQuery {
        match self {
            Self::Session(token) => ProofQuery {
                columns: "r.access_used_at, s.ended_at, s.expires_at, u.state, u.id, \
                    s.authenticated_at, k.ends_at, NULL, NULL",
                tables: "sessions s JOIN users u ON u.id = s.user_id \
                    JOIN refresh_tokens r ON r.session_id = s.id AND r.id = $3 \
                    JOIN signing_keys k ON k.id = $4",
                condition: "s.id = $1 AND s.user_id = $2",
                bound: "",
                values: vec![
                    token.session_id.into(),
                    token.user_id.into(),
                    token.id.into(),
                    token.key_id.into(),
                ],
            },
            Self::Personal(hash) => ProofQuery {
                columns: "s.last_used_at, s.ended_at, s.expires_at, u.state, u.id, \
                    NULL, NULL, s.id, s.scopes",
                tables: "personal_access_tokens s JOIN users u ON u.id = s.user_id",
                condition: "s.token_hash = $1",
                // A token does not work any more for a member who left the circle and came back.
                bound: " AND m.joined_at <= s.created_at AND EXISTS (\
                    SELECT 1 FROM personal_access_token_circles b \
                    WHERE b.personal_access_token_id = s.id AND b.circle_id = m.circle_id)",
                values: vec![hash.clone().into()],
            },
        }
    }

    /// The query that proves the account, without a circle.
    pub fn query(&self) -> ProofStatement {
        self.query_with("")
    }

    /// Like [`Self::query`], and reads the account behind the columns of the proof, and whether
    /// signing in to it needs a second factor.
    pub fn query_with_account(&self) -> ProofStatement {
        let mut account = String::new();
        for column in user::Column::iter() {
            account.push_str(", u.");
            account.push_str(column.as_str());
        }
        account.push_str(
            ", EXISTS (SELECT 1 FROM totp_factors f \
             WHERE f.user_id = u.id AND f.confirmed_at IS NOT NULL)",
        );
        self.query_with(&account)
    }

    fn query_with(&self, more: &str) -> ProofStatement {
        let ProofQuery {
            columns,
            tables,
            condition,
            values,
            ..
        } = self.proof_query();
        ProofStatement {
            selected: format!("{columns}{more} FROM {tables} WHERE {condition}"),
            values,
        }
    }

    /// Refuses a credential that has ended.
    pub fn check(&self, row: &CredentialRow, now: DateTime<Utc>) -> Result<Proof, Problem> {
        let state = row.user_state;
        let token = match self {
            Self::Session(_) => None,
            Self::Personal(_) => {
                let id = row.token_id.ok_or_else(|| self.invalid())?;
                let scopes = TokenScopes::read(row.scopes.as_deref().unwrap_or_default());
                Some(ProvenToken { id, scopes })
            }
        };
        let key_ended = row.key_ends_at.is_some_and(|end| end <= now);
        let let_in = match self {
            Self::Session(_) => state.lets_in(),
            Self::Personal(_) => state == UserState::Active,
        };
        let is_over = row.expires_at <= now;
        if row.ended_at.is_some() || !let_in {
            return Err(self.invalid());
        }
        match self {
            // The end of a session: no refresh prolongs it.
            Self::Session(_) if is_over => return Err(self.invalid()),
            Self::Personal(_) if is_over => return Err(Problem::TokenExpired(self.kind())),
            // The key of the token has ended before the token, and the session goes on.
            _ if key_ended => return Err(Problem::TokenExpired(self.kind())),
            _ => {}
        }
        Ok(Proof {
            user_id: row.user_id,
            token,
            state,
            authenticated_at: row.authenticated_at,
            used_at: row.used_at,
        })
    }

    /// Refuses a credential that has ended, and notes that it is used ([`token_use`]).
    pub async fn prove(
        &self,
        app: &App,
        row: &CredentialRow,
        request: &Arc<RequestInfo>,
    ) -> Result<Proof, Problem> {
        let now = app.clock().now();
        let proof = self.check(row, now);
        app.shared::<CredentialCache>().note(self, proof.is_ok());
        match &proof {
            Ok(proof) => rate_limits::check_account(app, request, proof.user_id).await?,
            // A thief may send a credential that has ended. That must not use up the owner's quota.
            Err(_) => rate_limits::check_anonymous(app, request).await?,
        }
        let proof = proof?;
        match self {
            Self::Session(token) if proof.used_at.is_none() && request.reads() => {
                token_use::note_in_background(app, *token, request).await?;
            }
            Self::Session(token) if proof.used_at.is_none() => {
                token_use::note(app, *token, request).await?;
            }
            Self::Personal(hash) if proof.used_at.is_none_or(|at| at + LAST_USE <= now) => {
                token_use::note_personal_use(app, hash).await;
            }
            _ => {}
        }
        Ok(proof)
    }
}

impl Proof {
    /// Refuses a personal access token without the scopes of this operation.
    pub fn check_scopes(&self, parts: &Parts) -> Result<(), Problem> {
        let needed = parts.extensions.get::<NeededScopes>();
        let Some(token) = self.token else {
            return Ok(());
        };
        if !token.sees_the_answer(needed) {
            request_info(parts)?.hide_answer();
        }
        token.check(needed)
    }
}
