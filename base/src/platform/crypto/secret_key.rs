//! The secret key: from a setting, from a file, or made at the first start.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use secrecy::{ExposeSecret, SecretString};

use super::keys::random_bytes;
use crate::config::Settings;
use crate::platform::files;

impl Settings {
    /// The secret key: from a setting, from a file, or made once and stored. No key is made if the
    /// database needs the key that it has been used with.
    pub fn secret_key(&self, is_needed: bool) -> anyhow::Result<SecretString> {
        let given = given_key(
            "SECRET_KEY",
            self.secret_key.as_ref(),
            self.secret_key_file.as_ref(),
        )?;
        if let Some(key) = given {
            return Ok(key);
        }
        let path = self.data_dir.join("secret.key");
        let key = read_or_make_key(&path, is_needed)?;
        long_enough(&path.display().to_string(), key)
    }

    /// The previous secret key, while it is still needed.
    pub fn previous_secret_key(&self) -> anyhow::Result<Option<SecretString>> {
        let (key, file) = (&self.previous_secret_key, &self.previous_secret_key_file);
        given_key("PREVIOUS_SECRET_KEY", key.as_ref(), file.as_ref())
    }
}

fn given_key(
    setting: &str,
    key: Option<&SecretString>,
    file: Option<&PathBuf>,
) -> anyhow::Result<Option<SecretString>> {
    if let Some(key) = key {
        return long_enough(setting, key.clone()).map(Some);
    }
    let Some(path) = file else {
        return Ok(None);
    };
    let setting = format!("{setting}_FILE ({})", path.display());
    let key = read_key(path).with_context(|| setting.clone())?;
    long_enough(&setting, key).map(Some)
}

fn long_enough(source: &str, key: SecretString) -> anyhow::Result<SecretString> {
    ensure!(
        key.expose_secret().len() >= 32,
        "{source}: the key must have at least 32 characters; `openssl rand -base64 32` makes one"
    );
    Ok(key)
}

fn read_key(path: &Path) -> anyhow::Result<SecretString> {
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("cannot read the secret key from {}", path.display()))?;
    Ok(text.trim().to_owned().into())
}

/// If several servers start for the first time in a folder, one makes the key and the others read
/// it.
fn read_or_make_key(path: &Path, is_needed: bool) -> anyhow::Result<SecretString> {
    if is_needed {
        ensure!(
            std::fs::metadata(path).is_ok_and(|file| file.len() > 0),
            "the database was used with a secret key, and {} does not exist: put it back from \
             your backup, or set SECRET_KEY to that key. Nothing was changed",
            path.display()
        );
        return read_key(path);
    }
    files::create_folder_of(path).context("DATA_DIR")?;
    let cannot = || format!("cannot create the secret key {}", path.display());
    let mut file = files::open_or_create(path).with_context(cannot)?;
    file.lock().with_context(cannot)?;
    if file.metadata().with_context(cannot)?.len() == 0 {
        let key = BASE64_STANDARD.encode(random_bytes::<32>()?);
        writeln!(file, "{key}").with_context(cannot)?;
        file.sync_all().with_context(cannot)?;
    }
    read_key(path)
}
