//! The commands of `kith admin`, as they are typed.

use clap::Parser;
use kith::admin::{AdminCommand, Cli, Command, MailCommand};

#[test]
fn admin_commands_are_parsed_as_documented() {
    for (line, command) in [
        ("list-accounts", AdminCommand::ListAccounts),
        (
            "sign-out ana@example.org --tokens",
            AdminCommand::SignOut {
                account: "ana@example.org".into(),
                tokens: true,
            },
        ),
        ("rotate-keys --now", AdminCommand::RotateKeys { now: true }),
        ("reseal", AdminCommand::Reseal),
        (
            "mail list --failed",
            AdminCommand::Mail {
                command: MailCommand::List { failed: true },
            },
        ),
        (
            "mail resend --all",
            AdminCommand::Mail {
                command: MailCommand::Resend {
                    id: None,
                    all: true,
                },
            },
        ),
    ] {
        let words = ["kith", "admin"].into_iter().chain(line.split(' '));
        let cli = Cli::try_parse_from(words).unwrap();
        assert_eq!(cli.command, Some(Command::Admin { command }), "{line}");
    }
    let unknown = ["kith", "admin", "revoke-key", "not-a-key"];
    assert!(Cli::try_parse_from(unknown).is_err());
    let nothing_named = ["kith", "admin", "mail", "resend"];
    assert!(Cli::try_parse_from(nothing_named).is_err());
}
