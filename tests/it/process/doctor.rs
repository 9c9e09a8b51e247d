//! The doctor, against real databases and a Stripe of ours: a healthy installation, and each fault once.

use std::net::TcpListener;
use std::path::Path;

use referrald::app::{Caller as Principal, Scope};
use referrald::domain::id::CampaignId;
use referrald::fake_stripe::{FakeStripe, Fault, How};
use referrald::proto::v1;
use referrald::proto::v1::reward_rule::Kind;
use referrald::stripe::client::API_VERSION;

use super::{ANY_PORT, SECRETS_KEY, Site, fails};
use crate::harness::{Database, Ended, Payment, Program, RULE, Server, advertised, both_databases, each_qualified};

/// The key with which the server of a story seals, and another.
const SEAL: &str = "0707070707070707070707070707070707070707070707070707070707070707";
const HOOKS: &str = "https://hooks.example";
const ACCOUNT: &str = "acct_Fake00000001";

/// What a doctor is told.
struct Ward {
    variables: Vec<(&'static str, String)>,
}

impl Ward {
    /// A server and its Stripe, with everything said.
    fn of(server: &Server, stripe: &FakeStripe) -> Self {
        let variables = [
            ("REFERRALD_DATABASE", server.database_url.as_str()),
            ("REFERRALD_SECRETS_KEY", SEAL),
            ("REFERRALD_STRIPE_KEY", "rk_test_hidden"),
            ("REFERRALD_STRIPE_URL", stripe.url()),
            ("REFERRALD_STRIPE_REQUESTS_PER_SECOND", "100"),
            ("REFERRALD_PUBLIC_URL", HOOKS),
        ];
        Self { variables: variables.map(|(name, value)| (name, value.to_owned())).into() }
    }

    /// The same with another value for a variable, or without it.
    fn with(&self, name: &'static str, value: Option<&str>) -> Self {
        let others = self.variables.iter().filter(|(other, _)| *other != name).cloned();
        let this = value.map(|value| (name, value.to_owned()));
        Self { variables: others.chain(this).collect() }
    }

    fn looked_at(&self) -> Ended {
        let variables: Vec<(&str, &str)> = self.variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let ended = Program::run(&["doctor"], &variables);
        assert!(!ended.said.contains("hidden") && !ended.said.contains("panicked"), "{}", ended.said);
        ended
    }

