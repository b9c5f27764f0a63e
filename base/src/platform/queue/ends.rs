//! How running jobs report that they have ended. The queue records many ends in one transaction.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use tokio::sync::mpsc::UnboundedSender;

use super::job::Failure;
use super::leases::Leased;
use crate::entity::ids::JobId;

/// The end of a job.
#[derive(Debug)]
pub(super) struct Ended {
    pub lease: Leased,
    pub result: Result<(), Failure>,
}

/// Where the jobs of one call report their ends. Each job ends once: a second report is ignored.
#[derive(Debug)]
pub struct Ends {
    reported: Mutex<HashSet<JobId>>,
    to: UnboundedSender<Ended>,
}

impl Ends {
    pub(super) fn new(to: UnboundedSender<Ended>) -> Self {
        Self {
            reported: Mutex::default(),
            to,
        }
    }

    /// Reports the end of a job.
    pub fn report(&self, lease: Leased, result: Result<(), Failure>) {
        let mut reported = self.reported.lock().unwrap_or_else(PoisonError::into_inner);
        if reported.insert(lease.id) {
            // Nobody listens if the server has stopped. The lease ends by itself.
            let _ = self.to.send(Ended { lease, result });
        }
    }
}
