//! `ReferralService`.

use tokio::sync::mpsc::channel;
use tonic::{Request, Response, Status, async_trait};

use super::{
    Answers, Service, answers, checked, field, id_and_etag, open, optional, page_size, read, repeatable, status,
};
use crate::app::referrals::{By, Registration, Search};
use crate::app::{Error, Page, ReferralFilter, ReferrerFilter};
use crate::convert::{
    Violations, asked_from_proto, optional_time_from_proto, person_from_proto, person_to_proto, person_with_mask,
    receipt_to_proto, referral_to_proto, referral_with_job, referrer_sync_to_proto, referrer_to_proto, state_filter,
};
use crate::domain::Invalid;
use crate::domain::campaign::account_alias;
use crate::domain::delivery::SOURCE_ID_MAX;
use crate::domain::email::Email;
use crate::domain::id::{CampaignId, ReferralId, ReferrerId};
use crate::domain::referral::{Person, code};
use crate::domain::referrer_sync::ReferrerSync;
use crate::domain::text;
use crate::domain::world::Enrolled;
use crate::proto::v1;
use crate::proto::v1::referral_service_server::ReferralService;

type Answer<T> = Result<Response<T>, Status>;

#[async_trait]
impl ReferralService for Service {
    async fn create_referrer(&self, request: Request<v1::CreateReferrerRequest>) -> Answer<v1::CreateReferrerResponse> {
        let (caller, mut request) = open(request);
        let (account, person, code, repeatable) = read(|violations| {
            let id = std::mem::take(&mut request.request_id);
            let repeatable = repeatable(violations, id, &request);
            let referrer = request.referrer.unwrap_or_default();
            let account = violations.take("referrer.account", account_alias(&referrer.account));
            let person = person_from_proto(violations, "referrer.person", referrer.person, false);
            let code = optional(violations, "referrer.code", &referrer.code, code);
            Some((account?, person?, code?, repeatable?))
        })?;
        let referrer = self.app.create_referrer(&caller, account, person, code, &repeatable).await.map_err(status)?;
        Ok(Response::new(v1::CreateReferrerResponse { referrer: Some(referrer_to_proto(&referrer)) }))
    }

    async fn get_referrer(&self, request: Request<v1::GetReferrerRequest>) -> Answer<v1::GetReferrerResponse> {
        let (caller, request) = open(request);
        let id = field("id", ReferrerId::parse(&request.id))?;
        let referrer = self.app.referrer(&caller, id).await.map_err(status)?;
        Ok(Response::new(v1::GetReferrerResponse { referrer: Some(referrer_to_proto(&referrer)) }))
    }

    async fn list_referrers(&self, request: Request<v1::ListReferrersRequest>) -> Answer<v1::ListReferrersResponse> {
        let (caller, request) = open(request);
        let (filter, size) = read(|violations| {
            let account = optional(violations, "account", &request.account, account_alias);
            let code = optional(violations, "code", &request.code, code);
            let email = optional(violations, "email", &request.email, Email::parse);
            let size = page_size(violations, request.page_size);
            let email = email?.map(|email| email.identity().to_owned());
            Some((ReferrerFilter { account: account?, code: code?, email }, size?))
        })?;
        let page = Page::parse(size, &request.page_token, &format!("{filter:?}")).map_err(status)?;
        let (referrers, next_page_token) = self.app.referrers(&caller, filter, &page).await.map_err(status)?;
        let referrers = referrers.iter().map(referrer_to_proto).collect();
        Ok(Response::new(v1::ListReferrersResponse { referrers, next_page_token }))
    }

    async fn update_referrer(&self, request: Request<v1::UpdateReferrerRequest>) -> Answer<v1::UpdateReferrerResponse> {
        let (caller, request) = open(request);
        let new = request.referrer.unwrap_or_default();
        let mask = request.update_mask.unwrap_or_default().paths;
        let (id, etag) = id_and_etag(("referrer.id", ReferrerId::parse(&new.id)), ("referrer.etag", &new.etag))?;
        let edit = edit("referrer.person", new.person, mask, true);
        let referrer = self.app.update_referrer(&caller, id, &etag, edit).await.map_err(status)?;
        Ok(Response::new(v1::UpdateReferrerResponse { referrer: Some(referrer_to_proto(&referrer)) }))
    }

