//! Hashes passwords with argon2id on threads of its own, a few at a time. Without that bound, a
//! measurement showed all other requests a hundred times slower.

mod owner_names;
mod strength;

pub use strength::{BreachedList, PasswordRules};

use std::sync::Arc;

use anyhow::Context;
use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{ARGON2ID_IDENT, Algorithm, Argon2, Block, Params, Version};
use unicode_normalization::UnicodeNormalization;

use self::strength::refuse;
use crate::platform::crypto::keys::{equal, random_bytes};
use crate::platform::text::NewPassword;
use crate::platform::workers::{WorkKind, Workers};
use crate::problem::Problem;

/// How much work a hash costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PasswordCost {
    pub memory_kib: u32,
    pub passes: u32,
}

impl PasswordCost {
    /// The least that OWASP recommends: 19 MiB, two passes.
    pub const STANDARD: Self = Self {
        memory_kib: 19_456,
        passes: 2,
    };
    /// For tests of other things than hashing.
    pub const CHEAP: Self = Self {
        memory_kib: 16,
        passes: 1,
    };
}

/// Hashes and verifies passwords.
#[derive(Clone)]
pub struct Passwords(Arc<Inner>);

struct Inner {
    params: Params,
    rules: PasswordRules,
    workers: Workers<Vec<Block>>,
    /// The hash of no password, which is verified where there is no account.
    dummy: String,
}

impl Passwords {
    /// Uses one core less than the machine has, but at least one.
    pub fn new(cost: PasswordCost, rules: PasswordRules) -> anyhow::Result<Self> {
        let params = Params::new(cost.memory_kib, cost.passes, 1, Some(32))
            .map_err(|error| anyhow::anyhow!("argon2: {error}"))?;
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        // A hash that was made up costs as much to verify as a true one, and its making costs nothing.
        let dummy = write_hash(&params, &random_bytes()?, &random_bytes()?)?;
        Ok(Self(Arc::new(Inner {
            workers: hashing_threads(cores.saturating_sub(1).max(1), params.block_count()),
            params,
            rules,
            dummy,
        })))
    }

    /// Hashes a password for storage. It is composed first (NFC), because keyboards type the same
    /// accent in different ways.
    pub async fn hash(&self, password: &str) -> Result<String, Problem> {
        let password: String = password.nfc().collect();
        let params = self.0.params.clone();
        self.off_thread(move |memory| hash_now(&params, &password, memory))
            .await
    }

    /// Whether the password has this hash. Without a hash the answer is `false` and takes as long,
    /// so that its time does not tell whether there is an account.
    pub async fn verify(&self, password: &str, hash: Option<String>) -> Result<bool, Problem> {
        let password: String = password.nfc().collect();
        let known = hash.is_some();
        let hash = hash.unwrap_or_else(|| self.0.dummy.clone());
        let matches = self
            .off_thread(move |memory| {
                metrics::counter!("password_verifications_total").increment(1);
                verify_now(&hash, &password, memory)
            })
            .await?;
        Ok(known && matches)
    }

    /// The least number of characters of a new password.
    pub fn shortest(&self) -> usize {
        self.0.rules.shortest
    }

    /// Refuses a new password that is too short, stolen or easy to guess. `known` is what others
    /// know of the owner; `pointer` is the field of the body.
    pub async fn check_new(
        &self,
        pointer: &str,
        password: &NewPassword,
        known: Vec<String>,
    ) -> Result<(), Problem> {
        let inner = self.0.clone();
        let password = password.clone();
        let judge = move |_: &mut _| inner.rules.judge(password.expose(), &known);
        match self.off_thread(judge).await? {
            Some(fault) => Err(refuse(pointer, fault)),
            None => Ok(()),
        }
    }

    /// Whether a stored hash costs less work than a new hash.
    pub fn is_outdated(&self, hash: &str) -> bool {
        let hash = PasswordHash::new(hash).ok();
        let params = hash.and_then(|hash| Params::try_from(&hash).ok());
        params.is_some_and(|params| {
            let ours = &self.0.params;
            params.m_cost() < ours.m_cost() || params.t_cost() < ours.t_cost()
        })
    }

    async fn off_thread<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Vec<Block>) -> anyhow::Result<T> + Send + 'static,
    ) -> Result<T, Problem> {
        Ok(self.0.workers.run(work).await??)
    }
}

/// The threads that hash. Each keeps the blocks of a new hash; an old hash may need more.
fn hashing_threads(threads: usize, kept_blocks: usize) -> Workers<Vec<Block>> {
    Workers::new(WorkKind {
        deed: "hashes passwords",
        name: "kith-passwords",
        refused: "password_work_refused_total",
        threads,
        queue: 64,
        tidy: |blocks, kept| {
            blocks.truncate(kept);
            blocks.shrink_to_fit();
        },
        kept: kept_blocks,
    })
}

fn hash_now(params: &Params, password: &str, memory: &mut Vec<Block>) -> anyhow::Result<String> {
    let (salt, mut key) = (random_bytes()?, [0; 32]);
    compute(params, password, &salt, &mut key, memory)?;
    write_hash(params, &salt, &key)
}

fn write_hash(params: &Params, salt: &[u8; 16], key: &[u8; 32]) -> anyhow::Result<String> {
    let hash = PasswordHash {
        algorithm: ARGON2ID_IDENT,
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(params)?,
        salt: Some(Salt::new(salt)?),
        hash: Some(Output::new(key)?),
    };
    Ok(hash.to_string())
}

