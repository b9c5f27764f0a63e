//! Handovers and absences of members who have claimed a task: what is handed over, taken over, declined
//! and withdrawn, what becomes of it when a member is away, and what counts as covered meanwhile.

mod story;

const STEPS: usize = 14;
/// Ana coordinates, the others are helpers.
const ANA: usize = 0;
const PEOPLE: usize = 4;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Accepted { hands_over: bool },
    Released,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Handover {
    from: usize,
    /// Without it, anybody may accept.
    to: Option<usize>,
    state: &'static str,
    taken_by: Option<usize>,
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Claim,
    Release,
    HandOver(Option<usize>),
    /// One of the handovers, by its number.
    Accept(usize),
    Decline(usize),
    Withdraw(usize),
    /// The member is away: on the day of the task, or on another one.
    GoAway {
        on_the_day: bool,
        on_affected: &'static str,
    },
    /// The oldest absence of the member ends.
    ComeBack,
}

/// An answer: the status, and the code of the problem.
type Answer = (u16, &'static str);

const DONE: Answer = (200, "");
const CREATED: Answer = (201, "");
const DELETED: Answer = (204, "");
const FORBIDDEN: Answer = (403, "forbidden");
const WRONG_STATE: Answer = (409, "invalid_transition");
const FULL: Answer = (409, "fully_covered");
const HAS_IT: Answer = (409, "already_assigned");
const NOT_THIS_MEMBER: Answer = (422, "validation_failed");

/// The rules as the documentation says them.
#[derive(Clone, Debug)]
struct Model {
    needed: usize,
    parts: [Option<Part>; PEOPLE],
    handovers: Vec<Handover>,
    /// Of each member the absences that did not end, and whether each includes the day of the task.
    absences: [Vec<bool>; PEOPLE],
}

impl Model {
    fn has_it(&self, who: usize) -> bool {
        matches!(self.parts[who], Some(Part::Accepted { .. }))
    }

    fn hands_over(&self, who: usize) -> bool {
        self.parts[who] == Some(Part::Accepted { hands_over: true })
    }

    fn is_away(&self, who: usize) -> bool {
        self.absences[who].contains(&true)
    }

    /// Who hands it over or is away still has it, and does not cover it.
    fn coverage(&self) -> &'static str {
        let covers =
            |who: &usize| self.has_it(*who) && !self.hands_over(*who) && !self.is_away(*who);
        match (0..PEOPLE).filter(covers).count() {
            0 => "none",
            some if some < self.needed => "partial",
            _ => "full",
        }
    }

    fn is_full(&self) -> bool {
        (0..PEOPLE).filter(|who| self.has_it(*who)).count() >= self.needed
    }

    /// Whose place a claim takes, if none is free: of a member who hands it over to the caller, else of
    /// one who hands it over, else of one who is away then. Between equals anybody may give theirs.
    fn could_give(&self, by: usize) -> Vec<usize> {
        if self.has_it(by) || !self.is_full() {
            return Vec::new();
        }
        let asks_me = |from: usize| {
            let to_me = |it: &Handover| it.from == from && it.to == Some(by) && it.state == "open";
            self.handovers.iter().any(to_me)
        };
        let rank = |who: usize| (!asks_me(who), !self.hands_over(who));
        let gives =
            |who: &usize| self.has_it(*who) && (self.hands_over(*who) || self.is_away(*who));
        let first = (0..PEOPLE).filter(gives).map(rank).min();
        let equal = |who: &usize| Some(rank(*who)) == first;
        (0..PEOPLE).filter(gives).filter(equal).collect()
    }

    fn claim(&mut self, by: usize) -> Answer {
        if self.has_it(by) {
            return DONE;
        }
        if self.is_full() {
            // Who gives their place is read afterward.
            return if self.could_give(by).is_empty() {
                FULL
            } else {
                DONE
            };
        }
        self.parts[by] = Some(Part::Accepted { hands_over: false });
        DONE
    }

    /// The place of one member goes to another who claimed it.
    fn take_over(&mut self, from: usize, by: usize) {
        for handover in &mut self.handovers {
            if handover.from == from && handover.state == "open" {
                handover.state = "accepted";
                handover.taken_by = Some(by);
            }
        }
        self.parts[from] = Some(Part::Released);
        self.parts[by] = Some(Part::Accepted { hands_over: false });
    }

    /// What is given back is not handed over any more.
    fn take_off(&mut self, who: usize) {
        self.parts[who] = Some(Part::Released);
        for handover in &mut self.handovers {
            if handover.from == who && handover.state == "open" {
                handover.state = "withdrawn";
            }
        }
    }

    fn release(&mut self, by: usize) -> Answer {
        if self.parts[by] == Some(Part::Released) {
            return DONE;
        }
        if !self.has_it(by) {
            return WRONG_STATE;
        }
        self.take_off(by);
        DONE
    }

    fn begin(&mut self, from: usize, to: Option<usize>) {
        self.parts[from] = Some(Part::Accepted { hands_over: true });
        self.handovers.push(Handover {
            from,
            to,
            state: "open",
            taken_by: None,
        });
    }

    fn hand_over(&mut self, by: usize, to: Option<usize>) -> Answer {
        if !self.has_it(by) || self.hands_over(by) {
            return WRONG_STATE;
        }
        if to.is_some_and(|to| to == by || self.has_it(to)) {
            return NOT_THIS_MEMBER;
        }
        self.begin(by, to);
        CREATED
    }

    fn accept(&mut self, by: usize, nth: usize) -> Answer {
        let Handover {
            from,
            to,
            state,
            taken_by,
        } = self.handovers[nth];
        if to.is_some_and(|to| to != by) || to.is_none() && from == by {
            return FORBIDDEN;
        }
        match state {
            "accepted" if taken_by == Some(by) => DONE,
            "open" if self.has_it(by) => HAS_IT,
            "open" => {
                self.parts[from] = Some(Part::Released);
                self.parts[by] = Some(Part::Accepted { hands_over: false });
                self.handovers[nth].state = "accepted";
                self.handovers[nth].taken_by = Some(by);
                DONE
            }
            _ => WRONG_STATE,
        }
    }

    /// Ends a handover, and the member keeps it.
    fn end(&mut self, nth: usize, state: &'static str) -> Answer {
        let handover = &mut self.handovers[nth];
        if handover.state == state {
            return DONE;
        }
        if handover.state != "open" {
            return WRONG_STATE;
        }
        handover.state = state;
        self.parts[handover.from] = Some(Part::Accepted { hands_over: false });
        DONE
    }

    fn go_away(&mut self, who: usize, on_the_day: bool, on_affected: &str) -> Answer {
        self.absences[who].push(on_the_day);
        if self.is_away(who) && self.has_it(who) {
            match on_affected {
                "release" => self.take_off(who),
                "offer" if !self.hands_over(who) => self.begin(who, None),
                _ => {}
            }
        }
        CREATED
    }

    fn follow(&mut self, by: usize, step: Step) -> Answer {
        match step {
            Step::Claim => self.claim(by),
            Step::Release => self.release(by),
            Step::HandOver(to) => self.hand_over(by, to),
            Step::Accept(nth) => self.accept(by, nth),
            Step::Decline(nth) if self.handovers[nth].to == Some(by) => self.end(nth, "declined"),
            Step::Withdraw(nth) if self.handovers[nth].from == by => self.end(nth, "withdrawn"),
            Step::Decline(_) | Step::Withdraw(_) => FORBIDDEN,
            Step::GoAway {
                on_the_day,
                on_affected,
            } => self.go_away(by, on_the_day, on_affected),
            Step::ComeBack => {
                self.absences[by].remove(0);
                DELETED
            }
        }
    }
}
