//! Invisible characters. Contact apps, messengers and office programs put them around what people
//! copy. Inside a text they can forge what it seems to say.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Whether it only sets the direction of a text: left-to-right, right-to-left and Arabic letter
/// marks, embeddings, overrides, isolates and their ends.
pub(super) fn is_direction(c: char) -> bool {
    matches!(
        c,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
    )
}

/// Forces a direction on the text after it, even if its letters have another.
pub(super) fn is_override(c: char) -> bool {
    matches!(c, '\u{202d}' | '\u{202e}')
}

/// Joins or separates its neighbors: needed in Persian, Sinhala and emoji, invisible in Latin.
pub(super) fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}')
}

/// Chooses a variant of the character before it.
pub(super) fn is_variation(c: char) -> bool {
    matches!(
        c,
        '\u{180b}'..='\u{180d}' | '\u{180f}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}'
    )
}

/// Turns the black flag before it into another flag. Elsewhere it hides text.
pub(super) fn is_tag(c: char) -> bool {
    matches!(c, '\u{e0020}'..='\u{e007f}')
}

/// Whether nobody sees it, and a text loses nothing without it: the characters that Unicode calls
/// default-ignorable, fillers, and the placeholder of an attachment.
pub(super) fn is_invisible(c: char) -> bool {
    is_direction(c)
        || is_joiner(c)
        || is_variation(c)
        || matches!(
            c,
            '\u{ad}'
                | '\u{34f}'
                | '\u{115f}'
                | '\u{1160}'
                | '\u{17b4}'
                | '\u{17b5}'
                | '\u{180e}'
                | '\u{200b}'
                | '\u{2060}'..='\u{206f}'
                | '\u{3164}'
                | '\u{feff}'
                | '\u{ffa0}'
                | '\u{fff0}'..='\u{fffc}'
                | '\u{16fe4}'
                | '\u{1bca0}'..='\u{1bca3}'
                | '\u{1d159}'
                | '\u{1d173}'..='\u{1d17a}'
                | '\u{e0000}'..='\u{e0fff}'
        )
}

/// Whether it looks like a space. The blank of Braille does too.
pub(super) fn is_blank(c: char) -> bool {
    c.is_whitespace() || c == '\u{2800}'
}

/// A control character, or a code point that is not a character.
pub(super) fn is_forbidden(c: char) -> bool {
    let code = u32::from(c);
    c.is_control() || matches!(code, 0xFDD0..=0xFDEF) || code & 0xFFFE == 0xFFFE
}

/// Whether there is a visible character. A combining mark alone does not count: it has no letter
/// to stand on.
pub(super) fn has_visible(text: &str) -> bool {
    text.chars()
        .any(|c| !is_blank(c) && !is_invisible(c) && !is_forbidden(c) && !is_combining_mark(c))
}

/// A hyphen, a dash or a minus, from any keyboard.
pub(super) fn is_dash(c: char) -> bool {
    matches!(
        c,
        '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}'
    )
}

/// The zeros of the scripts whose keyboards type digits of their own. The other nine digits follow
/// each zero.
const ZEROS: [u32; 26] = [
    0x0030, 0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0B66, 0x0BE6, 0x0C66, 0x0CE6,
    0x0D66, 0x0DE6, 0x0E50, 0x0ED0, 0x0F20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x1C50, 0xA9F0,
    0xFF10, 0x1E950,
];

/// The digit as one of 0 to 9.
pub(super) fn plain_digit(c: char) -> Option<char> {
    let code = u32::from(c);
    let zero = ZEROS
        .into_iter()
        .find(|zero| (*zero..zero + 10).contains(&code))?;
    char::from_digit(code - zero, 10)
}

/// The text without invisible characters.
pub fn take_off_hidden(text: &str) -> String {
    text.chars().filter(|c| !is_invisible(*c)).collect()
}

/// Replaces letters that only look wide, small or circled with plain letters.
pub fn fold_width(text: &str) -> String {
    text.nfkc().collect()
}
