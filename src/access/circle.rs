//! The door to a circle: one query proves the session, the membership, the topics and a permission.
//! Reads go through what it returns.

use std::fmt::Display;
use std::marker::PhantomData;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, Select};
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

use super::my_circles::MyCircles;
use super::owned::CircleOwned;
use super::permission::{Permission, RequiredPermission};
use super::scope::{CircleScope, ScopedCircle, ScopedMember};
use crate::app::App;
use crate::auth::{Credential, CredentialRow, Proof, ProofQuery};
use crate::auth::{account_deleting, check_recent};
use crate::entity::circle::{self, CircleState};
use crate::entity::ids::{CircleId, MemberId, UserId};
use crate::entity::membership::{self, AccessLevel, MemberState};
use crate::entity::topic_grant::{Topic, TopicLevel};
use crate::entity::topic_levels::TopicLevels;
use crate::http::extract::{Path, request_info, shape_of};
use crate::http::openapi::Shape;
use crate::http::pagination::{ListQuery, Listing};
use crate::http::request::RequestInfo;
use crate::http::response::{Page, Resource, Versioned};
use crate::platform::db::{ProofStatement, ReadRows, Reader, Reads};
use crate::platform::time::civil::Instant;
use crate::problem::Problem;
use crate::row::Row;
use crate::schedule::window::Window;

/// The circle in a path.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct CirclePath {
    /// The id of the circle.
    #[param(inline)]
    pub circle_id: CircleId,
}

/// A member of the circle in the path who has the permission `P`.
#[derive(Debug)]
pub struct CircleAccess<P> {
    app: App,
    credential: Credential,
    proof: Proof,
    scope: CircleScope,
    request: Arc<RequestInfo>,
    operation: Arc<Shape>,
    /// Whether the caller came in as the contact of a member without an account.
    as_contact: bool,
    right: PhantomData<P>,
}

impl<P: RequiredPermission> FromRequestParts<App> for CircleAccess<P> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let credential = Credential::of(parts, app).await?;
        let path = Path::<CirclePath>::from_request_parts(parts, app).await;
        let circle_id = path
            .as_ref()
            .map_or(CircleId(uuid::Uuid::nil()), |Path(path)| path.circle_id);
        let query = proof(&credential, circle_id);
        let query = query.build(app.reader().get_database_backend());
        let rows: Vec<ProofRow> = app.reader().rows(query).await?;
        let request = request_info(parts)?;
        let first = credential.require_row(app, &request, rows.first()).await?;
        let proof = credential.prove(app, &first.credential, &request).await?;
        let scope = read_scope(&proof, &rows, app.clock().now())?.ok_or(Problem::NotFound)?;
        let scope = scope.on(request.server());
        proof.check_scopes(parts)?;
        if scope.is_leaving() && !parts.method.is_safe() {
            return Err(account_deleting());
        }
        let operation = shape_of(&parts.extensions);
        let may = scope.may(P::PERMISSION);
        let as_contact = P::ALSO_CONTACTS && !may && is_contact(app, &scope, P::PERMISSION).await?;
        if !may && !as_contact {
            return Err(P::PERMISSION.refused(operation.deed()));
        }
        Ok(Self {
            app: app.clone(),
            as_contact,
            operation,
            credential,
            proof,
            scope,
            request,
            right: PhantomData,
        })
    }
}

impl<P: RequiredPermission> CircleAccess<P> {
    pub fn scope(&self) -> &CircleScope {
        &self.scope
    }

    pub fn circle_id(&self) -> CircleId {
        self.scope.circle_id()
    }

    pub fn user_id(&self) -> UserId {
        self.proof.user_id
    }

    pub fn request(&self) -> &Arc<RequestInfo> {
        &self.request
    }

    /// Refuses a caller who has not confirmed their identity in the last ten minutes.
    pub fn check_recent(&self) -> Result<(), Problem> {
        check_recent(self.proof.authenticated_at, self.app.clock().now())
    }

    /// The moment of the request.
    pub fn now(&self) -> DateTime<Utc> {
        self.app.clock().now()
    }

    /// The door for reading. Its statements cannot change anything.
    pub fn db(&self) -> &Reader {
        self.app.reader()
    }

