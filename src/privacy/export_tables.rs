//! The tables of an account's export: what belongs to the person, and what they see in their
//! circles. The data map says for each table and column what is exported.

use std::collections::{BTreeMap, HashSet};

use sea_orm::sea_query::{Alias, Expr, ExprTrait, Order};
use sea_orm::{
    Condition, EntityTrait, IntoSimpleExpr, Iterable, ModelTrait, PrimaryKeyToColumn, QueryFilter,
    QueryOrder, Select, Value as Stored,
};
use serde::Serialize;
use serde_json::Value as Json;
use uuid::Uuid;

use super::data_map;
use super::record::{Record, SchemaOf, name_of, record, schema_of};
use crate::access::{CallerCircles, CircleOwned, CircleScope};
use crate::app::App;
use crate::auth::AccountScope;
use crate::entity::class::{Class, Erase, Export, Table, Whose};
use crate::entity::ids::{CircleId, MemberId, UserId};
use crate::entity::topic_grant::{Topic, TopicLevel};
use crate::entity::*;
use crate::platform::db::ReadRows;
use crate::problem::Problem;
use crate::row::Row;

/// The exported records, by the name of their table.
#[derive(Debug, Serialize)]
pub struct ExportedTables(BTreeMap<&'static str, Vec<Record>>);

/// Calls a macro with the entities of each kind: rows of an account or an address, rows of a member
/// without an id of their own, and rows of circles.
macro_rules! exported {
    ($with:ident) => {
        care!(exported $with)
    };
    ([$($care:ident)+] $with:ident) => {
        $with! {
            accounts: [
                user registration password_reset session known_device security_event email_change
                sign_in_code totp_factor recovery_code passkey personal_access_token
                join_request
            ],
            keyed: [topic_grant notification_setting],
            owned: [
                membership invitation join_link succession proxy $($care)+ thread thread_member message
                message_edit
                read_cursor reminder delivery notification
            ],
        }
    };
}

macro_rules! all_tables {
    (accounts: [$($account:ident)*], keyed: [$($keyed:ident)*], owned: [$($owned:ident)*],) => {
        [
            $(schema_of::<$account::Entity> as SchemaOf,)*
            schema_of::<circle::Entity>,
            schema_of::<change::Entity>,
            $(schema_of::<$keyed::Entity>,)*
            $(schema_of::<$owned::Entity>,)*
        ]
    };
}

impl ExportedTables {
    /// The names of the tables that are exported.
    pub fn names() -> Vec<&'static str> {
        exported!(all_tables).map(|of| of().0).to_vec()
    }

    /// The schema of a record of each table.
    pub(super) fn records() -> Vec<(&'static str, serde_json::Value)> {
        let records = exported!(all_tables).map(|of| {
            let (name, record) = of();
            let record = serde_json::to_value(record);
            (name, record.unwrap_or_default())
        });
        records.to_vec()
    }

    /// Reads everything that is exported for this person.
    pub(super) async fn read(
        app: &App,
        mine: CallerCircles,
        user: user::Model,
    ) -> Result<Self, Problem> {
        let memberships = memberships_of(app, user.id).await?;
        let exporter = Exporter {
            app,
            mine,
            user,
            memberships,
        };
        exporter.tables().await
    }
}

/// The person whose data is exported.
struct Exporter<'a> {
    app: &'a App,
    mine: CallerCircles,
    user: user::Model,
    /// Their memberships, also those that have ended.
    memberships: Vec<(CircleId, MemberId)>,
}

