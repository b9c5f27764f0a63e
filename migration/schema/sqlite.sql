CREATE TABLE "absences" (
    "circle_id" uuid_text NOT NULL,
    "id" uuid_text NOT NULL,
    "version" integer NOT NULL,
    "created_at" timestamp_with_timezone_text NOT NULL,
    "created_by_member_id" uuid_text NULL,
    "updated_at" timestamp_with_timezone_text NOT NULL,
    "member_id" uuid_text NOT NULL,
    "from_on" date_text NOT NULL,
    "until_on" date_text NULL,
    "note" text NULL,
    "state" text NOT NULL,
    PRIMARY KEY ("circle_id", "id"),
    FOREIGN KEY ("circle_id") REFERENCES "circles" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("circle_id", "member_id") REFERENCES "memberships" ("circle_id", "id") ON DELETE CASCADE
);
CREATE INDEX "absences_circle_id_from_on_id_idx" ON "absences" ("circle_id", "from_on", "id");
CREATE INDEX "absences_circle_id_member_id_idx" ON "absences" ("circle_id", "member_id");
CREATE INDEX "absences_circle_id_state_idx" ON "absences" ("circle_id", "state");
CREATE INDEX "absences_state_until_on_idx" ON "absences" ("state", "until_on");

CREATE TABLE "agenda_items" (
    "circle_id" uuid_text NOT NULL,
    "id" uuid_text NOT NULL,
    "version" integer NOT NULL,
    "created_at" timestamp_with_timezone_text NOT NULL,
    "created_by_member_id" uuid_text NULL,
    "updated_at" timestamp_with_timezone_text NOT NULL,
    "appointment_id" uuid_text NOT NULL,
    "title" text NOT NULL,
    "position" integer NOT NULL,
    "notes" text NULL,
    "outcome" text NULL,
    "state" text NOT NULL,
    "sent_hash" blob(1) NULL,
    PRIMARY KEY ("circle_id", "id"),
    FOREIGN KEY ("circle_id") REFERENCES "circles" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("circle_id", "appointment_id") REFERENCES "appointments" ("circle_id", "id") ON DELETE CASCADE
);
CREATE INDEX "agenda_items_circle_id_appointment_id_idx" ON "agenda_items" ("circle_id", "appointment_id");

CREATE TABLE "appointment_series" (
    "circle_id" uuid_text NOT NULL,
    "id" uuid_text NOT NULL,
    "version" integer NOT NULL,
    "created_at" timestamp_with_timezone_text NOT NULL,
    "created_by_member_id" uuid_text NULL,
    "updated_at" timestamp_with_timezone_text NOT NULL,
    "kind" text NOT NULL,
    "title" text NOT NULL,
    "topic" text NOT NULL,
    "starts_on" date_text NULL,
    "ends_on" date_text NULL,
    "starts_local" timestamp_text NULL,
    "ends_local" timestamp_text NULL,
    "time_zone" text NULL,
    "recurrence" text NOT NULL,
    "last_on" date_text NULL,
    "location" text NULL,
    "video_link" text NULL,
    "care_contact_name" text NULL,
    "care_contact_phone" text NULL,
    "preparation" text NULL,
    "reminder_minutes" text NOT NULL,
    "needs" text NOT NULL,
    "state" text NOT NULL,
    "made_until" date_text NOT NULL,
    "previous_series_id" uuid_text NULL,
    "sent_hash" blob(1) NULL,
    PRIMARY KEY ("circle_id", "id"),
    FOREIGN KEY ("circle_id") REFERENCES "circles" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("circle_id", "previous_series_id") REFERENCES "appointment_series" ("circle_id", "id") ON DELETE CASCADE
);
CREATE INDEX "appointment_series_circle_id_previous_series_id_idx" ON "appointment_series" ("circle_id", "previous_series_id");
CREATE INDEX "appointment_series_state_last_on_idx" ON "appointment_series" ("state", "last_on");
CREATE INDEX "appointment_series_state_made_until_idx" ON "appointment_series" ("state", "made_until");

CREATE TABLE "appointment_series_attendees" (
    "circle_id" uuid_text NOT NULL,
    "id" uuid_text NOT NULL,
    "version" integer NOT NULL,
    "created_at" timestamp_with_timezone_text NOT NULL,
    "created_by_member_id" uuid_text NULL,
    "updated_at" timestamp_with_timezone_text NOT NULL,
    "series_id" uuid_text NOT NULL,
    "member_id" uuid_text NOT NULL,
    "response" text NOT NULL,
    PRIMARY KEY ("circle_id", "id"),
    FOREIGN KEY ("circle_id") REFERENCES "circles" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("circle_id", "series_id") REFERENCES "appointment_series" ("circle_id", "id") ON DELETE CASCADE,
    FOREIGN KEY ("circle_id", "member_id") REFERENCES "memberships" ("circle_id", "id") ON DELETE CASCADE
);
CREATE INDEX "appointment_series_attendees_circle_id_member_id_idx" ON "appointment_series_attendees" ("circle_id", "member_id");
CREATE UNIQUE INDEX "appointment_series_attendees_circle_id_series_id_member_id_key" ON "appointment_series_attendees" ("circle_id", "series_id", "member_id");

CREATE TABLE "appointment_terms" (
    "circle_id" uuid_text NOT NULL,
    "term" text NOT NULL,
    "appointment_id" uuid_text NOT NULL,
    "in_title" integer NOT NULL,
    PRIMARY KEY ("circle_id", "term", "appointment_id", "in_title"),
    FOREIGN KEY ("circle_id", "appointment_id") REFERENCES "appointments" ("circle_id", "id") ON DELETE CASCADE
);
CREATE INDEX "appointment_terms_circle_id_appointment_id_term_idx" ON "appointment_terms" ("circle_id", "appointment_id", "term");

CREATE TABLE "appointments" (
    "circle_id" uuid_text NOT NULL,
    "id" uuid_text NOT NULL,
    "version" integer NOT NULL,
    "created_at" timestamp_with_timezone_text NOT NULL,
    "created_by_member_id" uuid_text NULL,
    "updated_at" timestamp_with_timezone_text NOT NULL,
    "series_id" uuid_text NULL,
    "original_on" date_text NULL,
    "is_exception" boolean NOT NULL DEFAULT FALSE,
    "kind" text NOT NULL,
    "title" text NOT NULL,
    "topic" text NOT NULL,
    "starts_on" date_text NULL,
    "ends_on" date_text NULL,
    "starts_local" timestamp_text NULL,
    "ends_local" timestamp_text NULL,
    "time_zone" text NULL,
    "starts_at" timestamp_with_timezone_text NULL,
    "ends_at" timestamp_with_timezone_text NULL,
    "sort_at" timestamp_with_timezone_text NOT NULL,
    "over_at" timestamp_with_timezone_text NOT NULL DEFAULT '9999-12-31T23:59:59+00:00',
    "location" text NULL,
    "video_link" text NULL,
    "care_contact_name" text NULL,
    "care_contact_phone" text NULL,
    "preparation" text NULL,
    "outcome" text NULL,
    "reminder_minutes" text NOT NULL,
    "state" text NOT NULL,
    "canceled_from" text NULL,
    "schedule_version" integer NOT NULL,
    "sent_hash" blob(1) NULL,
    PRIMARY KEY ("circle_id", "id"),
    FOREIGN KEY ("circle_id") REFERENCES "circles" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("circle_id", "series_id") REFERENCES "appointment_series" ("circle_id", "id") ON DELETE CASCADE
);
CREATE INDEX "appointments_circle_id_over_at_idx" ON "appointments" ("circle_id", "over_at");
CREATE UNIQUE INDEX "appointments_circle_id_series_id_original_on_key" ON "appointments" ("circle_id", "series_id", "original_on");
CREATE INDEX "appointments_circle_id_sort_at_id_over_at_idx" ON "appointments" ("circle_id", "sort_at", "id", "over_at");

CREATE TABLE "attendances" (
    "circle_id" uuid_text NOT NULL,
    "id" uuid_text NOT NULL,
    "version" integer NOT NULL,
    "created_at" timestamp_with_timezone_text NOT NULL,
    "created_by_member_id" uuid_text NULL,
    "updated_at" timestamp_with_timezone_text NOT NULL,
    "appointment_id" uuid_text NOT NULL,
    "member_id" uuid_text NOT NULL,
    "response" text NOT NULL,
    PRIMARY KEY ("circle_id", "id"),
    FOREIGN KEY ("circle_id") REFERENCES "circles" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("circle_id", "appointment_id") REFERENCES "appointments" ("circle_id", "id") ON DELETE CASCADE,
    FOREIGN KEY ("circle_id", "member_id") REFERENCES "memberships" ("circle_id", "id") ON DELETE CASCADE
);
CREATE UNIQUE INDEX "attendances_circle_id_appointment_id_member_id_key" ON "attendances" ("circle_id", "appointment_id", "member_id");
CREATE INDEX "attendances_circle_id_member_id_idx" ON "attendances" ("circle_id", "member_id");

