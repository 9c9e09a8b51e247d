//! The one place where an error becomes an answer.

use std::collections::HashMap;
use std::time::Duration;

use tonic::metadata::{MetadataMap, MetadataValue};
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, FieldViolation, PreconditionViolation, StatusExt};

use crate::app::Error;
use crate::convert::time_to_proto;
use crate::domain::campaign::Ledger;
use crate::domain::id::RewardId;
use crate::domain::time::Time;
use crate::domain::word::Word;
use crate::proto::v1::ErrorReason;

/// The domain of all reasons.
const DOMAIN: &str = "referrald";
/// When to try again what may go through later.
const RETRY_AFTER: Duration = Duration::from_secs(1);
/// Says the same to gRPC libraries that retry by themselves, in milliseconds; a negative number says never.
const PUSHBACK: &str = "grpc-retry-pushback-ms";

/// The longest message about fields, in characters: it travels in a header beside the details, and clients bound those.
const MESSAGE_MAX: usize = 400;
/// How many rewards an answer names, for the same reason.
const REWARDS_NAMED_MAX: usize = 20;

/// The answer for an error, with its reason, its variables and its details.
pub fn status(error: Error) -> Status {
    told(answer(error))
}

/// The answer for a fault of ours, with the id under which the log has the details.
pub(super) fn internal(request_id: &str) -> Status {
    told(answer(Error::Internal).with("request_id", request_id))
}

fn told(answer: Answer) -> Status {
    let Answer { code, reason, message, variables, mut details } = answer;
    details.set_error_info(name(reason), DOMAIN, variables);
    let mut metadata = MetadataMap::new();
    if let Some(after) = details.retry_info().and_then(|info| info.retry_delay) {
        metadata.insert(PUSHBACK, MetadataValue::from(after.as_secs() * 1_000 + u64::from(after.subsec_millis())));
    }
    Status::with_error_details_and_metadata(code, message, details, metadata)
}

/// Everything that an answer says.
pub(super) struct Answer {
    code: Code,
    reason: ErrorReason,
    message: String,
    variables: HashMap<String, String>,
    details: ErrorDetails,
}

impl Answer {
    fn new(code: Code, reason: ErrorReason, message: impl Into<String>) -> Self {
        let (variables, details) = (HashMap::new(), ErrorDetails::new());
        Self { code, reason, message: message.into(), variables, details }
    }

    fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.variables.insert(name.to_owned(), value.into());
        self
    }

    fn resource(mut self, kind: &str, name: &str) -> Self {
        self.details.set_resource_info(kind, name, "", self.message.clone());
        self.with("kind", kind).with("name", name)
    }

    fn later(mut self) -> Self {
        self.details.set_retry_info(Some(RETRY_AFTER));
        self
    }

    fn precondition(mut self, kind: &str, subject: &str) -> Self {
        let violation = PreconditionViolation::new(kind, subject, self.message.clone());
        self.details.set_precondition_failure(vec![violation]);
        self
    }
}