    /// This circle alone, for a statement that is the same for all circles of a person.
    pub fn alone(&self) -> MyCircles<'_> {
        MyCircles::alone(&self.scope, self.app.clock().now())
    }

    /// The rows of this circle that the caller may see.
    pub fn find<E: CircleOwned>(&self) -> Select<E> {
        self.scope.find()
    }

    /// One row, or 404.
    pub async fn require<E: CircleOwned>(&self, id: E::Id) -> Result<E::Model, Problem> {
        self.find::<E>()
            .filter(self.scope.visible_one::<E>(id))
            .read_one(self.db())
            .await?
            .ok_or(Problem::NotFound)
    }

    /// The requested page of a list of this circle.
    pub fn listing(&self, list: impl Display, query: &impl ListQuery) -> Result<Listing, Problem> {
        let list = format_args!("{list} {}", self.circle_id());
        Listing::of(self.app.keys(), list, query)
    }

    /// A resource as the caller sees it now; 304 if the client has it already.
    pub fn found<T: Versioned>(&self, body: T) -> Result<Resource<T>, Problem> {
        let seq = self.scope.change_seq();
        let stem = self.scope.tag_of_resource(body.version(), seq);
        Resource::unless_seen(body, &stem, &self.request)
    }

    /// A list as the caller sees it now; 304 if the client has it already.
    pub fn listed<T: Serialize>(&self, body: &T) -> Result<Page<T>, Problem> {
        Page::unless_seen(body, &self.scope.tag_of_list(), &self.request)
    }

    /// The entity tag of a list that shows only rows of this circle. If the client has it already,
    /// the answer is 304, before any row is read.
    pub fn collection_tag(&self) -> Result<String, Problem> {
        let etag = self.scope.tag_of_list().alone();
        self.request.unless_seen(&etag)?;
        Ok(etag)
    }

    /// The entity tag of the part of a list in a window, and the instant for which it holds. If
    /// rows leave the list as time passes, that is the start of the minute.
    pub fn tag_in(
        &self,
        window: &Window,
        drops_out: bool,
    ) -> Result<(String, DateTime<Utc>), Problem> {
        let clock = self.app.clock();
        let minute = drops_out.then(|| clock.minute());
        let etag = self.scope.tag_in(window, minute).alone();
        self.request.unless_seen(&etag)?;
        Ok((etag, minute.unwrap_or_else(|| clock.now())))
    }

    /// The window between two parameters. Its days are those of the caller's time zone.
    pub fn window(&self, from: Option<Instant>, to: Option<Instant>) -> Window {
        Window::of(from, to, self.scope.reader_zone())
    }

    /// The circle itself.
    pub async fn circle(&self) -> Result<circle::Model, Problem> {
        find_circle(self.db(), self.circle_id()).await
    }

    pub(super) fn credential(&self) -> &Credential {
        &self.credential
    }

    /// Refuses a caller who does not have the permission any more.
    pub(super) fn check_again(&self, scope: &CircleScope) -> Result<(), Problem> {
        let may_as_contact = self.as_contact && scope.may_for_another(P::PERMISSION);
        if scope.may(P::PERMISSION) || may_as_contact {
            return Ok(());
        }
        Err(P::PERMISSION.refused(self.operation.deed()))
    }
}

/// Whether the caller is the contact of a member without an account. It takes one read, which only
/// callers need who may not do it for themselves.
async fn is_contact(
    app: &App,
    scope: &CircleScope,
    permission: Permission,
) -> Result<bool, Problem> {
    let Some(me) = scope
        .member_id()
        .filter(|_| scope.may_for_another(permission))
    else {
        return Ok(false);
    };
    let theirs = scope
        .find::<membership::Entity>()
        .filter(membership::Column::ContactMemberId.eq(me))
        .filter(membership::Column::State.eq(MemberState::Active));
    Ok(theirs.read_one(app.reader()).await?.is_some())
}

/// The row of a circle that was proven.
#[expect(
    clippy::disallowed_methods,
    reason = "the circle's own row, by an id that was proven"
)]
pub(super) async fn find_circle(
    connection: &impl Reads,
    id: CircleId,
) -> Result<circle::Model, Problem> {
    circle::Entity::find_by_id(id)
        .read_one(connection)
        .await?
        .ok_or(Problem::NotFound)
}

