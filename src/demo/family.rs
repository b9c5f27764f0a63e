//! What `kith demo` prints: who the family is, and what to try first.

use std::fmt;

use serde_json::json;

use super::people::Who;
use super::story::FirstThings;
use crate::entity::membership::AccessLevel;

/// The demo family, with everything that is needed to sign in as one of them.
pub struct DemoFamily {
    /// The public address of their server.
    pub public_url: String,
    /// In the order of the table. Their passwords are stored nowhere else.
    pub residents: Vec<Resident>,
    /// Ana's access token.
    pub token: String,
    /// What Ana looks at first.
    pub first: FirstThings,
}

/// A member of the family.
pub struct Resident {
    pub name: &'static str,
    pub relationship: &'static str,
    pub access: AccessLevel,
    pub email: &'static str,
    pub password: String,
}

impl fmt::Display for DemoFamily {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "The demo family is ready: its last two days and its coming week."
        )?;
        writeln!(f, "Write the passwords down: they are shown only once.\n")?;
        for person in &self.residents {
            let is = format!("{}, {}", person.relationship, person.access.as_str());
            let (name, email, password) = (person.name, person.email, &person.password);
            writeln!(f, "  {name:<14}{is:<24}{email:<22}{password}")?;
        }
        let ana = &self.residents[Who::Ana as usize];
        let credentials = json!({ "email": ana.email, "password": ana.password });
        let url = &self.public_url;
        let FirstThings {
            task,
            check_up,
            circle,
        } = &self.first;
        let authorization = format!("-H 'authorization: Bearer {}'", self.token);
        write!(
            f,
            "
Start `kith serve` with the same settings. For ten minutes from now you can make these calls as Ana.
What is on her agenda?

curl -sS {url}/v1/me/agenda {authorization}

What still needs somebody?

curl -sS {url}{circle}/gaps {authorization}

What should she know for the check-up?

curl -sS {url}{check_up}/brief {authorization}

She has been to the pharmacy. Complete the task:

curl -sS -X POST {url}{task}/complete {authorization}

After ten minutes, sign in to get a new access token:

curl -sS {url}/v1/sessions -H 'content-type: application/json' -d '{credentials}'"
        )
    }
}
