//! The places of connections. Each client address gets a share of them; a new
//! connection that finds no place gets that of the one which was idle the longest,
//! and is refused where all are at work. Trusted proxies speak for many clients:
//! they have no share, and are never sent away.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

use super::shares::Room;
use crate::http::request::name_client;

const CONNECTIONS: Room = Room {
    limit: 2048,
    most: 256,
};
const SPANS: Spans = Spans {
    idle: Duration::from_secs(75),
    age: Duration::from_hours(1),
};
/// For what a connection still has to do once it has to end.
const FAREWELL: Duration = Duration::from_mins(1);
/// The same where somebody else has its place already.
const SHORT_FAREWELL: Duration = Duration::from_secs(1);

/// For how long a connection may be open: without a request, and at all.
#[derive(Clone, Copy, Debug)]
struct Spans {
    idle: Duration,
    age: Duration,
}

/// All connections there are.
#[derive(Debug)]
pub struct Places {
    room: Room,
    spans: Spans,
    taken: Mutex<Open>,
}

#[derive(Debug, Default)]
struct Open {
    total: usize,
    next_id: u64,
    of: HashMap<Holder, HashMap<u64, Arc<Connection>>>,
}

/// Whose connection it is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Holder {
    /// By address, as [`name_client`] names it.
    Client(String),
    /// All that are trusted.
    Proxy,
}

impl Places {
    pub fn new() -> Arc<Self> {
        Self::with(CONNECTIONS, SPANS)
    }

    fn with(room: Room, spans: Spans) -> Arc<Self> {
        let taken = Mutex::default();
        Arc::new(Self { room, spans, taken })
    }

    /// A place for a connection from an address, if there is one or one can be made.
    pub fn take(self: &Arc<Self>, address: IpAddr, is_trusted: bool) -> Option<Place> {
        let holder = if is_trusted {
            Holder::Proxy
        } else {
            Holder::Client(name_client(address))
        };
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if !self.has_room(&taken, &holder) && !taken.close_idlest(&holder) {
            return None;
        }
        let id = taken.next_id;
        taken.next_id += 1;
        taken.total += 1;
        let connection = Arc::new(Connection::new());
        let own = taken.of.entry(holder.clone()).or_default();
        own.insert(id, connection.clone());
        Some(Place {
            places: self.clone(),
            holder,
            id,
            connection,
        })
    }

    fn has_room(&self, taken: &Open, holder: &Holder) -> bool {
        let own = taken.of.get(holder).map_or(0, HashMap::len);
        match holder {
            Holder::Client(_) => self.room.has(taken.total, own, 1),
            Holder::Proxy => taken.total < self.room.limit,
        }
    }

    fn leave(&self, holder: &Holder, id: u64) {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.remove(holder, id);
    }
}

impl Open {
    /// Sends away the connection that was idle the longest: one of the client's own,
    /// or of the client that has the most, if a proxy or somebody without any asks.
    fn close_idlest(&mut self, holder: &Holder) -> bool {
        let has_own = *holder != Holder::Proxy && self.of.contains_key(holder);
        let from = has_own.then(|| holder.clone()).or_else(|| {
            let clients = self.of.iter().filter(|(of, _)| **of != Holder::Proxy);
            let most = clients.max_by_key(|(_, connections)| connections.len());
            most.map(|(client, _)| client.clone())
        });
        let Some(from) = from else { return false };
        let idle = self.of[&from]
            .iter()
            .filter_map(|(id, connection)| Some((connection.idle_since()?, *id)));
        let Some((_, id)) = idle.min() else {
            return false;
        };
        if let Some(connection) = self.remove(&from, id) {
            connection.sent_away.cancel();
        }
        true
    }

    fn remove(&mut self, holder: &Holder, id: u64) -> Option<Arc<Connection>> {
        let own = self.of.get_mut(holder)?;
        let connection = own.remove(&id)?;
        if own.is_empty() {
            self.of.remove(holder);
        }
        self.total -= 1;
        Some(connection)
    }
}

/// What is known of an open connection.
#[derive(Debug)]
struct Connection {
    opened: Instant,
    requests: AtomicUsize,
    idle_since: Mutex<Instant>,
    became_idle: Notify,
    sent_away: CancellationToken,
}

impl Connection {
    fn new() -> Self {
        let opened = Instant::now();
        Self {
            opened,
            requests: AtomicUsize::new(0),
            idle_since: Mutex::new(opened),
            became_idle: Notify::new(),
            sent_away: CancellationToken::new(),
        }
    }

    fn idle_since(&self) -> Option<Instant> {
        let since = self
            .idle_since
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        (self.requests.load(Ordering::Relaxed) == 0).then_some(*since)
    }
}

/// One connection's place, until it is dropped.
#[derive(Debug)]
pub struct Place {
    places: Arc<Places>,
    holder: Holder,
    id: u64,
    connection: Arc<Connection>,
}

