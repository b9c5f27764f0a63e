//! What the list of all subjects (`entity/subjects.rs`) makes: the columns that name a subject, and
//! the calls to the feature that it belongs to.

use sea_orm::sea_query::{Expr, UnionType};
use sea_orm::{ActiveValue::Set, ColumnTrait, Condition, QueryFilter, QueryTrait};
use uuid::Uuid;

use super::{CalendarPlace, MemberPart, Reminded, Subject};
use crate::access::{CircleOwned, CircleWrite};
use crate::entity::ids::{self, MemberId};
use crate::entity::mail_token::RespondSubject;
use crate::entity::subjects;
use crate::entity::{notification, reminder};
use crate::notify::notifications::SubjectState;
use crate::notify::reminders::{Item, PartKey, PartStatus, move_days};
use crate::platform::db::{ReadRows, in_list};
use crate::problem::Problem;

/// How many ids go into one query.
const AT_ONCE: usize = 500;

macro_rules! kinds {
    (
        reminded {$($kind:ident($id:ident): $entity:ident by $field:ident($column:ident);)+}
        notified {$($other:ident($other_id:ident): $other_entity:ident by $other_field:ident;)*}
    ) => {
        /// The id of a subject of any kind.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum SubjectId {
            $($kind(ids::$id),)+
            $($other(ids::$other_id),)*
        }

        impl SubjectId {
            /// The subject of a notification.
            pub(in crate::notify) fn of_notification(row: &notification::Model) -> Option<Self> {
                $(if let Some(id) = row.$field {
                    return Some(Self::$kind(id));
                })+
                $(if let Some(id) = row.$other_field {
                    return Some(Self::$other(id));
                })*
                None
            }

            /// The subject of a reminder.
            pub(in crate::notify) fn of_reminder(row: &reminder::Model) -> Option<Self> {
                $(if let Some(id) = row.$field {
                    return Some(Self::$kind(id));
                })+
                None
            }

            /// Writes the id into the row of a notification.
            pub(in crate::notify) fn write_to_notification(
                self,
                row: &mut notification::ActiveModel,
            ) {
                $(row.$field = Set(None);)+
                $(row.$other_field = Set(None);)*
                match self {
                    $(Self::$kind(id) => row.$field = Set(Some(id)),)+
                    $(Self::$other(id) => row.$other_field = Set(Some(id)),)*
                }
            }

            /// Writes the id into the row of a reminder.
            pub(in crate::notify) fn write_to_reminder(self, row: &mut reminder::ActiveModel) {
                $(row.$field = Set(None);)+
                match self {
                    $(Self::$kind(id) => row.$field = Set(Some(id)),)+
                    $(Self::$other(_) => {})*
                }
            }

            /// What a link in an email answers about: members take part in what they are reminded
            /// of. None for other subjects.
            pub(in crate::notify) fn answered(self) -> Option<(RespondSubject, Uuid)> {
                match self {
                    $(Self::$kind(id) => Some((RespondSubject::$kind, id.0)),)+
                    _ => None,
                }
            }

            /// What the activity calls it, and its id.
            pub(in crate::notify) fn named(self) -> (&'static str, Uuid) {
                match self {
                    $(Self::$kind(id) => {
                        (<crate::entity::$entity::Entity as CircleOwned>::SUBJECT, id.into())
                    })+
                    $(Self::$other(id) => {
                        (<crate::entity::$other_entity::Entity as CircleOwned>::SUBJECT, id.into())
                    })*
                }
            }

            /// What the sentences about any subject of this kind need.
            pub(in crate::notify) fn state_of_kind(self, part: MemberPart) -> SubjectState {
                match self {
                    $(Self::$kind(_) => {
                        SubjectState::of_kind::<crate::entity::$entity::Entity>(part)
                    })+
                    $(Self::$other(_) => {
                        SubjectState::of_kind::<crate::entity::$other_entity::Entity>(part)
                    })*
                }
            }

            /// The condition for the reminders of these subjects.
            pub(in crate::notify) fn reminders(subjects: &[Self]) -> Condition {
                let mut reminders = Condition::any();
                $(
                    let ids: Vec<ids::$id> = subjects.iter().filter_map(Self::$field).collect();
                    if !ids.is_empty() {
                        reminders = reminders.add(reminder::Column::$column.is_in(ids));
                    }
                )+
                if reminders.is_empty() {
                    // An empty condition would match all reminders.
                    return reminders.add(Expr::value(false));
                }
                reminders
            }

            $(fn $field(&self) -> Option<ids::$id> {
                match self {
                    Self::$kind(id) => Some(*id),
                    _ => None,
                }
            })+
        }

        /// The present state of a subject and of a member's part in it, if it still exists.
        pub(in crate::notify) async fn state_of(
            write: &CircleWrite,
            subject: SubjectId,
            member: MemberId,
        ) -> Result<Option<SubjectState>, Problem> {
            match subject {
                $(SubjectId::$kind(id) => {
                    SubjectState::read::<crate::entity::$entity::Entity>(write, id, member).await
                })+
                $(SubjectId::$other(id) => {
                    SubjectState::read::<crate::entity::$other_entity::Entity>(write, id, member).await
                })*
            }
        }

        /// The events that stand for a subject in the calendar of a member.
        pub(in crate::notify) async fn calendar_place_of(
            write: &CircleWrite,
            subject: SubjectId,
            member: MemberId,
        ) -> Result<CalendarPlace, Problem> {
            match subject {
                $(SubjectId::$kind(id) => {
                    <crate::entity::$entity::Entity as Subject>::calendar_place(write, id, member).await
                })+
                $(SubjectId::$other(id) => {
                    <crate::entity::$other_entity::Entity as Subject>::calendar_place(write, id, member)
                        .await
                })*
            }
        }

        /// The items of these subjects, as they are now. This takes few queries for each kind and
        /// five hundred subjects.
        pub(in crate::notify) async fn items_of(
            write: &CircleWrite,
            subjects: &[SubjectId],
        ) -> Result<Vec<Item>, Problem> {
            let mut items = Vec::new();
            $(
                let ids: Vec<ids::$id> = subjects.iter().filter_map(SubjectId::$field).collect();
                for ids in ids.chunks(AT_ONCE) {
                    type Of = crate::entity::$entity::Entity;
                    let rows = write
                        .find_in_circle::<Of>()
                        .filter(<Of as CircleOwned>::id_column().is_in(ids.iter().copied()))
                        .all(write.tx())
                        .await?;
                    items.extend(<Of as Reminded>::items(write, &rows).await?);
                }
            )+
            Ok(items)
        }

        /// The reminders of these subjects in every state. This takes one query for five hundred
        /// subjects of each kind. Each kind is a part of its own in it: with all kinds in one
        /// condition SQLite reads all reminders of the circle, and with a state or a time in it
        /// those of all circles.
        pub(in crate::notify) async fn reminders_of(
            write: &CircleWrite,
            subjects: &[SubjectId],
        ) -> Result<Vec<reminder::Model>, Problem> {
            write.send_later_of::<reminder::Entity>().await?;
            let mut parts = Vec::new();
            $(
                let ids: Vec<ids::$id> = subjects.iter().filter_map(SubjectId::$field).collect();
                let of_kind = |ids: &[ids::$id]| {
                    let of_these = reminder::Column::$column.is_in(in_list(ids.iter().copied()));
                    write.find_in_circle::<reminder::Entity>().filter(of_these)
                };
                parts.push(ids.chunks(AT_ONCE).map(of_kind).collect::<Vec<_>>().into_iter());
            )+
            let mut reminders = Vec::new();
            loop {
                let mut next = parts.iter_mut().filter_map(Iterator::next);
                let Some(mut query) = next.next() else {
                    return Ok(reminders);
                };
                for other in next {
                    let other = QueryTrait::into_query(other);
                    QueryTrait::query(&mut query).union(UnionType::All, other);
                }
                reminders.extend(query.read(write.tx()).await?);
            }
        }

        /// For each of these subjects the items that belong together, with its own.
        pub(in crate::notify) async fn neighbours(
            write: &CircleWrite,
            subjects: &[SubjectId],
        ) -> Result<Vec<(SubjectId, Vec<Item>)>, Problem> {
            let mut neighbours = Vec::new();
            $(
                let ids: Vec<ids::$id> = subjects.iter().filter_map(SubjectId::$field).collect();
                for ids in ids.chunks(AT_ONCE) {
                    neighbours.extend(
                        <crate::entity::$entity::Entity as Reminded>::neighbours(write, ids.to_vec())
                            .await?,
                    );
                }
            )+
            Ok(neighbours)
        }

        /// The parts of all members in these subjects, with their states. This takes one query for
        /// each kind and five hundred subjects.
        pub(in crate::notify) async fn parts_of(
            write: &CircleWrite,
            subjects: &[SubjectId],
        ) -> Result<Vec<(PartKey, PartStatus)>, Problem> {
            let mut parts = Vec::new();
            $(
                let ids: Vec<ids::$id> = subjects.iter().filter_map(SubjectId::$field).collect();
                for ids in ids.chunks(AT_ONCE) {
                    parts.extend(<crate::entity::$entity::Entity as Reminded>::parts(write, ids.to_vec()).await?);
                }
            )+
            Ok(parts)
        }

        /// Everything that is still to come in a circle.
        pub(in crate::notify) async fn items_ahead(
            write: &CircleWrite,
            dated: bool,
        ) -> Result<Vec<Item>, Problem> {
            let mut items = Vec::new();
            $(items.extend(<crate::entity::$entity::Entity as Reminded>::ahead(write, dated).await?);)+
            Ok(items)
        }

        /// Computes the instants by which rows with a date are sorted for the zone.
        pub(in crate::notify) async fn follow_zone(
            write: &CircleWrite,
            zone: &str,
        ) -> Result<(), Problem> {
            $(move_days::<crate::entity::$entity::Entity>(write, zone).await?;)+
            Ok(())
        }
    };
}

subjects!(kinds);
