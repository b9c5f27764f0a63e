//! Content lines of a calendar file: folded, and with nothing in them that begins another line.

/// The most bytes that a line may have, without its end.
pub(super) const LONGEST: usize = 75;

#[derive(Debug, Default)]
pub(super) struct Lines(String);

impl Lines {
    /// A line whose value Kith has made.
    pub(super) fn write(&mut self, name: &str, value: &str) {
        let line = format!("{name}:{value}");
        let mut length = 0;
        for letter in line.chars().filter(|letter| !letter.is_control()) {
            if length + letter.len_utf8() > LONGEST {
                self.0 += "\r\n ";
                length = 1;
            }
            self.0.push(letter);
            length += letter.len_utf8();
        }
        self.0 += "\r\n";
    }

    /// A line whose value a member wrote. It is escaped, so that nothing in it begins a new line.
    pub(super) fn write_text(&mut self, name: &str, text: &str) {
        let mut escaped = String::new();
        for letter in text.replace("\r\n", "\n").chars() {
            match letter {
                '\\' | ';' | ',' => escaped.extend(['\\', letter]),
                '\n' | '\r' => escaped += "\\n",
                _ => escaped.push(letter),
            }
        }
        self.write(name, &escaped);
    }

    pub(super) fn finish(self) -> String {
        self.0
    }
}

/// A text as the value of a parameter. It cannot hold a quotation mark.
pub(super) fn quoted(text: &str) -> String {
    let letter = |letter: char| match letter {
        '"' => '\'',
        letter if letter.is_control() => ' ',
        letter => letter,
    };
    format!("\"{}\"", text.chars().map(letter).collect::<String>())
}
