//! What an erasure refuses, and what is refused after it.

use std::collections::BTreeSet;

use prost_types::FieldMask;
use referrald::app::Scope;
use referrald::domain::campaign::Mode;
use referrald::proto::v1;
use referrald::proto::v1::RewardState;
use tonic::Code;

use super::{CODE, EMAIL, dump::Dump, erase, grace, life};
use crate::harness::{Refusal, Server, both_databases, each_qualified, refused};

const GONE: (Code, &str) = (Code::FailedPrecondition, "PERSON_ERASED");

both_databases!(somebody_with_open_rewards_is_erased_only_where_these_are_called_off);
async fn somebody_with_open_rewards_is_erased_only_where_these_are_called_off(server: &Server) {
    let held = v1::RewardRule { hold_days: 3, ..each_qualified() };
    let campaign = server.rewarding(vec![held, each_qualified()]).await;
    let grace = server.make_referrer(grace(), CODE).await;
    server.register(&campaign, &grace, "ben@example.com").await;
    server.pay("ben@example.com", 10_000).await;
    assert_eq!(server.rewards_of(&grace.id).await.len(), 2, "one is held, and one is due");
    let before = Dump::of(server).await;

    let refusal = refused(server.caller.referrals().erase_person(erase()).await);
    assert_eq!(refusal.kind(), (Code::FailedPrecondition, "OPEN_REWARDS"));
    assert_eq!((refusal.precondition.as_deref(), &*refusal.variables["count"]), (Some("OPEN_REWARDS"), "2"));
    assert!(refusal.message.starts_with("2 rewards are still to be given"), "{}", refusal.message);
    assert!(refusal.message.contains("cancel_open_rewards"), "{}", refusal.message);
    let named: BTreeSet<&str> = refusal.variables["reward_ids"].split(", ").collect();
    let open = server.rewards_of(&grace.id).await;
    assert_eq!(named, open.iter().map(|reward| reward.id.as_str()).collect());
    assert_eq!(Dump::of(server).await, before, "nothing was done");

    let request = v1::ErasePersonRequest { cancel_open_rewards: true, ..erase() };
    let receipt = server.erase(request).await;
    assert_eq!((receipt.rewards_canceled, receipt.referrers), (2, 1));
    let rewards = server.rewards_of(&grace.id).await;
    assert!(rewards.iter().all(|reward| reward.state() == RewardState::Canceled), "{rewards:?}");
    assert!(rewards.iter().all(|reward| reward.reason() == v1::RewardReason::Operator), "{rewards:?}");
    server.advance_days(4);
    server.sweep().await;
    assert_eq!(server.rewards_of(&grace.id).await, rewards, "for good");
}

