CREATE TABLE absences (
    circle_id uuid NOT NULL,
    id uuid NOT NULL,
    version integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    created_by_member_id uuid,
    updated_at timestamp with time zone NOT NULL,
    member_id uuid NOT NULL,
    from_on date NOT NULL,
    until_on date,
    note text,
    state text NOT NULL,
    CONSTRAINT absences_circle_fk FOREIGN KEY (circle_id) REFERENCES circles(id) ON DELETE CASCADE,
    CONSTRAINT absences_member_id_fk FOREIGN KEY (circle_id, member_id) REFERENCES memberships(circle_id, id) ON DELETE CASCADE,
    CONSTRAINT absences_pkey PRIMARY KEY (circle_id, id)
);
CREATE INDEX absences_circle_id_from_on_id_idx ON public.absences USING btree (circle_id, from_on, id);
CREATE INDEX absences_circle_id_member_id_idx ON public.absences USING btree (circle_id, member_id);
CREATE INDEX absences_circle_id_state_idx ON public.absences USING btree (circle_id, state);
CREATE INDEX absences_state_until_on_idx ON public.absences USING btree (state, until_on);

CREATE TABLE agenda_items (
    circle_id uuid NOT NULL,
    id uuid NOT NULL,
    version integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    created_by_member_id uuid,
    updated_at timestamp with time zone NOT NULL,
    appointment_id uuid NOT NULL,
    title text NOT NULL,
    "position" integer NOT NULL,
    notes text,
    outcome text,
    state text NOT NULL,
    sent_hash bytea,
    CONSTRAINT agenda_items_appointment_id_fk FOREIGN KEY (circle_id, appointment_id) REFERENCES appointments(circle_id, id) ON DELETE CASCADE,
    CONSTRAINT agenda_items_circle_fk FOREIGN KEY (circle_id) REFERENCES circles(id) ON DELETE CASCADE,
    CONSTRAINT agenda_items_pkey PRIMARY KEY (circle_id, id)
);
CREATE INDEX agenda_items_circle_id_appointment_id_idx ON public.agenda_items USING btree (circle_id, appointment_id);

CREATE TABLE appointment_series (
    circle_id uuid NOT NULL,
    id uuid NOT NULL,
    version integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    created_by_member_id uuid,
    updated_at timestamp with time zone NOT NULL,
    kind text NOT NULL,
    title text NOT NULL,
    topic text NOT NULL,
    starts_on date,
    ends_on date,
    starts_local timestamp without time zone,
    ends_local timestamp without time zone,
    time_zone text,
    recurrence text NOT NULL,
    last_on date,
    location text,
    video_link text,
    care_contact_name text,
    care_contact_phone text,
    preparation text,
    reminder_minutes text NOT NULL,
    needs text NOT NULL,
    state text NOT NULL,
    made_until date NOT NULL,
    previous_series_id uuid,
    sent_hash bytea,
    CONSTRAINT appointment_series_circle_fk FOREIGN KEY (circle_id) REFERENCES circles(id) ON DELETE CASCADE,
    CONSTRAINT appointment_series_pkey PRIMARY KEY (circle_id, id),
    CONSTRAINT appointment_series_previous_series_id_fk FOREIGN KEY (circle_id, previous_series_id) REFERENCES appointment_series(circle_id, id) ON DELETE CASCADE
);
CREATE INDEX appointment_series_circle_id_previous_series_id_idx ON public.appointment_series USING btree (circle_id, previous_series_id);
CREATE INDEX appointment_series_state_last_on_idx ON public.appointment_series USING btree (state, last_on);
CREATE INDEX appointment_series_state_made_until_idx ON public.appointment_series USING btree (state, made_until);

CREATE TABLE appointment_series_attendees (
    circle_id uuid NOT NULL,
    id uuid NOT NULL,
    version integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    created_by_member_id uuid,
    updated_at timestamp with time zone NOT NULL,
    series_id uuid NOT NULL,
    member_id uuid NOT NULL,
    response text NOT NULL,
    CONSTRAINT appointment_series_attendees_circle_fk FOREIGN KEY (circle_id) REFERENCES circles(id) ON DELETE CASCADE,
    CONSTRAINT appointment_series_attendees_member_id_fk FOREIGN KEY (circle_id, member_id) REFERENCES memberships(circle_id, id) ON DELETE CASCADE,
    CONSTRAINT appointment_series_attendees_pkey PRIMARY KEY (circle_id, id),
    CONSTRAINT appointment_series_attendees_series_id_fk FOREIGN KEY (circle_id, series_id) REFERENCES appointment_series(circle_id, id) ON DELETE CASCADE
);
CREATE INDEX appointment_series_attendees_circle_id_member_id_idx ON public.appointment_series_attendees USING btree (circle_id, member_id);
CREATE UNIQUE INDEX appointment_series_attendees_circle_id_series_id_member_id_key ON public.appointment_series_attendees USING btree (circle_id, series_id, member_id);

CREATE TABLE appointment_terms (
    circle_id uuid NOT NULL,
    term text NOT NULL,
    appointment_id uuid NOT NULL,
    in_title integer NOT NULL,
    CONSTRAINT appointment_terms_appointment_id_fk FOREIGN KEY (circle_id, appointment_id) REFERENCES appointments(circle_id, id) ON DELETE CASCADE,
    CONSTRAINT appointment_terms_pkey PRIMARY KEY (circle_id, term, appointment_id, in_title)
);
CREATE INDEX appointment_terms_circle_id_appointment_id_term_idx ON public.appointment_terms USING btree (circle_id, appointment_id, term);

CREATE TABLE appointments (
    circle_id uuid NOT NULL,
    id uuid NOT NULL,
    version integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    created_by_member_id uuid,
    updated_at timestamp with time zone NOT NULL,
    series_id uuid,
    original_on date,
    is_exception boolean NOT NULL DEFAULT false,
    kind text NOT NULL,
    title text NOT NULL,
    topic text NOT NULL,
    starts_on date,
    ends_on date,
    starts_local timestamp without time zone,
    ends_local timestamp without time zone,
    time_zone text,
    starts_at timestamp with time zone,
    ends_at timestamp with time zone,
    sort_at timestamp with time zone NOT NULL,
    over_at timestamp with time zone NOT NULL DEFAULT '9999-12-31 23:59:59+00'::timestamp with time zone,
    location text,
    video_link text,
    care_contact_name text,
    care_contact_phone text,
    preparation text,
    outcome text,
    reminder_minutes text NOT NULL,
    state text NOT NULL,
    canceled_from text,
    schedule_version integer NOT NULL,
    sent_hash bytea,
    CONSTRAINT appointments_circle_fk FOREIGN KEY (circle_id) REFERENCES circles(id) ON DELETE CASCADE,
    CONSTRAINT appointments_pkey PRIMARY KEY (circle_id, id),
    CONSTRAINT appointments_series_id_fk FOREIGN KEY (circle_id, series_id) REFERENCES appointment_series(circle_id, id) ON DELETE CASCADE
);
CREATE INDEX appointments_circle_id_over_at_idx ON public.appointments USING btree (circle_id, over_at);
CREATE UNIQUE INDEX appointments_circle_id_series_id_original_on_key ON public.appointments USING btree (circle_id, series_id, original_on);
CREATE INDEX appointments_circle_id_sort_at_id_over_at_idx ON public.appointments USING btree (circle_id, sort_at, id, over_at);

CREATE TABLE attendances (
    circle_id uuid NOT NULL,
    id uuid NOT NULL,
    version integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    created_by_member_id uuid,
    updated_at timestamp with time zone NOT NULL,
    appointment_id uuid NOT NULL,
    member_id uuid NOT NULL,
    response text NOT NULL,
    CONSTRAINT attendances_appointment_id_fk FOREIGN KEY (circle_id, appointment_id) REFERENCES appointments(circle_id, id) ON DELETE CASCADE,
    CONSTRAINT attendances_circle_fk FOREIGN KEY (circle_id) REFERENCES circles(id) ON DELETE CASCADE,
    CONSTRAINT attendances_member_id_fk FOREIGN KEY (circle_id, member_id) REFERENCES memberships(circle_id, id) ON DELETE CASCADE,
    CONSTRAINT attendances_pkey PRIMARY KEY (circle_id, id)
);
CREATE UNIQUE INDEX attendances_circle_id_appointment_id_member_id_key ON public.attendances USING btree (circle_id, appointment_id, member_id);
CREATE INDEX attendances_circle_id_member_id_idx ON public.attendances USING btree (circle_id, member_id);

