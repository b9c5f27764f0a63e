//! Kept answers outlive what they show for a day; the text of a deleted message must
//! not come back with a repeated request. The rest of the answer stays good, so only the
//! text is taken out; answers that show somebody erased are dropped whole, in
//! `privacy/kept_answers.rs`.

use sea_orm::{ConnectionTrait, Statement};
use uuid::Uuid;

use super::write::CircleWrite;
use crate::problem::Problem;

/// How many texts one statement takes out: an expression can only be so deep.
const AT_ONCE: usize = 50;

/// Takes these texts out of the member `body` of the kept answers that show the
/// subject, whichever member of the circle they were given to.
pub async fn forget_bodies(
    write: &CircleWrite,
    subject: Uuid,
    bodies: &[String],
) -> Result<(), Problem> {
    for bodies in bodies.chunks(AT_ONCE) {
        let mut values = vec![
            format!("%\"id\":\"{subject}\"%").into(),
            write.circle_id().into(),
        ];
        let mut stripped = "body".to_owned();
        for body in bodies {
            values.push(format!("\"body\":{}", serde_json::json!(body)).into());
            stripped = format!("REPLACE({stripped}, ${}, '\"body\":null')", values.len());
        }
        let forget = Statement::from_sql_and_values(
            write.tx().get_database_backend(),
            format!(
                "UPDATE idempotency_records SET body = {stripped} WHERE body LIKE $1 \
                 AND user_id IN (SELECT user_id FROM memberships WHERE circle_id = $2)"
            ),
            values,
        );
        write.tx().execute_raw(forget).await?;
    }
    Ok(())
}
