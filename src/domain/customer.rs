//! The customer step of a referral: whether the person is known to Stripe, and what is written there.

use std::collections::BTreeMap;

use super::id::ReferralId;
use super::mapping::{Field, Mapping, Source, Target};
use super::referral::{Person, Referral, Referrer};
use super::rule::{ExistingEmailMode, NewCustomerMode, Rule};
use super::time::Time;

/// Stripe's limit of a customer's name, in characters. Two names of ours may be longer together.
const NAME_MAX: usize = 256;

/// The referral that the metadata of a customer names as its own.
pub fn tag(metadata: &BTreeMap<String, String>) -> Option<ReferralId> {
    ReferralId::parse(metadata.get("referral_id")?).ok()
}

/// What became of the look at Stripe for the person of a referral.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum CustomerSync {
    /// There is no API key, or nothing to be asked.
    #[default]
    NotNeeded,
    /// It has not answered yet.
    Pending,
    /// It has answered, and what was to be written is.
    Done,
    /// It was given up, for this reason.
    Failed(String),
}

/// The customer that was created, updated or found for a referral.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkedCustomer {
    /// Its id, `cus_…` at Stripe.
    pub id: String,
    /// Whether no other customer's spend counts: it is a duplicate, made on purpose.
    pub only: bool,
}

/// A customer that Stripe has with the person's email.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Its id.
    pub id: String,
    /// When it was made.
    pub created_at: Time,
}

/// What is done at Stripe for a referral.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Nothing.
    Leave,
    /// Nothing is written, and this customer is the referral's.
    Link(String),
    /// This customer is updated by the mapping.
    Update(String),
    /// A customer is created by the mapping.
    Create {
        /// Whether only its spend counts.
        only: bool,
    },
}

/// What is written into a customer. Nothing said leaves a field as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fields {
    /// Its name.
    pub name: Option<String>,
    /// Its email.
    pub email: Option<String>,
    /// Its phone number.
    pub phone: Option<String>,
    /// What it is described as.
    pub description: Option<String>,
    /// Keys and values beside those that it has.
    pub metadata: BTreeMap<String, String>,
}

impl CustomerSync {
    /// Whether the answer is still missing, so that the referral cannot qualify.
    pub const fn is_outstanding(&self) -> bool {
        matches!(self, Self::Pending | Self::Failed(_))
    }

    /// Where it stands, in a word.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::NotNeeded => "NOT_NEEDED",
            Self::Pending => "PENDING",
            Self::Done => "DONE",
            Self::Failed(_) => "FAILED",
        }
    }

    /// What a word says, with the reason of one that was given up.
    pub fn from_word(word: &str, reason: Option<String>) -> Option<Self> {
        let all = [Self::NotNeeded, Self::Pending, Self::Done, Self::Failed(reason.unwrap_or_default())];
        all.into_iter().find(|sync| sync.word() == word)
    }

    /// Why it was given up.
    pub fn reason(&self) -> Option<&str> {
        if let Self::Failed(reason) = self { Some(reason) } else { None }
    }
}

/// Decides what is done for a person who is an existing customer or not, with the customers found that are not deleted.
/// Of several the oldest is meant: the one that the merchant has known longest.
pub fn step(rule: &Rule, existing: bool, mapping: &Mapping, found: &[Found]) -> Step {
    use ExistingEmailMode::{CreateDuplicate, SkipExisting, UpdateExisting};
    let oldest = found.iter().min_by_key(|found| (found.created_at, &found.id)).map(|found| found.id.clone());
    let at_once = rule.new_customer_mode == NewCustomerMode::CreateAtOnce;
    match (rule.existing_email_mode, oldest) {
        (SkipExisting, _) if existing => Step::Leave,
        (CreateDuplicate, _) if existing => Step::Create { only: true },
        (UpdateExisting, Some(oldest)) if existing || at_once => {
            if mapping.entries().is_empty() {
                Step::Link(oldest)
            } else {
                Step::Update(oldest)
            }
        }
        // The sign-up flow was faster than we are: a second customer would be one too many.
        (SkipExisting, Some(oldest)) if at_once => Step::Link(oldest),
        _ if at_once => Step::Create { only: false },
        _ => Step::Leave,
    }
}

