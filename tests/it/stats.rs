//! The numbers of a campaign: those that counting the lists gives, whatever happens and however they are cut.

use std::collections::BTreeMap;

use prost_types::{FieldMask, Timestamp};
use referrald::domain::time::Time;
use referrald::fake_stripe::FakeStripe;
use referrald::proto::v1;
use referrald::proto::v1::reward_rule::{Kind, Trigger};
use referrald::proto::v1::stripe_credit::Amount;
use referrald::proto::v1::{
    CampaignStats, Granularity, Referral, ReferralState, Reward, RewardRecipient, RewardRule, RewardState,
};
use referrald::stripe::sample;
use tonic::Code;

use crate::harness::{Caller, Payment, RULE, Server, both_databases, each_qualified, refused, timestamp};

/// Clocks in Berlin go back by an hour in that night: 2030-10-27T01:00:00Z.
const CLOCKS_GO_BACK: Time = Time::from_seconds(1_919_293_200);

fn asked(campaign: &v1::Campaign) -> v1::GetCampaignStatsRequest {
    v1::GetCampaignStatsRequest { campaign_id: campaign.id.clone(), ..v1::GetCampaignStatsRequest::default() }
}

fn by(granularity: Granularity, time_zone: &str, campaign: &v1::Campaign) -> v1::GetCampaignStatsRequest {
    v1::GetCampaignStatsRequest { granularity: granularity.into(), time_zone: time_zone.to_owned(), ..asked(campaign) }
}

async fn stats(caller: &Caller, request: v1::GetCampaignStatsRequest) -> (CampaignStats, Vec<CampaignStats>) {
    let answer = caller.campaigns().get_campaign_stats(request).await.expect("counted").into_inner();
    (answer.total.expect("a total"), answer.periods)
}

/// The numbers are those of the lists: altogether, and by day, week and month in zones that have little in common.
pub async fn agree_with_lists(caller: &Caller, campaign: &v1::Campaign) {
    let (referrals, rewards) = (referrals_of(caller, campaign).await, rewards_of(caller, campaign, 3).await);
    for (granularity, zone) in [
        (Granularity::Unspecified, ""),
        (Granularity::Day, "Europe/Berlin"),
        (Granularity::Week, "America/New_York"),
        (Granularity::Month, "Asia/Kathmandu"),
    ] {
        let (total, periods) = stats(caller, by(granularity, zone, campaign)).await;
        let all = counted(&referrals, &rewards, (total.starts_at, total.ends_at), |_| true);
        assert_eq!(total, all, "in all, by {granularity:?} in {zone}, and counted from the lists");
        let mut end = total.starts_at;
        for period in &periods {
            let within = |at: Timestamp| {
                Some(at.seconds) >= seconds(period.starts_at) && Some(at.seconds) < seconds(period.ends_at)
            };
            let lists = counted(&referrals, &rewards, (period.starts_at, period.ends_at), within);
            assert_eq!(*period, lists, "by {granularity:?} in {zone}, and counted from the lists");
            assert_eq!(period.starts_at, end, "without a gap");
            end = period.ends_at;
        }
        assert_eq!(periods.is_empty(), granularity == Granularity::Unspecified);
        assert!(periods.is_empty() || end == total.ends_at, "up to the end");
    }
}

fn seconds(at: Option<Timestamp>) -> Option<i64> {
    at.map(|at| at.seconds)
}

