//! A merchant's customers become referrers, and each finds its link in its own metadata.

mod breaks;

use std::collections::{BTreeMap, BTreeSet};

use referrald::app::Scope;
use referrald::domain::campaign::{Ledger, Mode};
use referrald::fake_stripe::{FakeStripe, Fault, How};
use referrald::proto::v1;
use referrald::proto::v1::{CustomerSyncState, DisqualifiedReason};
use referrald::stripe::sample;
use serde_json::Value;
use tonic::{Code, Status, Streaming};

use crate::harness::{RULE, Server, advertised, both_databases, refused, timestamp};

const CUSTOMERS: &str = "GET /v1/customers";
const WRITES: &str = "POST /v1/customers/";
/// Where the links of the stories' campaigns lead.
const LANDING: &str = "https://shop.example/i/";

/// A customer at Stripe, as old as it is many seconds.
fn customer(server: &Server, stripe: &FakeStripe, id: &str, email: Option<&str>, age: i64) {
    let mut customer = sample::customer(id, "", "Ada  King Lovelace", server.now().plus_seconds(-age));
    customer["email"] = email.into();
    stripe.add("customers", customer);
}

/// So many of them, the last of them the newest.
fn many(server: &Server, stripe: &FakeStripe, number: u32) {
    for i in 0..number {
        let email = format!("many{i}@example.com");
        customer(server, stripe, &format!("cus_many{i}"), Some(&email), i64::from(1000 + number - i));
    }
}

fn plain(campaign: &v1::Campaign) -> v1::SyncReferrersRequest {
    v1::SyncReferrersRequest { campaign_id: campaign.id.clone(), ..v1::SyncReferrersRequest::default() }
}

fn dry(campaign: &v1::Campaign) -> v1::SyncReferrersRequest {
    v1::SyncReferrersRequest { dry_run: true, ..plain(campaign) }
}

type Told = Streaming<v1::SyncReferrersResponse>;

async fn begin(server: &Server, request: v1::SyncReferrersRequest) -> Result<Told, Status> {
    Ok(server.caller.referrals().sync_referrers(request).await?.into_inner())
}

async fn next(told: &mut Told) -> Option<v1::ReferrerSync> {
    let answer = told.message().await.expect("it goes on")?;
    Some(answer.referrer_sync.expect("how far it has come"))
}

/// Listens to the end; gives what was told last.
async fn last(mut told: Told) -> v1::ReferrerSync {
    let mut last = next(&mut told).await.expect("something is told");
    while let Some(newer) = next(&mut told).await {
        last = newer;
    }
    last
}

/// Runs to the end.
async fn synced(server: &Server, request: v1::SyncReferrersRequest) -> v1::ReferrerSync {
    let done = last(begin(server, request).await.expect("it begins")).await;
    assert!(done.finished_at.is_some() && !done.running && done.last_error.is_empty(), "{done:?}");
    done
}

/// Seen, made, known, without an email, with none that is one.
fn people(run: &v1::ReferrerSync) -> [u64; 5] {
    [run.seen_count, run.made_count, run.known_count, run.no_email_count, run.invalid_email_count]
}

/// Written, right, refused.
fn links(run: &v1::ReferrerSync) -> [u64; 3] {
    [run.written_count, run.right_count, run.refused_count]
}

async fn newest(server: &Server, campaign: &v1::Campaign) -> v1::ReferrerSync {
    let request = v1::GetReferrerSyncRequest { campaign_id: campaign.id.clone() };
    let answer = server.caller.referrals().get_referrer_sync(request).await.expect("there was one");
    answer.into_inner().referrer_sync.expect("a run")
}

async fn finished(server: &Server, campaign: &v1::Campaign) -> v1::ReferrerSync {
    Server::until("the run ends", async || newest(server, campaign).await.finished_at.is_some()).await;
    newest(server, campaign).await
}

/// The codes of all referrers by their emails.
async fn referrers(server: &Server) -> BTreeMap<String, v1::Referrer> {
    let mut request = v1::ListReferrersRequest { page_size: 500, ..Default::default() };
    let mut all = BTreeMap::new();
    loop {
        let page = server.caller.referrals().list_referrers(request.clone()).await.expect("a page").into_inner();
        all.extend(page.referrers.into_iter().map(|one| (one.person.clone().expect("a person").email, one)));
        request.page_token = page.next_page_token;
        if request.page_token.is_empty() {
            return all;
        }
    }
}

