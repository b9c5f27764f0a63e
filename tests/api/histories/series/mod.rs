//! Series with exceptions: created, edited, divided, paused, resumed and ended; claimed and taken in
//! turns; single tasks changed, canceled, claimed and completed; and time, in which the server makes
//! more tasks.

mod story;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate};

const STEPS: usize = 12;
/// Ana coordinates, and the others are helpers who do the tasks.
const ANA: usize = 0;
const PEOPLE: usize = 4;
/// How many days ahead tasks are made, and how many days before their end there are more.
const AHEAD: u64 = 60;
const EARLY: u64 = 53;
const INTERVALS: [u64; 4] = [3, 5, 7, 14];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Offered,
    Accepted,
    Declined,
    Released,
    Completed,
}

impl Part {
    fn word(self) -> &'static str {
        match self {
            Self::Offered => "offered",
            Self::Accepted => "accepted",
            Self::Declined => "declined",
            Self::Released => "released",
            Self::Completed => "completed",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Task {
    state: &'static str,
    title: String,
    is_exception: bool,
    needed: usize,
    parts: BTreeMap<usize, Part>,
}

impl Task {
    fn taken(&self) -> usize {
        let parts = self.parts.values();
        let fills = |part: &&Part| matches!(part, Part::Accepted | Part::Completed);
        parts.filter(fills).count()
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Member {
    who: usize,
    part: Part,
    turn: Option<usize>,
}

#[derive(Clone, Debug)]
enum Step {
    Rename { replace_exceptions: bool },
    Repeat { every: u64, count: Option<u64> },
    Divide { in_days: u64, every: Option<u64> },
    NeedPeople(usize),
    Pause,
    Resume,
    Claim(usize),
    Offer(usize),
    Accept(usize),
    Decline(usize),
    Release(usize),
    SetTurns([usize; 2]),
    RenameOne(usize),
    CancelOne(usize),
    CompleteOne(usize),
    ClaimOne(usize, usize),
    ReleaseOne(usize, usize),
    Wait { days: u64, with_job: bool },
}

/// The series as the documentation says it.
#[derive(Clone, Debug)]
struct Model {
    today: NaiveDate,
    first: NaiveDate,
    every: u64,
    last: Option<NaiveDate>,
    title: String,
    needed: usize,
    state: &'static str,
    made_until: NaiveDate,
    turns_from: Option<NaiveDate>,
    /// In the order in which they joined.
    members: Vec<Member>,
    tasks: BTreeMap<NaiveDate, Task>,
}

/// What a change of the series is about.
struct Reach {
    from: NaiveDate,
    exceptions_too: bool,
    reassigns: bool,
    /// Who takes the series on with this change.
    taken_on_by: Option<usize>,
}

impl Model {
    fn horizon(&self) -> NaiveDate {
        self.today + Days::new(AHEAD)
    }

    /// The dates of the rule.
    fn rule(&self, from: NaiveDate, until: NaiveDate) -> Vec<NaiveDate> {
        let mut dates = Vec::new();
        let mut on = self.first;
        while on <= until && self.last.is_none_or(|last| on <= last) {
            if on >= from {
                dates.push(on);
            }
            on = on + Days::new(self.every);
        }
        dates
    }

    fn part(&self, who: usize) -> Option<Part> {
        let member = self.members.iter().find(|member| member.who == who);
        member.map(|member| member.part)
    }

    fn put(&mut self, who: usize, part: Part) {
        match self.members.iter_mut().find(|member| member.who == who) {
            Some(member) => member.part = part,
            None => self.members.push(Member {
                who,
                part,
                turn: None,
            }),
        }
    }

    fn gave_back(&self, who: usize) -> bool {
        self.part(who) == Some(Part::Released)
    }

    /// Who does the task on a date.
    fn turn_of(&self, on: NaiveDate) -> Vec<usize> {
        let accepted = |member: &&Member| member.part == Part::Accepted;
        let Some(from) = self.turns_from else {
            let members = self.members.iter().filter(accepted);
            return members.map(|member| member.who).collect();
        };
        let mut turns: Vec<_> = self.members.iter().filter(|it| it.turn.is_some()).collect();
        turns.sort_by_key(|member| member.turn);
        let dates = self.rule(from, self.horizon());
        let Some(place) = dates.iter().position(|date| *date == on) else {
            return Vec::new();
        };
        let member = turns[place % turns.len()];
        Some(member)
            .filter(accepted)
            .map(|it| it.who)
            .into_iter()
            .collect()
    }

    fn make(&mut self, reach: &Reach) {
        let mut dates = BTreeSet::new();
        if self.state == "active" {
            dates = self.rule(reach.from, self.made_until).into_iter().collect();
        }
        let mut tasks = std::mem::take(&mut self.tasks);
        for (on, task) in tasks.range_mut(reach.from..) {
            let is_date = dates.remove(on);
            if task.is_exception && !(reach.exceptions_too && task.state == "open") {
                // Who takes the series on gets what was changed by itself and needs somebody, too.
                if let Some(who) = reach.taken_on_by
                    && task.state == "open"
                    && task.taken() < task.needed
                    && self.turn_of(*on).contains(&who)
                {
                    task.parts.entry(who).or_insert(Part::Accepted);
                }
                continue;
            }
            let was = task.state;
            match was {
                "open" | "canceled" if is_date => {
                    task.state = "open";
                    task.title.clone_from(&self.title);
                    task.is_exception = false;
                    task.needed = self.needed.max(task.taken());
                }
                // All tasks of today begin in the evening.
                "open" => {
                    task.state = "canceled";
                    continue;
                }
                _ => continue,
            }
            let members = self.turn_of(*on);
            for (who, part) in &mut task.parts {
                let has_turns = self.part(*who).is_some_and(|part| part != Part::Declined);
                let is_others_turn = reach.reassigns && has_turns && !members.contains(who);
                let left = was == "canceled" && self.gave_back(*who);
                if (is_others_turn || left) && *part == Part::Accepted {
                    *part = Part::Released;
                }
            }
            for who in members {
                if task.taken() >= task.needed {
                    break;
                }
                let can_have_it = match task.parts.get(&who) {
                    None => true,
                    Some(part) => reach.reassigns && *part == Part::Released,
                };
                if can_have_it {
                    task.parts.insert(who, Part::Accepted);
                }
            }
        }
        for on in dates {
            let members = self.turn_of(on).into_iter().take(self.needed);
            let task = Task {
                state: "open",
                title: self.title.clone(),
                is_exception: false,
                needed: self.needed,
                parts: members.map(|who| (who, Part::Accepted)).collect(),
            };
            tasks.insert(on, task);
        }
        self.tasks = tasks;
    }

    fn make_what_is_to_come(&mut self) {
        self.make(&Reach {
            from: self.today,
            exceptions_too: false,
            reassigns: false,
            taken_on_by: None,
        });
    }

    fn take_on(&mut self, who: usize) {
        self.put(who, Part::Accepted);
        self.make(&Reach {
            from: self.today,
            exceptions_too: false,
            reassigns: false,
            taken_on_by: Some(who),
        });
    }

    /// The hourly job.
    fn extend(&mut self) {
        if self.last.is_some_and(|last| last < self.today) {
            self.state = "ended";
            return;
        }
        if self.state != "active" || self.made_until >= self.today + Days::new(EARLY) {
            return;
        }
        let from = (self.made_until + Days::new(1)).max(self.today);
        self.made_until = self.horizon();
        if let Some(begun) = self.turns_from {
            let turns = self.members.iter().filter(|it| it.turn.is_some()).count();
            let dates = self.rule(begun, self.today);
            let rounds = dates.len() / turns;
            if rounds > 0 {
                self.turns_from = Some(dates[(rounds - 1) * turns]);
            }
        }
        self.make(&Reach {
            from,
            exceptions_too: false,
            reassigns: false,
            taken_on_by: None,
        });
    }

    /// Ends before the date, and goes on from it: this is the new series. Returns the old tasks.
    fn divide(&mut self, on: NaiveDate, every: Option<u64>) -> BTreeMap<NaiveDate, Task> {
        // The turns go on.
        let turns = self.members.iter().filter(|it| it.turn.is_some()).count();
        if let Some(from) = self.turns_from {
            let before = on.pred_opt().unwrap();
            let passed = self.rule(from, before).len() % turns;
            for turn in self.members.iter_mut().filter_map(|it| it.turn.as_mut()) {
                *turn = (*turn + turns - passed) % turns;
            }
        }
        let rest = self.tasks.split_off(&on);
        let old = std::mem::replace(&mut self.tasks, rest);
        self.first = on;
        if let Some(every) = every {
            self.every = every;
            self.last = None;
        }
        self.turns_from = self.turns_from.map(|_| on);
        let is_open = |part: Part| matches!(part, Part::Offered | Part::Accepted);
        self.members
            .retain(|member| is_open(member.part) || member.turn.is_some());
        self.make(&Reach {
            from: on,
            exceptions_too: false,
            reassigns: false,
            taken_on_by: None,
        });
        old
    }

    fn set_turns(&mut self, turns: [usize; 2]) {
        for (turn, who) in turns.into_iter().enumerate() {
            let part = match self.part(who) {
                Some(part @ (Part::Offered | Part::Accepted)) => part,
                _ => Part::Offered,
            };
            self.put(who, part);
            let member = self.members.iter_mut().find(|member| member.who == who);
            member.unwrap().turn = Some(turn);
        }
        for member in &mut self.members {
            if !turns.contains(&member.who) {
                member.turn = None;
                if matches!(member.part, Part::Offered | Part::Accepted) {
                    member.part = Part::Released;
                }
            }
        }
        self.turns_from = Some(self.today);
        self.make(&Reach {
            from: self.today,
            exceptions_too: false,
            reassigns: true,
            taken_on_by: None,
        });
    }

    /// The tasks that single steps are about: those from today on.
    fn nth(&self, nth: usize) -> Option<NaiveDate> {
        let ahead: Vec<NaiveDate> = self.tasks.range(self.today..).map(|(on, _)| *on).collect();
        (!ahead.is_empty()).then(|| ahead[nth % ahead.len()])
    }
}
