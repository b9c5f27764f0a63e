//! SMTP, one connection a message, each step with a time-out of its own.
//!
//! lettre's own time-out covers only the connect, and its pool reports mails as
//! sent that the server refused; so neither is used, and only a plain 250 at
//! the end counts as sent.

use std::error::Error as _;
use std::time::Duration;

use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::response::Response;
use secrecy::ExposeSecret;
use tokio::time::timeout;

use super::compose::MailMessage;
use super::refusal::{Cause, SmtpRefusal, SmtpStage};
use crate::config::{SmtpSecurity, SmtpServer};

const CONNECT: Duration = Duration::from_secs(10);
const COMMAND: Duration = Duration::from_mins(1);
const AFTER_THE_DOT: Duration = Duration::from_mins(10);

/// The text of the error for a message that was sent without an answer.
pub const NO_ANSWER: &str = "no answer after the message";

/// Why a mail was not sent.
#[derive(Debug)]
pub enum SendError {
    /// The server could not be reached, or the conversation broke off before the message.
    Away(anyhow::Error),
    /// The server refuses: that passes, or the operator has to set something.
    Refused(SmtpRefusal),
    /// The server knows nobody of this address.
    Bounced(SmtpRefusal),
    /// The message cannot be written.
    Unwritten(anyhow::Error),
    /// The connection ended after the message was sent, before an answer: nobody knows whether the
    /// server accepted it.
    Unknown(anyhow::Error),
}

/// Called for each step that went well.
pub type Report<'a> = &'a mut (dyn FnMut(String) + Send);

/// A mail server.
pub struct Smtp {
    host: String,
    port: u16,
    security: SmtpSecurity,
    tls: TlsParameters,
    login: Option<Credentials>,
    hello: ClientId,
}

type Step = Result<Result<Response, Error>, tokio::time::error::Elapsed>;

impl Smtp {
    pub fn new(server: &SmtpServer) -> anyhow::Result<Self> {
        let login = server.login.as_ref().map(|(user, password)| {
            Credentials::new(user.clone(), password.expose_secret().to_owned())
        });
        let mut tls = TlsParameters::builder(server.host.clone());
        for root in &server.roots {
            tls = tls.add_root_certificate(Certificate::from_der(root.clone())?);
        }
        Ok(Self {
            host: server.host.clone(),
            port: server.port,
            security: server.security,
            tls: tls.build()?,
            login,
            hello: ClientId::Domain(server.hello.clone()),
        })
    }

    /// Where it is.
    pub fn address(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }

    /// Sends one message over a connection of its own.
    pub async fn send(&self, message: &MailMessage, report: Report<'_>) -> Result<(), SendError> {
        let mut connection = self.connect(report).await?;
        let outcome = hand_over(&mut connection, message, report).await;
        // The answer is in; how the server says goodbye changes nothing.
        let _ = timeout(CONNECT, connection.quit()).await;
        outcome
    }

    /// Connects and signs in, to try the settings.
    pub async fn check(&self) -> Result<(), SendError> {
        let mut connection = self.connect(&mut |_| ()).await?;
        let _ = timeout(CONNECT, connection.quit()).await;
        Ok(())
    }

    async fn connect(&self, report: Report<'_>) -> Result<AsyncSmtpConnection, SendError> {
        let tls = (self.security == SmtpSecurity::Tls).then(|| self.tls.clone());
        let connect = AsyncSmtpConnection::connect_tokio1(
            (self.host.as_str(), self.port),
            Some(CONNECT),
            &self.hello,
            tls,
            None,
        );
        let connected = timeout(CONNECT + COMMAND, connect).await;
        let mut connection = done(connected, SmtpStage::Greeting)?;
        report(format!(
            "connected to {} and greeted it as {}",
            self.address(),
            self.hello
        ));
        if self.security == SmtpSecurity::StartTls {
            if !connection.can_starttls() {
                let what = "the mail server offers no STARTTLS; where it is reached over a safe \
                            line, begin SMTP_URL with smtp+plain://";
                return Err(SendError::Away(anyhow::anyhow!(what)));
            }
            let secured = connection.starttls(self.tls.clone(), &self.hello);
            done(timeout(COMMAND, secured).await, SmtpStage::Tls)?;
        }
        if connection.is_encrypted() {
            report("the connection is encrypted".into());
        }
        if let Some(login) = &self.login {
            let mechanisms = [Mechanism::Plain, Mechanism::Login];
            let signed_in = timeout(COMMAND, connection.auth(&mechanisms, login)).await;
            done(signed_in, SmtpStage::SignIn)?;
            report("signed in with the user of SMTP_URL".into());
        }
        Ok(connection)
    }
}

