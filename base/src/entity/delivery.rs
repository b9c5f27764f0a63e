//! The delivery of a reminder to one member over one channel.

use sea_orm::entity::prelude::*;

use super::ids::{CircleId, DeliveryId, MemberId, ReminderId};
use crate::row::Row;

wire_enum! {
    /// How a reminder is sent.
    DeliveryChannel {
        /// By email.
        Email = "email",
    }
}

wire_enum! {
    /// The state of a delivery.
    DeliveryState {
        /// Waits to be sent.
        Queued = "queued",
        /// The mail server accepted it.
        Sent = "sent",
        /// Not sent on purpose. `reason` says why.
        Skipped = "skipped",
        /// The mail server refused the address.
        Bounced = "bounced",
        /// Could not be sent, and is not tried again. `reason` says why.
        Failed = "failed",
        /// The mail server could not be reached until it was too late.
        Expired = "expired",
        /// The connection to the mail server broke before it confirmed the email. It is sent once
        /// more.
        Unknown = "unknown",
    }
}

wire_enum! {
    /// Why an email was not sent, or not yet.
    DeliveryReason {
        /// The member turned off emails of this kind.
        TurnedOff = "turned_off",
        /// The member does not see what it is about.
        NotVisible = "not_visible",
        /// The member is away.
        Away = "away",
        /// The member has no account that is in use.
        NoAccount = "no_account",
        /// The contact of the member did it.
        OwnAction = "own_action",
        /// The contact of the member, who gets their emails, is told the same in an email of their own.
        SameEmail = "same_email",
        /// It waits for the end of the recipient's quiet hours.
        QuietHours = "quiet_hours",
        /// It waits for the recipient's digest.
        Digest = "digest",
        /// The deletion of the circle is scheduled.
        CircleEnding = "circle_ending",
        /// The circle is paused, and it is about a task.
        CirclePaused = "circle_paused",
        /// The circle is kept in memory of the patient.
        CircleInMemory = "circle_in_memory",
        /// The circle is archived.
        CircleArchived = "circle_archived",
        /// It was sent too late to be of use, or a later reminder replaces it.
        TooLate = "too_late",
        /// Another reminder told the member already.
        AlreadyReminded = "already_reminded",
        /// It was rescheduled, completed or canceled.
        NoLongerDue = "no_longer_due",
        /// The member has no part in it any more.
        Released = "released",
        /// It does not exist any more.
        Gone = "gone",
        /// There was nothing to tell.
        NothingHappened = "nothing_happened",
        /// It is again as the member knows it.
        NothingChanged = "nothing_changed",
        /// The member, or somebody else who was asked, has answered already.
        Responded = "responded",
        /// Other members claimed the last place.
        TakenByOthers = "taken_by_others",
        /// Enough members have claimed it again.
        ClaimedAgain = "claimed_again",
        /// The member was taken off it, and takes part again.
        TakesPartAgain = "takes_part_again",
        /// The mail server does not know the address.
        AddressRefused = "address_refused",
        /// The mail server refused the email itself.
        MessageRefused = "message_refused",
        /// The mailbox is full.
        MailboxFull = "mailbox_full",
        /// The mail server could not be reached.
        ServerUnreachable = "server_unreachable",
        /// The mail server did not confirm the email.
        ServerSilent = "server_silent",
        /// The mail server asked to wait.
        AskedToWait = "asked_to_wait",
        /// The mail server refuses emails from this server.
        ServerRefuses = "server_refuses",
        /// It waited when the server was restored from a backup, so it may have been sent before.
        Restored = "restored",
        /// It was tried many times.
        GaveUp = "gave_up",
    }
}

impl DeliveryReason {
    /// The reasons that say something about the email or about its reader, but nothing about the
    /// thing. What has another reason is of no use any more, and the app does not show it either.
    pub const OF_EMAIL: [Self; 14] = [
        Self::TurnedOff,
        Self::QuietHours,
        Self::Digest,
        Self::Away,
        Self::NoAccount,
        Self::AddressRefused,
        Self::MessageRefused,
        Self::MailboxFull,
        Self::ServerUnreachable,
        Self::ServerSilent,
        Self::AskedToWait,
        Self::ServerRefuses,
        Self::Restored,
        Self::GaveUp,
    ];
}

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Row)]
#[sea_orm(table_name = "deliveries")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub circle_id: CircleId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: DeliveryId,
    pub reminder_id: ReminderId,
    pub member_id: MemberId,
    pub channel: DeliveryChannel,
    pub state: DeliveryState,
    pub reason: Option<DeliveryReason>,
    pub attempts: i32,
    pub sent_at: Option<DateTimeUtc>,
    /// When the member marked the reminder as read in an app.
    pub read_at: Option<DateTimeUtc>,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub created_by_member_id: Option<MemberId>,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
