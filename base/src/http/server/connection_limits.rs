//! Limits the open connections, of all clients and of each client address. A new connection beyond
//! its client's share takes the place of the client's longest idle connection. It is refused if
//! none is idle. A trusted proxy connects for many clients, so its connections are not limited by a
//! share and never closed for others.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

use super::fair_share::FairShare;
use crate::http::request::name_client;

const CONNECTIONS: FairShare = FairShare {
    limit: 2048,
    max_per_client: 256,
};
const LIFETIMES: Lifetimes = Lifetimes {
    idle: Duration::from_secs(75),
    age: Duration::from_hours(1),
};
/// How long a connection may finish its work after it must end.
const SHUTDOWN_GRACE: Duration = Duration::from_mins(1);
/// The same for a connection whose place another one has already taken.
const EVICTION_GRACE: Duration = Duration::from_secs(1);

/// How long a connection may be open: without a request, and in total.
#[derive(Clone, Copy, Debug)]
struct Lifetimes {
    idle: Duration,
    age: Duration,
}

/// All open connections, and the limits for them.
#[derive(Debug)]
pub struct ConnectionLimits {
    fair_share: FairShare,
    lifetimes: Lifetimes,
    open: Mutex<OpenConnections>,
}

#[derive(Debug, Default)]
struct OpenConnections {
    total: usize,
    next_id: u64,
    by_holder: HashMap<Holder, HashMap<u64, Arc<Connection>>>,
}

/// Who opened a connection.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Holder {
    /// A client, named by [`name_client`].
    Client(String),
    /// All trusted proxies together.
    Proxy,
}

impl ConnectionLimits {
    pub fn new() -> Arc<Self> {
        Self::new_with(CONNECTIONS, LIFETIMES)
    }

    fn new_with(fair_share: FairShare, lifetimes: Lifetimes) -> Arc<Self> {
        let open = Mutex::default();
        Arc::new(Self {
            fair_share,
            lifetimes,
            open,
        })
    }

    /// Admits a connection from an address. If there is no room, an idle connection is closed for
    /// it. Returns `None` if no connection is idle.
    pub fn take(self: &Arc<Self>, address: IpAddr, is_trusted: bool) -> Option<ConnectionPermit> {
        let holder = if is_trusted {
            Holder::Proxy
        } else {
            Holder::Client(name_client(address))
        };
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if !self.has_room(&open, &holder) && !open.evict_idlest(&holder) {
            return None;
        }
        let id = open.next_id;
        open.next_id += 1;
        open.total += 1;
        let connection = Arc::new(Connection::new());
        let own = open.by_holder.entry(holder.clone()).or_default();
        own.insert(id, connection.clone());
        Some(ConnectionPermit {
            limits: self.clone(),
            holder,
            id,
            connection,
        })
    }

    fn has_room(&self, open: &OpenConnections, holder: &Holder) -> bool {
        let own = open.by_holder.get(holder).map_or(0, HashMap::len);
        match holder {
            Holder::Client(_) => self.fair_share.allows(open.total, own, 1),
            Holder::Proxy => open.total < self.fair_share.limit,
        }
    }

    fn leave(&self, holder: &Holder, id: u64) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.remove(holder, id);
    }
}

impl OpenConnections {
    /// Closes the longest idle connection of the client. For a proxy, or a client without a
    /// connection, it closes one of the client with the most connections.
    fn evict_idlest(&mut self, holder: &Holder) -> bool {
        let has_own = *holder != Holder::Proxy && self.by_holder.contains_key(holder);
        let from = has_own.then(|| holder.clone()).or_else(|| {
            let clients = self
                .by_holder
                .iter()
                .filter(|(of, _)| **of != Holder::Proxy);
            let most = clients.max_by_key(|(_, connections)| connections.len());
            most.map(|(client, _)| client.clone())
        });
        let Some(from) = from else { return false };
        let idle = self.by_holder[&from]
            .iter()
            .filter_map(|(id, connection)| Some((connection.idle_since()?, *id)));
        let Some((_, id)) = idle.min() else {
            return false;
        };
        if let Some(connection) = self.remove(&from, id) {
            connection.evicted.cancel();
        }
        true
    }

    fn remove(&mut self, holder: &Holder, id: u64) -> Option<Arc<Connection>> {
        let own = self.by_holder.get_mut(holder)?;
        let connection = own.remove(&id)?;
        if own.is_empty() {
            self.by_holder.remove(holder);
        }
        self.total -= 1;
        Some(connection)
    }
}

/// An open connection.
#[derive(Debug)]
struct Connection {
    opened: Instant,
    requests: AtomicUsize,
    idle_since: Mutex<Instant>,
    became_idle: Notify,
    evicted: CancellationToken,
}