async fn hand_over(
    connection: &mut AsyncSmtpConnection,
    message: &MailMessage,
    report: Report<'_>,
) -> Result<(), SendError> {
    let mail = Mail::new(Some(message.from.clone()), Vec::new());
    let step = timeout(COMMAND, connection.command(mail)).await;
    expect(step, SmtpStage::Sender, &[250])?;
    report(format!("it takes mails from {}", message.from));

    let recipient = Rcpt::new(message.to.clone(), Vec::new());
    let step = timeout(COMMAND, connection.command(recipient)).await;
    expect(step, SmtpStage::Recipient, &[250, 251])?;
    report(format!("it takes mails to {}", message.to));

    let step = timeout(COMMAND, connection.command(Data)).await;
    expect(step, SmtpStage::Data, &[354])?;

    let sent = timeout(AFTER_THE_DOT, connection.message(&message.bytes)).await;
    match expect(sent, SmtpStage::Message, &[250]) {
        // It may have the message: that is not the same as being away.
        Err(SendError::Away(error)) => Err(SendError::Unknown(error.context(NO_ANSWER))),
        outcome => outcome,
    }?;
    report("it took the mail".into());
    Ok(())
}

/// A step that a positive answer ends.
fn expect(step: Step, stage: SmtpStage, good: &[u16]) -> Result<(), SendError> {
    let code = u16::from(done(step, stage)?.code());
    if good.contains(&code) {
        return Ok(());
    }
    let out_of_turn = anyhow::anyhow!("the mail server said {code} out of turn");
    Err(SendError::Away(out_of_turn))
}

fn done<T>(
    step: Result<Result<T, Error>, tokio::time::error::Elapsed>,
    stage: SmtpStage,
) -> Result<T, SendError> {
    match step {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(refused(&error, stage)),
        Err(_) => Err(SendError::Away(anyhow::anyhow!(
            "the mail server did not answer in time"
        ))),
    }
}

fn refused(error: &Error, stage: SmtpStage) -> SendError {
    let Some(code) = error.status() else {
        return SendError::Away(anyhow::anyhow!(breakage(error)));
    };
    let words = error.source().map(ToString::to_string).unwrap_or_default();
    let refusal = SmtpRefusal::read(stage, code.into(), &words);
    if refusal.cause() == Cause::UnknownRecipient {
        SendError::Bounced(refusal)
    } else {
        SendError::Refused(refusal)
    }
}

/// Why there is no conversation. What the server said is not in it.
fn breakage(error: &Error) -> String {
    if error.is_timeout() {
        return "the mail server did not answer in time".into();
    }
    if error.is_client() {
        return format!("the mail server cannot be talked to: {error}");
    }
    let Some(cause) = error.source() else {
        return "the connection to the mail server broke".into();
    };
    let Some(cause) = cause.downcast_ref::<std::io::Error>() else {
        return "the connection to the mail server broke".into();
    };
    let inner = cause.get_ref().and_then(|inner| inner.downcast_ref());
    match inner {
        Some(rustls::Error::InvalidCertificate(why)) => format!(
            "the certificate of the mail server is not good ({why:?}); if an authority of your \
             own signed it, set SMTP_CA_FILE"
        ),
        Some(rustls::Error::InvalidMessage(_)) => {
            "the mail server does not speak TLS from the start; begin SMTP_URL with smtp:// for \
             STARTTLS"
                .into()
        }
        _ => format!("the mail server cannot be reached: {cause}"),
    }
}

impl std::fmt::Display for SendError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Away(error) | Self::Unwritten(error) | Self::Unknown(error) => {
                write!(f, "{error:#}")
            }
            Self::Refused(refusal) | Self::Bounced(refusal) => write!(f, "{refusal}"),
        }
    }
}
