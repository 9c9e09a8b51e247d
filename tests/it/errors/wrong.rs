//! Requests with everything wrong in them, for every RPC, and the names of all that is.

use prost_types::{FieldMask, Timestamp};
use referrald::domain::time::Time;
use referrald::proto::v1;
use referrald::proto::v1::add_webhook_secret_request::Ledger;
use referrald::proto::v1::create_referral_request::Referrer as By;
use referrald::proto::v1::reward_rule::{Kind, Pattern, Trigger};
use referrald::proto::v1::stripe_credit::Amount;

use super::{World, bytes, create_campaign, create_referral, d, facts, nobody, welcome};
use crate::harness::{RULE, advertised, each_qualified, of_payments, person, timestamp};

const BAD_TIME: Timestamp = Timestamp { seconds: -1, nanos: 0 };

/// An RPC, a request, and the fields that are wrong in it, by the alphabet.
type Wrong = (&'static str, Vec<u8>, &'static str);

/// A text of this length.
pub fn long(length: usize) -> String {
    "x".repeat(length)
}

fn mask(paths: &[&str]) -> FieldMask {
    FieldMask { paths: paths.iter().map(ToString::to_string).collect() }
}

/// A person with everything wrong.
fn nonsense() -> v1::Person {
    v1::Person {
        email: "nobody".to_owned(),
        first_name: long(257),
        last_name: "a\nb".to_owned(),
        phone: long(33),
        custom: [("a b".to_owned(), String::new())].into(),
    }
}

const SETTINGS: &str = "campaign.display_name, campaign.ends_at, campaign.field_mappings[0].source, \
    campaign.field_mappings[0].target, campaign.landing_url, campaign.rule.count_prior_days, campaign.rule.currency, \
    campaign.rule.currency_policy, campaign.rule.dispute_policy, campaign.rule.existing_email_mode, \
    campaign.rule.method, campaign.rule.new_customer_mode, campaign.rule.operator, campaign.rule.refund_policy, \
    campaign.rule.refund_scope, campaign.rule.target_minor, campaign.rule.window_days";

const CAMPAIGN: &str = "campaign.account, campaign.display_name, campaign.ends_at, campaign.field_mappings[0].source, \
    campaign.field_mappings[0].target, campaign.landing_url, campaign.mode, campaign.rule.count_prior_days, \
    campaign.rule.currency, campaign.rule.currency_policy, campaign.rule.dispute_policy, \
    campaign.rule.existing_email_mode, campaign.rule.method, campaign.rule.new_customer_mode, \
    campaign.rule.operator, campaign.rule.refund_policy, campaign.rule.refund_scope, campaign.rule.target_minor, \
    campaign.rule.window_days, request_id";

const REFERRER: &str = "referrer.account, referrer.code, referrer.person.custom, referrer.person.email, \
    referrer.person.first_name, referrer.person.last_name, referrer.person.phone, request_id";

const REFERRAL: &str = "campaign_id, person.custom, person.email, person.first_name, person.last_name, person.phone, \
    referrer_code, registered_at, request_id";

/// A campaign with everything wrong.
fn worst_campaign(id: &str) -> v1::Campaign {
    v1::Campaign {
        id: id.to_owned(),
        account: "Ä".to_owned(),
        mode: 9,
        display_name: long(257),
        starts_at: Some(timestamp(Time::from_seconds(10))),
        ends_at: Some(BAD_TIME),
        landing_url: "shop".to_owned(),
        field_mappings: vec![d()],
        rule: Some(v1::Rule {
            currency: "dollars".to_owned(),
            target_minor: 0,
            window_days: 0,
            operator: 9,
            method: 9,
            refund_policy: 9,
            refund_scope: 9,
            dispute_policy: 9,
            currency_policy: 9,
            count_prior_days: 3_651,
            new_customer_mode: 9,
            existing_email_mode: 9,
        }),
        ..d()
    }
}

/// Requests with all fields wrong, and the names of all of them.
pub fn wrong_requests(world: &World) -> Vec<Wrong> {
    [campaigns(world), reward_rules(), webhooks(), referrers(world), referrals(world), qualifications(), rewards()]
        .concat()
}

