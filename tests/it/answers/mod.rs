//! Answers to what merchants ask: what one event of Stripe did, and why it changed nothing; and why somebody has
//! qualified or has not.

mod nothing;
mod standing;
mod steps;
mod why;

use referrald::app::{Caller, Repeatable, Scope};
use referrald::domain::campaign::{Ledger, Mode};
use referrald::proto::v1;
use referrald::proto::v1::{CheckType, NotCountedReason, ObjectType, Outcome, Route};
use serde_json::Value;
use tonic::Code;

use crate::harness::{Payment, RULE, Refusal, Server, both_databases, each_qualified};

/// How the answer on an event that changed nothing begins.
const NOTHING: &str = "Recorded, and changed nothing when it came: ";

/// Asks about an event of the default account in test mode.
pub fn about(event_id: &str) -> v1::ExplainEventRequest {
    v1::ExplainEventRequest {
        mode: v1::Mode::Test.into(),
        event_id: event_id.to_owned(),
        ..v1::ExplainEventRequest::default()
    }
}

fn id_of(event: &Value) -> &str {
    event["id"].as_str().expect("an id")
}

impl Server {
    pub async fn explain_event(&self, request: v1::ExplainEventRequest) -> v1::ExplainEventResponse {
        self.caller.qualifications().explain_event(request).await.expect("it is answered").into_inner()
    }

    /// Why a referral stands where it stands.
    async fn why(&self, id: &str) -> v1::ExplainQualificationResponse {
        let request = v1::ExplainQualificationRequest { referral_id: id.to_owned() };
        let answer = self.caller.qualifications().explain_qualification(request).await;
        answer.expect("the referral is there").into_inner()
    }

    /// Posts an event, and says what became of it.
    async fn posted(&self, kind: &str, object: Value) -> Value {
        let event = self.event(kind, false, object);
        self.post_event("default", Mode::Test, &event).await;
        event
    }
}

