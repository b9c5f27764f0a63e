//! Room that many share, dealt out so that nobody takes it all: each may hold as
//! much as would still be free then. One alone gets half of it, ten get an
//! eleventh each, and the next who comes finds some left.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// How much of `limit` somebody may hold: at most `most`, and no more than stays free.
#[derive(Clone, Copy, Debug)]
pub struct Room {
    pub limit: usize,
    pub most: usize,
}

impl Room {
    /// Whether a client that holds `held` of the `total` that is taken may have `more`.
    pub fn has(self, total: usize, held: usize, more: usize) -> bool {
        let free = self.limit.saturating_sub(total.saturating_add(more));
        held.saturating_add(more) <= self.most.min(free)
    }
}

/// Bytes of answers that wait to be taken, by client.
#[derive(Debug)]
pub struct Shares {
    room: Room,
    held: Mutex<Held>,
}

#[derive(Debug, Default)]
struct Held {
    total: usize,
    of: HashMap<String, usize>,
}

impl Shares {
    pub fn new(room: Room) -> Arc<Self> {
        let held = Mutex::default();
        Arc::new(Self { room, held })
    }

    /// Whether a client could have a little more.
    pub fn has_room(&self, holder: &str) -> bool {
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        self.fits(&held, holder, 1)
    }

    /// So many bytes, until the share is dropped.
    pub fn take(self: &Arc<Self>, holder: &str, bytes: usize) -> Option<Share> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        self.fits(&held, holder, bytes)
            .then(|| self.add(&mut held, holder, bytes))
    }

    /// The same for an answer that has to be given, whatever there is room for.
    pub fn take_anyway(self: &Arc<Self>, holder: &str, bytes: usize) -> Share {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        self.add(&mut held, holder, bytes)
    }

    /// An answer alone may be larger than a share: it could never be given otherwise.
    fn fits(&self, held: &Held, holder: &str, bytes: usize) -> bool {
        let own = held.of.get(holder).copied().unwrap_or_default();
        let in_half = held.total.saturating_add(bytes) <= self.room.limit / 2;
        held.total == 0 || (own == 0 && in_half) || self.room.has(held.total, own, bytes)
    }

    fn add(self: &Arc<Self>, held: &mut Held, holder: &str, bytes: usize) -> Share {
        held.total += bytes;
        *held.of.entry(holder.to_owned()).or_default() += bytes;
        Share {
            of: self.clone(),
            holder: holder.to_owned(),
            bytes,
        }
    }
}

/// What somebody holds; given back when it is dropped.
#[derive(Debug)]
pub struct Share {
    of: Arc<Shares>,
    holder: String,
    bytes: usize,
}

impl Drop for Share {
    fn drop(&mut self) {
        let mut held = self.of.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.total -= self.bytes;
        if let Some(own) = held.of.get_mut(&self.holder) {
            *own -= self.bytes;
            if *own == 0 {
                held.of.remove(&self.holder);
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
            let room = Room {
                limit: 2048,
                most: 256,
            };
            let mut held = vec![0; holders];
            let mut total = 0;
            for _ in 0..room.limit {
                for own in &mut held {
                    if room.has(total, *own, 1) {
                        *own += 1;
                        total += 1;
                    }
                }
            }
            assert!(held.iter().all(|own| *own <= 256), "{held:?}");
            assert!(room.has(total, 0, 5), "{holders} hold {total}");
        }
    }

    #[test]
    fn what_is_dropped_is_free_again() {
        let shares = Shares::new(Room {
            limit: 100,
            most: 30,
        });
        let first = shares.take("a", 30).unwrap();
        assert!(shares.take("a", 1).is_none() && !shares.has_room("a"));
        let other = shares.take("b", 30).unwrap();
        drop(first);
        assert!(shares.take("a", 30).is_some());
        drop(other);
        let held = shares.held.lock().unwrap();
        assert!(held.total == 0 && held.of.is_empty());
    }

    #[test]
    fn a_large_answer_is_given_when_nothing_else_waits() {
        let shares = Shares::new(Room {
            limit: 100,
            most: 30,
        });
        let large = shares.take("a", 500).unwrap();
        assert!(shares.take("b", 1).is_none());
        drop(large);
        let half = shares.take("a", 50).unwrap();
        assert!(shares.take("b", 500).is_none());
        let kept = shares.take_anyway("b", 500);
        drop((half, kept));
        assert!(shares.take("b", 20).is_some());
    }
}
