//! `kith admin`: what an operator can do to accounts, keys and emails, also while the server runs.
//! It shows addresses, times and numbers. It never shows what people have written, or the name of
//! a circle.

mod accounts;
mod bounce;
mod cli;
mod mails;
mod reseal;
pub mod restore;
mod test_mail;

use std::io::Read;

use clap::Subcommand;
use uuid::Uuid;

pub use accounts::{AccountLine, DisabledAccount, disable, enable, list_accounts, sign_out};
pub use bounce::{LONGEST_REPORT, take_bounce};
pub use cli::{Cli, Command};
pub use mails::{MailLine, list_mails, resend};
pub use reseal::{Resealed, check_seal, check_secret_key, reseal};
pub use test_mail::send_test_mail;

use crate::app::App;
use crate::auth::forget_bounces;
use crate::auth::signing::{self, Rotation};
use crate::entity::ids::{JobId, SigningKeyId};
use crate::platform::text::EmailAddress;
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
    /// Look after the emails and the mail server.
    Mail {
        /// What to do.
        #[command(subcommand)]
        command: MailCommand,
    },
    /// Read the report of a mail server that an email did not arrive (RFC 3464) from the standard
    /// input, and mark the address. For a pipe of the mail server.
    Bounce,
    /// Run this after you changed the secret key: what was encrypted with the previous key is
    /// encrypted with the new one.
    Reseal,
}

/// The commands of `kith admin mail`.
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub enum MailCommand {
    /// List the emails in the queue, those that failed for good first: what each is, when it is
    /// due, how often it failed, and why. Nobody is named.
    List {
        /// Only those that failed for good.
        #[arg(long)]
        failed: bool,
    },
    /// Try emails again that failed for good. What is of no use any more is not sent. An email
    /// without an answer of the mail server may arrive a second time.
    #[command(group = clap::ArgGroup::new("which").required(true))]
    Resend {
        /// The id of the email, as `list` prints it.
        #[arg(group = "which")]
        id: Option<Uuid>,
        /// All of them.
        #[arg(long, group = "which")]
        all: bool,
    },
    /// Forget which emails came back, so that reminders and notifications are sent to these
    /// addresses again.
    #[command(group = clap::ArgGroup::new("whose").required(true))]
    ForgetBounces {
        /// The email address of an account.
        #[arg(group = "whose")]
        address: Option<String>,
        /// Those of all accounts.
        #[arg(long, group = "whose")]
        all: bool,
    },
    /// Send an email to test the mail server, and print every step. It needs no database.
    Test {
        /// The address to send it to, like `you@example.org`.
        address: String,
    },
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
        AdminCommand::Mail { command } => run_mail(app, command).await?,
        AdminCommand::Bounce => take_report(app).await?,
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

async fn run_mail(app: &App, command: MailCommand) -> anyhow::Result<String> {
    Ok(match command {
        MailCommand::List { failed } => {
            let lines = list_mails(app, failed).await.map_err(in_words)?;
            let lines: Vec<_> = lines.iter().map(ToString::to_string).collect();
            [&[MailLine::HEAD.to_owned()][..], &lines]
                .concat()
                .join("\n")
        }
        MailCommand::Resend { id, .. } => {
            let number = resend(app, id.map(JobId)).await;
            let number = number.map_err(|problem| match problem {
                Problem::NotFound => anyhow::anyhow!("no email with this id has failed"),
                other => in_words(other),
            })?;
            format!("Emails that are tried again now: {number}")
        }
        MailCommand::ForgetBounces { address, .. } => {
            let address = address.map(|address| EmailAddress::read(&address));
            let address = address.as_ref().map(EmailAddress::as_str);
            let number = forget_bounces(app, address).await.map_err(in_words)?;
            format!("Addresses that get emails again: {number}")
        }
        MailCommand::Test { .. } => anyhow::bail!("a test email needs no database"),
    })
}

/// Takes a report from the standard input.
async fn take_report(app: &App) -> anyhow::Result<String> {
    let read = tokio::task::spawn_blocking(|| {
        let mut message = Vec::new();
        let input = std::io::stdin().lock();
        input.take(LONGEST_REPORT).read_to_end(&mut message)?;
        std::io::Result::Ok(message)
    });
    let message = read.await??;
    take_bounce(app, &message).await.map_err(in_words)
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
