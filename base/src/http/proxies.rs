//! The address of the client behind proxies. Only the header of a trusted proxy counts, and only
//! for the hop before it. A header that the client writes itself changes nothing.

use std::collections::HashSet;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use axum::http::{HeaderMap, HeaderName};
use chrono::NaiveDate;

use crate::app::{App, SharedState};
use crate::config::TrustedProxy;

/// Each proxy appends the address that its request came from. `Forwarded` and `X-Real-IP` are not
/// read: a proxy that does not write them forwards what the client wrote.
const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// Whether an address is that of a trusted proxy.
pub fn is_trusted(trusted: &[TrustedProxy], address: IpAddr) -> bool {
    let address = address.to_canonical();
    trusted.iter().any(|proxy| proxy.holds(address))
}

/// The address of the client: the peer, or the address in the header of trusted proxies. The
/// header is read from its end, and the first hop that is not trusted is the client.
pub fn client_address(trusted: &[TrustedProxy], peer: IpAddr, headers: &HeaderMap) -> IpAddr {
    let mut address = peer.to_canonical();
    let lines = headers.get_all(X_FORWARDED_FOR).iter().rev();
    let mut hops = lines.flat_map(|line| line.as_bytes().rsplit(|byte| *byte == b','));
    while is_trusted(trusted, address) {
        let Some(hop) = hops.next().and_then(read_hop) else {
            break;
        };
        address = hop;
    }
    address
}

/// The headers that usually only a proxy writes.
const FORWARDED: [HeaderName; 3] = [
    X_FORWARDED_FOR,
    HeaderName::from_static("x-real-ip"),
    HeaderName::from_static("forwarded"),
];
/// The log names at most so many peers a day, because any client can write such a header.
const SAID_A_DAY: usize = 16;

/// The peers whose headers were ignored. Each is logged once a day, because it may be a proxy that
/// is missing in `TRUSTED_PROXIES`.
#[derive(Debug, Default)]
pub struct UnheededProxies(Mutex<Said>);

#[derive(Debug, Default)]
struct Said {
    on: NaiveDate,
    peers: HashSet<IpAddr>,
}

impl UnheededProxies {
    /// Logs a peer that sends the header but is not trusted.
    pub fn notice(&self, app: &App, peer: IpAddr, headers: &HeaderMap) {
        let says = FORWARDED.iter().any(|name| headers.contains_key(name));
        let heeded = !says || is_trusted(app.trusted_proxies(), peer);
        if !heeded && self.is_new(peer, app.clock().now().date_naive()) {
            tracing::warn!(
                peer = %peer.to_canonical(),
                "ignored a forwarding header, because this peer is not a trusted proxy: if it is \
                 your proxy, add it to TRUSTED_PROXIES, or all clients behind it count as one"
            );
        }
    }

    fn is_new(&self, peer: IpAddr, today: NaiveDate) -> bool {
        let mut said = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if said.on != today {
            said.on = today;
            said.peers.clear();
        }
        said.peers.len() < SAID_A_DAY && said.peers.insert(peer.to_canonical())
    }
}

/// An address, with a port or without.
fn read_hop(text: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(text).ok()?.trim();
    let address = text
        .parse::<IpAddr>()
        .or_else(|_| text.parse::<SocketAddr>().map(|socket| socket.ip()));
    address.ok().map(|address| address.to_canonical())
}

impl SharedState for UnheededProxies {
    fn begin(_: &App) -> Self {
        Self::default()
    }
}

impl App {
    /// The peers whose forwarding headers were ignored.
    pub fn unheeded_proxies(&self) -> Arc<UnheededProxies> {
        self.shared()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(peer: &str, lines: &[&str]) -> String {
        let trusted = ["10.0.0.0/8", "192.0.2.7", "fd00::/8"].map(|text| text.parse().unwrap());
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(X_FORWARDED_FOR, line.parse().unwrap());
        }
        client_address(&trusted, peer.parse().unwrap(), &headers).to_string()
    }

    #[test]
    fn the_header_of_a_stranger_is_not_read() {
        assert_eq!(client("203.0.113.9", &["198.51.100.1"]), "203.0.113.9");
        assert_eq!(client("192.0.2.8", &["198.51.100.1"]), "192.0.2.8");
    }

    #[test]
    fn the_first_hop_from_the_right_that_is_not_trusted_is_the_client() {
        for (lines, expected) in [
            (&["198.51.100.1"][..], "198.51.100.1"),
            (&["1.1.1.1, 198.51.100.1"], "198.51.100.1"),
            (&["1.1.1.1, 198.51.100.1, 10.2.3.4"], "198.51.100.1"),
            (
                &["1.1.1.1", "198.51.100.1", "10.2.3.4,192.0.2.7"],
                "198.51.100.1",
            ),
            (&["10.9.9.9, 198.51.100.1 "], "198.51.100.1"),
            (&["198.51.100.1:4711"], "198.51.100.1"),
            (&["[2001:db8::1]:4711"], "2001:db8::1"),
            (&["2001:db8::1, fd00::2"], "2001:db8::1"),
            (&["::ffff:198.51.100.1"], "198.51.100.1"),
        ] {
            assert_eq!(client("10.0.0.1", lines), expected, "{lines:?}");
            assert_eq!(client("::ffff:10.0.0.1", lines), expected, "{lines:?}");
        }
    }

    #[test]
    fn what_is_no_address_ends_the_chain_at_the_last_hop_that_is_known() {
        for lines in [
            &[][..],
            &[""],
            &["unknown"],
            &["198.51.100.1, unknown"],
            &["198.51.100.1,,"],
            &["198.51.100.1;"],
        ] {
            assert_eq!(client("10.0.0.1", lines), "10.0.0.1", "{lines:?}");
        }
        assert_eq!(client("10.0.0.1", &["_hidden, 10.2.3.4"]), "10.2.3.4");
        assert_eq!(client("10.0.0.1", &["10.5.5.5, 10.2.3.4"]), "10.5.5.5");
    }

    #[test]
    fn each_peer_is_said_once_a_day_and_not_more_than_a_few() {
        let said = UnheededProxies::default();
        let today: NaiveDate = "2026-12-01".parse().unwrap();
        let peer = |number: u8| IpAddr::from([192, 0, 2, number]);
        assert!(said.is_new(peer(1), today) && !said.is_new(peer(1), today));
        let new = (2..=200).filter(|number| said.is_new(peer(*number), today));
        assert_eq!(new.count(), SAID_A_DAY - 1);
        assert!(said.is_new(peer(1), today.succ_opt().unwrap()));
    }
}
