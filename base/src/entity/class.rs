//! The terms of the data map: what a column says about a person, who owns a row, and what export
//! and erasure do with both.

/// The columns that every row of a circle has for its changes.
pub const STAMPS: &[&str] = &["version", "created_at", "updated_at"];

/// What other members read in place of the name of an erased member.
pub const FORMER_MEMBER: &str = "Former member";

/// What a column says about a person, and what follows from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// The id of this row or of another one. Exported. After the erasure of a person only such
    /// ids are left, which lead to nobody.
    Key,
    /// The id of a row of this table, which a person may not see although they see this row: who
    /// drives does not see the appointment. Exported if that row is exported too; else it is null.
    Beside(&'static str),
    /// The state of something, when it happened, how often. Exported with its row.
    State,
    /// Says something about one person. Exported only to that person, and blanked when they are
    /// erased.
    Personal(Blank),
    /// What other members see of a person, such as the name. Exported to everybody who sees the
    /// row, and blanked when the person is erased.
    Shown(Blank),
    /// A text by the author of the row. Exported with the row, and blanked when the author is
    /// erased.
    Written(Blank),
    /// What the circle plans and says about its patient. Exported to everybody who sees the row.
    /// It stays when a member leaves, and is deleted with the circle.
    Family,
    /// A secret or its hash. Never exported.
    Secret,
    /// Only the server needs it. Never exported.
    Technical,
}

/// What a blanked column contains.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blank {
    /// Null.
    Null,
    /// This text, in a column that cannot be null.
    Text(&'static str),
    /// The moment of the erasure.
    Moment,
}

/// The owner of a row, and the column that names the owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// An account, by its id.
    Account(&'static str),
    /// A session, by its id.
    Session(&'static str),
    /// The person with this email address.
    Address(&'static str),
    /// A member, by its id.
    Member(&'static str),
    /// The author, by the id of the member.
    Author(&'static str),
    /// The row is about another row that is erased, by its id.
    Subject(&'static str),
    /// The row mentions rows that are erased: their ids are in a text.
    Mentions(&'static str),
}

/// What the erasure of a person does with the rows that they own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Erase {
    Delete,
    /// The row stays, because other rows refer to it. Its columns about the person are blanked.
    Blank,
    /// The row stays as it is. The id of its owner no longer leads to anybody.
    Keep,
}

/// Which rows of a table are exported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Export {
    /// No rows.
    Never,
    /// The rows that the person owns.
    Own,
    /// The rows of the person's circles that the person can see now.
    Seen,
}

/// The data map of a table: which rows are exported, who owns them, what erasure does with them,
/// and the class of every column.
#[derive(Clone, Copy, Debug)]
pub struct Table {
    pub name: &'static str,
    pub export: Export,
    pub whose: &'static [(Whose, Erase)],
    pub columns: &'static [(Class, &'static [&'static str])],
}

impl Table {
    pub const fn new(
        name: &'static str,
        export: Export,
        whose: &'static [(Whose, Erase)],
        columns: &'static [(Class, &'static [&'static str])],
    ) -> Self {
        Self {
            name,
            export,
            whose,
            columns,
        }
    }

    /// The name of the table in an export. It is part of the API, so it stays when the table is
    /// renamed.
    pub fn exported_as(&self) -> &'static str {
        self.name
    }

    /// Every column with its class.
    pub fn classed(&self) -> impl Iterator<Item = (&'static str, Class)> {
        let named = |(class, names): &(Class, &'static [&'static str])| {
            let class = *class;
            names.iter().map(move |name| (*name, class))
        };
        self.columns.iter().flat_map(named)
    }

    /// The class of a column.
    pub fn class_of(&self, column: &str) -> Option<Class> {
        let mut classed = self.classed();
        let found = classed.find(|(name, _)| *name == column);
        found.map(|(_, class)| class)
    }

    /// Whether its rows belong to a circle and are deleted with it.
    pub fn is_in_a_circle(&self) -> bool {
        self.class_of("circle_id").is_some()
    }

    /// The columns that are blanked in a row with such an owner: what the author wrote, or what
    /// says something about any other owner.
    pub fn blanked(&self, whose: Whose) -> impl Iterator<Item = (&'static str, Blank)> {
        let by_author = matches!(whose, Whose::Author(_));
        self.classed().filter_map(move |(name, class)| match class {
            Class::Written(blank) if by_author => Some((name, blank)),
            Class::Personal(blank) | Class::Shown(blank) if !by_author => Some((name, blank)),
            _ => None,
        })
    }
}
