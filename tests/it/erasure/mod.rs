//! Erasing a person: nothing that tells of them is left anywhere, and everything that was decided is.

mod dump;
mod files;
mod later;
mod refused;
mod stripe;

use dump::Dump;
use referrald::proto::v1;
use referrald::proto::v1::{ReferralState, RewardState};

use crate::harness::{Charge, Payment, RULE, Server, both_databases, each_qualified};
use crate::watch::{all, types};

const EMAIL: &str = "Grace.H@Example.org";
const CODE: &str = "zanzibar-19";
/// Everything that tells who Grace is, as nothing else in a story has it.
const TELLING: [&str; 7] = ["grace.h@example.org", "Gracia", "Hopperova", "+44 20 7946", "HOP-1906", CODE, "tall one"];

/// Grace, as she gives herself.
fn grace() -> v1::Person {
    v1::Person {
        email: EMAIL.to_owned(),
        first_name: "Gracia".to_owned(),
        last_name: "Hopperova".to_owned(),
        phone: "+44 20 7946 0958".to_owned(),
        custom: [("plate".to_owned(), "HOP-1906".to_owned())].into(),
    }
}

fn erase() -> v1::ErasePersonRequest {
    v1::ErasePersonRequest { email: EMAIL.to_uppercase(), ..v1::ErasePersonRequest::default() }
}

/// A life that left traces everywhere.
struct Life {
    plain: v1::Campaign,
    giving: v1::Campaign,
    maya: v1::Referrer,
    /// Grace as somebody who refers.
    grace: v1::Referrer,
    /// Grace as somebody who was referred, in both campaigns.
    referred: [v1::Referral; 2],
    /// Whom Grace brought.
    ben: v1::Referral,
    charge: Charge,
    guest: Charge,
}

impl Server {
    async fn erase(&self, request: v1::ErasePersonRequest) -> v1::ErasureReceipt {
        let answer = self.caller.referrals().erase_person(request).await.expect("erased");
        answer.into_inner().receipt.expect("a receipt")
    }

    /// Registers somebody by a call that may be repeated.
    async fn register_as(&self, campaign: &v1::Campaign, by: &v1::Referrer, person: v1::Person) -> v1::Referral {
        let request = v1::CreateReferralRequest {
            campaign_id: campaign.id.clone(),
            referrer: Some(v1::create_referral_request::Referrer::ReferrerId(by.id.clone())),
            request_id: format!("{} {}", campaign.id, person.email),
            person: Some(person),
            registered_at: None,
        };
        let answer = self.caller.referrals().create_referral(request).await.expect("registered");
        answer.into_inner().referral.expect("a referral")
    }

    async fn make_referrer(&self, person: v1::Person, code: &str) -> v1::Referrer {
        let (request_id, person) = (person.email.clone(), Some(person));
        let referrer = Some(v1::Referrer { person, code: code.to_owned(), ..v1::Referrer::default() });
        let request = v1::CreateReferrerRequest { referrer, request_id };
        let answer = self.caller.referrals().create_referrer(request).await.expect("made");
        answer.into_inner().referrer.expect("a referrer")
    }

    async fn referrer_now(&self, id: &str) -> v1::Referrer {
        let request = v1::GetReferrerRequest { id: id.to_owned() };
        let answer = self.caller.referrals().get_referrer(request).await.expect("there");
        answer.into_inner().referrer.expect("a referrer")
    }

    /// The numbers of a campaign, from its beginning.
    async fn numbers_of(&self, campaign: &v1::Campaign) -> v1::CampaignStats {
        let campaign_id = campaign.id.clone();
        let request = v1::GetCampaignStatsRequest { campaign_id, ..v1::GetCampaignStatsRequest::default() };
        let numbers = self.caller.campaigns().get_campaign_stats(request).await.expect("they are counted");
        numbers.into_inner().total.expect("a total")
    }

