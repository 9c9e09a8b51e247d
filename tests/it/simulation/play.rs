//! A script, carried out: by the API and by signed webhooks, as a merchant and as Stripe would.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::Request;
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use referrald::convert::{delivery_to_proto, rule_to_proto};
use referrald::domain::campaign::Mode;
use referrald::domain::qualification::Verdict;
use referrald::domain::rule::Rule;
use referrald::domain::time::Time;
use referrald::fake_stripe::FakeStripe;
use referrald::proto::v1;
use referrald::stripe::{event, sample, signature};
use serde_json::Value;
use tokio::task::JoinSet;
use tonic::Code;

use super::answer::Standing;
use super::rewards::Promise;
use super::script::{Road, Step};
use super::site::{Door, Site};
use super::told::{self, Told};
use super::truth::{Invited, World, address};
use super::world::DAY;
use crate::harness::{Refusal, Server, person, timestamp};
use crate::random::Random;

/// A world at a service: an account of its own, and what the service has been told.
pub struct Play<'w> {
    pub world: &'w World,
    told: &'w [Told],
    pub account: String,
    pub campaigns: Vec<v1::Campaign>,
    /// The referral of everybody who is registered.
    pub ids: Vec<String>,
    pub referrers: Vec<v1::Referrer>,
    /// The rule of each campaign for those to come.
    rules: Vec<Rule>,
    pub standings: Vec<Standing>,
    posting: Client<HttpConnector, Full<Bytes>>,
    /// What is not written in the script: which replica, which URL, and when a program dies.
    random: Random,
    /// How many deliveries were taken.
    pub delivered: u64,
}

/// The account of a world.
pub fn account(seed: u64) -> String {
    format!("w{seed}")
}

impl<'w> Play<'w> {
    pub async fn begin(site: &Site, seed: u64, world: &'w World, told: &'w [Told], promises: &[Promise]) -> Self {
        let mut play = Self {
            world,
            told,
            account: account(seed),
            campaigns: vec![],
            ids: vec![String::new(); world.invited.len()],
            referrers: vec![],
            rules: world.rules.clone(),
            standings: world
                .invited
                .iter()
                .map(|of| Standing { rule: world.rules[of.campaign].clone(), manual: None })
                .collect(),
            posting: Client::builder(TokioExecutor::new()).build_http(),
            random: Random::new(seed ^ 0x5eed),
            delivered: 0,
        };
        if let Some(stripe) = site.stripe() {
            told::at_stripe(world, stripe);
            let (email, now) = (&world.referrers[0], site.clock.now());
            stripe.add("customers", sample::customer("cus_friend", email, "Maya", now));
        }
        play.set_up(&site.door(0), promises).await;
        play
    }

    async fn set_up(&mut self, door: &Door, promises: &[Promise]) {
        let account_mode = v1::AccountMode { account: self.account.clone(), mode: v1::Mode::Test.into() };
        let request = v1::AddWebhookSecretRequest {
            ledger: Some(v1::add_webhook_secret_request::Ledger::AccountMode(account_mode)),
            secret: Server::secret_of(&self.account, Mode::Test),
            ..v1::AddWebhookSecretRequest::default()
        };
        door.caller.campaigns().add_webhook_secret(request).await.expect("the secret is new");
        for rule in &self.world.rules {
            let campaign = v1::Campaign {
                account: self.account.clone(),
                mode: v1::Mode::Test.into(),
                display_name: "Invite a friend".to_owned(),
                rule: Some(rule_to_proto(rule)),
                reward_rules: promises.iter().map(Promise::to_proto).collect(),
                ..v1::Campaign::default()
            };
            let request = v1::CreateCampaignRequest { campaign: Some(campaign), request_id: String::new() };
            let made = door.caller.campaigns().create_campaign(request).await.expect("the campaign is made");
            let made = made.into_inner().campaign.expect("a campaign");
            launch(door, &made.id).await;
            self.campaigns.push(made);
        }
        for email in &self.world.referrers {
            let account = self.account.clone();
            let referrer = v1::Referrer { account, person: Some(person(email)), ..v1::Referrer::default() };
            let request = v1::CreateReferrerRequest { referrer: Some(referrer), request_id: String::new() };
            let made = door.caller.referrals().create_referrer(request).await.expect("the referrer is made");
            self.referrers.push(made.into_inner().referrer.expect("a referrer"));
        }
    }

