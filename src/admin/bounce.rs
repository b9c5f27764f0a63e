//! Takes the report of a mail server that an email did not arrive (RFC 3464), as a pipe of the mail
//! server that takes the emails to the address of `MAIL_FROM`.
//!
//! Anybody can send such a report, so it counts only for what it proves: it names the Message-ID of
//! an email that was sent, which only its recipient's side knows, and the address of its recipient.

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, Statement};
use uuid::Uuid;

use crate::app::App;
use crate::auth::{find_user_by_email, note_bounce};
use crate::entity::ids::UserId;
use crate::entity::membership;
use crate::entity::user::EmailState;
use crate::http::response::NoContent;
use crate::platform::db::Transaction;
use crate::platform::mail::{Cause, SmtpRefusal};
use crate::platform::text::EmailAddress;
use crate::problem::Problem;

/// The most bytes of a report that are read. The email that it quotes may be cut off.
pub const LONGEST_REPORT: u64 = 1024 * 1024;
/// The most recipients, and the most emails, of a report that are looked at.
const MOST: usize = 10;

/// What a report says.
#[derive(Debug, Default, PartialEq, Eq)]
struct Report {
    /// The emails that it is about, as their Message-ID names them.
    emails: Vec<Uuid>,
    /// The recipients that failed for good.
    failed: Vec<Failed>,
}

#[derive(Debug, PartialEq, Eq)]
struct Failed {
    /// The address that was written to, and the one that it was forwarded to.
    addresses: Vec<EmailAddress>,
    refusal: SmtpRefusal,
}

/// Marks the address of a report. Returns what was done, in words that do not contain the address.
/// A report that is of no use is no error: the mail server would send a report about it.
pub async fn take_bounce(app: &App, message: &[u8]) -> Result<String, Problem> {
    let Some(report) = Report::read(&String::from_utf8_lossy(message)) else {
        return Ok("This is no report that an email failed (RFC 3464): nothing is marked".into());
    };
    let is_unknown = |failed: &&Failed| failed.refusal.cause() == Cause::UnknownRecipient;
    let Some(gone) = report.failed.iter().find(is_unknown) else {
        let why = report.failed.first().map(|failed| &failed.refusal);
        let why = why
            .map(|refusal| format!(": {refusal}"))
            .unwrap_or_default();
        return Ok(format!(
            "It does not say that there is no such address, so nothing is marked{why}"
        ));
    };
    for address in &gone.addresses {
        let address = address.as_str();
        let Some(id) = mark_emails(app, address, &report.emails).await? else {
            continue;
        };
        let state = note_bounce(app, address).await?;
        return Ok(if state == Some(EmailState::Stopped) {
            format!("Emails to account {id} come back: it gets no more reminders and notifications")
        } else {
            format!("An email to account {id} came back: its address is marked")
        });
    }
    Ok(
        "It names no reminder or notification that was sent to an account: nothing is marked"
            .into(),
    )
}

/// Records that emails to the account of this address came back. Returns the account, if one of
/// the emails was sent to it and has not come back before. It may have been for a member without an
/// account, whose contact it is. It does not count against a coordinator who stands in for a contact:
/// the contact knows the ids of these emails from the app, and could silence the coordinator.
///
/// A mail server on the same machine reports at once, perhaps before it is recorded that it took the
/// email. What is recorded later leaves alone what has bounced.
#[expect(
    clippy::disallowed_methods,
    reason = "the report names no circle: all memberships of the account are looked at"
)]
async fn mark_emails(app: &App, address: &str, emails: &[Uuid]) -> Result<Option<UserId>, Problem> {
    let transaction = Transaction::begin(app).await?;
    let Some(user) = find_user_by_email(transaction.tx(), address).await? else {
        return Ok(None);
    };
    let memberships = membership::Entity::find()
        .filter(membership::Column::UserId.eq(user.id))
        .all(transaction.tx())
        .await?;
    let mut marked = 0;
    let of_members = |email| memberships.iter().map(move |member| (email, member));
    for (email, member) in emails.iter().flat_map(of_members) {
        // The Message-ID of a reminder is that of its delivery, that of notifications of their job.
        for (table, column) in [("deliveries", "id"), ("notifications", "job_id")] {
            let statement = Statement::from_sql_and_values(
                transaction.backend(),
                format!(
                    "UPDATE {table} SET state = 'bounced', reason = 'address_refused', \
                     sent_at = NULL, version = version + 1, updated_at = $1 \
                     WHERE circle_id = $2 AND {column} = $3 \
                     AND state IN ('sent', 'queued', 'unknown') \
                     AND member_id IN (SELECT id FROM memberships WHERE circle_id = $4 \
                       AND (id = $5 OR user_id IS NULL AND contact_member_id = $6))"
                ),
                [
                    transaction.now().into(),
                    member.circle_id.into(),
                    (*email).into(),
                    member.circle_id.into(),
                    member.id.into(),
                    member.id.into(),
                ],
            );
            let updated = transaction.tx().execute_raw(statement).await?;
            marked += updated.rows_affected();
        }
    }
    transaction.commit(NoContent).await?;
    Ok((marked > 0).then_some(user.id))
}

