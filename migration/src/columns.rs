//! The house style of a table, so that every migration reads the same and no
//! circle-owned table forgets its key.
//!
//! Frozen: the baseline stands on these functions, so what each of them makes never
//! changes. A later migration may call them as they are; what it needs beyond them, it
//! writes in its own file. A change here shows in `migration/schema/`, in tables that
//! nobody meant.

use sea_orm_migration::prelude::*;

/// A name that is used as it stands, for tables and columns alike.
pub fn name(name: &'static str) -> Alias {
    Alias::new(name)
}

pub fn id(column: &'static str) -> ColumnDef {
    ColumnDef::new(name(column)).uuid().not_null().take()
}

pub fn id_null(column: &'static str) -> ColumnDef {
    ColumnDef::new(name(column)).uuid().null().take()
}

pub fn text(column: &'static str) -> ColumnDef {
    ColumnDef::new(name(column)).text().not_null().take()
}

pub fn text_null(column: &'static str) -> ColumnDef {
    ColumnDef::new(name(column)).text().null().take()
}

pub fn int(column: &'static str) -> ColumnDef {
    ColumnDef::new(name(column)).integer().not_null().take()
}

pub fn int_null(column: &'static str) -> ColumnDef {
    ColumnDef::new(name(column)).integer().null().take()
}

pub fn bigint(column: &'static str) -> ColumnDef {
    ColumnDef::new(name(column)).big_integer().not_null().take()
}

pub fn bigint_null(column: &'static str) -> ColumnDef {
    ColumnDef::new(name(column)).big_integer().null().take()
}

pub fn flag(column: &'static str) -> ColumnDef {
    ColumnDef::new(name(column)).boolean().not_null().take()
}

pub fn bytes(column: &'static str) -> ColumnDef {
    ColumnDef::new(name(column)).binary().not_null().take()
}

pub fn bytes_null(column: &'static str) -> ColumnDef {
    ColumnDef::new(name(column)).binary().null().take()
}

/// An instant; UTC, microseconds.
pub fn instant(column: &'static str) -> ColumnDef {
    ColumnDef::new(name(column))
        .timestamp_with_time_zone()
        .not_null()
        .take()
}

pub fn instant_null(column: &'static str) -> ColumnDef {
    ColumnDef::new(name(column))
        .timestamp_with_time_zone()
        .null()
        .take()
}

/// A wall time as somebody chose it, without its zone.
pub fn local_null(column: &'static str) -> ColumnDef {
    ColumnDef::new(name(column)).timestamp().null().take()
}

pub fn date_null(column: &'static str) -> ColumnDef {
    ColumnDef::new(name(column)).date().null().take()
}

/// A table outside any circle: its own id is the key.
pub fn table(table: &'static str) -> TableCreateStatement {
    Table::create()
        .table(name(table))
        .col(id("id").primary_key().take())
        .take()
}

/// A table inside a circle: key `(circle_id, id)`, version, and who made it when.
///
/// `created_by` has no foreign key: it outlives the member it names.
pub fn circle_table(table: &'static str) -> TableCreateStatement {
    Table::create()
        .table(name(table))
        .col(id("circle_id"))
        .col(id("id"))
        .col(int("version"))
        .col(instant("created_at"))
        .col(id_null("created_by"))
        .col(instant("updated_at"))
        .primary_key(Index::create().col(name("circle_id")).col(name("id")))
        .foreign_key(&mut to_circle(table))
        .take()
}

fn to_circle(table: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create()
        .name(format!("{table}_circle_fk"))
        .from(name(table), name("circle_id"))
        .to(name("circles"), name("id"))
        .on_delete(ForeignKeyAction::Cascade)
        .take()
}

/// A reference inside the same circle: `(circle_id, column)` to `(circle_id, id)`.
pub fn within_circle(
    table: &'static str,
    column: &'static str,
    parent: &'static str,
) -> ForeignKeyCreateStatement {
    ForeignKey::create()
        .name(format!("{table}_{column}_fk"))
        .from_tbl(name(table))
        .from_col(name("circle_id"))
        .from_col(name(column))
        .to_tbl(name(parent))
        .to_col(name("circle_id"))
        .to_col(name("id"))
        .on_delete(ForeignKeyAction::Cascade)
        .take()
}

/// A reference by a single id, for tables outside the circles.
pub fn reference(
    table: &'static str,
    column: &'static str,
    parent: &'static str,
) -> ForeignKeyCreateStatement {
    ForeignKey::create()
        .name(format!("{table}_{column}_fk"))
        .from(name(table), name(column))
        .to(name(parent), name("id"))
        .on_delete(ForeignKeyAction::Cascade)
        .take()
}

/// An index named after what it covers.
pub fn index(table: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    let mut index = Index::create()
        .name(format!("{table}_{}_idx", columns.join("_")))
        .table(name(table))
        .take();
    for column in columns {
        index.col(name(column));
    }
    index
}

/// A unique index named after what it covers.
pub fn unique(table: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    let mut index = Index::create()
        .name(format!("{table}_{}_key", columns.join("_")))
        .table(name(table))
        .unique()
        .take();
    for column in columns {
        index.col(name(column));
    }
    index
}

/// Creates a table and its indexes.
pub async fn create(
    manager: &SchemaManager<'_>,
    table: TableCreateStatement,
    indexes: Vec<IndexCreateStatement>,
) -> Result<(), DbErr> {
    manager.create_table(table).await?;
    for index in indexes {
        manager.create_index(index).await?;
    }
    Ok(())
}

/// Drops tables, a child before its parent.
pub async fn drop_tables(
    manager: &SchemaManager<'_>,
    tables: &[&'static str],
) -> Result<(), DbErr> {
    for table in tables {
        manager
            .drop_table(Table::drop().table(name(table)).take())
            .await?;
    }
    Ok(())
}
