//! What an app must know about a server before anybody signs in: its features and its limits.

use serde::Serialize;
use utoipa::ToSchema;

use super::super::accounts::RelyingParty;
use crate::app::App;
use crate::entity::wire_enum;
use crate::http::extract::{BODY_LIMIT, MAX_ITEMS};
use crate::http::middleware::{MAX_HEADERS, MAX_URI};
use crate::http::pagination::{DEFAULT_LIMIT, MAX_LIMIT};
use crate::http::response::Body;
use crate::platform::language::Language;
use crate::platform::picture::LARGEST_FILE;

wire_enum! {
    /// Something that a server supports.
    ServerFeature {
        /// People can register without an invitation.
        Signups = "signups",
        /// People can sign in with a mailed code.
        SignInCodes = "sign_in_codes",
        /// An authenticator app as a second factor, and recovery codes.
        Totp = "totp",
        /// People can sign in with a passkey, and need no password then.
        Passkeys = "passkeys",
        /// Personal access tokens for your own programs.
        PersonalAccessTokens = "personal_access_tokens",
        /// Web apps of some other origins can use the API in a browser.
        CrossOrigin = "cross_origin",
    }
}

impl ServerFeature {
    /// Not every server supports all of them.
    fn is_supported(self, app: &App) -> bool {
        match self {
            Self::Signups => app.signups_allowed(),
            Self::SignInCodes | Self::Totp | Self::PersonalAccessTokens => true,
            Self::Passkeys => app.optional::<RelyingParty>().is_some(),
            Self::CrossOrigin => !app.cors_origins().is_empty(),
        }
    }
}

/// The features that this server supports.
fn features(app: &App) -> Vec<ServerFeature> {
    let all = ServerFeature::ALL.iter().copied();
    all.filter(|feature| feature.is_supported(app)).collect()
}

/// What this server supports.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "name": "Kith",
    "version": "0.1.0",
    "api_versions": ["v1"],
    "features": ["signups", "sign_in_codes", "totp", "passkeys", "personal_access_tokens"],
    "languages": ["de", "en", "es"],
    "limits": {
        "max_body_bytes": 65536, "max_picture_bytes": 5_242_880, "max_uri_bytes": 8192, "max_header_bytes": 16384, "max_array_items": 200,
        "default_page_size": 50, "max_page_size": 200, "min_password_length": 12, "sign_in_attempts_per_minute": 10, "reads_per_minute": 600,
        "writes_per_minute": 120, "invitations_per_hour": 60
    },
    "docs_url": "https://kith.example/docs",
    "openapi_url": "https://kith.example/openapi.json"
})))]
pub struct ServerInfo {
    /// The name of the program.
    pub name: &'static str,
    /// The version of the program.
    pub version: &'static str,
    /// The versions of the API. Each is the beginning of its paths.
    pub api_versions: [&'static str; 1],
    /// What this server supports. Later versions add names: ignore those that you do not know.
    pub features: Vec<ServerFeature>,
    /// The languages of emails and pages, as BCP 47 tags.
    pub languages: Vec<&'static str>,
    /// The limits of this server.
    pub limits: ServerLimits,
    /// Where people read the documentation.
    pub docs_url: String,
    /// Where the OpenAPI document is.
    pub openapi_url: String,
}

/// The limits of this server. Null means that there is no limit.
#[derive(Debug, Serialize, ToSchema)]
pub struct ServerLimits {
    /// The largest body of a request, in bytes. Operations that take long texts accept more;
    /// `x-max-bytes` in the OpenAPI document says how much.
    pub max_body_bytes: usize,
    /// The largest file of a picture, in bytes.
    pub max_picture_bytes: usize,
    /// The longest path and query together, in bytes.
    pub max_uri_bytes: usize,
    /// The names and values of all headers of a request together, in bytes.
    pub max_header_bytes: usize,
    /// The most items that an array in a body can have.
    pub max_array_items: usize,
    /// How many items a page has if you send no `limit`.
    pub default_page_size: u32,
    /// How many items a page has at most.
    pub max_page_size: u32,
    /// How many characters a new password needs at least.
    pub min_password_length: usize,
    /// How often a client address can try to sign in, register or confirm a code, in a minute.
    pub sign_in_attempts_per_minute: Option<u32>,
    /// How often an account can read in a minute, or a client address that is not signed in.
    pub reads_per_minute: Option<u32>,
    /// How often an account can change something in a minute, or a client address that is not
    /// signed in.
    pub writes_per_minute: Option<u32>,
    /// How many invitations the members of a circle can send in an hour.
    pub invitations_per_hour: Option<u32>,
}

impl ServerLimits {
    fn of(app: &App) -> Self {
        let limits = app.limits();
        let limit = |number: u32| Some(number).filter(|number| *number > 0);
        Self {
            max_body_bytes: BODY_LIMIT,
            max_picture_bytes: LARGEST_FILE,
            max_uri_bytes: MAX_URI,
            max_header_bytes: MAX_HEADERS,
            max_array_items: MAX_ITEMS,
            default_page_size: DEFAULT_LIMIT,
            max_page_size: MAX_LIMIT,
            min_password_length: app.passwords().shortest(),
            sign_in_attempts_per_minute: limit(app.tries_per_minute().unsigned_abs()),
            reads_per_minute: limit(limits.reads_per_minute),
            writes_per_minute: limit(limits.writes_per_minute),
            invitations_per_hour: limit(limits.invitations_per_hour),
        }
    }
}

/// Get what this server supports.
///
/// For apps that work with several servers: ask before anybody signs in, and offer only what
/// the server supports.
#[utoipa::path(
    get, path = "/server", tag = "server", security(()),
    responses((status = OK, description = "This server", body = ServerInfo), crate::problem::Problem),
)]
pub async fn get_server(app: App) -> Body<ServerInfo> {
    Body(ServerInfo {
        name: "Kith",
        version: env!("CARGO_PKG_VERSION"),
        api_versions: ["v1"],
        features: features(&app),
        languages: Language::all().map(Language::tag).collect(),
        limits: ServerLimits::of(&app),
        docs_url: format!("{}/docs", app.public_url()),
        openapi_url: format!("{}/openapi.json", app.public_url()),
    })
}
