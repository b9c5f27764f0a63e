//! Something that happened to a subject, with the people who rely on it. The
//! features say what happened; [`super::who`] says who is told.

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
    /// The time it had before, where it had another.
    pub was: Option<Moment>,
    /// Who sees it; what has none is seen by everybody.
    pub(super) topic: Option<Topic>,
    /// When it begins. What has no time is never close.
    pub(super) starts_at: Option<DateTime<Utc>>,
    /// From when on it is over.
    pub(super) over_at: Option<DateTime<Utc>>,
    /// From when on it would have been over at the time it had before.
    pub(super) was_over_at: Option<DateTime<Utc>>,
    /// Whether it needs more people.
    pub(super) is_open: bool,
    /// Whether those who are no part of it hear of it as well.
    pub(super) is_announced: bool,
    /// Whom it concerns themselves: they were asked, take part, or did.
    pub(super) concerned: Vec<MemberId>,
    /// Who asked those whom it concerned.
    pub(super) asked_by: Vec<MemberId>,
    /// Who let go of it, or had to: told of that alone.
    pub(super) let_go_by: Option<MemberId>,
}

impl Notification {
    /// `kind` happened to a subject, which is now as this row says; days begin in the
    /// circle's zone.
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
            is_open: M::Entity::has_room(row),
            is_announced: M::Entity::IS_ANNOUNCED,
            concerned: Vec::new(),
            asked_by: Vec::new(),
            let_go_by: None,
        }
    }

    /// When the part in it begins or began that this is about.
    #[must_use]
    pub fn starting_at(mut self, starts_at: DateTime<Utc>) -> Self {
        self.starts_at = Some(starts_at);
        self
    }

    /// The time it had before.
    #[must_use]
    pub fn was(mut self, was: Option<Moment>) -> Self {
        self.was = was;
        self
    }

    /// What it was before, if that was at another time.
    #[must_use]
    pub fn instead_of(mut self, before: &Self) -> Self {
        self.was_over_at = before.over_at;
        self
    }

    /// Whether nobody waits for it any more, at this time or at the one before.
    pub(super) fn is_over(&self, now: DateTime<Utc>) -> bool {
        let ended = |over_at: DateTime<Utc>| over_at <= now;
        self.over_at.is_some_and(ended) && self.was_over_at.is_none_or(ended)
    }

    /// Whom it concerns.
    #[must_use]
    pub fn to(mut self, members: impl IntoIterator<Item = MemberId>) -> Self {
        self.concerned.extend(members);
        self
    }

    /// Who asked the member who lets go of it, or has to.
    #[must_use]
    pub fn let_go_by(mut self, member: MemberId, asked_by: Option<MemberId>) -> Self {
        self.let_go_by = Some(member);
        self.asked_by.extend(asked_by);
        self
    }
}