    async fn call_off(&self, reward: &v1::Reward, reason: &str) {
        let (id, reason) = (reward.id.clone(), reason.to_owned());
        let request = v1::CancelRewardRequest { id, reason, etag: String::new() };
        self.caller.rewards().cancel_reward(request).await.expect("called off");
    }
}

/// Lives it: nothing is open at its end.
async fn life(server: &Server) -> Life {
    let giving = server.rewarding(vec![each_qualified()]).await;
    let plain = server.campaign(RULE).await;
    let maya = server.referrer("maya@example.com").await;
    let grace_refers = server.make_referrer(grace(), CODE).await;
    let mut referred = Vec::new();
    for campaign in [&plain, &giving] {
        referred.push(server.register_as(campaign, &maya, grace()).await);
    }
    server.customer("cus_g", EMAIL, server.now()).await;
    let charge = server.take(Payment::of("", 8_000).by("cus_g")).await;
    let guest = server.pay(EMAIL, 4_000).await;
    server.checkout(&guest, EMAIL, Some("cus_g"), None).await;
    server.refund(&charge, 500).await;
    let (referral_id, reason) = (referred[0].id.clone(), "the tall one asked".to_owned());
    let request = v1::DisqualifyReferralRequest { referral_id, reason, etag: String::new() };
    server.caller.qualifications().disqualify_referral(request).await.expect("disqualified");
    server.call_off(&server.reward_of(&maya.id).await, "Gracia wanted none of it").await;
    let ben = server.register(&giving, &grace_refers, "ben@example.com").await;
    server.pay("ben@example.com", 10_000).await;
    let mug = server.approve(&server.reward_of(&grace_refers.id).await).await;
    server.call_off(&mug, "the tall one broke it").await;
    server.call_off(&mug, "the tall one gave it back").await;
    let [in_plain, in_giving] = referred.try_into().expect("two campaigns");
    Life { plain, giving, maya, grace: grace_refers, referred: [in_plain, in_giving], ben, charge, guest }
}

/// What an explanation says, but for who it is and for what was written about them.
async fn explained(server: &Server, id: &str) -> v1::ExplainQualificationResponse {
    let mut why = server.explain(id).await;
    why.seconds_left = 0;
    for payment in why.payments.iter_mut().filter(|payment| payment.claim_identity.contains('@')) {
        payment.claim_identity.clear();
    }
    let referral = why.referral.as_mut().expect("a referral");
    referral.person = None;
    referral.etag.clear();
    (referral.updated_at, referral.erased_at) = (None, None);
    if let Some(manual) = &mut referral.r#override {
        manual.reason.clear();
    }
    for reward in &mut why.rewards {
        reward.detail.clear();
        reward.etag.clear();
        reward.updated_at = None;
    }
    why
}