#[rustfmt::skip]
fn campaigns(world: &World) -> Vec<Wrong> {
    // Those that name no campaign at all, and those whose etag no campaign can have.
    let (id, etag) = ("cmp_1".to_owned(), long(33));
    let there = world.campaign.id.as_str();
    let known = v1::Campaign { id: there.to_owned(), ..d() };
    vec![
        ("CampaignService/CreateCampaign", vec![], "campaign.display_name, campaign.mode, campaign.rule"),
        ("CampaignService/CreateCampaign", bytes(&create_campaign(worst_campaign(""), &long(65))), CAMPAIGN),
        ("CampaignService/GetCampaign", vec![], "id"),
        ("CampaignService/GetCampaign", bytes(&v1::GetCampaignRequest { id: id.clone() }), "id"),
        ("CampaignService/ListCampaigns", bytes(&v1::ListCampaignsRequest {
            account: "Ä".to_owned(), mode: 9, state: 9, page_size: -1, ..d()
        }), "account, mode, page_size, state"),
        ("CampaignService/UpdateCampaign", vec![], "campaign.id"),
        ("CampaignService/UpdateCampaign", bytes(&v1::UpdateCampaignRequest {
            campaign: Some(v1::Campaign { etag: etag.clone(), ..d() }), ..d()
        }), "campaign.etag, campaign.id"),
        ("CampaignService/UpdateCampaign", bytes(&v1::UpdateCampaignRequest {
            campaign: Some(worst_campaign(there)), ..d()
        }), SETTINGS),
        ("CampaignService/UpdateCampaign", bytes(&v1::UpdateCampaignRequest {
            campaign: Some(known), update_mask: Some(mask(&["account", "state", "rule.age", "no\nsense"])), ..d()
        }), "update_mask"),
        ("CampaignService/LaunchCampaign", bytes(&v1::LaunchCampaignRequest { id: id.clone(), etag: etag.clone() }),
            "etag, id"),
        ("CampaignService/PauseCampaign", bytes(&v1::PauseCampaignRequest { id: id.clone(), etag: etag.clone() }),
            "etag, id"),
        ("CampaignService/EndCampaign", bytes(&v1::EndCampaignRequest { id, etag }), "etag, id"),
    ]
}

/// Rules with everything wrong in them, and rules whose parts do not go together.
#[rustfmt::skip]
fn reward_rules() -> Vec<Wrong> {
    let with = |rules: Vec<v1::RewardRule>| {
        bytes(&create_campaign(v1::Campaign { reward_rules: rules, ..advertised(RULE) }, ""))
    };
    let rpc = "CampaignService/CreateCampaign";
    let of = |rule: v1::RewardRule, fields: &'static str| (rpc, with(vec![rule]), fields);
    let basis_points = |points, cap_minor| Kind::StripeCredit(v1::StripeCredit {
        amount: Some(Amount::BasisPoints(v1::BasisPoints { points, cap_minor })),
    });
    let amount_minor = |minor| Kind::StripeCredit(v1::StripeCredit { amount: Some(Amount::AmountMinor(minor)) });
    let custom = |length| Kind::Custom(v1::CustomReward { payload: long(length) });
    let payment = |payments_max, payment_days| Trigger::Payment(v1::PaymentTrigger { payments_max, payment_days });
    vec![
        of(d(), "campaign.reward_rules[0].kind, campaign.reward_rules[0].recipient, campaign.reward_rules[0].trigger"),
        of(v1::RewardRule {
            id: "rwr_1".to_owned(), display_name: long(257), recipient: 9, trigger: Some(payment(0, 3651)),
            pattern: Some(Pattern::EveryNth(0)), kind: Some(basis_points(0, -1)), limit_per_recipient: 1001,
            hold_days: 3651, ..d()
        }, "campaign.reward_rules[0].display_name, campaign.reward_rules[0].every_nth, \
            campaign.reward_rules[0].hold_days, campaign.reward_rules[0].id, \
            campaign.reward_rules[0].limit_per_recipient, campaign.reward_rules[0].payment.payment_days, \
            campaign.reward_rules[0].payment.payments_max, campaign.reward_rules[0].recipient, \
            campaign.reward_rules[0].stripe_credit.basis_points.cap_minor, \
            campaign.reward_rules[0].stripe_credit.basis_points.points"),
        of(v1::RewardRule { kind: Some(amount_minor(0)), ..each_qualified() },
            "campaign.reward_rules[0].stripe_credit.amount_minor"),
        of(v1::RewardRule { kind: Some(Kind::StripeCredit(d())), ..each_qualified() },
            "campaign.reward_rules[0].stripe_credit.amount"),
        of(v1::RewardRule { kind: Some(custom(4001)), ..each_qualified() }, "campaign.reward_rules[0].custom.payload"),
        of(v1::RewardRule { kind: Some(Kind::StripePromotionCode(v1::StripePromotionCode {
            coupon_id: String::new(), code_prefix: "a b".to_owned(), expires_days: 3651
        })), ..each_qualified() }, "campaign.reward_rules[0].stripe_promotion_code.code_prefix, \
            campaign.reward_rules[0].stripe_promotion_code.coupon_id, \
            campaign.reward_rules[0].stripe_promotion_code.expires_days"),
        of(v1::RewardRule { pattern: Some(Pattern::Milestones(v1::Milestones { at: vec![1, 0] })), ..each_qualified() },
            "campaign.reward_rules[0].milestones.at"),
        of(v1::RewardRule { recipient: v1::RewardRecipient::Referrer.into(), pattern: Some(Pattern::EveryNth(2)),
            ..welcome() }, "campaign.reward_rules[0].pattern, campaign.reward_rules[0].trigger"),
        of(v1::RewardRule { kind: Some(basis_points(5, 0)), ..welcome() }, "campaign.reward_rules[0].kind"),
        of(v1::RewardRule { pattern: Some(Pattern::EveryNth(2)), ..of_payments(1, 0) },
            "campaign.reward_rules[0].pattern"),
        of(v1::RewardRule { id: nobody("rwr"), ..welcome() }, "campaign.reward_rules[0].id"),
        (rpc, with(vec![welcome(), d()]), "campaign.reward_rules[1].kind, campaign.reward_rules[1].recipient, \
            campaign.reward_rules[1].trigger"),
        (rpc, with(vec![welcome(); 21]), "campaign.reward_rules"),
        (rpc, with(vec![d(); 201]), "campaign.reward_rules"),
    ]
}

