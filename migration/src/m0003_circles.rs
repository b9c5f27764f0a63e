//! Circles with their members, the topics that members can see, invitations, and the
//! change log.

use sea_orm_migration::prelude::*;

use crate::columns::{
    bigint, bytes_null, circle_table, create, date_null, drop_tables, flag, id, id_null, index,
    instant, instant_null, int, name, reference, table, text, text_null, unique, within_circle,
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create(
            manager,
            circles(),
            vec![
                index("circles", &["created_by_user_id"]),
                unique("circles", &["patient_photo_file_id"]),
            ],
        )
        .await?;
        create(
            manager,
            memberships(),
            vec![
                unique("memberships", &["circle_id", "user_id"]),
                index("memberships", &["user_id"]),
                index("memberships", &["circle_id", "contact_member_id"]),
            ],
        )
        .await?;
        create(
            manager,
            topic_grants(),
            vec![index("topic_grants", &["until"])],
        )
        .await?;
        create(
            manager,
            invitations(),
            vec![
                index("invitations", &["expires_at"]),
                index("invitations", &["updated_at"]),
                index("invitations", &["circle_id", "member_id"]),
            ],
        )
        .await?;
        create(manager, changes(), vec![index("changes", &["occurred_at"])]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(
            manager,
            &[
                "changes",
                "invitations",
                "topic_grants",
                "memberships",
                "circles",
            ],
        )
        .await
    }
}

fn circles() -> TableCreateStatement {
    table("circles")
        .col(text("name"))
        .col(text("alias"))
        .col(text("time_zone"))
        .col(text_null("locale"))
        .col(text("patient_name"))
        .col(text_null("patient_about"))
        .col(id_null("patient_photo_file_id"))
        .col(id("created_by_user_id"))
        .col(bigint("change_seq"))
        .col(date_null("away_until"))
        .col(instant_null("deletion_scheduled_for"))
        .col(id_null("deletion_requested_by_member_id"))
        .col(text("state"))
        .col(flag("email_details_forbidden"))
        .col(text_null("archived_from"))
        .col(id_null("deputy_member_id"))
        .col(int("version"))
        .col(instant("created_at"))
        .col(instant("updated_at"))
        .col(bytes_null("sent_hash"))
        .take()
}

fn memberships() -> TableCreateStatement {
    circle_table("memberships")
        .col(id_null("user_id"))
        .col(id_null("contact_member_id"))
        .col(text("name"))
        .col(text("access"))
        .col(flag("is_patient"))
        .col(flag("is_proxy"))
        .col(text_null("relationship"))
        .col(text_null("phone"))
        .col(text_null("capacity"))
        .col(text("state"))
        .col(instant("joined_at"))
        .col(int("reads"))
        .col(bigint("seen_seq"))
        .col(text_null("email_detail"))
        .col(instant_null("email_health_since"))
        .foreign_key(&mut reference("memberships", "user_id", "users"))
        .foreign_key(&mut within_circle(
            "memberships",
            "contact_member_id",
            "memberships",
        ))
        .take()
}

fn topic_grants() -> TableCreateStatement {
    Table::create()
        .table(name("topic_grants"))
        .col(id("circle_id"))
        .col(id("member_id"))
        .col(text("topic"))
        .col(text("level"))
        .col(instant_null("until"))
        .col(text_null("patient_limit"))
        .col(instant_null("patient_limit_until"))
        .primary_key(
            Index::create()
                .col(name("circle_id"))
                .col(name("member_id"))
                .col(name("topic")),
        )
        .foreign_key(&mut within_circle(
            "topic_grants",
            "member_id",
            "memberships",
        ))
        .take()
}

fn invitations() -> TableCreateStatement {
    circle_table("invitations")
        .col(text("email"))
        .col(text_null("name"))
        .col(id_null("member_id"))
        .col(text("access"))
        .col(flag("as_patient"))
        .col(text_null("relationship"))
        .col(text_null("note"))
        .col(text("state"))
        .col(instant("expires_at"))
        .col(bytes_null("sent_hash"))
        .foreign_key(&mut within_circle(
            "invitations",
            "member_id",
            "memberships",
        ))
        .take()
}

/// The change log refers only to its circle, because its entries outlive the items that they
/// name.
fn changes() -> TableCreateStatement {
    Table::create()
        .table(name("changes"))
        .col(id("circle_id"))
        .col(bigint("seq"))
        .col(instant("occurred_at"))
        .col(id_null("actor_member_id"))
        .col(id_null("on_behalf_of_member_id"))
        .col(text("actor_kind"))
        .col(id_null("personal_access_token_id"))
        .col(text("verb"))
        .col(text("subject_type"))
        .col(id("subject_id"))
        .col(text_null("topic"))
        .col(id_null("thread_id"))
        .col(text("changed_fields"))
        .col(text_null("request_id"))
        .col(text_null("address_prefix"))
        .primary_key(Index::create().col(name("circle_id")).col(name("seq")))
        .foreign_key(&mut reference("changes", "circle_id", "circles"))
        .take()
}
