//! What one node knows of one subject in one window: a pure count, told apart
//! from where its permits come from.

use std::sync::Arc;

use chrono::{DateTime, Utc};

/// How a quota is dealt out to several nodes. Each begins a window on a small
/// credit, so that a caller who asks now and then costs no statement; once that is
/// used it reserves the credit and a batch in the shared table. What all nodes
/// admit together is more than the quota by the credits of the nodes that have
/// not asked yet at most: by 10 % on five nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shares {
    pub quota: u32,
    pub credit: u32,
    pub batch: u32,
}

impl Shares {
    /// For nodes that share a table.
    pub fn of_many(quota: u32) -> Self {
        Self {
            quota,
            credit: quota / 40,
            batch: (quota / 20).max(1),
        }
    }

    /// For a node that is the only one.
    pub fn of_one(quota: u32) -> Self {
        Self {
            quota,
            credit: quota,
            batch: 0,
        }
    }
}

/// One subject's window.
#[derive(Debug)]
pub struct Window {
    pub ends_at: DateTime<Utc>,
    spent: u32,
    /// How many this node may admit, as far as it knows.
    granted: u32,
    /// How many it has asked the table for.
    asked: u32,
    /// How many others have, when it asked last.
    elsewhere: u32,
    /// Whether asking may bring more.
    may_ask: bool,
    /// Held by the request that asks, so that a crowd of requests asks once.
    pub asking: Arc<tokio::sync::Mutex<()>>,
}

/// What becomes of a request.
#[derive(Debug)]
pub enum Outcome {
    /// With how many left.
    Admitted {
        left: u32,
    },
    Refused,
    /// More has to be reserved first.
    MustAsk(Arc<tokio::sync::Mutex<()>>),
}

impl Window {
    pub fn begin(ends_at: DateTime<Utc>, shares: Shares) -> Self {
        Self {
            ends_at,
            spent: 0,
            granted: shares.credit,
            asked: 0,
            elsewhere: 0,
            may_ask: shares.credit < shares.quota,
            asking: Arc::default(),
        }
    }

    /// Whether the next one is refused, whatever the table says.
    pub fn is_used_up(&self) -> bool {
        self.spent >= self.granted && !self.may_ask
    }

    pub fn spend(&mut self, shares: Shares) -> Outcome {
        if self.spent < self.granted {
            self.spent += 1;
            let used = self.elsewhere.saturating_add(self.spent);
            Outcome::Admitted {
                left: shares.quota.saturating_sub(used),
            }
        } else if self.may_ask {
            Outcome::MustAsk(self.asking.clone())
        } else {
            Outcome::Refused
        }
    }

    /// How many to ask for: the first time, what was spent on credit too.
    pub fn wanted(&self, shares: Shares) -> u32 {
        if self.asked == 0 {
            shares.credit + shares.batch
        } else {
            shares.batch
        }
    }

    /// The table has noted what was asked for, and is at `total`.
    pub fn grant(&mut self, wanted: u32, total: u32, shares: Shares) {
        let before = total.saturating_sub(wanted);
        let got = shares.quota.saturating_sub(before).min(wanted);
        let had = if self.asked == 0 { 0 } else { self.granted };
        self.granted = self.granted.max(had + got);
        self.asked += wanted;
        self.elsewhere = total.saturating_sub(self.asked);
        self.may_ask = total < shares.quota;
    }

    /// The table cannot be asked: for this window the node counts alone.
    pub fn count_alone(&mut self, shares: Shares) {
        self.granted = shares.quota;
        self.may_ask = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lets nodes spend in turn until all refuse; answers how many each admitted,
    /// and how often the table was asked.
    fn spend_all(quota: u32, nodes: usize) -> (Vec<u32>, u32) {
        let shares = Shares::of_many(quota);
        let mut windows: Vec<_> = (0..nodes)
            .map(|_| Window::begin(DateTime::UNIX_EPOCH, shares))
            .collect();
        let (mut admitted, mut refused) = (vec![0; nodes], vec![false; nodes]);
        let (mut total, mut asked) = (0, 0);
        while refused.contains(&false) {
            for (node, window) in windows.iter_mut().enumerate() {
                match window.spend(shares) {
                    Outcome::Admitted { .. } => admitted[node] += 1,
                    Outcome::Refused => refused[node] = true,
                    Outcome::MustAsk(_) => {
                        let wanted = window.wanted(shares);
                        total += wanted;
                        asked += 1;
                        window.grant(wanted, total, shares);
                    }
                }
            }
        }
        (admitted, asked)
    }

    #[test]
    fn nodes_that_share_a_quota_admit_it_and_hardly_more() {
        for quota in [1, 3, 20, 60, 120, 600, 6000] {
            for nodes in 1..=5 {
                let (admitted, asked) = spend_all(quota, nodes);
                let sum: u32 = admitted.iter().sum();
                let most = quota + quota / 10;
                assert!(
                    (quota..=most).contains(&sum),
                    "{quota} {nodes}: {admitted:?}"
                );
                let nodes = u32::try_from(nodes).unwrap();
                assert!(
                    asked <= quota.min(20) + nodes,
                    "{quota} {nodes}: asked {asked}"
                );
            }
        }
    }

    #[test]
    fn a_node_that_comes_late_gets_its_credit_and_no_more() {
        let shares = Shares::of_many(120);
        let mut late = Window::begin(DateTime::UNIX_EPOCH, shares);
        for left in [119, 118, 117] {
            assert!(matches!(late.spend(shares), Outcome::Admitted { left: l } if l == left));
        }
        assert!(matches!(late.spend(shares), Outcome::MustAsk(_)));
        late.grant(late.wanted(shares), 120 + 9, shares);
        assert!(matches!(late.spend(shares), Outcome::Refused));
    }

    #[test]
    fn a_node_that_cannot_ask_counts_alone_and_still_refuses() {
        let shares = Shares::of_many(20);
        let mut window = Window::begin(DateTime::UNIX_EPOCH, shares);
        assert!(matches!(window.spend(shares), Outcome::MustAsk(_)));
        window.count_alone(shares);
        for _ in 0..20 {
            assert!(matches!(window.spend(shares), Outcome::Admitted { .. }));
        }
        assert!(matches!(window.spend(shares), Outcome::Refused));
    }

    #[test]
    fn the_only_node_never_asks() {
        let shares = Shares::of_one(3);
        let mut window = Window::begin(DateTime::UNIX_EPOCH, shares);
        for expected in [2, 1, 0] {
            let outcome = window.spend(shares);
            assert!(matches!(outcome, Outcome::Admitted { left } if left == expected));
        }
        assert!(matches!(window.spend(shares), Outcome::Refused));
    }
}
