//! The page of an invitation: look at it, and join with an account or make one.

use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::{Link, PageForm, PageProblem, PageResult, field, message, page, refusal};
use crate::app::App;
use crate::auth::throttle;
use crate::entity::membership::Access;
use crate::features::circles::{self, InvitationOffer, NewPerson};
use crate::http::extract::AnonymousRequest;
use crate::platform::text::{NewPassword, PersonName};
use crate::platform::time::civil::{ZoneName, zone_names};
use crate::problem::Problem;

#[derive(askama::Template)]
#[template(path = "web/templates/invitation.html")]
struct InvitationPage {
    offer: InvitationOffer,
    may: &'static str,
    shortest: usize,
    error: Option<String>,
    name: String,
    time_zone: String,
    zones: Vec<String>,
}

fn welcome() -> Response {
    message("Welcome", "You are in. Open your app and sign in.")
}

/// Shows an invitation; to who is in by it, that they are in.
pub async fn show_invitation(app: App, link: Link) -> PageResult {
    let offer = match circles::invitation_offer(&app, &link.token).await {
        Err(Problem::Gone) if circles::has_joined_by_link(&app, &link.token).await? => {
            return Ok(welcome());
        }
        offer => offer?,
    };
    // Most people of a circle live where it is.
    let form = InvitationForm {
        time_zone: circles::zone_of_invitation(&app, &link.token).await?,
        ..Default::default()
    };
    Ok(invitation_page(&app, StatusCode::OK, offer, form, None))
}

/// What the access level lets somebody do, to follow "you can".
fn in_words(access: Access) -> &'static str {
    match access {
        Access::Coordinator => "manage the circle, its people and everything in it",
        Access::Caregiver => "plan tasks and appointments, take them on, and write messages",
        Access::Helper => "take tasks on, suggest some, and write messages",
        Access::Viewer => "look on, and say whether you come to appointments",
    }
}

/// What the form of an invitation holds; nothing, for who has an account.
#[derive(Debug, Default, Deserialize)]
pub struct InvitationForm {
    #[serde(default)]
    name: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    time_zone: String,
}

/// Accepts an invitation, with an account of the address or a new one. Pressed twice, the
/// answer is the same, and nobody is signed in by it.
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
    /// The fields by the same rules as in the API, or a sentence about the first that fails.
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
    offer: InvitationOffer,
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
