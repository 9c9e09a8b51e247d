//! Runs that are broken off: the caller goes, the server ends or is killed, Stripe or the campaign says no.

use referrald::app::Scope;
use referrald::clock::Clock;
use referrald::fake_stripe::{FakeStripe, Fault, How};
use referrald::proto::v1;
use referrald::server::Options;
use referrald::stripe::client::Transport;
use referrald::stripe::keyring::Keyring;
use tokio::task::block_in_place;
use tonic::Code;

use super::{
    CUSTOMERS, LANDING, WRITES, begin, dry, finished, heard, last, ledger, links, many, newest, next, people, plain,
    referrers, shown, synced,
};
use crate::harness::{Caller, Database, Program, RULE, Refusal, Server, both_databases, channel, refused, start_in};

both_databases!(beside_stripe: a_run_goes_on_when_its_caller_has_gone);
async fn a_run_goes_on_when_its_caller_has_gone(server: &Server, stripe: &FakeStripe) {
    let campaign = server.campaign(RULE).await;
    many(server, stripe, 250);
    let mut told = begin(server, plain(&campaign)).await.expect("it begins");
    let first = next(&mut told).await.expect("the beginning");
    assert!(first.running && first.finished_at.is_none(), "{first:?}");
    drop(told);
    let done = finished(server, &campaign).await;
    assert_eq!((done.made_count, links(&done), done.started_at), (250, [250, 0, 0], first.started_at));
}

both_databases!(on: a_run_goes_on_when_the_server_has_stopped_and_is_there_again);
async fn a_run_goes_on_when_the_server_has_stopped_and_is_there_again(database: Database) {
    let (url, folder) = start_in(database);
    let clock = Clock::default();
    let stripe = FakeStripe::start(clock.clone()).await.expect("the loopback has a free port");
    let transport = Transport::new(stripe.url()).expect("TLS");
    let keys = Keyring::read("sk_test_1", &transport, 200).expect("a key");
    let first = Server::start_as(url.clone(), None, Options::default(), keys.clone(), clock.clone()).await;
    let campaign = first.campaign(RULE).await;
    many(&first, &stripe, 250);
    // In the middle of the second page's links.
    stripe.plan("POST /v1/customers/cus_many99", 1, Fault::after(How::Held));
    let told = begin(&first, plain(&campaign)).await.expect("it begins");
    Server::until("the second page is read and a link is on its way", async || {
        stripe.heard().iter().any(|heard| heard.line.ends_with("cus_many99"))
    })
    .await;
    first.stop().await;
    let mut told = told;
    let ended = loop {
        match told.message().await {
            Ok(Some(_)) => {}
            Ok(None) => panic!("it has not finished"),
            Err(status) => break Refusal::of(&status).reason,
        }
    };
    assert_eq!(ended, "SHUTTING_DOWN");
    stripe.release();

    let second = Server::open(url, folder, Options::default(), keys, clock).await;
    let done = finished(&second, &campaign).await;
    assert_eq!((people(&done), links(&done)), ([250, 250, 0, 0, 0], [250, 0, 0]), "nothing is counted twice");
    let made = referrers(&second).await;
    assert_eq!(made.len(), 250);
    for (id, link) in shown(&stripe, "referral_link") {
        let email = format!("{}@example.com", id.trim_start_matches("cus_"));
        assert_eq!(link, Some(format!("{LANDING}{}", made[&email].code)), "{id}");
    }
    assert_eq!(heard(&stripe, CUSTOMERS), 3, "no page that was taken is read again");
    second.stop().await;
}

