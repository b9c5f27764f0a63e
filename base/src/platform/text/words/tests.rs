use super::*;

/// Titles in many scripts.
const TITLES: [&str; 18] = [
    "Ärztin anrufen: Größe & Straße",
    "Éléonore, l'œuvre à Łódź — Ångström",
    "Işıl'ın İstanbul randevusu",
    "Ο Γιώργος φέρνει τις ΣΟΎΠΕΣ",
    "Ёжик привёз лекарство для Йозефа",
    "مَوْعِد الطَّبِيبَة في العيادة ٢٣",
    "רוֹפֵא שיניים ביום שלישי",
    "นัดหมอพรุ่งนี้ที่โรงพยาบาล",
    "医生明天来家里",
    "明日の病院とパン、ｶﾞﾝ検査",
    "병원 예약 내일 오후",
    "Walk 🐕 and 💊 at 9️⃣ o'clock ❤️",
    "दवाई लाना है",
    "Đặt lịch khám bệnh",
    "CT検査 10:30 Raum B-17",
    "Ａｐｏｔｈｅｋｅ ﬁnden № ½",
    "ห้องน้ำ ກະລຸນາ ဆေးရုံ មន្ទីរពេទ្យ",
    "ㅎㅏㄴ 한 \u{1112}\u{1161}\u{11ab}",
];

/// Every character that people write, and of the many ideographs and Korean syllables a sample.
fn every_character() -> impl Iterator<Item = char> {
    let is_one_of_many = |code: &u32| matches!(code, 0x3400..0xA000 | 0xAC00..0xF900 | 0x2_0000..);
    (0..0x3_2000)
        .filter(move |code| !is_one_of_many(code) || code % 61 == 0)
        .filter_map(char::from_u32)
        .filter(|c| c.is_alphanumeric() || Class::of(*c) != Class::Blank)
}

#[test]
fn normalizing_again_changes_nothing() {
    let check = |text: &str| {
        let once = normalized(text);
        assert_eq!(normalized(&once), once, "{text:?}");
    };
    for title in TITLES {
        check(title);
    }
    for c in every_character() {
        check(&format!("a{c}b {c}{c} か{c}\u{3099}한{c} {c}\u{301}"));
    }
    check(&"ä".repeat(100));
    check(&"ก\u{e34}\u{e48}".repeat(100));
}

#[test]
fn every_title_is_found_by_each_of_its_own_words() {
    for title in TITLES {
        let words = words_of([title], &[], 200);
        assert!(!words.is_empty(), "{title}");
        let written = title.split_whitespace();
        for word in written.filter(|word| count_words(word) > 0) {
            for typed in [word.to_owned(), word.to_lowercase(), word.to_uppercase()] {
                let wanted = wanted(&typed, 20);
                assert!(!wanted.is_empty(), "{typed}");
                for one in &wanted {
                    let found = words.iter().any(|word| one.fits(word));
                    assert!(found, "{typed}: {one:?} in {words:?}");
                }
                assert!(!places_of(title, &wanted).is_empty(), "{typed} in {title}");
            }
        }
    }
}

#[test]
fn what_people_leave_out_or_vary_is_the_same() {
    for (one, other) in [
        ("Éléonore", "eleonore"),
        ("ELEONORE", "e\u{301}le\u{301}onore"),
        ("Straße", "STRASSE"),
        ("Größe", "grosse"),
        ("İstanbul", "istanbul"),
        ("ISPARTA", "ısparta"),
        ("Γιώργος", "ΓΙΩΡΓΟΣ"),
        ("Йозеф", "иозеф"),
        ("مَوْعِد", "موعد"),
        ("רוֹפֵא", "רופא"),
        ("٢٣", "23"),
        ("ｶﾞﾝ", "ガン"),
        ("Ａｐｏ", "apo"),
        ("ﬁnden", "finden"),
        ("œuvre", "oeuvre"),
        ("한국", "\u{1112}\u{1161}\u{11ab}\u{1100}\u{116e}\u{11a8}"),
        ("❤️", "❤"),
        ("👍🏽", "👍"),
        ("so\u{ad}fort", "sofort"),
    ] {
        assert_eq!(normalized(one), normalized(other), "{one}");
    }
    // Letters of their own.
    for (one, other) in [("か", "が"), ("मैं", "मं"), ("มา", "ม้า")] {
        assert_ne!(normalized(one), normalized(other), "{one}");
    }
}

#[test]
fn words_end_at_what_is_no_letter() {
    assert_eq!(
        normalized("l'école: 10:30 (B-17), don’t!"),
        "l ecole 10 30 b 17 don t"
    );
    assert_eq!(normalized("CT検査🐕OK"), "ct 検査 🐕 ok");
    assert_eq!(normalized(" … \u{301} ¡!"), "");
    assert_eq!(count_words("明日の病院 and 🐕🐕"), 4);
}

#[test]
fn a_run_without_spaces_is_indexed_in_pairs() {
    assert_eq!(
        words_of(["糖尿病 薬"], &[], 200),
        ["糖尿", "尿病", "病", "薬"]
    );
    let texts = |query: &str| -> Vec<String> {
        wanted(query, 20)
            .into_iter()
            .map(|wanted| wanted.text)
            .collect()
    };
    assert_eq!(texts("糖尿病"), ["糖尿", "尿病"]);
    assert_eq!(texts("明日の病院"), ["明日", "の病", "病院"]);
    assert_eq!(
        wanted("尿", 20),
        [Wanted {
            text: "尿".into(),
            begins: true
        }]
    );
    assert_eq!(wanted("明日の病院", 2).len(), 2);
}

#[test]
fn only_the_last_word_may_be_a_beginning_and_only_from_three_letters_on() {
    let wanted = |query: &str| -> Vec<(String, bool)> {
        let wanted = wanted(query, 20).into_iter();
        wanted.map(|wanted| (wanted.text, wanted.begins)).collect()
    };
    assert_eq!(wanted("Apo"), [("apo".into(), true)]);
    assert_eq!(wanted("ap"), [("ap".into(), false)]);
    assert_eq!(
        wanted("Rezept holen"),
        [("rezept".into(), false), ("holen".into(), true)]
    );
    assert_eq!(
        wanted("holen holen ho"),
        [("holen".into(), false), ("ho".into(), false)]
    );
}

#[test]
fn words_are_counted_once_and_only_so_many() {
    assert_eq!(words_of(["a b A", "b c d"], &["a".into()], 2), ["b", "c"]);
    let long = "x".repeat(100);
    assert_eq!(words_of([long.as_str()], &[], 9), ["x".repeat(40)]);
    // The whole of a long word finds it as well.
    assert_eq!(wanted(&long, 9)[0].text, "x".repeat(40));
}

#[test]
fn places_are_counted_in_characters_of_the_text_as_it_was_written() {
    let places = |text: &str, query: &str| -> Vec<(usize, usize)> {
        let places = places_of(text, &wanted(query, 20)).into_iter();
        places.map(|place| (place.start, place.end)).collect()
    };
    assert_eq!(places("Größe der Straße", "STRASSE"), [(10, 16)]);
    assert_eq!(
        places("e\u{301}te\u{301} und Été", "ete"),
        [(0, 5), (10, 13)]
    );
    assert_eq!(places("私の糖尿病の薬", "糖尿病"), [(2, 5)]);
    assert_eq!(places("私の糖尿病の薬", "糖"), [(2, 3)]);
    assert_eq!(places("Rezepte, Rezept", "rez"), [(0, 7), (9, 15)]);
    assert_eq!(places("nothing", "rez"), []);
}
