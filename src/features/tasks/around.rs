//! What is shown with tasks: the assignments in them with the members who have these, their
//! checklists, and the thread of their comments. One statement reads all of it, for a page as for
//! a single task.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, Keyword, Order, SelectStatement, UnionType};
use sea_orm::{ColumnTrait, Condition, JoinType, QueryFilter, QueryOrder, QuerySelect, QueryTrait};
use uuid::Uuid;

use crate::access::{CircleScope, CircleWrite, Person, in_circle_of, with_appointment};
use crate::entity::ids::{AppointmentId, ChecklistItemId, MemberId, TaskAssignmentId, TaskId};
use crate::entity::membership::{self, MemberState};
use crate::entity::task_assignment::{self, TaskAssignmentState};
use crate::entity::{task, task_checklist_item, thread};
use crate::features::participation::{PartsAndPeople, RelatedParts};
use crate::features::threads::{Comments, comment_count};
use crate::platform::db::{ReadRows, Reads, SelectByPosition, in_list};
use crate::problem::Problem;
use crate::row::{Joined, Row};

/// The name of the statement of [`around`] where it is joined to a task.
const AROUND: &str = "around";
/// The order of its rows: the oldest assignment first, then the checklist by position.
const ORDER: [&str; 4] = ["what", "number", "created_at", "id"];
/// Its columns, in the order of the fields of [`AroundRow`].
const COLUMNS: [&str; 17] = [
    "task_id",
    "what",
    "id",
    "member_id",
    "state",
    "own_part_done",
    "is_handing_over",
    "is_away",
    "name",
    "member_state",
    "title",
    "number",
    "checked_at",
    "version",
    "created_at",
    "created_by",
    "updated_at",
];
/// What a row is.
const ASSIGNMENT: i32 = 0;
const ITEM: i32 = 1;
const COMMENTS: i32 = 2;

/// What is shown with a task.
#[derive(Debug, Default)]
pub(super) struct Shown {
    pub assignments: Vec<task_assignment::Model>,
    pub checklist: Vec<task_checklist_item::Model>,
    pub comments: Comments,
}

/// A row of what is shown with a task: an assignment with its member, an item of the checklist, or
/// the thread of its comments with their number.
#[derive(Debug, Row)]
struct AroundRow {
    task_id: TaskId,
    what: i32,
    id: Uuid,
    /// Who has the assignment, or has checked the item.
    member_id: Option<MemberId>,
    state: Option<TaskAssignmentState>,
    own_part_done: Option<bool>,
    is_handing_over: Option<bool>,
    is_away: Option<bool>,
    name: Option<String>,
    member_state: Option<MemberState>,
    title: Option<String>,
    /// The position of the item, or how many comments there are.
    number: Option<i64>,
    checked_at: Option<DateTime<Utc>>,
    version: Option<i32>,
    created_at: Option<DateTime<Utc>>,
    created_by: Option<MemberId>,
    updated_at: Option<DateTime<Utc>>,
}

impl Shown {
    /// Adds a row, and the member who is shown in it to the people.
    fn add(&mut self, scope: &CircleScope, row: AroundRow, people: &mut HashMap<MemberId, Person>) {
        if row.what == COMMENTS {
            self.comments = Comments {
                thread_id: Some(row.id.into()),
                count: row.number.unwrap_or_default(),
            };
            return;
        }
        let (Some(version), Some(created_at), Some(updated_at)) =
            (row.version, row.created_at, row.updated_at)
        else {
            return;
        };
        let circle_id = scope.circle_id();
        if let (Some(member_id), Some(state)) = (row.member_id, row.state) {
            if let (Some(name), Some(state)) = (row.name, row.member_state) {
                people.insert(member_id, Person { name, state });
            }
            self.assignments.push(task_assignment::Model {
                circle_id,
                id: TaskAssignmentId(row.id),
                task_id: row.task_id,
                member_id,
                state,
                own_part_done: row.own_part_done.unwrap_or_default(),
                is_handing_over: row.is_handing_over.unwrap_or_default(),
                is_away: row.is_away.unwrap_or_default(),
                // Only reminders ask for it.
                taken_at: None,
                version,
                created_at,
                created_by_member_id: row.created_by,
                updated_at,
            });
        } else if let Some(title) = row.title {
            self.checklist.push(task_checklist_item::Model {
                circle_id,
                id: ChecklistItemId(row.id),
                task_id: row.task_id,
                title,
                position: row.number.map_or(0, |at| at.try_into().unwrap_or_default()),
                checked_at: row.checked_at,
                checked_by_member_id: row.member_id,
                version,
                created_at,
                created_by_member_id: row.created_by,
                updated_at,
                sent_hash: None,
            });
        }
    }
}

/// What is shown with these tasks, and the members who have assignments in them: one query.
pub(super) async fn shown_with(
    connection: &impl Reads,
    scope: &CircleScope,
    tasks: &[TaskId],
) -> Result<(HashMap<TaskId, Shown>, HashMap<MemberId, Person>), Problem> {
    let (mut shown, mut people) = (HashMap::<TaskId, Shown>::new(), HashMap::new());
    if tasks.is_empty() {
        return Ok((shown, people));
    }
    let mut around = around(scope, &in_list(tasks.iter().copied()));
    for column in ORDER {
        around.order_by(column, Order::Asc);
    }
    let statement = connection.get_database_backend().build(&around);
    for row in connection.rows::<AroundRow>(statement).await? {
        let of_task = shown.entry(row.task_id).or_default();
        of_task.add(scope, row, &mut people);
    }
    Ok((shown, people))
}

