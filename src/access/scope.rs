//! The proof that somebody may see a part of a circle.

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, Condition, QueryFilter, Select};

use super::owned::CircleOwned;
use super::permission::Permission;
use crate::auth::ProvenToken;
use crate::entity::ids::{CircleId, MemberId, PersonalTokenId, short_id};
use crate::entity::membership::{self, Access, MemberState};
use crate::entity::personal_token::TokenScope;
use crate::entity::topic_levels::TopicLevels;
use crate::http::entity_tag::TagStem;
use crate::schedule::window::Window;

/// Who asks in which circle, and what they may see there. The fields are
/// private: a scope is proven, never made up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CircleScope {
    circle_id: CircleId,
    member: Option<MemberFacts>,
    token: Option<ProvenToken>,
    topics: TopicLevels,
    time_zone: String,
    is_ending: bool,
    change_seq: i64,
}

/// What was proven of the member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct MemberFacts {
    pub id: MemberId,
    pub access: Access,
    pub is_patient: bool,
    pub is_leaving: bool,
    pub joined_at: DateTime<Utc>,
    pub reads: i32,
    pub time_zone: String,
    pub version: i32,
}

/// What was read of the circle.
#[derive(Clone, Debug)]
pub(super) struct CircleFacts {
    pub id: CircleId,
    pub time_zone: String,
    /// When it is going to be erased.
    pub erase_at: Option<DateTime<Utc>>,
    pub change_seq: i64,
}

impl CircleScope {
    pub(super) fn of_member(
        circle: CircleFacts,
        member: MemberFacts,
        topics: TopicLevels,
        token: Option<ProvenToken>,
    ) -> Self {
        Self {
            circle_id: circle.id,
            member: Some(member),
            token,
            topics,
            is_ending: circle.erase_at.is_some(),
            time_zone: circle.time_zone,
            change_seq: circle.change_seq,
        }
    }

    /// Kith itself, in its jobs: sees everything of the one circle.
    pub(super) fn of_system(circle: CircleFacts) -> Self {
        Self {
            circle_id: circle.id,
            member: None,
            token: None,
            topics: TopicLevels::ALL,
            is_ending: circle.erase_at.is_some(),
            time_zone: circle.time_zone,
            change_seq: circle.change_seq,
        }
    }

    pub fn circle_id(&self) -> CircleId {
        self.circle_id
    }

    /// The member; `None` is Kith itself.
    pub fn member_id(&self) -> Option<MemberId> {
        self.member.as_ref().map(|member| member.id)
    }

    /// Whether this is Kith itself.
    pub fn is_system(&self) -> bool {
        self.member.is_none()
    }

    /// Whether this is the member.
    pub fn is_member(&self, id: MemberId) -> bool {
        self.member_id() == Some(id)
    }

    /// What the member may do in the circle; `None` is Kith itself.
    pub fn access(&self) -> Option<Access> {
        self.member.as_ref().map(|member| member.access)
    }

    /// Whether a person asks, and no program of theirs.
    pub fn is_signed_in(&self) -> bool {
        self.token.is_none()
    }

    /// Whether what the caller shows is good for writing of this kind at all: what
    /// everybody may do who sees something asks for no right of its own.
    pub fn may_write(&self, kind: TokenScope) -> bool {
        !self.is_leaving() && self.token.is_none_or(|token| token.scopes.has(kind))
    }

    pub fn is_patient(&self) -> bool {
        self.member.as_ref().is_some_and(|member| member.is_patient)
    }

    /// Whether the member only looks on until their account is erased.
    pub fn is_leaving(&self) -> bool {
        self.member.as_ref().is_some_and(|member| member.is_leaving)
    }

    /// When the member last came in; `None` is Kith itself.
    pub fn joined_at(&self) -> Option<DateTime<Utc>> {
        self.member.as_ref().map(|member| member.joined_at)
    }

    pub fn topics(&self) -> TopicLevels {
        self.topics
    }

    /// The circle's zone.
    pub fn time_zone(&self) -> &str {
        &self.time_zone
    }

    /// Whether the deletion of the circle was requested: it mails no reminders and
    /// no news any more.
    pub fn is_ending(&self) -> bool {
        self.is_ending
    }

