//! The main story of Kith, from the first mail to the last: a family forms a circle and shares
//! a task, and one member is reminded once at the right time.

use std::sync::Barrier;
use std::thread;
use std::time::Duration;

use chrono::{DateTime, FixedOffset, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::support::client::{Client, Reply};
use crate::support::clock::{full_minute_after, until};
use crate::support::mail::Letter;
use crate::support::people::{
    ALIAS, CANARIES, Circle, LEAD, NOTE, PASSWORD, Person, SOON, ask_for_account, confirm,
    due_to_remind, next_about, text,
};
use crate::support::server::Setup;
use crate::support::smtp::Mail;

/// Up to two full minutes until the reminder is due, and the interval of the server's checks.
const REMINDED: Duration = Duration::from_secs(100);
const MINUTE: TimeDelta = TimeDelta::minutes(1);

/// The time zones of the helpers and their hours from UTC. They have no summer time.
const BEN: (&str, i32) = ("Asia/Tokyo", 9);
const CLEO: (&str, i32) = ("America/Bogota", -5);

#[test]
fn a_family_shares_a_task_and_is_reminded_once() {
    let setup = Setup::build();
    let _server = setup.open();

    let ana = ana_registers_with_the_code_of_her_mail(&setup);
    let circle = Circle::form(&setup, ana);
    let ben = ben_joins_with_the_page_of_his_invitation(&setup, &circle);
    let cleo = circle.welcome("Cleo", "cleo@example.org", CLEO.0);

    let soon = full_minute_after(TimeDelta::seconds(15));
    let later = soon + MINUTE;
    let task = circle.create_task(later, 1);
    let (holder, other) = only_one_gets_the_last_place(&ben, &cleo, &task);
    let moved = Value::Object(due_to_remind(soon));
    circle.founder.patch(&task, &moved).is(200);

    let second_task = circle.create_task(later, 1);
    holder.api.press(&format!("{second_task}/claim")).is(200);
    let completed = circle.create_task(soon, 1);
    other.api.press(&format!("{completed}/claim")).is(200);
    other.api.press(&format!("{completed}/complete")).is(200);
    let canceled = circle.create_task(soon, 1);
    other.api.press(&format!("{canceled}/claim")).is(200);
    circle.founder.press(&format!("{canceled}/cancel")).is(200);

    let reminder = format!("A reminder from {ALIAS}");
    let (mail, letter) = next_about(&setup, &holder.email, &reminder, REMINDED);
    assert!(soon <= mail.at && mail.at < soon + MINUTE);
    let zone = if holder.email == ben.email { BEN } else { CLEO };
    the_reminder_says_when_but_not_what(&letter, &mail, soon + LEAD, zone);
    one_click_ends_the_reminders(&setup, &circle, holder, &letter);

    until(REMINDED, "the second reminder is due", || {
        circle.reminders(&second_task)[0]["state"] == "fired"
    });
    the_reminder_was_skipped(&circle.reminders(&second_task));
    the_reminder_was_sent_for_the_new_time_only(&circle.reminders(&task), holder, soon);
    for ended in [completed, canceled] {
        nothing_was_sent(&circle.reminders(&ended));
    }
    each_mail_arrived_once_and_contains_no_secret(&setup);
}

fn ana_registers_with_the_code_of_her_mail(setup: &Setup) -> Client {
    let email = "ana@example.org";
    let registration = ask_for_account(setup, "Ana Díaz", email);
    let letter = Letter::read(&setup.mails.next_to(email, SOON));
    let link = letter.link_to("verify");
    let page = setup.path_of(&link);
    // Mail scanners open every link of a mail.
    for _ in 0..2 {
        assert!(setup.client().get(page).is(200).body.contains(email));
    }
    let ana = confirm(setup, &registration, &letter);
    // The code has confirmed the address already: the link says so and changes nothing.
    setup.client().press(page).is(200);
    ana
}

fn ben_joins_with_the_page_of_his_invitation(setup: &Setup, circle: &Circle) -> Person {
    let email = "ben@example.org";
    let letter = circle.invite(email);
    assert_eq!(
        letter.header("Subject"),
        format!("Ana Díaz invites you to {ALIAS}")
    );
    let link = letter.link_to("invitation");
    let page = setup.path_of(&link);
    let browser = setup.client();
    let sign_in = json!({ "email": email, "password": PASSWORD });
    for _ in 0..2 {
        let shown = browser.get(page).is(200).body;
        assert!(shown.contains(ALIAS) && shown.contains(NOTE));
        browser.post("/v1/sessions", &sign_in).is(401);
    }

    let password = PASSWORD.replace(' ', "+");
    let form = format!("name=Ben&password={password}&time_zone={}", BEN.0);
    browser.submit(page, &form).is(200);
    let used = browser.get(page).is(200).body;
    assert!(used.contains("You are in") && !used.contains(NOTE));
    let outcome = browser.post("/v1/sessions", &sign_in).is(200).json();
    let api = browser.signed_in(&outcome["session"]);
    let member_id = text(&api.get(&circle.path).is(200).json()["my_member_id"]);
    Person {
        email: email.to_owned(),
        member_id,
        api,
    }
}

/// Both members claim at the same moment. Returns the winner and the loser.
fn only_one_gets_the_last_place<'a>(
    ben: &'a Person,
    cleo: &'a Person,
    task: &str,
) -> (&'a Person, &'a Person) {
    let together = Barrier::new(2);
    let claim = |person: &Person| -> Reply {
        together.wait();
        person.api.press(&format!("{task}/claim"))
    };
    let (of_ben, of_cleo) = thread::scope(|scope| {
        let of_ben = scope.spawn(|| claim(ben));
        let of_cleo = claim(cleo);
        (of_ben.join().unwrap(), of_cleo)
    });
    let (holder, refused) = if of_ben.status == 200 {
        ((ben, cleo), of_cleo)
    } else {
        of_cleo.is(200);
        ((cleo, ben), of_ben)
    };
    refused.is_problem(409, "fully_covered");
    holder
}

