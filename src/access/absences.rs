//! On which days members are away. Days are those of the circle's time zone.
//!
//! A circle remembers until when anybody is away at most. So nothing is read in a circle in which
//! nobody is.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, Condition, QueryFilter, QuerySelect, QueryTrait};

use super::owned::CircleOwned;
use super::scope::CircleScope;
use super::write::CircleWrite;
use crate::entity::absence::{self, AbsenceState, Column};
use crate::entity::ids::{AbsenceId, MemberId};
use crate::platform::db::in_list;
use crate::platform::time::civil::{Moment, day_of};
use crate::problem::Problem;

/// The last day of an absence without an end. Both databases can store it.
const NEVER: NaiveDate = match NaiveDate::from_ymd_opt(9999, 12, 31) {
    Some(day) => day,
    None => NaiveDate::MAX,
};

/// Whether the member in a column is away on a day. Nothing is read in a circle in which nobody is.
pub fn is_away_on<E: CircleOwned>(scope: &CircleScope, member: E::Column, day: NaiveDate) -> Expr {
    if !scope.has_absences(day) {
        return Expr::value(false);
    }
    let of_member = Expr::col((absence::Entity, Column::MemberId)).equals((E::default(), member));
    let has_no_end_or_a_later = Condition::any()
        .add(Column::UntilOn.is_null())
        .add(Column::UntilOn.gte(day));
    let absences = scope
        .find::<absence::Entity>()
        .filter(of_member)
        .filter(Column::State.eq(AbsenceState::Active))
        .filter(Column::FromOn.lte(day))
        .filter(has_no_end_or_a_later)
        .select_only()
        .column(Column::Id);
    Expr::exists(QueryTrait::into_query(absences))
}

/// The absences of members.
#[derive(Clone, Debug, Default)]
pub struct Absences {
    rows: Vec<absence::Model>,
    zone: String,
    today: NaiveDate,
}

impl Absences {
    /// The absences of these members: at most one query.
    pub async fn of(write: &CircleWrite, members: &[MemberId]) -> Result<Self, Problem> {
        if members.is_empty() {
            return Ok(Self::none(write));
        }
        Self::read(write, Some(members)).await
    }

    /// The absences of all members: at most one query.
    pub async fn of_all(write: &CircleWrite) -> Result<Self, Problem> {
        Self::read(write, None).await
    }

    /// The absences of all members, also if the last day of each is over.
    pub async fn also_over(write: &CircleWrite) -> Result<Self, Problem> {
        let rows = write
            .find_in_circle::<absence::Entity>()
            .filter(Column::State.eq(AbsenceState::Active));
        let mut absences = Self::none(write);
        absences.rows = rows.all(write.tx()).await?;
        Ok(absences)
    }

    async fn read(write: &CircleWrite, members: Option<&[MemberId]>) -> Result<Self, Problem> {
        let mut absences = Self::none(write);
        if !write.scope().has_absences(absences.today) {
            return Ok(absences);
        }
        let mut rows = write
            .find_in_circle::<absence::Entity>()
            .filter(Column::State.eq(AbsenceState::Active));
        if let Some(members) = members {
            let members = members.iter().copied();
            rows = rows.filter(Column::MemberId.is_in(in_list(members)));
        }
        absences.rows = rows.all(write.tx()).await?;
        Ok(absences)
    }

    fn none(write: &CircleWrite) -> Self {
        let zone = write.scope().time_zone().to_owned();
        Self {
            rows: Vec::new(),
            today: day_of(write.now(), &zone),
            zone,
        }
    }

    /// The same absences, with the days of another time zone.
    #[must_use]
    pub fn in_zone(mut self, now: DateTime<Utc>, zone: &str) -> Self {
        self.today = day_of(now, zone);
        zone.clone_into(&mut self.zone);
        self
    }

    /// With this absence as it will be.
    #[must_use]
    pub fn with(mut self, row: absence::Model) -> Self {
        self = self.without(row.id);
        self.rows.push(row);
        self
    }

    /// Without this absence.
    #[must_use]
    pub fn without(mut self, id: AbsenceId) -> Self {
        self.rows.retain(|row| row.id != id);
        self
    }

    /// The last day on which any of them is away; a day after all others if there is no end.
    pub fn last_day(&self) -> Option<NaiveDate> {
        let active = self.rows.iter();
        let active = active.filter(|row| row.state == AbsenceState::Active);
        active.map(|row| row.until_on.unwrap_or(NEVER)).max()
    }

    /// The members with an absence, whenever it is.
    pub fn members(&self) -> BTreeSet<MemberId> {
        self.rows.iter().map(|row| row.member_id).collect()
    }

    /// The absences of a member.
    pub fn of_member(&self, member: MemberId) -> impl Iterator<Item = &absence::Model> {
        self.rows.iter().filter(move |row| row.member_id == member)
    }

    /// The absences whose last day is over.
    pub fn over(&self) -> impl Iterator<Item = &absence::Model> {
        let is_over = |row: &&absence::Model| row.until_on.is_some_and(|day| day < self.today);
        self.rows.iter().filter(is_over)
    }

    /// Today in the circle.
    pub fn today(&self) -> NaiveDate {
        self.today
    }

    /// Whether a member is away now.
    pub fn is_away(&self, member: MemberId) -> bool {
        self.covers_day(member, self.today)
    }

    /// Whether a member is away when something takes place. What is overdue is to be done today, and
    /// what has no time can be done when they are back.
    pub fn covers(&self, member: MemberId, moment: Option<Moment>) -> bool {
        let day = match moment {
            Some(Moment::At(at)) => day_of(at, &self.zone),
            Some(Moment::On(day)) => day,
            None => return false,
        };
        self.covers_day(member, Ord::max(day, self.today))
    }

    fn covers_day(&self, member: MemberId, day: NaiveDate) -> bool {
        let mut rows = self.rows.iter();
        rows.any(|row| {
            row.state == AbsenceState::Active
                && row.member_id == member
                && row.from_on <= day
                && row.until_on.is_none_or(|until| day <= until)
        })
    }
}
