//! Parts that stay with their members while the things in which they have them change together, as
//! the occurrences of a series do. The number of statements does not grow with the parts.

use sea_orm::sea_query::Expr;
use uuid::Uuid;

use super::part::{Part, Row};
use super::uncertain::{Uncertain, withdraw_handovers_later};
use super::work::{HasParts, Work};
use crate::access::CircleWrite;

/// What is going to be written of parts that stay.
pub struct KeptParts<P: Part> {
    /// Parts whose members are away at the new time, or no longer are.
    now_away: Vec<Uuid>,
    now_here: Vec<Uuid>,
    /// Parts that were handed over in things that end.
    no_longer_handed_over: Vec<Row<P>>,
}

impl<P: Part> Default for KeptParts<P> {
    fn default() -> Self {
        Self {
            now_away: Vec::new(),
            now_here: Vec::new(),
            no_longer_handed_over: Vec::new(),
        }
    }
}

/// Whether the member of a part may not do what they have.
#[derive(Clone, Copy, Debug, Default)]
pub struct Doubt {
    pub is_away: bool,
    pub is_handing_over: bool,
}

impl Doubt {
    /// What is stored of a part.
    pub fn of<P: Uncertain>(part: &Row<P>) -> Self {
        Self {
            is_away: P::is_away(part),
            is_handing_over: P::is_handing_over(part),
        }
    }
}

/// What became of a part that stays.
#[derive(Clone, Copy, Debug)]
pub struct KeptPart {
    pub is_uncertain: bool,
    /// Whether it is another than before.
    pub is_changed: bool,
}

impl<P: Part> KeptParts<P> {
    /// Notes of a part whether its member is away at the time that the thing has now. What is not `on`
    /// any more is no longer handed over.
    pub fn keep(&mut self, part: &Row<P>, before: Doubt, is_on: bool, is_away: bool) -> KeptPart {
        if !is_on {
            if before.is_handing_over {
                self.no_longer_handed_over.push(part.clone());
            }
            return KeptPart {
                is_uncertain: before.is_away,
                is_changed: before.is_handing_over,
            };
        }
        let id: Uuid = P::id_of(part).into();
        if is_away && !before.is_away {
            self.now_away.push(id);
        } else if before.is_away && !is_away {
            self.now_here.push(id);
        }
        KeptPart {
            is_uncertain: is_away || before.is_handing_over,
            is_changed: is_away != before.is_away,
        }
    }

    /// Writes it when the transaction commits, and ends the open handovers of these and of the `ended`
    /// parts.
    pub fn write_later<E>(&self, write: &CircleWrite, ended: &[Row<P>])
    where
        E: Work + HasParts<Parts = P>,
        P: Uncertain,
    {
        for (is_away, ids) in [(true, &self.now_away), (false, &self.now_here)] {
            let noted = vec![(E::IS_AWAY, Expr::value(is_away))];
            write.update_rows_later::<P>(ids, noted);
        }
        let kept = self.no_longer_handed_over.iter();
        let ids = kept.clone().map(|part| P::id_of(part).into());
        let certain = vec![(P::IS_HANDING_OVER, Expr::value(false))];
        write.update_rows_later::<P>(&ids.collect::<Vec<Uuid>>(), certain);
        withdraw_handovers_later::<P>(write, ended.iter().chain(kept));
    }
}
