//! Campaigns: made, changed, and moved through their life.

use super::application::begin as begin_application;
use super::audit::note;
use super::error::{Error, Result};
use super::requests::{Repeatable, earlier, keep};
use super::{App, Caller, Page, accounts, coupons};
use crate::clock::random;
use crate::domain::audit::{Subject, SubjectKind, campaign_changes};
use crate::domain::campaign::{Campaign, Ledger, NotReady, Settings, State, WrongState};
use crate::domain::id::{CampaignId, RewardRuleId};
use crate::domain::reward::{Proposed, RewardRule, revised};
use crate::domain::time::Time;
use crate::store::{CampaignFilter, Tx};

impl App {
    /// Makes a campaign in state DRAFT.
    pub async fn create_campaign(
        &self,
        caller: &Caller,
        ledger: Ledger,
        settings: Settings,
        reward_rules: Vec<Proposed>,
        repeatable: &Repeatable,
    ) -> Result<Campaign> {
        caller.touches(&ledger.account, "account", &ledger.account)?;
        let now = self.clock.now();
        let mut tx = self.store.write().await?;
        let row = accounts::lock(&mut tx, &ledger, now).await?;
        let request = repeatable.of(&ledger.account, "CreateCampaign");
        if let Some(id) = earlier(&mut tx, request.as_ref(), CampaignId::parse).await? {
            return stored(&mut tx, id).await;
        }
        let id = CampaignId::new(now, random());
        let reward_rules = revised_rules(&[], reward_rules, State::Draft, &settings, now);
        let campaign = Campaign {
            id,
            ledger,
            state: State::Draft,
            settings,
            reward_rules,
            rule_version: 1,
            application: None,
            revision: 1,
            created_at: now,
            updated_at: now,
        };
        tx.add_campaign(row.id, &campaign).await?;
        keep(&mut tx, request.as_ref(), &id.to_string(), now).await?;
        note(&mut tx, caller, subject(&campaign), &[], now).await?;
        tx.commit().await?;
        Ok(campaign)
    }

    /// Reads a campaign.
    pub async fn campaign(&self, caller: &Caller, id: CampaignId) -> Result<Campaign> {
        let campaign = self.store.campaign(id).await?.ok_or_else(|| not_found(id))?;
        caller.touches(&campaign.ledger.account, "campaign", id)?;
        Ok(campaign)
    }

    /// Lists campaigns, the oldest first, with the token of the next page.
    pub async fn campaigns(
        &self,
        caller: &Caller,
        mut filter: CampaignFilter,
        page: &Page,
    ) -> Result<(Vec<Campaign>, String)> {
        let Some(account) = caller.account_filter(filter.account.take()) else { return Ok((vec![], String::new())) };
        filter.account = account;
        let after = page.after(CampaignId::parse)?;
        let campaigns = self.store.campaigns(&filter, after, page.limit()).await?;
        Ok(page.cut(campaigns, |campaign| campaign.id.to_string()))
    }

    /// Changes the settings and reward rules by a function of the current ones; what it refuses is not done. Where asked
    /// for, the rule holds for the referrals of before, too: the sweep sees to that.
    pub async fn update_campaign(
        &self,
        caller: &Caller,
        id: CampaignId,
        etag: &str,
        applies_to_existing: bool,
        edit: impl Fn(&Campaign) -> Result<(Settings, Vec<Proposed>)>,
    ) -> Result<Campaign> {
        self.change_promises(caller, id, etag, |campaign, now| {
            if campaign.state == State::Ended {
                let needed = vec![State::Draft, State::Live, State::Paused];
                return Err(Error::CampaignState { state: campaign.state, needed });
            }
            let (settings, rules) = edit(&campaign)?;
            let rules = revised_rules(&campaign.reward_rules, rules, campaign.state, &settings, now);
            let mut campaign = campaign.with_settings(settings, rules, now);
            if applies_to_existing {
                campaign = campaign.applied_to_existing(caller.key, now);
            }
            if campaign.state != State::Draft {
                self.check_ready(&campaign)?;
            }
            Ok(campaign)
        })
        .await
    }

    /// Goes live, for the first time or again.
    pub async fn launch_campaign(&self, caller: &Caller, id: CampaignId, etag: &str) -> Result<Campaign> {
        self.change_promises(caller, id, etag, |campaign, now| {
            let campaign = campaign.launch(now)?;
            self.check_ready(&campaign)?;
            Ok(campaign)
        })
        .await
    }