fn the_reminder_says_when_but_not_what(
    letter: &Letter,
    mail: &Mail,
    due: DateTime<Utc>,
    (zone, hours): (&str, i32),
) {
    assert_eq!(mail.from, "kith@example.org");
    assert_eq!(letter.header("From"), "Kith <kith@example.org>");
    assert_eq!(letter.header("To"), mail.to);
    let subject = letter.header("Subject");
    assert!(subject.starts_with(&format!("A reminder from {ALIAS}: ")));
    assert!(subject.ends_with(" before)"), "{subject}");
    assert!(letter.header("Message-ID").ends_with("@example.org>"));
    assert_eq!(letter.header("Auto-Submitted"), "auto-generated");
    assert_eq!(
        letter.header("List-Unsubscribe-Post"),
        "List-Unsubscribe=One-Click"
    );
    let link = letter.link_to("unsubscribe");
    assert_eq!(letter.header("List-Unsubscribe"), format!("<{link}>"));

    let local = due.with_timezone(&FixedOffset::east_opt(hours * 3600).unwrap());
    let when = local.format("%a %-d %B %Y, %H:%M");
    let zone = format!("({zone}, UTC{hours:+})");
    let in_text = format!("{when} {zone}");
    assert!(letter.text.contains(&in_text), "{in_text}: {}", letter.text);
    let in_html = format!("{when} <small style=\"font-weight:400\">{zone}</small>");
    assert!(letter.html.contains(&in_html), "{in_html}: {}", letter.html);
}

fn one_click_ends_the_reminders(setup: &Setup, circle: &Circle, holder: &Person, letter: &Letter) {
    let preferences = format!("{}/notification-settings", circle.path);
    let reminders = || holder.api.get(&preferences).is(200).json()["reminders"].clone();
    let link = letter.header("List-Unsubscribe").trim_matches(['<', '>']);
    let page = setup.path_of(link);
    let mail_program = setup.client();
    for _ in 0..2 {
        mail_program.get(page).is(200);
        assert_eq!(reminders(), "email");
    }
    for _ in 0..2 {
        mail_program
            .submit(page, "List-Unsubscribe=One-Click")
            .is(200);
        assert_eq!(reminders(), "off");
    }
}

fn the_reminder_was_skipped(reminders: &[Value]) {
    let delivery = &reminders[0]["deliveries"][0];
    assert_eq!(delivery["state"], "skipped");
    assert_eq!(delivery["reason"], "turned_off");
}

fn the_reminder_was_sent_for_the_new_time_only(
    reminders: &[Value],
    holder: &Person,
    fire_at: DateTime<Utc>,
) {
    let of_version = |version: i64| {
        let mut found = reminders.iter();
        found.find(|reminder| reminder["schedule_version"] == version)
    };
    assert_eq!(reminders.len(), 2);
    nothing_was_sent(&[of_version(1).unwrap().clone()]);

    let reminder = of_version(2).unwrap();
    assert_eq!(reminder["state"], "fired");
    let planned: DateTime<Utc> = text(&reminder["fire_at"]).parse().unwrap();
    assert_eq!(planned, fire_at);
    let deliveries = reminder["deliveries"].as_array().unwrap();
    assert_eq!(deliveries.len(), 1);
    assert_eq!(deliveries[0]["member_id"], holder.member_id.as_str());
    assert_eq!(deliveries[0]["state"], "sent");
    assert_eq!(deliveries[0]["attempts"], 1);
}

fn nothing_was_sent(reminders: &[Value]) {
    assert_eq!(reminders.len(), 1);
    assert_eq!(reminders[0]["state"], "canceled");
    assert_eq!(reminders[0]["deliveries"], json!([]));
}

fn each_mail_arrived_once_and_contains_no_secret(setup: &Setup) {
    let mails = setup.mails.all();
    let letters: Vec<Letter> = mails.iter().map(Letter::read).collect();
    // The subject of a reminder has its time after a colon.
    let subject = |letter: &Letter| {
        let whole = letter.header("Subject");
        whole.split(": ").next().unwrap_or_default().to_owned()
    };
    let mut subjects: Vec<String> = letters.iter().map(subject).collect();
    subjects.sort_unstable();
    let invitation = format!("Ana Díaz invites you to {ALIAS}");
    let reminder = format!("A reminder from {ALIAS}");
    // The holder of the moved task gets a mail, and the holder of the canceled task gets one.
    let news = format!("Updates from {ALIAS}");
    assert_eq!(
        subjects,
        [
            reminder.as_str(),
            &invitation,
            &invitation,
            "Confirm your email address",
            &news,
            &news,
        ]
    );
    for letter in letters {
        let everything = letter.everything().to_lowercase();
        for canary in CANARIES {
            assert!(!everything.contains(&canary.to_lowercase()), "{everything}");
        }
    }
}
