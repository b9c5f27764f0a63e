//! The proxies whose headers are trusted.

use std::net::IpAddr;
use std::str::FromStr;

use ipnet::IpNet;

/// The address of a proxy in front of this server, or the network of several.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TrustedProxy(IpNet);

impl TrustedProxy {
    /// Whether it includes an address. An IPv4 address must not be written as IPv6.
    pub fn holds(&self, address: IpAddr) -> bool {
        self.0.contains(&address)
    }
}

impl FromStr for TrustedProxy {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let network = text
            .parse::<IpNet>()
            .or_else(|_| text.parse::<IpAddr>().map(IpNet::from))
            .map(in_short)
            .map_err(|_| "write an address or a network, like 127.0.0.1 or 10.0.0.0/8")?;
        if network.prefix_len() == 0 {
            return Err("this trusts every address: every client could forge its own".into());
        }
        Ok(Self(network.trunc()))
    }
}

/// Turns an IPv4 network that was written as IPv6 into IPv4, because the addresses that it is
/// compared with are IPv4.
fn in_short(network: IpNet) -> IpNet {
    let mapped = match network {
        IpNet::V6(long) => long.addr().to_ipv4_mapped(),
        IpNet::V4(_) => None,
    };
    let prefix = network.prefix_len().checked_sub(96);
    let short = mapped
        .zip(prefix)
        .map(|(address, prefix)| IpNet::new(address.into(), prefix));
    match short {
        Some(Ok(short)) => short,
        _ => network,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_that_is_everybody_is_refused() {
        let read = |text: &str| text.parse::<TrustedProxy>();
        assert_eq!(read(" 10.1.2.3/8 "), read("10.0.0.0/8"));
        assert_eq!(read("::ffff:10.0.0.1"), read("10.0.0.1"));
        assert_eq!(read("::ffff:10.0.0.0/104"), read("10.0.0.0/8"));
        for wrong in [
            "",
            "proxy",
            "10.0.0.0/33",
            "0.0.0.0/0",
            "::/0",
            "::ffff:0:0/96",
        ] {
            assert!(read(wrong).is_err(), "{wrong:?}");
        }
    }
}
