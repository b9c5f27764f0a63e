//! A row as it is exported: with the columns that the data map allows.

use sea_orm::sea_query::ColumnType;
use sea_orm::{ColumnTrait, EntityName, EntityTrait, IdenStatic, Iterable, ModelTrait, Value};
use serde_json::{Map, Value as Json, json};
use utoipa::openapi::schema::{KnownFormat, Object, ObjectBuilder, SchemaFormat, SchemaType, Type};

use super::data_map;
use crate::entity::class::{Class, Table};
use crate::platform::time::timestamps::write_instant;

/// One row: the names of its columns, and their values.
pub(super) type Record = Map<String, Json>;

/// Whether a column is exported. `is_own` says whether the row belongs to the exporter.
fn leaves(class: Class, is_own: bool) -> bool {
    match class {
        Class::Key
        | Class::Beside(_)
        | Class::State
        | Class::Family
        | Class::Shown(_)
        | Class::Written(_) => true,
        Class::Personal(_) => is_own,
        Class::Secret | Class::Technical => false,
    }
}

/// The exported columns of a row. A column that is not in the data map is not exported.
pub(super) fn record<M: ModelTrait>(table: &Table, row: &M, is_own: bool) -> Record {
    let columns = <M::Entity as EntityTrait>::Column::iter();
    let exported = columns.filter_map(|column| {
        let name = column.as_str();
        let class = table.class_of(name)?;
        leaves(class, is_own).then(|| (name.to_owned(), to_json(row.get(column))))
    });
    exported.collect()
}

fn to_json(value: Value) -> Json {
    match value {
        Value::Bool(Some(value)) => json!(value),
        Value::Int(Some(value)) => json!(value),
        Value::BigInt(Some(value)) => json!(value),
        Value::String(Some(value)) => json!(value),
        Value::Uuid(Some(value)) => json!(value),
        Value::ChronoDate(Some(value)) => json!(value),
        Value::ChronoDateTime(Some(value)) => json!(value.format("%Y-%m-%dT%H:%M").to_string()),
        Value::ChronoDateTimeUtc(Some(value)) => json!(write_instant(value)),
        _ => Json::Null,
    }
}

/// Makes the name of a table and the schema of a record of it.
pub(super) type SchemaOf = fn() -> (&'static str, Object);

/// The schema of a record of a table. What says something about one person is only in records
/// about the exporter, so it is not required.
pub(super) fn schema_of<E: EntityTrait>() -> (&'static str, Object) {
    let name = name_of::<E>();
    let table = data_map::table(name);
    let mut record = ObjectBuilder::new();
    for column in E::Column::iter() {
        let column_name = column.as_str();
        let class = table.and_then(|table| table.class_of(column_name));
        let Some(class) = class.filter(|class| leaves(*class, true)) else {
            continue;
        };
        let is_null = column.def().is_null() || matches!(class, Class::Beside(_));
        record = record.property(column_name, column_schema(&column, is_null));
        if leaves(class, false) {
            record = record.required(column_name);
        }
    }
    let exported_as = table.map_or(name, Table::exported_as);
    (exported_as, record.build())
}

fn column_schema(column: &impl ColumnTrait, is_null: bool) -> Object {
    let definition = column.def();
    let (kind, format) = match definition.get_column_type() {
        ColumnType::Boolean => (Type::Boolean, None),
        ColumnType::Integer | ColumnType::BigInteger => (Type::Integer, None),
        ColumnType::Uuid => (Type::String, Some(KnownFormat::Uuid)),
        ColumnType::Date => (Type::String, Some(KnownFormat::Date)),
        ColumnType::TimestampWithTimeZone => (Type::String, Some(KnownFormat::DateTime)),
        _ => (Type::String, None),
    };
    let kinds = if is_null {
        SchemaType::from_iter([kind, Type::Null])
    } else {
        SchemaType::Type(kind)
    };
    ObjectBuilder::new()
        .schema_type(kinds)
        .format(format.map(SchemaFormat::KnownFormat))
        .build()
}

/// The name of an entity's table.
pub(super) fn name_of<E: EntityName>() -> &'static str {
    E::default().table_name()
}
