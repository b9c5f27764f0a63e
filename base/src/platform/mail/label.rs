//! Names of people and things, as an email may show them. Nobody must be able to send a link to
//! strangers by putting it into a name. Email programs make links of web addresses and of host
//! names; initials, titles and times of day are neither.

use url::Host;

use crate::platform::text::{fold_width, take_off_hidden};

/// All top-level domains, and the reserved ones that documents use (`example`, `test`). A new
/// domain is not recognized until it is added to the file.
const TOP_LEVEL_DOMAINS: &str = include_str!("top_level_domains.txt");

/// Titles before a name, with a dot and often without a space. `Dr.No` is a name; `dr.no` in small
/// letters is a host name.
const TITLES: [&str; 16] = [
    "dr", "prof", "hr", "fr", "mr", "mrs", "ms", "st", "sr", "sra", "sta", "fam", "ing", "mag",
    "hl", "med",
];

/// The schemes that begin a link.
const SCHEMES: [&str; 8] = [
    "http:",
    "https:",
    "hxxp:",
    "hxxps:",
    "ftp:",
    "mailto:",
    "javascript:",
    "data:",
];

/// The text without the words that an email program would make a link of. If nothing is left, it
/// is `otherwise`.
pub fn plain_label(text: &str, otherwise: &str) -> String {
    let text = take_off_hidden(text);
    let words = text.split_whitespace();
    let kept: Vec<&str> = words.filter(|word| !looks_like_a_link(word)).collect();
    if kept.is_empty() {
        return otherwise.into();
    }
    kept.join(" ")
}

/// The first word of a text that an email program would make a link of.
pub fn find_link(text: &str) -> Option<&str> {
    text.split_whitespace()
        .find(|word| looks_like_a_link(&take_off_hidden(word)))
}

fn looks_like_a_link(word: &str) -> bool {
    let word = fold_width(word).replace(['\u{3002}', '\u{ff61}'], ".");
    let small = word.to_lowercase();
    let start = small.trim_start_matches(|c: char| !c.is_alphanumeric() && c != '\\');
    if small.contains("://")
        || start.starts_with("\\\\")
        || start.starts_with("www.")
        || SCHEMES.iter().any(|scheme| start.starts_with(scheme))
    {
        return true;
    }
    let in_host = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_');
    word.split(|c| !in_host(c)).any(is_host)
}

/// Whether it is a host name or an IP address that email programs make a link of.
fn is_host(text: &str) -> bool {
    let text = text.trim_matches(|c: char| !c.is_alphanumeric());
    let Some((before, last)) = text.rsplit_once('.') else {
        return false;
    };
    let numbers = |part: &str| part.parse::<u8>().is_ok();
    if text.split('.').count() == 4 && text.split('.').all(numbers) {
        return true;
    }
    is_top_level(last) && !is_name(before, last)
}

fn is_top_level(label: &str) -> bool {
    let label = if label.is_ascii() {
        label.to_ascii_lowercase()
    } else {
        match Host::parse(label) {
            Ok(Host::Domain(ascii)) => ascii,
            _ => return false,
        }
    };
    TOP_LEVEL_DOMAINS
        .split_ascii_whitespace()
        .any(|known| known == label)
}

/// Whether it is a name after initials or titles: `A.J.Kim`, `Dr.Li`.
fn is_name(before: &str, last: &str) -> bool {
    let mut letters = last.chars();
    let capital = letters.next().is_some_and(char::is_uppercase)
        && letters.all(|letter| letter.is_lowercase() || letter == '-');
    let stands_before_names = |part: &str| {
        let part = part.trim_start_matches('-');
        let initials = part.split('-').all(|letter| letter.chars().count() == 1);
        let starts_large = part.starts_with(char::is_uppercase);
        starts_large && (initials || TITLES.contains(&part.to_lowercase().as_str()))
    };
    capital && before.split('.').all(stands_before_names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_names_a_family_and_links_nowhere() {
        for (text, label) in [
            ("Ana's circle", "Ana's circle"),
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

    #[test]
    fn names_initials_titles_and_times_stay() {
        for text in [
            "A.J. Kim",
            "A.J.Kim",
            "J.-P. Li",
            "J.-P.Li",
            "A.Li",
            "Dr.Müller",
            "Dr.Li",
            "Prof.Dr.Ng",
            "Prof.Dr.med.Müller",
            "Oma & Opa 24/7",
            "Haus Nr.5",
            "Treff 18:30",
            "St.Mary",
            "Anna-B.Meier",
            "Familie Díaz e.V.",
            "z.B. Oma",
            "24.12.2026",
            "3.5 Zimmer",
            "u.a.m.",
            "Ben/Cem",
            "Tel.: 030/1234",
            "Oma (85)",
            "W.G.",
            "Mo-Fr 8.30-12.00",
            "Ana @ home",
            "C\\O Díaz",
            "https",
            "...",
        ] {
            assert_eq!(plain_label(text, "nothing"), text);
            assert_eq!(find_link(text), None, "{text}");
        }
    }

    #[test]
    fn web_addresses_and_hosts_go_however_they_are_written() {
        for text in [
            "example.com",
            "Example.COM",
            "EVIL.DE",
            "Evil.De",
            "evil.de/login",
            "(evil.de)",
            "»evil.de«",
            "evil.de,",
            "evil.de.",
            "evil.de:8080",
            "hi,evil.de",
            "x=evil.de",
            "evil.de?a=b",
            "evil.de#x",
            "user:pass@evil.de",
            "ana@evil.de",
            "https://evil",
            "HTTPS://EVIL",
            "hxxps://evil[.]de",
            "http:evil",
            "mailto:a",
            "javascript:alert(1)",
            "ftp://x",
            "//evil.de",
            "\\\\evil\\share",
            "www.evil",
            "evil.co.uk",
            "a.b.evil.shop",
            "t.me",
            "t.co/x",
            "a.li",
            "müller.de",
            "пример.рф",
            "xn--e1afmkfd.xn--p1ai",
            "evil。com",
            "evil．com",
            "evil｡com",
            "ｅｖｉｌ.ｃｏｍ",
            "ⓔⓥⓘⓛ.com",
            "ev\u{200b}il.c\u{200d}om",
            "evil\u{ad}.com",
            "evil.\u{2060}com",
            "192.168.0.1",
            "127.0.0.1:8080/x",
            "evil_x.com",
            "evil.example",
        ] {
            assert_eq!(plain_label(text, "nothing"), "nothing", "{text}");
            assert_eq!(find_link(text), Some(text));
        }
    }
}
