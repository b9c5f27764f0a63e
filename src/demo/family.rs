//! Who lives in a filled database, and what to try first, as it is printed.

use std::fmt;

use serde_json::json;

use super::people::Who;
use crate::entity::membership::Access;

/// A family that has moved in, with all it takes to be one of them.
pub struct DemoFamily {
    /// Where their server is to be.
    pub public_url: String,
    /// In the order of the table; the passwords are nowhere else.
    pub residents: Vec<Resident>,
    /// Ana's access token.
    pub token: String,
    /// The path of a task that Ana has at hand.
    pub task: String,
}

/// Somebody with an account.
pub struct Resident {
    pub name: &'static str,
    pub relationship: &'static str,
    pub access: Access,
    pub email: &'static str,
    pub password: String,
}

impl fmt::Display for DemoFamily {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "A family has moved in: its last two days, and the week to come."
        )?;
        writeln!(f, "The passwords are shown this once.\n")?;
        for person in &self.residents {
            let is = format!("{}, {}", person.relationship, person.access.as_str());
            let (name, email, password) = (person.name, person.email, &person.password);
            writeln!(f, "  {name:<14}{is:<24}{email:<22}{password}")?;
        }
        let ana = &self.residents[Who::Ana as usize];
        let credentials = json!({ "email": ana.email, "password": ana.password });
        let (url, task) = (&self.public_url, &self.task);
        let authorization = format!("-H 'authorization: Bearer {}'", self.token);
        write!(
            f,
            "
Start `kith serve` with the same settings. For ten minutes from now these calls are Ana's.
What is on her agenda?

curl -sS {url}/v1/me/agenda {authorization}

She has been to the pharmacy; the task is done:

curl -sS -X POST {url}{task}/complete {authorization}

Later, signing in gives a new access token:

curl -sS {url}/v1/sessions -H 'content-type: application/json' -d '{credentials}'"
        )
    }
}
