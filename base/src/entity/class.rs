//! The words of the data map: what a column says of somebody, whose a row is,
//! and what export and erasure make of it.

/// The stamps of every row of a circle.
pub const STAMPS: &[&str] = &["version", "created_at", "updated_at"];

/// What a column says, and of whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Names this row or another one. Exported; what is left of somebody erased
    /// is such an id, which leads to nobody.
    Key,
    /// Where something stands, when it happened, how often. Exported with its row.
    State,
    /// Tells of one person. Exported to that person alone, blanked with them.
    Personal(Blank),
    /// What the others of the circle know somebody by. Exported to who sees the
    /// row, blanked with the person.
    Shown(Blank),
    /// Words of the person who wrote the row. Exported with it, blanked with the author.
    Written(Blank),
    /// What a family plans and says about its patient. Exported to who sees the
    /// row; it stays when one of them goes, and ends with the circle.
    Family,
    /// Opens something, or is the hash of what does. Never exported.
    Secret,
    /// How the house works. Never exported.
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

/// What erasing somebody does with the rows that are theirs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Erase {
    Delete,
    /// The row stays, so that what others did keeps its shape; what was the
    /// person's in it is blanked.
    Blank,
    /// The row stays as it is: of whose it was only the id of nobody is left.
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
