//! The whole service in this process, for the demo family. It has a clock of its own, and its
//! emails are not sent.

use anyhow::{Context, anyhow, ensure};
use axum::Router;
use axum::http::Method;
use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::people::Who;
use super::requests::{send, text};
use crate::api;
use crate::app::{App, OptionalParts, Parts};
use crate::auth::mail_tokens::{self, TokenSubject};
use crate::background::run_due_jobs;
use crate::entity::ids::{CircleId, InvitationId, RegistrationId};
use crate::entity::mail_token::MailTokenKind;
use crate::http::rate_limits::RateLimitSettings;
use crate::notify::reminders::fire_due_reminders;
use crate::platform::crypto::keys::random_token;
use crate::platform::db::BeginWrite;
use crate::platform::mail::Mailer;
use crate::platform::time::civil::{ZoneName, day_of, resolve};
use crate::platform::time::clock::Clock;

/// How far in the past the story begins.
const PAST: TimeDelta = TimeDelta::days(4);
/// The time between two requests, so that everything has an order.
const MOMENT: TimeDelta = TimeDelta::seconds(20);
/// Longer than notifications wait for each other.
const PAUSE: TimeDelta = TimeDelta::minutes(1);
/// After this time an app refreshes its access token, before the token expires.
const RENEW: TimeDelta = TimeDelta::minutes(8);

pub struct Household {
    app: App,
    router: Router,
    zone: ZoneName,
    /// When the story ends.
    now: DateTime<Utc>,
    today: NaiveDate,
    /// The beginning of all paths in the circle.
    circle: String,
    people: Vec<Person>,
}

/// A person whose device is signed in.
struct Person {
    who: Who,
    password: String,
    member_id: String,
    /// From the first sign-in.
    device_token: Value,
    tokens: Value,
    renewed_at: DateTime<Utc>,
}

impl Household {
    /// Uses the database and the keys of `app`. Its clock begins some days before the present.
    pub fn of(app: &App, zone: &ZoneName) -> Self {
        let now = app.clock().now();
        let app = App::new(Parts {
            db: app.db().clone(),
            clock: Clock::set_to(now - PAST),
            keys: app.keys().clone(),
            files: app.files().clone(),
            mailer: Mailer::memory(app.mailer().sender().clone()),
            passwords: app.passwords().clone(),
            optional: OptionalParts::default(),
            public_url: app.public_url().to_owned(),
            signups_allowed: true,
            tries_per_minute: 0,
            limits: RateLimitSettings::NONE,
            trusted_proxies: Vec::new(),
            cors_origins: Vec::new(),
            signing_key_days: app.signing_key_days(),
        });
        Self {
            router: api::router(app.clone()),
            app,
            today: day_of(now, zone.as_str()),
            zone: zone.clone(),
            now,
            circle: String::new(),
            people: Vec::new(),
        }
    }

    /// When the story ends.
    pub fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// A day around today, which is 0; yesterday is -1.
    pub fn day(&self, day: i64) -> NaiveDate {
        self.today + TimeDelta::days(day)
    }

    /// A wall time on such a day.
    pub fn wall_time(&self, day: i64, time: &str) -> String {
        format!("{}T{time}", self.day(day))
    }

    /// An instant in the past days.
    pub fn days_ago(&self, days: i64, hour: u32) -> DateTime<Utc> {
        let time = NaiveTime::from_hms_opt(hour, 0, 0).unwrap_or_default();
        resolve(self.day(-days).and_time(time), self.zone.as_str())
    }

    /// The time zone of a person.
    pub fn zone_of(&self, who: Who) -> &str {
        match who {
            Who::Lucia if self.zone.as_str().starts_with("America/") => "Europe/Lisbon",
            Who::Lucia => "America/Toronto",
            _ => self.zone.as_str(),
        }
    }

    /// Lets time pass until an instant. Emails that are due meanwhile are sent.
    pub async fn wait_until(&self, at: DateTime<Utc>) -> anyhow::Result<()> {
        for moment in [self.app.clock().now() + PAUSE, at] {
            let ahead = moment - self.app.clock().now();
            ensure!(ahead >= TimeDelta::zero(), "time cannot go backwards");
            self.app.clock().advance(ahead);
            self.send_mails().await?;
        }
        Ok(())
    }

    async fn send_mails(&self) -> anyhow::Result<()> {
        let fired = fire_due_reminders(&self.app).await;
        let fired =
            fired.map_err(|problem| anyhow!("the reminders could not be fired: {problem:?}"))?;
        let failed = run_due_jobs(&self.app).await;
        let failed =
            failed.map_err(|problem| anyhow!("the emails could not be sent: {problem:?}"))?;
        ensure!(
            fired.failures.is_empty() && failed.is_empty(),
            "some emails failed: {:?} {failed:?}",
            fired.failures
        );
        self.app.mailer().take_sent();
        Ok(())
    }

