//! SQLite and PostgreSQL find the same, in the same order.

use std::sync::Arc;

use chrono::TimeDelta;
use serde_json::{Value, json};
use uuid::Uuid;

use super::path;
use crate::contract::differential::Dice;
use crate::harness::database::{TestDatabase, server};
use crate::harness::{Person, TestApp};

/// Words that databases sort, fold and cut in different ways.
const WORDS: [&str; 32] = [
    "Soup",
    "soup",
    "SOUPE",
    "so",
    "s",
    "Größe",
    "GROSSE",
    "grosses",
    "Straße",
    "İstanbul",
    "ısı",
    "Éclair",
    "e\u{301}clair",
    "Łódź",
    "лекарство",
    "Ёжик",
    "σούπες",
    "ΣΟΎΠΕΣ",
    "موعد",
    "רופא",
    "นัดหมอ",
    "糖尿病",
    "糖尿",
    "病院",
    "パン",
    "ﾊﾟﾝ",
    "병원",
    "🐕",
    "9",
    "𠮷野家",
    "_",
    "%'\"",
];

/// A person in a circle, on one of the two databases.
struct Side {
    app: Arc<TestApp>,
    ana: Person,
    thread: String,
}

impl Side {
    async fn build(database: TestDatabase) -> Self {
        let app = TestApp::start_on(database, |_| ()).await;
        let [ana] = app.circle(["coordinator"]).await;
        let thread = json!({ "title": "Thread", "topic": "daily" });
        let thread = ana.post("/threads", thread).await.is(201);
        let thread = thread["id"].as_str().unwrap().to_owned();
        Self { app, ana, thread }
    }

    async fn write(&self, kind: usize, id: Uuid, title: &str, text: &str) {
        let (path, body) = match kind {
            0 => (
                "/tasks".to_owned(),
                json!({ "id": id, "title": title, "notes": text }),
            ),
            1 => (
                "/appointments".to_owned(),
                json!({ "id": id, "title": title, "starts_on": "2027-01-02", "outcome": null,
                    "preparation": text }),
            ),
            _ => (
                format!("/threads/{}/messages", self.thread),
                json!({ "id": id, "body": text }),
            ),
        };
        let mut body = body;
        body.as_object_mut()
            .unwrap()
            .retain(|_, value| !value.is_null());
        self.ana.post(&path, body).await.is(201);
    }

    /// What a search finds, page by page, without what is different on each side.
    async fn find(&self, query: &str) -> Vec<Value> {
        let (mut found, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = format!("{}&limit=7{cursor}", path(query));
            let page = self.ana.get(&page).await;
            if page.status == 400 {
                return vec![page.json()["errors"].clone()];
            }
            let page = page.is(200);
            for hit in page["data"].as_array().unwrap() {
                let mut hit = hit.clone();
                hit["circle_id"] = Value::Null;
                hit["thread_id"] = Value::Null;
                found.push(hit);
            }
            let Some(next) = page["next_cursor"].as_str() else {
                return found;
            };
            cursor = format!("&cursor={next}");
        }
    }
}

fn text(dice: &mut Dice) -> String {
    let count = dice.roll(4) + 1;
    let words: Vec<_> = (0..count).map(|_| *dice.pick(&WORDS)).collect();
    let between = *dice.pick(&[" ", "-", "", "\u{3000}"]);
    format!("{} x", words.join(between))
}

#[tokio::test]
async fn both_databases_find_the_same_in_the_same_order() {
    if server().is_none() {
        eprintln!("there is no PostgreSQL to compare with: skipped");
        return;
    }
    let file = Side::build(TestDatabase::migrated_file()).await;
    let postgres = Side::build(TestDatabase::migrated().await).await;
    let mut dice = Dice(20_270_102);
    for number in 0..60_u128 {
        let (title, notes) = (text(&mut dice), text(&mut dice));
        let (kind, id) = (
            dice.roll(3),
            Uuid::from_u128((7 << 76) | (2 << 62) | number),
        );
        for side in [&file, &postgres] {
            side.write(kind, id, &title, &notes).await;
            side.app
                .advance(TimeDelta::seconds(i64::try_from(number % 3).unwrap()));
        }
    }
    let mut hits = 0;
    let pairs = (0..60).map(|_| text(&mut dice)).collect::<Vec<_>>();
    let queries = WORDS.iter().map(|word| (*word).to_owned()).chain(pairs);
    for query in queries {
        let (left, right) = tokio::join!(file.find(&query), postgres.find(&query));
        hits += left.len();
        assert_eq!(left, right, "{query}");
    }
    assert!(hits > 200, "{hits}");
}
