//! `create_circle`: creates a circle with its first coordinator. The circle has no scope
//! yet, so this operation looks itself for the circle that an equal request created
//! before.

use garde::Validate;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde::Deserialize;
use utoipa::ToSchema;

use super::members::{NewMember, add_member};
use super::store::{describe_circle, show_circle};
use super::types::Circle;
use crate::access::change_log::Change;
use crate::access::{CircleWrite, grants_of, limits};
use crate::app::App;
use crate::auth::{AccountWrite, Caller, require_user};
use crate::entity::circle::CircleState;
use crate::entity::ids::CircleId;
use crate::entity::membership::{self, AccessLevel, MemberState};
use crate::entity::{circle, user};
use crate::http::extract::Json;
use crate::http::response::Created;
use crate::platform::db::{Constraint, OnConstraint};
use crate::platform::language::{Language, LanguageTag, known_or_none};
use crate::platform::mail::plain_label;
use crate::platform::text::{CircleAlias, CircleName, PatientAbout, PersonName};
use crate::platform::time::civil::{ZoneName, named_or_unknown};
use crate::problem::{Conflict, Problem};

/// A circle to create.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "patient_name": "Rosa", "time_zone": "Europe/Berlin" })))]
pub struct CreateCircleRequest {
    /// An id that you choose, any UUID. With it you can safely send the request again.
    #[serde(default)]
    #[garde(skip)]
    pub id: Option<CircleId>,
    /// What the patient likes to be called.
    #[garde(dive)]
    pub patient_name: PersonName,
    /// A few words about the patient.
    #[serde(default)]
    #[garde(dive)]
    pub patient_about: Option<PatientAbout>,
    /// What the circle is called inside the app. Default: the patient's name.
    #[serde(default)]
    #[garde(dive)]
    pub name: Option<CircleName>,
    /// What emails call the circle. Choose something neutral, never a diagnosis. Default:
    /// your first name, as in "Ana's circle".
    #[serde(default)]
    #[garde(dive)]
    pub alias: Option<CircleAlias>,
    /// The time zone of the circle, by its IANA name. Default: your time zone.
    #[serde(default, deserialize_with = "named_or_unknown")]
    #[garde(dive)]
    pub time_zone: Option<ZoneName>,
    /// The language of emails to members who chose none. Default: your language.
    #[serde(default, deserialize_with = "known_or_none")]
    #[garde(dive)]
    pub locale: Option<LanguageTag>,
    /// Whether you are the patient. Otherwise the patient joins by an invitation with
    /// `as_patient`.
    #[serde(default)]
    #[garde(skip)]
    pub creator_is_patient: bool,
}

/// Create a circle.
///
/// You become its first coordinator, and its patient if you send `creator_is_patient`.
/// Nobody is told: invite the other members afterward.
///
/// - 409 `limit_reached`: you created too many circles, or are in too many
/// - 409 `id_taken`, `id_reused`: the `id` belongs to another circle, or you sent it
///   before with another body
#[utoipa::path(
    post, path = "/circles", tag = "circles",
    responses((status = CREATED, description = "The circle", body = Circle), Problem),
)]
pub async fn create_circle(
    app: App,
    caller: Caller,
    Json(new): Json<CreateCircleRequest>,
) -> Result<Created<Circle>, Problem> {
    let account = app.begin_write(&caller).await?;
    let user = require_user(account.tx(), caller.user_id()).await?;
    if let Some((circle, me)) = founded_before(&account, new.id).await? {
        let mut write = CircleWrite::join(account, circle.id).await?;
        let grants = grants_of(write.tx(), write.scope(), &[me.id]).await?;
        write.see_as(&me, &grants);
        let answer = describe_circle(write.tx(), write.scope(), circle).await?;
        return write.commit(Created::again(answer)).await;
    }
    let id = new.id.unwrap_or_else(|| account.new_id());
    let is_patient = new.creator_is_patient;
    let circle = insert_circle(&account, id, new, &user).await?;

    let mut write = CircleWrite::join_new(account, &circle);
    let member = NewMember {
        user: &user,
        access: AccessLevel::Coordinator,
        is_patient,
        relationship: None,
    };
    let member = add_member(&mut write, member, None).await?;
    write.log(Change::of("created", "circle", id.0)).await?;
    write
        .log(Change::to::<membership::Entity>("joined", &member))
        .await?;
    let patient = is_patient.then_some(member.id);
    let answer = show_circle(circle, write.scope(), patient);
    write.commit(Created::new(answer)).await
}