impl Exporter<'_> {
    async fn tables(&self) -> Result<ExportedTables, Problem> {
        let mut tables = BTreeMap::new();
        macro_rules! read_all {
            (accounts: [$($account:ident)*], keyed: [$($keyed:ident)*], owned: [$($owned:ident)*],) => {
                $(self.read(&mut tables, self.of_account::<$account::Entity>()?).await?;)*
                $(self.read(&mut tables, self.of_members::<$keyed::Entity>()?).await?;)*
                $(self.read(&mut tables, self.of_circles::<$owned::Entity>()?).await?;)*
            };
        }
        exported!(read_all);
        self.read(&mut tables, self.circles()).await?;
        self.read(&mut tables, self.changes()?).await?;
        leave_out_unseen(&mut tables);
        self.leave_out_needs(&mut tables);
        Ok(ExportedTables(tables))
    }

    /// Leaves out what series of appointments need, where the exporter does not see everyday things.
    fn leave_out_needs(&self, tables: &mut BTreeMap<&'static str, Vec<Record>>) {
        let scopes = self.mine.scopes().iter();
        let sees = |scope: &&CircleScope| scope.topics().level(Topic::Daily) >= TopicLevel::Read;
        let with_daily: HashSet<Uuid> = scopes
            .filter(sees)
            .map(|scope| scope.circle_id().into())
            .collect();
        for series in tables.get_mut("appointment_series").into_iter().flatten() {
            let circle = series.get("circle_id").and_then(Json::as_str);
            let circle = circle.and_then(|circle| Uuid::try_parse(circle).ok());
            if circle.is_some_and(|circle| with_daily.contains(&circle)) {
                continue;
            }
            if let Some(needs) = series.get_mut("needs") {
                *needs = Json::from("[]");
            }
        }
    }

    /// Reads the rows of a table, in the order of their keys.
    async fn read<E: EntityTrait<Model: Row>>(
        &self,
        tables: &mut BTreeMap<&'static str, Vec<Record>>,
        mut rows: Select<E>,
    ) -> Result<(), Problem> {
        let table = described::<E>()?;
        for key in E::PrimaryKey::iter() {
            rows = rows.order_by(key.into_column().into_simple_expr(), Order::Asc);
        }
        let rows = rows.read(&self.app.reader().for_long_statements()).await?;
        let records = rows
            .iter()
            .map(|row| record(table, row, self.is_own(table, row)));
        tables.insert(table.exported_as(), records.collect());
        Ok(())
    }

    /// Whether a row is about the exporter.
    fn is_own<M: ModelTrait>(&self, table: &Table, row: &M) -> bool {
        let stands = |column: &str, values: &[Stored]| {
            let column = column.parse::<<M::Entity as EntityTrait>::Column>();
            column.is_ok_and(|column| values.contains(&row.get(column)))
        };
        let members = || {
            let ids = self.memberships.iter().map(|(_, member_id)| *member_id);
            ids.map(Stored::from).collect::<Vec<_>>()
        };
        table.whose.iter().any(|(whose, _)| match *whose {
            Whose::Account(column) => stands(column, &[self.user.id.into()]),
            Whose::Address(column) => stands(column, &[self.user.email.clone().into()]),
            Whose::Member(column) => stands(column, &members()),
            _ => false,
        })
    }

    /// The rows that belong to the account or to its address.
    #[expect(clippy::disallowed_methods, reason = "tables that belong to no circle")]
    fn of_account<E: EntityTrait>(&self) -> Result<Select<E>, Problem> {
        let mut of_account = Condition::any();
        for (whose, _) in described::<E>()?.whose {
            match *whose {
                Whose::Account(of) => {
                    of_account = of_account.add(column::<E>(of).eq(Uuid::from(self.user.id)));
                }
                Whose::Address(of) => {
                    of_account = of_account.add(column::<E>(of).eq(self.user.email.clone()));
                }
                _ => {}
            }
        }
        Ok(E::find().filter(none_if_empty(of_account)))
    }

    /// The rows that belong to the person as a member, in tables without an id of their own.
    #[expect(
        clippy::disallowed_methods,
        reason = "the condition names the circle and the member"
    )]
    fn of_members<E: EntityTrait>(&self) -> Result<Select<E>, Problem> {
        Ok(E::find().filter(self.own::<E>(described::<E>()?)))
    }

    /// The rows of circles. `Export::Seen`: what the exporter sees, and rows about the exporter.
    /// `Export::Own`: what belongs to the exporter. Rows of their own count also in circles and
    /// topics that they do not see any more.
    #[expect(
        clippy::disallowed_methods,
        reason = "the condition names the circle, and what is seen or the member"
    )]
    fn of_circles<E: CircleOwned>(&self) -> Result<Select<E>, Problem> {
        let table = described::<E>()?;
        let of_exporter = |(whose, erase): &(Whose, Erase)| {
            matches!((whose, erase), (Whose::Member(_), Erase::Blank))
        };
        let rows = match table.export {
            Export::Seen if table.whose.iter().any(of_exporter) => Condition::any()
                .add(self.mine.visible::<E>(|_| Condition::all()))
                .add(self.own::<E>(table)),
            Export::Seen => self.mine.visible::<E>(|_| Condition::all()),
            Export::Own => Condition::any()
                .add(self.own::<E>(table))
                .add(self.mine.visible::<E>(|_| self.at_address::<E>(table))),
            Export::Never => none_if_empty(Condition::any()),
        };
        Ok(E::find().filter(rows))
    }

    /// The rows that belong to the exporter, as a member of any circle that they are or were in.
    fn own<E: EntityTrait>(&self, table: &Table) -> Condition {
        // A member belongs to one circle, so the circle and the member of a row always match.
        let members = || or_nil(self.memberships.iter().map(|(_, id)| Uuid::from(*id)));
        let circles = or_nil(self.memberships.iter().map(|(id, _)| Uuid::from(*id)));
        let mut theirs = Condition::any();
        for (whose, _) in table.whose {
            if let Whose::Member(of) | Whose::Author(of) = *whose {
                theirs = theirs.add(column::<E>(of).is_in(members()));
            }
        }
        Condition::all()
            .add(column::<E>("circle_id").is_in(circles))
            .add(none_if_empty(theirs))
    }

    /// The rows with the exporter's address.
    fn at_address<E: EntityTrait>(&self, table: &Table) -> Condition {
        let mut about = Condition::any();
        for (whose, _) in table.whose {
            if let Whose::Address(of) = *whose {
                about = about.add(column::<E>(of).eq(self.user.email.clone()));
            }
        }
        none_if_empty(about)
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "the rows of the circles themselves, by ids that were proven"
    )]
    fn circles(&self) -> Select<circle::Entity> {
        let ids = self.mine.scopes().iter().map(CircleScope::circle_id);
        let ids = or_nil(ids.map(Uuid::from));
        circle::Entity::find().filter(column::<circle::Entity>("id").is_in(ids))
    }

    /// The lines of the change log about what the person did.
    #[expect(
        clippy::disallowed_methods,
        reason = "the condition names the circle and the member"
    )]
    fn changes(&self) -> Result<Select<change::Entity>, Problem> {
        let own = self.own::<change::Entity>(described::<change::Entity>()?);
        Ok(change::Entity::find().filter(own))
    }
}

