//! The people.

use crate::entity::membership::Access;

/// One of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    Rosa,
    Ana,
    Ben,
    Cem,
    Lucia,
}

/// What there is to know about somebody.
pub struct Portrait {
    pub name: &'static str,
    /// Reserved names (RFC 2606): mail to them reaches nobody.
    pub email: &'static str,
    pub access: Access,
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
        access: Access::Helper,
        relationship: "the patient",
        device: "Rosa's tablet",
        note: "Mum, this is yours: you see everything, and you say who else does.",
    },
    Portrait {
        name: "Ana Díaz",
        email: "ana@family.example",
        access: Access::Coordinator,
        relationship: "daughter",
        device: "Ana's phone",
        note: "",
    },
    Portrait {
        name: "Ben Díaz",
        email: "ben@family.example",
        access: Access::Caregiver,
        relationship: "son",
        device: "Ben's phone",
        note: "Hi Ben, let's share here who does what, before we both do half of it twice.",
    },
    Portrait {
        name: "Cem Aydın",
        email: "cem@family.example",
        access: Access::Helper,
        relationship: "neighbour",
        device: "Cem's laptop",
        note: "Dear Cem, you offered to help. Here you see with what, and only take what suits you.",
    },
    Portrait {
        name: "Lucía Prieto",
        email: "lucia@family.example",
        access: Access::Viewer,
        relationship: "sister, abroad",
        device: "Lucía's phone",
        note: "Aunt Lucía, so that you hear how the days go without asking twice.",
    },
];

/// What the circle says of the patient.
pub const ABOUT_ROSA: &str = "Taught music for thirty years. Likes the radio on in the morning and \
     a proper tomato at noon. Hears better on the right.";

impl Who {
    pub const ALL: [Self; 5] = [Self::Rosa, Self::Ana, Self::Ben, Self::Cem, Self::Lucia];

    pub fn portrait(self) -> &'static Portrait {
        &PEOPLE[self as usize]
    }
}