both_databases!(on: a_run_whose_process_was_killed_is_gone_on_with_where_it_was);
async fn a_run_whose_process_was_killed_is_gone_on_with_where_it_was(database: Database) {
    let (url, folder) = start_in(database);
    let clock = Clock::default();
    let stripe = FakeStripe::start(clock.clone()).await.expect("the loopback has a free port");
    let keys = Keyring::read("sk_test_1", &Transport::new(stripe.url()).expect("TLS"), 200).expect("a key");
    let first = Server::start_as(url.clone(), None, Options::default(), keys.clone(), clock.clone()).await;
    let campaign = first.campaign(RULE).await;
    many(&first, &stripe, 250);
    let (_, key) = first.app.create_key("kills".into(), Scope::ALL.to_vec(), None, None).await.expect("a key");
    first.stop().await;

    // It is written, and the process is gone before it hears so.
    stripe.plan("POST /v1/customers/cus_many99", 1, Fault::after(How::Hang));
    let arguments = ["serve", "--no-sidecar", "--listen", "127.0.0.1:0", "--stripe-requests-per-second", "100"];
    let variables = [
        ("REFERRALD_DATABASE", url.as_str()),
        ("REFERRALD_SECRETS_KEY", &"07".repeat(32)),
        ("REFERRALD_STRIPE_KEY", "sk_test_1"),
        ("REFERRALD_STRIPE_URL", stripe.url()),
        ("RUST_LOG", "referrald=info,sqlx=off"),
    ];
    let (program, at) = block_in_place(|| {
        let mut program = Program::start(&arguments, &variables);
        let at = program.ready().0.expect("an address");
        (program, at)
    });
    let caller = Caller::with_key(channel(at), &key);
    let told = caller.referrals().sync_referrers(plain(&campaign)).await.expect("it begins");
    Server::until("a link of the second page is on its way", async || {
        stripe.heard().iter().any(|heard| heard.line.ends_with("cus_many99"))
    })
    .await;
    drop(program);
    drop(told);
    let before = heard(&stripe, WRITES);

    let second = Server::open(url, folder, Options::default(), keys, clock).await;
    assert!(newest(&second, &campaign).await.running, "it may still be somebody's");
    second.clock.advance_seconds(125);
    second.app.go_on_with_referrer_syncs(&ledger()).await.expect("it goes on");
    let done = finished(&second, &campaign).await;
    assert_eq!((people(&done), links(&done)), ([250, 250, 0, 0, 0], [250, 0, 0]), "nothing is counted twice");
    let made = referrers(&second).await;
    for (id, link) in shown(&stripe, "referral_link") {
        let email = format!("{}@example.com", id.trim_start_matches("cus_"));
        assert_eq!(link, Some(format!("{LANDING}{}", made[&email].code)), "{id}");
    }
    assert_eq!((made.len(), heard(&stripe, CUSTOMERS)), (250, 3), "no page is read again");
    assert!(before < 250 && heard(&stripe, WRITES) <= 250 + 8, "a few links at most are written again");
    second.stop().await;
}

both_databases!(beside_stripe: what_breaks_a_run_off_is_said_and_it_is_gone_on_with);
async fn what_breaks_a_run_off_is_said_and_it_is_gone_on_with(server: &Server, stripe: &FakeStripe) {
    let campaign = server.campaign(RULE).await;
    many(server, stripe, 150);
    stripe.plan("POST /v1/customers/cus_many20", 1, Fault::before(How::Status(403)));
    let broken = last(begin(server, plain(&campaign)).await.expect("it begins")).await;
    assert!(broken.finished_at.is_none() && !broken.running, "{broken:?}");
    assert!(broken.last_error.contains("rak_customer_write"), "the permission that is missing is named: {broken:?}");
    server.clock.advance_seconds(599);
    server.app.go_on_with_referrer_syncs(&ledger()).await.expect("it looks");
    assert_eq!(newest(server, &campaign).await, broken, "it is left alone for a while");
    server.clock.advance_seconds(1);
    server.app.go_on_with_referrer_syncs(&ledger()).await.expect("it goes on");
    let done = finished(server, &campaign).await;
    assert_eq!((people(&done), links(&done)), ([150, 150, 0, 0, 0], [150, 0, 0]));
    assert_eq!((done.started_at, done.last_error.as_str()), (broken.started_at, ""));

    stripe.plan(CUSTOMERS, 1, Fault::before(How::Status(401)));
    let broken = last(begin(server, plain(&campaign)).await.expect("it begins")).await;
    assert!(broken.last_error.contains("401"), "{broken:?}");
    let done = synced(server, plain(&campaign)).await;
    assert_eq!(done.started_at, broken.started_at, "a call goes on with it at once");
    stripe.plan(CUSTOMERS, 1, Fault::before(How::Status(403)));
    let mut told = begin(server, dry(&campaign)).await.expect("it begins");
    let status = told.message().await.expect_err("Stripe refuses");
    assert_eq!(Refusal::of(&status).kind(), (Code::FailedPrecondition, "STRIPE_REFUSED"));
}

both_databases!(beside_stripe: one_is_at_it_at_a_time_and_who_has_died_is_relieved);
async fn one_is_at_it_at_a_time_and_who_has_died_is_relieved(server: &Server, stripe: &FakeStripe) {
    let campaign = server.campaign(RULE).await;
    many(server, stripe, 10);
    stripe.plan(CUSTOMERS, 1, Fault::after(How::Held));
    let first = begin(server, plain(&campaign)).await.expect("it begins");
    let second = refused(server.caller.referrals().sync_referrers(plain(&campaign)).await);
    assert_eq!(second.kind(), (Code::FailedPrecondition, "REFERRER_SYNC_RUNS"));
    assert_eq!(second.precondition.as_deref(), Some("REFERRER_SYNC_RUNS"));
    Server::until("it is read", async || heard(stripe, CUSTOMERS) == 1).await;
    refused(server.caller.referrals().sync_referrers(plain(&campaign)).await);
    assert_eq!(synced(server, dry(&campaign)).await.made_count, 10, "a dry run is in nobody's way");
    // Its lease is over, and nobody has heard of it since.
    server.clock.advance_seconds(121);
    server.app.go_on_with_referrer_syncs(&ledger()).await.expect("another takes it over");
    let done = newest(server, &campaign).await;
    assert_eq!((done.finished_at.is_some(), people(&done), links(&done)), (true, [10, 10, 0, 0, 0], [10, 0, 0]));
    stripe.release();
    assert_eq!(last(first).await, done);
    assert_eq!(synced(server, plain(&campaign)).await.right_count, 10, "who comes late is no hindrance");
    assert_eq!(referrers(server).await.len(), 10);
}

