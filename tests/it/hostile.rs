//! What somebody would try who means harm, or whose client is broken.

use prost::Message;
use referrald::app::Scope;
use referrald::domain::campaign::Mode;
use referrald::proto::v1;
use tonic::metadata::AsciiMetadataValue;
use tonic::{Code, Request};

use crate::harness::{Payment, RULE, Refusal, Server, both_databases, person};

const LIST: &str = "CampaignService/ListCampaigns";

both_databases!(a_deadline_that_makes_no_sense_is_no_deadline);
async fn a_deadline_that_makes_no_sense_is_no_deadline(server: &Server) {
    for nonsense in ["5", "S", "-1S", "1d", "999999999S", "99999999H", "1S1S"] {
        let answer = server.caller.ask_in_time(server.grpc_at, LIST, vec![], nonsense).await;
        answer.unwrap_or_else(|status| panic!("{nonsense}: {status:?}"));
    }
    let held = server.hold_the_writes().await;
    for soon in ["0n", "1n", "0S", "5m", "200m"] {
        let request = crate::errors::facts("", "evt_1").encode_to_vec();
        let answer = server.caller.ask_in_time(server.grpc_at, "QualificationService/RecordFacts", request, soon).await;
        let refusal = Refusal::of(&answer.expect_err("there is no time"));
        assert_eq!(refusal.kind(), (Code::DeadlineExceeded, "DEADLINE_EXCEEDED"), "{soon}");
    }
    held.let_go().await;
}

both_databases!(an_id_of_the_caller_comes_back_where_it_can_stand_in_a_header);
async fn an_id_of_the_caller_comes_back_where_it_can_stand_in_a_header(server: &Server) {
    for (given, kept) in [("order-42", true), (&"x".repeat(64), true), (&"x".repeat(65), false), ("a b", false)] {
        let mut request = Request::new(v1::ListCampaignsRequest::default());
        let value: AsciiMetadataValue = given.parse().expect("a header");
        request.metadata_mut().insert("x-request-id", value);
        let answer = server.caller.campaigns().list_campaigns(request).await.expect("an answer");
        let told = answer.metadata().get("x-request-id").expect("every answer has one").to_str().expect("text");
        assert_eq!(told == given, kept, "{given} {told}");
        assert!(!told.is_empty());
    }
}

