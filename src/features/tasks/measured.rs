//! What `benches/` measures of this module.

use std::collections::HashMap;

use super::around::Shown;
use super::list::TaskPage;
use super::store::assemble;
use crate::access::{CircleScope, Person};
use crate::entity::ids::MemberId;
use crate::entity::{task, task_assignment};
use crate::platform::text::excerpt::Detail;

/// The JSON of a page of tasks, as `list_tasks` answers with it.
pub fn write_page(
    scope: &CircleScope,
    rows: Vec<(task::Model, Vec<task_assignment::Model>)>,
    people: &[(MemberId, Person)],
) -> serde_json::Result<String> {
    let people: HashMap<_, _> = people.iter().cloned().collect();
    let describe = |(row, assignments): (task::Model, _)| {
        let appointment = row.appointment_id;
        let shown = Shown {
            assignments,
            ..Shown::default()
        };
        let row = (row, appointment);
        assemble(scope, row, shown, &people, Detail::Excerpt)
    };
    serde_json::to_string(&TaskPage {
        data: rows.into_iter().map(describe).collect(),
        next_cursor: None,
    })
}
