//! Remembers which access tokens this server has verified, so that only the first use of a token
//! costs the verification of its signature. That takes longer than everything else that a request
//! without a query does.
//!
//! **What it guarantees.** A remembered token is worth no more than a verified one. Its signature,
//! its form and its issuer never change, so they are checked once. Everything that can change is
//! checked at every use: [`GenuineToken::judge`] compares its times with the clock, and the proof in
//! the database says whether its session, its account and its signing key still stand. So a token
//! stops working at the same moment with and without this memory, on every server: when it expires,
//! when its session ends, when its key is revoked.
//!
//! **How.** An entry is found by the SHA-256 of the whole token. Any other text has another digest
//! and is verified as a new token, so that a token with one changed byte is found out. Only a token
//! that verified is remembered: nobody can fill the memory with made-up tokens, and a refusal is
//! never remembered. The memory holds digests and ids, never a token. A person who reads it cannot
//! sign in with it.
//!
//! **Bounds.** At most [`VerifiedTokens::CAPACITY`] tokens are remembered, in about 3.5 MB, in parts
//! that have a lock each. A part has two generations. A new token goes to the young generation. When
//! that is full, it becomes the old one, and what the old one held is forgotten; a token that is used
//! moves to the young generation. So tokens in use stay, and forgetting costs no search.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use super::token::GenuineToken;
use crate::app::{App, SharedState};
use crate::platform::crypto::keys::sha256;

const PARTS: usize = 16;
/// The tokens of one generation of one part: what a table with 1,024 places takes before it grows.
const GENERATION: usize = 896;

/// The SHA-256 of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TokenDigest([u8; 32]);

impl TokenDigest {
    pub fn of(token: &str) -> Self {
        let mut digest = [0; 32];
        digest.copy_from_slice(&sha256(token.as_bytes()));
        Self(digest)
    }
}

/// The access tokens that this server has verified.
#[derive(Debug, Default)]
pub struct VerifiedTokens([Mutex<Part>; PARTS]);

#[derive(Debug, Default)]
struct Part {
    young: HashMap<TokenDigest, GenuineToken>,
    old: HashMap<TokenDigest, GenuineToken>,
}

impl VerifiedTokens {
    /// The most tokens that are remembered.
    pub const CAPACITY: usize = PARTS * 2 * GENERATION;

    /// What a token says, if it was verified before.
    pub fn find(&self, digest: &TokenDigest) -> Option<GenuineToken> {
        self.with(digest, |part| {
            if let Some(token) = part.young.get(digest) {
                return Some(*token);
            }
            let token = part.old.remove(digest)?;
            part.add(*digest, token);
            Some(token)
        })
    }

    /// Remembers a token that was just verified.
    pub fn remember(&self, digest: TokenDigest, token: GenuineToken) {
        self.with(&digest, |part| part.add(digest, token));
    }

    /// How many tokens are remembered.
    pub fn count(&self) -> usize {
        let counts = self.0.iter().map(|part| {
            let part = part.lock().unwrap_or_else(PoisonError::into_inner);
            part.young.len() + part.old.len()
        });
        counts.sum()
    }

    fn with<T>(&self, digest: &TokenDigest, work: impl FnOnce(&mut Part) -> T) -> T {
        let part = &self.0[usize::from(digest.0[0]) % PARTS];
        work(&mut part.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Part {
    fn add(&mut self, digest: TokenDigest, token: GenuineToken) {
        if self.young.len() >= GENERATION {
            // The table of the generation that is forgotten is used again.
            std::mem::swap(&mut self.young, &mut self.old);
            self.young.clear();
        }
        self.young.insert(digest, token);
    }
}

impl SharedState for VerifiedTokens {
    fn begin(_: &App) -> Self {
        Self::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest(number: usize) -> TokenDigest {
        TokenDigest::of(&number.to_string())
    }

    #[test]
    fn only_the_same_token_is_found() {
        let verified = VerifiedTokens::default();
        let token = GenuineToken::example();
        verified.remember(TokenDigest::of("a.b.c"), token);
        assert_eq!(verified.find(&TokenDigest::of("a.b.c")), Some(token));
        for other in ["a.b.d", "a.b.c ", "A.b.c", "a.b.c.", ""] {
            assert_eq!(verified.find(&TokenDigest::of(other)), None, "{other}");
        }
    }

    #[test]
    fn the_number_of_tokens_is_bounded_and_tokens_in_use_stay() {
        let verified = VerifiedTokens::default();
        let used = TokenDigest::of("in use");
        verified.remember(used, GenuineToken::example());
        for number in 0..3 * VerifiedTokens::CAPACITY {
            verified.remember(digest(number), GenuineToken::example());
            assert!(verified.find(&used).is_some());
        }
        assert!(verified.count() <= VerifiedTokens::CAPACITY);
        assert!(verified.count() >= VerifiedTokens::CAPACITY / 2);
        assert_eq!(verified.find(&digest(0)), None);
        let last = 3 * VerifiedTokens::CAPACITY - 1;
        assert!(verified.find(&digest(last)).is_some());
    }
}
