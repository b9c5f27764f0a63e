//! The roles of the demo family.

use serde_json::{Value, json};

use super::household::Household;
use super::people::Who::{self, Ana, Ben, Cem, Rosa};
use super::requests::text;
use crate::entity::role::RoleKind;
use crate::entity::role_assignment::PatientPartKind;

/// A role, and what people do with it.
pub struct RolePlan {
    by: Who,
    kind: RoleKind,
    title: &'static str,
    effort_minutes_per_week: i32,
    shared: bool,
    was_rosas: bool,
    first: &'static [(Who, RoleStep)],
    later: &'static [(Who, RoleStep)],
}

/// What a member does with a role.
#[derive(Clone, Copy)]
pub enum RoleStep {
    Claim,
    Offer(Who),
    /// Rosa offers it to a member, and says what she keeps.
    HandOn(Who, &'static str),
    Accept,
    Decline,
}

use RoleStep::{Accept, Claim, Decline, HandOn, Offer};

pub const ROLES: &[RolePlan] = &[
    RolePlan {
        by: Rosa,
        kind: RoleKind::Meals,
        title: "Cooking on weekdays",
        effort_minutes_per_week: 300,
        shared: false,
        was_rosas: true,
        first: &[(Rosa, Claim)],
        later: &[
            (
                Rosa,
                HandOn(Ana, "Chooses the menu for the week, and tastes first."),
            ),
            (Ana, Accept),
        ],
    },
    RolePlan {
        by: Ana,
        kind: RoleKind::Transport,
        title: "Driving",
        effort_minutes_per_week: 180,
        shared: true,
        was_rosas: false,
        first: &[(Ben, Claim), (Ana, Offer(Cem))],
        later: &[(Cem, Accept)],
    },
    RolePlan {
        by: Ana,
        kind: RoleKind::Pets,
        title: "Toni the dog",
        effort_minutes_per_week: 210,
        shared: false,
        was_rosas: true,
        first: &[(Rosa, HandOn(Cem, "The last walk before bed stays hers."))],
        later: &[(Cem, Accept)],
    },
    RolePlan {
        by: Ana,
        kind: RoleKind::Communication,
        title: "Keeping everybody up to date",
        effort_minutes_per_week: 60,
        shared: false,
        was_rosas: false,
        first: &[(Ana, Offer(Ben))],
        later: &[],
    },
    RolePlan {
        by: Ana,
        kind: RoleKind::FinanceInsurance,
        title: "Bills and insurance",
        effort_minutes_per_week: 90,
        shared: false,
        was_rosas: false,
        first: &[(Ana, Offer(Ben))],
        later: &[(Ben, Decline)],
    },
    RolePlan {
        by: Rosa,
        kind: RoleKind::Custom,
        title: "Reading aloud in the evening",
        effort_minutes_per_week: 120,
        shared: true,
        was_rosas: false,
        first: &[(Ana, Claim)],
        later: &[(Rosa, Offer(Ben))],
    },
];

/// A role that was created, as the last answer showed it.
pub struct MadeRole {
    plan: &'static RolePlan,
    role: Value,
}

/// Creates the roles, and takes their first steps.
pub async fn make(household: &mut Household) -> anyhow::Result<Vec<MadeRole>> {
    let mut made = Vec::new();
    for plan in ROLES {
        let new = json!({
            "kind": plan.kind,
            "title": plan.title,
            "effort_minutes_per_week": plan.effort_minutes_per_week,
            "shared": plan.shared,
            "previously_carried_by_patient": plan.was_rosas,
        });
        let role = household.ask(plan.by, "/roles", new).await?;
        let mut role = MadeRole { plan, role };
        role.take_steps(household, plan.first).await?;
        made.push(role);
    }
    Ok(made)
}

/// Takes their later steps.
pub async fn go_on(household: &mut Household, roles: &mut [MadeRole]) -> anyhow::Result<()> {
    for role in roles {
        role.take_steps(household, role.plan.later).await?;
    }
    Ok(())
}

impl MadeRole {
    async fn take_steps(
        &mut self,
        household: &mut Household,
        steps: &[(Who, RoleStep)],
    ) -> anyhow::Result<()> {
        for (who, step) in steps {
            self.take_step(household, *who, *step).await?;
        }
        Ok(())
    }

    async fn take_step(
        &mut self,
        household: &mut Household,
        who: Who,
        step: RoleStep,
    ) -> anyhow::Result<()> {
        let id = text(&self.role, "id")?;
        let (verb, body) = match step {
            Claim => ("claim", Value::Null),
            Offer(to) => ("offer", json!({ "member_id": household.member(to)? })),
            HandOn(to, keeps) => (
                "offer",
                json!({
                    "member_id": household.member(to)?,
                    "previous_assignment_id": self.part_of(household.member(who)?),
                    "patient_part": PatientPartKind::Text,
                    "patient_part_text": keeps,
                }),
            ),
            Accept | Decline => {
                let verb = if matches!(step, Accept) {
                    "accept"
                } else {
                    "decline"
                };
                let part = self.part_of(household.member(who)?);
                let part = part.as_str().unwrap_or_default();
                let path = format!("/role-assignments/{part}/{verb}");
                household.ask(who, &path, Value::Null).await?;
                return Ok(());
            }
        };
        let path = format!("/roles/{id}/{verb}");
        self.role = household.ask(who, &path, body).await?;
        Ok(())
    }

    /// The id of a member's assignment, or null.
    fn part_of(&self, member: &str) -> Value {
        let parts = self.role["assignments"].as_array();
        let mut parts = parts.into_iter().flatten();
        let part = parts.find(|part| part["member_id"] == member);
        part.map_or(Value::Null, |part| part["id"].clone())
    }
}
