//! Judges a refresh token that was used before. If a thief and the owner both have it, the session
//! ends once both have used it. A phone that lost an answer on a bad network is not taken for a
//! thief.

use crate::entity::ids::RefreshTokenId;
use crate::entity::refresh_token::Model as Token;

/// What happens to the session when its refresh token is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Renewal {
    /// It is refreshed.
    First,
    /// It is refreshed again: the first answer was lost, and its tokens are revoked.
    InsteadOf(RefreshTokenId),
    /// It ends.
    Refused,
}

/// Judges a refresh token by which tokens of the answer to its first use were used.
pub fn judge_renewal(presented: &Token, successor: Option<&Token>) -> Renewal {
    match successor {
        _ if presented.used_at.is_none() => Renewal::First,
        Some(lost) if lost.used_at.is_none() && lost.access_used_at.is_none() => {
            Renewal::InsteadOf(lost.id)
        }
        _ => Renewal::Refused,
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::entity::ids::SessionId;

    const NOW: Option<DateTime<Utc>> = Some(DateTime::UNIX_EPOCH);

    /// A session and all its tokens, in the order in which they were issued.
    struct Family {
        tokens: Vec<Token>,
        ended: bool,
    }

    impl Family {
        fn new() -> Self {
            let mut family = Self {
                tokens: Vec::new(),
                ended: false,
            };
            family.issue();
            family
        }

        fn issue(&mut self) -> usize {
            let number = self.tokens.len();
            self.tokens.push(Token {
                id: RefreshTokenId(Uuid::from_u128(number as u128)),
                session_id: SessionId(Uuid::nil()),
                token_hash: Vec::new(),
                created_at: DateTime::UNIX_EPOCH,
                used_at: None,
                successor_id: None,
                access_used_at: None,
            });
            number
        }

        fn by_id(&self, id: RefreshTokenId) -> usize {
            self.tokens.iter().position(|token| token.id == id).unwrap()
        }

        fn renew(&mut self, number: usize) -> Option<usize> {
            if self.ended {
                return None;
            }
            let presented = &self.tokens[number];
            let successor = presented
                .successor_id
                .map(|id| &self.tokens[self.by_id(id)]);
            match judge_renewal(presented, successor) {
                Renewal::First => {}
                Renewal::InsteadOf(lost) => {
                    let lost = self.by_id(lost);
                    self.tokens[lost].used_at = NOW;
                }
                Renewal::Refused => {
                    self.ended = true;
                    return None;
                }
            }
            let new = self.issue();
            self.tokens[number].used_at = NOW;
            self.tokens[number].successor_id = Some(self.tokens[new].id);
            Some(new)
        }

        /// Uses the access token that came with a refresh token. Returns whether it was accepted.
        fn ask(&mut self, number: usize) -> bool {
            let token = &mut self.tokens[number];
            if token.used_at.is_some() && token.successor_id.is_none() {
                self.ended = true;
            } else {
                token.access_used_at = NOW;
            }
            !self.ended
        }

        fn leaves(&self) -> usize {
            let unused = self.tokens.iter().filter(|token| token.used_at.is_none());
            unused.count()
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(10_000))]

        #[test]
        fn of_two_who_hold_one_token_neither_goes_on_after_both_used_something(
            steps in prop::collection::vec((0..2_usize, any::<bool>(), any::<prop::sample::Index>()), 1..30),
        ) {
            let mut family = Family::new();
            let mut held = [vec![0], vec![0]];
            let mut used = [false, false];
            for (who, renews, which) in steps {
                let number = *which.get(&held[who]);
                used[who] |= number != 0;
                if renews {
                    held[who].extend(family.renew(number));
                } else {
                    family.ask(number);
                }
                prop_assert!(family.ended || family.leaves() == 1);
                prop_assert!(family.ended || used != [true, true]);
            }
        }

        #[test]
        fn a_device_that_loses_answers_stays_signed_in(
            steps in prop::collection::vec(0..3_u8, 1..30),
        ) {
            let mut family = Family::new();
            let mut current = 0;
            for step in steps {
                match step {
                    0 => prop_assert!(family.ask(current)),
                    1 => prop_assert!(family.renew(current).is_some()),
                    _ => current = family.renew(current).unwrap(),
                }
            }
        }
    }
}
