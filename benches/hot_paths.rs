//! The three parts of a request that cost the most without waiting for anything: reading the proof
//! of the caller, describing a page of tasks, and verifying the access token.

use std::hint::black_box;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use kith::access::{CircleScope, Person, decode_proof};
use kith::auth::signing::Signer;
use kith::auth::{
    AccessToken, GenuineToken, TokenDigest, VerifiedTokens, issue_token, verify_token,
};
use kith::entity::ids::{
    CircleId, MemberId, RefreshTokenId, SessionId, SigningKeyId, TaskAssignmentId, TaskId, UserId,
};
use kith::entity::membership::MemberState;
use kith::entity::task::{self, TaskCategory, TaskState};
use kith::entity::task_assignment::{self, TaskAssignmentState};
use kith::entity::topic_grant::Topic;
use kith::features::tasks::write_page;
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DbBackend, QueryResult, Statement};
use uuid::Uuid;

const ISSUER: &str = "https://kith.example.org";
const TASKS: u128 = 50;

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000, 0).unwrap_or_default()
}

fn token() -> AccessToken {
    AccessToken {
        user_id: UserId(Uuid::from_u128(1)),
        session_id: SessionId(Uuid::from_u128(2)),
        id: RefreshTokenId(Uuid::from_u128(3)),
        key_id: SigningKeyId(Uuid::from_u128(4)),
    }
}

/// The rows of a member with all topics, with the columns of the proof in their order.
fn proof_rows() -> anyhow::Result<Vec<QueryResult>> {
    let rows = ["health", "daily", "family", "decisions"].map(|topic| {
        format!(
            "SELECT '2027-01-01 08:00:00+00:00' AS used_at, NULL AS ended_at, \
             '2027-03-01 08:00:00+00:00' AS expires_at, 'active' AS user_state, \
             x'00000000000000000000000000000001' AS user_id, \
             '2027-01-01 08:00:00+00:00' AS authenticated_at, NULL AS key_ends_at, \
             NULL AS token_id, NULL AS scopes, \
             'Europe/Berlin' AS my_zone, 'active' AS member_state, \
             x'00000000000000000000000000000005' AS circle_id, 'Europe/Berlin' AS time_zone, \
             1234 AS change_seq, NULL AS deletion_scheduled_for, \
             NULL AS away_until, \
             x'00000000000000000000000000000006' AS member_id, 'coordinator' AS access, \
             0 AS is_patient, '2026-01-01 08:00:00+00:00' AS joined_at, 7 AS reads, \
             3 AS member_version, '{topic}' AS topic, 'write' AS level, NULL AS until"
        )
    });
    let select = Statement::from_string(DbBackend::Sqlite, rows.join(" UNION ALL "));
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(async {
        let mut options = ConnectOptions::new("sqlite::memory:");
        options.max_connections(1).sqlx_logging(false);
        let connection = Database::connect(options).await?;
        let rows = connection.query_all_raw(select).await?;
        connection.close().await?;
        Ok(rows)
    })
}

fn example_scope() -> anyhow::Result<CircleScope> {
    let scope = decode_proof(token(), &proof_rows()?, now());
    scope.map_err(|problem| anyhow::anyhow!("{problem:?}"))
}

fn example_task(number: u128) -> (task::Model, Vec<task_assignment::Model>) {
    let (circle_id, id) = (
        CircleId(Uuid::from_u128(5)),
        TaskId(Uuid::from_u128(number)),
    );
    let member = MemberId(Uuid::from_u128(6));
    let due = NaiveDate::from_ymd_opt(2027, 2, 3).and_then(|day| day.and_hms_opt(17, 30, 0));
    let due_at = now() + TimeDelta::days(9);
    let row = task::Model {
        circle_id,
        id,
        task_list_id: None,
        series_id: None,
        original_on: None,
        is_exception: false,
        appointment_id: None,
        title: format!("Pick up prescription {number}"),
        notes: Some("The pharmacy at the station closes at six.".into()),
        category: TaskCategory::Medication,
        topic: Topic::Health,
        due_on: None,
        due_local: due,
        starts_local: None,
        time_zone: Some("Europe/Berlin".into()),
        due_at: Some(due_at),
        begins_at: due_at,
        over_at: due_at,
        sort_at: due_at,
        effort_minutes: Some(30),
        people_needed: 1,
        people_accepted: 1,
        people_uncertain: 0,
        reminder_minutes: "[1440,60]".into(),
        state: TaskState::Open,
        schedule_version: 1,
        completed_at: None,
        completion_recorded_at: None,
        completed_by_member_id: None,
        lapse_after_days: None,
        lapses_at: None,
        ended_at: None,
        ended_from: None,
        canceled_by_member_id: None,
        version: 2,
        created_at: now(),
        created_by_member_id: Some(member),
        updated_at: now(),
        sent_hash: None,
    };
    let assignment = task_assignment::Model {
        circle_id,
        id: TaskAssignmentId(Uuid::from_u128(number)),
        task_id: id,
        member_id: member,
        state: TaskAssignmentState::Accepted,
        own_part_done: false,
        is_handing_over: false,
        is_away: false,
        taken_at: Some(now()),
        version: 1,
        created_at: now(),
        created_by_member_id: Some(member),
        updated_at: now(),
    };
    (row, vec![assignment])
}

fn measure_proof(c: &mut Criterion) {
    let Ok(rows) = proof_rows() else {
        unreachable!("SQLite answers a query without tables")
    };
    c.bench_function("decode the proof of a member with four grants", |b| {
        b.iter(|| decode_proof(token(), black_box(&rows), now()));
    });
}

fn measure_tasks(c: &mut Criterion) {
    let Ok(scope) = example_scope() else {
        unreachable!("the example proves a member")
    };
    let rows: Vec<_> = (1..=TASKS).map(example_task).collect();
    let person = Person {
        name: "Ben Díaz".into(),
        state: MemberState::Active,
    };
    let people = [(MemberId(Uuid::from_u128(6)), person)];
    c.bench_function("describe 50 tasks and write them as JSON", |b| {
        let fresh = || rows.clone();
        b.iter_batched(
            fresh,
            |rows| write_page(&scope, rows, &people),
            BatchSize::SmallInput,
        );
    });
}

fn measure_token(c: &mut Criterion) {
    let token = token();
    let signed = Signer::of_seed(token.key_id, &[7; 32]).and_then(|signer| {
        let (user, session) = (token.user_id, token.session_id);
        let text = issue_token(&signer, ISSUER, user, session, token.id, now())?;
        Ok((signer.public(), text))
    });
    let Ok((key, text)) = signed else {
        unreachable!("the key signs")
    };
    c.bench_function("verify an access token for the first time", |b| {
        b.iter(|| verify_token(&key, ISSUER, black_box(&text), now()));
    });

    let verified = VerifiedTokens::default();
    if let Some(genuine) = GenuineToken::verify(&key, ISSUER, &text) {
        verified.remember(TokenDigest::of(&text), genuine);
    }
    c.bench_function("verify an access token again", |b| {
        b.iter(|| {
            let known = verified.find(&TokenDigest::of(black_box(&text)));
            known.map(|genuine| genuine.judge(now()))
        });
    });
}

criterion_group!(hot_paths, measure_proof, measure_tasks, measure_token);
criterion_main!(hot_paths);