    async fn create_referral(&self, request: Request<v1::CreateReferralRequest>) -> Answer<v1::CreateReferralResponse> {
        let (caller, mut request) = open(request);
        let (registration, repeatable) = read(|violations| {
            let id = std::mem::take(&mut request.request_id);
            let repeatable = repeatable(violations, id, &request);
            Some((registration(violations, request), repeatable?))
        })?;
        let registration = registration.ok_or_else(|| status(Error::Internal))?;
        let enrolled = self.app.create_referral(&caller, registration, &repeatable).await.map_err(status)?;
        Ok(Response::new(v1::CreateReferralResponse { referral: Some(to_proto(&enrolled)) }))
    }

    async fn get_referral(&self, request: Request<v1::GetReferralRequest>) -> Answer<v1::GetReferralResponse> {
        let (caller, request) = open(request);
        let id = field("id", ReferralId::parse(&request.id))?;
        let enrolled = self.app.referral(&caller, id).await.map_err(status)?;
        let job = self.app.customer_job_of(&enrolled.referral).await.map_err(status)?;
        let referral = Some(referral_with_job(to_proto(&enrolled), job.as_ref()));
        Ok(Response::new(v1::GetReferralResponse { referral }))
    }

    async fn list_referrals(&self, request: Request<v1::ListReferralsRequest>) -> Answer<v1::ListReferralsResponse> {
        let (caller, request) = open(request);
        let (filter, size) = read(|violations| {
            let campaign_id = optional(violations, "campaign_id", &request.campaign_id, CampaignId::parse);
            let referrer_id = optional(violations, "referrer_id", &request.referrer_id, ReferrerId::parse);
            let state = violations.take("state", state_filter(request.state));
            let size = page_size(violations, request.page_size);
            let (campaign_id, referrer_id, state) = (campaign_id?, referrer_id?, state?);
            Some((ReferralFilter { campaign_id, referrer_id, state, ..ReferralFilter::default() }, size?))
        })?;
        let page = Page::parse(size, &request.page_token, &format!("{filter:?}")).map_err(status)?;
        let (referrals, next_page_token) = self.app.referrals(&caller, filter, &page).await.map_err(status)?;
        let referrals = referrals.iter().map(to_proto).collect();
        Ok(Response::new(v1::ListReferralsResponse { referrals, next_page_token }))
    }

    async fn update_referral(&self, request: Request<v1::UpdateReferralRequest>) -> Answer<v1::UpdateReferralResponse> {
        let (caller, request) = open(request);
        let new = request.referral.unwrap_or_default();
        let mask = request.update_mask.unwrap_or_default().paths;
        let (id, etag) = id_and_etag(("referral.id", ReferralId::parse(&new.id)), ("referral.etag", &new.etag))?;
        let edit = edit("referral.person", new.person, mask, false);
        let enrolled = self.app.update_referral(&caller, id, &etag, edit).await.map_err(status)?;
        Ok(Response::new(v1::UpdateReferralResponse { referral: Some(to_proto(&enrolled)) }))
    }

    async fn find_referral(&self, request: Request<v1::FindReferralRequest>) -> Answer<v1::FindReferralResponse> {
        use v1::find_referral_request::By;
        let (caller, request) = open(request);
        let search = read(|violations| match request.by {
            Some(By::Email(email)) => violations.take("email", Email::parse(&email)).map(Search::Email),
            Some(By::CustomerId(id)) => {
                violations.take("customer_id", text::line(&id, SOURCE_ID_MAX)).map(Search::Customer)
            }
            Some(By::ReferrerCode(text)) => violations.take("referrer_code", code(&text)).map(Search::Code),
            None => {
                violations.add("by", Invalid::new("is required: email, customer_id or referrer_code"));
                None
            }
        })?;
        let found = self.app.find_referrals(&caller, search).await.map_err(status)?;
        Ok(Response::new(v1::FindReferralResponse { referrals: found.iter().map(to_proto).collect() }))
    }

    async fn retry_customer_sync(
        &self,
        request: Request<v1::RetryCustomerSyncRequest>,
    ) -> Answer<v1::RetryCustomerSyncResponse> {
        let (caller, request) = open(request);
        let id = ReferralId::parse(&request.referral_id);
        let (id, etag) = id_and_etag(("referral_id", id), ("etag", &request.etag))?;
        let (enrolled, job) = self.app.retry_customer_sync(&caller, id, &etag).await.map_err(status)?;
        let referral = Some(referral_with_job(to_proto(&enrolled), Some(&job)));
        Ok(Response::new(v1::RetryCustomerSyncResponse { referral }))
    }

