//! The bodies that tasks and needs share.

use garde::Validate;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::entity::ids::MemberId;
use crate::entity::wire_enum;
use crate::http::extract::Json;

wire_enum! {
    /// Whether enough members have claimed it.
    Coverage {
        /// Nobody has.
        None = "none",
        /// Some have, but more are needed.
        Partial = "partial",
        /// Enough have.
        Full = "full",
    }
}

impl Coverage {
    /// From how many have accepted and how many are needed.
    pub fn of(accepted: i32, needed: i32) -> Self {
        match accepted {
            0 => Self::None,
            some if some < needed => Self::Partial,
            _ => Self::Full,
        }
    }
}

/// Whether you claim it although you have something else at that time.
#[derive(Clone, Copy, Debug, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "allow_overlap": false })))]
pub struct ClaimRequest {
    /// Claims it although you have something else at that time, in any of your circles.
    /// Without it an overlap is refused with 409 `overlap`. Something with a start and no
    /// end counts as one hour. A date, or a due time without a start, takes no time.
    #[serde(default)]
    #[garde(skip)]
    pub allow_overlap: bool,
}

impl ClaimRequest {
    /// Whether an overlap is allowed. Without a body it is not.
    pub fn allows_overlap(body: Option<Json<Self>>) -> bool {
        body.is_some_and(|Json(body)| body.allow_overlap)
    }
}

/// Whom you ask to take it on.
#[derive(Clone, Copy, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "member_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3e" })))]
pub struct OfferRequest {
    /// The id of the member.
    #[garde(skip)]
    pub member_id: MemberId,
}
