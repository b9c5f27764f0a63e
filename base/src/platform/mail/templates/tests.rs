//! Every letter in every language, from one table.

use chrono::{DateTime, Utc};

use super::*;
use crate::platform::time::civil::{ReaderZone, for_reader};

const ROSA: &str = "רוזה כהן";
const LONG: &str = "Maximiliana-Theodora von Hohenstein-Sigmaringendorf y Fernández de la Vega";

fn at(language: Language) -> ReaderTime {
    let noon: DateTime<Utc> = "2027-01-02T12:00:00Z".parse().unwrap();
    for_reader(
        noon,
        ReaderZone::named("Asia/Kolkata").in_language(language),
    )
}

/// Takes the name of a letter, the letter, and texts that it must show.
type Check<'a> = dyn FnMut(&str, &dyn Letter, &[&str]) + 'a;

/// Calls `check` with the name of each letter, and the letter.
fn for_each_letter(language: Language, name: &str, check: &mut Check<'_>) {
    let alias = format!("Círculo de {name}");
    let link = "https://kith.example/page?token=T".to_owned();
    let answer = "https://kith.example/respond?token=T".to_owned();
    let when = at(language);
    macro_rules! check_letters {
        ($($letter:ident { $($field:ident: $value:expr),* } shows [$($shown:expr),*];)+) => {$(
            let letter = $letter { language, $($field: $value,)* };
            check(stringify!($letter), &letter, &[$($shown),*]);
        )+};
    }
    check_letters! {
        VerifyEmail { name: name.into(), code: "123456".into(), link: link.clone() } shows [name, "123456", &link];
        AccountExists { name: name.into() } shows [name];
        ResetPassword { name: name.into(), link: link.clone() } shows [name, &link];
        AccountNews { name: name.into(), subject: "news-new-device-subject", what: "news-new-device", advice: None, when: when.clone(), device: Some("Phone".into()), network: Some("192.0.2.0/24".into()) } shows [name, "Phone", "192.0.2.0/24", "2027"];
        ConfirmAddress { name: name.into(), link: link.clone() } shows [name, &link];
        AddressTaken { name: name.into() } shows [name];
        AddressChanged { name: name.into(), link: link.clone() } shows [name, &link];
        SignInWithCode { name: name.into(), code: "123456".into(), device: Some("Phone".into()) } shows [name, "123456", "Phone"];
        AccountDeletion { name: name.into(), when: when.clone() } shows [name, "2027"];
        AccountErased { name: name.into() } shows [name];
        TokenExpiry { name: name.into(), made: when.clone(), until: when.clone() } shows [name, "2027"];
        Invitation { inviter: name.into(), alias: alias.clone(), until: when.clone(), link: link.clone() } shows [name, &alias, &link, "2027"];
        CircleEnding { name: name.into(), alias: alias.clone(), when: when.clone() } shows [name, &alias, "2027"];
        CircleKept { name: name.into(), alias: alias.clone() } shows [name, &alias];
        CirclePaused { name: name.into(), alias: alias.clone() } shows [name, &alias];
        CircleResumed { name: name.into(), alias: alias.clone() } shows [name, &alias];
        CircleInMemory { name: name.into(), alias: alias.clone() } shows [name, &alias];
        SuccessionRequested { name: name.into(), alias: alias.clone(), when: when.clone() } shows [name, &alias, "2027"];
        SuccessionEnded { name: name.into(), alias: alias.clone() } shows [name, &alias];
        NewCoordinator { name: name.into(), alias: alias.clone() } shows [name, &alias];
        ProxyActive { name: name.into(), alias: alias.clone() } shows [name, &alias];
        TestMail { public_url: link.clone() } shows [&link];
        Notifications { name: name.into(), for_whom: None, alias: alias.clone(), lines: vec![NotificationLine { what: "It moved.".into(), about: Some(name.into()), was: Some(when.clone()), now: Some(when.clone()), respond: Some(answer.clone()) }], unsubscribe: link.clone() } shows [name, &alias, "It moved.", "2027", &link, &answer];
        Notifications { name: "Ana".into(), for_whom: Some(name.into()), alias: alias.clone(), lines: vec![NotificationLine { what: "It moved.".into(), about: None, was: None, now: Some(when.clone()), respond: Some(answer.clone()) }], unsubscribe: link.clone() } shows [name, &alias, "It moved.", "2027", &link, &answer];
    }
    for (needed, said_yes) in [(false, false), (false, true), (true, false)] {
        for for_whom in [None, Some(name.to_owned())] {
            let about = for_whom.clone();
            check_letters! {
                Reminder { confirms: said_yes, needs_people: needed, name: name.into(), for_whom: for_whom.clone(), alias: alias.clone(), which: "2.1.".into(), when: when.clone(), about: about.clone(), respond: Some(answer.clone()), unsubscribe: link.clone() } shows [name, &alias, "2027", &link, &answer];
            }
        }
    }
}

#[test]
fn every_letter_is_written_in_every_language() {
    for language in Language::all() {
        for name in ["Ana", LONG, ROSA] {
            for_each_letter(language, name, &mut |letter, written, shown| {
                let what = format!("{letter} in {}", language.tag());
                let (subject, text, html) = (
                    written.subject(),
                    written.text().unwrap(),
                    written.html().unwrap(),
                );
                assert!(!subject.contains('\n') && !subject.is_empty(), "{what}");
                for part in shown {
                    assert!(text.contains(part), "{what} lacks {part}:\n{text}");
                    assert!(html.contains(part), "{what} lacks {part}:\n{html}");
                }
                let (tag, direction) = (language.tag(), language.direction());
                let page = format!("<html lang=\"{tag}\" dir=\"{direction}\">");
                assert!(html.contains(&page), "{what}:\n{html}");
                // Neither a key nor a variable is left over.
                for part in [&subject, &text] {
                    assert!(!part.contains(['{', '}', '$']), "{what}:\n{part}");
                }
                let end = html.trim_end().ends_with("</html>");
                assert!(end && html.contains("</p>\n</body>"), "{what}:\n{html}");
            });
        }
    }
}

#[test]
fn the_letters_of_two_languages_have_no_sentence_in_common() {
    let texts = |tag: &str| {
        let mut texts = Vec::new();
        let language = Language::named(tag).unwrap();
        for_each_letter(language, "Ana", &mut |letter, written, _| {
            texts.push((
                letter.to_owned(),
                written.subject(),
                written.text().unwrap(),
            ));
        });
        texts
    };
    for (one, other) in [("en", "es"), ("en", "de"), ("es", "de")] {
        for ((letter, subject, text), (_, other_subject, other_text)) in
            texts(one).iter().zip(texts(other))
        {
            let what = format!("{letter} in {one} and {other}");
            assert_ne!(*subject, other_subject, "{what}");
            let words = |line: &&str| line.split(' ').count() > 4;
            for line in text.lines().filter(words) {
                assert!(!other_text.contains(line), "{what}: {line}");
            }
        }
    }
}

#[test]
fn a_hebrew_name_is_isolated_in_every_letter_that_has_one() {
    for language in Language::all() {
        for_each_letter(language, ROSA, &mut |letter, written, _| {
            for part in [written.subject(), written.text().unwrap()] {
                let names = part.matches(ROSA).count();
                let starts = part.matches('\u{2068}').count();
                let ends = part.matches('\u{2069}').count();
                assert!(starts >= names.min(1), "{letter}: {part}");
                assert_eq!(starts, ends, "{letter}: {part}");
            }
        });
    }
}
