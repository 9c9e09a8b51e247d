//! Whatever order the deliveries come in, and however often: the decision is what truly happened.

use std::collections::BTreeSet;
use std::env;

use referrald::domain::fact::Fact;
use referrald::domain::qualification::{
    Case, Contribution, Crossing, Decision, Override, Step, contributions, decide, spend_at, steps,
};
use referrald::domain::spend::Payment;
use referrald::domain::time::Time;

use crate::ledger::Ledger;
use crate::model::{self, Answer, OVERRIDDEN};
use crate::people::{person, rival};
use crate::random::Random;
use crate::snapshots;
use crate::world::{REGISTERED, World};

const HISTORIES: u64 = 100_000;
const SEED: u64 = 20_260_101;
/// Six states, nine reasons and none, two setbacks, a target reached again, and eleven reasons why a fact changes nothing.
const OUTCOMES: usize = 30;

/// What the service makes of a world, told in that order.
pub struct Found {
    pub payments: Vec<Payment>,
    pub decision: Decision,
    pub contributions: Vec<Contribution>,
    /// The way of the spend; each step with what counted at its time by the net of each payment.
    pub steps: Vec<(Step, i64)>,
}

pub fn found<'a>(world: &World, facts: impl IntoIterator<Item = &'a Fact>) -> Found {
    let payments = Ledger::of(facts).payments(&person(world.only_own_customer), &rival());
    let at = Time::from_seconds(OVERRIDDEN);
    let manual = world.manual.map(|verdict| Override { verdict, reason: "as agreed".into(), at });
    let case = Case {
        rule: &world.rule,
        registered_at: Time::from_seconds(REGISTERED),
        self_referral: world.self_referral,
        existing: world.existing,
        manual: manual.as_ref(),
        check_outstanding: world.check_outstanding,
        payments: &payments,
    };
    let decision = decide(&case, Time::from_seconds(world.now));
    let contributions = contributions(&case);
    let steps = steps(&case).into_iter().map(|step| (step.clone(), spend_at(&case, step.effect.at))).collect();
    Found { payments, decision, contributions, steps }
}

/// Some of the deliveries twice, all of them in any order.
pub fn delivered<'a>(facts: &'a [Fact], random: &mut Random) -> Vec<&'a Fact> {
    let mut delivered: Vec<_> = facts.iter().collect();
    delivered.extend(facts.iter().filter(|_| random.percent(20)));
    random.shuffle(&mut delivered);
    delivered
}

fn number(variable: &str, otherwise: u64) -> u64 {
    let said = env::var(variable).ok();
    said.map_or(otherwise, |text| text.parse().unwrap_or_else(|_| panic!("{variable} must be a number")))
}

/// The kinds of outcome that a run came across, so that it cannot pass by meeting none.
type Outcomes = BTreeSet<String>;

fn check(seed: u64, outcomes: &mut Outcomes) {
    let mut random = Random::new(seed);
    let world = World::random(&mut random);
    let facts = snapshots::facts(&world);
    let found = found(&world, delivered(&facts, &mut random));
    let Answer { decision, reasons, crossings } = model::answer(&world);
    let found_reasons: Vec<_> = found.contributions.iter().map(|contribution| contribution.reason).collect();
    assert!(
        (found.decision, &found_reasons) == (decision, &reasons),
        "seed {seed}: run it again with\n    REFERRALD_SEED={seed} REFERRALD_HISTORIES=1 cargo test --test laws truth\n\
         true:  {decision:?} {reasons:?}\nfound: {:?} {found_reasons:?}\n{world:#?}",
        found.decision,
    );
    let told: Vec<_> = found.steps.iter().filter_map(|(step, _)| Some((step.effect.at, step.crossing?))).collect();
    let told: Vec<_> = told.into_iter().map(|(at, crossing)| (at.seconds().max(REGISTERED), crossing)).collect();
    assert_eq!(told, crossings, "seed {seed}: when the target was reached and lost");
    outcomes.extend(reasons.iter().map(|reason| format!("{reason:?}")));
    outcomes.extend(found.steps.iter().filter_map(|(step, _)| step.effect.idle).map(|idle| format!("idle {idle:?}")));
    outcomes.insert(format!("{:?}", decision.state));
    outcomes.extend(decision.unqualified.map(|unqualified| format!("{:?}", unqualified.cause)));
    let times_reached = crossings.iter().filter(|(_, crossing)| *crossing == Crossing::Reached).count();
    outcomes.extend((times_reached > 1).then(|| "reached again".to_owned()));
}

fn run(seeds: impl Iterator<Item = u64>) -> Outcomes {
    let mut outcomes = Outcomes::new();
    for seed in seeds {
        check(seed, &mut outcomes);
    }
    outcomes
}

#[test]
fn the_decision_is_what_truly_happened() {
    let (first, count) = (number("REFERRALD_SEED", SEED), number("REFERRALD_HISTORIES", HISTORIES));
    let seeds = |from: u64| (from..count).step_by(2).map(move |n| first.wrapping_add(n));
    let outcomes = std::thread::scope(|scope| {
        let odd = scope.spawn(|| run(seeds(1)));
        let mut outcomes = run(seeds(0));
        outcomes.extend(odd.join().expect("a history went wrong, see above"));
        outcomes
    });
    println!("{count} histories from seed {first}");
    assert!(count < HISTORIES || outcomes.len() == OUTCOMES, "the histories miss something: {outcomes:?}");
}
