//! The letters that Kith sends. The templates are compiled into the binary. What a family writes,
//! such as the title of a task, has a place only in `about`: an email can be read by others, so each
//! member chooses whether it is filled. No subject has a place for it. Their words are in the
//! messages of the languages (`platform/language/messages`).

use askama::Template;

use super::compose::{Letter, render};
use crate::platform::language::{Language, Message};
use crate::platform::time::civil::ReaderTime;

/// Declares letters: the names of the two templates, the subject and the fields of each.
macro_rules! letters {
    ($($(#[doc = $doc:literal])+ $name:ident, $text:literal, $html:literal, $subject:expr => { $($(#[doc = $field_doc:literal])+ $field:ident: $type:ty,)* })+) => {$(
        $(#[doc = $doc])+
        #[derive(Clone, Debug)]
        pub struct $name {
            /// The language in which it is written.
            pub language: Language,
            $($(#[doc = $field_doc])+ pub $field: $type,)*
        }

        const _: () = {
            #[derive(Template)]
            #[template(path = $text, escape = "none")]
            struct Text<'a> { letter: &'a $name }

            #[derive(Template)]
            #[template(path = $html)]
            struct Html<'a> { letter: &'a $name, subject: String }

            impl $name {
                /// A message in the language of the letter.
                fn t(&self, key: &str) -> Message {
                    self.language.say(key)
                }
            }

            impl Letter for $name {
                fn language(&self) -> Language {
                    self.language
                }

                fn subject(&self) -> String {
                    let subject: fn(&Self) -> Message = $subject;
                    subject(self).to_string()
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
    /// Asks for a confirmation of the address of a registration, by link or by code.
    VerifyEmail, "platform/mail/templates/verify_email.txt", "platform/mail/templates/verify_email.html",
    |letter| letter.t("verify-email-subject") => {
        /// The name that was given at the registration.
        name: String,
        /// Six digits.
        code: String,
        /// Opens the page that confirms the address.
        link: String,
    }

    /// Goes to an address that somebody registered again although it has an account.
    AccountExists, "platform/mail/templates/account_exists.txt", "platform/mail/templates/account_exists.html",
    |letter| letter.t("account-exists-subject") => {
        /// The account's name.
        name: String,
    }

    /// Holds the link to the page where a forgotten password is replaced.
    ResetPassword, "platform/mail/templates/reset_password.txt", "platform/mail/templates/reset_password.html",
    |letter| letter.t("reset-password-subject") => {
        /// The account's name.
        name: String,
        /// Opens the page where a new password is set.
        link: String,
    }

    /// Tells the owner what happened to their account, and what to do if it was somebody else.
    AccountNews, "platform/mail/templates/account_news.txt", "platform/mail/templates/account_news.html",
    |letter| letter.t(letter.subject) => {
        /// The account's name.
        name: String,
        /// The key of the subject.
        subject: &'static str,
        /// The key of what happened.
        what: &'static str,
        /// The key of what to do about it; `None` for the advice to choose another password.
        advice: Option<&'static str>,
        /// When it happened, in the reader's zone.
        when: ReaderTime,
        /// The name that the device gave itself.
        device: Option<String>,
        /// The network that the request came from.
        network: Option<String>,
    }

    /// Asks for a confirmation of the address that an account is changing to.
    ConfirmAddress, "platform/mail/templates/confirm_address.txt", "platform/mail/templates/confirm_address.html",
    |letter| letter.t("confirm-address-subject") => {
        /// The account's name.
        name: String,
        /// Opens the page that confirms the address.
        link: String,
    }

    /// Goes to an address that another account was to move to, although it has an account.
    AddressTaken, "platform/mail/templates/address_taken.txt", "platform/mail/templates/address_taken.html",
    |letter| letter.t("address-taken-subject") => {
        /// The name of the account that has the address.
        name: String,
    }

    /// Tells the old address that the account has moved to another address.
    AddressChanged, "platform/mail/templates/address_changed.txt", "platform/mail/templates/address_changed.html",
    |letter| letter.t("address-changed-subject") => {
        /// The account's name.
        name: String,
        /// Opens the page that undoes the change.
        link: String,
    }

    /// Holds the code for a device that asked to sign in with a code.
    SignInWithCode, "platform/mail/templates/sign_in_with_code.txt", "platform/mail/templates/sign_in_with_code.html",
    |letter| letter.t("sign-in-code-subject") => {
        /// The account's name.
        name: String,
        /// Six digits.
        code: String,
        /// The name that the device gave itself.
        device: Option<String>,
    }

    /// Tells the owner of an account that its deletion is scheduled.
    AccountDeletion, "platform/mail/templates/account_deletion.txt", "platform/mail/templates/account_deletion.html",
    |letter| letter.t("account-deletion-subject") => {
        /// The account's name.
        name: String,
        /// When it is deleted, in the reader's zone.
        when: ReaderTime,
    }

    /// The last email to a person whose account is deleted.
    AccountErased, "platform/mail/templates/account_erased.txt", "platform/mail/templates/account_erased.html",
    |letter| letter.t("account-erased-subject") => {
        /// The account's name.
        name: String,
    }

    /// Tells the owner of a personal access token that it expires in a week.
    TokenExpiry, "platform/mail/templates/token_expiry.txt", "platform/mail/templates/token_expiry.html",
    |letter| letter.t("token-expiry-subject") => {
        /// The account's name.
        name: String,
        /// When it was created, in the reader's zone.
        made: ReaderTime,
        /// When it expires, in the reader's zone.
        until: ReaderTime,
    }

    /// Invites a person to a circle.
    Invitation, "platform/mail/templates/invitation.txt", "platform/mail/templates/invitation.html",
    |letter| {
        let subject = letter.t("invitation-subject").with("inviter", &letter.inviter);
        subject.with("alias", &letter.alias)
    } => {
        /// The name of the member who invites.
        inviter: String,
        /// The neutral name of the circle.
        alias: String,
        /// When the invitation expires.
        until: ReaderTime,
        /// Opens the page of the invitation.
        link: String,
    }

    /// Tells a member that the deletion of the circle is scheduled.
    CircleEnding, "platform/mail/templates/circle_ending.txt", "platform/mail/templates/circle_ending.html",
    |letter| letter.t("circle-ending-subject").with("alias", &letter.alias) => {
        /// The recipient's name.
        name: String,
        /// The neutral name of the circle.
        alias: String,
        /// When it is deleted, in the reader's zone.
        when: ReaderTime,
    }

    /// Tells a member that the deletion of the circle is canceled.
    CircleKept, "platform/mail/templates/circle_kept.txt", "platform/mail/templates/circle_kept.html",
    |letter| letter.t("circle-kept-subject").with("alias", &letter.alias) => {
        /// The recipient's name.
        name: String,
        /// The neutral name of the circle.
        alias: String,
    }

    /// Tells a member that the circle is paused.
    CirclePaused, "platform/mail/templates/circle_paused.txt", "platform/mail/templates/circle_paused.html",
    |letter| letter.t("circle-paused-subject").with("alias", &letter.alias) => {
        /// The recipient's name.
        name: String,
        /// The neutral name of the circle.
        alias: String,
    }

    /// Tells a member that the circle is no longer paused.
    CircleResumed, "platform/mail/templates/circle_resumed.txt", "platform/mail/templates/circle_resumed.html",
    |letter| letter.t("circle-resumed-subject").with("alias", &letter.alias) => {
        /// The recipient's name.
        name: String,
        /// The neutral name of the circle.
        alias: String,
    }

    /// Tells a member that the circle is kept in memory of the patient. The subject does not say
    /// it: somebody else may read it first.
    CircleInMemory, "platform/mail/templates/circle_in_memory.txt", "platform/mail/templates/circle_in_memory.html",
    |letter| letter.t("circle-in-memory-subject").with("alias", &letter.alias) => {
        /// The recipient's name.
        name: String,
        /// The neutral name of the circle.
        alias: String,
    }

    /// Tells a member that others ask for another coordinator.
    SuccessionRequested, "platform/mail/templates/succession_requested.txt", "platform/mail/templates/succession_requested.html",
    |letter| letter.t("succession-requested-subject").with("alias", &letter.alias) => {
        /// The recipient's name.
        name: String,
        /// The neutral name of the circle.
        alias: String,
        /// When the member becomes coordinator, in the reader's zone.
        when: ReaderTime,
    }

    /// Tells a member that the request for another coordinator has ended.
    SuccessionEnded, "platform/mail/templates/succession_ended.txt", "platform/mail/templates/succession_ended.html",
    |letter| letter.t("succession-ended-subject").with("alias", &letter.alias) => {
        /// The recipient's name.
        name: String,
        /// The neutral name of the circle.
        alias: String,
    }

    /// Tells a member that the circle has a new coordinator.
    NewCoordinator, "platform/mail/templates/new_coordinator.txt", "platform/mail/templates/new_coordinator.html",
    |letter| letter.t("new-coordinator-subject").with("alias", &letter.alias) => {
        /// The recipient's name.
        name: String,
        /// The neutral name of the circle.
        alias: String,
    }

    /// Tells a member that another member decides for the patient.
    ProxyActive, "platform/mail/templates/proxy_active.txt", "platform/mail/templates/proxy_active.html",
    |letter| letter.t("proxy-active-subject").with("alias", &letter.alias) => {
        /// The recipient's name.
        name: String,
        /// The neutral name of the circle.
        alias: String,
    }

    /// Reminds a member of what they claimed or accepted, confirms a claim, or says that something
    /// still needs people. It says what it is only if the recipient chose that.
    Reminder, "platform/mail/templates/reminder.txt", "platform/mail/templates/reminder.html",
    |letter| {
        let subject = match (&letter.for_whom, letter.needs_people, letter.confirms) {
            (None, true, _) => letter.t("reminder-subject-needed"),
            (None, false, true) => letter.t("reminder-subject-yes"),
            (None, false, false) => letter.t("reminder-subject"),
            (Some(whom), true, _) => letter.t("reminder-subject-needed-for").with("whom", whom),
            (Some(whom), false, _) => letter.t("reminder-subject-for").with("whom", whom),
        };
        subject.with("alias", &letter.alias).with("which", &letter.which)
    } => {
        /// Whether it confirms a claim that the member has just made.
        confirms: bool,
        /// Whether it still needs people, and the recipient could claim it or find somebody.
        needs_people: bool,
        /// The recipient's name.
        name: String,
        /// The member without an account whose reminder this is, if the recipient is their contact.
        for_whom: Option<String>,
        /// The neutral name of the circle.
        alias: String,
        /// What makes the subject different from that of other reminders: the day, the time, how
        /// long before. Email programs show emails with the same subject as one conversation.
        which: String,
        /// When it starts or is due, in the reader's zone.
        when: ReaderTime,
        /// What it is, if the recipient chose to be told.
        about: Option<String>,
        /// Opens the page that answers about it without signing in.
        respond: Option<String>,
        /// Opens the page that unsubscribes from these emails.
        unsubscribe: String,
    }

    /// Shows an operator that the mail server works.
    TestMail, "platform/mail/templates/test_mail.txt", "platform/mail/templates/test_mail.html",
    |letter| letter.t("test-mail-subject") => {
        /// The address under which this server is reached.
        public_url: String,
    }

    /// Tells a member that something changed. It says what only if the recipient chose that.
    Notifications, "platform/mail/templates/notifications.txt", "platform/mail/templates/notifications.html",
    |letter| {
        let subject = match &letter.for_whom {
            Some(whom) => letter.t("notifications-subject-for").with("whom", whom),
            None => letter.t("notifications-subject"),
        };
        subject.with("alias", &letter.alias)
    } => {
        /// The recipient's name.
        name: String,
        /// The member without an account whom the updates are for, if the recipient is their contact.
        for_whom: Option<String>,
        /// The neutral name of the circle.
        alias: String,
        /// What happened, one line for each thing.
        lines: Vec<NotificationLine>,
        /// Opens the page that unsubscribes from emails like this.
        unsubscribe: String,
    }
}

impl Reminder {
    /// What the link that unsubscribes does.
    fn off(&self) -> Message {
        let key = if self.needs_people {
            "reminder-unsubscribe-needed"
        } else {
            "reminder-unsubscribe"
        };
        self.language.say(key).with("alias", &self.alias)
    }
}

impl Notifications {
    /// What the link that unsubscribes does.
    fn off(&self) -> Message {
        let off = self.language.say("notifications-unsubscribe");
        off.with("alias", &self.alias)
    }
}

/// What happened to one thing.
#[derive(Clone, Debug)]
pub struct NotificationLine {
    /// What happened, in the language of the reader.
    pub what: String,
    /// What the thing is, if the recipient chose to be told.
    pub about: Option<String>,
    /// The old time, in the reader's zone, if it changed.
    pub was: Option<ReaderTime>,
    /// The time that it has now, in the reader's zone.
    pub now: Option<ReaderTime>,
    /// Opens the page that answers about it without signing in.
    pub respond: Option<String>,
}

#[cfg(test)]
mod tests;
