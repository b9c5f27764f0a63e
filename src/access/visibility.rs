//! Who sees which rows: a condition for each table, all of them on this page. What a member may do
//! with a row that they see is in [`permission`](super::permission).
//!
//! # What it guarantees
//!
//! A row that a caller does not see does not exist for them: it is a 404, and it is in no list, no
//! count, no reminder and no line of the change log. There is one exception: the export of an
//! account also holds rows about its owner that the owner does not see.
//!
//! | rows | who sees them |
//! |---|---|
//! | memberships, invitations, join links, join requests, successions, proxies, roles, role assignments, task lists, absences | every member of the circle |
//! | tables declared `by topic`, like tasks | members who read the topic |
//! | tables declared `with` a parent, like attendances with their appointment | members who see the parent |
//! | task assignments, items of checklists | members who see the task |
//! | needs, need commitments | members who read the topic `daily`, whether they see the appointment or not |
//! | handovers | members who see the task, the need or the role that is handed over |
//! | threads about a topic | members who read the topic |
//! | threads about an item, with its comments | members who read the topic of the item, and so see it |
//! | direct threads | the members named in them, and nobody else |
//! | messages | members who see the thread; messages from before they joined only in threads about an item, and with the permission `ReadHistory` in threads about a topic |
//! | revisions of a message | members who see the message |
//! | words of the search | nobody: they are joined to a task, an appointment or a message that is selected by its own condition |
//! | reminders | members who see the thing that they are about |
//! | deliveries of a reminder | members who see the reminder |
//! | read cursors, notifications | the one member to whom they belong; in the list of notifications also the contact of a member without an account |
//! | lines of the change log | members who read the topic and see the thread of the line, if it has them; about invitations, join links and join requests members with `InvitePeople`; about grants members with `SetTopics`, and the member concerned |
//!
//! Kith itself, in its jobs, sees everything in the circle that it works on. Some rows are visible
//! to every member here, but the operation that shows them needs a permission: only members with
//! `InvitePeople` can list invitations.
//!
//! # How
//!
//! A table of a circle is declared here with `circle_owned!`, which implements
//! [`CircleOwned`] for it. [`CircleScope::find`], and everything that is built on it
//! (`find`, `require`, `delete` and `delete_all` of the doors), asks for the circle and
//! adds the condition; [`CallerCircles::find`](super::CallerCircles::find) does it for every
//! circle of a person, and so does [`MyCircles`](super::MyCircles), for a view that joins several
//! tables. A row with a parent has the condition of its parent, by a subquery: nobody
//! ever sees an assignment without its task. Two doors of [`CircleWrite`] leave the condition out,
//! and their names say so: `find_in_circle` and `update_all`. They are for what must follow a
//! change everywhere, and an answer never shows what they read.
//!
//! What *other* members see, for offers and emails, is in `member_levels.rs`.
//!
//! [`CircleWrite`]: super::CircleWrite
//!
//! # An example
//!
//! A handler names no condition, but answers 404 for a photo of a topic that the caller does not
//! read:
//!
//! ```ignore
//! let row = circle.require::<photo::Entity>(path.photo_id).await?;
//! ```
//!
//! because the new table has a line in the table above, and this line here:
//!
//! ```ignore
//! circle_owned!(photo, PhotoId, own_id, by topic, parts photo_comment PhotoCommentId);
//! ```
//!
//! Without `circle_owned!`, `require` does not compile for it. `parts` declares a second table,
//! whose rows are visible to members who see the photo. With `own_id` clients may choose the ids;
//! then the table needs a column `sent_hash`. For any other condition, write a function on this
//! page and a line in the table above.
//!
//! # What goes wrong without it
//!
//! A handler that filters by itself forgets the condition in its fifth list, and a helper reads a
//! diagnosis. A count includes rows that the list does not show. The rule of a parent changes, and
//! its children keep the old rule.

use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{ColumnTrait, Condition, QuerySelect, QueryTrait};
use uuid::Uuid;

use super::owned::{CircleOwned, circle_owned};
use super::permission::Permission;
use super::scope::CircleScope;
use crate::entity::subjects;
use crate::entity::thread::ThreadKind;
use crate::entity::topic_grant::{Topic, TopicLevel};
use crate::entity::{
    change, handover, invitation, join_link, join_request, message, need, notification,
    read_cursor, reminder, role_assignment, task, thread, thread_member,
};

