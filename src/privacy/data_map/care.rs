//! What a family plans and who does it. The columns are described beside the entities. This is the
//! list of the entities, for the data map and the export.

use crate::entity::class::Table;

/// Calls a macro with the entities, each before those that refer to it, and with the other
/// arguments.
macro_rules! care {
    ($with:ident $($more:tt)*) => {
        $with! {
            [
                appointment_series appointment_series_attendee
                appointment attendance need need_assignment
                handover absence
                role role_assignment
                task_list task_series task_series_member task task_assignment task_checklist_item
                agenda_item
                question
            ]
            $($more)*
        }
    };
}

macro_rules! tables {
    ([$($entity:ident)+]) => {
        pub(super) const TABLES: &[Table] = &[$(crate::entity::$entity::TABLE),+];
    };
}

care!(tables);
