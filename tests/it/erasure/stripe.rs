//! An erasure beside Stripe: jobs that are dropped, rewards that are under way, and what the log says.

use referrald::fake_stripe::{FakeStripe, Fault, How};
use referrald::proto::v1;
use referrald::proto::v1::reward_rule::Kind;
use referrald::proto::v1::stripe_credit::Amount;
use referrald::proto::v1::{CustomerSyncState, RewardRule, RewardState};
use referrald::stripe::sample;
use serde_json::json;
use tonic::Code;

use super::dump::Dump;
use super::{CODE, EMAIL, TELLING, erase, grace};
use crate::harness::{Caller, Database, Payment, Program, RULE, Server, advertised, both_databases, channel};
use crate::harness::{each_qualified, refused, start_in};

/// A campaign that creates customers at once, with what both people are called.
async fn creating(server: &Server) -> v1::Campaign {
    let rule = v1::Rule { new_customer_mode: v1::NewCustomerMode::CreateAtOnce.into(), ..RULE };
    let line = |field: &str, target: &str| v1::FieldMapping {
        source: Some(v1::field_mapping::Source::Field(field.to_owned())),
        target: target.to_owned(),
    };
    let field_mappings = vec![
        line("first_name", "name"),
        line("last_name", "name"),
        line("email", "email"),
        line("custom.plate", "metadata[plate]"),
        line("referrer.email", "metadata[friend]"),
        line("referrer.first_name", "metadata[friends_name]"),
    ];
    server.launched(v1::Campaign { field_mappings, ..advertised(rule) }).await
}

/// The jobs that have planned what they send.
async fn planned(server: &Server) -> usize {
    server.app.store.rows("select id from jobs where plan is not null", vec![]).await.expect("jobs").len()
}

both_databases!(beside_stripe: what_was_to_be_done_at_stripe_for_a_person_is_dropped);
async fn what_was_to_be_done_at_stripe_for_a_person_is_dropped(server: &Server, stripe: &FakeStripe) {
    let campaign = creating(server).await;
    let refers = server.make_referrer(grace(), CODE).await;
    let maya = server.referrer("maya@example.com").await;
    stripe.plan("POST /v1/customers", 10_000, Fault::before(How::Status(429)));
    let referred = server.register_as(&campaign, &maya, grace()).await;
    let ben = server.register(&campaign, &refers, "ben@example.com").await;
    Server::until("both have planned what they send", async || planned(server).await == 2).await;
    let before = Dump::of(server).await;
    assert!(before.places_of("Hopperova").contains(&"jobs.plan".to_owned()));
    server.take(Payment::of(EMAIL, 10_000)).await;
    let stood = server.stands(&referred.id).await;

    let receipt = server.erase(erase()).await;
    assert_eq!((receipt.jobs, receipt.referrals), (1, 1));
    let after = Dump::of(server).await;
    for telling in TELLING {
        assert_eq!(after.places_of(telling), Vec::<String>::new(), "{telling}");
    }
    let now = server.referral(&referred.id).await;
    let sync = now.customer_sync.as_ref().expect("it stands somewhere");
    assert_eq!((sync.state(), sync.reason.as_str()), (CustomerSyncState::Failed, "erased"));
    server.pay("ben@example.com", 1).await;
    assert_eq!(server.stands(&referred.id).await, stood, "an answer that never came qualifies nobody");
    let request = v1::RetryCustomerSyncRequest { referral_id: referred.id.clone(), etag: String::new() };
    let refusal = refused(server.caller.referrals().retry_customer_sync(request).await);
    assert_eq!(refusal.kind(), (Code::FailedPrecondition, "PERSON_ERASED"));

    stripe.mend();
    server.clock.advance_seconds(14_400);
    server.until_sync(&ben.id, CustomerSyncState::Done).await;
    let made = stripe.all("customers");
    assert_eq!(made.len(), 1, "Ben's alone: {made:?}");
    assert!(!json!(made).to_string().contains("Gracia"), "{made:?}");
    let dump = Dump::of(server).await;
    assert!(TELLING.iter().all(|telling| dump.places_of(telling).is_empty()));
}

