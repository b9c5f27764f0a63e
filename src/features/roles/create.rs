//! `create_role`: creates a role that nobody carries yet.

use garde::Validate;
use sea_orm::sea_query::IntoCondition;
use sea_orm::{ActiveValue::Set, ColumnTrait};
use serde::Deserialize;
use utoipa::ToSchema;

use super::types::Role;
use super::{rules, store};
use crate::access::change_log::Change;
use crate::access::{ArrangeRoles, CircleAccess, CirclePath, limits};
use crate::app::App;
use crate::entity::ids::RoleId;
use crate::entity::personal_access_token::TokenScope;
use crate::entity::role::{self, Column, RoleKind, RoleState};
use crate::http::extract::{Json, compared};
use crate::http::response::Created;
use crate::platform::text::{EffortMinutes, Notes, Title};
use crate::problem::{FieldError, Problem};

/// A role to create.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({
    "kind": "meals",
    "title": "Cooking on weekdays",
    "effort_minutes_per_week": 300,
    "previously_carried_by_patient": true
})))]
pub struct CreateRoleRequest {
    /// An id that you choose, any UUID. With it you can safely send the request again.
    #[serde(default)]
    #[garde(skip)]
    pub id: Option<RoleId>,
    /// The kind of role.
    #[garde(skip)]
    pub kind: RoleKind,
    /// What the role is called. Default: by kind. A `custom` role needs a title.
    #[serde(default)]
    #[garde(dive, custom(compared("title", "kind", self.title_fault())))]
    pub title: Option<Title>,
    /// What else to know about the role.
    #[serde(default)]
    #[garde(dive)]
    pub description: Option<Notes>,
    /// How long it takes each week, in minutes.
    #[serde(default)]
    #[garde(dive)]
    pub effort_minutes_per_week: Option<EffortMinutes>,
    /// Whether several members may carry it at the same time.
    #[serde(default)]
    #[garde(skip)]
    pub shared: bool,
    /// Whether the patient carried it before. If so, `patient_part` is required when
    /// somebody else gets it.
    #[serde(default)]
    #[garde(skip)]
    pub previously_carried_by_patient: bool,
}

impl CreateRoleRequest {
    fn title_fault(&self) -> Vec<FieldError> {
        let untitled = self.title.is_none() && rules::default_title(self.kind).is_none();
        untitled.then(rules::untitled).into_iter().collect()
    }
}

/// Create a role.
///
/// Nobody carries it yet: offer it to a member, or claim it. Nobody is told.
///
/// - 403 `forbidden`: only coordinators, caregivers and the patient can create a role
/// - 409 `limit_reached`: the circle has too many active roles
/// - 409 `id_taken`, `id_reused`: the `id` belongs to another role, or you sent it before
///   with another body
/// - 422 `required`: a `custom` role needs a `title`
#[utoipa::path(
    post, path = "/circles/{circle_id}/roles", tag = "roles", params(CirclePath),
    security(("personal_access_token" = [TokenScope::RolesWrite])),
    responses((status = CREATED, description = "The role", body = Role), Problem),
)]
pub async fn create_role(
    app: App,
    circle: CircleAccess<ArrangeRoles>,
    Json(new): Json<CreateRoleRequest>,
) -> Result<Created<Role>, Problem> {
    let mut write = app.begin_write(&circle).await?;
    if let Some(before) = write.made_before::<role::Entity>(new.id).await? {
        let answer = store::describe(write.tx(), write.scope(), before).await?;
        return write.commit(Created::again(answer)).await;
    }
    let id = new.id.unwrap_or_else(|| write.new_id());
    let active = Column::State.eq(RoleState::Active).into_condition();
    write
        .check_limit::<role::Entity>(limits::ROLES, active)
        .await?;
    let row = role::ActiveModel {
        id: Set(id),
        kind: Set(new.kind),
        title: Set(new.title.map(Into::into)),
        description: Set(new.description.map(Into::into)),
        effort_minutes_per_week: Set(new.effort_minutes_per_week.map(EffortMinutes::get)),
        shared: Set(new.shared),
        previously_carried_by_patient: Set(new.previously_carried_by_patient),
        state: Set(RoleState::Active),
        ..Default::default()
    };
    let role = write.create::<role::Entity>(row).await?;
    write
        .log(Change::to::<role::Entity>("created", &role))
        .await?;
    let answer = store::describe(write.tx(), write.scope(), role).await?;
    write.commit(Created::new(answer)).await
}
