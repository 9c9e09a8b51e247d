//! Accounts and modes do not see each other, and every ledger numbers its events without a gap.

use referrald::app::Scope;
use referrald::domain::campaign::Mode;
use referrald::fake_stripe::{FakeStripe, Fault, How};
use referrald::proto::v1;
use referrald::proto::v1::ReferralState::{Pending, Qualified};
use tonic::Code;

use crate::harness::{Payment, RULE, Refusal, Server, advertised, both_databases};

both_databases!(a_payment_counts_in_its_own_account_and_mode_only);
async fn a_payment_counts_in_its_own_account_and_mode_only(server: &Server) {
    server.take_webhooks_of("default", Mode::Live).await;
    server.take_webhooks_of("eu", Mode::Test).await;
    let test = server.campaign(RULE).await;
    let live = server.launched(v1::Campaign { mode: v1::Mode::Live.into(), ..advertised(RULE) }).await;
    let eu = server.launched(v1::Campaign { account: "eu".to_owned(), ..advertised(RULE) }).await;
    let maya = server.referrer("maya@example.com").await;
    let maya_in_eu = server.referrer_in("eu", "maya@example.com").await;
    let in_test = server.register(&test, &maya, "ben@example.com").await;
    let in_live = server.register(&live, &maya, "ben@example.com").await;
    let in_eu = server.register(&eu, &maya_in_eu, "ben@example.com").await;

    let charge = server.charge(Payment::of("ben@example.com", 10_000));
    let event = server.event("charge.succeeded", true, charge.body.clone());
    for (account, mode) in [("default", Mode::Test), ("eu", Mode::Test)] {
        let answer = server.post_event(account, mode, &event).await;
        assert_eq!((answer.status, answer.word(), answer.reason()), (200, "ignored", "OTHER_MODE"), "{account}");
    }
    assert_eq!(server.post_event("default", Mode::Live, &event).await.word(), "recorded");
    assert_eq!(server.stands(&in_live.id).await, (Qualified, 10_000));
    assert_eq!(server.stands(&in_test.id).await, (Pending, 0));
    assert_eq!(server.stands(&in_eu.id).await, (Pending, 0));

    // The same ids in another account are other things.
    let event = server.event("charge.succeeded", false, charge.body);
    assert_eq!(server.post_event("eu", Mode::Test, &event).await.word(), "recorded");
    assert_eq!(server.stands(&in_eu.id).await, (Qualified, 10_000));
    assert_eq!(server.stands(&in_test.id).await, (Pending, 0));
    for (account, mode, number) in [("default", "TEST", 1), ("default", "LIVE", 2), ("eu", "TEST", 2)] {
        assert_eq!(server.events(account, mode).await.len(), number, "{account} {mode}");
    }
}

both_databases!(a_secret_of_one_account_opens_no_other);
async fn a_secret_of_one_account_opens_no_other(server: &Server) {
    server.take_webhooks_of("eu", Mode::Test).await;
    let event = server.event("charge.succeeded", false, server.charge(Payment::of("a@b", 1)).body);
    let (body, secret) = (event.to_string().into_bytes(), Server::secret_of("eu", Mode::Test));
    let answer = server.post_signed("/webhooks/stripe/accounts/default", body.clone(), &secret).await;
    assert_eq!((answer.status, answer.word()), (400, "SIGNATURE_NO_MATCH"));
    let unknown = server.post_signed("/webhooks/stripe/accounts/nobody", body, &secret).await;
    assert_eq!((unknown.status, unknown.body), (answer.status, answer.body), "who asks learns nothing");
}

