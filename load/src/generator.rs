//! The load: a fixed number of connections. Each sends its next request when it has received
//! the answer to the last one.

use std::cell::{Cell, RefCell};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use futures_util::future::try_join_all;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const CONNECTIONS: usize = 32;
/// The time limit of an answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// An answer.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
}

impl Reply {
    /// The value of a header. The name must be in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().skip(1);
        lines
            .filter_map(|line| line.split_once(": "))
            .find(|(key, _)| *key == name)
            .map(|(_, value)| value)
    }
}

/// The durations of the answers during the measurement.
#[derive(Debug)]
pub struct Load {
    pub elapsed: Duration,
    /// Sorted, in microseconds.
    latencies: Vec<u32>,
}

impl Load {
    pub fn answers(&self) -> usize {
        self.latencies.len()
    }

    /// The latency that this share of all answers does not exceed, in milliseconds.
    pub fn percentile(&self, share: f64) -> f64 {
        let last = self.latencies.len().saturating_sub(1);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "an index into a list of some hundred thousand"
        )]
        let index = (last as f64 * share).round() as usize;
        self.latencies
            .get(index)
            .map_or(0.0, |micros| f64::from(*micros) / 1000.0)
    }
}

/// Sends requests for a while and counts the answers after the warm-up. `requests` writes the
/// request with a number, or says that there are no more. `at_start` is called when the
/// counting begins.
pub async fn send(
    address: SocketAddr,
    requests: impl Fn(usize, &mut Vec<u8>) -> bool,
    status: u16,
    (warm_up, measured): (Duration, Duration),
    at_start: impl FnOnce() -> anyhow::Result<()>,
) -> anyhow::Result<Load> {
    let next = Cell::new(0);
    let counting = Cell::new(false);
    let over = Cell::new(false);
    let latencies = RefCell::new(Vec::with_capacity(1 << 20));
    let work = async || -> anyhow::Result<()> {
        let mut connection = Connection::open(address).await?;
        let mut request = Vec::with_capacity(2048);
        while !over.get() {
            let number = next.replace(next.get() + 1);
            request.clear();
            if !requests(number, &mut request) {
                break;
            }
            let counted = counting.get();
            let begun = Instant::now();
            let answer = connection.exchange(&request).await?;
            let micros = u32::try_from(begun.elapsed().as_micros()).unwrap_or(u32::MAX);
            if answer != status {
                let reply = connection.reply()?;
                bail!(
                    "{} instead of {status}: {}",
                    reply.status,
                    String::from_utf8_lossy(&reply.body)
                );
            }
            if counted && !over.get() {
                latencies.borrow_mut().push(micros);
            }
        }
        Ok(())
    };
    let keep_time = async {
        tokio::time::sleep(warm_up).await;
        at_start()?;
        counting.set(true);
        let begun = Instant::now();
        tokio::time::sleep(measured).await;
        over.set(true);
        anyhow::Ok(begun.elapsed())
    };
    let workers = try_join_all((0..CONNECTIONS).map(|_| work()));
    let (elapsed, _) = tokio::try_join!(keep_time, workers)?;
    let mut latencies = latencies.into_inner();
    latencies.sort_unstable();
    ensure!(!latencies.is_empty(), "no request was answered");
    Ok(Load { elapsed, latencies })
}

/// Sends some requests, one after the other.
pub async fn ask(address: SocketAddr, requests: &[Vec<u8>]) -> anyhow::Result<Vec<Reply>> {
    let mut connection = Connection::open(address).await?;
    let mut replies = Vec::with_capacity(requests.len());
    for request in requests {
        connection.exchange(request).await?;
        replies.push(connection.reply()?);
    }
    Ok(replies)
}

/// As much of HTTP/1.1 as these servers need.
pub struct Connection {
    stream: TcpStream,
    received: Vec<u8>,
    head: usize,
}

