//! A proxy that a request changes, under the circle's lock.

use sea_orm::{ActiveValue::Set, IntoActiveModel};

use super::rules::{ProxyFacts, ProxyVerb};
use super::store::show_proxy;
use super::types::Proxy;
use crate::access::change_log::Change;
use crate::access::{CircleScope, CircleWrite, Lockable, Locked};
use crate::entity::{membership, proxy};
use crate::problem::Problem;

/// A proxy, under the circle's lock.
pub(super) type LockedProxy = Locked<proxy::Entity>;

impl Lockable for proxy::Entity {
    type Related = ();
    type Verb = ProxyVerb;
    type Answer = Proxy;

    async fn related(_: &CircleWrite, _: &proxy::Model) -> Result<(), Problem> {
        Ok(())
    }

    fn facts<'a>(scope: &'a CircleScope, proxy: &'a proxy::Model, (): &'a ()) -> ProxyFacts<'a> {
        ProxyFacts { scope, proxy }
    }

    fn shown(change: Change, _: &proxy::Model, (): &()) -> Change {
        change
    }

    async fn describe(write: &CircleWrite, row: proxy::Model, (): &()) -> Result<Proxy, Problem> {
        Ok(show_proxy(write.scope(), &row))
    }
}

impl LockedProxy {
    /// Gives the member the rights of a proxy, or takes them away.
    pub async fn set_rights(&mut self, is_proxy: bool) -> Result<(), Problem> {
        let member = self.row.member_id;
        let before = self.write.require::<membership::Entity>(member).await?;
        if before.is_proxy == is_proxy {
            return Ok(());
        }
        let mut row = before.clone().into_active_model();
        row.is_proxy = Set(is_proxy);
        let after = self
            .write
            .update_later::<membership::Entity>(&before, row)?;
        let change = Change::to::<membership::Entity>("updated", &after);
        self.write.log(change.fields(vec!["is_proxy"])).await
    }
}
