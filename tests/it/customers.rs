//! The look at Stripe for people who sign up: both modes, with new and existing people.

use referrald::domain::time::Time;
use referrald::fake_stripe::{FakeStripe, Fault, How};
use referrald::proto::v1;
use referrald::proto::v1::CustomerSyncState::{Done, Failed, NotNeeded, Pending};
use referrald::proto::v1::{CustomerSyncState, ExistingEmailMode, NewCustomerMode, ReferralState};
use serde_json::{Value, json};

use crate::harness::{Payment, RULE, Server, advertised, both_databases};

const DAY: i64 = 86_400;

/// A campaign with these modes, which writes name and email.
async fn campaign(server: &Server, new: NewCustomerMode, existing: ExistingEmailMode) -> v1::Campaign {
    let rule = v1::Rule { new_customer_mode: new.into(), existing_email_mode: existing.into(), ..RULE };
    let line = |field: &str, target: &str| v1::FieldMapping {
        source: Some(v1::field_mapping::Source::Field(field.to_owned())),
        target: target.to_owned(),
    };
    let field_mappings = vec![line("first_name", "name"), line("email", "email")];
    server.launched(v1::Campaign { field_mappings, ..advertised(rule) }).await
}

/// A customer that Stripe has had since then.
fn customer(stripe: &FakeStripe, id: &str, email: &str, created_at: Time) {
    let customer = json!({
        "id": id, "object": "customer", "email": email, "created": created_at.seconds(), "balance": 0,
        "currency": null, "metadata": {},
    });
    stripe.add("customers", customer);
}

impl Server {
    /// Waits until the look at Stripe for a referral stands so.
    pub async fn until_sync(&self, id: &str, state: CustomerSyncState) -> v1::CustomerSync {
        let sync = async || self.referral(id).await.customer_sync.expect("it stands somewhere");
        Self::until(&format!("the look at Stripe is {state:?}"), async || sync().await.state() == state).await;
        sync().await
    }
}

/// How many customers were created and updated.
fn writes(stripe: &FakeStripe) -> (usize, usize) {
    let posts = |path: &dyn Fn(&str) -> bool| {
        stripe.heard().iter().filter(|heard| heard.line.starts_with("POST ") && path(&heard.line[5..])).count()
    };
    (posts(&|path| path == "/v1/customers"), posts(&|path| path.starts_with("/v1/customers/")))
}

both_databases!(beside_stripe: a_look_up_leaves_the_spend_of_those_who_share_a_payment_as_it_was);
async fn a_look_up_leaves_the_spend_of_those_who_share_a_payment_as_it_was(server: &Server, _: &FakeStripe) {
    let campaign = server.campaign(RULE).await;
    let maya = server.referrer("maya@example.com").await;
    let ben = server.register(&campaign, &maya, "ben@example.com").await;
    server.until_sync(&ben.id, Done).await;
    server.pay("ben@example.com", 4_000).await;
    let mut shared = server.charge(Payment::of("ben@example.com", 100)).body;
    shared["receipt_email"] = "eve@example.com".into();
    server.deliver("charge.succeeded", shared).await;
    let before = server.referral(&ben.id).await;
    assert_eq!(before.spend_minor, 4_100);
    let eve = server.register(&campaign, &maya, "eve@example.com").await;
    server.until_sync(&eve.id, Done).await;
    assert_eq!(server.explain(&eve.id).await.payments.len(), 1, "she has a claim on it too");
    assert_eq!(server.referral(&ben.id).await, before);
}

