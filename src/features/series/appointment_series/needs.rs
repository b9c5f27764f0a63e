//! What follows the appointments of a series: their needs, with those who have claimed them, and the
//! questions that are planned for them.

use sea_orm::{ActiveModelTrait, ActiveValue::Set, IntoActiveModel, TryIntoModel};

use super::around::{self, Around};
use super::templates::NeedTemplate;
use crate::access::change_log::Change;
use crate::access::{Absences, CircleWrite};
use crate::entity::appointment;
use crate::entity::appointment_series;
use crate::entity::ids::{AppointmentId, MemberId};
use crate::entity::need::{self, Column, NeedKind, NeedState};
use crate::entity::need_assignment::{self, NeedAssignmentState};
use crate::entity::notification::NotificationKind;
use crate::entity::topic_grant::Topic;
use crate::features::needs::item_of;
use crate::features::participation::{Doubt, KeptParts, Part, members_in, set_parts};
use crate::features::questions::return_to_drafts;
use crate::features::series::making::Making;
use crate::features::series::repeats::Repeats;
use crate::notify::notifications::Notification;
use crate::notify::subject::{Stage, SubjectId};
use crate::problem::Problem;
use crate::schedule::moment_of_need;
use crate::schedule::{When, WhenInstants};

type Appointments = Making<appointment_series::Entity>;

/// The columns of a need that its series writes.
const WRITTEN: &[Column] = &[
    Column::PeopleNeeded,
    Column::PeopleAccepted,
    Column::PeopleUncertain,
    Column::PickupLocation,
    Column::DropoffLocation,
    Column::Notes,
    Column::StartsOn,
    Column::EndsOn,
    Column::StartsLocal,
    Column::EndsLocal,
    Column::TimeZone,
    Column::StartsAt,
    Column::EndsAt,
    Column::SortAt,
    Column::OverAt,
    Column::State,
];

/// Moves, cancels and reinstates the needs of appointments with these, gives each appointment the needs
/// of the series, and makes drafts again of the questions for those that are canceled.
pub(super) async fn follow(
    write: &mut CircleWrite,
    was: &appointment_series::Model,
    series: &appointment_series::Model,
    making: &mut Appointments,
) -> Result<(), Problem> {
    let mut following = Following {
        zone: write.scope().time_zone().to_owned(),
        old: NeedTemplate::all_of(was),
        templates: NeedTemplate::all_of(series),
        rows: Vec::new(),
        asked_again: Vec::new(),
        kept: KeptParts::default(),
    };
    let changed = std::mem::take(&mut making.changed);
    let ids: Vec<AppointmentId> = changed.iter().map(|(before, _)| before.id).collect();
    let mut around = around::read(write, &ids).await?;
    let mut dropped = Vec::new();
    for (before, after) in &changed {
        let mut numbers = Vec::new();
        let Around { needs, questions } = around.remove(&before.id).unwrap_or_default();
        for (need, parts) in needs {
            numbers.extend(need.series_need);
            following.change(write, making, [before, after], &need, &parts)?;
        }
        match stage(after) {
            Stage::On => {
                let is_missing = |need: &&NeedTemplate| !numbers.contains(&need.number);
                let missing = following.templates.iter().filter(is_missing);
                let missing: Vec<NeedTemplate> = missing.cloned().collect();
                following.add(write, making, after, &missing)?;
            }
            _ if stage(before) == Stage::On => dropped.extend(questions),
            _ => {}
        }
    }
    let templates = following.templates.clone();
    for appointment in std::mem::take(&mut making.new) {
        following.add(write, making, &appointment, &templates)?;
    }
    making.write_occurrences(write);
    write.put_rows_later::<need::Entity>(following.rows, WRITTEN);
    let asked = NeedAssignmentState::Offered;
    set_parts::<need_assignment::Entity>(write, &following.asked_again, asked);
    let kept = following.kept;
    kept.write_later::<need::Entity>(write, &following.asked_again);
    return_to_drafts(write, &dropped).await
}

fn stage(row: &appointment::Model) -> Stage {
    appointment_series::Entity::item_stage(row)
}

