//! What another rule would do, before it is a campaign's.

use prost_types::FieldMask;
use referrald::app::{Caller as Principal, Scope};
use referrald::domain::id::CampaignId;
use referrald::domain::rule::Rule;
use referrald::proto::v1;
use referrald::proto::v1::reward_rule::{Kind, Pattern, Trigger};
use referrald::proto::v1::{ReferralState, RewardRecipient, RewardRule};
use tokio::sync::mpsc;
use tonic::{Code, Streaming};

use crate::harness::{RULE, Refusal, Server, both_databases, each_qualified, of_payments};

fn target(target_minor: i64) -> v1::Rule {
    v1::Rule { currency: "usd".to_owned(), target_minor, ..RULE }
}

fn asked(campaign: &v1::Campaign, rule: v1::Rule) -> v1::SimulateRuleRequest {
    v1::SimulateRuleRequest { campaign_id: campaign.id.clone(), rule: Some(rule), ..Default::default() }
}

async fn begin(server: &Server, request: v1::SimulateRuleRequest) -> Streaming<v1::SimulateRuleResponse> {
    server.caller.campaigns().simulate_rule(request).await.expect("it begins").into_inner()
}

/// The last answer of a call, and what came out.
async fn simulated(server: &Server, request: v1::SimulateRuleRequest) -> v1::Simulation {
    let mut told = begin(server, request).await;
    while let Some(answer) = told.message().await.expect("it goes on") {
        if let Some(simulation) = answer.simulation {
            assert_eq!(told.message().await.expect("it ends well"), None, "what came out comes last");
            return simulation;
        }
        assert!(answer.referrals_done <= answer.referrals_total, "{answer:?}");
    }
    panic!("nothing came out");
}

/// The rule for all referrals, and all of them decided by it.
async fn apply(server: &Server, campaign: &v1::Campaign, rule: v1::Rule) {
    let changed = v1::Campaign { id: campaign.id.clone(), rule: Some(rule), ..v1::Campaign::default() };
    let update_mask = Some(FieldMask { paths: vec!["rule".to_owned()] });
    let request = v1::UpdateCampaignRequest { campaign: Some(changed), update_mask, apply_to_existing: true };
    server.caller.campaigns().update_campaign(request).await.expect("the rule may be so");
    server.sweep().await;
}

/// One rule of each kind that adds up otherwise; none of them is issued here, where Stripe is away.
fn every_sum() -> Vec<RewardRule> {
    use v1::stripe_credit::Amount::{AmountMinor, BasisPoints};
    let credit = |amount| Some(Kind::StripeCredit(v1::StripeCredit { amount: Some(amount) }));
    let share = |points, cap_minor| credit(BasisPoints(v1::BasisPoints { points, cap_minor }));
    vec![
        each_qualified(),
        RewardRule { kind: credit(AmountMinor(500)), limit_per_recipient: 2, ..each_qualified() },
        RewardRule { kind: share(1_000, 0), ..each_qualified() },
        RewardRule { kind: share(1_000, 700), limit_per_recipient: 3, ..of_payments(2, 0) },
        RewardRule { pattern: Some(Pattern::EveryNth(2)), kind: credit(AmountMinor(70)), ..each_qualified() },
        RewardRule {
            recipient: RewardRecipient::Referred.into(),
            trigger: Some(Trigger::Registered(v1::RegisteredTrigger {})),
            ..each_qualified()
        },
    ]
}

/// Number and amount by reward rule, in the order of the campaign.
fn costs(campaign: &v1::Campaign, side: &v1::SimulationSide) -> Vec<(u64, i64)> {
    let of = |rule: &RewardRule| {
        let costs = side.reward_costs.iter().filter(|cost| cost.reward_rule_id == rule.id);
        costs.fold((0, 0), |(count, minor), cost| (count + cost.reward_count, minor + cost.amount_minor))
    };
    campaign.reward_rules.iter().map(of).collect()
}

fn counts(side: &v1::SimulationSide) -> [u64; 4] {
    [side.pending_count, side.qualified_count, side.expired_count, side.disqualified_count]
}