    pub async fn run(&mut self, site: &mut Site, script: &[Step]) {
        for step in script {
            let door = site.door(self.random.below(2));
            match step {
                Step::Deliver(Road::Reconciled, events) if site.stripe().is_some() => {
                    self.reconcile(site, events).await;
                }
                Step::Deliver(Road::Reconciled | Road::Called, events) => self.call(site, events).await,
                Step::Deliver(Road::Posted, events) => self.post_in_turn(&door, events).await,
                Step::Deliver(Road::PostedAtOnce, events) => self.post_at_once(site, events).await,
                Step::Register(invited) => self.register(&door, *invited).await,
                Step::Change(campaign, rule, applies) => self.change(&door, *campaign, rule, *applies).await,
                Step::Pause(campaign) => {
                    let request = v1::PauseCampaignRequest { id: self.id_of(*campaign), etag: String::new() };
                    door.caller.campaigns().pause_campaign(request).await.expect("the campaign pauses");
                }
                Step::Resume(campaign) => launch(&door, &self.id_of(*campaign)).await,
                Step::Decide(invited, verdict) => self.decide(&door, *invited, *verdict).await,
                Step::Clear(invited) => self.clear(&door, *invited).await,
                Step::Approve(campaign, number) => self.approve(&door, *campaign, *number).await,
                Step::Sweep => site.sweep().await,
                Step::Fail(line, fault) => site.stripe().expect("there is a key").plan(line, 1, *fault),
                Step::Wait(hours) => {
                    site.settle().await;
                    site.wait(hours * 3_600);
                }
                Step::Restart => site.restart().await,
            }
        }
    }

    /// How long it takes until somebody's window has ended. The minute after keeps away from those that end with it.
    pub fn seconds_to_an_end(&mut self, now: Time) -> i64 {
        let end = |(of, standing): (&Invited, &Standing)| {
            standing.rule.window_end(Time::from_seconds(of.registered_at)).seconds() + 60 - now.seconds()
        };
        let ends: Vec<i64> = self.world.invited.iter().zip(&self.standings).map(end).filter(|end| *end > 0).collect();
        if ends.is_empty() { 4 * DAY } else { self.random.pick(&ends) }
    }

    fn id_of(&self, campaign: usize) -> String {
        self.campaigns[campaign].id.clone()
    }

    fn body(&self, event: usize) -> String {
        let told = &self.told[event];
        told.names.iter().fold(told.body.clone(), |body, name| body.replace(&format!("@{name}@"), &self.ids[*name]))
    }

    async fn register(&mut self, door: &Door, invited: usize) {
        let of = &self.world.invited[invited];
        let request = v1::CreateReferralRequest {
            campaign_id: self.id_of(of.campaign),
            referrer: Some(v1::create_referral_request::Referrer::ReferrerId(self.referrers[of.referrer].id.clone())),
            person: Some(person(&address(of.email))),
            registered_at: Some(timestamp(Time::from_seconds(of.registered_at))),
            request_id: String::new(),
        };
        let made = door.caller.referrals().create_referral(request).await.expect("the referral is made");
        self.ids[invited] = made.into_inner().referral.expect("a referral").id;
        self.standings[invited].rule = self.rules[of.campaign].clone();
    }

