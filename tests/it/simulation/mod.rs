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

use crate::harness::{Database, both_databases};
use crate::random::Random;
use play::Play;
use rewards::promises;
use site::Site;
use truth::World;

/// How many worlds a run of the tests goes through, on both databases together.
const WORLDS: u64 = 100;
/// How many worlds share servers, and one in how many is for the program itself.
const WORLDS_OF_SITE: u64 = 50;
const PROGRAMS_EVERY: u64 = 10;

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

/// Says how to run a world again when it fails.
struct Seed {
    seed: u64,
    database: Database,
    told: String,
}

impl Drop for Seed {
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

/// Plays a world; says how many deliveries were taken.
async fn play(site: &mut Site, database: Database, seed: u64) -> u64 {
    let mut random = Random::new(seed);
    let world = World::random(&mut random, site.clock.now().seconds());
    let told = told::events(&world, &mut random);
    let copies = usize::try_from(number("REFERRALD_COPIES", COPIES_MAX)).expect("small");
    let script = script::random(&world, &told, copies, &mut random);
    let _seed = Seed { seed, database, told: format!("{world:#?}\n{script:?}") };
    let promises = promises();
    let mut play = Play::begin(site, seed, &world, &told, &promises).await;
    play.run(site, &script).await;
    site.take_over().await;
    for days in [0, 4, 40] {
        site.wait(days * 24);
        play.check(site, &promises).await;
    }
    play.check_explanations(site).await;
    play.delivered
}

both_databases!(on: every_world_ends_as_it_truly_was);
async fn every_world_ends_as_it_truly_was(database: Database) {
    let (of_programs, of_servers): (Vec<u64>, Vec<u64>) =
        seeds(database).into_iter().partition(|seed| seed / 2 % PROGRAMS_EVERY == 7);
    let mut delivered = 0;
    for seeds in of_servers.chunks(usize::try_from(WORLDS_OF_SITE).expect("small")) {
        let mut site = Site::open(database).await;
        for seed in seeds {
            delivered += play(&mut site, database, *seed).await;
        }
        site.close().await;
    }
    for seed in &of_programs {
        let mut site = Site::of_programs(database).await;
        delivered += play(&mut site, database, *seed).await;
        site.close().await;
    }
    let worlds = of_programs.len() + of_servers.len();
    println!(
        "{database:?}: {worlds} worlds, {} of them with the program itself, {delivered} deliveries",
        of_programs.len()
    );
}
