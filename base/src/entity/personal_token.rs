//! An access token that somebody made for a program of their own.

use std::fmt;

use sea_orm::entity::prelude::*;

use super::ids::{PersonalTokenId, UserId};

wire_enum! {
    /// What a personal access token is good for.
    TokenScope {
        /// Reading the circle itself and who is in it.
        CircleRead = "circle:read",
        /// Reading tasks, lists and their reminders.
        TasksRead = "tasks:read",
        /// Everything one may do with tasks and lists.
        TasksWrite = "tasks:write",
        /// Reading appointments, needs and their reminders.
        AppointmentsRead = "appointments:read",
        /// Everything one may do with appointments and needs.
        AppointmentsWrite = "appointments:write",
        /// Reading roles and who carries them.
        RolesRead = "roles:read",
        /// Everything one may do with roles.
        RolesWrite = "roles:write",
        /// Reading threads and messages.
        MessagesRead = "messages:read",
        /// Writing messages and everything one may do with threads.
        MessagesWrite = "messages:write",
        /// Reading one's own account.
        ProfileRead = "profile:read",
    }
}

/// For the attributes of operations, which take a text.
impl fmt::Display for TokenScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Scopes of one token, or that an operation needs of one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TokenScopes(u16);

impl TokenScopes {
    /// As they are stored; a name that is none gives nothing.
    pub fn read(text: &str) -> Self {
        let known = |name: &str| TokenScope::ALL.iter().find(|scope| scope.as_str() == name);
        text.split(' ').filter_map(known).copied().collect()
    }

    pub fn has(self, scope: TokenScope) -> bool {
        self.0 & bit(scope) != 0
    }

    /// Whether none of these is missing.
    pub fn has_all(self, needed: Self) -> bool {
        self.0 & needed.0 == needed.0
    }

    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// In the order of the document.
    pub fn all(self) -> Vec<TokenScope> {
        let scopes = TokenScope::ALL.iter().copied();
        scopes.filter(|scope| self.has(*scope)).collect()
    }

    /// As they are stored.
    pub fn write(self) -> String {
        let names: Vec<_> = self.all().into_iter().map(TokenScope::as_str).collect();
        names.join(" ")
    }

    /// For entity tags: what the caller may do is a part of many answers.
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

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "personal_tokens")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PersonalTokenId,
    pub user_id: UserId,
    /// What its owner calls it.
    pub name: String,
    pub token_hash: Vec<u8>,
    /// Names of scopes, with a space between them.
    pub scopes: String,
    pub created_at: DateTimeUtc,
    pub expires_at: DateTimeUtc,
    /// Accurate to ten minutes.
    pub last_used_at: Option<DateTimeUtc>,
    /// When its owner took it back.
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
