//! Comparisons with the payment source's own list of events.

use prost_types::Timestamp;

use super::{Violations, optional_time_from_proto, time_to_proto};
use crate::domain::Invalid;
use crate::domain::reconciliation::{KEPT_DAYS, Reconciliation};
use crate::domain::time::Time;
use crate::proto::v1;

/// A run, as the API says it.
pub fn reconciliation_to_proto(run: &Reconciliation, now: Time) -> v1::Reconciliation {
    let counts = run.counts;
    v1::Reconciliation {
        started_at: Some(time_to_proto(run.started_at)),
        since: Some(time_to_proto(run.since)),
        reached_at: run.reached.as_ref().map(|(_, at)| time_to_proto(*at)),
        finished_at: run.finished_at.map(time_to_proto),
        running: run.is_held(now),
        seen_count: counts.seen,
        new_count: counts.new,
        known_count: counts.known,
        ignored_count: counts.ignored,
        changed_count: counts.changed,
        last_error: run.last_error.clone().unwrap_or_default(),
    }
}

/// From when on events are asked for: as far back as Stripe keeps them.
pub fn since_from_proto(violations: &mut Violations, since: Option<Timestamp>, now: Time) -> Option<Option<Time>> {
    let since = violations.take("since", optional_time_from_proto(since))?;
    let checked = match since {
        Some(since) if since < now.plus_days(-KEPT_DAYS) => Err(Invalid(format!(
            "must lie within the last {KEPT_DAYS} days, as long as Stripe keeps its events; what is older can be imported"
        ))),
        Some(since) if now < since => Err(Invalid::new("must not lie in the future")),
        since => Ok(since),
    };
    violations.take("since", checked)
}
