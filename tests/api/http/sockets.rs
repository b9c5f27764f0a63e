//! Malformed requests on a real connection: many never reach the router.

use kith::api;
use kith::http::server;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;

use crate::harness::TestApp;

/// Sends bytes on a new connection; returns everything that comes back.
async fn ask(address: std::net::SocketAddr, request: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    // A server that refuses the head may close before it has read all of it.
    let _ = stream.write_all(request.as_bytes()).await;
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "a table, one entry a request")]
async fn a_malformed_request_is_refused_without_internal_details() {
    let app = TestApp::start().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let stop = CancellationToken::new();
    let (router, stopping) = (api::router(app.app.clone()), stop.clone());
    let serving = tokio::spawn(async move { server::serve(listener, router, &[], stopping).await });

    let head = |line: &str, headers: &str| {
        format!("{line}\r\nhost: localhost\r\nconnection: close\r\n{headers}\r\n")
    };
    let many = |count: usize| "x: y\r\n".repeat(count);
    let long = |bytes: usize| format!("x: {}\r\n", "y".repeat(bytes));
    let get = "GET /livez HTTP/1.1";
    let chunked = |bytes: usize| {
        let kind = "content-type: application/json\r\ntransfer-encoding: chunked\r\n";
        let head = head("POST /v1/sessions HTTP/1.1", kind);
        format!("{head}{bytes:x}\r\n{}\r\n0\r\n\r\n", " ".repeat(bytes))
    };
    for (what, request, status, has_body) in [
        ("a plain head", head(get, ""), 204, false),
        ("100 headers", head(get, &many(98)), 204, false),
        ("101 headers", head(get, &many(99)), 431, true),
        ("1,000 headers", head(get, &many(998)), 431, false),
        ("20 KiB of headers", head(get, &long(20_000)), 431, true),
        ("a head of 40 KiB", head(get, &long(40_000)), 431, false),
        (
            "an address of 9 KiB",
            head(&format!("GET /{} HTTP/1.1", "x".repeat(9000)), ""),
            414,
            true,
        ),
        (
            "an address of 80 KiB",
            head(&format!("GET /{} HTTP/1.1", "x".repeat(80_000)), ""),
            431,
            false,
        ),
        ("no HTTP", "EHLO kith\r\n\r\n".into(), 400, false),
        (
            "a space in the address",
            head("GET /a b HTTP/1.1", ""),
            400,
            false,
        ),
        ("a NUL in a header", head(get, "x: a\0b\r\n"), 400, false),
        ("a folded header", head(get, "x: a\r\n b\r\n"), 400, false),
        (
            "two lengths",
            head(get, "content-length: 1\r\ncontent-length: 2\r\n"),
            400,
            false,
        ),
        (
            "no host",
            "GET /livez HTTP/1.1\r\nconnection: close\r\n\r\n".into(),
            400,
            true,
        ),
        ("two hosts", head(get, "host: localhost\r\n"), 400, true),
        (
            "two hosts in one line",
            "GET /livez HTTP/1.1\r\nhost: a.example, b.example\r\nconnection: close\r\n\r\n".into(),
            400,
            true,
        ),
        (
            "an address that names another host",
            head("GET http://other.example/livez HTTP/1.1", ""),
            400,
            true,
        ),
        (
            "an address that names the same host",
            head("GET http://localhost/livez HTTP/1.1", ""),
            204,
            false,
        ),
        (
            "HTTP/1.0 without a host",
            "GET /livez HTTP/1.0\r\n\r\n".into(),
            204,
            false,
        ),
        ("chunks of 64 KiB", chunked(65_536), 400, true),
        ("chunks of more", chunked(65_537), 413, true),
    ] {
        let answer = ask(address, &request).await;
        let (top, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
        assert!(
            top[..9].starts_with("HTTP/1.") && top[8..].starts_with(&format!(" {status} ")),
            "{what}: {answer}"
        );
        assert_eq!(!body.is_empty(), has_body, "{what}: {answer}");
        if status == 400 && has_body {
            assert!(
                body.contains("\"code\":\"malformed_request\""),
                "{what}: {answer}"
            );
        }
        for word in ["\r\nserver:", "hyper", "axum", "panicked", "src/"] {
            assert!(!answer.to_lowercase().contains(word), "{what}: {answer}");
        }
    }
    stop.cancel();
    serving.await.unwrap();
}
