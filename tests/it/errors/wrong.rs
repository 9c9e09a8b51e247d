//! Requests with everything wrong in them, for every RPC, and the names of all that is.

use prost_types::{FieldMask, Timestamp};
use referrald::domain::time::Time;
use referrald::proto::v1;
use referrald::proto::v1::add_webhook_secret_request::Ledger;
use referrald::proto::v1::create_referral_request::Referrer as By;

use super::{World, bytes, create_campaign, create_referral, d, facts};
use crate::harness::{person, timestamp};

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
    [campaigns(world), webhooks(), referrers(world), referrals(world), qualifications()].concat()
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
            campaign: Some(v1::Campaign { etag: etag.clone(), ..d() }), update_mask: None
        }), "campaign.etag, campaign.id"),
        ("CampaignService/UpdateCampaign", bytes(&v1::UpdateCampaignRequest {
            campaign: Some(worst_campaign(there)), update_mask: None
        }), SETTINGS),
        ("CampaignService/UpdateCampaign", bytes(&v1::UpdateCampaignRequest {
            campaign: Some(known), update_mask: Some(mask(&["account", "state", "rule.age", "no\nsense"])),
        }), "update_mask"),
        ("CampaignService/LaunchCampaign", bytes(&v1::LaunchCampaignRequest { id: id.clone(), etag: etag.clone() }),
            "etag, id"),
        ("CampaignService/PauseCampaign", bytes(&v1::PauseCampaignRequest { id: id.clone(), etag: etag.clone() }),
            "etag, id"),
        ("CampaignService/EndCampaign", bytes(&v1::EndCampaignRequest { id, etag }), "etag, id"),
    ]
}

#[rustfmt::skip]
fn webhooks() -> Vec<Wrong> {
    let campaign_id = "cmp_1".to_owned();
    vec![
        ("CampaignService/GetWebhookSetup", bytes(&v1::GetWebhookSetupRequest { campaign_id }), "campaign_id"),
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
    ]
}

#[rustfmt::skip]
fn qualifications() -> Vec<Wrong> {
    let (referral_id, etag) = ("rfr_1".to_owned(), long(33));
    vec![
        ("QualificationService/RecordFacts", vec![], "deliveries, mode"),
        ("QualificationService/RecordFacts", bytes(&v1::RecordFactsRequest {
            account: "Ä".to_owned(), mode: 9, deliveries: vec![d()]
        }), "account, deliveries[0].created_at, deliveries[0].facts, deliveries[0].id, deliveries[0].type, mode"),
        ("QualificationService/RecordFacts", bytes(&v1::RecordFactsRequest {
            deliveries: vec![facts("", "evt").deliveries[0].clone(); 201], ..facts("", "evt")
        }), "deliveries"),
        ("QualificationService/ExplainQualification", vec![], "referral_id"),
        ("QualificationService/QualifyReferral", bytes(&v1::QualifyReferralRequest {
            referral_id: referral_id.clone(), reason: String::new(), etag: etag.clone(),
        }), "etag, reason, referral_id"),
        ("QualificationService/DisqualifyReferral", bytes(&v1::DisqualifyReferralRequest {
            referral_id: referral_id.clone(), reason: long(1001), etag: etag.clone(),
        }), "etag, reason, referral_id"),
        ("QualificationService/ClearOverride", bytes(&v1::ClearOverrideRequest { referral_id, etag }),
            "etag, referral_id"),
    ]
}