/// What is going to be written of needs.
struct Following {
    zone: String,
    old: Vec<NeedTemplate>,
    templates: Vec<NeedTemplate>,
    rows: Vec<need::ActiveModel>,
    asked_again: Vec<need_assignment::Model>,
    /// Parts that stay with their members.
    kept: KeptParts<need_assignment::Entity>,
}

impl Following {
    /// Adds needs to an appointment.
    fn add(
        &mut self,
        write: &CircleWrite,
        making: &mut Appointments,
        appointment: &appointment::Model,
        templates: &[NeedTemplate],
    ) -> Result<(), Problem> {
        let starts = When::of::<appointment::Entity>(appointment);
        for template in templates {
            let mut row = need::ActiveModel {
                circle_id: Set(write.circle_id()),
                id: Set(write.new_id()),
                appointment_id: Set(appointment.id),
                series_need: Set(Some(template.number)),
                kind: Set(template.kind),
                people_needed: Set(template.people_needed),
                people_accepted: Set(0),
                people_uncertain: Set(0),
                pickup_location: Set(template.pickup_location.clone()),
                dropoff_location: Set(template.dropoff_location.clone()),
                notes: Set(template.notes.clone()),
                state: Set(NeedState::Open),
                version: Set(1),
                created_at: Set(write.now()),
                created_by_member_id: Set(appointment.created_by_member_id),
                updated_at: Set(write.now()),
                sent_hash: Set(None),
                ..Default::default()
            };
            let when = template.when(&starts, &self.zone);
            when.write_to::<need::Entity>(&mut row, &self.zone);
            let need: need::Model = row.try_into_model()?;
            self.note(making, appointment, need);
        }
        Ok(())
    }

    fn note(
        &mut self,
        making: &mut Appointments,
        appointment: &appointment::Model,
        need: need::Model,
    ) {
        making.items_around.push(item_of(&need, appointment));
        let change = Change::to::<need::Entity>(Change::REPEATED, &need);
        making.changes.push(change.about(Topic::Daily));
        self.rows.push(need.into_active_model().reset_all());
    }

    /// Changes a need with its appointment.
    fn change(
        &mut self,
        write: &CircleWrite,
        making: &mut Appointments,
        [before, after]: [&appointment::Model; 2],
        need: &need::Model,
        parts: &[need_assignment::Model],
    ) -> Result<(), Problem> {
        let number = need.series_need;
        let find = |needs: &[NeedTemplate]| {
            let mut needs = needs.iter();
            needs
                .find(|template| Some(template.number) == number)
                .cloned()
        };
        let (old, new) = (find(&self.old), find(&self.templates));
        let (from, to) = (
            When::of::<appointment::Entity>(before),
            When::of::<appointment::Entity>(after),
        );
        let was = When::of::<need::Entity>(need);
        let is_of_series = old
            .as_ref()
            .is_some_and(|old| old.when(&from, &self.zone) == was);
        let when = match &new {
            Some(new) if is_of_series => new.when(&to, &self.zone),
            _ => was.following(&from, &to),
        };
        let mut row = need.clone().into_active_model();
        row.state = Set(state_after(
            need.state,
            stage(before),
            stage(after),
            number.is_some() && new.is_none(),
        ));
        if let (Some(old), Some(new)) = (&old, &new) {
            write_changes(&mut row, old, new, need);
        }
        let mut still =
            members_in::<need_assignment::Entity>(parts, &[NeedAssignmentState::Accepted]);
        if when != was {
            when.write_to::<need::Entity>(&mut row, &self.zone);
            let takes_longer = when
                .instants(&self.zone)
                .goes_on_after(WhenInstants::of_row::<need::Entity>(need));
            if takes_longer || when.moment(&self.zone) != moment_of_need(need) {
                // They claimed it for the old time. The caller chose the new one.
                let accepted = parts
                    .iter()
                    .filter(|part| part.state == NeedAssignmentState::Accepted);
                let others = accepted.filter(|part| write.actor() != Some(part.member_id));
                self.asked_again.extend(others.cloned());
                still.retain(|member| write.actor() == Some(*member));
                row.people_accepted = Set(i32::try_from(still.len()).unwrap_or(i32::MAX));
            }
        }
        let mut changed: need::Model = row.try_into_model()?;
        let stay = parts.iter().filter(|part| still.contains(&part.member_id));
        let is_touched = self.keep(&making.absences, &mut changed, stay);
        if is_touched || changed != *need {
            changed.version += 1;
        }
        let news = self.news(before, after, need, &changed, parts);
        making.outcome.notifications.extend(news);
        let subject = SubjectId::Need(need.id);
        let takers = still.into_iter().map(|member| (subject, member));
        making.takers.extend(takers);
        if changed == *need {
            making.items_around.push(item_of(&changed, after));
        } else {
            self.note(making, after, changed);
        }
        Ok(())
    }

