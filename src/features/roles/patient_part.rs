//! What the patient keeps of a role that was theirs. The person who takes it from them has
//! to say so; that it is nothing is for the patient alone to say.

use super::{RoleAssignmentPatch, RoleOffer, RoleTaking};
use crate::access::CircleWrite;
use crate::access::change_log::Fields;
use crate::entity::ids::TaskId;
use crate::entity::role_assignment::{self, PatientPart};
use crate::entity::task;
use crate::platform::text::PatientPartText;
use crate::problem::Problem;

/// What a body says of it.
#[derive(Clone, Debug, Default)]
pub struct PatientPartChoice {
    part: Option<PatientPart>,
    text: Option<PatientPartText>,
    task: Option<TaskId>,
}

/// Reads it from a body with the fields `patient_part`, `patient_part_text` and
/// `patient_part_task_id`.
macro_rules! chosen_in {
    ($($body:ident)+) => {
        $(impl From<&$body> for PatientPartChoice {
            fn from(body: &$body) -> Self {
                Self {
                    part: body.patient_part,
                    text: body.patient_part_text.clone(),
                    task: body.patient_part_task_id,
                }
            }
        })+
    };
}

chosen_in!(RoleOffer RoleTaking RoleAssignmentPatch);

impl PatientPartChoice {
    /// That it is to be talked about.
    pub fn ask_later() -> Self {
        Self {
            part: Some(PatientPart::AskLater),
            ..Self::default()
        }
    }

    /// Whether the body says nothing.
    pub fn is_empty(&self) -> bool {
        self.part.is_none() && self.text.is_none() && self.task.is_none()
    }

    /// A text or a task alone is about the part as it was.
    pub fn or_part_of(mut self, row: &role_assignment::Model) -> Self {
        self.part = self.part.or(row.patient_part);
        self
    }

    /// Refuses what does not fit together, and what is not the caller's to say.
    pub async fn check(&self, write: &CircleWrite) -> Result<(), Problem> {
        let part = self.part;
        if part == Some(PatientPart::NoneByChoice) && !write.scope().is_patient() {
            let detail = "Only the patient says that.";
            return Err(Problem::field("/patient_part", "patients_choice", detail));
        }
        let with_part = |pointer, there: bool, belongs: bool| match (there, belongs) {
            (false, true) => Err(Problem::field(pointer, "missing", "This is required.")),
            (true, false) => {
                let detail = "Does not go with this patient_part.";
                Err(Problem::field(pointer, "not_with_this_part", detail))
            }
            _ => Ok(()),
        };
        let in_words = part == Some(PatientPart::Keeps);
        with_part("/patient_part_text", self.text.is_some(), in_words)?;
        let as_task = part == Some(PatientPart::Task);
        with_part("/patient_part_task_id", self.task.is_some(), as_task)?;
        if let Some(id) = self.task
            && write.find_one::<task::Entity>(id).await?.is_none()
        {
            let detail = "There is no such task.";
            return Err(Problem::field(
                "/patient_part_task_id",
                "unknown_task",
                detail,
            ));
        }
        Ok(())
    }

    /// Refuses silence when the role leaves the patient.
    pub fn check_given(&self, leaves_patient: bool) -> Result<(), Problem> {
        if leaves_patient && self.part.is_none() {
            let detail = "The role leaves the patient: say what part of it they keep.";
            return Err(Problem::field("/patient_part", "missing", detail));
        }
        Ok(())
    }

    /// Writes it into a row; answers whether that changes the row.
    pub fn write_to(self, row: &mut role_assignment::ActiveModel) -> bool {
        let mut fields = Fields::default();
        fields.set("part", &mut row.patient_part, Some(self.part));
        let text = self.text.map(String::from);
        fields.set("text", &mut row.patient_part_text, Some(text));
        fields.set("task", &mut row.patient_part_task_id, Some(self.task));
        !fields.is_empty()
    }
}
