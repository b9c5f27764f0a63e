//! The fields that a PATCH really changes: what it sends as it is already
//! counts no version up and is told to nobody.

use sea_orm::{ActiveValue, ActiveValue::Set, Value};

/// Names of fields whose value is another one now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fields(Vec<&'static str>);

impl Fields {
    /// Writes what was sent, if anything was, and notes the name if the row has
    /// another value.
    pub fn set<V>(&mut self, name: &'static str, field: &mut ActiveValue<V>, sent: Option<V>)
    where
        V: Into<Value> + PartialEq,
    {
        let Some(sent) = sent else {
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

    /// Notes a field that is written elsewhere.
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
        fields.set("title", &mut title, None);
        fields.set("title", &mut title, Some("Shopping".to_owned()));
        assert!(fields.is_empty() && title.is_unchanged());
        fields.set("title", &mut title, Some("Cooking".to_owned()));
        assert_eq!(title, Set("Cooking".to_owned()));
        assert_eq!(fields.names(), ["title"]);
    }
}
