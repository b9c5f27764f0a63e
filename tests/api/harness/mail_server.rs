//! Mail servers that give the answers that a test chooses.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread;

use kith::config::{SmtpSecurity, SmtpServer};
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
