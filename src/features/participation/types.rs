//! The bodies that every kind of work shares.

use garde::Validate;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::entity::wire_enum;
use crate::http::extract::Json;

wire_enum! {
    /// Whether enough people have taken a task on.
    Coverage {
        /// Nobody has.
        None = "none",
        /// Some, but not enough.
        Partial = "partial",
        /// Enough.
        Full = "full",
    }
}

impl Coverage {
    /// Of so many who have accepted, where so many are needed.
    pub fn of(accepted: i32, needed: i32) -> Self {
        match accepted {
            0 => Self::None,
            some if some < needed => Self::Partial,
            _ => Self::Full,
        }
    }
}

/// Whether you take it on beside something else at that time.
#[derive(Clone, Copy, Debug, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "allow_overlap": true })))]
#[schema(as = TakeOn)]
pub struct ClaimRequest {
    /// Without it, something you have taken on or accepted for the same time, in any
    /// of your circles, is a conflict. Something with a start and no end counts as an
    /// hour; a date, or a due time without a window, takes no time.
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