    /// Pauses.
    pub async fn pause_campaign(&self, caller: &Caller, id: CampaignId, etag: &str) -> Result<Campaign> {
        self.change(caller, id, etag, |campaign, now| moved(campaign.pause(now))).await
    }

    /// Ends for good.
    pub async fn end_campaign(&self, caller: &Caller, id: CampaignId, etag: &str) -> Result<Campaign> {
        self.change(caller, id, etag, |campaign, now| moved(campaign.end(now))).await
    }

    /// Refuses to be live with what cannot be done: for lack of a Stripe key, or of a mapping.
    fn check_ready(&self, campaign: &Campaign) -> Result<()> {
        campaign.ready(self.stripe.of(&campaign.ledger).is_some()).map_err(|why| match why {
            NotReady::NeedsStripeKey(settings) => Error::StripeKeyRequired(settings, campaign.ledger.clone()),
            NotReady::Unmapped(fields) => Error::MappingIncomplete(fields),
        })
    }

    /// As [`App::change`], where rules with coupons may become live. Stripe is asked for these before the ledger is
    /// locked, which no call to Stripe may hold; a campaign that names others by then has changed meanwhile.
    async fn change_promises(
        &self,
        caller: &Caller,
        id: CampaignId,
        etag: &str,
        change: impl Fn(Campaign, Time) -> Result<Campaign>,
    ) -> Result<Campaign> {
        let before = self.campaign(caller, id).await?;
        check_etag("campaign", etag, before.revision)?;
        let asked = coupons::to_be_asked(&before, &change(before.clone(), self.clock.now())?);
        self.check_coupons(&before.ledger, &asked).await?;
        self.change(caller, id, etag, |campaign, now| {
            let changed = change(campaign.clone(), now)?;
            if coupons::to_be_asked(&campaign, &changed).keys().any(|coupon| !asked.contains_key(coupon)) {
                check_etag("campaign", &self::etag(before.revision), campaign.revision)?;
            }
            Ok(changed)
        })
        .await
    }

    /// Writes what a function makes of a campaign, with its ledger locked: no referral is decided meanwhile.
    async fn change(
        &self,
        caller: &Caller,
        id: CampaignId,
        etag: &str,
        change: impl FnOnce(Campaign, Time) -> Result<Campaign>,
    ) -> Result<Campaign> {
        let ledger = self.campaign(caller, id).await?.ledger;
        let mut tx = self.store.write().await?;
        tx.lock_ledger(&ledger).await?;
        let campaign = stored(&mut tx, id).await?;
        check_etag("campaign", etag, campaign.revision)?;
        let now = self.clock.now();
        let mut changed = change(campaign.clone(), now)?;
        if !tx.update_campaign(&changed).await? {
            return Err(Error::Internal);
        }
        if changed.application != campaign.application {
            changed.application = begin_application(&mut tx, &changed).await?;
        }
        note(&mut tx, caller, subject(&changed), &campaign_changes(&campaign, &changed), now).await?;
        tx.commit().await?;
        Ok(changed)
    }
}

fn moved(result: std::result::Result<Campaign, WrongState>) -> Result<Campaign> {
    result.map_err(Error::from)
}

fn revised_rules(
    stands: &[RewardRule],
    proposed: Vec<Proposed>,
    state: State,
    settings: &Settings,
    now: Time,
) -> Vec<RewardRule> {
    let new_id = || RewardRuleId::new(now, random());
    revised(stands, proposed, state == State::Draft, settings.rule.currency, now, new_id)
}

fn subject(campaign: &Campaign) -> Subject {
    Subject::of_ledger(SubjectKind::Campaign, campaign.id, &campaign.ledger)
}

pub(super) fn not_found(id: CampaignId) -> Error {
    Error::NotFound { kind: "campaign", name: id.to_string() }
}

async fn stored(tx: &mut Tx, id: CampaignId) -> Result<Campaign> {
    tx.campaign(id).await?.ok_or_else(|| not_found(id))
}

/// The etag of a revision.
pub fn etag(revision: u64) -> String {
    revision.to_string()
}

/// Refuses an etag that is not the current one; none is always right.
pub(super) fn check_etag(kind: &'static str, given: &str, revision: u64) -> Result<()> {
    let current = etag(revision);
    if given.is_empty() || given == current {
        return Ok(());
    }
    Err(Error::EtagMismatch { kind, given: given.to_owned(), current })
}
