//! The time of a row, as a calendar file has it.

use super::when::Timed;
use crate::platform::ical::EventTime;

/// When an event of this row is, in the zone in which people chose the time.
pub fn event_time<E: Timed>(row: &E::Model) -> EventTime {
    let (when, instants) = (E::when(row), E::instants(row));
    match (instants.starts, when.on) {
        (None, Some(first)) => EventTime::On {
            first,
            last: when.last_on,
        },
        (starts, _) => EventTime::At {
            start: starts.unwrap_or(instants.sort),
            end: instants.ends,
            zone: when.zone,
        },
    }
}
