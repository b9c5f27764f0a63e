//! `name_proxy`: the patient names who decides for them, or a coordinator records it.

use chrono::NaiveDate;
use garde::Validate;
use sea_orm::{ActiveValue::Set, IntoActiveModel};
use serde::Deserialize;
use utoipa::ToSchema;

use super::super::members::check_account;
use super::locked::LockedProxy;
use super::rules::{ProxyVerb, may_name};
use super::store::newest_proxy;
use super::types::Proxy;
use crate::access::change_log::Change;
use crate::access::{
    CircleAccess, CirclePath, CircleWrite, NameProxy, active_members, patient_id_of, unknown_member,
};
use crate::app::App;
use crate::entity::ids::MemberId;
use crate::entity::proxy::{self, ProxyBasis, ProxyState};
use crate::http::extract::Json;
use crate::http::response::Resource;
use crate::platform::time::civil::{Day, day_of};
use crate::problem::{FieldErrorCode, Problem};

/// Who decides for the patient when the patient cannot.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({
    "member_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3e",
    "basis": "patient_said",
    "said_on": "2027-01-01"
})))]
pub struct NameProxyRequest {
    /// The member who decides for the patient.
    #[garde(skip)]
    pub member_id: MemberId,
    /// Why the member may decide for the patient.
    #[garde(skip)]
    pub basis: ProxyBasis,
    /// When the patient said so, or the date of the document. A coordinator must send it.
    #[serde(default)]
    #[garde(dive)]
    pub said_on: Option<Day>,
}

/// Name the proxy of the patient.
///
/// The proxy is dormant: the patient still decides, until the proxy is activated. A proxy that was
/// named before is revoked. Nobody is told. If the same was named before, nothing changes.
///
/// If the patient is a member, only the patient names a proxy. Otherwise a coordinator records what
/// the patient said or what a document says, with the day.
///
/// - 403 `forbidden`: the patient is a member, and you are not the patient
/// - 403 `reauthentication_required`: confirm your identity first. It counts for ten minutes.
/// - 422 `unknown_member`: there is no such active member
/// - 422 `member_cannot_take_part`: the member is the patient
/// - 422 `needs_account`: the member has no account
/// - 422 `required`, `in_the_future`: `said_on` is missing, or in the future
#[utoipa::path(
    put, path = "/circles/{circle_id}/proxy", tag = "circles", params(CirclePath),
    responses((status = OK, description = "The proxy", body = Proxy), Problem),
)]
pub async fn name_proxy(
    app: App,
    circle: CircleAccess<NameProxy>,
    Json(request): Json<NameProxyRequest>,
) -> Result<Resource<Proxy>, Problem> {
    circle.check_recent()?;
    let write = app.begin_write(&circle).await?;
    let patient = patient_id_of(write.tx(), write.scope()).await?;
    may_name(write.scope(), patient).map_err(|refusal| refusal.told("name a proxy", ""))?;
    let before = newest_proxy(&write).await?;
    let before = before.filter(|row| row.state != ProxyState::Revoked);
    if let Some(row) = &before {
        write.check_version(row.version)?;
    }
    let said_on = request.said_on.map(|Day(day)| day);
    let is_same = |row: &proxy::Model| {
        (row.member_id, row.basis, row.said_on) == (request.member_id, request.basis, said_on)
            && row.named_by_patient == write.scope().is_patient()
    };
    if let Some(row) = before.clone().filter(is_same) {
        return LockedProxy::of(write, row).await?.respond().await;
    }
    check_proxy(&write, &request, said_on).await?;
    let mut write = write;
    if let Some(row) = before {
        write = replace(write, row).await?;
    }
    let row = proxy::ActiveModel {
        id: Set(write.new_id()),
        member_id: Set(request.member_id),
        basis: Set(request.basis),
        said_on: Set(said_on),
        named_by_patient: Set(write.scope().is_patient()),
        state: Set(ProxyState::Dormant),
        activated_at: Set(None),
        ..Default::default()
    };
    let row = write.insert_later::<proxy::Entity>(row)?;
    write
        .log(Change::to::<proxy::Entity>("named", &row))
        .await?;
    LockedProxy::of(write, row).await?.respond().await
}

/// Revokes the proxy that was named before.
async fn replace(write: CircleWrite, row: proxy::Model) -> Result<CircleWrite, Problem> {
    let mut proxy = LockedProxy::of(write, row).await?;
    if proxy.row.state == ProxyState::Active {
        proxy.set_rights(false).await?;
    }
    let mut row = proxy.row.clone().into_active_model();
    row.state = Set(ProxyState::Revoked);
    proxy
        .save_later(ProxyVerb::Revoke, row, vec!["state"])
        .await?;
    Ok(proxy.write)
}

/// Refuses a proxy who cannot be one, and a day that is missing or to come.
async fn check_proxy(
    write: &CircleWrite,
    request: &NameProxyRequest,
    said_on: Option<NaiveDate>,
) -> Result<(), Problem> {
    let member = active_members(write, &[request.member_id]).await?.pop();
    let member = member.ok_or_else(|| Problem::Invalid(vec![unknown_member("/member_id")]))?;
    if member.is_patient {
        let detail = "The patient decides for themselves. Name another member.";
        let code = FieldErrorCode::MemberCannotTakePart;
        return Err(Problem::field("/member_id", code, detail));
    }
    // Others act for a member without an account: they must not decide for the patient, too.
    if member.is_managed() {
        check_account(write, "/member_id", &member).await?;
    }
    let today = day_of(write.now(), write.scope().reader_zone());
    let (code, detail) = match said_on {
        None if !write.scope().is_patient() => (
            FieldErrorCode::Required,
            "Send the day on which the patient said so, or the date of the document.",
        ),
        Some(day) if day > today => (
            FieldErrorCode::InTheFuture,
            "This day is in the future. Send today or an earlier day.",
        ),
        _ => return Ok(()),
    };
    Err(Problem::field("/said_on", code, detail))
}
