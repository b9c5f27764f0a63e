//! The proof of which circle a caller asks about and what they see in it.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{ColumnTrait, Condition, QueryFilter, Select};

use super::owned::CircleOwned;
use super::permission::Permission;
use crate::auth::ProvenToken;
use crate::entity::circle::{self, CircleState};
use crate::entity::delivery::DeliveryReason;
use crate::entity::ids::{CircleId, FileId, MemberId, PersonalAccessTokenId, short_id};
use crate::entity::membership::{self, AccessLevel, MemberState};
use crate::entity::personal_access_token::TokenScope;
use crate::entity::topic_levels::TopicLevels;
use crate::http::entity_tag::TagStem;
use crate::http::file_address::{FileAddress, FileReader};
use crate::schedule::window::Window;

/// The caller, the circle, and what the caller sees there. The fields are private, so that only a
/// proof can make a scope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CircleScope {
    circle_id: CircleId,
    member: Option<ScopedMember>,
    token: Option<ProvenToken>,
    topics: TopicLevels,
    time_zone: String,
    is_ending: bool,
    away_until: Option<NaiveDate>,
    state: CircleState,
    deputy: Option<MemberId>,
    change_seq: i64,
    /// The public address of this server; empty in jobs.
    server: Arc<str>,
}

/// What a scope holds of the member who was proven.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ScopedMember {
    pub id: MemberId,
    pub access: AccessLevel,
    pub is_patient: bool,
    pub is_proxy: bool,
    pub is_leaving: bool,
    pub joined_at: DateTime<Utc>,
    pub reads: i32,
    pub time_zone: String,
    pub version: i32,
}

/// What a scope holds of its circle.
#[derive(Clone, Debug)]
pub(super) struct ScopedCircle {
    pub id: CircleId,
    pub time_zone: String,
    /// When it will be erased.
    pub deletion_scheduled_for: Option<DateTime<Utc>>,
    /// The last day on which a member is away, or a later one.
    pub away_until: Option<NaiveDate>,
    pub state: CircleState,
    pub deputy: Option<MemberId>,
    pub change_seq: i64,
}

impl CircleScope {
    pub(super) fn of_member(
        circle: ScopedCircle,
        member: ScopedMember,
        topics: TopicLevels,
        token: Option<ProvenToken>,
    ) -> Self {
        Self {
            circle_id: circle.id,
            member: Some(member),
            token,
            topics,
            is_ending: circle.deletion_scheduled_for.is_some(),
            away_until: circle.away_until,
            state: circle.state,
            deputy: circle.deputy,
            time_zone: circle.time_zone,
            change_seq: circle.change_seq,
            server: Arc::default(),
        }
    }

    /// The scope of Kith itself in its jobs, which see everything in this circle.
    pub(super) fn of_system(circle: ScopedCircle) -> Self {
        Self {
            circle_id: circle.id,
            member: None,
            token: None,
            topics: TopicLevels::ALL,
            is_ending: circle.deletion_scheduled_for.is_some(),
            away_until: circle.away_until,
            state: circle.state,
            deputy: circle.deputy,
            time_zone: circle.time_zone,
            change_seq: circle.change_seq,
            server: Arc::default(),
        }
    }

    /// The same scope, in an answer of the server with this public address.
    pub(super) fn on(mut self, server: Arc<str>) -> Self {
        self.server = server;
        self
    }

