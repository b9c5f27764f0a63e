//! Refuses passwords that can be guessed: frequent passwords, passwords made of what others know of
//! the owner, and stolen passwords. No rule asks for digits or signs, because length helps more.

use std::fs::File;
use std::io::{BufRead, BufReader, Seek, SeekFrom};
use std::path::Path;
use std::sync::Mutex;

use anyhow::Context;
use aws_lc_rs::digest;
use unicode_normalization::UnicodeNormalization;
use zxcvbn::{Score, zxcvbn};

use super::owner_names::OwnerNames;
use crate::config::{SHORTEST, Settings};
use crate::platform::text::Fault;
use crate::problem::{FieldErrorCode, Problem};

/// How many characters are judged: judging takes more than linear time. The rest can only make the
/// password stronger.
const JUDGED: usize = 60;

/// The rules for a new password.
pub struct PasswordRules {
    /// The least number of characters.
    pub shortest: usize,
    /// A list of stolen passwords.
    pub breached: Option<BreachedList>,
}

impl Default for PasswordRules {
    fn default() -> Self {
        Self {
            shortest: SHORTEST,
            breached: None,
        }
    }
}

impl Settings {
    /// The rules for a new password.
    pub fn password_rules(&self) -> anyhow::Result<PasswordRules> {
        let list = self.breached_passwords_file.as_deref();
        Ok(PasswordRules {
            shortest: self.password_min_length.into(),
            breached: list.map(BreachedList::open).transpose()?,
        })
    }
}

impl PasswordRules {
    /// Judges a password. `known` is what others know of its owner.
    pub(super) fn judge(&self, password: &str, known: &[String]) -> anyhow::Result<Option<Fault>> {
        let password: String = password.nfc().collect();
        if password.chars().count() < self.shortest {
            let detail = format!("At least {} characters.", self.shortest);
            return Ok(Some((FieldErrorCode::TooShort, detail)));
        }
        let breached = self.breached.as_ref();
        if breached.map_or(Ok(false), |list| list.holds(&password))? {
            let detail = "This password is in a list of stolen passwords. Choose another one.";
            return Ok(Some((FieldErrorCode::PasswordBreached, detail.into())));
        }
        let warning = weakness(&password, &OwnerNames::of(known), |judged, words| {
            let entropy = zxcvbn(judged, words);
            if entropy.score() >= Score::Three {
                return None;
            }
            let feedback = entropy.feedback();
            let warning = feedback.and_then(zxcvbn::feedback::Feedback::warning);
            let warning = warning.map(|warning| warning.to_string());
            Some(warning.unwrap_or_else(|| "This password is easy to guess.".into()))
        });
        let advice = "Choose four or five words that have nothing to do with each other: they \
             are easy to remember and hard to guess.";
        Ok(warning.map(|warning| {
            (
                FieldErrorCode::PasswordTooWeak,
                format!("{warning} {advice}"),
            )
        }))
    }
}

/// Why a password is weak, if it is. It is judged as it is, and again without the owner's names,
/// because these do not make it stronger.
fn weakness(
    password: &str,
    names: &OwnerNames,
    judge: impl Fn(&str, &[&str]) -> Option<String>,
) -> Option<String> {
    let judged = |text: &str| -> Option<String> {
        let start: String = text.chars().take(JUDGED).collect();
        judge(&start, &names.words())
    };
    let rest = names.without(password);
    judged(password).or_else(|| {
        judged(&rest?)?;
        Some("Your name, your address and your circles make no password stronger.".into())
    })
}

/// A file with the SHA-1 hashes of stolen passwords: one a line, in 40 capital hexadecimal digits,
/// sorted. The rest of a line, like `:3`, is not read. The file may be larger than the memory,
/// because a look-up is a binary search.
pub struct BreachedList {
    file: Mutex<BufReader<File>>,
    length: u64,
}

impl BreachedList {
    /// Opens the file, and refuses a file in another format.
    pub fn open(path: &Path) -> anyhow::Result<Self> {
        let file = File::open(path)
            .with_context(|| format!("cannot open BREACHED_PASSWORDS_FILE {}", path.display()))?;
        let length = file.metadata()?.len();
        let mut reader = BufReader::new(file);
        let mut first = String::new();
        reader.read_line(&mut first)?;
        let hash = first.get(..40).unwrap_or_default();
        anyhow::ensure!(
            hash.len() == 40 && hash.bytes().all(|b| b"0123456789ABCDEF".contains(&b)),
            "the first line of BREACHED_PASSWORDS_FILE {} must begin with 40 capital hexadecimal digits",
            path.display()
        );
        Ok(Self {
            file: Mutex::new(reader),
            length,
        })
    }

    /// Whether the password is in the list.
    fn holds(&self, password: &str) -> anyhow::Result<bool> {
        let hash = digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, password.as_bytes());
        let wanted = hexadecimal(hash.as_ref());
        let mut file = self
            .file
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        // If the hash is in the file, its line begins in [low, high).
        let (mut low, mut high) = (0, self.length);
        while low < high {
            let middle = low.midpoint(high);
            let (start, line) = line_from(&mut file, middle)?;
            match line.get(..40) {
                Some(hash) if hash == wanted => return Ok(true),
                Some(hash) if hash < wanted.as_str() && start < high => {
                    low = start + line.len() as u64;
                }
                _ => high = middle,
            }
        }
        Ok(false)
    }
}

/// Each byte as two capital digits.
fn hexadecimal(bytes: &[u8]) -> String {
    use std::fmt::Write;
    let mut text = String::new();
    for byte in bytes {
        let _ = write!(text, "{byte:02X}");
    }
    text
}