both_databases!(beside_stripe: both_modes_decide_what_is_written);
async fn both_modes_decide_what_is_written(server: &Server, stripe: &FakeStripe) {
    use ExistingEmailMode::{CreateDuplicate, SkipExisting, UpdateExisting};
    use NewCustomerMode::{CreateAtOnce, WaitForCheckout};
    let maya = server.referrer("maya@example.com").await;
    let (now, mut number, mut expected) = (server.now(), 0, (0, 0));
    for (new, existing, of_new, of_fresh, of_existing) in [
        (WaitForCheckout, SkipExisting, "", "", ""),
        (CreateAtOnce, SkipExisting, "create", "link", ""),
        (WaitForCheckout, CreateDuplicate, "", "", "duplicate"),
        (CreateAtOnce, CreateDuplicate, "create", "create", "duplicate"),
        (WaitForCheckout, UpdateExisting, "", "", "update"),
        (CreateAtOnce, UpdateExisting, "create", "update", "update"),
    ] {
        let campaign = campaign(server, new, existing).await;
        for (age, does) in [(None, of_new), (Some(60), of_fresh), (Some(DAY), of_existing)] {
            number += 1;
            let (id, email) = (format!("cus_{number}"), format!("ben{number}@example.com"));
            if let Some(age) = age {
                customer(stripe, &id, &email, now.plus_seconds(-age));
            }
            let ben = server.register(&campaign, &maya, &email).await;
            let sync = server.until_sync(&ben.id, Done).await;
            match does {
                "create" | "duplicate" => expected.0 += 1,
                "update" => expected.1 += 1,
                _ => {}
            }
            let why = format!("{new:?} {existing:?} {age:?}");
            assert_eq!(writes(stripe), expected, "{why}");
            assert_eq!(sync.only_customer, does == "duplicate", "{why}");
            match does {
                "" => assert_eq!(sync.customer_id, "", "{why}"),
                "link" | "update" => assert_eq!(sync.customer_id, id, "{why}"),
                _ => assert_ne!(sync.customer_id, id, "{why}"),
            }
            let disqualified = existing == SkipExisting && age == Some(DAY);
            let state = if disqualified { ReferralState::Disqualified } else { ReferralState::Pending };
            assert_eq!(server.stands(&ben.id).await.0, state, "{why}");
            assert_writing(stripe, &sync.customer_id, &ben, !["", "link"].contains(&does));
        }
    }
}

/// Whether a customer has what the mapping writes.
fn assert_writing(stripe: &FakeStripe, customer_id: &str, referral: &v1::Referral, written: bool) {
    let Some(customer) = stripe.all("customers").into_iter().find(|customer| customer["id"] == customer_id) else {
        assert!(!written);
        return;
    };
    let metadata = json!({ "referral_id": referral.id, "campaign_id": referral.campaign_id });
    let stands = (customer["name"] == "Ada", customer["metadata"] == metadata);
    assert_eq!(stands, (written, written), "{customer}");
}

both_databases!(beside_stripe: what_was_paid_while_the_look_was_outstanding_counts_once_it_answers);
async fn what_was_paid_while_the_look_was_outstanding_counts_once_it_answers(server: &Server, stripe: &FakeStripe) {
    stripe.plan("GET /v1/customers", 1000, Fault::before(How::Status(401)));
    let campaign = campaign(server, NewCustomerMode::CreateAtOnce, ExistingEmailMode::SkipExisting).await;
    let maya = server.referrer("maya@example.com").await;
    let ben = server.register(&campaign, &maya, "ben@example.com").await;
    assert_eq!(ben.customer_sync.clone().expect("it stands somewhere").state(), Pending);
    server.pay("ben@example.com", 12_000).await;
    assert_eq!(server.stands(&ben.id).await, (ReferralState::Pending, 12_000));
    let tried = async || server.referral(&ben.id).await.customer_sync.expect("it stands somewhere");
    Server::until("a try failed", async || !tried().await.last_error.is_empty()).await;
    let sync = tried().await;
    assert!(sync.last_error.contains("401") && sync.next_try_at.is_some() && sync.attempts > 0, "{sync:?}");

    stripe.mend();
    let request = v1::RetryCustomerSyncRequest { referral_id: ben.id.clone(), etag: String::new() };
    server.caller.referrals().retry_customer_sync(request).await.expect("it is tried at once");
    server.until_sync(&ben.id, Done).await;
    assert_eq!(server.stands(&ben.id).await, (ReferralState::Qualified, 12_000));
}