circle_owned!(membership, MemberId, every_member);
circle_owned!(invitation, InvitationId, own_id, every_member);
circle_owned!(join_link, JoinLinkId, every_member);
circle_owned!(join_request, JoinRequestId, every_member);
circle_owned!(succession, SuccessionId, every_member);
circle_owned!(proxy, ProxyId, every_member);
circle_owned!(role, RoleId, own_id, every_member);
circle_owned!(role_assignment, RoleAssignmentId, every_member);
circle_owned!(task_list, TaskListId, own_id, every_member);

circle_owned!(task_series, TaskSeriesId, own_id, by topic);
circle_owned!(task_series_member, TaskSeriesMemberId, with task_series by SeriesId);
circle_owned!(appointment_series, AppointmentSeriesId, own_id, by topic);
circle_owned!(appointment_series_attendee, AppointmentSeriesAttendeeId, with appointment_series by SeriesId);

circle_owned!(task, TaskId, own_id, by topic);

circle_owned!(task_assignment, TaskAssignmentId, with task by TaskId);
circle_owned!(task_checklist_item, ChecklistItemId, own_id, with task by TaskId);

circle_owned!(appointment, AppointmentId, own_id, by topic, parts attendance AttendanceId);

circle_owned!(agenda_item, AgendaItemId, own_id, with appointment by AppointmentId);
circle_owned!(question, QuestionId, own_id, by topic);

circle_owned!(need, NeedId, own_id, reads_daily);
circle_owned!(need_assignment, NeedAssignmentId, reads_daily);

circle_owned!(handover, HandoverId, |scope| {
    use handover::Column::{NeedId, RoleAssignmentId, TaskId};
    Condition::any()
        .add(of_visible::<task::Entity>(scope, TaskId))
        .add(of_visible::<need::Entity>(scope, NeedId))
        .add(of_visible::<role_assignment::Entity>(
            scope,
            RoleAssignmentId,
        ))
});

circle_owned!(absence, AbsenceId, every_member);

circle_owned!(thread, ThreadId, own_id, reads_topic_or_is_named);

circle_owned!(thread_member, ThreadMemberId, with thread by ThreadId);

circle_owned!(message, MessageId, own_id, |scope| {
    let mut its_thread = parent_of::<thread::Entity>(scope, message::Column::ThreadId);
    its_thread.cond_where(written_for(scope));
    Condition::all().add(Expr::exists(its_thread))
});

circle_owned!(message_edit, MessageEditId, with message by MessageId);

circle_owned!(read_cursor, ReadCursorId, |scope| {
    of_caller(scope, read_cursor::Column::MemberId)
});

circle_owned!(notification, NotificationId, |scope| {
    of_caller(scope, notification::Column::MemberId)
});

circle_owned!(reminder, ReminderId, of_visible_subject);

circle_owned!(delivery, DeliveryId, with reminder by ReminderId);

/// The lines of the change log that a caller sees. The change log is not [`CircleOwned`], because
/// only the transaction writes it.
pub fn visible_changes(scope: &CircleScope) -> Condition {
    use change::Column;
    let topic = Condition::any()
        .add(Column::Topic.is_null())
        .add(of_readable_topic(scope, Column::Topic));
    let thread = Condition::any()
        .add(Column::ThreadId.is_null())
        .add(of_visible::<thread::Entity>(scope, Column::ThreadId));
    let mut visible = Condition::all()
        .add(Column::CircleId.eq(scope.circle_id()))
        .add(topic)
        .add(thread);
    if !scope.may(Permission::InvitePeople) {
        visible = visible.add(Column::SubjectType.is_not_in([
            invitation::Entity::SUBJECT,
            join_link::Entity::SUBJECT,
            join_request::Entity::SUBJECT,
        ]));
    }
    if !scope.may(Permission::SetTopics) {
        let of_me = Column::SubjectId.eq(scope.member_id().map(Uuid::from));
        let other = Column::Verb.is_not_in(["topics_updated", "topics_expired"]);
        visible = visible.add(Condition::any().add(other).add(of_me));
    }
    visible
}

fn every_member(_scope: &CircleScope) -> Condition {
    Condition::all()
}

/// Rows about a topic that the caller reads.
fn of_readable_topic(scope: &CircleScope, topic: impl ColumnTrait) -> Condition {
    about_any(&scope.topics().readable(), topic)
}

