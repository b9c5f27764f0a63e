//! The mail server, out of one URL.

use std::net::IpAddr;

use anyhow::{Context, bail, ensure};
use secrecy::SecretString;
use url::Url;

/// A mail server and how to talk to it.
#[derive(Clone, Debug)]
pub struct SmtpServer {
    pub host: String,
    pub port: u16,
    pub security: SmtpSecurity,
    /// User and password.
    pub login: Option<(String, SecretString)>,
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

/// Reads `SMTP_URL`.
pub(super) fn smtp_server(text: &str) -> anyhow::Result<SmtpServer> {
    let url = Url::parse(text).context("SMTP_URL is not a URL")?;
    let Some(host) = url.host_str().map(|host| host.trim_matches(['[', ']'])) else {
        bail!("SMTP_URL names no host");
    };
    // The parser takes an address for a name, because the scheme is not one of the web's.
    let loopback = host == "localhost"
        || host
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback());
    let (security, default_port) = match url.scheme() {
        "smtps" => (SmtpSecurity::Tls, 465),
        "smtp" if loopback => (SmtpSecurity::Plain, 25),
        "smtp" => (SmtpSecurity::StartTls, 587),
        "smtp+plain" => (SmtpSecurity::Plain, 25),
        _ => bail!("SMTP_URL must begin with smtps://, smtp:// or smtp+plain://"),
    };
    ensure!(
        matches!(url.path(), "" | "/") && url.query().is_none() && url.fragment().is_none(),
        "SMTP_URL has no path and no options"
    );
    let decode = |text: &str| {
        percent_encoding::percent_decode_str(text)
            .decode_utf8()
            .map(std::borrow::Cow::into_owned)
            .context("SMTP_URL: user and password must be UTF-8")
    };
    let login = match (url.username(), url.password()) {
        ("", None) => None,
        (user, Some(password)) if !user.is_empty() => {
            Some((decode(user)?, decode(password)?.into()))
        }
        _ => bail!("SMTP_URL needs both a user and a password, or neither"),
    };
    Ok(SmtpServer {
        host: host.to_owned(),
        port: url.port().unwrap_or(default_port),
        security,
        login,
    })
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

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
            ("smtp", "not a URL"),
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
