//! What the schema of the export says about each table and column. A column that the API shows
//! under the same name is described there: `schema` names the type of the API.

/// The texts of a table.
pub(super) struct TableTexts {
    /// The name of the table in the export.
    pub table: &'static str,
    /// The type of the API that describes the other columns.
    pub schema: Option<&'static str>,
    pub about: &'static str,
    pub columns: &'static [(&'static str, &'static str)],
}

/// Columns that mean the same in every table.
pub(super) const COMMON: &[(&str, &str)] = &[
    ("circle_id", "The circle that it belongs to."),
    ("created_at", "When it was created."),
    ("created_by_member_id", "The member who created it."),
    ("id", "Its id."),
    ("member_id", "The member whose it is."),
    ("updated_at", "When it was last changed."),
    ("user_id", "Your account."),
    ("version", "Counts its changes."),
];

macro_rules! texts {
    ($($table:literal $(($schema:literal))?: $about:literal { $($column:ident: $text:literal,)* })+) => {
        &[$(TableTexts {
            table: $table,
            schema: texts!(@schema $($schema)?),
            about: $about,
            columns: &[$((stringify!($column), $text),)*],
        },)+]
    };
    (@schema) => { None };
    (@schema $schema:literal) => { Some($schema) };
}

/// Every table of the export.
pub(super) const TEXTS: &[TableTexts] = texts! {
    "users" ("Account"): "Your account." {
        state: "The state of the account: `active`, or `deleting` while its deletion is scheduled.",
        bouncing_since: "Since when emails to your address come back; null if none did.",
        bounces: "How many emails came back since then, because there is no such address.",
    }
    "registrations": "Registrations with your email address." {
        email: "The email address.",
        name: "Your name, as you sent it.",
        time_zone: "Your time zone, as you sent it.",
        locale: "The language of your emails, as you sent it; null if you sent none.",
        expires_at: "When the registration expires.",
        confirmed_at: "When it was confirmed; null if it was not.",
    }
    "password_resets": "The last time that somebody asked for a new password for your email address." {
        email: "The email address.",
        asked_at: "When it was asked for.",
    }
    "sessions" ("Session"): "The devices on which you signed in." {
        expires_at: "When the session expires.",
        ended_at: "When it ended; null if it goes on.",
        authenticated_at: "When you last confirmed your identity in it.",
    }
    "known_devices": "Devices on which you signed in before, so that a new one is noticed." {
        last_used_at: "When you last signed in on it.",
    }
    "security_events" ("SecurityEvent"): "What happened to your account." {}
    "email_changes": "Changes of your email address." {
        old_email: "The address before.",
        new_email: "The new address.",
        asked_at: "When you asked for the change.",
        confirmed_at: "When the new address was confirmed; null if it was not.",
        undone_at: "When the change was undone; null if it was not.",
    }
    "sign_in_codes": "Codes that were sent to your email address, without the codes." {
        email: "The email address.",
        device_label: "What the device called itself.",
        expires_at: "When the code expires.",
        used_at: "When the code was used; null if it was not.",
    }
    "totp_factors": "Your authenticator app, without its secret." {
        confirmed_at: "When its first code was accepted; null if none was.",
    }
    "recovery_codes": "Your recovery codes, without the codes." {
        number: "The place of the code in the list.",
        used_at: "When the code was used; null if it was not.",
    }
    "passkeys" ("Passkey"): "Your passkeys, without their keys." {}
    "personal_access_tokens" ("PersonalAccessToken"): "Your personal access tokens, without the tokens." {
        scopes: "What the token may be used for: scopes with a space between them.",
        ended_at: "When it was revoked; null if it was not.",
    }
    "circles" ("Circle"): "The circles that you belong to." {
        patient_name: "The name of the patient.",
        patient_about: "What the circle should know about the patient.",
        created_by_user_id: "The account that created the circle.",
        deletion_requested_by_member_id: "The member who scheduled the deletion; null if none is scheduled.",
        archived_from: "The state of the circle before it was archived; null if it is not archived.",
    }
    "changes" ("ActivityEntry"): "What you did in your circles." {
        seq: "The place of the entry in the activity of the circle.",
        personal_access_token_id: "The personal access token that did it; null if you did it in an app.",
        changed_fields: "The names of the changed fields, as a JSON array in a text.",
        request_id: "The `X-Request-Id` of the request that did it.",
        address_prefix: "The beginning of the IP address that the request came from.",
    }
    "topic_grants": "How far you see each topic." {
        topic: "The topic.",
        level: "How far you see it: `none`, `read` or `write`.",
        until: "The moment from which the level is `none`; null if it does not end.",
        patient_limit: "The highest level that a coordinator can set; null if the patient chose none.",
        patient_limit_until: "The moment from which that limit is `none`; null if it does not end.",
    }
    "notification_settings": "Which emails you get from a circle, where you changed it." {
        category: "The email category.",
        delivery: "Whether you get these emails: `email`, `digest` or `off`.",
        unsubscribed_at: "When you unsubscribed by the link in an email; null if you did not.",
    }
    "memberships" ("Member"): "The members of your circles, and yourself in circles that you left." {
        contact_member_id: "The member who acts for a member without an account; null for all others.",
        joined_at: "When the member last joined.",
        email_detail: "How much your emails of the circle say: `nothing`, `kind` or `title`; null if you never chose.",
        email_health_since: "Since when your emails may say it of health topics too; null if they may not.",
        created_by_member_id: "The member who invited them.",
    }
    "join_requests" ("JoinRequest"): "Your requests to join circles." {
        join_link_id: "The link that you used.",
    }
    "join_links" ("JoinLink"): "The join links that you created." {
        uses: "How many people have used it.",
        revoked_at: "When it was revoked; null if it was not.",
    }
    "invitations" ("Invitation"): "Invitations that you sent or got." {
        member_id: "The member without an account whom the invitation gives one; null for all others.",
        created_by_member_id: "The member who sent the invitation.",
    }
    "roles" ("Role"): "The roles that you see." {}
    "successions" ("Succession"): "Requests in your circles that another member becomes coordinator." {}
    "proxies" ("Proxy"): "Who decides for the patient in your circles." {
        named_by_patient: "Whether the patient named the member, and not a coordinator.",
    }
    "role_assignments" ("RoleAssignment"): "Who carries these roles, and who did." {}
    "task_lists" ("TaskList"): "The task lists of your circles." {}
    "task_series" ("TaskSeries"): "The series of tasks that you see." {
        turns_from: "The date of the first turn; null if members do not take turns.",
        reminder_minutes: "When members are reminded, in minutes before it is due, as a JSON array in a text.",
        checklist: "What the items in the checklist of each task say, as a JSON array in a text.",
    }
    "task_series_members" ("TaskSeriesMember"): "Who does the tasks of these series, was asked or declined." {
        series_id: "The series.",
    }
    "tasks" ("Task"): "The tasks that you see." {
        reminder_minutes: "When members are reminded, in minutes before it is due, as a JSON array in a text.",
    }
    "task_assignments" ("TaskAssignment"): "Who claimed these tasks, was asked or declined." {
        task_id: "The task.",
        own_part_done: "Whether the member completed their own part.",
        taken_at: "When the member last claimed or accepted it; null if they never did.",
    }
    "appointment_series" ("AppointmentSeries"): "The series of appointments that you see." {
        reminder_minutes: "When attendees are reminded, in minutes before it starts, as a JSON array in a text.",
        needs: "The help that each of its appointments needs, as a JSON array in a text; empty if you do not see everyday things.",
    }
    "appointment_series_attendees" ("SeriesAttendee"): "Who is asked to come to the appointments of these series." {
        series_id: "The series.",
        response: "The response with which each new appointment begins.",
    }
    "task_checklist_items" ("ChecklistItem"): "The checklists of these tasks." {}
    "appointments" ("Appointment"): "The appointments that you see." {
        reminder_minutes: "When attendees are reminded, in minutes before it starts, as a JSON array in a text.",
    }
    "attendances" ("Attendee"): "The attendees of these appointments." {
        appointment_id: "The appointment.",
    }
    "needs" ("Need"): "What these appointments need." {
        series_need: "The number of the need in the series of its appointment; null if it belongs to none.",
    }
    "need_assignments" ("NeedAssignment"): "Who claimed these needs, was asked or declined." {
        need_id: "The need.",
        taken_at: "When the member last claimed or accepted it; null if they never did.",
    }
    "handovers" ("Handover"): "What members of your circles handed over, as far as you see it." {}
    "absences" ("Absence"): "When members of your circles are away." {}
    "agenda_items" ("MeetingAgendaItem"): "The agendas of the family meetings that you see." {}
    "questions" ("Question"): "The questions for the care team that you see." {}
    "threads" ("Thread"): "The threads that you see." {
        titled_by: "The member who wrote the title.",
    }
    "thread_members": "The members of threads that are only for some members." {
        thread_id: "The thread.",
    }
    "messages" ("Message"): "The messages that you wrote." {
        mentioned_member_ids: "The members that it mentions, as a JSON array in a text.",
    }
    "message_edits": "What your messages said before you edited them." {
        message_id: "The message.",
        body: "The text before the edit.",
        message_version: "The version of the message that had this text.",
        written_at: "When this text was written.",
    }
    "read_cursors": "How far you have read the threads." {
        thread_id: "The thread.",
        number: "The number of the last message that you have read.",
    }
    "reminders" ("Reminder"): "The reminders of tasks, appointments and needs." {
        task_id: "The task; null if it is for something else.",
        appointment_id: "The appointment; null if it is for something else.",
        member_id: "The only member it is for; null if it is for everybody who takes part.",
        offset_minutes: "How many minutes before the time it is sent.",
    }
    "deliveries" ("ReminderDelivery"): "The emails of these reminders to you." {
        reminder_id: "The reminder.",
        read_at: "When you marked it as read; null if you have not.",
    }
    "notifications": "What you were told about something that changed, and the emails about it." {
        category: "The email category.",
        kind: "What happened.",
        task_id: "The task that it is about; null if it is about something else.",
        appointment_id: "The appointment that it is about; null if it is about something else.",
        need_id: "The need that it is about; null if it is about something else.",
        role_id: "The role that it is about; null if it is about something else.",
        invitation_id: "The invitation that it is about; null if it is about something else.",
        subject_member_id: "The member that it is about; null if it is about something else.",
        join_request_id: "The join request that it is about; null if it is about something else.",
        task_series_id: "The series of tasks that it is about; null if it is about something else.",
        appointment_series_id: "The series of appointments that it is about; null if it is about something else.",
        was_at: "Its time before the change; null if it had none.",
        was_on: "Its date before the change, if it had no time of day.",
        state: "What became of the email.",
        reason: "Why it was not sent; null if it was, or still waits.",
        sent_at: "When it was sent; null if it was not.",
        read_at: "When you marked it as read; null if you have not.",
    }
};

/// The texts of a table of the export.
pub(super) fn texts_of(table: &str) -> Option<&'static TableTexts> {
    TEXTS.iter().find(|texts| texts.table == table)
}
