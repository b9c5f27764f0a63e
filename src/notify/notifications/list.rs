//! `list_notifications`: what the caller was told in all circles, also if no email came.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::sentence::{reminds, what_happened};
use super::shown::{NotificationRow, ReminderRow, read_notifications, read_reminders};
use crate::access::{CallerCircles, CircleScope};
use crate::app::App;
use crate::entity::ids::{CircleId, MemberId};
use crate::entity::personal_access_token::TokenScope;
use crate::http::extract::Query;
use crate::http::pagination::{Listing, Position, list_query, page_of};
use crate::http::response::Page;
use crate::notify::subject::SubjectId;
use crate::platform::language::Language;
use crate::platform::time::civil::Day;
use crate::platform::time::timestamps::in_milliseconds;
use crate::problem::Problem;

list_query! {
    /// Which notifications to list.
    pub struct NotificationQuery {
        /// Only those of this circle. If you are not in it, or it is archived, the list is empty.
        #[param(inline)]
        pub circle_id: Option<CircleId>,
        /// With `true` only those that you have not marked as read.
        pub unread: Option<bool>,
    }
}

/// Something that you were told: a change, or a reminder.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c60",
    "circle_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3d",
    "kind": "rescheduled",
    "text": "Something has moved. You are asked again whether you can.",
    "title": "Blood count",
    "subject_type": "appointment",
    "subject_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c50",
    "subject_kind": "medical",
    "was_at": "2027-01-02T09:00:00.000Z",
    "was_on": null,
    "actor_member_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3e",
    "actor_name": "Ben",
    "on_behalf_of_member_id": null,
    "on_behalf_of_name": null,
    "created_at": "2027-01-01T12:00:00.000Z",
    "read_at": null
})))]
pub struct MyNotification {
    /// The id of the notification.
    pub id: Uuid,
    /// The circle in which it happened.
    pub circle_id: CircleId,
    /// What happened. A change: `offered`, `scheduled`, `rescheduled`, `end_rescheduled`, `canceled`,
    /// `reinstated`, `released`, `freed`, `declined`, `tentative`, `updated`, `removed`,
    /// `offer_withdrawn`, `completed`, `proposed`, `approved`, `rejected`, `handover_offered`,
    /// `handover_opened`, `handover_ended`, `placed`, `contact_changed`, `join_requested`,
    /// `join_approved` or `person_proposed`. A reminder: `task_due`, `appointment_upcoming`,
    /// `need_upcoming`, `claim_confirmation` or `uncovered`. More may follow: show the `text` of one
    /// that you do not know.
    pub kind: String,
    /// The sentence that the email says, without the name of the thing, in the language of your
    /// emails: the `locale` of your account, or else of the circle. Show it below the title.
    pub text: String,
    /// What the thing is called now; null if it has no name of its own, and if you do not see it any
    /// more.
    pub title: Option<String>,
    /// What the thing is, like in the activity: `task`, `appointment`, `need`, `role`, `invitation`,
    /// `member`, `join_request`, `task_series` or `appointment_series`. Null if you do not see it any
    /// more.
    pub subject_type: Option<String>,
    /// The id of the thing, to open it; null if you do not see it any more.
    pub subject_id: Option<Uuid>,
    /// The kind of the appointment, the need or the role, for example `driver`; null for all others.
    pub subject_kind: Option<String>,
    /// The moment at which it was to be before the change, if it had one.
    #[serde(serialize_with = "in_milliseconds")]
    pub was_at: Option<DateTime<Utc>>,
    /// The date on which it was to be before the change, if it had no time of day.
    pub was_on: Option<Day>,
    /// The member who did it; null for a reminder, if Kith itself did it, and if you do not see the
    /// thing any more.
    pub actor_member_id: Option<MemberId>,
    /// The name of that member today.
    pub actor_name: Option<String>,
    /// The member without an account who is told this through you, their contact; null if it is for
    /// yourself.
    pub on_behalf_of_member_id: Option<MemberId>,
    /// The name of that member today.
    pub on_behalf_of_name: Option<String>,
    /// When you were told: when it happened, or when the reminder fired.
    #[serde(serialize_with = "in_milliseconds")]
    pub created_at: DateTime<Utc>,
    /// When you marked it as read; null if you have not.
    #[serde(serialize_with = "in_milliseconds")]
    pub read_at: Option<DateTime<Utc>>,
}

page_of!(MyNotificationPage, MyNotification);

