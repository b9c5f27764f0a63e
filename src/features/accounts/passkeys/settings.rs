//! Whether this server supports passkeys, by its settings.

use std::sync::Arc;

use anyhow::{Context, ensure};
use url::{Host, Url};

use super::relying_party::RelyingParty;
use crate::app::App;
use crate::config::Settings;
use crate::problem::{Conflict, Problem, ProblemCode};

/// The relying party of this server. Refused if it does not support passkeys.
pub(super) fn relying_party(app: &App) -> Result<Arc<RelyingParty>, Problem> {
    let missing = || {
        Conflict::of(
            ProblemCode::PasskeysNotSupported,
            "This server supports no passkeys.",
        )
    };
    Ok(app.optional::<RelyingParty>().ok_or_else(missing)?)
}

impl RelyingParty {
    /// The relying party by the settings. `None` if this server does not support passkeys.
    pub fn of_settings(settings: &Settings) -> anyhow::Result<Option<Self>> {
        let mut own = Url::parse(&settings.public_url()?)?;
        // Browsers know an origin, which has no path.
        own.set_path("");
        let named = match own.host() {
            Some(Host::Domain(name)) => Some(name),
            _ => None,
        };
        let wanted = settings.passkey_domain.is_some() || !settings.passkey_origins.is_empty();
        let Some(domain) = settings.passkey_domain.as_deref().or(named) else {
            ensure!(
                !wanted,
                "PASSKEY_DOMAIN and PASSKEY_ORIGINS need a PUBLIC_URL with a name, like \
                 https://kith.example.org"
            );
            return Ok(None);
        };
        if !cfg!(feature = "passkeys") && !wanted {
            return Ok(None);
        }
        let mut origins = vec![own.clone()];
        origins.extend(settings.passkey_origins.iter().cloned());
        Self::new(domain, &origins)
            .with_context(|| format!("PASSKEY_DOMAIN ({domain}), PASSKEY_ORIGINS"))
            .map(Some)
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Cli {
        #[command(flatten)]
        settings: Settings,
    }

    fn relying_party(arguments: &[&str]) -> anyhow::Result<Option<RelyingParty>> {
        let arguments = ["kith"].iter().chain(arguments);
        RelyingParty::of_settings(&Cli::try_parse_from(arguments).unwrap().settings)
    }

    #[test]
    fn passkeys_need_a_name_and_apps_within_their_domain() {
        let party = relying_party;
        assert!(party(&[]).unwrap().is_none());
        let named = ["--public-url", "https://kith.example.org"];
        let there = cfg!(feature = "passkeys");
        assert_eq!(party(&named).unwrap().is_some(), there);
        let with = |more: &[&'static str]| party(&[&named[..], more].concat());
        let above = with(&["--passkey-domain", "example.org"]);
        assert_eq!(above.is_ok(), there);
        let apps = "https://app.example.org,android:apk-key-hash:x";
        assert_eq!(with(&["--passkey-origins", apps]).is_ok(), there);
        let foreign = with(&["--passkey-domain", "example.com"]);
        assert!(foreign.is_err());
        let nameless = party(&["--passkey-origins", "https://app.example.org"]);
        let error = nameless.unwrap_err().to_string();
        assert!(error.contains("need a PUBLIC_URL with a name"), "{error}");
    }
}