CREATE TABLE "changes" (
    "circle_id" uuid_text NOT NULL,
    "seq" integer NOT NULL,
    "occurred_at" timestamp_with_timezone_text NOT NULL,
    "actor_member_id" uuid_text NULL,
    "on_behalf_of_member_id" uuid_text NULL,
    "actor_kind" text NOT NULL,
    "personal_access_token_id" uuid_text NULL,
    "verb" text NOT NULL,
    "subject_type" text NOT NULL,
    "subject_id" uuid_text NOT NULL,
    "topic" text NULL,
    "thread_id" uuid_text NULL,
    "changed_fields" text NOT NULL,
    "request_id" text NULL,
    "address_prefix" text NULL,
    PRIMARY KEY ("circle_id", "seq"),
    FOREIGN KEY ("circle_id") REFERENCES "circles" ("id") ON DELETE CASCADE
);
CREATE INDEX "changes_occurred_at_idx" ON "changes" ("occurred_at");

CREATE TABLE "circles" (
    "id" uuid_text NOT NULL PRIMARY KEY,
    "name" text NOT NULL,
    "alias" text NOT NULL,
    "time_zone" text NOT NULL,
    "locale" text NULL,
    "patient_name" text NOT NULL,
    "patient_about" text NULL,
    "patient_photo_file_id" uuid_text NULL,
    "created_by_user_id" uuid_text NOT NULL,
    "change_seq" integer NOT NULL,
    "away_until" date_text NULL,
    "deletion_scheduled_for" timestamp_with_timezone_text NULL,
    "deletion_requested_by_member_id" uuid_text NULL,
    "state" text NOT NULL,
    "email_details_forbidden" boolean NOT NULL,
    "archived_from" text NULL,
    "deputy_member_id" uuid_text NULL,
    "version" integer NOT NULL,
    "created_at" timestamp_with_timezone_text NOT NULL,
    "updated_at" timestamp_with_timezone_text NOT NULL,
    "sent_hash" blob(1) NULL
);
CREATE INDEX "circles_created_by_user_id_idx" ON "circles" ("created_by_user_id");
CREATE INDEX "circles_deletion_scheduled_for_idx" ON "circles" ("deletion_scheduled_for") WHERE "deletion_scheduled_for" IS NOT NULL;
CREATE UNIQUE INDEX "circles_patient_photo_file_id_key" ON "circles" ("patient_photo_file_id");

CREATE TABLE "database_state" (
    "id" integer NOT NULL PRIMARY KEY,
    "generation" text NOT NULL,
    "place" text NOT NULL
);

CREATE TABLE "deliveries" (
    "circle_id" uuid_text NOT NULL,
    "id" uuid_text NOT NULL,
    "version" integer NOT NULL,
    "created_at" timestamp_with_timezone_text NOT NULL,
    "created_by_member_id" uuid_text NULL,
    "updated_at" timestamp_with_timezone_text NOT NULL,
    "reminder_id" uuid_text NOT NULL,
    "member_id" uuid_text NOT NULL,
    "channel" text NOT NULL,
    "state" text NOT NULL,
    "reason" text NULL,
    "attempts" integer NOT NULL,
    "sent_at" timestamp_with_timezone_text NULL,
    "read_at" timestamp_with_timezone_text NULL,
    PRIMARY KEY ("circle_id", "id"),
    FOREIGN KEY ("circle_id") REFERENCES "circles" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("circle_id", "reminder_id") REFERENCES "reminders" ("circle_id", "id") ON DELETE CASCADE,
    FOREIGN KEY ("circle_id", "member_id") REFERENCES "memberships" ("circle_id", "id") ON DELETE CASCADE
);
CREATE INDEX "deliveries_circle_id_member_id_read_at_created_at_idx" ON "deliveries" ("circle_id", "member_id", "read_at", "created_at");
CREATE UNIQUE INDEX "deliveries_circle_id_reminder_id_member_id_channel_key" ON "deliveries" ("circle_id", "reminder_id", "member_id", "channel");
CREATE INDEX "deliveries_updated_at_idx" ON "deliveries" ("updated_at");

CREATE TABLE "email_changes" (
    "id" uuid_text NOT NULL PRIMARY KEY,
    "user_id" uuid_text NOT NULL,
    "old_email" text NOT NULL,
    "new_email" text NOT NULL,
    "asked_at" timestamp_with_timezone_text NOT NULL,
    "confirmed_at" timestamp_with_timezone_text NULL,
    "undone_at" timestamp_with_timezone_text NULL,
    FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON DELETE CASCADE
);
CREATE INDEX "email_changes_asked_at_idx" ON "email_changes" ("asked_at");
CREATE INDEX "email_changes_user_id_idx" ON "email_changes" ("user_id");

CREATE TABLE "handovers" (
    "circle_id" uuid_text NOT NULL,
    "id" uuid_text NOT NULL,
    "version" integer NOT NULL,
    "created_at" timestamp_with_timezone_text NOT NULL,
    "created_by_member_id" uuid_text NULL,
    "updated_at" timestamp_with_timezone_text NOT NULL,
    "task_id" uuid_text NULL,
    "need_id" uuid_text NULL,
    "role_assignment_id" uuid_text NULL,
    "from_member_id" uuid_text NOT NULL,
    "to_member_id" uuid_text NULL,
    "taken_by_member_id" uuid_text NULL,
    "reason" text NOT NULL,
    "note" text NULL,
    "state" text NOT NULL,
    "expires_at" timestamp_with_timezone_text NOT NULL,
    "ended_at" timestamp_with_timezone_text NULL,
    PRIMARY KEY ("circle_id", "id"),
    FOREIGN KEY ("circle_id") REFERENCES "circles" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("circle_id", "task_id") REFERENCES "tasks" ("circle_id", "id") ON DELETE CASCADE,
    FOREIGN KEY ("circle_id", "need_id") REFERENCES "needs" ("circle_id", "id") ON DELETE CASCADE,
    FOREIGN KEY ("circle_id", "role_assignment_id") REFERENCES "role_assignments" ("circle_id", "id") ON DELETE CASCADE,
    FOREIGN KEY ("circle_id", "from_member_id") REFERENCES "memberships" ("circle_id", "id") ON DELETE CASCADE,
    FOREIGN KEY ("circle_id", "to_member_id") REFERENCES "memberships" ("circle_id", "id") ON DELETE CASCADE,
    FOREIGN KEY ("circle_id", "taken_by_member_id") REFERENCES "memberships" ("circle_id", "id") ON DELETE CASCADE
);
CREATE INDEX "handovers_circle_id_from_member_id_idx" ON "handovers" ("circle_id", "from_member_id");
CREATE INDEX "handovers_circle_id_need_id_idx" ON "handovers" ("circle_id", "need_id");
CREATE INDEX "handovers_circle_id_role_assignment_id_idx" ON "handovers" ("circle_id", "role_assignment_id");
CREATE INDEX "handovers_circle_id_state_idx" ON "handovers" ("circle_id", "state");
CREATE INDEX "handovers_circle_id_taken_by_member_id_idx" ON "handovers" ("circle_id", "taken_by_member_id");
CREATE INDEX "handovers_circle_id_task_id_idx" ON "handovers" ("circle_id", "task_id");
CREATE INDEX "handovers_circle_id_to_member_id_idx" ON "handovers" ("circle_id", "to_member_id");
CREATE UNIQUE INDEX handovers_open_key ON handovers (circle_id, from_member_id, COALESCE(task_id, need_id, role_assignment_id)) WHERE state = 'open';
CREATE INDEX "handovers_state_expires_at_idx" ON "handovers" ("state", "expires_at");

CREATE TABLE "idempotency_records" (
    "user_id" uuid_text NOT NULL,
    "method" text NOT NULL,
    "path" text NOT NULL,
    "key" text NOT NULL,
    "body_hash" blob(1) NOT NULL,
    "status" integer NOT NULL,
    "headers" text NOT NULL,
    "body" text NOT NULL,
    "topics" text NULL,
    "created_at" timestamp_with_timezone_text NOT NULL,
    PRIMARY KEY ("user_id", "method", "path", "key")
);
CREATE INDEX "idempotency_records_created_at_idx" ON "idempotency_records" ("created_at");

CREATE TABLE "invitations" (
    "circle_id" uuid_text NOT NULL,
    "id" uuid_text NOT NULL,
    "version" integer NOT NULL,
    "created_at" timestamp_with_timezone_text NOT NULL,
    "created_by_member_id" uuid_text NULL,
    "updated_at" timestamp_with_timezone_text NOT NULL,
    "email" text NOT NULL,
    "name" text NULL,
    "member_id" uuid_text NULL,
    "access" text NOT NULL,
    "as_patient" boolean NOT NULL,
    "relationship" text NULL,
    "note" text NULL,
    "state" text NOT NULL,
    "expires_at" timestamp_with_timezone_text NOT NULL,
    "sent_hash" blob(1) NULL,
    PRIMARY KEY ("circle_id", "id"),
    FOREIGN KEY ("circle_id") REFERENCES "circles" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("circle_id", "member_id") REFERENCES "memberships" ("circle_id", "id") ON DELETE CASCADE
);
CREATE INDEX "invitations_circle_id_member_id_idx" ON "invitations" ("circle_id", "member_id");
CREATE INDEX "invitations_email_idx" ON "invitations" ("email");
CREATE INDEX "invitations_expires_at_idx" ON "invitations" ("expires_at");
CREATE INDEX "invitations_updated_at_idx" ON "invitations" ("updated_at");