/// What the lists come to, of what was registered and earned at these times.
fn counted(
    referrals: &[Referral],
    rewards: &[Reward],
    (starts_at, ends_at): (Option<Timestamp>, Option<Timestamp>),
    within: impl Fn(Timestamp) -> bool,
) -> CampaignStats {
    let referrals: Vec<&Referral> =
        referrals.iter().filter(|referral| within(referral.registered_at.expect("a time"))).collect();
    let many = |is: &dyn Fn(&Referral) -> bool| referrals.iter().filter(|referral| is(referral)).count() as u64;
    let of = |state: ReferralState| many(&|referral| referral.state() == state);
    let (mut reasons, mut spends, mut states) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    for referral in &referrals {
        *spends.entry(referral.currency.clone()).or_insert(0) += referral.spend_minor;
        if referral.state() == ReferralState::Disqualified {
            *reasons.entry(referral.disqualified_reason).or_insert(0) += 1;
        }
    }
    for reward in rewards.iter().filter(|reward| within(reward.created_at.expect("a time"))) {
        let (count, amount, given) = states.entry((reward.state, reward.currency.clone())).or_insert((0, 0, 0));
        *count += 1;
        *amount += reward.amount_minor.unwrap_or(0);
        *given += reward.given_minor;
    }
    let reason = |(reason, referral_count)| v1::DisqualifiedCount { reason, referral_count };
    let spend = |(currency, spend_minor)| v1::CountedSpend { currency, spend_minor };
    let state = |((state, currency), (reward_count, amount_minor, given_minor))| v1::RewardCount {
        state,
        currency,
        reward_count,
        amount_minor,
        given_minor,
    };
    CampaignStats {
        starts_at,
        ends_at,
        registered_count: referrals.len() as u64,
        pending_count: of(ReferralState::Pending),
        qualified_count: of(ReferralState::Qualified),
        expired_count: of(ReferralState::Expired),
        disqualified_count: of(ReferralState::Disqualified),
        disqualified: reasons.into_iter().map(reason).collect(),
        unqualified_count: many(&|referral| referral.unqualified_at.is_some()),
        spends: spends.into_iter().map(spend).collect(),
        rewards: states.into_iter().map(state).collect(),
    }
}

async fn referrals_of(caller: &Caller, campaign: &v1::Campaign) -> Vec<Referral> {
    let (mut referrals, mut page_token) = (Vec::new(), String::new());
    loop {
        let campaign_id = campaign.id.clone();
        let request =
            v1::ListReferralsRequest { campaign_id, page_size: 3, page_token, ..v1::ListReferralsRequest::default() };
        let page = caller.referrals().list_referrals(request).await.expect("a page").into_inner();
        referrals.extend(page.referrals);
        page_token = page.next_page_token;
        if page_token.is_empty() {
            return referrals;
        }
    }
}

/// All pages of the rewards of a campaign.
pub async fn rewards_of(caller: &Caller, campaign: &v1::Campaign, page_size: i32) -> Vec<Reward> {
    let (mut rewards, mut page_token) = (Vec::new(), String::new());
    loop {
        let campaign_id = campaign.id.clone();
        let request =
            v1::ListRewardsRequest { campaign_id, page_size, page_token, ..v1::ListRewardsRequest::default() };
        let page = caller.rewards().list_rewards(request).await.expect("a page").into_inner();
        rewards.extend(page.rewards);
        page_token = page.next_page_token;
        if page_token.is_empty() {
            return rewards;
        }
    }
}

/// Something for whoever brings somebody and for them, held for two weeks; and something for everybody who signs up.
fn reward_rules() -> Vec<RewardRule> {
    let welcome = Trigger::Registered(v1::RegisteredTrigger {});
    let referred = RewardRecipient::Referred.into();
    vec![
        each_qualified(),
        RewardRule { recipient: referred, hold_days: 14, ..each_qualified() },
        RewardRule { recipient: referred, trigger: Some(welcome), auto_issue: true, ..each_qualified() },
    ]
}

/// Takes the tables back to what they were before there were any, and brings the database to this version again.
async fn fill_again(server: &Server) {
    let mut tx = server.app.store.write().await.expect("begins");
    for text in
        ["drop table referral_counts", "drop table reward_counts", "delete from _sqlx_migrations where version = 9"]
    {
        tx.run(text, vec![]).await.expect("undone");
    }
    tx.commit().await.expect("committed");
    server.app.store.migrate().await.expect("migrated");
}

async fn disqualify(server: &Server, referral: &Referral) {
    let (referral_id, reason) = (referral.id.clone(), "a fraud".to_owned());
    let request = v1::DisqualifyReferralRequest { referral_id, reason, etag: String::new() };
    server.caller.qualifications().disqualify_referral(request).await.expect("disqualified");
}

async fn clear_override(server: &Server, referral: &Referral) {
    let request = v1::ClearOverrideRequest { referral_id: referral.id.clone(), etag: String::new() };
    server.caller.qualifications().clear_override(request).await.expect("cleared");
}

/// Another rule, for the referrals of before, too.
async fn ruled(server: &Server, campaign: &v1::Campaign, rule: v1::Rule) {
    let changed = v1::Campaign { id: campaign.id.clone(), rule: Some(rule), ..v1::Campaign::default() };
    let update_mask = Some(FieldMask { paths: vec!["rule".to_owned()] });
    let request = v1::UpdateCampaignRequest { campaign: Some(changed), update_mask, apply_to_existing: true };
    server.caller.campaigns().update_campaign(request).await.expect("the rule may be so");
    server.sweep().await;
}