#[rustfmt::skip]
fn webhooks() -> Vec<Wrong> {
    let campaign_id = "cmp_1".to_owned();
    vec![
        ("CampaignService/GetCampaignStats", vec![], "campaign_id"),
        ("CampaignService/GetCampaignStats", bytes(&v1::GetCampaignStatsRequest {
            campaign_id: "cmp_1".to_owned(), since: Some(BAD_TIME), until: Some(Timestamp { seconds: 901, nanos: 0 }),
            granularity: 9, time_zone: long(65),
        }), "campaign_id, granularity, since, time_zone, until"),
        ("CampaignService/SimulateRule", vec![], "campaign_id"),
        ("CampaignService/SimulateRule", bytes(&v1::SimulateRuleRequest {
            campaign_id: "ref_1".to_owned(), page_size: -1, ..d()
        }), "campaign_id, page_size"),
        ("CampaignService/GetWebhookSetup", bytes(&v1::GetWebhookSetupRequest { campaign_id }), "campaign_id"),
        ("CampaignService/CreateWebhookEndpoint", vec![], "campaign_id"),
        ("CampaignService/AddWebhookSecret", vec![], "ledger, secret"),
        ("CampaignService/AddWebhookSecret", bytes(&v1::AddWebhookSecretRequest {
            ledger: Some(Ledger::AccountMode(v1::AccountMode { account: long(41), mode: 0 })),
            secret: "sk_test_0123456789abcdef".to_owned(),
            stripe_account_id: long(65),
            request_id: long(65),
        }), "account_mode.account, account_mode.mode, request_id, secret, stripe_account_id"),
        ("CampaignService/RemoveWebhookSecret", vec![], "id"),
        ("CampaignService/ListWebhookSecrets", vec![], "owner"),
    ]
}

