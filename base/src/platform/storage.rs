//! The store of files: pictures now, and other files that people send later. It is a folder.
//!
//! A file never changes: what replaces it has another id. A row of the database names the id, and
//! the two agree also after a crash, because each step leaves at most a file too many:
//!
//! 1. The file is written, and is on the disk.
//! 2. A transaction writes its id into a row.
//! 3. The hourly sweep (`privacy/stored_files.rs`) deletes the files that no row names.
//!
//! So nothing else has to delete files. What a row that is deleted has named is deleted by the
//! sweep.

use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use axum::body::Bytes;
use futures_util::stream::BoxStream;
use futures_util::{StreamExt, TryStreamExt};
use object_store::local::LocalFileSystem;
use object_store::memory::InMemory;
use object_store::path::Path as Place;
use object_store::{ObjectStore, ObjectStoreExt};
use uuid::Uuid;

use crate::entity::ids::FileId;
use crate::platform::crypto::keys::random_bytes;
use crate::platform::files;
use crate::platform::gate::step_out;
use crate::problem::Problem;

/// The store of files. A clone is cheap.
#[derive(Clone, Debug)]
pub struct FileStore(Arc<dyn ObjectStore>);

/// A stored file. What belongs together, like a picture in two sizes, has one id and several parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredFile {
    pub id: FileId,
    pub part: String,
}

impl StoredFile {
    pub fn of(id: FileId, part: &str) -> Self {
        let part = part.to_owned();
        Self { id, part }
    }

    /// Its place: `3f/0199d7a0-….large.jpg`. The folders, by the last digits of the id, keep each
    /// folder small.
    fn place(&self) -> Place {
        let folder = Self::name_of(self.folder());
        Place::from(format!("{folder}/{}.{}", self.id, self.part))
    }

    /// The number of its folder: the last byte of the id.
    pub fn folder(&self) -> u8 {
        let [.., last] = self.id.0.into_bytes();
        last
    }

    fn name_of(folder: u8) -> String {
        format!("{folder:02x}")
    }

    /// The file at a place; `None` for what somebody else has put there.
    fn at(place: &Place) -> Option<Self> {
        let (id, part) = place.filename()?.split_once('.')?;
        let file = Self::of(FileId(Uuid::try_parse(id).ok()?), part);
        (file.place() == *place).then_some(file)
    }
}

impl FileStore {
    /// A folder, which is created if it is missing. Nobody else can read it.
    pub fn in_folder(folder: &Path) -> anyhow::Result<Self> {
        files::create_folder(folder)
            .with_context(|| format!("cannot create {}", folder.display()))?;
        let store = LocalFileSystem::new_with_prefix(folder)?.with_fsync(true);
        Ok(Self(Arc::new(store)))
    }

    /// For tests.
    pub fn in_memory() -> Self {
        Self(Arc::new(InMemory::new()))
    }

    /// Whether files can be written, read and deleted.
    pub async fn check(&self) -> anyhow::Result<()> {
        // Several servers may start at the same time.
        let place = Place::from(format!("check-{}", u64::from_ne_bytes(random_bytes()?)));
        let written = b"written by the start of the server";
        self.0
            .put(&place, Bytes::from_static(written).into())
            .await?;
        let read = self.0.get(&place).await?.bytes().await?;
        anyhow::ensure!(read == written[..], "what was written is not what is read");
        Ok(self.0.delete(&place).await?)
    }

    /// Writes a file. Afterward it is on the disk.
    pub async fn write(&self, file: &StoredFile, content: Vec<u8>) -> Result<(), Problem> {
        let place = file.place();
        let put = self.0.put(&place, content.into());
        step_out(put).await.map_err(failed)?;
        Ok(())
    }

    /// The content of a file, if it is there.
    pub async fn read(&self, file: &StoredFile) -> Result<Option<Bytes>, Problem> {
        let place = file.place();
        let get = async { self.0.get(&place).await?.bytes().await };
        match step_out(get).await {
            Ok(content) => Ok(Some(content)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(failed(error)),
        }
    }

    /// Deletes a file, if it is there.
    pub async fn delete(&self, file: &StoredFile) -> Result<(), Problem> {
        let place = file.place();
        match step_out(self.0.delete(&place)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(failed(error)),
        }
    }

    /// Every stored file, in any order.
    pub fn list(&self) -> BoxStream<'static, Result<StoredFile, Problem>> {
        self.list_below(None)
    }

    /// Every file of one of the 256 folders, in any order.
    pub fn list_folder(&self, folder: u8) -> BoxStream<'static, Result<StoredFile, Problem>> {
        let folder = Place::from(StoredFile::name_of(folder));
        self.list_below(Some(&folder))
    }

    fn list_below(&self, place: Option<&Place>) -> BoxStream<'static, Result<StoredFile, Problem>> {
        let all = self.0.list(place).map_err(failed);
        all.try_filter_map(async |found| Ok(StoredFile::at(&found.location)))
            .boxed()
    }
}

/// A full disk is no bug: it is answered with 503.
#[track_caller]
fn failed(error: object_store::Error) -> Problem {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(&error);
    while let Some(inner) = cause {
        let io = inner.downcast_ref::<std::io::Error>();
        if io.is_some_and(|io| io.kind() == std::io::ErrorKind::StorageFull) {
            tracing::error!("the disk with FILES_DIR is full");
            return Problem::Unavailable;
        }
        cause = inner.source();
    }
    Problem::internal(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(name: &str) -> std::path::PathBuf {
        let folder = std::env::temp_dir().join(format!("kith-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        folder
    }

    async fn all(store: &FileStore) -> Vec<StoredFile> {
        store.list().try_collect().await.unwrap()
    }

    #[tokio::test]
    async fn a_file_is_read_as_it_was_written_until_it_is_deleted() {
        let folder = folder("storage");
        let (in_folder, in_memory) = (FileStore::in_folder(&folder), FileStore::in_memory());
        for store in [in_folder.unwrap(), in_memory] {
            store.check().await.unwrap();
            let id = FileId(Uuid::from_u128(7));
            let files = ["large.jpg", "small.jpg"].map(|part| StoredFile::of(id, part));
            for file in &files {
                assert!(store.read(file).await.unwrap().is_none());
                store.write(file, b"content".to_vec()).await.unwrap();
                assert_eq!(store.read(file).await.unwrap().unwrap(), &b"content"[..]);
            }
            assert_eq!(all(&store).await.len(), 2);
            store.delete(&files[0]).await.unwrap();
            store.delete(&files[0]).await.unwrap();
            assert_eq!(all(&store).await, [files[1].clone()]);
        }
        std::fs::remove_dir_all(&folder).unwrap();
    }

    #[tokio::test]
    async fn the_list_leaves_out_what_the_store_has_not_written() {
        let folder = folder("storage-others");
        let store = FileStore::in_folder(&folder).unwrap();
        std::fs::create_dir(folder.join("07")).unwrap();
        for name in [
            "lost+found",
            "07/notes.txt",
            "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c07.jpg",
        ] {
            std::fs::write(folder.join(name), "").unwrap();
        }
        assert_eq!(all(&store).await, []);
        std::fs::remove_dir_all(&folder).unwrap();
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn only_the_owner_can_open_the_folder() {
        use std::os::unix::fs::PermissionsExt;
        let folder = folder("storage-mode");
        FileStore::in_folder(&folder).unwrap();
        let mode = std::fs::metadata(&folder).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
