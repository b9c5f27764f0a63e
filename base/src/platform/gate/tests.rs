use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::FutureExt;

use super::line::CELLS;
use super::*;

/// Several times the patience of a long line, and nothing to that of a short one.
const A_WHILE: Duration = Duration::from_millis(20);
const LIMITS: Limits = Limits {
    at_once: 4,
    per_client: 2,
    patient: 3,
    patience: Duration::from_millis(2),
    longest: Duration::from_hours(1),
    waiting: 50,
};

/// A client by its address, its token and its circle. No two share a counter.
fn client(address: u16, token: u16, circle: u16) -> Client {
    Client([address, 1000 + token, 2000 + circle].map(|hash| Some(u64::from(hash))))
}

#[test]
fn a_client_is_named_by_what_is_known() {
    let gate = Gate::new(LIMITS);
    let [address, token]: [Option<&[u8]>; 2] = [Some(b"192.0.2.1"), Some(b"Bearer x")];
    let full = gate.client([address, token, Some(b"circle")]);
    assert_eq!(full, gate.client([address, token, Some(b"circle")]));
    let [first, second, third] = gate.client([address, token, None]).0;
    assert_eq!([first, second], [full.0[0], full.0[1]]);
    assert!(first.is_some() && second.is_some() && third.is_none());
}

/// Four requests of four clients that fill the gate.
async fn fill(gate: &Arc<Gate>) -> Vec<Slot> {
    let mut slots = Vec::new();
    for number in 0..4 {
        let client = client(100 + number, 100 + number, 100 + number);
        slots.push(gate.enter(client).await.unwrap());
    }
    slots
}

/// Starts to wait, and returns the rest.
fn queue(gate: &Arc<Gate>, client: Client) -> impl Future<Output = Option<Slot>> + Unpin {
    let mut entering = Box::pin({
        let gate = gate.clone();
        async move { gate.enter(client).await }
    });
    assert!(entering.as_mut().now_or_never().is_none(), "it must wait");
    entering
}

#[tokio::test]
async fn a_short_line_waits_and_is_served_in_order() {
    let gate = Gate::new(LIMITS);
    let mut slots = fill(&gate).await;
    let mut first = queue(&gate, client(1, 1, 1));
    let mut second = queue(&gate, client(2, 2, 2));
    assert!(timeout(A_WHILE, &mut first).await.is_err());
    slots.pop();
    assert!((&mut second).now_or_never().is_none());
    let first = (&mut first).now_or_never().flatten();
    assert!(first.is_some());
    slots.pop();
    assert!(second.await.is_some());
    drop((first, slots));
    assert!(gate.line().is_empty());
}

#[tokio::test]
async fn in_a_long_line_the_newest_are_served_and_the_others_refused_early() {
    let gate = Gate::new(LIMITS);
    let mut slots = fill(&gate).await;
    let mut waiting: Vec<_> = (0..10)
        .map(|number| queue(&gate, client(number, number, number)))
        .collect();
    slots.pop();
    // Three are patient: the oldest of the newest three is next.
    let mut eighth = waiting.remove(7);
    let served = (&mut eighth).now_or_never().flatten();
    assert!(served.is_some());
    for early in waiting.drain(..6) {
        assert!(early.await.is_none());
    }
    for patient in &mut waiting {
        assert!(timeout(A_WHILE, patient).await.is_err());
    }
    drop(waiting);
    drop((served, slots));
    assert!(gate.line().is_empty());
}

#[tokio::test]
async fn nobody_waits_longer_than_the_longest_wait() {
    let gate = Gate::new(Limits {
        longest: LIMITS.patience,
        ..LIMITS
    });
    let slots = fill(&gate).await;
    assert!(queue(&gate, client(1, 1, 1)).await.is_none());
    drop(slots);
    assert!(gate.line().is_empty());
}

#[tokio::test]
async fn one_request_too_many_pushes_the_oldest_out_at_once() {
    let gate = Gate::new(LIMITS);
    let slots = fill(&gate).await;
    let mut oldest = queue(&gate, client(1, 1, 1));
    let rest: Vec<_> = (0..50)
        .map(|number| queue(&gate, client(2, number, number)))
        .collect();
    assert!(
        (&mut oldest)
            .now_or_never()
            .is_some_and(|slot| slot.is_none())
    );
    drop((rest, slots));
    assert!(gate.line().is_empty());
}

