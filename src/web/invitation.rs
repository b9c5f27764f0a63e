//! The page of an invitation. People read it, and join with their account or create one.

use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::{Link, PageForm, PageProblem, PageResult, field, message, page, refusal};
use crate::app::App;
use crate::auth::throttle;
use crate::entity::membership::AccessLevel;
use crate::features::circles::{self, InvitationPreview, NewPerson};
use crate::http::extract::AnonymousRequest;
use crate::platform::text::{NewPassword, PersonName};
use crate::platform::time::civil::{ZoneName, zone_names};
use crate::problem::Problem;

#[derive(askama::Template)]
#[template(path = "web/templates/invitation.html")]
struct InvitationPage {
    offer: InvitationPreview,
    may: &'static str,
    shortest: usize,
    error: Option<String>,
    name: String,
    time_zone: String,
    zones: Vec<String>,
}

fn welcome() -> Response {
    message(
        "Welcome",
        "You are in the circle. Open your app and sign in.",
    )
}

/// Shows an invitation. People who have joined by it already see that they are in the circle.
pub async fn show_invitation(app: App, link: Link) -> PageResult {
    let offer = match circles::invitation_offer(&app, &link.token).await {
        Err(Problem::Gone) if circles::has_joined_by_link(&app, &link.token).await? => {
            return Ok(welcome());
        }
        offer => offer?,
    };
    // Most members live in the time zone of their circle.
    let form = InvitationForm {
        time_zone: circles::zone_of_invitation(&app, &link.token).await?,
        ..Default::default()
    };
    Ok(invitation_page(&app, StatusCode::OK, offer, form, None))
}

/// What the access level lets a member do. The words follow "you can".
fn in_words(access: AccessLevel) -> &'static str {
    match access {
        AccessLevel::Coordinator => "manage the circle, its members and everything in it",
        AccessLevel::Caregiver => "plan tasks and appointments, claim tasks and write messages",
        AccessLevel::Helper => "claim tasks, suggest tasks and write messages",
        AccessLevel::Viewer => "see what is planned, and say whether you come to appointments",
    }
}

/// The fields of the form. The form of people who have an account has no fields.
#[derive(Debug, Default, Deserialize)]
pub struct InvitationForm {
    #[serde(default)]
    name: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    time_zone: String,
}

/// Accepts an invitation with the account of its address, or with a new account. A second press
/// of the button gets the same page. Nobody is signed in by it.
pub async fn answer_invitation(
    app: App,
    request: AnonymousRequest,
    link: Link,
    PageForm(form): PageForm<InvitationForm>,
) -> PageResult {
    match answer_once(&app, &request, &link, form).await {
        Err(PageProblem(Problem::Gone))
            if circles::has_joined_by_link(&app, &link.token).await? =>
        {
            Ok(welcome())
        }
        answer => answer,
    }
}

async fn answer_once(
    app: &App,
    request: &AnonymousRequest,
    link: &Link,
    form: InvitationForm,
) -> PageResult {
    let offer = circles::invitation_offer(app, &link.token).await?;
    if offer.has_account {
        circles::accept_by_link(app, request, &link.token).await?;
    } else {
        let (name, password, time_zone) = match form.check() {
            Ok(fields) => fields,
            Err(error) => {
                let status = StatusCode::UNPROCESSABLE_ENTITY;
                return Ok(invitation_page(app, status, offer, form, Some(error)));
            }
        };
        throttle::count_try_or_refuse(app, &request.0).await?;
        let new = NewPerson {
            name: &name,
            password: &password,
            time_zone: time_zone.as_ref(),
        };
        let joined = circles::register_by_link(app, request, &link.token, new);
        if let Some(error) = refusal("Password", joined.await)? {
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            return Ok(invitation_page(app, status, offer, form, Some(error)));
        }
    }
    Ok(welcome())
}

impl InvitationForm {
    /// Checks the fields by the rules of the API. The error is a sentence about the first field
    /// that fails.
    fn check(&self) -> Result<(PersonName, NewPassword, Option<ZoneName>), String> {
        let zone = Some(self.time_zone.as_str()).filter(|zone| !zone.trim().is_empty());
        Ok((
            field("Name", &self.name)?,
            field("Password", &self.password)?,
            zone.map(|zone| field("Time zone", zone)).transpose()?,
        ))
    }
}

fn invitation_page(
    app: &App,
    status: StatusCode,
    offer: InvitationPreview,
    form: InvitationForm,
    error: Option<String>,
) -> Response {
    let template = InvitationPage {
        may: in_words(offer.access),
        offer,
        shortest: app.passwords().shortest(),
        error,
        name: form.name,
        time_zone: form.time_zone,
        zones: zone_names(),
    };
    page(status, &template)
}
