//! The language that a browser asks for.

use super::Language;

impl Language {
    /// The first language of an `Accept-Language` header that this server has, by its weights.
    pub fn accepted(header: &str) -> Option<Self> {
        let mut wishes: Vec<(u16, Self)> = header.split(',').filter_map(wish).collect();
        wishes.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
        wishes.first().map(|(_, language)| *language)
    }
}

/// A language with its weight in thousandths. `q=0` refuses a language.
fn wish(part: &str) -> Option<(u16, Language)> {
    let mut parameters = part.split(';');
    let language = Language::named(parameters.next()?)?;
    let weight = parameters.find_map(|parameter| parameter.trim().strip_prefix("q="));
    let weight = weight.map_or(Some(1000), thousandths)?;
    (weight > 0).then_some((weight, language))
}

/// `0.8` is 800.
fn thousandths(weight: &str) -> Option<u16> {
    let (whole, part) = weight.trim().split_once('.').unwrap_or((weight.trim(), ""));
    let part = format!("{part:0<3}");
    let part: u16 = part.get(..3)?.parse().ok()?;
    let whole: u16 = whole.parse().ok()?;
    whole.checked_mul(1000)?.checked_add(part)
}
