//! Mail servers that give the answers that a test chooses.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use kith::config::{SmtpSecurity, SmtpServer, SmtpTimeouts};
use kith::platform::mail::Mailer;

use crate::harness::sender;

/// A mail server that gives one answer at one step of the conversation (`220` for its greeting,
/// `EHLO`, `AUTH`, `RCPT`, `.`). An empty answer hangs up. `door` runs at each new connection.
pub fn mail_server(
    step: &'static str,
    answer: &'static str,
    door: impl FnMut() + Send + 'static,
) -> Mailer {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mailer = mailer_to(&listener);
    listen(listener, step, answer, door);
    mailer
}

/// Starts such a server and returns its address.
pub fn address_of(step: &'static str, answer: &'static str) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    listen(listener, step, answer, || ());
    address
}

fn listen(
    listener: TcpListener,
    step: &'static str,
    answer: &'static str,
    mut door: impl FnMut() + Send + 'static,
) {
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            door();
            // A broken connection is no error of this server.
            let _ = converse(&stream, step, answer);
        }
    });
}

pub fn mailer_to(listener: &TcpListener) -> Mailer {
    Mailer::smtp(sender(), &server_at(listener)).unwrap()
}

/// The settings of that mail server, with a login.
pub fn server_at(listener: &TcpListener) -> SmtpServer {
    SmtpServer {
        host: "127.0.0.1".into(),
        port: listener.local_addr().unwrap().port(),
        security: SmtpSecurity::Plain,
        login: Some(("kith".into(), "secret".to_owned().into())),
        hello: "kith.example".into(),
        roots: Vec::new(),
        timeouts: SmtpTimeouts::default(),
        per_minute: 0,
        dkim: None,
    }
}

/// How a mail server answers at the step that fails.
#[derive(Clone, Copy, Debug)]
pub enum Manner {
    Say(&'static str),
    /// The same, but each byte comes alone.
    Split(&'static str),
    HangUp,
    /// No answer, for as long as the client waits.
    Hang,
    /// Bytes that are no text.
    Garbage,
    /// A line of eight mebibytes.
    OverLong,
}

/// A mail server for one connection that fails at one step. Of a server that does not answer, the
/// client waits only for a moment.
pub fn faulty_server(step: &'static str, manner: Manner) -> Mailer {
    faulty(step, manner, SmtpSecurity::Plain)
}

/// The same, for a client that requires STARTTLS. The server offers it, but has no certificate.
pub fn faulty_server_with_starttls(step: &'static str, manner: Manner) -> Mailer {
    faulty(step, manner, SmtpSecurity::StartTls)
}

fn faulty(step: &'static str, manner: Manner, security: SmtpSecurity) -> Mailer {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut server = server_at(&listener);
    server.security = security;
    // After 220 to STARTTLS the client waits for a handshake.
    let hangs = matches!(manner, Manner::Hang) || step == "STAR" && says(manner, "220");
    if hangs {
        let moment = Duration::from_millis(250);
        server.timeouts = SmtpTimeouts {
            connect: moment,
            command: moment,
            after_the_dot: moment,
        };
    }
    thread::spawn(move || {
        let (stream, _) = listener.accept()?;
        stream.set_nodelay(true)?;
        fail_once(&stream, step, manner)
    });
    Mailer::smtp(sender(), &server).unwrap()
}

fn says(manner: Manner, code: &str) -> bool {
    match manner {
        Manner::Say(reply) | Manner::Split(reply) => reply.starts_with(code),
        _ => false,
    }
}

fn fail_once(mut stream: &TcpStream, step: &str, manner: Manner) -> io::Result<()> {
    let mut lines = BufReader::new(stream).lines();
    let mut said = "220".to_owned();
    loop {
        let usual = match said.as_str() {
            "220" => "220 a test",
            "EHLO" => "250-AUTH PLAIN\r\n250 STARTTLS",
            "AUTH" => "235 welcome",
            "DATA" => "354 go on",
            "QUIT" => "221 bye",
            _ => "250 fine",
        };
        let manner = if said == step {
            manner
        } else {
            Manner::Say(usual)
        };
        match manner {
            Manner::Say(reply) => stream.write_all(format!("{reply}\r\n").as_bytes())?,
            Manner::Split(reply) => {
                for byte in format!("{reply}\r\n").bytes() {
                    stream.write_all(&[byte])?;
                }
            }
            Manner::HangUp => return Ok(()),
            // Until the client hangs up.
            Manner::Hang => return lines.try_for_each(|line| line.map(drop)),
            Manner::Garbage => stream.write_all(&[0xff, 0x00, 0xfe, b'\r', b'\n'])?,
            Manner::OverLong => {
                let mut line = vec![b'a'; 8 << 20];
                line.extend(b"\r\n");
                stream.write_all(&line)?;
            }
        }
        let in_message = said == "DATA" && says(manner, "354");
        said = loop {
            let Some(line) = lines.next().transpose()? else {
                return Ok(());
            };
            if !in_message || line == "." {
                break line.get(..4).unwrap_or(&line).to_owned();
            }
        };
    }
}

fn converse(mut stream: &TcpStream, step: &str, answer: &str) -> io::Result<()> {
    let mut in_message = false;
    let greeting = if step == "220" { answer } else { "220 a test" };
    stream.write_all(format!("{greeting}\r\n").as_bytes())?;
    for line in BufReader::new(stream).lines() {
        let line = line?;
        let said = line.get(..4).unwrap_or(&line);
        if in_message && said != "." {
            continue;
        }
        let reply = match said {
            said if said == step => answer,
            "." => "250 taken",
            "DATA" => "354 go on",
            "QUIT" => "221 bye",
            "EHLO" => "250 AUTH PLAIN",
            "AUTH" => "235 welcome",
            _ => "250 fine",
        };
        if reply.is_empty() {
            return Ok(());
        }
        in_message = reply.starts_with("354");
        stream.write_all(format!("{reply}\r\n").as_bytes())?;
    }
    Ok(())
}
