//! What an app should know of a server before anybody signs in: what it can do,
//! and how much it takes.

use serde::Serialize;
use utoipa::ToSchema;

use super::accounts::RelyingParty;
use crate::app::App;
use crate::http::extract::{BODY_LIMIT, MAX_ITEMS};
use crate::http::middleware::{MAX_HEADERS, MAX_URI};
use crate::http::pagination::{DEFAULT_LIMIT, MAX_LIMIT};
use crate::http::response::Body;

/// The languages of mails and pages.
const LANGUAGES: [&str; 1] = ["en"];

/// What is switched on here, and is not on every server: one line each.
fn features(app: &App) -> Vec<&'static str> {
    let all = [
        // People may register without an invitation.
        ("signups", app.signups_allowed()),
        // Signing in with a code in a mail.
        ("sign_in_codes", true),
        // One-time codes of an authenticator as a second factor, and recovery codes.
        ("totp", true),
        // Signing in with a passkey.
        ("passkeys", app.optional::<RelyingParty>().is_some()),
        // Personal access tokens.
        ("access_tokens", true),
        // Web apps of other origins may use the API in a browser.
        ("cross_origin", !app.cors_origins().is_empty()),
    ];
    let on = all.into_iter().filter(|(_, on)| *on);
    on.map(|(name, _)| name).collect()
}

/// A server.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "name": "Kith",
    "version": "0.1.0",
    "api_versions": ["v1"],
    "features": ["signups", "sign_in_codes", "totp", "passkeys", "access_tokens"],
    "languages": ["en"],
    "limits": {
        "body_bytes": 65536, "uri_bytes": 8192, "header_bytes": 16384, "array_items": 200,
        "page_size": 50, "page_size_max": 200, "password_min_length": 12, "tries_per_minute": 10, "reads_per_minute": 600,
        "writes_per_minute": 120, "mails_per_hour": 60
    },
    "docs_url": "https://kith.example/docs",
    "openapi_url": "https://kith.example/openapi.json"
})))]
pub struct Server {
    /// The program.
    pub name: &'static str,
    /// Its version.
    pub version: &'static str,
    /// What the paths of the API begin with.
    pub api_versions: [&'static str; 1],
    /// What is switched on here; expect names you do not know.
    ///
    /// - `signups`: people may register without an invitation
    /// - `sign_in_codes`: signing in with a code in a mail
    /// - `totp`: the codes of an authenticator as a second factor, and recovery codes
    /// - `passkeys`: signing in with a passkey, also as the only factor
    /// - `access_tokens`: personal access tokens for programs of one's own
    /// - `cross_origin`: some web apps may use the API in a browser
    pub features: Vec<&'static str>,
    /// The languages of mails and pages, as BCP 47 tags.
    pub languages: [&'static str; LANGUAGES.len()],
    pub limits: ServerLimits,
    /// Documentation for people.
    pub docs_url: String,
    /// The OpenAPI document.
    pub openapi_url: String,
}

/// How much a server takes. Null is no limit.
#[derive(Debug, Serialize, ToSchema)]
pub struct ServerLimits {
    /// The largest body of a request. Operations that take long texts take more,
    /// which the document says (`x-max-bytes`).
    pub body_bytes: usize,
    /// The longest path and query.
    pub uri_bytes: usize,
    /// The names and values of all headers of a request together.
    pub header_bytes: usize,
    /// The longest list in a body.
    pub array_items: usize,
    /// How many things a page has when nobody says otherwise.
    pub page_size: u32,
    /// How many it has at most.
    pub page_size_max: u32,
    /// How many characters a new password needs.
    pub password_min_length: usize,
    /// How often one client address may try to sign in, register or use a code.
    pub tries_per_minute: Option<u32>,
    /// How often one account may read, or one client address without an account.
    pub reads_per_minute: Option<u32>,
    /// How often one account may change something, or one client address without an account.
    pub writes_per_minute: Option<u32>,
    /// How many invitations the members of one circle may have mailed.
    pub mails_per_hour: Option<u32>,
}

impl ServerLimits {
    fn of(app: &App) -> Self {
        let limits = app.limits();
        let limit = |number: u32| Some(number).filter(|number| *number > 0);
        Self {
            body_bytes: BODY_LIMIT,
            uri_bytes: MAX_URI,
            header_bytes: MAX_HEADERS,
            array_items: MAX_ITEMS,
            page_size: DEFAULT_LIMIT,
            page_size_max: MAX_LIMIT,
            password_min_length: app.passwords().shortest(),
            tries_per_minute: limit(app.tries_per_minute().unsigned_abs()),
            reads_per_minute: limit(limits.reads_per_minute),
            writes_per_minute: limit(limits.writes_per_minute),
            mails_per_hour: limit(limits.mails_per_hour),
        }
    }
}

/// Read what this server can do.
///
/// For apps that may meet several servers: ask before anybody signs in, and show
/// only what there is.
#[utoipa::path(
    get, path = "/server", tag = "server", security(()),
    responses((status = OK, description = "This server", body = Server), crate::problem::Problem),
)]
pub async fn read_server(app: App) -> Body<Server> {
    Body(Server {
        name: "Kith",
        version: env!("CARGO_PKG_VERSION"),
        api_versions: ["v1"],
        features: features(&app),
        languages: LANGUAGES,
        limits: ServerLimits::of(&app),
        docs_url: format!("{}/docs", app.public_url()),
        openapi_url: format!("{}/openapi.json", app.public_url()),
    })
}
