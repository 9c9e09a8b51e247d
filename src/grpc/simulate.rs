//! `SimulateRule`.

use tokio::sync::mpsc::channel;
use tonic::Status;

use super::{Answers, Service, answers, checked, page_size, read, status};
use crate::app::Caller;
use crate::app::simulate::Progress;
use crate::convert::{rule_with_mask, simulation_to_proto};
use crate::domain::id::CampaignId;
use crate::domain::rule::Rule;
use crate::proto::v1;

impl Service {
    pub(super) async fn trial(
        &self,
        caller: Caller,
        request: v1::SimulateRuleRequest,
    ) -> Result<Answers<v1::SimulateRuleResponse>, Status> {
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
        Ok(answers(told, progress_to_proto))
    }
}

fn progress_to_proto(progress: Progress) -> v1::SimulateRuleResponse {
    let simulation = progress.outcome.map(|came| {
        let simulation = came.simulation.as_ref();
        simulation_to_proto(&came.rule, came.decided_at, simulation, &came.shifts, came.next_page_token)
    });
    v1::SimulateRuleResponse { referrals_total: progress.total, referrals_done: progress.done, simulation }
}