both_databases!(words_of_sql_are_words);
async fn words_of_sql_are_words(server: &Server) {
    let campaign = server.campaign(RULE).await;
    let maya = server.referrer("maya'--@example.com").await;
    let email = "x');droptablereferrals;--@example.com";
    let registered = server.register(&campaign, &maya, email).await;
    server.pay(email, 10_000).await;
    assert_eq!(server.stands(&registered.id).await, (v1::ReferralState::Qualified, 10_000));
    let referrer = v1::Referrer {
        person: Some(v1::Person {
            last_name: "Robert'); drop table referrers; --".to_owned(),
            custom: [("k".to_owned(), r#""}'],{"#.to_owned() + "\u{1f600}")].into(),
            ..person("bobby@example.com")
        }),
        ..v1::Referrer::default()
    };
    let request = v1::CreateReferrerRequest { referrer: Some(referrer.clone()), request_id: "'; --".to_owned() };
    let made = server.caller.referrals().create_referrer(request).await.expect("made").into_inner().referrer;
    let made = made.expect("a referrer");
    assert_eq!(made.person, referrer.person);
    let read = v1::GetReferrerRequest { id: made.id.clone() };
    let read = server.caller.referrals().get_referrer(read).await.expect("read").into_inner().referrer;
    assert_eq!(read, Some(made));
}

both_databases!(fields_that_nobody_knows_do_no_harm);
async fn fields_that_nobody_knows_do_no_harm(server: &Server) {
    // Field 1000 as text: what a newer client might send.
    let mut request = v1::ListCampaignsRequest::default().encode_to_vec();
    request.extend([0xc2, 0x3e, 0x03, b'n', b'e', b'w']);
    server.caller.ask_bytes(LIST, request).await.expect("it is not looked at");
}

both_databases!(a_key_of_one_account_cannot_record_for_another);
async fn a_key_of_one_account_cannot_record_for_another(server: &Server) {
    server.take_webhooks_of("eu", Mode::Test).await;
    let campaign = server.campaign(RULE).await;
    let ben = server.register(&campaign, &server.referrer("maya@example.com").await, "ben@example.com").await;
    let stranger = server.caller_of(&[Scope::Ingest], Some("eu")).await;
    let charge = v1::Charge {
        id: "ch_forged".to_owned(),
        currency: "usd".to_owned(),
        created_at: Some(crate::harness::timestamp(server.now())),
        status: v1::ChargeStatus::Succeeded.into(),
        amount_minor: 10_000,
        captured_minor: 10_000,
        referral_id: ben.id.clone(),
        emails: vec!["ben@example.com".to_owned()],
        ..v1::Charge::default()
    };
    let fact = v1::Fact { fact: Some(v1::fact::Fact::Charge(charge)) };
    let request = |account: &str| {
        let mut request = crate::errors::facts(account, "evt_forged");
        request.deliveries[0].ignored_reason = 0;
        request.deliveries[0].facts = vec![fact.clone()];
        request
    };
    let status = stranger.qualifications().record_facts(request("")).await.expect_err("another account");
    assert_eq!(Refusal::of(&status).kind(), (Code::NotFound, "NOT_FOUND"));
    let own = stranger.qualifications().record_facts(request("eu")).await.expect("its own").into_inner();
    assert_eq!(own.results[0].changed_referral_ids, Vec::<String>::new(), "an id names nobody in another account");
    assert_eq!(server.stands(&ben.id).await, (v1::ReferralState::Pending, 0));
    let granted = server.caller.qualifications().record_facts(request("")).await.expect("recorded").into_inner();
    assert_eq!(granted.results[0].changed_referral_ids, [ben.id]);
}

both_databases!(the_largest_amounts_add_up_without_harm);
async fn the_largest_amounts_add_up_without_harm(server: &Server) {
    let campaign = server.campaign(v1::Rule { target_minor: 999_999_999_999, ..RULE }).await;
    let ben = server.register(&campaign, &server.referrer("maya@example.com").await, "ben@example.com").await;
    let mut spent = 0;
    for _ in 0..3 {
        let charge = server.take(Payment::of("ben@example.com", 999_999_999_999)).await;
        spent += 999_999_999_999_i64;
        assert_eq!(server.stands(&ben.id).await, (v1::ReferralState::Qualified, spent));
        assert!(charge.id.starts_with("ch_"));
    }
}

both_databases!(the_earliest_and_latest_times_do_no_harm);
async fn the_earliest_and_latest_times_do_no_harm(server: &Server) {
    let longest = v1::Rule { window_days: 3_650, count_prior_days: 3_650, ..RULE };
    let campaign = server.campaign(longest).await;
    let maya = server.referrer("maya@example.com").await;
    let beginning = referrald::domain::time::Time::from_seconds(0);
    let first = server.register_at(&campaign, &maya, "first@example.com", beginning).await;
    server.sweep().await;
    assert_eq!(server.referral(&first.id).await.state(), v1::ReferralState::Expired);
    let last = referrald::domain::time::Time::from_seconds(referrald::domain::time::SECONDS_MAX);
    server.take(Payment::of("first@example.com", 10_000).at(last)).await;
    server.take(Payment::of("first@example.com", 10_000).at(beginning)).await;
    assert_eq!(server.stands(&first.id).await, (v1::ReferralState::Qualified, 10_000));
}

both_databases!(who_updates_a_referral_leaves_its_email_and_decision_alone);
async fn who_updates_a_referral_leaves_its_email_and_decision_alone(server: &Server) {
    let campaign = server.campaign(RULE).await;
    let ben = server.register(&campaign, &server.referrer("maya@example.com").await, "ben@example.com").await;
    let mut forged = ben.clone();
    forged.set_state(v1::ReferralState::Qualified);
    forged.spend_minor = 99;
    forged.person = Some(v1::Person { phone: "+49 30 1".to_owned(), ..person("eve@example.com") });
    let request = v1::UpdateReferralRequest { referral: Some(forged), update_mask: None };
    let now = server.caller.referrals().update_referral(request).await.expect("done").into_inner().referral;
    let now = now.expect("a referral");
    let known = now.person.clone().expect("a person");
    assert_eq!((known.email.as_str(), known.phone.as_str()), ("ben@example.com", "+49 30 1"));
    assert_eq!((now.state(), now.spend_minor), (v1::ReferralState::Pending, 0));
    assert_eq!(server.referral(&ben.id).await, now);
    assert_ne!(now.etag, ben.etag);
}
