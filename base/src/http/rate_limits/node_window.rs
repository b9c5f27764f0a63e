//! What one node has counted for one subject in one window. This module only counts; `meter.rs`
//! reserves more in the shared table.

use std::sync::Arc;

use chrono::{DateTime, Utc};

/// How a quota is split over several nodes. Each node starts a window with a small credit, so that
/// a caller with few requests costs no SQL statement. When the credit is used up, the node reserves
/// it and a batch in the shared table. All nodes together can admit more than the quota, by at most
/// the credits of the nodes that have reserved nothing yet: 10 % with five nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuotaSplit {
    pub quota: u32,
    pub credit: u32,
    pub batch: u32,
}

impl QuotaSplit {
    /// For several nodes that share a table.
    pub fn of_many(quota: u32) -> Self {
        Self {
            quota,
            credit: quota / 40,
            batch: (quota / 20).max(1),
        }
    }

    /// For a single node.
    pub fn of_one(quota: u32) -> Self {
        Self {
            quota,
            credit: quota,
            batch: 0,
        }
    }
}

/// The window of one subject on this node.
#[derive(Debug)]
pub struct NodeWindow {
    pub ends_at: DateTime<Utc>,
    spent: u32,
    /// How many requests this node may admit now.
    granted: u32,
    /// How many requests this node has reserved in the table.
    asked: u32,
    /// How many requests the other nodes had reserved when this node last asked.
    elsewhere: u32,
    /// Whether the table may have more.
    may_ask: bool,
    /// Locked by the request that asks the table, so that many requests at once ask only once.
    pub asking: Arc<tokio::sync::Mutex<()>>,
}

/// Whether a request is admitted.
#[derive(Debug)]
pub enum Spending {
    /// The request is counted, and so many requests are left.
    Admitted {
        left: u32,
    },
    Refused,
    /// The node must first reserve more.
    MustAsk(Arc<tokio::sync::Mutex<()>>),
}

impl NodeWindow {
    pub fn begin(ends_at: DateTime<Utc>, split: QuotaSplit) -> Self {
        Self {
            ends_at,
            spent: 0,
            granted: split.credit,
            asked: 0,
            elsewhere: 0,
            may_ask: split.credit < split.quota,
            asking: Arc::default(),
        }
    }

    /// Whether the next request can be refused without asking the table.
    pub fn is_used_up(&self) -> bool {
        self.spent >= self.granted && !self.may_ask
    }

    pub fn spend(&mut self, split: QuotaSplit) -> Spending {
        if self.spent < self.granted {
            self.spent += 1;
            let used = self.elsewhere.saturating_add(self.spent);
            Spending::Admitted {
                left: split.quota.saturating_sub(used),
            }
        } else if self.may_ask {
            Spending::MustAsk(self.asking.clone())
        } else {
            Spending::Refused
        }
    }

    /// How many to reserve. The first time it includes the requests that the credit paid for.
    pub fn wanted(&self, split: QuotaSplit) -> u32 {
        if self.asked == 0 {
            split.credit + split.batch
        } else {
            split.batch
        }
    }

    /// The table has added `wanted`, and the nodes have reserved `total` together.
    pub fn grant(&mut self, wanted: u32, total: u32, split: QuotaSplit) {
        let before = total.saturating_sub(wanted);
        let got = split.quota.saturating_sub(before).min(wanted);
        let had = if self.asked == 0 { 0 } else { self.granted };
        self.granted = self.granted.max(had + got);
        self.asked += wanted;
        self.elsewhere = total.saturating_sub(self.asked);
        self.may_ask = total < split.quota;
    }

    /// The table does not answer, so the node counts alone in this window.
    pub fn count_alone(&mut self, split: QuotaSplit) {
        self.granted = split.quota;
        self.may_ask = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lets the nodes admit requests in turn until all refuse. Returns how many each admitted and
    /// how often the table was asked.
    fn spend_all(quota: u32, nodes: usize) -> (Vec<u32>, u32) {
        let split = QuotaSplit::of_many(quota);
        let mut windows: Vec<_> = (0..nodes)
            .map(|_| NodeWindow::begin(DateTime::UNIX_EPOCH, split))
            .collect();
        let (mut admitted, mut refused) = (vec![0; nodes], vec![false; nodes]);
        let (mut total, mut asked) = (0, 0);
        while refused.contains(&false) {
            for (node, window) in windows.iter_mut().enumerate() {
                match window.spend(split) {
                    Spending::Admitted { .. } => admitted[node] += 1,
                    Spending::Refused => refused[node] = true,
                    Spending::MustAsk(_) => {
                        let wanted = window.wanted(split);
                        total += wanted;
                        asked += 1;
                        window.grant(wanted, total, split);
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
        let split = QuotaSplit::of_many(120);
        let mut late = NodeWindow::begin(DateTime::UNIX_EPOCH, split);
        for left in [119, 118, 117] {
            assert!(matches!(late.spend(split), Spending::Admitted { left: l } if l == left));
        }
        assert!(matches!(late.spend(split), Spending::MustAsk(_)));
        late.grant(late.wanted(split), 120 + 9, split);
        assert!(matches!(late.spend(split), Spending::Refused));
    }

    #[test]
    fn a_node_that_cannot_ask_counts_alone_and_still_refuses() {
        let split = QuotaSplit::of_many(20);
        let mut window = NodeWindow::begin(DateTime::UNIX_EPOCH, split);
        assert!(matches!(window.spend(split), Spending::MustAsk(_)));
        window.count_alone(split);
        for _ in 0..20 {
            assert!(matches!(window.spend(split), Spending::Admitted { .. }));
        }
        assert!(matches!(window.spend(split), Spending::Refused));
    }

    #[test]
    fn the_only_node_never_asks() {
        let split = QuotaSplit::of_one(3);
        let mut window = NodeWindow::begin(DateTime::UNIX_EPOCH, split);
        for expected in [2, 1, 0] {
            let outcome = window.spend(split);
            assert!(matches!(outcome, Spending::Admitted { left } if left == expected));
        }
        assert!(matches!(window.spend(split), Spending::Refused));
    }
}