/// What each customer's metadata has under a key, by id.
fn shown(stripe: &FakeStripe, key: &str) -> BTreeMap<String, Option<String>> {
    let shown = |customer: &Value| {
        let id = customer["id"].as_str().expect("an id").to_owned();
        (id, customer["metadata"][key].as_str().map(str::to_owned))
    };
    stripe.all("customers").iter().map(shown).collect()
}

fn ledger() -> Ledger {
    Ledger { account: "default".to_owned(), mode: Mode::Test }
}

fn heard(stripe: &FakeStripe, line: &str) -> usize {
    stripe.heard().iter().filter(|heard| heard.line.starts_with(line)).count()
}

both_databases!(beside_stripe: every_customer_with_an_email_becomes_a_referrer_and_has_its_link);
async fn every_customer_with_an_email_becomes_a_referrer_and_has_its_link(server: &Server, stripe: &FakeStripe) {
    let campaign = server.campaign(RULE).await;
    let maya = server.referrer("maya@example.com").await;
    many(server, stripe, 250);
    customer(server, stripe, "cus_maya", Some("Maya@Example.com"), 9);
    customer(server, stripe, "cus_silent", None, 8);
    customer(server, stripe, "cus_nonsense", Some("at home"), 7);
    customer(server, stripe, "cus_twice1", Some("twice@example.com"), 6);
    customer(server, stripe, "cus_twice2", Some("Twice@example.com"), 5);
    customer(server, stripe, "cus_gone", Some("gone@example.com"), 4);
    stripe.delete_customer("cus_gone");

    let looked = synced(server, dry(&campaign)).await;
    assert_eq!((people(&looked), links(&looked)), ([255, 251, 2, 1, 1], [253, 0, 0]));
    assert_eq!(heard(stripe, "POST"), 0, "a dry run writes nothing at Stripe");
    assert_eq!(referrers(server).await.len(), 1, "nor here");
    let campaign_id = campaign.id.clone();
    let never = server.caller.referrals().get_referrer_sync(v1::GetReferrerSyncRequest { campaign_id }).await;
    assert_eq!(refused(never).kind(), (Code::NotFound, "NOT_FOUND"), "and is not remembered");

    let run = synced(server, plain(&campaign)).await;
    assert_eq!((people(&run), links(&run)), (people(&looked), links(&looked)), "as the dry run said");
    let made = referrers(server).await;
    assert_eq!(made.len(), 252);
    assert_eq!(made["maya@example.com"].code, maya.code, "who was a referrer keeps the code");
    let ada = made["many7@example.com"].person.clone().expect("a person");
    assert_eq!((ada.first_name.as_str(), ada.last_name.as_str()), ("Ada", "King Lovelace"));
    assert_eq!(stripe.all("customers")[7]["name"], "Ada  King Lovelace", "nothing else is written");
    let link = |email: &str| Some(format!("{LANDING}{}", made[email].code));
    let shown = shown(stripe, "referral_link");
    for i in 0..250 {
        assert_eq!(shown[&format!("cus_many{i}")], link(&format!("many{i}@example.com")));
    }
    assert_eq!(shown["cus_maya"], link("maya@example.com"));
    assert_eq!((&shown["cus_twice1"], &shown["cus_twice2"]), (&shown["cus_twice2"], &link("Twice@example.com")));
    for nobody in ["cus_silent", "cus_nonsense", "cus_gone"] {
        assert_eq!(shown[nobody], None);
    }

    let writes = heard(stripe, WRITES);
    assert_eq!(writes, 253, "each once");
    let again = synced(server, plain(&campaign)).await;
    assert_eq!((people(&again), links(&again)), ([255, 0, 253, 1, 1], [0, 253, 0]));
    assert_eq!((heard(stripe, WRITES), referrers(server).await.len()), (writes, 252), "a second run writes nothing");
    assert_eq!(newest(server, &campaign).await, again);
}