/// The stored hash decides how much memory and time this takes, so its parameters are checked
/// first.
fn verify_now(hash: &str, password: &str, memory: &mut Vec<Block>) -> anyhow::Result<bool> {
    let hash = PasswordHash::new(hash).context("a stored password hash")?;
    let params = Params::try_from(&hash).context("a stored password hash")?;
    anyhow::ensure!(
        params.m_cost() <= 256 * 1024 && params.t_cost() <= 10 && params.p_cost() <= 4,
        "a stored password hash asks for too much"
    );
    let ours = hash.algorithm == ARGON2ID_IDENT && hash.version == Some(Version::V0x13.into());
    let (Some(salt), Some(expected), true) = (&hash.salt, &hash.hash, ours) else {
        anyhow::bail!("a stored password hash is no whole argon2id");
    };
    let mut key = vec![0; expected.len()];
    compute(&params, password, salt, &mut key, memory)?;
    Ok(equal(expected.as_ref(), &key))
}

fn compute(
    params: &Params,
    password: &str,
    salt: &[u8],
    key: &mut [u8],
    memory: &mut Vec<Block>,
) -> anyhow::Result<()> {
    let blocks = params.block_count();
    if memory.len() < blocks {
        memory.resize(blocks, Block::default());
    }
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone());
    argon2
        .hash_password_into_with_memory(password.as_bytes(), salt, key, &mut memory[..blocks])
        .context("argon2")
}

#[cfg(test)]
mod tests {
    use argon2::{PasswordHasher, PasswordVerifier};

    use super::*;

    #[tokio::test]
    async fn the_standard_cost_is_in_the_hash() {
        let passwords = Passwords::new(PasswordCost::STANDARD, PasswordRules::default()).unwrap();
        let hash = passwords.hash("correct horse battery").await.unwrap();
        assert!(
            hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{hash}"
        );
        let verify = async |password: &str| {
            passwords
                .verify(password, Some(hash.clone()))
                .await
                .unwrap()
        };
        assert!(verify("correct horse battery").await);
        assert!(!verify("correct horse batterY").await);
    }

    #[tokio::test]
    async fn without_an_account_the_same_work_is_done_and_no_password_fits() {
        let passwords = Passwords::new(PasswordCost::STANDARD, PasswordRules::default()).unwrap();
        let hash = PasswordHash::new(&passwords.0.dummy).unwrap();
        let params = Params::try_from(&hash).unwrap();
        assert_eq!(
            (params.m_cost(), params.t_cost(), params.p_cost()),
            (19_456, 2, 1)
        );
        assert_eq!(hash.salt.unwrap().len(), 16);
        assert_eq!(hash.hash.unwrap().len(), 32);
        assert!(
            !passwords
                .verify("correct horse battery", None)
                .await
                .unwrap()
        );
        let mut memory = Vec::new();
        assert!(!verify_now(&passwords.0.dummy, "correct horse battery", &mut memory).unwrap());
        assert_eq!(memory.len(), passwords.0.params.block_count());
    }

    #[test]
    fn a_hash_that_asks_for_too_much_is_not_computed() {
        let salt = "c29tZXNhbHRzb21lc2FsdA";
        let key = "A".repeat(43);
        for bad in ["m=300000,t=2,p=1", "m=19456,t=11,p=1", "m=19456,t=2,p=5"] {
            let hash = format!("$argon2id$v=19${bad}${salt}${key}");
            assert!(
                verify_now(&hash, "x", &mut Vec::new())
                    .unwrap_err()
                    .to_string()
                    .contains("too much")
            );
        }
    }

    #[test]
    fn every_byte_of_a_long_password_counts() {
        let params = Params::new(8, 1, 1, Some(32)).unwrap();
        let (long, memory) = ("p".repeat(200), &mut Vec::new());
        let hash = hash_now(&params, &long, memory).unwrap();
        assert!(verify_now(&hash, &long, memory).unwrap());
        assert!(!verify_now(&hash, &format!("{}q", &long[..199]), memory).unwrap());
    }

    #[test]
    fn hashes_of_different_sizes_share_their_memory() {
        let memory = &mut Vec::new();
        let cost = |kib| Params::new(kib, 1, 1, Some(32)).unwrap();
        let large = hash_now(&cost(64), "a large one", memory).unwrap();
        let small = hash_now(&cost(8), "a small one", memory).unwrap();
        for (hash, password) in [(&large, "a large one"), (&small, "a small one")] {
            assert!(verify_now(hash, password, memory).unwrap());
            assert!(!verify_now(hash, "another", memory).unwrap());
        }
    }

    #[test]
    fn hashes_are_those_of_the_library() {
        let (params, memory) = (Params::new(8, 1, 1, Some(32)).unwrap(), &mut Vec::new());
        let library = Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone());
        let theirs = library.hash_password(b"correct horse").unwrap().to_string();
        assert!(verify_now(&theirs, "correct horse", memory).unwrap());
        let ours = hash_now(&params, "correct horse", memory).unwrap();
        assert!(
            library
                .verify_password(b"correct horse", ours.as_str())
                .is_ok()
        );
        assert!(
            library
                .verify_password(b"correct Horse", ours.as_str())
                .is_err()
        );
    }
}
