//! A campaign with a million referrals spread over a year, each with a payment: `GetCampaignStats` by total, month, week and
//! day, in a zone whose midnights are those of UTC and in one whose are not, and `SimulateRule`. Run by
//! `just bench --bench stats`.

#![allow(
    clippy::disallowed_methods,
    clippy::cast_precision_loss,
    missing_docs,
    reason = "a benchmark reads the real clock and prints figures"
)]

#[path = "../tests/support/postgres.rs"]
mod postgres;
mod support;

use std::time::Instant;

use prost_types::{FieldMask, Timestamp};
use referrald::proto::v1;
use referrald::proto::v1::Granularity;
use referrald::proto::v1::campaign_service_client::CampaignServiceClient;
use referrald::proto::v1::referral_service_client::ReferralServiceClient;
use referrald::proto::v1::reward_rule::{Kind, Trigger};
use sqlx::{Connection, Executor, PgConnection, SqliteConnection};
use support::{Run, Server, millis, number, people};
use tonic::transport::Channel;

/// The end of the year that they are spread over: 2026-01-01T00:00:00Z.
const YEAR_ENDS_AT: i64 = 1_767_225_600;
const YEAR_SECONDS: i64 = 365 * 86_400;

#[tokio::main]
async fn main() {
    let referrals = number("REFERRALD_BENCH_REFERRALS", 1_000_000);
    let calls = number("REFERRALD_BENCH_CALLS", 500);
    println!("{:<9} {:<8} {:<14} {:>8} {:>8} {:>8}", "database", "by", "time zone", "periods", "p50 ms", "p99 ms");
    for database in ["sqlite", "postgres"] {
        let folder = tempfile::tempdir().expect("a folder");
        let url = support::database(database, folder.path());
        let server = Server::start(&url, folder.path());
        let campaign = campaign(&server).await;
        let began = Instant::now();
        fill(&url, &campaign, i64::try_from(referrals).expect("small")).await;
        println!("{database:<9} {referrals} referrals written in {:.0} s", began.elapsed().as_secs_f64());
        let channel = people::connect(&server.grpc).await;
        for zone in ["UTC", "Europe/Berlin", "Asia/Kolkata"] {
            for by in [Granularity::Unspecified, Granularity::Month, Granularity::Week, Granularity::Day] {
                let (periods, run) = run(&channel, asked(&campaign, by, zone), calls, referrals as u64).await;
                let by = by.as_str_name().trim_start_matches("GRANULARITY_").to_lowercase();
                let by = if by == "unspecified" { "total" } else { &by };
                println!(
                    "{database:<9} {by:<8} {zone:<14} {periods:>8} {:>8.2} {:>8.2}",
                    millis(run.p50),
                    millis(run.p99)
                );
            }
        }
        simulate(database, &server, &channel, campaign).await;
    }
}

/// Tries another target: how long that takes, and what the service has in memory before and at most.
async fn simulate(database: &str, server: &Server, channel: &Channel, campaign_id: String) {
    let rule = Some(v1::Rule { target_minor: 5_000, ..Default::default() });
    let rule_mask = Some(FieldMask { paths: vec!["target_minor".to_owned()] });
    let request = v1::SimulateRuleRequest { campaign_id, rule, rule_mask, ..Default::default() };
    let (before, began) = (server.resident_kib(), Instant::now());
    let mut client = CampaignServiceClient::new(channel.clone());
    let mut told = client.simulate_rule(request).await.expect("it begins").into_inner();
    let (mut highest, mut last) = (before, None);
    while let Some(answer) = told.message().await.expect("it goes on") {
        highest = highest.max(server.resident_kib());
        last = Some(answer);
    }
    let last = last.expect("how far it is");
    let simulation = last.simulation.expect("what came out");
    println!(
        "{database:<9} simulated {} referrals in {:.0} s, {} would change; memory {:.1} MiB before, {:.1} MiB at most",
        last.referrals_done,
        began.elapsed().as_secs_f64(),
        simulation.changing_count,
        before as f64 / 1024.0,
        highest as f64 / 1024.0
    );
}

/// A campaign with one referral, which is there to be copied.
async fn campaign(server: &Server) -> String {
    let channel = people::connect(&server.grpc).await;
    let mug = v1::RewardRule {
        recipient: v1::RewardRecipient::Referrer.into(),
        trigger: Some(Trigger::Qualified(v1::QualifiedTrigger {})),
        kind: Some(Kind::Custom(v1::CustomReward { payload: "a mug".to_owned() })),
        ..Default::default()
    };
    let campaign = people::campaign(channel.clone(), vec![mug]).await;
    people::register(&mut ReferralServiceClient::new(channel), &campaign, "bob@example.com".to_owned()).await;
    campaign
}

fn asked(campaign: &str, by: Granularity, zone: &str) -> v1::GetCampaignStatsRequest {
    let at = |seconds| Some(Timestamp { seconds, nanos: 0 });
    v1::GetCampaignStatsRequest {
        campaign_id: campaign.to_owned(),
        since: at(YEAR_ENDS_AT - YEAR_SECONDS),
        until: at(YEAR_ENDS_AT),
        granularity: by.into(),
        time_zone: zone.to_owned(),
    }
}

