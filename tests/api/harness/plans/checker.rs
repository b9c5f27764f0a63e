//! The thread that explains statements, with a migrated database of its own.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{LazyLock, Mutex};
use std::thread;

use sea_orm::DbBackend;

use super::{Refusal, Sent, postgres, sqlite};
use crate::harness::database::TestDatabase;

struct Asked {
    sent: Vec<Sent>,
    answer: Sender<Vec<Refusal>>,
}

/// Explains statements, and waits for the answer.
pub fn ask(sent: Vec<Sent>) -> Vec<Refusal> {
    static CHECKER: LazyLock<Mutex<Sender<Asked>>> = LazyLock::new(|| {
        let (asks, asked) = channel();
        thread::Builder::new()
            .name("plans".into())
            .spawn(move || answer_all(&asked))
            .unwrap();
        Mutex::new(asks)
    });
    let (answer, answered) = channel();
    CHECKER
        .lock()
        .unwrap()
        .send(Asked { sent, answer })
        .unwrap();
    answered
        .recv()
        .expect("the thread that explains statements has panicked")
}

fn answer_all(asked: &Receiver<Asked>) {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_all().build().unwrap();
    runtime.block_on(async {
        let mut databases = Databases::default();
        while let Ok(Asked { sent, answer }) = asked.recv() {
            let mut refused = Vec::new();
            for sent in sent {
                refused.extend(databases.explain(sent).await);
            }
            // The test has panicked if it no longer waits.
            let _ = answer.send(refused);
        }
    });
}

/// The databases that explain, each opened when it is first needed.
#[derive(Default)]
struct Databases {
    sqlite: Option<sqlite::Explainer>,
    postgres: Option<postgres::Explainer>,
}

impl Databases {
    async fn explain(&mut self, sent: Sent) -> Option<Refusal> {
        if sent.backend == DbBackend::Postgres {
            if self.postgres.is_none() {
                let database = TestDatabase::kept_on_server();
                self.postgres = Some(postgres::Explainer::new(&database).await);
            }
            self.postgres.as_ref()?.explain(sent).await
        } else {
            if self.sqlite.is_none() {
                let database = TestDatabase::migrated_file();
                self.sqlite = Some(sqlite::Explainer::new(database).await);
            }
            self.sqlite.as_ref()?.explain(sent).await
        }
    }
}
