//! What happens to a need: offered, taken, given back, not needed any more.

use sea_orm::{ActiveValue::Set, IntoActiveModel};

use super::rules::{self, Verb};
use super::store;
use super::types::{Need, NeedOffer, NeedPath};
use crate::access::change_log::Change;
use crate::access::{
    CircleAccess, CirclePath, CircleWrite, Needs, Permission, ScheduleAppointments, TakeNeeds,
    may_take_part,
};
use crate::app::App;
use crate::entity::membership::{self, MemberState};
use crate::entity::need::{self, NeedState};
use crate::entity::need_commitment::{self, CommitmentState};
use crate::entity::notice::NoticeKind;
use crate::entity::topic_grant::Topic;
use crate::features::participation::{self, Commitment};
use crate::features::tasks::TakeOn;
use crate::http::extract::{Json, Path};
use crate::http::response::Found;
use crate::notify::notifications::{self, News};
use crate::notify::reminders::{self, ItemId};
use crate::problem::{Conflict, Problem};
use crate::schedule::when::moment_of_need;

/// A need in hand, with who takes it, under the circle's lock.
pub(super) struct Hand {
    pub write: CircleWrite,
    pub need: need::Model,
    pub commitments: Vec<need_commitment::Model>,
}

impl Hand {
    pub async fn open<P: Needs>(
        app: &App,
        circle: &CircleAccess<P>,
        path: NeedPath,
    ) -> Result<Self, Problem> {
        let write = app.begin_write(circle).await?;
        let need = write.require::<need::Entity>(path.need_id).await?;
        let needs = std::slice::from_ref(&need);
        let commitments = store::commitments_of(write.tx(), write.scope(), needs).await?;
        Ok(Self {
            write,
            need,
            commitments,
        })
    }

    fn mine(&self) -> Option<CommitmentState> {
        rules::mine(self.write.scope(), &self.commitments).map(|mine| mine.state)
    }

    /// Refuses what the caller may not do, has not seen, or does not fit.
    pub fn check(&self, verb: Verb) -> Result<(), Problem> {
        if !verb.allowed(self.write.scope()) {
            return Err(Problem::Forbidden(Permission::ScheduleAppointments));
        }
        self.write.check_version(self.need.version)?;
        if verb.fits(self.need.state, self.mine()) {
            return Ok(());
        }
        let actions = rules::actions(self.write.scope(), &self.need, self.mine());
        Err(Conflict::invalid_transition(self.need.state.as_str(), actions).into())
    }

    async fn set_mine(
        &mut self,
        state: CommitmentState,
        verb: &'static str,
    ) -> Result<(), Problem> {
        let Some(me) = self.write.scope().member_id() else {
            return Err(Problem::NotFound);
        };
        let held = &self.commitments;
        self.need = store::put_commitment(&self.write, &self.need, held, me, state).await?;
        if state == CommitmentState::Accepted {
            let item = store::item_of(&self.write, &self.need).await?;
            reminders::plan_for_takers(&self.write, &item, &[me]).await?;
        } else {
            let item = ItemId::Need(self.need.id);
            reminders::forget_parts(&self.write, item, &[me]).await?;
        }
        self.log(verb, Vec::new()).await
    }

    /// Takes the need on: there must be room, and no clash with what else one took on.
    async fn take_on(&mut self, take_on: TakeOn) -> Result<(), Problem> {
        if self.need.people_accepted >= self.need.people_needed {
            let detail = "Enough people have taken this on.";
            return Err(Conflict::of("slots_full", detail).into());
        }
        if !take_on.allow_overlap
            && let Some(wanted) = Commitment::of_need(&self.need)
        {
            participation::check_overlap(&self.write, &wanted).await?;
        }
        self.set_mine(CommitmentState::Accepted, "taken").await
    }

    pub fn news(&self, kind: NoticeKind) -> News {
        News::of_need(kind, &self.need, self.write.scope().time_zone())
    }

    /// Tells those who relied on the caller, who declined it or gave it back.
    async fn tell_who_relied(&self, kind: NoticeKind) -> Result<(), Problem> {
        let Some(mine) = rules::mine(self.write.scope(), &self.commitments) else {
            return Ok(());
        };
        let asked_by = mine.created_by.filter(|asker| *asker != mine.member_id);
        let news = self.news(kind).let_go_by(mine.member_id, asked_by);
        notifications::tell(&self.write, vec![news]).await
    }

    pub async fn log(
        &mut self,
        verb: &'static str,
        fields: Vec<&'static str>,
    ) -> Result<(), Problem> {
        let change = Change::to::<need::Entity>(verb, &self.need).about(Topic::Daily);
        self.write.log(change.fields(fields)).await
    }

    pub async fn answer(self) -> Result<Found<Need>, Problem> {
        let need = store::describe(self.write.tx(), self.write.scope(), self.need).await?;
        self.write.commit(Found::new(need)).await
    }
}

/// Take a need on.
///
/// Also accepts an offer. Who comes too late gets 409 `slots_full`; something you
/// have taken on or accepted for the same time, in any of your circles, is 409
/// `overlap`, unless you send `allow_overlap`. What lies in another circle, or in a
/// topic you do not see, is named as a time only.
#[utoipa::path(
    post, path = "/circles/{circle_id}/needs/{need_id}/take", tag = "needs",
    params(CirclePath, NeedPath),
    responses((status = OK, description = "The need", body = Need), Problem),
)]
pub async fn take_need(
    app: App,
    circle: CircleAccess<TakeNeeds>,
    Path(path): Path<NeedPath>,
    take_on: Option<Json<TakeOn>>,
) -> Result<Found<Need>, Problem> {
    let mut hand = Hand::open(&app, &circle, path).await?;
    if hand.mine() != Some(CommitmentState::Accepted) {
        hand.check(Verb::Take)?;
        let take_on = take_on.map(|Json(body)| body).unwrap_or_default();
        hand.take_on(take_on).await?;
    }
    hand.answer().await
}

