//! What happens to a service in a world: deliveries in any order, some twice and some lost, and in between everything
//! that a merchant and an operator do.

use std::collections::BTreeSet;

use referrald::domain::qualification::Verdict;
use referrald::domain::rule::Rule;
use referrald::fake_stripe::{Fault, How};

use super::told::Told;
use super::truth::{World, rule};
use crate::random::Random;

/// How deliveries come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Road {
    /// Each is signed and posted when the one before was answered.
    Posted,
    /// Signed and posted all at once.
    PostedAtOnce,
    /// By one call.
    Called,
    /// What was lost: found in Stripe's own list of events, or brought by one call.
    Reconciled,
}

#[derive(Clone, Debug)]
pub enum Step {
    /// Events by their numbers.
    Deliver(Road, Vec<usize>),
    Register(usize),
    /// Another rule of a campaign: for those who are registered from now on, or for all.
    Change(usize, Rule, bool),
    Pause(usize),
    Resume(usize),
    /// By hand, whatever the rule says.
    Decide(usize, Verdict),
    Clear(usize),
    /// One of the rewards of a campaign that are due.
    Approve(usize, usize),
    Sweep,
    /// The next request to Stripe that begins so goes wrong, before it is done or after it.
    Fail(&'static str, Fault),
    /// So many hours go by.
    Wait(i64),
    Restart,
}

/// What may go wrong at Stripe: what moves money more often than what is only asked.
const REQUESTS: [&str; 4] = ["POST /v1/customers/", "POST /v1/customers/", "GET /v1/", "GET /v1/customers"];
/// The most deliveries that are posted in one go, and the most in one call.
const POSTED_MAX: usize = 6;
const CALLED_MAX: usize = 150;

/// A script for a world; `copies_max` is how often an event is delivered at most.
pub fn random(world: &World, told: &[Told], copies_max: usize, random: &mut Random) -> Vec<Step> {
    let mut steps: Vec<Step> = (0..world.invited.len()).map(Step::Register).collect();
    let mut lost = Vec::new();
    for event in 0..told.len() {
        if random.percent(12) {
            lost.push(event);
            continue;
        }
        let copies = if random.percent(60) { 1 } else { 1 + random.below(copies_max) };
        steps.extend((0..copies).map(|_| Step::Deliver(Road::Posted, vec![event])));
    }
    steps.extend(interruptions(world, random));
    random.shuffle(&mut steps);
    let mut writer =
        Writer { told, world, registered: BTreeSet::new(), paused: BTreeSet::new(), group: vec![], steps: vec![] };
    for step in steps {
        writer.add(step, copies_max, random);
    }
    writer.flush(Road::Called);
    for campaign in std::mem::take(&mut writer.paused) {
        writer.steps.push(Step::Resume(campaign));
    }
    for lost in lost.chunks(CALLED_MAX) {
        writer.group = lost.to_vec();
        writer.flush(Road::Reconciled);
    }
    writer.steps
}

fn interruptions(world: &World, random: &mut Random) -> Vec<Step> {
    let (campaigns, invited) = (world.rules.len(), world.invited.len());
    let mut steps = Vec::new();
    for _ in 0..random.below(2) {
        let rule = rule(random, world.has_key);
        steps.push(Step::Change(random.below(campaigns), rule, random.percent(50)));
    }
    for _ in 0..random.below(3) {
        steps.push(Step::Pause(random.below(campaigns)));
        steps.push(Step::Resume(random.below(campaigns)));
    }
    for _ in 0..random.below(3) {
        steps.push(Step::Decide(random.below(invited), random.pick(&[Verdict::Qualified, Verdict::Disqualified])));
        steps.push(Step::Clear(random.below(invited)));
    }
    steps.extend((0..random.below(3)).map(|_| Step::Approve(random.below(campaigns), random.below(9))));
    steps.extend((0..random.below(3)).map(|_| Step::Sweep));
    steps.extend((0..random.below(3)).map(|_| Step::Wait(random.pick(&[1, 6, 24, 72]))));
    if world.has_key {
        let faults = [How::Status(500), How::CutShort, How::NotJson, How::RetryAfter(1)];
        let fault = |random: &mut Random| Fault { done: random.percent(60), how: random.pick(&faults) };
        steps.extend((0..random.below(6)).map(|_| Step::Fail(random.pick(&REQUESTS), fault(random))));
    }
    if random.percent(10) {
        steps.push(Step::Restart);
    }
    steps
}

/// Puts in what must come before: nobody carries an id that was not given, and nobody is registered in a pause.
struct Writer<'a> {
    told: &'a [Told],
    world: &'a World,
    registered: BTreeSet<usize>,
    paused: BTreeSet<usize>,
    group: Vec<usize>,
    steps: Vec<Step>,
}

impl Writer<'_> {
    fn add(&mut self, step: Step, copies_max: usize, random: &mut Random) {
        match step {
            Step::Deliver(_, events) => {
                let unknown = self.told[events[0]].names.iter().any(|name| !self.registered.contains(name));
                if unknown {
                    self.flush(Road::Posted);
                    self.told[events[0]].names.iter().for_each(|name| self.register(*name));
                }
                self.group.extend(events);
                if random.percent(100 / (copies_max + 2)) || self.group.len() >= CALLED_MAX {
                    let road = random.pick(&[Road::Posted, Road::PostedAtOnce, Road::Called, Road::Called]);
                    self.flush(road);
                }
            }
            other => {
                self.flush(Road::PostedAtOnce);
                self.act(other);
            }
        }
    }

    fn flush(&mut self, road: Road) {
        let group = std::mem::take(&mut self.group);
        let road = match road {
            Road::Posted | Road::PostedAtOnce if group.len() > POSTED_MAX => Road::Called,
            road => road,
        };
        if !group.is_empty() {
            self.steps.push(Step::Deliver(road, group));
        }
    }

    fn act(&mut self, step: Step) {
        match step {
            Step::Register(invited) => self.register(invited),
            Step::Pause(campaign) => {
                if self.paused.insert(campaign) {
                    self.steps.push(step);
                }
            }
            Step::Resume(campaign) => self.resume(campaign),
            Step::Decide(invited, _) | Step::Clear(invited) => {
                self.register(invited);
                self.steps.push(step);
            }
            other => self.steps.push(other),
        }
    }

    fn register(&mut self, invited: usize) {
        if self.registered.insert(invited) {
            self.resume(self.world.invited[invited].campaign);
            self.steps.push(Step::Register(invited));
        }
    }

    fn resume(&mut self, campaign: usize) {
        if self.paused.remove(&campaign) {
            self.steps.push(Step::Resume(campaign));
        }
    }
}