fn answer(error: Error) -> Answer {
    use ErrorReason as R;
    match error {
        Error::Invalid(violations) => invalid(violations),
        Error::InvalidPageToken => Answer::new(
            Code::InvalidArgument,
            R::InvalidPageToken,
            "the page token was not given out for this list with this filter; begin again without one",
        ),
        Error::NotFound { kind, name } => {
            Answer::new(Code::NotFound, R::NotFound, format!("there is no {kind} \"{name}\" that this key may see"))
                .resource(kind, &name)
        }
        Error::NoAccount(alias) => {
            let message = format!("there is no account \"{alias}\"; the first campaign in it makes it");
            Answer::new(Code::NotFound, R::NotFound, message).resource("account", &alias)
        }
        Error::NeverRan { kind, name, whose } => {
            let message = format!("no {kind} has run for {whose} yet (dry runs are not kept)");
            Answer::new(Code::NotFound, R::NotFound, message).resource(kind, &name)
        }
        Error::AlreadyExists { kind, name, unique } => {
            let message = format!("{kind} \"{name}\" has this {unique} already");
            Answer::new(Code::AlreadyExists, R::AlreadyExists, message).resource(kind, &name).with("unique", unique)
        }
        Error::RequestIdReused(id) => {
            let message = format!("request_id \"{id}\" was used before with other content; take a new one");
            Answer::new(Code::AlreadyExists, R::RequestIdReused, message).resource("request_id", &id)
        }
        Error::EtagMismatch { kind, given, current } => {
            let message = format!("the {kind} has changed: etag \"{given}\" was given and \"{current}\" is current");
            Answer::new(Code::Aborted, R::EtagMismatch, message).with("given", given).with("current", current)
        }
        Error::KeyInvalid(why) => Answer::new(
            Code::Unauthenticated,
            R::KeyInvalid,
            format!("{why}; send \"authorization: Bearer rfd_…\" with a key from \"referrald keys create\""),
        ),
        Error::KeyNeedless(why) => Answer::new(
            Code::Unauthenticated,
            R::KeyInvalid,
            format!("{why}; this service runs open (--dev), without keys: leave the authorization header out"),
        ),
        Error::ScopeMissing(needed) => {
            let needed = needed.join(" or ");
            let message = format!("this call needs an API key of scope {needed}");
            Answer::new(Code::PermissionDenied, R::ScopeMissing, message).with("needed", needed)
        }
        Error::Overloaded => {
            Answer::new(Code::ResourceExhausted, R::Overloaded, "too many calls at once; try again later").later()
        }
        Error::WatchersMax(limit) => {
            let message = format!(
                "{limit} watch events already, as many as one process lets (--watchers-max); try again later, or at \
                 another replica"
            );
            Answer::new(Code::ResourceExhausted, R::Overloaded, message).with("limit", limit.to_string()).later()
        }
        Error::Simulates => {
            let message = "another simulation is under way in this process; try again once it has ended, or at another \
                           replica";
            Answer::new(Code::ResourceExhausted, R::Overloaded, message).later()
        }
        Error::CursorAhead(newest) => {
            let message = "the cursor lies ahead of the newest event: it is of another database, or this one was set \
                           back; begin anew without a cursor";
            Answer::new(Code::OutOfRange, R::CursorAhead, message).with("newest_cursor", newest)
        }
        Error::CursorExpired(oldest) => {
            let message = format!(
                "events after the cursor are no longer kept; go on with the cursor {oldest}, and read what you missed \
                 by the lists"
            );
            Answer::new(Code::OutOfRange, R::CursorExpired, message).with("oldest_cursor", oldest)
        }
        Error::ShuttingDown => {
            let message = "the server ends; connect again with the last cursor that came";
            Answer::new(Code::Unavailable, R::ShuttingDown, message).later()
        }
        Error::StoreUnavailable => {
            Answer::new(Code::Unavailable, R::StoreUnavailable, "the database does not answer; try again later").later()
        }
        Error::StripeUnavailable(why) => {
            Answer::new(Code::Unavailable, R::StripeUnavailable, format!("{why}; try again later"))
                .with("why", why)
                .later()
        }
        Error::Internal => Answer::new(
            Code::Internal,
            R::Internal,
            "a fault of the service; its log has the details under the request_id that comes with this answer",
        ),
        other => precondition(other),
    }
}

