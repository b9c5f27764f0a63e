//! The topic levels of a member: one for each topic.

use chrono::{DateTime, Utc};

use super::topic_grant::{Topic, TopicLevel};

/// The level of each topic, in the order of [`Topic::ALL`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TopicLevels([TopicLevel; 4]);

impl TopicLevels {
    /// Sees nothing.
    pub const NONE: Self = Self([TopicLevel::None; 4]);
    /// Sees everything: the patient, and the server itself.
    pub const ALL: Self = Self([TopicLevel::Write; 4]);

    /// From a level for each topic, in the order of [`Topic::ALL`].
    pub const fn of(levels: [TopicLevel; 4]) -> Self {
        Self(levels)
    }

    /// The level of a topic.
    pub fn level(self, topic: Topic) -> TopicLevel {
        self.0[topic as usize]
    }

    /// The same levels with another one for this topic.
    #[must_use]
    pub fn with(mut self, topic: Topic, level: TopicLevel) -> Self {
        self.0[topic as usize] = level;
        self
    }

    /// The same levels with this one for a topic, unless its time is over.
    #[must_use]
    pub fn granted(
        self,
        topic: Topic,
        level: TopicLevel,
        until: Option<DateTime<Utc>>,
        now: DateTime<Utc>,
    ) -> Self {
        if until.is_some_and(|until| until <= now) {
            return self;
        }
        self.with(topic, level)
    }

    /// The topics that the member sees.
    pub fn readable(self) -> Vec<Topic> {
        let mut topics = Topic::ALL.to_vec();
        topics.retain(|topic| self.level(*topic) >= TopicLevel::Read);
        topics
    }

    /// One digit for each topic; part of every entity tag.
    pub fn digits(self) -> String {
        self.0
            .iter()
            .map(|level| (*level as u8).to_string())
            .collect()
    }

    /// Whether a member with these levels sees at least what a member with those digits saw.
    pub fn cover(self, digits: &str) -> bool {
        let now = self.digits();
        now.len() == digits.len()
            && now
                .bytes()
                .zip(digits.bytes())
                .all(|(now, then)| now >= then)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grant_ends_at_its_moment() {
        let now = DateTime::from_timestamp(1_000_000, 0).unwrap();
        let at = |until| {
            TopicLevels::NONE
                .granted(Topic::Health, TopicLevel::Read, until, now)
                .level(Topic::Health)
        };
        assert_eq!(at(None), TopicLevel::Read);
        assert_eq!(at(Some(now)), TopicLevel::None);
        assert_eq!(
            at(Some(now + chrono::TimeDelta::seconds(1))),
            TopicLevel::Read
        );
    }

    #[test]
    fn levels_cover_what_was_seen_with_no_more() {
        use TopicLevel::{None, Read, Write};
        let levels = TopicLevels::of([Write, Write, Write, Read]);
        assert!(levels.cover("2221") && levels.cover("1000"));
        assert!(!levels.cover("2222") && !levels.cover("222") && !levels.cover(""));
        assert!(!TopicLevels::of([Read, None, None, None]).cover("0010"));
    }
}