both_databases!(beside_stripe: a_refusal_is_shown_and_tried_again_by_hand_only);
async fn a_refusal_is_shown_and_tried_again_by_hand_only(server: &Server, stripe: &FakeStripe) {
    stripe.plan("POST /v1/customers", 1, Fault::before(How::Status(400)));
    let campaign = campaign(server, NewCustomerMode::CreateAtOnce, ExistingEmailMode::SkipExisting).await;
    let maya = server.referrer("maya@example.com").await;
    let ben = server.register(&campaign, &maya, "ben@example.com").await;
    let sync = server.until_sync(&ben.id, Failed).await;
    assert!(sync.reason.contains("400") && sync.next_try_at.is_none(), "{sync:?}");
    server.pay("ben@example.com", 12_000).await;
    assert_eq!(server.stands(&ben.id).await.0, ReferralState::Pending, "it counts as outstanding");
    let request = v1::RetryCustomerSyncRequest { referral_id: ben.id.clone(), etag: String::new() };
    let answer = server.caller.referrals().retry_customer_sync(request).await.expect("it begins anew").into_inner();
    assert_eq!(answer.referral.and_then(|it| it.customer_sync).map(|it| it.state()), Some(Pending));
    server.until_sync(&ben.id, Done).await;
    assert_eq!(server.stands(&ben.id).await.0, ReferralState::Qualified);
}

both_databases!(beside_stripe: a_fault_after_the_fact_makes_no_second_customer);
async fn a_fault_after_the_fact_makes_no_second_customer(server: &Server, stripe: &FakeStripe) {
    for (fault, email) in [
        (Fault::after(How::Status(500)), "a@example.com"),
        (Fault::after(How::CutShort), "b@example.com"),
        (Fault::after(How::NotJson), "c@example.com"),
        (Fault::after(How::Hang), "d@example.com"),
    ] {
        stripe.plan("POST /v1/customers", 1, fault);
        let campaign = campaign(server, NewCustomerMode::CreateAtOnce, ExistingEmailMode::CreateDuplicate).await;
        let maya = server.referrer(&format!("maya+{email}")).await;
        let ben = server.register(&campaign, &maya, email).await;
        let sync = server.until_sync(&ben.id, Done).await;
        let made: Vec<Value> = stripe.all("customers").into_iter().filter(|one| one["email"] == email).collect();
        assert_eq!(made.len(), 1, "{fault:?}");
        assert_eq!(made[0]["id"], sync.customer_id.as_str(), "{fault:?}");
    }
}

both_databases!(beside_stripe: only_the_spend_of_a_duplicate_counts);
async fn only_the_spend_of_a_duplicate_counts(server: &Server, stripe: &FakeStripe) {
    customer(stripe, "cus_old", "ben@example.com", server.now().plus_seconds(-DAY));
    let campaign = campaign(server, NewCustomerMode::WaitForCheckout, ExistingEmailMode::CreateDuplicate).await;
    let maya = server.referrer("maya@example.com").await;
    let ben = server.register(&campaign, &maya, "ben@example.com").await;
    let sync = server.until_sync(&ben.id, Done).await;
    server.take(Payment::of("ben@example.com", 12_000).by("cus_old")).await;
    assert_eq!(server.stands(&ben.id).await, (ReferralState::Pending, 0));
    server.take(Payment::of("other@example.com", 11_000).by(&sync.customer_id)).await;
    assert_eq!(server.stands(&ben.id).await, (ReferralState::Qualified, 11_000));
}

both_databases!(a_service_without_a_key_has_nothing_to_look_for);
async fn a_service_without_a_key_has_nothing_to_look_for(server: &Server) {
    let campaign = server.campaign(RULE).await;
    let maya = server.referrer("maya@example.com").await;
    let ben = server.register(&campaign, &maya, "ben@example.com").await;
    assert_eq!(ben.customer_sync.expect("it stands somewhere").state(), NotNeeded);
}