impl Report {
    /// Reads a report. None if the message is none.
    fn read(message: &str) -> Option<Self> {
        let lines = unfold(message);
        let is_report = |line: &String| {
            let line = line.to_ascii_lowercase();
            line.starts_with("content-type:") && line.contains("delivery-status")
        };
        if !lines.iter().any(is_report) {
            return None;
        }
        let mut report = Self::default();
        for block in lines.split(String::is_empty) {
            if let Some(failed) = Failed::read(block) {
                report.failed.push(failed);
            }
            report.emails.extend(message_id(block));
        }
        report.failed.truncate(MOST);
        report.emails.truncate(MOST);
        Some(report)
    }
}

impl Failed {
    /// The fields of one recipient, if it failed for good.
    fn read(block: &[String]) -> Option<Self> {
        let has_failed = field(block, "action")?.eq_ignore_ascii_case("failed");
        let status = field(block, "status")?;
        if !has_failed || !status.starts_with('5') {
            return None;
        }
        let written = field(block, "original-recipient");
        let last = field(block, "final-recipient");
        // `rfc822; ana@example.org`
        let address = |value: &str| {
            let (_, address) = value.split_once(';')?;
            Some(EmailAddress::read(address))
        };
        let mut addresses: Vec<_> = [written, last]
            .into_iter()
            .flatten()
            .filter_map(address)
            .collect();
        addresses.dedup();
        Some(Self {
            addresses,
            refusal: SmtpRefusal::reported(status, field(block, "diagnostic-code")),
        })
    }
}

/// The lines of a message. Lines that go on after a break are joined.
fn unfold(message: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for line in message.lines() {
        let line = line.trim_end();
        match lines.last_mut() {
            Some(last) if line.starts_with([' ', '\t']) && !last.is_empty() => {
                last.push(' ');
                last.push_str(line.trim_start());
            }
            _ => lines.push(line.to_owned()),
        }
    }
    lines
}

/// The value of a field in a block of fields.
fn field<'a>(block: &'a [String], name: &str) -> Option<&'a str> {
    block.iter().find_map(|line| {
        let (found, value) = line.split_once(':')?;
        found
            .trim()
            .eq_ignore_ascii_case(name)
            .then_some(value.trim())
    })
}

/// The id of an email of this server, from its Message-ID: `<id@domain>`.
fn message_id(block: &[String]) -> Option<Uuid> {
    let value = field(block, "message-id")?;
    let (id, _) = value.trim_start_matches('<').split_once('@')?;
    id.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const REPORT: &str = "From: MAILER-DAEMON@mail.example.org\r\n\
        Message-ID: <20270102.ABC@mail.example.org>\r\n\
        Content-Type: multipart/report; report-type=delivery-status;\r\n\tboundary=\"b\"\r\n\
        \r\n--b\r\n\r\nI'm sorry: it failed.\r\n\r\n--b\r\n\
        Content-Type: message/delivery-status\r\n\r\n\
        Reporting-MTA: dns; mail.example.org\r\n\r\n\
        Final-Recipient: rfc822; Ana@Example.org\r\nAction: failed\r\nStatus: 5.0.0\r\n\
        Diagnostic-Code: smtp; 550 5.1.1 <ana@example.org>:\r\n    no such user\r\n\r\n\
        Final-Recipient: rfc822; ben@example.org\r\nAction: delayed\r\nStatus: 4.4.1\r\n\r\n\
        --b\r\nContent-Type: text/rfc822-headers\r\n\r\n\
        Message-ID: <0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3d@kith.example.org>\r\n\r\n--b--\r\n";

    #[test]
    fn a_report_names_the_email_and_the_recipients_that_failed_for_good() {
        let report = Report::read(REPORT).unwrap();
        let email: Uuid = "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3d".parse().unwrap();
        assert_eq!(report.emails, [email]);
        let [failed] = report.failed.as_slice() else {
            panic!("{report:?}");
        };
        assert_eq!(failed.addresses, [EmailAddress::read("ana@example.org")]);
        assert_eq!(failed.refusal.cause(), Cause::UnknownRecipient);
    }

    #[test]
    fn what_is_no_report_of_a_failure_names_nobody() {
        let plain = "Subject: Re: a reminder\r\n\r\nAction: failed\r\nStatus: 5.1.1\r\n";
        assert_eq!(Report::read(plain), None);
        let cut = REPORT.get(..300).unwrap();
        let report = Report::read(cut).unwrap_or_default();
        assert_eq!(report, Report::default());
    }
}