CREATE TABLE changes (
    circle_id uuid NOT NULL,
    seq bigint NOT NULL,
    occurred_at timestamp with time zone NOT NULL,
    actor_member_id uuid,
    on_behalf_of_member_id uuid,
    actor_kind text NOT NULL,
    personal_access_token_id uuid,
    verb text NOT NULL,
    subject_type text NOT NULL,
    subject_id uuid NOT NULL,
    topic text,
    thread_id uuid,
    changed_fields text NOT NULL,
    request_id text,
    address_prefix text,
    CONSTRAINT changes_circle_id_fk FOREIGN KEY (circle_id) REFERENCES circles(id) ON DELETE CASCADE,
    CONSTRAINT changes_pkey PRIMARY KEY (circle_id, seq)
);
CREATE INDEX changes_occurred_at_idx ON public.changes USING btree (occurred_at);

CREATE TABLE circles (
    id uuid NOT NULL,
    name text NOT NULL,
    alias text NOT NULL,
    time_zone text NOT NULL,
    locale text,
    patient_name text NOT NULL,
    patient_about text,
    patient_photo_file_id uuid,
    created_by_user_id uuid NOT NULL,
    change_seq bigint NOT NULL,
    away_until date,
    deletion_scheduled_for timestamp with time zone,
    deletion_requested_by_member_id uuid,
    state text NOT NULL,
    email_details_forbidden boolean NOT NULL,
    archived_from text,
    deputy_member_id uuid,
    version integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    sent_hash bytea,
    CONSTRAINT circles_pkey PRIMARY KEY (id)
);
CREATE INDEX circles_created_by_user_id_idx ON public.circles USING btree (created_by_user_id);
CREATE INDEX circles_deletion_scheduled_for_idx ON public.circles USING btree (deletion_scheduled_for) WHERE (deletion_scheduled_for IS NOT NULL);
CREATE UNIQUE INDEX circles_patient_photo_file_id_key ON public.circles USING btree (patient_photo_file_id);

CREATE TABLE database_state (
    id integer NOT NULL,
    generation text NOT NULL,
    place text NOT NULL,
    CONSTRAINT database_state_pkey PRIMARY KEY (id)
);

CREATE TABLE deliveries (
    circle_id uuid NOT NULL,
    id uuid NOT NULL,
    version integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    created_by_member_id uuid,
    updated_at timestamp with time zone NOT NULL,
    reminder_id uuid NOT NULL,
    member_id uuid NOT NULL,
    channel text NOT NULL,
    state text NOT NULL,
    reason text,
    attempts integer NOT NULL,
    sent_at timestamp with time zone,
    read_at timestamp with time zone,
    CONSTRAINT deliveries_circle_fk FOREIGN KEY (circle_id) REFERENCES circles(id) ON DELETE CASCADE,
    CONSTRAINT deliveries_member_id_fk FOREIGN KEY (circle_id, member_id) REFERENCES memberships(circle_id, id) ON DELETE CASCADE,
    CONSTRAINT deliveries_pkey PRIMARY KEY (circle_id, id),
    CONSTRAINT deliveries_reminder_id_fk FOREIGN KEY (circle_id, reminder_id) REFERENCES reminders(circle_id, id) ON DELETE CASCADE
);
CREATE INDEX deliveries_circle_id_member_id_read_at_created_at_idx ON public.deliveries USING btree (circle_id, member_id, read_at, created_at);
CREATE UNIQUE INDEX deliveries_circle_id_reminder_id_member_id_channel_key ON public.deliveries USING btree (circle_id, reminder_id, member_id, channel);
CREATE INDEX deliveries_updated_at_idx ON public.deliveries USING btree (updated_at);

CREATE TABLE email_changes (
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    old_email text NOT NULL,
    new_email text NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    confirmed_at timestamp with time zone,
    undone_at timestamp with time zone,
    CONSTRAINT email_changes_pkey PRIMARY KEY (id),
    CONSTRAINT email_changes_user_id_fk FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE
);
CREATE INDEX email_changes_asked_at_idx ON public.email_changes USING btree (asked_at);
CREATE INDEX email_changes_user_id_idx ON public.email_changes USING btree (user_id);

CREATE TABLE handovers (
    circle_id uuid NOT NULL,
    id uuid NOT NULL,
    version integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    created_by_member_id uuid,
    updated_at timestamp with time zone NOT NULL,
    task_id uuid,
    need_id uuid,
    role_assignment_id uuid,
    from_member_id uuid NOT NULL,
    to_member_id uuid,
    taken_by_member_id uuid,
    reason text NOT NULL,
    note text,
    state text NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    CONSTRAINT handovers_circle_fk FOREIGN KEY (circle_id) REFERENCES circles(id) ON DELETE CASCADE,
    CONSTRAINT handovers_from_member_id_fk FOREIGN KEY (circle_id, from_member_id) REFERENCES memberships(circle_id, id) ON DELETE CASCADE,
    CONSTRAINT handovers_need_id_fk FOREIGN KEY (circle_id, need_id) REFERENCES needs(circle_id, id) ON DELETE CASCADE,
    CONSTRAINT handovers_pkey PRIMARY KEY (circle_id, id),
    CONSTRAINT handovers_role_assignment_id_fk FOREIGN KEY (circle_id, role_assignment_id) REFERENCES role_assignments(circle_id, id) ON DELETE CASCADE,
    CONSTRAINT handovers_taken_by_member_id_fk FOREIGN KEY (circle_id, taken_by_member_id) REFERENCES memberships(circle_id, id) ON DELETE CASCADE,
    CONSTRAINT handovers_task_id_fk FOREIGN KEY (circle_id, task_id) REFERENCES tasks(circle_id, id) ON DELETE CASCADE,
    CONSTRAINT handovers_to_member_id_fk FOREIGN KEY (circle_id, to_member_id) REFERENCES memberships(circle_id, id) ON DELETE CASCADE
);
CREATE INDEX handovers_circle_id_from_member_id_idx ON public.handovers USING btree (circle_id, from_member_id);
CREATE INDEX handovers_circle_id_need_id_idx ON public.handovers USING btree (circle_id, need_id);
CREATE INDEX handovers_circle_id_role_assignment_id_idx ON public.handovers USING btree (circle_id, role_assignment_id);
CREATE INDEX handovers_circle_id_state_idx ON public.handovers USING btree (circle_id, state);
CREATE INDEX handovers_circle_id_taken_by_member_id_idx ON public.handovers USING btree (circle_id, taken_by_member_id);
CREATE INDEX handovers_circle_id_task_id_idx ON public.handovers USING btree (circle_id, task_id);
CREATE INDEX handovers_circle_id_to_member_id_idx ON public.handovers USING btree (circle_id, to_member_id);
CREATE UNIQUE INDEX handovers_open_key ON public.handovers USING btree (circle_id, from_member_id, COALESCE(task_id, need_id, role_assignment_id)) WHERE (state = 'open'::text);
CREATE INDEX handovers_state_expires_at_idx ON public.handovers USING btree (state, expires_at);

CREATE TABLE idempotency_records (
    user_id uuid NOT NULL,
    method text NOT NULL,
    path text NOT NULL,
    key text NOT NULL,
    body_hash bytea NOT NULL,
    status integer NOT NULL,
    headers text NOT NULL,
    body text NOT NULL,
    topics text,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT idempotency_records_pkey PRIMARY KEY (user_id, method, path, key)
);
CREATE INDEX idempotency_records_created_at_idx ON public.idempotency_records USING btree (created_at);

CREATE TABLE invitations (
    circle_id uuid NOT NULL,
    id uuid NOT NULL,
    version integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    created_by_member_id uuid,
    updated_at timestamp with time zone NOT NULL,
    email text NOT NULL,
    name text,
    member_id uuid,
    access text NOT NULL,
    as_patient boolean NOT NULL,
    relationship text,
    note text,
    state text NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    sent_hash bytea,
    CONSTRAINT invitations_circle_fk FOREIGN KEY (circle_id) REFERENCES circles(id) ON DELETE CASCADE,
    CONSTRAINT invitations_member_id_fk FOREIGN KEY (circle_id, member_id) REFERENCES memberships(circle_id, id) ON DELETE CASCADE,
    CONSTRAINT invitations_pkey PRIMARY KEY (circle_id, id)
);
CREATE INDEX invitations_circle_id_member_id_idx ON public.invitations USING btree (circle_id, member_id);
CREATE INDEX invitations_email_idx ON public.invitations USING btree (email);
CREATE INDEX invitations_expires_at_idx ON public.invitations USING btree (expires_at);
CREATE INDEX invitations_updated_at_idx ON public.invitations USING btree (updated_at);

