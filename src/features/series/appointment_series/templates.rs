//! The needs of a series, as its row stores them: a JSON array. Their times are counted from the start
//! of each appointment.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::types::{NewSeriesNeed, SeriesNeed};
use crate::access::{CircleScope, CircleWrite};
use crate::entity::appointment_series;
use crate::entity::need::NeedKind;
use crate::entity::topic_grant::{Topic, TopicLevel};
use crate::platform::text::PeopleNeeded;
use crate::problem::{FieldError, FieldErrorCode, Problem};
use crate::schedule::{MinutesAfter, When};

/// What each appointment of a series needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NeedTemplate {
    /// Its number in the series. It stays when the need is changed.
    pub number: i32,
    pub kind: NeedKind,
    pub people_needed: i32,
    pub pickup_location: Option<String>,
    pub dropoff_location: Option<String>,
    pub notes: Option<String>,
    /// When it is; without it, at the time of the appointment.
    time: Option<MinutesAfter>,
}

impl NeedTemplate {
    /// The needs of a series.
    pub fn all_of(series: &appointment_series::Model) -> Vec<Self> {
        serde_json::from_str(&series.needs).unwrap_or_default()
    }

    /// The needs, as they are stored.
    pub fn stored(needs: &[Self]) -> String {
        serde_json::to_string(needs).unwrap_or_default()
    }

    /// When the need of an appointment is.
    pub fn when(&self, appointment: &When, circle_zone: &str) -> When {
        match self.time {
            Some(time) => appointment.after(time, circle_zone),
            None => appointment.clone(),
        }
    }

    /// The same need for a series whose first appointment is at another time. It moves as a single need
    /// does with its appointment.
    #[must_use]
    pub fn following(&self, before: &When, after: &When, circle_zone: &str) -> Self {
        let when = self.when(before, circle_zone).following(before, after);
        Self {
            time: after.minutes_to(&when),
            ..self.clone()
        }
    }

    /// The need as members see it. Its times are those for the first appointment.
    pub fn shown(self, first: &When, circle_zone: &str) -> SeriesNeed {
        let when = self.time.map(|time| first.after(time, circle_zone));
        let (starts_local, ends_local) = when.map(|when| when.local()).unwrap_or_default();
        SeriesNeed {
            kind: self.kind,
            people_needed: self.people_needed,
            pickup_location: self.pickup_location,
            dropoff_location: self.dropoff_location,
            notes: self.notes,
            starts_local,
            ends_local,
        }
    }
}

/// The needs that a request names. Those of the same kinds as before keep their numbers, so that what
/// members have claimed stays theirs.
pub fn chosen_needs(
    write: &CircleWrite,
    sent: Vec<NewSeriesNeed>,
    before: &[NeedTemplate],
    first: &When,
) -> Result<Vec<NeedTemplate>, Problem> {
    check_sees_needs(write.scope())?;
    let zone = write.scope().time_zone();
    let mut left: Vec<&NeedTemplate> = before.iter().collect();
    let mut needs = Vec::new();
    let mut faults = Vec::new();
    for (index, need) in sent.into_iter().enumerate() {
        let time = match need.when(first, zone) {
            Ok(when) => first.minutes_to(&when),
            Err(Problem::Invalid(errors)) => {
                faults.extend(errors.into_iter().map(|fault| FieldError {
                    pointer: format!("/needs/{index}{}", fault.pointer),
                    ..fault
                }));
                None
            }
            Err(other) => return Err(other),
        };
        let same = left.iter().position(|old| old.kind == need.kind);
        let number = same.map(|place| left.remove(place).number);
        needs.push(NeedTemplate {
            number: number.unwrap_or_else(|| new_number(write)),
            kind: need.kind,
            people_needed: need.people_needed.map_or(1, PeopleNeeded::get),
            pickup_location: need.pickup_location.map(Into::into),
            dropoff_location: need.dropoff_location.map(Into::into),
            notes: need.notes.map(Into::into),
            time,
        });
    }
    if faults.is_empty() {
        Ok(needs)
    } else {
        Err(Problem::Invalid(faults))
    }
}

/// A number that no need of the series has had. Appointments keep the needs that the series does not
/// have any more, canceled, and with their numbers.
fn new_number(write: &CircleWrite) -> i32 {
    let id: Uuid = write.new_id();
    // The last bits of an id are random.
    i32::try_from(id.as_u128() & 0x7fff_ffff).unwrap_or(i32::MAX)
}

/// A need is an everyday thing, so it takes the level `write` for `daily` as well.
fn check_sees_needs(scope: &CircleScope) -> Result<(), Problem> {
    if scope.topics().level(Topic::Daily) == TopicLevel::Write {
        return Ok(());
    }
    let detail = "Needs are everyday things, and your level for that topic is not write.";
    let code = FieldErrorCode::TopicNotVisible;
    Err(Problem::field("/needs", code, detail))
}