/// List your notifications.
///
/// Everything that the emails of your circles tell you: changes and reminders, the newest first. They
/// are here whatever becomes of the email: also if you have turned it off, are away, or it could not be
/// delivered. What turns out to need no telling, because it was undone or somebody else has
/// answered, disappears. If you are the contact of a member without an account, theirs are here too.
///
/// Each shows the thing as you see it now. If you do not see it any more, its notifications are not
/// listed, except that you are no longer part of it: that one says nothing of the thing. They are
/// kept for three months. Archived circles are left out.
#[utoipa::path(
    get, path = "/me/notifications", tag = "notifications", params(NotificationQuery),
    security(("personal_access_token" = [
        TokenScope::CircleRead,
        TokenScope::TasksRead,
        TokenScope::AppointmentsRead,
        TokenScope::RolesRead,
    ])),
    responses((status = OK, description = "A page of your notifications", body = MyNotificationPage), Problem),
)]
pub async fn list_notifications(
    app: App,
    mine: CallerCircles,
    Query(query): Query<NotificationQuery>,
) -> Result<Page<MyNotificationPage>, Problem> {
    let listing = Listing::of(app.keys(), "notifications", &query)?;
    let unread = query.unread == Some(true);
    let circles = query
        .circle_id
        .map_or_else(|| mine.all(), |circle| mine.only(circle));
    let me: HashSet<MemberId> = mine
        .scopes()
        .iter()
        .filter_map(CircleScope::member_id)
        .collect();
    let notifications = read_notifications(&mine, &circles, &listing, unread).await?;
    let reminders = read_reminders(&mine, &circles, &listing, unread).await?;
    let now = mine.now();
    // The same language as in the emails.
    let language = |of_circle: Option<&str>| Language::first_of([mine.locale(), of_circle]);
    let mut data: Vec<MyNotification> = notifications
        .into_iter()
        .map(|row| {
            let language = language(row.circle_locale.as_deref());
            of_notification(row, &me, now, language)
        })
        .chain(reminders.into_iter().map(|row| {
            let language = language(row.circle_locale.as_deref());
            of_reminder(row, &me, language)
        }))
        .collect();
    data.sort_unstable_by_key(|row| std::cmp::Reverse((row.created_at, row.id)));
    data.truncate(usize::try_from(listing.most()).unwrap_or(usize::MAX));
    let (data, next_cursor) = listing.cut_mixed(data, |row| Position {
        at: row.created_at,
        id: row.id,
    })?;
    mine.listed(&MyNotificationPage { data, next_cursor })
}

fn of_notification(
    row: NotificationRow,
    me: &HashSet<MemberId>,
    now: DateTime<Utc>,
    language: Language,
) -> MyNotification {
    let NotificationRow {
        notification,
        person,
        subject,
        title,
        subject_kind,
        contact,
        actor,
        ..
    } = row;
    let about = SubjectId::of_notification(&notification);
    let is_contact = contact == Some(notification.member_id);
    let text = about.map(|about| {
        let (kind, category) = (notification.kind, notification.category);
        what_happened(about, kind, category, is_contact, now, language)
    });
    // What the reader does not see was not joined, and has no title.
    let is_seen = subject.is_some();
    let named = about.filter(|_| is_seen).map(SubjectId::named);
    let is_mine = me.contains(&notification.member_id);
    MyNotification {
        id: notification.id.into(),
        circle_id: notification.circle_id,
        kind: notification.kind.as_str().to_owned(),
        text: text.unwrap_or_default(),
        title,
        subject_type: named.map(|(subject_type, _)| subject_type.to_owned()),
        subject_id: named.map(|(_, id)| id),
        subject_kind,
        was_at: notification.was_at,
        was_on: notification.was_on.map(Day),
        actor_member_id: notification.created_by_member_id.filter(|_| is_seen),
        actor_name: actor.filter(|_| is_seen),
        on_behalf_of_member_id: (!is_mine).then_some(notification.member_id),
        on_behalf_of_name: (!is_mine).then_some(person),
        created_at: notification.created_at,
        read_at: notification.read_at,
    }
}

fn of_reminder(row: ReminderRow, me: &HashSet<MemberId>, language: Language) -> MyNotification {
    let ReminderRow {
        delivery,
        reminder,
        person,
        title,
        subject_kind,
        ..
    } = row;
    let named = SubjectId::of_reminder(&reminder).map(SubjectId::named);
    let is_mine = me.contains(&delivery.member_id);
    MyNotification {
        id: delivery.id.into(),
        circle_id: delivery.circle_id,
        kind: reminder.kind.as_str().to_owned(),
        text: reminds(reminder.kind, language),
        title,
        subject_type: named.map(|(subject_type, _)| subject_type.to_owned()),
        subject_id: named.map(|(_, id)| id),
        subject_kind,
        was_at: None,
        was_on: None,
        actor_member_id: None,
        actor_name: None,
        on_behalf_of_member_id: (!is_mine).then_some(delivery.member_id),
        on_behalf_of_name: (!is_mine).then_some(person),
        created_at: delivery.created_at,
        read_at: delivery.read_at,
    }
}

#[cfg(test)]
mod tests {
    use utoipa::PartialSchema;

    use super::MyNotification;
    use crate::entity::notification::NotificationKind;
    use crate::entity::reminder::ReminderKind;

    #[test]
    fn the_text_of_the_field_kind_names_every_kind() {
        let schema = serde_json::to_value(MyNotification::schema()).unwrap();
        let text = schema["properties"]["kind"]["description"]
            .as_str()
            .unwrap();
        let changes = NotificationKind::ALL.iter().map(|kind| kind.as_str());
        let reminders = ReminderKind::ALL.iter().map(|kind| kind.as_str());
        for kind in changes.chain(reminders) {
            assert!(
                text.contains(&format!("`{kind}`")),
                "{kind}: say so in the text of `kind` in src/notify/notifications/list.rs"
            );
        }
    }
}
