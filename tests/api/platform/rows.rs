//! The reading door gives the rows that the ORM gives.

use std::fmt::Debug;
use std::path::Path;

use kith::demo::fill;
use kith::entity::*;
use kith::platform::db::ReadRows;
use kith::platform::time::civil::ZoneName;
use kith::row::Row;
use sea_orm::{DatabaseConnection, EntityTrait};

use crate::harness::TestApp;
use crate::harness::plans::forget_statements_of_this_test;
use crate::structure::rust_files;

/// The rows of one table, read in both ways; how many there are.
async fn compare<E>(app: &TestApp, orm: &DatabaseConnection) -> usize
where
    E: EntityTrait<Model: Row + Debug + PartialEq + Sync>,
{
    let sorted = |mut rows: Vec<E::Model>| {
        rows.sort_by_key(|row| format!("{row:?}"));
        rows
    };
    let by_position = E::find().read(app.app.reader()).await.unwrap();
    let by_name = E::find().all(orm).await.unwrap();
    assert_eq!(sorted(by_position), sorted(by_name));
    let first = E::find().read_one(app.app.reader()).await.unwrap();
    assert_eq!(first.is_some(), E::find().one(orm).await.unwrap().is_some());
    E::find().all(orm).await.unwrap().len()
}

macro_rules! compare_all {
    ($app:expr, $orm:expr, $($entity:ident)+) => {
        [$((stringify!($entity), compare::<$entity::Entity>($app, $orm).await),)+]
    };
}

#[tokio::test]
async fn the_reading_door_gives_the_rows_of_the_orm_for_every_table() {
    let app = TestApp::start().await;
    fill(&app.app, &ZoneName::named("Pacific/Auckland").unwrap())
        .await
        .unwrap();
    let orm = app.database.connect().await;
    let tables = compare_all!(&app, &orm, absence appointment appointment_series appointment_series_attendee attendance change circle database_state delivery email_change handover idempotency_record invitation job join_link join_request known_device mail_token membership message message_edit need need_assignment notification notification_setting passkey passkey_challenge password_reset personal_access_token personal_access_token_circle rate_window read_cursor recovery_code refresh_token registration reminder role role_assignment security_event session sign_in_code sign_in_ticket signing_key task task_assignment task_checklist_item task_list task_series task_series_member thread thread_member throttle topic_grant totp_factor user agenda_item question search_index succession proxy zone_rules );
    forget_statements_of_this_test();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("base/src/entity");
    let declared = rust_files(&folder).into_iter().filter(|path| {
        std::fs::read_to_string(path)
            .unwrap()
            .contains("DeriveEntityModel, Row)")
    });
    let declared = declared.filter(|path| !path.ends_with("mod.rs"));
    assert_eq!(tables.len(), declared.count(), "a table is missing here");
    let filled = tables.iter().filter(|(_, rows)| *rows > 0).count();
    assert!(filled >= 20, "only {filled} tables have rows: {tables:?}");
}
