//! What may happen to a series of appointments, and who may do it.

use crate::access::{CircleScope, Facts, NoPart, Permission, Refusal, verbs};
use crate::entity::appointment_series;
use crate::entity::task_series::SeriesState;

verbs! {
    /// Everything that can be done to a series of appointments.
    AppointmentSeriesVerb as AppointmentSeriesAction of AppointmentSeriesFacts, "this series": SeriesState, NoPart {
        Update = "update" [Active | Paused], may_schedule, "updated";
        Pause = "pause" [Active => Paused], may_schedule, "paused";
        Resume = "resume" [Paused => Active], may_schedule, "resumed";
        End = "end" [Active | Paused => Ended], may_schedule, "ended";
        Respond = "respond" [Active], may_answer, "responded", "respond to {}";
    }
}

/// What the rules look at: the row of the series, and the caller.
pub struct AppointmentSeriesFacts<'a> {
    pub scope: &'a CircleScope,
    pub series: &'a appointment_series::Model,
}

impl Facts<AppointmentSeriesVerb> for AppointmentSeriesFacts<'_> {
    fn state(&self) -> SeriesState {
        self.series.state
    }
}

impl AppointmentSeriesFacts<'_> {
    fn may_schedule(&self) -> Result<(), Refusal> {
        self.scope.check(Permission::ScheduleAppointments)?;
        self.scope.check_writes(self.series.topic)
    }

    fn may_answer(&self) -> Result<(), Refusal> {
        self.scope.check(Permission::RespondToAppointments)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::Verb;

    #[test]
    fn the_states_of_a_series_of_appointments_follow_one_table() {
        let mut table = String::new();
        for verb in AppointmentSeriesVerb::ALL {
            let row: String = SeriesState::ALL
                .iter()
                .map(|state| if verb.fits(*state, None) { '+' } else { '.' })
                .collect();
            table.extend([row.as_str(), " ", verb.action(), "\n"]);
        }
        // active, paused, ended
        insta::assert_snapshot!(table, @r"
        ++. update
        +.. pause
        .+. resume
        ++. end
        +.. respond
        ");
    }
}