both_databases!(beside_stripe: what_is_said_of_a_rule_is_what_comes_of_it);
async fn what_is_said_of_a_rule_is_what_comes_of_it(server: &Server, _: &referrald::fake_stripe::FakeStripe) {
    let campaign = server.rewarding(every_sum()).await;
    let maya = server.referrer("maya@example.com").await;
    let leo = server.referrer("leo@example.com").await;
    let paid = [("a", &maya, 6_000), ("b", &maya, 12_000), ("c", &leo, 8_000), ("d", &maya, 20_000), ("e", &maya, 100)];
    for (name, referrer, amount) in paid {
        let email = format!("{name}@example.com");
        let referral = server.register(&campaign, referrer, &email).await;
        server.until_sync(&referral.id, v1::CustomerSyncState::Done).await;
        for amount in [amount, 1_500] {
            server.clock.advance_seconds(60);
            server.pay(&email, amount).await;
        }
    }
    server.register(&campaign, &maya, "maya@example.com").await;

    let simulation = simulated(server, asked(&campaign, target(5_000))).await;
    let (current, simulated_by) = (simulation.current.expect("a side"), simulation.simulated.expect("a side"));
    assert_eq!(counts(&current), [3, 2, 0, 1]);
    assert_eq!(counts(&simulated_by), [1, 4, 0, 1]);
    let spent = 7_500 + 13_500 + 9_500 + 21_500 + 1_600;
    for side in [&current, &simulated_by] {
        assert_eq!(side.spends, [v1::CountedSpend { currency: "usd".to_owned(), spend_minor: spent }]);
    }
    // Under 100 dollars b and d qualify with their first payment, and each has a second one.
    assert_eq!(costs(&campaign, &current), [(2, 0), (2, 1_000), (2, 3_200), (3, 700 + 700), (1, 70), (5, 0)]);
    let both = costs(&campaign, &simulated_by);
    let capped = (5, (600 + 100 + 700) + 700);
    assert_eq!(both, [(4, 0), (3, 1_500), (4, 600 + 1_200 + 800 + 2_000), capped, (1, 70), (5, 0)]);
    let moves: Vec<_> = simulation
        .changes
        .iter()
        .map(|change| {
            let (now, then) = (change.current.clone().expect("now"), change.simulated.clone().expect("then"));
            assert_eq!((now.id, now.rule_version, then.rule_version), (then.id, 1, 2));
            (now.person.expect("a person").email, now.state.try_into(), then.state.try_into())
        })
        .collect();
    let qualifies = |email: &str| (email.to_owned(), Ok(ReferralState::Pending), Ok(ReferralState::Qualified));
    assert_eq!(moves, [qualifies("a@example.com"), qualifies("c@example.com")]);
    assert_eq!(simulation.changing_count, 2);
    assert_eq!(server.campaign_now(&campaign.id).await.rule_version, 1, "nothing is changed");

    apply(server, &campaign, target(5_000)).await;
    let then = simulated(server, asked(&campaign, target(5_000))).await;
    assert_eq!(then.current.as_ref(), Some(&simulated_by), "it comes as it was said");
    assert_eq!((then.simulated, then.changing_count, then.changes.len()), (then.current, 0, 0));
    for (rule, (count, _)) in campaign.reward_rules.iter().zip(both) {
        let filter = v1::ListRewardsRequest { campaign_id: campaign.id.clone(), page_size: 500, ..Default::default() };
        let rewards = server.rewards_by(filter).await;
        let owed = rewards.iter().filter(|reward| reward.rule_id == rule.id && reward.unearned_at.is_none());
        assert_eq!(owed.count() as u64, count, "{rule:?}");
    }
}

both_databases!(a_mask_tries_some_fields_and_the_others_are_those_of_the_campaign);
async fn a_mask_tries_some_fields_and_the_others_are_those_of_the_campaign(server: &Server) {
    let campaign = server.campaign(v1::Rule { window_days: 10, ..RULE }).await;
    let maya = server.referrer("maya@example.com").await;
    server.register(&campaign, &maya, "ben@example.com").await;
    server.advance_days(12);
    server.pay("ben@example.com", 10_000).await;
    server.sweep().await;
    let rule = v1::Rule { window_days: 15, target_minor: 1, ..v1::Rule::default() };
    let rule_mask = Some(FieldMask { paths: vec!["window_days".to_owned()] });
    let simulation = simulated(server, v1::SimulateRuleRequest { rule_mask, ..asked(&campaign, rule) }).await;
    let tried = simulation.rule.expect("the whole rule");
    assert_eq!((tried.window_days, tried.target_minor, tried.currency.as_str()), (15, 10_000, "usd"));
    assert_eq!(counts(&simulation.current.expect("a side")), [0, 0, 1, 0]);
    let then = simulation.simulated.expect("a side");
    assert_eq!((counts(&then), then.spends[0].spend_minor), ([0, 1, 0, 0], 10_000), "a payment after the old window");
    let current = simulated(server, asked(&campaign, v1::Rule { window_days: 5, ..target(10_000) })).await;
    assert_eq!(current.changing_count, 0);

    for (paths, wrong) in [
        (vec!["target"], vec!["rule_mask"]),
        (vec!["window_days", "currency"], vec!["rule.currency", "rule.window_days"]),
        (vec![], vec!["rule.currency", "rule.target_minor", "rule.window_days"]),
    ] {
        let rule_mask = Some(FieldMask { paths: paths.into_iter().map(str::to_owned).collect() });
        let request = v1::SimulateRuleRequest { rule_mask, ..asked(&campaign, v1::Rule::default()) };
        let status = server.caller.campaigns().simulate_rule(request).await.expect_err("it is no rule");
        assert_eq!(Refusal::of(&status).fields(), wrong);
    }
}

