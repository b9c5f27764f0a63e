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
use crate::entity::personal_token::TokenScope;
use crate::entity::role::{self, Column, RoleKind, RoleState};
use crate::http::extract::Json;
use crate::http::response::Created;
use crate::platform::text::{EffortMinutes, Notes, Title};
use crate::problem::Problem;

/// A role to be.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({
    "kind": "meals",
    "title": "Cooking on weekdays",
    "effort_minutes_per_week": 300,
    "previously_carried_by_patient": true
})))]
pub struct NewRole {
    /// An id of your own choice, any UUID, so that repeating the request is harmless.
    #[serde(default)]
    #[garde(skip)]
    pub id: Option<RoleId>,
    #[garde(skip)]
    pub kind: RoleKind,
    /// Default: by kind. A `custom` role needs one.
    #[serde(default)]
    #[garde(dive)]
    pub title: Option<Title>,
    #[serde(default)]
    #[garde(dive)]
    pub description: Option<Notes>,
    #[serde(default)]
    #[garde(dive)]
    pub effort_minutes_per_week: Option<EffortMinutes>,
    /// Whether several may carry it at a time.
    #[serde(default)]
    #[garde(skip)]
    pub shared: bool,
    /// Whether it was the patient's before; then whoever offers it says what
    /// part of it the patient keeps.
    #[serde(default)]
    #[garde(skip)]
    pub previously_carried_by_patient: bool,
}

/// Create a role.
///
/// Nobody carries it yet: offer it, or take it.
#[utoipa::path(
    post, path = "/circles/{circle_id}/roles", tag = "roles", params(CirclePath),
    security(("access_token" = [TokenScope::RolesWrite])),
    responses((status = CREATED, description = "The role", body = Role), Problem),
)]
pub async fn create_role(
    app: App,
    circle: CircleAccess<ArrangeRoles>,
    Json(new): Json<NewRole>,
) -> Result<Created<Role>, Problem> {
    let mut write = app.begin_write(&circle).await?;
    if let Some(before) = write.made_before::<role::Entity>(new.id).await? {
        let answer = store::describe(write.tx(), write.scope(), before).await?;
        return write.commit(Created::again(answer)).await;
    }
    let id = new.id.unwrap_or_else(|| write.new_id());
    if new.title.is_none() && rules::default_title(new.kind).is_none() {
        return Err(rules::untitled());
    }
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
