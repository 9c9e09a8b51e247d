//! The words of the stories, on the side of the merchant.

use prost::Message;
use referrald::domain::time::Time;
use referrald::proto::v1;
use referrald_client::v1 as api;
use referrald_client::v1::create_referral_request::Referrer as By;

use super::server::Server;

/// 100 dollars within 30 days, and all else as it comes.
pub const RULE: v1::Rule = v1::Rule {
    currency: String::new(),
    target_minor: 10_000,
    window_days: 30,
    operator: 0,
    method: 0,
    refund_policy: 0,
    refund_scope: 0,
    dispute_policy: 0,
    currency_policy: 0,
    count_prior_days: 0,
    new_customer_mode: 0,
    existing_email_mode: 0,
};

/// A campaign as it could be asked for: in test mode of the default account, with this rule, in dollars unless it says
/// otherwise.
pub fn advertised(mut rule: v1::Rule) -> v1::Campaign {
    if rule.currency.is_empty() {
        "usd".clone_into(&mut rule.currency);
    }
    v1::Campaign {
        display_name: "Invite a friend".to_owned(),
        mode: v1::Mode::Test.into(),
        landing_url: "https://shop.example/i/".to_owned(),
        rule: Some(rule),
        ..v1::Campaign::default()
    }
}

/// The same message in types of the other side: the stories call by the Rust client, which has its own.
fn across<There: Message + Default>(here: &impl Message) -> There {
    There::decode(&*here.encode_to_vec()).expect("both sides are generated from one API")
}

/// A person by an email.
pub fn person(email: &str) -> v1::Person {
    v1::Person { email: email.to_owned(), first_name: "Ada".to_owned(), ..v1::Person::default() }
}

/// A time as the API says it.
pub fn timestamp(at: Time) -> prost_types::Timestamp {
    prost_types::Timestamp { seconds: at.seconds(), nanos: 0 }
}

impl Server {
    /// A live campaign with this rule.
    pub async fn campaign(&self, rule: v1::Rule) -> v1::Campaign {
        self.launched(advertised(rule)).await
    }

    /// A live campaign.
    pub async fn launched(&self, campaign: v1::Campaign) -> v1::Campaign {
        let campaign = self.drafted(campaign).await;
        self.launch(&campaign).await
    }

    /// A campaign that is not live yet.
    pub async fn drafted(&self, campaign: v1::Campaign) -> v1::Campaign {
        let request = api::CreateCampaignRequest { campaign: Some(across(&campaign)), request_id: String::new() };
        let answer = self.client.campaigns().create_campaign(request).await.expect("the campaign is made");
        across(&answer.into_inner().campaign.expect("a campaign"))
    }

    pub async fn launch(&self, campaign: &v1::Campaign) -> v1::Campaign {
        let request = api::LaunchCampaignRequest { id: campaign.id.clone(), etag: String::new() };
        let answer = self.client.campaigns().launch_campaign(request).await.expect("the campaign goes live");
        across(&answer.into_inner().campaign.expect("a campaign"))
    }

    pub async fn pause(&self, campaign: &v1::Campaign) -> v1::Campaign {
        let request = api::PauseCampaignRequest { id: campaign.id.clone(), etag: String::new() };
        let answer = self.client.campaigns().pause_campaign(request).await.expect("the campaign pauses");
        across(&answer.into_inner().campaign.expect("a campaign"))
    }

    pub async fn end(&self, campaign: &v1::Campaign) -> v1::Campaign {
        let request = api::EndCampaignRequest { id: campaign.id.clone(), etag: String::new() };
        let answer = self.client.campaigns().end_campaign(request).await.expect("the campaign ends");
        across(&answer.into_inner().campaign.expect("a campaign"))
    }

    /// The campaign as it is now.
    pub async fn campaign_now(&self, id: &str) -> v1::Campaign {
        let request = api::GetCampaignRequest { id: id.to_owned() };
        let answer = self.client.campaigns().get_campaign(request).await.expect("the campaign is there");
        across(&answer.into_inner().campaign.expect("a campaign"))
    }

    /// Somebody who refers, in the default account.
    pub async fn referrer(&self, email: &str) -> v1::Referrer {
        self.referrer_in("default", email).await
    }

    /// Somebody who refers, in an account.
    pub async fn referrer_in(&self, account: &str, email: &str) -> v1::Referrer {
        let person = Some(across(&person(email)));
        let referrer = api::Referrer { account: account.to_owned(), person, ..api::Referrer::default() };
        let request = api::CreateReferrerRequest { referrer: Some(referrer), request_id: String::new() };
        let answer = self.client.referrals().create_referrer(request).await.expect("the referrer is made");
        across(&answer.into_inner().referrer.expect("a referrer"))
    }

    /// Registers somebody now.
    pub async fn register(&self, campaign: &v1::Campaign, referrer: &v1::Referrer, email: &str) -> v1::Referral {
        self.register_at(campaign, referrer, email, self.now()).await
    }

    /// Registers somebody who signed up then.
    pub async fn register_at(
        &self,
        campaign: &v1::Campaign,
        referrer: &v1::Referrer,
        email: &str,
        at: Time,
    ) -> v1::Referral {
        let request = api::CreateReferralRequest {
            campaign_id: campaign.id.clone(),
            referrer: Some(By::ReferrerCode(referrer.code.clone())),
            person: Some(across(&person(email))),
            registered_at: Some(timestamp(at)),
            request_id: String::new(),
        };
        let answer = self.client.referrals().create_referral(request).await.expect("the referral is made");
        across(&answer.into_inner().referral.expect("a referral"))
    }

    /// The referral as it is now.
    pub async fn referral(&self, id: &str) -> v1::Referral {
        let request = api::GetReferralRequest { id: id.to_owned() };
        let answer = self.client.referrals().get_referral(request).await.expect("the referral is there");
        across(&answer.into_inner().referral.expect("a referral"))
    }

    /// Where a referral stands, and what it has spent.
    pub async fn stands(&self, id: &str) -> (v1::ReferralState, i64) {
        let referral = self.referral(id).await;
        (referral.state(), referral.spend_minor)
    }

    /// Why a referral stands where it stands.
    pub async fn explain(&self, id: &str) -> v1::ExplainQualificationResponse {
        let request = api::ExplainQualificationRequest { referral_id: id.to_owned() };
        let answer = self.client.qualifications().explain_qualification(request).await;
        across(&answer.expect("the referral is there").into_inner())
    }

    /// The numbers and types of a ledger's events, as the database has them.
    pub async fn events(&self, account: &str, mode: &str) -> Vec<(i64, String)> {
        let text = "select e.seq, e.type from events e join ledgers l on l.id = e.ledger_id \
                    where l.account = $1 and l.mode = $2 order by e.seq";
        let rows = self.app.store.rows(text, vec![account.into(), mode.into()]).await.expect("events");
        let event =
            |row: &referrald::store::Row| (row.int("seq").expect("a number"), row.text("type").expect("a text"));
        rows.iter().map(event).collect()
    }
}