    /// Whose days and hours the reader lives by: their own zone, wherever the
    /// circle is; Kith itself lives by the circle's.
    pub fn reader_zone(&self) -> &str {
        let own = self.member.as_ref().map(|member| member.time_zone.as_str());
        own.unwrap_or(&self.time_zone)
    }

    /// The number of the newest change.
    pub fn change_seq(&self) -> i64 {
        self.change_seq
    }

    /// Whether the caller has a right; Kith itself has all, and a member who only
    /// looks on until their account is erased none that changes anything. Of a
    /// personal access token it is what its owner may do, as far as its scopes go.
    pub fn may(&self, permission: Permission) -> bool {
        let reads = matches!(permission, Permission::ViewCircle | Permission::ReadHistory);
        let of_member = self.member.as_ref().is_none_or(|member| {
            permission.is_given_to(member.access, member.is_patient)
                && (reads || !member.is_leaving)
        });
        of_member
            && self
                .token
                .is_none_or(|token| permission.goes_with(token.scopes))
    }

    /// The personal access token that the caller shows.
    pub fn token_id(&self) -> Option<PersonalTokenId> {
        self.token.map(|token| token.id)
    }

    /// What else an answer depends on: who reads, their grants, what their token
    /// is good for, the circle's newest change, and how often the reader's cursors
    /// have moved.
    fn tag_of_reader(&self, seq: i64) -> String {
        let of_member = |member: &MemberFacts| (member.version, member.reads);
        let (version, reads) = self.member.as_ref().map_or((0, 0), of_member);
        let reader = self.member_id().map(short_id).unwrap_or_default();
        let digits = self.topics.digits();
        let of_token = |token: ProvenToken| format!(".{}", token.scopes.digits());
        let token = self.token.map(of_token).unwrap_or_default();
        format!("{version}.{digits}.{reader}{token}-{seq}.{reads}")
    }

    /// It is this member who looks now, or they see something else.
    pub(super) fn see_as(&mut self, member: &membership::Model, topics: TopicLevels) {
        self.topics = topics;
        let time_zone = self.reader_zone().to_owned();
        self.member = Some(MemberFacts {
            time_zone,
            id: member.id,
            access: member.access,
            is_patient: member.is_patient,
            is_leaving: member.state == MemberState::Leaving,
            joined_at: member.joined_at,
            reads: member.reads,
            version: member.version,
        });
    }

    /// One of the member's read cursors has moved.
    pub(super) fn count_read(&mut self) {
        if let Some(member) = &mut self.member {
            member.reads += 1;
        }
    }

    /// What the entity tag of a resource begins with, at a change of the circle.
    pub fn tag_of_resource(&self, version: i32, seq: i64) -> TagStem {
        TagStem::of_resource(version, &self.tag_of_reader(seq))
    }

    /// What the entity tags of lists and views of the circle begin with.
    pub fn tag_of_list(&self) -> TagStem {
        TagStem::of_list(&self.tag_of_reader(self.change_seq))
    }

    /// The same, of the part in a window, which begins and ends with the reader's days;
    /// of a list that time changes too, at that minute.
    pub(super) fn tag_in(&self, window: &Window, minute: Option<DateTime<Utc>>) -> TagStem {
        let mut tag = self.tag_of_reader(self.change_seq);
        if window.is_bounded() || minute.is_some() {
            tag.push('-');
            tag += self.reader_zone();
        }
        if let Some(minute) = minute {
            tag.push('-');
            tag += &minute.timestamp().to_string();
        }
        TagStem::of_list(&tag)
    }

    /// The rows of this circle that the caller may see.
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the door that adds the circle and what the caller sees"
    )]
    pub fn find<E: CircleOwned>(&self) -> Select<E> {
        E::find().filter(self.visible::<E>())
    }

    /// What is of this circle and seen by the caller.
    pub(super) fn visible<E: CircleOwned>(&self) -> Condition {
        Condition::all()
            .add(E::circle_column().eq(self.circle_id))
            .add(E::visible(self))
    }

    /// The same, of one row.
    pub(super) fn visible_one<E: CircleOwned>(&self, id: E::Id) -> Condition {
        self.visible::<E>().add(E::id_column().eq(id.into()))
    }
}