    async fn change(&mut self, door: &Door, campaign: usize, rule: &Rule, apply_to_existing: bool) {
        let id = self.id_of(campaign);
        let changed = v1::Campaign { id, rule: Some(rule_to_proto(rule)), ..v1::Campaign::default() };
        let update_mask = Some(prost_types::FieldMask { paths: vec!["rule".to_owned()] });
        let request = v1::UpdateCampaignRequest { campaign: Some(changed), update_mask, apply_to_existing };
        door.caller.campaigns().update_campaign(request).await.expect("the rule may be so");
        self.rules[campaign] = rule.clone();
        if apply_to_existing {
            let of_campaign =
                self.world.invited.iter().zip(&mut self.standings).filter(|(of, _)| of.campaign == campaign);
            of_campaign.for_each(|(_, standing)| standing.rule = rule.clone());
        }
    }

    async fn decide(&mut self, door: &Door, invited: usize, verdict: Verdict) {
        let (referral_id, reason) = (self.ids[invited].clone(), "as agreed".to_owned());
        let decided = if verdict == Verdict::Qualified {
            let request = v1::QualifyReferralRequest { referral_id, reason, etag: String::new() };
            let mut service = door.caller.qualifications();
            service.qualify_referral(request).await.map(|answer| answer.into_inner().referral)
        } else {
            let request = v1::DisqualifyReferralRequest { referral_id, reason, etag: String::new() };
            let mut service = door.caller.qualifications();
            service.disqualify_referral(request).await.map(|answer| answer.into_inner().referral)
        };
        let decided = decided.expect("an operator may").expect("a referral");
        let at = decided.r#override.expect("it is kept").at.expect("a time");
        let at = Time::from_micros(at.seconds * 1_000_000 + i64::from(at.nanos) / 1_000);
        self.standings[invited].manual = Some((verdict, at));
    }

    async fn clear(&mut self, door: &Door, invited: usize) {
        if self.standings[invited].manual.take().is_some() {
            let request = v1::ClearOverrideRequest { referral_id: self.ids[invited].clone(), etag: String::new() };
            door.caller.qualifications().clear_override(request).await.expect("an operator may");
        }
    }

    /// Issues one of the rewards that are due: the merchant's own systems have given it.
    async fn approve(&self, door: &Door, campaign: usize, number: usize) {
        let state = v1::RewardState::Due.into();
        let request =
            v1::ListRewardsRequest { campaign_id: self.id_of(campaign), state, ..v1::ListRewardsRequest::default() };
        let due = door.caller.rewards().list_rewards(request).await.expect("a page").into_inner().rewards;
        if let Some(reward) = due.get(number % due.len().max(1)) {
            let request = v1::ApproveRewardRequest { id: reward.id.clone(), etag: String::new() };
            let approved = door.caller.rewards().approve_reward(request).await;
            // Another replica may have swept since.
            let refused = approved.err().map(|status| status.code());
            assert!(refused.is_none_or(|code| code == Code::FailedPrecondition), "{refused:?}");
        }
    }

    async fn call(&mut self, site: &mut Site, events: &[usize]) {
        let read = |event: &usize| {
            let read = event::read(self.body(*event).as_bytes()).expect("an event of Stripe's");
            delivery_to_proto(&read.delivery)
        };
        let deliveries: Vec<_> = events.iter().map(read).collect();
        let (account, mode) = (self.account.clone(), v1::Mode::Test.into());
        let request = v1::RecordFactsRequest { account, mode, deliveries, ..v1::RecordFactsRequest::default() };
        if self.dies(site) {
            let door = site.door(0);
            let cut = request.clone();
            let call = tokio::spawn(async move { door.caller.qualifications().record_facts(cut).await.map(drop) });
            self.kill(site).await;
            let _ = call.await.expect("a call ends");
        }
        let door = site.door(self.random.below(2));
        let answer = door.caller.qualifications().record_facts(request).await.expect("it is taken").into_inner();
        assert_eq!(answer.results.len(), events.len());
        self.delivered += events.len() as u64;
    }

