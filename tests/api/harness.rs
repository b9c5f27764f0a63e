//! The application of a test, and the people who use it.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use chrono::{DateTime, TimeDelta, Utc};
use http_body_util::BodyExt;
use kith::api;
use kith::app::{App, Given, Parts};
use kith::auth::signing;
use kith::features::accounts::RelyingParty;
use kith::features::circles;
use kith::http::rate_limits::Limits;
use kith::notify::reminders;
use kith::platform::crypto::keys::Keys;
use kith::platform::crypto::{PasswordCost, PasswordRules, Passwords};
use kith::platform::mail::{Mailer, Sender, SentMail};
use kith::platform::time::clock::Clock;
use kith::platform::{db, queue};
use lettre::message::Mailbox;
use metrics_util::CompositeKey;
use metrics_util::debugging::{DebugValue, DebuggingRecorder};
use regex::Regex;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::database::TestDatabase;
use crate::{timestamps, traces};

pub const PASSWORD: &str = "correct horse battery staple";

/// The real router on a database of its own, at a time of its own.
pub struct TestApp {
    pub app: App,
    pub database: TestDatabase,
    router: Router,
    mailer: Mailer,
    failed_jobs: Mutex<Vec<String>>,
}

impl TestApp {
    /// It is 1 December 2026, 08:00 UTC, a Tuesday.
    pub async fn start() -> Arc<Self> {
        Self::start_as(|_| ()).await
    }

    pub async fn start_with(signups_allowed: bool) -> Arc<Self> {
        Self::start_as(|parts| parts.signups_allowed = signups_allowed).await
    }

    /// One whose settings are changed.
    pub async fn start_as(change: impl FnOnce(&mut Parts)) -> Arc<Self> {
        Self::start_on(TestDatabase::migrated().await, change).await
    }

    /// One on a database of the test's choice.
    pub async fn start_on(database: TestDatabase, change: impl FnOnce(&mut Parts)) -> Arc<Self> {
        traces::watch();
        let clock = Clock::set_to("2026-12-01T08:00:00Z".parse().unwrap());
        let mailer = Mailer::memory(sender());
        let app = house(&database, clock, mailer.clone(), change).await;
        signing::prepare(&app).await.unwrap();
        Arc::new(Self {
            router: api::router(app.clone()),
            app,
            database,
            mailer,
            failed_jobs: Mutex::default(),
        })
    }

    /// Another node on the same database, at the same time, that sends its mails
    /// another way.
    pub async fn another_node(&self, mailer: Mailer) -> App {
        self.another_node_as(mailer, |_| ()).await
    }

    /// Another node that was given other keys.
    pub async fn another_node_with(&self, keys: Keys) -> App {
        let mailer = Mailer::memory(sender());
        self.another_node_as(mailer, |parts| parts.keys = keys)
            .await
    }

    /// One whose settings are changed.
    pub async fn another_node_as(&self, mailer: Mailer, change: impl FnOnce(&mut Parts)) -> App {
        house(&self.database, self.app.clock().clone(), mailer, change).await
    }

    pub fn now(&self) -> DateTime<Utc> {
        self.app.clock().now()
    }

    pub fn advance(&self, by: TimeDelta) {
        self.app.clock().advance(by);
    }

    /// Ends grants, fires reminders and works the queue off; failures fail the test at its
    /// end, unless they are taken.
    pub async fn run_jobs(&self) {
        circles::end_grants(&self.app).await.unwrap();
        let fired = reminders::fire_due_reminders(&self.app).await.unwrap();
        self.failed_jobs.lock().unwrap().extend(fired.failures);
        let failures = queue::run_due_jobs(&self.app).await.unwrap();
        self.failed_jobs.lock().unwrap().extend(failures);
    }

    /// Runs the jobs and takes the mails that were sent.
    pub async fn mails(&self) -> Vec<Mail> {
        self.run_jobs().await;
        let sent = self.mailer.take_sent();
        sent.into_iter().map(Mail::read).collect()
    }

    /// The only mail there is.
    pub async fn mail(&self) -> Mail {
        let mut mails = self.mails().await;
        assert_eq!(mails.len(), 1, "one mail: {mails:#?}");
        mails.remove(0)
    }

    /// How many statements the database got for a piece of work.
    pub async fn statements(&self, work: impl Future<Output = Reply>) -> usize {
        let (reply, statements) = self.with_statements(work).await;
        assert!(reply.status.is_success(), "{}", reply.text);
        statements
    }

