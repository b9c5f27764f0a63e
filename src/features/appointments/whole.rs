//! An appointment that a request changes, with everything that follows it: its attendees, and its
//! needs with the parts in them, also those that the caller does not see. One statement reads what
//! belongs to it, what changes is written when the transaction commits, and the answer is made of
//! what is here. So nothing is read twice.

use std::collections::{HashMap, HashSet};

use super::around::{AroundRow, around, with_planned_questions};
use super::locked::LockedAppointment;
use super::store::{self, Shown};
use super::subject::item_of;
use super::types::{Appointment, Attendee};
use crate::access::{CircleAccess, CircleWrite, Locked, ScheduleAppointments};
use crate::app::App;
use crate::entity::attendance::{self, AttendeeResponse};
use crate::entity::ids::{AppointmentId, AttendanceId, MemberId, NeedAssignmentId, QuestionId};
use crate::entity::need::NeedState;
use crate::entity::need_assignment::{self, NeedAssignmentState};
use crate::entity::topic_grant::{Topic, TopicLevel};
use crate::entity::{appointment, need};
use crate::features::needs::{self, NeedAssignment};
use crate::features::participation::{members_in, put_part_later};
use crate::features::questions;
use crate::features::threads::Comments;
use crate::http::response::{Created, Resource};
use crate::notify::notifications::People;
use crate::notify::reminders::{self, Item, Newcomer, PartKey};
use crate::notify::subject::SubjectId;
use crate::platform::db::ReadRows;
use crate::problem::Problem;
use crate::row::Joined;

/// An appointment under the circle's lock, with everything that follows it.
pub(super) struct WholeAppointment {
    pub locked: LockedAppointment,
    /// All its needs, by time.
    pub needs: Vec<need::Model>,
    /// The parts of members in its needs, the oldest first.
    pub assignments: Vec<need_assignment::Model>,
    pub comments: Comments,
    /// The names of all members who have a part.
    names: HashMap<MemberId, String>,
    /// The questions that are planned for it, with their topics.
    questions: Vec<(QuestionId, Topic)>,
}

impl WholeAppointment {
    /// Locks the circle and reads the appointment, or 404, and what belongs to it.
    pub async fn open(
        app: &App,
        circle: &CircleAccess<ScheduleAppointments>,
        id: AppointmentId,
    ) -> Result<Self, Problem> {
        let write = app.begin_write(circle).await?;
        let (row, questions) = with_planned_questions(&write, id).await?;
        let rows = around(&write, id).read(write.tx()).await?;
        let mut whole = Self::new(write, row);
        whole.questions = questions;
        for row in rows {
            whole.add(row);
        }
        Ok(whole)
    }

    /// An appointment that was created in this transaction: nothing belongs to it yet.
    pub fn new(write: CircleWrite, row: appointment::Model) -> Self {
        Self {
            locked: Locked {
                write,
                row,
                related: Vec::new(),
            },
            needs: Vec::new(),
            assignments: Vec::new(),
            comments: Comments::default(),
            names: HashMap::new(),
            questions: Vec::new(),
        }
    }

    /// Adds a row. The rows of a need follow each other.
    fn add(&mut self, row: AroundRow) {
        if row.thread_id.is_some() {
            self.comments = Comments {
                thread_id: row.thread_id,
                count: row.comments.unwrap_or_default(),
            };
            return;
        }
        let Joined(need) = row.need;
        let need_id = need.as_ref().map(|need| need.id);
        if let Some(need) = need
            && self.needs.last().is_none_or(|last| last.id != need.id)
        {
            self.needs.push(need);
        }
        let (Some(id), Some(member_id), Some(version)) = (row.id, row.member_id, row.version)
        else {
            return;
        };
        let (Some(created_at), Some(updated_at)) = (row.created_at, row.updated_at) else {
            return;
        };
        if let Some(name) = row.name {
            self.names.insert(member_id, name);
        }
        let circle_id = self.locked.row.circle_id;
        match (need_id, row.state, row.response) {
            (Some(need_id), Some(state), _) => self.assignments.push(need_assignment::Model {
                circle_id,
                id: NeedAssignmentId(id),
                need_id,
                member_id,
                state,
                is_handing_over: row.is_handing_over.unwrap_or_default(),
                is_away: row.is_away.unwrap_or_default(),
                // Only reminders ask for it.
                taken_at: None,
                version,
                created_at,
                created_by_member_id: row.asked_by,
                updated_at,
            }),
            (None, _, Some(response)) => self.locked.related.push(attendance::Model {
                circle_id,
                id: AttendanceId(id),
                appointment_id: self.locked.row.id,
                member_id,
                response,
                version,
                created_at,
                created_by_member_id: row.asked_by,
                updated_at,
            }),
            _ => {}
        }
    }