#[rustfmt::skip]
fn referrers(world: &World) -> Vec<Wrong> {
    let worst = v1::Referrer { account: "Ä".to_owned(), code: "a b".to_owned(), person: Some(nonsense()), ..d() };
    let known = v1::Referrer { id: world.referrer.id.clone(), person: Some(nonsense()), ..d() };
    vec![
        ("ReferralService/CreateReferrer", vec![], "referrer.person"),
        ("ReferralService/CreateReferrer", bytes(&v1::CreateReferrerRequest {
            referrer: Some(worst), request_id: long(65)
        }), REFERRER),
        ("ReferralService/GetReferrer", bytes(&v1::GetReferrerRequest { id: "ref_1".to_owned() }), "id"),
        ("ReferralService/ListReferrers", bytes(&v1::ListReferrersRequest {
            account: "Ä".to_owned(), code: "a b".to_owned(), email: "nobody".to_owned(), page_size: -1, ..d()
        }), "account, code, email, page_size"),
        ("ReferralService/UpdateReferrer", bytes(&v1::UpdateReferrerRequest {
            referrer: Some(v1::Referrer { etag: long(33), ..d() }), update_mask: None,
        }), "referrer.etag, referrer.id"),
        ("ReferralService/UpdateReferrer", bytes(&v1::UpdateReferrerRequest {
            referrer: Some(known.clone()), update_mask: Some(mask(&["code", "id"])),
        }), "update_mask"),
        ("ReferralService/UpdateReferrer", bytes(&v1::UpdateReferrerRequest {
            referrer: Some(known), update_mask: Some(mask(&["person"])),
        }), "referrer.person.custom, referrer.person.email, referrer.person.first_name, referrer.person.last_name, \
             referrer.person.phone"),
    ]
}

#[rustfmt::skip]
fn referrals(world: &World) -> Vec<Wrong> {
    let worst = v1::CreateReferralRequest {
        campaign_id: String::new(),
        referrer: Some(By::ReferrerCode(String::new())),
        person: Some(nonsense()),
        registered_at: Some(BAD_TIME),
        request_id: long(65),
    };
    let nameless = v1::CreateReferralRequest {
        person: Some(v1::Person { first_name: String::new(), ..person("eve@example.com") }),
        ..create_referral(world, "", "")
    };
    let known = v1::Referral { id: world.referral.id.clone(), person: Some(nonsense()), ..d() };
    vec![
        ("ReferralService/SyncReferrers", bytes(&v1::SyncReferrersRequest {
            campaign_id: "ref_1".to_owned(), metadata_key: "a[b]".to_owned(),
            created_since: Some(Timestamp { seconds: 9_999_999_999, nanos: 0 }), ..d()
        }), "campaign_id, created_since, metadata_key"),
        ("ReferralService/SyncReferrers", bytes(&v1::SyncReferrersRequest {
            campaign_id: world.campaign.id.clone(), metadata_key: "referral_id".to_owned(),
            created_since: Some(BAD_TIME), ..d()
        }), "created_since, metadata_key"),
        ("ReferralService/GetReferrerSync", vec![], "campaign_id"),
        ("ReferralService/RetryCustomerSync", bytes(&v1::RetryCustomerSyncRequest {
            referral_id: "cmp_1".to_owned(), etag: long(33),
        }), "etag, referral_id"),
        ("ReferralService/CreateReferral", vec![], "campaign_id, person, referrer"),
        ("ReferralService/CreateReferral", bytes(&worst), REFERRAL),
        ("ReferralService/CreateReferral", bytes(&nameless), "person.first_name"),
        ("ReferralService/GetReferral", bytes(&v1::GetReferralRequest { id: "rfr_1".to_owned() }), "id"),
        ("ReferralService/ListReferrals", bytes(&v1::ListReferralsRequest {
            campaign_id: "ref_1".to_owned(), referrer_id: "x".to_owned(), state: 9, page_size: -1, ..d()
        }), "campaign_id, page_size, referrer_id, state"),
        ("ReferralService/UpdateReferral", bytes(&v1::UpdateReferralRequest {
            referral: Some(v1::Referral { etag: long(33), ..d() }), update_mask: None,
        }), "referral.etag, referral.id"),
        ("ReferralService/UpdateReferral", bytes(&v1::UpdateReferralRequest {
            referral: Some(v1::Referral { person: None, ..known.clone() }),
            update_mask: Some(mask(&["person.email", "state"])),
        }), "update_mask"),
        ("ReferralService/UpdateReferral", bytes(&v1::UpdateReferralRequest {
            referral: Some(known), update_mask: None,
        }), "referral.person.custom, referral.person.first_name, referral.person.last_name, referral.person.phone"),
        ("ReferralService/FindReferral", vec![], "by"),
        ("ReferralService/ErasePerson", vec![], "email"),
        ("ReferralService/ErasePerson", bytes(&v1::ErasePersonRequest {
            email: "nobody".to_owned(), account: "Ä".to_owned(), ..d()
        }), "account, email"),
    ]
}