both_databases!(nothing_that_tells_of_a_person_is_left_and_all_that_was_decided_is);
async fn nothing_that_tells_of_a_person_is_left_and_all_that_was_decided_is(server: &Server) {
    let life = life(server).await;
    let before = Dump::of(server).await;
    for telling in TELLING {
        assert!(!before.places_of(telling).is_empty(), "{telling} is nowhere: nothing would be shown");
    }
    let mut decided = Vec::new();
    for referral in life.referred.iter().chain([&life.ben]) {
        decided.push(explained(server, &referral.id).await);
    }
    assert_eq!(decided[1].payments.len(), 2, "{:?}", decided[1]);
    let events = server.events("default", "TEST").await;
    let counted = server.numbers_of(&life.giving).await;
    server.clock.advance_seconds(1);

    let receipt = server.erase(erase()).await;
    let after = Dump::of(server).await;
    for telling in TELLING {
        assert_eq!(after.places_of(telling), Vec::<String>::new(), "{telling}");
    }
    let now = decided.iter().map(|why| &why.referral.as_ref().expect("a referral").id);
    for (id, before) in now.zip(&decided) {
        assert_eq!(explained(server, id).await, *before);
    }
    assert_eq!(server.stands(&life.referred[1].id).await, (ReferralState::Qualified, 11_500));
    assert_eq!(server.numbers_of(&life.giving).await, counted);
    let told = server.events("default", "TEST").await;
    assert_eq!(told[..events.len()], events, "what was told stays told");
    let mut watching = server.watch(all()).await;
    let seen = watching.events(told.len()).await;
    let newest = &types(&seen)[events.len()..];
    assert_eq!(newest, ["reward.updated", "reward.updated", "referral.erased", "referral.erased"]);
    let mut changed: Vec<_> = seen[seen.len() - 2..].iter().map(|event| event.changed.clone()).collect();
    changed.sort();
    assert_eq!(changed, [vec!["person", "erased_at"], vec!["person", "override", "erased_at"]]);
    assert!(!format!("{seen:?}").contains("Hopperova"));

    let counts = [receipt.referrers, receipt.referrals, receipt.charges, receipt.customers, receipt.checkouts];
    assert_eq!(counts, [1, 2, 1, 1, 1]);
    assert_eq!((receipt.jobs, receipt.answers, receipt.rewards_canceled), (0, 3, 0));
    assert!(receipt.events > 8, "{receipt:?}");
    assert_eq!((receipt.accounts, receipt.first_erased_at), (vec!["default".to_owned()], receipt.erased_at));
    let request = v1::ListAuditLogRequest { subject_id: receipt.id, ..v1::ListAuditLogRequest::default() };
    let lines = server.caller.qualifications().list_audit_log(request).await.expect("a page").into_inner().lines;
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert_eq!((lines[0].call.as_str(), lines[0].account.as_str()), ("ReferralService/ErasePerson", "default"));
}

both_databases!(what_is_left_of_a_person_is_the_same_nobody_everywhere);
async fn what_is_left_of_a_person_is_the_same_nobody_everywhere(server: &Server) {
    let life = life(server).await;
    server.erase(erase()).await;
    let refers = server.referrer_now(&life.grace.id).await;
    let person = refers.person.expect("a person");
    assert!(person.email.starts_with("erased-") && person.email.ends_with("@erased.invalid"), "{}", person.email);
    assert_eq!(v1::Person { email: String::new(), ..person.clone() }, v1::Person::default());
    assert!(refers.erased_at.is_some() && refers.code != CODE && refers.etag != life.grace.etag);
    for referral in &life.referred {
        let now = server.referral(&referral.id).await;
        assert_eq!((now.person.as_ref(), now.erased_at), (Some(&person), refers.erased_at));
    }
    let by = Some(v1::find_referral_request::By::CustomerId("cus_g".to_owned()));
    let found = server.caller.referrals().find_referral(v1::FindReferralRequest { by }).await.expect("found");
    assert_eq!(found.into_inner().referrals.len(), 2, "what Stripe calls them leads to what was decided");
    let request = v1::FindReferralRequest { by: Some(v1::find_referral_request::By::Email(EMAIL.to_owned())) };
    let found = server.caller.referrals().find_referral(request).await.expect("none is no error");
    assert_eq!(found.into_inner().referrals, []);
}

both_databases!(erasing_again_erases_what_came_since_and_says_so);
async fn erasing_again_erases_what_came_since_and_says_so(server: &Server) {
    let life = life(server).await;
    let first = server.erase(erase()).await;
    let dump = Dump::of(server).await;
    server.clock.advance_seconds(60);
    let second = server.erase(erase()).await;
    assert_eq!(second.first_erased_at, first.erased_at);
    assert!(second.id != first.id && second.erased_at != first.erased_at);
    let nothing = v1::ErasureReceipt {
        id: second.id.clone(),
        erased_at: second.erased_at,
        first_erased_at: first.erased_at,
        accounts: first.accounts,
        ..v1::ErasureReceipt::default()
    };
    assert_eq!(second, nothing);
    assert_eq!(Dump::of(server).await.without("audit_log"), dump.without("audit_log"));
    assert_eq!(server.stands(&life.referred[1].id).await, (ReferralState::Qualified, 11_500));
}

