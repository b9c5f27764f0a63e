//! What callers have shown to this server lately. It proves nothing: it only decides
//! what is still looked up for an address that has used up its quota.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use uuid::Uuid;

use super::credential::Credential;
use crate::app::{App, Shared};

/// Of each kind; then all are forgotten, and come again.
const MOST: usize = 4096;

/// Anybody can make up a personal access token that is well formed: those that were
/// good are known. Only this server makes the tokens of sessions: those whose session
/// has ended are known.
#[derive(Debug, Default)]
pub struct CredentialsSeen(Mutex<Seen>);

#[derive(Debug, Default)]
struct Seen {
    good_personal: HashSet<Vec<u8>>,
    ended: HashSet<Uuid>,
}

impl CredentialsSeen {
    pub(crate) fn note(&self, credential: &Credential, is_good: bool) {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match credential {
            Credential::Personal(hash) if is_good => keep(&mut seen.good_personal, hash),
            Credential::Personal(hash) => {
                seen.good_personal.remove(hash);
            }
            Credential::Session(token) if !is_good => keep(&mut seen.ended, &token.id.0),
            Credential::Session(_) => {}
        }
    }

    pub(crate) fn may_be_good(&self, credential: &Credential) -> bool {
        let seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match credential {
            Credential::Personal(hash) => seen.good_personal.contains(hash),
            Credential::Session(token) => !seen.ended.contains(&token.id.0),
        }
    }
}

fn keep<T: Clone + Eq + std::hash::Hash>(all: &mut HashSet<T>, one: &T) {
    if all.contains(one) {
        return;
    }
    if all.len() >= MOST {
        all.clear();
    }
    all.insert(one.clone());
}

impl Shared for CredentialsSeen {
    fn begin(_: &App) -> Self {
        Self::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_personal_token_may_be_good_once_it_was_and_as_long_as_it_is() {
        let seen = CredentialsSeen::default();
        let token = |number: usize| Credential::Personal(number.to_be_bytes().to_vec());
        assert!(!seen.may_be_good(&token(1)));
        seen.note(&token(1), true);
        assert!(seen.may_be_good(&token(1)));
        seen.note(&token(1), false);
        assert!(!seen.may_be_good(&token(1)));
        for number in 0..3 * MOST {
            seen.note(&token(number), true);
        }
        assert!(seen.0.lock().unwrap().good_personal.len() <= MOST);
    }
}
