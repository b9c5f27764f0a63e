//! The page of an invitation. People read it, join with their account or create one, or say no.

use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::field::{field, in_language, refusal};
use super::{Link, MessagePage, PageForm, PageProblem, PageResult, message, page};
use crate::access::default_levels;
use crate::app::App;
use crate::auth::throttle;
use crate::entity::membership::AccessLevel;
use crate::entity::topic_grant::Topic;
use crate::features::circles::{self, Answer, InvitationPreview, InvitationTimes, NewPerson};
use crate::http::extract::AnonymousRequest;
use crate::platform::language::{Language, LanguageTag, Message};
use crate::platform::text::{NewPassword, PersonName};
use crate::platform::time::civil::{ReaderTime, ZoneName, zone_names};
use crate::problem::Problem;

#[derive(askama::Template)]
#[template(path = "web/templates/invitation.html")]
struct InvitationPage {
    language: Language,
    offer: InvitationPreview,
    until: ReaderTime,
    sees: String,
    may: String,
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

impl FieldErrors {
    fn in_language(self, language: Language) -> Self {
        let said =
            |error: Option<String>, key: &str| error.map(|error| in_language(error, language, key));
        Self {
            name: said(self.name, "field-name-wrong"),
            password: said(self.password, "field-password-wrong"),
            time_zone: said(self.time_zone, "field-zone-wrong"),
        }
    }
}

fn answered(answer: Answer, language: Language) -> Response {
    match answer {
        Answer::Joined => message(language, "page-joined", "page-joined-text"),
        Answer::Declined => message(language, "page-declined", "page-declined-text"),
    }
}

/// Shows an invitation. People who have answered it read what they answered.
pub async fn show_invitation(app: App, link: Link) -> PageResult {
    let offer = match circles::invitation_offer(&app, &link.token).await {
        Err(Problem::Gone) => return answer_again(&app, &link).await,
        offer => offer?,
    };
    let times = circles::invitation_times(&app, &link.token, &offer, link.wished).await?;
    // Most members live in the time zone of their circle.
    let form = InvitationForm {
        time_zone: times.circle_zone.clone(),
        ..Default::default()
    };
    let (status, errors) = (StatusCode::OK, FieldErrors::default());
    Ok(invitation_page(&app, status, offer, times, form, errors))
}

/// What the person has answered before. Without an answer, the link does not work.
async fn answer_again(app: &App, link: &Link) -> PageResult {
    let answer = circles::answer_by_link(app, &link.token).await?;
    Ok(answered(answer.ok_or(Problem::Gone)?, link.language(None)))
}

/// What a new member with this access level sees.
fn what_they_see(access: AccessLevel, as_patient: bool, language: Language) -> Message {
    if as_patient {
        return language.say("page-sees-everything");
    }
    let word = |topic: &Topic| match topic {
        Topic::Daily => language.say("page-topic-daily"),
        Topic::Family => language.say("page-topic-family"),
        Topic::Health => language.say("page-topic-health"),
        Topic::Decisions => language.say("page-topic-decisions"),
    };
    let topics = default_levels(access);
    let topics = topics.readable();
    let words: Vec<String> = topics.iter().map(|topic| word(topic).to_string()).collect();
    let sentence = match words.len() {
        0 => return language.say("page-sees-names"),
        1 => language.say("page-sees-only"),
        _ => language.say("page-sees"),
    };
    sentence.with("what", &language.list(words))
}

/// What the access level lets a member do.
fn what_they_may_do(access: AccessLevel, as_patient: bool, language: Language) -> Message {
    match access {
        AccessLevel::Coordinator => language.say("page-may-coordinator"),
        _ if as_patient => language.say("page-may-patient"),
        AccessLevel::Caregiver => language.say("page-may-caregiver"),
        AccessLevel::Helper => language.say("page-may-helper"),
        AccessLevel::Viewer => language.say("page-may-viewer"),
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
            let language = link.language(None);
            let text = conflict.detail.to_owned();
            let template = MessagePage {
                language,
                title: language.say("page-joined-before").to_string(),
                text: in_language(text, language, "page-joined-before-text"),
            };
            Ok(page(StatusCode::CONFLICT, &template))
        }
        done => {
            done?;
            Ok(answered(Answer::Declined, link.language(None)))
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
        return Ok(answered(Answer::Joined, link.language(None)));
    }
    let errors = match form.check() {
        Ok((name, password, time_zone)) => {
            throttle::count_try_or_refuse(app, &request.0).await?;
            let locale = link.wished.map(LanguageTag::from);
            let new = NewPerson {
                name: &name,
                password: &password,
                time_zone: time_zone.as_ref(),
                locale: locale.as_ref(),
            };
            let joined = circles::register_by_link(app, request, &link.token, new).await;
            match refusal(joined)? {
                None => return Ok(answered(Answer::Joined, link.language(None))),
                password => FieldErrors {
                    password,
                    ..Default::default()
                },
            }
        }
        Err(errors) => errors,
    };
    let times = circles::invitation_times(app, &link.token, &offer, link.wished).await?;
    let errors = errors.in_language(times.language);
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    Ok(invitation_page(app, status, offer, times, form, errors))
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
    times: InvitationTimes,
    form: InvitationForm,
    errors: FieldErrors,
) -> Response {
    let language = times.language;
    let template = InvitationPage {
        language,
        sees: what_they_see(offer.access, offer.as_patient, language).to_string(),
        may: what_they_may_do(offer.access, offer.as_patient, language).to_string(),
        offer,
        until: times.until,
        shortest: app.passwords().shortest(),
        name: form.name,
        time_zone: form.time_zone,
        zones: zone_names(),
        errors,
    };
    page(status, &template)
}