/// Decline an offered need.
///
/// Nobody asks why, and nobody counts. The person who asked is told; less than a
/// day before the coordinators too, and if nobody else would be told, those who
/// could take it.
#[utoipa::path(
    post, path = "/circles/{circle_id}/needs/{need_id}/decline", tag = "needs",
    params(CirclePath, NeedPath),
    responses((status = OK, description = "The need", body = Need), Problem),
)]
pub async fn decline_need(
    app: App,
    circle: CircleAccess<TakeNeeds>,
    Path(path): Path<NeedPath>,
) -> Result<Found<Need>, Problem> {
    let mut hand = Hand::open(&app, &circle, path).await?;
    if hand.mine() != Some(CommitmentState::Declined) {
        hand.check(Verb::Decline)?;
        hand.set_mine(CommitmentState::Declined, "declined").await?;
        hand.tell_who_relied(NoticeKind::Declined).await?;
    }
    hand.answer().await
}

/// Give a need back.
///
/// It is open to others again. The person who asked is told, and so are the
/// coordinators and those who want to know of gaps. If none of them would be told less
/// than a day before, those who could take it are told.
#[utoipa::path(
    post, path = "/circles/{circle_id}/needs/{need_id}/withdraw", tag = "needs",
    params(CirclePath, NeedPath),
    responses((status = OK, description = "The need", body = Need), Problem),
)]
pub async fn withdraw_from_need(
    app: App,
    circle: CircleAccess<TakeNeeds>,
    Path(path): Path<NeedPath>,
) -> Result<Found<Need>, Problem> {
    let mut hand = Hand::open(&app, &circle, path).await?;
    if hand.mine() != Some(CommitmentState::Withdrawn) {
        hand.check(Verb::Withdraw)?;
        hand.set_mine(CommitmentState::Withdrawn, "withdrawn")
            .await?;
        hand.tell_who_relied(NoticeKind::GivenBack).await?;
    }
    hand.answer().await
}

/// Ask somebody to take a need.
///
/// They take it or decline. Asked of yourself, it is taken.
#[utoipa::path(
    post, path = "/circles/{circle_id}/needs/{need_id}/offer", tag = "needs",
    params(CirclePath, NeedPath),
    responses((status = OK, description = "The need", body = Need), Problem),
)]
pub async fn offer_need(
    app: App,
    circle: CircleAccess<ScheduleAppointments>,
    Path(path): Path<NeedPath>,
    Json(offer): Json<NeedOffer>,
) -> Result<Found<Need>, Problem> {
    let mut hand = Hand::open(&app, &circle, path).await?;
    hand.check(Verb::Offer)?;
    let member = hand
        .write
        .find_one::<membership::Entity>(offer.member_id)
        .await?
        .filter(|member| member.state == MemberState::Active)
        .ok_or_else(|| Problem::field("/member_id", "unknown_member", "No such active member."))?;
    if !may_take_part(&hand.write, &member, Topic::Daily).await? {
        let detail = "This person does not see needs, or takes nothing on.";
        return Err(Problem::field("/member_id", "cannot_take_part", detail));
    }
    if hand.write.scope().is_member(member.id) {
        if hand.mine() != Some(CommitmentState::Accepted) {
            hand.take_on(TakeOn::default()).await?;
        }
        return hand.answer().await;
    }
    let asked = hand
        .commitments
        .iter()
        .any(|held| held.member_id == member.id && is_open(held.state));
    if !asked {
        let (held, state) = (&hand.commitments, CommitmentState::Offered);
        hand.need = store::put_commitment(&hand.write, &hand.need, held, member.id, state).await?;
        hand.log("offered", Vec::new()).await?;
        let news = hand.news(NoticeKind::Offered).to([member.id]);
        notifications::tell(&hand.write, vec![news]).await?;
    }
    hand.answer().await
}

/// Say that a need is not needed any more.
///
/// Those who took it are told.
#[utoipa::path(
    post, path = "/circles/{circle_id}/needs/{need_id}/cancel", tag = "needs",
    params(CirclePath, NeedPath),
    responses((status = OK, description = "The need", body = Need), Problem),
)]
pub async fn cancel_need(
    app: App,
    circle: CircleAccess<ScheduleAppointments>,
    Path(path): Path<NeedPath>,
) -> Result<Found<Need>, Problem> {
    let mut hand = Hand::open(&app, &circle, path).await?;
    if hand.need.state != NeedState::Cancelled {
        hand.check(Verb::Cancel)?;
        let mut row = hand.need.clone().into_active_model();
        row.state = Set(NeedState::Cancelled);
        hand.need = hand.write.update::<need::Entity>(&hand.need, row).await?;
        let item = store::item_of(&hand.write, &hand.need).await?;
        reminders::plan(&hand.write, &[item]).await?;
        hand.log("cancelled", vec!["state"]).await?;
        let holders = hand.commitments.iter().filter(|held| is_open(held.state));
        let news = hand
            .news(NoticeKind::Cancelled)
            .was(moment_of_need(&hand.need));
        let news = news.to(holders.map(|held| held.member_id));
        notifications::tell(&hand.write, vec![news]).await?;
    }
    hand.answer().await
}

/// Whether somebody has taken it, or is still asked to.
fn is_open(state: CommitmentState) -> bool {
    matches!(state, CommitmentState::Offered | CommitmentState::Accepted)
}
