//! A limit that all clients share, so that no client can take all of it. A client may hold at most
//! as much as stays free after it. A single client gets half of the limit, ten clients get an
//! eleventh each, and there is always something left for the next client.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// How much of `limit` one client may hold: at most `max_per_client`, and at most as much as stays
/// free.
#[derive(Clone, Copy, Debug)]
pub struct FairShare {
    pub limit: usize,
    pub max_per_client: usize,
}

impl FairShare {
    /// Whether a client that holds `held` may take `more`, when all clients hold `total`.
    pub fn allows(self, total: usize, held: usize, more: usize) -> bool {
        let free = self.limit.saturating_sub(total.saturating_add(more));
        held.saturating_add(more) <= self.max_per_client.min(free)
    }
}

/// The bytes of responses that clients have not read yet, counted for each client.
#[derive(Debug)]
pub struct ByteBudget {
    fair_share: FairShare,
    held: Mutex<Held>,
}

#[derive(Debug, Default)]
struct Held {
    total: usize,
    by_client: HashMap<String, usize>,
}

impl ByteBudget {
    pub fn new(fair_share: FairShare) -> Arc<Self> {
        let held = Mutex::default();
        Arc::new(Self { fair_share, held })
    }

    /// Whether the client may hold one more byte.
    pub fn has_room(&self, client: &str) -> bool {
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        self.fits(&held, client, 1)
    }

    /// Reserves the bytes until the result is dropped. `None` if the client has no room.
    pub fn take(self: &Arc<Self>, client: &str, bytes: usize) -> Option<HeldBytes> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        self.fits(&held, client, bytes)
            .then(|| self.add(&mut held, client, bytes))
    }

    /// Like [`Self::take`], for a response that must be sent even without room.
    pub fn take_anyway(self: &Arc<Self>, client: &str, bytes: usize) -> HeldBytes {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        self.add(&mut held, client, bytes)
    }

    /// A client's only response may be larger than its share, or it could never be sent.
    fn fits(&self, held: &Held, client: &str, bytes: usize) -> bool {
        let own = held.by_client.get(client).copied().unwrap_or_default();
        let in_half = held.total.saturating_add(bytes) <= self.fair_share.limit / 2;
        held.total == 0 || (own == 0 && in_half) || self.fair_share.allows(held.total, own, bytes)
    }

    fn add(self: &Arc<Self>, held: &mut Held, client: &str, bytes: usize) -> HeldBytes {
        held.total += bytes;
        *held.by_client.entry(client.to_owned()).or_default() += bytes;
        HeldBytes {
            budget: self.clone(),
            client: client.to_owned(),
            bytes,
        }
    }
}

/// The bytes that a client holds. They are free again when this is dropped.
#[derive(Debug)]
pub struct HeldBytes {
    budget: Arc<ByteBudget>,
    client: String,
    bytes: usize,
}

impl Drop for HeldBytes {
    fn drop(&mut self) {
        let mut held = self
            .budget
            .held
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        held.total -= self.bytes;
        if let Some(own) = held.by_client.get_mut(&self.client) {
            *own -= self.bytes;
            if *own == 0 {
                held.by_client.remove(&self.client);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn however_many_take_all_they_get_something_is_left_for_the_next() {
        for holders in [1, 3, 10, 100] {
            let fair_share = FairShare {
                limit: 2048,
                max_per_client: 256,
            };
            let mut held = vec![0; holders];
            let mut total = 0;
            for _ in 0..fair_share.limit {
                for own in &mut held {
                    if fair_share.allows(total, *own, 1) {
                        *own += 1;
                        total += 1;
                    }
                }
            }
            assert!(held.iter().all(|own| *own <= 256), "{held:?}");
            assert!(fair_share.allows(total, 0, 5), "{holders} hold {total}");
        }
    }

    #[test]
    fn what_is_dropped_is_free_again() {
        let budget = ByteBudget::new(FairShare {
            limit: 100,
            max_per_client: 30,
        });
        let first = budget.take("a", 30).unwrap();
        assert!(budget.take("a", 1).is_none() && !budget.has_room("a"));
        let other = budget.take("b", 30).unwrap();
        drop(first);
        assert!(budget.take("a", 30).is_some());
        drop(other);
        let held = budget.held.lock().unwrap();
        assert!(held.total == 0 && held.by_client.is_empty());
    }

    #[test]
    fn a_large_answer_is_given_when_nothing_else_waits() {
        let budget = ByteBudget::new(FairShare {
            limit: 100,
            max_per_client: 30,
        });
        let large = budget.take("a", 500).unwrap();
        assert!(budget.take("b", 1).is_none());
        drop(large);
        let half = budget.take("a", 50).unwrap();
        assert!(budget.take("b", 500).is_none());
        let kept = budget.take_anyway("b", 500);
        drop((half, kept));
        assert!(budget.take("b", 20).is_some());
    }
}
