//! The fields that a PATCH really changes. A field that is sent with its present value is no
//! change: the version stays, and nobody is told.

use sea_orm::{ActiveValue, ActiveValue::Set, Value};

/// The names of the fields that have changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fields(Vec<&'static str>);

impl Fields {
    /// Writes a value that was sent and adds the name of the field, if the row has another value.
    pub fn set<V, S>(&mut self, name: &'static str, field: &mut ActiveValue<V>, sent: Option<S>)
    where
        V: Into<Value> + PartialEq,
        S: Into<V>,
    {
        let Some(sent) = sent.map(Into::into) else {
            return;
        };
        let is_as_sent = match &*field {
            ActiveValue::Set(value) | ActiveValue::Unchanged(value) => *value == sent,
            ActiveValue::NotSet => false,
        };
        if !is_as_sent {
            *field = Set(sent);
            self.note(name);
        }
    }

    /// Like [`Self::set`], for a field that can be cleared: `Some(None)` is a null that was sent.
    pub fn set_or_clear<V, S>(
        &mut self,
        name: &'static str,
        field: &mut ActiveValue<Option<V>>,
        sent: Option<Option<S>>,
    ) where
        Option<V>: Into<Value>,
        V: PartialEq,
        S: Into<V>,
    {
        let sent: Option<Option<V>> = sent.map(|sent| sent.map(Into::into));
        self.set(name, field, sent);
    }

    /// Adds the name of a field that is written elsewhere.
    pub fn note(&mut self, name: &'static str) {
        self.0.push(name);
    }

    /// Whether nothing changes.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The names, for the change log.
    pub fn names(self) -> Vec<&'static str> {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_sent_and_differs_is_named() {
        let mut fields = Fields::default();
        let mut title = ActiveValue::Unchanged("Shopping".to_owned());
        fields.set("title", &mut title, None::<String>);
        fields.set("title", &mut title, Some("Shopping"));
        assert!(fields.is_empty() && title.is_unchanged());
        fields.set("title", &mut title, Some("Cooking"));
        assert_eq!(title, Set("Cooking".to_owned()));
        assert_eq!(fields.names(), ["title"]);
    }

    #[test]
    fn a_field_is_cleared_by_a_null_and_left_alone_by_silence() {
        let mut fields = Fields::default();
        let mut notes: ActiveValue<Option<String>> = ActiveValue::Unchanged(Some("Milk".into()));
        fields.set_or_clear("notes", &mut notes, None::<Option<String>>);
        assert!(fields.is_empty() && notes.is_unchanged());
        fields.set_or_clear("notes", &mut notes, Some(None::<String>));
        assert_eq!(notes, Set(None));
        fields.set_or_clear("notes", &mut notes, Some(None::<String>));
        assert_eq!(fields.names(), ["notes"]);
    }
}