impl Connection {
    fn new() -> Self {
        let opened = Instant::now();
        Self {
            opened,
            requests: AtomicUsize::new(0),
            idle_since: Mutex::new(opened),
            became_idle: Notify::new(),
            evicted: CancellationToken::new(),
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

/// Counts a connection as open until it is dropped.
#[derive(Debug)]
pub struct ConnectionPermit {
    limits: Arc<ConnectionLimits>,
    holder: Holder,
    id: u64,
    connection: Arc<Connection>,
}

impl ConnectionPermit {
    /// Counts the connection as busy until the result is dropped.
    pub fn begin_request(&self) -> RequestInFlight {
        self.connection.requests.fetch_add(1, Ordering::Relaxed);
        RequestInFlight(self.connection.clone())
    }

    /// Waits until the connection must end: it was idle for too long, is too old, or was closed for
    /// another one. Returns how long it may take to finish.
    pub async fn must_end(&self) -> Duration {
        tokio::select! {
            () = self.connection.evicted.cancelled() => EVICTION_GRACE,
            () = sleep_until(self.connection.opened + self.limits.lifetimes.age) => SHUTDOWN_GRACE,
            () = self.is_idle_too_long() => SHUTDOWN_GRACE,
        }
    }

    async fn is_idle_too_long(&self) {
        let idle = self.limits.lifetimes.idle;
        loop {
            match self.connection.idle_since() {
                Some(since) if since + idle <= Instant::now() => return,
                Some(since) => sleep_until(since + idle).await,
                None => self.connection.became_idle.notified().await,
            }
        }
    }
}

impl Drop for ConnectionPermit {
    fn drop(&mut self) {
        self.limits.leave(&self.holder, self.id);
    }
}

/// A request that is being handled, or whose response the client has not read yet.
#[derive(Debug)]
pub struct RequestInFlight(Arc<Connection>);

impl Drop for RequestInFlight {
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

    const FAIR_SHARE: FairShare = FairShare {
        limit: 12,
        max_per_client: 4,
    };

    fn address(number: u8) -> IpAddr {
        [192, 0, 2, number].into()
    }

    #[test]
    fn a_client_with_a_full_share_of_idle_connections_loses_the_oldest() {
        let limits = ConnectionLimits::new_with(FAIR_SHARE, LIFETIMES);
        let open = || limits.take(address(1), false);
        let first: Vec<_> = (0..4).map(|_| open().unwrap()).collect();
        let fifth = open().unwrap();
        let is_evicted = |permit: &ConnectionPermit| permit.connection.evicted.is_cancelled();
        assert_eq!(first.iter().filter(|permit| is_evicted(permit)).count(), 1);
        assert!(is_evicted(&first[0]) && !is_evicted(&fifth));
        assert_eq!(limits.open.lock().unwrap().total, 4);
        drop((first, fifth));
        let open = limits.open.lock().unwrap();
        assert!(open.total == 0 && open.by_holder.is_empty());
    }

    #[test]
    fn a_client_with_a_full_share_of_busy_connections_is_refused_and_others_are_not() {
        let limits = ConnectionLimits::new_with(FAIR_SHARE, LIFETIMES);
        let own: Vec<_> = (0..4)
            .map(|_| limits.take(address(1), false).unwrap())
            .collect();
        let mut busy: Vec<_> = own.iter().map(ConnectionPermit::begin_request).collect();
        assert!(limits.take(address(1), false).is_none());
        let other = limits.take(address(2), false).unwrap();
        assert!(!other.connection.evicted.is_cancelled());
        busy.pop();
        assert!(limits.take(address(1), false).is_some());
        assert!(own[3].connection.evicted.is_cancelled());
    }

    #[test]
    fn a_trusted_proxy_has_no_share_and_closes_connections_of_others() {
        let limits = ConnectionLimits::new_with(FAIR_SHARE, LIFETIMES);
        let strangers: Vec<_> = (0..3)
            .map(|_| limits.take(address(1), false).unwrap())
            .collect();
        let proxied: Vec<_> = (0..12)
            .map(|_| limits.take(address(9), true).unwrap())
            .collect();
        let evicted = |all: &[ConnectionPermit]| {
            let sent = all.iter().filter(|p| p.connection.evicted.is_cancelled());
            sent.count()
        };
        assert_eq!((evicted(&strangers), evicted(&proxied)), (3, 0));
        assert!(limits.take(address(9), true).is_none());
    }

    #[tokio::test]
    async fn a_connection_ends_when_it_was_idle() {
        let (idle, age) = (Duration::from_millis(20), Duration::from_hours(1));
        let permit =
            ConnectionLimits::new_with(FAIR_SHARE, Lifetimes { idle, age }).take(address(1), false);
        let permit = permit.unwrap();
        let begun = Instant::now();
        drop(permit.begin_request());
        assert_eq!(permit.must_end().await, SHUTDOWN_GRACE);
        assert!(begun.elapsed() >= idle);
    }

    #[tokio::test]
    async fn a_connection_ends_when_it_is_old_however_busy_it_is() {
        let (idle, age) = (Duration::from_millis(1), Duration::from_millis(40));
        let permit =
            ConnectionLimits::new_with(FAIR_SHARE, Lifetimes { idle, age }).take(address(1), false);
        let permit = permit.unwrap();
        let begun = Instant::now();
        let _busy = permit.begin_request();
        assert_eq!(permit.must_end().await, SHUTDOWN_GRACE);
        assert!(begun.elapsed() >= age);
    }

    #[tokio::test]
    async fn an_evicted_connection_ends_soon() {
        let limits = ConnectionLimits::new_with(
            FairShare {
                limit: 4,
                max_per_client: 1,
            },
            LIFETIMES,
        );
        let first = limits.take(address(1), false).unwrap();
        let _second = limits.take(address(1), false).unwrap();
        assert_eq!(first.must_end().await, EVICTION_GRACE);
    }
}
