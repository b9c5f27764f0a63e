//! Why a caller may not do something, and who may. Every 403 of a circle gets its sentence here.
//!
//! A rule returns a [`Refusal`] with its reason: the access level, the level of a topic, or who
//! wrote, offered or claimed the thing. Who may do it comes from the table of permissions, so the
//! sentence says what is checked. The caller sees the thing already: what they do not see is a 404.

use super::permission::{Permission, refusal_of};
use super::scope::CircleScope;
use crate::entity::circle::CircleState;
use crate::entity::topic_grant::{Topic, TopicLevel};
use crate::problem::Problem;

/// Why a caller may not do something with a thing.
///
/// In the texts, `{}` stands for the thing: `this task` the first time, then `it`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Only certain members can do it, and the caller is none of them.
    NotAmong(Allowed),
    /// The caller's access level is enough, but not their level for the topic.
    TopicLevel {
        topic: Topic,
        level: TopicLevel,
        /// Members who can do it without that level.
        others: Vec<&'static str>,
    },
    /// The state of the circle does not allow it to any caller.
    CircleState(CircleState),
}

/// The members who can do something.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Allowed {
    /// Members whose access level has this permission.
    permission: Option<Permission>,
    /// Members by what they did, like `the member who wrote {}`.
    others: Vec<&'static str>,
    /// A sentence that comes first, if the reason is not the access level.
    because: Option<&'static str>,
}

impl Refusal {
    /// Only members with the permission can do it.
    pub fn without(permission: Permission) -> Self {
        Self::NotAmong(Allowed {
            permission: Some(permission),
            ..Allowed::default()
        })
    }

    /// Only these can do it, whatever the access level of others is.
    pub fn only(who: &'static str) -> Self {
        Self::NotAmong(Allowed {
            others: vec![who],
            ..Allowed::default()
        })
    }

    /// These can do it too.
    #[must_use]
    pub fn or(mut self, who: &'static str) -> Self {
        match &mut self {
            Self::NotAmong(Allowed { others, .. }) | Self::TopicLevel { others, .. } => {
                others.push(who);
            }
            Self::CircleState(_) => {}
        }
        self
    }

    /// Says first what the reason is.
    #[must_use]
    pub fn because(mut self, sentence: &'static str) -> Self {
        if let Self::NotAmong(allowed) = &mut self {
            allowed.because = Some(sentence);
        }
        self
    }

    /// The answer for a caller who wanted to do this with a thing: `cancel {}`, `this task`.
    pub fn told(&self, deed: &str, thing: &str) -> Problem {
        match self {
            Self::CircleState(state) => refusal_of(*state),
            _ => Problem::Forbidden(self.sentence(deed, thing)),
        }
    }

    fn sentence(&self, deed: &str, thing: &str) -> String {
        let mut thing = std::iter::once(thing).chain(std::iter::repeat("it"));
        let mut fill = |text: &str| match text.split_once("{}") {
            Some((before, after)) => {
                let thing = thing.next().unwrap_or_default();
                format!("{before}{thing}{after}")
            }
            None => text.to_owned(),
        };
        match self {
            // It is told as a conflict, with a sentence of its own.
            Self::CircleState(_) => String::new(),
            Self::NotAmong(allowed) => {
                let because = allowed.because.map(&mut fill);
                let holders = allowed.permission.map(Permission::holders);
                let holders = holders.into_iter().flatten().map(str::to_owned);
                let mut who: Vec<_> = holders.collect();
                who.extend(allowed.others.iter().map(|text| fill(text)));
                let only = format!("Only {} can {}.", in_words(&who), fill(deed));
                because
                    .into_iter()
                    .chain([only])
                    .collect::<Vec<_>>()
                    .join(" ")
            }
            Self::TopicLevel {
                topic,
                level,
                others,
            } => {
                let (topic, level) = (topic.as_str(), level.as_str());
                let yours = format!("Your level for the topic {topic} is {level}.");
                if others.is_empty() {
                    return format!("{yours} To {}, you need the level write.", fill(deed));
                }
                let mut who = vec!["members with the level write".to_owned()];
                who.extend(others.iter().map(|text| fill(text)));
                format!("{yours} Only {} can {}.", in_words(&who), fill(deed))
            }
        }
    }
}

/// `coordinators, caregivers and the patient`.
fn in_words(who: &[String]) -> String {
    match who {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

impl Permission {
    /// The answer for a caller without the permission, before anything is read. `deed` is what the
    /// operation does, like `cancel a task`.
    pub fn refused(self, deed: &str) -> Problem {
        Refusal::without(self).told(deed, "")
    }
}

impl CircleScope {
    /// Whether the caller can write something with a permission now, or why not.
    pub fn check(&self, permission: Permission) -> Result<(), Refusal> {
        if !self.may(permission) {
            return Err(Refusal::without(permission));
        }
        let state = self.circle_state();
        if permission.works_in(state) {
            Ok(())
        } else {
            Err(Refusal::CircleState(state))
        }
    }

    /// Whether the caller can write something with a permission now.
    pub fn can(&self, permission: Permission) -> bool {
        self.check(permission).is_ok()
    }

    /// Whether the caller can write a topic, or why not.
    pub fn check_writes(&self, topic: Topic) -> Result<(), Refusal> {
        let level = self.topics().level(topic);
        if level == TopicLevel::Write {
            return Ok(());
        }
        Err(Refusal::TopicLevel {
            topic,
            level,
            others: Vec::new(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_says_who_can_and_names_the_thing_once() {
        let level = Refusal::without(Permission::CreateTasks);
        let author = Refusal::without(Permission::ModerateThreads).or("the member who started {}");
        let only = Refusal::only("the member who wrote {}");
        let held = Refusal::without(Permission::ChangeAnyTasks)
            .or("the caregiver who created {}")
            .because("Somebody has claimed {}.");
        let topic = Refusal::TopicLevel {
            topic: Topic::Health,
            level: TopicLevel::Read,
            others: Vec::new(),
        };
        let sentences = [
            level.sentence("cancel {}", "this task"),
            author.sentence("archive {}", "this thread"),
            only.sentence("change {}", "this message"),
            held.sentence("cancel {}", "this task"),
            topic.sentence("cancel {}", "this appointment"),
            topic
                .or("members who have claimed {}")
                .sentence("complete {}", "this task"),
        ];
        insta::assert_snapshot!(sentences.join("\n"), @r"
        Only coordinators, caregivers and the patient can cancel this task.
        Only coordinators and the member who started this thread can archive it.
        Only the member who wrote this message can change it.
        Somebody has claimed this task. Only coordinators, the patient and the caregiver who created it can cancel it.
        Your level for the topic health is read. To cancel this appointment, you need the level write.
        Your level for the topic health is read. Only members with the level write and members who have claimed this task can complete it.
        ");
    }
}
