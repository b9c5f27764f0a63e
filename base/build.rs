//! Lists the languages: each file in `src/platform/language/messages` is one.

use std::path::Path;
use std::{env, fs, io};

const FOLDER: &str = "src/platform/language/messages";

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed={FOLDER}");
    let folder = env::current_dir()?.join(FOLDER);
    let mut files = Vec::new();
    for file in fs::read_dir(folder)? {
        let path = file?.path();
        if path.extension().is_some_and(|extension| extension == "ftl") {
            files.push(path);
        }
    }
    files.sort();
    let entries = files.iter().map(|path| {
        let tag = path.file_stem().unwrap_or_default().to_string_lossy();
        let path = path.to_string_lossy();
        format!("({tag:?}, include_str!({path:?})),\n")
    });
    let list = format!("&[\n{}]\n", entries.collect::<String>());
    let out = env::var("OUT_DIR").map_err(io::Error::other)?;
    fs::write(Path::new(&out).join("languages.rs"), list)
}
