//! Whether this server takes passkeys, as its settings say.

use std::sync::Arc;

use anyhow::{Context, ensure};
use url::{Host, Url};

use super::relying_party::RelyingParty;
use crate::app::App;
use crate::config::Settings;
use crate::problem::{Conflict, Problem};

/// This server as passkeys know it, if it takes them.
pub(super) fn relying_party(app: &App) -> Result<Arc<RelyingParty>, Problem> {
    let missing = || Conflict::of("passkeys_unavailable", "This server takes no passkeys.");
    Ok(app.provided::<RelyingParty>().ok_or_else(missing)?)
}

impl Settings {
    /// This server as passkeys know it; `None` where there are none.
    pub fn relying_party(&self) -> anyhow::Result<Option<RelyingParty>> {
        let mut own = Url::parse(&self.public_url()?)?;
        // Browsers know an origin, which has no path.
        own.set_path("");
        let named = match own.host() {
            Some(Host::Domain(name)) => Some(name),
            _ => None,
        };
        let wanted = self.passkey_domain.is_some() || !self.passkey_origins.is_empty();
        let Some(domain) = self.passkey_domain.as_deref().or(named) else {
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
        origins.extend(self.passkey_origins.iter().cloned());
        RelyingParty::new(domain, &origins)
            .with_context(|| format!("PASSKEY_DOMAIN ({domain}), PASSKEY_ORIGINS"))
            .map(Some)
    }
}
