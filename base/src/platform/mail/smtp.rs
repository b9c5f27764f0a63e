//! SMTP: a new connection for each message, and a time-out for each step.
//!
//! Two things of lettre are not used. Its time-out covers only the connect, and its pool reports
//! messages as sent that the server has refused. Here a message is sent only if the server answers
//! 250 at the end.

use std::error::Error as _;
use std::io::ErrorKind;
use std::time::Instant;

use chrono::{DateTime, TimeDelta, Utc};
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::response::Response;
use secrecy::ExposeSecret;
use tokio::net::lookup_host;
use tokio::time::{sleep, timeout};

use super::breaker::{Breaker, Verdict};
use super::compose::MailMessage;
use super::dkim::Dkim;
use super::pace::Pace;
use super::refusal::{Cause, SmtpRefusal, SmtpStage};
use crate::config::{SmtpSecurity, SmtpServer, SmtpTimeouts};

/// The text of the error if the server did not answer after the message.
pub const NO_ANSWER: &str = "no answer after the message";

const NO_CONNECTION: &str = "the mail server did not answer in time; perhaps a firewall blocks \
                             the port of SMTP_URL, or the server begins with TLS (smtps://)";
const CHECK_HOST: &str = "check the host in SMTP_URL";

/// Why a message was not sent.
#[derive(Debug)]
pub enum SendError {
    /// The server could not be reached, or the connection ended before the message was sent.
    Away(anyhow::Error),
    /// It was not tried: the server failed less than a minute ago, or too many emails are due.
    Held(anyhow::Error),
    /// The server refuses. That passes, or the operator must change a setting.
    Refused(SmtpRefusal),
    /// The server knows nobody with this address.
    Bounced(SmtpRefusal),
    /// The message could not be composed.
    Unwritten(anyhow::Error),
    /// The connection ended after the message was sent and before an answer came. Nobody knows
    /// whether the server accepted it.
    Unknown(anyhow::Error),
}

/// Called for each step that succeeded.
pub type Report<'a> = &'a mut (dyn FnMut(String) + Send);

