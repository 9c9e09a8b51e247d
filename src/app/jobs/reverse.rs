//! Takes a reward back, as far as it is still there: credit that was not spent, a code that was not used.

use serde::{Deserialize, Serialize};

use super::issue::Request as Issued;
use super::plan::{self, Plan};
use super::reward::{moved, movement, named};
use super::{Claimed, Stop, Tried};
use crate::app::App;
use crate::domain::job::JobKind;
use crate::domain::reward::{Kind, Outcome, Reward};
use crate::stripe::client as stripe;

/// What is sent to take a credit back.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Request {
    customer_id: String,
    /// What the recipient had of it when this was decided, in minor units.
    held_minor: i64,
    /// What is taken.
    take_minor: i64,
    /// What is given back again, once known: an invoice came between, and the customer would owe it.
    excess_minor: Option<i64>,
}

impl App {
    /// Tries to take a reward back once.
    pub(super) async fn reverse_job(&self, claimed: &mut Claimed) -> Tried {
        let gift = self.gift_of(&claimed.job).await?;
        let outcome = match &gift.rule.terms.kind {
            Kind::Credit(_) => self.take_credit(claimed, &gift.reward).await?,
            Kind::PromotionCode { .. } => self.end_code(claimed, &gift.reward).await?,
            Kind::Custom { .. } => return Err(Stop::GiveUp("nothing of this kind is at Stripe".to_owned())),
        };
        self.finish_reward(claimed, outcome).await
    }

    async fn take_credit(&self, claimed: &mut Claimed, reward: &Reward) -> Tried<Outcome> {
        let plan = match plan::read(&claimed.job)? {
            Some(plan) => plan,
            None => match self.plan_take(claimed, reward).await? {
                Ok(plan) => plan,
                Err(left_minor) => return Ok(taken(reward, left_minor)),
            },
        };
        let Request { held_minor, take_minor, .. } = plan.what;
        let excess_minor = self.take(claimed, plan, reward).await?;
        Ok(taken(reward, held_minor - take_minor + excess_minor))
    }

    /// Decides how much is taken; where that is nothing, how much the recipient keeps.
    async fn plan_take(&self, claimed: &mut Claimed, reward: &Reward) -> Tried<Result<Plan<Request>, i64>> {
        let Some((customer_id, held_minor)) = self.holding(claimed, reward).await? else { return Ok(Err(0)) };
        let customer = claimed.stripe.customer(&customer_id).await?.filter(|customer| !customer.deleted);
        let take_minor = customer.map_or(0, |customer| held_minor.min(-customer.balance_minor));
        if take_minor <= 0 {
            return Ok(Err(held_minor));
        }
        let what = Request { customer_id, held_minor, take_minor, excess_minor: None };
        let plan = plan::begin(&mut claimed.job, what, self.clock.now())?;
        self.keep(claimed, &plan).await?;
        Ok(Ok(plan))
    }

    /// The customer who has the credit, and how much of it. Where nobody knows whether it was issued, Stripe does.
    async fn holding(&self, claimed: &Claimed, reward: &Reward) -> Tried<Option<(String, i64)>> {
        if let (Some(customer_id), 1..) = (&reward.customer_id, reward.given_minor) {
            return Ok(Some((customer_id.clone(), reward.given_minor)));
        }
        let Some(Issued::Credit { customer_id, .. }) = self.planned(reward).await? else { return Ok(None) };
        let own = moved(claimed, &customer_id, &named(reward, "issue")).await?;
        Ok(own.map(|own| (customer_id, reward.given_minor - own.amount_minor)))
    }

    /// What a job that was given up was going to issue.
    async fn planned(&self, reward: &Reward) -> Tried<Option<Issued>> {
        let jobs = self.store.jobs_of(&reward.id.to_string()).await?;
        let Some(job) = jobs.into_iter().find(|job| job.kind == JobKind::Issue) else { return Ok(None) };
        Ok(plan::read(&job)?.map(|plan: Plan<Issued>| plan.what))
    }

    /// Takes it, and gives back what the customer would then owe; says how much that was.
    async fn take(&self, claimed: &mut Claimed, mut plan: Plan<Request>, reward: &Reward) -> Tried<i64> {
        let Request { customer_id, take_minor, excess_minor, .. } = plan.what.clone();
        let excess_minor = if let Some(known) = excess_minor {
            known
        } else {
            let taking = movement(reward, "reverse", &customer_id, take_minor);
            let taken = self.move_balance(claimed, &mut plan, &taking).await?;
            let excess_minor = taken.ending_balance_minor.clamp(0, take_minor);
            plan.what.excess_minor = Some(excess_minor);
            self.keep(claimed, &plan).await?;
            excess_minor
        };
        if excess_minor > 0 {
            let giving = movement(reward, "excess", &customer_id, -excess_minor);
            self.move_balance(claimed, &mut plan, &giving).await?;
        }
        Ok(excess_minor)
    }

    /// Ends a code that was not used.
    async fn end_code(&self, claimed: &Claimed, reward: &Reward) -> Tried<Outcome> {
        let Some(code) = self.code(claimed, reward).await? else { return Ok(taken(reward, 0)) };
        let is_used = |code: &stripe::PromotionCode| code.times_redeemed > 0;
        let code = if code.active && !is_used(&code) {
            let key = format!("{}-reverse-{}", claimed.job.id, claimed.job.attempts);
            claimed.stripe.deactivate_promotion_code(&code.id, &key).await?
        } else {
            code
        };
        if is_used(&code) {
            let detail = format!("the code {} was used", code.code);
            return Ok(Outcome::ReversalDue { taken_minor: 0, detail });
        }
        Ok(taken(reward, 0))
    }

    /// The code of a reward. Where nobody knows whether it was made, Stripe does.
    async fn code(&self, claimed: &Claimed, reward: &Reward) -> Tried<Option<stripe::PromotionCode>> {
        if let Some(id) = &reward.stripe_object_id {
            return Ok(claimed.stripe.promotion_code(id).await?);
        }
        let Some(Issued::Code { code, .. }) = self.planned(reward).await? else { return Ok(None) };
        let known = claimed.stripe.promotion_codes_by_code(&code).await?;
        Ok(known.into_iter().find(|known| known.metadata == named(reward, "issue")))
    }
}

/// What came of taking a reward back, where the recipient keeps so much of it.
fn taken(reward: &Reward, left_minor: i64) -> Outcome {
    let taken_minor = reward.given_minor - left_minor;
    if left_minor == 0 {
        return Outcome::Reversed { taken_minor };
    }
    let left = reward.currency.show(left_minor);
    Outcome::ReversalDue { taken_minor, detail: format!("{left} of the credit is spent, or its customer is gone") }
}