both_databases!(a_referrer_who_was_erased_keeps_what_they_have_and_earns_nothing_any_more);
async fn a_referrer_who_was_erased_keeps_what_they_have_and_earns_nothing_any_more(server: &Server) {
    let campaign = server.rewarding(vec![each_qualified()]).await;
    let grace = server.make_referrer(grace(), CODE).await;
    let ben = server.register(&campaign, &grace, "ben@example.com").await;
    let zoe = server.register(&campaign, &grace, "zoe@example.com").await;
    let charge = server.pay("ben@example.com", 10_000).await;
    let mug = server.approve(&server.reward_of(&grace.id).await).await;
    assert_eq!(mug.state(), RewardState::Issued);
    server.erase(erase()).await;

    server.pay("zoe@example.com", 10_000).await;
    assert_eq!(server.stands(&zoe.id).await.0, ReferralState::Qualified, "whom they brought goes on");
    assert_eq!(server.reward_of(&grace.id).await, mug, "there is nobody to give another to");
    let refund = server.refund(&charge, 10_000).await;
    assert_eq!(server.reward_of(&grace.id).await.state(), RewardState::ReversalDue);
    server.fail(&refund).await;
    assert_eq!(server.stands(&ben.id).await.0, ReferralState::Qualified);
    assert_eq!(server.rewards_of(&grace.id).await.len(), 1, "and nothing comes back");
}

both_databases!(what_is_lost_and_won_back_stays_with_a_referrer_who_was_erased);
async fn what_is_lost_and_won_back_stays_with_a_referrer_who_was_erased(server: &Server) {
    let campaign = server.rewarding(vec![v1::RewardRule { auto_issue: true, ..each_qualified() }]).await;
    let grace = server.make_referrer(grace(), CODE).await;
    server.register(&campaign, &grace, "ben@example.com").await;
    let paid = server.pay("ben@example.com", 10_000).await;
    server.erase(erase()).await;
    let refund = server.refund(&paid, 10_000).await;
    assert_eq!(server.reward_of(&grace.id).await.state(), v1::RewardState::ReversalDue);
    server.fail(&refund).await;
    assert_eq!(server.reward_of(&grace.id).await.state(), v1::RewardState::Issued, "as if it had never been");
}

both_databases!(words_about_what_was_taken_back_by_hand_go_too);
async fn words_about_what_was_taken_back_by_hand_go_too(server: &Server) {
    let campaign = server.rewarding(vec![v1::RewardRule { auto_issue: true, ..each_qualified() }]).await;
    let maya = server.referrer("maya@example.com").await;
    server.register_as(&campaign, &maya, grace()).await;
    let paid = server.pay(EMAIL, 10_000).await;
    server.refund(&paid, 10_000).await;
    server.call_off(&server.reward_of(&maya.id).await, "the tall one paid it back").await;
    server.erase(erase()).await;
    assert_eq!(dump::Dump::of(server).await.places_of("the tall one"), Vec::<String>::new());
}

both_databases!(an_email_that_came_back_by_another_process_is_erased_again);
async fn an_email_that_came_back_by_another_process_is_erased_again(server: &Server) {
    life(server).await;
    server.erase(erase()).await;
    let identity = EMAIL.to_lowercase();
    let text = format!(
        "insert into identities (ledger_id, object_id, kind, value, object_type, first_seen_at) \
         select ledger_id, object_id, kind, '{identity}', object_type, first_seen_at from identities \
         where value like 'erased-%' and kind = 'EMAIL'"
    );
    let mut tx = server.app.store.write().await.expect("it begins");
    tx.run(&text, vec![]).await.expect("as one does that knows of no erasure");
    tx.commit().await.expect("written");
    let receipt = server.erase(erase()).await;
    assert!(receipt.charges > 0 && receipt.customers > 0, "{receipt:?}");
    assert_eq!(dump::Dump::of(server).await.places_of(EMAIL), Vec::<String>::new());
}
