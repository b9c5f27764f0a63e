//! The page behind the personal link of a member without an account. It shows what they hold, what
//! they are asked, and what others ask them to take over, and writes what they answer.
//!
//! The link is a secret that is passed on by messenger. So the page shows only what is about
//! everyday life, and of any other appointment only the time. In a circle in memory, an archived
//! circle or one that ends soon it says so, and shows nothing else.

mod acting;
mod answer;
mod page;

pub(in crate::features) use acting::{ByLink, answer_by_link};
pub use answer::answer_personal;
pub(in crate::features) use page::closed;
pub use page::{PersonalItem, PersonalPage, Section, personal_page};

use crate::access::SystemCircleView;
use crate::app::App;
use crate::auth::mail_tokens;
use crate::entity::ids::{CircleId, MemberId};
use crate::entity::mail_token::{self, MailTokenKind};
use crate::entity::membership;
use crate::problem::Problem;

/// The circle and the member to whom the token of a link leads. A personal link is about the member;
/// a link in an email is about a thing.
fn led_to(token: &mail_token::Model) -> Result<(CircleId, MemberId), Problem> {
    let circle_id = token.circle_id.ok_or(Problem::Gone)?;
    let member_id = token.member_id.unwrap_or(MemberId(token.subject_id));
    Ok((circle_id, member_id))
}

/// The circle of a link as Kith sees it, and its member.
async fn find<'a>(app: &'a App, token: &str) -> Result<(SystemCircleView<'a>, MemberId), Problem> {
    let now = app.clock().now();
    let kind = MailTokenKind::PersonalLink;
    let token = mail_tokens::require(app.reader(), kind, token, now).await?;
    let (circle_id, member) = led_to(&token)?;
    Ok((SystemCircleView::of(app, circle_id).await?, member))
}

/// Refuses a member who has an account by now: they sign in.
fn check_managed(member: &membership::Model) -> Result<(), Problem> {
    if member.is_managed() {
        Ok(())
    } else {
        Err(Problem::Gone)
    }
}
