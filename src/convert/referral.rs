//! Referrers and referrals, as the API carries them.

use super::campaign::mask_problem;
use super::{Twin, Violations, time_to_proto};
use crate::domain::Invalid;
use crate::domain::customer::CustomerSync;
use crate::domain::email::Email;
use crate::domain::job::Job;
use crate::domain::money::Currency;
use crate::domain::qualification::{Override, State};
use crate::domain::referral::{PHONE_MAX, Person, Referral, Referrer};
use crate::domain::rule::Rule;
use crate::domain::text;
use crate::domain::time::Time;
use crate::proto::v1;

/// A referrer, as the API says it.
pub fn referrer_to_proto(referrer: &Referrer) -> v1::Referrer {
    v1::Referrer {
        id: referrer.id.to_string(),
        account: referrer.account.clone(),
        person: Some(person_to_proto(&referrer.person)),
        code: referrer.code.clone(),
        etag: referrer.revision.to_string(),
        created_at: Some(time_to_proto(referrer.created_at)),
        updated_at: Some(time_to_proto(referrer.updated_at)),
        erased_at: referrer.erased_at.map(time_to_proto),
    }
}

/// A referral under its rule, as the API says it.
pub fn referral_to_proto(referral: &Referral, rule: &Rule) -> v1::Referral {
    snapshot_to_proto(referral, rule.currency, rule.window_end(referral.registered_at))
}

/// A referral as it once was, with what its rule said of it.
pub(super) fn snapshot_to_proto(referral: &Referral, currency: Currency, window_ends_at: Time) -> v1::Referral {
    let decision = &referral.decision;
    let unqualified = decision.unqualified;
    v1::Referral {
        id: referral.id.to_string(),
        campaign_id: referral.campaign_id.to_string(),
        referrer_id: referral.referrer_id.to_string(),
        person: Some(person_to_proto(&referral.person)),
        registered_at: Some(time_to_proto(referral.registered_at)),
        window_ends_at: Some(time_to_proto(window_ends_at)),
        rule_version: referral.rule_version,
        state: state_to_proto(decision.state).into(),
        disqualified_reason: reason_to_proto(decision.state),
        spend_minor: decision.spend_minor,
        currency: currency.to_string(),
        qualified_at: decision.qualified_at.map(time_to_proto),
        unqualified_at: unqualified.map(|unqualified| time_to_proto(unqualified.at)),
        unqualified_reason: unqualified.map_or(0, |unqualified| unqualified.cause.number()),
        r#override: referral.manual.as_ref().map(override_to_proto),
        etag: referral.revision.to_string(),
        created_at: Some(time_to_proto(referral.created_at)),
        updated_at: Some(time_to_proto(referral.updated_at)),
        customer_sync: Some(customer_sync_to_proto(referral)),
        erased_at: referral.erased.as_ref().map(|erased| time_to_proto(erased.at)),
    }
}

fn customer_sync_to_proto(referral: &Referral) -> v1::CustomerSync {
    let state = match referral.customer_sync {
        CustomerSync::NotNeeded => v1::CustomerSyncState::NotNeeded,
        CustomerSync::Pending => v1::CustomerSyncState::Pending,
        CustomerSync::Done => v1::CustomerSyncState::Done,
        CustomerSync::Failed(_) => v1::CustomerSyncState::Failed,
    };
    let linked = referral.customer.as_ref();
    v1::CustomerSync {
        state: state.into(),
        reason: referral.customer_sync.reason().unwrap_or_default().to_owned(),
        customer_id: linked.map(|linked| linked.id.clone()).unwrap_or_default(),
        only_customer: linked.is_some_and(|linked| linked.only),
        ..v1::CustomerSync::default()
    }
}

/// A referral with what its job says of the tries.
pub fn referral_with_job(mut referral: v1::Referral, job: Option<&Job>) -> v1::Referral {
    if let (Some(sync), Some(job)) = (&mut referral.customer_sync, job) {
        sync.attempts = job.tries;
        sync.next_try_at = job.due_at.map(time_to_proto);
        sync.last_error = job.last_error.clone().unwrap_or_default();
    }
    referral
}

