//! Switches the links in earlier emails off.

use crate::app::App;
use crate::auth::{AnyCaller, mail_tokens};
use crate::entity::security_event::SecurityEventKind;
use crate::http::response::NoContent;
use crate::problem::Problem;

/// Revoke the response links in your emails.
///
/// The button in an email answers for you without signing in. After this, the buttons in all emails
/// that you have got so far do nothing any more, in every circle, also those in the emails of members
/// without an account whose contact you are. Later emails have new ones. Nobody is told. What the
/// links did before is in your security events as `responded_by_link`.
#[utoipa::path(
    delete, path = "/me/response-links", tag = "security",
    responses((status = NO_CONTENT, description = "The links do not work any more"), Problem),
)]
pub async fn revoke_response_links(
    app: App,
    AnyCaller(caller): AnyCaller,
) -> Result<NoContent, Problem> {
    let write = app.begin_write(&caller).await?;
    mail_tokens::void_responses_of_account_later(write.transaction(), write.user_id());
    write.note(SecurityEventKind::ResponseLinksVoided);
    write.commit(NoContent).await
}