both_databases!(beside_stripe: a_run_whose_campaign_has_no_landing_url_any_more_says_so_and_waits);
async fn a_run_whose_campaign_has_no_landing_url_any_more_says_so_and_waits(server: &Server, stripe: &FakeStripe) {
    let campaign = server.campaign(RULE).await;
    many(server, stripe, 3);
    stripe.plan(CUSTOMERS, 1, Fault::before(How::Status(403)));
    last(begin(server, plain(&campaign)).await.expect("it begins")).await;
    set_landing_url(server, &campaign, "").await;
    server.clock.advance_seconds(600);
    server.app.go_on_with_referrer_syncs(&ledger()).await.expect("it looks");
    let broken = newest(server, &campaign).await;
    assert!(broken.last_error.contains("landing URL") && broken.finished_at.is_none(), "{broken:?}");
    set_landing_url(server, &campaign, "https://shop.example/new/").await;
    server.clock.advance_seconds(600);
    server.app.go_on_with_referrer_syncs(&ledger()).await.expect("it goes on");
    assert!(newest(server, &campaign).await.finished_at.is_some());
    let links = shown(stripe, "referral_link");
    assert!(links.values().all(|link| link.as_ref().is_some_and(|link| link.contains("/new/"))), "{links:?}");
}

both_databases!(beside_stripe: each_page_is_by_what_the_campaign_is_then);
async fn each_page_is_by_what_the_campaign_is_then(server: &Server, stripe: &FakeStripe) {
    let campaign = server.campaign(RULE).await;
    many(server, stripe, 250);
    let begun = begin(server, plain(&campaign)).await.expect("it begins");
    // One customer of the first page, and then one of the second.
    stripe.plan("POST /v1/customers/cus_many200", 1, Fault::after(How::Held));
    stripe.plan("POST /v1/customers/cus_many100", 1, Fault::after(How::Held));
    let reached = async |line: &str| Server::until("it is held", async || heard(stripe, line) == 1).await;
    reached("POST /v1/customers/cus_many200").await;
    set_landing_url(server, &campaign, "https://shop.example/new/").await;
    stripe.release();
    reached("POST /v1/customers/cus_many100").await;
    let request = v1::EndCampaignRequest { id: campaign.id.clone(), etag: String::new() };
    server.caller.campaigns().end_campaign(request).await.expect("it ends");
    stripe.release();
    let broken = last(begun).await;
    assert!(broken.finished_at.is_none() && broken.last_error.contains("has ended"), "{broken:?}");
    let shown = shown(stripe, "referral_link");
    let new = |link: &&String| link.contains("/new/");
    assert_eq!((shown.values().flatten().count(), shown.values().flatten().filter(new).count()), (200, 100));
}

async fn set_landing_url(server: &Server, campaign: &v1::Campaign, landing_url: &str) {
    let campaign = v1::Campaign { id: campaign.id.clone(), landing_url: landing_url.into(), ..Default::default() };
    let update_mask = Some(prost_types::FieldMask { paths: vec!["landing_url".to_owned()] });
    let request = v1::UpdateCampaignRequest { campaign: Some(campaign), update_mask, apply_to_existing: false };
    server.caller.campaigns().update_campaign(request).await.expect("changed");
}

both_databases!(beside_stripe: a_run_that_waits_for_stripe_is_held_longer_than_its_lease);
async fn a_run_that_waits_for_stripe_is_held_longer_than_its_lease(server: &Server, stripe: &FakeStripe) {
    let campaign = server.campaign(RULE).await;
    many(server, stripe, 3);
    stripe.plan(CUSTOMERS, 1, Fault::before(How::RetryAfter(12)));
    drop(begin(server, plain(&campaign)).await.expect("it begins"));
    Server::until("Stripe is asked", async || heard(stripe, CUSTOMERS) > 0).await;
    let taken_up = newest(server, &campaign).await.updated_at;
    server.clock.advance_seconds(100);
    Server::until("it is held anew", async || newest(server, &campaign).await.updated_at != taken_up).await;
    server.clock.advance_seconds(100);
    let held = newest(server, &campaign).await;
    assert!(held.running && held.finished_at.is_none(), "{held:?}");
    assert_eq!(finished(server, &campaign).await.made_count, 3);
}