/// A campaign with people in every state, who have rewards in many; after each step the numbers are those of the lists.
async fn eventful(server: &Server) -> v1::Campaign {
    let campaign = server.rewarding(reward_rules()).await;
    let numbers = async || agree_with_lists(&server.caller, &campaign).await;
    numbers().await;
    let maya = server.referrer("maya@example.com").await;
    server.customer("cus_old", "old@example.com", server.now().plus_days(-90)).await;
    let mut people = BTreeMap::new();
    for (name, days_ago) in [("ben", 0), ("eve", 3), ("zoe", 29), ("leo", 45), ("old", 2), ("maya", 2), ("kim", 100)] {
        let at = server.now().plus_days(-days_ago);
        let referral = server.register_at(&campaign, &maya, &format!("{name}@example.com"), at).await;
        people.insert(name, referral);
        numbers().await;
    }
    let ben = server.pay("ben@example.com", 10_000).await;
    let eve = server.pay("eve@example.com", 4_000).await;
    server.take(Payment::of("zoe@example.com", 20_000).at(server.now().plus_days(-20))).await;
    numbers().await;
    server.pay("eve@example.com", 6_000).await;
    // What comes within one second is one step.
    server.clock.advance_seconds(3_600);
    server.refund(&eve, 1_000).await;
    let refund = server.refund(&ben, 5_000).await;
    numbers().await;
    assert_eq!(server.stands(&people["ben"].id).await.0, ReferralState::Pending, "he was qualified");
    disqualify(server, &people["zoe"]).await;
    numbers().await;
    server.advance_days(2);
    server.sweep().await;
    server.fail(&refund).await;
    server.dispute(&eve, 3_000, server.now(), "needs_response").await;
    numbers().await;
    let due = rewards_of(&server.caller, &campaign, 3).await;
    let due: Vec<&Reward> = due.iter().filter(|reward| reward.state() == RewardState::Due).collect();
    server.approve(due[0]).await;
    server.cancel(due.last().expect("several")).await;
    numbers().await;
    server.advance_days(15);
    server.sweep().await;
    clear_override(server, &people["zoe"]).await;
    numbers().await;
    disqualify(server, &people["ben"]).await;
    disqualify(server, &people["kim"]).await;
    server.advance_days(20);
    server.sweep().await;
    numbers().await;
    campaign
}

both_databases!(the_numbers_are_those_of_the_lists_after_everything_that_happens);
async fn the_numbers_are_those_of_the_lists_after_everything_that_happens(server: &Server) {
    let campaign = eventful(server).await;
    let (total, _) = stats(&server.caller, asked(&campaign)).await;
    assert_eq!(total.registered_count, 7);
    for (what, count) in [
        ("qualified", total.qualified_count),
        ("expired", total.expired_count),
        ("unqualified", total.unqualified_count),
        ("disqualified", total.disqualified_count),
    ] {
        assert!(count > 0, "some are {what}: {total:?}");
    }
    assert_eq!(total.disqualified.len(), 3, "for each reason: {total:?}");
    assert!(total.rewards.len() > 3, "in many states: {total:?}");
}

both_databases!(a_rule_in_another_currency_moves_the_spend_there);
async fn a_rule_in_another_currency_moves_the_spend_there(server: &Server) {
    let campaign = server.rewarding(reward_rules()).await;
    let maya = server.referrer("maya@example.com").await;
    for (name, days_ago) in [("ben", 0), ("eve", 10)] {
        let at = server.now().plus_days(-days_ago);
        server.register_at(&campaign, &maya, &format!("{name}@example.com"), at).await;
        server.pay(&format!("{name}@example.com"), 10_000).await;
        server.take(Payment::of(&format!("{name}@example.com"), 7_000).in_currency("eur")).await;
    }
    let spend = |currency: &str, spend_minor| v1::CountedSpend { currency: currency.to_owned(), spend_minor };
    let spends = async || stats(&server.caller, asked(&campaign)).await.0.spends;
    assert_eq!(spends().await, [spend("usd", 20_000)]);
    let euros = v1::Rule { currency: "eur".to_owned(), target_minor: 7_000, ..RULE };
    ruled(server, &campaign, euros.clone()).await;
    assert_eq!(spends().await, [spend("eur", 14_000)], "no zeros are left of dollars");
    agree_with_lists(&server.caller, &campaign).await;

    let changed = v1::Rule { currency: "usd".to_owned(), ..euros };
    let changed = v1::Campaign { id: campaign.id.clone(), rule: Some(changed), ..v1::Campaign::default() };
    let update_mask = Some(FieldMask { paths: vec!["rule".to_owned()] });
    let request = v1::UpdateCampaignRequest { campaign: Some(changed), update_mask, apply_to_existing: false };
    server.caller.campaigns().update_campaign(request).await.expect("the rule may be so");
    server.register(&campaign, &maya, "zoe@example.com").await;
    server.pay("zoe@example.com", 9_000).await;
    assert_eq!(spends().await, [spend("eur", 14_000), spend("usd", 9_000)]);
    agree_with_lists(&server.caller, &campaign).await;
}

