//! Whatever is delivered, in whatever order and however often, with whatever a merchant and a crash do in between: in the
//! end every decision and every reward owed is what truly happened.
//!
//! A seed makes a small world ([`truth`]), tells it as Stripe would ([`told`]), writes down what happens to the service
//! ([`script`]), carries that out over its real doors ([`play`], [`site`]) and compares what it says ([`check`]) with a
//! model that knows only the truth ([`answer`]).
//!
//! `REFERRALD_WORLDS` says how many worlds, `REFERRALD_SEED` with which seed they begin, and `REFERRALD_COPIES` how often
//! an event is delivered at most. A failure prints the command that runs its world again.

mod answer;
mod check;
#[path = "../../laws/model.rs"]
#[expect(dead_code, reason = "the laws ask it more")]
mod model;
mod play;
mod rewards;
mod script;
mod site;
mod told;
mod truth;
#[path = "../../laws/world.rs"]
#[expect(dead_code, reason = "the laws make whole worlds of their own with it")]
mod world;

use std::env;
use std::thread::panicking;

use referrald::domain::rule::{CurrencyPolicy, Rule};

use crate::harness::{Database, both_databases};
use crate::random::Random;
use check::Outcomes;
use play::Play;
use rewards::promises;
use site::Site;
use truth::World;

/// How many worlds a run of the tests goes through, on both databases together.
const WORLDS: u64 = 100;
/// How many worlds share servers.
const WORLDS_OF_SITE: usize = 50;

fn number(variable: &str, otherwise: u64) -> u64 {
    let said = env::var(variable).ok();
    said.map_or(otherwise, |text| text.parse().unwrap_or_else(|_| panic!("{variable} must be a number")))
}

/// The worlds of a database: the even seeds for one, the odd ones for the other.
fn seeds(database: Database) -> Vec<u64> {
    let (first, count) = (number("REFERRALD_SEED", 0), number("REFERRALD_WORLDS", WORLDS));
    let odd = u64::from(database == Database::Postgres);
    (first..first + count).filter(|seed| count == 1 || seed % 2 == odd).collect()
}

/// Where a world is played.
#[derive(Clone, Copy, Debug)]
struct Stage {
    /// On the program itself, which is killed now and then.
    kills: bool,
    /// With a key for Stripe.
    has_key: bool,
}

impl Stage {
    /// Of ten worlds one is for the program itself, and three have a key; so has every second one of the program.
    fn of(seed: u64) -> Self {
        let (ten, one) = (seed / 2 / 10, seed / 2 % 10);
        let kills = one == 7;
        Self { kills, has_key: [1, 3, 5].contains(&one) || (kills && ten % 2 == 1) }
    }

    /// Whether others may be played there too.
    fn is_shared(self) -> bool {
        !self.kills && !self.has_key
    }

    async fn open(self, database: Database, seed: u64) -> Site {
        let account = play::account(seed);
        let has_key = self.has_key.then_some(account.as_str());
        if self.kills { Site::of_programs(database, has_key).await } else { Site::open(database, has_key).await }
    }
}

/// What fifty worlds must meet.
const OUTCOMES: [&str; 20] = [
    "PENDING",
    "QUALIFIED",
    "EXPIRED",
    "DISQUALIFIED",
    "MANUAL",
    "SELF_REFERRAL",
    "EXISTING_CUSTOMER",
    "lost by REFUND",
    "reward DUE",
    "reward CANCELED",
    "reward ISSUED",
    "reward REVERSAL_DUE",
    "payment UNSPECIFIED",
    "payment FAILED",
    "payment NOT_CAPTURED",
    "payment OTHER_REFERRAL",
    "payment OUTSIDE_WINDOW",
    "payment OTHER_CURRENCY",
    "payment REFUNDED",
    "payment DISPUTED",
];

/// Says how to run a world again when it fails.
struct Again {
    seed: u64,
    database: Database,
    told: String,
}

impl Drop for Again {
    fn drop(&mut self) {
        if panicking() {
            let Self { seed, database, told } = self;
            let name = format!("{database:?}").to_lowercase();
            let copies = number("REFERRALD_COPIES", COPIES_MAX);
            eprintln!(
                "{told}\nworld {seed} on {database:?} failed; run it again with\n    REFERRALD_SEED={seed} \
                 REFERRALD_WORLDS=1 REFERRALD_COPIES={copies} cargo test --test it simulation -- {name}"
            );
        }
    }
}

/// How often an event is delivered at most.
const COPIES_MAX: u64 = 4;

/// What a run has come across.
#[derive(Default)]
struct Tally {
    worlds: usize,
    delivered: u64,
    outcomes: Outcomes,
}

impl Tally {
    /// Plays a world to its end, and months beyond.
    async fn play(&mut self, site: &mut Site, database: Database, seed: u64) {
        let mut random = Random::new(seed);
        let has_key = site.stripe().is_some();
        let world = World::random(&mut random, site.clock.now().seconds(), has_key);
        let told = told::events(&world, &mut random);
        let copies = usize::try_from(number("REFERRALD_COPIES", COPIES_MAX)).expect("small");
        let script = script::random(&world, &told, copies, &mut random);
        let _again = Again { seed, database, told: format!("{world:#?}\n{script:?}") };
        let promises = promises(has_key);
        let mut play = Play::begin(site, seed, &world, &told, &promises).await;
        play.run(site, &script).await;
        site.take_over().await;
        for days in [0, 4, 40] {
            site.wait(days * 24);
            self.outcomes.extend(play.check(site, &promises).await);
        }
        self.outcomes.extend(play.check_explanations(site).await);
        for campaign in 0..world.rules.len() {
            // What was settled elsewhere is asked for only where it may count.
            let other = Rule { currency_policy: CurrencyPolicy::SameCurrencyOnly, ..truth::rule(&mut random, has_key) };
            play.check_trial(site, &promises, campaign, &other).await;
        }
        self.delivered += play.delivered;
        self.worlds += 1;
    }
}

both_databases!(on: every_world_ends_as_it_truly_was);
async fn every_world_ends_as_it_truly_was(database: Database) {
    let (shared, alone): (Vec<u64>, Vec<u64>) =
        seeds(database).into_iter().partition(|seed| Stage::of(*seed).is_shared());
    let mut tally = Tally::default();
    for seeds in shared.chunks(WORLDS_OF_SITE) {
        let mut site = Site::open(database, None).await;
        for seed in seeds {
            tally.play(&mut site, database, *seed).await;
        }
        site.close().await;
    }
    for seed in &alone {
        let mut site = Stage::of(*seed).open(database, *seed).await;
        tally.play(&mut site, database, *seed).await;
        site.close().await;
    }
    let Tally { worlds, delivered, outcomes } = tally;
    let of = |is: fn(Stage) -> bool| alone.iter().filter(|seed| is(Stage::of(**seed))).count();
    let (programs, keys) = (of(|stage| stage.kills), of(|stage| stage.has_key));
    println!(
        "{database:?}: {worlds} worlds, {programs} of them with the program itself and {keys} with a key, {delivered} \
         deliveries"
    );
    let missed: Vec<_> = OUTCOMES.iter().filter(|outcome| !outcomes.contains(**outcome)).collect();
    assert!(worlds < WORLDS_OF_SITE || missed.is_empty(), "the worlds have met no {missed:?}, only {outcomes:?}");
}
