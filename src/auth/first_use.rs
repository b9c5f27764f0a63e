//! Notes that a token is used: the first use of each session's access token, which tells
//! a renewal whose answer was lost from one that was stolen, and a use of a personal
//! access token now and then.
//!
//! A read does not need the database's only writer, so it does not wait for it either. It
//! asks the readers whether the token may still be used, and is answered while the note
//! waits for its turn. Turns are dealt out in the order of asking: on SQLite a renewal that
//! is asked for after the answer finds the note kept. If the note is lost all the same, with
//! the power or on another server's database, the token's next use brings it again; was its
//! answer counted as lost in the meantime, that use ends the session, as if it were the first.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sea_orm::{ConnectionTrait, Statement};

use super::token::AccessToken;
use crate::app::{App, Shared};
use crate::auth::{Event, MailAccountEvent, note_event};
use crate::entity::account_event::EventKind;
use crate::entity::ids::RefreshTokenId;
use crate::http::request::RequestInfo;
use crate::http::response::NoContent;
use crate::platform::db::Transaction;
use crate::problem::Problem;

/// How long a read waits for the note; mostly it is kept at once.
const GRACE: Duration = Duration::from_millis(500);
/// How often keeping it is tried, with a pause after each time.
const TRIES: u32 = 60;
const PAUSE: Duration = Duration::from_secs(10);

/// Which refresh tokens still stand for the access token that came with them: of one that
/// was replaced because its answer counted as lost, nobody can have the access token.
const LIVES: &str = "(used_at IS NULL OR successor_id IS NOT NULL)";

/// The uses that are waiting to be noted.
#[derive(Debug, Default)]
pub struct FirstUses(Mutex<HashSet<Use>>);

/// Whose use is noted.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Use {
    /// Of the access token that came with this one.
    Session(RefreshTokenId),
    /// Of the personal access token with this hash.
    Personal(Vec<u8>),
}

impl FirstUses {
    /// Whether nobody is noting this one yet.
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

/// Notes the first use of a session's token; a token whose answer counted as lost ends the
/// session.
pub(crate) async fn note(
    app: &App,
    token: AccessToken,
    request: &RequestInfo,
) -> Result<(), Problem> {
    note_in(Transaction::begin(app).await?, token, request).await
}

/// The same for a read, which is answered although the writer is busy or broken.
pub(crate) async fn note_beside(
    app: &App,
    token: AccessToken,
    request: &Arc<RequestInfo>,
) -> Result<(), Problem> {
    if !lives(app, token).await? {
        return note(app, token, request).await;
    }
    let of = Use::Session(token.id);
    if !app.shared::<FirstUses>().begin(&of) {
        return Ok(());
    }
    let (noting, request) = (app.clone(), request.clone());
    let noted = app.task_tracker().spawn(async move {
        let outcome = note_when_possible(&noting, token, &request).await;
        noting.shared::<FirstUses>().end(&of);
        outcome
    });
    match tokio::time::timeout(GRACE, noted).await {
        Ok(Ok(Err(problem @ Problem::Unauthenticated))) => Err(problem),
        _ => Ok(()),
    }
}

/// Notes when a personal access token was used; a note that cannot be kept is made the
/// next time. As long as one waits, other reads with the token make no second one.
pub(crate) async fn note_personal_use(app: &App, hash: &[u8]) {
    let of = Use::Personal(hash.to_vec());
    if !app.shared::<FirstUses>().begin(&of) {
        return;
    }
    let (noting, hash) = (app.clone(), hash.to_vec());
    let noted = app.task_tracker().spawn(async move {
        if let Err(problem) = keep_personal_use(&noting, hash).await {
            tracing::warn!(?problem, "the use of an access token could not be noted");
        }
        noting.shared::<FirstUses>().end(&of);
    });
    // Whether it is kept in time or not: the caller is proven.
    let _ = tokio::time::timeout(GRACE, noted).await;
}

async fn keep_personal_use(app: &App, hash: Vec<u8>) -> Result<(), Problem> {
    let transaction = Transaction::begin(app).await?;
    let note = Statement::from_sql_and_values(
        transaction.backend(),
        "UPDATE personal_tokens SET last_used_at = $1 WHERE token_hash = $2",
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
    Ok(reader.query_one_raw(found).await?.is_some())
}

/// While nothing can be written there are no renewals either that would have to know.
async fn note_when_possible(
    app: &App,
    token: AccessToken,
    request: &RequestInfo,
) -> Result<(), Problem> {
    let mut tries = 1;
    loop {
        let noted = match Transaction::begin_patiently(app).await {
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
    // The session comes first: its row is the lock under which tokens are renewed.
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
            ..Event::of(EventKind::RefreshTokenReused, token.user_id, request)
        };
        let account_event_id = note_event(&transaction, event).await?;
        let mail = MailAccountEvent { account_event_id };
        transaction.enqueue(&mail).await?;
    }
    transaction.commit(NoContent).await?;
    if lives {
        Ok(())
    } else {
        Err(Problem::Unauthenticated)
    }
}

impl Shared for FirstUses {
    fn begin(_: &App) -> Self {
        Self::default()
    }
}