    /// Adds an attendee who has no part in it yet.
    pub fn add_attendee(
        &mut self,
        people: &People,
        member: MemberId,
        answer: AttendeeResponse,
    ) -> Result<(), Problem> {
        let LockedAppointment {
            write,
            row,
            related,
        } = &mut self.locked;
        let attendance = put_part_later::<attendance::Entity>(write, row, &[], member, answer)?;
        related.push(attendance);
        // In the order in which they are read.
        related.sort_by_key(|part| (part.created_at, part.id));
        let name = people.member(member).map(|member| member.row.name.clone());
        self.names.insert(member, name.unwrap_or_default());
        Ok(())
    }

    /// Asks its attendees again, but not the caller, who chose the new time. Members who are not
    /// active any more, or do not see its topic any more, are removed.
    pub fn ask_anew(&mut self, people: &People) -> Result<(), Problem> {
        let gone = self.locked.who_cannot_see(people);
        self.locked.delete_attendances(&gone);
        let LockedAppointment {
            write,
            row,
            related,
        } = &mut self.locked;
        for attendance in related {
            let member = attendance.member_id;
            let chose_it = attendance.response == AttendeeResponse::Accepted
                && write.scope().is_member(member);
            if !chose_it {
                let (part, answer) = (
                    std::slice::from_ref(attendance),
                    AttendeeResponse::NoResponse,
                );
                *attendance =
                    put_part_later::<attendance::Entity>(write, row, part, member, answer)?;
            }
        }
        Ok(())
    }

    /// Moves its needs together with it.
    pub async fn move_needs(
        &mut self,
        before: &appointment::Model,
        people: Option<&People>,
    ) -> Result<(), Problem> {
        let able = people.into_iter().flat_map(People::members);
        let able = able.filter(|member| member.may_take_part(Some(Topic::Daily)));
        let able = able.map(|member| member.row.id).collect();
        let (needs, parts) = (&mut self.needs, &mut self.assignments);
        let LockedAppointment { write, row, .. } = &mut self.locked;
        needs::move_needs(write, needs, parts, &able, before, row).await?;
        self.needs.sort_by_key(|need| (need.sort_at, need.id));
        Ok(())
    }

    /// Puts some of its needs into the state that follows from its own.
    pub async fn move_needs_to(
        &mut self,
        to: NeedState,
        which: impl Fn(&need::Model) -> bool + Send,
    ) -> Result<(), Problem> {
        let (needs, parts) = (&mut self.needs, &mut self.assignments);
        needs::follow_state(&mut self.locked.write, needs, parts, which, to).await
    }

    /// Makes the questions that were planned for it, and not asked, drafts again, when the
    /// transaction commits.
    pub async fn return_questions(&mut self) -> Result<(), Problem> {
        let questions = std::mem::take(&mut self.questions);
        questions::return_to_drafts(&mut self.locked.write, &questions).await
    }

    /// Plans its reminders and those of its needs again.
    pub async fn plan(&self) -> Result<(), Problem> {
        self.plan_for(&[]).await
    }