#[tokio::test]
async fn a_circle_that_hammers_has_its_share_of_slots_and_others_come_first() {
    let gate = Gate::new(LIMITS);
    let noisy = || client(1, 1, 1);
    use_much(&gate, (0..50).map(|_| noisy())).await;
    let mut slots = vec![
        gate.enter(noisy()).await.unwrap(),
        gate.enter(noisy()).await.unwrap(),
    ];
    let mut hammering: Vec<_> = (0..20).map(|_| queue(&gate, noisy())).collect();
    // Two slots are free, but not for this circle.
    let quiet = |number| client(number, number, number);
    slots.push(gate.enter(quiet(2)).await.unwrap());
    slots.push(gate.enter(quiet(3)).await.unwrap());
    let mut other = queue(&gate, quiet(4));
    hammering.extend((0..20).map(|_| queue(&gate, noisy())));
    // The circle gives a slot back. It goes to the other one, though forty wait.
    slots.remove(0);
    let other = (&mut other).now_or_never().flatten();
    assert!(other.is_some());
    let served = hammering.iter_mut().filter_map(FutureExt::now_or_never);
    assert_eq!(served.count(), 0);
}

#[tokio::test]
async fn clients_that_share_a_counter_have_slots_of_their_own() {
    let gate = Gate::new(LIMITS);
    let hammering = client(1, 1, 1);
    let quiet = Client(hammering.0.map(|hash| Some(hash? + u64::from(CELLS))));
    let mut slots = Vec::new();
    for client in [hammering, hammering, quiet, quiet] {
        slots.push(gate.enter(client).now_or_never().flatten().unwrap());
    }
    drop(slots);
    assert!(gate.line().is_empty());
}

/// Lets many requests in and out.
async fn use_much(gate: &Arc<Gate>, clients: impl Iterator<Item = Client>) {
    for client in clients {
        drop(gate.enter(client).await.unwrap());
    }
}

#[tokio::test]
async fn a_client_that_had_much_lately_comes_after_one_that_had_little() {
    let gate = Gate::new(LIMITS);
    let (noisy, quiet) = (client(1, 1, 1), client(2, 2, 2));
    use_much(&gate, (0..50).map(|_| noisy)).await;
    let mut slots = fill(&gate).await;
    let mut first = queue(&gate, noisy);
    let mut second = queue(&gate, quiet);
    slots.pop();
    let served = (&mut second).now_or_never().flatten();
    assert!(served.is_some() && (&mut first).now_or_never().is_none());
    slots.pop();
    assert!(first.await.is_some());
}

#[tokio::test]
async fn small_differences_do_not_change_the_order() {
    let gate = Gate::new(LIMITS);
    let (first, second) = (client(1, 1, 1), client(2, 2, 2));
    use_much(&gate, (0..4).map(|_| first)).await;
    let mut slots = fill(&gate).await;
    let mut one = queue(&gate, first);
    let _other = queue(&gate, second);
    slots.pop();
    assert!((&mut one).now_or_never().flatten().is_some());
}

#[tokio::test]
async fn an_address_that_names_ever_new_circles_still_comes_last() {
    let gate = Gate::new(LIMITS);
    use_much(&gate, (0..50).map(|number| client(1, number, number))).await;
    let mut slots = fill(&gate).await;
    let mut attack: Vec<_> = (50..60)
        .map(|number| queue(&gate, client(1, number, number)))
        .collect();
    // The attack has used this circle's name, too.
    let mut member = queue(&gate, client(2, 900, 49));
    attack.extend((60..70).map(|number| queue(&gate, client(1, number, number))));
    slots.pop();
    assert!((&mut member).now_or_never().flatten().is_some());
}

#[tokio::test]
async fn a_slot_returns_however_its_request_ends() {
    let gate = Gate::new(LIMITS);
    let mine = client(1, 1, 1);
    let slot = gate.enter(mine).await.unwrap();
    let panics = hold(slot, async { panic!("a handler") });
    let outcome = AssertUnwindSafe(panics).catch_unwind().await;
    assert!(outcome.is_err());
    assert!(gate.line().is_empty());

    let slot = gate.enter(mine).await.unwrap();
    let late = timeout(A_WHILE, hold(slot, std::future::pending::<()>()));
    assert!(late.await.is_err());
    assert!(gate.line().is_empty());

    let slots = fill(&gate).await;
    let hung_up = queue(&gate, mine);
    let let_in = queue(&gate, mine);
    drop(hung_up);
    drop(slots);
    // It was let in, but its client hangs up before it notices.
    drop(let_in);
    assert!(gate.line().is_empty());
}

#[tokio::test]
async fn a_request_that_waits_for_something_else_lends_its_slot() {
    let gate = Gate::new(LIMITS);
    let mut slots = fill(&gate).await;
    let slot = slots.pop().unwrap();
    let (mine, other) = (client(1, 1, 1), client(2, 2, 2));
    let mut waiting = queue(&gate, other);
    let lent = hold(slot, async {
        let lent = step_out(async { (&mut waiting).await.unwrap() }).await;
        // It has a slot again, so five work.
        assert!(gate.enter(mine).now_or_never().is_none());
        lent
    });
    let lent = lent.await;
    assert!(gate.enter(mine).now_or_never().is_none());
    drop(lent);
    assert!(gate.enter(mine).await.is_some());
    drop(slots);
    assert!(gate.line().is_empty());
}
