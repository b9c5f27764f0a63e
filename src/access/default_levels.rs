//! The levels that a new member has, one for each topic.

use crate::entity::membership::Access;
use crate::entity::topic_grant::TopicLevel;
use crate::entity::topic_levels::TopicLevels;

/// The levels of a new member.
pub fn default_levels(access: Access) -> TopicLevels {
    use TopicLevel::{None, Read, Write};
    match access {
        Access::Coordinator | Access::Caregiver => TopicLevels::of([Write, Write, Write, Read]),
        Access::Helper | Access::Viewer => TopicLevels::of([Read, None, None, None]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entity::topic_grant::Topic;

    #[test]
    fn helpers_and_viewers_see_everyday_things_only() {
        assert_eq!(default_levels(Access::Helper).readable(), [Topic::Daily]);
        assert_eq!(default_levels(Access::Viewer).digits(), "1000");
        assert_eq!(default_levels(Access::Caregiver).digits(), "2221");
    }
}