both_databases!(beside_stripe: credits_are_counted_on_their_way_out_and_back);
async fn credits_are_counted_on_their_way_out_and_back(server: &Server, stripe: &FakeStripe) {
    stripe.add("customers", sample::customer("cus_maya", "maya@example.com", "Maya", server.now()));
    let points = Amount::BasisPoints(v1::BasisPoints { points: 1_000, cap_minor: 0 });
    let share = Kind::StripeCredit(v1::StripeCredit { amount: Some(points) });
    let rule = RewardRule { kind: Some(share), auto_issue: true, ..each_qualified() };
    let campaign = server.rewarding(vec![rule]).await;
    let maya = server.referrer("maya@example.com").await;
    let stands = async |state: RewardState| {
        let stands = async || server.rewards_of(&maya.id).await.iter().any(|reward| reward.state() == state);
        Server::until(&format!("a reward is {state:?}"), stands).await;
        agree_with_lists(&server.caller, &campaign).await;
        stats(&server.caller, asked(&campaign)).await.0.rewards
    };
    let ben = server.register(&campaign, &maya, "ben@example.com").await;
    server.until_sync(&ben.id, v1::CustomerSyncState::Done).await;
    let charge = server.pay("ben@example.com", 12_000).await;
    let reward = |state: RewardState, given_minor| v1::RewardCount {
        state: state.into(),
        currency: "usd".to_owned(),
        reward_count: 1,
        amount_minor: 1_200,
        given_minor,
    };
    assert_eq!(stands(RewardState::Issued).await, [reward(RewardState::Issued, 1_200)]);
    fill_again(server).await;
    assert_eq!(
        stands(RewardState::Issued).await,
        [reward(RewardState::Issued, 1_200)],
        "also where it was there before"
    );
    server.refund(&charge, 12_000).await;
    assert_eq!(stands(RewardState::Reversed).await, [reward(RewardState::Reversed, 0)]);
}

both_databases!(the_tables_are_filled_from_the_referrals_and_rewards_that_were_there_before);
async fn the_tables_are_filled_from_the_referrals_and_rewards_that_were_there_before(server: &Server) {
    let campaign = eventful(server).await;
    fill_again(server).await;
    agree_with_lists(&server.caller, &campaign).await;
    let (total, _) = stats(&server.caller, asked(&campaign)).await;
    assert_eq!(total.registered_count, 7);
}

both_databases!(a_day_is_that_of_the_zone_also_where_clocks_go_back);
async fn a_day_is_that_of_the_zone_also_where_clocks_go_back(server: &Server) {
    server.clock.advance_seconds(CLOCKS_GO_BACK.seconds() - server.now().seconds() + 2 * 86_400 + 60);
    let campaign = server.campaign(RULE).await;
    let maya = server.referrer("maya@example.com").await;
    // Midnight in Berlin is at 22:00 before that night, and at 23:00 after it.
    let (midnight, next) = (CLOCKS_GO_BACK.plus_seconds(-3 * 3_600), CLOCKS_GO_BACK.plus_seconds(22 * 3_600));
    for (number, at) in
        [midnight.plus_seconds(-1), midnight, CLOCKS_GO_BACK, next.plus_seconds(-1), next].into_iter().enumerate()
    {
        server.register_at(&campaign, &maya, &format!("person{number}@example.com"), at).await;
    }
    let (since, until) = (midnight.plus_days(-1), next.plus_days(1));
    let request = v1::GetCampaignStatsRequest {
        since: Some(timestamp(since)),
        until: Some(timestamp(until)),
        ..by(Granularity::Day, "Europe/Berlin", &campaign)
    };
    let (total, periods) = stats(&server.caller, request).await;
    let days: Vec<(i64, u64)> = periods
        .iter()
        .map(|day| {
            (seconds(day.ends_at).expect("an end") - seconds(day.starts_at).expect("a start"), day.registered_count)
        })
        .collect();
    assert_eq!(days, [(24 * 3_600, 1), (25 * 3_600, 3), (24 * 3_600, 1)]);
    assert_eq!(
        (total.registered_count, total.starts_at, total.ends_at),
        (5, Some(timestamp(since)), Some(timestamp(until)))
    );
    agree_with_lists(&server.caller, &campaign).await;

    // Half of that day: what is registered at the very end is not in it.
    let request = v1::GetCampaignStatsRequest {
        since: Some(timestamp(midnight.plus_seconds(900))),
        until: Some(timestamp(next)),
        ..by(Granularity::Month, "Europe/Berlin", &campaign)
    };
    let (total, periods) = stats(&server.caller, request).await;
    assert_eq!((total.registered_count, periods.len()), (2, 1));
    assert_eq!(periods[0], total, "a month that is cut off at both ends");
}

