//! Judges a second factor: six digits from an authenticator app, or a recovery code. A code is
//! judged before the transaction, because a hash takes long. It is used up in the transaction,
//! so that one code never signs in two devices.

use chrono::{DateTime, Utc};
use sea_orm::{ActiveValue::Set, ColumnTrait, Condition, DatabaseTransaction};
use totp_rs::{Builder, Secret, Totp};

use super::recovery::find_code;
use super::store::find_factor;
use crate::app::App;
use crate::auth::AccountScope;
use crate::entity::ids::{RecoveryCodeId, TotpFactorId, UserId};
use crate::entity::{recovery_code, totp_factor};
use crate::platform::crypto::sealed::SealedCell;
use crate::platform::text::{FactorCode, TypedFactor};
use crate::problem::Problem;

/// A second factor that was right when it was judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JudgedCode {
    /// The code from an authenticator app, and its time step.
    Totp(TotpFactorId, i64),
    Recovery(RecoveryCodeId),
}

/// What kind of code it is. `None` if it is wrong or was used before.
pub async fn judge_code(
    app: &App,
    user_id: UserId,
    code: &FactorCode,
) -> Result<Option<JudgedCode>, Problem> {
    let Some(factor) = find_factor(app.reader(), user_id).await? else {
        return Ok(None);
    };
    match code.expose() {
        TypedFactor::Totp(digits) => {
            let step = matching_step(app, &factor, digits, app.clock().now())?;
            let fresh = step.filter(|step| factor.last_step.is_none_or(|last| *step > last));
            Ok(fresh.map(|step| JudgedCode::Totp(factor.id, step)))
        }
        TypedFactor::Recovery(symbols) => {
            let found = find_code(app, user_id, symbols).await?;
            Ok(found.map(JudgedCode::Recovery))
        }
    }
}

/// Uses up a code. `false` if another request was faster.
pub async fn spend(
    tx: &DatabaseTransaction,
    user_id: UserId,
    shown: JudgedCode,
    now: DateTime<Utc>,
) -> Result<bool, Problem> {
    let account = AccountScope::of(user_id);
    let used = match shown {
        JudgedCode::Totp(id, step) => {
            use totp_factor::Column;
            let earlier = Condition::any()
                .add(Column::LastStep.is_null())
                .add(Column::LastStep.lt(step));
            let unused = Condition::all().add(Column::Id.eq(id)).add(earlier);
            let row = totp_factor::ActiveModel {
                last_step: Set(Some(step)),
                ..Default::default()
            };
            account
                .update_all::<totp_factor::Entity>(tx, row, unused)
                .await?
        }
        JudgedCode::Recovery(id) => {
            use recovery_code::Column;
            let row = recovery_code::ActiveModel {
                used_at: Set(Some(now)),
                ..Default::default()
            };
            let unused = Condition::all()
                .add(Column::Id.eq(id))
                .add(Column::UsedAt.is_null());
            account
                .update_all::<recovery_code::Entity>(tx, row, unused)
                .await?
        }
    };
    Ok(used == 1)
}

/// The time step that this code belongs to: the current one, or the one before or after it.
pub(super) fn matching_step(
    app: &App,
    factor: &totp_factor::Model,
    code: &str,
    now: DateTime<Utc>,
) -> Result<Option<i64>, Problem> {
    let seed = app
        .keys()
        .open(&cell_of(factor.id), &factor.seed)
        .ok_or_else(|| anyhow::anyhow!("the secret of an authenticator app cannot be decrypted"))?;
    let totp = generator(&seed, "account")?;
    let seconds = u64::try_from(now.timestamp()).unwrap_or_default();
    let step = totp.check(code, seconds);
    Ok(step.and_then(|step| i64::try_from(step).ok()))
}

/// The cell that a seed is sealed for.
pub(super) fn cell_of(id: TotpFactorId) -> SealedCell {
    SealedCell {
        table: "totp_factors",
        column: "seed",
        row: id.0,
    }
}

/// The parameters that all authenticator apps support: SHA-1, six digits, 30 seconds.
pub(super) fn generator(seed: &[u8], account: &str) -> anyhow::Result<Totp> {
    Builder::new()
        .with_secret(Secret::new(seed.into()))
        .with_issuer(Some("Kith"))
        .with_account_name(account)
        .build()
        .map_err(|error| anyhow::anyhow!("a one-time password: {error}"))
}