CREATE TABLE jobs (
    id uuid NOT NULL,
    payload text NOT NULL,
    lane uuid,
    dedupe_key text,
    state text NOT NULL,
    run_at timestamp with time zone NOT NULL,
    attempts integer NOT NULL,
    fence integer NOT NULL,
    leased_until timestamp with time zone,
    last_error text,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT jobs_pkey PRIMARY KEY (id)
);
CREATE UNIQUE INDEX jobs_dedupe_key_key ON public.jobs USING btree (dedupe_key);
CREATE INDEX jobs_state_run_at_idx ON public.jobs USING btree (state, run_at);

CREATE TABLE join_links (
    circle_id uuid NOT NULL,
    id uuid NOT NULL,
    version integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    created_by_member_id uuid,
    updated_at timestamp with time zone NOT NULL,
    access text NOT NULL,
    max_uses integer NOT NULL,
    uses integer NOT NULL,
    needs_approval boolean NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    revoked_at timestamp with time zone,
    CONSTRAINT join_links_circle_fk FOREIGN KEY (circle_id) REFERENCES circles(id) ON DELETE CASCADE,
    CONSTRAINT join_links_pkey PRIMARY KEY (circle_id, id)
);
CREATE INDEX join_links_expires_at_idx ON public.join_links USING btree (expires_at);