pub(super) fn state_to_proto(state: State) -> v1::ReferralState {
    match state {
        State::Pending => v1::ReferralState::Pending,
        State::Qualified => v1::ReferralState::Qualified,
        State::Expired => v1::ReferralState::Expired,
        State::Disqualified(_) => v1::ReferralState::Disqualified,
    }
}

/// Why it is disqualified; 0 where it is not.
fn reason_to_proto(state: State) -> i32 {
    match state {
        State::Disqualified(reason) => reason.number(),
        _ => v1::DisqualifiedReason::Unspecified.into(),
    }
}

fn override_to_proto(manual: &Override) -> v1::Override {
    let verdict = manual.verdict.number();
    v1::Override { verdict, reason: manual.reason.clone(), at: Some(time_to_proto(manual.at)) }
}

/// The word by which a list filters states; `None` for any.
///
/// # Errors
/// A number that the API does not know.
pub fn state_filter(state: i32) -> Result<Option<&'static str>, Invalid> {
    match v1::ReferralState::try_from(state) {
        Ok(v1::ReferralState::Unspecified) => Ok(None),
        Ok(v1::ReferralState::Pending) => Ok(Some("PENDING")),
        Ok(v1::ReferralState::Qualified) => Ok(Some("QUALIFIED")),
        Ok(v1::ReferralState::Expired) => Ok(Some("EXPIRED")),
        Ok(v1::ReferralState::Disqualified) => Ok(Some("DISQUALIFIED")),
        Err(_) => {
            let problem = format!("is {state}, and must be one of PENDING, QUALIFIED, EXPIRED, DISQUALIFIED");
            Err(Invalid(problem))
        }
    }
}

/// A person, as the API says it.
pub fn person_to_proto(person: &Person) -> v1::Person {
    v1::Person {
        email: person.email.original().to_owned(),
        first_name: person.first_name.clone().unwrap_or_default(),
        last_name: person.last_name.clone().unwrap_or_default(),
        phone: person.phone.clone().unwrap_or_default(),
        custom: person.custom.clone(),
    }
}

/// A person; wrong fields are noted under `path`. Of a referral the first name is required.
pub fn person_from_proto(
    violations: &mut Violations,
    path: &str,
    person: Option<v1::Person>,
    needs_first_name: bool,
) -> Option<Person> {
    let Some(person) = person else {
        violations.add(path, Invalid::new("is required: an email at least"));
        return None;
    };
    let name = |name: &str| text::optional_line(name, text::LINE_MAX);
    let first_name = if needs_first_name {
        text::line(&person.first_name, text::LINE_MAX).map(Some)
    } else {
        name(&person.first_name)
    };
    let email = violations.take(format_args!("{path}.email"), Email::parse(&person.email));
    let first_name = violations.take(format_args!("{path}.first_name"), first_name);
    let last_name = violations.take(format_args!("{path}.last_name"), name(&person.last_name));
    let phone = violations.take(format_args!("{path}.phone"), text::optional_line(&person.phone, PHONE_MAX));
    let custom = violations.take(format_args!("{path}.custom"), text::custom_fields(person.custom));
    Some(Person { email: email?, first_name: first_name?, last_name: last_name?, phone: phone?, custom: custom? })
}

/// Lays the fields that a mask names over a person; an empty mask names all that may change. The email of a referral
/// is not among them.
pub fn person_with_mask(
    violations: &mut Violations,
    mut stands: v1::Person,
    new: v1::Person,
    mask: &[String],
    email_changes: bool,
) -> v1::Person {
    let known = if email_changes { "person, person.email, " } else { "" };
    for path in if mask.is_empty() { vec!["person"] } else { mask.iter().map(String::as_str).collect() } {
        match path {
            "person" if email_changes => stands = new.clone(),
            "person" if mask.is_empty() => stands = v1::Person { email: stands.email, ..new.clone() },
            "person.email" if email_changes => stands.email.clone_from(&new.email),
            "person.first_name" => stands.first_name.clone_from(&new.first_name),
            "person.last_name" => stands.last_name.clone_from(&new.last_name),
            "person.phone" => stands.phone.clone_from(&new.phone),
            "person.custom" => stands.custom.clone_from(&new.custom),
            _ => {
                let known = format!("{known}person.first_name, person.last_name, person.phone or person.custom");
                violations.add("update_mask", mask_problem(path, &known));
            }
        }
    }
    stands
}