    /// The answer, and how many statements the database got for it.
    pub async fn with_statements(&self, work: impl Future<Output = Reply>) -> (Reply, usize) {
        let recorder = DebuggingRecorder::new();
        let measured = recorder.snapshotter();
        let recording = metrics::set_default_local_recorder(&recorder);
        let reply = work.await;
        drop(recording);
        let of_statements = |(key, _, _, value): (CompositeKey, _, _, DebugValue)| match value {
            DebugValue::Histogram(times) if key.key().name() == "db_statement_duration_seconds" => {
                times.len()
            }
            _ => 0,
        };
        let measured = measured.snapshot().into_vec();
        (reply, measured.into_iter().map(of_statements).sum())
    }

    pub async fn send(&self, request: Request<Body>) -> Reply {
        send_to(&self.router, request).await
    }

    /// Somebody who is not signed in.
    pub fn anybody(self: &Arc<Self>) -> Client {
        Client {
            app: self.clone(),
            token: None,
            peer: None,
            circle: None,
        }
    }

    /// Registers and signs in: `Ana Test` has the address `ana@test.example`.
    pub async fn person(self: &Arc<Self>, name: &str) -> Person {
        let email = format!("{}@test.example", name.to_lowercase());
        let anybody = self.anybody();
        let wish = json!({
            "email": email, "password": PASSWORD, "name": format!("{name} Test"),
            "time_zone": "Europe/Berlin",
        });
        let registration = anybody.post("/v1/registrations", wish).await.is(202);
        let code = self.mail().await.code();
        let path = format!(
            "/v1/registrations/{}/confirm",
            registration["id"].as_str().unwrap()
        );
        let tokens = anybody.post(&path, json!({ "code": code })).await.is(201);
        Person {
            client: self.client(&tokens),
            email,
            member_id: String::new(),
            tokens,
        }
    }

    pub fn client(self: &Arc<Self>, tokens: &Value) -> Client {
        Client {
            token: Some(tokens["access_token"].as_str().unwrap().into()),
            ..self.anybody()
        }
    }

    /// A circle whose first person founded it; the others were invited, each
    /// with the access that is named.
    pub async fn circle<const N: usize>(self: &Arc<Self>, access: [&str; N]) -> [Person; N] {
        let names = ["Ana", "Ben", "Cem", "Dora", "Eli", "Finn", "Gio", "Hana"];
        self.circle_of(access, names[..N].try_into().unwrap()).await
    }

    /// Like [`Self::circle`], with the names of the people.
    pub async fn circle_of<const N: usize>(
        self: &Arc<Self>,
        access: [&str; N],
        names: [&str; N],
    ) -> [Person; N] {
        let mut people = Vec::new();
        for name in names {
            people.push(self.person(name).await);
        }
        let circle = json!({ "patient_name": "Rosa", "time_zone": "Europe/Berlin" });
        let circle = people[0].post("/v1/circles", circle).await.is(201);
        let id = circle["id"].as_str().unwrap().to_owned();
        people[0].enter(&id, circle["my_member_id"].as_str().unwrap());
        for (index, access) in access.into_iter().enumerate().skip(1) {
            let invitation = match access {
                "patient" => json!({ "access": "helper", "as_patient": true }),
                _ => json!({ "access": access }),
            };
            let [first, ..] = &people[..] else {
                unreachable!("a circle has a founder")
            };
            let member = self.join(first, &people[index], invitation).await;
            people[index].enter(&id, &member);
        }
        people
            .try_into()
            .unwrap_or_else(|_| unreachable!("as many as names"))
    }

    /// Invites somebody who has an account, and lets them accept.
    pub async fn join(&self, by: &Person, guest: &Person, mut invitation: Value) -> String {
        invitation["email"] = json!(guest.email);
        by.post("/invitations", invitation).await.is(201);
        let token = self.mail().await.token();
        let token = json!({ "token": token });
        let member = guest.post("/v1/invitations/accept", token).await.is(200);
        member["id"].as_str().unwrap().to_owned()
    }
}

/// What a router, of whichever node, answers.
pub async fn send_to(router: &Router, request: Request<Body>) -> Reply {
    let path = request.uri().path().to_owned();
    let response = router.clone().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
    let text = String::from_utf8_lossy(&bytes).into_owned();
    if !path.ends_with("/openapi.json") {
        timestamps::check(&path, &text);
    }
    Reply {
        status: parts.status,
        headers: parts.headers,
        text,
    }
}

/// Who sends all mails.
/// Somebody reads answers: what every mail says otherwise is tried in `refusals`.
pub fn sender() -> Sender {
    let mailbox = |text: &str| text.parse::<Mailbox>().unwrap();
    Sender {
        from: mailbox("Kith <kith@kith.example>"),
        reply_to: Some(mailbox("Ana <ana@kith.example>")),
    }
}