#[rustfmt::skip]
fn qualifications() -> Vec<Wrong> {
    let (referral_id, etag) = ("rfr_1".to_owned(), long(33));
    vec![
        ("QualificationService/RecordFacts", vec![], "deliveries, mode"),
        ("QualificationService/RecordFacts", bytes(&v1::RecordFactsRequest {
            account: "Ä".to_owned(), mode: 9, deliveries: vec![d()], route: 9, secret_id: "key_1".to_owned(),
        }), "account, deliveries[0].created_at, deliveries[0].facts, deliveries[0].id, deliveries[0].type, mode, route, secret_id"),
        ("QualificationService/RecordFacts", bytes(&v1::RecordFactsRequest {
            deliveries: vec![facts("", "evt").deliveries[0].clone(); 201], ..facts("", "evt")
        }), "deliveries"),
        ("QualificationService/WatchEvents", vec![], "mode"),
        ("QualificationService/WatchEvents", bytes(&v1::WatchEventsRequest {
            mode: 2, cursor: "1".to_owned(), campaign_id: "ref_1".to_owned(), referral_id: "cmp_1".to_owned(),
            types: vec!["referral.qualified".to_owned(), "reward.*".to_owned(), String::new()], heartbeat_seconds: 301, ..d()
        }), "campaign_id, cursor, heartbeat_seconds, referral_id, types[1], types[2]"),
        ("QualificationService/WatchEvents", bytes(&v1::WatchEventsRequest {
            mode: 2, types: vec!["referral.qualified".to_owned(); 51], ..d()
        }), "types"),
        ("QualificationService/ExplainEvent", vec![], "event_id, mode"),
        ("QualificationService/ExplainEvent", bytes(&v1::ExplainEventRequest {
            account: "Ä".to_owned(), mode: 9, event_id: long(256),
        }), "account, event_id, mode"),
        ("QualificationService/ExplainQualification", vec![], "referral_id"),
        ("QualificationService/QualifyReferral", bytes(&v1::QualifyReferralRequest {
            referral_id: referral_id.clone(), reason: String::new(), etag: etag.clone(),
        }), "etag, reason, referral_id"),
        ("QualificationService/DisqualifyReferral", bytes(&v1::DisqualifyReferralRequest {
            referral_id: referral_id.clone(), reason: long(1001), etag: etag.clone(),
        }), "etag, reason, referral_id"),
        ("QualificationService/Reconcile", vec![], "mode"),
        ("QualificationService/Reconcile", bytes(&v1::ReconcileRequest {
            account: "Ä".to_owned(), mode: 9, since: Some(timestamp(Time::from_seconds(1))), ..d()
        }), "account, mode, since"),
        ("QualificationService/GetReconciliation", bytes(&v1::GetReconciliationRequest {
            account: "Ä".to_owned(), mode: 9,
        }), "account, mode"),
        ("QualificationService/ListAuditLog", bytes(&v1::ListAuditLogRequest {
            account: "Ä".to_owned(), key_id: "ref_1".to_owned(), subject_id: long(256), call: long(101),
            from_at: Some(BAD_TIME), until_at: Some(BAD_TIME), page_size: -1, ..d()
        }), "account, call, from_at, key_id, page_size, subject_id, until_at"),
        ("QualificationService/ClearOverride", bytes(&v1::ClearOverrideRequest { referral_id, etag }),
            "etag, referral_id"),
    ]
}

#[rustfmt::skip]
fn rewards() -> Vec<Wrong> {
    let (id, etag) = ("ref_1".to_owned(), long(33));
    vec![
        ("RewardService/GetReward", vec![], "id"),
        ("RewardService/ListRewards", bytes(&v1::ListRewardsRequest {
            campaign_id: "ref_1".to_owned(), recipient_id: "cmp_1".to_owned(), referral_id: "x".to_owned(), state: 11,
            page_size: -1, ..d()
        }), "campaign_id, page_size, recipient_id, referral_id, state"),
        ("RewardService/ApproveReward", bytes(&v1::ApproveRewardRequest { id: id.clone(), etag: etag.clone() }),
            "etag, id"),
        ("RewardService/CancelReward", bytes(&v1::CancelRewardRequest {
            id: id.clone(), reason: long(1001), etag: etag.clone()
        }), "etag, id, reason"),
        ("RewardService/CancelReward", vec![], "id, reason"),
        ("RewardService/RetryReward", bytes(&v1::RetryRewardRequest { id, etag }), "etag, id"),
    ]
}
