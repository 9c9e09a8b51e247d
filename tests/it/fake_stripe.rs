//! The fake stands for Stripe where it matters: keys, refusals, and everything that goes wrong on the way. Each test asks
//! it through our own client, so it says as well what a caller of the client meets.

use std::collections::BTreeMap;
use std::time::Duration;

use referrald::clock::Clock;
use referrald::domain::customer::Fields;
use referrald::domain::money::Currency;
use referrald::fake_stripe::{FakeStripe, Fault, How};
use referrald::stripe::EVENT_TYPES;
use referrald::stripe::client::{Credit, Customer, Failure, Kind, PromotionCode, PromotionCodeFields, Stripe};
use serde_json::json;

use crate::harness::{Mock, Server, calling};

const CUSTOMERS: &str = "POST /v1/customers";

const PATIENCE: Duration = Duration::from_secs(20);

/// A fake and a client of it.
async fn fake() -> (FakeStripe, Stripe) {
    let fake = FakeStripe::start(Clock::default()).await.expect("the fake starts");
    let stripe = calling(fake.url(), PATIENCE);
    (fake, stripe)
}

/// A client that waits no longer than it must for what goes wrong so.
fn until(how: How, fake: &FakeStripe) -> Stripe {
    calling(fake.url(), if how == How::Hang { Duration::from_millis(500) } else { PATIENCE })
}

fn named(name: &str) -> Fields {
    let (name, email) = (Some(name.to_owned()), Some("Ada@example.com".to_owned()));
    Fields { name, email, ..Fields::default() }
}

fn credit(customer: &Customer, amount_minor: i64, currency: &str) -> Credit {
    let (customer_id, currency) = (customer.id.clone(), Currency::known(currency).expect("a currency"));
    Credit { customer_id, amount_minor, currency, description: "A reward".into(), metadata: BTreeMap::new() }
}

fn code_for(customer_id: &str, code: &str) -> PromotionCodeFields {
    let (coupon_id, code, customer_id) = ("TENTH".to_owned(), code.to_owned(), customer_id.to_owned());
    PromotionCodeFields { coupon_id, code, customer_id, expires_at: None, metadata: BTreeMap::new() }
}

/// Status, code and parameter of what is refused for good.
fn refused<T: std::fmt::Debug>(answer: Result<T, Failure>) -> (u16, String, String) {
    match answer.expect_err("this must be refused").kind {
        Kind::Refused { status, code, param } => (status, code.unwrap_or_default(), param.unwrap_or_default()),
        other => panic!("refused for good, not {other:?}"),
    }
}

#[tokio::test]
async fn customers_are_found_by_the_exact_email_until_they_are_deleted() {
    let (fake, stripe) = fake().await;
    let first = stripe.create_customer(&named("Ada"), "1").await.expect("made");
    let second = stripe.create_customer(&named("Ada again"), "2").await.expect("made");
    let ids = async |email| {
        let found: Vec<Customer> = stripe.customers_by_email(email).await.expect("an answer");
        found.into_iter().map(|customer| customer.id).collect::<Vec<_>>()
    };
    assert_eq!(ids("Ada@example.com").await, [second.id.as_str(), first.id.as_str()]);
    assert_eq!(ids("ada@example.com").await, [""; 0]);
    fake.delete_customer(&second.id);
    assert_eq!(ids("Ada@example.com").await, [first.id.as_str()]);
    assert!(stripe.customer(&second.id).await.expect("an answer").expect("a trace").deleted);
    let refusal = refused(stripe.update_customer(&second.id, &named("Ada"), "3").await);
    assert_eq!(refusal, (404, "resource_missing".into(), "id".into()));
    let email = Fields { email: Some("nobody".into()), ..Fields::default() };
    let refusal = refused(stripe.create_customer(&email, "4").await);
    assert_eq!(refusal, (400, "email_invalid".into(), "email".into()));
}