/// A mail server.
pub struct Smtp {
    host: String,
    port: u16,
    security: SmtpSecurity,
    tls: TlsParameters,
    login: Option<Credentials>,
    hello: ClientId,
    timeouts: SmtpTimeouts,
    breaker: Breaker,
    pace: Pace,
    dkim: Option<Dkim>,
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
            timeouts: server.timeouts,
            breaker: Breaker::default(),
            pace: Pace::new(server.per_minute),
            dkim: server.dkim.as_ref().map(Dkim::new).transpose()?,
        })
    }

    /// Its host and port.
    pub fn address(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }

    /// Sends a message over a new connection, when it is its turn, unless the server failed a moment
    /// ago.
    pub async fn send(&self, message: &MailMessage, now: DateTime<Utc>) -> Result<(), SendError> {
        // Held until the verdict is noted: others wait for it.
        let probe = match self.breaker.enter(now).await {
            Ok(probe) => probe,
            Err(why) => return Err(SendError::Held(anyhow::anyhow!(why))),
        };
        let Some(wait) = self.pace.take_turn(Instant::now()) else {
            let what = "more emails are due than MAILS_PER_MINUTE allows";
            return Err(SendError::Held(anyhow::anyhow!(what)));
        };
        if !wait.is_zero() {
            sleep(wait).await;
        }
        // A rest begins when the server failed, and not when the wait for the turn began.
        let now = now + TimeDelta::from_std(wait).unwrap_or_default();
        match self.begin(message, &mut |_| ()).await {
            Ok(connection) => {
                self.breaker.note(Verdict::Works, now, "");
                drop(probe);
                self.converse(connection, message, &mut |_| ()).await
            }
            Err(error) => {
                let verdict = match &error {
                    SendError::Refused(refusal) if refusal.is_of_all() => Verdict::Refuses,
                    SendError::Refused(_) => Verdict::Works,
                    _ => Verdict::Hiccup,
                };
                self.breaker.note(verdict, now, &error.to_string());
                Err(error)
            }
        }
    }

    /// Sends a message in any case, and reports each step.
    pub async fn send_in_steps(
        &self,
        message: &MailMessage,
        report: Report<'_>,
    ) -> Result<(), SendError> {
        self.look_up(report).await?;
        let connection = self.begin(message, report).await?;
        self.converse(connection, message, report).await
    }

    /// Reports the addresses of the server.
    async fn look_up(&self, report: Report<'_>) -> Result<(), SendError> {
        let host = &self.host;
        let found = timeout(
            self.timeouts.connect,
            lookup_host((host.as_str(), self.port)),
        )
        .await;
        let addresses: Vec<String> = match found {
            Ok(Ok(found)) => found.map(|address| address.ip().to_string()).collect(),
            Ok(Err(error)) => {
                let what = format!("DNS knows no address of {host} ({error}); {CHECK_HOST}");
                return Err(SendError::Away(anyhow::anyhow!(what)));
            }
            Err(_) => {
                let what = format!("DNS does not answer what the address of {host} is");
                return Err(SendError::Away(anyhow::anyhow!(what)));
            }
        };
        report(format!("{host} is at {}", addresses.join(", ")));
        Ok(())
    }

    /// Connects and names the sender: what does not depend on the recipient.
    async fn begin(
        &self,
        message: &MailMessage,
        report: Report<'_>,
    ) -> Result<AsyncSmtpConnection, SendError> {
        let mut connection = self.connect(report).await?;
        let mail = Mail::new(Some(message.from.clone()), Vec::new());
        let step = timeout(self.timeouts.command, connection.command(mail)).await;
        if let Err(error) = expect(step, SmtpStage::Sender, &[250]) {
            let _ = timeout(self.timeouts.connect, connection.quit()).await;
            return Err(error);
        }
        report(format!("it accepts emails from {}", message.from));
        Ok(connection)
    }

    async fn converse(
        &self,
        mut connection: AsyncSmtpConnection,
        message: &MailMessage,
        report: Report<'_>,
    ) -> Result<(), SendError> {
        let outcome = match self.dkim.as_ref().map(|dkim| dkim.sign(&message.bytes)) {
            None => hand_over(&mut connection, message, self.timeouts, report).await,
            Some(Ok(bytes)) => {
                let signed = MailMessage {
                    bytes,
                    ..message.clone()
                };
                hand_over(&mut connection, &signed, self.timeouts, report).await
            }
            Some(Err(error)) => Err(SendError::Unwritten(error)),
        };
        // The answer has come already: a failure here changes nothing.
        let _ = timeout(self.timeouts.connect, connection.quit()).await;
        outcome
    }

    /// Connects and signs in, to check the settings.
    pub async fn check(&self) -> Result<(), SendError> {
        let mut connection = self.connect(&mut |_| ()).await?;
        let _ = timeout(self.timeouts.connect, connection.quit()).await;
        Ok(())
    }

    async fn connect(&self, report: Report<'_>) -> Result<AsyncSmtpConnection, SendError> {
        let SmtpTimeouts {
            connect: to_connect,
            command,
            ..
        } = self.timeouts;
        let tls = (self.security == SmtpSecurity::Tls).then(|| self.tls.clone());
        let connect = AsyncSmtpConnection::connect_tokio1(
            (self.host.as_str(), self.port),
            Some(to_connect),
            &self.hello,
            tls,
            None,
        );
        let connected = timeout(to_connect + command, connect).await;
        let mut connection = done(connected, SmtpStage::Greeting)?;
        report(format!(
            "connected to {} and greeted it as {}",
            self.address(),
            self.hello
        ));
        if self.security == SmtpSecurity::StartTls {
            if !connection.can_starttls() {
                let what = "the mail server offers no STARTTLS; if it is in a network that you \
                            trust, begin SMTP_URL with smtp+plain://";
                return Err(SendError::Away(anyhow::anyhow!(what)));
            }
            let secured = connection.starttls(self.tls.clone(), &self.hello);
            done(timeout(command, secured).await, SmtpStage::Tls)?;
        }
        if connection.is_encrypted() {
            report("the connection is encrypted".into());
        }
        if let Some(login) = &self.login {
            let mechanisms = [Mechanism::Plain, Mechanism::Login];
            let signed_in = timeout(command, connection.auth(&mechanisms, login)).await;
            done(signed_in, SmtpStage::SignIn)?;
            report("signed in with the user of SMTP_URL".into());
        }
        Ok(connection)
    }
}

