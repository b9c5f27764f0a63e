//! A mail server that accepts every email and forgets it. It runs on a thread of its own, on the
//! core of the load.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The sink. It ends with this process.
pub struct Sink {
    pub address: SocketAddr,
    accepted: Arc<AtomicU64>,
}

impl Sink {
    pub fn start() -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let accepted = Arc::new(AtomicU64::new(0));
        let counter = accepted.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let counter = counter.clone();
                std::thread::spawn(move || serve(&stream, &counter));
            }
        });
        Ok(Self { address, accepted })
    }

    /// How many emails it has accepted.
    pub fn accepted(&self) -> u64 {
        self.accepted.load(Ordering::Relaxed)
    }

    /// The settings with which Kith sends its emails here.
    pub fn settings(&self) -> Vec<(&'static str, String)> {
        vec![
            ("SMTP_URL", format!("smtp://{}", self.address)),
            ("MAIL_FROM", "Kith <kith@kith.test>".into()),
        ]
    }
}

/// One conversation. An error ends it.
fn serve(stream: &TcpStream, accepted: &AtomicU64) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut to = stream;
    let mut lines = BufReader::new(stream);
    let mut line = Vec::new();
    to.write_all(b"220 sink.test ESMTP\r\n")?;
    loop {
        line.clear();
        if lines.read_until(b'\n', &mut line)? == 0 {
            return Ok(());
        }
        let verb = line.get(..4).unwrap_or_default().to_ascii_uppercase();
        match verb.as_slice() {
            b"EHLO" => to.write_all(b"250-sink.test\r\n250 8BITMIME\r\n")?,
            b"DATA" => {
                to.write_all(b"354 go on\r\n")?;
                loop {
                    line.clear();
                    if lines.read_until(b'\n', &mut line)? == 0 {
                        return Ok(());
                    }
                    if line == b".\r\n" {
                        break;
                    }
                }
                accepted.fetch_add(1, Ordering::Relaxed);
                to.write_all(b"250 accepted\r\n")?;
            }
            b"QUIT" => return to.write_all(b"221 bye\r\n"),
            _ => to.write_all(b"250 ok\r\n")?,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_email_is_accepted_and_counted() {
        let sink = Sink::start().unwrap();
        let mut stream = TcpStream::connect(sink.address).unwrap();
        let talk = "EHLO a.test\r\nMAIL FROM:<a@a.test>\r\nRCPT TO:<b@b.test>\r\nDATA\r\nSubject: \
                    x\r\n\r\nHello\r\n.\r\nQUIT\r\n";
        stream.write_all(talk.as_bytes()).unwrap();
        let answers: Vec<String> = BufReader::new(stream).lines().map(Result::unwrap).collect();
        assert_eq!(answers.last().unwrap(), "221 bye");
        assert_eq!(sink.accepted(), 1);
    }
}
