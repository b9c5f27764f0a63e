//! A top-level module uses only the modules that are declared before it.
//!
//! The order of the `pub mod` lines in `base/src/lib.rs`, and then in `src/lib.rs`, is the
//! order of the layers. So a reader of one layer knows that no earlier layer depends on it.

use std::path::{Path, PathBuf};

use regex::Regex;

use super::{rust_files, source_folders};

/// An import of a later layer.
fn wrong_imports(layers: &[String], module: &str, file: &str, source: &str) -> Vec<String> {
    let path = Regex::new(r"\bcrate::(?:(\w+)|\{)").unwrap();
    let place = |name: &str| layers.iter().position(|layer| layer == name);
    let mut wrong = Vec::new();
    for (number, line) in (1..).zip(source.lines()) {
        if line.trim_start().starts_with("//") {
            continue;
        }
        for found in path.captures_iter(line) {
            let Some(used) = found.get(1).map(|name| name.as_str()) else {
                wrong.push(format!(
                    "{file}:{number} imports `crate::{{…}}`: write one `use crate::` for each layer"
                ));
                continue;
            };
            // A name that is no module is a macro of the crate `kith-base`.
            let Some(used_place) = place(used) else {
                continue;
            };
            if place(module).is_none_or(|own| used_place > own) {
                wrong.push(format!(
                    "{file}:{number} `{module}` uses `crate::{used}`, which is declared after it"
                ));
            }
        }
    }
    wrong
}

/// The modules in the order of `base/src/lib.rs` and `src/lib.rs`.
fn layers() -> Vec<String> {
    let declared = Regex::new(r"(?m)^pub mod (\w+);").unwrap();
    let mut layers = Vec::new();
    for folder in source_folders() {
        let lib = std::fs::read_to_string(folder.join("lib.rs")).unwrap();
        let names = declared.captures_iter(&lib);
        layers.extend(names.map(|found| found[1].to_owned()));
    }
    layers
}

/// Every source file with the top-level module it belongs to.
fn sources() -> Vec<(String, PathBuf)> {
    let mut sources = Vec::new();
    for root in source_folders() {
        for path in rust_files(&root) {
            let inside = path.strip_prefix(&root).unwrap();
            let first = inside.components().next().unwrap();
            let module = Path::new(first.as_os_str()).file_stem().unwrap();
            sources.push((module.to_str().unwrap().to_owned(), path));
        }
    }
    sources
}

#[test]
fn no_module_uses_a_module_that_is_declared_after_it() {
    let layers = layers();
    let mut wrong = Vec::new();
    let mut read = 0;
    for (module, path) in sources() {
        if module == "lib" || module == "main" {
            continue;
        }
        let source = std::fs::read_to_string(&path).unwrap();
        let file = path.strip_prefix(env!("CARGO_MANIFEST_DIR")).unwrap();
        wrong.extend(wrong_imports(
            &layers,
            &module,
            &file.display().to_string(),
            &source,
        ));
        read += 1;
    }
    assert!(read > 300, "the test found too few sources: {read}");
    assert!(
        wrong.is_empty(),
        "{wrong:#?}\n\
         The layers, from the ground up: {}.\n\
         A module uses only modules before it in this list. Move the code that is needed to a \
         layer that both can use, or let the earlier module declare a trait that the later \
         module implements. A new layer is a `pub mod` line at its place in src/lib.rs, or in \
         base/src/lib.rs if it does not depend on what a family shares.",
        layers.join(", ")
    );
}

#[test]
fn every_entry_of_the_sources_is_a_layer() {
    let layers = layers();
    for (module, path) in sources() {
        let known = layers.contains(&module) || module == "lib" || module == "main";
        assert!(
            known,
            "{}: `{module}` is not declared in the lib.rs beside it; add `pub mod {module};` at \
             the place of its layer, or move the file into an existing module",
            path.display()
        );
    }
}

#[test]
fn an_import_of_a_later_layer_is_found() {
    let layers = ["platform", "access", "features"].map(str::to_owned);
    let found = |source: &str| wrong_imports(&layers, "access", "src/access/circle.rs", source);
    assert!(found("use crate::platform::db::Transaction;").is_empty());
    assert!(found("use crate::access::CircleScope;").is_empty());
    assert!(found("//! See [`crate::features::tasks`].").is_empty());
    assert_eq!(
        found("use crate::platform::db;\nuse crate::features::tasks;"),
        ["src/access/circle.rs:2 `access` uses `crate::features`, which is declared after it"]
    );
    assert_eq!(found("let _ = crate::features::tasks::list();").len(), 1);
    assert_eq!(found("use crate::{features, platform};").len(), 1);
}
