//! A campaign and its people, made by the calls that anybody would make.

use referrald::proto::v1;
use referrald::proto::v1::campaign_service_client::CampaignServiceClient;
use referrald::proto::v1::create_referral_request::Referrer;
use referrald::proto::v1::referral_service_client::ReferralServiceClient;
use tonic::transport::Channel;

/// The code of the one who brings everybody.
const CODE: &str = "BENCH";

pub async fn connect(address: &str) -> Channel {
    Channel::from_shared(format!("http://{address}")).expect("a URL").connect().await.expect("connects")
}

/// A live campaign with these reward rules, and somebody who refers; its id.
pub async fn campaign(channel: Channel, reward_rules: Vec<v1::RewardRule>) -> String {
    let rule = v1::Rule { currency: "eur".into(), target_minor: 10_000, window_days: 365, ..Default::default() };
    let campaign = v1::Campaign {
        mode: v1::Mode::Test.into(),
        display_name: "Bench".into(),
        rule: Some(rule),
        reward_rules,
        ..Default::default()
    };
    let mut campaigns = CampaignServiceClient::new(channel.clone());
    let request = v1::CreateCampaignRequest { campaign: Some(campaign), ..Default::default() };
    let id = campaigns.create_campaign(request).await.expect("created").into_inner().campaign.expect("one").id;
    campaigns.launch_campaign(v1::LaunchCampaignRequest { id: id.clone(), ..Default::default() }).await.expect("live");
    let person = v1::Person { email: "referrer@example.com".into(), ..Default::default() };
    let referrer = v1::Referrer { person: Some(person), code: CODE.into(), ..Default::default() };
    let request = v1::CreateReferrerRequest { referrer: Some(referrer), ..Default::default() };
    ReferralServiceClient::new(channel).create_referrer(request).await.expect("created");
    id
}

/// Registers somebody in a campaign; the id of the referral.
pub async fn register(referrals: &mut ReferralServiceClient<Channel>, campaign_id: &str, email: String) -> String {
    let person = v1::Person { email, first_name: "P".into(), ..Default::default() };
    let request = v1::CreateReferralRequest {
        campaign_id: campaign_id.to_owned(),
        person: Some(person),
        referrer: Some(Referrer::ReferrerCode(CODE.into())),
        ..Default::default()
    };
    referrals.create_referral(request).await.expect("registered").into_inner().referral.expect("one").id
}
