//! A mail that was sent, decoded.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use kith::platform::mail::SentMail;
use regex::Regex;

/// A mail as its recipient sees it.
#[derive(Clone, Debug)]
pub struct Mail {
    pub to: String,
    pub message_id: String,
    pub headers: String,
    pub text: String,
    pub html: String,
    /// The calendar file beside the words.
    pub invitation: Option<String>,
    /// The attached calendar files.
    pub files: Vec<String>,
}

impl Mail {
    pub(super) fn read(sent: SentMail) -> Self {
        let files = |mark: &str| -> Vec<String> {
            let parts = sent.raw.split("\r\n--");
            let parts = parts.filter_map(|part| part.split_once("\r\n\r\n"));
            let marked = parts.filter(|(head, _)| head.contains(mark));
            marked.map(|(_, content)| decode_base64(content)).collect()
        };
        let invitation = files("Content-Type: text/calendar").pop();
        let files = files("Content-Type: application/ics");
        // Soft line breaks go first: what follows one may look like a boundary.
        let raw = sent.raw.replace("=\r\n", "").replace("\r\n", "\n");
        let (headers, body) = raw.split_once("\n\n").unwrap();
        let mut parts = body.split("Content-Type: text/").skip(1).map(|part| {
            let (_, content) = part.split_once("\n\n").unwrap();
            let content = content.split("\n--").next().unwrap();
            decode(content)
        });
        Self {
            to: sent.to,
            message_id: sent.message_id,
            headers: headers.replace("\n ", " "),
            text: parts.next().unwrap(),
            html: parts.next().unwrap(),
            invitation,
            files,
        }
    }

    pub fn header(&self, name: &str) -> &str {
        let start = format!("{name}: ");
        let line = self.headers.lines().find(|line| line.starts_with(&start));
        line.map_or("", |line| &line[start.len()..])
    }

    pub fn code(&self) -> String {
        self.find(r"Code: (\d{6})")
    }

    pub fn token(&self) -> String {
        self.find(r"token=([\w-]+)")
    }

    /// The path and query of the first link to a page.
    pub fn link(&self, page: &str) -> String {
        self.find(&format!(r"https://kith\.example(/{page}\?token=[\w&=-]+)"))
    }

    fn find(&self, pattern: &str) -> String {
        let found = Regex::new(pattern).unwrap().captures(&self.text);
        found.unwrap_or_else(|| panic!("no {pattern} in {}", self.text))[1].to_owned()
    }
}

fn decode_base64(content: &str) -> String {
    let content: String = content.split_whitespace().collect();
    String::from_utf8(BASE64_STANDARD.decode(content).unwrap()).unwrap()
}

fn decode(quoted_printable: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = quoted_printable.as_bytes();
    while let [first, tail @ ..] = rest {
        if let (b'=', [high, low, after @ ..]) = (first, tail) {
            let hex = String::from_utf8_lossy(&[*high, *low]).into_owned();
            bytes.push(u8::from_str_radix(&hex, 16).unwrap());
            rest = after;
        } else {
            bytes.push(*first);
            rest = tail;
        }
    }
    String::from_utf8(bytes).unwrap()
}
