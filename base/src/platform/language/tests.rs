use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use fluent_bundle::FluentResource;

use super::*;

/// The keys of a file, each with its variables. Comments are left out.
fn keys(text: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut keys: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut key = String::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        if let Some((before, _)) = line.split_once(" =")
            && before.starts_with(|letter: char| letter.is_ascii_lowercase())
        {
            before.clone_into(&mut key);
            let again = keys.insert(key.clone(), BTreeSet::new());
            assert!(again.is_none(), "{key} is there twice");
        }
        for part in line.split('$').skip(1) {
            let in_name = |letter: &char| letter.is_ascii_alphanumeric() || *letter == '-';
            let name: String = part.chars().take_while(in_name).collect();
            keys.get_mut(&key).unwrap().insert(name);
        }
    }
    keys
}

fn english() -> BTreeMap<String, BTreeSet<String>> {
    let file = FILES.iter().find(|(tag, _)| *tag == "en");
    keys(file.unwrap().1)
}

/// The text of all sources and templates of the server.
fn sources() -> String {
    fn read(folder: &Path, all: &mut String) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let extension = path.extension().unwrap_or_default();
            if path.is_dir() {
                read(&path, all);
            } else if ["rs", "txt", "html"]
                .iter()
                .any(|known| extension == *known)
            {
                *all += &fs::read_to_string(path).unwrap();
            }
        }
    }
    let base = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut all = String::new();
    read(&base.join("src"), &mut all);
    read(&base.join("../src"), &mut all);
    all
}

#[test]
fn every_file_has_the_messages_of_english_with_the_same_variables() {
    for (tag, text) in FILES {
        let read = FluentResource::try_new((*text).to_owned());
        assert!(
            read.is_ok(),
            "{tag}.ftl has mistakes: {:?}",
            read.err().map(|(_, why)| why)
        );
        let keys = keys(text);
        for (key, variables) in english() {
            let own = keys.get(&key);
            assert_eq!(own, Some(&variables), "{key} in {tag}.ftl");
        }
        let more: Vec<&String> = keys
            .keys()
            .filter(|key| !english().contains_key(*key))
            .collect();
        assert!(more.is_empty(), "only in {tag}.ftl: {more:?}");
    }
}

#[test]
fn every_message_is_used_and_every_message_that_is_used_is_there() {
    let sources = sources();
    let english = english();
    for key in english.keys() {
        assert!(
            sources.contains(&format!("\"{key}\"")),
            "nothing says {key}: take it out of the files in messages"
        );
    }
    for call in ["say(\"", ".t(\""] {
        for rest in sources.split(call).skip(1) {
            let (key, _) = rest.split_once('"').unwrap();
            assert!(english.contains_key(key), "en.ftl lacks {key}");
        }
    }
}

#[test]
fn no_message_contains_markup() {
    for (tag, text) in FILES {
        let messages = text.lines().filter(|line| !line.starts_with('#'));
        for line in messages {
            assert!(!line.contains(['<', '&']), "{tag}: {line}");
        }
    }
}

#[test]
fn a_tag_names_a_language_however_it_is_written() {
    for (tag, language) in [
        ("es", Some("es")),
        ("ES", Some("es")),
        ("es-MX", Some("es")),
        ("de_AT", Some("de")),
        (" en-US ", Some("en")),
        ("fr", None),
        ("", None),
        ("esperanto", None),
    ] {
        assert_eq!(Language::named(tag).map(Language::tag), language, "{tag}");
    }
    assert_eq!(
        Language::first_of([None, Some("fr"), Some("de")]).tag(),
        "de"
    );
    assert_eq!(Language::first_of([None, None]), Language::ENGLISH);
}

#[test]
fn a_browser_gets_the_language_that_it_likes_best() {
    for (header, language) in [
        ("es-MX,es;q=0.9,en;q=0.8", Some("es")),
        ("fr, de;q=0.7, en;q=0.3", Some("de")),
        ("en;q=0.2, es;q=0.5", Some("es")),
        ("fr", None),
        ("de;q=0", None),
        ("de;q=x, es;q=0.1", Some("es")),
        ("", None),
    ] {
        assert_eq!(
            Language::accepted(header).map(Language::tag),
            language,
            "{header}"
        );
    }
}

#[test]
fn numbers_choose_the_plural() {
    let said = |tag: &str, count: i64| {
        let language = Language::named(tag).unwrap();
        let message = language.say("reminder-left-days").with("count", &count);
        message.to_string()
    };
    let told = |tag: &str| [0, 1, 2, 5].map(|count| said(tag, count));
    assert_eq!(
        told("en"),
        ["in 0 days", "in 1 day", "in 2 days", "in 5 days"]
    );
    assert_eq!(
        told("es"),
        ["en 0 días", "en 1 día", "en 2 días", "en 5 días"]
    );
    assert_eq!(
        told("de"),
        ["in 0 Tagen", "in 1 Tag", "in 2 Tagen", "in 5 Tagen"]
    );
}

#[test]
fn a_hebrew_name_keeps_its_direction_to_itself() {
    let hello = |name: &str| Language::ENGLISH.say("hello").with("name", name);
    assert_eq!(hello("רוזה").to_string(), "Hello \u{2068}רוזה\u{2069},");
    assert_eq!(hello("Rosa").to_string(), "Hello Rosa,");
    assert_eq!(hello("Łucja Ó").to_string(), "Hello Łucja Ó,");
}

#[test]
fn html_escapes_names_and_shows_some_in_bold() {
    let message = Language::ENGLISH
        .say("invitation-invites")
        .with("inviter", "<b>Ana</b>")
        .strong("alias", "Ana's circle");
    assert_eq!(
        message.html().to_string(),
        "&#60;b&#62;Ana&#60;/b&#62; invites you to <strong>Ana&#39;s circle</strong> on Kith, \
         where a family shares what there is to do."
    );
}

#[test]
fn several_names_are_listed_as_the_language_does_it() {
    let list = |tag: &str, names: &[&str]| {
        let names = names.iter().map(|name| (*name).to_owned()).collect();
        Language::named(tag).unwrap().list(names)
    };
    assert_eq!(list("en", &[]), "");
    assert_eq!(list("en", &["Rosa"]), "Rosa");
    assert_eq!(list("en", &["you", "Rosa", "Lea"]), "you, Rosa and Lea");
    assert_eq!(list("es", &["ti", "Rosa", "Lea"]), "ti, Rosa y Lea");
    assert_eq!(list("de", &["dich", "Rosa"]), "dich und Rosa");
}