    /// Nothing but what begins so is amiss, and the exit status fits.
    #[track_caller]
    fn finds(&self, findings: &[&str]) {
        let ended = self.looked_at();
        let lines: Vec<&str> = ended.said.lines().collect();
        let amiss: Vec<&str> = lines.iter().filter(|line| !line.starts_with("ok ")).copied().collect();
        let problems = findings.iter().filter(|finding| finding.starts_with("problem")).count();
        let expected = findings.len() + usize::from(problems > 0);
        assert_eq!(amiss.len(), expected, "{findings:#?} are expected in:\n{}", ended.said);
        for finding in findings {
            // Two blanks stand between the beginning of a line and words that must be in it.
            let (start, words) = finding.split_once(" … ").unwrap_or((finding, ""));
            let found = amiss.iter().any(|line| line.starts_with(start) && line.contains(words));
            assert!(found, "{finding} is not in:\n{}", ended.said);
        }
        assert_eq!(ended.code, Some(i32::from(problems > 0)), "{}", ended.said);
    }
}

/// A rule that gives credit.
fn credit() -> v1::RewardRule {
    let amount = Some(v1::stripe_credit::Amount::AmountMinor(500));
    v1::RewardRule { kind: Some(Kind::StripeCredit(v1::StripeCredit { amount })), ..each_qualified() }
}

/// A live campaign whose endpoint is at Stripe.
async fn served(server: &Server, reward_rules: Vec<v1::RewardRule>) -> v1::Campaign {
    let campaign = server.rewarding(reward_rules).await;
    let id = CampaignId::parse(&campaign.id).expect("an id");
    server.app.create_endpoint(&Principal::internal(&Scope::ALL), id, false).await.expect("created");
    campaign
}

both_databases!(beside_stripe: a_healthy_installation_has_a_line_for_each_check_and_nothing_to_mend);
async fn a_healthy_installation_has_a_line_for_each_check_and_nothing_to_mend(server: &Server, stripe: &FakeStripe) {
    served(server, vec![credit()]).await;
    let before = (server.events("default", "TEST").await, stripe.all("webhook_endpoints"));
    let ended = Ward::of(server, stripe).looked_at();
    let expected = [
        "ok           database: it answers and is of this version".to_owned(),
        "ok           clock: it agrees with Stripe's".to_owned(),
        "ok           API keys: 1 can be used".to_owned(),
        "ok           secrets key: it is the one that made 2 secrets".to_owned(),
        "ok           signing secrets of default TEST: 2 active".to_owned(),
        format!("ok           Stripe key of default TEST: it is of account {ACCOUNT}"),
        format!(
            "ok           webhook endpoint of default TEST: {HOOKS}/webhooks/stripe/accounts/default is sent every type \
             that counts, in version {API_VERSION}"
        ),
        "ok           events at Stripe of default TEST: not compared yet; serve does it by itself, \"referrald \
         reconcile\" at once"
            .to_owned(),
        "ok           jobs: none has failed for good".to_owned(),
    ];
    assert_eq!(
        (ended.code, ended.said.lines().collect::<Vec<_>>()),
        (Some(0), expected.iter().map(String::as_str).collect())
    );
    let after = (server.events("default", "TEST").await, stripe.all("webhook_endpoints"));
    assert_eq!(before, after, "nothing was changed");
    assert!(["customers", "promotion_codes"].iter().all(|kind| stripe.all(kind).is_empty()));
}

both_databases!(beside_stripe: without_a_key_of_stripes_the_rest_is_checked);
async fn without_a_key_of_stripes_the_rest_is_checked(server: &Server, stripe: &FakeStripe) {
    let campaign = served(server, vec![]).await;
    let ward = Ward::of(server, stripe).with("REFERRALD_STRIPE_KEY", None);
    let endpoint = "not checked  webhook endpoint: there is no Stripe key";
    ward.finds(&["not checked  clock: there is no Stripe key", endpoint]);
    server.with_rewards(&campaign, vec![credit()]).await;
    ward.finds(&[
        "not checked  clock",
        endpoint,
        "problem      Stripe key of default TEST: there is none … stripe_credit; give one",
    ]);
    let ward = ward.with("REFERRALD_STRIPE_KEY", Some("eu=pk_test_hidden"));
    ward.finds(&[
        "problem      Stripe keys: … account \"eu\"",
        "not checked  clock",
        endpoint,
        "problem      Stripe key of default TEST",
    ]);
}

both_databases!(beside_stripe: a_clock_that_is_wrong_is_told_from_stripes);
async fn a_clock_that_is_wrong_is_told_from_stripes(server: &Server, stripe: &FakeStripe) {
    served(server, vec![]).await;
    let ward = Ward::of(server, stripe);
    // The clock of the story is Stripe's, and not the doctor's.
    for (seconds, finding) in [
        (100, "warning      clock: it is … behind Stripe's; set it"),
        (500, "problem      clock: it is … behind Stripe's; set it"),
        (-500, "problem      clock: it is … ahead of Stripe's; set it"),
    ] {
        server.clock.advance_seconds(seconds);
        ward.finds(&[finding]);
        server.clock.advance_seconds(-seconds);
    }
}

both_databases!(beside_stripe: keys_of_the_service_end_and_secrets_are_missing_or_sealed_by_another_key);
async fn keys_of_the_service_end_and_secrets_are_missing_or_sealed_by_another_key(
    server: &Server,
    stripe: &FakeStripe,
) {
    served(server, vec![]).await;
    let ward = Ward::of(server, stripe);
    let sealed = "problem      signing secrets of default TEST: 2 of 2 were sealed with another secrets key; give that key … : sec_";
    let another =
        "problem      secrets key: it is another than the one that made 2 secrets; give it back … --new-secrets-key";
    ward.with("REFERRALD_SECRETS_KEY", Some(SECRETS_KEY)).finds(&[another, sealed]);
    ward.with("REFERRALD_SECRETS_KEY", Some("0123")).finds(&["problem      secrets key: … 64 hexadecimal digits"]);

    let expires_at = Some(server.now().plus_days(13));
    let (key, _) = server.app.create_key("shop".into(), vec![Scope::Read], None, expires_at).await.expect("a key");
    ward.finds(&[&format!("warning      API keys: {} \"shop\" ends at … make another", key.id)]);
    server.launched(v1::Campaign { account: "eu".into(), ..advertised(RULE) }).await;
    server.app.revoke_key(key.id).await.expect("revoked");
    ward.finds(&["problem      signing secrets of eu TEST: a campaign is live and there is none"]);
    for key in server.app.keys().await.expect("keys").iter().filter(|key| key.revoked_at.is_none()) {
        server.app.revoke_key(key.id).await.expect("revoked");
    }
    let none = "problem      API keys: none is good … referrald keys create";
    ward.finds(&[none, "problem      signing secrets of eu TEST"]);
}

both_databases!(beside_stripe: a_key_that_is_revoked_restricted_or_not_answered_is_told);
async fn a_key_that_is_revoked_restricted_or_not_answered_is_told(server: &Server, stripe: &FakeStripe) {
    let campaign = served(server, vec![]).await;
    let ward = Ward::of(server, stripe);
    stripe.plan("GET /v1/account", 2, Fault::before(How::Status(401)));
    ward.finds(&["problem      Stripe key of default TEST: Stripe answered 401 … take a good one"]);
    let nobody = TcpListener::bind(ANY_PORT).expect("a free port").local_addr().expect("bound");
    let unreached = ward.with("REFERRALD_STRIPE_URL", Some(&format!("http://{nobody}")));
    unreached.finds(&[
        "not checked  clock: Stripe is not reached",
        "problem      Stripe key of default TEST: Stripe is not reached",
    ]);

    let forbid = || stripe.plan("POST /v1/customers/", 1, Fault::before(How::Status(403)));
    forbid();
    let spared =
        "it may not create and change customers and their balances, and no campaign needs that (rak_customer_write)";
    assert!(ward.looked_at().said.contains(spared));
    stripe.plan("GET /v1/account", 2, Fault::before(How::Status(403)));
    assert!(ward.looked_at().said.contains("it may not say of which account it is (rak_accounts_kyc_basic_read)"));
    server.with_rewards(&campaign, vec![credit()]).await;
    forbid();
    let lacks = "problem      Stripe key of default TEST: it may not create and change customers … (rak_customer_write); give it";
    ward.finds(&[lacks]);
    stripe.plan("GET /v1/webhook_endpoints", 1, Fault::before(How::Status(403)));
    ward.finds(&["not checked  webhook endpoint of default TEST: … rak_webhook_read"]);

    let by_settlement = v1::Rule { currency_policy: v1::CurrencyPolicy::SettlementAmount.into(), ..RULE };
    server.campaign(by_settlement).await;
    for (line, lacks) in [
        (
            "GET /v1/balance_transactions",
            "look up what charges were settled at … (rak_balance_transaction_source_read)",
        ),
        ("GET /v1/charges", "look charges up … (rak_charge_read)"),
    ] {
        stripe.plan(line, 1, Fault::before(How::Status(403)));
        ward.finds(&[&format!("problem      Stripe key of default TEST: it may not {lacks}; give it")]);
    }
}

both_databases!(beside_stripe: an_endpoint_that_is_missing_or_does_not_send_everything_is_told);
async fn an_endpoint_that_is_missing_or_does_not_send_everything_is_told(server: &Server, stripe: &FakeStripe) {
    let ward = Ward::of(server, stripe);
    let none = "webhook endpoint of default TEST: Stripe has none for … call CreateWebhookEndpoint";
    ward.finds(&[&format!("warning      {none}")]);
    let campaign = server.campaign(RULE).await;
    ward.finds(&[&format!("problem      {none}")]);
    ward.with("REFERRALD_PUBLIC_URL", None).finds(&["not checked  webhook endpoint of default TEST: --public-url"]);
    let id = CampaignId::parse(&campaign.id).expect("an id");
    let made =
        server.app.create_endpoint(&Principal::internal(&Scope::ALL), id, true).await.expect("created").at_stripe;
    ward.finds(&[]);
    for (field, value, finding) in [
        ("status", "disabled".into(), "problem … is disabled at Stripe; call CreateWebhookEndpoint"),
        ("enabled_events", vec!["charge.succeeded"].into(), "problem … is not sent charge.captured, charge.updated"),
        ("api_version", serde_json::Value::Null, "warning … whatever version the account has; create another"),
        ("api_version", "2024-06-20".into(), "warning … version 2024-06-20, which does not tell of every refund"),
    ] {
        let mut before = None;
        stripe.change("webhook_endpoints", &made.id, |it| before = Some(std::mem::replace(&mut it[field], value)));
        ward.finds(&[finding]);
        stripe.change("webhook_endpoints", &made.id, |it| it[field] = before.take().expect("it was there"));
    }
}

both_databases!(beside_stripe: a_comparison_with_stripe_is_told_by_its_age_and_why_it_was_broken_off);
async fn a_comparison_with_stripe_is_told_by_its_age_and_why_it_was_broken_off(server: &Server, stripe: &FakeStripe) {
    served(server, vec![]).await;
    let ward = Ward::of(server, stripe);
    let reconcile = async || {
        let request = v1::ReconcileRequest { mode: v1::Mode::Test.into(), ..v1::ReconcileRequest::default() };
        let mut told = server.caller.qualifications().reconcile(request).await.expect("it begins").into_inner();
        while let Ok(Some(_)) = told.message().await {}
    };
    stripe.plan("GET /v1/events", 1, Fault::before(How::Status(403)));
    reconcile().await;
    ward.finds(&["warning      events at Stripe of default TEST: the comparison was broken off: … mend the cause"]);
    reconcile().await;
    let compared = "ok           events at Stripe of default TEST: compared 0 hours ago: 0 of 0 had not reached us";
    assert!(ward.looked_at().said.contains(compared));
    stripe.plan("GET /v1/events", 1, Fault::before(How::Status(403)));
    assert!(ward.looked_at().said.contains("it may not read events, to find what webhooks missed"));
    // The clock of the story is not the doctor's: the run of nine days ago is one that it wrote then.
    let nine_days = 9 * 86_400 * 1_000_000_i64;
    let sql = "update reconciliations set finished_at = finished_at - $1";
    let mut tx = server.app.store.write().await.expect("a transaction");
    tx.run(sql, vec![nine_days.into()]).await.expect("written");
    tx.commit().await.expect("committed");
    ward.finds(&["warning      events at Stripe of default TEST: compared 9 days ago"]);
}

both_databases!(beside_stripe: a_job_that_failed_for_good_is_told_until_it_is_settled);
async fn a_job_that_failed_for_good_is_told_until_it_is_settled(server: &Server, stripe: &FakeStripe) {
    let campaign = served(server, vec![]).await;
    stripe.plan("GET /v1/customers", 1, Fault::before(How::Status(400)));
    let maya = server.referrer("maya@example.com").await;
    let ben = server.register(&campaign, &maya, "ben@example.com").await;
    let sync = async || server.referral(&ben.id).await.customer_sync.expect("it stands somewhere").state();
    Server::until("it is given up", async || sync().await == v1::CustomerSyncState::Failed).await;
    let ward = Ward::of(server, stripe);
    let given_up =
        format!("problem      jobs: 1 failed for good, the newest CUSTOMER of {}: Stripe answered 400", ben.id);
    ward.finds(&[&format!("{given_up} … call RetryCustomerSync")]);
    let request = v1::RetryCustomerSyncRequest { referral_id: ben.id.clone(), etag: String::new() };
    server.caller.referrals().retry_customer_sync(request).await.expect("it begins anew");
    Server::until("it is done", async || sync().await == v1::CustomerSyncState::Done).await;
    ward.finds(&[]);
}

both_databases!(beside_stripe: a_charge_about_which_stripe_says_nothing_is_told);
async fn a_charge_about_which_stripe_says_nothing_is_told(server: &Server, stripe: &FakeStripe) {
    served(server, vec![]).await;
    let by_settlement = v1::Rule { currency_policy: v1::CurrencyPolicy::SettlementAmount.into(), ..RULE };
    let campaign = server.campaign(by_settlement).await;
    let maya = server.referrer("maya@example.com").await;
    let ben = server.register(&campaign, &maya, "ben@example.com").await;
    let charge = server.take(Payment::of("ben@example.com", 10_000).in_currency("eur")).await;
    let mut told = charge.body.clone();
    told["balance_transaction"] = "txn_1".into();
    server.deliver("charge.updated", told).await;
    let look_up = async || server.explain(&ben.id).await.payments[0].look_up.clone();
    Server::until("it is asked in vain", async || look_up().await.is_some_and(|it| it.attempts > 0)).await;
    let finding = format!(
        "warning      charges: Stripe does not say what is asked about 1, the newest {}: Stripe has no",
        charge.id
    );
    Ward::of(server, stripe).finds(&[&format!("{finding} … asked again once a day")]);
}

both_databases!(on: a_database_that_is_not_as_it_should_be_is_told);
async fn a_database_that_is_not_as_it_should_be_is_told(database: Database) {
    let site = Site::new(database);
    let later = "not checked  API keys, signing secrets, jobs";
    let told = |url: &str, word: &str| {
        let ended = Program::run(&["doctor", "--database", url], &[("REFERRALD_SECRETS_KEY", SECRETS_KEY)]);
        fails(&ended, 1, &["problem      database: ", word, later, "the doctor has found a problem"]);
    };
    match database {
        Database::Postgres => {
            told(&site.url, "older version of referrald (migration 0 of");
            let nobody = TcpListener::bind(ANY_PORT).expect("a free port").local_addr().expect("bound");
            told(&format!("postgres://it:hunter2@{nobody}/it"), "it does not answer");
        }
        Database::Sqlite => {
            let path = site.url.trim_start_matches("sqlite:");
            told(&site.url, "there is no file");
            assert!(!Path::new(path).exists(), "none is made");
            std::fs::write(path, "this is no database, and it is long enough to be one. ".repeat(100))
                .expect("written");
            told(&site.url, "not a database");
            std::fs::write(path, "").expect("written");
            told(&site.url, "older version of referrald (migration 0 of");
            std::fs::remove_file(path).expect("removed");
            told("mysql://localhost/it", "sqlite:PATH");
        }
    }
    assert_eq!(site.run(&["migrate"]).code, Some(0));
    assert!(site.run(&["doctor"]).said.contains("ok           database: it answers"));
    site.make_newer().await;
    told(&site.url, "newer version of referrald");
}

#[test]
fn nothing_is_made_or_changed_by_looking() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("it.db");
    let url = format!("sqlite:{}", path.display());
    let run = |command: &[&str]| Program::run(command, &[("REFERRALD_DATABASE", &url)]);
    fails(&run(&["doctor"]), 1, &["there is no file"]);
    assert_eq!(listed(folder.path()), Vec::<String>::new());
    assert_eq!(run(&["keys", "create", "--name", "shop", "--scopes", "read"]).code, Some(0));
    let before = (listed(folder.path()), std::fs::read(&path).expect("a file"));
    let ended = run(&["doctor"]);
    assert_eq!(ended.code, Some(0), "{}", ended.said);
    assert_eq!((listed(folder.path()), std::fs::read(&path).expect("a file")), before);
}

fn listed(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").file_name());
    let mut names: Vec<String> = entries.map(|name| name.to_string_lossy().into_owned()).collect();
    names.sort();
    names
}
