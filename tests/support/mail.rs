//! Reads a mail as the recipient's program does, so that a test can use its codes and links.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use regex::{Captures, Regex};

use crate::support::smtp::Mail;

/// A decoded mail.
#[derive(Debug)]
pub struct Letter {
    headers: Vec<(String, String)>,
    pub text: String,
    pub html: String,
}

impl Letter {
    pub fn read(mail: &Mail) -> Self {
        let (head, body) = mail.raw.split_once("\r\n\r\n").unwrap();
        let headers = read_headers(head);
        // An email with a calendar file has its words in a part of their own, with another boundary.
        let boundary = Regex::new("boundary=\"([^\"]+)\"").unwrap();
        let boundaries = boundary.captures_iter(&mail.raw);
        let boundaries: Vec<String> = boundaries.map(|found| regex::escape(&found[1])).collect();
        let boundary = Regex::new(&format!("--(?:{})", boundaries.join("|"))).unwrap();
        let part = |wanted: &str| {
            let parts = boundary.split(body).skip(1);
            let parts = parts.filter(|part| !part.starts_with("--"));
            let mut found = parts.filter_map(|part| {
                let (head, body) = part.trim_start().split_once("\r\n\r\n")?;
                let headers = read_headers(head);
                find(&headers, "Content-Type")
                    .starts_with(wanted)
                    .then(|| decode_part(&headers, body))
            });
            found.next().unwrap_or_else(|| panic!("no {wanted} part"))
        };
        let (text, html) = (part("text/plain"), part("text/html"));
        Self {
            headers,
            text,
            html,
        }
    }

    /// The value of a header, which must occur exactly once.
    #[track_caller]
    pub fn header(&self, name: &str) -> &str {
        find(&self.headers, name)
    }

    /// The link to a page of the server. It must be the same in text and HTML.
    #[track_caller]
    pub fn link_to(&self, page: &str) -> String {
        let pattern = format!(r#"https?://[^\s"<>]+/{page}\?token=[\w-]+(&about=\w+)*"#);
        let link = Regex::new(&pattern).unwrap();
        let found = link.find(&self.text).map(|found| found.as_str().to_owned());
        let found = found.unwrap_or_else(|| panic!("no link to {page} in {}", self.text));
        let in_html = found.replace('&', "&#38;");
        assert!(self.html.contains(&format!("href=\"{in_html}\"")));
        found
    }

    /// The six digits of a code.
    #[track_caller]
    pub fn code(&self) -> String {
        let code = Regex::new(r"(?m)^Code: (\d{6})\r?$").unwrap();
        code.captures(&self.text).unwrap()[1].to_owned()
    }

    /// All text of the mail that a person could read.
    pub fn everything(&self) -> String {
        format!("{:?}\n{}\n{}", self.headers, self.text, self.html)
    }
}

/// Unfolds and decodes the headers.
fn read_headers(head: &str) -> Vec<(String, String)> {
    let folded = Regex::new(r"\r\n[ \t]+").unwrap();
    let unfolded = folded.replace_all(head, " ");
    let header = |line: &str| {
        let (name, value) = line.split_once(':').unwrap();
        (name.to_owned(), decode_words(value.trim()))
    };
    unfolded.split("\r\n").map(header).collect()
}

#[track_caller]
fn find<'a>(headers: &'a [(String, String)], name: &str) -> &'a str {
    let mut found = headers.iter().filter(|(n, _)| n.eq_ignore_ascii_case(name));
    let (_, value) = found.next().unwrap_or_else(|| panic!("no header {name}"));
    assert!(found.next().is_none(), "two headers {name}");
    value
}

/// Decodes encoded words (RFC 2047) in UTF-8 and base64.
fn decode_words(value: &str) -> String {
    let between = Regex::new(r"\?=\s+=\?").unwrap();
    let word = Regex::new(r"(?i)=\?utf-8\?b\?([^?]*)\?=").unwrap();
    let joined = between.replace_all(value, "?==?");
    let decode = |word: &Captures| {
        let bytes = BASE64_STANDARD.decode(&word[1]).unwrap();
        String::from_utf8(bytes).unwrap()
    };
    word.replace_all(&joined, decode).into_owned()
}

fn decode_part(headers: &[(String, String)], body: &str) -> String {
    assert_eq!(
        find(headers, "Content-Transfer-Encoding"),
        "quoted-printable"
    );
    let joined = body.replace("=\r\n", "");
    let mut pieces = joined.split('=');
    let mut bytes = pieces.next().unwrap_or_default().as_bytes().to_vec();
    for piece in pieces {
        let (code, rest) = piece.split_at(2);
        bytes.push(u8::from_str_radix(code, 16).unwrap());
        bytes.extend(rest.as_bytes());
    }
    String::from_utf8(bytes).unwrap()
}
