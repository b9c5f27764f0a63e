//! `kith admin`: what an operator can do to accounts and keys, also while the server runs. It
//! shows addresses, times and numbers. It never shows what people have written, or the name of a
//! circle.

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

/// The commands of `kith admin`.
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub enum AdminCommand {
    /// List all accounts: id, email address, state, when they were created and last used, and how
    /// many sessions, personal access tokens and circles they have.
    ListAccounts,
    /// Disable an account. It is signed out on every device and cannot sign in any more.
    Disable {
        /// The email address or the id of the account.
        account: String,
    },
    /// Let a disabled account sign in again.
    Enable {
        /// The email address or the id of the account.
        account: String,
    },
    /// Sign an account out on every device.
    SignOut {
        /// The email address or the id of the account.
        account: String,
        /// Also revoke its personal access tokens.
        #[arg(long)]
        tokens: bool,
    },
    /// Create a new key for access tokens. The server signs with it after a day, when every
    /// program that verifies tokens has read it.
    RotateKeys {
        /// Sign with it at once.
        #[arg(long)]
        now: bool,
    },
    /// Revoke a key that somebody else may have. No token that it signed works any more. Apps get
    /// new tokens by themselves: nobody has to sign in again.
    RevokeKey {
        /// The `kid` of the key.
        key: Uuid,
    },
    /// Send an email to test the mail server, and print every step. It needs no database.
    TestMail {
        /// The address to send it to, like `you@example.org`.
        address: String,
    },
    /// Run this after you changed the secret key: what was encrypted with the previous key is
    /// encrypted with the new one.
    Reseal,
}

/// Runs the command. Returns what to print.
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
                    "{answer}\nWARNING: circles that have no coordinator now: {number} ({}). Nobody \
                     there can invite or manage members. To change that, run `kith admin enable {}`. \
                     The owner of the account can then name a successor in each circle.",
                    circles.join(", "),
                    done.id,
                ),
            }
        }
        AdminCommand::Enable { account } => {
            let id = enable(app, &account).await.map_err(in_words)?;
            format!("{id} can sign in again")
        }
        AdminCommand::SignOut { account, tokens } => {
            let (id, ended) = sign_out(app, &account, tokens).await.map_err(in_words)?;
            format!("{id} is signed out; {ended} personal access tokens were revoked")
        }
        AdminCommand::RotateKeys { now } => {
            let when = if now {
                Rotation::Now
            } else {
                Rotation::Announced
            };
            let key = signing::rotate(app, when).await.map_err(in_words)?;
            let begin = if now { "now" } else { "in a day" };
            format!("{key} signs access tokens, starting {begin}")
        }
        AdminCommand::RevokeKey { key } => {
            signing::revoke(app, SigningKeyId(key))
                .await
                .map_err(in_words)?;
            format!("{key} is revoked: no token that it signed works any more")
        }
        AdminCommand::TestMail { .. } => anyhow::bail!("a test email needs no database"),
        AdminCommand::Reseal => {
            let done = reseal(app).await.map_err(in_words)?;
            format!(
                "Secrets encrypted with the new key: {}. Links in emails renewed: {}. \
                 You can remove PREVIOUS_SECRET_KEY now.",
                done.secrets, done.links
            )
        }
    })
}

/// A problem as a sentence for the operator.
fn in_words(problem: Problem) -> anyhow::Error {
    match problem {
        Problem::NotFound => anyhow::anyhow!("there is no such account or key"),
        Problem::Conflict(conflict) => anyhow::anyhow!("{}", conflict.detail),
        Problem::Unavailable => anyhow::anyhow!("the database is busy: try again"),
        Problem::Internal(error) => error.into_error(),
        other => anyhow::anyhow!("{other:?}"),
    }
}
