//! Writes, reads and deletes the files of pictures, and finds the picture of an address.

use axum::body::Bytes;
use sea_orm::{ConnectionTrait, Statement};

use super::types::PictureSize;
use crate::app::{App, SharedState};
use crate::entity::ids::FileId;
use crate::http::extract::Upload;
use crate::http::file_address::{FileAddress, FileReader};
use crate::platform::db::Reads;
use crate::platform::picture::{MOST_PIXELS, PictureFault, make_squares};
use crate::platform::storage::StoredFile;
use crate::platform::workers::{WorkKind, Workers};
use crate::problem::Problem;

/// The thread that decodes pictures. There is one, because a picture can take 200 megabytes.
struct PictureThread(Workers<()>);

impl SharedState for PictureThread {
    fn begin(_: &App) -> Self {
        Self(Workers::new(WorkKind {
            deed: "reads pictures",
            name: "kith-pictures",
            refused: "picture_work_refused_total",
            threads: 1,
            queue: 8,
            tidy: |(), _| (),
            kept: 0,
        }))
    }
}

/// Writes a picture that was sent. This is before the transaction that names it: a file that no row
/// names is deleted by the sweep, and a row that names no file would show nothing.
pub(super) async fn keep(app: &App, upload: Upload) -> Result<FileId, Problem> {
    let thread = app.shared::<PictureThread>();
    let made = thread.0.run(move |()| make_squares(&upload.bytes)).await?;
    let squares = made.map_err(refuse)?;
    let id = app.clock().new_id();
    for (size, content) in [
        (PictureSize::Large, squares.large),
        (PictureSize::Small, squares.small),
    ] {
        let file = StoredFile::of(id, size.part());
        app.files().write(&file, content).await?;
    }
    Ok(id)
}

/// Deletes a picture that no row names any more. Where that fails, the sweep does it.
pub(super) async fn discard(app: &App, before: Option<FileId>) {
    let Some(id) = before else { return };
    for size in PictureSize::ALL {
        let file = StoredFile::of(id, size.part());
        if let Err(problem) = app.files().delete(&file).await {
            tracing::debug!(?problem, "a picture is left to the sweep");
        }
    }
}

/// A stored picture.
pub(crate) async fn read(app: &App, id: FileId, size: PictureSize) -> Result<Bytes, Problem> {
    let file = StoredFile::of(id, size.part());
    let content = app.files().read(&file).await?;
    if content.is_none() {
        tracing::warn!("a picture is missing in FILES_DIR: restore the folder from a backup");
    }
    content.ok_or(Problem::NotFound)
}

/// The picture of an address, if its reader sees it now.
pub(super) async fn find(app: &App, address: &FileAddress) -> Result<FileId, Problem> {
    // Former members are not shown, and disabled accounts see nothing.
    let (sql, values) = match address.reader {
        FileReader::Account(user) => (
            "SELECT avatar_file_id FROM users \
             WHERE id = $1 AND state <> 'disabled' AND avatar_file_id IS NOT NULL",
            vec![user.into()],
        ),
        FileReader::Member(circle, member) => (
            "WITH me AS (\
                SELECT m.circle_id FROM memberships m \
                JOIN users u ON u.id = m.user_id AND u.state <> 'disabled' \
                WHERE m.circle_id = $1 AND m.id = $2 AND m.state IN ('active', 'leaving')\
             ) \
             SELECT u.avatar_file_id FROM me \
             JOIN memberships m ON m.circle_id = me.circle_id \
                AND m.state IN ('active', 'suspended', 'leaving') \
             JOIN users u ON u.id = m.user_id WHERE u.avatar_file_id IS NOT NULL \
             UNION ALL \
             SELECT c.patient_photo_file_id FROM me \
             JOIN circles c ON c.id = me.circle_id WHERE c.patient_photo_file_id IS NOT NULL",
            vec![circle.into(), member.into()],
        ),
    };
    let reader = app.reader();
    let backend = reader.get_database_backend();
    let statement = Statement::from_sql_and_values(backend, sql, values);
    let mut seen = reader.rows::<FileId>(statement).await?.into_iter();
    seen.find(|id| address.leads_to(*id))
        .ok_or(Problem::NotFound)
}

fn refuse(fault: PictureFault) -> Problem {
    match fault {
        PictureFault::Heic => Problem::UnsupportedPicture(
            "This is a HEIC file, as iPhones take them. Convert it to JPEG and send that.",
        ),
        PictureFault::UnknownFormat => Problem::UnsupportedPicture(
            "This is not a JPEG, PNG or WebP file. Send the picture in one of these formats.",
        ),
        PictureFault::Empty => {
            Problem::PictureRefused("The body is empty. Send the bytes of the picture.".into())
        }
        PictureFault::Damaged => Problem::PictureRefused(
            "The picture is damaged, or was not sent completely. Send another one.".into(),
        ),
        PictureFault::TooManyPixels => Problem::PictureRefused(format!(
            "The picture has too many pixels. Send one with at most {} million.",
            MOST_PIXELS / 1_000_000
        )),
    }
}
