//! Stores the use of tokens: the first use of each access token of a session, and from time to
//! time a use of a personal access token. The first use tells a refresh whose answer was lost
//! from a refresh with a stolen token (`rotation.rs`).
//!
//! A read does not wait for the only writer of the database. It checks through a reader that the
//! token may still be used, and is answered while the note waits for the writer. Writers are
//! served in the order in which they ask, so on SQLite a refresh that comes after the answer
//! finds the note stored. A note can still be lost in a power failure, or come too late on
//! PostgreSQL, where writers do not wait for each other. Then the next use of the token stores
//! it. If the answer with the token counted as lost in the meantime, that use ends the session,
//! as the first one would have.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sea_orm::{ConnectionTrait, Statement};

use super::token::AccessToken;
use crate::app::{App, SharedState};
use crate::auth::{Event, MailSecurityEvent, note_event};
use crate::entity::ids::RefreshTokenId;
use crate::entity::security_event::SecurityEventKind;
use crate::http::request::RequestInfo;
use crate::http::response::NoContent;
use crate::platform::db::{Reads, Transaction};
use crate::platform::gate::step_out;
use crate::problem::{Problem, TokenKind};

/// How long a read waits for the note. Usually it is stored at once.
const GRACE: Duration = Duration::from_millis(500);
/// How often the server tries to store a note. It pauses after each try.
const TRIES: u32 = 60;
const PAUSE: Duration = Duration::from_secs(10);

/// The condition for refresh tokens whose access token may be used. If a refresh token was
/// replaced because its answer counted as lost, nobody may use the access token of that answer.
const LIVES: &str = "(used_at IS NULL OR successor_id IS NOT NULL)";

/// The uses that wait to be stored.
#[derive(Debug, Default)]
pub struct PendingUses(Mutex<HashSet<Use>>);

/// Which token was used.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Use {
    /// The access token that came with this refresh token.
    Session(RefreshTokenId),
    /// The personal access token with this hash.
    Personal(Vec<u8>),
}

impl PendingUses {
    /// Whether no other request is storing this use.
    fn begin(&self, of: &Use) -> bool {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(of.clone())
    }

    fn end(&self, of: &Use) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(of);
    }
}

/// Stores the first use of a session's access token. If its answer counted as lost, the session
/// ends.
pub(crate) async fn note(
    app: &App,
    token: AccessToken,
    request: &RequestInfo,
) -> Result<(), Problem> {
    note_in(Transaction::begin(app).await?, token, request).await
}

/// Like [`note`], for a read. A read is answered also while the writer is busy or broken.
pub(crate) async fn note_in_background(
    app: &App,
    token: AccessToken,
    request: &Arc<RequestInfo>,
) -> Result<(), Problem> {
    if !lives(app, token).await? {
        return note(app, token, request).await;
    }
    let of = Use::Session(token.id);
    if !app.shared::<PendingUses>().begin(&of) {
        return Ok(());
    }
    let (noting, request) = (app.clone(), request.clone());
    let noted = app.task_tracker().spawn(async move {
        let outcome = note_when_possible(&noting, token, &request).await;
        noting.shared::<PendingUses>().end(&of);
        outcome
    });
    match step_out(tokio::time::timeout(GRACE, noted)).await {
        Ok(Ok(Err(problem @ Problem::InvalidToken(_)))) => Err(problem),
        _ => Ok(()),
    }
}

/// Stores when a personal access token was used. If that fails, the next use stores it. While one
/// use waits to be stored, other requests with the token do not add a second one.
pub(crate) async fn note_personal_use(app: &App, hash: &[u8]) {
    let of = Use::Personal(hash.to_vec());
    if !app.shared::<PendingUses>().begin(&of) {
        return;
    }
    let (noting, hash) = (app.clone(), hash.to_vec());
    let noted = app.task_tracker().spawn(async move {
        if let Err(problem) = keep_personal_use(&noting, hash).await {
            tracing::warn!(?problem, "a use of a personal access token was not stored");
        }
        noting.shared::<PendingUses>().end(&of);
    });
    // The caller is proven, whether the note is stored in time or not.
    let _ = step_out(tokio::time::timeout(GRACE, noted)).await;
}

async fn keep_personal_use(app: &App, hash: Vec<u8>) -> Result<(), Problem> {
    let transaction = Transaction::begin(app).await?;
    let note = Statement::from_sql_and_values(
        transaction.backend(),
        "UPDATE personal_access_tokens SET last_used_at = $1 WHERE token_hash = $2",
        [transaction.now().into(), hash.into()],
    );
    transaction.tx().execute_raw(note).await?;
    transaction.commit(NoContent).await?;
    Ok(())
}

async fn lives(app: &App, token: AccessToken) -> Result<bool, Problem> {
    let reader = app.reader();
    let found = Statement::from_sql_and_values(
        reader.get_database_backend(),
        format!("SELECT 1 AS one FROM refresh_tokens WHERE id = $1 AND {LIVES}"),
        [token.id.0.into()],
    );
    Ok(reader.row::<i32>(found).await?.is_some())
}

/// Tries again while nothing can be written. No refresh can be written in that time either, so
/// none misses the note.
async fn note_when_possible(
    app: &App,
    token: AccessToken,
    request: &RequestInfo,
) -> Result<(), Problem> {
    let mut tries = 1;
    loop {
        let noted = match Transaction::begin_without_time_limit(app).await {
            Ok(transaction) => note_in(transaction, token, request).await,
            Err(problem) => Err(problem),
        };
        match noted {
            Err(Problem::Unavailable) if tries < TRIES && !app.stopping().is_cancelled() => {
                tries += 1;
                tokio::select! {
                    () = tokio::time::sleep(PAUSE) => {}
                    () = app.stopping().cancelled() => {}
                }
            }
            ended => return ended,
        }
    }
}

async fn note_in(
    transaction: Transaction,
    token: AccessToken,
    request: &RequestInfo,
) -> Result<(), Problem> {
    let execute = async |sql: &str, id: uuid::Uuid| {
        let values = [transaction.now().into(), id.into()];
        let statement = Statement::from_sql_and_values(transaction.backend(), sql, values);
        transaction.tx().execute_raw(statement).await
    };
    // The session comes first: a refresh locks its row, too.
    let session = "UPDATE sessions SET last_used_at = $1 WHERE id = $2";
    execute(session, token.session_id.0).await?;
    let of_the_living =
        format!("UPDATE refresh_tokens SET access_used_at = $1 WHERE id = $2 AND {LIVES}");
    let lives = execute(&of_the_living, token.id.0).await?.rows_affected() == 1;
    if !lives {
        let end = "UPDATE sessions SET ended_at = $1 WHERE id = $2";
        execute(end, token.session_id.0).await?;
        let event = Event {
            session_id: Some(token.session_id),
            ..Event::of(
                SecurityEventKind::RefreshTokenReused,
                token.user_id,
                request,
            )
        };
        let security_event_id = note_event(&transaction, event);
        let mail = MailSecurityEvent { security_event_id };
        transaction.enqueue(&mail).await?;
    }
    transaction.commit(NoContent).await?;
    if lives {
        Ok(())
    } else {
        Err(Problem::InvalidToken(TokenKind::Access))
    }
}

impl SharedState for PendingUses {
    fn begin(_: &App) -> Self {
        Self::default()
    }
}
