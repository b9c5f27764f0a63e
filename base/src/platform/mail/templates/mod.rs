//! The letters. The templates are part of the binary, and checked when it is
//! compiled; none of them has room for what a family writes.

use askama::Template;

use super::compose::{Letter, render};

/// Declares a letter: its fields and the names of its two templates.
macro_rules! letters {
    ($($(#[doc = $doc:literal])+ $name:ident, $text:literal, $html:literal, $subject:expr => { $($(#[doc = $field_doc:literal])+ $field:ident: $type:ty,)* })+) => {$(
        $(#[doc = $doc])+
        #[derive(Clone, Debug)]
        pub struct $name {
            $($(#[doc = $field_doc])+ pub $field: $type,)*
        }

        const _: () = {
            #[derive(Template)]
            #[template(path = $text, escape = "none")]
            struct Text<'a> { letter: &'a $name }

            #[derive(Template)]
            #[template(path = $html)]
            struct Html<'a> { letter: &'a $name, subject: String }

            impl Letter for $name {
                fn subject(&self) -> String {
                    let subject: fn(&Self) -> String = $subject;
                    subject(self)
                }

                fn text(&self) -> askama::Result<String> {
                    render(&Text { letter: self })
                }

                fn html(&self) -> askama::Result<String> {
                    render(&Html { letter: self, subject: self.subject() })
                }
            }
        };
    )+};
}

letters! {
    /// Proves the address of a registration, by link or by code.
    VerifyEmail, "platform/mail/templates/verify_email.txt", "platform/mail/templates/verify_email.html",
    |_| "Confirm your e-mail address".into() => {
        /// The name they registered with.
        name: String,
        /// Six digits.
        code: String,
        /// Opens the page with the one button.
        link: String,
    }

    /// To somebody who registered an address that has an account.
    AccountExists, "platform/mail/templates/account_exists.txt", "platform/mail/templates/account_exists.html",
    |_| "You already have an account".into() => {
        /// The account's name.
        name: String,
    }

    /// Opens the page on which a forgotten password is replaced.
    ResetPassword, "platform/mail/templates/reset_password.txt", "platform/mail/templates/reset_password.html",
    |_| "Choose a new password".into() => {
        /// The account's name.
        name: String,
        /// Opens the page.
        link: String,
    }

    /// To somebody about their account: what happened, and what to do if it was not them.
    AccountNews, "platform/mail/templates/account_news.txt", "platform/mail/templates/account_news.html",
    |letter| letter.subject.into() => {
        /// The account's name.
        name: String,
        /// The subject.
        subject: &'static str,
        /// What happened, to follow a greeting.
        what: &'static str,
        /// What to do about it, where it is not what all such mails say.
        advice: Option<&'static str>,
        /// When, in the reader's zone.
        when: String,
        /// What the device calls itself.
        device: Option<String>,
        /// The network it came from.
        network: Option<String>,
    }

    /// Proves the address that an account is to have.
    ConfirmAddress, "platform/mail/templates/confirm_address.txt", "platform/mail/templates/confirm_address.html",
    |_| "Confirm your new address".into() => {
        /// The account's name.
        name: String,
        /// Opens the page with the one button.
        link: String,
    }

    /// To somebody whose address another account was to have.
    AddressTaken, "platform/mail/templates/address_taken.txt", "platform/mail/templates/address_taken.html",
    |_| "This address has an account already".into() => {
        /// The name of the account that has it.
        name: String,
    }

    /// To the address that an account had.
    AddressChanged, "platform/mail/templates/address_changed.txt", "platform/mail/templates/address_changed.html",
    |_| "Your account has another address".into() => {
        /// The account's name.
        name: String,
        /// Opens the page that takes it back.
        link: String,
    }

    /// Signs in a device that asked for it.
    SignInWithCode, "platform/mail/templates/sign_in_with_code.txt", "platform/mail/templates/sign_in_with_code.html",
    |_| "Your code to sign in".into() => {
        /// The account's name.
        name: String,
        /// Six digits.
        code: String,
        /// What the device calls itself.
        device: Option<String>,
    }

    /// To somebody who asked for their account to be erased.
    AccountDeletion, "platform/mail/templates/account_deletion.txt", "platform/mail/templates/account_deletion.html",
    |_| "Your account is going to be erased".into() => {
        /// The account's name.
        name: String,
        /// The moment, in the reader's zone, with the zone named.
        when: String,
    }

    /// The last mail to a person whose account is gone.
    AccountErased, "platform/mail/templates/account_erased.txt", "platform/mail/templates/account_erased.html",
    |_| "Your account is erased".into() => {
        /// What the account was called.
        name: String,
    }

    /// To somebody whose personal access token ends in a week.
    TokenExpiry, "platform/mail/templates/token_expiry.txt", "platform/mail/templates/token_expiry.html",
    |_| "An access token of yours ends soon".into() => {
        /// The account's name.
        name: String,
        /// When it was made, in the reader's zone.
        made: String,
        /// When it ends, in the reader's zone.
        until: String,
    }

    /// Invites somebody into a circle.
    Invitation, "platform/mail/templates/invitation.txt", "platform/mail/templates/invitation.html",
    |letter| format!("{} invites you to {}", letter.inviter, letter.alias) => {
        /// Who invites.
        inviter: String,
        /// The neutral label of the circle.
        alias: String,
        /// Until when it is good.
        until: String,
        /// Opens the page.
        link: String,
    }

    /// To the members of a circle that is going to be erased.
    CircleEnding, "platform/mail/templates/circle_ending.txt", "platform/mail/templates/circle_ending.html",
    |letter| format!("{} is going to be erased", letter.alias) => {
        /// The recipient's name.
        name: String,
        /// The neutral label of the circle.
        alias: String,
        /// The moment, in the reader's zone, with the zone named.
        when: String,
    }

    /// To the same when it is kept.
    CircleKept, "platform/mail/templates/circle_kept.txt", "platform/mail/templates/circle_kept.html",
    |letter| format!("{} is kept", letter.alias) => {
        /// The recipient's name.
        name: String,
        /// The neutral label of the circle.
        alias: String,
    }

    /// Reminds somebody of what they took on, or confirms that they did, without
    /// saying what.
    Reminder, "platform/mail/templates/reminder.txt", "platform/mail/templates/reminder.html",
    |letter| {
        let what = if letter.confirms { "You said yes in" } else { "A reminder from" };
        format!("{what} {}: {}", letter.alias, letter.which)
    } => {
        /// Whether it confirms what they took on a moment ago.
        confirms: bool,
        /// The recipient's name.
        name: String,
        /// The neutral label of the circle.
        alias: String,
        /// What tells it from other reminders: the day, the time, how long before.
        /// Mail programs fold mails with one subject into one.
        which: String,
        /// When, in the reader's zone, with the zone named.
        when: String,
        /// Opens the page that switches these mails off.
        unsubscribe: String,
    }

    /// To an operator who tries the mail server.
    TestMail, "platform/mail/templates/test_mail.txt", "platform/mail/templates/test_mail.html",
    |_| "A test from Kith".into() => {
        /// Where this server is reached.
        public_url: String,
    }

    /// Tells somebody what changed, without saying what it is.
    Notifications, "platform/mail/templates/notifications.txt", "platform/mail/templates/notifications.html",
    |letter| format!("News from {}", letter.alias) => {
        /// The recipient's name.
        name: String,
        /// The neutral label of the circle.
        alias: String,
        /// What happened, one line a thing.
        lines: Vec<NotificationLine>,
        /// Opens the page that switches mails like this off.
        unsubscribe: String,
    }
}

/// One thing that changed.
#[derive(Clone, Debug)]
pub struct NotificationLine {
    pub what: String,
    /// The old time, in the reader's zone.
    pub was: Option<String>,
    /// The time it has, in the reader's zone.
    pub now: Option<String>,
}