/// What the state of things does not allow.
fn precondition(error: Error) -> Answer {
    use ErrorReason as R;
    let failed = |reason, message: String| Answer::new(Code::FailedPrecondition, reason, message);
    match error {
        Error::CampaignState { state, needed } => wrong_state("campaign", R::CampaignState, &state, &needed),
        Error::RewardState { state, needed } => wrong_state("reward", R::RewardState, &state, needed),
        Error::StripeKeyRequired(settings, ledger) => stripe_key_required(&settings.join(", "), &ledger),
        Error::MappingIncomplete(missing) => {
            let missing = missing.join(" and ");
            let message = format!("the campaign writes customers, and {missing} is not mapped in field_mappings");
            failed(R::MappingIncomplete, message)
                .precondition("MAPPING_INCOMPLETE", "campaign.field_mappings")
                .with("missing", missing)
        }
        Error::CouponInvalid { rule, coupon_id, is_known } => {
            let (rule, why) =
                (format!("reward_rules[{rule}]"), if is_known { "can be redeemed no more" } else { "is not there" });
            let message =
                format!("{rule}: the coupon \"{coupon_id}\" {why} in the campaign's account and mode at Stripe");
            failed(R::CouponInvalid, message)
                .precondition("COUPON_INVALID", &format!("campaign.{rule}.stripe_promotion_code.coupon_id"))
                .with("rule", rule)
                .with("coupon_id", coupon_id)
                .with("why", why)
        }
        Error::LimitReached { what, limit } => {
            failed(R::LimitReached, format!("there are {limit} {what} already, as many as may be; remove one first"))
                .precondition("LIMIT_REACHED", what)
                .with("what", what)
                .with("limit", limit.to_string())
        }
        Error::PublicUrlRequired => {
            let message = "the service does not know its own address: start it with --public-url".to_owned();
            failed(R::PublicUrlRequired, message).precondition("PUBLIC_URL_REQUIRED", "--public-url")
        }
        Error::EndpointSecretUnknown(id) => {
            let message = format!(
                "the endpoint {id} is there already, and Stripe shows its signing secret only once: add it with \
                 AddWebhookSecret, or delete the endpoint at Stripe and call this again"
            );
            failed(R::EndpointSecretUnknown, message)
                .precondition("ENDPOINT_SECRET_UNKNOWN", "webhook_endpoint")
                .with("endpoint_id", id)
        }
        Error::ReconciliationRuns(since) => {
            let since = time_to_proto(since).to_string();
            let message = format!(
                "this ledger is being compared with Stripe's events since {since}; look at it with GetReconciliation"
            );
            failed(R::ReconciliationRuns, message)
                .precondition("RECONCILIATION_RUNS", "reconciliation")
                .with("since", since)
        }
        Error::LandingUrlRequired { links_max } => {
            let why = match links_max {
                None => {
                    "the campaign has no landing_url for links to begin with; set it with UpdateCampaign".to_owned()
                }
                Some(max) => format!(
                    "the campaign's landing_url is too long: with the code behind it a link has more than {max} \
                     characters, the most that Stripe's metadata takes"
                ),
            };
            failed(R::LandingUrlRequired, why).precondition("LANDING_URL_REQUIRED", "campaign.landing_url")
        }
        Error::ReferrerSyncRuns(since) => {
            let since = time_to_proto(since).to_string();
            let message = format!(
                "referrers are being made of the customers for this campaign since {since}; look at it with \
                 GetReferrerSync"
            );
            failed(R::ReferrerSyncRuns, message)
                .precondition("REFERRER_SYNC_RUNS", "referrer_sync")
                .with("since", since)
        }
        Error::StripeRefused(why) => {
            failed(R::StripeRefused, why.clone()).precondition("STRIPE_REFUSED", "stripe").with("why", why)
        }
        Error::CustomerSyncState(sync) => {
            let state = sync.word();
            let message = format!("the look at Stripe is {state}: there is nothing to be tried again");
            failed(R::CustomerSyncState, message)
                .precondition("CUSTOMER_SYNC_STATE", "referral.customer_sync")
                .with("state", state)
        }
        Error::PersonErased(since) => person_erased(since),
        Error::Erased { kind, since } => erased(kind, since),
        Error::OpenRewards(rewards) => open_rewards(&rewards),
        Error::RewardsUnderWay(count) => rewards_under_way(count),
        Error::NoOverride => failed(R::NoOverride, "the referral has no override to clear".to_owned())
            .precondition("NO_OVERRIDE", "referral.override"),
        _ => failed(R::CampaignClosed, "registered_at lies outside the campaign's starts_at and ends_at".to_owned())
            .precondition("CAMPAIGN_CLOSED", "registered_at"),
    }
}

/// Somebody who was erased comes again.
fn person_erased(since: Time) -> Answer {
    let since = time_to_proto(since).to_string();
    let message = format!(
        "the person was erased at {since}, and is not taken in again; with another email they are somebody else"
    );
    Answer::new(Code::FailedPrecondition, ErrorReason::PersonErased, message)
        .precondition("PERSON_ERASED", "person")
        .with("since", since)
}

/// Something of theirs is to be changed.
fn erased(kind: &str, since: Time) -> Answer {
    let since = time_to_proto(since).to_string();
    let message = format!("the {kind} was erased at {since}, and can no longer be changed");
    Answer::new(Code::FailedPrecondition, ErrorReason::PersonErased, message)
        .precondition("PERSON_ERASED", kind)
        .with("since", since)
}

/// Something needs Stripe, and there is no way to it for that account and mode.
fn stripe_key_required(settings: &str, ledger: &Ledger) -> Answer {
    let (account, mode) = (&ledger.account, ledger.mode.word());
    let alias = if account == "default" { String::new() } else { format!("{account}=") };
    let message = format!(
        "{settings}: this needs a Stripe API key, and the service has none for account {account} in {mode} mode; give it \
         with REFERRALD_STRIPE_KEY={alias}rk_{}_… and start again",
        mode.to_lowercase()
    );
    Answer::new(Code::FailedPrecondition, ErrorReason::StripeKeyRequired, message)
        .precondition("STRIPE_KEY_REQUIRED", "--stripe-key")
        .with("settings", settings)
        .with("account", account)
        .with("mode", mode)
}