both_databases!(changes_come_in_pages_and_only_the_first_counts);
async fn changes_come_in_pages_and_only_the_first_counts(server: &Server) {
    let campaign = server.campaign(RULE).await;
    let mut ids = Vec::new();
    for referrer in 0..3 {
        let referrer = server.referrer(&format!("r{referrer}@example.com")).await;
        for person in 0..3 {
            let email = format!("p{person}.{}@example.com", referrer.code);
            ids.push((referrer.id.clone(), server.register(&campaign, &referrer, &email).await.id));
            server.pay(&email, if person == 1 { 100 } else { 6_000 }).await;
        }
    }
    let mut request = v1::SimulateRuleRequest { page_size: 2, ..asked(&campaign, target(5_000)) };
    let (mut seen, mut pages) = (Vec::new(), 0);
    loop {
        let page = simulated(server, request.clone()).await;
        assert_eq!((page.current.is_some(), page.changing_count), (pages == 0, if pages == 0 { 6 } else { 0 }));
        assert!(page.changes.len() <= 2);
        seen.extend(page.changes.into_iter().map(|change| {
            let now = change.current.expect("now");
            (now.referrer_id, now.id)
        }));
        pages += 1;
        request.page_token = page.next_page_token;
        if request.page_token.is_empty() {
            break;
        }
        let other = v1::SimulateRuleRequest { rule: Some(target(1_000)), ..request.clone() };
        let status = server.caller.campaigns().simulate_rule(other).await.expect_err("it is of another rule");
        assert_eq!(Refusal::of(&status).reason, "INVALID_PAGE_TOKEN");
    }
    let mut wanted: Vec<_> = ids.into_iter().enumerate().filter(|(i, _)| i % 3 != 1).map(|(_, id)| id).collect();
    wanted.sort();
    assert_eq!((seen, pages), (wanted, 3));
}

both_databases!(payments_are_recorded_meanwhile_and_seen_by_the_next);
async fn payments_are_recorded_meanwhile_and_seen_by_the_next(server: &Server) {
    let campaign = server.campaign(RULE).await;
    let maya = server.referrer("maya@example.com").await;
    for n in 0..3 {
        server.register(&campaign, &maya, &format!("p{n}@example.com")).await;
    }
    let id = CampaignId::parse(&campaign.id).expect("an id");
    let (anybody, same) = (Principal::internal(&Scope::ALL), |rule: &Rule| Ok(rule.clone()));
    let trial = server.app.begin_simulation(&anybody, id, same, (0, "")).await.expect("it begins");
    // It has begun, and stands for as long as nobody carries it out.
    for n in 0..2 {
        server.pay(&format!("p{n}@example.com"), 10_000).await;
    }
    let another = server.caller.campaigns().simulate_rule(asked(&campaign, target(1))).await;
    let refusal = Refusal::of(&another.expect_err("one at a time"));
    assert_eq!(refusal.kind(), (Code::ResourceExhausted, "OVERLOADED"));
    assert!(refusal.retry_after.is_some(), "{refusal:?}");
    let (told, mut heard) = mpsc::channel(1);
    tokio::spawn(trial.carry_out(told));
    let mut last = None;
    while let Some(progress) = heard.recv().await {
        last = progress.expect("it goes on").outcome;
    }
    let current = last.expect("what came out").simulation.expect("both sides").current;
    assert_eq!((current.pending, current.qualified), (3, 0), "it looks at one moment");
    let next = simulated(server, asked(&campaign, target(10_000))).await;
    assert_eq!(counts(&next.current.expect("a side")), [1, 2, 0, 0]);
    drop(begin(server, asked(&campaign, target(1))).await);
    Server::until("who hangs up ends it", async || {
        server.caller.campaigns().simulate_rule(asked(&campaign, target(1))).await.is_ok()
    })
    .await;
}

both_databases!(it_ends_while_nothing_can_be_written);
async fn it_ends_while_nothing_can_be_written(server: &Server) {
    let campaign = server.campaign(RULE).await;
    let maya = server.referrer("maya@example.com").await;
    server.register(&campaign, &maya, "ben@example.com").await;
    server.pay("ben@example.com", 6_000).await;
    let held = server.hold_the_writes().await;
    let simulation = simulated(server, asked(&campaign, target(5_000))).await;
    held.let_go().await;
    let sides = (simulation.current.expect("a side"), simulation.simulated.expect("a side"));
    assert_eq!((counts(&sides.0), counts(&sides.1)), ([1, 0, 0, 0], [0, 1, 0, 0]));
}
