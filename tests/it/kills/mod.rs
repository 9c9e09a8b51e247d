//! The real program, killed a hundred times at random places of its calls to Stripe, and started again. In the end there
//! is one customer for each referral and one credit for each reward, and after a reversal none. Beside that, killed within
//! a newer rule for all.

mod applications;
mod door;

use std::collections::BTreeMap;
use std::time::Duration;

use referrald::clock::Clock;
use referrald::fake_stripe::FakeStripe;
use referrald::proto::v1;
use referrald::server::Options;
use referrald::store::Store;
use referrald::stripe::client::Transport;
use referrald::stripe::keyring::Keyring;
use serde_json::Value;
use tokio::task::block_in_place;
use tokio::time::timeout;
use tonic::Status;

use crate::harness::{
    Caller, Database, Mock, Program, RULE, Server, advertised, both_databases, calling, channel, each_qualified,
    person, start_in,
};
use crate::random::Random;
use door::{Door, PLACES};

/// How many referrals there are, each with one thing to be done at Stripe.
const SUBJECTS: usize = 40;
/// How long a process gets to make the request at which it dies.
const LIFE_MAX: Duration = Duration::from_mins(1);

/// A process that is killed again and again, or several that share a database.
struct Site {
    url: String,
    key: String,
    doors: Vec<Door>,
}

impl Site {
    /// A server that is set up by the story and then stopped, with its database left to the processes: one for SQLite, and
    /// two for Postgres.
    async fn set_up<T>(
        database: Database,
        url: &str,
        stripe_url: &str,
        story: impl AsyncFnOnce(&Server) -> T,
    ) -> (Self, T) {
        let transport = Transport::new(stripe_url).expect("TLS");
        let keyring = Keyring::read("sk_test_1", &transport, 100).expect("a key");
        let server = Server::start_as(url.to_owned(), None, Options::default(), keyring, Clock::default()).await;
        let told = story(&server).await;
        let made = server.app.create_key("kills".into(), referrald::app::Scope::ALL.to_vec(), None, None).await;
        let key = made.expect("a key").1;
        server.stop().await;
        let mut doors = vec![Door::before(stripe_url).await];
        if database == Database::Postgres {
            doors.push(Door::before(stripe_url).await);
        }
        (Self { url: url.to_owned(), key, doors }, told)
    }

    /// Starts a process behind a door.
    fn start(&self, door: &Door) -> (Program, Caller) {
        let arguments = ["serve", "--no-sidecar", "--listen", "127.0.0.1:0", "--job-lease-seconds", "1"];
        let stripe = ["--stripe-requests-per-second", "100", "--stripe-url", door.url()];
        let variables = [
            ("REFERRALD_DATABASE", self.url.as_str()),
            ("REFERRALD_SECRETS_KEY", &"07".repeat(32)),
            ("REFERRALD_STRIPE_KEY", "sk_test_1"),
            ("RUST_LOG", "referrald=info,sqlx=off"),
        ];
        let (program, grpc_at) = block_in_place(|| {
            let mut program = Program::start(&[&arguments[..], &stripe].concat(), &variables);
            let at = program.ready().0.expect("an address");
            (program, at)
        });
        (program, Caller::with_key(channel(grpc_at), &self.key))
    }

    /// Has a process told what is to be done, with no way to Stripe, and kills it.
    async fn told<T>(&self, ids: &[T], tell: impl AsyncFn(&Caller, &T) -> Result<(), Status>) {
        let door = &self.doors[0];
        door.close();
        let (program, caller) = self.start(door);
        for id in ids {
            tell(&caller, id).await.expect("it is told");
        }
        block_in_place(|| drop(program));
    }

    /// Kills each process so many times, all of them at once.
    async fn kill(&self, times: usize, seed: u64) {
        if let [one, two] = self.doors.as_slice() {
            tokio::join!(self.kill_behind(one, times, seed), self.kill_behind(two, times, seed + 1));
        } else {
            self.kill_behind(&self.doors[0], times, seed).await;
        }
    }

