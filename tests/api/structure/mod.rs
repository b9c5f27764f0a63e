//! Tests of the source tree: the layers of `src/`, and the files that tests name.

mod layers;
mod named_files;

use std::path::{Path, PathBuf};

/// All Rust files in a folder and in its subfolders.
pub fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path);
            }
        }
    }
    files
}

/// The folders with the sources of the two crates, `kith-base` first.
pub fn source_folders() -> [PathBuf; 2] {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    [root.join("base/src"), root.join("src")]
}