impl Connection {
    pub async fn open(address: SocketAddr) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            received: Vec::with_capacity(1 << 17),
            head: 0,
        })
    }

    /// Sends a request, reads its answer and returns the status.
    pub async fn exchange(&mut self, request: &[u8]) -> anyhow::Result<u16> {
        let exchange = async {
            self.stream.write_all(request).await?;
            self.received.clear();
            self.head = loop {
                self.read().await?;
                if let Some(end) = find(&self.received, b"\r\n\r\n") {
                    break end + 4;
                }
            };
            let (status, length) = read_head(&self.received[..self.head])?;
            while !length.is_reached(&self.received[self.head..]) {
                self.read().await?;
            }
            anyhow::Ok(status)
        };
        tokio::time::timeout(PATIENCE, exchange)
            .await
            .context("no answer in time")?
    }

    async fn read(&mut self) -> anyhow::Result<()> {
        let read = self.stream.read_buf(&mut self.received).await?;
        ensure!(read > 0, "the server closed the connection");
        Ok(())
    }

    /// The last answer.
    pub fn reply(&self) -> anyhow::Result<Reply> {
        let (head, body) = self.received.split_at(self.head);
        let (status, length) = read_head(head)?;
        Ok(Reply {
            status,
            head: String::from_utf8_lossy(head).into_owned(),
            body: match length {
                Length::Bytes(_) => body.to_vec(),
                Length::Chunked => join_chunks(body)?,
            },
        })
    }
}

fn find(text: &[u8], what: &[u8]) -> Option<usize> {
    text.windows(what.len()).position(|window| window == what)
}

/// How the end of a body is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Length {
    Bytes(usize),
    Chunked,
}

impl Length {
    /// Whether this is the whole body.
    fn is_reached(self, body: &[u8]) -> bool {
        match self {
            Self::Bytes(length) => body.len() >= length,
            // A body of JSON has no line breaks of its own.
            Self::Chunked => body == b"0\r\n\r\n" || body.ends_with(b"\r\n0\r\n\r\n"),
        }
    }
}

/// The status, and the length of the body.
fn read_head(head: &[u8]) -> anyhow::Result<(u16, Length)> {
    let status = head
        .get(9..12)
        .and_then(|status| std::str::from_utf8(status).ok()?.parse().ok())
        .context("an answer without a status")?;
    if matches!(status, 204 | 304) {
        return Ok((status, Length::Bytes(0)));
    }
    for line in head.split(|byte| *byte == b'\n') {
        let Some(colon) = line.iter().position(|byte| *byte == b':') else {
            continue;
        };
        let (name, value) = line.split_at(colon);
        let value = value[1..].trim_ascii();
        if name.eq_ignore_ascii_case(b"content-length") {
            let length = std::str::from_utf8(value)?.parse()?;
            return Ok((status, Length::Bytes(length)));
        }
        if name.eq_ignore_ascii_case(b"transfer-encoding") && value == b"chunked" {
            return Ok((status, Length::Chunked));
        }
    }
    bail!("an answer without a length")
}

/// The content of a chunked body.
fn join_chunks(mut body: &[u8]) -> anyhow::Result<Vec<u8>> {
    let mut joined = Vec::new();
    loop {
        let end = find(body, b"\r\n").context("a chunk without a length")?;
        let length = usize::from_str_radix(std::str::from_utf8(&body[..end])?, 16)?;
        let chunk = &body[end + 2..];
        if length == 0 {
            return Ok(joined);
        }
        ensure!(chunk.len() >= length + 2, "a chunk without an end");
        joined.extend_from_slice(&chunk[..length]);
        body = &chunk[length + 2..];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_response_head_gives_status_and_length() {
        let head = b"HTTP/1.1 201 Created\r\netag: \"1\"\r\ncontent-length: 1207\r\n\r\n";
        assert_eq!(read_head(head).unwrap(), (201, Length::Bytes(1207)));
        let head = b"HTTP/1.1 304 Not Modified\r\netag: W/\"1\"\r\n\r\n";
        assert_eq!(read_head(head).unwrap(), (304, Length::Bytes(0)));
        assert!(read_head(b"HTTP/1.1 200 OK\r\n\r\n").is_err());
        let head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
        assert_eq!(read_head(head).unwrap(), (200, Length::Chunked));
    }

    #[test]
    fn a_chunked_body_ends_with_an_empty_chunk() {
        let body = b"4\r\n[1,0\r\n1\r\n]\r\n0\r\n\r\n";
        assert!(Length::Chunked.is_reached(body));
        assert!(!Length::Chunked.is_reached(&body[..body.len() - 2]));
        assert_eq!(join_chunks(body).unwrap(), b"[1,0]");
    }

    #[test]
    fn a_percentile_is_one_of_the_latencies() {
        let load = Load {
            elapsed: Duration::from_secs(1),
            latencies: (1..=101).map(|millis| millis * 1000).collect(),
        };
        let percentiles = [0.0, 0.5, 0.99, 1.0].map(|share| load.percentile(share).to_string());
        assert_eq!(percentiles, ["1", "51", "100", "101"]);
    }
}
