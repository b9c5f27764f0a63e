//! The forms in which the owner's names appear in passwords: without accents, written together, in
//! reverse order, or with other characters between them.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// How many words are looked for at most: a person may be in many circles.
const MOST: usize = 200;
/// The length of the shortest word in bytes. Shorter words occur inside many others. It counts
/// bytes, because in some scripts a whole name has two characters.
const SHORTEST: usize = 4;

/// The names of the owner that others know.
pub(super) struct OwnerNames(Vec<String>);

impl OwnerNames {
    pub fn of(known: &[String]) -> Self {
        let mut words = vec!["kith".to_owned()];
        for text in known {
            words.push(text.to_lowercase());
            // The part before the @ of an email address is a name too.
            let parts = text.split('@').chain([text.as_str()]);
            for part in parts {
                let part = fold(part);
                let mut each: Vec<&str> = part.split(|c: char| !c.is_alphanumeric()).collect();
                each.retain(|word| !word.is_empty());
                words.push(each.concat());
                words.push(each.iter().rev().copied().collect());
                words.extend(each.windows(2).map(<[&str]>::concat));
                words.extend(each.into_iter().map(str::to_owned));
            }
        }
        words.retain(|word| word.len() > 2);
        let mut seen = std::collections::BTreeSet::new();
        words.retain(|word| seen.insert(word.clone()));
        words.truncate(MOST);
        Self(words)
    }

    /// The words, as a dictionary for zxcvbn.
    pub fn words(&self) -> Vec<&str> {
        self.0.iter().map(String::as_str).collect()
    }

    /// The password without the names; `None` if it contains no name.
    pub fn without(&self, password: &str) -> Option<String> {
        let folded: String = fold(password)
            .chars()
            .filter(|c| c.is_alphanumeric())
            .collect();
        let mut long: Vec<_> = self
            .0
            .iter()
            .filter(|word| word.len() >= SHORTEST)
            .collect();
        long.sort_by_key(|word| std::cmp::Reverse(word.len()));
        let mut left = folded.clone();
        for word in long {
            left = left.replace(word.as_str(), " ");
        }
        (left != folded).then(|| left.trim().to_owned())
    }
}

/// The text in small letters without accents.
pub(super) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.nfkd().filter(|c| !is_combining_mark(*c)) {
        match c {
            'ß' | 'ẞ' => folded.push_str("ss"),
            'æ' | 'Æ' => folded.push_str("ae"),
            'œ' | 'Œ' => folded.push_str("oe"),
            'ø' | 'Ø' => folded.push('o'),
            'ł' | 'Ł' => folded.push('l'),
            'đ' | 'Đ' | 'ð' | 'Ð' => folded.push('d'),
            'þ' | 'Þ' => folded.push_str("th"),
            'ı' => folded.push('i'),
            _ => folded.extend(c.to_lowercase()),
        }
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_however_they_are_written() {
        let known = [
            "ana.diaz@familiapost.example".to_owned(),
            "Ana Díaz".to_owned(),
        ];
        let names = OwnerNames::of(&known);
        for (password, left) in [
            ("anadiaz12345678", "12345678"),
            ("AnaDíaz12345678", "12345678"),
            ("ANA-DIAZ-12345678", "12345678"),
            ("a.n.a.d.i.a.z.12", "12"),
            ("diazana2026", "2026"),
            ("2026Di\u{301}az", "2026"),
            ("familiapost!", ""),
        ] {
            assert_eq!(names.without(password).as_deref(), Some(left), "{password}");
        }
        assert_eq!(names.without("bananas are yellow"), None);
        let known = ["Zoë Strauß-Łukasz".to_owned(), "Иван Ян".to_owned()];
        let names = OwnerNames::of(&known);
        assert_eq!(names.without("zoestrauss99").as_deref(), Some("99"));
        assert_eq!(names.without("lukasz99").as_deref(), Some("99"));
        assert_eq!(names.without("ИВАН99").as_deref(), Some("99"));
    }

    #[test]
    fn no_more_than_so_many_words_are_looked_for() {
        let known: Vec<_> = (0..3000).map(|n| format!("Kreis {n} von Oma")).collect();
        assert_eq!(OwnerNames::of(&known).words().len(), MOST);
    }
}
