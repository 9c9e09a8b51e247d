//! Every call that we make to Stripe, made to counterparts: Stripe's own mock says whether the request is one that
//! Stripe takes, and what its answer looks like; our fake must look the same.

mod between;
mod shape;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use referrald::clock::Clock;
use referrald::domain::customer::Fields;
use referrald::domain::money::Currency;
use referrald::domain::time::Time;
use referrald::fake_stripe::FakeStripe;
use referrald::stripe::EVENT_TYPES;
use referrald::stripe::client::{Credit, Failure, PromotionCodeFields, Stripe};
use referrald::stripe::sample;
use serde_json::json;

use crate::harness::{Mock, calling};
use between::Between;

const PATIENCE: Duration = Duration::from_secs(20);
const AT: Time = Time::from_seconds(1_790_000_000);

fn pairs() -> BTreeMap<String, String> {
    [("referral_id", "ref_1"), ("a key", "a value & more")].map(|(key, value)| (key.into(), value.into())).into()
}

/// Makes every call once; their names, in order.
async fn every_call(stripe: &Stripe) -> Result<Vec<&'static str>, Failure> {
    let mut made = Vec::new();
    macro_rules! call {
        ($name:ident($($argument:expr),*)) => {{
            made.push(stringify!($name));
            stripe.$name($($argument),*).await?
        }};
    }
    call!(account());
    call!(time()).expect("its answer has a date");
    let fields = Fields {
        name: Some("Ada Lovelace".into()),
        email: Some("Ada+1@example.com".into()),
        phone: Some("+44 20 7946 0000".into()),
        description: Some("Brought by Maya".into()),
        metadata: pairs(),
    };
    let id = call!(create_customer(&fields, "create")).id;
    call!(update_customer(&id, &fields, "update"));
    call!(customer(&id)).expect("it was made");
    assert_eq!(call!(customers_by_email("Ada+1@example.com")).len(), 1);
    call!(write_customer_metadata(&id, "referral_link", "https://shop.example/i/ada"));
    assert_eq!(call!(customers_page(Some(AT), None, None)).customers.len(), 1);
    let (customer_id, currency) = (id.clone(), Currency::known("usd").expect("dollars"));
    let description = "For bringing Ben".to_owned();
    let credit = Credit { customer_id, amount_minor: -500, currency, description, metadata: pairs() };
    assert_eq!(call!(credit_balance(&credit, "credit")).amount_minor, -500);
    assert_eq!(call!(balance_transactions(&id)).len(), 1);
    call!(coupon("TENTH")).expect("it is there");
    let (coupon_id, code) = ("TENTH".to_owned(), "ADA-10".to_owned());
    let fields = PromotionCodeFields { coupon_id, code, customer_id: id, expires_at: Some(AT), metadata: pairs() };
    let id = call!(create_promotion_code(&fields, "code")).id;
    call!(promotion_code(&id)).expect("it was made");
    assert_eq!(call!(promotion_codes_by_code("ADA-10")).len(), 1);
    assert!(!call!(deactivate_promotion_code(&id, "off")).active);
    let id = call!(create_webhook_endpoint("https://hooks.example/stripe", &EVENT_TYPES, "endpoint")).id;
    assert_eq!(call!(webhook_endpoints()).len(), 1);
    call!(update_webhook_endpoint(&id, &EVENT_TYPES[..3], true));
    call!(settlement("txn_1")).expect("it is there");
    call!(settlement_of_charge("ch_1")).expect("it is there");
    call!(charge_with_refunds("ch_1")).expect("it is there");
    assert!(!call!(refunds("ch_1")).is_empty());
    let (twenty, after) = (&EVENT_TYPES[..20], Some("evt_2"));
    call!(events_page(twenty, Some(AT), after));
    Ok(made)
}

#[test]
fn no_call_is_missing_here() {
    let mut written = BTreeSet::new();
    for entry in std::fs::read_dir("src/stripe/client").expect("the client is there").flatten() {
        let text = std::fs::read_to_string(entry.path()).expect("a file");
        let names = text.lines().filter_map(|line| line.trim_start().strip_prefix("pub async fn "));
        written.extend(names.filter_map(|rest| Some(rest.split_once('(')?.0.to_owned())));
    }
    let here = include_str!("stripe_calls.rs");
    let missing: Vec<&String> = written.iter().filter(|name| !here.contains(&format!("call!({name}("))).collect();
    assert!(written.len() > 15 && missing.is_empty(), "{missing:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stripes_own_specification_takes_every_request_and_our_reader_its_answers() {
    let mock = Mock::of_stripe();
    let between = Between::of(mock.url()).await;
    let made = every_call(&calling(between.url(), PATIENCE)).await.unwrap_or_else(|failure| {
        panic!("{failure}: {:#?}", between.heard().last());
    });
    let heard = between.heard();
    assert_eq!(heard.len(), made.len(), "one request each");
    assert!(heard.iter().all(|exchange| exchange.status == 200), "{heard:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_fake_answers_has_the_shape_of_what_stripe_answers() {
    let (mock, fake) = (Mock::of_stripe(), furnished_fake().await);
    let (real, ours) = (Between::of(mock.url()).await, Between::of(fake.url()).await);
    every_call(&calling(real.url(), PATIENCE)).await.expect("the mock takes it");
    every_call(&calling(ours.url(), PATIENCE)).await.expect("the fake takes it");
    let mut found = Vec::new();
    for (ours, real) in ours.heard().iter().zip(real.heard()) {
        found.extend(shape::differences(&ours.line, &ours.body, &real.body));
    }
    assert!(found.is_empty(), "the fake strays from Stripe's specification:\n{}", found.join("\n"));
}

/// A fake that has what the calls ask for and do not make.
async fn furnished_fake() -> FakeStripe {
    let fake = FakeStripe::start(Clock::default()).await.expect("the fake starts");
    fake.add_coupon("TENTH");
    fake.add(
        "balance_transactions",
        json!({
            "id": "txn_1", "object": "balance_transaction", "amount": 900, "currency": "eur", "created": AT.seconds(),
            "exchange_rate": 0.9, "fee": 30, "net": 870, "source": "ch_1", "status": "available", "type": "charge",
        }),
    );
    let charge = sample::Charge {
        id: "ch_1",
        amount_minor: 1000,
        currency: "usd",
        created_at: AT,
        customer_id: Some("cus_1"),
        payment_intent_id: Some("pi_1"),
        email: Some("ada@example.com"),
        captured_minor: 1000,
        refunded_minor: 100,
    };
    let mut charge = sample::charge(charge);
    let refund = sample::refund("re_1", "ch_1", 100, "usd", AT, "succeeded");
    charge["refunds"] =
        json!({ "object": "list", "data": [refund], "has_more": false, "url": "/v1/charges/ch_1/refunds" });
    fake.add("charges", charge.clone());
    for id in ["evt_1", "evt_2"] {
        fake.add("events", sample::event(id, "charge.succeeded", AT, false, charge.clone()));
    }
    fake
}
