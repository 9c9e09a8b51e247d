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

use std::collections::BTreeMap;
use std::env;
use std::process::Command;
use std::thread::panicking;

use referrald::domain::rule::{CurrencyPolicy, Rule};

use crate::harness::{Database, both_databases};
use crate::random::Random;
use check::Outcomes;
use play::Play;
use rewards::promises;
use site::Site;
use truth::World;
use world::DAY;

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
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Stage {
    /// On the program itself, which is killed now and then.
    kills: bool,
    /// With a key for Stripe.
    has_key: bool,
    /// How many servers share the database; SQLite has one.
    replicas: usize,
}

impl Stage {
    /// Of ten worlds one is for the program itself, and three have a key; so has every second one of the program. Every
    /// second one of each kind is on two replicas, where the database takes them.
    fn of(database: Database, seed: u64) -> Self {
        let (ten, one) = (seed / 2 / 10, seed / 2 % 10);
        let kills = one == 7;
        let is_doubled = database == Database::Postgres && (ten / 2 + one).is_multiple_of(2);
        let replicas = if is_doubled { 2 } else { 1 };
        Self { kills, has_key: [1, 3, 5].contains(&one) || (kills && ten % 2 == 1), replicas }
    }

    /// Whether others may be played there too.
    fn is_shared(self) -> bool {
        !self.kills && !self.has_key
    }

    async fn open(self, database: Database, seed: u64) -> Site {
        let account = play::account(seed);
        let has_key = self.has_key.then_some(account.as_str());
        let site = Site::open(database, self.replicas, has_key).await;
        if self.kills { site.of_programs().await } else { site }
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
            let command = command(*seed, *database);
            eprintln!("{told}\nworld {seed} on {database:?} failed; run it again with\n    {command}");
        }
    }
}

/// The command that plays a world alone.
fn command(seed: u64, database: Database) -> String {
    let copies = number("REFERRALD_COPIES", COPIES_MAX);
    let (_, here) = module_path!().split_once("::").expect("a module of the tests");
    let on = format!("{database:?}").to_lowercase();
    format!(
        "REFERRALD_SEED={seed} REFERRALD_WORLDS=1 REFERRALD_COPIES={copies} cargo test --test it \
         {here}::every_world_ends_as_it_truly_was::{on} -- --exact --nocapture"
    )
}

#[test]
fn the_command_for_a_world_that_failed_runs_that_world_alone() {
    for (database, on) in [(Database::Sqlite, "sqlite"), (Database::Postgres, "postgres")] {
        let command = command(4711, database);
        assert!(command.starts_with("REFERRALD_SEED=4711 REFERRALD_WORLDS=1 "), "{command}");
        let (_, filters) = command.split_once(" cargo test --test it ").expect("a command of cargo");
        let arguments = filters.split(' ').filter(|argument| *argument != "--").chain(["--list"]);
        let listed = Command::new(env::current_exe().expect("these tests")).args(arguments).output().expect("a list");
        let tests = String::from_utf8(listed.stdout).expect("text");
        let tests: Vec<&str> = tests.lines().filter(|line| line.ends_with(": test")).collect();
        assert_eq!(tests, [format!("simulation::every_world_ends_as_it_truly_was::{on}: test")]);
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
        self.outcomes.extend(play.check(site, &promises).await);
        for seconds in [play.seconds_to_an_end(site.clock.now()), 40 * DAY] {
            site.wait(seconds);
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
    let seeds = seeds(database);
    let mut stages: BTreeMap<Stage, Vec<u64>> = BTreeMap::new();
    for seed in &seeds {
        stages.entry(Stage::of(database, *seed)).or_default().push(*seed);
    }
    let mut tally = Tally::default();
    for (stage, seeds) in stages {
        for seeds in seeds.chunks(if stage.is_shared() { WORLDS_OF_SITE } else { 1 }) {
            let mut site = stage.open(database, seeds[0]).await;
            for seed in seeds {
                tally.play(&mut site, database, *seed).await;
            }
            site.close().await;
        }
    }
    let Tally { worlds, delivered, outcomes } = tally;
    let of = |is: fn(Stage) -> bool| seeds.iter().filter(|seed| is(Stage::of(database, **seed))).count();
    let (programs, keys, doubled) =
        (of(|stage| stage.kills), of(|stage| stage.has_key), of(|stage| stage.replicas == 2));
    println!(
        "{database:?}: {worlds} worlds, {programs} of them with the program itself, {keys} with a key and {doubled} on \
         two replicas, {delivered} deliveries"
    );
    let missed: Vec<_> = OUTCOMES.iter().filter(|outcome| !outcomes.contains(**outcome)).collect();
    assert!(worlds < WORLDS_OF_SITE || missed.is_empty(), "the worlds have met no {missed:?}, only {outcomes:?}");
}
