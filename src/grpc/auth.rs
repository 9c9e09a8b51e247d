//! Which scope each call needs, and who shows which key.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use http::HeaderMap;

use crate::app::{App, Caller, Error, Result, Scope};
use crate::clock::random;
use crate::domain::text::hex;
use crate::domain::time::Time;

/// How long a key that was good is taken without asking the database again: a revoked one works this much longer.
const GOOD_FOR_SECONDS: i64 = 5;
/// The most keys that are remembered.
const REMEMBERED_MAX: usize = 1024;

use Scope::{Admin, Ingest, Read, Write};

/// Every call of ours with the scopes of which one is enough.
const SCOPES: &[(&str, &[Scope])] = &[
    ("/referrald.v1.CampaignService/CreateCampaign", &[Write]),
    ("/referrald.v1.CampaignService/GetCampaign", &[Read]),
    ("/referrald.v1.CampaignService/ListCampaigns", &[Read]),
    ("/referrald.v1.CampaignService/UpdateCampaign", &[Write]),
    ("/referrald.v1.CampaignService/LaunchCampaign", &[Write]),
    ("/referrald.v1.CampaignService/PauseCampaign", &[Write]),
    ("/referrald.v1.CampaignService/EndCampaign", &[Write]),
    ("/referrald.v1.CampaignService/SimulateRule", &[Read]),
    ("/referrald.v1.CampaignService/GetCampaignStats", &[Read]),
    ("/referrald.v1.CampaignService/GetWebhookSetup", &[Read]),
    ("/referrald.v1.CampaignService/CreateWebhookEndpoint", &[Admin]),
    ("/referrald.v1.CampaignService/AddWebhookSecret", &[Admin]),
    ("/referrald.v1.CampaignService/RemoveWebhookSecret", &[Admin]),
    ("/referrald.v1.CampaignService/ListWebhookSecrets", &[Read, Ingest]),
    ("/referrald.v1.ReferralService/CreateReferrer", &[Write]),
    ("/referrald.v1.ReferralService/GetReferrer", &[Read]),
    ("/referrald.v1.ReferralService/ListReferrers", &[Read]),
    ("/referrald.v1.ReferralService/UpdateReferrer", &[Write]),
    ("/referrald.v1.ReferralService/CreateReferral", &[Write]),
    ("/referrald.v1.ReferralService/GetReferral", &[Read]),
    ("/referrald.v1.ReferralService/ListReferrals", &[Read]),
    ("/referrald.v1.ReferralService/UpdateReferral", &[Write]),
    ("/referrald.v1.ReferralService/FindReferral", &[Read]),
    ("/referrald.v1.ReferralService/RetryCustomerSync", &[Write]),
    ("/referrald.v1.ReferralService/ErasePerson", &[Admin]),
    ("/referrald.v1.ReferralService/SyncReferrers", &[Admin]),
    ("/referrald.v1.ReferralService/GetReferrerSync", &[Read]),
    ("/referrald.v1.QualificationService/RecordFacts", &[Ingest]),
    ("/referrald.v1.QualificationService/ExplainQualification", &[Read]),
    ("/referrald.v1.QualificationService/ExplainEvent", &[Read]),
    ("/referrald.v1.QualificationService/QualifyReferral", &[Write]),
    ("/referrald.v1.QualificationService/DisqualifyReferral", &[Write]),
    ("/referrald.v1.QualificationService/ClearOverride", &[Write]),
    ("/referrald.v1.QualificationService/WatchEvents", &[Read]),
    ("/referrald.v1.QualificationService/Reconcile", &[Write]),
    ("/referrald.v1.QualificationService/GetReconciliation", &[Read]),
    ("/referrald.v1.QualificationService/ListAuditLog", &[Admin]),
    ("/referrald.v1.RewardService/GetReward", &[Read]),
    ("/referrald.v1.RewardService/ListRewards", &[Read]),
    ("/referrald.v1.RewardService/ApproveReward", &[Write]),
    ("/referrald.v1.RewardService/CancelReward", &[Write]),
    ("/referrald.v1.RewardService/RetryReward", &[Write]),
];

/// The services that anybody may ask: they say nothing of a merchant.
const OPEN: [&str; 3] = ["/grpc.health.v1.", "/grpc.reflection.v1.", "/grpc.reflection.v1alpha."];

/// The scopes of which a call needs one; `None` where it needs none.
///
/// A call that is not in the table needs `admin`, so that a forgotten line shuts a door and opens none.
pub(super) fn scopes(path: &str) -> Option<&'static [Scope]> {
    if OPEN.iter().any(|open| path.starts_with(open)) {
        return None;
    }
    let known = SCOPES.iter().find(|(method, _)| *method == path);
    Some(known.map_or(&[Admin], |(_, scopes)| scopes))
}

