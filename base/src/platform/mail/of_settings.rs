//! Makes the mailer from the settings.

use anyhow::Context;

use super::{Mailer, Sender};
use crate::config::{MailRoute, Settings};

impl Settings {
    /// The sender of all emails.
    pub fn mail_sender(&self) -> anyhow::Result<Sender> {
        let from = match &self.mail_from {
            Some(from) => from.clone(),
            None => "Kith <kith@localhost>".parse().context("MAIL_FROM")?,
        };
        Ok(Sender {
            from,
            reply_to: self.mail_reply_to.clone(),
        })
    }

    /// The mailer of these settings.
    pub fn mailer(&self) -> anyhow::Result<Mailer> {
        let sender = self.mail_sender()?;
        match self.mail_route()? {
            MailRoute::Folder(folder) => Ok(Mailer::folder(sender, folder)),
            MailRoute::Smtp(server) => Mailer::smtp(sender, &server),
        }
    }

    /// A mailer that sends nothing, for commands that send no email.
    pub fn silent_mailer(&self) -> anyhow::Result<Mailer> {
        Ok(Mailer::memory(self.mail_sender()?))
    }
}
