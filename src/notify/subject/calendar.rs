//! How a subject stands in the calendar of a member.

use uuid::Uuid;

use crate::platform::ical::{EventAnswer, EventTime};

/// The events that stand for a subject.
#[derive(Clone, Debug)]
pub enum CalendarPlace {
    /// It has no place in a calendar.
    None,
    One(CalendarEntry),
    /// It repeats: an event for each date that is still to come.
    Many(Vec<CalendarEntry>),
}

/// One event.
#[derive(Clone, Debug)]
pub struct CalendarEntry {
    /// Always the same for the same event.
    pub id: Uuid,
    pub what: CalendarWhat,
    pub time: EventTime,
    /// Whether it takes place, as far as is known.
    pub is_on: bool,
    /// Whether it is fixed, and not only suggested.
    pub is_fixed: bool,
    /// What the member has answered. None if the member has no part in it, or cannot have one any
    /// more.
    pub answer: Option<EventAnswer>,
}

/// What an event is, in the words that an email may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CalendarWhat {
    Appointment,
    /// Help that an appointment needs, such as a ride.
    Help,
}
