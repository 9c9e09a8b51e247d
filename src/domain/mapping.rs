//! The field mapping: what of a referral is written into the Stripe customer, and where.

use super::Invalid;
use super::text;

/// Stripe's limit of metadata keys of one object.
pub const METADATA_KEYS_MAX: usize = 50;
/// Two keys are always ours: `referral_id` and `campaign_id`.
const METADATA_KEYS_OURS: usize = 2;
/// Stripe's limit of a metadata key, in characters.
pub const METADATA_KEY_MAX: usize = 40;
/// Stripe's limit of a metadata value, in characters.
pub const METADATA_VALUE_MAX: usize = 500;
/// More entries than there are targets make no sense.
pub const ENTRIES_MAX: usize = METADATA_KEYS_MAX + 4;

/// A field of the referral, or of its referrer.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Field {
    /// `first_name`.
    FirstName,
    /// `last_name`.
    LastName,
    /// `email`, as it was given.
    Email,
    /// `phone`.
    Phone,
    /// `referral_id`; of a referrer, its own id.
    ReferralId,
    /// `campaign_id`.
    CampaignId,
    /// `custom.<key>`.
    Custom(String),
}

/// Where a mapped value comes from.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Source {
    /// The person invited.
    Referred(Field),
    /// The person referring: `referrer.<field>`.
    Referrer(Field),
    /// The same text for everybody.
    Fixed(String),
}

/// Where a mapped value goes to.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Target {
    /// `name` of the customer; several sources are joined with a blank.
    Name,
    /// `email` of the customer.
    Email,
    /// `phone` of the customer.
    Phone,
    /// `description` of the customer.
    Description,
    /// `metadata[key]` of the customer.
    Metadata(String),
}

/// One line of a mapping.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Entry {
    /// Where the value comes from.
    pub source: Source,
    /// Where it goes to.
    pub target: Target,
}

/// A checked mapping, possibly empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mapping(Vec<Entry>);

impl Source {
    /// Reads the written form of a field: `email`, `custom.plan`, `referrer.first_name` …
    ///
    /// # Errors
    /// A field that does not exist, or a custom key that is none.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        match text.strip_prefix("referrer.") {
            Some(field) => Field::parse(field).map(Self::Referrer),
            None => Field::parse(text).map(Self::Referred),
        }
    }

    /// A fixed value of 1 to [`METADATA_VALUE_MAX`] characters.
    ///
    /// # Errors
    /// Empty, too long, or with control characters.
    pub fn fixed(text: &str) -> Result<Self, Invalid> {
        text::line(text, METADATA_VALUE_MAX).map(Self::Fixed)
    }
}

impl Field {
    fn parse(text: &str) -> Result<Self, Invalid> {
        match text {
            "first_name" => Ok(Self::FirstName),
            "last_name" => Ok(Self::LastName),
            "email" => Ok(Self::Email),
            "phone" => Ok(Self::Phone),
            "referral_id" => Ok(Self::ReferralId),
            "campaign_id" => Ok(Self::CampaignId),
            _ => match text.strip_prefix("custom.") {
                Some(key) => text::custom_key(key).map(|()| Self::Custom(key.to_owned())),
                None => Err(Invalid::new(
                    "is no field: it must be first_name, last_name, email, phone, referral_id, campaign_id or \
                     custom.<key>, or one of these after \"referrer.\"",
                )),
            },
        }
    }

    fn name(&self) -> String {
        match self {
            Self::FirstName => "first_name".into(),
            Self::LastName => "last_name".into(),
            Self::Email => "email".into(),
            Self::Phone => "phone".into(),
            Self::ReferralId => "referral_id".into(),
            Self::CampaignId => "campaign_id".into(),
            Self::Custom(key) => format!("custom.{key}"),
        }
    }
}