/// Somebody who is to be erased waits for something.
fn open_rewards(rewards: &[RewardId]) -> Answer {
    let ids: Vec<String> = rewards.iter().take(REWARDS_NAMED_MAX).map(ToString::to_string).collect();
    let (are, them) = if rewards.len() == 1 { (" is", "it") } else { ("s are", "them") };
    let message = format!(
        "{} reward{are} still to be given to the person or to be taken back; settle {them} first, or call this with \
         cancel_open_rewards, which calls {them} off",
        rewards.len()
    );
    Answer::new(Code::FailedPrecondition, ErrorReason::OpenRewards, message)
        .precondition("OPEN_REWARDS", "rewards")
        .with("count", rewards.len().to_string())
        .with("reward_ids", ids.join(", "))
}

/// The same, and it is for Stripe to be done with it.
fn rewards_under_way(count: usize) -> Answer {
    let (are, they) = if count == 1 { (" is", "it is") } else { ("s are", "they are") };
    let message = format!(
        "{count} reward{are} being issued to the person or taken back at Stripe, or must be taken back there once {they} \
         called off with CancelReward; try again when that is done"
    );
    Answer::new(Code::FailedPrecondition, ErrorReason::RewardsUnderWay, message)
        .precondition("REWARDS_UNDER_WAY", "rewards")
        .with("count", count.to_string())
}

/// A move that starts from the wrong state.
fn wrong_state(kind: &str, reason: ErrorReason, state: &impl Word, needed: &[impl Word]) -> Answer {
    let (state, needed) = (state.word(), needed.iter().map(Word::word).collect::<Vec<_>>().join(" or "));
    let message = format!("the {kind} is {state}, and must be {needed} for this");
    Answer::new(Code::FailedPrecondition, reason, message)
        .precondition(&name(reason), &format!("{kind}.state"))
        .with("state", state)
        .with("needed", needed)
}

/// The name of a reason, as the wire has it.
fn name(reason: ErrorReason) -> String {
    reason.as_str_name().trim_start_matches("ERROR_REASON_").to_owned()
}

fn invalid(violations: Vec<(String, String)>) -> Answer {
    let message: Vec<String> = violations.iter().map(|(field, problem)| format!("{field} {problem}")).collect();
    let mut fields: Vec<&str> = violations.iter().map(|(field, _)| field.as_str()).collect();
    fields.dedup();
    let fields = fields.join(", ");
    let mut answer = Answer::new(Code::InvalidArgument, ErrorReason::InvalidFields, shortened(&message.join("; ")));
    let named = violations.into_iter().map(|(field, problem)| FieldViolation::new(field, problem));
    answer.details.set_bad_request(named.collect::<Vec<_>>());
    answer.with("fields", fields)
}

/// The beginning of a message; the details beside it say the whole.
fn shortened(message: &str) -> String {
    match message.char_indices().nth(MESSAGE_MAX) {
        Some((end, _)) => format!("{} …", &message[..end]),
        None => message.to_owned(),
    }
}

/// The answer for a call whose deadline passed.
pub(super) fn deadline_exceeded() -> Status {
    let details = ErrorDetails::with_error_info("DEADLINE_EXCEEDED", DOMAIN, HashMap::new());
    let message = "the deadline of the call passed; a write may have been carried out";
    Status::with_error_details(Code::DeadlineExceeded, message, details)
}

/// The answer for a message that is too large.
pub(super) fn too_large(limit: usize) -> Status {
    let variables = HashMap::from([("limit_bytes".to_owned(), limit.to_string())]);
    let details = ErrorDetails::with_error_info("MESSAGE_TOO_LARGE", DOMAIN, variables);
    let message = format!("the message is larger than {limit} bytes; send less at once");
    let mut metadata = MetadataMap::new();
    metadata.insert(PUSHBACK, MetadataValue::from_static("-1"));
    Status::with_error_details_and_metadata(Code::ResourceExhausted, message, details, metadata)
}

/// The answer for a call that is not there, or whose message cannot be read by its compression.
pub(super) fn unimplemented(message: &str) -> Status {
    let message = if message.is_empty() { "this version has no such call" } else { message };
    let details = ErrorDetails::with_error_info("UNIMPLEMENTED", DOMAIN, HashMap::new());
    Status::with_error_details(Code::Unimplemented, message, details)
}
