//! Clients that take the server's memory or its places, and take nothing else: the
//! others are served meanwhile, and it costs no more than so much.

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
use crate::support::server::House;
use crate::wire::{connect_from, exchange};

const ATTACKER: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 9);
const CONNECTIONS: usize = 6;
const STREAMS: usize = 50;
const IDLE: usize = 2_100;
/// Nobody waits longer while somebody else attacks.
const PATIENCE: Duration = Duration::from_secs(3);
/// What takes nothing for thirty seconds ends.
const STALLED: Duration = Duration::from_secs(45);

/// Somebody else asks from an address of their own; answers how long it took.
fn others_wait(client: &Client, from: Ipv4Addr, address: SocketAddr) -> Duration {
    let request = client.write_request("GET", "/v1/me", "", "");
    let answer = exchange(connect_from(from, address), &request);
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.took
}

/// A connection of HTTP/2 that keeps its window shut, and answers pings.
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

/// The status of the answer, and its body, of which nothing is taken.
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
fn answers_that_nobody_takes_cost_bounded_memory_and_end() {
    let house = House::build();
    let server = house.open();
    let ana = register(&house, "Ana", "ana@example.org");
    let circle = Circle::form(&house, ana.clone());
    let notes = "Umbrellas and towels. ".repeat(180);
    for number in 0..200 {
        let task = json!({ "title": format!("Task {number}"), "notes": notes });
        ana.post(&circle.tasks(), &task).is(201);
    }
    let list = format!("{}?limit=200", circle.tasks());
    let list = format!("http://{}{list}", house.address);
    let Some(before) = server.resident_kib() else {
        eprintln!("the system does not tell how much memory is in use: skipped");
        return;
    };

    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (senders, bodies, refused) = runtime.block_on(async {
        let mut senders = Vec::new();
        for _ in 0..CONNECTIONS {
            senders.push(shut_connection(house.address).await);
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
    let took = others_wait(&ana, Ipv4Addr::LOCALHOST, house.address);
    assert!(took < PATIENCE, "others waited {took:?}");

    let (answered, begun) = (bodies.len(), Instant::now());
    runtime.block_on(async {
        for mut body in bodies {
            let end = tokio::time::timeout(STALLED, body.data()).await;
            let end = end.expect("an answer that nobody takes ends");
            assert!(end.is_none_or(|data| data.is_err()), "some was sent");
        }
        let (status, _) = ask(&senders[0], &ana, &list).await.unwrap();
        assert_eq!(status, 200, "there is room again");
    });
    let ended = begun.elapsed();
    assert!(answered > 0 && refused > 0, "{answered} {refused}");
    report(
        "issue 35",
        &format!("MiB that {CONNECTIONS} connections pin with {STREAMS} answers each"),
        grown / 1024,
        "at most 96",
        grown <= 96 * 1024,
    );
    report(
        "issue 35",
        "seconds until answers of which nothing is taken end",
        ended.as_secs(),
        "at most 45",
        ended <= STALLED,
    );
}

/// A request of HTTP/1.1 on a connection that stays open.
fn probe(stream: &mut TcpStream) -> bool {
    let request = b"GET /livez HTTP/1.1\r\nhost: kith\r\n\r\n";
    let mut answer = [0; 2048];
    stream.write_all(request).is_ok()
        && stream
            .read(&mut answer)
            .is_ok_and(|bytes| answer[..bytes].starts_with(b"HTTP/1.1 204"))
}

#[test]
fn idle_connections_take_nobodys_place() {
    let house = House::build();
    let _server = house.open();
    let ana = register(&house, "Ana", "ana@example.org");
    let mut kept = Vec::new();
    for _ in 0..IDLE {
        let mut stream = connect_from(ATTACKER, house.address);
        assert!(probe(&mut stream), "a new connection is served");
        kept.push(stream);
    }
    for from in [Ipv4Addr::LOCALHOST, ATTACKER] {
        let took = others_wait(&ana, from, house.address);
        assert!(took < PATIENCE, "{from} waited {took:?}");
    }
    let alive = kept
        .iter_mut()
        .filter_map(|stream| probe(stream).then_some(()));
    let alive = alive.count();
    report(
        "issue 35",
        &format!("of {IDLE} idle connections of one address stay open"),
        alive,
        "at most 256",
        alive <= 256,
    );
}

#[test]
fn a_proxy_that_is_not_trusted_is_said_once() {
    let house = House::build();
    let _server = house.open();
    for client in ["203.0.113.9", "203.0.113.10"] {
        let request = format!(
            "GET /livez HTTP/1.1\r\nhost: kith\r\nconnection: close\r\nx-forwarded-for: {client}\r\n\r\n"
        );
        let stream = house.client().connect().unwrap();
        assert_eq!(exchange(stream, &request).status, 204);
    }
    let log = house.log();
    assert_eq!(log.matches("TRUSTED_PROXIES").count(), 1, "{log}");
    assert!(
        log.contains("127.0.0.1") && !log.contains("203.0.113"),
        "{log}"
    );
}
