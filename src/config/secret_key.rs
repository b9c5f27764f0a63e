//! The secret key: given, read, or made.

use std::path::Path;

use anyhow::{Context, ensure};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use secrecy::{ExposeSecret, SecretString};

use super::Settings;
use crate::files;
use crate::keys::random_bytes;

impl Settings {
    /// The secret key: given, from a file, or generated once and kept.
    pub fn secret_key(&self) -> anyhow::Result<SecretString> {
        let key = match (&self.secret_key, &self.secret_key_file) {
            (Some(key), _) => key.clone(),
            (None, Some(path)) => read_key(path)?,
            (None, None) => {
                let path = self.data_dir.join("secret.key");
                if !path.exists() {
                    write_new_key(&path)?;
                }
                read_key(&path)?
            }
        };
        ensure!(
            key.expose_secret().len() >= 32,
            "the secret key must have at least 32 characters"
        );
        Ok(key)
    }

    /// The secret key before this one, while it is still needed.
    pub fn previous_secret_key(&self) -> anyhow::Result<Option<SecretString>> {
        match (&self.previous_secret_key, &self.previous_secret_key_file) {
            (Some(key), _) => Ok(Some(key.clone())),
            (None, Some(path)) => read_key(path).map(Some),
            (None, None) => Ok(None),
        }
    }
}

fn read_key(path: &Path) -> anyhow::Result<SecretString> {
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("cannot read the secret key from {}", path.display()))?;
    Ok(text.trim().to_owned().into())
}

fn write_new_key(path: &Path) -> anyhow::Result<()> {
    use std::io::Write;

    let key = random_bytes::<32>()?;
    files::create_folder_of(path)?;
    let mut file =
        files::create_new(path).with_context(|| format!("cannot create {}", path.display()))?;
    writeln!(file, "{}", BASE64_STANDARD.encode(key))
        .with_context(|| format!("cannot write {}", path.display()))
}