/// What belongs to a task that a request changes.
pub struct AroundTask {
    parts: PartsAndPeople<task_assignment::Entity>,
    pub checklist: Vec<task_checklist_item::Model>,
    pub comments: Comments,
    /// Its appointment, if the caller sees that.
    pub appointment_id: Option<AppointmentId>,
}

impl AroundTask {
    /// The members who have assignments. Only those whose assignment is new are read.
    pub async fn people(&self, write: &CircleWrite) -> Result<HashMap<MemberId, Person>, Problem> {
        self.parts.people(write).await
    }
}

impl RelatedParts<task_assignment::Entity> for AroundTask {
    fn parts(&self) -> &[task_assignment::Model] {
        self.parts.parts()
    }

    fn parts_mut(&mut self) -> &mut Vec<task_assignment::Model> {
        self.parts.parts_mut()
    }

    fn know(&mut self, member: &membership::Model) {
        self.parts.know(member);
    }
}

/// A task that the caller sees, with what belongs to it, or 404: one query.
pub(super) async fn require(
    write: &CircleWrite,
    id: TaskId,
) -> Result<(task::Model, AroundTask), Problem> {
    let of_task = Expr::col((AROUND, "task_id")).equals((task::Entity, task::Column::Id));
    let row = write.find::<task::Entity>().filter(task::Column::Id.eq(id));
    let mut rows = with_appointment(write.scope(), row, task::Column::AppointmentId);
    QueryTrait::query(&mut rows).join_subquery(
        JoinType::LeftJoin,
        around(write.scope(), &[id]),
        AROUND,
        Condition::all().add(of_task),
    );
    for column in COLUMNS {
        rows = rows.expr(Expr::col((AROUND, column)));
    }
    for column in ORDER {
        rows = rows.order_by(Expr::col((AROUND, column)), Order::Asc);
    }
    let rows = rows
        .by_position::<((task::Model, Option<AppointmentId>), Joined<AroundRow>)>()
        .read(write.tx())
        .await?;
    let (mut found, mut shown, mut people) = (None, Shown::default(), HashMap::new());
    for (row, Joined(around)) in rows {
        found.get_or_insert(row);
        if let Some(around) = around {
            shown.add(write.scope(), around, &mut people);
        }
    }
    let (row, appointment_id) = found.ok_or(Problem::NotFound)?;
    let around = AroundTask {
        parts: PartsAndPeople::of(shown.assignments, people),
        checklist: shown.checklist,
        comments: shown.comments,
        appointment_id,
    };
    Ok((row, around))
}

/// The statement whose rows are [`AroundRow`]. PostgreSQL takes the type of a column from the first
/// part in which it is not empty.
fn around(scope: &CircleScope, tasks: &[TaskId]) -> SelectStatement {
    use membership::Column as Member;
    use task_assignment::Column as Part;
    use task_checklist_item::Column as Item;
    let nothing = || Expr::Keyword(Keyword::Null);
    let of_member = |column: Member| Expr::col((membership::Entity, column));

    let mut parts = scope
        .find::<task_assignment::Entity>()
        .filter(Part::TaskId.is_in(tasks.iter().copied()));
    let member =
        in_circle_of::<task_assignment::Entity, membership::Entity>(Part::MemberId, Member::Id);
    QueryTrait::query(&mut parts).inner_join(membership::Entity, member);
    let parts = parts
        .select_only()
        .column_as(Part::TaskId, "task_id")
        .expr_as(Expr::value(ASSIGNMENT), "what")
        .column_as(Part::Id, "id")
        .column_as(Part::MemberId, "member_id")
        .column_as(Part::State, "state")
        .column_as(Part::OwnPartDone, "own_part_done")
        .column_as(Part::IsHandingOver, "is_handing_over")
        .column_as(Part::IsAway, "is_away")
        .expr_as(of_member(Member::Name), "name")
        .expr_as(of_member(Member::State), "member_state")
        .expr_as(nothing(), "title")
        .expr_as(nothing(), "number")
        .expr_as(nothing(), "checked_at")
        .column_as(Part::Version, "version")
        .column_as(Part::CreatedAt, "created_at")
        .column_as(Part::CreatedByMemberId, "created_by")
        .column_as(Part::UpdatedAt, "updated_at");

    let items = scope
        .find::<task_checklist_item::Entity>()
        .filter(Item::TaskId.is_in(tasks.iter().copied()))
        .select_only()
        .column(Item::TaskId)
        .expr(Expr::value(ITEM))
        .columns([Item::Id, Item::CheckedByMemberId])
        .exprs(std::iter::repeat_with(nothing).take(6))
        .columns([
            Item::Title,
            Item::Position,
            Item::CheckedAt,
            Item::Version,
            Item::CreatedAt,
            Item::CreatedByMemberId,
            Item::UpdatedAt,
        ]);

    let threads = scope
        .find::<thread::Entity>()
        .filter(thread::Column::TaskId.is_in(tasks.iter().copied()))
        .select_only()
        .column(thread::Column::TaskId)
        .expr(Expr::value(COMMENTS))
        .column(thread::Column::Id)
        .exprs(std::iter::repeat_with(nothing).take(8))
        .expr(comment_count())
        .exprs([nothing(), nothing(), nothing(), nothing(), nothing()]);

    let mut all = QueryTrait::into_query(parts);
    all.union(UnionType::All, QueryTrait::into_query(items))
        .union(UnionType::All, QueryTrait::into_query(threads));
    all
}
