//! Connections that rest until they are used again, and the right to use one.
//!
//! There are never more connections than permits. A read waits for a permit, takes a connection that
//! rests or opens another one, and puts it back before the permit ends.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sea_orm::{ConnAcquireErr, DbErr};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

#[derive(Debug)]
pub(super) struct Resting<Connection> {
    /// As many as there may be connections. It is closed with the pool.
    permits: Arc<Semaphore>,
    /// The connection that was used last is used first: its memory is still in the caches of the
    /// processor.
    idle: Mutex<Vec<Connection>>,
    /// How long a statement waits for a permit.
    wait: Duration,
}

impl<Connection> Resting<Connection> {
    /// So many connections. None is open yet.
    pub fn new(connections: u32, wait: Duration) -> Self {
        let permits = usize::try_from(connections).unwrap_or(Semaphore::MAX_PERMITS);
        Self {
            permits: Arc::new(Semaphore::new(permits)),
            idle: Mutex::default(),
            wait,
        }
    }

    /// The right to use a connection.
    pub async fn permit(&self) -> Result<OwnedSemaphorePermit, DbErr> {
        if let Ok(permit) = self.permits.clone().try_acquire_owned() {
            return Ok(permit);
        }
        let permit = self.permits.clone().acquire_owned();
        match tokio::time::timeout(self.wait, permit).await {
            Ok(Ok(permit)) => Ok(permit),
            Ok(Err(_closed)) => Err(DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed)),
            Err(_late) => Err(DbErr::ConnectionAcquire(ConnAcquireErr::Timeout)),
        }
    }

    /// A connection that rests. Only the holder of a permit takes one.
    pub fn take(&self) -> Option<Connection> {
        self.idle().pop()
    }

    /// Puts a connection back, or drops it if the pool was closed meanwhile.
    pub fn put_back(&self, connection: Connection) {
        if !self.permits.is_closed() {
            self.idle().push(connection);
        }
    }

    /// Drops the connection that has rested longest, if it is too old.
    pub fn drop_oldest(&self, is_too_old: impl FnOnce(&Connection) -> bool) {
        let mut idle = self.idle();
        if idle.first().is_some_and(is_too_old) {
            drop(idle.remove(0));
        }
    }

    /// All connections that rest.
    pub fn take_all(&self) -> Vec<Connection> {
        std::mem::take(&mut *self.idle())
    }

    /// Gives no more permits. Returns the connections that rest.
    pub fn close(&self) -> Vec<Connection> {
        self.permits.close();
        self.take_all()
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    #[cfg(test)]
    pub fn count(&self) -> usize {
        self.idle().len()
    }
}
