//! The table of all codes that a problem can have. The document lists it as `ProblemCode`, and
//! `/problems/{code}` shows each line as a page. A problem takes its status and its title from
//! here, so that a code without a line does not compile.

use std::borrow::Cow;

use axum::http::StatusCode;
use serde::{Serialize, Serializer};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

/// What a code means, for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProblemText {
    pub status: StatusCode,
    /// A short title, without a period.
    pub title: &'static str,
    /// What happened, in whole sentences.
    pub meaning: &'static str,
    /// What to do now, in whole sentences.
    pub remedy: &'static str,
}

macro_rules! problem_codes {
    ($($variant:ident $code:literal $status:ident $title:literal $meaning:literal $remedy:literal;)+) => {
        /// The stable name of a problem, for programs.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum ProblemCode {
            $(#[doc = $title] $variant,)+
        }

        impl ProblemCode {
            /// All codes, by status and then by name.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The code as it is sent.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $code,)+ }
            }

            /// What the code means.
            pub const fn text(self) -> ProblemText {
                match self {
                    $(Self::$variant => ProblemText {
                        status: StatusCode::$status,
                        title: $title,
                        meaning: $meaning,
                        remedy: $remedy,
                    },)+
                }
            }
        }
    };
}

problem_codes! {
    InvalidParameters "invalid_parameters" BAD_REQUEST "Some parameters cannot be accepted"
        "A parameter after the question mark is unknown or has a wrong value. Nothing was changed."
        "`errors` names each parameter and says what to send.";
    MalformedRequest "malformed_request" BAD_REQUEST "Malformed request"
        "The server cannot read the request: the JSON, a header or the address is malformed. Nothing was changed."
        "`detail` says what is wrong. Correct the request and send it again.";

    InvalidToken "invalid_token" UNAUTHORIZED "Token not valid"
        "The token is wrong, was revoked, or belongs to a session that has ended."
        "Refreshing does not help. Sign in again; for a program, create a new personal access token.";
    TokenExpired "token_expired" UNAUTHORIZED "Token expired"
        "The token was valid and is now too old."
        "Refresh the access token with POST /v1/sessions/refresh and repeat the request. In place of a personal access token, create a new one.";
    Unauthenticated "unauthenticated" UNAUTHORIZED "Sign in first"
        "The operation is for people who are signed in, and the request has no token."
        "Sign in, and send the access token in the header `Authorization: Bearer …`.";
    WrongCredentials "wrong_credentials" UNAUTHORIZED "Wrong credentials"
        "The password, code, passkey or token is wrong. The answer does not say whether there is an account."
        "Enter it again, or use another way to sign in. After several wrong tries you have to wait.";

    Forbidden "forbidden" FORBIDDEN "Not allowed"
        "Your access level in this circle, or your part in this, does not allow the operation."
        "`detail` says who may do it. `actions` of a thing lists what you may do with it.";
    InsufficientScope "insufficient_scope" FORBIDDEN "Not allowed with this token"
        "The personal access token does not have the scopes of this operation, or no personal access token may do this."
        "Create a token with the scopes in `detail`, or sign in and use the access token of the session.";
    ReauthenticationRequired "reauthentication_required" FORBIDDEN "Confirm your identity"
        "The operation needs a proof from the last ten minutes that it is you."
        "Confirm your identity with POST /v1/me/reauthenticate or sign in again, then repeat the request.";
    SignupsClosed "signups_closed" FORBIDDEN "By invitation only"
        "On this server, a new account needs an invitation."
        "Ask a coordinator of a circle to invite you.";

    NotFound "not_found" NOT_FOUND "Not found"
        "This does not exist, or you cannot see it. The answer is the same for both."
        "Check the address and its ids. Read the list again: it may have been deleted, or your topics have changed.";
    MethodNotAllowed "method_not_allowed" METHOD_NOT_ALLOWED "Method not allowed"
        "The address exists, but does not have this method."
        "Send one of the methods in the header `Allow`.";

    AccountDeletionScheduled "account_deletion_scheduled" CONFLICT "Account deletion is scheduled"
        "The deletion of your account is scheduled. Until then you can read, but not change anything."
        "Cancel the deletion first if you want to stay.";
    AccountExists "account_exists" CONFLICT "Account exists"
        "There is an account with this email address already."
        "Sign in with it. If you do not know the password, reset it.";
    AlreadyAssigned "already_assigned" CONFLICT "Already assigned"
        "The member has this role already in a part of this time. `conflicts` lists the assignments."
        "Choose another time or another member, or end the other assignment first.";
    AlreadyMember "already_member" CONFLICT "Already a member"
        "The person is a member of this circle already."
        "To join or to invite, nothing is left to do. To leave the circle, use the operation for it.";
    BelongsToItem "belongs_to_item" CONFLICT "Belongs to a task or an appointment"
        "The thread holds the comments of a task or an appointment. It has the title of that, and lasts as long."
        "Change the task or the appointment instead.";
    CannotTargetYourself "cannot_target_yourself" CONFLICT "Not for yourself"
        "You cannot suspend or remove yourself."
        "Leave the circle instead.";
    CircleArchived "circle_archived" CONFLICT "Circle is archived"
        "The circle is archived: it can only be read."
        "A coordinator can unarchive it. Leaving it, exporting your data and deleting the circle still work.";
    CircleInMemory "circle_in_memory" CONFLICT "Circle is kept in memory"
        "The circle is kept in memory of the patient: nothing new is planned in it, and nobody new is invited."
        "Members can still write messages and read everything. To plan something else, create another circle.";
    CoordinatorActive "coordinator_active" CONFLICT "A coordinator is active"
        "The circle has a coordinator who has done something in it in the last 14 days, or several coordinators."
        "Ask a coordinator to make another member coordinator.";
    DeletionInProgress "deletion_in_progress" CONFLICT "Deletion in progress"
        "The time to cancel the deletion is over: the data is being erased."
        "Nothing can stop it now.";
    EmailMismatch "email_mismatch" CONFLICT "Invitation for another address"
        "The invitation was sent to another email address than the one of your account."
        "Sign in with the account of that address, or ask for an invitation to yours.";
    FullyCovered "fully_covered" CONFLICT "Enough people"
        "As many members as needed have claimed it already."
        "Read it again. Somebody may release it later.";
    IdReused "id_reused" CONFLICT "Id used before"
        "You created something else with this id before. Nothing of this request was stored."
        "Update the existing one, or send a new id.";
    IdTaken "id_taken" CONFLICT "Id taken"
        "Something else has the id that you chose."
        "Send a new id: a random UUID.";
    InvalidTransition "invalid_transition" CONFLICT "Not possible in this state"
        "The thing is in a state that does not allow this. `state` names it."
        "`actions` lists what you can do with it now. Read it again.";
    InvitationDeclined "invitation_declined" CONFLICT "Invitation declined"
        "The invitation was declined with this token."
        "Ask the member who invited you for a new invitation.";
    JoinLinkClosed "join_link_closed" CONFLICT "Join link is closed"
        "The link was revoked, has expired, as many people as it allows have used it, or nobody can join the circle any more."
        "`detail` says which. Ask the member who sent you the link for a new one.";
    LastCoordinator "last_coordinator" CONFLICT "Last coordinator"
        "A circle needs a coordinator, and this would leave it without one."
        "Make another member coordinator first, or name a successor.";
    LastSignInMethod "last_sign_in_method" CONFLICT "Last sign-in method"
        "Without this password or passkey, nobody could sign in to the account."
        "Add another sign-in method first.";
    LimitReached "limit_reached" CONFLICT "Limit reached"
        "There are as many of these as the server allows. `limit` names the limit, where it has a name."
        "Delete or end what is not needed any more, then send the request again.";
    MemberSuspended "member_suspended" CONFLICT "Member is suspended"
        "A coordinator has suspended your access to this circle."
        "Ask a coordinator to reinstate you.";
    NotAFamilyMeeting "not_a_family_meeting" CONFLICT "Not a family meeting"
        "Only an appointment of the kind `family_meeting` has an agenda."
        "Change the kind of the appointment first, or add the item to another one.";
    Overlap "overlap" CONFLICT "Two things at the same time"
        "You have something else at that time. `conflicts` lists it; what you cannot see here is shown as `busy`."
        "Choose another time. To do both, repeat the request with `allow_overlap: true`.";
    PasskeyAlreadyAdded "passkey_already_added" CONFLICT "Passkey added before"
        "This passkey belongs to an account already."
        "Sign in with it, or add another passkey.";
    PasskeysNotSupported "passkeys_not_supported" CONFLICT "No passkeys on this server"
        "This server supports no passkeys."
        "Use another sign-in method. `GET /v1/server` says what the server supports.";
    PatientExists "patient_exists" CONFLICT "Patient is a member already"
        "A circle has one patient, and the patient of this circle is a member already."
        "Invite the person as a member who is not the patient.";
    PatientProtected "patient_protected" CONFLICT "The patient decides"
        "Others cannot remove or suspend the patient, or change what the patient sees and may do."
        "Only the patient can do this. Talk to them.";
    ReplayUnavailable "replay_unavailable" CONFLICT "Stored answer is gone"
        "The request with this `Idempotency-Key` succeeded before, and its answer showed something that is erased now."
        "Do not repeat the request. Read what you need with a GET.";
    RequestInProgress "request_in_progress" CONFLICT "Request in progress"
        "A request with this `Idempotency-Key` is still running."
        "Send the same request again after the seconds in `Retry-After`.";
    TakesTurns "takes_turns" CONFLICT "Members take turns"
        "The members of the series take turns, so nobody can claim or get all of its tasks."
        "Ask who arranges the series for a turn, or change the turns.";
    TooEarly "too_early" CONFLICT "Too early"
        "This is possible only after the start."
        "Wait until then.";
    TooLate "too_late" CONFLICT "Too late"
        "The time in which this was possible is over."
        "`detail` says until when it was possible, and what to do now.";
    TotpAlreadyEnabled "totp_already_enabled" CONFLICT "Authenticator app added before"
        "The account has an authenticator app already."
        "Remove it first if you want to add another.";
    TotpNotEnabled "totp_not_enabled" CONFLICT "No authenticator app"
        "The account has no authenticator app."
        "Add an authenticator app first.";
    TotpNotStarted "totp_not_started" CONFLICT "Authenticator app not started"
        "No authenticator app waits for its first code."
        "Start to add one with POST /v1/me/totp, then confirm its first code.";

    NoLongerValid "no_longer_valid" GONE "No longer valid"
        "The link or code was used, was replaced by a newer one, or is too old."
        "Ask for a new one.";
    TooManyAttempts "too_many_attempts" GONE "Too many attempts"
        "Too many wrong codes were sent. The right code is no longer valid either."
        "Ask for a new code.";
    VersionMismatch "version_mismatch" PRECONDITION_FAILED "Changed in the meantime"
        "It has another version than `If-Match` says: somebody has changed it since you read it. Nothing was changed by you."
        "Read it again, show it to the person, and send the new version in `If-Match`.";
    BodyTooLarge "body_too_large" PAYLOAD_TOO_LARGE "Body too large"
        "The body is larger than this operation accepts."
        "Send a smaller one. The document names the limit of an operation that accepts more than 64 KiB.";
    UriTooLong "uri_too_long" URI_TOO_LONG "Address too long"
        "Path and query together have more than 8 KiB."
        "Send a shorter query.";
    UnsupportedMediaType "unsupported_media_type" UNSUPPORTED_MEDIA_TYPE "Unsupported media type"
        "The body has a type that this operation does not read, or is compressed."
        "Send JSON, at least `{}`, uncompressed and with `Content-Type: application/json`.";
    UnsupportedPicture "unsupported_picture" UNSUPPORTED_MEDIA_TYPE "Unsupported picture"
        "The picture is in a format that not every phone and browser can show, or is no picture."
        "Send a JPEG, PNG or WebP file. iPhones take pictures as HEIC: let the app convert them to JPEG.";
    IdempotencyKeyReused "idempotency_key_reused" UNPROCESSABLE_ENTITY "Idempotency-Key used before"
        "This `Idempotency-Key` was sent before with another body."
        "Send a new key with a new request, and the same key only with the same request.";
    PictureRefused "picture_refused" UNPROCESSABLE_ENTITY "Picture cannot be accepted"
        "The picture is damaged or breaks off, or has too many pixels. Nothing was changed."
        "`detail` says what to send. Let the app make the picture smaller before it sends it.";
    ValidationFailed "validation_failed" UNPROCESSABLE_ENTITY "Some fields cannot be accepted"
        "The body was read, but fields in it are missing, unknown or wrong. Nothing was changed."
        "`errors` names each field by a JSON pointer and says what to send.";
    TooManyRequests "too_many_requests" TOO_MANY_REQUESTS "Too many requests"
        "You, your network or somebody who tries to sign in to this account has sent too much in a short time."
        "Wait for the seconds in `Retry-After`, then send the request again.";
    HeadersTooLarge "headers_too_large" REQUEST_HEADER_FIELDS_TOO_LARGE "Headers too large"
        "The request has more than 100 headers, or they have more than 16 KiB together."
        "Send fewer headers. Delete old cookies of this address.";

    InternalError "internal_error" INTERNAL_SERVER_ERROR "Something went wrong on the server"
        "This is a fault of the server, not of the request."
        "Try again later. If it happens again, tell the operator the `request_id`: it is in the log.";
    Unavailable "unavailable" SERVICE_UNAVAILABLE "Server too busy"
        "The server is too busy at the moment, or is stopping."
        "Send the request again after the seconds in `Retry-After`. With an `Idempotency-Key`, nothing is done twice.";
}

