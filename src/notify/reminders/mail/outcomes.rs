//! Records what came of reminders that were sent.

use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, Condition};

use crate::access::{CircleStep, CircleWrite};
use crate::entity::delivery::{self, Column, DeliveryReason, DeliveryState};
use crate::entity::ids::DeliveryId;
use crate::platform::queue::{Leased, still_held};
use crate::problem::Problem;

/// The states of a delivery that waits to be sent, or to be sent once more.
pub(super) const WAITING: [DeliveryState; 2] = [DeliveryState::Queued, DeliveryState::Unknown];

/// Why there is nothing to send.
pub(super) type Skip = (DeliveryState, DeliveryReason);

/// How a delivery ends for which there is nothing to send.
pub(super) fn skipped(reason: DeliveryReason) -> Skip {
    let state = if reason == DeliveryReason::AddressRefused {
        DeliveryState::Bounced
    } else {
        DeliveryState::Skipped
    };
    (state, reason)
}

/// An email that may have been sent is recorded in another way than a skip.
pub(super) fn instead_of(delivery: &delivery::Model, skip: Skip) -> Skip {
    if delivery.state == DeliveryState::Unknown {
        (DeliveryState::Failed, DeliveryReason::ServerSilent)
    } else {
        skip
    }
}

/// What came of one reminder.
pub(super) struct Sent {
    pub lease: Leased,
    pub delivery: DeliveryId,
    pub state: DeliveryState,
    pub reason: Option<DeliveryReason>,
}

/// Records what came of some reminders of a circle. It takes one statement for each pair of state
/// and reason: after a good minute all have the same.
pub(super) struct RecordOutcomes;

impl CircleStep for RecordOutcomes {
    type Task = Sent;
    type Done = ();

    async fn step(&self, write: &mut CircleWrite, sent: &[Sent]) -> Result<(), Problem> {
        // A server whose lease has ended must not write: another server has the job.
        let held = still_held(write.tx(), sent.iter().map(|one| &one.lease)).await?;
        let mut ends = Endings::default();
        for one in sent.iter().filter(|one| held.contains(&one.lease.id)) {
            ends.add(one.delivery, one.state, one.reason);
        }
        ends.record(write, 1).await
    }
}

/// Deliveries that end in the same state, for the same reason.
struct Alike {
    state: DeliveryState,
    reason: Option<DeliveryReason>,
    deliveries: Vec<DeliveryId>,
}

/// Deliveries by how they end.
#[derive(Default)]
pub(super) struct Endings(Vec<Alike>);

impl Endings {
    pub(super) fn add(
        &mut self,
        delivery: DeliveryId,
        state: DeliveryState,
        reason: Option<DeliveryReason>,
    ) {
        let mut alike = self.0.iter_mut();
        match alike.find(|alike| alike.state == state && alike.reason == reason) {
            Some(alike) => alike.deliveries.push(delivery),
            None => self.0.push(Alike {
                state,
                reason,
                deliveries: vec![delivery],
            }),
        }
    }

    /// Records all of them. `attempts` are those to add.
    pub(super) async fn record(self, write: &CircleWrite, attempts: i32) -> Result<(), Problem> {
        for alike in self.0 {
            let Alike {
                state,
                reason,
                deliveries,
            } = alike;
            record(write, &deliveries, state, reason, attempts).await?;
        }
        Ok(())
    }
}

/// Writes the state of deliveries that still wait. `attempts` are those to add.
pub(super) async fn record(
    write: &CircleWrite,
    deliveries: &[DeliveryId],
    state: DeliveryState,
    reason: Option<DeliveryReason>,
    attempts: i32,
) -> Result<(), Problem> {
    let these = Condition::all()
        .add(Column::Id.is_in(deliveries.iter().copied()))
        .add(Column::State.is_in(WAITING));
    let mut values = vec![
        (Column::State, Expr::value(state)),
        (Column::Reason, Expr::value(reason)),
        (Column::Attempts, Expr::col(Column::Attempts).add(attempts)),
        (Column::Version, Expr::col(Column::Version).add(1)),
        (Column::UpdatedAt, Expr::value(write.now())),
    ];
    if state == DeliveryState::Sent {
        values.push((Column::SentAt, Expr::value(write.now())));
    }
    write.update_all::<delivery::Entity>(these, values).await
}
