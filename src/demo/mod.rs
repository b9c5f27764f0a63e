//! The demo family. Its members fill an empty database with the requests that their apps would
//! have sent in the last two days. So every rule, every reminder and every line of activity is
//! real. Their emails stay in memory.
//!
//! Tables say who they are and what they do. `story` has the order.

mod appointments;
mod arrangements;
mod family;
mod household;
mod people;
mod questions;
mod requests;
mod roles;
mod series;
mod story;
mod tasks;
mod threads;

pub use family::{DemoFamily, Resident};
pub use story::FirstThings;

use anyhow::{Context, ensure};
use axum::http::Method;
use serde_json::json;
use tracing::instrument::WithSubscriber;
use tracing::subscriber::NoSubscriber;

use crate::api;
use crate::app::App;
use crate::auth::is_without_users;
use crate::platform::time::civil::ZoneName;
use household::Household;
use people::Who;
use requests::{send, text};

/// Fills an empty database with the family, in a time zone. Returns who they are.
pub async fn fill(app: &App, zone: &ZoneName) -> anyhow::Result<DemoFamily> {
    ensure!(
        is_without_users(app.reader()).await?,
        "this database has accounts already: the demo needs an empty database"
    );
    // The requests of the demo would fill the log.
    move_in(app, zone)
        .with_subscriber(NoSubscriber::new())
        .await
        .context("the demo family could not be created: start again with an empty database")
}

async fn move_in(app: &App, zone: &ZoneName) -> anyhow::Result<DemoFamily> {
    let mut household = Household::of(app, zone);
    let first = story::live(&mut household).await?;
    let resident = |who: Who| -> anyhow::Result<Resident> {
        Ok(Resident {
            name: who.portrait().name,
            relationship: who.portrait().relationship,
            access: who.portrait().access,
            email: who.portrait().email,
            password: household.password(who)?.to_owned(),
        })
    };
    let residents: Vec<_> = Who::ALL
        .into_iter()
        .map(resident)
        .collect::<Result<_, _>>()?;

    // The person who tries the demo is Ana. Her token is issued now, not in the family's past.
    let ana = &residents[Who::Ana as usize];
    let credentials = json!({
        "email": ana.email, "password": ana.password, "device_label": "A terminal",
        "device_token": household.device_token(Who::Ana)?,
    });
    let router = api::router(app.clone());
    let outcome = send(&router, None, Method::POST, "/v1/sessions", &credentials).await?;
    Ok(DemoFamily {
        public_url: app.public_url().to_owned(),
        token: text(&outcome["session"], "access_token")?.to_owned(),
        first,
        residents,
    })
}
