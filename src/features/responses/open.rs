//! What a link in an email leads to.

use sea_orm::{ColumnTrait, Condition, QueryFilter, QueryOrder};

use crate::access::SystemCircleView;
use crate::app::App;
use crate::auth::mail_tokens::{self, ResponseOf};
use crate::auth::{find_accounts, join_active_accounts};
use crate::entity::ids::{AppointmentId, NeedId, TaskId, UserId};
use crate::entity::mail_token::{MailTokenKind, RespondSubject};
use crate::entity::membership::{self, AccessLevel, Column, MemberState};
use crate::entity::user;
use crate::features::appointments::appointment_of_email;
use crate::features::needs::need_of_email;
use crate::features::participation::LinkItem;
use crate::features::personal::closed;
use crate::features::tasks::task_of_email;
use crate::platform::db::{ReadRows, SelectByPosition};
use crate::platform::language::Language;
use crate::platform::time::civil::{ReaderTime, ReaderZone};
use crate::problem::Problem;

/// What a link leads to.
pub(super) enum Opened<'a> {
    /// There is nothing to answer any more, for this reason.
    Closed {
        language: Language,
        alias: String,
        /// Its key.
        reason: &'static str,
    },
    Item(Box<OpenLink<'a>>),
}

/// A link that can answer.
pub(super) struct OpenLink<'a> {
    /// The circle as the member sees it.
    pub view: SystemCircleView<'a>,
    pub member: membership::Model,
    /// The account to which the email went: that of the member, or of their contact.
    pub user: user::Model,
    /// The language of the page: that of the account, or the one that the reader wishes, or that of
    /// the circle.
    pub language: Language,
    pub of: ResponseOf,
    pub item: LinkItem,
}

impl OpenLink<'_> {
    /// When the thing is, in the reader's zone and language.
    pub fn when(&self) -> Option<ReaderTime> {
        self.when_in(self.language)
    }

    /// When the thing is, as a page sends it back: it is the same in every language.
    pub fn shown(&self) -> Option<String> {
        let when = self.when_in(Language::ENGLISH)?;
        Some(when.to_string())
    }

    fn when_in(&self, language: Language) -> Option<ReaderTime> {
        let zone = self.view.scope().time_zone();
        let zone = ReaderZone::in_circle(&self.user.time_zone, zone).in_language(language);
        let moment = self.item.moment?;
        Some(moment.until_for_reader(self.item.last_day, zone))
    }
}

const NOT_IN_CIRCLE: &str = "respond-not-in-circle";
const NOT_SEEN: &str = "respond-not-seen";

/// Reads what a link leads to. Nothing changes. A link that was switched off or is too old answers
/// 410.
pub(super) async fn open<'a>(
    app: &'a App,
    token: &str,
    wished: Option<Language>,
) -> Result<Opened<'a>, Problem> {
    let token = mail_tokens::find(app.reader(), MailTokenKind::Respond, token).await?;
    let token = token.ok_or(Problem::Gone)?;
    let circle_id = token.circle_id.ok_or(Problem::Gone)?;
    let of = ResponseOf::of(&token).ok_or(Problem::Gone)?;
    let system = SystemCircleView::of(app, circle_id).await?;
    let alias = system.circle().alias.clone();
    let of_circle = system.circle().locale.clone();
    let now = system.now();
    let language = |chosen: Option<&str>| {
        Language::first_of([chosen, wished.map(Language::tag), of_circle.as_deref()])
    };
    let closed_by = |language, reason| {
        let alias = alias.clone();
        Ok(Opened::Closed {
            language,
            alias,
            reason,
        })
    };
    let Some((view, member)) = system.seen_by(of.member).await? else {
        return closed_by(language(None), NOT_IN_CIRCLE);
    };
    if token.voided_at.is_some() || token.expires_at.is_some_and(|end| end <= now) {
        return Err(Problem::Gone);
    }
    let Some(user) = account_of(&view, &member).await? else {
        return closed_by(language(None), NOT_IN_CIRCLE);
    };
    let language = language(user.locale.as_deref());
    if let Some(reason) = closed(view.scope()) {
        return closed_by(language, reason);
    }
    let item = match of.subject {
        RespondSubject::Task => task_of_email(&view, member.id, TaskId(of.id)).await?,
        RespondSubject::Need => need_of_email(&view, member.id, NeedId(of.id)).await?,
        RespondSubject::Appointment => {
            appointment_of_email(&view, member.id, AppointmentId(of.id)).await?
        }
    };
    let Some(item) = item else {
        return closed_by(language, NOT_SEEN);
    };
    Ok(Opened::Item(Box::new(OpenLink {
        view,
        member,
        user,
        language,
        of,
        item,
    })))
}

/// The account to which the emails of a member go, if it is active: that of the member, or of the
/// contact of a member without an account. If the account of the contact is not in use, a
/// coordinator stands in (`notify/notifications/stand_ins.rs`).
async fn account_of(
    view: &SystemCircleView<'_>,
    member: &membership::Model,
) -> Result<Option<user::Model>, Problem> {
    let mut readers = view
        .find::<membership::Entity>()
        .filter(Column::State.eq(MemberState::Active));
    readers = match member.contact_member_id.filter(|_| member.is_managed()) {
        Some(contact) => readers.filter(
            Condition::any()
                .add(Column::Id.eq(contact))
                .add(Column::Access.eq(AccessLevel::Coordinator)),
        ),
        None => readers.filter(Column::Id.eq(member.id)),
    };
    readers = readers
        .order_by_asc(Column::CreatedAt)
        .order_by_asc(Column::Id);
    join_active_accounts(&mut readers);
    let readers = readers
        .by_position::<(membership::Model, Option<UserId>, Option<i32>)>()
        .read(view.db())
        .await?;
    let with_account = || {
        let with_account = readers.iter();
        with_account.filter_map(|(reader, account, _)| Some((reader.id, (*account)?)))
    };
    let own = with_account().find(|(reader, _)| Some(*reader) == member.contact_member_id);
    let Some((_, user_id)) = own.or_else(|| with_account().next()) else {
        return Ok(None);
    };
    Ok(find_accounts(vec![user_id]).read_one(view.db()).await?)
}
