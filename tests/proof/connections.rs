//! Clients that occupy the server's memory or its connections and read nothing. The server
//! keeps serving the other clients, and its memory stays below a bound.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use axum::body::Bytes;
use axum::http::Request;
use h2::RecvStream;
use h2::client::SendRequest;
use serde_json::json;
use tokio::net::TcpSocket;

use crate::figures::report;
use crate::support::client::Client;
use crate::support::people::{Circle, register};
use crate::support::server::Setup;
use crate::wire::{connect_from, exchange};

const ATTACKER: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 9);
const CONNECTIONS: usize = 6;
const STREAMS: usize = 50;
const IDLE: usize = 2_100;
/// No other client waits longer than this during the attack.
const PATIENCE: Duration = Duration::from_secs(3);
/// An answer that a client does not read for thirty seconds ends within this time.
const STALLED: Duration = Duration::from_secs(45);

/// Sends a request of another client from another address and returns its duration.
fn others_wait(client: &Client, from: Ipv4Addr, address: SocketAddr) -> Duration {
    let request = client.write_request("GET", "/v1/me", "", "");
    let answer = exchange(connect_from(from, address), &request);
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.took
}

/// An HTTP/2 connection with a window of zero bytes that still answers pings.
async fn shut_connection(to: SocketAddr) -> SendRequest<Bytes> {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind((ATTACKER, 0).into()).unwrap();
    let stream = socket.connect(to).await.unwrap();
    let mut builder = h2::client::Builder::new();
    builder.initial_window_size(0);
    let (sender, connection) = builder.handshake(stream).await.unwrap();
    tokio::spawn(connection);
    sender
}

/// The status of the answer, and its body, which is not read.
async fn ask(
    sender: &SendRequest<Bytes>,
    client: &Client,
    url: &str,
) -> Result<(u16, RecvStream), h2::Error> {
    let token = format!("Bearer {}", client.token());
    let request = Request::get(url).header("authorization", token);
    let mut ready = sender.clone().ready().await?;
    let (answer, _) = ready.send_request(request.body(()).unwrap(), true)?;
    let answer = answer.await?;
    Ok((answer.status().as_u16(), answer.into_body()))
}

#[test]
fn answers_that_nobody_reads_use_bounded_memory_and_end() {
    let setup = Setup::build();
    let server = setup.open();
    let ana = register(&setup, "Ana", "ana@example.org");
    let circle = Circle::form(&setup, ana.clone());
    let notes = "Umbrellas and towels. ".repeat(180);
    for number in 0..200 {
        let task = json!({ "title": format!("Task {number}"), "notes": notes });
        ana.post(&circle.tasks(), &task).is(201);
    }
    let list = format!("{}?limit=200", circle.tasks());
    let list = format!("http://{}{list}", setup.address);
    let Some(before) = server.resident_kib() else {
        eprintln!("the system does not tell how much memory is in use: skipped");
        return;
    };

    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (senders, bodies, refused) = runtime.block_on(async {
        let mut senders = Vec::new();
        for _ in 0..CONNECTIONS {
            senders.push(shut_connection(setup.address).await);
        }
        let (mut bodies, mut refused) = (Vec::new(), 0);
        for _ in 0..STREAMS {
            let asked = senders.iter().map(|sender| ask(sender, &ana, &list));
            for answer in futures_util::future::join_all(asked).await {
                match answer.unwrap() {
                    (200, body) => bodies.push(body),
                    (503, _) => refused += 1,
                    (status, _) => panic!("{status}"),
                }
            }
        }
        (senders, bodies, refused)
    });
    let grown = server.resident_kib().unwrap().saturating_sub(before);
    let took = others_wait(&ana, Ipv4Addr::LOCALHOST, setup.address);
    assert!(took < PATIENCE, "others waited {took:?}");

    let (answered, begun) = (bodies.len(), Instant::now());
    runtime.block_on(async {
        for mut body in bodies {
            let end = tokio::time::timeout(STALLED, body.data()).await;
            let end = end.expect("the answer did not end");
            assert!(end.is_none_or(|data| data.is_err()), "data was sent");
        }
        let (status, _) = ask(&senders[0], &ana, &list).await.unwrap();
        assert_eq!(status, 200, "the server still has no room");
    });
    let ended = begun.elapsed();
    assert!(answered > 0 && refused > 0, "{answered} {refused}");
    report(
        "issue 35",
        &format!("MiB that {CONNECTIONS} connections with {STREAMS} unread answers each occupy"),
        grown / 1024,
        "at most 96",
        grown <= 96 * 1024,
    );
    report(
        "issue 35",
        "seconds until answers that nobody reads end",
        ended.as_secs(),
        "at most 45",
        ended <= STALLED,
    );
}

/// Sends an HTTP/1.1 request on a connection that stays open. Returns whether it is answered.
fn probe(stream: &mut TcpStream) -> bool {
    let request = b"GET /livez HTTP/1.1\r\nhost: kith\r\n\r\n";
    let mut answer = [0; 2048];
    stream.write_all(request).is_ok()
        && stream
            .read(&mut answer)
            .is_ok_and(|bytes| answer[..bytes].starts_with(b"HTTP/1.1 204"))
}

#[test]
fn idle_connections_do_not_block_other_clients() {
    let setup = Setup::build();
    let _server = setup.open();
    let ana = register(&setup, "Ana", "ana@example.org");
    let mut kept = Vec::new();
    for _ in 0..IDLE {
        let mut stream = connect_from(ATTACKER, setup.address);
        assert!(probe(&mut stream), "a new connection is not served");
        kept.push(stream);
    }
    for from in [Ipv4Addr::LOCALHOST, ATTACKER] {
        let took = others_wait(&ana, from, setup.address);
        assert!(took < PATIENCE, "{from} waited {took:?}");
    }
    let alive = kept
        .iter_mut()
        .filter_map(|stream| probe(stream).then_some(()));
    let alive = alive.count();
    report(
        "issue 35",
        &format!("open connections of {IDLE} idle ones from one address"),
        alive,
        "at most 256",
        alive <= 256,
    );
}

#[test]
fn an_untrusted_proxy_is_logged_once() {
    let setup = Setup::build();
    let _server = setup.open();
    for client in ["203.0.113.9", "203.0.113.10"] {
        let request = format!(
            "GET /livez HTTP/1.1\r\nhost: kith\r\nconnection: close\r\nx-forwarded-for: {client}\r\n\r\n"
        );
        let stream = setup.client().connect().unwrap();
        assert_eq!(exchange(stream, &request).status, 204);
    }
    let log = setup.log();
    assert_eq!(log.matches("TRUSTED_PROXIES").count(), 1, "{log}");
    assert!(
        log.contains("127.0.0.1") && !log.contains("203.0.113"),
        "{log}"
    );
}
