//! How the sources lie: the layers of `src/`, and the files that tests name.

mod layers;
mod named_files;