impl Fields {
    /// What the mapping makes of a referral and its referrer, with the ids by which payments are found unless they are
    /// to stay out.
    pub fn of(mapping: &Mapping, ids_omitted: bool, referral: &Referral, referrer: &Referrer) -> Self {
        let mut fields = Self::default();
        if !ids_omitted {
            fields.metadata.insert("referral_id".to_owned(), referral.id.to_string());
            fields.metadata.insert("campaign_id".to_owned(), referral.campaign_id.to_string());
        }
        for entry in mapping.entries() {
            if let Some(value) = value(&entry.source, referral, referrer) {
                fields.put(&entry.target, value);
            }
        }
        fields.name = fields.name.map(|name| name.chars().take(NAME_MAX).collect());
        fields
    }

    fn put(&mut self, target: &Target, value: String) {
        match target {
            Target::Name => match &mut self.name {
                Some(name) => name.extend([" ", &value]),
                none => *none = Some(value),
            },
            Target::Email => self.email = Some(value),
            Target::Phone => self.phone = Some(value),
            Target::Description => self.description = Some(value),
            Target::Metadata(key) => drop(self.metadata.insert(key.clone(), value)),
        }
    }
}

/// The value of a source; `None` where the person has none.
fn value(source: &Source, referral: &Referral, referrer: &Referrer) -> Option<String> {
    match source {
        Source::Fixed(text) => Some(text.clone()),
        Source::Referred(field) => of_person(field, &referral.person, &referral.id.to_string(), referral),
        Source::Referrer(field) => of_person(field, &referrer.person, &referrer.id.to_string(), referral),
    }
    .filter(|value| !value.is_empty())
}

