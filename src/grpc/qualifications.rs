//! `QualificationService`.

use tokio::sync::mpsc::channel;
use tonic::{Request, Response, Status, async_trait};

use super::referrals::to_proto;
use super::watch::Feed;
use super::{Answers, Service, answers, field, id_and_etag, open, optional, page_size, read, read_etag, status};
use crate::app::recorder::Recorded;
use crate::app::{AuditFilter, Caller, Page};
use crate::convert::{
    audit_line_to_proto, deliveries_from_proto, explanation_to_proto, inquiry_to_proto, ledger_from_proto,
    optional_time_from_proto, outcome_to_proto, reconciliation_to_proto, route_from_proto, since_from_proto,
};
use crate::domain::audit::{CALL_MAX, SUBJECT_ID_MAX};
use crate::domain::campaign::account_alias;
use crate::domain::delivery::{Route, SOURCE_ID_MAX};
use crate::domain::id::{KeyId, ReferralId};
use crate::domain::qualification::Verdict;
use crate::domain::reconciliation::Reconciliation;
use crate::domain::text;
use crate::domain::world::Enrolled;
use crate::proto::v1;
use crate::proto::v1::qualification_service_server::QualificationService;

type Answer<T> = Result<Response<T>, Status>;

#[async_trait]
impl QualificationService for Service {
    async fn record_facts(&self, request: Request<v1::RecordFactsRequest>) -> Answer<v1::RecordFactsResponse> {
        let (caller, request) = open(request);
        let (ledger, deliveries) = read(|violations| {
            let ledger = ledger_from_proto(violations, "", &request.account, request.mode);
            let route = route_from_proto(violations, request.route, &request.secret_id);
            // The deliveries are read even where the route is wrong, so that their own problems are named too.
            let deliveries = deliveries_from_proto(violations, route.unwrap_or(Route::Call), request.deliveries);
            Some((ledger?, deliveries))
        })?;
        caller.touches(&ledger.account, "account", &ledger.account).map_err(status)?;
        let recorded = self.app.record(ledger, deliveries).await.map_err(status)?;
        let results = recorded.iter().map(recorded_to_proto).collect();
        Ok(Response::new(v1::RecordFactsResponse { results }))
    }

    async fn explain_qualification(
        &self,
        request: Request<v1::ExplainQualificationRequest>,
    ) -> Answer<v1::ExplainQualificationResponse> {
        let (caller, request) = open(request);
        let id = field("referral_id", ReferralId::parse(&request.referral_id))?;
        let why = self.app.explain(&caller, id).await.map_err(status)?;
        Ok(Response::new(explanation_to_proto(&why)))
    }

    async fn explain_event(&self, request: Request<v1::ExplainEventRequest>) -> Answer<v1::ExplainEventResponse> {
        let (caller, request) = open(request);
        let (ledger, id) = read(|violations| {
            let ledger = ledger_from_proto(violations, "", &request.account, request.mode);
            let id = violations.take("event_id", text::line(&request.event_id, SOURCE_ID_MAX));
            Some((ledger?, id?))
        })?;
        let inquiry = self.app.explain_event(&caller, ledger, id).await.map_err(status)?;
        Ok(Response::new(inquiry_to_proto(&inquiry)))
    }

    async fn qualify_referral(
        &self,
        request: Request<v1::QualifyReferralRequest>,
    ) -> Answer<v1::QualifyReferralResponse> {
        let (caller, request) = open(request);
        let v1::QualifyReferralRequest { referral_id, reason, etag } = request;
        let enrolled = self.by_hand(&caller, &referral_id, &reason, &etag, Verdict::Qualified).await?;
        Ok(Response::new(v1::QualifyReferralResponse { referral: Some(to_proto(&enrolled)) }))
    }

    async fn disqualify_referral(
        &self,
        request: Request<v1::DisqualifyReferralRequest>,
    ) -> Answer<v1::DisqualifyReferralResponse> {
        let (caller, request) = open(request);
        let v1::DisqualifyReferralRequest { referral_id, reason, etag } = request;
        let enrolled = self.by_hand(&caller, &referral_id, &reason, &etag, Verdict::Disqualified).await?;
        Ok(Response::new(v1::DisqualifyReferralResponse { referral: Some(to_proto(&enrolled)) }))
    }

    type ReconcileStream = Answers<v1::ReconcileResponse>;