/// What emails call a circle when no name can be used.
pub(crate) fn neutral_alias(language: Language) -> String {
    language.say("circle-alias-unnamed").to_string()
}

/// What emails call a circle, from the name of its creator.
pub(crate) fn default_alias(founder: &str, language: Language) -> String {
    let first_name = founder.split_whitespace().next().unwrap_or_default();
    match plain_label(first_name, "") {
        name if name.is_empty() => neutral_alias(language),
        // The marks that isolate a name in another direction of writing are for a reader. Emails
        // isolate the whole alias.
        name => {
            let alias = language.say("circle-alias").with("name", &name);
            alias.to_string().replace(['\u{2068}', '\u{2069}'], "")
        }
    }
}

/// Inserts the circle's row.
#[expect(clippy::disallowed_methods, reason = "the circle has no scope yet")]
async fn insert_circle(
    write: &AccountWrite,
    id: CircleId,
    new: CreateCircleRequest,
    founder: &user::Model,
) -> Result<circle::Model, Problem> {
    let of_founder = circle::Entity::find()
        .filter(circle::Column::CreatedByUserId.eq(founder.id))
        .count(write.tx())
        .await?;
    limits::CIRCLES_CREATED.check(of_founder)?;
    let locale = new
        .locale
        .map(String::from)
        .or_else(|| founder.locale.clone());
    let language = Language::first_of([locale.as_deref()]);
    let alias = new
        .alias
        .map_or_else(|| default_alias(&founder.name, language), String::from);
    let patient_name = String::from(new.patient_name);
    let row = circle::ActiveModel {
        id: Set(id),
        name: Set(new.name.map_or_else(|| patient_name.clone(), String::from)),
        alias: Set(alias),
        time_zone: Set(new
            .time_zone
            .map_or_else(|| founder.time_zone.clone(), String::from)),
        locale: Set(locale),
        patient_name: Set(patient_name),
        patient_about: Set(new.patient_about.map(Into::into)),
        created_by_user_id: Set(founder.id),
        change_seq: Set(0),
        away_until: Set(None),
        sent_hash: Set(write.request().sent_hash()),
        patient_photo_file_id: Set(None),
        deletion_scheduled_for: Set(None),
        deletion_requested_by_member_id: Set(None),
        state: Set(CircleState::Active),
        email_details_forbidden: Set(false),
        archived_from: Set(None),
        deputy_member_id: Set(None),
        version: Set(1),
        created_at: Set(write.now()),
        updated_at: Set(write.now()),
    };
    circle::Entity::insert(row)
        .exec_with_returning(write.tx())
        .await
        .on_constraint(
            &Constraint::primary_key::<circle::Entity>(),
            Conflict::id_taken(),
        )
}

/// The circle that an equal request of this person created under the id that they chose,
/// if they are still a member. The same id with another body is a conflict.
#[expect(
    clippy::disallowed_methods,
    reason = "asked before the caller is proven a member"
)]
async fn founded_before(
    write: &AccountWrite,
    id: Option<CircleId>,
) -> Result<Option<(circle::Model, membership::Model)>, Problem> {
    let (tx, user_id) = (write.tx(), write.user_id());
    let Some(id) = id else {
        return Ok(None);
    };
    let Some(row) = circle::Entity::find_by_id(id)
        .filter(circle::Column::CreatedByUserId.eq(user_id))
        .one(tx)
        .await?
    else {
        return Ok(None);
    };
    if !write.request().says_again(row.sent_hash.as_deref()) {
        return Err(Conflict::id_reused().into());
    }
    let me = write
        .find::<membership::Entity>()
        .filter(membership::Column::CircleId.eq(id))
        .filter(membership::Column::State.eq(MemberState::Active));
    let me = me.one(tx).await?;
    Ok(me.map(|me| (row, me)))
}
