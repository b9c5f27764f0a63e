//! Judges a new password by what people who know its owner can guess.

use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{QuerySelect, QueryTrait};

use super::account_owned::AccountScope;
use crate::app::App;
use crate::entity::ids::UserId;
use crate::entity::{circle, membership, user};
use crate::platform::db::{KeyedRequest, ReadRows, SelectByPosition};
use crate::platform::text::NewPassword;
use crate::problem::{Problem, TokenKind};
use crate::row::Joined;

/// The account that gets a new password.
pub(crate) struct PasswordOwner {
    pub user: user::Model,
    /// Whether the key of this request was used before.
    pub is_repeated: bool,
    /// The names of the circles and patients that the owner knows.
    circle_names: Vec<String>,
}

impl PasswordOwner {
    /// Reads the account with the names in its circles, and whether the key of the request was used
    /// before. It is one statement. 401 if the account is gone.
    pub async fn read(app: &App, id: UserId, key: Option<KeyedRequest>) -> Result<Self, Problem> {
        use circle::Column as Circle;

        let account = Expr::col((user::Entity, user::Column::Id));
        let of_account = account.equals((membership::Entity, membership::Column::UserId));
        let of_membership = Expr::col((circle::Entity, Circle::Id))
            .equals((membership::Entity, membership::Column::CircleId));
        let is_repeated = key.map_or_else(|| Expr::val(false), |key| key.is_used(id));
        let mut rows = AccountScope::of(id).find::<user::Entity>();
        QueryTrait::query(&mut rows)
            .left_join(membership::Entity, of_account)
            .left_join(circle::Entity, of_membership);
        let rows = rows
            .expr(is_repeated)
            .column_as(Circle::Name, "circle_name")
            .columns([Circle::Alias, Circle::PatientName])
            .by_position::<(user::Model, bool, Joined<(String, String, String)>)>()
            .read(app.reader())
            .await?;
        let mut owner = None;
        let mut circle_names = Vec::new();
        for (user, is_repeated, Joined(names)) in rows {
            owner = Some((user, is_repeated));
            if let Some((name, alias, patient_name)) = names {
                circle_names.extend([name, alias, patient_name]);
            }
        }
        let (user, is_repeated) = owner.ok_or(Problem::InvalidToken(TokenKind::Access))?;
        Ok(Self {
            user,
            is_repeated,
            circle_names,
        })
    }

    /// Refuses a password that is easy to guess for people who know the owner and the names of the
    /// owner's circles.
    pub async fn check(
        &self,
        app: &App,
        pointer: &str,
        password: &NewPassword,
    ) -> Result<(), Problem> {
        let mut known = vec![self.user.email.clone(), self.user.name.clone()];
        known.extend_from_slice(&self.circle_names);
        app.passwords().check_new(pointer, password, known).await
    }
}
