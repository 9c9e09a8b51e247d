//! Sends what was read to the service, and waits for one that is away.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use referrald::convert::Twin;
use referrald::domain::campaign::Ledger;
use referrald::proto::v1;
use referrald::proto::v1::qualification_service_client::QualificationServiceClient;
use referrald::sidecar::Upstream;
use tonic::{Code, Status};

use super::tally::say;
use crate::commands::said;

/// How long a call may take.
const CALL_MAX: Duration = Duration::from_secs(30);
/// How long is waited before each further try, in milliseconds.
const WAITS_MILLIS: [u64; 7] = [500, 1000, 2000, 4000, 8000, 16_000, 30_000];

/// Where it is sent to.
#[derive(Clone)]
pub struct Sender {
    service: QualificationServiceClient<Upstream>,
    ledger: Ledger,
    /// Whether it was said that the service is away: once is enough, however many calls wait for it.
    is_away: Arc<AtomicBool>,
}

/// What became of some deliveries.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Sent {
    pub recorded: u64,
    pub known: u64,
    /// How often a referral changed.
    pub changes: u64,
    /// What the service refused, with the number of its line.
    pub refused: Vec<(u64, String)>,
}

impl Sender {
    pub fn new(service: QualificationServiceClient<Upstream>, ledger: Ledger) -> Self {
        Self { service, ledger, is_away: Arc::default() }
    }

    /// Sends deliveries. Where one of them is refused, each is sent alone, so that only that one is not recorded.
    ///
    /// # Errors
    /// The service takes none of it.
    pub async fn send(self, deliveries: Vec<(u64, v1::Delivery)>) -> Result<Sent, Status> {
        let mut sent = Sent::default();
        if deliveries.is_empty() {
            return Ok(sent);
        }
        match self.record(deliveries.iter().map(|(_, delivery)| delivery.clone()).collect()).await {
            Err(status) if status.code() == Code::InvalidArgument => {}
            results => return results.map(|results| sent.counting(&results)),
        }
        for (line, delivery) in deliveries {
            match self.record(vec![delivery]).await {
                Err(status) if status.code() == Code::InvalidArgument => sent.refused.push((line, said(&status))),
                results => sent = sent.counting(&results?),
            }
        }
        Ok(sent)
    }

    /// Records deliveries, with as many tries as are sensible: a repetition does no harm.
    async fn record(&self, deliveries: Vec<v1::Delivery>) -> Result<Vec<v1::DeliveryResult>, Status> {
        let request = v1::RecordFactsRequest {
            account: self.ledger.account.clone(),
            mode: self.ledger.mode.number(),
            deliveries,
            route: v1::Route::Import.into(),
            secret_id: String::new(),
        };
        let mut waits = WAITS_MILLIS.into_iter();
        loop {
            let mut call = tonic::Request::new(request.clone());
            call.set_timeout(CALL_MAX);
            let status = match self.service.clone().record_facts(call).await {
                Ok(answer) => {
                    self.is_away.store(false, Ordering::Relaxed);
                    return Ok(answer.into_inner().results);
                }
                Err(status) => status,
            };
            let Some(wait) = waits.next().filter(|_| is_passing(&status)) else { return Err(status) };
            if !self.is_away.swap(true, Ordering::Relaxed) {
                say(&format!("{}; trying again for a minute", said(&status)));
            }
            tokio::time::sleep(Duration::from_millis(wait)).await;
        }
    }
}

/// Whether the same call may succeed a little later.
fn is_passing(status: &Status) -> bool {
    matches!(status.code(), Code::Unavailable | Code::ResourceExhausted | Code::DeadlineExceeded | Code::Unknown)
}

impl Sent {
    /// Adds what was wrong before it could be sent. It is told with the rest: of lines that the service does not take, for
    /// want of a key or an account, none is worth a word yet, and they are read again.
    pub fn after(mut self, refused: Vec<(u64, String)>) -> Self {
        self.refused.splice(0..0, refused);
        self
    }

    fn counting(mut self, results: &[v1::DeliveryResult]) -> Self {
        for result in results {
            match result.outcome() {
                v1::Outcome::Duplicate => self.known += 1,
                _ => self.recorded += 1,
            }
            self.changes += result.changed_referral_ids.len() as u64;
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_counted_by_what_they_say() {
        let result = |outcome: v1::Outcome, changed: usize| v1::DeliveryResult {
            outcome: outcome.into(),
            changed_referral_ids: vec!["ref_1".to_owned(); changed],
            ..v1::DeliveryResult::default()
        };
        let results =
            [result(v1::Outcome::Recorded, 2), result(v1::Outcome::Duplicate, 0), result(v1::Outcome::Recorded, 1)];
        let sent = Sent::default().counting(&results);
        assert_eq!(sent, Sent { recorded: 2, known: 1, changes: 3, refused: vec![] });
    }
}
