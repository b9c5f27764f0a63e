//! Returns the sign-in methods of the caller's account.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, IntoSimpleExpr, QuerySelect, QueryTrait, Select};
use serde::Serialize;
use utoipa::ToSchema;

use super::passkeys::passkeys_of;
use super::second_factor::{codes_left, factor_of};
use crate::app::App;
use crate::auth::{AccountScope, Caller};
use crate::entity::{passkey, recovery_code, totp_factor, user};
use crate::http::response::Body;
use crate::platform::db::{ReadRows, SelectByPosition};
use crate::platform::time::timestamps::in_milliseconds;
use crate::problem::{Problem, TokenKind};

/// Your sign-in methods.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "has_password": true,
    "passkey_count": 1,
    "totp_added_at": "2027-01-02T12:00:00.000Z",
    "recovery_code_count": 9
})))]
pub struct SignInMethods {
    /// Whether you have a password.
    pub has_password: bool,
    /// How many passkeys you have.
    pub passkey_count: u64,
    /// When you added the authenticator app. Null if you have none.
    #[serde(serialize_with = "in_milliseconds")]
    pub totp_added_at: Option<DateTime<Utc>>,
    /// How many recovery codes are not used yet.
    pub recovery_code_count: u64,
}

/// Get your sign-in methods.
///
/// Says whether you have a password and an authenticator app, how many passkeys you have,
/// and how many recovery codes are left.
#[utoipa::path(
    get, path = "/me/sign-in-methods", tag = "security",
    responses((status = OK, description = "Your sign-in methods", body = SignInMethods), Problem),
)]
pub async fn get_sign_in_methods(app: App, caller: Caller) -> Result<Body<SignInMethods>, Problem> {
    let id = caller.user_id();
    let has_password = user::Column::PasswordHash.is_not_null();
    let passkeys = value_of(passkeys_of(id), passkey::Column::Id.count());
    let confirmed_at = totp_factor::Column::ConfirmedAt.into_simple_expr();
    let factor = value_of(factor_of(id).limit(1), confirmed_at);
    let codes = value_of(codes_left(id), recovery_code::Column::Id.count());
    let methods = AccountScope::of(id)
        .find::<user::Entity>()
        .select_only()
        .expr_as(has_password, "has_password")
        .expr_as(passkeys, "passkey_count")
        .expr_as(factor, "totp_added_at")
        .expr_as(codes, "recovery_code_count")
        .by_position::<(bool, i64, Option<DateTime<Utc>>, i64)>()
        .read_one(app.reader())
        .await?;
    let (has_password, passkeys, totp_added_at, codes) =
        methods.ok_or(Problem::InvalidToken(TokenKind::Access))?;
    Ok(Body(SignInMethods {
        has_password,
        passkey_count: passkeys.unsigned_abs(),
        totp_added_at,
        recovery_code_count: codes.unsigned_abs(),
    }))
}

/// A value of some rows, for a statement about their account.
fn value_of<E: EntityTrait>(rows: Select<E>, value: Expr) -> Expr {
    let rows = QueryTrait::into_query(rows.select_only().expr(value));
    Expr::SubQuery(None, Box::new(rows.into()))
}