    /// Notes of the parts that stay in a need whose members are away then, and counts those that are
    /// uncertain. Returns whether one of these parts is another than before.
    fn keep<'a>(
        &mut self,
        absences: &Absences,
        need: &mut need::Model,
        parts: impl Iterator<Item = &'a need_assignment::Model>,
    ) -> bool {
        let is_on = need.state == NeedState::Open;
        let (mut uncertain, mut is_touched) = (0, false);
        for part in parts {
            let is_away = absences.covers(part.member_id, moment_of_need(need));
            let doubt = Doubt::of::<need_assignment::Entity>(part);
            let kept = self.kept.keep(part, doubt, is_on, is_away);
            uncertain += i32::from(kept.is_uncertain);
            is_touched |= kept.is_changed;
        }
        need.people_uncertain = uncertain;
        is_touched
    }

    /// What those who claimed a need are told of it. They may not see its appointment.
    fn news(
        &self,
        before: &appointment::Model,
        after: &appointment::Model,
        need: &need::Model,
        changed: &need::Model,
        parts: &[need_assignment::Model],
    ) -> Option<Notification> {
        let open = need_assignment::Entity::OPEN;
        let was = moment_of_need(need);
        let ends = |need: &need::Model| (need.ends_at, need.ends_on);
        let is_open = changed.state == NeedState::Open;
        let kind = match (need.state == NeedState::Open, is_open) {
            (true, false) => NotificationKind::Canceled,
            (false, true) => NotificationKind::Reinstated,
            (false, false) => return None,
            (true, true) if moment_of_need(changed) != was => NotificationKind::Rescheduled,
            (true, true) if ends(changed) != ends(need) => NotificationKind::EndRescheduled,
            (true, true) => NotificationKind::Updated,
        };
        let mut told: Vec<MemberId> = members_in::<need_assignment::Entity>(parts, &open);
        if kind == NotificationKind::Updated {
            let places = |need: &need::Model| {
                let places = (need.pickup_location.clone(), need.dropoff_location.clone());
                (places, need.notes.clone())
            };
            // Child care takes place somewhere else.
            let is_elsewhere =
                before.location != after.location && need.kind != NeedKind::ChildCare;
            if places(need) == places(changed) && !is_elsewhere {
                return None;
            }
            told = members_in::<need_assignment::Entity>(parts, &[NeedAssignmentState::Accepted]);
        }
        let old = Notification::of(kind, need, &self.zone);
        let notification = Notification::of(kind, changed, &self.zone).was(was);
        Some(notification.instead_of(&old).to(told))
    }
}

/// The state of a need after its appointment changed.
fn state_after(state: NeedState, was: Stage, is: Stage, is_dropped: bool) -> NeedState {
    match state {
        NeedState::Open | NeedState::OnHold if is_dropped => NeedState::Canceled,
        NeedState::Open if was == Stage::On && is == Stage::Off => NeedState::OnHold,
        NeedState::OnHold if is == Stage::On => NeedState::Open,
        other => other,
    }
}

/// Writes what is different in the series, unless somebody has changed it in this need alone.
fn write_changes(
    row: &mut need::ActiveModel,
    old: &NeedTemplate,
    new: &NeedTemplate,
    need: &need::Model,
) {
    if old.people_needed != new.people_needed && need.people_needed == old.people_needed {
        row.people_needed = Set(new.people_needed.max(need.people_accepted));
    }
    if old.pickup_location != new.pickup_location && need.pickup_location == old.pickup_location {
        row.pickup_location = Set(new.pickup_location.clone());
    }
    if old.dropoff_location != new.dropoff_location && need.dropoff_location == old.dropoff_location
    {
        row.dropoff_location = Set(new.dropoff_location.clone());
    }
    if old.notes != new.notes && need.notes == old.notes {
        row.notes = Set(new.notes.clone());
    }
}
