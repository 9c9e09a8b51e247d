//! Runs that make referrers of customers.

use prost_types::Timestamp;

use super::{Violations, optional_time_from_proto, time_to_proto};
use crate::domain::Invalid;
use crate::domain::mapping::metadata_key;
use crate::domain::referrer_sync::{Asked, ReferrerSync};
use crate::domain::time::Time;
use crate::proto::v1;

/// Where the link stands if nothing else is said.
const METADATA_KEY: &str = "referral_link";
/// By these the service knows a customer that it has made.
const OWN_KEYS: [&str; 2] = ["referral_id", "campaign_id"];

/// A run, as the API says it.
pub fn referrer_sync_to_proto(run: &ReferrerSync, now: Time) -> v1::ReferrerSync {
    let refused = |(customer_id, reason): &(String, String)| v1::RefusedLink {
        customer_id: customer_id.clone(),
        reason: reason.clone(),
    };
    let counts = run.counts;
    v1::ReferrerSync {
        campaign_id: run.campaign_id.to_string(),
        metadata_key: run.asked.metadata_key.clone(),
        created_since: run.asked.created_since.map(time_to_proto),
        started_at: Some(time_to_proto(run.started_at)),
        updated_at: Some(time_to_proto(run.updated_at)),
        reached_at: run.reached.as_ref().map(|(_, at)| time_to_proto(*at)),
        finished_at: run.finished_at.map(time_to_proto),
        running: run.is_running(now),
        seen_count: counts.seen,
        made_count: counts.made,
        known_count: counts.known,
        no_email_count: counts.no_email,
        invalid_email_count: counts.invalid_email,
        written_count: counts.written,
        right_count: counts.right,
        refused_count: counts.refused,
        refused: run.refused.iter().map(refused).collect(),
        last_error: run.last_error.clone().unwrap_or_default(),
    }
}

/// What a run is asked to do.
pub fn asked_from_proto(
    violations: &mut Violations,
    metadata_key: &str,
    created_since: Option<Timestamp>,
    now: Time,
) -> Option<Asked> {
    let metadata_key = violations.take("metadata_key", key(metadata_key));
    let since = violations.take("created_since", optional_time_from_proto(created_since))?;
    let since = match since {
        Some(since) if now < since => Err(Invalid::new("must not lie in the future")),
        since => Ok(since.map(Time::floor_to_second)),
    };
    let created_since = violations.take("created_since", since)?;
    Some(Asked { metadata_key: metadata_key?, created_since })
}

fn key(text: &str) -> Result<String, Invalid> {
    let key = metadata_key(if text.is_empty() { METADATA_KEY } else { text })?;
    if OWN_KEYS.contains(&key.as_str()) {
        return Err(Invalid(format!("is \"{key}\", by which the service knows its own customers; take another")));
    }
    Ok(key)
}
