//! Checks that a request names exactly one valid host. Otherwise a proxy and this server could
//! understand a request with two hosts differently.

use axum::http::uri::{Authority, Scheme};
use axum::http::{HeaderValue, Request, Version, header};

/// Says what to send if the host of a request is wrong.
pub fn check<B>(request: &Request<B>) -> Result<(), &'static str> {
    let mut lines = request.headers().get_all(header::HOST).iter();
    let (line, second) = (lines.next(), lines.next());
    if second.is_some() {
        return Err("Send the header Host once.");
    }
    let named = match line {
        Some(line) => {
            let unclear = "Send a host name in the header Host, with a port if it needs one.";
            Some(read(line).ok_or(unclear)?)
        }
        None => None,
    };
    match (named, request.uri().authority()) {
        (None, None) if request.version() > Version::HTTP_10 => {
            Err("Send the header Host with the name of the host.")
        }
        (Some(named), Some(asked)) if !same(&named, asked, request.uri().scheme()) => {
            Err("Send the same host in the header Host and in the address of the request.")
        }
        _ => Ok(()),
    }
}

fn read(line: &HeaderValue) -> Option<Authority> {
    let text = line.to_str().ok()?;
    let authority: Authority = text.parse().ok()?;
    let host = authority.host();
    let has_port_or_none = text == host || authority.port_u16().is_some();
    let is_host = !host.is_empty() && !text.contains('@') && has_port_or_none;
    is_host.then_some(authority)
}

fn same(named: &Authority, asked: &Authority, scheme: Option<&Scheme>) -> bool {
    let usual = if scheme == Some(&Scheme::HTTPS) {
        443
    } else {
        80
    };
    let port = |authority: &Authority| authority.port_u16().unwrap_or(usual);
    named.host().eq_ignore_ascii_case(asked.host()) && port(named) == port(asked)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_good(version: Version, uri: &str, hosts: &[&str]) -> bool {
        let mut request = Request::builder().version(version).uri(uri);
        for host in hosts {
            request = request.header(header::HOST, *host);
        }
        check(&request.body(()).unwrap()).is_ok()
    }

    #[test]
    fn a_request_names_one_host() {
        for (uri, hosts, good) in [
            ("/livez", &["kith.example"][..], true),
            ("/livez", &["kith.example:8443"], true),
            ("/livez", &["127.0.0.1:8080"], true),
            ("/livez", &["[::1]:8080"], true),
            ("/livez", &[], false),
            ("/livez", &[""], false),
            ("/livez", &["kith.example", "kith.example"], false),
            ("/livez", &["kith.example, other.example"], false),
            ("/livez", &["ana@kith.example"], false),
            ("/livez", &["kith.example/v1"], false),
            ("/livez", &["kith.example:port"], false),
            ("http://kith.example/livez", &["kith.example"], true),
            ("http://kith.example/livez", &["KITH.example:80"], true),
            ("http://kith.example/livez", &["kith.example:8080"], false),
            ("http://kith.example/livez", &["other.example"], false),
            ("https://kith.example/livez", &["kith.example:443"], true),
        ] {
            assert_eq!(
                is_good(Version::HTTP_11, uri, hosts),
                good,
                "{uri} {hosts:?}"
            );
        }
    }

    #[test]
    fn only_http_2_and_1_0_need_no_header() {
        assert!(is_good(Version::HTTP_2, "https://kith.example/livez", &[]));
        assert!(!is_good(Version::HTTP_2, "/livez", &[]));
        assert!(is_good(Version::HTTP_10, "/livez", &[]));
        assert!(!is_good(
            Version::HTTP_10,
            "/livez",
            &["a.example", "a.example"]
        ));
        let two = &["a.example"];
        assert!(!is_good(Version::HTTP_2, "https://b.example/livez", two));
    }
}