async fn hand_over(
    connection: &mut AsyncSmtpConnection,
    message: &MailMessage,
    timeouts: SmtpTimeouts,
    report: Report<'_>,
) -> Result<(), SendError> {
    let SmtpTimeouts {
        command,
        after_the_dot,
        ..
    } = timeouts;
    let recipient = Rcpt::new(message.to.clone(), Vec::new());
    let step = timeout(command, connection.command(recipient)).await;
    expect(step, SmtpStage::Recipient, &[250, 251])?;
    report(format!("it accepts emails to {}", message.to));

    let step = timeout(command, connection.command(Data)).await;
    expect(step, SmtpStage::Data, &[354])?;

    let sent = timeout(after_the_dot, connection.message(&message.bytes)).await;
    match expect(sent, SmtpStage::Message, &[250]) {
        // The server may have the message, so it must not count as away.
        Err(SendError::Away(error)) => Err(SendError::Unknown(error.context(NO_ANSWER))),
        outcome => outcome,
    }?;
    report("it accepted the email".into());
    Ok(())
}

/// Checks that a step was answered with one of the codes that mean success.
fn expect(step: Step, stage: SmtpStage, good: &[u16]) -> Result<(), SendError> {
    let code = u16::from(done(step, stage)?.code());
    if good.contains(&code) {
        return Ok(());
    }
    let out_of_turn = anyhow::anyhow!("the mail server answered {code}, which was not expected");
    Err(SendError::Away(out_of_turn))
}

fn done<T>(
    step: Result<Result<T, Error>, tokio::time::error::Elapsed>,
    stage: SmtpStage,
) -> Result<T, SendError> {
    match step {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(refused(&error, stage)),
        Err(_) if stage == SmtpStage::Greeting => {
            Err(SendError::Away(anyhow::anyhow!(NO_CONNECTION)))
        }
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

/// Why the connection failed, without the words of the server, which may quote an address.
fn breakage(error: &Error) -> String {
    if error.is_timeout() {
        return NO_CONNECTION.into();
    }
    if error.is_client() {
        return format!("the mail server did not follow SMTP: {error}");
    }
    let Some(cause) = error.source() else {
        return "the connection to the mail server ended".into();
    };
    let Some(cause) = cause.downcast_ref::<std::io::Error>() else {
        return "the connection to the mail server ended".into();
    };
    let inner = cause.get_ref().and_then(|inner| inner.downcast_ref());
    match inner {
        Some(rustls::Error::InvalidCertificate(why)) => format!(
            "the certificate of the mail server is not valid ({why:?}); if your own certificate \
             authority signed it, set SMTP_CA_FILE"
        ),
        Some(rustls::Error::InvalidMessage(_)) => {
            "the mail server does not begin with TLS; begin SMTP_URL with smtp:// to use \
             STARTTLS"
                .into()
        }
        _ if cause.kind() == ErrorKind::ConnectionRefused => format!(
            "the mail server cannot be reached: {cause}; nothing listens there: check the port in \
             SMTP_URL"
        ),
        _ => format!("the mail server cannot be reached: {cause}"),
    }
}

impl std::fmt::Display for SendError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Away(error)
            | Self::Held(error)
            | Self::Unwritten(error)
            | Self::Unknown(error) => write!(f, "{error:#}"),
            Self::Refused(refusal) | Self::Bounced(refusal) => write!(f, "{refusal}"),
        }
    }
}
