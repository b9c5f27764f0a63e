//! How email is sent, read from all settings about it.

use std::path::PathBuf;

use anyhow::{Context, ensure};
use lettre::message::Mailbox;
use secrecy::ExposeSecret;
use url::{Host, Url};

use super::Settings;
use super::smtp::{DkimSettings, SmtpServer, read_roots, smtp_server};

/// How email is sent.
#[derive(Clone, Debug)]
pub enum MailRoute {
    /// As files in a folder.
    Folder(PathBuf),
    /// Over SMTP.
    Smtp(Box<SmtpServer>),
}

impl Settings {
    /// How email is sent. With SMTP, PUBLIC_URL and MAIL_FROM must be set: their defaults work on
    /// this machine only.
    pub fn mail_route(&self) -> anyhow::Result<MailRoute> {
        let dkim = self.dkim()?;
        let Some(url) = &self.smtp_url else {
            return Ok(MailRoute::Folder(self.data_dir.join("mails")));
        };
        let roots = self.smtp_ca_file.as_deref().map(read_roots).transpose()?;
        let hello = self.hello_name()?;
        let mut server = smtp_server(url.expose_secret(), hello, roots.unwrap_or_default())?;
        server.per_minute = self.mails_per_minute;
        server.dkim = dkim;
        self.check_links()?;
        self.check_sender(&server)?;
        Ok(MailRoute::Smtp(server.into()))
    }

    fn check_links(&self) -> anyhow::Result<()> {
        let fallback = self.public_url()?;
        let Some(url) = &self.public_url else {
            anyhow::bail!(
                "SMTP_URL is set and PUBLIC_URL is not: links in emails would begin with \
                 {fallback}. Set PUBLIC_URL to the address of this server, like \
                 https://kith.example.org"
            );
        };
        let unspecified = match url.host() {
            Some(Host::Ipv4(address)) => address.is_unspecified(),
            Some(Host::Ipv6(address)) => address.is_unspecified(),
            _ => false,
        };
        ensure!(
            !unspecified,
            "PUBLIC_URL is {url}: nobody can open a link to that address. Set it to the address \
             of this server, like https://kith.example.org"
        );
        Ok(())
    }

    fn dkim(&self) -> anyhow::Result<Option<DkimSettings>> {
        let (file, selector) = match (&self.dkim_key_file, &self.dkim_selector) {
            (None, None) => return Ok(None),
            (Some(file), Some(selector)) => (file, selector),
            (Some(file), None) => anyhow::bail!(
                "DKIM_KEY_FILE is {} and DKIM_SELECTOR is not set: set both, or neither",
                file.display()
            ),
            (None, Some(selector)) => anyhow::bail!(
                "DKIM_SELECTOR is {selector} and DKIM_KEY_FILE is not set: set both, or neither"
            ),
        };
        let Some(from) = &self.mail_from else {
            anyhow::bail!("DKIM_KEY_FILE is set and MAIL_FROM is not: set it to the sender");
        };
        let shown = file.display();
        let key = std::fs::read_to_string(file);
        Ok(Some(DkimSettings {
            domain: from.email.domain().to_owned(),
            selector: selector.clone(),
            key: key
                .with_context(|| format!("DKIM_KEY_FILE: cannot read {shown}"))?
                .into(),
        }))
    }

    /// Whether the links in emails lead to this machine only.
    pub fn public_url_is_local(&self) -> anyhow::Result<bool> {
        let url = Url::parse(&self.public_url()?)?;
        Ok(match url.host() {
            Some(Host::Ipv4(address)) => address.is_loopback() || address.is_unspecified(),
            Some(Host::Ipv6(address)) => address.is_loopback() || address.is_unspecified(),
            Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
            None => false,
        })
    }

    fn check_sender(&self, server: &SmtpServer) -> anyhow::Result<()> {
        let Some(from) = &self.mail_from else {
            anyhow::bail!(
                "SMTP_URL is set and MAIL_FROM is not: emails would come from kith@localhost, and \
                 mail servers refuse them. Set MAIL_FROM to an address that your mail server \
                 sends for, like Kith <kith@example.org>"
            );
        };
        let domain = from.email.domain();
        ensure!(
            server.is_here() || domain.contains(['.', ':']),
            "MAIL_FROM is {from}: mail servers refuse a sender at {domain}. Set it to an address \
             that your mail server sends for, like Kith <kith@example.org>"
        );
        Ok(())
    }

    /// The name that this server sends in EHLO. It is never `localhost`, which many mail servers
    /// refuse.
    fn hello_name(&self) -> anyhow::Result<String> {
        if let Some(name) = &self.smtp_hello {
            return Ok(name.clone());
        }
        let named = Url::parse(&self.public_url()?)?;
        let named = match named.host() {
            Some(Host::Domain(name)) => Some(name.to_owned()),
            _ => None,
        };
        let of_sender = |from: &Mailbox| from.email.domain().to_owned();
        let full = [named, self.mail_from.as_ref().map(of_sender)]
            .into_iter()
            .flatten()
            .find(|name| name.contains('.') && !name.starts_with('['));
        Ok(full.unwrap_or_else(|| "localhost.localdomain".into()))
    }
}
