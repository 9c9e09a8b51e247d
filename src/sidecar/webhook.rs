//! The road of a webhook: signature, event, record, answer.

use axum::http::{HeaderMap, StatusCode};
use bytes::Bytes;
use tonic::Status;

use super::Sidecar;
use super::answer::Answer;
use super::secrets::{Owner, Secret};
use crate::domain::delivery::{Content, Delivery, Ignored};
use crate::domain::time::Time;
use crate::domain::word::Word;
use crate::proto::v1;
use crate::stripe::event::{self, Event};
use crate::stripe::signature::{Header, Refusal};

/// What is known of a delivery for the log, however far it came.
#[derive(Debug, Default)]
pub struct Known {
    /// Its id.
    pub id: String,
    /// Its type.
    pub kind: String,
}

impl Sidecar {
    /// Takes a body that was posted to the URL of `owner`; `None` is a URL that can have no owner.
    pub(super) async fn receive(
        &self,
        owner: Option<Owner>,
        headers: &HeaderMap,
        body: &Bytes,
        known: &mut Known,
    ) -> Result<Answer, Answer> {
        let header = signature_header(headers)?;
        let secret = self.verified(owner, &header, body).await?;
        let event = event::read(body)?;
        known.id.clone_from(&event.delivery.id);
        known.kind.clone_from(&event.delivery.kind);
        let delivery = agreed(event, &secret);
        let result = self.client.record(&secret, &delivery).await.map_err(logged)?;
        Ok(taken(&result, delivery))
    }

    /// The secret that signed the body. A URL without an owner and a wrong signature are refused alike: whoever asks
    /// learns nothing about which campaigns there are.
    async fn verified(&self, owner: Option<Owner>, header: &Header, body: &[u8]) -> Result<Secret, Answer> {
        let owner = owner.ok_or(Refusal::NoMatch)?;
        let now = self.clock.now();
        let mut secrets = self.secrets.secrets(&owner, now, self.client.secrets(&owner)).await.map_err(logged)?;
        let mut verdict = signer(header, body, &secrets, now);
        if matches!(verdict, Err(Refusal::NoMatch)) {
            let reloaded = self.secrets.reloaded(&owner, now, self.client.secrets(&owner)).await.map_err(logged)?;
            if let Some(reloaded) = reloaded {
                verdict = signer(header, body, &reloaded, now);
                secrets = reloaded;
            }
        }
        // It may be the one that signed: whoever has sent this must not be told that it is wrong.
        if matches!(verdict, Err(Refusal::NoMatch)) && secrets.iter().any(|secret| secret.key.is_none()) {
            return Err(logged(Status::failed_precondition(UNREADABLE)));
        }
        Ok(verdict?)
    }
}

/// Why a webhook that no secret has signed is not refused.
const UNREADABLE: &str =
    "no secret that can be opened has signed this, and one was sealed with another secrets key: see ListWebhookSecrets";

/// The secret that signed a body.
fn signer(header: &Header, body: &[u8], secrets: &[Secret], now: Time) -> Result<Secret, Refusal> {
    let readable = secrets.iter().filter_map(|secret| Some((secret, secret.key.as_ref()?)));
    let place = header.verify(body, readable.clone().map(|(_, key)| key), now)?;
    readable.map(|(secret, _)| secret).nth(place).cloned().ok_or(Refusal::NoMatch)
}

/// A failure of the service is logged here, once; the poster is told no details.
fn logged(status: Status) -> Answer {
    // "message" is the name of the log's own text.
    let (code, said) = (status.code(), status.message().to_owned());
    let answer = Answer::from(status);
    if answer.status() == StatusCode::INTERNAL_SERVER_ERROR {
        tracing::error!(?code, said, "the service refused a call of the sidecar");
    } else {
        tracing::warn!(?code, said, "the service does not answer the sidecar");
    }
    answer
}

fn signature_header(headers: &HeaderMap) -> Result<Header, Refusal> {
    let value = headers.get("stripe-signature").ok_or(Refusal::Missing)?;
    value.to_str().map_err(|_| Refusal::Malformed)?.parse()
}

/// The event as a delivery to the ledger of the secret: an event of another mode or account is ignored, so that a test
/// secret can never bring in live money.
fn agreed(event: Event, secret: &Secret) -> Delivery {
    let disagreement = other_mode(&event, secret).or_else(|| other_account(&event, secret));
    match disagreement {
        Some((why, detail)) => Delivery { content: Content::Ignored(why, detail), ..event.delivery },
        None => event.delivery,
    }
}