/// The columns that a proof reads of circle `c`, member `m` and grant `g`, besides those of the
/// credential: the fields of [`ProofRow`].
pub(super) const PROVEN: &str = "u.time_zone, u.locale, m.state, \
     c.id, c.time_zone, c.change_seq, c.deletion_scheduled_for, c.away_until, c.state, \
     c.deputy_member_id, m.id, m.access, m.is_patient, m.is_proxy, m.joined_at, m.reads, m.version, \
     g.topic, g.level, g.until";

/// A row that proves a caller: one for each grant. Without a member, all after `member_state` is
/// empty.
#[derive(Debug, Row)]
pub(super) struct ProofRow {
    pub credential: CredentialRow,
    pub my_zone: String,
    /// The tag of the caller's language, if they chose one.
    pub my_locale: Option<String>,
    member_state: Option<MemberState>,
    pub circle_id: Option<CircleId>,
    time_zone: Option<String>,
    change_seq: Option<i64>,
    deletion_scheduled_for: Option<DateTime<Utc>>,
    away_until: Option<NaiveDate>,
    circle_state: Option<CircleState>,
    deputy: Option<MemberId>,
    member_id: Option<MemberId>,
    access: Option<AccessLevel>,
    is_patient: Option<bool>,
    is_proxy: Option<bool>,
    joined_at: Option<DateTime<Utc>>,
    reads: Option<i32>,
    member_version: Option<i32>,
    topic: Option<Topic>,
    level: Option<TopicLevel>,
    until: Option<DateTime<Utc>>,
}

/// The query for the [`ProofRow`]s that prove a caller in a circle: a row for each grant of the
/// member. It finds a row without a member if the caller is not in the circle, and none if the
/// credential is not valid.
pub(super) fn proof(credential: &Credential, circle_id: CircleId) -> ProofStatement {
    let ProofQuery {
        columns,
        tables,
        condition,
        bound,
        mut values,
    } = credential.proof_query();
    values.push(circle_id.into());
    let circle = values.len();
    let selected = format!(
        "{columns}, {PROVEN} FROM {tables} \
         LEFT JOIN memberships m ON m.user_id = u.id AND m.circle_id = ${circle}{bound} \
         LEFT JOIN circles c ON c.id = m.circle_id \
         LEFT JOIN topic_grants g ON g.circle_id = m.circle_id AND g.member_id = m.id \
         WHERE {condition}"
    );
    ProofStatement { selected, values }
}

/// The scope that the rows of [`proof`] prove; `None` if the caller is not in the circle now.
pub(super) fn read_scope(
    proof: &Proof,
    rows: &[ProofRow],
    now: DateTime<Utc>,
) -> Result<Option<CircleScope>, Problem> {
    let Some(first) = rows.first() else {
        return Ok(None);
    };
    let is_leaving = match first.member_state {
        Some(MemberState::Active) => false,
        Some(MemberState::Leaving) => true,
        _ => return Ok(None),
    };
    let missing = || Problem::internal(anyhow::anyhow!("a proof without its member"));
    let circle = ScopedCircle {
        id: first.circle_id.ok_or_else(missing)?,
        time_zone: first.time_zone.clone().ok_or_else(missing)?,
        deletion_scheduled_for: first.deletion_scheduled_for,
        away_until: first.away_until,
        state: first.circle_state.ok_or_else(missing)?,
        deputy: first.deputy,
        change_seq: first.change_seq.ok_or_else(missing)?,
    };
    let member = ScopedMember {
        id: first.member_id.ok_or_else(missing)?,
        access: first.access.ok_or_else(missing)?,
        is_patient: first.is_patient.ok_or_else(missing)?,
        is_proxy: first.is_proxy.ok_or_else(missing)?,
        is_leaving,
        joined_at: first.joined_at.ok_or_else(missing)?,
        reads: first.reads.ok_or_else(missing)?,
        time_zone: first.my_zone.clone(),
        version: first.member_version.ok_or_else(missing)?,
    };
    let grants = rows
        .iter()
        .filter_map(|row| Some((row.topic?, row.level?, row.until)));
    let mut topics = grants.fold(TopicLevels::NONE, |topics, (topic, level, until)| {
        topics.granted(topic, level, until, now)
    });
    if member.is_patient {
        topics = TopicLevels::ALL;
    }
    Ok(Some(CircleScope::of_member(
        circle,
        member,
        topics,
        proof.token,
    )))
}