async fn house(
    database: &TestDatabase,
    clock: Clock,
    mailer: Mailer,
    change: impl FnOnce(&mut Parts),
) -> App {
    let secret = "a secret key for tests, 32 characters".to_owned().into();
    let mut parts = Parts {
        db: db::connect(&database.url, 4).await.unwrap(),
        clock,
        keys: Keys::derive(&secret).unwrap(),
        mailer,
        passwords: Passwords::new(PasswordCost::CHEAP, PasswordRules::default()).unwrap(),
        given: given(),
        public_url: "https://kith.example".into(),
        signups_allowed: true,
        tries_per_minute: 10,
        limits: Limits::NONE,
        trusted_proxies: Vec::new(),
        cors_origins: Vec::new(),
        signing_key_days: 90,
    };
    change(&mut parts);
    App::new(parts)
}

/// For passkeys of `kith.example`, where they are built in.
fn given() -> Given {
    let mut given = Given::default();
    let origin = "https://kith.example".parse().unwrap();
    let party = RelyingParty::new("kith.example", &[origin]);
    assert_eq!(party.is_ok(), cfg!(feature = "passkeys"));
    if let Ok(party) = party {
        given.insert(party);
    }
    given
}

impl Drop for TestApp {
    fn drop(&mut self) {
        let failed = self.failed_jobs.lock().unwrap();
        if !std::thread::panicking() {
            assert!(failed.is_empty(), "jobs failed: {failed:#?}");
        }
    }
}

/// Sends requests for somebody. In a circle, a path that begins neither with
/// `/v1` nor with `/.` is a path of that circle.
#[derive(Clone)]
pub struct Client {
    pub app: Arc<TestApp>,
    pub token: Option<String>,
    pub peer: Option<SocketAddr>,
    pub circle: Option<String>,
}

impl Client {
    pub fn path(&self, path: &str) -> String {
        match &self.circle {
            Some(circle) if !path.starts_with("/v1") && !path.starts_with("/.") => {
                format!("/v1/circles/{circle}{path}")
            }
            _ => path.to_owned(),
        }
    }

    /// The same person, whose short paths are those of a circle.
    pub fn inside(&self, circle: &str) -> Self {
        Self {
            circle: Some(circle.to_owned()),
            ..self.clone()
        }
    }

    /// The same person, whose requests come from an address.
    pub fn at(&self, address: &str) -> Self {
        Self {
            peer: Some(SocketAddr::new(address.parse().unwrap(), 40_000)),
            ..self.clone()
        }
    }

    pub fn request(&self, method: &Method, path: &str, body: Option<&Value>) -> Request<Body> {
        let mut request = Request::builder().method(method).uri(self.path(path));
        if let Some(token) = &self.token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        if let Some(peer) = self.peer {
            request = request.extension(ConnectInfo(peer));
        }
        match body {
            Some(body) => request
                .header(header::CONTENT_TYPE, "application/json")
                .body(body.to_string().into()),
            None => request.body(Body::empty()),
        }
        .unwrap()
    }

    pub async fn get(&self, path: &str) -> Reply {
        self.app.send(self.request(&Method::GET, path, None)).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Reply {
        let request = self.request(&Method::POST, path, Some(&body));
        self.app.send(request).await
    }

    /// A verb that needs no body.
    pub async fn act(&self, path: &str) -> Reply {
        self.app.send(self.request(&Method::POST, path, None)).await
    }

    pub async fn patch(&self, path: &str, body: Value) -> Reply {
        let request = self.request(&Method::PATCH, path, Some(&body));
        self.app.send(request).await
    }

    pub async fn delete(&self, path: &str) -> Reply {
        self.app
            .send(self.request(&Method::DELETE, path, None))
            .await
    }

    /// With one header more.
    pub async fn with(
        &self,
        (name, value): (&str, &str),
        method: &Method,
        path: &str,
        body: Option<Value>,
    ) -> Reply {
        let mut request = self.request(method, path, body.as_ref());
        let name: header::HeaderName = name.parse().unwrap();
        request.headers_mut().insert(name, value.parse().unwrap());
        self.app.send(request).await
    }
}

/// A signed-in person, once in a circle a member of it.
pub struct Person {
    pub client: Client,
    pub email: String,
    pub member_id: String,
    pub tokens: Value,
}

impl Person {
    fn enter(&mut self, circle: &str, member: &str) {
        self.client.circle = Some(circle.to_owned());
        member.clone_into(&mut self.member_id);
    }