    /// Finds in Stripe's list what was lost.
    async fn reconcile(&mut self, site: &Site, lost: &[usize]) {
        let stripe = site.stripe().expect("there is a key");
        if stripe.all("events").is_empty() {
            self.list_events(stripe);
        }
        let since = Some(timestamp(site.clock.now().plus_days(-29)));
        let request =
            v1::ReconcileRequest { account: self.account.clone(), mode: v1::Mode::Test.into(), since, dry_run: false };
        let mut told = loop {
            let begun = site.door(self.random.below(2)).caller.qualifications().reconcile(request.clone()).await;
            match begun {
                Ok(told) => break told.into_inner(),
                // Nobody else should be at it, since the schedule is off here; whoever is gets to end.
                Err(status) => assert_eq!(Refusal::of(&status).reason, "RECONCILIATION_RUNS"),
            }
            tokio::task::yield_now().await;
        };
        let mut last = None;
        while let Some(progress) = told.message().await.expect("it goes on") {
            last = progress.reconciliation;
        }
        let run = last.expect("how far it has come");
        assert!(run.finished_at.is_some() && run.seen_count > 0, "{run:?}");
        self.delivered += lost.len() as u64;
    }

    /// Every event once, by the time at which it was made; of two bodies the newer one.
    fn list_events(&self, stripe: &FakeStripe) {
        let read = |event| serde_json::from_str::<Value>(&self.body(event)).expect("JSON");
        let by_id: BTreeMap<String, Value> = (0..self.told.len())
            .map(read)
            .map(|event| (event["id"].as_str().expect("an id").to_owned(), event))
            .collect();
        let mut events: Vec<Value> = by_id.into_values().collect();
        events.sort_by_key(|event| event["created"].as_i64());
        for event in events {
            stripe.add("events", event);
        }
    }

    async fn post_in_turn(&mut self, door: &Door, events: &[usize]) {
        for event in events {
            let status = post(self.posting.clone(), self.request(door, *event)).await;
            assert_eq!(status, Some(200), "event {event} is taken");
            self.delivered += 1;
        }
    }

    async fn post_at_once(&mut self, site: &mut Site, events: &[usize]) {
        if self.dies(site) {
            let posts = self.posts(site, events);
            self.kill(site).await;
            posts.join_all().await;
        }
        let posts = self.posts(site, events);
        let statuses = posts.join_all().await;
        assert!(statuses.iter().all(|status| *status == Some(200)), "{statuses:?}");
        self.delivered += events.len() as u64;
    }

    fn posts(&mut self, site: &Site, events: &[usize]) -> JoinSet<Option<u16>> {
        let mut posts = JoinSet::new();
        for event in events {
            let door = site.door(self.random.below(2));
            posts.spawn(post(self.posting.clone(), self.request(&door, *event)));
        }
        posts
    }

    /// Whether the programs are killed in the middle of this.
    fn dies(&mut self, site: &Site) -> bool {
        site.can_kill() && self.random.percent(12)
    }

    async fn kill(&mut self, site: &mut Site) {
        for _ in 0..self.random.below(400) {
            tokio::task::yield_now().await;
        }
        site.restart().await;
    }

    fn request(&mut self, door: &Door, event: usize) -> Request<Full<Bytes>> {
        let body = self.body(event).into_bytes();
        let campaign = self.random.below(self.campaigns.len() + 1);
        let path = match self.campaigns.get(campaign) {
            Some(campaign) => campaign.id.clone(),
            None => format!("accounts/{}", self.account),
        };
        let secret = Server::secret_of(&self.account, Mode::Test);
        let signed = signature::sign(&body, &secret, door.clock.now());
        let request = Request::post(format!("http://{}/webhooks/stripe/{path}", door.sidecar_at));
        request.header("stripe-signature", signed).body(Full::new(Bytes::from(body))).expect("a request")
    }
}

async fn launch(door: &Door, id: &str) {
    let request = v1::LaunchCampaignRequest { id: id.to_owned(), etag: String::new() };
    door.caller.campaigns().launch_campaign(request).await.expect("the campaign goes live");
}

/// The status, if there is an answer.
async fn post(client: Client<HttpConnector, Full<Bytes>>, request: Request<Full<Bytes>>) -> Option<u16> {
    let answer = client.request(request).await.ok()?;
    let status = answer.status().as_u16();
    answer.into_body().collect().await.ok()?;
    Some(status)
}