    /// Plans the reminders as if everybody who has a part had responded now: they accepted before
    /// it was confirmed or reinstated, and its time may be close.
    pub async fn plan_for_participants(&self) -> Result<(), Problem> {
        let of = |answers: &[AttendeeResponse]| {
            members_in::<attendance::Entity>(&self.locked.related, answers)
        };
        let coming = of(&[AttendeeResponse::Accepted]);
        let asked = of(&[AttendeeResponse::NoResponse, AttendeeResponse::Tentative]);
        let item = item_of(&self.locked.row);
        let mut newcomers = reminders::newcomers(&item, &coming, true);
        newcomers.extend(reminders::newcomers(&item, &asked, false));
        let taken = self.taken().map(|part| Newcomer {
            item: SubjectId::Need(part.need_id),
            member: part.member_id,
            said_yes: true,
        });
        newcomers.extend(taken);
        self.plan_for(&newcomers).await
    }

    /// Plans its own reminders again, with these newcomers.
    pub async fn plan_attendees(&self, newcomers: &[Newcomer]) -> Result<(), Problem> {
        self.plan_items(&[item_of(&self.locked.row)], newcomers)
            .await
    }

    /// Plans its reminders and those of its needs again, with these newcomers.
    async fn plan_for(&self, newcomers: &[Newcomer]) -> Result<(), Problem> {
        let row = &self.locked.row;
        let mut items = vec![item_of(row)];
        items.extend(self.needs.iter().map(|need| needs::item_of(need, row)));
        self.plan_items(&items, newcomers).await
    }

    async fn plan_items(&self, items: &[Item], newcomers: &[Newcomer]) -> Result<(), Problem> {
        let row = &self.locked.row;
        let coming = self.locked.coming().into_iter();
        let mut parts: HashSet<PartKey> = coming
            .map(|member| (SubjectId::Appointment(row.id), member))
            .collect();
        let taken = self.taken();
        parts.extend(taken.map(|part| (SubjectId::Need(part.need_id), part.member_id)));
        reminders::plan_all_with_parts(&self.locked.write, items, parts, newcomers).await
    }

    /// The parts of members who have claimed a need.
    fn taken(&self) -> impl Iterator<Item = &need_assignment::Model> {
        let parts = self.assignments.iter();
        parts.filter(|part| part.state == NeedAssignmentState::Accepted)
    }

    /// Whether somebody has claimed a need.
    pub fn is_anything_claimed(&self) -> bool {
        self.taken().next().is_some()
    }

    /// Commits, and answers with the appointment as the caller sees it now.
    pub async fn respond(self) -> Result<Resource<Appointment>, Problem> {
        let (write, answer) = self.describe();
        write.commit(Resource::new(answer)).await
    }

    /// Commits, and answers with the appointment that was created.
    pub async fn respond_created(self) -> Result<Created<Appointment>, Problem> {
        let (write, answer) = self.describe();
        write.commit(Created::new(answer)).await
    }

    fn describe(self) -> (CircleWrite, Appointment) {
        let Self {
            locked,
            mut needs,
            assignments,
            comments,
            names,
            ..
        } = self;
        let LockedAppointment {
            write,
            row,
            related,
        } = locked;
        let scope = write.scope();
        let name = |member| names.get(&member).cloned().unwrap_or_default();
        let attendees = related.iter().map(|attendance| Attendee {
            member_id: attendance.member_id,
            name: name(attendance.member_id),
            response: attendance.response,
            updated_at: attendance.updated_at,
        });
        let attendees = attendees.collect();
        // A need is always an everyday thing, whatever the topic of its appointment.
        if scope.topics().level(Topic::Daily) < TopicLevel::Read {
            needs.clear();
        }
        let with_parts = |need: need::Model| {
            let parts = assignments.iter().filter(|part| part.need_id == need.id);
            let parts = parts.map(|part| NeedAssignment {
                member_id: part.member_id,
                name: name(part.member_id),
                state: part.state,
                is_handing_over: part.is_handing_over,
                is_away: part.is_away,
                updated_at: part.updated_at,
            });
            let parts = parts.collect();
            (need, parts)
        };
        let needs = needs.into_iter().map(with_parts).collect();
        let shown = Shown {
            attendees,
            needs,
            comments,
        };
        let answer = store::describe_with(scope, row, shown);
        (write, answer)
    }
}
