//! The tables of this feature, inside the fence.

use sea_orm::Condition;

use crate::access::{circle_owned, own_id};

own_id!(invitation);

circle_owned!(membership, MemberId, "membership", |_| Condition::all());
circle_owned!(invitation, InvitationId, "invitation", |_| Condition::all());