CREATE TABLE "jobs" (
    "id" uuid_text NOT NULL PRIMARY KEY,
    "payload" text NOT NULL,
    "lane" uuid_text NULL,
    "dedupe_key" text NULL,
    "state" text NOT NULL,
    "run_at" timestamp_with_timezone_text NOT NULL,
    "attempts" integer NOT NULL,
    "fence" integer NOT NULL,
    "leased_until" timestamp_with_timezone_text NULL,
    "last_error" text NULL,
    "created_at" timestamp_with_timezone_text NOT NULL
);
CREATE UNIQUE INDEX "jobs_dedupe_key_key" ON "jobs" ("dedupe_key");
CREATE INDEX "jobs_state_run_at_idx" ON "jobs" ("state", "run_at");

CREATE TABLE "join_links" (
    "circle_id" uuid_text NOT NULL,
    "id" uuid_text NOT NULL,
    "version" integer NOT NULL,
    "created_at" timestamp_with_timezone_text NOT NULL,
    "created_by_member_id" uuid_text NULL,
    "updated_at" timestamp_with_timezone_text NOT NULL,
    "access" text NOT NULL,
    "max_uses" integer NOT NULL,
    "uses" integer NOT NULL,
    "needs_approval" boolean NOT NULL,
    "expires_at" timestamp_with_timezone_text NOT NULL,
    "revoked_at" timestamp_with_timezone_text NULL,
    PRIMARY KEY ("circle_id", "id"),
    FOREIGN KEY ("circle_id") REFERENCES "circles" ("id") ON DELETE CASCADE
);
CREATE INDEX "join_links_expires_at_idx" ON "join_links" ("expires_at");

CREATE TABLE "join_requests" (
    "circle_id" uuid_text NOT NULL,
    "id" uuid_text NOT NULL,
    "version" integer NOT NULL,
    "created_at" timestamp_with_timezone_text NOT NULL,
    "created_by_member_id" uuid_text NULL,
    "updated_at" timestamp_with_timezone_text NOT NULL,
    "join_link_id" uuid_text NOT NULL,
    "user_id" uuid_text NOT NULL,
    "name" text NOT NULL,
    "note" text NULL,
    "state" text NOT NULL,
    PRIMARY KEY ("circle_id", "id"),
    FOREIGN KEY ("circle_id") REFERENCES "circles" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("circle_id", "join_link_id") REFERENCES "join_links" ("circle_id", "id") ON DELETE CASCADE,
    FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON DELETE CASCADE
);
CREATE UNIQUE INDEX "join_requests_circle_id_join_link_id_user_id_key" ON "join_requests" ("circle_id", "join_link_id", "user_id");
CREATE INDEX "join_requests_updated_at_idx" ON "join_requests" ("updated_at");
CREATE INDEX "join_requests_user_id_idx" ON "join_requests" ("user_id");

CREATE TABLE "known_devices" (
    "id" uuid_text NOT NULL PRIMARY KEY,
    "user_id" uuid_text NOT NULL,
    "token_hash" blob(1) NOT NULL,
    "created_at" timestamp_with_timezone_text NOT NULL,
    "last_used_at" timestamp_with_timezone_text NOT NULL,
    FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON DELETE CASCADE
);
CREATE INDEX "known_devices_last_used_at_idx" ON "known_devices" ("last_used_at");
CREATE UNIQUE INDEX "known_devices_token_hash_key" ON "known_devices" ("token_hash");
CREATE INDEX "known_devices_user_id_idx" ON "known_devices" ("user_id");

CREATE TABLE "mail_tokens" (
    "id" uuid_text NOT NULL PRIMARY KEY,
    "kind" text NOT NULL,
    "token_hash" blob(1) NOT NULL,
    "circle_id" uuid_text NULL,
    "subject_id" uuid_text NOT NULL,
    "subject_type" text NULL,
    "member_id" uuid_text NULL,
    "created_at" timestamp_with_timezone_text NOT NULL,
    "expires_at" timestamp_with_timezone_text NULL,
    "used_at" timestamp_with_timezone_text NULL,
    "voided_at" timestamp_with_timezone_text NULL
);
CREATE INDEX "mail_tokens_circle_id_idx" ON "mail_tokens" ("circle_id") WHERE "circle_id" IS NOT NULL;
CREATE INDEX "mail_tokens_expires_at_idx" ON "mail_tokens" ("expires_at");
CREATE INDEX "mail_tokens_member_id_idx" ON "mail_tokens" ("member_id");
CREATE INDEX "mail_tokens_subject_id_kind_idx" ON "mail_tokens" ("subject_id", "kind");
CREATE UNIQUE INDEX "mail_tokens_token_hash_key" ON "mail_tokens" ("token_hash");

CREATE TABLE "memberships" (
    "circle_id" uuid_text NOT NULL,
    "id" uuid_text NOT NULL,
    "version" integer NOT NULL,
    "created_at" timestamp_with_timezone_text NOT NULL,
    "created_by_member_id" uuid_text NULL,
    "updated_at" timestamp_with_timezone_text NOT NULL,
    "user_id" uuid_text NULL,
    "contact_member_id" uuid_text NULL,
    "name" text NOT NULL,
    "access" text NOT NULL,
    "is_patient" boolean NOT NULL,
    "is_proxy" boolean NOT NULL,
    "relationship" text NULL,
    "phone" text NULL,
    "capacity" text NULL,
    "state" text NOT NULL,
    "joined_at" timestamp_with_timezone_text NOT NULL,
    "reads" integer NOT NULL,
    "seen_seq" integer NOT NULL,
    "email_detail" text NULL,
    "email_health_since" timestamp_with_timezone_text NULL,
    PRIMARY KEY ("circle_id", "id"),
    FOREIGN KEY ("circle_id") REFERENCES "circles" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("circle_id", "contact_member_id") REFERENCES "memberships" ("circle_id", "id") ON DELETE CASCADE
);
CREATE INDEX "memberships_circle_id_contact_member_id_idx" ON "memberships" ("circle_id", "contact_member_id");
CREATE UNIQUE INDEX "memberships_circle_id_user_id_key" ON "memberships" ("circle_id", "user_id");
CREATE INDEX "memberships_user_id_idx" ON "memberships" ("user_id");

CREATE TABLE "message_edits" (
    "circle_id" uuid_text NOT NULL,
    "id" uuid_text NOT NULL,
    "version" integer NOT NULL,
    "created_at" timestamp_with_timezone_text NOT NULL,
    "created_by_member_id" uuid_text NULL,
    "updated_at" timestamp_with_timezone_text NOT NULL,
    "message_id" uuid_text NOT NULL,
    "message_version" integer NOT NULL,
    "body" text NOT NULL,
    "written_at" timestamp_with_timezone_text NOT NULL,
    PRIMARY KEY ("circle_id", "id"),
    FOREIGN KEY ("circle_id") REFERENCES "circles" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("circle_id", "message_id") REFERENCES "messages" ("circle_id", "id") ON DELETE CASCADE
);
CREATE UNIQUE INDEX "message_edits_circle_id_message_id_message_version_key" ON "message_edits" ("circle_id", "message_id", "message_version");

CREATE TABLE "message_terms" (
    "circle_id" uuid_text NOT NULL,
    "term" text NOT NULL,
    "message_id" uuid_text NOT NULL,
    "author_member_id" uuid_text NULL,
    PRIMARY KEY ("circle_id", "term", "message_id"),
    FOREIGN KEY ("circle_id", "message_id") REFERENCES "messages" ("circle_id", "id") ON DELETE CASCADE
);
CREATE INDEX "message_terms_circle_id_message_id_term_idx" ON "message_terms" ("circle_id", "message_id", "term");

CREATE TABLE "messages" (
    "circle_id" uuid_text NOT NULL,
    "id" uuid_text NOT NULL,
    "version" integer NOT NULL,
    "created_at" timestamp_with_timezone_text NOT NULL,
    "created_by_member_id" uuid_text NULL,
    "updated_at" timestamp_with_timezone_text NOT NULL,
    "thread_id" uuid_text NOT NULL,
    "number" integer NOT NULL,
    "body" text NULL,
    "reply_to_message_id" uuid_text NULL,
    "mentioned_member_ids" text NOT NULL,
    "edited_at" timestamp_with_timezone_text NULL,
    "deleted_at" timestamp_with_timezone_text NULL,
    "sent_hash" blob(1) NULL,
    PRIMARY KEY ("circle_id", "id"),
    FOREIGN KEY ("circle_id") REFERENCES "circles" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("circle_id", "thread_id") REFERENCES "threads" ("circle_id", "id") ON DELETE CASCADE,
    FOREIGN KEY ("circle_id", "reply_to_message_id") REFERENCES "messages" ("circle_id", "id") ON DELETE CASCADE
);
CREATE INDEX "messages_circle_id_reply_to_message_id_idx" ON "messages" ("circle_id", "reply_to_message_id");
CREATE UNIQUE INDEX "messages_circle_id_thread_id_number_key" ON "messages" ("circle_id", "thread_id", "number");