both_databases!(a_campaign_without_anybody_has_zeros_from_when_it_was_made_to_now);
async fn a_campaign_without_anybody_has_zeros_from_when_it_was_made_to_now(server: &Server) {
    let campaign = server.campaign(RULE).await;
    server.advance_days(1);
    let (total, periods) = stats(&server.caller, by(Granularity::Day, "", &campaign)).await;
    let made = campaign.created_at.expect("a time").seconds;
    let now = server.now().seconds();
    assert_eq!(seconds(total.starts_at), Some(made - made.rem_euclid(900)));
    assert_eq!(
        seconds(total.ends_at),
        Some(now - now.rem_euclid(900) + 900),
        "the quarter of an hour that is under way"
    );
    assert_eq!(periods.len(), 2, "yesterday and today");
    let empty =
        |of: &CampaignStats| CampaignStats { starts_at: of.starts_at, ends_at: of.ends_at, ..CampaignStats::default() };
    assert!(periods.iter().chain([&total]).all(|of| *of == empty(of)), "{periods:?}");
    let before = Some(timestamp(Time::from_seconds(900_000_000)));
    let (total, periods) =
        stats(&server.caller, v1::GetCampaignStatsRequest { until: before, ..by(Granularity::Day, "", &campaign) })
            .await;
    assert_eq!((total.starts_at, total.ends_at, periods.len()), (before, before, 0), "before all that there is");
}

both_databases!(what_cannot_be_counted_says_why_and_what_can);
async fn what_cannot_be_counted_says_why_and_what_can(server: &Server) {
    let campaign = server.campaign(RULE).await;
    let on = Time::from_seconds(1_800_000_000);
    let refusal = async |request: v1::GetCampaignStatsRequest, field: &str, words: &str| {
        let refusal = refused(server.caller.campaigns().get_campaign_stats(request).await);
        assert_eq!(refusal.kind(), (Code::InvalidArgument, "INVALID_FIELDS"));
        assert_eq!(refusal.fields, [field.to_owned()].into(), "{refusal:?}");
        assert!(refusal.message.contains(words), "{}", refusal.message);
    };
    let from = |since: Time, until: Time| v1::GetCampaignStatsRequest {
        since: Some(timestamp(since)),
        until: Some(timestamp(until)),
        ..asked(&campaign)
    };
    refusal(from(on.plus_seconds(1), on.plus_days(1)), "since", "10:15:00").await;
    refusal(from(on, on.plus_seconds(901)), "until", "quarter of an hour").await;
    refusal(from(on, on), "until", "after since").await;
    refusal(by(Granularity::Day, "Mars/Olympus", &campaign), "time_zone", "Mars/Olympus").await;
    let many = v1::GetCampaignStatsRequest { granularity: Granularity::Day.into(), ..from(on, on.plus_days(401)) };
    refusal(many.clone(), "granularity", "400").await;
    stats(&server.caller, v1::GetCampaignStatsRequest { granularity: Granularity::Month.into(), ..many }).await;
    let ahead = server.now().plus_days(2);
    let ahead = ahead.plus_seconds(-ahead.seconds().rem_euclid(900)).floor_to_second();
    let request = v1::GetCampaignStatsRequest { since: Some(timestamp(ahead)), ..asked(&campaign) };
    refusal(request.clone(), "since", "future").await;
    let until = Some(timestamp(ahead.plus_days(1)));
    let (total, _) = stats(&server.caller, v1::GetCampaignStatsRequest { until, ..request }).await;
    assert_eq!(total.registered_count, 0, "a time to come is asked for in vain, and may be");
}
