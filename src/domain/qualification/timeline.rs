//! The way of the spend along the times of the facts, as the decision goes it.

use super::super::spend::{Effect, Idle};
use super::super::time::Time;
use super::{Case, Fold, refunds_before};

/// What one fact did to the spend of a referral.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The charge of the payment that it belongs to.
    pub charge_id: String,
    /// What it did.
    pub effect: Effect,
    /// The spend after it, in minor units of the rule's currency.
    pub spend_minor: i64,
    /// What became of the target by the facts of this second, with their last; what was before the registration is one
    /// second for that.
    pub crossing: Option<Crossing>,
}

/// What became of the target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Crossing {
    /// It was reached.
    Reached,
    /// It ceased to be.
    Lost,
}

/// Every fact of a case by its own time; of one second what was paid, what was given back and what was contested.
pub fn steps(case: &Case) -> Vec<Step> {
    let refunds_before = refunds_before(case);
    let mut steps: Vec<Step> = Vec::new();
    for payment in case.payments {
        let effects = payment.effects(case.rule, case.registered_at, refunds_before);
        let charge_id = &payment.charge.id;
        let step = |effect| Step { charge_id: charge_id.clone(), effect, spend_minor: 0, crossing: None };
        steps.extend(effects.into_iter().map(step));
    }
    steps.sort_by_key(|step| (step.effect.at, step.effect.object));
    let mut spend: i128 = 0;
    for step in &mut steps {
        spend += i128::from(step.effect.change_minor);
        step.spend_minor = i64::try_from(spend).unwrap_or(i64::MAX);
    }
    Fold::over(case, refunds_before, |at, crossing| mark(&mut steps, case.registered_at, at, crossing));
    steps
}

/// Of the facts of a second it is the last that did something; a refund may bar a referral without that.
fn mark(steps: &mut [Step], registered_at: Time, at: Time, crossing: Crossing) {
    let seen_at = |step: &Step| step.effect.at.max(registered_at);
    let until = steps.partition_point(|step| seen_at(step) <= at);
    let from = steps[..until].partition_point(|step| seen_at(step) < at);
    let of_second = &mut steps[from..until];
    let last = of_second.iter().rposition(|step| step.effect.idle.is_none());
    let last = last.or_else(|| of_second.iter().rposition(|step| step.effect.idle == Some(Idle::NoDifference)));
    if let Some(last) = last {
        of_second[last].crossing = Some(crossing);
    }
}
