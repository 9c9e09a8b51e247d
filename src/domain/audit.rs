//! Who changed what: a line for each call that changes something.

use super::campaign::{Campaign, Ledger, Mode};
use super::id::{AuditLineId, KeyId};
use super::referral::Person;
use super::time::Time;

/// The longest name of a call that is looked for, in characters.
pub const CALL_MAX: usize = 100;
/// The longest id of what was changed, in characters: some are a payment source's.
pub const SUBJECT_ID_MAX: usize = 255;

/// What kind of thing was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SubjectKind {
    /// A campaign.
    Campaign,
    /// A referrer.
    Referrer,
    /// A referral.
    Referral,
    /// A reward.
    Reward,
    /// A webhook signing secret.
    WebhookSecret,
    /// A webhook endpoint at Stripe.
    WebhookEndpoint,
    /// An API key.
    ApiKey,
    /// All of one account and mode, by both.
    Ledger,
    /// The erasure of a person, by its receipt.
    Erasure,
}

/// What was changed, and where it belongs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// What kind of thing it is.
    pub kind: SubjectKind,
    /// Its id.
    pub id: String,
    /// The alias of its account; none where it belongs to no single one.
    pub account: Option<String>,
    /// Its mode; none where it belongs to both.
    pub mode: Option<Mode>,
}

impl Subject {
    /// Something of a ledger.
    pub fn of_ledger(kind: SubjectKind, id: impl ToString, ledger: &Ledger) -> Self {
        Self { kind, id: id.to_string(), account: Some(ledger.account.clone()), mode: Some(ledger.mode) }
    }

    /// Something of an account in both modes, or of all accounts.
    pub fn of_account(kind: SubjectKind, id: impl ToString, account: Option<&str>) -> Self {
        Self { kind, id: id.to_string(), account: account.map(str::to_owned), mode: None }
    }
}

/// One line of the audit log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditLine {
    /// Its id.
    pub id: AuditLineId,
    /// When it was done.
    pub occurred_at: Time,
    /// The API key that was shown; none for the process itself, in development, and for who is at the database.
    pub key: Option<KeyId>,
    /// The call, such as `ReferralService/CreateReferral`, or the command.
    pub call: String,
    /// What was changed.
    pub subject: Subject,
    /// The names of the fields that changed, where they say more than the call; never a value.
    pub changed: Vec<String>,
}

/// The names of what differs.
fn differing(compared: &[(&'static str, bool)]) -> Vec<&'static str> {
    compared.iter().filter_map(|(name, differs)| differs.then_some(*name)).collect()
}

/// What changed of a campaign, by the names of the API.
pub fn campaign_changes(before: &Campaign, after: &Campaign) -> Vec<&'static str> {
    let (old, new) = (&before.settings, &after.settings);
    differing(&[
        ("state", before.state != after.state),
        ("display_name", old.display_name != new.display_name),
        ("starts_at", old.starts_at != new.starts_at),
        ("ends_at", old.ends_at != new.ends_at),
        ("landing_url", old.landing_url != new.landing_url),
        ("rule", old.rule != new.rule),
        ("field_mappings", old.mapping != new.mapping),
        ("omit_metadata_ids", old.ids_omitted != new.ids_omitted),
        ("reward_rules", before.reward_rules != after.reward_rules),
        ("rule_application", before.application != after.application),
    ])
}

/// What changed of a person, by the names of the API.
pub fn person_changes(before: &Person, after: &Person) -> Vec<&'static str> {
    differing(&[
        ("email", before.email != after.email),
        ("first_name", before.first_name != after.first_name),
        ("last_name", before.last_name != after.last_name),
        ("phone", before.phone != after.phone),
        ("custom", before.custom != after.custom),
    ])
}

#[cfg(test)]
mod tests {
    use super::super::referral::tests::referral;
    use super::*;

    #[test]
    fn what_changed_of_a_person_is_named_and_never_said() {
        let before = referral().person;
        let after = Person { phone: Some("+49 30 1".into()), first_name: None, ..before.clone() };
        assert_eq!(person_changes(&before, &after), ["first_name", "phone"]);
        assert_eq!(person_changes(&before, &before), [""; 0]);
    }
}
