//! Who takes part in a task or a need: offers, claims, answers, completion and undo, more and fewer
//! places, and members who come and go.

mod story;

const STEPS: usize = 12;
/// Ana coordinates, the others are helpers.
const ANA: usize = 0;
const PEOPLE: usize = 4;

/// The part of a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Offered,
    Accepted,
    Declined,
    Released,
    /// `alone`: the member completed only their own part.
    Completed {
        alone: bool,
    },
}

impl Part {
    fn word(self) -> &'static str {
        match self {
            Self::Offered => "offered",
            Self::Accepted => "accepted",
            Self::Declined => "declined",
            Self::Released => "released",
            Self::Completed { .. } => "completed",
        }
    }

    fn fills_a_place(self) -> bool {
        matches!(self, Self::Accepted | Self::Completed { .. })
    }
}

/// What somebody does.
#[derive(Clone, Copy, Debug)]
enum Step {
    Claim,
    Accept,
    Decline,
    Release,
    OfferTo(usize),
    Complete {
        for_everyone: bool,
    },
    Reopen,
    Need(usize),
    Cancel,
    /// A member is suspended and comes back.
    GoAndComeBack(usize),
    /// The appointment of a need is canceled, and takes place after all.
    HoldUp,
    GoOn,
}

/// An answer: the status, and the code of the problem.
type Answer = (u16, &'static str);

const DONE: Answer = (200, "");
const FORBIDDEN: Answer = (403, "forbidden");
const WRONG_STATE: Answer = (409, "invalid_transition");
const FULL: Answer = (409, "fully_covered");
const TOO_FEW: Answer = (422, "validation_failed");

/// The rules as the documentation says them.
#[derive(Clone, Debug)]
struct Model {
    is_task: bool,
    state: &'static str,
    needed: usize,
    parts: [Option<Part>; PEOPLE],
    completed_by: Option<usize>,
}

impl Model {
    fn taken(&self) -> usize {
        let parts = self.parts.iter().flatten();
        parts.filter(|part| part.fills_a_place()).count()
    }

    fn has_room(&self) -> bool {
        self.taken() < self.needed
    }

    fn coverage(&self) -> &'static str {
        match self.taken() {
            0 => "none",
            some if some < self.needed => "partial",
            _ => "full",
        }
    }

    fn take(&mut self, by: usize) -> Answer {
        if !self.has_room() {
            return FULL;
        }
        self.parts[by] = Some(Part::Accepted);
        DONE
    }

    fn answer_with(&mut self, by: usize, from: Part, to: Part) -> Answer {
        if self.parts[by] == Some(to) {
            return DONE;
        }
        if self.state != "open" || self.parts[by] != Some(from) {
            return WRONG_STATE;
        }
        self.parts[by] = Some(to);
        DONE
    }

    fn offer(&mut self, by: usize, to: usize) -> Answer {
        if by != ANA {
            return FORBIDDEN;
        }
        if self.state != "open" {
            return WRONG_STATE;
        }
        match self.parts[to] {
            Some(part) if part.fills_a_place() => DONE,
            Some(Part::Offered) if to != ANA => DONE,
            _ if to == ANA => self.take(to),
            _ => {
                self.parts[to] = Some(Part::Offered);
                DONE
            }
        }
    }

    fn complete(&mut self, by: usize, for_everyone: bool) -> Answer {
        let mine = self.parts[by];
        let own_is_done = matches!(mine, Some(Part::Completed { .. })) && !for_everyone;
        if self.state == "completed" || self.state == "open" && own_is_done {
            return DONE;
        }
        if by != ANA && (for_everyone || mine != Some(Part::Accepted)) {
            return FORBIDDEN;
        }
        if self.state != "open" {
            return WRONG_STATE;
        }
        let holders = self
            .parts
            .iter()
            .filter(|part| **part == Some(Part::Accepted));
        if !for_everyone && mine == Some(Part::Accepted) && holders.count() > 1 {
            self.parts[by] = Some(Part::Completed { alone: true });
            return DONE;
        }
        for part in self.parts.iter_mut().flatten() {
            if *part == Part::Accepted {
                *part = Part::Completed { alone: false };
            }
        }
        self.state = "completed";
        self.completed_by = Some(by);
        DONE
    }

    fn reopen(&mut self, by: usize) -> Answer {
        let mine_is_done = matches!(self.parts[by], Some(Part::Completed { .. }));
        if self.state == "open" && !mine_is_done {
            return DONE;
        }
        let is_whole = by == ANA || self.completed_by == Some(by);
        if !mine_is_done && !is_whole {
            return FORBIDDEN;
        }
        if self.state == "canceled" {
            return WRONG_STATE;
        }
        if self.state == "completed" && is_whole {
            for part in self.parts.iter_mut().flatten() {
                if *part == (Part::Completed { alone: false }) {
                    *part = Part::Accepted;
                }
            }
        } else {
            if self.state == "completed" {
                for part in self.parts.iter_mut().flatten() {
                    if matches!(part, Part::Completed { .. }) {
                        *part = Part::Completed { alone: true };
                    }
                }
            }
            self.parts[by] = Some(Part::Accepted);
        }
        self.state = "open";
        self.completed_by = None;
        DONE
    }

    fn need(&mut self, by: usize, people: usize) -> Answer {
        if by != ANA {
            return FORBIDDEN;
        }
        if self.state != "open" {
            return WRONG_STATE;
        }
        if people < self.taken() {
            return TOO_FEW;
        }
        self.needed = people;
        DONE
    }

    fn cancel(&mut self, by: usize) -> Answer {
        if by != ANA && !self.is_task {
            return FORBIDDEN;
        }
        if self.state == "canceled" {
            return DONE;
        }
        if by != ANA {
            return FORBIDDEN;
        }
        if self.state != "open" {
            return WRONG_STATE;
        }
        self.state = "canceled";
        DONE
    }

    fn go_and_come_back(&mut self, who: usize) {
        let is_ahead = matches!(self.state, "open" | "on_hold");
        if let Some(part @ (Part::Offered | Part::Accepted)) = &mut self.parts[who]
            && is_ahead
        {
            *part = Part::Released;
        }
    }

    fn follow(&mut self, by: usize, step: Step) -> Answer {
        match step {
            Step::Claim | Step::Accept if self.parts[by] == Some(Part::Accepted) => DONE,
            Step::Claim => {
                let is_done = matches!(self.parts[by], Some(Part::Completed { .. }));
                if self.state != "open" || is_done {
                    return WRONG_STATE;
                }
                self.take(by)
            }
            Step::Accept => {
                if self.state != "open" || self.parts[by] != Some(Part::Offered) {
                    return WRONG_STATE;
                }
                self.take(by)
            }
            Step::Decline => self.answer_with(by, Part::Offered, Part::Declined),
            Step::Release => self.answer_with(by, Part::Accepted, Part::Released),
            Step::OfferTo(to) => self.offer(by, to),
            Step::Complete { for_everyone } => self.complete(by, for_everyone),
            Step::Reopen => self.reopen(by),
            Step::Need(people) => self.need(by, people),
            Step::Cancel => self.cancel(by),
            Step::GoAndComeBack(who) => {
                self.go_and_come_back(who);
                DONE
            }
            Step::HoldUp => {
                if self.state == "open" {
                    self.state = "on_hold";
                }
                DONE
            }
            Step::GoOn => {
                if self.state == "on_hold" {
                    self.state = "open";
                }
                DONE
            }
        }
    }
}
