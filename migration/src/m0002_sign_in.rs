//! Sessions, devices and sign-in methods.

use sea_orm_migration::prelude::*;

use crate::columns::{
    bigint_null, bytes, create, drop_tables, id, id_null, index, instant, instant_null, int,
    reference, table, text, text_null, unique,
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create(
            manager,
            sessions(),
            vec![
                index("sessions", &["user_id"]),
                index("sessions", &["ended_at"]),
                index("sessions", &["expires_at"]),
            ],
        )
        .await?;
        create(
            manager,
            refresh_tokens(),
            vec![
                unique("refresh_tokens", &["token_hash"]),
                index("refresh_tokens", &["session_id"]),
                index("refresh_tokens", &["used_at"]),
            ],
        )
        .await?;
        create(
            manager,
            known_devices(),
            vec![
                unique("known_devices", &["token_hash"]),
                index("known_devices", &["user_id"]),
                index("known_devices", &["last_used_at"]),
            ],
        )
        .await?;
        create(
            manager,
            sign_in_codes(),
            vec![index("sign_in_codes", &["expires_at"])],
        )
        .await?;
        create(
            manager,
            sign_in_tickets(),
            vec![
                unique("sign_in_tickets", &["token_hash"]),
                index("sign_in_tickets", &["user_id"]),
                index("sign_in_tickets", &["expires_at"]),
            ],
        )
        .await?;
        create(
            manager,
            totp_factors(),
            vec![unique("totp_factors", &["user_id"])],
        )
        .await?;
        create(
            manager,
            recovery_codes(),
            vec![unique("recovery_codes", &["user_id", "number"])],
        )
        .await?;
        create(
            manager,
            passkeys(),
            vec![
                index("passkeys", &["user_id"]),
                unique("passkeys", &["credential_id"]),
            ],
        )
        .await?;
        create(
            manager,
            passkey_challenges(),
            vec![
                index("passkey_challenges", &["user_id"]),
                index("passkey_challenges", &["expires_at"]),
            ],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(
            manager,
            &[
                "passkey_challenges",
                "passkeys",
                "recovery_codes",
                "totp_factors",
                "sign_in_tickets",
                "sign_in_codes",
                "known_devices",
                "refresh_tokens",
                "sessions",
            ],
        )
        .await
    }
}

fn sessions() -> TableCreateStatement {
    table("sessions")
        .col(id("user_id"))
        .col(text_null("device_label"))
        .col(instant("created_at"))
        .col(instant("last_used_at"))
        .col(instant_null("authenticated_at"))
        .col(instant("expires_at"))
        .col(instant_null("ended_at"))
        .foreign_key(&mut reference("sessions", "user_id", "users"))
        .take()
}

fn refresh_tokens() -> TableCreateStatement {
    table("refresh_tokens")
        .col(id("session_id"))
        .col(bytes("token_hash"))
        .col(instant("created_at"))
        .col(instant_null("used_at"))
        .col(id_null("successor_id"))
        .col(instant_null("access_used_at"))
        .foreign_key(&mut reference("refresh_tokens", "session_id", "sessions"))
        .take()
}

fn known_devices() -> TableCreateStatement {
    table("known_devices")
        .col(id("user_id"))
        .col(bytes("token_hash"))
        .col(instant("created_at"))
        .col(instant("last_used_at"))
        .foreign_key(&mut reference("known_devices", "user_id", "users"))
        .take()
}

fn sign_in_codes() -> TableCreateStatement {
    table("sign_in_codes")
        .col(text("email"))
        .col(text_null("device_label"))
        .col(bytes("code_hash"))
        .col(int("tries_left"))
        .col(instant("created_at"))
        .col(instant("expires_at"))
        .col(instant_null("used_at"))
        .take()
}

fn sign_in_tickets() -> TableCreateStatement {
    table("sign_in_tickets")
        .col(id("user_id"))
        .col(bytes("token_hash"))
        .col(id_null("known_device_id"))
        .col(text_null("device_label"))
        .col(id("security_event_id"))
        .col(int("failures"))
        .col(instant("created_at"))
        .col(instant("expires_at"))
        .col(instant_null("used_at"))
        .foreign_key(&mut reference("sign_in_tickets", "user_id", "users"))
        .take()
}

fn totp_factors() -> TableCreateStatement {
    table("totp_factors")
        .col(id("user_id"))
        .col(bytes("seed"))
        .col(bigint_null("last_step"))
        .col(instant("created_at"))
        .col(instant_null("confirmed_at"))
        .foreign_key(&mut reference("totp_factors", "user_id", "users"))
        .take()
}

fn recovery_codes() -> TableCreateStatement {
    table("recovery_codes")
        .col(id("user_id"))
        .col(int("number"))
        .col(text("code_hash"))
        .col(instant("created_at"))
        .col(instant_null("used_at"))
        .foreign_key(&mut reference("recovery_codes", "user_id", "users"))
        .take()
}

fn passkeys() -> TableCreateStatement {
    table("passkeys")
        .col(id("user_id"))
        .col(text("name"))
        .col(bytes("credential_id"))
        .col(text("credential"))
        .col(instant("created_at"))
        .col(instant_null("last_used_at"))
        .foreign_key(&mut reference("passkeys", "user_id", "users"))
        .take()
}

fn passkey_challenges() -> TableCreateStatement {
    table("passkey_challenges")
        .col(text("purpose"))
        .col(id_null("user_id"))
        .col(id_null("session_id"))
        .col(text("state"))
        .col(instant("created_at"))
        .col(instant("expires_at"))
        .col(instant_null("used_at"))
        .foreign_key(&mut reference("passkey_challenges", "user_id", "users"))
        .take()
}
