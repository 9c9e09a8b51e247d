//! What another rule would do, as the API says it.

use super::campaign::rule_to_proto;
use super::referral::referral_to_proto;
use super::stats::spends_to_proto;
use super::time_to_proto;
use crate::domain::rule::Rule;
use crate::domain::simulation::{Shift, Simulation, Tally};
use crate::domain::time::Time;
use crate::domain::world::Enrolled;
use crate::proto::v1;

/// What came out, with a page of the changes.
pub fn simulation_to_proto(
    rule: &Rule,
    decided_at: Time,
    simulation: Option<&Simulation>,
    shifts: &[Shift],
    next_page_token: String,
) -> v1::Simulation {
    v1::Simulation {
        rule: Some(rule_to_proto(rule)),
        decided_at: Some(time_to_proto(decided_at)),
        current: simulation.map(|simulation| side_to_proto(&simulation.current)),
        simulated: simulation.map(|simulation| side_to_proto(&simulation.simulated)),
        changing_count: simulation.map_or(0, |simulation| simulation.changing),
        changes: shifts.iter().map(shift_to_proto).collect(),
        next_page_token,
    }
}

fn side_to_proto(tally: &Tally) -> v1::SimulationSide {
    let costs = tally.costs().into_iter().map(|((rule, currency), owed)| v1::RewardCost {
        reward_rule_id: rule.to_string(),
        currency: currency.to_string(),
        reward_count: owed.count,
        amount_minor: owed.amount_minor,
    });
    v1::SimulationSide {
        pending_count: tally.pending,
        qualified_count: tally.qualified,
        expired_count: tally.expired,
        disqualified_count: tally.disqualified,
        spends: spends_to_proto(&tally.spend_minor),
        reward_costs: costs.collect(),
    }
}

fn shift_to_proto(Shift { before, after }: &Shift) -> v1::SimulatedChange {
    let referral = |enrolled: &Enrolled| Some(referral_to_proto(&enrolled.referral, &enrolled.rule));
    v1::SimulatedChange { current: referral(before), simulated: referral(after) }
}
