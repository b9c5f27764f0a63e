//! Topic levels that were set until a moment end by themselves. What the member holds and
//! no longer sees is released, as if the level had been taken away by hand.

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, Condition, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect};
use std::collections::BTreeSet;

use super::topic_grants::{ended_grant, put_grants, with_changed};
use crate::access::change_log::Change;
use crate::access::{CircleWrite, grants_of};
use crate::app::App;
use crate::entity::change::ActorKind;
use crate::entity::ids::{CircleId, MemberId};
use crate::entity::membership::{self, MemberState};
use crate::entity::topic_grant::{self, Column};
use crate::features::participation;
use crate::http::response::NoContent;
use crate::platform::db::{ReadRows, SelectByPosition};
use crate::problem::Problem;

/// Ends every level whose time is over, member by member. A failure is tried again in the
/// next round and does not stop the other members. Returns how many members see less now.
pub async fn end_grants(app: &App) -> Result<usize, Problem> {
    let mut ended = 0;
    for (circle_id, member_id) in find_over(app).await? {
        match end_grants_of(app, circle_id, member_id).await {
            Ok(done) => ended += usize::from(done),
            Err(problem) => {
                tracing::error!(?problem, member = %member_id, "could not end a topic level");
            }
        }
    }
    Ok(ended)
}

/// The members who have a level whose time is over. The query has no DISTINCT: for that SQLite
/// would read the levels of all members in the order of their key.
#[expect(
    clippy::disallowed_methods,
    reason = "looks over all circles; each is entered through its own scope"
)]
async fn find_over(app: &App) -> Result<BTreeSet<(CircleId, MemberId)>, Problem> {
    let now = app.clock().at(app.reader()).await?;
    let over = topic_grant::Entity::find()
        .select_only()
        .columns([Column::CircleId, Column::MemberId])
        .filter(over(now))
        .by_position::<(CircleId, MemberId)>()
        .read(app.reader())
        .await?;
    Ok(over.into_iter().collect())
}

fn over(now: DateTime<Utc>) -> Condition {
    Condition::all().add(Column::Until.lte(now))
}

async fn end_grants_of(app: &App, circle_id: CircleId, id: MemberId) -> Result<bool, Problem> {
    let mut write = CircleWrite::begin_as_system(app, circle_id, ActorKind::System, None).await?;
    let grants = grants_of(write.tx(), write.scope(), &[id]).await?;
    let is_over = |grant: &&topic_grant::Model| grant.until.is_some_and(|at| at <= write.now());
    let over = grants.iter().filter(is_over);
    let over: Vec<_> = over.map(|grant| ended_grant(&write, grant)).collect();
    if over.is_empty() {
        return Ok(false);
    }
    let fields = over.iter().map(|grant| grant.topic.as_str()).collect();
    put_grants(&write, &over).await?;
    let grants = with_changed(grants, over);
    see_less(&mut write, id, &grants, fields).await?;
    write.commit(NoContent).await?;
    Ok(true)
}

async fn see_less(
    write: &mut CircleWrite,
    id: MemberId,
    grants: &[topic_grant::Model],
    fields: Vec<&'static str>,
) -> Result<(), Problem> {
    let before = write.require::<membership::Entity>(id).await?;
    let row = before.clone().into_active_model();
    let after = write.update::<membership::Entity>(&before, row).await?;
    let change = Change::to::<membership::Entity>("topics_expired", &after).fields(fields);
    write.log(change).await?;
    if after.state == MemberState::Active {
        participation::release_out_of_reach(write, &after, grants).await?;
    }
    Ok(())
}
