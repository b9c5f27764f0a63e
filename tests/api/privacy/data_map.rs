//! The data map: every column is classified, exported and erased as the map says.

use std::collections::BTreeSet;

use kith::privacy::{Blank, DATA_MAP, Erase, Export, Table, Whose};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement};

use crate::harness::database::TestDatabase;

/// Where the columns of a table are classed.
const WHERE_CLASSED: &str = "`TABLE` in base/src/entity/<table>.rs if src/privacy/data_map/care.rs \
lists the table, else src/privacy/data_map/";

/// A column of the real schema.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Column {
    table: String,
    name: String,
    nullable: bool,
}

async fn columns_of(connection: &DatabaseConnection) -> BTreeSet<Column> {
    let sql = match connection.get_database_backend() {
        DbBackend::Postgres => {
            "SELECT table_name::text AS a, column_name::text AS b, is_nullable = 'YES' AS c \
             FROM information_schema.columns WHERE table_schema = 'public'"
        }
        _ => {
            "SELECT s.name AS a, p.name AS b, p.\"notnull\" = 0 AS c \
             FROM sqlite_schema s JOIN pragma_table_info(s.name) p \
             WHERE s.type = 'table' AND s.name NOT LIKE 'sqlite_%'"
        }
    };
    let asked = Statement::from_string(connection.get_database_backend(), sql);
    let rows = connection.query_all_raw(asked).await.unwrap();
    let read = |row: &sea_orm::QueryResult| Column {
        table: row.try_get("", "a").unwrap(),
        name: row.try_get("", "b").unwrap(),
        nullable: row.try_get("", "c").unwrap(),
    };
    let of_kith = |column: &Column| column.table != "seaql_migrations";
    rows.iter().map(read).filter(of_kith).collect()
}

#[tokio::test]
async fn every_column_is_in_the_data_map_and_every_entry_has_its_column() {
    let database = TestDatabase::migrated().await;
    let connection = database.connect().await;
    let columns = columns_of(&connection).await;
    connection.close().await.unwrap();

    let stored: BTreeSet<_> = columns
        .iter()
        .map(|column| (column.table.as_str(), column.name.as_str()))
        .collect();
    let mut classed = BTreeSet::new();
    for table in DATA_MAP {
        for (column, _) in table.classed() {
            let first = classed.insert((table.name, column));
            assert!(
                first,
                "{WHERE_CLASSED}: {}.{column} is classified twice: delete one of the lines",
                table.name
            );
        }
    }
    let without_class: Vec<_> = stored.difference(&classed).collect();
    let stale: Vec<_> = classed.difference(&stored).collect();
    assert!(
        without_class.is_empty() && stale.is_empty(),
        "{WHERE_CLASSED}: add a line for each of {without_class:?} to its table. It says what the \
         column tells of whom, and what export and erasure do with it. Delete the lines of \
         {stale:?}, which are not in the schema"
    );
    assert!(stored.len() > 200, "the schema was not read");

    for table in DATA_MAP {
        for (column, blank) in blanked(table) {
            let found = columns
                .iter()
                .find(|it| it.table == table.name && it.name == column);
            let nullable = found.is_some_and(|column| column.nullable);
            assert!(
                blank != Blank::Null || nullable,
                "{WHERE_CLASSED}: {}.{column} is NOT NULL, so that erasure cannot blank it to \
                 null: choose another `Blank`, or add a migration that allows null",
                table.name
            );
        }
    }
}

fn blanked(table: &'static Table) -> Vec<(&'static str, Blank)> {
    let blanks = |(whose, erase): &(Whose, Erase)| (*erase == Erase::Blank).then_some(*whose);
    let whose = table.whose.iter().filter_map(blanks);
    whose.flat_map(|whose| table.blanked(whose)).collect()
}

#[test]
fn each_exported_table_names_the_owner_of_its_rows() {
    for table in DATA_MAP {
        let names_somebody = !table.whose.is_empty();
        assert!(
            table.export != Export::Own || names_somebody,
            "{WHERE_CLASSED}: {} is exported as a person's own data: add the column that \
             names the owner of its rows to `whose`",
            table.name
        );
        for (whose, _) in table.whose {
            let column = match *whose {
                Whose::Account(column)
                | Whose::Session(column)
                | Whose::Address(column)
                | Whose::Member(column)
                | Whose::Author(column)
                | Whose::Subject(column)
                | Whose::Mentions(column) => column,
            };
            assert!(
                table.class_of(column).is_some(),
                "{WHERE_CLASSED}: `whose` of {} names {column}, which is not a column of it",
                table.name
            );
        }
    }
}
