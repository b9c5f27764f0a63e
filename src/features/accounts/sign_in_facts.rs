//! What a sign-in needs to know of an account whose row is locked. One statement reads it.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{
    ColumnTrait, Condition, DatabaseTransaction, IdenStatic, Iterable, QueryOrder, QuerySelect,
    QueryTrait,
};

use crate::app::App;
use crate::auth::AccountScope;
use crate::auth::signing::{Signer, are_published, signer_of};
use crate::entity::ids::{TotpFactorId, UserId};
use crate::entity::{session, signing_key, totp_factor, user};
use crate::platform::db::{ReadRows, SelectByPosition};
use crate::problem::{Problem, TokenKind};
use crate::row::Joined;

/// An account, and what decides how a sign-in to it goes on.
pub(super) struct SignInFacts {
    pub(super) user: user::Model,
    /// Whether the account has a confirmed authenticator app.
    pub(super) has_second_factor: bool,
    /// Whether there is any session of the account, ended or not.
    pub(super) has_sessions: bool,
    /// The key that signs access tokens now.
    pub(super) signer: Signer,
}

impl SignInFacts {
    /// Reads the facts. Call it after the account or the session was locked: what another request
    /// has changed before is true then. 401 if the account is gone.
    pub(super) async fn read(
        app: &App,
        tx: &DatabaseTransaction,
        user_id: UserId,
        now: DateTime<Utc>,
    ) -> Result<Self, Problem> {
        use signing_key::Column as Key;
        use totp_factor::Column as Factor;

        let factor = Condition::all()
            .add(
                Expr::col((totp_factor::Entity, Factor::UserId))
                    .equals((user::Entity, user::Column::Id)),
            )
            .add(Factor::ConfirmedAt.is_not_null());
        let sessions = Query::select()
            .expr(Expr::value(1))
            .from(session::Entity)
            .and_where(session::Column::UserId.eq(user_id))
            .take();
        let mut rows = AccountScope::of(user_id).find::<user::Entity>();
        QueryTrait::query(&mut rows)
            .left_join(totp_factor::Entity, factor)
            .left_join(signing_key::Entity, are_published(now));
        let mut rows = rows
            .order_by_asc(Key::ActiveFrom)
            .order_by_asc(Key::Id)
            .column_as(Factor::Id, "totp_factor_id")
            .expr(Expr::exists(sessions));
        for column in Key::iter() {
            rows = rows.column_as(column, format!("signing_key_{}", column.as_str()));
        }
        let rows = rows
            .by_position::<(
                user::Model,
                Option<TotpFactorId>,
                bool,
                Joined<signing_key::Model>,
            )>()
            .read(tx)
            .await?;
        let mut account = None;
        let mut keys = Vec::new();
        for (user, factor, has_sessions, Joined(key)) in rows {
            account = Some((user, factor.is_some(), has_sessions));
            keys.extend(key);
        }
        let (user, has_second_factor, has_sessions) =
            account.ok_or(Problem::InvalidToken(TokenKind::Access))?;
        Ok(Self {
            user,
            has_second_factor,
            has_sessions,
            signer: signer_of(app, &keys, now)?,
        })
    }
}
