//! The settings of the mail server, read from one URL.

use std::net::IpAddr;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use secrecy::SecretString;
use url::Url;

/// A mail server and how to talk to it.
#[derive(Clone, Debug)]
pub struct SmtpServer {
    pub host: String,
    pub port: u16,
    pub security: SmtpSecurity,
    /// The user and the password.
    pub login: Option<(String, SecretString)>,
    /// The name that this server sends in EHLO.
    pub hello: String,
    /// Certificates (DER) of authorities to trust besides the built-in ones.
    pub roots: Vec<Vec<u8>>,
    pub timeouts: SmtpTimeouts,
    /// How many emails it gets a minute at most. 0: no limit.
    pub per_minute: u16,
    /// With which key emails are signed, if the mail server does not sign them.
    pub dkim: Option<DkimSettings>,
}

/// A key for DKIM.
#[derive(Clone, Debug)]
pub struct DkimSettings {
    /// The domain that signs: that of the sender.
    pub domain: String,
    /// The name of the key in the DNS records of the domain: `selector._domainkey.domain`.
    pub selector: String,
    /// The private key, in PEM.
    pub key: SecretString,
}

/// How long to wait for the mail server.
#[derive(Clone, Copy, Debug)]
pub struct SmtpTimeouts {
    /// For the connection.
    pub connect: Duration,
    /// For the answer to a command.
    pub command: Duration,
    /// For the answer to the message. Long, because after it nobody knows whether the server
    /// accepted the message.
    pub after_the_dot: Duration,
}

impl Default for SmtpTimeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            command: Duration::from_mins(1),
            after_the_dot: Duration::from_mins(10),
        }
    }
}

impl SmtpServer {
    /// Whether it runs on this machine.
    pub fn is_here(&self) -> bool {
        is_loopback(&self.host)
    }
}

/// How the connection to the mail server is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SmtpSecurity {
    /// TLS from the first byte.
    Tls,
    /// Plain until STARTTLS, which must succeed.
    StartTls,
    /// Not at all.
    Plain,
}

const LIKE: &str = "write it like smtps://user:password@mail.example.org:465";

/// The URL parser takes an IP address for a name, because it does not know the scheme.
fn is_loopback(host: &str) -> bool {
    let address = host.parse::<IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

/// The certificates in a PEM file. Certificates that belong to no authority are left out: the
/// lists of some systems have a few.
pub(super) fn read_roots(path: &Path) -> anyhow::Result<Vec<Vec<u8>>> {
    let shown = path.display();
    let pem = std::fs::read(path).with_context(|| format!("SMTP_CA_FILE: cannot read {shown}"))?;
    let all = CertificateDer::pem_slice_iter(&pem).filter_map(Result::ok);
    let good = all.filter(|one| RootCertStore::empty().add(one.clone()).is_ok());
    let roots: Vec<_> = good.map(|one| one.to_vec()).collect();
    ensure!(
        !roots.is_empty(),
        "SMTP_CA_FILE: {shown} has no certificate of an authority in PEM format \
         (-----BEGIN CERTIFICATE-----)"
    );
    Ok(roots)
}

/// Reads `SMTP_URL`.
pub(super) fn smtp_server(
    text: &str,
    hello: String,
    roots: Vec<Vec<u8>>,
) -> anyhow::Result<SmtpServer> {
    const SCHEMES: [&str; 3] = ["smtps://", "smtp://", "smtp+plain://"];
    ensure!(
        SCHEMES.iter().any(|scheme| text.starts_with(scheme)),
        "SMTP_URL must begin with smtps://, smtp:// or smtp+plain://"
    );
    let url = Url::parse(text).with_context(|| format!("SMTP_URL cannot be read; {LIKE}"))?;
    let host = url.host_str().map(|host| host.trim_matches(['[', ']']));
    let Some(host) = host.filter(|host| !host.is_empty()) else {
        bail!("SMTP_URL names no host; {LIKE}");
    };
    let loopback = is_loopback(host);
    let (security, default_port) = match url.scheme() {
        "smtps" => (SmtpSecurity::Tls, 465),
        "smtp" if loopback => (SmtpSecurity::Plain, 25),
        "smtp" => (SmtpSecurity::StartTls, 587),
        "smtp+plain" => (SmtpSecurity::Plain, 25),
        _ => bail!("SMTP_URL must begin with smtps://, smtp:// or smtp+plain://"),
    };
    ensure!(
        matches!(url.path(), "" | "/") && url.query().is_none() && url.fragment().is_none(),
        "SMTP_URL takes no path and no options; in user and password write / as %2F, ? as %3F, # as %23"
    );
    let decode = |text: &str| {
        percent_encoding::percent_decode_str(text)
            .decode_utf8()
            .map(std::borrow::Cow::into_owned)
            .context("SMTP_URL: user and password must be UTF-8, percent-encoded")
    };
    let login = match (url.username(), url.password()) {
        ("", None) => None,
        (user, Some(password)) if !user.is_empty() => {
            Some((decode(user)?, decode(password)?.into()))
        }
        _ => bail!("SMTP_URL takes both a user and a password, or neither"),
    };
    Ok(SmtpServer {
        host: host.to_owned(),
        port: url.port().unwrap_or(default_port),
        security,
        login,
        hello,
        roots,
        timeouts: SmtpTimeouts::default(),
        per_minute: 0,
        dkim: None,
    })
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    fn smtp_server(url: &str) -> anyhow::Result<SmtpServer> {
        super::smtp_server(url, "kith.example.org".into(), Vec::new())
    }

    #[test]
    fn plain_smtp_goes_to_loopback_or_is_said() {
        let security = |url| smtp_server(url).unwrap().security;
        assert_eq!(security("smtp://127.0.0.1:1025"), SmtpSecurity::Plain);
        assert_eq!(security("smtp://[::1]:1025"), SmtpSecurity::Plain);
        assert_eq!(security("smtp://localhost"), SmtpSecurity::Plain);
        assert_eq!(security("smtp://mail.example.org"), SmtpSecurity::StartTls);
        assert_eq!(security("smtps://mail.example.org"), SmtpSecurity::Tls);
        assert_eq!(
            security("smtp+plain://mail.example.org"),
            SmtpSecurity::Plain
        );
    }

    #[test]
    fn a_wrong_setting_is_one_clear_sentence() {
        for (url, sentence) in [
            ("http://x", "SMTP_URL must begin with"),
            ("smtp://user@x", "both a user and a password"),
            ("smtp://x/path", "no path"),
            ("smtp", "SMTP_URL must begin with"),
            ("mail.example.org:587", "SMTP_URL must begin with"),
            ("smtp://", "names no host"),
            ("smtp://x:port", "cannot be read"),
        ] {
            let error = format!("{:#}", smtp_server(url).unwrap_err());
            assert!(error.contains(sentence), "{url}: {error}");
        }
    }

    #[test]
    fn a_password_in_the_smtp_url_may_be_percent_encoded() {
        let server = smtp_server("smtps://ana:p%40ss@mail.example.org").unwrap();
        let (user, password) = server.login.unwrap();
        assert_eq!((user.as_str(), password.expose_secret()), ("ana", "p@ss"));
    }
}
