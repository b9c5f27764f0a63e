//! `kith admin`: what the operator of a server may do to accounts and keys, also
//! while it runs. It shows addresses, times and numbers; never what people have
//! written, and no name of a circle.

mod accounts;
mod cli;
mod reseal;
pub mod restore;
mod test_mail;

use clap::Subcommand;
use uuid::Uuid;

pub use accounts::{AccountLine, DisabledAccount, disable, enable, list_accounts, sign_out};
pub use cli::{Cli, Command};
pub use reseal::{Resealed, check_seal, check_secret_key, reseal};
pub use test_mail::send_test_mail;

use crate::app::App;
use crate::auth::signing::{self, Rotation};
use crate::entity::ids::SigningKeyId;
use crate::problem::Problem;

/// What an operator can do.
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub enum AdminCommand {
    /// List all accounts: id, address, state, when made and last used, and how many devices,
    /// access tokens and circles it has.
    ListAccounts,
    /// Disable an account: signs it out everywhere and lets it in no more.
    Disable {
        /// Its address or id.
        account: String,
    },
    /// Let a disabled account in again.
    Enable {
        /// Its address or id.
        account: String,
    },
    /// Sign an account out on every device.
    SignOut {
        /// Its address or id.
        account: String,
        /// Take its personal access tokens back, too.
        #[arg(long)]
        tokens: bool,
    },
    /// Make a new key for access tokens. It signs after a day, when everybody who verifies
    /// tokens has seen it.
    RotateKeys {
        /// It signs at once.
        #[arg(long)]
        now: bool,
    },
    /// Take a key back that somebody else may have: no token that it signed is good any more.
    /// Apps renew theirs by themselves; nobody has to sign in again.
    RevokeKey {
        /// Its `kid`.
        key: Uuid,
    },
    /// Send a mail to try the mail server with, and say step by step what happens. It needs no
    /// database.
    TestMail {
        /// Where to, like `you@example.org`.
        address: String,
    },
    /// After the secret key was changed: seal with the new one what the old one sealed.
    Reseal,
}

/// Does it; answers what to print.
pub async fn run(app: &App, command: AdminCommand) -> anyhow::Result<String> {
    Ok(match command {
        AdminCommand::ListAccounts => {
            let lines = list_accounts(app).await.map_err(in_words)?;
            let lines: Vec<_> = lines.iter().map(ToString::to_string).collect();
            [&[AccountLine::HEAD.to_owned()][..], &lines]
                .concat()
                .join("\n")
        }
        AdminCommand::Disable { account } => {
            let done = disable(app, &account).await.map_err(in_words)?;
            let answer = format!("{} is disabled and signed out everywhere", done.id);
            let circles: Vec<_> = done
                .without_coordinator
                .iter()
                .map(ToString::to_string)
                .collect();
            match circles.len() {
                0 => answer,
                number => format!(
                    "{answer}\nWARNING: nobody coordinates {number} circles now ({}): nobody there \
                     can invite or manage members. `kith admin enable {}` lets it in again, so \
                     that its owner can name a successor in each of them first.",
                    circles.join(", "),
                    done.id,
                ),
            }
        }
        AdminCommand::Enable { account } => {
            let id = enable(app, &account).await.map_err(in_words)?;
            format!("{id} may sign in again")
        }
        AdminCommand::SignOut { account, tokens } => {
            let (id, ended) = sign_out(app, &account, tokens).await.map_err(in_words)?;
            format!("{id} is signed out; {ended} access tokens were taken back")
        }
        AdminCommand::RotateKeys { now } => {
            let when = if now {
                Rotation::Now
            } else {
                Rotation::Announced
            };
            let key = signing::rotate(app, when).await.map_err(in_words)?;
            let begin = if now { "now" } else { "in a day" };
            format!("{key} signs access tokens, beginning {begin}")
        }
        AdminCommand::RevokeKey { key } => {
            signing::revoke(app, SigningKeyId(key))
                .await
                .map_err(in_words)?;
            format!("nothing that {key} signed is good any more")
        }
        AdminCommand::TestMail { .. } => anyhow::bail!("a test mail needs no database"),
        AdminCommand::Reseal => {
            let done = reseal(app).await.map_err(in_words)?;
            format!(
                "{} secrets were sealed anew, {} links of mails renewed; \
                 PREVIOUS_SECRET_KEY can go",
                done.secrets, done.links
            )
        }
    })
}

/// A problem, in words for the operator at the console.
fn in_words(problem: Problem) -> anyhow::Error {
    match problem {
        Problem::NotFound => anyhow::anyhow!("there is no such account or key"),
        Problem::Conflict(conflict) => anyhow::anyhow!("{}", conflict.detail),
        Problem::Unavailable => anyhow::anyhow!("the database is busy; try again"),
        Problem::Internal(error) => error.into_error(),
        other => anyhow::anyhow!("{other:?}"),
    }
}