impl Source {
    /// The written form of a field; `None` for a fixed value.
    pub fn field_name(&self) -> Option<String> {
        match self {
            Self::Referred(field) => Some(field.name()),
            Self::Referrer(field) => Some(format!("referrer.{}", field.name())),
            Self::Fixed(_) => None,
        }
    }
}

impl Target {
    /// Reads the written form: `name`, `email`, `phone`, `description` or `metadata[key]`.
    ///
    /// # Errors
    /// Anything else, and a key that is empty, longer than [`METADATA_KEY_MAX`] or has brackets.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        match text {
            "name" => return Ok(Self::Name),
            "email" => return Ok(Self::Email),
            "phone" => return Ok(Self::Phone),
            "description" => return Ok(Self::Description),
            _ => {}
        }
        let Some(key) = text.strip_prefix("metadata[").and_then(|rest| rest.strip_suffix(']')) else {
            return Err(Invalid::new("is no target: it must be name, email, phone, description or metadata[key]"));
        };
        metadata_key(key).map(Self::Metadata)
    }

    /// The written form.
    pub fn name(&self) -> String {
        match self {
            Self::Name => "name".into(),
            Self::Email => "email".into(),
            Self::Phone => "phone".into(),
            Self::Description => "description".into(),
            Self::Metadata(key) => format!("metadata[{key}]"),
        }
    }
}

/// A key of a customer's metadata.
///
/// # Errors
/// One that is empty, longer than [`METADATA_KEY_MAX`] or has brackets.
pub fn metadata_key(text: &str) -> Result<String, Invalid> {
    let key = text::line(text, METADATA_KEY_MAX)?;
    if key.contains(['[', ']']) {
        return Err(Invalid::new("has a key with brackets, which Stripe's metadata does not take"));
    }
    Ok(key)
}

impl Entry {
    fn is_metadata(&self) -> bool {
        matches!(self.target, Target::Metadata(_))
    }

    /// The value that its target always has, where it is one of our two keys.
    fn ours(&self) -> Option<Field> {
        match &self.target {
            Target::Metadata(key) if key == "referral_id" => Some(Field::ReferralId),
            Target::Metadata(key) if key == "campaign_id" => Some(Field::CampaignId),
            _ => None,
        }
    }

    /// Payments find their referral by our keys, so that nothing else may stand there.
    fn leaves_ours(&self) -> Result<(), Invalid> {
        match self.ours() {
            Some(field) if self.source != Source::Referred(field.clone()) => {
                Err(Invalid(format!("maps {}, which always has the {}", self.target.name(), field.name())))
            }
            _ => Ok(()),
        }
    }
}

impl Mapping {
    /// Checks the lines against each other and against Stripe's limits.
    ///
    /// # Errors
    /// More than [`ENTRIES_MAX`] lines, a target that stands twice (only `name` may, its parts are joined), more
    /// metadata keys than Stripe takes, or another value for the two keys that are always ours.
    pub fn new(entries: Vec<Entry>) -> Result<Self, Invalid> {
        if entries.len() > ENTRIES_MAX {
            return Err(Invalid(format!("has {} lines, and may have at most {ENTRIES_MAX}", entries.len())));
        }
        for entry in &entries {
            entry.leaves_ours()?;
        }
        let keys = entries.iter().filter(|entry| entry.is_metadata() && entry.ours().is_none()).count();
        if keys > METADATA_KEYS_MAX - METADATA_KEYS_OURS {
            return Err(Invalid(format!(
                "has {keys} metadata keys: Stripe takes {METADATA_KEYS_MAX}, and {METADATA_KEYS_OURS} are \
                 referral_id and campaign_id"
            )));
        }
        for (index, entry) in entries.iter().enumerate() {
            if entry.target != Target::Name && entries[..index].iter().any(|other| other.target == entry.target) {
                return Err(Invalid(format!("maps {} twice, and it can have one value", entry.target.name())));
            }
        }
        Ok(Self(entries))
    }

