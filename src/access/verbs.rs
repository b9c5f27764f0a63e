//! What may happen to a thing, in a table for each kind of thing. The list `actions` in answers,
//! the check before a change and the change itself all read the table.
//!
//! A row of the table names a verb, the states that it starts from, the state that it leads to,
//! who may use it, and its word in the change log:
//!
//! ```ignore
//! verbs! {
//!     /// Everything that can be done to a task.
//!     TaskVerb as TaskAction of TaskFacts, "this task": TaskState, TaskAssignmentState {
//!         Approve = "approve" [Proposed => Open], may_arrange, "approved";
//!         Accept = "accept" [Open(Offered) => (Accepted)], may_claim, "accepted";
//!     }
//! }
//! ```
//!
//! `TaskAction` is the name of its actions in the API document.
//!
//! The caller's own part in the thing is in round brackets; `None` is no part. The permission is a
//! method of the facts, which asks the functions of `permission.rs`, and says why if it is refused.
//! A sentence about `cancel` says "cancel this task"; where that is not English, the row ends with
//! the words: `"mark {} as missed"`. Without such a table, the list that a client shows and the rule
//! that refuses a verb soon differ.

use super::refusal::Refusal;
use crate::problem::Problem;

/// A verb in such a table.
pub trait Verb: Copy + Eq + Send + Sync + 'static {
    /// The states of the thing.
    type State: Copy + Eq + Send + Sync + 'static;
    /// The states of the caller's own part in it.
    type Part: Copy + Eq + Send + Sync + 'static;
    /// What the verb needs to know to say whether it is possible.
    type Facts<'a>: Facts<Self>;

    /// The thing, as a sentence names it: "this task".
    const THING: &'static str;

    /// Every verb, in the order of the table.
    const ALL: &'static [Self];

    /// Its row of the table.
    fn rule(self) -> &'static Rule<Self>;

    /// The name of a state in an answer.
    fn name_of(state: Self::State) -> &'static str;

    /// Its name in `actions`.
    fn action(self) -> &'static str {
        self.rule().action
    }

    /// Its word in the change log.
    fn word(self) -> &'static str {
        self.rule().word
    }

    /// Whether it fits the state of the thing and the caller's own part in it.
    fn fits(self, state: Self::State, my_part: Option<Self::Part>) -> bool {
        let fits = |(from, parts): &(Self::State, &[Option<Self::Part>])| {
            *from == state && (parts.is_empty() || parts.contains(&my_part))
        };
        self.rule().from.iter().any(fits)
    }

    /// Whether it is in effect already: it leads to the state that holds now.
    fn is_in_effect(self, state: Self::State, my_part: Option<Self::Part>) -> bool {
        let rule = self.rule();
        if rule.my_part_to.is_some() {
            rule.my_part_to == my_part
        } else {
            rule.to == Some(state)
        }
    }

    /// What it does, as a sentence says it; `{}` stands for the thing.
    fn deed(self) -> String {
        let Rule { action, deed, .. } = self.rule();
        match (deed, *action) {
            (Some(deed), _) => (*deed).to_owned(),
            (None, "update") => "change {}".to_owned(),
            (None, action) => format!("{action} {{}}"),
        }
    }

    /// Whether the caller has the permission for it, or why not.
    fn permit(self, facts: &Self::Facts<'_>) -> Result<(), Refusal> {
        (self.rule().may)(facts)
    }

    /// Refuses a caller who has no permission for it (403).
    fn check_right(self, facts: &Self::Facts<'_>) -> Result<(), Problem> {
        let refused = |refusal: Refusal| refusal.told(&self.deed(), Self::THING);
        self.permit(facts).map_err(refused)
    }

    /// The verbs that the caller may use now. A verb that is too early or too late stays in the
    /// list, because an answer must not change while nothing happens.
    fn actions(facts: &Self::Facts<'_>) -> Vec<&'static str> {
        let (state, my_part) = (facts.state(), facts.my_part());
        let possible = Self::ALL.iter().filter(|verb| {
            verb.fits(state, my_part) && facts.is_open_to(**verb) && verb.permit(facts).is_ok()
        });
        possible.map(|verb| verb.action()).collect()
    }
}

