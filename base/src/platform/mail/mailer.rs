//! Sends messages over SMTP, into a folder, or into the memory of a test.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};
use tokio::sync::Semaphore;

use super::compose::{MailMessage, Sender};
use super::refusal::{Cause, SmtpRefusal};
use super::smtp::{Report, SendError, Smtp};
use crate::platform::files;

/// How many emails of those that jobs send together are on their way at the same time.
const SENT_AT_ONCE: usize = 32;

/// Sends messages.
#[derive(Clone)]
pub struct Mailer(Arc<Inner>);

struct Inner {
    sender: Sender,
    route: Route,
    /// The last cause that was logged for the operator, so that each is logged once.
    told: Mutex<Option<Cause>>,
    places: Arc<Semaphore>,
}

enum Route {
    Smtp(Box<Smtp>),
    Folder(PathBuf),
    Memory(Mutex<Vec<SentMail>>),
}

/// A message that a test can look at.
#[derive(Clone, Debug)]
pub struct SentMail {
    pub to: String,
    pub message_id: String,
    pub raw: String,
}

impl Mailer {
    /// Sends over SMTP.
    pub fn smtp(
        sender: impl Into<Sender>,
        server: &crate::config::SmtpServer,
    ) -> anyhow::Result<Self> {
        Ok(Self::new(sender, Route::Smtp(Smtp::new(server)?.into())))
    }

    /// Writes `.eml` files into a folder, and shows their links and codes on the console.
    pub fn folder(sender: impl Into<Sender>, folder: PathBuf) -> Self {
        Self::new(sender, Route::Folder(folder))
    }

    /// Keeps the messages in memory.
    pub fn memory(sender: impl Into<Sender>) -> Self {
        Self::new(sender, Route::Memory(Mutex::default()))
    }

    fn new(sender: impl Into<Sender>, route: Route) -> Self {
        Self(Arc::new(Inner {
            sender: sender.into(),
            route,
            told: Mutex::default(),
            places: Arc::new(Semaphore::new(SENT_AT_ONCE)),
        }))
    }

    /// The places of emails that jobs send together. Such a job takes one before it sends, so that
    /// the mail server never has more of them at once, however many calls send them.
    pub fn places(&self) -> &Arc<Semaphore> {
        &self.0.places
    }

    /// The sender of all emails.
    pub fn sender(&self) -> &Sender {
        &self.0.sender
    }

    /// Sends a message. Success means that the mail server has accepted it. If the server failed
    /// less than a minute before `now`, the message is not tried.
    pub async fn send(&self, message: &MailMessage, now: DateTime<Utc>) -> Result<(), SendError> {
        let sent = match &self.0.route {
            Route::Smtp(smtp) => smtp.send(message, now).await,
            _ => self.send_in_steps(message, &mut |_| ()).await,
        };
        self.tell_operator(&sent);
        sent
    }

    /// Like [`Self::send`], but tries it in any case, and reports each step that succeeded.
    pub async fn send_in_steps(
        &self,
        message: &MailMessage,
        report: Report<'_>,
    ) -> Result<(), SendError> {
        match &self.0.route {
            Route::Smtp(smtp) => smtp.send_in_steps(message, report).await,
            Route::Folder(folder) => write_file(folder, message)
                .await
                .map_err(|error| SendError::Away(error.into())),
            Route::Memory(sent) => {
                sent.lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .push(SentMail {
                        to: message.to.to_string(),
                        message_id: message.message_id.clone(),
                        raw: String::from_utf8_lossy(&message.bytes).into_owned(),
                    });
                Ok(())
            }
        }
    }

    /// Logs whether the mail server accepts emails now.
    pub async fn check(&self) {
        let Route::Smtp(smtp) = &self.0.route else {
            return;
        };
        let server = smtp.address();
        match smtp.check().await {
            Ok(()) => tracing::info!(server, "the mail server of SMTP_URL answers"),
            Err(error) => tracing::error!(
                server,
                %error,
                "the mail server of SMTP_URL accepts no emails; they wait, and the next attempt is \
                 in one minute at the latest"
            ),
        }
    }

    /// Logs an error if the operator must change something. The same cause is logged again only
    /// after another cause or a success.
    fn tell_operator(&self, sent: &Result<(), SendError>) {
        let mut told = self.0.told.lock().unwrap_or_else(PoisonError::into_inner);
        match sent {
            Ok(()) => {
                if told.take().is_some() {
                    tracing::info!("the mail server accepts emails again");
                }
            }
            Err(SendError::Refused(refusal)) => {
                let cause = refusal.cause();
                metrics::counter!("mail_refusals_total", "cause" => cause.as_str()).increment(1);
                if !refusal.is_passing() && told.replace(cause) != Some(cause) {
                    say_loudly(refusal);
                }
            }
            Err(_) => {}
        }
    }

    /// Takes the messages that are in memory.
    pub fn take_sent(&self) -> Vec<SentMail> {
        match &self.0.route {
            Route::Memory(sent) => {
                std::mem::take(&mut *sent.lock().unwrap_or_else(PoisonError::into_inner))
            }
            _ => Vec::new(),
        }
    }
}

fn say_loudly(refusal: &SmtpRefusal) {
    if refusal.is_of_message() {
        tracing::error!(%refusal, "an email failed for good; see `kith admin mail list --failed`");
    } else {
        tracing::error!(%refusal, "emails are not sent; they wait in the queue and are tried again");
    }
}

/// Writes the message into the folder under its id, so that a second copy replaces the first, and
/// shows its links and codes on the console.
async fn write_file(folder: &Path, message: &MailMessage) -> std::io::Result<()> {
    let name = message.message_id.trim_matches(['<', '>']);
    let path = folder.join(format!("{name}.eml"));
    let (folder, file, bytes) = (folder.to_owned(), path.clone(), message.bytes.clone());
    let written = tokio::task::spawn_blocking(move || {
        files::create_folder(&folder)?;
        files::write(&file, &bytes)
    });
    written.await??;
    println!("email to {}: {}", message.to, path.display());
    let text = unfold_quoted_printable(&String::from_utf8_lossy(&message.bytes));
    let plain = text
        .split("Content-Type: text/html")
        .next()
        .unwrap_or_default();
    for word in plain.split_whitespace() {
        if word.starts_with("http://") || word.starts_with("https://") {
            println!("  {word}");
        }
    }
    for line in plain.lines().filter(|line| line.starts_with("Code: ")) {
        println!("  {line}");
    }
    Ok(())
}

fn unfold_quoted_printable(text: &str) -> String {
    text.replace("=\r\n", "").replace("=3D", "=")
}