CREATE TABLE "need_assignments" (
    "circle_id" uuid_text NOT NULL,
    "id" uuid_text NOT NULL,
    "version" integer NOT NULL,
    "created_at" timestamp_with_timezone_text NOT NULL,
    "created_by_member_id" uuid_text NULL,
    "updated_at" timestamp_with_timezone_text NOT NULL,
    "need_id" uuid_text NOT NULL,
    "member_id" uuid_text NOT NULL,
    "state" text NOT NULL,
    "is_handing_over" boolean NOT NULL DEFAULT FALSE,
    "is_away" boolean NOT NULL DEFAULT FALSE,
    "taken_at" timestamp_with_timezone_text NULL,
    PRIMARY KEY ("circle_id", "id"),
    FOREIGN KEY ("circle_id") REFERENCES "circles" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("circle_id", "need_id") REFERENCES "needs" ("circle_id", "id") ON DELETE CASCADE,
    FOREIGN KEY ("circle_id", "member_id") REFERENCES "memberships" ("circle_id", "id") ON DELETE CASCADE
);
CREATE INDEX "need_assignments_circle_id_member_id_idx" ON "need_assignments" ("circle_id", "member_id");
CREATE UNIQUE INDEX "need_assignments_circle_id_need_id_member_id_key" ON "need_assignments" ("circle_id", "need_id", "member_id");

CREATE TABLE "needs" (
    "circle_id" uuid_text NOT NULL,
    "id" uuid_text NOT NULL,
    "version" integer NOT NULL,
    "created_at" timestamp_with_timezone_text NOT NULL,
    "created_by_member_id" uuid_text NULL,
    "updated_at" timestamp_with_timezone_text NOT NULL,
    "appointment_id" uuid_text NOT NULL,
    "series_need" integer NULL,
    "kind" text NOT NULL,
    "people_needed" integer NOT NULL,
    "people_accepted" integer NOT NULL,
    "people_uncertain" integer NOT NULL DEFAULT 0,
    "pickup_location" text NULL,
    "dropoff_location" text NULL,
    "notes" text NULL,
    "starts_on" date_text NULL,
    "ends_on" date_text NULL,
    "starts_local" timestamp_text NULL,
    "ends_local" timestamp_text NULL,
    "time_zone" text NULL,
    "starts_at" timestamp_with_timezone_text NULL,
    "ends_at" timestamp_with_timezone_text NULL,
    "sort_at" timestamp_with_timezone_text NOT NULL,
    "over_at" timestamp_with_timezone_text NOT NULL DEFAULT '9999-12-31T23:59:59+00:00',
    "state" text NOT NULL,
    "sent_hash" blob(1) NULL,
    PRIMARY KEY ("circle_id", "id"),
    FOREIGN KEY ("circle_id") REFERENCES "circles" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("circle_id", "appointment_id") REFERENCES "appointments" ("circle_id", "id") ON DELETE CASCADE
);
CREATE INDEX "needs_circle_id_appointment_id_idx" ON "needs" ("circle_id", "appointment_id");
CREATE INDEX "needs_circle_id_over_at_idx" ON "needs" ("circle_id", "over_at");
CREATE INDEX "needs_circle_id_sort_at_id_over_at_idx" ON "needs" ("circle_id", "sort_at", "id", "over_at");

CREATE TABLE "notification_settings" (
    "circle_id" uuid_text NOT NULL,
    "member_id" uuid_text NOT NULL,
    "category" text NOT NULL,
    "delivery" text NOT NULL,
    "unsubscribed_at" timestamp_with_timezone_text NULL,
    PRIMARY KEY ("circle_id", "member_id", "category"),
    FOREIGN KEY ("circle_id", "member_id") REFERENCES "memberships" ("circle_id", "id") ON DELETE CASCADE
);

CREATE TABLE "notifications" (
    "circle_id" uuid_text NOT NULL,
    "id" uuid_text NOT NULL,
    "version" integer NOT NULL,
    "created_at" timestamp_with_timezone_text NOT NULL,
    "created_by_member_id" uuid_text NULL,
    "updated_at" timestamp_with_timezone_text NOT NULL,
    "member_id" uuid_text NOT NULL,
    "category" text NOT NULL,
    "kind" text NOT NULL,
    "task_id" uuid_text NULL,
    "appointment_id" uuid_text NULL,
    "need_id" uuid_text NULL,
    "role_id" uuid_text NULL,
    "invitation_id" uuid_text NULL,
    "subject_member_id" uuid_text NULL,
    "join_request_id" uuid_text NULL,
    "task_series_id" uuid_text NULL,
    "appointment_series_id" uuid_text NULL,
    "was_at" timestamp_with_timezone_text NULL,
    "was_on" date_text NULL,
    "state" text NOT NULL,
    "reason" text NULL,
    "job_id" uuid_text NULL,
    "attempts" integer NOT NULL,
    "sent_at" timestamp_with_timezone_text NULL,
    "read_at" timestamp_with_timezone_text NULL,
    PRIMARY KEY ("circle_id", "id"),
    FOREIGN KEY ("circle_id") REFERENCES "circles" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("circle_id", "member_id") REFERENCES "memberships" ("circle_id", "id") ON DELETE CASCADE,
    FOREIGN KEY ("circle_id", "task_id") REFERENCES "tasks" ("circle_id", "id") ON DELETE CASCADE,
    FOREIGN KEY ("circle_id", "appointment_id") REFERENCES "appointments" ("circle_id", "id") ON DELETE CASCADE,
    FOREIGN KEY ("circle_id", "need_id") REFERENCES "needs" ("circle_id", "id") ON DELETE CASCADE,
    FOREIGN KEY ("circle_id", "role_id") REFERENCES "roles" ("circle_id", "id") ON DELETE CASCADE,
    FOREIGN KEY ("circle_id", "invitation_id") REFERENCES "invitations" ("circle_id", "id") ON DELETE CASCADE,
    FOREIGN KEY ("circle_id", "subject_member_id") REFERENCES "memberships" ("circle_id", "id") ON DELETE CASCADE,
    FOREIGN KEY ("circle_id", "join_request_id") REFERENCES "join_requests" ("circle_id", "id") ON DELETE CASCADE,
    FOREIGN KEY ("circle_id", "task_series_id") REFERENCES "task_series" ("circle_id", "id") ON DELETE CASCADE,
    FOREIGN KEY ("circle_id", "appointment_series_id") REFERENCES "appointment_series" ("circle_id", "id") ON DELETE CASCADE
);
CREATE INDEX "notifications_circle_id_appointment_id_idx" ON "notifications" ("circle_id", "appointment_id");
CREATE INDEX "notifications_circle_id_appointment_series_id_idx" ON "notifications" ("circle_id", "appointment_series_id");
CREATE INDEX "notifications_circle_id_invitation_id_idx" ON "notifications" ("circle_id", "invitation_id");
CREATE INDEX "notifications_circle_id_join_request_id_idx" ON "notifications" ("circle_id", "join_request_id");
CREATE INDEX "notifications_circle_id_member_id_read_at_created_at_idx" ON "notifications" ("circle_id", "member_id", "read_at", "created_at");
CREATE INDEX "notifications_circle_id_member_id_state_idx" ON "notifications" ("circle_id", "member_id", "state");
CREATE INDEX "notifications_circle_id_need_id_idx" ON "notifications" ("circle_id", "need_id");
CREATE INDEX "notifications_circle_id_role_id_idx" ON "notifications" ("circle_id", "role_id");
CREATE INDEX "notifications_circle_id_subject_member_id_idx" ON "notifications" ("circle_id", "subject_member_id");
CREATE INDEX "notifications_circle_id_task_id_idx" ON "notifications" ("circle_id", "task_id");
CREATE INDEX "notifications_circle_id_task_series_id_idx" ON "notifications" ("circle_id", "task_series_id");
CREATE INDEX "notifications_updated_at_idx" ON "notifications" ("updated_at");

CREATE TABLE "passkey_challenges" (
    "id" uuid_text NOT NULL PRIMARY KEY,
    "purpose" text NOT NULL,
    "user_id" uuid_text NULL,
    "session_id" uuid_text NULL,
    "state" text NOT NULL,
    "created_at" timestamp_with_timezone_text NOT NULL,
    "expires_at" timestamp_with_timezone_text NOT NULL,
    "used_at" timestamp_with_timezone_text NULL,
    FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON DELETE CASCADE
);
CREATE INDEX "passkey_challenges_expires_at_idx" ON "passkey_challenges" ("expires_at");
CREATE INDEX "passkey_challenges_user_id_idx" ON "passkey_challenges" ("user_id");

