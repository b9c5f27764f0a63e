//! Functions for the columns, keys and indexes of tables. With them all migrations look alike,
//! and no table of a circle lacks its key.
//!
//! These functions never change, because the first migrations call them. A later migration may
//! call them too, and writes everything else in its own file. A change here would change old
//! tables, and `migration/schema/` would show it.

use sea_orm_migration::prelude::*;

/// The name of a table or column, used unchanged.
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

/// An instant in UTC with microseconds.
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

/// A local time as a person chose it, without its zone.
pub fn local_null(column: &'static str) -> ColumnDef {
    ColumnDef::new(name(column)).timestamp().null().take()
}

pub fn date(column: &'static str) -> ColumnDef {
    ColumnDef::new(name(column)).date().not_null().take()
}

pub fn date_null(column: &'static str) -> ColumnDef {
    ColumnDef::new(name(column)).date().null().take()
}

/// A table outside the circles. Its key is its own id.
pub fn table(table: &'static str) -> TableCreateStatement {
    Table::create()
        .table(name(table))
        .col(id("id").primary_key().take())
        .take()
}

/// A table inside a circle: key `(circle_id, id)`, version, creator and time of creation.
///
/// `created_by_member_id` has no foreign key, because the row outlives the member.
pub fn circle_table(table: &'static str) -> TableCreateStatement {
    Table::create()
        .table(name(table))
        .col(id("circle_id"))
        .col(id("id"))
        .col(int("version"))
        .col(instant("created_at"))
        .col(id_null("created_by_member_id"))
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

/// A reference inside the same circle, from `(circle_id, column)` to `(circle_id, id)`.
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

/// A reference by id alone, for tables outside the circles.
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

/// An index, named after its table and columns.
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

/// A unique index, named after its table and columns.
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

/// Drops an index.
pub async fn drop_index(manager: &SchemaManager<'_>, index: &str) -> Result<(), DbErr> {
    let dropped = Index::drop().name(index).to_owned();
    manager.drop_index(dropped).await
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

/// Drops tables. List a child before its parent.
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
