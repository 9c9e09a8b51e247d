//! Domain types to generated types and back: the one place where what came in is checked.
//!
//! `…_to_proto` cannot fail. `…_from_proto` takes the whole message and names every field that is wrong, so that a
//! caller corrects all of them at once.

mod audit;
mod campaign;
mod delivery;
mod erasure;
mod event;
mod explanation;
mod fact;
mod inquiry;
mod reconciliation;
mod referral;
mod referrer_sync;
mod reward;
mod simulation;
mod stats;
mod time;
mod violations;
mod words;

pub use audit::audit_line_to_proto;
pub use campaign::{
    campaign_to_proto, campaign_with_mask, ledger_from_proto, rule_to_proto, rule_with_mask, settings_from_proto,
};
pub use delivery::{
    DELIVERIES_MAX, deliveries_from_proto, delivery_from_proto, delivery_to_proto, ignored_from_proto,
    outcome_to_proto, route_from_proto, route_to_proto,
};
pub use erasure::receipt_to_proto;
pub use event::{cause_to_proto, event_to_proto};
pub use explanation::explanation_to_proto;
pub use fact::{fact_from_proto, fact_to_proto};
pub use inquiry::inquiry_to_proto;
pub use reconciliation::{reconciliation_to_proto, since_from_proto};
pub use referral::{
    person_from_proto, person_to_proto, person_with_mask, referral_to_proto, referral_with_job, referrer_to_proto,
    state_filter,
};
pub use referrer_sync::{asked_from_proto, referrer_sync_to_proto};
pub use reward::{recipient_from_proto, reward_rules_from_proto, reward_to_proto, reward_with_job};
pub use simulation::simulation_to_proto;
pub use stats::stats_to_proto;
pub use time::{optional_time_from_proto, time_from_proto, time_to_proto};
pub use violations::{VIOLATIONS_BYTES_MAX, VIOLATIONS_MAX, Violations};
pub use words::Twin;