    async fn kill_behind(&self, door: &Door, times: usize, seed: u64) {
        let mut random = Random::new(seed);
        for life in 0..times {
            let (requests, place) = (random.below(5), random.pick(&PLACES));
            door.arm(requests, place);
            let (program, _) = self.start(door);
            let struck = timeout(LIFE_MAX, door.struck()).await;
            struck.unwrap_or_else(|_| panic!("life {life}: no request is left to die at ({requests}, {place:?})"));
            block_in_place(|| drop(program));
            door.dead();
        }
    }

    /// Lets processes do the rest in peace, until so many rows say that it is done.
    async fn finish(&self, done: &str) {
        self.doors.iter().for_each(Door::open);
        let programs: Vec<_> = self.doors.iter().map(|door| self.start(door)).collect();
        let store = Store::open(&self.url, 2).await.expect("the database opens");
        for half in [SUBJECTS / 2, SUBJECTS] {
            let are_done = async || count(&store, done).await >= half;
            Server::until(&format!("{half} are done: {done}"), are_done).await;
        }
        block_in_place(|| drop(programs));
        assert_eq!(count(&store, "select count(*) as n from jobs where due_at is not null").await, 0);
        store.close().await;
    }
}

async fn count(store: &Store, sql: &str) -> usize {
    let rows = store.rows(sql, vec![]).await.expect("counted");
    usize::try_from(rows[0].int("n").expect("a number")).expect("not negative")
}

both_databases!(on: a_process_killed_at_any_place_makes_one_customer_for_each_referral);
async fn a_process_killed_at_any_place_makes_one_customer_for_each_referral(database: Database) {
    let (url, _folder) = start_in(database);
    let mock = Mock::stateful();
    let (site, (campaign, maya)) = Site::set_up(database, &url, mock.url(), async |server| {
        let line = |field: &str, target: &str| v1::FieldMapping {
            source: Some(v1::field_mapping::Source::Field(field.to_owned())),
            target: target.to_owned(),
        };
        let rule = v1::Rule { new_customer_mode: v1::NewCustomerMode::CreateAtOnce.into(), ..RULE };
        let field_mappings = vec![line("first_name", "name"), line("email", "email")];
        let campaign = server.launched(v1::Campaign { field_mappings, ..advertised(rule) }).await;
        (campaign, server.referrer("maya@example.com").await)
    })
    .await;
    let emails: Vec<String> = (0..SUBJECTS).map(|number| format!("ben{number}@example.com")).collect();
    site.told(&emails, async |caller, email| {
        let request = v1::CreateReferralRequest {
            campaign_id: campaign.id.clone(),
            referrer: Some(v1::create_referral_request::Referrer::ReferrerId(maya.id.clone())),
            person: Some(person(email)),
            ..v1::CreateReferralRequest::default()
        };
        caller.referrals().create_referral(request).await.map(drop)
    })
    .await;
    site.kill(if database == Database::Sqlite { 20 } else { 10 }, 1).await;
    site.finish("select count(*) as n from referrals where customer_sync = 'DONE'").await;

    let store = Store::open(&url, 2).await.expect("the database opens");
    let rows = store.rows("select id, email, customer_id from referrals", vec![]).await.expect("listed");
    assert_eq!(rows.len(), SUBJECTS);
    let stripe = calling(mock.url(), LIFE_MAX);
    for row in &rows {
        let text = |name: &str| row.text(name).expect("a text");
        let found = stripe.customers_by_email(&text("email")).await.expect("an answer");
        let made: Vec<_> = found.iter().map(|one| (&one.id, one.metadata.get("referral_id"))).collect();
        assert_eq!(made, [(&text("customer_id"), Some(&text("id")))], "one, and it is known");
    }
    assert_log(&store, "referral.registered", SUBJECTS).await;
}

