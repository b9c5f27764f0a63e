//! What every table of a circle declares, so that each query asks for the circle and for what the
//! caller sees, and no handler can forget it.

use sea_orm::{ActiveModelTrait, Condition, EntityTrait, IntoActiveModel, TryIntoModel};
use uuid::Uuid;

use super::scope::CircleScope;
use super::search_terms::Searched;
use crate::row::Row;

/// A table whose rows belong to a circle: key `(circle_id, id)`, a version, stamps.
pub trait CircleOwned:
    EntityTrait<
        Model: IntoActiveModel<Self::ActiveModel> + Row + Send + Sync,
        ActiveModel: ActiveModelTrait<Entity = Self> + TryIntoModel<Self::Model> + Send,
    >
{
    /// The type of its ids: a `UserId` in place of a `TaskId` does not compile.
    type Id: Into<Uuid> + Copy + Send;

    /// The type of the rows in the change log.
    const SUBJECT: &'static str;

    /// How its rows are indexed for the search; `None` if nobody searches for them.
    const SEARCHED: Option<Searched<Self>>;

    fn circle_column() -> Self::Column;
    fn id_column() -> Self::Column;
    fn version_column() -> Self::Column;
    fn created_at_column() -> Self::Column;
    fn created_by_member_column() -> Self::Column;
    fn updated_at_column() -> Self::Column;

    fn id_of(row: &Self::Model) -> Self::Id;
    fn version_of(row: &Self::Model) -> i32;

    /// The condition of the rows that this caller sees, as a member of the circle. It is written
    /// in [`visibility`](super::visibility) only.
    fn visible(scope: &CircleScope) -> Condition;
}

/// A table whose ids clients may choose, so that repeating a create is harmless.
pub trait OwnId: CircleOwned {
    /// The column with a hash of the request, by which a repeated create is recognized.
    fn sent_hash_column() -> Self::Column;
}

/// What the activity, and a list of what was released, calls a row of an entity.
pub const fn subject_of(entity: &'static str) -> &'static str {
    match entity.as_bytes() {
        b"membership" => "member",
        b"task_checklist_item" => "checklist_item",
        _ => entity,
    }
}

/// Declares a table of a circle, and who sees its rows. `by topic`: members who read the topic in
/// its column `topic`. `with` a parent: members who see the parent. Otherwise a condition. With
/// `own_id` clients may choose the ids. `parts` declares the table of its parts with it.
macro_rules! circle_owned {
    ($entity:ident, $id:ident, own_id, $($visible:tt)+) => {
        circle_owned!($entity, $id, $($visible)+);

        impl $crate::access::OwnId for $crate::entity::$entity::Entity {
            fn sent_hash_column() -> Self::Column {
                $crate::entity::$entity::Column::SentHash
            }
        }
    };
    ($entity:ident, $id:ident, by topic, parts $part:ident $part_id:ident) => {
        circle_owned!($entity, $id, by topic);
        circle_owned!($part, $part_id, with $entity by $id);
    };
    ($entity:ident, $id:ident, by topic) => {
        circle_owned!($entity, $id, |scope| {
            of_readable_topic(scope, $crate::entity::$entity::Column::Topic)
        });
    };
    ($entity:ident, $id:ident, with $parent:ident by $column:ident) => {
        circle_owned!($entity, $id, |scope| {
            let parent = $crate::entity::$entity::Column::$column;
            of_visible::<$crate::entity::$parent::Entity>(scope, parent)
        });
    };
    ($entity:ident, $id:ident, $visible:expr) => {
        impl $crate::access::CircleOwned for $crate::entity::$entity::Entity {
            type Id = $crate::entity::ids::$id;

            const SUBJECT: &'static str = $crate::access::subject_of(stringify!($entity));

            const SEARCHED: Option<$crate::access::Searched<Self>> =
                $crate::access::searched!($entity);

            fn circle_column() -> Self::Column {
                $crate::entity::$entity::Column::CircleId
            }

            fn id_column() -> Self::Column {
                $crate::entity::$entity::Column::Id
            }

            fn version_column() -> Self::Column {
                $crate::entity::$entity::Column::Version
            }

            fn created_at_column() -> Self::Column {
                $crate::entity::$entity::Column::CreatedAt
            }

            fn created_by_member_column() -> Self::Column {
                $crate::entity::$entity::Column::CreatedByMemberId
            }

            fn updated_at_column() -> Self::Column {
                $crate::entity::$entity::Column::UpdatedAt
            }

            fn id_of(row: &Self::Model) -> Self::Id {
                row.id
            }

            fn version_of(row: &Self::Model) -> i32 {
                row.version
            }

            fn visible(scope: &$crate::access::CircleScope) -> sea_orm::Condition {
                let visible: fn(&$crate::access::CircleScope) -> sea_orm::Condition = $visible;
                visible(scope)
            }
        }
    };
}

pub(super) use circle_owned;
