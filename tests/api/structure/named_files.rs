//! Messages of failing tests name the file to change. This test checks that those files exist.

use std::collections::BTreeSet;
use std::path::Path;

use regex::Regex;

use super::rust_files;

#[test]
fn every_file_that_a_test_names_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let named = Regex::new(r"\b(?:(?:base/|migration/)?src|tests)/[\w/]+\.rs\b").unwrap();
    let mut found = BTreeSet::new();
    let mut gone = BTreeSet::new();
    for path in rust_files(&root.join("tests")) {
        let text = std::fs::read_to_string(&path).unwrap();
        let by = path.strip_prefix(root).unwrap().display().to_string();
        for name in named.find_iter(&text).map(|name| name.as_str()) {
            found.insert(name.to_owned());
            if !root.join(name).exists() {
                gone.insert(format!("{by} names {name}"));
            }
        }
    }
    assert!(
        found.len() > 20,
        "the pattern found too few files: {found:?}"
    );
    assert!(
        gone.is_empty(),
        "{gone:#?}\nThese files have moved or do not exist: name the new files in the texts of the tests"
    );
}