both_databases!(beside_stripe: nobody_is_erased_while_a_reward_is_under_way);
async fn nobody_is_erased_while_a_reward_is_under_way(server: &Server, stripe: &FakeStripe) {
    let five_dollars = Kind::StripeCredit(v1::StripeCredit { amount: Some(Amount::AmountMinor(500)) });
    let campaign = server.rewarding(vec![RewardRule { kind: Some(five_dollars), ..each_qualified() }]).await;
    let grace = server.make_referrer(grace(), CODE).await;
    let ben = server.register(&campaign, &grace, "ben@example.com").await;
    server.until_sync(&ben.id, CustomerSyncState::Done).await;
    server.pay("ben@example.com", 10_000).await;
    stripe.plan("GET /v1/customers", 10_000, Fault::before(How::Status(429)));
    let reward = server.approve(&server.reward_of(&grace.id).await).await;
    assert_eq!(reward.state(), RewardState::Issuing);
    let request = v1::ErasePersonRequest { cancel_open_rewards: true, ..erase() };
    let refusal = refused(server.caller.referrals().erase_person(request.clone()).await);
    assert_eq!(refusal.kind(), (Code::FailedPrecondition, "REWARDS_UNDER_WAY"));
    assert_eq!((refusal.precondition.as_deref(), &*refusal.variables["count"]), (Some("REWARDS_UNDER_WAY"), "1"));

    stripe.mend();
    server.clock.advance_seconds(14_400);
    server.until_reward(&grace.id, RewardState::AwaitingCustomer).await;
    assert!(Dump::of(server).await.places_of(EMAIL).contains(&"rewards.awaiting_email".to_owned()));
    let receipt = server.erase(request).await;
    assert_eq!((receipt.rewards_canceled, receipt.referrers), (1, 1));
    assert_eq!(Dump::of(server).await.places_of(EMAIL), Vec::<String>::new());
    server.customer("cus_g", EMAIL, server.now()).await;
    assert_eq!(server.reward_of(&grace.id).await.state(), RewardState::Canceled, "no customer wakes it");
}

both_databases!(beside_stripe: who_was_erased_is_made_no_referrer_of_the_customers_at_stripe);
async fn who_was_erased_is_made_no_referrer_of_the_customers_at_stripe(server: &Server, stripe: &FakeStripe) {
    let campaign = server.campaign(RULE).await;
    server.make_referrer(grace(), CODE).await;
    for (id, email) in [("cus_g", EMAIL), ("cus_i", "ida@example.com")] {
        stripe.add("customers", sample::customer(id, email, "Gracia Hopperova", server.now()));
    }
    // Both links are still to be written, by a run that was broken off at once.
    stripe.plan("POST /v1/customers/", 10_000, Fault::before(How::Status(403)));
    let request = v1::SyncReferrersRequest { campaign_id: campaign.id.clone(), ..v1::SyncReferrersRequest::default() };
    let begun = server.caller.referrals().sync_referrers(request.clone()).await.expect("it begins").into_inner();
    let outstanding = async || {
        let text = "select outstanding from referrer_syncs where last_error is not null";
        let rows = server.app.store.rows(text, vec![]).await.expect("runs");
        rows.iter().any(|row| row.text("outstanding").expect("a text").contains(CODE))
    };
    Server::until("a link waits", outstanding).await;
    drop(begun);
    let ida = server.referrers_of("ida@example.com").await.remove(0);
    let named_alike = v1::Person { email: "ida@example.com".to_owned(), ..v1::Person::default() };
    server.rename(&ida.id, named_alike).await;
    server.erase(erase()).await;
    let clean = async || {
        let dump = Dump::of(server).await;
        TELLING.iter().flat_map(|telling| dump.places_of(telling)).collect::<Vec<_>>()
    };
    assert_eq!(clean().await, Vec::<String>::new());

    stripe.mend();
    let dry = v1::SyncReferrersRequest { dry_run: true, ..request.clone() };
    for request in [dry, v1::SyncReferrersRequest { metadata_key: "another".to_owned(), ..request }] {
        let run = server.synced(request).await;
        assert_eq!((run.seen_count, run.made_count, run.no_email_count), (2, 0, 1), "{run:?}");
    }
    assert_eq!(server.referrers_of(EMAIL).await, []);
    assert_eq!(clean().await, Vec::<String>::new());
}

