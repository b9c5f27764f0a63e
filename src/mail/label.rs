//! What people call things and themselves, as a mail may show it: a name must
//! not be a way to send strangers a link.

/// The text without anything that a mail program would make a link of; where
/// nothing is left, the other.
pub fn plain_label(text: &str, otherwise: &str) -> String {
    let kept: Vec<&str> = text
        .split_whitespace()
        .filter(|word| !looks_like_a_link(word))
        .collect();
    if kept.is_empty() {
        return otherwise.into();
    }
    kept.join(" ")
}

fn looks_like_a_link(word: &str) -> bool {
    let word = word.to_lowercase();
    if word.contains("://") || word.contains('@') || word.contains('/') || word.contains('\\') {
        return true;
    }
    // A dot (or one of its look-alikes) between letters or digits: a host.
    let letters: Vec<char> = word.chars().collect();
    letters.windows(3).any(|window| {
        matches!(window[1], '.' | '\u{3002}' | '\u{ff0e}' | '\u{ff61}' | ':')
            && window[0].is_alphanumeric()
            && window[2].is_alphanumeric()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_names_a_family_and_links_nowhere() {
        for (text, label) in [
            ("Ana's circle", "Ana's circle"),
            ("Familie Díaz e.V.", "Familie Díaz"),
            ("Dr. No", "Dr. No"),
            ("win at https://evil.example now", "win at now"),
            ("evil.example", "a circle"),
            ("Call evil。example", "Call"),
            ("www.evil.example/x mum", "mum"),
            ("mail me@evil.example", "mail"),
        ] {
            assert_eq!(plain_label(text, "a circle"), label, "{text}");
        }
    }
}
