//! `MATRIX=<operation>`: the cells of one operation instead of all.

use std::collections::BTreeSet;

/// How many similar names are shown if no operation has the given name.
const NEAR: usize = 5;

/// The operation that `MATRIX` names, if it is set. Ends the test if no operation has this name.
pub fn chosen(known: &BTreeSet<&str>) -> Option<String> {
    let wanted = std::env::var("MATRIX").ok()?;
    assert!(
        known.contains(wanted.as_str()),
        "MATRIX={wanted}: no operation has this name. Similar names: {}",
        near(&wanted, known).join(", ")
    );
    Some(wanted)
}

/// The known names that are most similar to the wanted name, most similar first.
fn near<'a>(wanted: &str, known: &BTreeSet<&'a str>) -> Vec<&'a str> {
    let mut names: Vec<_> = known.iter().copied().collect();
    names.sort_by_key(|name| std::cmp::Reverse(likeness(wanted, name)));
    names.truncate(NEAR);
    names
}

/// The similarity of two names in thousandths: the share of letter pairs that both have.
fn likeness(one: &str, other: &str) -> usize {
    let pairs = |name: &str| -> BTreeSet<[u8; 2]> {
        let letters = name.as_bytes().windows(2);
        letters.map(|pair| [pair[0], pair[1]]).collect()
    };
    let (one, other) = (pairs(one), pairs(other));
    let both = one.intersection(&other).count();
    2000 * both / (one.len() + other.len()).max(1)
}

#[test]
fn a_mistyped_operation_suggests_similar_names() {
    let known = BTreeSet::from(["claim_task", "complete_task", "list_members", "claim_need"]);
    assert_eq!(near("clame_task", &known)[0], "claim_task");
    assert_eq!(near("list_member", &known)[0], "list_members");
}