#[tokio::test]
async fn an_update_leaves_what_it_does_not_name() {
    let (_fake, stripe) = fake().await;
    let tagged = |key: &str, value: &str| BTreeMap::from([(key.to_owned(), value.to_owned())]);
    let fields = Fields { metadata: tagged("theirs", "1"), ..named("Ada") };
    let id = stripe.create_customer(&fields, "1").await.expect("made").id;
    let fields = Fields { metadata: tagged("ours", "2"), ..Fields::default() };
    let updated = stripe.update_customer(&id, &fields, "2").await.expect("changed");
    assert_eq!(updated.email.as_deref(), Some("Ada@example.com"));
    assert_eq!(updated.metadata.into_values().collect::<Vec<_>>(), ["2", "1"]);
    let untouched = stripe.update_customer(&id, &Fields::default(), "3").await.expect("changed");
    assert_eq!(untouched.metadata.len(), 2);
}

#[tokio::test]
async fn a_balance_keeps_to_one_currency_and_each_movement_says_where_it_ended() {
    let (fake, stripe) = fake().await;
    let ada = stripe.create_customer(&named("Ada"), "1").await.expect("made");
    for (key, amount, ending) in [("2", -500, -500), ("3", -250, -750), ("4", 100, -650)] {
        let moved = stripe.credit_balance(&credit(&ada, amount, "eur"), key).await.expect("moved");
        assert_eq!((moved.amount_minor, moved.ending_balance_minor), (amount, ending));
    }
    assert!(fake.use_credit(&ada.id, 650, "eur"));
    let ada = stripe.customer(&ada.id).await.expect("an answer").expect("a customer");
    assert_eq!((ada.balance_minor, ada.currency.map(|it| it.to_string())), (0, Some("eur".into())));
    let moved = stripe.balance_transactions(&ada.id).await.expect("movements");
    assert_eq!(moved.iter().map(|one| one.amount_minor).collect::<Vec<_>>(), [650, 100, -250, -500]);
    assert_eq!(refused(stripe.credit_balance(&credit(&ada, -1, "usd"), "5").await).2, "currency");
    fake.delete_customer(&ada.id);
    assert_eq!(refused(stripe.credit_balance(&credit(&ada, -1, "eur"), "6").await).1, "resource_missing");
}

#[tokio::test]
async fn a_code_is_one_coupons_and_one_customers_and_nobody_elses_while_it_is_active() {
    let (fake, stripe) = fake().await;
    let ada = stripe.create_customer(&named("Ada"), "1").await.expect("made").id;
    let missing = (400, "resource_missing".to_owned(), "promotion[coupon]".to_owned());
    assert_eq!(refused(stripe.create_promotion_code(&code_for(&ada, "ADA"), "2").await), missing);
    fake.add_coupon("TENTH");
    let refusal = refused(stripe.create_promotion_code(&code_for("cus_nobody", "ADA"), "3").await);
    assert_eq!((refusal.1.as_str(), refusal.2.as_str()), ("resource_missing", "customer"));
    let made = stripe.create_promotion_code(&code_for(&ada, "ADA"), "4").await.expect("made");
    assert_eq!((made.active, made.customer_id.as_deref()), (true, Some(ada.as_str())));
    let refusal = stripe.create_promotion_code(&code_for(&ada, "ada"), "5").await.expect_err("taken");
    assert!(refusal.message.contains("already exists"), "{refusal}");
    let found = stripe.promotion_codes_by_code("ada").await.expect("codes");
    assert_eq!(found.iter().map(|code: &PromotionCode| code.id.as_str()).collect::<Vec<_>>(), [made.id.as_str()]);

    fake.redeem(&made.id);
    let redeemed = stripe.promotion_code(&made.id).await.expect("an answer").expect("a code");
    assert_eq!((redeemed.active, redeemed.times_redeemed), (false, 1));
    let again = stripe.create_promotion_code(&code_for(&ada, "ADA"), "6").await.expect("it is free again");
    assert!(!stripe.deactivate_promotion_code(&again.id, "7").await.expect("off").active);
    fake.change("coupons", "TENTH", |coupon| coupon["valid"] = false.into());
    assert_eq!(refused(stripe.create_promotion_code(&code_for(&ada, "NEW"), "8").await).2, "promotion[coupon]");
    assert_eq!(stripe.coupon("TENTH").await.map(|coupon| coupon.map(|it| it.valid)), Ok(Some(false)));
    assert_eq!(stripe.coupon("NONE").await, Ok(None));
}

