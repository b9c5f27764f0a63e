//! Indexes for statements that read whole tables or skip many rows.
//!
//! An index costs each write of its columns, so each has its statement here. An index on a column
//! that is null for most rows leaves these out (`not_null`).

use sea_orm_migration::prelude::*;

use crate::columns::{drop_index, index, name};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // A page of open tasks does not walk over the tasks that were done in all the years.
        drop_index(manager, "tasks_circle_id_state_idx").await?;
        let open_tasks = index("tasks", &["circle_id", "state", "sort_at", "id"]);
        manager.create_index(open_tasks).await?;
        for indexed in NEW {
            manager.create_index(indexed.index()).await?;
        }
        for (table, column) in MOSTLY_NULL {
            drop_index(manager, &format!("{table}_{column}_idx")).await?;
            manager.create_index(not_null(table, column)).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, column) in MOSTLY_NULL {
            drop_index(manager, &format!("{table}_{column}_idx")).await?;
            manager.create_index(index(table, &[column])).await?;
        }
        for indexed in NEW {
            drop_index(manager, &indexed.name()).await?;
        }
        drop_index(manager, "tasks_circle_id_state_sort_at_id_idx").await?;
        let by_state = index("tasks", &["circle_id", "state"]);
        manager.create_index(by_state).await
    }
}

enum Indexed {
    EveryRow(&'static str, &'static str),
    NotNull(&'static str, &'static str),
}

/// New indexes.
const NEW: [Indexed; 6] = [
    // Erasing and exporting an account looks for the rows at its address.
    Indexed::EveryRow("sign_in_codes", "email"),
    Indexed::EveryRow("invitations", "email"),
    // Erasing a circle deletes the links in its mails.
    Indexed::NotNull("mail_tokens", "circle_id"),
    // The hourly search for what is to be erased.
    Indexed::NotNull("users", "deletion_scheduled_for"),
    Indexed::NotNull("circles", "deletion_scheduled_for"),
    // The hourly search for tasks whose time is over.
    Indexed::NotNull("tasks", "lapses_at"),
];

/// Columns that are indexed for the sweeps and are null in many rows: in every session, token and
/// grant that has not ended, and in the newest token of each session.
const MOSTLY_NULL: [(&str, &str); 4] = [
    ("sessions", "ended_at"),
    ("refresh_tokens", "used_at"),
    ("personal_access_tokens", "ended_at"),
    ("topic_grants", "until"),
];

impl Indexed {
    fn index(&self) -> IndexCreateStatement {
        match *self {
            Self::EveryRow(table, column) => index(table, &[column]),
            Self::NotNull(table, column) => not_null(table, column),
        }
    }

    fn name(&self) -> String {
        let (Self::EveryRow(table, column) | Self::NotNull(table, column)) = self;
        format!("{table}_{column}_idx")
    }
}

/// An index of the rows in which the column is not null. A comparison with the column uses it,
/// because no comparison holds for null.
fn not_null(table: &'static str, column: &'static str) -> IndexCreateStatement {
    index(table, &[column])
        .and_where(Expr::col(name(column)).is_not_null())
        .take()
}