    /// Ana registers with the code from her email, and creates the circle.
    pub async fn found(&mut self, mut circle: Value) -> anyhow::Result<()> {
        let who = Who::Ana;
        let password = new_password()?;
        let wish = json!({
            "email": who.portrait().email,
            "password": password,
            "name": who.portrait().name,
            "time_zone": self.zone_of(who),
        });
        let registration = self.post(None, "/v1/registrations", &wish).await?;
        let id: RegistrationId = serde_json::from_value(registration["id"].clone())?;
        let confirm = format!("/v1/registrations/{id}/confirm");
        let code = json!({
            "code": self.app.keys().code(id, 1),
            "device_label": who.portrait().device,
        });
        let outcome = self.post(None, &confirm, &code).await?;
        self.move_in(who, password, outcome["session"].clone());

        circle["time_zone"] = json!(self.zone.as_str());
        let circle = self.ask(who, "/v1/circles", circle).await?;
        self.circle = format!("/v1/circles/{}", text(&circle, "id")?);
        self.set_member(who, text(&circle, "my_member_id")?);
        Ok(())
    }

    /// Ana invites a person, who joins by the link in the email.
    pub async fn welcome(&mut self, who: Who) -> anyhow::Result<()> {
        let portrait = who.portrait();
        let invitation = json!({
            "email": portrait.email,
            "access": portrait.access,
            "as_patient": who == Who::Rosa,
            "relationship": portrait.relationship,
            "note": portrait.note,
        });
        let invitation = self.ask(Who::Ana, "/invitations", invitation).await?;
        let password = new_password()?;
        let person = json!({
            "token": self.link_token(&invitation).await?,
            "name": portrait.name,
            "password": password,
            "time_zone": self.zone_of(who),
            "device_label": portrait.device,
        });
        self.app.clock().advance(MOMENT);
        let welcome = self.post(None, "/v1/invitations/register", &person).await?;
        self.move_in(who, password, welcome["session"].clone());
        self.set_member(who, text(&welcome["member"], "id")?);
        Ok(())
    }

    /// The token in the link of an invitation.
    async fn link_token(&self, invitation: &Value) -> anyhow::Result<String> {
        let circle: CircleId = serde_json::from_value(invitation["circle_id"].clone())?;
        let id: InvitationId = serde_json::from_value(invitation["id"].clone())?;
        let subject = TokenSubject::invitation(circle, id);
        let kind = MailTokenKind::Invitation;
        let token = mail_tokens::newest(self.app.reader(), kind, subject).await?;
        let token = token.context("an invitation without a token")?;
        Ok(self.app.keys().mail_token(token.id))
    }

    fn move_in(&mut self, who: Who, password: String, tokens: Value) {
        self.people.push(Person {
            who,
            password,
            member_id: String::new(),
            device_token: tokens["device_token"].clone(),
            tokens,
            renewed_at: self.app.clock().now(),
        });
    }

    fn set_member(&mut self, who: Who, member: &str) {
        for person in &mut self.people {
            if person.who == who {
                member.clone_into(&mut person.member_id);
            }
        }
    }

    /// Sends the request of a person, some seconds after the request before. A path that does not
    /// begin with `/v1` is a path in the circle.
    pub async fn ask(&mut self, who: Who, path: &str, body: Value) -> anyhow::Result<Value> {
        self.send(who, Method::POST, path, body).await
    }

    /// Sends a request of a person, a moment after the one before.
    pub async fn send(
        &mut self,
        who: Who,
        method: Method,
        path: &str,
        body: Value,
    ) -> anyhow::Result<Value> {
        self.app.clock().advance(MOMENT);
        self.renew(who).await?;
        let token = text(&self.person(who)?.tokens, "access_token")?;
        let path = if path.starts_with("/v1") {
            path.to_owned()
        } else {
            format!("{}{path}", self.circle)
        };
        let asked = send(&self.router, Some(token), method, &path, &body).await;
        asked.with_context(|| format!("a request of {who:?} failed"))
    }

    /// The member id of a person.
    pub fn member(&self, who: Who) -> anyhow::Result<&str> {
        self.person(who).map(|person| person.member_id.as_str())
    }

    /// The member ids of several people.
    pub fn members(&self, people: &[Who]) -> anyhow::Result<Vec<&str>> {
        people.iter().map(|who| self.member(*who)).collect()
    }

    /// The password of a person.
    pub fn password(&self, who: Who) -> anyhow::Result<&str> {
        self.person(who).map(|person| person.password.as_str())
    }

    /// The token by which the server knows the device of a person again.
    pub fn device_token(&self, who: Who) -> anyhow::Result<&Value> {
        self.person(who).map(|person| &person.device_token)
    }

    /// The path of something in the circle.
    pub fn path(&self, path: &str) -> String {
        format!("{}{path}", self.circle)
    }

    fn person(&self, who: Who) -> anyhow::Result<&Person> {
        let mut people = self.people.iter();
        let found = people.find(|person| person.who == who);
        found.with_context(|| format!("{who:?} is not here yet"))
    }

    async fn renew(&mut self, who: Who) -> anyhow::Result<()> {
        let now = self.app.clock().now();
        if now < self.person(who)?.renewed_at + RENEW {
            return Ok(());
        }
        let token = json!({ "refresh_token": self.person(who)?.tokens["refresh_token"] });
        let tokens = self.post(None, "/v1/sessions/refresh", &token).await?;
        for person in &mut self.people {
            if person.who == who {
                person.tokens = tokens.clone();
                person.renewed_at = now;
            }
        }
        Ok(())
    }

    async fn post(&self, token: Option<&str>, path: &str, body: &Value) -> anyhow::Result<Value> {
        send(&self.router, token, Method::POST, path, body).await
    }
}

/// A password of 96 random bits, in characters that need no quotes in a shell.
fn new_password() -> anyhow::Result<String> {
    Ok(random_token()?.chars().take(16).collect())
}