CREATE TABLE "passkeys" (
    "id" uuid_text NOT NULL PRIMARY KEY,
    "user_id" uuid_text NOT NULL,
    "name" text NOT NULL,
    "credential_id" blob(1) NOT NULL,
    "credential" text NOT NULL,
    "created_at" timestamp_with_timezone_text NOT NULL,
    "last_used_at" timestamp_with_timezone_text NULL,
    FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON DELETE CASCADE
);
CREATE UNIQUE INDEX "passkeys_credential_id_key" ON "passkeys" ("credential_id");
CREATE INDEX "passkeys_user_id_idx" ON "passkeys" ("user_id");

CREATE TABLE "password_resets" (
    "id" uuid_text NOT NULL PRIMARY KEY,
    "email" text NOT NULL,
    "asked_at" timestamp_with_timezone_text NOT NULL
);
CREATE INDEX "password_resets_asked_at_idx" ON "password_resets" ("asked_at");
CREATE UNIQUE INDEX "password_resets_email_key" ON "password_resets" ("email");

CREATE TABLE "personal_access_token_circles" (
    "personal_access_token_id" uuid_text NOT NULL,
    "circle_id" uuid_text NOT NULL,
    "member_id" uuid_text NOT NULL,
    PRIMARY KEY ("personal_access_token_id", "circle_id"),
    FOREIGN KEY ("personal_access_token_id") REFERENCES "personal_access_tokens" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("circle_id", "member_id") REFERENCES "memberships" ("circle_id", "id") ON DELETE CASCADE
);
CREATE INDEX "personal_access_token_circles_circle_id_member_id_idx" ON "personal_access_token_circles" ("circle_id", "member_id");

CREATE TABLE "personal_access_tokens" (
    "id" uuid_text NOT NULL PRIMARY KEY,
    "user_id" uuid_text NOT NULL,
    "name" text NOT NULL,
    "token_hash" blob(1) NOT NULL,
    "scopes" text NOT NULL,
    "created_at" timestamp_with_timezone_text NOT NULL,
    "expires_at" timestamp_with_timezone_text NOT NULL,
    "last_used_at" timestamp_with_timezone_text NULL,
    "ended_at" timestamp_with_timezone_text NULL,
    FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON DELETE CASCADE
);
CREATE INDEX "personal_access_tokens_ended_at_idx" ON "personal_access_tokens" ("ended_at") WHERE "ended_at" IS NOT NULL;
CREATE INDEX "personal_access_tokens_expires_at_idx" ON "personal_access_tokens" ("expires_at");
CREATE UNIQUE INDEX "personal_access_tokens_token_hash_key" ON "personal_access_tokens" ("token_hash");
CREATE INDEX "personal_access_tokens_user_id_idx" ON "personal_access_tokens" ("user_id");

CREATE TABLE "proxies" (
    "circle_id" uuid_text NOT NULL,
    "id" uuid_text NOT NULL,
    "version" integer NOT NULL,
    "created_at" timestamp_with_timezone_text NOT NULL,
    "created_by_member_id" uuid_text NULL,
    "updated_at" timestamp_with_timezone_text NOT NULL,
    "member_id" uuid_text NOT NULL,
    "basis" text NOT NULL,
    "said_on" date_text NULL,
    "named_by_patient" boolean NOT NULL,
    "state" text NOT NULL,
    "activated_at" timestamp_with_timezone_text NULL,
    PRIMARY KEY ("circle_id", "id"),
    FOREIGN KEY ("circle_id") REFERENCES "circles" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("circle_id", "member_id") REFERENCES "memberships" ("circle_id", "id") ON DELETE CASCADE
);
CREATE INDEX "proxies_circle_id_created_at_idx" ON "proxies" ("circle_id", "created_at");
CREATE INDEX "proxies_circle_id_member_id_idx" ON "proxies" ("circle_id", "member_id");

CREATE TABLE "questions" (
    "circle_id" uuid_text NOT NULL,
    "id" uuid_text NOT NULL,
    "version" integer NOT NULL,
    "created_at" timestamp_with_timezone_text NOT NULL,
    "created_by_member_id" uuid_text NULL,
    "updated_at" timestamp_with_timezone_text NOT NULL,
    "text" text NOT NULL,
    "topic" text NOT NULL,
    "state" text NOT NULL,
    "appointment_id" uuid_text NULL,
    "carried_over" boolean NOT NULL,
    "answer" text NULL,
    "heard_by_member_id" uuid_text NULL,
    "answered_on" date_text NULL,
    "sent_hash" blob(1) NULL,
    PRIMARY KEY ("circle_id", "id"),
    FOREIGN KEY ("circle_id") REFERENCES "circles" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("circle_id", "appointment_id") REFERENCES "appointments" ("circle_id", "id") ON DELETE CASCADE,
    FOREIGN KEY ("circle_id", "heard_by_member_id") REFERENCES "memberships" ("circle_id", "id") ON DELETE CASCADE
);
CREATE INDEX "questions_circle_id_appointment_id_state_idx" ON "questions" ("circle_id", "appointment_id", "state");
CREATE INDEX "questions_circle_id_created_at_id_idx" ON "questions" ("circle_id", "created_at", "id");
CREATE INDEX "questions_circle_id_heard_by_member_id_idx" ON "questions" ("circle_id", "heard_by_member_id");
CREATE INDEX "questions_circle_id_state_topic_created_at_idx" ON "questions" ("circle_id", "state", "topic", "created_at");

CREATE TABLE "rate_windows" (
    "subject_hash" blob(1) NOT NULL,
    "ends_at" timestamp_with_timezone_text NOT NULL,
    "reserved" integer NOT NULL,
    PRIMARY KEY ("subject_hash", "ends_at")
);
CREATE INDEX "rate_windows_ends_at_idx" ON "rate_windows" ("ends_at");

CREATE TABLE "read_cursors" (
    "circle_id" uuid_text NOT NULL,
    "id" uuid_text NOT NULL,
    "version" integer NOT NULL,
    "created_at" timestamp_with_timezone_text NOT NULL,
    "created_by_member_id" uuid_text NULL,
    "updated_at" timestamp_with_timezone_text NOT NULL,
    "thread_id" uuid_text NOT NULL,
    "member_id" uuid_text NOT NULL,
    "number" integer NOT NULL,
    PRIMARY KEY ("circle_id", "id"),
    FOREIGN KEY ("circle_id") REFERENCES "circles" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("circle_id", "thread_id") REFERENCES "threads" ("circle_id", "id") ON DELETE CASCADE,
    FOREIGN KEY ("circle_id", "member_id") REFERENCES "memberships" ("circle_id", "id") ON DELETE CASCADE
);
CREATE UNIQUE INDEX "read_cursors_circle_id_member_id_thread_id_key" ON "read_cursors" ("circle_id", "member_id", "thread_id");
CREATE INDEX "read_cursors_circle_id_thread_id_idx" ON "read_cursors" ("circle_id", "thread_id");

CREATE TABLE "recovery_codes" (
    "id" uuid_text NOT NULL PRIMARY KEY,
    "user_id" uuid_text NOT NULL,
    "number" integer NOT NULL,
    "code_hash" text NOT NULL,
    "created_at" timestamp_with_timezone_text NOT NULL,
    "used_at" timestamp_with_timezone_text NULL,
    FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON DELETE CASCADE
);
CREATE UNIQUE INDEX "recovery_codes_user_id_number_key" ON "recovery_codes" ("user_id", "number");

CREATE TABLE "refresh_tokens" (
    "id" uuid_text NOT NULL PRIMARY KEY,
    "session_id" uuid_text NOT NULL,
    "token_hash" blob(1) NOT NULL,
    "created_at" timestamp_with_timezone_text NOT NULL,
    "used_at" timestamp_with_timezone_text NULL,
    "successor_id" uuid_text NULL,
    "access_used_at" timestamp_with_timezone_text NULL,
    FOREIGN KEY ("session_id") REFERENCES "sessions" ("id") ON DELETE CASCADE
);
CREATE INDEX "refresh_tokens_session_id_idx" ON "refresh_tokens" ("session_id");
CREATE UNIQUE INDEX "refresh_tokens_token_hash_key" ON "refresh_tokens" ("token_hash");
CREATE INDEX "refresh_tokens_used_at_idx" ON "refresh_tokens" ("used_at") WHERE "used_at" IS NOT NULL;

CREATE TABLE "registrations" (
    "id" uuid_text NOT NULL PRIMARY KEY,
    "email" text NOT NULL,
    "name" text NOT NULL,
    "password_hash" text NOT NULL,
    "time_zone" text NOT NULL,
    "locale" text NULL,
    "code_hash" blob(1) NOT NULL,
    "code_number" integer NOT NULL,
    "tries_left" integer NOT NULL,
    "code_expires_at" timestamp_with_timezone_text NOT NULL,
    "expires_at" timestamp_with_timezone_text NOT NULL,
    "confirmed_at" timestamp_with_timezone_text NULL,
    "created_at" timestamp_with_timezone_text NOT NULL
);
CREATE INDEX "registrations_email_idx" ON "registrations" ("email");
CREATE INDEX "registrations_expires_at_idx" ON "registrations" ("expires_at");

