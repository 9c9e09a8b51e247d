//! `reconcile`: has a running service compare itself with Stripe's own list of events, and shows how far it is.

use std::io::{IsTerminal, Write};

use prost_types::Timestamp;
use referrald::clock::Clock;
use referrald::config;
use referrald::convert::{Twin, time_to_proto};
use referrald::domain::campaign::Mode;
use referrald::proto::v1;
use referrald::proto::v1::qualification_service_client::QualificationServiceClient;
use referrald::server::{Problem, connect};

use super::said;

/// How wide the bar is, in characters.
const BAR: i64 = 30;
/// Where nobody watches, a line this often is enough, in seconds.
const LINE_EVERY_SECONDS: i64 = 10;

/// Runs to the end; the exit status says whether it came there.
pub async fn reconcile(options: config::Reconcile) -> Result<(), Problem> {
    let clock = Clock::default();
    let since = options.days.map(|days| time_to_proto(clock.now().plus_days(-i64::from(days)).plus_seconds(60)));
    let mode = Mode::from(options.mode).number();
    let request = v1::ReconcileRequest { account: options.account, mode, since, dry_run: options.dry_run };
    let mut service = QualificationServiceClient::new(connect(&options.service.server, &options.service.key)?);
    let refused = |status: tonic::Status| Problem(said(&status));
    let mut told = service.reconcile(request).await.map_err(refused)?.into_inner();
    let (is_watched, mut said_at) = (std::io::stderr().is_terminal(), clock.now().seconds());
    let mut last = v1::Reconciliation::default();
    while let Some(answer) = told.message().await.map_err(refused)? {
        last = answer.reconciliation.unwrap_or_default();
        let now = clock.now().seconds();
        if is_watched {
            eprint!("\r{}", progress(&last));
            let _ = std::io::stderr().flush();
        } else if now - said_at >= LINE_EVERY_SECONDS {
            eprintln!("{}", progress(&last));
            said_at = now;
        }
    }
    if is_watched {
        eprintln!();
    }
    println!("{}", summary(&last, options.dry_run));
    if last.finished_at.is_some() { Ok(()) } else { Err(Problem("it was broken off: call it again".to_owned())) }
}

/// One line on how far it has come: from now back to where it ends.
fn progress(run: &v1::Reconciliation) -> String {
    let seconds = |at: &Option<Timestamp>| at.as_ref().map_or(0, |at| at.seconds);
    let whole = (seconds(&run.started_at) - seconds(&run.since)).max(1);
    let done = run.reached_at.as_ref().map_or(whole, |at| seconds(&run.started_at) - at.seconds);
    let filled = usize::try_from((done * BAR / whole).clamp(0, BAR)).unwrap_or_default();
    let back_to = run.reached_at.as_ref().or(run.since.as_ref()).map(ToString::to_string).unwrap_or_default();
    format!(
        "[{:<width$}] back to {back_to}: {} events, {} new, {} changes",
        "#".repeat(filled),
        run.seen_count,
        run.new_count,
        run.changed_count,
        width = usize::try_from(BAR).unwrap_or_default()
    )
}

fn summary(run: &v1::Reconciliation, dry_run: bool) -> String {
    let v1::Reconciliation { seen_count, new_count, known_count, ignored_count, changed_count, since, .. } = run;
    let since = since.as_ref().map(ToString::to_string).unwrap_or_default();
    let found =
        format!("{seen_count} events since {since}: {new_count} new, {known_count} known, {ignored_count} ignored");
    if dry_run {
        format!("{found}. Nothing was recorded.")
    } else {
        format!("{found}; {changed_count} changes of referrals.")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A time, for a field that may be left out.
    const fn at(seconds: i64) -> Timestamp {
        Timestamp { seconds, nanos: 0 }
    }

    #[test]
    fn the_bar_goes_from_now_back_to_the_beginning() {
        let run = |reached_at| v1::Reconciliation {
            started_at: Some(at(1000)),
            since: Some(at(400)),
            reached_at,
            ..Default::default()
        };
        let bar = |reached| progress(&run(reached)).matches('#').count();
        assert_eq!((bar(Some(at(1000))), bar(Some(at(700))), bar(Some(at(400))), bar(None)), (0, 15, 30, 30));
    }

    #[test]
    fn the_summary_says_what_was_found_and_whether_it_was_recorded() {
        let run = v1::Reconciliation {
            since: Some(at(0)),
            seen_count: 3,
            new_count: 1,
            known_count: 2,
            ..Default::default()
        };
        let found = "3 events since 1970-01-01T00:00:00Z: 1 new, 2 known, 0 ignored";
        assert_eq!(summary(&run, false), format!("{found}; 0 changes of referrals."));
        assert_eq!(summary(&run, true), format!("{found}. Nothing was recorded."));
    }
}
