//! What the patient keeps of a role that was theirs. A request that gives the role to
//! somebody else must say it. Only the patient may say that they keep nothing.

use super::{ClaimRoleRequest, OfferRoleRequest, RoleAssignmentPatch};
use crate::access::CircleWrite;
use crate::access::change_log::Fields;
use crate::entity::ids::TaskId;
use crate::entity::role_assignment::{self, PatientPartKind};
use crate::entity::task;
use crate::platform::text::PatientPartText;
use crate::problem::{FieldError, FieldErrorCode, Problem};

/// What a request says the patient keeps.
#[derive(Clone, Debug, Default)]
pub struct PatientPartChoice {
    part: Option<PatientPartKind>,
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

chosen_in!(OfferRoleRequest ClaimRoleRequest RoleAssignmentPatch);

impl PatientPartChoice {
    /// That the family will talk about it later.
    pub fn ask_later() -> Self {
        Self {
            part: Some(PatientPartKind::AskLater),
            ..Self::default()
        }
    }

    /// Whether the request says nothing about it.
    pub fn is_empty(&self) -> bool {
        self.part.is_none() && self.text.is_none() && self.task.is_none()
    }

    /// If the request sends only a text or a task, the kind stays as it was.
    pub fn or_part_of(mut self, row: &role_assignment::Model) -> Self {
        self.part = self.part.or(row.patient_part);
        self
    }

    /// Refuses fields that do not fit together, and what only the patient may choose.
    pub async fn check(&self, write: &CircleWrite) -> Result<(), Problem> {
        let part = self.part;
        let mut errors = Vec::new();
        if part == Some(PatientPartKind::NoneByChoice) && !write.scope().is_patient() {
            let detail = "Only the patient can choose `none_by_choice`. Send another value.";
            errors.push(FieldError::new(
                "/patient_part",
                FieldErrorCode::OnlyPatientCanChoose,
                detail,
            ));
        }
        let mut with_part = |pointer, there: bool, belongs: bool| match (there, belongs) {
            (false, true) => {
                let detail = "This is required with this `patient_part`.";
                errors.push(FieldError::new(pointer, FieldErrorCode::Required, detail));
            }
            (true, false) => {
                let detail = "This does not go with this `patient_part`. Leave it out.";
                errors.push(FieldError::new(
                    pointer,
                    FieldErrorCode::NotWithThisPatientPart,
                    detail,
                ));
            }
            _ => {}
        };
        let in_words = part == Some(PatientPartKind::Text);
        with_part("/patient_part_text", self.text.is_some(), in_words);
        let as_task = part == Some(PatientPartKind::Task);
        with_part("/patient_part_task_id", self.task.is_some(), as_task);
        if !errors.is_empty() {
            return Err(Problem::Invalid(errors));
        }
        if let Some(id) = self.task
            && write.find_one::<task::Entity>(id).await?.is_none()
        {
            let detail = "You see no task with this id. Send the id of another task.";
            return Err(Problem::field(
                "/patient_part_task_id",
                FieldErrorCode::UnknownTask,
                detail,
            ));
        }
        Ok(())
    }

    /// Refuses a request that gives the patient's role away and does not say what the
    /// patient keeps.
    pub fn check_given(&self, leaves_patient: bool) -> Result<(), Problem> {
        if leaves_patient && self.part.is_none() {
            let detail = "This role was the patient's. Send what the patient keeps of it.";
            return Err(Problem::field(
                "/patient_part",
                FieldErrorCode::Required,
                detail,
            ));
        }
        Ok(())
    }

    /// Writes the choice into a row. Returns whether that changes the row.
    pub fn write_to(self, row: &mut role_assignment::ActiveModel) -> bool {
        let mut fields = Fields::default();
        fields.set("part", &mut row.patient_part, Some(self.part));
        let text = self.text.map(String::from);
        fields.set("text", &mut row.patient_part_text, Some(text));
        fields.set("task", &mut row.patient_part_task_id, Some(self.task));
        !fields.is_empty()
    }
}
