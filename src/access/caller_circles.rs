//! What the caller sees in all circles that they belong to, proven in one query.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbBackend, QueryFilter, QueryTrait, Select, Statement,
    Value,
};
use serde::Serialize;
use uuid::Uuid;

use super::circle::{PROVEN, ProofRow, read_scope};
use super::owned::CircleOwned;
use super::scope::CircleScope;
use super::write::CircleWrite;
use crate::app::App;
use crate::auth::{Credential, ProofQuery};
use crate::entity::ids::CircleId;
use crate::entity::membership::{self, MemberState};
use crate::http::entity_tag::TagStem;
use crate::http::extract::request_info;
use crate::http::request::RequestInfo;
use crate::http::response::Page;
use crate::platform::crypto::keys::sha256;
use crate::platform::db::{Reader, Reads};
use crate::problem::Problem;

/// The caller in all circles of which they are a member now. With a personal access token these are
/// only the circles that the token is for.
#[derive(Debug)]
pub struct CallerCircles {
    app: App,
    request: Arc<RequestInfo>,
    /// The archived ones are last.
    scopes: Vec<CircleScope>,
    /// How many are not archived.
    current: usize,
    time_zone: String,
    locale: Option<String>,
}

impl FromRequestParts<App> for CallerCircles {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let credential = Credential::of(parts, app).await?;
        let ProofQuery {
            columns,
            tables,
            condition,
            bound,
            values,
        } = credential.proof_query();
        let statement = Statement::from_sql_and_values(
            app.reader().get_database_backend(),
            format!(
                "SELECT {columns}, {PROVEN} FROM {tables} \
                 LEFT JOIN memberships m ON m.user_id = u.id \
                 AND m.state IN ('active', 'leaving'){bound} \
                 LEFT JOIN circles c ON c.id = m.circle_id \
                 LEFT JOIN topic_grants g ON g.circle_id = m.circle_id AND g.member_id = m.id \
                 WHERE {condition} \
                 ORDER BY m.circle_id"
            ),
            values,
        );
        let rows: Vec<ProofRow> = app.reader().rows(statement).await?;
        let request = request_info(parts)?;
        let first = credential.require_row(app, &request, rows.first()).await?;
        let proof = credential.prove(app, &first.credential, &request).await?;
        proof.check_scopes(parts)?;
        let time_zone = first.my_zone.clone();
        let locale = first.my_locale.clone();
        let now = app.clock().now();
        let mut scopes = Vec::new();
        for of_circle in rows.chunk_by(|a, b| a.circle_id == b.circle_id) {
            let scope = read_scope(&proof, of_circle, now)?;
            scopes.extend(scope.map(|scope| scope.on(request.server())));
        }
        scopes.sort_by_key(CircleScope::is_archived);
        let current = scopes.partition_point(|scope| !scope.is_archived());
        Ok(Self {
            app: app.clone(),
            request,
            scopes,
            current,
            time_zone,
            locale,
        })
    }
}

impl CircleWrite {
    /// Waits until no other request writes as this person, in any circle. Without it, two requests
    /// that claim something at the same moment do not see each other. On SQLite writes wait for
    /// each other anyway.
    pub async fn lock_self(&self) -> Result<(), Problem> {
        let backend = self.tx().get_database_backend();
        let Some(member) = self.scope().member_id() else {
            return Ok(());
        };
        if backend == DbBackend::Sqlite {
            return Ok(());
        }
        let sql = "SELECT pg_advisory_xact_lock(hashtextextended(m.user_id::text, 0)) \
            FROM memberships m WHERE m.circle_id = $1 AND m.id = $2";
        let values: [Value; 2] = [self.circle_id().into(), member.into()];
        let lock = Statement::from_sql_and_values(backend, sql, values);
        self.tx().query_one_raw(lock).await?;
        Ok(())
    }

    /// The rows in which the writing member has a part for which `stands` holds, in every
    /// circle of which this person is an active member.
    ///
    /// The caller does not see all of these rows: of a row in another circle or a hidden topic the
    /// answer may show the time and nothing else. `parent` and `member` are the columns in which a
    /// part names its row and its member.
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the door that leads to what the caller holds in all circles"
    )]
    pub fn find_held<E: CircleOwned, Part: CircleOwned>(
        &self,
        parent: Part::Column,
        member: Part::Column,
        stands: Expr,
    ) -> Select<E> {
        use membership::Column as Member;
        let part = |column: Part::Column| Expr::col((Part::default(), column));
        let person = |column: Member| Expr::col((membership::Entity, column));
        let me = Query::select()
            .column((membership::Entity, Member::UserId))
            .from(membership::Entity)
            .and_where(person(Member::CircleId).eq(self.circle_id()))
            .and_where(person(Member::Id).eq(self.scope().member_id()))
            .take();
        let of_row = Condition::all()
            .add(part(Part::circle_column()).equals((E::default(), E::circle_column())))
            .add(part(parent).equals((E::default(), E::id_column())));
        // A member without an account belongs to no other circle.
        let is_me = match self.acts_for() {
            Some(member) => person(Member::CircleId)
                .eq(self.circle_id())
                .and(person(Member::Id).eq(member)),
            None => person(Member::UserId).in_subquery(me),
        };
        let of_me = Condition::all()
            .add(person(Member::CircleId).equals((Part::default(), Part::circle_column())))
            .add(person(Member::Id).equals((Part::default(), member)));
        let mut rows = E::find();
        QueryTrait::query(&mut rows)
            .inner_join(Part::default(), of_row)
            .inner_join(membership::Entity, of_me)
            .and_where(stands)
            .and_where(person(Member::State).eq(MemberState::Active))
            .and_where(is_me);
        rows
    }
}

