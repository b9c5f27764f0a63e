//! The ways a message leaves the house: over SMTP, into a folder, or into the
//! memory of a test.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use lettre::message::Mailbox;

use super::compose::Message;
use super::smtp::{SendError, Smtp};
use crate::files;

/// Sends messages.
#[derive(Clone)]
pub struct Mailer(Arc<Inner>);

struct Inner {
    from: Mailbox,
    route: Route,
}

enum Route {
    Smtp(Smtp),
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
    /// Over SMTP.
    pub fn smtp(from: Mailbox, server: &crate::config::SmtpServer) -> anyhow::Result<Self> {
        Ok(Self::new(from, Route::Smtp(Smtp::new(server)?)))
    }

    /// As `.eml` files in a folder; their links go to the console.
    pub fn folder(from: Mailbox, folder: PathBuf) -> Self {
        Self::new(from, Route::Folder(folder))
    }

    /// Into memory.
    pub fn memory(from: Mailbox) -> Self {
        Self::new(from, Route::Memory(Mutex::default()))
    }

    fn new(from: Mailbox, route: Route) -> Self {
        Self(Arc::new(Inner { from, route }))
    }

    /// The sender of all mails.
    pub fn from(&self) -> &Mailbox {
        &self.0.from
    }

    /// Hands a message over; success means the mail server took it.
    pub async fn send(&self, message: &Message) -> Result<(), SendError> {
        match &self.0.route {
            Route::Smtp(smtp) => smtp.send(message).await,
            Route::Folder(folder) => write_file(folder, message)
                .await
                .map_err(|error| SendError::Transport(error.into())),
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

    /// What was sent into memory so far, and forgets it.
    pub fn take_sent(&self) -> Vec<SentMail> {
        match &self.0.route {
            Route::Memory(sent) => {
                std::mem::take(&mut *sent.lock().unwrap_or_else(PoisonError::into_inner))
            }
            _ => Vec::new(),
        }
    }
}

/// Writes the message beside the others under its id, so that a second copy
/// replaces the first, and shows its links on the console.
async fn write_file(folder: &Path, message: &Message) -> std::io::Result<()> {
    let name = message.message_id.trim_matches(['<', '>']);
    let path = folder.join(format!("{name}.eml"));
    let (folder, file, bytes) = (folder.to_owned(), path.clone(), message.bytes.clone());
    let written = tokio::task::spawn_blocking(move || {
        files::create_folder(&folder)?;
        files::write(&file, &bytes)
    });
    written.await??;
    println!("mail to {}: {}", message.to, path.display());
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