/// What is known of a thing and of the caller.
pub trait Facts<V: Verb> {
    /// The state of the thing.
    fn state(&self) -> V::State;

    /// The state of the caller's own part in it.
    fn my_part(&self) -> Option<V::Part> {
        None
    }

    /// Whether the verb is possible for other reasons than the state: a place is free, the member
    /// is not the patient. If not, the verb is not listed, and a caller who tries it is told why.
    fn is_open_to(&self, _verb: V) -> bool {
        true
    }
}

/// A state that a verb starts from, with the parts that the caller may have in it.
pub type From<V> = (<V as Verb>::State, &'static [Option<<V as Verb>::Part>]);

/// A row of a table of verbs.
pub struct Rule<V: Verb> {
    pub action: &'static str,
    pub word: &'static str,
    /// What a sentence calls it, if its name in `actions` does not say it.
    pub deed: Option<&'static str>,
    /// The states it starts from, with the parts that the caller may have. Without parts, any part
    /// fits.
    pub from: &'static [From<V>],
    /// The state that the thing is in afterward, if it is always the same.
    pub to: Option<V::State>,
    /// The state that the caller's own part is in afterward.
    pub my_part_to: Option<V::Part>,
    pub may: for<'a> fn(&V::Facts<'a>) -> Result<(), Refusal>,
}

/// The part in a thing in which members have no part of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoPart {}

/// Declares the verbs of a thing.
macro_rules! verbs {
    (
        $(#[$doc:meta])+
        $name:ident as $action_name:ident of $facts:ident, $thing:literal: $state:ident, $part:ident {
            $(
                $verb:ident = $action:literal
                    [
                        $($from:ident $(($($with:ident)|+))?)|+
                        $(=> $($to:ident)? $(($my_part_to:ident))?)?
                    ],
                    $may:ident, $word:literal $(, $deed:literal)?;
            )+
        }
    ) => {
        $(#[$doc])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name {
            $($verb,)+
        }

        impl $crate::access::Verb for $name {
            type State = $state;
            type Part = $part;
            type Facts<'a> = $facts<'a>;

            const THING: &'static str = $thing;

            const ALL: &'static [Self] = &[$(Self::$verb,)+];

            fn rule(self) -> &'static $crate::access::Rule<Self> {
                match self {
                    $(Self::$verb => const {
                        &$crate::access::Rule {
                            action: $action,
                            word: $word,
                            deed: $crate::access::verbs!(@deed $($deed)?),
                            from: &[$((
                                $state::$from,
                                &[$($($crate::access::verbs!(@part $part $with),)+)?],
                            ),)+],
                            to: $crate::access::verbs!(@to $state $($($to)?)?),
                            my_part_to: $crate::access::verbs!(@to $part $($($my_part_to)?)?),
                            may: |facts| facts.$may(),
                        }
                    },)+
                }
            }

            fn name_of(state: Self::State) -> &'static str {
                state.as_str()
            }
        }

        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                utoipa::openapi::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::Type::String)
                    .description(Some("What the caller can do now."))
                    .enum_values(Some([$($action,)+]))
                    .into()
            }
        }

        impl utoipa::ToSchema for $name {
            fn name() -> std::borrow::Cow<'static, str> {
                stringify!($action_name).into()
            }
        }
    };
    (@deed) => { None };
    (@deed $deed:literal) => { Some($deed) };
    (@part $part:ident None) => { None };
    (@part $part:ident $state:ident) => { Some($part::$state) };
    (@to $state:ident) => { None };
    (@to $state:ident $to:ident) => { Some($state::$to) };
}

pub(crate) use verbs;
