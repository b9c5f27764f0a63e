//! A family to look at. Its people fill an empty database themselves, by the
//! requests that their apps would send over the last two days: so every rule,
//! reminder and line of the log is real. Their mails stay in memory.
//!
//! Who they are and what they do stands in tables; `story` has the order.

mod appointments;
mod family;
mod household;
mod people;
mod requests;
mod roles;
mod story;
mod tasks;
mod threads;

pub use family::{DemoFamily, Resident};

use anyhow::{Context, ensure};
use serde_json::json;
use tracing::instrument::WithSubscriber;
use tracing::subscriber::NoSubscriber;

use crate::api;
use crate::app::App;
use crate::auth::is_without_users;
use crate::platform::time::civil::ZoneName;
use household::Household;
use people::Who;
use requests::{post, text};

/// Lets a family live in an empty database, in a zone; answers who they are.
pub async fn fill(app: &App, zone: &ZoneName) -> anyhow::Result<DemoFamily> {
    ensure!(
        is_without_users(app.reader()).await?,
        "there are accounts in this database already: the demo fills an empty one"
    );
    // What nobody asked for is no news for the log.
    move_in(app, zone)
        .with_subscriber(NoSubscriber::new())
        .await
        .context("the family did not settle in: begin again with an empty database")
}

async fn move_in(app: &App, zone: &ZoneName) -> anyhow::Result<DemoFamily> {
    let mut household = Household::of(app, zone);
    let task = story::live(&mut household).await?;
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

    // A visitor of the demo is Ana, and it is now.
    let ana = &residents[Who::Ana as usize];
    let credentials = json!({
        "email": ana.email, "password": ana.password, "device_label": "A terminal",
        "device_token": household.device_token(Who::Ana)?,
    });
    let router = api::router(app.clone());
    let tokens = post(&router, None, "/v1/sessions", &credentials).await?;
    Ok(DemoFamily {
        public_url: app.public_url().to_owned(),
        token: text(&tokens, "access_token")?.to_owned(),
        task,
        residents,
    })
}