both_databases!(beside_stripe: a_run_may_be_for_another_key_and_for_the_newer_customers_alone);
async fn a_run_may_be_for_another_key_and_for_the_newer_customers_alone(server: &Server, stripe: &FakeStripe) {
    let campaign = server.campaign(RULE).await;
    for (id, age) in [("cus_old", 101), ("cus_edge", 100), ("cus_new", 99)] {
        customer(server, stripe, id, Some(&format!("{id}@example.com")), age);
    }
    let since = Some(timestamp(server.now().floor_to_second().plus_seconds(-100)));
    let request =
        v1::SyncReferrersRequest { metadata_key: "Invite link".to_owned(), created_since: since, ..plain(&campaign) };
    let run = synced(server, request).await;
    assert_eq!((run.made_count, run.metadata_key.as_str(), run.created_since), (2, "Invite link", since));
    let keys = shown(stripe, "Invite link");
    assert!(keys["cus_edge"].is_some() && keys["cus_new"].is_some() && keys["cus_old"].is_none());
    stripe.change("customers", "cus_new", |customer| customer["metadata"]["Invite link"] = "another".into());
    let next =
        synced(server, v1::SyncReferrersRequest { metadata_key: "Invite link".into(), ..plain(&campaign) }).await;
    assert_eq!((people(&next)[..3].to_vec(), links(&next)), (vec![3, 1, 2], [2, 1, 0]), "what differs is put right");
    assert_eq!(shown(stripe, "Invite link")["cus_new"], keys["cus_new"]);
}

both_databases!(beside_stripe: what_stripe_refuses_to_one_customer_does_not_keep_the_others_from_theirs);
async fn what_stripe_refuses_to_one_customer_does_not_keep_the_others_from_theirs(
    server: &Server,
    stripe: &FakeStripe,
) {
    let campaign = server.campaign(RULE).await;
    many(server, stripe, 120);
    stripe.plan("POST /v1/customers/cus_many110", 1, Fault::before(How::Status(402)));
    stripe.plan("POST /v1/customers/cus_many90", 1_000, Fault::before(How::Status(500)));
    let run = synced(server, plain(&campaign)).await;
    assert_eq!((run.made_count, links(&run)), (120, [118, 0, 2]));
    let [refusal, unanswered] = &run.refused[..] else { panic!("{run:?}") };
    assert_eq!((refusal.customer_id.as_str(), unanswered.customer_id.as_str()), ("cus_many110", "cus_many90"));
    assert!(refusal.reason.contains("402") && unanswered.reason.contains("500"), "{run:?}");
    stripe.mend();
    let again = synced(server, plain(&campaign)).await;
    assert_eq!((links(&again), again.refused.len()), ([2, 118, 0], 0), "the next run makes up for it");
}

both_databases!(beside_stripe: stripe_may_ask_to_wait_or_be_away_for_a_moment);
async fn stripe_may_ask_to_wait_or_be_away_for_a_moment(server: &Server, stripe: &FakeStripe) {
    let campaign = server.campaign(RULE).await;
    many(server, stripe, 30);
    stripe.plan("POST /v1/customers/cus_many3", 1, Fault::before(How::RetryAfter(1)));
    stripe.plan("POST /v1/customers/cus_many4", 1, Fault::after(How::Status(500)));
    stripe.plan("POST /v1/customers/cus_many5", 1, Fault::before(How::CutShort));
    stripe.plan(CUSTOMERS, 1, Fault::before(How::RetryAfter(1)));
    let run = synced(server, plain(&campaign)).await;
    assert_eq!((run.made_count, links(&run)), (30, [30, 0, 0]));
    assert!(shown(stripe, "referral_link").values().all(Option::is_some));
}

both_databases!(beside_stripe: who_comes_or_goes_while_the_list_is_read_moves_nobody_else);
async fn who_comes_or_goes_while_the_list_is_read_moves_nobody_else(server: &Server, stripe: &FakeStripe) {
    let campaign = server.campaign(RULE).await;
    many(server, stripe, 250);
    stripe.plan("POST /v1/customers/cus_many249", 1, Fault::before(How::Held));
    let told = begin(server, plain(&campaign)).await.expect("it begins");
    Server::until("the first page is read", async || heard(stripe, WRITES) > 0).await;
    // The last of the first page, one that is on it with a link to come, and one who is yet to be read.
    for gone in ["cus_many150", "cus_many151", "cus_many7"] {
        stripe.delete_customer(gone);
    }
    customer(server, stripe, "cus_late", Some("late@example.com"), 0);
    stripe.release();
    let run = last(told).await;
    assert!(run.finished_at.is_some(), "{run:?}");
    assert_eq!((people(&run), links(&run)), ([249, 249, 0, 0, 0], [247, 0, 2]));
    let refused: BTreeSet<&str> = run.refused.iter().map(|one| one.customer_id.as_str()).collect();
    assert_eq!(refused, ["cus_many150", "cus_many151"].into());
    assert!(run.refused[0].reason.contains("No such customer"), "{run:?}");
    assert!(shown(stripe, "referral_link")["cus_many149"].is_some(), "nobody behind the one that is gone is left out");
    let next = synced(server, plain(&campaign)).await;
    assert_eq!((next.made_count, links(&next)), (1, [1, 247, 0]), "who came meanwhile is found by the next run");
}