    async fn reconcile(&self, request: Request<v1::ReconcileRequest>) -> Answer<Self::ReconcileStream> {
        let (caller, request) = open(request);
        let now = self.app.clock.now();
        let (ledger, since) = read(|violations| {
            let ledger = ledger_from_proto(violations, "", &request.account, request.mode);
            let since = since_from_proto(violations, request.since, now);
            Some((ledger?, since?))
        })?;
        let run = self.app.begin_reconciliation(&caller, ledger, since, request.dry_run).await.map_err(status)?;
        let (tell, told) = channel(1);
        tokio::spawn(run.carry_out(tell));
        let clock = self.app.clock.clone();
        let answer = move |run: Reconciliation| v1::ReconcileResponse {
            reconciliation: Some(reconciliation_to_proto(&run, clock.now())),
        };
        Ok(Response::new(answers(told, answer)))
    }

    async fn get_reconciliation(
        &self,
        request: Request<v1::GetReconciliationRequest>,
    ) -> Answer<v1::GetReconciliationResponse> {
        let (caller, request) = open(request);
        let ledger = read(|violations| ledger_from_proto(violations, "", &request.account, request.mode))?;
        let run = self.app.reconciliation(&caller, &ledger).await.map_err(status)?;
        let reconciliation = Some(reconciliation_to_proto(&run, self.app.clock.now()));
        Ok(Response::new(v1::GetReconciliationResponse { reconciliation }))
    }

    async fn clear_override(&self, request: Request<v1::ClearOverrideRequest>) -> Answer<v1::ClearOverrideResponse> {
        let (caller, request) = open(request);
        let id = ReferralId::parse(&request.referral_id);
        let (id, etag) = id_and_etag(("referral_id", id), ("etag", &request.etag))?;
        let enrolled = self.app.clear_override(&caller, id, &etag).await.map_err(status)?;
        Ok(Response::new(v1::ClearOverrideResponse { referral: Some(to_proto(&enrolled)) }))
    }

    async fn list_audit_log(&self, request: Request<v1::ListAuditLogRequest>) -> Answer<v1::ListAuditLogResponse> {
        let (caller, request) = open(request);
        let (filter, size) = read(|violations| {
            let account = optional(violations, "account", &request.account, account_alias);
            let key = optional(violations, "key_id", &request.key_id, KeyId::parse);
            let subject_id = text::optional_line(&request.subject_id, SUBJECT_ID_MAX);
            let subject_id = violations.take("subject_id", subject_id);
            let call = violations.take("call", text::optional_line(&request.call, CALL_MAX));
            let from = violations.take("from_at", optional_time_from_proto(request.from_at));
            let until = violations.take("until_at", optional_time_from_proto(request.until_at));
            let size = page_size(violations, request.page_size);
            let (account, key, subject_id) = (account?, key?, subject_id?);
            Some((AuditFilter { account, key, subject_id, call: call?, from: from?, until: until? }, size?))
        })?;
        let page = Page::parse(size, &request.page_token, &format!("{filter:?}")).map_err(status)?;
        let (lines, next_page_token) = self.app.audit_log(&caller, filter, &page).await.map_err(status)?;
        let lines = lines.iter().map(audit_line_to_proto).collect();
        Ok(Response::new(v1::ListAuditLogResponse { lines, next_page_token }))
    }

    type WatchEventsStream = Feed;

    async fn watch_events(&self, request: Request<v1::WatchEventsRequest>) -> Answer<Feed> {
        let (caller, request) = open(request);
        self.feed(caller, &request).await.map(Response::new)
    }
}

impl Service {
    async fn by_hand(
        &self,
        caller: &Caller,
        referral_id: &str,
        reason: &str,
        etag: &str,
        verdict: Verdict,
    ) -> Result<Enrolled, Status> {
        let (id, reason, etag) = read(|violations| {
            let id = violations.take("referral_id", ReferralId::parse(referral_id));
            let reason = violations.take("reason", text::line(reason, text::REASON_MAX));
            let etag = read_etag(violations, ("etag", etag));
            Some((id?, reason?, etag?))
        })?;
        self.app.set_override(caller, id, &etag, verdict, reason).await.map_err(status)
    }
}

fn recorded_to_proto(recorded: &Recorded) -> v1::DeliveryResult {
    let (outcome, reason) = outcome_to_proto(recorded.outcome);
    v1::DeliveryResult {
        delivery_id: recorded.delivery_id.clone(),
        outcome: outcome.into(),
        ignored_reason: reason,
        changed_referral_ids: recorded.changed.iter().map(ToString::to_string).collect(),
    }
}