/// The first whole line that begins at or after `place`, and where it begins.
fn line_from(file: &mut BufReader<File>, place: u64) -> anyhow::Result<(u64, String)> {
    let mut start = place;
    file.seek(SeekFrom::Start(place.saturating_sub(1)))?;
    let mut line = String::new();
    if place > 0 {
        let rest = file.read_line(&mut line)? as u64;
        start = place - 1 + rest;
        line.clear();
    }
    file.read_line(&mut line)?;
    Ok((start, line))
}

/// The problem of a new password. `pointer` is the field of the body.
pub(super) fn refuse(pointer: &str, (code, detail): Fault) -> Problem {
    Problem::field(pointer, code, detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(password: &str, known: &[&str]) -> Option<&'static str> {
        let known: Vec<_> = known.iter().map(|text| (*text).to_owned()).collect();
        let fault = PasswordRules::default().judge(password, &known).unwrap();
        fault.map(|(code, _)| code.as_str())
    }

    #[test]
    fn length_is_counted_in_composed_characters() {
        assert_eq!(code("zK9$vB2#qWm", &[]), Some("too_short"));
        assert_eq!(code("zK9$vB2#qWm!", &[]), None);
        // Eleven characters, however they are typed.
        let decomposed = "zK9$vB2#qWe\u{301}";
        assert_eq!(decomposed.chars().count(), 12);
        assert_eq!(code(decomposed, &[]), Some("too_short"));
    }

    #[test]
    fn what_everybody_chooses_is_refused() {
        for password in [
            "passwordpassword",
            "Password12345678",
            "qwertyuiop123456",
            "123456789012345",
            "iloveyou12345678",
            "aaaaaaaaaaaaaaaa",
            "abcdefghijklmnop",
            "letmeinletmein",
            "P@ssw0rdP@ssw0rd",
            "sunshinesunshine",
        ] {
            assert_eq!(code(password, &[]), Some("password_too_weak"), "{password}");
        }
        for password in [
            "correct horse battery staple",
            "seventeen green umbrellas",
            "die Katze schläft auf dem Klavier",
        ] {
            assert_eq!(code(password, &[]), None, "{password}");
        }
    }

    #[test]
    fn what_is_known_of_the_owner_is_refused() {
        let known = [
            "ana.diaz@familiapost.example",
            "Ana Díaz",
            "Rosalindas Kreis",
        ];
        for password in [
            "ana.diaz@familiapost.example",
            "Rosalindas Kreis",
            "familiapost2026",
            "Rosalindas2026",
        ] {
            assert_eq!(
                code(password, &known),
                Some("password_too_weak"),
                "{password}"
            );
        }
    }

    #[test]
    fn names_count_for_nothing_however_they_are_written() {
        let known = ["ana.diaz@familiapost.example", "Ana Díaz", "Oma Käthe"];
        for password in [
            "anadiaz12345678",
            "AnaDiaz12345678",
            "AnaDíaz12345678",
            "Ana-Díaz-12345678",
            "diaz.ana.2026.2026",
            "4n4d14z12345678",
            "DiazAnaDiazAna",
            "familiapost12345",
            "OmaKathe1234567",
            "omakäthe!omakäthe!",
        ] {
            assert_eq!(
                code(password, &known),
                Some("password_too_weak"),
                "{password}"
            );
        }
        for password in [
            "seventeen diaz green umbrellas",
            "bananas and lighthouse keepers",
        ] {
            assert_eq!(code(password, &known), None, "{password}");
        }
    }

    #[test]
    fn no_more_than_sixty_characters_are_judged_however_long_a_password_is() {
        let longest: String = "a9!Жana diaz".chars().cycle().take(256).collect();
        let names = OwnerNames::of(&["Ana Díaz".to_owned()]);
        let asked = std::cell::RefCell::new(Vec::new());
        weakness(&longest, &names, |judged, _| {
            asked.borrow_mut().push(judged.chars().count());
            None
        });
        assert_eq!(asked.into_inner(), [60, 60]);
        assert_eq!(code(&"correct horse ".repeat(18), &[]), None);
    }

    #[test]
    fn a_stolen_password_is_found_wherever_it_stands_in_the_file() {
        let hash = |password: &str| -> String {
            let hash = digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, password.as_bytes());
            hexadecimal(hash.as_ref())
        };
        let stolen: Vec<_> = (0..200).map(|n| format!("zK9$vB2#qWm {n}")).collect();
        let mut lines: Vec<_> = stolen
            .iter()
            .enumerate()
            .map(|(n, password)| format!("{}:{n}\n", hash(password)))
            .collect();
        lines.sort();
        let id = crate::platform::crypto::keys::random_id().unwrap();
        let path = std::env::temp_dir().join(format!("kith-breached-{id}.txt"));
        std::fs::write(&path, lines.concat()).unwrap();
        let rules = PasswordRules {
            breached: Some(BreachedList::open(&path).unwrap()),
            ..PasswordRules::default()
        };
        let code = |password: &str| rules.judge(password, &[]).unwrap().map(|(code, _)| code);
        for password in &stolen {
            assert_eq!(code(password), Some(FieldErrorCode::PasswordBreached));
        }
        for n in 200..400 {
            assert_eq!(code(&format!("zK9$vB2#qWm {n}")), None);
        }
        std::fs::write(&path, "password\n").unwrap();
        assert!(BreachedList::open(&path).is_err());
        std::fs::remove_file(path).unwrap();
    }
}