both_databases!(without_a_key_nothing_begins);
async fn without_a_key_nothing_begins(server: &Server) {
    let campaign = server.campaign(RULE).await;
    for request in [plain(&campaign), dry(&campaign)] {
        let refusal = refused(server.caller.referrals().sync_referrers(request).await);
        assert_eq!(refusal.kind(), (Code::FailedPrecondition, "STRIPE_KEY_REQUIRED"));
        assert_eq!(refusal.variables["settings"], "SyncReferrers");
    }
}

both_databases!(beside_stripe: what_is_not_fit_is_refused_and_says_why);
async fn what_is_not_fit_is_refused_and_says_why(server: &Server, stripe: &FakeStripe) {
    let landing_url = String::new();
    let nowhere = server.launched(v1::Campaign { landing_url, ..advertised(RULE) }).await;
    let landing_url = format!("https://shop.example/{}", "x".repeat(417));
    let long = server.launched(v1::Campaign { landing_url, ..advertised(RULE) }).await;
    for (campaign, word) in [(&nowhere, "no landing_url"), (&long, "more than 500")] {
        for request in [plain(campaign), dry(campaign)] {
            let refusal = refused(server.caller.referrals().sync_referrers(request).await);
            assert_eq!(refusal.kind(), (Code::FailedPrecondition, "LANDING_URL_REQUIRED"));
            assert_eq!(refusal.precondition.as_deref(), Some("LANDING_URL_REQUIRED"));
            assert!(refusal.message.contains(word), "{refusal:?}");
        }
    }
    let ended = server.campaign(RULE).await;
    server.end(&ended).await;
    let refusal = refused(server.caller.referrals().sync_referrers(plain(&ended)).await);
    assert_eq!(refusal.kind(), (Code::FailedPrecondition, "CAMPAIGN_STATE"));
    server.take_webhooks_of("eu", Mode::Test).await;
    let (stranger, writer) =
        (server.caller_of(&Scope::ALL, Some("eu")).await, server.caller_of(&[Scope::Write], None).await);
    let refusal = refused(stranger.referrals().sync_referrers(plain(&long)).await);
    assert_eq!(refusal.kind(), (Code::NotFound, "NOT_FOUND"));
    let campaign_id = long.id.clone();
    let refusal = refused(stranger.referrals().get_referrer_sync(v1::GetReferrerSyncRequest { campaign_id }).await);
    assert_eq!(refusal.kind(), (Code::NotFound, "NOT_FOUND"));
    let refusal = refused(writer.referrals().sync_referrers(plain(&long)).await);
    assert_eq!(refusal.kind(), (Code::PermissionDenied, "SCOPE_MISSING"));
    assert_eq!(stripe.heard().len(), 0, "Stripe was not asked");
}

both_databases!(beside_stripe: what_the_list_tells_is_a_fact_and_the_call_is_in_the_log);
async fn what_the_list_tells_is_a_fact_and_the_call_is_in_the_log(server: &Server, stripe: &FakeStripe) {
    let campaign = server.campaign(RULE).await;
    let maya = server.referrer("maya@example.com").await;
    let ben = server.register(&campaign, &maya, "ben@example.com").await;
    server.until_sync(&ben.id, CustomerSyncState::Done).await;
    customer(server, stripe, "cus_ben", Some("ben@example.com"), 86_400);
    synced(server, plain(&campaign)).await;
    let ben = server.referral(&ben.id).await;
    assert_eq!(ben.disqualified_reason(), DisqualifiedReason::ExistingCustomer, "as a webhook would have told");
    let lines = v1::ListAuditLogRequest { subject_id: campaign.id.clone(), page_size: 500, ..Default::default() };
    let lines = server.caller.qualifications().list_audit_log(lines).await.expect("the log").into_inner().lines;
    let line = lines.last().expect("the call");
    assert_eq!((line.call.as_str(), line.mode()), ("ReferralService/SyncReferrers", v1::Mode::Test));
}
