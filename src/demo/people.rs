//! The people of the demo family.

use crate::entity::membership::AccessLevel;

/// A person of the family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    Rosa,
    Ana,
    Ben,
    Cem,
    Lucia,
}

/// What is known about a person.
pub struct Portrait {
    pub name: &'static str,
    /// An address in a reserved domain (RFC 2606): email to it reaches nobody.
    pub email: &'static str,
    pub access: AccessLevel,
    pub relationship: &'static str,
    pub device: &'static str,
    /// What Ana writes when she invites them.
    pub note: &'static str,
}

/// In the order of [`Who`].
pub const PEOPLE: [Portrait; 5] = [
    Portrait {
        name: "Rosa Díaz",
        email: "rosa@family.example",
        access: AccessLevel::Helper,
        relationship: "the patient",
        device: "Rosa's tablet",
        note: "Mum, this is yours: you see everything, and you say who else does.",
    },
    Portrait {
        name: "Ana Díaz",
        email: "ana@family.example",
        access: AccessLevel::Coordinator,
        relationship: "daughter",
        device: "Ana's phone",
        note: "",
    },
    Portrait {
        name: "Ben Díaz",
        email: "ben@family.example",
        access: AccessLevel::Caregiver,
        relationship: "son",
        device: "Ben's phone",
        note: "Hi Ben, let's share here who does what, before we both do half of it twice.",
    },
    Portrait {
        name: "Cem Aydın",
        email: "cem@family.example",
        access: AccessLevel::Helper,
        relationship: "neighbor",
        device: "Cem's laptop",
        note: "Dear Cem, you offered to help. Here you see with what, and only take what suits you.",
    },
    Portrait {
        name: "Lucía Prieto",
        email: "lucia@family.example",
        access: AccessLevel::Viewer,
        relationship: "sister, abroad",
        device: "Lucía's phone",
        note: "Aunt Lucía, so that you hear how the days go without asking twice.",
    },
];

/// The text about the patient.
pub const ABOUT_ROSA: &str = "Taught music for thirty years. Likes the radio on in the morning and \
     a proper tomato at noon. Hears better on the right.";

impl Who {
    pub const ALL: [Self; 5] = [Self::Rosa, Self::Ana, Self::Ben, Self::Cem, Self::Lucia];

    pub fn portrait(self) -> &'static Portrait {
        &PEOPLE[self as usize]
    }
}