fn of_person(field: &Field, person: &Person, id: &str, referral: &Referral) -> Option<String> {
    match field {
        Field::FirstName => person.first_name.clone(),
        Field::LastName => person.last_name.clone(),
        Field::Email => Some(person.email.original().to_owned()),
        Field::Phone => person.phone.clone(),
        Field::ReferralId => Some(id.to_owned()),
        Field::CampaignId => Some(referral.campaign_id.to_string()),
        Field::Custom(key) => person.custom.get(key).cloned(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::email::Email;
    use super::super::examples::day;
    use super::super::id::ReferrerId;
    use super::super::mapping::Entry;
    use super::super::referral::tests::referral;
    use super::super::rule::tests::rule;
    use super::*;

    fn mapping(lines: &[(&str, &str)]) -> Mapping {
        let line = |(source, target): &(&str, &str)| Entry {
            source: Source::parse(source).or_else(|_| Source::fixed(source)).expect("a source"),
            target: Target::parse(target).expect("a target"),
        };
        Mapping::new(lines.iter().map(line).collect()).expect("a mapping")
    }

    fn found(id: &str, days: i64) -> Found {
        Found { id: id.into(), created_at: day(days) }
    }

    #[test]
    fn both_modes_decide_what_is_done_for_new_and_existing_people() {
        use ExistingEmailMode::{CreateDuplicate, SkipExisting, UpdateExisting};
        use NewCustomerMode::{CreateAtOnce, WaitForCheckout};
        let (create, duplicate) = (Step::Create { only: false }, Step::Create { only: true });
        let update = Step::Update("cus_a".into());
        for (mode, new, unknown, fresh, existing, guest) in [
            (SkipExisting, WaitForCheckout, Step::Leave, Step::Leave, Step::Leave, Step::Leave),
            (SkipExisting, CreateAtOnce, create.clone(), Step::Link("cus_a".into()), Step::Leave, Step::Leave),
            (CreateDuplicate, WaitForCheckout, Step::Leave, Step::Leave, duplicate.clone(), duplicate.clone()),
            (CreateDuplicate, CreateAtOnce, create.clone(), create.clone(), duplicate.clone(), duplicate),
            (UpdateExisting, WaitForCheckout, Step::Leave, Step::Leave, update.clone(), Step::Leave),
            (UpdateExisting, CreateAtOnce, create.clone(), update.clone(), update, create),
        ] {
            let rule = Rule { new_customer_mode: new, existing_email_mode: mode, ..rule() };
            let full = mapping(&[("first_name", "name"), ("email", "email")]);
            let customers = [found("cus_b", 0), found("cus_a", 0), found("cus_0", 1)];
            let said = |existing, found: &[Found]| step(&rule, existing, &full, found);
            assert_eq!(said(false, &[]), unknown, "{mode:?} {new:?}: nobody knows them");
            assert_eq!(said(false, &customers), fresh, "{mode:?} {new:?}: the sign-up flow was faster");
            assert_eq!(said(true, &customers), existing, "{mode:?} {new:?}: a customer from before");
            assert_eq!(said(true, &[]), guest, "{mode:?} {new:?}: somebody who paid as a guest before");
        }
    }

    #[test]
    fn an_existing_customer_is_linked_and_left_as_it_is_where_nothing_is_mapped() {
        let rule = Rule { existing_email_mode: ExistingEmailMode::UpdateExisting, ..rule() };
        let linked = Step::Link("cus_a".into());
        assert_eq!(step(&rule, true, &Mapping::default(), &[found("cus_a", 0)]), linked);
    }

    #[test]
    fn a_mapping_writes_what_the_two_people_have() {
        let mut ben = referral();
        ben.person.last_name = Some("Lovelace".into());
        ben.person.custom.insert("plan".into(), "gold".into());
        let maya = Person { email: Email::parse("maya@example.com").expect("valid"), ..ben.person.clone() };
        let referrer = Referrer {
            id: ReferrerId::new(day(0), [3; 10]),
            account: "default".into(),
            code: "maya".into(),
            erased_at: None,
            person: Person { first_name: None, ..maya },
            revision: 1,
            created_at: day(0),
            updated_at: day(0),
        };
        let lines = [
            ("first_name", "name"),
            ("last_name", "name"),
            ("email", "email"),
            ("phone", "phone"),
            ("friend of the house", "description"),
            ("custom.plan", "metadata[plan]"),
            ("custom.none", "metadata[none]"),
            ("referrer.email", "metadata[referrer]"),
            ("referrer.first_name", "metadata[referrer name]"),
            ("referrer.referral_id", "metadata[referrer id]"),
        ];
        let fields = Fields::of(&mapping(&lines), false, &ben, &referrer);
        assert_eq!(fields.name.as_deref(), Some("Ada Lovelace"));
        assert_eq!(fields.email.as_deref(), Some("Ada@Example.com"), "as it was given");
        assert_eq!((fields.phone, fields.description.as_deref()), (None, Some("friend of the house")));
        let metadata: Vec<(&str, String)> = vec![
            ("campaign_id", ben.campaign_id.to_string()),
            ("plan", "gold".into()),
            ("referral_id", ben.id.to_string()),
            ("referrer", "maya@example.com".into()),
            ("referrer id", referrer.id.to_string()),
        ];
        let metadata: BTreeMap<String, String> = metadata.into_iter().map(|(k, v)| (k.to_owned(), v)).collect();
        assert_eq!(fields.metadata, metadata);
        let bare = Fields::of(&mapping(&lines[..1]), true, &ben, &referrer);
        assert_eq!(bare, Fields { name: Some("Ada".into()), ..Fields::default() });
    }

    #[test]
    fn two_long_names_are_cut_to_what_stripe_takes() {
        let mut ben = referral();
        ben.person.first_name = Some("é".repeat(256));
        let twice = mapping(&[("first_name", "name"), ("first_name", "name")]);
        let referrer = Referrer {
            id: ReferrerId::new(day(0), [3; 10]),
            account: "default".into(),
            code: "maya".into(),
            erased_at: None,
            person: ben.person.clone(),
            revision: 1,
            created_at: day(0),
            updated_at: day(0),
        };
        let name = Fields::of(&twice, false, &ben, &referrer).name.expect("a name");
        assert_eq!(name.chars().count(), NAME_MAX);
    }
}
