//! Who is in, who waits, and who is next. Nothing here waits or knows the time.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use tokio::sync::oneshot;

/// How many counters say what clients had lately. Two clients can share one. Then each counts for
/// the other too, which is a little unfair and nothing more. So the memory has a bound, whatever
/// clients send.
pub(super) const CELLS: u16 = 4096;
/// After so many requests were let in, what came before counts half.
const HALVE: u32 = 128;
/// A client that was let in less often than this lately is like any other. Otherwise chance alone
/// would decide how long it waits.
const OFTEN: u32 = 16;

/// How many requests a gate lets in, and how long the others wait.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// How many requests work at a time.
    pub at_once: usize,
    /// How many of these one client may have.
    pub per_client: usize,
    /// How many requests wait as long as it takes. The newest count: a request that has more than
    /// these behind it waits in vain, because its client is about to give up.
    pub patient: usize,
    /// How long all others wait. The refusal comes only then, so that clients that ask again at
    /// once do not keep the server busy with refusing them.
    pub patience: Duration,
    /// How long any request waits.
    pub longest: Duration,
    /// How many requests may wait at all. One more pushes the oldest out.
    pub waiting: usize,
}

/// Who asks: a hash of each part of the name that is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Client(pub(super) [Option<u64>; 3]);

impl Client {
    /// The counters of what it had lately.
    fn cells(self) -> impl Iterator<Item = usize> {
        let hashes = self.0.into_iter().flatten();
        hashes.filter_map(|hash| usize::try_from(hash % u64::from(CELLS)).ok())
    }

    /// The part of the name whose slots are limited.
    fn last(self) -> Option<u64> {
        self.0.into_iter().flatten().next_back()
    }
}

#[derive(Debug)]
pub(super) struct Line {
    limits: Limits,
    running: usize,
    /// How many slots each client has that works now, by its last part. No two share one.
    slots: HashMap<u64, usize>,
    /// How often the clients of each counter were let in lately.
    lately: Box<[u16]>,
    let_in: u32,
    /// The oldest first.
    waiting: VecDeque<Waiting>,
    next_number: u64,
}

#[derive(Debug)]
struct Waiting {
    number: u64,
    client: Client,
    turn: oneshot::Sender<()>,
}

impl Line {
    pub(super) fn new(limits: Limits) -> Self {
        Self {
            limits,
            running: 0,
            slots: HashMap::new(),
            lately: vec![0; usize::from(CELLS)].into(),
            let_in: 0,
            waiting: VecDeque::new(),
            next_number: 0,
        }
    }

    /// Lets a request in if there is room. Those that wait already cannot enter now, or they would
    /// have.
    pub(super) fn enter(&mut self, client: Client) -> bool {
        let has_room = self.running < self.limits.at_once && self.has_share(client);
        if has_room {
            self.let_in(client);
        }
        has_room
    }

    /// Puts a request at the end of the line and returns its number.
    pub(super) fn queue(&mut self, client: Client, turn: oneshot::Sender<()>) -> u64 {
        if self.waiting.len() >= self.limits.waiting {
            // Its request learns of it, because this drops the sender.
            self.waiting.pop_front();
        }
        let number = self.next_number;
        self.next_number += 1;
        self.waiting.push_back(Waiting {
            number,
            client,
            turn,
        });
        number
    }

    /// Counts a request as working, even if there is no room.
    pub(super) fn let_in(&mut self, client: Client) {
        self.running += 1;
        if let Some(last) = client.last() {
            *self.slots.entry(last).or_default() += 1;
        }
        for cell in client.cells() {
            self.lately[cell] = self.lately[cell].saturating_add(1);
        }
        self.let_in += 1;
        if self.let_in >= HALVE {
            self.let_in = 0;
            for count in &mut self.lately {
                *count /= 2;
            }
        }
    }

    /// A request has ended. Those that can enter now are let in.
    pub(super) fn leave(&mut self, client: Client) {
        self.running = self.running.saturating_sub(1);
        if let Some(last) = client.last()
            && let Entry::Occupied(mut slots) = self.slots.entry(last)
        {
            *slots.get_mut() -= 1;
            if *slots.get() == 0 {
                slots.remove();
            }
        }
        while self.running < self.limits.at_once {
            let Some(next) = self.next() else { return };
            let Some(waiting) = self.waiting.remove(next) else {
                return;
            };
            // If the send fails, that request has just ended.
            if waiting.turn.send(()).is_ok() {
                self.let_in(waiting.client);
            }
        }
    }

    /// The waiting request that is next: of the clients that had least of the server lately, the
    /// oldest. If too many of these wait, it is the oldest of the newest, because the oldest of all
    /// would be so late that its client gives up.
    fn next(&self) -> Option<usize> {
        let (mut best, mut least, mut equal) = (None, u32::MAX, 0);
        for (index, waiting) in self.waiting.iter().enumerate().rev() {
            if !self.has_share(waiting.client) {
                continue;
            }
            let weight = self.weight(waiting.client);
            if weight < least {
                (best, least, equal) = (Some(index), weight, 1);
            } else if weight == least && equal < self.limits.patient {
                best = Some(index);
                equal += 1;
            }
        }
        best
    }

    fn has_share(&self, client: Client) -> bool {
        client
            .last()
            .and_then(|last| self.slots.get(&last))
            .is_none_or(|slots| *slots < self.limits.per_client)
    }

    /// How much of the server the client had lately: each step is twice as much.
    fn weight(&self, client: Client) -> u32 {
        let counts = client.cells().map(|cell| u32::from(self.lately[cell]));
        (counts.sum::<u32>() / OFTEN + 1).ilog2()
    }

    /// How many requests came after this one and still wait. `None` if it does not wait.
    pub(super) fn behind(&self, number: u64) -> Option<usize> {
        let index = self.index(number)?;
        Some(self.waiting.len() - 1 - index)
    }

    /// Removes a request that waits. Returns whether it was there.
    pub(super) fn remove(&mut self, number: u64) -> bool {
        let index = self.index(number);
        index.and_then(|index| self.waiting.remove(index)).is_some()
    }

    fn index(&self, number: u64) -> Option<usize> {
        self.waiting
            .binary_search_by_key(&number, |waiting| waiting.number)
            .ok()
    }

    #[cfg(test)]
    pub(super) fn is_empty(&self) -> bool {
        self.running == 0 && self.waiting.is_empty() && self.slots.is_empty()
    }
}
