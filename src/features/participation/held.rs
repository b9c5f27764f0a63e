//! Which things a member has a part in: one statement for all kinds. Most members who go have a part
//! in few kinds, and the others are not read.

use std::collections::HashMap;

use sea_orm::sea_query::{Expr, SelectStatement, UnionType};
use sea_orm::{ColumnTrait, ConnectionTrait, QueryFilter, QuerySelect, QueryTrait};
use uuid::Uuid;

use super::part::Part;
use super::work::HasParts;
use crate::access::{CircleOwned, CircleWrite};
use crate::entity::handover::{self, HandoverState};
use crate::entity::ids::MemberId;
use crate::entity::membership::{self, MemberState};
use crate::entity::subjects;
use crate::entity::{appointment_series_attendee, role_assignment, task_series_member};
use crate::platform::db::Reads;
use crate::problem::Problem;

/// The things of each kind in which a member has a part that ends when they go, the handovers in
/// which they are asked, and the members without an account whose contact they are.
pub struct Held(HashMap<String, Vec<Uuid>>);

impl Held {
    /// It does not matter whether the caller sees the things.
    pub async fn read(write: &CircleWrite, member: MemberId) -> Result<Self, Problem> {
        let mut selects = of_all_kinds(write, member).into_iter();
        let mut select = selects.next().unwrap_or_default();
        select.unions(selects.map(|other| (UnionType::All, other)));
        let statement = write.tx().get_database_backend().build(&select);
        let mut held: HashMap<String, Vec<Uuid>> = HashMap::new();
        for (kind, id) in write.tx().rows::<(String, Uuid)>(statement).await? {
            held.entry(kind).or_default().push(id);
        }
        Ok(Self(held))
    }

    /// The ids of those of one kind.
    pub fn of<E: CircleOwned>(&self) -> &[Uuid] {
        self.0.get(E::SUBJECT).map_or(&[], Vec::as_slice)
    }
}

macro_rules! held {
    (
        reminded {$($kind:ident($id:ident): $entity:ident by $field:ident($column:ident);)+}
        notified $rest:tt
    ) => {
        fn of_all_kinds(write: &CircleWrite, member: MemberId) -> Vec<SelectStatement> {
            vec![
                $(of_kind::<<crate::entity::$entity::Entity as HasParts>::Parts>(write, member),)+
                of_kind::<role_assignment::Entity>(write, member),
                handovers_to(write, member),
                managed_by(write, member),
                of_kind::<task_series_member::Entity>(write, member),
                of_kind::<appointment_series_attendee::Entity>(write, member),
            ]
        }
    };
}

subjects!(held);

/// The open handovers in which the member is asked.
fn handovers_to(write: &CircleWrite, member: MemberId) -> SelectStatement {
    use handover::Column;
    let mut asked = write
        .find_in_circle::<handover::Entity>()
        .filter(Column::ToMemberId.eq(member))
        .filter(Column::State.eq(HandoverState::Open))
        .select_only();
    QueryTrait::query(&mut asked)
        .expr(Expr::value(handover::Entity::SUBJECT))
        .expr(Expr::col((handover::Entity, Column::Id)))
        .take()
}

/// The members without an account whose contact a member is.
fn managed_by(write: &CircleWrite, member: MemberId) -> SelectStatement {
    use membership::Column;
    let mut managed = write
        .find_in_circle::<membership::Entity>()
        .filter(Column::ContactMemberId.eq(member))
        .filter(Column::State.is_in([MemberState::Active, MemberState::Suspended]))
        .select_only();
    QueryTrait::query(&mut managed)
        .expr(Expr::value(membership::Entity::SUBJECT))
        .expr(Expr::col((membership::Entity, Column::Id)))
        .take()
}

fn of_kind<P: Part>(write: &CircleWrite, member: MemberId) -> SelectStatement {
    let mut parts = write
        .find_in_circle::<P>()
        .filter(P::member_column().eq(member))
        .filter(P::ends_with_member())
        .select_only();
    QueryTrait::query(&mut parts)
        .expr(Expr::value(P::Parent::SUBJECT))
        .expr(Expr::col((P::default(), P::parent_column())))
        .take()
}