fn checks(answer: &v1::ExplainEventResponse) -> Vec<CheckType> {
    answer.checks.iter().map(v1::MissingEventCheck::r#type).collect()
}

both_databases!(an_event_that_changed_something_says_what_and_how_it_came);
async fn an_event_that_changed_something_says_what_and_how_it_came(server: &Server) {
    let campaign = server.rewarding(vec![each_qualified()]).await;
    let maya = server.referrer("maya@example.com").await;
    let ben = server.register(&campaign, &maya, "ben@example.com").await;
    let began = server.now();
    let charge = server.charge(Payment::of("ben@example.com", 10_000));
    let event = server.posted("charge.succeeded", charge.body.clone()).await;
    server.advance_days(1);
    server.post_event("default", Mode::Test, &event).await;
    let answer = server.explain_event(about(id_of(&event))).await;
    assert_eq!(answer.event_id, id_of(&event));
    assert_eq!(answer.summary, "Recorded, and led to 2 changes, the first of them referral.qualified.");
    assert_eq!(checks(&answer), []);

    let received = answer.received.expect("it came");
    assert_eq!((received.r#type.as_str(), received.outcome()), ("charge.succeeded", Outcome::Recorded));
    assert_eq!((received.route(), received.received_count), (Route::Webhook, 2));
    let [created, first, last] =
        [received.created_at, received.first_received_at, received.last_received_at].map(|at| at.expect("a time"));
    assert!(created.seconds >= began.seconds() && created.seconds <= first.seconds);
    assert!(last.seconds >= first.seconds + 86_400);
    assert!(!received.api_version.is_empty());

    let types: Vec<_> = answer.changes.iter().map(|event| event.r#type.as_str()).collect();
    assert_eq!(types, ["referral.qualified", "reward.due"]);
    assert!(!answer.has_more_changes);
    let [object] = &answer.objects[..] else { panic!("one object: {:?}", answer.objects) };
    assert_eq!((object.r#type(), object.id.as_str()), (ObjectType::Charge, charge.id.as_str()));
    let [concerned] = &object.referrals[..] else { panic!("one referral: {object:?}") };
    assert_eq!((&concerned.referral_id, concerned.state()), (&ben.id, v1::ReferralState::Qualified));
    assert_eq!(concerned.payments, server.explain(&ben.id).await.payments);
}

both_databases!(every_route_is_told_and_of_a_webhook_which_secret_verified_it);
async fn every_route_is_told_and_of_a_webhook_which_secret_verified_it(server: &Server) {
    let url = "/webhooks/stripe/accounts/default";
    let (first, second) = (Server::secret_of("default", Mode::Test), "whsec_the_second_0123456789");
    let ledger = Ledger { account: "default".to_owned(), mode: Mode::Test };
    let everybody = Caller::internal(&Scope::ALL);
    server.app.add_secret(&everybody, ledger, second, None, &Repeatable::default()).await.expect("added");
    let owner = v1::list_webhook_secrets_request::Owner::Account("default".to_owned());
    let request = v1::ListWebhookSecretsRequest { owner: Some(owner) };
    let listed = server.caller.campaigns().list_webhook_secrets(request).await.expect("listed").into_inner().secrets;
    assert_eq!(listed.len(), 2);
    for secret in [first.as_str(), second] {
        let event = server.event("charge.succeeded", false, server.charge(Payment::of("ben@example.com", 1)).body);
        assert_eq!(server.post_signed(url, event.to_string().into_bytes(), secret).await.status, 200);
        let received = server.explain_event(about(id_of(&event))).await.received.expect("it came");
        let verified = listed.iter().find(|known| known.secret == secret).expect("one of them");
        assert_eq!((received.route(), &received.secret_id), (Route::Webhook, &verified.id));
    }

    let mut called = crate::errors::facts("default", "evt_called");
    called.deliveries[0].ignored_reason = 0;
    let customer = v1::Customer { id: "cus_called".to_owned(), ..v1::Customer::default() };
    called.deliveries[0].facts = vec![v1::Fact { fact: Some(v1::fact::Fact::Customer(customer)) }];
    server.caller.qualifications().record_facts(called).await.expect("recorded");
    let received = server.explain_event(about("evt_called")).await.received.expect("it came");
    assert_eq!((received.route(), received.secret_id.as_str()), (Route::Call, ""));
}

both_databases!(what_an_object_is_is_told_as_all_events_showed_it_and_without_whoever_was_erased);
async fn what_an_object_is_is_told_as_all_events_showed_it_and_without_whoever_was_erased(server: &Server) {
    let campaign = server.campaign(RULE).await;
    let maya = server.referrer("maya@example.com").await;
    let ben = server.register(&campaign, &maya, "ben@example.com").await;
    let charge = server.charge(Payment::of("Ben@example.com", 10_000).by("cus_1").naming(&ben.id));
    let paid = server.posted("charge.succeeded", charge.body.clone()).await;
    let mut later = charge.body;
    later["amount_refunded"] = 1_000.into();
    server.deliver("charge.refunded", later).await;
    let fact = async || {
        let answer = server.explain_event(about(id_of(&paid))).await;
        let Some(v1::fact::Fact::Charge(charge)) = answer.objects[0].fact.clone().expect("on record").fact else {
            panic!("a charge: {answer:?}")
        };
        charge
    };
    let told = fact().await;
    assert_eq!((told.amount_minor, told.captured_minor, told.refunded_minor), (10_000, 10_000, 1_000));
    assert_eq!((told.status(), told.currency.as_str()), (v1::ChargeStatus::Succeeded, "usd"));
    assert_eq!((told.customer_id.as_str(), &told.referral_id), ("cus_1", &ben.id));
    assert_eq!(told.emails, ["ben@example.com"]);

    let erasure = v1::ErasePersonRequest {
        email: "ben@example.com".to_owned(),
        account: "default".to_owned(),
        cancel_open_rewards: true,
    };
    server.caller.referrals().erase_person(erasure).await.expect("erased");
    let erased = server.referral(&ben.id).await.person.expect("a person").email;
    let without = fact().await;
    assert_eq!(without, v1::Charge { emails: vec![erased.clone()], ..told });
    assert!(!erased.contains("ben"), "{erased}");
}

both_databases!(an_event_that_changed_nothing_says_why);
async fn an_event_that_changed_nothing_says_why(server: &Server) {
    let campaign = server.campaign(RULE).await;
    let maya = server.referrer("maya@example.com").await;
    server.register(&campaign, &maya, "ben@example.com").await;
    server.advance_days(40);
    Server::until("its window is over", async || server.events("default", "TEST").await.len() == 2).await;
    let late = server.posted("charge.succeeded", server.charge(Payment::of("ben@example.com", 10_000)).body).await;
    let answer = server.explain_event(about(id_of(&late))).await;
    assert_eq!(answer.changes, []);
    assert_eq!(answer.objects[0].referrals[0].payments[0].reason(), NotCountedReason::OutsideWindow);
    let why = "what it is about counts nothing now, because it was made outside of the window";
    assert_eq!(answer.summary, format!("{NOTHING}{why}."));

    let nobody =
        server.posted("charge.succeeded", server.charge(Payment::of("stranger@example.com", 10_000)).body).await;
    let answer = server.explain_event(about(id_of(&nobody))).await;
    assert_eq!((answer.objects.len(), answer.objects[0].referrals.len()), (1, 0));
    let why = "nobody who was referred has a claim on what it shows";
    assert_eq!(answer.summary, format!("{NOTHING}{why}."));

    let invoice = server.posted("invoice.paid", serde_json::json!({"object": "invoice", "id": "in_1"})).await;
    let answer = server.explain_event(about(id_of(&invoice))).await;
    let received = answer.received.expect("it came");
    assert_eq!((received.outcome(), received.ignored_reason()), (Outcome::Ignored, v1::IgnoredReason::Type));
    assert_eq!(answer.summary, format!("Ignored: {}.", received.ignored_detail));
}

both_databases!(an_event_of_a_refund_or_a_customer_names_the_payments_and_people_it_is_about);
async fn an_event_of_a_refund_or_a_customer_names_the_payments_and_people_it_is_about(server: &Server) {
    let campaign = server.campaign(RULE).await;
    let maya = server.referrer("maya@example.com").await;
    let ben = server.register(&campaign, &maya, "ben@example.com").await;
    let charge = server.pay("ben@example.com", 10_000).await;
    server.pay("ben@example.com", 5_000).await;
    let body = referrald::stripe::sample::refund("re_1", &charge.id, 10_000, "usd", server.now(), "succeeded");
    let refund = server.posted("refund.created", body).await;
    let answer = server.explain_event(about(id_of(&refund))).await;
    let [object] = &answer.objects[..] else { panic!("one object: {:?}", answer.objects) };
    assert_eq!((object.r#type(), object.id.as_str()), (ObjectType::Refund, "re_1"));
    let payments: Vec<_> = object.referrals[0].payments.iter().map(|p| (p.charge_id.as_str(), p.reason())).collect();
    assert_eq!(payments, [(charge.id.as_str(), NotCountedReason::Refunded)], "the one that was given back alone");
    assert_eq!(answer.changes[0].r#type, "referral.unqualified");

    let body = referrald::stripe::sample::customer("cus_1", "ben@example.com", "Ben", server.now());
    let customer = server.posted("customer.created", body).await;
    let answer = server.explain_event(about(id_of(&customer))).await;
    assert_eq!(
        (answer.objects[0].r#type(), &answer.objects[0].referrals[0].referral_id),
        (ObjectType::Customer, &ben.id)
    );
    let why = "what it shows was known already, or does not change what counts";
    assert_eq!(answer.summary, format!("{NOTHING}{why}."));
}

both_databases!(an_event_that_never_came_is_answered_with_what_to_look_at);
async fn an_event_that_never_came_is_answered_with_what_to_look_at(server: &Server) {
    use CheckType::{Age, Endpoint, EventId, EventType, NoSecret, OtherLedger, Secret};
    let event = server.posted("charge.succeeded", server.charge(Payment::of("ben@example.com", 1)).body).await;
    let never = server.explain_event(about("evt_never")).await;
    assert_eq!((never.received.clone(), never.summary.as_str()), (None, "It never reached this account and mode."));
    assert_eq!(checks(&never), [Secret, Endpoint, EventType, Age]);
    let types = never.checks.iter().find(|check| check.r#type() == EventType).expect("one of them");
    assert!(types.advice.contains("charge.dispute.closed"), "{}", types.advice);

    let live = v1::ExplainEventRequest { mode: v1::Mode::Live.into(), ..about(id_of(&event)) };
    let answer = server.explain_event(live).await;
    assert_eq!(checks(&answer), [OtherLedger, NoSecret, Endpoint, EventType, Age]);
    assert_eq!((answer.checks[0].account.as_str(), answer.checks[0].mode()), ("default", v1::Mode::Test));
    let object = server.explain_event(about("ch_1")).await;
    assert_eq!(checks(&object)[0], EventId);
}

both_databases!(who_may_not_see_an_account_learns_nothing_of_its_events);
async fn who_may_not_see_an_account_learns_nothing_of_its_events(server: &Server) {
    let event = server.posted("charge.succeeded", server.charge(Payment::of("ben@example.com", 1)).body).await;
    server.take_webhooks_of("eu", Mode::Test).await;
    let stranger = server.caller_of(&[Scope::Read], Some("eu")).await.qualifications();
    let refused = stranger.clone().explain_event(about(id_of(&event))).await.map(drop).expect_err("not theirs");
    assert_eq!(Refusal::of(&refused).kind(), (Code::NotFound, "NOT_FOUND"));
    let own = v1::ExplainEventRequest { account: "eu".to_owned(), ..about(id_of(&event)) };
    let answer = stranger.clone().explain_event(own).await.expect("their own").into_inner();
    assert_eq!(checks(&answer)[0], CheckType::Secret, "nothing of the other account");
}