    pub fn circle_id(&self) -> &str {
        self.client.circle.as_deref().unwrap()
    }

    /// The same person in the same circle, signed in anew on the same device: an
    /// access token does not outlive a long advance of the clock.
    pub async fn later(&self) -> Client {
        let credentials = json!({
            "email": self.email, "password": PASSWORD,
            "device_token": self.tokens["device_token"],
        });
        let tokens = self.post("/v1/sessions", credentials).await.is(201);
        Client {
            circle: self.client.circle.clone(),
            ..self.app.client(&tokens)
        }
    }

    /// Creates a task and answers it.
    pub async fn task(&self, body: Value) -> Value {
        self.post("/tasks", body).await.is(201)
    }

    /// A verb on a task.
    pub async fn task_act(&self, task: &Value, verb: &str) -> Reply {
        let id = task["id"].as_str().unwrap();
        self.act(&format!("/tasks/{id}/{verb}")).await
    }
}

impl std::ops::Deref for Person {
    type Target = Client;

    fn deref(&self) -> &Client {
        &self.client
    }
}

/// An answer.
#[derive(Debug)]
pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Reply {
    /// The body, if the status is this.
    #[track_caller]
    pub fn is(self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        self.json()
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_default()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    /// The problem, if the status and the code are these.
    #[track_caller]
    pub fn is_problem(&self, status: u16, code: &str) -> Value {
        let problem = self.json();
        assert_eq!(
            (self.status.as_u16(), problem["code"].as_str()),
            (status, Some(code)),
            "{}",
            self.text
        );
        assert_eq!(self.header("content-type"), "application/problem+json");
        assert_eq!(problem["status"], status);
        assert_eq!(problem["request_id"], self.header("x-request-id"));
        problem
    }

    /// The fields that cannot be accepted, each as `pointer code`.
    #[track_caller]
    pub fn is_invalid(&self) -> Vec<String> {
        let problem = self.is_problem(422, "invalid");
        let errors = problem["errors"].as_array().unwrap();
        let text = |error: &Value, name: &str| error[name].as_str().unwrap().to_owned();
        errors
            .iter()
            .map(|error| format!("{} {}", text(error, "pointer"), text(error, "code")))
            .collect()
    }
}

/// A mail, as its reader sees it.
#[derive(Clone, Debug)]
pub struct Mail {
    pub to: String,
    pub message_id: String,
    pub headers: String,
    pub text: String,
    pub html: String,
}

impl Mail {
    fn read(sent: SentMail) -> Self {
        // Soft line breaks go first: what follows one may look like a boundary.
        let raw = sent.raw.replace("=\r\n", "").replace("\r\n", "\n");
        let (headers, body) = raw.split_once("\n\n").unwrap();
        let mut parts = body.split("Content-Type: text/").skip(1).map(|part| {
            let (_, content) = part.split_once("\n\n").unwrap();
            let content = content.split("\n--").next().unwrap();
            decode(content)
        });
        Self {
            to: sent.to,
            message_id: sent.message_id,
            headers: headers.replace("\n ", " "),
            text: parts.next().unwrap(),
            html: parts.next().unwrap(),
        }
    }

    pub fn header(&self, name: &str) -> &str {
        let start = format!("{name}: ");
        let line = self.headers.lines().find(|line| line.starts_with(&start));
        line.map_or("", |line| &line[start.len()..])
    }

    pub fn code(&self) -> String {
        self.find(r"Code: (\d{6})")
    }

    pub fn token(&self) -> String {
        self.find(r"token=([\w-]+)")
    }

    /// The path and query of the first link to a page.
    pub fn link(&self, page: &str) -> String {
        self.find(&format!(r"https://kith\.example(/{page}\?token=[\w&=-]+)"))
    }

    fn find(&self, pattern: &str) -> String {
        let found = Regex::new(pattern).unwrap().captures(&self.text);
        found.unwrap_or_else(|| panic!("{pattern} in {}", self.text))[1].to_owned()
    }
}

fn decode(quoted_printable: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = quoted_printable.as_bytes();
    while let [first, tail @ ..] = rest {
        if let (b'=', [high, low, after @ ..]) = (first, tail) {
            let hex = String::from_utf8_lossy(&[*high, *low]).into_owned();
            bytes.push(u8::from_str_radix(&hex, 16).unwrap());
            rest = after;
        } else {
            bytes.push(*first);
            rest = tail;
        }
    }
    String::from_utf8(bytes).unwrap()
}
