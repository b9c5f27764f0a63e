//! The codes of faults in fields and parameters, in one table. The OpenAPI document lists them.

use crate::entity::wire_enum;

wire_enum! {
    /// The stable name of a fault, for programs.
    FieldErrorCode {
        /// The field is missing.
        Required = "required",
        /// There is no such field.
        UnknownField = "unknown_field",
        /// There is no such parameter.
        UnknownParameter = "unknown_parameter",
        /// The parameter was sent more than once.
        GivenTwice = "given_twice",
        /// The value has another type than the field.
        WrongType = "wrong_type",
        /// The value is none of those that are listed.
        UnknownValue = "unknown_value",
        /// The value cannot be read.
        InvalidValue = "invalid_value",
        /// The number is too small or too large.
        OutOfRange = "out_of_range",
        /// The text or list is too short.
        TooShort = "too_short",
        /// The text or list is too long.
        TooLong = "too_long",
        /// The text has a character that it cannot have.
        ForbiddenCharacter = "forbidden_character",
        /// Emails show the text, so it cannot have a link.
        ContainsLink = "contains_link",
        /// It is not the address of a web page.
        NotALink = "not_a_link",
        /// It is not an email address, or no email can reach it.
        Email = "email",
        /// The password or code is wrong.
        Incorrect = "incorrect",
        /// The password is in a list of stolen passwords.
        PasswordBreached = "password_breached",
        /// The password is easy to guess.
        PasswordTooWeak = "password_too_weak",
        /// The credential is not what a passkey returns.
        MalformedCredential = "malformed_credential",
        /// The passkey belongs to an app or a website of another origin.
        WrongOrigin = "wrong_origin",
        /// The device did not ask for a fingerprint, a face or a PIN.
        UserNotVerified = "user_not_verified",
        /// No passkey challenge of yours has this id, or it is too old.
        UnknownPasskeyChallenge = "unknown_passkey_challenge",
        /// Send one of the fields, not none and not several.
        ExactlyOneRequired = "exactly_one_required",
        /// Send `true` when the person has confirmed it.
        NotConfirmed = "not_confirmed",
        /// It is the value that is there already.
        Unchanged = "unchanged",
        /// The moment is in the future.
        InTheFuture = "in_the_future",
        /// The moment is in the past.
        InThePast = "in_the_past",
        /// The moment is long before the thing was created.
        BeforeCreation = "before_creation",
        /// Send a date or a time, not both.
        DateAndTime = "date_and_time",
        /// The start needs a due time.
        StartWithoutDue = "start_without_due",
        /// The series has no occurrence on this date or after it.
        NoSuchDate = "no_such_date",
        /// The end needs a start.
        EndWithoutStart = "end_without_start",
        /// The end is before the start.
        StartAfterEnd = "start_after_end",
        /// Send the end or that there is none, not both.
        EndAndWithout = "end_and_without",
        /// A beginning and an end go together: send both, or clear both.
        BeginningAndEnd = "beginning_and_end",
        /// The beginning and the end are the same time of day.
        BeginningIsEnd = "beginning_is_end",
        /// It lasts longer than a year.
        LastsTooLong = "lasts_too_long",
        /// The recurrence rule does not include the first date.
        FirstNotInSeries = "first_not_in_series",
        /// Send attendees or that there are none, not both.
        AttendeesAndWithout = "attendees_and_without",
        /// Send the minutes of reminders or that there are none, not both.
        MinutesAndOff = "minutes_and_off",
        /// `clear` names the field, and the body sends a value for it.
        ClearedAndSent = "cleared_and_sent",
        /// You belong to no circle with this id.
        UnknownCircle = "unknown_circle",
        /// No active member has this id.
        UnknownMember = "unknown_member",
        /// This member may not do it, or does not see the topic.
        MemberCannotTakePart = "member_cannot_take_part",
        /// It is named before in the same list.
        NamedTwice = "named_twice",
        /// You see no appointment with this id.
        UnknownAppointment = "unknown_appointment",
        /// The appointment is completed, missed or canceled.
        AppointmentOver = "appointment_over",
        /// You see no message with this id.
        UnknownMessage = "unknown_message",
        /// You see no task with this id.
        UnknownTask = "unknown_task",
        /// There is no need with this id.
        UnknownNeed = "unknown_need",
        /// There is no task list with this id.
        UnknownTaskList = "unknown_task_list",
        /// There is no role assignment with this id.
        UnknownRoleAssignment = "unknown_role_assignment",
        /// You do not see this topic.
        TopicNotVisible = "topic_not_visible",
        /// Send a topic or members, not both.
        TopicAndMembers = "topic_and_members",
        /// A thread needs another member than yourself.
        NoOtherMember = "no_other_member",
        /// An end needs a topic that ends.
        WithoutTopics = "without_topics",
        /// The patient set a lower level or an earlier end.
        AbovePatientSetting = "above_patient_setting",
        /// Only the patient can choose this.
        OnlyPatientCanChoose = "only_patient_can_choose",
        /// The field does not go with this `patient_part`.
        NotWithThisPatientPart = "not_with_this_patient_part",
        /// More members have claimed it than this number.
        FewerThanAssigned = "fewer_than_assigned",
        /// More than one member carries the role.
        SeveralAssignments = "several_assignments",
        /// A successor is named where none is needed.
        SuccessorNotNeeded = "successor_not_needed",
        /// The account of this member is not in use.
        AccountInactive = "account_inactive",
        /// The member has no account, and this needs one.
        NeedsAccount = "needs_account",
        /// The member has an account and acts for themselves.
        MemberHasAccount = "member_has_account",
    }
}

impl FieldErrorCode {
    /// The code with this text.
    pub fn of(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.as_str() == text)
    }
}