/// Rows about one of these topics. SQLite compares a column with two values in place, and puts a
/// longer list into a table whenever the statement runs. So a long list is in two parts.
pub fn about_any(topics: &[Topic], topic: impl ColumnTrait) -> Condition {
    let (first, others) = topics.split_at(topics.len().min(2));
    let about = Condition::any().add(topic.is_in(first.iter().copied()));
    let others = (!others.is_empty()).then(|| topic.is_in(others.iter().copied()));
    about.add_option(others)
}

/// Rows whose parent the caller sees. The database looks up the parent of each row that it reads:
/// with a list of all visible parents, it would read every parent in the circle first.
fn of_visible<Parent: CircleOwned>(scope: &CircleScope, parent: impl ColumnTrait) -> Condition {
    Condition::all().add(Expr::exists(parent_of::<Parent>(scope, parent)))
}

/// The parent of a row, if the caller sees it, for a subquery. `parent` is the column of the row
/// that names it.
fn parent_of<Parent: CircleOwned>(
    scope: &CircleScope,
    parent: impl ColumnTrait,
) -> SelectStatement {
    let mut parents = scope.find::<Parent>().select_only();
    QueryTrait::query(&mut parents)
        .expr(Expr::value(1))
        .and_where(
            Expr::col((Parent::default(), Parent::id_column())).equals(parent.as_column_ref()),
        )
        .take()
}

macro_rules! reminded {
    (
        reminded {$($kind:ident($id:ident): $entity:ident by $field:ident($column:ident);)+}
        notified $rest:tt
    ) => {
        /// Reminders of something that the caller sees.
        fn of_visible_subject(scope: &CircleScope) -> Condition {
            let mut visible = Condition::any();
            $(visible = visible.add(of_visible::<crate::entity::$entity::Entity>(
                scope,
                reminder::Column::$column,
            ));)+
            visible
        }
    };
}

subjects!(reminded);

/// The caller's own rows; Kith itself sees everybody's.
fn of_caller(scope: &CircleScope, member: impl ColumnTrait) -> Condition {
    Condition::all().add_option(scope.member_id().map(|me| member.eq(me)))
}

/// All rows or none: a need counts as an everyday thing, even if its appointment has another topic.
fn reads_daily(scope: &CircleScope) -> Condition {
    let reads = scope.topics().level(Topic::Daily) >= TopicLevel::Read;
    Condition::all().add(Expr::value(reads))
}

/// Kith itself sees every thread. A member sees a direct thread only if it names them. The topic of a
/// thread about an item is always that of the item.
fn reads_topic_or_is_named(scope: &CircleScope) -> Condition {
    let Some(me) = scope.member_id() else {
        return Condition::all();
    };
    let names_me = Query::select()
        .expr(Expr::value(1))
        .from(thread_member::Entity)
        .and_where(thread_member::Column::CircleId.eq(scope.circle_id()))
        .and_where(
            Expr::col((thread_member::Entity, thread_member::Column::ThreadId))
                .equals((thread::Entity, thread::Column::Id)),
        )
        .and_where(thread_member::Column::MemberId.eq(me))
        .take();
    Condition::any()
        .add(of_readable_topic(scope, thread::Column::Topic))
        .add(
            Condition::all()
                .add(thread::Column::Kind.eq(ThreadKind::Direct))
                .add(Expr::exists(names_me)),
        )
}

/// Which messages of a thread were written for the member, in a statement that has selected the
/// threads that the member sees.
pub fn written_for(scope: &CircleScope) -> Condition {
    let Some(joined_at) = scope.joined_at() else {
        return Condition::all();
    };
    let reads_history = scope.may(Permission::ReadHistory);
    since_joining(Expr::value(joined_at), Expr::value(reads_history))
}

/// Messages from before a member joined need the permission `ReadHistory`, and a thread about a
/// topic: a direct thread was written for the people who were there at the time. The comments of an
/// item belong to it like its notes, so members who see it see all of them.
///
/// `joined_at` and `reads_history` are what the scope of the member says.
pub(super) fn since_joining(joined_at: Expr, reads_history: Expr) -> Condition {
    let message = |column| Expr::col((message::Entity, column));
    let about_topic = thread::Column::Kind.eq(ThreadKind::Topic);
    Condition::any()
        .add(message(message::Column::CreatedAt).gte(joined_at))
        .add(Condition::all().add(reads_history).add(about_topic))
        .add(thread::Column::Kind.eq(ThreadKind::Item))
}