/// How many movements there are of each reward's step.
fn steps(stripe: &FakeStripe) -> BTreeMap<(String, String), usize> {
    let mut counted = BTreeMap::new();
    for moved in stripe.all("customer_balance_transactions") {
        let said = |key: &str| moved["metadata"][key].as_str().expect("it is ours").to_owned();
        *counted.entry((said("reward_step"), said("reward_id"))).or_insert(0) += 1;
    }
    counted
}

both_databases!(on: a_process_killed_at_any_place_gives_each_credit_once_and_takes_it_back_once);
async fn a_process_killed_at_any_place_gives_each_credit_once_and_takes_it_back_once(database: Database) {
    let (url, _folder) = start_in(database);
    let stripe = FakeStripe::start(Clock::default()).await.expect("the loopback has a free port");
    let customer = referrald::stripe::sample::customer("cus_maya", "maya@example.com", "Maya", Clock::default().now());
    stripe.add("customers", customer);
    let (site, rewards) = Site::set_up(database, &url, stripe.url(), async |server| due(server).await).await;
    assert_eq!(rewards.len(), SUBJECTS);
    let deaths = if database == Database::Sqlite { 15 } else { 8 };

    site.told(&rewards, async |caller, reward| {
        let request = v1::ApproveRewardRequest { id: reward.id.clone(), etag: String::new() };
        caller.rewards().approve_reward(request).await.map(drop)
    })
    .await;
    site.kill(deaths, 10).await;
    site.finish("select count(*) as n from rewards where state = 'ISSUED'").await;
    let given: BTreeMap<_, _> = rewards.iter().map(|reward| (("issue".to_owned(), reward.id.clone()), 1)).collect();
    assert_eq!(steps(&stripe), given, "one credit for each reward");

    site.told(&rewards, async |caller, reward| {
        let (id, reason) = (reward.id.clone(), "by hand".to_owned());
        caller.rewards().cancel_reward(v1::CancelRewardRequest { id, reason, etag: String::new() }).await.map(drop)
    })
    .await;
    site.kill(deaths, 20).await;
    site.finish("select count(*) as n from rewards where state = 'REVERSED' and given_minor = 0").await;
    let mut expected = given;
    expected.extend(rewards.iter().map(|reward| (("reverse".to_owned(), reward.id.clone()), 1)));
    assert_eq!(steps(&stripe), expected, "and each is taken back once");
    assert_eq!(stripe.all("customers")[0]["balance"], Value::from(0), "nothing is left");
    let store = Store::open(&url, 2).await.expect("the database opens");
    assert_log(&store, "reward.issued", SUBJECTS).await;
    assert_log(&store, "reward.reversed", SUBJECTS).await;
}

/// Rewards of five dollars each, all for one referrer, that wait for an approval.
async fn due(server: &Server) -> Vec<v1::Reward> {
    let amount = Some(v1::stripe_credit::Amount::AmountMinor(500));
    let kind = Some(v1::reward_rule::Kind::StripeCredit(v1::StripeCredit { amount }));
    let campaign = server.rewarding(vec![v1::RewardRule { kind, ..each_qualified() }]).await;
    let maya = server.referrer("maya@example.com").await;
    let mut people = Vec::new();
    for number in 0..SUBJECTS {
        people.push(server.register(&campaign, &maya, &format!("ben{number}@example.com")).await);
    }
    for ben in &people {
        server.until_sync(&ben.id, v1::CustomerSyncState::Done).await;
        server.pay(&ben.person.as_ref().expect("a person").email, 10_000).await;
    }
    server.rewards_of(&maya.id).await
}

/// The log has no gap, and so many events whose type begins like this.
async fn assert_log(store: &Store, kind: &str, times: usize) {
    let rows = store.rows("select seq, type from events order by seq", vec![]).await.expect("listed");
    let numbers: Vec<i64> = rows.iter().map(|row| row.int("seq").expect("a number")).collect();
    assert_eq!(numbers, (1..).take(numbers.len()).collect::<Vec<i64>>(), "no gap in the log");
    let told = rows.iter().filter(|row| row.text("type").expect("a text").starts_with(kind)).count();
    assert_eq!(told, times, "{kind}");
}
