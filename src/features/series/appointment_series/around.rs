//! What belongs to the appointments of a series, read with one statement.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, Iterable, QueryFilter, QueryOrder, QuerySelect, QueryTrait};

use crate::access::{CircleWrite, in_circle_of};
use crate::entity::ids::{AppointmentId, QuestionId};
use crate::entity::need::Column;
use crate::entity::question::{self, QuestionState};
use crate::entity::topic_grant::Topic;
use crate::entity::{appointment, need, need_assignment};
use crate::platform::db::{ReadRows, SelectByPosition, in_list};
use crate::problem::Problem;
use crate::row::Joined;

type NeedAndParts = (need::Model, Vec<need_assignment::Model>);

/// What belongs to an appointment, whether the caller sees it or not: its needs with the parts in them,
/// and the questions that are planned for it.
#[derive(Default)]
pub(super) struct Around {
    pub needs: Vec<NeedAndParts>,
    pub questions: Vec<(QuestionId, Topic)>,
}

/// A row of what belongs to an appointment: a question, and a need with a part in it.
type AroundRow = (
    AppointmentId,
    Option<QuestionId>,
    Option<Topic>,
    Joined<(need::Model, Joined<need_assignment::Model>)>,
);

/// What belongs to these appointments: one query, or none without appointments.
pub(super) async fn read(
    write: &CircleWrite,
    appointments: &[AppointmentId],
) -> Result<HashMap<AppointmentId, Around>, Problem> {
    let mut around: HashMap<AppointmentId, Around> = HashMap::new();
    if appointments.is_empty() {
        return Ok(around);
    }
    let planned = in_circle_of::<appointment::Entity, question::Entity>(
        appointment::Column::Id,
        question::Column::AppointmentId,
    )
    .add(question::Column::State.eq(QuestionState::Planned));
    let need = in_circle_of::<appointment::Entity, need::Entity>(
        appointment::Column::Id,
        Column::AppointmentId,
    );
    let part = in_circle_of::<need::Entity, need_assignment::Entity>(
        Column::Id,
        need_assignment::Column::NeedId,
    );
    let mut rows = write
        .find_in_circle::<appointment::Entity>()
        .filter(appointment::Column::Id.is_in(in_list(appointments.iter().copied())))
        .order_by_asc(Column::Id);
    QueryTrait::query(&mut rows)
        .left_join(question::Entity, planned)
        .left_join(need::Entity, need)
        .left_join(need_assignment::Entity, part);
    let rows = rows
        .select_only()
        .column(appointment::Column::Id)
        .columns([question::Column::Id, question::Column::Topic])
        .columns(Column::iter())
        .columns(need_assignment::Column::iter())
        .by_position::<AroundRow>()
        .read(write.tx())
        .await?;
    // The same question comes once for each part, and the same part once for each question.
    for (appointment, question, topic, Joined(need)) in rows {
        let of_it = around.entry(appointment).or_default();
        if let Some(question) = question.zip(topic)
            && !of_it.questions.contains(&question)
        {
            of_it.questions.push(question);
        }
        let Some((need, Joined(part))) = need else {
            continue;
        };
        if of_it
            .needs
            .last()
            .is_none_or(|(last, _)| last.id != need.id)
        {
            of_it.needs.push((need, Vec::new()));
        }
        if let Some((_, parts)) = of_it.needs.last_mut() {
            let is_new = |part: &need_assignment::Model| parts.iter().all(|old| old.id != part.id);
            let part = part.filter(is_new);
            parts.extend(part);
        }
    }
    Ok(around)
}
