//! Takes a reward back, as far as it is still there: credit that was not spent, a code that was not used.

use serde::{Deserialize, Serialize};

use super::plan::{self, Plan};
use super::reward::movement;
use super::{Claimed, Stop, Tried};
use crate::app::App;
use crate::app::rewards::gift::Gift;
use crate::domain::reward::{Kind, Outcome, Reward};
use crate::stripe::client as stripe;

/// What is sent to take a credit back.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Request {
    customer_id: String,
    /// What is taken, in minor units.
    take_minor: i64,
    /// What is given back again, once known: an invoice came between, and the customer would owe it.
    excess_minor: Option<i64>,
    /// By what Stripe's record tells it from what was taken of the same round before: credit may come and be spent again
    /// and again. The job that planned it, which stays when another one goes on with the plan.
    #[serde(default)]
    job: Option<String>,
}

impl Request {
    /// A movement of the customer's balance for one of its two steps.
    fn movement(&self, reward: &Reward, step: &str, amount_minor: i64) -> stripe::Credit {
        let mut movement = movement(reward, step, &self.customer_id, amount_minor);
        movement.metadata.extend(self.job.clone().map(|job| ("reward_job".to_owned(), job)));
        movement
    }
}

impl App {
    /// Tries to take a reward back once.
    pub(super) async fn reverse_job(&self, claimed: &mut Claimed) -> Tried {
        let Gift { mut reward, rule, .. } = self.gift_of(&claimed.job).await?;
        if let Some(issue) = self.issued_after_all(claimed, &reward).await? {
            reward = self.found_reward(claimed, issue).await?;
        }
        let outcome = match &rule.terms.kind {
            Kind::Credit(_) => self.take_credit(claimed, &reward).await?,
            Kind::PromotionCode { .. } => self.end_code(claimed, &reward).await?,
            Kind::Custom { .. } => return Err(Stop::GiveUp("nothing of this kind is at Stripe".to_owned())),
        };
        self.finish_reward(claimed, outcome).await
    }

    async fn take_credit(&self, claimed: &mut Claimed, reward: &Reward) -> Tried<Outcome> {
        let plan = match plan::resume(&mut claimed.job)? {
            Some(plan) => plan,
            None => match self.plan_take(claimed, reward).await? {
                Some(plan) => plan,
                None => return Ok(taken(reward, 0)),
            },
        };
        let take_minor = plan.what.take_minor;
        let excess_minor = self.take(claimed, plan, reward).await?;
        Ok(taken(reward, take_minor - excess_minor))
    }

    /// Decides how much is taken; `None` where there is nothing.
    async fn plan_take(&self, claimed: &mut Claimed, reward: &Reward) -> Tried<Option<Plan<Request>>> {
        let Some(customer_id) = reward.customer_id.clone() else { return Ok(None) };
        let customer = claimed.stripe.customer(&customer_id).await?.filter(|customer| !customer.deleted);
        let take_minor = customer.map_or(0, |customer| reward.given_minor.min(-customer.balance_minor));
        if take_minor <= 0 {
            return Ok(None);
        }
        let what = Request { customer_id, take_minor, excess_minor: None, job: Some(claimed.job.id.to_string()) };
        let plan = plan::begin(&mut claimed.job, what, self.clock.now())?;
        self.keep(claimed, &plan).await?;
        Ok(Some(plan))
    }

    /// Takes it, and gives back what the customer would then owe; says how much that was.
    async fn take(&self, claimed: &mut Claimed, mut plan: Plan<Request>, reward: &Reward) -> Tried<i64> {
        let take_minor = plan.what.take_minor;
        let excess_minor = if let Some(known) = plan.what.excess_minor {
            known
        } else {
            let taking = plan.what.movement(reward, "reverse", take_minor);
            let taken = self.move_balance(claimed, &mut plan, &taking).await?;
            let excess_minor = taken.ending_balance_minor.clamp(0, take_minor);
            plan.what.excess_minor = Some(excess_minor);
            self.keep(claimed, &plan).await?;
            excess_minor
        };
        if excess_minor > 0 {
            let giving = plan.what.movement(reward, "excess", -excess_minor);
            self.move_balance(claimed, &mut plan, &giving).await.map_err(half_done)?;
        }
        Ok(excess_minor)
    }

    /// Ends a code that was not used.
    async fn end_code(&self, claimed: &Claimed, reward: &Reward) -> Tried<Outcome> {
        let gone = Outcome::Reversed { taken_minor: 0 };
        let Some(id) = &reward.stripe_object_id else { return Ok(gone) };
        let Some(code) = claimed.stripe.promotion_code(id).await? else { return Ok(gone) };
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
        Ok(gone)
    }
}

/// Where only giving back what would be owed is refused, the rest is done and stays planned: another try does not take
/// it again.
fn half_done(stop: Stop) -> Stop {
    match stop {
        Stop::Stripe(failure) if matches!(failure.kind, stripe::Kind::Refused { .. }) => Stop::GiveUp(format!(
            "the credit is taken back, and what the customer would owe by that is not given back: {failure}"
        )),
        other => other,
    }
}

/// What came of taking so much of a reward back.
fn taken(reward: &Reward, taken_minor: i64) -> Outcome {
    let left_minor = reward.given_minor - taken_minor;
    if left_minor == 0 {
        return Outcome::Reversed { taken_minor };
    }
    let left = reward.currency.show(left_minor);
    Outcome::ReversalDue { taken_minor, detail: format!("{left} of the credit is spent, or its customer is gone") }
}
