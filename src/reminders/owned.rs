//! The tables of this feature, inside the fence: a reminder is seen by who
//! sees its task.

use sea_orm::{ColumnTrait, Condition, QuerySelect, QueryTrait};

use crate::access::circle_owned;
use crate::entity::{delivery, reminder};
use crate::tasks::visible_tasks;

circle_owned!(reminder, ReminderId, "reminder", |scope| Condition::all()
    .add(reminder::Column::TaskId.in_subquery(visible_tasks(scope))));

circle_owned!(delivery, DeliveryId, "delivery", |scope| {
    let reminders = scope
        .find::<reminder::Entity>()
        .select_only()
        .column(reminder::Column::Id)
        .into_query();
    Condition::all().add(delivery::Column::ReminderId.in_subquery(reminders))
});