/// Leaves out the ids of rows that the exporter does not see, although they see a row that names
/// them: see `Class::Beside`.
fn leave_out_unseen(tables: &mut BTreeMap<&'static str, Vec<Record>>) {
    let mut beside = Vec::new();
    for name in tables.keys() {
        let classed = data_map::table(name).into_iter().flat_map(Table::classed);
        beside.extend(classed.filter_map(|(column, class)| match class {
            Class::Beside(other) => Some((*name, column, other)),
            _ => None,
        }));
    }
    for (name, column, other) in beside {
        let seen = tables.get(other).into_iter().flatten();
        let seen: HashSet<Json> = seen.filter_map(|row| row.get("id").cloned()).collect();
        for record in tables.get_mut(name).into_iter().flatten() {
            if let Some(id) = record.get_mut(column).filter(|id| !seen.contains(id)) {
                *id = Json::Null;
            }
        }
    }
}

/// Every membership of an account, also those that have ended.
async fn memberships_of(app: &App, id: UserId) -> Result<Vec<(CircleId, MemberId)>, Problem> {
    let rows = AccountScope::of(id).find::<membership::Entity>();
    let rows = rows.read(app.reader()).await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.circle_id, row.id))
        .collect())
}

/// What the data map says about an entity's table.
fn described<E: EntityTrait>() -> Result<&'static Table, Problem> {
    let name = name_of::<E>();
    let unknown = || Problem::internal(anyhow::anyhow!("{name} is not in the data map"));
    data_map::table(name).ok_or_else(unknown)
}

fn column<E: EntityTrait>(name: &'static str) -> Expr {
    Expr::col((E::default(), Alias::new(name)))
}

/// The ids of a list in a condition. If there are none, it is the nil id, which no row has: an empty
/// list becomes a condition without a column, for which a database reads the whole table.
fn or_nil(ids: impl Iterator<Item = Uuid>) -> Vec<Uuid> {
    let ids: Vec<_> = ids.collect();
    if ids.is_empty() {
        return vec![Uuid::nil()];
    }
    ids
}

/// An empty condition fits every row. It becomes one that fits no row, or the export would show
/// the rows of everybody.
fn none_if_empty(condition: Condition) -> Condition {
    if condition.is_empty() {
        condition.add(Expr::value(false))
    } else {
        condition
    }
}
