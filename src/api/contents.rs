//! What the document says at its beginning.

use utoipa::OpenApi;

use crate::problem;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Kith",
        description = "Care coordination for families with a seriously ill relative: a circle \
            of people shares what there is to do around one patient.\n\n\
            **Access.** Sign in with `POST /v1/sessions` and send the access token as \
            `Authorization: Bearer …`. A program of your own can send a personal access token \
            instead, where the operation says so. What you cannot see answers 404, as if it did \
            not exist.\n\n\
            **Repeated requests.** A POST, PUT, PATCH or DELETE of a signed-in app can carry an \
            `Idempotency-Key` where the operation lists that header. Operations whose answer the \
            server must not store do not list it, such as `POST /v1/me/totp` and \
            `POST /v1/me/export`. When you create something, you can choose its `id`: any UUID.\n\n\
            **Versions.** Resources have an `ETag`. Send it back in `If-Match` or `If-None-Match`. \
            `If-Match` also takes a version in quotes, such as `\"3\"`.\n\n\
            **Accounts that will be deleted.** After you have scheduled the deletion of your \
            account, operations that write answer 409 `account_deletion_scheduled`. A few, such as \
            canceling the deletion, still work.\n\n\
            **Circles in memory, and archived circles.** A circle that is kept in memory of its patient \
            plans nothing any more: such operations answer 409 `circle_in_memory`. An archived circle \
            can only be read: operations that write answer 409 `circle_archived`. Leaving a circle, \
            deleting it and exporting data work in every state.\n\n\
            **Answers without a body.** A personal access token that may write but not read gets \
            204 without a body from operations that otherwise answer with what they changed.\n\n\
            **New values.** Enums in answers can get new values: expect values that you do not \
            know.\n\n\
            **Words.** `docs/glossary.md` in the repository of Kith explains the words that this \
            document uses.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0"),
        contact(name = "Kith"),
    ),
    servers((url = "/", description = "This server.")),
    components(schemas(problem::ProblemBody)),
)]
pub(super) struct Contents;
