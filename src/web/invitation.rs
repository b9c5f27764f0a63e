//! The page of an invitation. People read it, join with their account or create one, or say no.

use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::field::{field, refusal};
use super::{Link, MessagePage, PageForm, PageProblem, PageResult, message, page};
use crate::access::default_levels;
use crate::app::App;
use crate::auth::throttle;
use crate::entity::membership::AccessLevel;
use crate::entity::topic_grant::Topic;
use crate::features::circles::{self, Answer, InvitationPreview, NewPerson};
use crate::http::extract::AnonymousRequest;
use crate::platform::text::{NewPassword, PersonName};
use crate::platform::time::civil::{ReaderTime, ZoneName, zone_names};
use crate::problem::Problem;

#[derive(askama::Template)]
#[template(path = "web/templates/invitation.html")]
struct InvitationPage {
    offer: InvitationPreview,
    until: ReaderTime,
    sees: String,
    may: &'static str,
    shortest: usize,
    name: String,
    time_zone: String,
    zones: Vec<String>,
    errors: FieldErrors,
}

/// What to change in each field of the form.
#[derive(Debug, Default)]
struct FieldErrors {
    name: Option<String>,
    password: Option<String>,
    time_zone: Option<String>,
}

fn answered(answer: Answer) -> Response {
    match answer {
        Answer::Joined => message(
            "Welcome",
            "You are in the circle. Open your app and sign in.",
        ),
        Answer::Declined => message(
            "You declined the invitation",
            "The member who invited you is told. If you change your mind, ask them for a new \
                invitation.",
        ),
    }
}

/// Shows an invitation. People who have answered it read what they answered.
pub async fn show_invitation(app: App, link: Link) -> PageResult {
    let offer = match circles::invitation_offer(&app, &link.token).await {
        Err(Problem::Gone) => return answer_again(&app, &link).await,
        offer => offer?,
    };
    let times = circles::invitation_times(&app, &link.token, &offer).await?;
    // Most members live in the time zone of their circle.
    let form = InvitationForm {
        time_zone: times.circle_zone,
        ..Default::default()
    };
    let (status, errors) = (StatusCode::OK, FieldErrors::default());
    Ok(invitation_page(
        &app,
        status,
        offer,
        times.until,
        form,
        errors,
    ))
}

/// What the person has answered before. Without an answer, the link does not work.
async fn answer_again(app: &App, link: &Link) -> PageResult {
    let answer = circles::answer_by_link(app, &link.token).await?;
    Ok(answered(answer.ok_or(Problem::Gone)?))
}

/// What a new member with this access level sees. The words follow "you see".
fn what_they_see(access: AccessLevel, as_patient: bool) -> String {
    if as_patient {
        return "everything in the circle, except direct threads of others".into();
    }
    let word = |topic: &Topic| match topic {
        Topic::Daily => "what is about everyday life",
        Topic::Family => "family matters",
        Topic::Health => "health",
        Topic::Decisions => "decisions of the patient",
    };
    let words: Vec<_> = default_levels(access).readable().iter().map(word).collect();
    match words.split_last() {
        Some((last, [])) => format!("{last}, but not what is about family, health or decisions"),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
        None => "only the names of the members".into(),
    }
}

/// What the access level lets a member do. The words follow "you can".
fn what_they_may_do(access: AccessLevel, as_patient: bool) -> &'static str {
    match access {
        AccessLevel::Coordinator => "manage the circle, its members and everything in it",
        _ if as_patient => {
            "plan tasks and appointments, claim tasks, write messages, and set what others see"
        }
        AccessLevel::Caregiver => "plan tasks and appointments, claim tasks and write messages",
        AccessLevel::Helper => "claim tasks, suggest tasks and write messages",
        AccessLevel::Viewer => "read what is planned, and say whether you come to appointments",
    }
}

/// The fields of the form. The form of people who have an account has no fields.
#[derive(Debug, Default, Deserialize)]
pub struct InvitationForm {
    /// `decline` is the button "No, thank you". Everything else joins.
    #[serde(default)]
    answer: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    time_zone: String,
}

/// Accepts an invitation with the account of its address, or with a new account, or declines it. A
/// second press of a button, also in an old tab, shows what was answered first. Nobody is signed
/// in by it.
pub async fn answer_invitation(
    app: App,
    request: AnonymousRequest,
    link: Link,
    PageForm(form): PageForm<InvitationForm>,
) -> PageResult {
    if form.answer == "decline" {
        return decline(&app, &request, &link).await;
    }
    match join(&app, &request, &link, form).await {
        Err(PageProblem(Problem::Gone)) => answer_again(&app, &link).await,
        answer => answer,
    }
}

async fn decline(app: &App, request: &AnonymousRequest, link: &Link) -> PageResult {
    match circles::decline(app, request, &link.token).await {
        // The link was used to join.
        Err(Problem::Conflict(conflict)) => {
            let title = "You are in the circle already";
            let text = conflict.detail.to_owned();
            Ok(page(StatusCode::CONFLICT, &MessagePage { title, text }))
        }
        done => {
            done?;
            Ok(answered(Answer::Declined))
        }
    }
}

async fn join(
    app: &App,
    request: &AnonymousRequest,
    link: &Link,
    form: InvitationForm,
) -> PageResult {
    let offer = circles::invitation_offer(app, &link.token).await?;
    if offer.has_account {
        circles::accept_by_link(app, request, &link.token).await?;
        return Ok(answered(Answer::Joined));
    }
    let errors = match form.check() {
        Ok((name, password, time_zone)) => {
            throttle::count_try_or_refuse(app, &request.0).await?;
            let new = NewPerson {
                name: &name,
                password: &password,
                time_zone: time_zone.as_ref(),
            };
            let joined = circles::register_by_link(app, request, &link.token, new).await;
            match refusal(joined)? {
                None => return Ok(answered(Answer::Joined)),
                password => FieldErrors {
                    password,
                    ..Default::default()
                },
            }
        }
        Err(errors) => errors,
    };
    let until = circles::invitation_times(app, &link.token, &offer)
        .await?
        .until;
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    Ok(invitation_page(app, status, offer, until, form, errors))
}

impl InvitationForm {
    /// Checks the fields by the rules of the API.
    fn check(&self) -> Result<(PersonName, NewPassword, Option<ZoneName>), FieldErrors> {
        let zone = Some(self.time_zone.as_str()).filter(|zone| !zone.trim().is_empty());
        let fields = (
            field(&self.name),
            field(&self.password),
            zone.map(field).transpose(),
        );
        match fields {
            (Ok(name), Ok(password), Ok(zone)) => Ok((name, password, zone)),
            (name, password, zone) => Err(FieldErrors {
                name: name.err(),
                password: password.err(),
                time_zone: zone.err(),
            }),
        }
    }
}

fn invitation_page(
    app: &App,
    status: StatusCode,
    offer: InvitationPreview,
    until: ReaderTime,
    form: InvitationForm,
    errors: FieldErrors,
) -> Response {
    let template = InvitationPage {
        sees: what_they_see(offer.access, offer.as_patient),
        may: what_they_may_do(offer.access, offer.as_patient),
        offer,
        until,
        shortest: app.passwords().shortest(),
        name: form.name,
        time_zone: form.time_zone,
        zones: zone_names(),
        errors,
    };
    page(status, &template)
}