impl CallerCircles {
    /// One scope for each circle.
    pub fn scopes(&self) -> &[CircleScope] {
        &self.scopes
    }

    /// Those that are not archived: nothing waits for the caller in the others.
    pub(super) fn current_scopes(&self) -> &[CircleScope] {
        &self.scopes[..self.current]
    }

    /// The moment of the request.
    pub fn now(&self) -> DateTime<Utc> {
        self.app.clock().now()
    }

    /// The caller's own time zone.
    pub fn time_zone(&self) -> &str {
        &self.time_zone
    }

    /// The tag of the caller's own language, if they chose one.
    pub fn locale(&self) -> Option<&str> {
        self.locale.as_deref()
    }

    /// The door for reading. Its statements cannot change anything.
    pub fn db(&self) -> &Reader {
        self.app.reader()
    }

    /// The rows that the caller sees in all their circles and that fit `what`, the condition for
    /// each circle.
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the door that adds the circles and what the caller sees of each"
    )]
    pub fn find<E: CircleOwned>(&self, what: impl Fn(&CircleScope) -> Condition) -> Select<E> {
        E::find().filter(self.visible::<E>(what))
    }

    /// The condition of the rows that [`Self::find`] finds.
    pub fn visible<E: CircleOwned>(&self, what: impl Fn(&CircleScope) -> Condition) -> Condition {
        // The circles are repeated in front, so that no database reads other circles to find these.
        // Without any circle no row fits. Then the list names a circle that does not exist: an empty
        // list becomes a condition without a column, for which no index is used.
        let mut circles: Vec<_> = self.scopes.iter().map(CircleScope::circle_id).collect();
        if circles.is_empty() {
            circles.push(CircleId(Uuid::nil()));
        }
        let circle = Expr::col((E::default(), E::circle_column()));
        Condition::all()
            .add(E::circle_column().is_in(circles))
            .add(visible_in::<E>(&self.scopes, &circle, what))
    }

    /// A view of all circles; 304 if the client has it already.
    pub fn listed<T: Serialize>(&self, body: &T) -> Result<Page<T>, Problem> {
        self.listed_as(String::new(), body)
    }

    /// Like [`Self::listed`], for a view of one day in the caller's time zone.
    pub fn listed_on<T: Serialize>(&self, day: NaiveDate, body: &T) -> Result<Page<T>, Problem> {
        self.listed_as(format!("{day} {}", self.time_zone), body)
    }

    fn listed_as<T: Serialize>(&self, mut readers: String, body: &T) -> Result<Page<T>, Problem> {
        for scope in &self.scopes {
            readers += &scope.circle_id().to_string();
            readers += &scope.tag_of_list().alone();
        }
        let digest = sha256(readers.as_bytes());
        let stem = TagStem::of_list(&BASE64_URL_SAFE_NO_PAD.encode(&digest[..12]));
        Page::unless_seen(body, &stem, &self.request)
    }
}

/// What the caller sees in some of their circles. Circles in which the caller sees the same
/// share one condition. `circle` is the column with the id of the circle. The statement still has
/// to ask for these circles.
pub(super) fn visible_in<E: CircleOwned>(
    scopes: &[CircleScope],
    circle: &Expr,
    what: impl Fn(&CircleScope) -> Condition,
) -> Condition {
    in_each(scopes, circle, |scope| {
        Condition::all().add(E::visible(scope)).add(what(scope))
    })
}

/// A condition for each of some circles. Circles with the same condition share it.
pub(super) fn in_each(
    scopes: &[CircleScope],
    circle: &Expr,
    inside: impl Fn(&CircleScope) -> Condition,
) -> Condition {
    let mut alike: Vec<(Vec<CircleId>, Condition)> = Vec::new();
    for scope in scopes {
        let inside = inside(scope);
        match alike.last_mut() {
            Some((circles, shared)) if *shared == inside => circles.push(scope.circle_id()),
            _ => alike.push((vec![scope.circle_id()], inside)),
        }
    }
    let conditions = alike
        .into_iter()
        .map(|(circles, inside)| {
            Condition::all()
                .add(circle.clone().is_in(circles))
                .add(inside)
        })
        .collect();
    any_of(conditions)
}

/// Whether any of many conditions holds. They are in groups of groups, because SQLite takes no
/// expression deeper than 1,000, and a plain list is as deep as it is long.
fn any_of(mut conditions: Vec<Condition>) -> Condition {
    const WIDE: usize = 30;
    let any = |some: &[Condition]| some.iter().cloned().fold(Condition::any(), Condition::add);
    while conditions.len() > WIDE {
        conditions = conditions.chunks(WIDE).map(any).collect();
    }
    any(&conditions)
}
