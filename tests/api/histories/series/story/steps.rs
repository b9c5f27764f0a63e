//! What each step asks of the server, and what the model says comes of it.

use chrono::{Days, NaiveDate};
use serde_json::{Value, json};

use super::super::*;
use super::{Asked, Story, rule};

impl Story<'_> {
    /// Lets the model follow a step on the series, and says what the server is asked.
    #[expect(clippy::too_many_lines, reason = "one kind of step after the other")]
    pub(super) fn follow(&mut self, step: &Step) -> Asked {
        let series = format!("/task-series/{}", self.id);
        let act = |by: usize, verb: &str, expected: u16| Asked {
            by,
            path: format!("{series}/{verb}"),
            body: None,
            is_patch: false,
            expected,
        };
        let patch = |body: Value, expected: u16| Asked {
            by: ANA,
            path: series.clone(),
            body: Some(body),
            is_patch: true,
            expected,
        };
        match *step {
            Step::Rename { replace_exceptions } => {
                let title = self.new_title();
                let body = json!({ "title": title, "replace_exceptions": replace_exceptions });
                self.model.title = title;
                self.model.make(&Reach {
                    from: self.model.today,
                    exceptions_too: replace_exceptions,
                    reassigns: false,
                    taken_on_by: None,
                });
                patch(body, 200)
            }
            Step::Repeat { every, count } => {
                let model = &mut self.model;
                let last = count.map(|count| model.first + Days::new((count - 1) * every));
                if (model.every, model.last) != (every, last) {
                    (model.every, model.last) = (every, last);
                    model.make_what_is_to_come();
                }
                patch(json!({ "recurrence": rule(every, count) }), 200)
            }
            Step::NeedPeople(people) => {
                if self.model.needed != people {
                    self.model.needed = people;
                    self.model.make_what_is_to_come();
                }
                patch(json!({ "people_needed": people }), 200)
            }
            Step::Pause => {
                if self.model.state == "active" {
                    self.model.state = "paused";
                    self.model.make_what_is_to_come();
                }
                act(ANA, "pause", 200)
            }
            Step::Resume => {
                if self.model.state == "paused" {
                    self.model.state = "active";
                    self.model.made_until = self.model.horizon();
                    self.model.make_what_is_to_come();
                }
                act(ANA, "resume", 200)
            }
            Step::Claim(who) => {
                let expected = match self.model.part(who) {
                    Some(Part::Accepted) => 200,
                    _ if self.model.turns_from.is_some() => 409,
                    _ => {
                        self.model.take_on(who);
                        200
                    }
                };
                act(who, "claim", expected)
            }
            Step::Offer(who) => {
                let expected = if self.model.turns_from.is_some() {
                    409
                } else {
                    if !matches!(self.model.part(who), Some(Part::Offered | Part::Accepted)) {
                        self.model.put(who, Part::Offered);
                    }
                    200
                };
                Asked {
                    body: Some(json!({ "member_id": self.world.people[who].member_id })),
                    ..act(ANA, "offer", expected)
                }
            }
            Step::Accept(who) => {
                let expected = match self.model.part(who) {
                    Some(Part::Accepted) => 200,
                    Some(Part::Offered) => {
                        self.model.take_on(who);
                        200
                    }
                    _ => 409,
                };
                act(who, "accept", expected)
            }
            Step::Decline(who) => {
                let expected = match self.model.part(who) {
                    Some(Part::Declined) => 200,
                    Some(Part::Offered) => {
                        self.model.put(who, Part::Declined);
                        200
                    }
                    _ => 409,
                };
                act(who, "decline", expected)
            }
            Step::Release(who) => {
                let expected = match self.model.part(who) {
                    Some(Part::Released) => 200,
                    Some(Part::Accepted) => {
                        self.model.put(who, Part::Released);
                        for (_, task) in self.model.tasks.range_mut(self.model.today..) {
                            if let Some(part) = task.parts.get_mut(&who)
                                && task.state == "open"
                                && *part == Part::Accepted
                            {
                                *part = Part::Released;
                            }
                        }
                        200
                    }
                    _ => 409,
                };
                act(who, "release", expected)
            }
            Step::SetTurns(turns) => {
                self.model.set_turns(turns);
                let ids = turns.map(|who| self.world.people[who].member_id.clone());
                Asked {
                    body: Some(json!({ "member_ids": ids })),
                    ..act(ANA, "set-turns", 200)
                }
            }
            Step::Divide { in_days, every } => {
                let title = self.new_title();
                let from = self.model.today + Days::new(in_days);
                let mut body = json!({ "title": title, "from_on": from });
                if let Some(every) = every {
                    body["recurrence"] = json!(rule(every, None));
                }
                let far = from + Days::new(400);
                let Some(on) = self.model.rule(from, far).first().copied() else {
                    return patch(body, 422);
                };
                self.model.title = title;
                if on > self.model.first {
                    let old = self.model.divide(on, every);
                    let id = std::mem::take(&mut self.id);
                    self.before.push((id, old));
                } else {
                    if let Some(every) = every {
                        (self.model.every, self.model.last) = (every, None);
                    }
                    self.model.make_what_is_to_come();
                }
                patch(body, 200)
            }
            _ => unreachable!("{step:?} is about one task, or about time"),
        }
    }

    /// Lets the model follow a step on one task.
    pub(super) fn follow_one(&mut self, step: &Step) -> Option<(NaiveDate, Asked)> {
        let (nth, by) = match *step {
            Step::RenameOne(nth) | Step::CancelOne(nth) | Step::CompleteOne(nth) => (nth, ANA),
            Step::ClaimOne(nth, who) | Step::ReleaseOne(nth, who) => (nth, who),
            _ => return None,
        };
        let on = self.model.nth(nth)?;
        let title = self.new_title();
        let task = self.model.tasks.get_mut(&on).unwrap();
        let (verb, body, expected) = match *step {
            Step::RenameOne(_) => {
                let body = Some(json!({ "title": title }));
                if task.state == "open" {
                    task.title = title;
                    task.is_exception = true;
                    ("", body, 200)
                } else {
                    ("", body, 409)
                }
            }
            Step::CancelOne(_) => match task.state {
                "open" => {
                    task.state = "canceled";
                    task.is_exception = true;
                    ("cancel", None, 200)
                }
                "canceled" => ("cancel", None, 200),
                _ => ("cancel", None, 409),
            },
            Step::CompleteOne(_) => match task.state {
                "open" => {
                    task.state = "completed";
                    for part in task.parts.values_mut() {
                        if *part == Part::Accepted {
                            *part = Part::Completed;
                        }
                    }
                    ("complete", None, 200)
                }
                "completed" => ("complete", None, 200),
                _ => ("complete", None, 409),
            },
            Step::ClaimOne(..) => match task.parts.get(&by) {
                Some(Part::Accepted) => ("claim", None, 200),
                Some(Part::Completed) => ("claim", None, 409),
                _ if task.state != "open" || task.taken() >= task.needed => ("claim", None, 409),
                _ => {
                    task.parts.insert(by, Part::Accepted);
                    ("claim", None, 200)
                }
            },
            _ => match task.parts.get_mut(&by) {
                Some(Part::Released) => ("release", None, 200),
                Some(part @ Part::Accepted) if task.state == "open" => {
                    *part = Part::Released;
                    ("release", None, 200)
                }
                _ => ("release", None, 409),
            },
        };
        let asked = Asked {
            by,
            path: verb.to_owned(),
            body,
            is_patch: verb.is_empty(),
            expected,
        };
        Some((on, asked))
    }
}