impl ProblemCode {
    /// The code with this name.
    pub fn read(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.as_str() == name)
    }

    /// The path of its page.
    pub fn path(self) -> String {
        format!("/problems/{}", self.as_str())
    }
}

impl Serialize for ProblemCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl PartialSchema for ProblemCode {
    fn schema() -> RefOr<Schema> {
        let lines = Self::ALL.iter().map(|code| {
            let text = code.text();
            let (name, status) = (code.as_str(), text.status.as_u16());
            format!("\n- `{name}`: {status} {}", text.title)
        });
        let about = "The stable name of a problem, for programs. `/problems/{code}` of the \
            server shows a page about each.\n";
        let about = about.to_owned() + &lines.collect::<String>();
        ObjectBuilder::new()
            .schema_type(Type::String)
            .enum_values(Some(Self::ALL.iter().map(|code| code.as_str())))
            .description(Some(about))
            .build()
            .into()
    }
}

impl ToSchema for ProblemCode {
    fn name() -> Cow<'static, str> {
        "ProblemCode".into()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_code_has_a_name_of_its_own_and_a_whole_text() {
        let (mut names, mut titles) = (HashSet::new(), HashSet::new());
        for &code in ProblemCode::ALL {
            let (name, text) = (code.as_str(), code.text());
            assert!(names.insert(name) && titles.insert(text.title), "{name}");
            assert!(
                name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'),
                "{name}"
            );
            assert_eq!(ProblemCode::read(name), Some(code));
            assert!(
                text.status.is_client_error() || text.status.is_server_error(),
                "{name}"
            );
            assert!(
                text.title.len() <= 40 && !text.title.ends_with('.'),
                "{name}"
            );
            for sentence in [text.meaning, text.remedy] {
                assert!(
                    sentence.ends_with('.') && sentence.len() > 15,
                    "{name}: {sentence}"
                );
            }
        }
        assert_eq!(ProblemCode::read("no_such_code"), None);
    }

    #[test]
    fn the_codes_are_listed_by_status_and_then_by_name() {
        let order = |code: &ProblemCode| (code.text().status.as_u16(), code.as_str());
        assert!(ProblemCode::ALL.is_sorted_by_key(order));
    }
}