CREATE TABLE "reminders" (
    "circle_id" uuid_text NOT NULL,
    "id" uuid_text NOT NULL,
    "version" integer NOT NULL,
    "created_at" timestamp_with_timezone_text NOT NULL,
    "created_by_member_id" uuid_text NULL,
    "updated_at" timestamp_with_timezone_text NOT NULL,
    "kind" text NOT NULL,
    "task_id" uuid_text NULL,
    "appointment_id" uuid_text NULL,
    "need_id" uuid_text NULL,
    "member_id" uuid_text NULL,
    "schedule_version" integer NOT NULL,
    "offset_minutes" integer NOT NULL,
    "fire_at" timestamp_with_timezone_text NOT NULL,
    "not_after" timestamp_with_timezone_text NOT NULL,
    "state" text NOT NULL,
    "sent_early" boolean NOT NULL,
    PRIMARY KEY ("circle_id", "id"),
    FOREIGN KEY ("circle_id") REFERENCES "circles" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("circle_id", "task_id") REFERENCES "tasks" ("circle_id", "id") ON DELETE CASCADE,
    FOREIGN KEY ("circle_id", "appointment_id") REFERENCES "appointments" ("circle_id", "id") ON DELETE CASCADE,
    FOREIGN KEY ("circle_id", "need_id") REFERENCES "needs" ("circle_id", "id") ON DELETE CASCADE,
    FOREIGN KEY ("circle_id", "member_id") REFERENCES "memberships" ("circle_id", "id") ON DELETE CASCADE
);
CREATE INDEX "reminders_circle_id_appointment_id_idx" ON "reminders" ("circle_id", "appointment_id");
CREATE INDEX "reminders_circle_id_member_id_idx" ON "reminders" ("circle_id", "member_id");
CREATE INDEX "reminders_circle_id_need_id_idx" ON "reminders" ("circle_id", "need_id");
CREATE INDEX "reminders_circle_id_state_fire_at_idx" ON "reminders" ("circle_id", "state", "fire_at");
CREATE INDEX "reminders_circle_id_task_id_idx" ON "reminders" ("circle_id", "task_id");
CREATE UNIQUE INDEX reminders_item_key ON reminders (circle_id, COALESCE(task_id, appointment_id, need_id), COALESCE(member_id, circle_id), schedule_version, offset_minutes, (kind = 'uncovered'));
CREATE INDEX "reminders_state_fire_at_id_idx" ON "reminders" ("state", "fire_at", "id");

CREATE TABLE "role_assignments" (
    "circle_id" uuid_text NOT NULL,
    "id" uuid_text NOT NULL,
    "version" integer NOT NULL,
    "created_at" timestamp_with_timezone_text NOT NULL,
    "created_by_member_id" uuid_text NULL,
    "updated_at" timestamp_with_timezone_text NOT NULL,
    "role_id" uuid_text NOT NULL,
    "member_id" uuid_text NOT NULL,
    "state" text NOT NULL,
    "starts_on" date_text NULL,
    "ends_on" date_text NULL,
    "ended_on" date_text NULL,
    "previous_assignment_id" uuid_text NULL,
    "offered_by_member_id" uuid_text NULL,
    "patient_part" text NULL,
    "patient_part_text" text NULL,
    "patient_part_task_id" uuid_text NULL,
    "is_handing_over" boolean NOT NULL DEFAULT FALSE,
    PRIMARY KEY ("circle_id", "id"),
    FOREIGN KEY ("circle_id") REFERENCES "circles" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("circle_id", "role_id") REFERENCES "roles" ("circle_id", "id") ON DELETE CASCADE,
    FOREIGN KEY ("circle_id", "member_id") REFERENCES "memberships" ("circle_id", "id") ON DELETE CASCADE,
    FOREIGN KEY ("circle_id", "previous_assignment_id") REFERENCES "role_assignments" ("circle_id", "id") ON DELETE CASCADE,
    FOREIGN KEY ("circle_id", "offered_by_member_id") REFERENCES "memberships" ("circle_id", "id") ON DELETE CASCADE,
    FOREIGN KEY ("circle_id", "patient_part_task_id") REFERENCES "tasks" ("circle_id", "id") ON DELETE CASCADE
);
CREATE INDEX "role_assignments_circle_id_member_id_state_idx" ON "role_assignments" ("circle_id", "member_id", "state");
CREATE INDEX "role_assignments_circle_id_offered_by_member_id_idx" ON "role_assignments" ("circle_id", "offered_by_member_id");
CREATE INDEX "role_assignments_circle_id_patient_part_task_id_idx" ON "role_assignments" ("circle_id", "patient_part_task_id");
CREATE INDEX "role_assignments_circle_id_previous_assignment_id_idx" ON "role_assignments" ("circle_id", "previous_assignment_id");
CREATE INDEX "role_assignments_circle_id_role_id_idx" ON "role_assignments" ("circle_id", "role_id");
CREATE INDEX "role_assignments_circle_id_state_idx" ON "role_assignments" ("circle_id", "state");
CREATE INDEX "role_assignments_state_ends_on_idx" ON "role_assignments" ("state", "ends_on");

CREATE TABLE "roles" (
    "circle_id" uuid_text NOT NULL,
    "id" uuid_text NOT NULL,
    "version" integer NOT NULL,
    "created_at" timestamp_with_timezone_text NOT NULL,
    "created_by_member_id" uuid_text NULL,
    "updated_at" timestamp_with_timezone_text NOT NULL,
    "kind" text NOT NULL,
    "title" text NULL,
    "description" text NULL,
    "effort_minutes_per_week" integer NULL,
    "shared" boolean NOT NULL,
    "previously_carried_by_patient" boolean NOT NULL,
    "state" text NOT NULL,
    "sent_hash" blob(1) NULL,
    PRIMARY KEY ("circle_id", "id"),
    FOREIGN KEY ("circle_id") REFERENCES "circles" ("id") ON DELETE CASCADE
);

CREATE TABLE "search_indexes" (
    "version" integer NOT NULL PRIMARY KEY,
    "indexed_at" timestamp_with_timezone_text NOT NULL
);

CREATE TABLE "security_events" (
    "id" uuid_text NOT NULL PRIMARY KEY,
    "user_id" uuid_text NULL,
    "occurred_at" timestamp_with_timezone_text NOT NULL,
    "kind" text NOT NULL,
    "actor_kind" text NOT NULL,
    "session_id" uuid_text NULL,
    "device_label" text NULL,
    "request_id" text NULL,
    "address_prefix" text NULL,
    FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON DELETE CASCADE
);
CREATE INDEX "security_events_occurred_at_idx" ON "security_events" ("occurred_at");
CREATE INDEX "security_events_user_id_occurred_at_idx" ON "security_events" ("user_id", "occurred_at");

CREATE TABLE "sessions" (
    "id" uuid_text NOT NULL PRIMARY KEY,
    "user_id" uuid_text NOT NULL,
    "device_label" text NULL,
    "created_at" timestamp_with_timezone_text NOT NULL,
    "last_used_at" timestamp_with_timezone_text NOT NULL,
    "authenticated_at" timestamp_with_timezone_text NULL,
    "expires_at" timestamp_with_timezone_text NOT NULL,
    "ended_at" timestamp_with_timezone_text NULL,
    FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON DELETE CASCADE
);
CREATE INDEX "sessions_ended_at_idx" ON "sessions" ("ended_at") WHERE "ended_at" IS NOT NULL;
CREATE INDEX "sessions_expires_at_idx" ON "sessions" ("expires_at");
CREATE INDEX "sessions_user_id_idx" ON "sessions" ("user_id");

CREATE TABLE "sign_in_codes" (
    "id" uuid_text NOT NULL PRIMARY KEY,
    "email" text NOT NULL,
    "device_label" text NULL,
    "code_hash" blob(1) NOT NULL,
    "tries_left" integer NOT NULL,
    "created_at" timestamp_with_timezone_text NOT NULL,
    "expires_at" timestamp_with_timezone_text NOT NULL,
    "used_at" timestamp_with_timezone_text NULL
);
CREATE INDEX "sign_in_codes_email_idx" ON "sign_in_codes" ("email");
CREATE INDEX "sign_in_codes_expires_at_idx" ON "sign_in_codes" ("expires_at");

CREATE TABLE "sign_in_tickets" (
    "id" uuid_text NOT NULL PRIMARY KEY,
    "user_id" uuid_text NOT NULL,
    "token_hash" blob(1) NOT NULL,
    "known_device_id" uuid_text NULL,
    "device_label" text NULL,
    "security_event_id" uuid_text NOT NULL,
    "failures" integer NOT NULL,
    "created_at" timestamp_with_timezone_text NOT NULL,
    "expires_at" timestamp_with_timezone_text NOT NULL,
    "used_at" timestamp_with_timezone_text NULL,
    FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON DELETE CASCADE
);
CREATE INDEX "sign_in_tickets_expires_at_idx" ON "sign_in_tickets" ("expires_at");
CREATE UNIQUE INDEX "sign_in_tickets_token_hash_key" ON "sign_in_tickets" ("token_hash");
CREATE INDEX "sign_in_tickets_user_id_idx" ON "sign_in_tickets" ("user_id");

