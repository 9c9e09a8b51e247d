//! The story of one campaign: whoever is invited and spends 100.00 EUR within 30 days qualifies, until money goes back.

use std::time::SystemTime;

use referrald_client::v1::create_referral_request::Referrer as By;
use referrald_client::v1::fact::Fact as Kind;
use referrald_client::v1::reward_rule::{Kind as Given, Trigger};
use referrald_client::v1::{
    ApproveRewardRequest, Campaign, Charge, ChargeStatus, CreateCampaignRequest, CreateReferralRequest,
    CreateReferrerRequest, CustomReward, Delivery, ExistingEmailMode, ExplainQualificationRequest, Fact,
    GetRewardRequest, LaunchCampaignRequest, ListRewardsRequest, Mode, NewCustomerMode, Person, QualifiedTrigger,
    RecordFactsRequest, Referrer, Refund, RefundPolicy, RefundStatus, RewardRecipient, RewardRule, Rule,
};
use referrald_client::{Client, Error, Options};

#[tokio::main]
async fn main() -> Result<(), Error> {
    let client = Client::connect(Options::default())?;
    let name = uuid::Uuid::new_v4().simple().to_string();

    // A campaign, and Ada who refers.
    let rule = Rule {
        currency: "eur".to_owned(),
        target_minor: 10_000,
        window_days: 30,
        new_customer_mode: NewCustomerMode::WaitForCheckout.into(),
        existing_email_mode: ExistingEmailMode::SkipExisting.into(),
        refund_policy: RefundPolicy::NetBelowTarget.into(),
        ..Rule::default()
    };
    let mug = RewardRule {
        recipient: RewardRecipient::Referrer.into(),
        trigger: Some(Trigger::Qualified(QualifiedTrigger {})),
        kind: Some(Given::Custom(CustomReward { payload: "a mug".to_owned() })),
        ..RewardRule::default()
    };
    let campaign = Campaign {
        mode: Mode::Test.into(),
        display_name: "Bring a friend".to_owned(),
        landing_url: "https://shop.example/i/".to_owned(),
        rule: Some(rule),
        reward_rules: vec![mug],
        ..Campaign::default()
    };
    let request = CreateCampaignRequest { campaign: Some(campaign), ..Default::default() };
    let campaign = client.campaigns().create_campaign(request).await?.into_inner().campaign.unwrap_or_default();
    let request = LaunchCampaignRequest { id: campaign.id.clone(), ..Default::default() };
    client.campaigns().launch_campaign(request).await?;
    let ada = Referrer { person: Some(person("ada", &name)), ..Referrer::default() };
    let request = CreateReferrerRequest { referrer: Some(ada), ..Default::default() };
    let ada = client.referrals().create_referrer(request).await?.into_inner().referrer.unwrap_or_default();

    // Bob signs up by her link.
    let bob = person("bob", &name);
    let email = bob.email.clone();
    let request = CreateReferralRequest {
        campaign_id: campaign.id,
        referrer: Some(By::ReferrerCode(ada.code)),
        person: Some(bob),
        ..CreateReferralRequest::default()
    };
    let bob = client.referrals().create_referral(request).await?.into_inner().referral.unwrap_or_default();
    println!("Bob signs up: {}", bob.state().as_str_name());

    // He pays twice, Ada gets her mug, and some of it goes back. Stripe's webhooks bring such facts; so may any other source of payments.
    let second = format!("ch_{name}_2");
    record(&client, charge(&format!("ch_{name}_1"), &email, 4_000)).await?;
    explain(&client, &bob.id).await?;
    record(&client, charge(&second, &email, 8_000)).await?;
    explain(&client, &bob.id).await?;
    let request = ListRewardsRequest { referral_id: bob.id.clone(), ..ListRewardsRequest::default() };
    let mugs = client.rewards().list_rewards(request).await?.into_inner().rewards;
    let id = mugs.into_iter().next().unwrap_or_default().id;
    let request = ApproveRewardRequest { id: id.clone(), ..ApproveRewardRequest::default() };
    let mug = client.rewards().approve_reward(request).await?.into_inner().reward.unwrap_or_default();
    println!("Ada's mug: {}", mug.state().as_str_name());
    let refund = Refund {
        id: format!("re_{name}"),
        charge_id: second,
        amount_minor: 3_000,
        created_at: Some(SystemTime::now().into()),
        status: RefundStatus::Succeeded.into(),
    };
    record(&client, Kind::Refund(refund)).await?;
    explain(&client, &bob.id).await?;
    let mug = client.rewards().get_reward(GetRewardRequest { id }).await?.into_inner().reward.unwrap_or_default();
    println!("Ada's mug: {}", mug.state().as_str_name());
    Ok(())
}

fn person(who: &str, name: &str) -> Person {
    Person { email: format!("{who}-{name}@example.com"), first_name: who.to_owned(), ..Person::default() }
}

fn charge(id: &str, email: &str, amount_minor: i64) -> Kind {
    Kind::Charge(Charge {
        id: id.to_owned(),
        currency: "eur".to_owned(),
        created_at: Some(SystemTime::now().into()),
        status: ChargeStatus::Succeeded.into(),
        amount_minor,
        captured_minor: amount_minor,
        emails: vec![email.to_owned()],
        ..Charge::default()
    })
}

async fn record(client: &Client, fact: Kind) -> Result<(), Error> {
    let id = match &fact {
        Kind::Charge(charge) => charge.id.clone(),
        Kind::Refund(refund) => refund.id.clone(),
        _ => String::new(),
    };
    let delivery = Delivery {
        id: format!("evt_{id}"),
        r#type: "payment".to_owned(),
        created_at: Some(SystemTime::now().into()),
        facts: vec![Fact { fact: Some(fact) }],
        ..Delivery::default()
    };
    let request =
        RecordFactsRequest { mode: Mode::Test.into(), deliveries: vec![delivery], ..RecordFactsRequest::default() };
    client.qualifications().record_facts(request).await?;
    Ok(())
}

async fn explain(client: &Client, id: &str) -> Result<(), Error> {
    let request = ExplainQualificationRequest { referral_id: id.to_owned() };
    let why = client.qualifications().explain_qualification(request).await?.into_inner();
    let missing = why.missing_minor();
    let state = why.referral.unwrap_or_default();
    println!("{}: {}.{:02} EUR missing", state.state().as_str_name(), missing / 100, missing % 100);
    Ok(())
}