impl Server {
    async fn referrers_of(&self, email: &str) -> Vec<v1::Referrer> {
        let request = v1::ListReferrersRequest { email: email.to_owned(), ..v1::ListReferrersRequest::default() };
        self.caller.referrals().list_referrers(request).await.expect("a page").into_inner().referrers
    }

    async fn rename(&self, id: &str, person: v1::Person) {
        let referrer = Some(v1::Referrer { id: id.to_owned(), person: Some(person), ..v1::Referrer::default() });
        let request = v1::UpdateReferrerRequest { referrer, update_mask: None };
        self.caller.referrals().update_referrer(request).await.expect("renamed");
    }

    /// The run, to its end.
    async fn synced(&self, request: v1::SyncReferrersRequest) -> v1::ReferrerSync {
        let mut told = self.caller.referrals().sync_referrers(request).await.expect("it begins").into_inner();
        let mut last = None;
        while let Some(answer) = told.message().await.expect("it goes on") {
            last = answer.referrer_sync;
        }
        last.filter(|last| last.finished_at.is_some()).expect("it ends")
    }
}

both_databases!(on: the_log_of_the_process_never_tells_of_anybody);
async fn the_log_of_the_process_never_tells_of_anybody(database: Database) {
    let (url, _folder) = start_in(database);
    let secrets_key = "07".repeat(32);
    let variables = [
        ("REFERRALD_DATABASE", url.as_str()),
        ("REFERRALD_SECRETS_KEY", &secrets_key),
        ("RUST_LOG", "referrald=trace,sqlx=debug,info"),
    ];
    let any_port = "127.0.0.1:0";
    let mut program =
        Program::start(&["serve", "--dev", "--listen", any_port, "--sidecar-listen", any_port], &variables);
    let (grpc, _) = program.ready();
    let caller = Caller::without_key(channel(grpc.expect("it serves gRPC")));
    let referrer = Some(v1::Referrer { person: Some(grace()), code: CODE.to_owned(), ..v1::Referrer::default() });
    let request = v1::CreateReferrerRequest { referrer, request_id: EMAIL.to_owned() };
    caller.referrals().create_referrer(request.clone()).await.expect("made");
    let mut again = request;
    "another".clone_into(&mut again.referrer.as_mut().expect("a referrer").code);
    let reused = caller.referrals().create_referrer(again.clone()).await.expect_err("the id was used before");
    assert!(reused.message().contains(EMAIL), "the caller may be told: {}", reused.message());
    again.request_id.clear();
    caller.referrals().create_referrer(again).await.expect_err("they are there");
    let mut request = crate::errors::facts("default", "evt_1");
    request.deliveries[0].ignored_reason = 0;
    let customer = v1::Customer { id: "cus_g".to_owned(), email: EMAIL.to_owned(), ..v1::Customer::default() };
    request.deliveries[0].facts = vec![v1::Fact { fact: Some(v1::fact::Fact::Customer(customer)) }];
    caller.qualifications().record_facts(request).await.expect("recorded");
    let wrong = v1::ErasePersonRequest { email: format!("{EMAIL} {EMAIL}"), ..erase() };
    caller.referrals().erase_person(wrong).await.expect_err("no address");
    let receipt = caller.referrals().erase_person(erase()).await.expect("erased").into_inner().receipt;
    assert_eq!(receipt.expect("a receipt").customers, 1);
    program.signal("TERM");
    let said = program.ended().said.to_lowercase();
    assert!(said.contains("referralservice/eraseperson") && said.contains("into erasures"), "it tells what it does");
    for telling in TELLING {
        assert!(!said.contains(&telling.to_lowercase()), "{telling} is in the log: {said}");
    }
}
