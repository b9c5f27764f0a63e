//! The tables of this feature, inside the fence: a reminder is seen by who
//! sees what it reminds of.

use sea_orm::{ColumnTrait, Condition, QuerySelect, QueryTrait};

use crate::access::circle_owned;
use crate::entity::{delivery, reminder};
use crate::features::appointments::{visible_appointments, visible_needs};
use crate::features::tasks::visible_tasks;

circle_owned!(reminder, ReminderId, "reminder", |scope| Condition::any()
    .add(reminder::Column::TaskId.in_subquery(visible_tasks(scope)))
    .add(reminder::Column::AppointmentId.in_subquery(visible_appointments(scope)))
    .add(reminder::Column::NeedId.in_subquery(visible_needs(scope))));

circle_owned!(delivery, DeliveryId, "delivery", |scope| {
    let reminders = scope
        .find::<reminder::Entity>()
        .select_only()
        .column(reminder::Column::Id)
        .into_query();
    Condition::all().add(delivery::Column::ReminderId.in_subquery(reminders))
});