impl Place {
    /// Notes a request, until what comes back is dropped.
    pub fn busy(&self) -> Busy {
        self.connection.requests.fetch_add(1, Ordering::Relaxed);
        Busy(self.connection.clone())
    }

    /// Waits until the connection has to end: it was idle too long, is too old, or
    /// somebody else needs its place. Answers how long it may take for that.
    pub async fn ends(&self) -> Duration {
        tokio::select! {
            () = self.connection.sent_away.cancelled() => SHORT_FAREWELL,
            () = sleep_until(self.connection.opened + self.places.spans.age) => FAREWELL,
            () = self.is_idle_too_long() => FAREWELL,
        }
    }

    async fn is_idle_too_long(&self) {
        let idle = self.places.spans.idle;
        loop {
            match self.connection.idle_since() {
                Some(since) if since + idle <= Instant::now() => return,
                Some(since) => sleep_until(since + idle).await,
                None => self.connection.became_idle.notified().await,
            }
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.places.leave(&self.holder, self.id);
    }
}

/// A request that is worked on, or whose answer waits to be taken.
#[derive(Debug)]
pub struct Busy(Arc<Connection>);

impl Drop for Busy {
    fn drop(&mut self) {
        let mut since = self
            .0
            .idle_since
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if self.0.requests.fetch_sub(1, Ordering::Relaxed) == 1 {
            *since = Instant::now();
            self.0.became_idle.notify_one();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOM: Room = Room { limit: 12, most: 4 };

    fn address(number: u8) -> IpAddr {
        [192, 0, 2, number].into()
    }

    #[test]
    fn who_has_a_share_full_of_idle_connections_gets_the_place_of_the_oldest() {
        let places = Places::with(ROOM, SPANS);
        let open = || places.take(address(1), false);
        let first: Vec<_> = (0..4).map(|_| open().unwrap()).collect();
        let fifth = open().unwrap();
        let is_sent_away = |place: &Place| place.connection.sent_away.is_cancelled();
        assert_eq!(first.iter().filter(|place| is_sent_away(place)).count(), 1);
        assert!(is_sent_away(&first[0]) && !is_sent_away(&fifth));
        assert_eq!(places.taken.lock().unwrap().total, 4);
        drop((first, fifth));
        let taken = places.taken.lock().unwrap();
        assert!(taken.total == 0 && taken.of.is_empty());
    }

    #[test]
    fn who_works_on_all_of_a_share_is_refused_and_others_are_not() {
        let places = Places::with(ROOM, SPANS);
        let own: Vec<_> = (0..4)
            .map(|_| places.take(address(1), false).unwrap())
            .collect();
        let mut busy: Vec<_> = own.iter().map(Place::busy).collect();
        assert!(places.take(address(1), false).is_none());
        let other = places.take(address(2), false).unwrap();
        assert!(!other.connection.sent_away.is_cancelled());
        busy.pop();
        assert!(places.take(address(1), false).is_some());
        assert!(own[3].connection.sent_away.is_cancelled());
    }

    #[test]
    fn a_proxy_that_is_trusted_has_no_share_and_makes_others_leave() {
        let places = Places::with(ROOM, SPANS);
        let strangers: Vec<_> = (0..3)
            .map(|_| places.take(address(1), false).unwrap())
            .collect();
        let proxied: Vec<_> = (0..12)
            .map(|_| places.take(address(9), true).unwrap())
            .collect();
        let sent_away = |all: &[Place]| {
            let sent = all.iter().filter(|p| p.connection.sent_away.is_cancelled());
            sent.count()
        };
        assert_eq!((sent_away(&strangers), sent_away(&proxied)), (3, 0));
        assert!(places.take(address(9), true).is_none());
    }

    #[tokio::test]
    async fn a_connection_ends_when_it_was_idle() {
        let (idle, age) = (Duration::from_millis(20), Duration::from_hours(1));
        let place = Places::with(ROOM, Spans { idle, age }).take(address(1), false);
        let place = place.unwrap();
        let begun = Instant::now();
        drop(place.busy());
        assert_eq!(place.ends().await, FAREWELL);
        assert!(begun.elapsed() >= idle);
    }

    #[tokio::test]
    async fn a_connection_ends_when_it_is_old_however_busy_it_is() {
        let (idle, age) = (Duration::from_millis(1), Duration::from_millis(40));
        let place = Places::with(ROOM, Spans { idle, age }).take(address(1), false);
        let place = place.unwrap();
        let begun = Instant::now();
        let _busy = place.busy();
        assert_eq!(place.ends().await, FAREWELL);
        assert!(begun.elapsed() >= age);
    }

    #[tokio::test]
    async fn a_connection_that_is_sent_away_ends_soon() {
        let places = Places::with(Room { limit: 4, most: 1 }, SPANS);
        let first = places.take(address(1), false).unwrap();
        let _second = places.take(address(1), false).unwrap();
        assert_eq!(first.ends().await, SHORT_FAREWELL);
    }
}