/// Calls one after the other; every answer has everybody in it.
async fn run(channel: &Channel, request: v1::GetCampaignStatsRequest, calls: usize, referrals: u64) -> (usize, Run) {
    let mut client = CampaignServiceClient::new(channel.clone());
    let (mut each, mut periods, began) = (Vec::new(), 0, Instant::now());
    for _ in 0..calls {
        let called = Instant::now();
        let answer = client.get_campaign_stats(request.clone()).await.expect("counted").into_inner();
        each.push(called.elapsed());
        let total = answer.total.expect("a total");
        assert_eq!((total.registered_count, total.rewards.len()), (referrals, 3), "everybody, and all rewards");
        periods = answer.periods.len();
    }
    (periods, Run::new(began.elapsed(), each))
}

/// Copies the referral of a campaign over a year, gives half of them a reward in one of three states, and counts all of it
/// by the statements of the migration, as an installation does that has them already.
async fn fill(url: &str, campaign: &str, number: i64) {
    let (series, pad) = if url.starts_with("sqlite") {
        (
            "(with recursive s(n) as (select 1 union all select n + 1 from s where n < NUMBER) select n from s) as s",
            "printf('%032x', n)",
        )
    } else {
        ("generate_series(cast(1 as bigint), NUMBER) as s(n)", "lpad(to_hex(n), 32, '0')")
    };
    let at = format!("{YEAR_ENDS_AT}000000 - n * ({YEAR_SECONDS}000000 / {number})");
    let state =
        "case n % 10 when 0 then 'DISQUALIFIED' when 1 then 'PENDING' when 2 then 'EXPIRED' else 'QUALIFIED' end";
    let referrals = format!(
        "insert into referrals (id, ledger_id, campaign_id, referrer_id, email, email_identity, custom, registered_at, \
         rule_version, state, disqualified_reason, spend_minor, revision, created_at, updated_at, customer_sync) \
         select 'ref_' || {pad}, r.ledger_id, r.campaign_id, r.referrer_id, {pad} || '@example.com', {pad} || '@example.com', \
         r.custom, {at}, r.rule_version, {state}, case n % 10 when 0 then 'SELF_REFERRAL' end, n % 20000, 1, {at}, {at}, \
         'NOT_NEEDED' from referrals r cross join {series} where r.campaign_id = '{campaign}'"
    );
    let rewards = format!(
        "insert into rewards (id, ledger_id, campaign_id, rule_id, recipient_id, cause_type, cause, round, state, \
         amount_minor, given_minor, currency, held_until, revision, created_at, updated_at) \
         select 'rwd_' || {pad}, r.ledger_id, r.campaign_id, 'rwr_1', r.referrer_id, 'REFERRAL', {pad}, 1, \
         case n % 3 when 0 then 'ISSUED' when 1 then 'REVERSED' else 'DUE' end, 500, case n % 3 when 0 then 500 else 0 end, \
         'eur', {at}, 1, {at}, {at} from referrals r cross join {series} \
         where r.email = 'bob@example.com' and r.campaign_id = '{campaign}'"
    );
    let charges = format!(
        "insert into charges (ledger_id, id, currency, created_at, status, amount_minor, captured_minor, released_minor, \
         refunded) select r.ledger_id, 'ch_' || {pad}, 'eur', {at}, 'SUCCEEDED', n % 20000 + 1, n % 20000 + 1, 0, '[]' \
         from referrals r cross join {series} where r.email = 'bob@example.com' and r.campaign_id = '{campaign}'"
    );
    let identities = format!(
        "insert into identities (ledger_id, object_id, kind, value, object_type, first_seen_at) \
         select r.ledger_id, 'ch_' || {pad}, 'EMAIL', {pad} || '@example.com', 'CHARGE', {at} \
         from referrals r cross join {series} where r.email = 'bob@example.com' and r.campaign_id = '{campaign}'"
    );
    let (count, halves) = (number.to_string(), (number / 2).to_string());
    let migration = if url.starts_with("sqlite") {
        include_str!("../migrations/sqlite/0009_stats.sql")
    } else {
        include_str!("../migrations/postgres/0009_stats.sql")
    };
    let count_all = &migration[migration.find("insert into referral_counts").expect("it fills the tables")..];
    let text = [
        "begin".to_owned(),
        referrals.replace("NUMBER", &count),
        rewards.replace("NUMBER", &halves).replace(&format!("/ {number}"), &format!("/ {halves}")),
        charges.replace("NUMBER", &count),
        identities.replace("NUMBER", &count),
        "delete from referral_counts".to_owned(),
        "delete from reward_counts".to_owned(),
        count_all.trim_end().trim_end_matches(';').to_owned(),
        "commit".to_owned(),
        "analyze".to_owned(),
    ]
    .join(";\n");
    let text = sqlx::raw_sql(sqlx::AssertSqlSafe(text));
    if url.starts_with("sqlite") {
        SqliteConnection::connect(url).await.expect("opens").execute(text).await.expect("written");
    } else {
        PgConnection::connect(url).await.expect("connects").execute(text).await.expect("written");
    }
}