both_databases!(who_was_erased_is_not_taken_in_again);
async fn who_was_erased_is_not_taken_in_again(server: &Server) {
    let life = life(server).await;
    let since = server.erase(erase()).await.erased_at.expect("a time").to_string();
    let mut referrals = server.caller.referrals();
    let repeated = v1::CreateReferrerRequest {
        referrer: Some(v1::Referrer { person: Some(grace()), code: CODE.to_owned(), ..v1::Referrer::default() }),
        request_id: EMAIL.to_owned(),
    };
    let refusal = refused(referrals.create_referrer(repeated).await);
    assert_eq!((refusal.kind(), refusal.precondition.as_deref()), (GONE, Some("PERSON_ERASED")));
    assert_eq!(refusal.variables["since"], since);
    let by = |referrer: &v1::Referrer, person: v1::Person| v1::CreateReferralRequest {
        campaign_id: life.plain.id.clone(),
        referrer: Some(v1::create_referral_request::Referrer::ReferrerId(referrer.id.clone())),
        person: Some(person),
        ..v1::CreateReferralRequest::default()
    };
    assert_eq!(refused(referrals.create_referral(by(&life.maya, grace())).await).kind(), GONE);
    let zoe = crate::harness::person("zoe@example.com");
    assert_eq!(refused(referrals.create_referral(by(&life.grace, zoe.clone())).await).kind(), GONE, "brings nobody");
    let code = Some(v1::create_referral_request::Referrer::ReferrerCode(CODE.to_owned()));
    let request = v1::CreateReferralRequest { referrer: code, ..by(&life.maya, zoe) };
    assert_eq!(refused(referrals.create_referral(request).await).kind(), (Code::NotFound, "NOT_FOUND"));

    let named = |id: &str, person: v1::Person| v1::UpdateReferrerRequest {
        referrer: Some(v1::Referrer { id: id.to_owned(), person: Some(person), ..v1::Referrer::default() }),
        update_mask: Some(FieldMask { paths: vec!["person".to_owned()] }),
    };
    assert_eq!(refused(referrals.update_referrer(named(&life.maya.id, grace())).await).kind(), GONE);
    let new = crate::harness::person("new@example.com");
    assert_eq!(refused(referrals.update_referrer(named(&life.grace.id, new.clone())).await).kind(), GONE);
    let referral = v1::Referral { id: life.referred[0].id.clone(), person: Some(new), ..v1::Referral::default() };
    let request = v1::UpdateReferralRequest { referral: Some(referral), update_mask: None };
    assert_eq!(refused(referrals.update_referral(request).await).kind(), GONE);
    let (referral_id, reason) = (life.referred[0].id.clone(), "Grace asked for it".to_owned());
    let request = v1::DisqualifyReferralRequest { referral_id, reason, etag: String::new() };
    let refusal = refused(server.caller.qualifications().disqualify_referral(request).await);
    assert_eq!(refusal.kind(), GONE);
    let words = "the referral was erased at ";
    assert!(refusal.message.starts_with(words) && refusal.message.ends_with("no longer be changed"), "{refusal:?}");
    assert_eq!(Dump::of(server).await.places_of(EMAIL), Vec::<String>::new());
    server.register(&life.giving, &life.maya, "grace@another.example").await;
}

both_databases!(a_key_of_one_account_erases_there_and_nowhere_else);
async fn a_key_of_one_account_erases_there_and_nowhere_else(server: &Server) {
    let life = life(server).await;
    server.take_webhooks_of("eu", Mode::Test).await;
    server.referrer_in("eu", EMAIL).await;
    let stranger = server.caller_of(&Scope::ALL, Some("eu")).await;
    let request = v1::ErasePersonRequest { account: "default".to_owned(), ..erase() };
    let refusal = refused(stranger.referrals().erase_person(request).await);
    assert_eq!(refusal.kind(), (Code::NotFound, "NOT_FOUND"));
    let receipt = stranger.referrals().erase_person(erase()).await.expect("erased").into_inner().receipt;
    let receipt = receipt.expect("a receipt");
    assert_eq!((receipt.accounts, receipt.referrers, receipt.referrals), (vec!["eu".to_owned()], 1, 0));
    let known = server.referral(&life.referred[0].id).await.person.expect("a person");
    assert_eq!(known, grace(), "the other account is as it was");
    let all = server.erase(erase()).await;
    assert_eq!(all.accounts, ["default", "eu"]);
    assert_eq!((all.referrers, all.referrals), (1, 2));
    assert_eq!(Dump::of(server).await.places_of(EMAIL), Vec::<String>::new());
}

both_databases!(nobody_without_the_scope_erases_anybody);
async fn nobody_without_the_scope_erases_anybody(server: &Server) {
    let life = life(server).await;
    for scope in [Scope::Read, Scope::Write, Scope::Ingest] {
        let caller = server.caller_of(&[scope], None).await;
        let status = caller.referrals().erase_person(erase()).await.expect_err("not by this key");
        assert_eq!(Refusal::of(&status).kind(), (Code::PermissionDenied, "SCOPE_MISSING"));
    }
    assert_eq!(server.referral(&life.referred[0].id).await.person, Some(grace()));
}
