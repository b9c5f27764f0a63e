//! Requests that apps do not send: from many addresses, many at one moment, with forged
//! headers. Answers are kept whole, with their duration.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::net::TcpSocket;

use crate::support::client::Client;

const PATIENCE: Duration = Duration::from_secs(40);

/// An answer, byte by byte.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: String,
    pub took: Duration,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

/// Sends a request on a connection and reads the answer to its end.
pub fn exchange(mut stream: TcpStream, request: &str) -> Answer {
    let begun = Instant::now();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let took = begun.elapsed();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    Answer {
        status: head.split(' ').nth(1).unwrap().parse().unwrap(),
        head: head.to_owned(),
        body: body.to_owned(),
        took,
    }
}

/// A POST with JSON, as the client would send it.
pub fn write_post(client: &Client, path: &str, body: &Value) -> String {
    client.write_request("POST", path, "application/json", &body.to_string())
}

/// Sends a POST and returns the whole answer.
pub fn post(client: &Client, path: &str, body: &Value) -> Answer {
    exchange(client.connect().unwrap(), &write_post(client, path, body))
}

/// A connection from a source address.
pub fn connect_from(source: Ipv4Addr, to: SocketAddr) -> TcpStream {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let stream = runtime.block_on(async {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind((source, 0).into()).unwrap();
        socket.connect(to).await.unwrap().into_std().unwrap()
    });
    stream.set_nonblocking(false).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream
}

/// Does something many times at one moment and returns the results in order.
pub fn at_once<T: Send>(number: usize, work: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let start = Barrier::new(number);
    let (start, work) = (&start, &work);
    thread::scope(|scope| {
        let spawn = |index| {
            scope.spawn(move || {
                start.wait();
                work(index)
            })
        };
        let threads: Vec<_> = (0..number).map(spawn).collect();
        let ended = threads.into_iter().map(|thread| thread.join().unwrap());
        ended.collect()
    })
}