/// Whether a call writes, so that it must not be broken off.
pub(super) fn writes(path: &str) -> bool {
    scopes(path).is_some_and(|scopes| !scopes.contains(&Read))
}

/// Recognises callers.
pub struct Doors {
    /// Whether calls without a key may do everything: in development, on loopback.
    open: bool,
    /// The key of the sidecar in the same process, made at start and never stored.
    internal: String,
    remembered: Mutex<HashMap<String, (Caller, Time)>>,
}

impl Doors {
    pub(super) fn new(open: bool) -> Self {
        Self { open, internal: hex(&random::<32>()), remembered: Mutex::default() }
    }

    /// The key of the sidecar in the same process.
    pub(super) fn internal_key(&self) -> &str {
        &self.internal
    }

    /// Who calls, if they may call this.
    pub(super) async fn admit(&self, app: &App, path: &str, headers: &HeaderMap) -> Result<Caller> {
        let Some(scopes) = scopes(path) else { return Ok(Caller::internal(&[])) };
        let caller = self.caller(app, headers).await.map_err(|error| match error {
            Error::KeyInvalid(why) if self.open => Error::KeyNeedless(why),
            other => other,
        })?;
        if caller.has_any(scopes) {
            return Ok(caller);
        }
        Err(Error::ScopeMissing(scopes.iter().map(|scope| scope.word()).collect()))
    }

    async fn caller(&self, app: &App, headers: &HeaderMap) -> Result<Caller> {
        let shown = headers.get("authorization").map(|value| value.to_str().unwrap_or_default());
        let key = match shown.map(|value| value.split_once(' ')) {
            None if self.open => return Ok(Caller::internal(&Scope::ALL)),
            None => return Err(Error::KeyInvalid("no API key came with the call")),
            Some(Some((scheme, key))) if scheme.eq_ignore_ascii_case("bearer") => key.trim(),
            Some(_) => return Err(Error::KeyInvalid("the authorization header is not of the form \"Bearer KEY\"")),
        };
        // The key is 256 random bits made for this process: how long comparing takes gives nothing away of it.
        if key == self.internal {
            return Ok(Caller::internal(&[Ingest]));
        }
        let now = app.clock.now();
        if let Some(caller) = self.recall(key, now) {
            return Ok(caller);
        }
        let caller = app.recognise(key).await?;
        self.remember(key, caller.clone(), now.plus_seconds(GOOD_FOR_SECONDS));
        Ok(caller)
    }

    fn recall(&self, key: &str, now: Time) -> Option<Caller> {
        let remembered = self.remembered.lock().unwrap_or_else(PoisonError::into_inner);
        remembered.get(key).filter(|(_, until)| now < *until).map(|(caller, _)| caller.clone())
    }

    fn remember(&self, key: &str, caller: Caller, until: Time) {
        let mut remembered = self.remembered.lock().unwrap_or_else(PoisonError::into_inner);
        if remembered.len() >= REMEMBERED_MAX {
            remembered.clear();
        }
        remembered.insert(key.to_owned(), (caller, until));
    }
}

#[cfg(test)]
mod tests {
    use prost::Message;
    use prost_types::FileDescriptorSet;

    use super::*;
    use crate::proto::DESCRIPTORS;

    #[test]
    fn every_call_of_the_api_has_its_line_in_the_table() {
        let set = FileDescriptorSet::decode(DESCRIPTORS).expect("descriptors");
        let ours = set.file.iter().filter(|file| file.package() == "referrald.v1");
        let services = ours.flat_map(|file| &file.service);
        let mut calls: Vec<String> = services
            .flat_map(|service| {
                let path = |method: &prost_types::MethodDescriptorProto| {
                    format!("/referrald.v1.{}/{}", service.name(), method.name())
                };
                service.method.iter().map(path).collect::<Vec<_>>()
            })
            .collect();
        let mut known: Vec<String> = SCOPES.iter().map(|(path, _)| (*path).to_owned()).collect();
        calls.sort();
        known.sort();
        assert_eq!(calls, known);
    }

    #[test]
    fn health_and_reflection_are_open_and_what_is_unknown_is_not() {
        assert_eq!(scopes("/grpc.health.v1.Health/Check"), None);
        assert_eq!(scopes("/referrald.v1.CampaignService/New"), Some(&[Admin][..]));
    }
}