CREATE TABLE "signing_keys" (
    "id" uuid_text NOT NULL PRIMARY KEY,
    "public_key" blob(1) NOT NULL,
    "sealed_seed" blob(1) NOT NULL,
    "created_at" timestamp_with_timezone_text NOT NULL,
    "active_from" timestamp_with_timezone_text NOT NULL,
    "ends_at" timestamp_with_timezone_text NULL
);

CREATE TABLE "successions" (
    "circle_id" uuid_text NOT NULL,
    "id" uuid_text NOT NULL,
    "version" integer NOT NULL,
    "created_at" timestamp_with_timezone_text NOT NULL,
    "created_by_member_id" uuid_text NULL,
    "updated_at" timestamp_with_timezone_text NOT NULL,
    "member_id" uuid_text NOT NULL,
    "supported_by_member_id" uuid_text NULL,
    "state" text NOT NULL,
    "grant_at" timestamp_with_timezone_text NULL,
    PRIMARY KEY ("circle_id", "id"),
    FOREIGN KEY ("circle_id") REFERENCES "circles" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("circle_id", "member_id") REFERENCES "memberships" ("circle_id", "id") ON DELETE CASCADE,
    FOREIGN KEY ("circle_id", "supported_by_member_id") REFERENCES "memberships" ("circle_id", "id") ON DELETE CASCADE
);
CREATE INDEX "successions_circle_id_created_at_idx" ON "successions" ("circle_id", "created_at");
CREATE INDEX "successions_circle_id_member_id_idx" ON "successions" ("circle_id", "member_id");
CREATE INDEX "successions_circle_id_supported_by_member_id_idx" ON "successions" ("circle_id", "supported_by_member_id");

CREATE TABLE "task_assignments" (
    "circle_id" uuid_text NOT NULL,
    "id" uuid_text NOT NULL,
    "version" integer NOT NULL,
    "created_at" timestamp_with_timezone_text NOT NULL,
    "created_by_member_id" uuid_text NULL,
    "updated_at" timestamp_with_timezone_text NOT NULL,
    "task_id" uuid_text NOT NULL,
    "member_id" uuid_text NOT NULL,
    "state" text NOT NULL,
    "own_part_done" boolean NOT NULL DEFAULT FALSE,
    "is_handing_over" boolean NOT NULL DEFAULT FALSE,
    "is_away" boolean NOT NULL DEFAULT FALSE,
    "taken_at" timestamp_with_timezone_text NULL,
    PRIMARY KEY ("circle_id", "id"),
    FOREIGN KEY ("circle_id") REFERENCES "circles" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("circle_id", "task_id") REFERENCES "tasks" ("circle_id", "id") ON DELETE CASCADE,
    FOREIGN KEY ("circle_id", "member_id") REFERENCES "memberships" ("circle_id", "id") ON DELETE CASCADE
);
CREATE INDEX "task_assignments_circle_id_member_id_state_task_id_idx" ON "task_assignments" ("circle_id", "member_id", "state", "task_id");
CREATE UNIQUE INDEX "task_assignments_circle_id_task_id_member_id_key" ON "task_assignments" ("circle_id", "task_id", "member_id");

CREATE TABLE "task_checklist_items" (
    "circle_id" uuid_text NOT NULL,
    "id" uuid_text NOT NULL,
    "version" integer NOT NULL,
    "created_at" timestamp_with_timezone_text NOT NULL,
    "created_by_member_id" uuid_text NULL,
    "updated_at" timestamp_with_timezone_text NOT NULL,
    "task_id" uuid_text NOT NULL,
    "title" text NOT NULL,
    "position" integer NOT NULL,
    "checked_at" timestamp_with_timezone_text NULL,
    "checked_by_member_id" uuid_text NULL,
    "sent_hash" blob(1) NULL,
    PRIMARY KEY ("circle_id", "id"),
    FOREIGN KEY ("circle_id") REFERENCES "circles" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("circle_id", "task_id") REFERENCES "tasks" ("circle_id", "id") ON DELETE CASCADE
);
CREATE INDEX "task_checklist_items_circle_id_task_id_idx" ON "task_checklist_items" ("circle_id", "task_id");

CREATE TABLE "task_lists" (
    "circle_id" uuid_text NOT NULL,
    "id" uuid_text NOT NULL,
    "version" integer NOT NULL,
    "created_at" timestamp_with_timezone_text NOT NULL,
    "created_by_member_id" uuid_text NULL,
    "updated_at" timestamp_with_timezone_text NOT NULL,
    "title" text NOT NULL,
    "position" integer NOT NULL,
    "sent_hash" blob(1) NULL,
    PRIMARY KEY ("circle_id", "id"),
    FOREIGN KEY ("circle_id") REFERENCES "circles" ("id") ON DELETE CASCADE
);

CREATE TABLE "task_series" (
    "circle_id" uuid_text NOT NULL,
    "id" uuid_text NOT NULL,
    "version" integer NOT NULL,
    "created_at" timestamp_with_timezone_text NOT NULL,
    "created_by_member_id" uuid_text NULL,
    "updated_at" timestamp_with_timezone_text NOT NULL,
    "task_list_id" uuid_text NULL,
    "title" text NOT NULL,
    "notes" text NULL,
    "category" text NOT NULL,
    "topic" text NOT NULL,
    "due_on" date_text NULL,
    "due_local" timestamp_text NULL,
    "starts_local" timestamp_text NULL,
    "time_zone" text NULL,
    "recurrence" text NOT NULL,
    "last_on" date_text NULL,
    "effort_minutes" integer NULL,
    "people_needed" integer NOT NULL,
    "reminder_minutes" text NOT NULL,
    "lapse_after_days" integer NULL,
    "checklist" text NOT NULL,
    "state" text NOT NULL,
    "turns_from" date_text NULL,
    "made_until" date_text NOT NULL,
    "previous_series_id" uuid_text NULL,
    "sent_hash" blob(1) NULL,
    PRIMARY KEY ("circle_id", "id"),
    FOREIGN KEY ("circle_id") REFERENCES "circles" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("circle_id", "task_list_id") REFERENCES "task_lists" ("circle_id", "id") ON DELETE CASCADE,
    FOREIGN KEY ("circle_id", "previous_series_id") REFERENCES "task_series" ("circle_id", "id") ON DELETE CASCADE
);
CREATE INDEX "task_series_circle_id_previous_series_id_idx" ON "task_series" ("circle_id", "previous_series_id");
CREATE INDEX "task_series_circle_id_task_list_id_idx" ON "task_series" ("circle_id", "task_list_id");
CREATE INDEX "task_series_state_last_on_idx" ON "task_series" ("state", "last_on");
CREATE INDEX "task_series_state_made_until_idx" ON "task_series" ("state", "made_until");

CREATE TABLE "task_series_members" (
    "circle_id" uuid_text NOT NULL,
    "id" uuid_text NOT NULL,
    "version" integer NOT NULL,
    "created_at" timestamp_with_timezone_text NOT NULL,
    "created_by_member_id" uuid_text NULL,
    "updated_at" timestamp_with_timezone_text NOT NULL,
    "series_id" uuid_text NOT NULL,
    "member_id" uuid_text NOT NULL,
    "state" text NOT NULL,
    "turn" integer NULL,
    PRIMARY KEY ("circle_id", "id"),
    FOREIGN KEY ("circle_id") REFERENCES "circles" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("circle_id", "series_id") REFERENCES "task_series" ("circle_id", "id") ON DELETE CASCADE,
    FOREIGN KEY ("circle_id", "member_id") REFERENCES "memberships" ("circle_id", "id") ON DELETE CASCADE
);
CREATE INDEX "task_series_members_circle_id_member_id_idx" ON "task_series_members" ("circle_id", "member_id");
CREATE UNIQUE INDEX "task_series_members_circle_id_series_id_member_id_key" ON "task_series_members" ("circle_id", "series_id", "member_id");

CREATE TABLE "task_terms" (
    "circle_id" uuid_text NOT NULL,
    "term" text NOT NULL,
    "task_id" uuid_text NOT NULL,
    "in_title" integer NOT NULL,
    PRIMARY KEY ("circle_id", "term", "task_id", "in_title"),
    FOREIGN KEY ("circle_id", "task_id") REFERENCES "tasks" ("circle_id", "id") ON DELETE CASCADE
);
CREATE INDEX "task_terms_circle_id_task_id_term_idx" ON "task_terms" ("circle_id", "task_id", "term");

