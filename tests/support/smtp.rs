//! A mail server that speaks SMTP over a real socket, keeps the mails, and fails where a test
//! asks for it.

use std::collections::HashMap;
use std::io::{self, BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::support::clock::now;

/// The step of the conversation that fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// After RCPT.
    Recipient,
    /// After the dot that ends the message.
    Dot,
}

/// How it fails.
#[derive(Clone, Copy, Debug)]
pub enum Answer {
    Say(&'static str),
    HangUp,
    /// No answer, for as long as the client waits.
    Silence,
    /// Bytes that are no text.
    Garbage,
    /// A line of eight mebibytes.
    OverLong,
}

/// A failure that happens once, for one recipient.
#[derive(Clone, Copy, Debug)]
pub struct Fault {
    pub to: &'static str,
    pub stage: Stage,
    pub answer: Answer,
}

/// A mail that was received, even if the server refused it afterwards.
#[derive(Clone, Debug)]
pub struct Mail {
    pub from: String,
    pub to: String,
    pub raw: String,
    pub at: DateTime<Utc>,
}

#[derive(Default)]
struct Desk {
    mails: Vec<Mail>,
    fetched: HashMap<String, usize>,
    faults: Vec<Fault>,
}

/// The server. It listens until the tests are over.
#[derive(Clone)]
pub struct MailServer {
    address: SocketAddr,
    desk: Arc<(Mutex<Desk>, Condvar)>,
}

impl MailServer {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let server = Self {
            address: listener.local_addr().unwrap(),
            desk: Arc::default(),
        };
        let receiver = server.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let receiver = receiver.clone();
                // A broken connection is no error of this server.
                thread::spawn(move || receiver.converse(&stream));
            }
        });
        server
    }

    pub fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    pub fn plan_fault(&self, fault: Fault) {
        self.desk.0.lock().unwrap().faults.push(fault);
    }

    /// Whether a planned failure has not happened yet.
    pub fn has_fault_left(&self, to: &str) -> bool {
        let desk = self.desk.0.lock().unwrap();
        desk.faults.iter().any(|fault| fault.to == to)
    }

    /// Waits for the next mail to an address and returns it. Each mail is returned once.
    #[track_caller]
    pub fn next_to(&self, address: &str, limit: Duration) -> Mail {
        let (desk, arrived) = &*self.desk;
        let next = |desk: &Desk| {
            let fetched = desk.fetched.get(address).copied().unwrap_or(0);
            let mut mails = desk.mails.iter().filter(|mail| mail.to == address);
            mails.nth(fetched).cloned()
        };
        let waiting = |desk: &mut Desk| next(desk).is_none();
        let desk = desk.lock().unwrap();
        let (mut desk, _) = arrived.wait_timeout_while(desk, limit, waiting).unwrap();
        let found = next(&desk);
        let mail = found.unwrap_or_else(|| panic!("no mail to {address} within {limit:?}"));
        *desk.fetched.entry(address.to_owned()).or_default() += 1;
        mail
    }

    /// All mails so far.
    pub fn all(&self) -> Vec<Mail> {
        self.desk.0.lock().unwrap().mails.clone()
    }

    fn keep(&self, mail: Mail) {
        let (desk, arrived) = &*self.desk;
        desk.lock().unwrap().mails.push(mail);
        arrived.notify_all();
    }

    fn take_fault(&self, to: &str, stage: Stage) -> Option<Answer> {
        let faults = &mut self.desk.0.lock().unwrap().faults;
        let planned = |fault: &Fault| fault.to == to && fault.stage == stage;
        let index = faults.iter().position(planned)?;
        Some(faults.remove(index).answer)
    }

    fn converse(&self, stream: &TcpStream) -> io::Result<()> {
        let mut lines = BufReader::new(stream);
        let send = |line: &[u8]| {
            let mut out = stream;
            out.write_all(&[line, b"\r\n"].concat())
        };
        let say = |text: &str| send(text.as_bytes());
        let (mut from, mut to) = (String::new(), String::new());
        say("220 a test")?;
        while let Some(line) = read_line(&mut lines)? {
            let verb = line.get(..4).unwrap_or_default().to_ascii_uppercase();
            let mut stage = None;
            match verb.as_str() {
                "EHLO" => {
                    say("250-a test\r\n250 8BITMIME")?;
                    continue;
                }
                "MAIL" => from = address_in(&line),
                "RCPT" => {
                    to = address_in(&line);
                    stage = Some(Stage::Recipient);
                }
                "DATA" => {
                    say("354 go on")?;
                    let raw = read_message(&mut lines)?;
                    let (from, to, at) = (from.clone(), to.clone(), now());
                    self.keep(Mail { from, to, raw, at });
                    stage = Some(Stage::Dot);
                }
                "HELO" | "NOOP" | "RSET" => {}
                "QUIT" => return say("221 bye"),
                _ => {
                    say("500 what?")?;
                    continue;
                }
            }
            match stage.and_then(|stage| self.take_fault(&to, stage)) {
                None => say("250 fine")?,
                Some(Answer::Say(text)) => say(text)?,
                Some(Answer::HangUp) => return Ok(()),
                Some(Answer::Garbage) => send(&[0xff, 0x00, 0xfe])?,
                Some(Answer::OverLong) => send(&vec![b'a'; 8 << 20])?,
                Some(Answer::Silence) => return io::copy(&mut lines, &mut io::sink()).map(drop),
            }
        }
        Ok(())
    }
}

fn read_line(lines: &mut impl BufRead) -> io::Result<Option<String>> {
    let mut line = Vec::new();
    if lines.read_until(b'\n', &mut line)? == 0 {
        return Ok(None);
    }
    let line = String::from_utf8_lossy(&line);
    Ok(Some(line.trim_end_matches(['\r', '\n']).to_owned()))
}

/// Reads up to the line that is a single dot, and replaces doubled dots.
fn read_message(lines: &mut impl BufRead) -> io::Result<String> {
    let mut message = String::new();
    while let Some(line) = read_line(lines)? {
        if line == "." {
            return Ok(message);
        }
        message += line.strip_prefix('.').unwrap_or(&line);
        message += "\r\n";
    }
    Err(io::ErrorKind::UnexpectedEof.into())
}

fn address_in(line: &str) -> String {
    let inside = line.split(['<', '>']).nth(1);
    inside.unwrap_or_default().to_owned()
}
