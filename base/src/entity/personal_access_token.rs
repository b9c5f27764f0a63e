//! A personal access token: a token that a person creates for a program of their own.

use std::fmt;

use sea_orm::entity::prelude::*;

use super::ids::{PersonalAccessTokenId, UserId};
use crate::row::Row;

wire_enum! {
    /// What a personal access token may be used for.
    TokenScope {
        /// Reading the circle and its members.
        CircleRead = "circle:read",
        /// Reading tasks, task lists and their reminders.
        TasksRead = "tasks:read",
        /// Everything that you may do with tasks and task lists.
        TasksWrite = "tasks:write",
        /// Reading appointments, needs and their reminders.
        AppointmentsRead = "appointments:read",
        /// Everything that you may do with appointments and needs.
        AppointmentsWrite = "appointments:write",
        /// Reading roles and who carries them.
        RolesRead = "roles:read",
        /// Everything that you may do with roles.
        RolesWrite = "roles:write",
        /// Reading threads and messages.
        MessagesRead = "messages:read",
        /// Everything that you may do with threads and messages.
        MessagesWrite = "messages:write",
        /// Reading your account.
        AccountRead = "account:read",
    }
}

/// The attributes of operations take scopes as text.
impl fmt::Display for TokenScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The scopes that a token has, or that an operation needs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TokenScopes(u16);

impl TokenScopes {
    /// Reads the stored text. Unknown names are ignored.
    pub fn read(text: &str) -> Self {
        let known = |name: &str| TokenScope::ALL.iter().find(|scope| scope.as_str() == name);
        text.split(' ').filter_map(known).copied().collect()
    }

    pub fn has(self, scope: TokenScope) -> bool {
        self.0 & bit(scope) != 0
    }

    /// Whether it has every scope of `needed`.
    pub fn has_all(self, needed: Self) -> bool {
        self.0 & needed.0 == needed.0
    }

    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The scopes in the order of the document.
    pub fn all(self) -> Vec<TokenScope> {
        let scopes = TokenScope::ALL.iter().copied();
        scopes.filter(|scope| self.has(*scope)).collect()
    }

    /// The text that is stored.
    pub fn write(self) -> String {
        let names: Vec<_> = self.all().into_iter().map(TokenScope::as_str).collect();
        names.join(" ")
    }

    /// For entity tags: many answers depend on what the caller may do.
    pub fn digits(self) -> String {
        format!("{:x}", self.0)
    }
}

impl FromIterator<TokenScope> for TokenScopes {
    fn from_iter<I: IntoIterator<Item = TokenScope>>(scopes: I) -> Self {
        Self(scopes.into_iter().fold(0, |all, scope| all | bit(scope)))
    }
}

fn bit(scope: TokenScope) -> u16 {
    1 << scope as u16
}

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Row)]
#[sea_orm(table_name = "personal_access_tokens")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PersonalAccessTokenId,
    pub user_id: UserId,
    /// The name that its owner gave it.
    pub name: String,
    pub token_hash: Vec<u8>,
    /// The names of its scopes, separated by spaces.
    pub scopes: String,
    pub created_at: DateTimeUtc,
    pub expires_at: DateTimeUtc,
    /// Up to ten minutes old, because it is not written at every use.
    pub last_used_at: Option<DateTimeUtc>,
    /// When its owner revoked it.
    pub ended_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

#[cfg(test)]
mod tests {
    use TokenScope as S;

    use super::*;

    #[test]
    fn scopes_are_kept_as_text() {
        let scopes: TokenScopes = [S::TasksWrite, S::CircleRead].into_iter().collect();
        assert_eq!(scopes.write(), "circle:read tasks:write");
        assert_eq!(TokenScopes::read(&scopes.write()), scopes);
        assert_eq!(TokenScopes::read("tasks:all"), TokenScopes::default());
        assert_eq!(TokenScopes::read(""), TokenScopes::default());
        let every: TokenScopes = TokenScope::ALL.iter().copied().collect();
        assert_eq!(every.all(), TokenScope::ALL);
        assert!(every.has_all(scopes) && !scopes.has_all(every));
    }
}