    async fn erase_person(&self, request: Request<v1::ErasePersonRequest>) -> Answer<v1::ErasePersonResponse> {
        let (caller, request) = open(request);
        let (email, account) = read(|violations| {
            let email = violations.take("email", Email::parse(&request.email));
            let account = optional(violations, "account", &request.account, account_alias);
            Some((email?, account?))
        })?;
        let cancels = request.cancel_open_rewards;
        let receipt = self.app.erase_person(&caller, &email, account, cancels).await.map_err(status)?;
        Ok(Response::new(v1::ErasePersonResponse { receipt: Some(receipt_to_proto(receipt)) }))
    }

    type SyncReferrersStream = Answers<v1::SyncReferrersResponse>;

    async fn sync_referrers(&self, request: Request<v1::SyncReferrersRequest>) -> Answer<Self::SyncReferrersStream> {
        let (caller, request) = open(request);
        let now = self.app.clock.now();
        let (id, asked) = read(|violations| {
            let id = violations.take("campaign_id", CampaignId::parse(&request.campaign_id));
            let asked = asked_from_proto(violations, &request.metadata_key, request.created_since, now);
            Some((id?, asked?))
        })?;
        let (tell, told) = channel(1);
        if request.dry_run {
            tokio::spawn(self.app.dry_referrer_sync(&caller, id, asked).await.map_err(status)?.tell(tell));
        } else {
            let begun = self.app.begin_referrer_sync(&caller, id, asked).await.map_err(status)?;
            tokio::spawn(self.app.clone().follow_referrer_sync(begun, tell));
        }
        let clock = self.app.clock.clone();
        let answer = move |run: ReferrerSync| v1::SyncReferrersResponse {
            referrer_sync: Some(referrer_sync_to_proto(&run, clock.now())),
        };
        Ok(Response::new(answers(told, answer)))
    }

    async fn get_referrer_sync(
        &self,
        request: Request<v1::GetReferrerSyncRequest>,
    ) -> Answer<v1::GetReferrerSyncResponse> {
        let (caller, request) = open(request);
        let id = field("campaign_id", CampaignId::parse(&request.campaign_id))?;
        let run = self.app.referrer_sync(&caller, id).await.map_err(status)?;
        let referrer_sync = Some(referrer_sync_to_proto(&run, self.app.clock.now()));
        Ok(Response::new(v1::GetReferrerSyncResponse { referrer_sync }))
    }
}

pub(super) fn to_proto(enrolled: &Enrolled) -> v1::Referral {
    referral_to_proto(&enrolled.referral, &enrolled.rule)
}

fn registration(violations: &mut Violations, request: v1::CreateReferralRequest) -> Option<Registration> {
    use v1::create_referral_request::Referrer;
    let campaign_id = violations.take("campaign_id", CampaignId::parse(&request.campaign_id));
    let referrer = match request.referrer {
        Some(Referrer::ReferrerId(id)) => violations.take("referrer_id", ReferrerId::parse(&id)).map(By::Id),
        Some(Referrer::ReferrerCode(text)) => violations.take("referrer_code", code(&text)).map(By::Code),
        None => {
            violations.add("referrer", Invalid::new("is required: referrer_id or referrer_code"));
            None
        }
    };
    let person = person_from_proto(violations, "person", request.person, true);
    let registered_at = violations.take("registered_at", optional_time_from_proto(request.registered_at));
    Some(Registration {
        campaign_id: campaign_id?,
        referrer: referrer?,
        person: person?,
        registered_at: registered_at?,
    })
}

/// Lays what was given over a person, by the mask.
fn edit(
    path: &'static str,
    new: Option<v1::Person>,
    mask: Vec<String>,
    of_referrer: bool,
) -> impl FnOnce(Person) -> Result<Person, Error> {
    move |stands| {
        checked(|violations| {
            let stands = person_to_proto(&stands);
            let person = person_with_mask(violations, stands, new.unwrap_or_default(), &mask, of_referrer);
            person_from_proto(violations, path, Some(person), !of_referrer)
        })
    }
}
