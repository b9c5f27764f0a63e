//! What a family plans and who does it. What the columns say stands with the entities; here
//! is the list of them, which the data map and the export read.

use crate::entity::class::Table;

/// Calls a macro with the entities, a parent before its children, and with what else it gets.
macro_rules! care {
    ($with:ident $($more:tt)*) => {
        $with! {
            [
                role role_assignment
                task_list task task_assignment
                appointment attendance need need_commitment
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
