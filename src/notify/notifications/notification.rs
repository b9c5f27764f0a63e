//! A notification: what happened to a subject, and which members relied on it. The features make
//! it, and [`super::who`] decides who is told.

use chrono::{DateTime, Utc};
use sea_orm::ModelTrait;

use crate::entity::ids::MemberId;
use crate::entity::notification::NotificationKind;
use crate::entity::topic_grant::Topic;
use crate::notify::subject::{Subject, SubjectId};
use crate::platform::time::civil::Moment;

/// Something that happened.
#[derive(Clone, Debug)]
pub struct Notification {
    pub kind: NotificationKind,
    pub about: SubjectId,
    /// The time that it had before, if that was another.
    pub was: Option<Moment>,
    /// The topic whose readers see it. Everybody sees what has no topic.
    pub(super) topic: Option<Topic>,
    /// When it begins. Without a time it is never close.
    pub(super) starts_at: Option<DateTime<Utc>>,
    /// The instant at which it is over.
    pub(super) over_at: Option<DateTime<Utc>>,
    /// The instant at which it would have been over at its former time.
    pub(super) was_over_at: Option<DateTime<Utc>>,
    /// Whether it needs more people.
    pub(super) is_open: bool,
    /// Whether members who have no part in it are told as well.
    pub(super) is_announced: bool,
    /// The members whom it concerns. They were asked, take part, or took part.
    pub(super) concerned: Vec<MemberId>,
    /// The members who had asked the others.
    pub(super) asked_by: Vec<MemberId>,
    /// The member who declined it, released it, or lost their part in it. Nothing else is told to
    /// them.
    pub(super) released_by: Option<MemberId>,
}

impl Notification {
    /// `kind` happened to a subject, which is now as this row says. Days begin in the time zone
    /// of the circle.
    pub fn of<M>(kind: NotificationKind, row: &M, zone: &str) -> Self
    where
        M: ModelTrait,
        M::Entity: Subject<Model = M>,
    {
        Self {
            kind,
            about: M::Entity::subject_id(row),
            was: None,
            topic: M::Entity::topic(row),
            starts_at: M::Entity::starts_at(row, zone),
            over_at: M::Entity::over_at(row, zone),
            was_over_at: None,
            is_open: M::Entity::needs_people(row),
            is_announced: M::Entity::IS_ANNOUNCED,
            concerned: Vec::new(),
            asked_by: Vec::new(),
            released_by: None,
        }
    }

    /// Sets when it begins, if this is about a part that begins at another time.
    #[must_use]
    pub fn starting_at(mut self, starts_at: DateTime<Utc>) -> Self {
        self.starts_at = Some(starts_at);
        self
    }

    /// Sets the time it had before.
    #[must_use]
    pub fn was(mut self, was: Option<Moment>) -> Self {
        self.was = was;
        self
    }

    /// Sets how it was before, if it has another time now.
    #[must_use]
    pub fn instead_of(mut self, before: &Self) -> Self {
        self.was_over_at = before.over_at;
        self
    }

    /// Whether it is over, at its present time and at its former time.
    pub(super) fn is_over(&self, now: DateTime<Utc>) -> bool {
        let ended = |over_at: DateTime<Utc>| over_at <= now;
        self.over_at.is_some_and(ended) && self.was_over_at.is_none_or(ended)
    }

    /// Adds members whom it concerns.
    #[must_use]
    pub fn to(mut self, members: impl IntoIterator<Item = MemberId>) -> Self {
        self.concerned.extend(members);
        self
    }

    /// Sets the member who had asked a person who is not a member.
    #[must_use]
    pub fn asked_by(mut self, member: Option<MemberId>) -> Self {
        self.asked_by.extend(member);
        self
    }

    /// Sets the member who declined it, released it, or lost their part in it, and the member who
    /// had asked them.
    #[must_use]
    pub fn released_by(mut self, member: MemberId, asked_by: Option<MemberId>) -> Self {
        self.released_by = Some(member);
        self.asked_by.extend(asked_by);
        self
    }
}
