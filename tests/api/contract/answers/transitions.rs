//! Every transition of every kind of thing, allowed and refused, by whom: the tables are in
//! `transitions.txt`. `actions.rs` tries them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

const HELP: &str = "\
tests/api/contract/answers/transitions.txt says for each kind of thing what each member may do with it \
in each state. `+` is allowed, `=` changes nothing because it is in effect already, `.` does not fit the \
state, `-` is for others to do, `?` is another refusal, and `_` says that the caller has nothing like \
that. If the difference above is what you want, write the tables anew: \
UPDATE_TRANSITIONS=1 cargo test --test api the_listed_actions";

/// What came of each verb, in each state, for each caller.
#[derive(Default)]
pub struct Transitions {
    marks: BTreeMap<(String, String), char>,
    verbs: Vec<&'static str>,
}

impl Transitions {
    /// Notes the answer to a verb. Refusals that depend on the time alone count as allowed.
    pub fn note(
        &mut self,
        verb: &'static str,
        state: &str,
        caller: &str,
        listed: bool,
        status: u16,
        code: &str,
    ) {
        if !self.verbs.contains(&verb) {
            self.verbs.push(verb);
        }
        let mark = match status {
            200..=299 if listed => '+',
            200..=299 => '=',
            409 if code.starts_with("too_") => '+',
            409 => '.',
            403 => '-',
            _ => '?',
        };
        let place = (verb.to_owned(), format!("{state}, {caller}"));
        self.marks.insert(place, mark);
    }

    /// The table of a kind: a line for each verb, and in it the marks of all callers in each state.
    pub fn told(&self, kind: &str, states: &[&str], callers: &[&str]) -> String {
        let mut table = format!("{kind}: {}\n", states.join(", "));
        writeln!(table, "  by {}", callers.join(", ")).unwrap();
        for verb in &self.verbs {
            write!(table, "  {verb:20}").unwrap();
            for state in states {
                table.push(' ');
                for caller in callers {
                    let place = ((*verb).to_owned(), format!("{state}, {caller}"));
                    table.push(self.marks.get(&place).copied().unwrap_or('_'));
                }
            }
            table.push('\n');
        }
        table.push('\n');
        table
    }
}

/// Compares the tables with the committed ones.
pub fn compare(table: &str) {
    let file = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/api/contract/answers/transitions.txt"
    );
    if std::env::var_os("UPDATE_TRANSITIONS").is_some() {
        std::fs::write(file, table).unwrap();
    }
    let committed = std::fs::read_to_string(file).unwrap_or_default();
    let mut differs = String::new();
    for (from, other, sign) in [(&*committed, table, '-'), (table, &*committed, '+')] {
        let there: BTreeSet<&str> = other.lines().collect();
        for line in from.lines().filter(|line| !there.contains(line)) {
            writeln!(differs, "{sign} {line}").unwrap();
        }
    }
    assert!(committed == table, "{differs}{HELP}");
}
