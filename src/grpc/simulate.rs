//! `SimulateRule`.

use std::pin::Pin;

use tokio::sync::mpsc::channel;
use tokio_stream::wrappers::ReceiverStream;
use tokio_stream::{Stream, StreamExt};
use tonic::Status;

use super::{Service, checked, page_size, read, status};
use crate::app::simulate::Progress;
use crate::app::{Caller, Error};
use crate::convert::{rule_with_mask, simulation_to_proto};
use crate::domain::id::CampaignId;
use crate::domain::rule::Rule;
use crate::proto::v1;

/// The answers to one call.
pub type Trials = Pin<Box<dyn Stream<Item = Result<v1::SimulateRuleResponse, Status>> + Send>>;

impl Service {
    pub(super) async fn trial(&self, caller: Caller, request: v1::SimulateRuleRequest) -> Result<Trials, Status> {
        let v1::SimulateRuleRequest { campaign_id, rule, rule_mask, page_size: size, page_token } = request;
        let (id, size) = read(|violations| {
            let id = violations.take("campaign_id", CampaignId::parse(&campaign_id));
            let size = page_size(violations, size);
            Some((id?, size?))
        })?;
        let mask = rule_mask.unwrap_or_default().paths;
        let edit = |stands: &Rule| checked(|violations| rule_with_mask(violations, stands, rule, &mask));
        let trial = self.app.begin_simulation(&caller, id, edit, (size, &page_token)).await.map_err(status)?;
        let (tell, told) = channel(1);
        tokio::spawn(trial.carry_out(tell));
        let answer = |told: Result<Progress, Error>| told.map(progress_to_proto).map_err(status);
        Ok(Box::pin(ReceiverStream::new(told).map(answer)))
    }
}

fn progress_to_proto(progress: Progress) -> v1::SimulateRuleResponse {
    let simulation = progress.outcome.map(|came| {
        let simulation = came.simulation.as_ref();
        simulation_to_proto(&came.rule, came.decided_at, simulation, &came.shifts, came.next_page_token)
    });
    v1::SimulateRuleResponse { referrals_total: progress.total, referrals_done: progress.done, simulation }
}