both_databases!(a_key_of_one_account_lists_that_one_only);
async fn a_key_of_one_account_lists_that_one_only(server: &Server) {
    server.campaign(RULE).await;
    let eu = server.launched(v1::Campaign { account: "eu".to_owned(), ..advertised(RULE) }).await;
    let maya = server.referrer_in("eu", "maya@example.com").await;
    server.referrer("maya@example.com").await;
    let ben = server.register(&eu, &maya, "ben@example.com").await;
    let caller = server.caller_of(&[Scope::Read], Some("eu")).await;

    let all = caller.campaigns().list_campaigns(v1::ListCampaignsRequest::default()).await.expect("a page");
    assert_eq!(all.into_inner().campaigns.iter().map(|c| c.id.clone()).collect::<Vec<_>>(), [eu.id]);
    let asked = v1::ListCampaignsRequest { account: "default".to_owned(), ..v1::ListCampaignsRequest::default() };
    let none = caller.campaigns().list_campaigns(asked).await.expect("a page");
    assert!(none.into_inner().campaigns.is_empty());
    let all = caller.referrals().list_referrers(v1::ListReferrersRequest::default()).await.expect("a page");
    assert_eq!(all.into_inner().referrers.iter().map(|r| r.id.clone()).collect::<Vec<_>>(), [maya.id]);
    let all = caller.referrals().list_referrals(v1::ListReferralsRequest::default()).await.expect("a page");
    assert_eq!(all.into_inner().referrals.iter().map(|r| r.id.clone()).collect::<Vec<_>>(), [ben.id]);
}

both_databases!(events_are_numbered_without_a_gap_whoever_writes_at_once);
async fn events_are_numbered_without_a_gap_whoever_writes_at_once(server: &Server) {
    let campaign = &server.campaign(v1::Rule { target_minor: 100, ..RULE }).await;
    let maya = &server.referrer("maya@example.com").await;
    let one = |each: usize| async move {
        let email = format!("person{each}@example.com");
        let referral = server.register(campaign, maya, &email).await;
        let charge = server.pay(&email, 100).await;
        server.refund(&charge, 50).await;
        referral.id
    };
    let (a, b, c, d) = tokio::join!(
        async {
            for each in 0..5 {
                one(each).await;
            }
        },
        async {
            for each in 5..10 {
                one(each).await;
            }
        },
        async {
            for each in 10..15 {
                one(each).await;
            }
        },
        async {
            for each in 15..20 {
                one(each).await;
            }
        },
    );
    let ((), (), (), ()) = (a, b, c, d);
    let events = server.events("default", "TEST").await;
    assert_eq!(events.len(), 60, "registered, qualified, unqualified: twenty times");
    assert!(events.iter().zip(1..).all(|((seq, _), wanted)| *seq == wanted), "{events:?}");
}

both_databases!(a_page_follows_a_page_to_the_end_and_no_referral_is_left_out);
async fn a_page_follows_a_page_to_the_end_and_no_referral_is_left_out(server: &Server) {
    let campaign = server.campaign(RULE).await;
    let maya = server.referrer("maya@example.com").await;
    let mut made = Vec::new();
    for each in 0..7 {
        made.push(server.register(&campaign, &maya, &format!("person{each}@example.com")).await.id);
    }
    made.sort();
    let (mut seen, mut page_token) = (Vec::new(), String::new());
    loop {
        let campaign_id = campaign.id.clone();
        let request =
            v1::ListReferralsRequest { campaign_id, page_size: 3, page_token, ..v1::ListReferralsRequest::default() };
        let page = server.caller.referrals().list_referrals(request).await.expect("a page").into_inner();
        assert!(page.referrals.len() <= 3);
        seen.extend(page.referrals.into_iter().map(|referral| referral.id));
        page_token = page.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    assert_eq!(seen, made);
}

both_databases!(beside_stripe: a_campaign_without_a_currency_takes_the_accounts_or_is_told_to_name_one);
async fn a_campaign_without_a_currency_takes_the_accounts_or_is_told_to_name_one(server: &Server, stripe: &FakeStripe) {
    let create = |currency: &str| {
        let mut campaign = advertised(RULE);
        currency.clone_into(&mut campaign.rule.as_mut().expect("a rule").currency);
        let request = v1::CreateCampaignRequest { campaign: Some(campaign), request_id: String::new() };
        async move { server.caller.campaigns().create_campaign(request).await }
    };
    let made = create("").await.expect("the account has one").into_inner().campaign.expect("a campaign");
    assert_eq!(made.rule.expect("a rule").currency, "usd");

    // What a restricted key often may not see.
    stripe.plan("GET /v1/account", 1, Fault::before(How::Status(403)));
    let refusal = Refusal::of(&create("").await.expect_err("the key may not ask"));
    assert_eq!(refusal.kind(), (Code::FailedPrecondition, "STRIPE_REFUSED"));
    for word in ["'rak_accounts_kyc_basic_read'", "rule.currency"] {
        assert!(refusal.message.contains(word), "{}", refusal.message);
    }
    create("eur").await.expect("who names one need not ask");
}
