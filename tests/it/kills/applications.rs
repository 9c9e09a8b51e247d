//! A newer rule for the referrals of before: the program that carries it out is killed again and again. In the end each of
//! them has the rule once.

use std::time::Duration;

use prost_types::FieldMask;
use referrald::app::Scope;
use referrald::app::sweep::BATCH_MAX;
use referrald::domain::application::Application;
use referrald::domain::id::CampaignId;
use referrald::proto::v1;
use referrald::server::Options;
use referrald::store::Store;
use serde_json::Value;
use tokio::task::block_in_place;
use tokio::time::timeout;

use super::{LIFE_MAX, assert_log, count};
use crate::harness::{
    Caller, Database, Program, RULE, Server, advertised, both_databases, channel, each_qualified, start_in,
};

/// Ten batches, and one more of one.
const REFERRALS: u32 = 10 * BATCH_MAX + 1;
/// One of so many has paid what the newer rule asks for.
const PAYS_ONE_OF: u32 = 50;
/// How often the program must have been killed in the middle.
const DEATHS_MIN: u32 = 3;
const LOOK_PAUSE: Duration = Duration::from_millis(1);

both_databases!(on: a_process_killed_within_a_rule_for_all_gives_it_to_each_once);
async fn a_process_killed_within_a_rule_for_all_gives_it_to_each_once(database: Database) {
    let (url, _folder) = start_in(database);
    let (campaign, key) = set_up(&url).await;
    let store = Store::open(&url, 2).await.expect("the database opens");
    let replicas = if database == Database::Postgres { 2 } else { 1 };
    let mut deaths = 0;
    let mut before: Option<Application> = None;
    loop {
        let programs: Vec<(Program, Caller)> = (0..replicas).map(|_| start(&url, &key)).collect();
        if before.is_none() {
            ask(&programs[0].1, &campaign).await;
        }
        let reached = before.as_ref().map_or(0, |application| application.done);
        let goes_on = async {
            while application(&store, &campaign).await.is_none_or(|now| now.is_under_way() && now.done == reached) {
                tokio::time::sleep(LOOK_PAUSE).await;
            }
        };
        timeout(LIFE_MAX, goes_on).await.unwrap_or_else(|_| panic!("it stands at {before:?}"));
        block_in_place(|| drop(programs));
        before = application(&store, &campaign).await;
        let raised = count(&store, "select count(*) as n from referrals where rule_version = 2").await;
        assert_eq!(before.as_ref().map(|now| now.done), Some(raised as u64), "what it says is done is done");
        if before.as_ref().is_some_and(|now| !now.is_under_way()) {
            break;
        }
        deaths += 1;
    }
    assert!(deaths >= DEATHS_MIN, "it was killed {deaths} times before the end");

    let Application { version, total, done, .. } = before.expect("it was asked for");
    assert_eq!((version, done, total), (2, REFERRALS.into(), REFERRALS.into()));
    let (all, paid) = (REFERRALS as usize, REFERRALS.div_ceil(PAYS_ONE_OF) as usize);
    let ruled = "select count(*) as n from referrals where rule_version = 2 and spend_minor";
    assert_eq!(count(&store, &format!("{ruled} = 0 and state = 'PENDING'")).await, all - paid);
    assert_eq!(count(&store, &format!("{ruled} = 6000 and state = 'QUALIFIED'")).await, paid);
    assert_eq!(count(&store, "select count(*) as n from rewards where state = 'DUE'").await, paid);
    assert_log(&store, "referral.qualified", paid).await;
    assert_log(&store, "reward.", paid).await;
    let told = "select distinct referral_id, body from events where type in ('referral.updated', 'referral.qualified')";
    let told = store.rows(told, vec![]).await.expect("listed");
    let raises = |body: &str| {
        let body: Value = serde_json::from_str(body).expect("JSON");
        body["changed"].as_array().expect("names").contains(&"rule_version".into())
    };
    let mut raised: Vec<String> = told
        .iter()
        .filter(|row| raises(&row.text("body").expect("a body")))
        .map(|row| row.text("referral_id").expect("a referral"))
        .collect();
    assert_eq!(raised.len(), all, "each of them is told of");
    raised.sort_unstable();
    raised.dedup();
    assert_eq!(raised.len(), all, "and once");
    store.close().await;
}

/// A campaign with many referrals, some of which have paid; its id, and a key.
async fn set_up(url: &str) -> (String, String) {
    let server = Server::start_on(url.to_owned(), None, Options::default()).await;
    let campaign = server.rewarding(vec![each_qualified()]).await;
    let maya = server.referrer("maya@example.com").await;
    for number in 0..REFERRALS {
        let email = format!("ben{number}@example.com");
        server.register(&campaign, &maya, &email).await;
        if number % PAYS_ONE_OF == 0 {
            server.pay(&email, 6_000).await;
        }
    }
    let made = server.app.create_key("kills".into(), Scope::ALL.to_vec(), None, None).await;
    server.stop().await;
    (campaign.id, made.expect("a key").1)
}

fn start(url: &str, key: &str) -> (Program, Caller) {
    let variables = [
        ("REFERRALD_DATABASE", url),
        ("REFERRALD_SECRETS_KEY", &"07".repeat(32)),
        ("RUST_LOG", "referrald=info,sqlx=off"),
    ];
    block_in_place(|| {
        let mut program = Program::start(&["serve", "--no-sidecar", "--listen", "127.0.0.1:0"], &variables);
        let grpc_at = program.ready().0.expect("an address");
        (program, Caller::with_key(channel(grpc_at), key))
    })
}

/// Half the target, for all.
async fn ask(caller: &Caller, campaign: &str) {
    let rule = advertised(v1::Rule { target_minor: 5_000, ..RULE }).rule;
    let changed = v1::Campaign { id: campaign.to_owned(), rule, ..v1::Campaign::default() };
    let update_mask = Some(FieldMask { paths: vec!["rule".to_owned()] });
    let request = v1::UpdateCampaignRequest { campaign: Some(changed), update_mask, apply_to_existing: true };
    caller.campaigns().update_campaign(request).await.expect("the rule may be so");
}

/// How far it has come.
async fn application(store: &Store, campaign: &str) -> Option<Application> {
    let id = CampaignId::parse(campaign).expect("an id");
    store.campaign(id).await.expect("read").expect("it is there").application
}