CREATE TABLE join_requests (
    circle_id uuid NOT NULL,
    id uuid NOT NULL,
    version integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    created_by_member_id uuid,
    updated_at timestamp with time zone NOT NULL,
    join_link_id uuid NOT NULL,
    user_id uuid NOT NULL,
    name text NOT NULL,
    note text,
    state text NOT NULL,
    CONSTRAINT join_requests_circle_fk FOREIGN KEY (circle_id) REFERENCES circles(id) ON DELETE CASCADE,
    CONSTRAINT join_requests_join_link_id_fk FOREIGN KEY (circle_id, join_link_id) REFERENCES join_links(circle_id, id) ON DELETE CASCADE,
    CONSTRAINT join_requests_pkey PRIMARY KEY (circle_id, id),
    CONSTRAINT join_requests_user_id_fk FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX join_requests_circle_id_join_link_id_user_id_key ON public.join_requests USING btree (circle_id, join_link_id, user_id);
CREATE INDEX join_requests_updated_at_idx ON public.join_requests USING btree (updated_at);
CREATE INDEX join_requests_user_id_idx ON public.join_requests USING btree (user_id);

CREATE TABLE known_devices (
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    token_hash bytea NOT NULL,
    created_at timestamp with time zone NOT NULL,
    last_used_at timestamp with time zone NOT NULL,
    CONSTRAINT known_devices_pkey PRIMARY KEY (id),
    CONSTRAINT known_devices_user_id_fk FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE
);
CREATE INDEX known_devices_last_used_at_idx ON public.known_devices USING btree (last_used_at);
CREATE UNIQUE INDEX known_devices_token_hash_key ON public.known_devices USING btree (token_hash);
CREATE INDEX known_devices_user_id_idx ON public.known_devices USING btree (user_id);

CREATE TABLE mail_tokens (
    id uuid NOT NULL,
    kind text NOT NULL,
    token_hash bytea NOT NULL,
    circle_id uuid,
    subject_id uuid NOT NULL,
    subject_type text,
    member_id uuid,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone,
    used_at timestamp with time zone,
    voided_at timestamp with time zone,
    CONSTRAINT mail_tokens_pkey PRIMARY KEY (id)
);
CREATE INDEX mail_tokens_circle_id_idx ON public.mail_tokens USING btree (circle_id) WHERE (circle_id IS NOT NULL);
CREATE INDEX mail_tokens_expires_at_idx ON public.mail_tokens USING btree (expires_at);
CREATE INDEX mail_tokens_member_id_idx ON public.mail_tokens USING btree (member_id);
CREATE INDEX mail_tokens_subject_id_kind_idx ON public.mail_tokens USING btree (subject_id, kind);
CREATE UNIQUE INDEX mail_tokens_token_hash_key ON public.mail_tokens USING btree (token_hash);

CREATE TABLE memberships (
    circle_id uuid NOT NULL,
    id uuid NOT NULL,
    version integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    created_by_member_id uuid,
    updated_at timestamp with time zone NOT NULL,
    user_id uuid,
    contact_member_id uuid,
    name text NOT NULL,
    access text NOT NULL,
    is_patient boolean NOT NULL,
    is_proxy boolean NOT NULL,
    relationship text,
    phone text,
    capacity text,
    state text NOT NULL,
    joined_at timestamp with time zone NOT NULL,
    reads integer NOT NULL,
    seen_seq bigint NOT NULL,
    email_detail text,
    email_health_since timestamp with time zone,
    CONSTRAINT memberships_circle_fk FOREIGN KEY (circle_id) REFERENCES circles(id) ON DELETE CASCADE,
    CONSTRAINT memberships_contact_member_id_fk FOREIGN KEY (circle_id, contact_member_id) REFERENCES memberships(circle_id, id) ON DELETE CASCADE,
    CONSTRAINT memberships_pkey PRIMARY KEY (circle_id, id),
    CONSTRAINT memberships_user_id_fk FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE
);
CREATE INDEX memberships_circle_id_contact_member_id_idx ON public.memberships USING btree (circle_id, contact_member_id);
CREATE UNIQUE INDEX memberships_circle_id_user_id_key ON public.memberships USING btree (circle_id, user_id);
CREATE INDEX memberships_user_id_idx ON public.memberships USING btree (user_id);

CREATE TABLE message_edits (
    circle_id uuid NOT NULL,
    id uuid NOT NULL,
    version integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    created_by_member_id uuid,
    updated_at timestamp with time zone NOT NULL,
    message_id uuid NOT NULL,
    message_version integer NOT NULL,
    body text NOT NULL,
    written_at timestamp with time zone NOT NULL,
    CONSTRAINT message_edits_circle_fk FOREIGN KEY (circle_id) REFERENCES circles(id) ON DELETE CASCADE,
    CONSTRAINT message_edits_message_id_fk FOREIGN KEY (circle_id, message_id) REFERENCES messages(circle_id, id) ON DELETE CASCADE,
    CONSTRAINT message_edits_pkey PRIMARY KEY (circle_id, id)
);
CREATE UNIQUE INDEX message_edits_circle_id_message_id_message_version_key ON public.message_edits USING btree (circle_id, message_id, message_version);

CREATE TABLE message_terms (
    circle_id uuid NOT NULL,
    term text NOT NULL,
    message_id uuid NOT NULL,
    author_member_id uuid,
    CONSTRAINT message_terms_message_id_fk FOREIGN KEY (circle_id, message_id) REFERENCES messages(circle_id, id) ON DELETE CASCADE,
    CONSTRAINT message_terms_pkey PRIMARY KEY (circle_id, term, message_id)
);
CREATE INDEX message_terms_circle_id_message_id_term_idx ON public.message_terms USING btree (circle_id, message_id, term);

CREATE TABLE messages (
    circle_id uuid NOT NULL,
    id uuid NOT NULL,
    version integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    created_by_member_id uuid,
    updated_at timestamp with time zone NOT NULL,
    thread_id uuid NOT NULL,
    number integer NOT NULL,
    body text,
    reply_to_message_id uuid,
    mentioned_member_ids text NOT NULL,
    edited_at timestamp with time zone,
    deleted_at timestamp with time zone,
    sent_hash bytea,
    CONSTRAINT messages_circle_fk FOREIGN KEY (circle_id) REFERENCES circles(id) ON DELETE CASCADE,
    CONSTRAINT messages_pkey PRIMARY KEY (circle_id, id),
    CONSTRAINT messages_reply_to_message_id_fk FOREIGN KEY (circle_id, reply_to_message_id) REFERENCES messages(circle_id, id) ON DELETE CASCADE,
    CONSTRAINT messages_thread_id_fk FOREIGN KEY (circle_id, thread_id) REFERENCES threads(circle_id, id) ON DELETE CASCADE
);
CREATE INDEX messages_circle_id_reply_to_message_id_idx ON public.messages USING btree (circle_id, reply_to_message_id);
CREATE UNIQUE INDEX messages_circle_id_thread_id_number_key ON public.messages USING btree (circle_id, thread_id, number);

CREATE TABLE need_assignments (
    circle_id uuid NOT NULL,
    id uuid NOT NULL,
    version integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    created_by_member_id uuid,
    updated_at timestamp with time zone NOT NULL,
    need_id uuid NOT NULL,
    member_id uuid NOT NULL,
    state text NOT NULL,
    is_handing_over boolean NOT NULL DEFAULT false,
    is_away boolean NOT NULL DEFAULT false,
    taken_at timestamp with time zone,
    CONSTRAINT need_assignments_circle_fk FOREIGN KEY (circle_id) REFERENCES circles(id) ON DELETE CASCADE,
    CONSTRAINT need_assignments_member_id_fk FOREIGN KEY (circle_id, member_id) REFERENCES memberships(circle_id, id) ON DELETE CASCADE,
    CONSTRAINT need_assignments_need_id_fk FOREIGN KEY (circle_id, need_id) REFERENCES needs(circle_id, id) ON DELETE CASCADE,
    CONSTRAINT need_assignments_pkey PRIMARY KEY (circle_id, id)
);
CREATE INDEX need_assignments_circle_id_member_id_idx ON public.need_assignments USING btree (circle_id, member_id);
CREATE UNIQUE INDEX need_assignments_circle_id_need_id_member_id_key ON public.need_assignments USING btree (circle_id, need_id, member_id);

CREATE TABLE needs (
    circle_id uuid NOT NULL,
    id uuid NOT NULL,
    version integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    created_by_member_id uuid,
    updated_at timestamp with time zone NOT NULL,
    appointment_id uuid NOT NULL,
    series_need integer,
    kind text NOT NULL,
    people_needed integer NOT NULL,
    people_accepted integer NOT NULL,
    people_uncertain integer NOT NULL DEFAULT 0,
    pickup_location text,
    dropoff_location text,
    notes text,
    starts_on date,
    ends_on date,
    starts_local timestamp without time zone,
    ends_local timestamp without time zone,
    time_zone text,
    starts_at timestamp with time zone,
    ends_at timestamp with time zone,
    sort_at timestamp with time zone NOT NULL,
    over_at timestamp with time zone NOT NULL DEFAULT '9999-12-31 23:59:59+00'::timestamp with time zone,
    state text NOT NULL,
    sent_hash bytea,
    CONSTRAINT needs_appointment_id_fk FOREIGN KEY (circle_id, appointment_id) REFERENCES appointments(circle_id, id) ON DELETE CASCADE,
    CONSTRAINT needs_circle_fk FOREIGN KEY (circle_id) REFERENCES circles(id) ON DELETE CASCADE,
    CONSTRAINT needs_pkey PRIMARY KEY (circle_id, id)
);
CREATE INDEX needs_circle_id_appointment_id_idx ON public.needs USING btree (circle_id, appointment_id);
CREATE INDEX needs_circle_id_over_at_idx ON public.needs USING btree (circle_id, over_at);
CREATE INDEX needs_circle_id_sort_at_id_over_at_idx ON public.needs USING btree (circle_id, sort_at, id, over_at);

CREATE TABLE notification_settings (
    circle_id uuid NOT NULL,
    member_id uuid NOT NULL,
    category text NOT NULL,
    delivery text NOT NULL,
    unsubscribed_at timestamp with time zone,
    CONSTRAINT notification_settings_member_id_fk FOREIGN KEY (circle_id, member_id) REFERENCES memberships(circle_id, id) ON DELETE CASCADE,
    CONSTRAINT notification_settings_pkey PRIMARY KEY (circle_id, member_id, category)
);

CREATE TABLE notifications (
    circle_id uuid NOT NULL,
    id uuid NOT NULL,
    version integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    created_by_member_id uuid,
    updated_at timestamp with time zone NOT NULL,
    member_id uuid NOT NULL,
    category text NOT NULL,
    kind text NOT NULL,
    task_id uuid,
    appointment_id uuid,
    need_id uuid,
    role_id uuid,
    invitation_id uuid,
    subject_member_id uuid,
    join_request_id uuid,
    task_series_id uuid,
    appointment_series_id uuid,
    was_at timestamp with time zone,
    was_on date,
    state text NOT NULL,
    reason text,
    job_id uuid,
    attempts integer NOT NULL,
    sent_at timestamp with time zone,
    read_at timestamp with time zone,
    CONSTRAINT notifications_appointment_id_fk FOREIGN KEY (circle_id, appointment_id) REFERENCES appointments(circle_id, id) ON DELETE CASCADE,
    CONSTRAINT notifications_appointment_series_id_fk FOREIGN KEY (circle_id, appointment_series_id) REFERENCES appointment_series(circle_id, id) ON DELETE CASCADE,
    CONSTRAINT notifications_circle_fk FOREIGN KEY (circle_id) REFERENCES circles(id) ON DELETE CASCADE,
    CONSTRAINT notifications_invitation_id_fk FOREIGN KEY (circle_id, invitation_id) REFERENCES invitations(circle_id, id) ON DELETE CASCADE,
    CONSTRAINT notifications_join_request_id_fk FOREIGN KEY (circle_id, join_request_id) REFERENCES join_requests(circle_id, id) ON DELETE CASCADE,
    CONSTRAINT notifications_member_id_fk FOREIGN KEY (circle_id, member_id) REFERENCES memberships(circle_id, id) ON DELETE CASCADE,
    CONSTRAINT notifications_need_id_fk FOREIGN KEY (circle_id, need_id) REFERENCES needs(circle_id, id) ON DELETE CASCADE,
    CONSTRAINT notifications_pkey PRIMARY KEY (circle_id, id),
    CONSTRAINT notifications_role_id_fk FOREIGN KEY (circle_id, role_id) REFERENCES roles(circle_id, id) ON DELETE CASCADE,
    CONSTRAINT notifications_subject_member_id_fk FOREIGN KEY (circle_id, subject_member_id) REFERENCES memberships(circle_id, id) ON DELETE CASCADE,
    CONSTRAINT notifications_task_id_fk FOREIGN KEY (circle_id, task_id) REFERENCES tasks(circle_id, id) ON DELETE CASCADE,
    CONSTRAINT notifications_task_series_id_fk FOREIGN KEY (circle_id, task_series_id) REFERENCES task_series(circle_id, id) ON DELETE CASCADE
);
CREATE INDEX notifications_circle_id_appointment_id_idx ON public.notifications USING btree (circle_id, appointment_id);
CREATE INDEX notifications_circle_id_appointment_series_id_idx ON public.notifications USING btree (circle_id, appointment_series_id);
CREATE INDEX notifications_circle_id_invitation_id_idx ON public.notifications USING btree (circle_id, invitation_id);
CREATE INDEX notifications_circle_id_join_request_id_idx ON public.notifications USING btree (circle_id, join_request_id);
CREATE INDEX notifications_circle_id_member_id_read_at_created_at_idx ON public.notifications USING btree (circle_id, member_id, read_at, created_at);
CREATE INDEX notifications_circle_id_member_id_state_idx ON public.notifications USING btree (circle_id, member_id, state);
CREATE INDEX notifications_circle_id_need_id_idx ON public.notifications USING btree (circle_id, need_id);
CREATE INDEX notifications_circle_id_role_id_idx ON public.notifications USING btree (circle_id, role_id);
CREATE INDEX notifications_circle_id_subject_member_id_idx ON public.notifications USING btree (circle_id, subject_member_id);
CREATE INDEX notifications_circle_id_task_id_idx ON public.notifications USING btree (circle_id, task_id);
CREATE INDEX notifications_circle_id_task_series_id_idx ON public.notifications USING btree (circle_id, task_series_id);
CREATE INDEX notifications_updated_at_idx ON public.notifications USING btree (updated_at);

CREATE TABLE passkey_challenges (
    id uuid NOT NULL,
    purpose text NOT NULL,
    user_id uuid,
    session_id uuid,
    state text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone,
    CONSTRAINT passkey_challenges_pkey PRIMARY KEY (id),
    CONSTRAINT passkey_challenges_user_id_fk FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE
);
CREATE INDEX passkey_challenges_expires_at_idx ON public.passkey_challenges USING btree (expires_at);
CREATE INDEX passkey_challenges_user_id_idx ON public.passkey_challenges USING btree (user_id);

CREATE TABLE passkeys (
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    name text NOT NULL,
    credential_id bytea NOT NULL,
    credential text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    last_used_at timestamp with time zone,
    CONSTRAINT passkeys_pkey PRIMARY KEY (id),
    CONSTRAINT passkeys_user_id_fk FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX passkeys_credential_id_key ON public.passkeys USING btree (credential_id);
CREATE INDEX passkeys_user_id_idx ON public.passkeys USING btree (user_id);

CREATE TABLE password_resets (
    id uuid NOT NULL,
    email text NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    CONSTRAINT password_resets_pkey PRIMARY KEY (id)
);
CREATE INDEX password_resets_asked_at_idx ON public.password_resets USING btree (asked_at);
CREATE UNIQUE INDEX password_resets_email_key ON public.password_resets USING btree (email);

CREATE TABLE personal_access_token_circles (
    personal_access_token_id uuid NOT NULL,
    circle_id uuid NOT NULL,
    member_id uuid NOT NULL,
    CONSTRAINT personal_access_token_circles_member_id_fk FOREIGN KEY (circle_id, member_id) REFERENCES memberships(circle_id, id) ON DELETE CASCADE,
    CONSTRAINT personal_access_token_circles_personal_access_token_id_fk FOREIGN KEY (personal_access_token_id) REFERENCES personal_access_tokens(id) ON DELETE CASCADE,
    CONSTRAINT personal_access_token_circles_pkey PRIMARY KEY (personal_access_token_id, circle_id)
);
CREATE INDEX personal_access_token_circles_circle_id_member_id_idx ON public.personal_access_token_circles USING btree (circle_id, member_id);

CREATE TABLE personal_access_tokens (
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    name text NOT NULL,
    token_hash bytea NOT NULL,
    scopes text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    last_used_at timestamp with time zone,
    ended_at timestamp with time zone,
    CONSTRAINT personal_access_tokens_pkey PRIMARY KEY (id),
    CONSTRAINT personal_access_tokens_user_id_fk FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE
);
CREATE INDEX personal_access_tokens_ended_at_idx ON public.personal_access_tokens USING btree (ended_at) WHERE (ended_at IS NOT NULL);
CREATE INDEX personal_access_tokens_expires_at_idx ON public.personal_access_tokens USING btree (expires_at);
CREATE UNIQUE INDEX personal_access_tokens_token_hash_key ON public.personal_access_tokens USING btree (token_hash);
CREATE INDEX personal_access_tokens_user_id_idx ON public.personal_access_tokens USING btree (user_id);

CREATE TABLE proxies (
    circle_id uuid NOT NULL,
    id uuid NOT NULL,
    version integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    created_by_member_id uuid,
    updated_at timestamp with time zone NOT NULL,
    member_id uuid NOT NULL,
    basis text NOT NULL,
    said_on date,
    named_by_patient boolean NOT NULL,
    state text NOT NULL,
    activated_at timestamp with time zone,
    CONSTRAINT proxies_circle_fk FOREIGN KEY (circle_id) REFERENCES circles(id) ON DELETE CASCADE,
    CONSTRAINT proxies_member_id_fk FOREIGN KEY (circle_id, member_id) REFERENCES memberships(circle_id, id) ON DELETE CASCADE,
    CONSTRAINT proxies_pkey PRIMARY KEY (circle_id, id)
);
CREATE INDEX proxies_circle_id_created_at_idx ON public.proxies USING btree (circle_id, created_at);
CREATE INDEX proxies_circle_id_member_id_idx ON public.proxies USING btree (circle_id, member_id);

CREATE TABLE questions (
    circle_id uuid NOT NULL,
    id uuid NOT NULL,
    version integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    created_by_member_id uuid,
    updated_at timestamp with time zone NOT NULL,
    text text NOT NULL,
    topic text NOT NULL,
    state text NOT NULL,
    appointment_id uuid,
    carried_over boolean NOT NULL,
    answer text,
    heard_by_member_id uuid,
    answered_on date,
    sent_hash bytea,
    CONSTRAINT questions_appointment_id_fk FOREIGN KEY (circle_id, appointment_id) REFERENCES appointments(circle_id, id) ON DELETE CASCADE,
    CONSTRAINT questions_circle_fk FOREIGN KEY (circle_id) REFERENCES circles(id) ON DELETE CASCADE,
    CONSTRAINT questions_heard_by_member_id_fk FOREIGN KEY (circle_id, heard_by_member_id) REFERENCES memberships(circle_id, id) ON DELETE CASCADE,
    CONSTRAINT questions_pkey PRIMARY KEY (circle_id, id)
);
CREATE INDEX questions_circle_id_appointment_id_state_idx ON public.questions USING btree (circle_id, appointment_id, state);
CREATE INDEX questions_circle_id_created_at_id_idx ON public.questions USING btree (circle_id, created_at, id);
CREATE INDEX questions_circle_id_heard_by_member_id_idx ON public.questions USING btree (circle_id, heard_by_member_id);
CREATE INDEX questions_circle_id_state_topic_created_at_idx ON public.questions USING btree (circle_id, state, topic, created_at);

CREATE TABLE rate_windows (
    subject_hash bytea NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    reserved bigint NOT NULL,
    CONSTRAINT rate_windows_pkey PRIMARY KEY (subject_hash, ends_at)
);
CREATE INDEX rate_windows_ends_at_idx ON public.rate_windows USING btree (ends_at);

CREATE TABLE read_cursors (
    circle_id uuid NOT NULL,
    id uuid NOT NULL,
    version integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    created_by_member_id uuid,
    updated_at timestamp with time zone NOT NULL,
    thread_id uuid NOT NULL,
    member_id uuid NOT NULL,
    number integer NOT NULL,
    CONSTRAINT read_cursors_circle_fk FOREIGN KEY (circle_id) REFERENCES circles(id) ON DELETE CASCADE,
    CONSTRAINT read_cursors_member_id_fk FOREIGN KEY (circle_id, member_id) REFERENCES memberships(circle_id, id) ON DELETE CASCADE,
    CONSTRAINT read_cursors_pkey PRIMARY KEY (circle_id, id),
    CONSTRAINT read_cursors_thread_id_fk FOREIGN KEY (circle_id, thread_id) REFERENCES threads(circle_id, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX read_cursors_circle_id_member_id_thread_id_key ON public.read_cursors USING btree (circle_id, member_id, thread_id);
CREATE INDEX read_cursors_circle_id_thread_id_idx ON public.read_cursors USING btree (circle_id, thread_id);

CREATE TABLE recovery_codes (
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    number integer NOT NULL,
    code_hash text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone,
    CONSTRAINT recovery_codes_pkey PRIMARY KEY (id),
    CONSTRAINT recovery_codes_user_id_fk FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX recovery_codes_user_id_number_key ON public.recovery_codes USING btree (user_id, number);

CREATE TABLE refresh_tokens (
    id uuid NOT NULL,
    session_id uuid NOT NULL,
    token_hash bytea NOT NULL,
    created_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone,
    successor_id uuid,
    access_used_at timestamp with time zone,
    CONSTRAINT refresh_tokens_pkey PRIMARY KEY (id),
    CONSTRAINT refresh_tokens_session_id_fk FOREIGN KEY (session_id) REFERENCES sessions(id) ON DELETE CASCADE
);
CREATE INDEX refresh_tokens_session_id_idx ON public.refresh_tokens USING btree (session_id);
CREATE UNIQUE INDEX refresh_tokens_token_hash_key ON public.refresh_tokens USING btree (token_hash);
CREATE INDEX refresh_tokens_used_at_idx ON public.refresh_tokens USING btree (used_at) WHERE (used_at IS NOT NULL);

CREATE TABLE registrations (
    id uuid NOT NULL,
    email text NOT NULL,
    name text NOT NULL,
    password_hash text NOT NULL,
    time_zone text NOT NULL,
    locale text,
    code_hash bytea NOT NULL,
    code_number integer NOT NULL,
    tries_left integer NOT NULL,
    code_expires_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    confirmed_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT registrations_pkey PRIMARY KEY (id)
);
CREATE INDEX registrations_email_idx ON public.registrations USING btree (email);
CREATE INDEX registrations_expires_at_idx ON public.registrations USING btree (expires_at);

CREATE TABLE reminders (
    circle_id uuid NOT NULL,
    id uuid NOT NULL,
    version integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    created_by_member_id uuid,
    updated_at timestamp with time zone NOT NULL,
    kind text NOT NULL,
    task_id uuid,
    appointment_id uuid,
    need_id uuid,
    member_id uuid,
    schedule_version integer NOT NULL,
    offset_minutes integer NOT NULL,
    fire_at timestamp with time zone NOT NULL,
    not_after timestamp with time zone NOT NULL,
    state text NOT NULL,
    sent_early boolean NOT NULL,
    CONSTRAINT reminders_appointment_id_fk FOREIGN KEY (circle_id, appointment_id) REFERENCES appointments(circle_id, id) ON DELETE CASCADE,
    CONSTRAINT reminders_circle_fk FOREIGN KEY (circle_id) REFERENCES circles(id) ON DELETE CASCADE,
    CONSTRAINT reminders_member_id_fk FOREIGN KEY (circle_id, member_id) REFERENCES memberships(circle_id, id) ON DELETE CASCADE,
    CONSTRAINT reminders_need_id_fk FOREIGN KEY (circle_id, need_id) REFERENCES needs(circle_id, id) ON DELETE CASCADE,
    CONSTRAINT reminders_pkey PRIMARY KEY (circle_id, id),
    CONSTRAINT reminders_task_id_fk FOREIGN KEY (circle_id, task_id) REFERENCES tasks(circle_id, id) ON DELETE CASCADE
);
CREATE INDEX reminders_circle_id_appointment_id_idx ON public.reminders USING btree (circle_id, appointment_id);
CREATE INDEX reminders_circle_id_member_id_idx ON public.reminders USING btree (circle_id, member_id);
CREATE INDEX reminders_circle_id_need_id_idx ON public.reminders USING btree (circle_id, need_id);
CREATE INDEX reminders_circle_id_state_fire_at_idx ON public.reminders USING btree (circle_id, state, fire_at);
CREATE INDEX reminders_circle_id_task_id_idx ON public.reminders USING btree (circle_id, task_id);
CREATE UNIQUE INDEX reminders_item_key ON public.reminders USING btree (circle_id, COALESCE(task_id, appointment_id, need_id), COALESCE(member_id, circle_id), schedule_version, offset_minutes, ((kind = 'uncovered'::text)));
CREATE INDEX reminders_state_fire_at_id_idx ON public.reminders USING btree (state, fire_at, id);

CREATE TABLE role_assignments (
    circle_id uuid NOT NULL,
    id uuid NOT NULL,
    version integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    created_by_member_id uuid,
    updated_at timestamp with time zone NOT NULL,
    role_id uuid NOT NULL,
    member_id uuid NOT NULL,
    state text NOT NULL,
    starts_on date,
    ends_on date,
    ended_on date,
    previous_assignment_id uuid,
    offered_by_member_id uuid,
    patient_part text,
    patient_part_text text,
    patient_part_task_id uuid,
    is_handing_over boolean NOT NULL DEFAULT false,
    CONSTRAINT role_assignments_circle_fk FOREIGN KEY (circle_id) REFERENCES circles(id) ON DELETE CASCADE,
    CONSTRAINT role_assignments_member_id_fk FOREIGN KEY (circle_id, member_id) REFERENCES memberships(circle_id, id) ON DELETE CASCADE,
    CONSTRAINT role_assignments_offered_by_member_id_fk FOREIGN KEY (circle_id, offered_by_member_id) REFERENCES memberships(circle_id, id) ON DELETE CASCADE,
    CONSTRAINT role_assignments_patient_part_task_id_fk FOREIGN KEY (circle_id, patient_part_task_id) REFERENCES tasks(circle_id, id) ON DELETE CASCADE,
    CONSTRAINT role_assignments_pkey PRIMARY KEY (circle_id, id),
    CONSTRAINT role_assignments_previous_assignment_id_fk FOREIGN KEY (circle_id, previous_assignment_id) REFERENCES role_assignments(circle_id, id) ON DELETE CASCADE,
    CONSTRAINT role_assignments_role_id_fk FOREIGN KEY (circle_id, role_id) REFERENCES roles(circle_id, id) ON DELETE CASCADE
);
CREATE INDEX role_assignments_circle_id_member_id_state_idx ON public.role_assignments USING btree (circle_id, member_id, state);
CREATE INDEX role_assignments_circle_id_offered_by_member_id_idx ON public.role_assignments USING btree (circle_id, offered_by_member_id);
CREATE INDEX role_assignments_circle_id_patient_part_task_id_idx ON public.role_assignments USING btree (circle_id, patient_part_task_id);
CREATE INDEX role_assignments_circle_id_previous_assignment_id_idx ON public.role_assignments USING btree (circle_id, previous_assignment_id);
CREATE INDEX role_assignments_circle_id_role_id_idx ON public.role_assignments USING btree (circle_id, role_id);
CREATE INDEX role_assignments_circle_id_state_idx ON public.role_assignments USING btree (circle_id, state);
CREATE INDEX role_assignments_state_ends_on_idx ON public.role_assignments USING btree (state, ends_on);

CREATE TABLE roles (
    circle_id uuid NOT NULL,
    id uuid NOT NULL,
    version integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    created_by_member_id uuid,
    updated_at timestamp with time zone NOT NULL,
    kind text NOT NULL,
    title text,
    description text,
    effort_minutes_per_week integer,
    shared boolean NOT NULL,
    previously_carried_by_patient boolean NOT NULL,
    state text NOT NULL,
    sent_hash bytea,
    CONSTRAINT roles_circle_fk FOREIGN KEY (circle_id) REFERENCES circles(id) ON DELETE CASCADE,
    CONSTRAINT roles_pkey PRIMARY KEY (circle_id, id)
);

CREATE TABLE search_indexes (
    version integer NOT NULL,
    indexed_at timestamp with time zone NOT NULL,
    CONSTRAINT search_indexes_pkey PRIMARY KEY (version)
);

CREATE TABLE security_events (
    id uuid NOT NULL,
    user_id uuid,
    occurred_at timestamp with time zone NOT NULL,
    kind text NOT NULL,
    actor_kind text NOT NULL,
    session_id uuid,
    device_label text,
    request_id text,
    address_prefix text,
    CONSTRAINT security_events_pkey PRIMARY KEY (id),
    CONSTRAINT security_events_user_id_fk FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE
);
CREATE INDEX security_events_occurred_at_idx ON public.security_events USING btree (occurred_at);
CREATE INDEX security_events_user_id_occurred_at_idx ON public.security_events USING btree (user_id, occurred_at);

CREATE TABLE sessions (
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    device_label text,
    created_at timestamp with time zone NOT NULL,
    last_used_at timestamp with time zone NOT NULL,
    authenticated_at timestamp with time zone,
    expires_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    CONSTRAINT sessions_pkey PRIMARY KEY (id),
    CONSTRAINT sessions_user_id_fk FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE
);
CREATE INDEX sessions_ended_at_idx ON public.sessions USING btree (ended_at) WHERE (ended_at IS NOT NULL);
CREATE INDEX sessions_expires_at_idx ON public.sessions USING btree (expires_at);
CREATE INDEX sessions_user_id_idx ON public.sessions USING btree (user_id);

CREATE TABLE sign_in_codes (
    id uuid NOT NULL,
    email text NOT NULL,
    device_label text,
    code_hash bytea NOT NULL,
    tries_left integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone,
    CONSTRAINT sign_in_codes_pkey PRIMARY KEY (id)
);
CREATE INDEX sign_in_codes_email_idx ON public.sign_in_codes USING btree (email);
CREATE INDEX sign_in_codes_expires_at_idx ON public.sign_in_codes USING btree (expires_at);

CREATE TABLE sign_in_tickets (
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    token_hash bytea NOT NULL,
    known_device_id uuid,
    device_label text,
    security_event_id uuid NOT NULL,
    failures integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone,
    CONSTRAINT sign_in_tickets_pkey PRIMARY KEY (id),
    CONSTRAINT sign_in_tickets_user_id_fk FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE
);
CREATE INDEX sign_in_tickets_expires_at_idx ON public.sign_in_tickets USING btree (expires_at);
CREATE UNIQUE INDEX sign_in_tickets_token_hash_key ON public.sign_in_tickets USING btree (token_hash);
CREATE INDEX sign_in_tickets_user_id_idx ON public.sign_in_tickets USING btree (user_id);

CREATE TABLE signing_keys (
    id uuid NOT NULL,
    public_key bytea NOT NULL,
    sealed_seed bytea NOT NULL,
    created_at timestamp with time zone NOT NULL,
    active_from timestamp with time zone NOT NULL,
    ends_at timestamp with time zone,
    CONSTRAINT signing_keys_pkey PRIMARY KEY (id)
);

CREATE TABLE successions (
    circle_id uuid NOT NULL,
    id uuid NOT NULL,
    version integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    created_by_member_id uuid,
    updated_at timestamp with time zone NOT NULL,
    member_id uuid NOT NULL,
    supported_by_member_id uuid,
    state text NOT NULL,
    grant_at timestamp with time zone,
    CONSTRAINT successions_circle_fk FOREIGN KEY (circle_id) REFERENCES circles(id) ON DELETE CASCADE,
    CONSTRAINT successions_member_id_fk FOREIGN KEY (circle_id, member_id) REFERENCES memberships(circle_id, id) ON DELETE CASCADE,
    CONSTRAINT successions_pkey PRIMARY KEY (circle_id, id),
    CONSTRAINT successions_supported_by_member_id_fk FOREIGN KEY (circle_id, supported_by_member_id) REFERENCES memberships(circle_id, id) ON DELETE CASCADE
);
CREATE INDEX successions_circle_id_created_at_idx ON public.successions USING btree (circle_id, created_at);
CREATE INDEX successions_circle_id_member_id_idx ON public.successions USING btree (circle_id, member_id);
CREATE INDEX successions_circle_id_supported_by_member_id_idx ON public.successions USING btree (circle_id, supported_by_member_id);

CREATE TABLE task_assignments (
    circle_id uuid NOT NULL,
    id uuid NOT NULL,
    version integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    created_by_member_id uuid,
    updated_at timestamp with time zone NOT NULL,
    task_id uuid NOT NULL,
    member_id uuid NOT NULL,
    state text NOT NULL,
    own_part_done boolean NOT NULL DEFAULT false,
    is_handing_over boolean NOT NULL DEFAULT false,
    is_away boolean NOT NULL DEFAULT false,
    taken_at timestamp with time zone,
    CONSTRAINT task_assignments_circle_fk FOREIGN KEY (circle_id) REFERENCES circles(id) ON DELETE CASCADE,
    CONSTRAINT task_assignments_member_id_fk FOREIGN KEY (circle_id, member_id) REFERENCES memberships(circle_id, id) ON DELETE CASCADE,
    CONSTRAINT task_assignments_pkey PRIMARY KEY (circle_id, id),
    CONSTRAINT task_assignments_task_id_fk FOREIGN KEY (circle_id, task_id) REFERENCES tasks(circle_id, id) ON DELETE CASCADE
);
CREATE INDEX task_assignments_circle_id_member_id_state_task_id_idx ON public.task_assignments USING btree (circle_id, member_id, state, task_id);
CREATE UNIQUE INDEX task_assignments_circle_id_task_id_member_id_key ON public.task_assignments USING btree (circle_id, task_id, member_id);

CREATE TABLE task_checklist_items (
    circle_id uuid NOT NULL,
    id uuid NOT NULL,
    version integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    created_by_member_id uuid,
    updated_at timestamp with time zone NOT NULL,
    task_id uuid NOT NULL,
    title text NOT NULL,
    "position" integer NOT NULL,
    checked_at timestamp with time zone,
    checked_by_member_id uuid,
    sent_hash bytea,
    CONSTRAINT task_checklist_items_circle_fk FOREIGN KEY (circle_id) REFERENCES circles(id) ON DELETE CASCADE,
    CONSTRAINT task_checklist_items_pkey PRIMARY KEY (circle_id, id),
    CONSTRAINT task_checklist_items_task_id_fk FOREIGN KEY (circle_id, task_id) REFERENCES tasks(circle_id, id) ON DELETE CASCADE
);
CREATE INDEX task_checklist_items_circle_id_task_id_idx ON public.task_checklist_items USING btree (circle_id, task_id);

CREATE TABLE task_lists (
    circle_id uuid NOT NULL,
    id uuid NOT NULL,
    version integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    created_by_member_id uuid,
    updated_at timestamp with time zone NOT NULL,
    title text NOT NULL,
    "position" integer NOT NULL,
    sent_hash bytea,
    CONSTRAINT task_lists_circle_fk FOREIGN KEY (circle_id) REFERENCES circles(id) ON DELETE CASCADE,
    CONSTRAINT task_lists_pkey PRIMARY KEY (circle_id, id)
);

CREATE TABLE task_series (
    circle_id uuid NOT NULL,
    id uuid NOT NULL,
    version integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    created_by_member_id uuid,
    updated_at timestamp with time zone NOT NULL,
    task_list_id uuid,
    title text NOT NULL,
    notes text,
    category text NOT NULL,
    topic text NOT NULL,
    due_on date,
    due_local timestamp without time zone,
    starts_local timestamp without time zone,
    time_zone text,
    recurrence text NOT NULL,
    last_on date,
    effort_minutes integer,
    people_needed integer NOT NULL,
    reminder_minutes text NOT NULL,
    lapse_after_days integer,
    checklist text NOT NULL,
    state text NOT NULL,
    turns_from date,
    made_until date NOT NULL,
    previous_series_id uuid,
    sent_hash bytea,
    CONSTRAINT task_series_circle_fk FOREIGN KEY (circle_id) REFERENCES circles(id) ON DELETE CASCADE,
    CONSTRAINT task_series_pkey PRIMARY KEY (circle_id, id),
    CONSTRAINT task_series_previous_series_id_fk FOREIGN KEY (circle_id, previous_series_id) REFERENCES task_series(circle_id, id) ON DELETE CASCADE,
    CONSTRAINT task_series_task_list_id_fk FOREIGN KEY (circle_id, task_list_id) REFERENCES task_lists(circle_id, id) ON DELETE CASCADE
);
CREATE INDEX task_series_circle_id_previous_series_id_idx ON public.task_series USING btree (circle_id, previous_series_id);
CREATE INDEX task_series_circle_id_task_list_id_idx ON public.task_series USING btree (circle_id, task_list_id);
CREATE INDEX task_series_state_last_on_idx ON public.task_series USING btree (state, last_on);
CREATE INDEX task_series_state_made_until_idx ON public.task_series USING btree (state, made_until);

CREATE TABLE task_series_members (
    circle_id uuid NOT NULL,
    id uuid NOT NULL,
    version integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    created_by_member_id uuid,
    updated_at timestamp with time zone NOT NULL,
    series_id uuid NOT NULL,
    member_id uuid NOT NULL,
    state text NOT NULL,
    turn integer,
    CONSTRAINT task_series_members_circle_fk FOREIGN KEY (circle_id) REFERENCES circles(id) ON DELETE CASCADE,
    CONSTRAINT task_series_members_member_id_fk FOREIGN KEY (circle_id, member_id) REFERENCES memberships(circle_id, id) ON DELETE CASCADE,
    CONSTRAINT task_series_members_pkey PRIMARY KEY (circle_id, id),
    CONSTRAINT task_series_members_series_id_fk FOREIGN KEY (circle_id, series_id) REFERENCES task_series(circle_id, id) ON DELETE CASCADE
);
CREATE INDEX task_series_members_circle_id_member_id_idx ON public.task_series_members USING btree (circle_id, member_id);
CREATE UNIQUE INDEX task_series_members_circle_id_series_id_member_id_key ON public.task_series_members USING btree (circle_id, series_id, member_id);

CREATE TABLE task_terms (
    circle_id uuid NOT NULL,
    term text NOT NULL,
    task_id uuid NOT NULL,
    in_title integer NOT NULL,
    CONSTRAINT task_terms_pkey PRIMARY KEY (circle_id, term, task_id, in_title),
    CONSTRAINT task_terms_task_id_fk FOREIGN KEY (circle_id, task_id) REFERENCES tasks(circle_id, id) ON DELETE CASCADE
);
CREATE INDEX task_terms_circle_id_task_id_term_idx ON public.task_terms USING btree (circle_id, task_id, term);

CREATE TABLE tasks (
    circle_id uuid NOT NULL,
    id uuid NOT NULL,
    version integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    created_by_member_id uuid,
    updated_at timestamp with time zone NOT NULL,
    task_list_id uuid,
    series_id uuid,
    original_on date,
    is_exception boolean NOT NULL DEFAULT false,
    appointment_id uuid,
    title text NOT NULL,
    notes text,
    category text NOT NULL,
    topic text NOT NULL,
    due_on date,
    due_local timestamp without time zone,
    starts_local timestamp without time zone,
    time_zone text,
    due_at timestamp with time zone,
    begins_at timestamp with time zone NOT NULL DEFAULT '9999-12-31 23:59:59+00'::timestamp with time zone,
    over_at timestamp with time zone NOT NULL DEFAULT '9999-12-31 23:59:59+00'::timestamp with time zone,
    sort_at timestamp with time zone NOT NULL,
    effort_minutes integer,
    people_needed integer NOT NULL,
    people_accepted integer NOT NULL,
    people_uncertain integer NOT NULL DEFAULT 0,
    reminder_minutes text NOT NULL,
    state text NOT NULL,
    schedule_version integer NOT NULL,
    completed_at timestamp with time zone,
    completion_recorded_at timestamp with time zone,
    completed_by_member_id uuid,
    lapse_after_days integer,
    lapses_at timestamp with time zone,
    ended_at timestamp with time zone,
    ended_from text,
    canceled_by_member_id uuid,
    sent_hash bytea,
    CONSTRAINT tasks_appointment_id_fk FOREIGN KEY (circle_id, appointment_id) REFERENCES appointments(circle_id, id) ON DELETE CASCADE,
    CONSTRAINT tasks_circle_fk FOREIGN KEY (circle_id) REFERENCES circles(id) ON DELETE CASCADE,
    CONSTRAINT tasks_pkey PRIMARY KEY (circle_id, id),
    CONSTRAINT tasks_series_id_fk FOREIGN KEY (circle_id, series_id) REFERENCES task_series(circle_id, id) ON DELETE CASCADE,
    CONSTRAINT tasks_task_list_id_fk FOREIGN KEY (circle_id, task_list_id) REFERENCES task_lists(circle_id, id) ON DELETE CASCADE
);
CREATE INDEX tasks_circle_id_appointment_id_idx ON public.tasks USING btree (circle_id, appointment_id);
CREATE INDEX tasks_circle_id_completed_at_idx ON public.tasks USING btree (circle_id, completed_at) WHERE (completed_at IS NOT NULL);
CREATE INDEX tasks_circle_id_over_at_idx ON public.tasks USING btree (circle_id, over_at);
CREATE UNIQUE INDEX tasks_circle_id_series_id_original_on_key ON public.tasks USING btree (circle_id, series_id, original_on);
CREATE INDEX tasks_circle_id_sort_at_id_over_at_idx ON public.tasks USING btree (circle_id, sort_at, id, over_at);
CREATE INDEX tasks_circle_id_state_sort_at_id_topic_idx ON public.tasks USING btree (circle_id, state, sort_at, id, topic);
CREATE INDEX tasks_circle_id_state_with_room_idx ON public.tasks USING btree (circle_id, state, id, topic, starts_local, due_at) WHERE (people_accepted < people_needed);
CREATE INDEX tasks_circle_id_task_list_id_idx ON public.tasks USING btree (circle_id, task_list_id);
CREATE INDEX tasks_lapses_at_idx ON public.tasks USING btree (lapses_at) WHERE (lapses_at IS NOT NULL);

CREATE TABLE thread_members (
    circle_id uuid NOT NULL,
    id uuid NOT NULL,
    version integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    created_by_member_id uuid,
    updated_at timestamp with time zone NOT NULL,
    thread_id uuid NOT NULL,
    member_id uuid NOT NULL,
    CONSTRAINT thread_members_circle_fk FOREIGN KEY (circle_id) REFERENCES circles(id) ON DELETE CASCADE,
    CONSTRAINT thread_members_member_id_fk FOREIGN KEY (circle_id, member_id) REFERENCES memberships(circle_id, id) ON DELETE CASCADE,
    CONSTRAINT thread_members_pkey PRIMARY KEY (circle_id, id),
    CONSTRAINT thread_members_thread_id_fk FOREIGN KEY (circle_id, thread_id) REFERENCES threads(circle_id, id) ON DELETE CASCADE
);
CREATE INDEX thread_members_circle_id_member_id_idx ON public.thread_members USING btree (circle_id, member_id);
CREATE UNIQUE INDEX thread_members_circle_id_thread_id_member_id_key ON public.thread_members USING btree (circle_id, thread_id, member_id);

CREATE TABLE threads (
    circle_id uuid NOT NULL,
    id uuid NOT NULL,
    version integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    created_by_member_id uuid,
    updated_at timestamp with time zone NOT NULL,
    kind text NOT NULL,
    topic text,
    task_id uuid,
    appointment_id uuid,
    title text,
    titled_by uuid,
    state text NOT NULL,
    last_number integer NOT NULL,
    last_activity_at timestamp with time zone NOT NULL,
    sent_hash bytea,
    CONSTRAINT threads_appointment_id_fk FOREIGN KEY (circle_id, appointment_id) REFERENCES appointments(circle_id, id) ON DELETE CASCADE,
    CONSTRAINT threads_circle_fk FOREIGN KEY (circle_id) REFERENCES circles(id) ON DELETE CASCADE,
    CONSTRAINT threads_pkey PRIMARY KEY (circle_id, id),
    CONSTRAINT threads_task_id_fk FOREIGN KEY (circle_id, task_id) REFERENCES tasks(circle_id, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX threads_circle_id_appointment_id_key ON public.threads USING btree (circle_id, appointment_id);
CREATE INDEX threads_circle_id_last_activity_at_id_idx ON public.threads USING btree (circle_id, last_activity_at, id);
CREATE UNIQUE INDEX threads_circle_id_task_id_key ON public.threads USING btree (circle_id, task_id);

CREATE TABLE throttles (
    subject_hash bytea NOT NULL,
    tries integer NOT NULL,
    until timestamp with time zone NOT NULL,
    forget_at timestamp with time zone,
    CONSTRAINT throttles_pkey PRIMARY KEY (subject_hash)
);
CREATE INDEX throttles_forget_at_idx ON public.throttles USING btree (forget_at);

CREATE TABLE topic_grants (
    circle_id uuid NOT NULL,
    member_id uuid NOT NULL,
    topic text NOT NULL,
    level text NOT NULL,
    until timestamp with time zone,
    patient_limit text,
    patient_limit_until timestamp with time zone,
    CONSTRAINT topic_grants_member_id_fk FOREIGN KEY (circle_id, member_id) REFERENCES memberships(circle_id, id) ON DELETE CASCADE,
    CONSTRAINT topic_grants_pkey PRIMARY KEY (circle_id, member_id, topic)
);
CREATE INDEX topic_grants_until_idx ON public.topic_grants USING btree (until) WHERE (until IS NOT NULL);

CREATE TABLE totp_factors (
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    seed bytea NOT NULL,
    last_step bigint,
    created_at timestamp with time zone NOT NULL,
    confirmed_at timestamp with time zone,
    CONSTRAINT totp_factors_pkey PRIMARY KEY (id),
    CONSTRAINT totp_factors_user_id_fk FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX totp_factors_user_id_key ON public.totp_factors USING btree (user_id);

CREATE TABLE users (
    id uuid NOT NULL,
    email text NOT NULL,
    name text NOT NULL,
    password_hash text,
    time_zone text NOT NULL,
    locale text,
    state text NOT NULL,
    quiet_from text,
    quiet_until text,
    quiet_check_at timestamp with time zone,
    digest_time text NOT NULL,
    digest_weekday text,
    avatar_file_id uuid,
    deletion_scheduled_for timestamp with time zone,
    bouncing_since timestamp with time zone,
    bounces integer NOT NULL,
    version integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT users_pkey PRIMARY KEY (id)
);
CREATE UNIQUE INDEX users_avatar_file_id_key ON public.users USING btree (avatar_file_id);
CREATE INDEX users_deletion_scheduled_for_idx ON public.users USING btree (deletion_scheduled_for) WHERE (deletion_scheduled_for IS NOT NULL);
CREATE UNIQUE INDEX users_email_key ON public.users USING btree (email);
CREATE INDEX users_quiet_check_at_idx ON public.users USING btree (quiet_check_at);

CREATE TABLE zone_rules (
    version text NOT NULL,
    followed_at timestamp with time zone NOT NULL,
    CONSTRAINT zone_rules_pkey PRIMARY KEY (version)
);
