//! The topic levels of a new member.

use crate::entity::membership::AccessLevel;
use crate::entity::topic_grant::TopicLevel;
use crate::entity::topic_levels::TopicLevels;

/// The levels of a new member with this access level, in the order of [`TopicLevels::of`].
pub fn default_levels(access: AccessLevel) -> TopicLevels {
    use TopicLevel::{None, Read, Write};
    match access {
        AccessLevel::Coordinator | AccessLevel::Caregiver => {
            TopicLevels::of([Write, Write, Write, Read])
        }
        AccessLevel::Helper | AccessLevel::Viewer => TopicLevels::of([Read, None, None, None]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entity::topic_grant::Topic;

    #[test]
    fn helpers_and_viewers_see_everyday_things_only() {
        assert_eq!(
            default_levels(AccessLevel::Helper).readable(),
            [Topic::Daily]
        );
        assert_eq!(default_levels(AccessLevel::Viewer).digits(), "1000");
        assert_eq!(default_levels(AccessLevel::Caregiver).digits(), "2221");
    }
}
