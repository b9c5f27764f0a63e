//! SMTP, one connection a message, each step with a time-out of its own.
//!
//! lettre's own time-out covers only the connect, and its pool reports mails as
//! sent that the server refused; so neither is used, and only a plain 250 at
//! the end counts as sent.

use std::time::Duration;

use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::response::Response;
use secrecy::ExposeSecret;
use tokio::time::timeout;

use super::compose::Message;
use crate::config::{SmtpSecurity, SmtpServer};

const CONNECT: Duration = Duration::from_secs(10);
const COMMAND: Duration = Duration::from_mins(1);
const AFTER_THE_DOT: Duration = Duration::from_mins(10);

/// How a send ended, if not well.
#[derive(Debug)]
pub enum SendError {
    /// The server could not be reached, or does not talk to us; says nothing about the message.
    Transport(anyhow::Error),
    /// The server asks to try again.
    Later(anyhow::Error),
    /// The server does not know the address.
    Bounced(anyhow::Error),
    /// The server does not take this message.
    Refused(anyhow::Error),
    /// The connection died after the message was handed over: taken or not, nobody knows.
    Unknown(anyhow::Error),
}

impl SendError {
    fn into_transport(self) -> Self {
        match self {
            Self::Later(error) => Self::Transport(error),
            other => other,
        }
    }
}

/// A mail server.
pub struct Smtp {
    host: String,
    port: u16,
    security: SmtpSecurity,
    tls: TlsParameters,
    login: Option<Credentials>,
}

type SmtpResult = Result<Response, lettre::transport::smtp::Error>;

impl Smtp {
    pub fn new(server: &SmtpServer) -> anyhow::Result<Self> {
        let login = server.login.as_ref().map(|(user, password)| {
            Credentials::new(user.clone(), password.expose_secret().to_owned())
        });
        Ok(Self {
            host: server.host.clone(),
            port: server.port,
            security: server.security,
            tls: TlsParameters::new(server.host.clone())?,
            login,
        })
    }

    /// Sends one message over a connection of its own.
    pub async fn send(&self, message: &Message) -> Result<(), SendError> {
        let mut connection = self.connect().await.map_err(SendError::Transport)?;
        let outcome = hand_over(&mut connection, message).await;
        // The answer is in; how the server says goodbye changes nothing.
        let _ = timeout(CONNECT, connection.quit()).await;
        outcome
    }

    async fn connect(&self) -> anyhow::Result<AsyncSmtpConnection> {
        let hello = ClientId::default();
        let tls = (self.security == SmtpSecurity::Tls).then(|| self.tls.clone());
        let connect = AsyncSmtpConnection::connect_tokio1(
            (self.host.as_str(), self.port),
            Some(CONNECT),
            &hello,
            tls,
            None,
        );
        let mut connection = timeout(CONNECT + COMMAND, connect).await??;
        if self.security == SmtpSecurity::StartTls {
            anyhow::ensure!(
                connection.can_starttls(),
                "the mail server offers no STARTTLS"
            );
            timeout(COMMAND, connection.starttls(self.tls.clone(), &hello)).await??;
        }
        if let Some(login) = &self.login {
            let mechanisms = [Mechanism::Plain, Mechanism::Login];
            timeout(COMMAND, connection.auth(&mechanisms, login)).await??;
        }
        Ok(connection)
    }
}

async fn hand_over(
    connection: &mut AsyncSmtpConnection,
    message: &Message,
) -> Result<(), SendError> {
    let mail = Mail::new(Some(message.from.clone()), Vec::new());
    let step = timeout(COMMAND, connection.command(mail)).await;
    // Whatever it says before the recipient is known says nothing about the message.
    judge(step, &["250"], SendError::Transport).map_err(SendError::into_transport)?;

    let recipient = Rcpt::new(message.to.clone(), Vec::new());
    let step = timeout(COMMAND, connection.command(recipient)).await;
    judge(step, &["250", "251"], SendError::Bounced)?;

    let step = timeout(COMMAND, connection.command(Data)).await;
    judge(step, &["354"], SendError::Refused)?;

    match timeout(AFTER_THE_DOT, connection.message(&message.bytes)).await {
        Ok(Ok(response)) if response.code().to_string() == "250" => Ok(()),
        Ok(Ok(response)) => Err(SendError::Unknown(anyhow::anyhow!(
            "the server said {} where 250 belongs",
            response.code()
        ))),
        Ok(Err(error)) if error.is_transient() => Err(SendError::Later(neutral(&error))),
        Ok(Err(error)) if error.is_permanent() => Err(SendError::Refused(neutral(&error))),
        Ok(Err(error)) => Err(SendError::Unknown(neutral(&error))),
        Err(late) => Err(SendError::Unknown(late.into())),
    }
}

/// A step before the message itself: nothing is lost whatever happens here.
fn judge(
    step: Result<SmtpResult, tokio::time::error::Elapsed>,
    expected: &[&str],
    permanent: fn(anyhow::Error) -> SendError,
) -> Result<(), SendError> {
    match step {
        Ok(Ok(response)) if expected.contains(&response.code().to_string().as_str()) => Ok(()),
        Ok(Ok(response)) => Err(SendError::Transport(anyhow::anyhow!(
            "the server said {} out of turn",
            response.code()
        ))),
        Ok(Err(error)) if error.is_transient() => Err(SendError::Later(neutral(&error))),
        Ok(Err(error)) if error.is_permanent() => Err(permanent(neutral(&error))),
        Ok(Err(error)) => Err(SendError::Transport(neutral(&error))),
        Err(late) => Err(SendError::Transport(late.into())),
    }
}

/// The reply's code without its text, which may quote the address.
fn neutral(error: &lettre::transport::smtp::Error) -> anyhow::Error {
    match error.status() {
        Some(code) => anyhow::anyhow!("the mail server said {code}"),
        None if error.is_timeout() => anyhow::anyhow!("the mail server did not answer in time"),
        None => anyhow::anyhow!("the connection to the mail server broke"),
    }
}