    /// The address at which the reader finds a picture; `None` for Kith itself.
    pub fn picture_url(&self, file: Option<FileId>) -> Option<String> {
        let reader = FileReader::Member(self.circle_id, self.member_id()?);
        Some(FileAddress::of(&self.server, reader, file?))
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

    /// Whether the caller is the member who created, offered or completed something. Of what Kith
    /// itself did, nobody is.
    pub fn is_author(&self, author: Option<MemberId>) -> bool {
        author.is_some() && author == self.member_id()
    }

    /// The member's access level; `None` is Kith itself.
    pub fn access(&self) -> Option<AccessLevel> {
        self.member.as_ref().map(|member| member.access)
    }

    /// Whether the caller is a signed-in person, and not a personal access token.
    pub fn is_signed_in(&self) -> bool {
        self.token.is_none()
    }

    /// Whether the session or token may write this kind of thing at all. It is for operations that
    /// need no permission, because every member who sees the thing may do them.
    pub fn may_write(&self, kind: TokenScope) -> bool {
        !self.is_leaving() && self.token.is_none_or(|token| token.scopes.has(kind))
    }

    pub fn is_patient(&self) -> bool {
        self.member.as_ref().is_some_and(|member| member.is_patient)
    }

    /// Whether the member decides for the patient now.
    pub fn is_proxy(&self) -> bool {
        self.member.as_ref().is_some_and(|member| member.is_proxy)
    }

    /// Whether the member decides what others see: the patient, or their active proxy.
    pub fn speaks_for_patient(&self) -> bool {
        self.is_patient() || self.is_proxy()
    }

    /// Whether the member's account will be erased. Until then they can only read.
    pub fn is_leaving(&self) -> bool {
        self.member.as_ref().is_some_and(|member| member.is_leaving)
    }

    /// When the member last joined; `None` is Kith itself.
    pub fn joined_at(&self) -> Option<DateTime<Utc>> {
        self.member.as_ref().map(|member| member.joined_at)
    }

    pub fn topics(&self) -> TopicLevels {
        self.topics
    }

    /// The circle's time zone.
    pub fn time_zone(&self) -> &str {
        &self.time_zone
    }

    /// Where the circle is in its life.
    pub fn circle_state(&self) -> CircleState {
        self.state
    }

    /// Why the circle sends no reminders and notifications, if it sends none.
    pub fn silence(&self) -> Option<DeliveryReason> {
        match self.state {
            CircleState::InMemory => Some(DeliveryReason::CircleInMemory),
            CircleState::Archived => Some(DeliveryReason::CircleArchived),
            CircleState::Active | CircleState::Paused => {
                self.is_ending.then_some(DeliveryReason::CircleEnding)
            }
        }
    }

    /// Whether the circle is paused: nobody is reminded or told of tasks.
    pub fn is_paused(&self) -> bool {
        self.state == CircleState::Paused
    }

    /// Whether the circle can only be read.
    pub(super) fn is_archived(&self) -> bool {
        self.state == CircleState::Archived
    }

    /// The member who becomes coordinator when the last coordinator goes.
    pub fn deputy(&self) -> Option<MemberId> {
        self.deputy
    }

    /// From now on the circle is as this row says.
    pub(super) fn follow_circle(&mut self, circle: &circle::Model) {
        self.is_ending = circle.deletion_scheduled_for.is_some();
        self.state = circle.state;
        self.deputy = circle.deputy_member_id;
    }

    /// Whether a member may be away on this day or later. If not, no absence needs to be read.
    pub fn has_absences(&self, day: NaiveDate) -> bool {
        self.away_until.is_some_and(|until| day <= until)
    }

    /// The time zone of the reader's days: their own. For Kith itself it is the circle's.
    pub fn reader_zone(&self) -> &str {
        let own = self.member.as_ref().map(|member| member.time_zone.as_str());
        own.unwrap_or(&self.time_zone)
    }

    /// The number of the newest change.
    pub fn change_seq(&self) -> i64 {
        self.change_seq
    }

    /// Whether the caller has a permission, whatever the state of the circle. Kith itself has all. A
    /// member whose account will be erased has only the permissions to read. A personal access token
    /// has the permissions of its owner, as far as its scopes go.
    pub fn may(&self, permission: Permission) -> bool {
        let reads = matches!(
            permission,
            Permission::ViewCircle
                | Permission::ViewGaps
                | Permission::ViewWorkloads
                | Permission::ReadHistory
        );
        let of_member = self.member.as_ref().is_none_or(|member| {
            let given = permission.is_given_to(member.access, member.is_patient)
                || member.is_proxy && permission.is_given_to_proxies();
            given && (reads || !member.is_leaving)
        });
        of_member
            && self
                .token
                .is_none_or(|token| permission.goes_with(token.scopes))
    }

    /// Whether the caller may do what needs this permission for a member without an account who has
    /// it: it does not matter what they may do for themselves.
    pub(super) fn may_for_another(&self, permission: Permission) -> bool {
        let goes_with_token = |token: ProvenToken| permission.goes_with(token.scopes);
        !self.is_leaving() && self.token.is_none_or(goes_with_token)
    }

    /// The caller's personal access token.
    pub fn token_id(&self) -> Option<PersonalAccessTokenId> {
        self.token.map(|token| token.id)
    }

    /// What every answer depends on besides its rows: the reader, their grants, the scopes of
    /// their token, the circle's newest change, and how often the reader's cursors have moved.
    fn tag_of_reader(&self, seq: i64) -> String {
        let of_member = |member: &ScopedMember| (member.version, member.reads);
        let (version, reads) = self.member.as_ref().map_or((0, 0), of_member);
        let reader = self.member_id().map(short_id).unwrap_or_default();
        let digits = self.topics.digits();
        let of_token = |token: ProvenToken| format!(".{}", token.scopes.digits());
        let token = self.token.map(of_token).unwrap_or_default();
        format!("{version}.{digits}.{reader}{token}-{seq}.{reads}")
    }

    /// From now on this is the scope of this member, with these levels.
    pub(super) fn see_as(&mut self, member: &membership::Model, topics: TopicLevels) {
        self.topics = topics;
        let time_zone = self.reader_zone().to_owned();
        self.member = Some(ScopedMember {
            time_zone,
            id: member.id,
            access: member.access,
            is_patient: member.is_patient,
            is_proxy: member.is_proxy,
            is_leaving: member.state == MemberState::Leaving,
            joined_at: member.joined_at,
            reads: member.reads,
            version: member.version,
        });
    }

    /// Counts that a read cursor of the member has moved.
    pub(super) fn count_read(&mut self) {
        if let Some(member) = &mut self.member {
            member.reads += 1;
        }
    }

    /// The start of the entity tag of a resource, at a change of the circle.
    pub fn tag_of_resource(&self, version: i32, seq: i64) -> TagStem {
        TagStem::of_resource(version, &self.tag_of_reader(seq))
    }

    /// The start of the entity tags of lists and views of the circle.
    pub fn tag_of_list(&self) -> TagStem {
        TagStem::of_list(&self.tag_of_reader(self.change_seq))
    }

    /// Like [`Self::tag_of_list`], for the part of a list in a window, whose days are the reader's.
    /// A list that changes as time passes has the minute in its tag.
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

    /// The rows of this circle that the caller sees.
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the door that adds the circle and what the caller sees"
    )]
    pub fn find<E: CircleOwned>(&self) -> Select<E> {
        E::find().filter(self.visible::<E>())
    }

    /// The condition of the rows of this circle that the caller sees.
    pub(super) fn visible<E: CircleOwned>(&self) -> Condition {
        Condition::all()
            .add(E::circle_column().eq(self.circle_id))
            .add(E::visible(self))
    }

    /// The condition of the row with this id, if the caller sees it.
    pub(super) fn visible_one<E: CircleOwned>(&self, id: E::Id) -> Condition {
        self.visible::<E>().add(E::id_column().eq(id.into()))
    }
}