    /// The lines, in the order given.
    pub fn entries(&self) -> &[Entry] {
        &self.0
    }

    /// Which of `first_name` and `email` of the person invited are not mapped yet.
    pub fn missing(&self) -> Vec<&'static str> {
        let mapped = |field: &Field| self.0.iter().any(|entry| entry.source == Source::Referred(field.clone()));
        [(Field::FirstName, "first_name"), (Field::Email, "email")]
            .into_iter()
            .filter_map(|(field, name)| (!mapped(&field)).then_some(name))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(source: &str, target: &str) -> Entry {
        Entry { source: Source::parse(source).expect(source), target: Target::parse(target).expect(target) }
    }

    #[test]
    fn every_field_and_target_reads_back_as_it_was_written() {
        for field in ["first_name", "last_name", "email", "phone", "referral_id", "campaign_id", "custom.plan"] {
            for name in [field.to_owned(), format!("referrer.{field}")] {
                assert_eq!(Source::parse(&name).expect(&name).field_name(), Some(name));
            }
        }
        for target in ["name", "email", "phone", "description", "metadata[plan name]"] {
            assert_eq!(Target::parse(target).expect(target).name(), target);
        }
    }

    #[test]
    fn what_stripe_does_not_take_is_refused() {
        for wrong in ["", "Name", "metadata", "metadata[]", "metadata[a[b]]", &format!("metadata[{}]", "k".repeat(41))]
        {
            assert!(Target::parse(wrong).is_err(), "{wrong}");
        }
        for wrong in ["", "age", "custom.", "custom.a b", "referrer.", "referrer.referrer.email"] {
            assert!(Source::parse(wrong).is_err(), "{wrong}");
        }
        assert!(Source::fixed(&"v".repeat(500)).is_ok() && Source::fixed(&"v".repeat(501)).is_err());
    }

    #[test]
    fn a_target_has_one_value_but_a_name_may_have_parts() {
        assert!(Mapping::new(vec![entry("first_name", "name"), entry("last_name", "name")]).is_ok());
        assert!(Mapping::new(vec![entry("email", "email"), entry("phone", "email")]).is_err());
        let keys = |n: usize| (0..n).map(|i| entry("phone", &format!("metadata[k{i}]"))).collect::<Vec<_>>();
        assert!(Mapping::new(keys(48)).is_ok() && Mapping::new(keys(49)).is_err());
        let parts = |n: usize| vec![entry("first_name", "name"); n];
        assert!(Mapping::new(parts(ENTRIES_MAX)).is_ok() && Mapping::new(parts(ENTRIES_MAX + 1)).is_err());
    }

    #[test]
    fn the_metadata_that_payments_are_found_by_is_ours() {
        for (source, target, taken) in [
            ("referral_id", "metadata[referral_id]", true),
            ("campaign_id", "metadata[campaign_id]", true),
            ("referral_id", "metadata[referral]", true),
            ("custom.id", "metadata[referral_id]", false),
            ("referrer.referral_id", "metadata[referral_id]", false),
            ("referral_id", "metadata[campaign_id]", false),
        ] {
            assert_eq!(Mapping::new(vec![entry(source, target)]).is_ok(), taken, "{source} {target}");
        }
        let mut full: Vec<_> = (0..48).map(|i| entry("phone", &format!("metadata[k{i}]"))).collect();
        full.extend([entry("referral_id", "metadata[referral_id]"), entry("campaign_id", "metadata[campaign_id]")]);
        assert!(Mapping::new(full).is_ok(), "our two are counted once");
    }

    #[test]
    fn first_name_and_email_of_the_person_invited_are_asked_for() {
        assert_eq!(Mapping::default().missing(), ["first_name", "email"]);
        let referrers = Mapping::new(vec![entry("referrer.email", "email"), entry("first_name", "name")]);
        assert_eq!(referrers.expect("valid").missing(), ["email"]);
    }
}