CREATE TABLE "tasks" (
    "circle_id" uuid_text NOT NULL,
    "id" uuid_text NOT NULL,
    "version" integer NOT NULL,
    "created_at" timestamp_with_timezone_text NOT NULL,
    "created_by_member_id" uuid_text NULL,
    "updated_at" timestamp_with_timezone_text NOT NULL,
    "task_list_id" uuid_text NULL,
    "series_id" uuid_text NULL,
    "original_on" date_text NULL,
    "is_exception" boolean NOT NULL DEFAULT FALSE,
    "appointment_id" uuid_text NULL,
    "title" text NOT NULL,
    "notes" text NULL,
    "category" text NOT NULL,
    "topic" text NOT NULL,
    "due_on" date_text NULL,
    "due_local" timestamp_text NULL,
    "starts_local" timestamp_text NULL,
    "time_zone" text NULL,
    "due_at" timestamp_with_timezone_text NULL,
    "begins_at" timestamp_with_timezone_text NOT NULL DEFAULT '9999-12-31T23:59:59+00:00',
    "over_at" timestamp_with_timezone_text NOT NULL DEFAULT '9999-12-31T23:59:59+00:00',
    "sort_at" timestamp_with_timezone_text NOT NULL,
    "effort_minutes" integer NULL,
    "people_needed" integer NOT NULL,
    "people_accepted" integer NOT NULL,
    "people_uncertain" integer NOT NULL DEFAULT 0,
    "reminder_minutes" text NOT NULL,
    "state" text NOT NULL,
    "schedule_version" integer NOT NULL,
    "completed_at" timestamp_with_timezone_text NULL,
    "completion_recorded_at" timestamp_with_timezone_text NULL,
    "completed_by_member_id" uuid_text NULL,
    "lapse_after_days" integer NULL,
    "lapses_at" timestamp_with_timezone_text NULL,
    "ended_at" timestamp_with_timezone_text NULL,
    "ended_from" text NULL,
    "canceled_by_member_id" uuid_text NULL,
    "sent_hash" blob(1) NULL,
    PRIMARY KEY ("circle_id", "id"),
    FOREIGN KEY ("circle_id") REFERENCES "circles" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("circle_id", "task_list_id") REFERENCES "task_lists" ("circle_id", "id") ON DELETE CASCADE,
    FOREIGN KEY ("circle_id", "series_id") REFERENCES "task_series" ("circle_id", "id") ON DELETE CASCADE,
    FOREIGN KEY ("circle_id", "appointment_id") REFERENCES "appointments" ("circle_id", "id") ON DELETE CASCADE
);
CREATE INDEX "tasks_circle_id_appointment_id_idx" ON "tasks" ("circle_id", "appointment_id");
CREATE INDEX "tasks_circle_id_completed_at_idx" ON "tasks" ("circle_id", "completed_at") WHERE "completed_at" IS NOT NULL;
CREATE INDEX "tasks_circle_id_over_at_idx" ON "tasks" ("circle_id", "over_at");
CREATE UNIQUE INDEX "tasks_circle_id_series_id_original_on_key" ON "tasks" ("circle_id", "series_id", "original_on");
CREATE INDEX "tasks_circle_id_sort_at_id_over_at_idx" ON "tasks" ("circle_id", "sort_at", "id", "over_at");
CREATE INDEX "tasks_circle_id_state_sort_at_id_topic_idx" ON "tasks" ("circle_id", "state", "sort_at", "id", "topic");
CREATE INDEX "tasks_circle_id_state_with_room_idx" ON "tasks" ("circle_id", "state", "id", "topic", "starts_local", "due_at") WHERE "people_accepted" < "people_needed";
CREATE INDEX "tasks_circle_id_task_list_id_idx" ON "tasks" ("circle_id", "task_list_id");
CREATE INDEX "tasks_lapses_at_idx" ON "tasks" ("lapses_at") WHERE "lapses_at" IS NOT NULL;

CREATE TABLE "thread_members" (
    "circle_id" uuid_text NOT NULL,
    "id" uuid_text NOT NULL,
    "version" integer NOT NULL,
    "created_at" timestamp_with_timezone_text NOT NULL,
    "created_by_member_id" uuid_text NULL,
    "updated_at" timestamp_with_timezone_text NOT NULL,
    "thread_id" uuid_text NOT NULL,
    "member_id" uuid_text NOT NULL,
    PRIMARY KEY ("circle_id", "id"),
    FOREIGN KEY ("circle_id") REFERENCES "circles" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("circle_id", "thread_id") REFERENCES "threads" ("circle_id", "id") ON DELETE CASCADE,
    FOREIGN KEY ("circle_id", "member_id") REFERENCES "memberships" ("circle_id", "id") ON DELETE CASCADE
);
CREATE INDEX "thread_members_circle_id_member_id_idx" ON "thread_members" ("circle_id", "member_id");
CREATE UNIQUE INDEX "thread_members_circle_id_thread_id_member_id_key" ON "thread_members" ("circle_id", "thread_id", "member_id");

CREATE TABLE "threads" (
    "circle_id" uuid_text NOT NULL,
    "id" uuid_text NOT NULL,
    "version" integer NOT NULL,
    "created_at" timestamp_with_timezone_text NOT NULL,
    "created_by_member_id" uuid_text NULL,
    "updated_at" timestamp_with_timezone_text NOT NULL,
    "kind" text NOT NULL,
    "topic" text NULL,
    "task_id" uuid_text NULL,
    "appointment_id" uuid_text NULL,
    "title" text NULL,
    "titled_by" uuid_text NULL,
    "state" text NOT NULL,
    "last_number" integer NOT NULL,
    "last_activity_at" timestamp_with_timezone_text NOT NULL,
    "sent_hash" blob(1) NULL,
    PRIMARY KEY ("circle_id", "id"),
    FOREIGN KEY ("circle_id") REFERENCES "circles" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("circle_id", "task_id") REFERENCES "tasks" ("circle_id", "id") ON DELETE CASCADE,
    FOREIGN KEY ("circle_id", "appointment_id") REFERENCES "appointments" ("circle_id", "id") ON DELETE CASCADE
);
CREATE UNIQUE INDEX "threads_circle_id_appointment_id_key" ON "threads" ("circle_id", "appointment_id");
CREATE INDEX "threads_circle_id_last_activity_at_id_idx" ON "threads" ("circle_id", "last_activity_at", "id");
CREATE UNIQUE INDEX "threads_circle_id_task_id_key" ON "threads" ("circle_id", "task_id");

CREATE TABLE "throttles" (
    "subject_hash" blob(1) NOT NULL PRIMARY KEY,
    "tries" integer NOT NULL,
    "until" timestamp_with_timezone_text NOT NULL,
    "forget_at" timestamp_with_timezone_text NULL
);
CREATE INDEX "throttles_forget_at_idx" ON "throttles" ("forget_at");

CREATE TABLE "topic_grants" (
    "circle_id" uuid_text NOT NULL,
    "member_id" uuid_text NOT NULL,
    "topic" text NOT NULL,
    "level" text NOT NULL,
    "until" timestamp_with_timezone_text NULL,
    "patient_limit" text NULL,
    "patient_limit_until" timestamp_with_timezone_text NULL,
    PRIMARY KEY ("circle_id", "member_id", "topic"),
    FOREIGN KEY ("circle_id", "member_id") REFERENCES "memberships" ("circle_id", "id") ON DELETE CASCADE
);
CREATE INDEX "topic_grants_until_idx" ON "topic_grants" ("until") WHERE "until" IS NOT NULL;

CREATE TABLE "totp_factors" (
    "id" uuid_text NOT NULL PRIMARY KEY,
    "user_id" uuid_text NOT NULL,
    "seed" blob(1) NOT NULL,
    "last_step" integer NULL,
    "created_at" timestamp_with_timezone_text NOT NULL,
    "confirmed_at" timestamp_with_timezone_text NULL,
    FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON DELETE CASCADE
);
CREATE UNIQUE INDEX "totp_factors_user_id_key" ON "totp_factors" ("user_id");

CREATE TABLE "users" (
    "id" uuid_text NOT NULL PRIMARY KEY,
    "email" text NOT NULL,
    "name" text NOT NULL,
    "password_hash" text NULL,
    "time_zone" text NOT NULL,
    "locale" text NULL,
    "state" text NOT NULL,
    "quiet_from" text NULL,
    "quiet_until" text NULL,
    "quiet_check_at" timestamp_with_timezone_text NULL,
    "digest_time" text NOT NULL,
    "digest_weekday" text NULL,
    "avatar_file_id" uuid_text NULL,
    "deletion_scheduled_for" timestamp_with_timezone_text NULL,
    "bouncing_since" timestamp_with_timezone_text NULL,
    "bounces" integer NOT NULL,
    "version" integer NOT NULL,
    "created_at" timestamp_with_timezone_text NOT NULL,
    "updated_at" timestamp_with_timezone_text NOT NULL
);
CREATE UNIQUE INDEX "users_avatar_file_id_key" ON "users" ("avatar_file_id");
CREATE INDEX "users_deletion_scheduled_for_idx" ON "users" ("deletion_scheduled_for") WHERE "deletion_scheduled_for" IS NOT NULL;
CREATE UNIQUE INDEX "users_email_key" ON "users" ("email");
CREATE INDEX "users_quiet_check_at_idx" ON "users" ("quiet_check_at");

CREATE TABLE "zone_rules" (
    "version" text NOT NULL PRIMARY KEY,
    "followed_at" timestamp_with_timezone_text NOT NULL
);