#[tokio::test]
async fn an_endpoint_shows_its_secret_once_and_there_are_sixteen() {
    let (_fake, stripe) = fake().await;
    for n in 0..16 {
        let url = format!("https://hooks.example/{n}");
        let made = stripe.create_webhook_endpoint(&url, &EVENT_TYPES, &url).await.expect("made");
        assert!(made.secret.is_some_and(|secret| secret.starts_with("whsec_")));
    }
    let all = stripe.webhook_endpoints().await.expect("endpoints");
    assert_eq!((all.len(), all.iter().filter(|one| one.secret.is_some()).count()), (16, 0));
    assert_eq!(refused(stripe.create_webhook_endpoint("https://one.more", &[], "k").await).0, 400);
    let changed = stripe.update_webhook_endpoint(&all[0].id, &EVENT_TYPES[..2], false).await.expect("changed");
    assert_eq!((changed.events, changed.enabled), (EVENT_TYPES[..2].iter().map(|it| (*it).into()).collect(), false));
}

#[tokio::test]
async fn events_come_by_pages_of_their_types_and_times() {
    let (fake, stripe) = fake().await;
    for n in 0..150 {
        let kind = if n % 2 == 0 { "charge.succeeded" } else { "charge.failed" };
        fake.add("events", json!({ "id": format!("evt_{n}"), "object": "event", "type": kind, "created": n }));
    }
    let page = async |since, after: Option<&str>| {
        let since = Some(referrald::domain::time::Time::from_seconds(since));
        let page = stripe.events_page(&["charge.succeeded"], since, after).await.expect("a page");
        (page.events[0].delivery.id.clone(), page.events.len(), page.last.map(|(id, _)| id))
    };
    assert_eq!(page(10, None).await, ("evt_148".to_owned(), 70, None));
    assert_eq!(page(10, Some("evt_100")).await, ("evt_98".to_owned(), 45, None));
}

#[tokio::test]
async fn a_key_gives_its_first_answer_again_and_nothing_else() {
    let (fake, stripe) = fake().await;
    let made = stripe.create_customer(&named("Ada"), "k").await.expect("made");
    fake.change("customers", &made.id, |customer| customer["name"] = "Eve".into());
    assert_eq!(stripe.create_customer(&named("Ada"), "k").await, Ok(made));
    assert_eq!(refused(stripe.create_customer(&named("Ben"), "k").await).1, "idempotency_error");
    assert_eq!(fake.all("customers").len(), 1);
    assert_eq!(fake.heard().iter().filter(|heard| heard.replayed).count(), 1);
}

#[tokio::test]
async fn a_key_gives_a_fault_again_too_and_a_refusal_not() {
    for fault in [Fault::before, Fault::after] {
        let (fake, stripe) = fake().await;
        fake.plan(CUSTOMERS, 1, fault(How::Status(500)));
        for _ in 0..2 {
            let failure = stripe.create_customer(&named("Ada"), "k").await.expect_err("a fault");
            assert_eq!(failure.kind, Kind::Unknown { answered: true }, "{failure}");
        }
        assert_eq!(fake.all("customers").len(), usize::from(fault(How::Hang).done));
        assert!(stripe.create_customer(&named("Ada"), "k2").await.is_ok(), "another key is another request");
    }
    let (fake, stripe) = fake().await;
    let made = stripe.create_customer(&named("Ada"), "k").await;
    for fault in [Fault::before, Fault::after] {
        fake.plan(CUSTOMERS, 1, fault(How::Status(500)));
        assert!(stripe.create_customer(&named("Ada"), "k").await.is_err());
        assert_eq!(stripe.create_customer(&named("Ada"), "k").await, made, "the first answer stays");
    }
    let (fake, stripe) = self::fake().await;
    fake.plan(CUSTOMERS, 1, Fault::before(How::RetryAfter(2)));
    let failure = stripe.create_customer(&named("Ada"), "k").await.expect_err("too many");
    assert_eq!(failure.kind, Kind::Again { after: Some(Duration::from_secs(2)) });
    assert!(stripe.create_customer(&named("Ada"), "k").await.is_ok());
}