fn other_mode(event: &Event, secret: &Secret) -> Option<(Ignored, String)> {
    let word = secret.mode.word().to_lowercase();
    let said = event.livemode.map_or("no livemode".to_owned(), |livemode| format!("livemode {livemode}"));
    let detail = format!("the event says {said}, and the secret that signed it is of {word} mode");
    (!event.is_of(secret.mode)).then_some((Ignored::OtherMode, detail))
}

fn other_account(event: &Event, secret: &Secret) -> Option<(Ignored, String)> {
    let named = event.account.as_ref()?;
    let detail = match &secret.stripe_account_id {
        Some(own) if own == named => return None,
        Some(own) => format!("the event is of {named}, and the secret that signed it is of {own}"),
        None => format!(
            "the event is of {named}, and the secret that signed it names no account: add it with stripe_account_id"
        ),
    };
    Some((Ignored::OtherAccount, detail.chars().take(500).collect()))
}

fn taken(result: &v1::DeliveryResult, delivery: Delivery) -> Answer {
    let reason = result.ignored_reason().as_str_name().trim_start_matches("IGNORED_REASON_");
    match (result.outcome(), delivery.content) {
        (v1::Outcome::Ignored, content) => {
            let detail = if let Content::Ignored(_, detail) = content { detail } else { String::new() };
            Answer::Taken { result: "ignored", reason: reason.to_owned(), detail }
        }
        (v1::Outcome::Duplicate, _) => taken_as("duplicate"),
        (v1::Outcome::Recorded | v1::Outcome::Unspecified, _) => taken_as("recorded"),
    }
}

fn taken_as(result: &'static str) -> Answer {
    Answer::Taken { result, reason: String::new(), detail: String::new() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::campaign::Mode;
    use crate::domain::id::SecretId;
    use crate::stripe::sample;
    use crate::stripe::signature::Key;

    fn secret(mode: Mode, account: Option<&str>) -> Secret {
        let stripe_account_id = account.map(str::to_owned);
        let id = SecretId::new(Time::from_seconds(0), [1; 10]);
        Secret { id, key: Some(Key::new("whsec_1")), account: "default".into(), mode, stripe_account_id }
    }

    fn event(livemode: Option<bool>, account: Option<&str>) -> Event {
        let at = Time::from_seconds(1_795_000_000);
        let customer = sample::customer("cus_1", "ada@example.com", "Ada", at);
        let body = sample::event("evt_1", "customer.created", at, false, customer).to_string();
        let event = event::read(body.as_bytes()).expect("an event");
        Event { livemode, account: account.map(str::to_owned), ..event }
    }

    fn why(event: Event, secret: &Secret) -> Option<Ignored> {
        match agreed(event, secret).content {
            Content::Facts(_) => None,
            Content::Ignored(why, _) => Some(why),
        }
    }

    #[test]
    fn the_event_must_be_of_the_mode_and_account_of_its_secret() {
        use Ignored::{OtherAccount, OtherMode};
        for (mode, own, livemode, named, ignored) in [
            (Mode::Test, None, Some(false), None, None),
            (Mode::Live, None, Some(true), None, None),
            (Mode::Test, None, Some(true), None, Some(OtherMode)),
            (Mode::Live, None, Some(false), None, Some(OtherMode)),
            (Mode::Test, None, None, None, Some(OtherMode)),
            (Mode::Test, Some("acct_1"), Some(false), Some("acct_1"), None),
            (Mode::Test, Some("acct_1"), Some(false), None, None),
            (Mode::Test, Some("acct_1"), Some(false), Some("acct_2"), Some(OtherAccount)),
            (Mode::Test, None, Some(false), Some("acct_1"), Some(OtherAccount)),
            (Mode::Live, None, Some(false), Some("acct_1"), Some(OtherMode)),
        ] {
            let verdict = why(event(livemode, named), &secret(mode, own));
            assert_eq!(verdict, ignored, "{mode:?} {own:?} {livemode:?} {named:?}");
        }
    }

    #[test]
    fn the_answer_names_what_became_of_the_delivery() {
        let ignored = agreed(event(None, None), &secret(Mode::Test, None));
        for (outcome, reason, word) in [
            (v1::Outcome::Recorded, v1::IgnoredReason::Unspecified, "recorded"),
            (v1::Outcome::Duplicate, v1::IgnoredReason::Unspecified, "duplicate"),
            (v1::Outcome::Ignored, v1::IgnoredReason::OtherMode, "ignored"),
        ] {
            let result = v1::DeliveryResult {
                outcome: outcome.into(),
                ignored_reason: reason.into(),
                ..v1::DeliveryResult::default()
            };
            let answer = taken(&result, ignored.clone());
            assert_eq!(answer.word(), word);
            let Answer::Taken { reason, detail, .. } = answer else { panic!("taken") };
            assert_eq!((reason == "OTHER_MODE", detail.is_empty()), (word == "ignored", word != "ignored"));
        }
    }
}
