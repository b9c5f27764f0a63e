//! The terms of the data map: what a column says about a person, whose a row is, and what
//! export and erasure do with it.

/// The stamps of every row of a circle.
pub const STAMPS: &[&str] = &["version", "created_at", "updated_at"];

/// What a column says, and about whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// The id of this row or of another one. Exported. Of a person who was erased only such an
    /// id is left, which leads to nobody.
    Key,
    /// The state of something, when it happened, how often. Exported with its row.
    State,
    /// Says something about one person. Exported to that person alone, and blanked when they
    /// are erased.
    Personal(Blank),
    /// What the other members see of a person, like a name. Exported to those who see the row,
    /// and blanked when the person is erased.
    Shown(Blank),
    /// Words of the author of the row. Exported with it, and blanked when the author is erased.
    Written(Blank),
    /// What a family plans and says about its patient. Exported to those who see the row. It
    /// stays when a member leaves, and ends with the circle.
    Family,
    /// A secret or its hash. Never exported.
    Secret,
    /// What only the server needs. Never exported.
    Technical,
}

/// What stands in a blanked column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blank {
    /// Nothing.
    Null,
    /// A word, where there must be one.
    Text(&'static str),
    /// The moment of the erasure.
    Moment,
}

/// Whose a row is: the column that says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// An account's: its id.
    Account(&'static str),
    /// A session's: its id.
    Session(&'static str),
    /// Of the person who has this e-mail address.
    Address(&'static str),
    /// A member's: its id.
    Member(&'static str),
    /// The author's: a member's id.
    Author(&'static str),
    /// About one of the rows that are erased: its id.
    Subject(&'static str),
    /// About some of the rows that are erased: their ids stand in a text.
    Mentions(&'static str),
}

/// What the erasure of a person does with their rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Erase {
    Delete,
    /// The row stays, because what others did refers to it. The person's columns in it are
    /// blanked.
    Blank,
    /// The row stays as it is. The id of its owner leads to nobody any more.
    Keep,
}

/// Which rows of a table are exported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Export {
    /// None.
    Never,
    /// The person's own.
    Own,
    /// Those of the person's circles that the person sees now.
    Seen,
}

/// A table: which rows are exported, whose they are and what erasing that person
/// does with them, and the class of every column.
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

    /// What it is called in an export. That is part of the API, and stays when a table gets
    /// another name.
    pub fn exported_as(&self) -> &'static str {
        match self.name {
            "notifications" => "notices",
            name => name,
        }
    }

    /// Its columns, each with its class.
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

    /// Whether its rows lie in a circle, and end with it.
    pub fn is_in_a_circle(&self) -> bool {
        self.class_of("circle_id").is_some()
    }

    /// What is blanked in a row that is somebody's in this way: what tells of a
    /// member, or what an author wrote.
    pub fn blanked(&self, whose: Whose) -> impl Iterator<Item = (&'static str, Blank)> {
        let by_author = matches!(whose, Whose::Author(_));
        self.classed().filter_map(move |(name, class)| match class {
            Class::Written(blank) if by_author => Some((name, blank)),
            Class::Personal(blank) | Class::Shown(blank) if !by_author => Some((name, blank)),
            _ => None,
        })
    }
}