#[tokio::test]
async fn a_key_is_in_use_while_its_request_is_under_way() {
    let (fake, stripe) = fake().await;
    fake.plan(CUSTOMERS, 1, Fault::before(How::Held));
    let first = tokio::spawn({
        let stripe = stripe.clone();
        async move { stripe.create_customer(&named("Ada"), "k").await }
    });
    Server::until("the first request is under way", async || !fake.heard().is_empty()).await;
    let second = stripe.create_customer(&named("Ada"), "k").await.expect_err("in use");
    assert_eq!(second.kind, Kind::Again { after: None });
    fake.release();
    assert!(first.await.expect("no panic").is_ok());
    assert_eq!(fake.all("customers").len(), 1);
}

#[tokio::test]
async fn what_goes_wrong_is_told_apart_and_one_key_does_it_once() {
    let refused = |status: u16| Kind::Refused { status, code: Some("card_error".into()), param: None };
    for (how, kind) in [
        (How::Status(401), Kind::Key { status: 401 }),
        (How::Status(403), Kind::Key { status: 403 }),
        (How::Status(402), refused(402)),
        (How::Status(409), Kind::Again { after: None }),
        (How::RetryAfter(1), Kind::Again { after: Some(Duration::from_secs(1)) }),
        (How::Hang, Kind::Unknown { answered: false }),
        (How::CutShort, Kind::Unknown { answered: false }),
        (How::NotJson, Kind::Unknown { answered: false }),
    ] {
        let (fake, stripe) = fake().await;
        fake.plan(CUSTOMERS, 1, Fault::after(how));
        let failure = until(how, &fake).create_customer(&named("Ada"), "k").await.expect_err("a fault");
        assert_eq!(failure.kind, kind, "{how:?}: {failure}");
        assert_eq!(stripe.create_customer(&named("Ada"), "k").await.map(|_| ()), Ok(()), "{how:?}");
        assert_eq!(fake.all("customers").len(), 1, "{how:?}");
        assert_eq!(fake.heard().len(), 2, "one attempt each: {how:?}");
    }
}

#[tokio::test]
async fn the_page_on_stripe_shows_what_failures_say() {
    let page = std::fs::read_to_string("docs/stripe.md").expect("the page is there");
    for how in [
        How::Status(401),
        How::Status(403),
        How::Status(500),
        How::RetryAfter(1),
        How::Hang,
        How::CutShort,
        How::NotJson,
    ] {
        let (fake, _) = fake().await;
        fake.plan(CUSTOMERS, 1, Fault::after(how));
        let failure = until(how, &fake).create_customer(&named("Ada"), "k").await.expect_err("a fault");
        let said = failure.to_string().replace("req_Fake00000000", "req_…").replace("500ms", "20s");
        assert!(page.lines().any(|line| line == said), "docs/stripe.md has no line: {said}");
    }
    let (_fake, stripe) = fake().await;
    let failure = stripe.update_customer("cus_1", &named("Ada"), "k").await.expect_err("nobody");
    let said = failure.to_string().replace("req_Fake00000000", "req_…");
    assert!(page.lines().any(|line| line == said), "docs/stripe.md has no line: {said}");
}

#[tokio::test]
async fn a_mock_that_others_wrote_keeps_keys_the_same_way() {
    let mock = Mock::stateful();
    let stripe = calling(mock.url(), PATIENCE);
    let made = stripe.create_customer(&named("Ada"), "k").await.expect("made");
    assert_eq!(stripe.create_customer(&named("Ada"), "k").await.map(|it| it.id), Ok(made.id.clone()));
    assert_eq!(refused(stripe.create_customer(&named("Ben"), "k").await).1, "idempotency_error");
    let found = stripe.customers_by_email("Ada@example.com").await.expect("customers");
    assert_eq!(found.iter().map(|customer| customer.id.as_str()).collect::<Vec<_>>(), [made.id.as_str()]);
    assert_eq!(stripe.customer("cus_nobody").await, Ok(None));
}
