//! A campaign and its life.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::application::Application;
use super::id::{CampaignId, KeyId};
use super::mapping::Mapping;
use super::reward::{Kind, RewardRule};
use super::rule::{CurrencyPolicy, ExistingEmailMode, NewCustomerMode, Rule};
use super::time::Time;
use super::word::Word;
use super::{Invalid, text};

/// The longest landing URL, in characters.
pub const LANDING_URL_MAX: usize = 2048;

/// Where a campaign stands in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// Being set up.
    Draft,
    /// Takes referrals and decides them.
    Live,
    /// Takes no referrals, records facts, and decides nothing until resumed.
    Paused,
    /// Takes no referrals, and still settles the open ones.
    Ended,
}

/// Whether money is real.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mode {
    /// Real money.
    Live,
    /// Stripe's test mode or a sandbox.
    Test,
}

/// The alias of an account and a mode: what names a ledger.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ledger {
    /// The merchant's name for one of its Stripe accounts; `default` where there is one.
    pub account: String,
    /// Real money or not.
    pub mode: Mode,
}

impl fmt::Display for Ledger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.account, self.mode.word())
    }
}

/// One referral programme.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Campaign {
    /// Its id.
    pub id: CampaignId,
    /// The account and mode that it belongs to; fixed.
    pub ledger: Ledger,
    /// Where it stands.
    pub state: State,
    /// What its owner may change.
    pub settings: Settings,
    /// What is given for referrals, with the rules that are retired.
    pub reward_rules: Vec<RewardRule>,
    /// The version of the rule in `settings`; 1 is the first.
    pub rule_version: u32,
    /// How far a newer version has come with the referrals of before; none where that was never asked for.
    pub application: Option<Application>,
    /// Grows with each change.
    pub revision: u64,
    /// When it was made.
    pub created_at: Time,
    /// When it was changed.
    pub updated_at: Time,
}

/// What the owner of a campaign decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Its name for people.
    pub display_name: String,
    /// No referral is registered before this.
    pub starts_at: Option<Time>,
    /// No referral is registered from this on, and the campaign ends by itself.
    pub ends_at: Option<Time>,
    /// What a referral link begins with; the referrer's code is appended.
    pub landing_url: Option<String>,
    /// What qualifies.
    pub rule: Rule,
    /// What is written into a Stripe customer.
    pub mapping: Mapping,
    /// Whether `referral_id` and `campaign_id` stay out of the metadata of customers that are written.
    pub ids_omitted: bool,
}

/// A move that starts from the wrong state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WrongState {
    /// Where the campaign stands.
    pub state: State,
    /// Where it would have to stand.
    pub needed: &'static [State],
}

/// Why a campaign cannot go live as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotReady {
    /// The settings named ask for writes to Stripe, or answers from it, and there is no API key.
    NeedsStripeKey(Vec<&'static str>),
    /// The campaign writes customers, and these fields of the person invited are not mapped.
    Unmapped(Vec<&'static str>),
}

impl Campaign {
    /// Goes live, for the first time or again after a pause.
    ///
    /// # Errors
    /// From `Ended`, and from `Live` itself.
    pub fn launch(self, now: Time) -> Result<Self, WrongState> {
        self.to(State::Live, &[State::Draft, State::Paused], now)
    }

    /// Pauses.
    ///
    /// # Errors
    /// From anything but `Live`.
    pub fn pause(self, now: Time) -> Result<Self, WrongState> {
        self.to(State::Paused, &[State::Live], now)
    }

    /// Ends for good.
    ///
    /// # Errors
    /// From `Draft` and from `Ended` itself.
    pub fn end(self, now: Time) -> Result<Self, WrongState> {
        self.to(State::Ended, &[State::Live, State::Paused], now)
    }

    fn to(self, state: State, needed: &'static [State], now: Time) -> Result<Self, WrongState> {
        if needed.contains(&self.state) {
            Ok(Self { state, ..self.touched(now) })
        } else {
            Err(WrongState { state: self.state, needed })
        }
    }

    /// Takes new settings and reward rules; another rule is another version.
    #[must_use]
    pub fn with_settings(self, settings: Settings, reward_rules: Vec<RewardRule>, now: Time) -> Self {
        let rule_version = self.rule_version + u32::from(settings.rule != self.settings.rule);
        Self { settings, reward_rules, rule_version, ..self.touched(now) }
    }

    /// Has its rule hold for the referrals of before, too. Where that was asked for already, nothing changes.
    #[must_use]
    pub fn applied_to_existing(self, asked_by: Option<KeyId>, now: Time) -> Self {
        let version = self.rule_version;
        let known = self.application.filter(|known| known.version == version);
        let application = known.or_else(|| Some(Application::new(version, asked_by, now)));
        Self { application, ..self }
    }

    /// Whether what it promises can be carried out.
    ///
    /// # Errors
    /// What writes to Stripe needs an API key, and both fields that make a customer.
    pub fn ready(&self, has_stripe_key: bool) -> Result<(), NotReady> {
        let mut needs = self.settings.needs_stripe_key();
        let active = self.reward_rules.iter().filter(|rule| rule.retired_at.is_none());
        let kinds: BTreeSet<_> = active.filter_map(|rule| rule.terms.kind.needs_stripe_key()).collect();
        needs.extend(kinds);
        if !needs.is_empty() && !has_stripe_key {
            return Err(NotReady::NeedsStripeKey(needs));
        }
        let missing = self.settings.mapping.missing();
        if self.settings.writes_customers() && !missing.is_empty() {
            return Err(NotReady::Unmapped(missing));
        }
        Ok(())
    }

    /// The coupons of the reward rules that are not retired, each with the position of the first rule that names it.
    pub fn coupons(&self) -> BTreeMap<String, usize> {
        let mut coupons = BTreeMap::new();
        for (position, rule) in self.reward_rules.iter().enumerate() {
            if let (Kind::PromotionCode { coupon_id, .. }, None) = (&rule.terms.kind, rule.retired_at) {
                coupons.entry(coupon_id.clone()).or_insert(position);
            }
        }
        coupons
    }

    fn touched(self, now: Time) -> Self {
        Self { revision: self.revision + 1, updated_at: now, ..self }
    }

    /// Whether facts lead to decisions now.
    pub fn decides(&self) -> bool {
        self.state != State::Paused
    }

    /// Whether somebody may be registered at that time.
    pub fn is_open_at(&self, registered_at: Time) -> bool {
        self.settings.starts_at.is_none_or(|start| start <= registered_at)
            && self.settings.ends_at.is_none_or(|end| registered_at < end)
    }
}

impl Settings {
    fn needs_stripe_key(&self) -> Vec<&'static str> {
        let existing = match self.rule.existing_email_mode {
            ExistingEmailMode::SkipExisting => None,
            ExistingEmailMode::CreateDuplicate => Some("existing_email_mode CREATE_DUPLICATE"),
            ExistingEmailMode::UpdateExisting if self.mapping.entries().is_empty() => None,
            ExistingEmailMode::UpdateExisting => Some("existing_email_mode UPDATE_EXISTING with a mapping"),
        };
        let at_once = self.rule.new_customer_mode == NewCustomerMode::CreateAtOnce;
        let settlement = self.rule.currency_policy == CurrencyPolicy::SettlementAmount;
        let at_once = at_once.then_some("new_customer_mode CREATE_AT_ONCE");
        let settlement = settlement.then_some("currency_policy SETTLEMENT_AMOUNT");
        [at_once, existing, settlement].into_iter().flatten().collect()
    }

    /// Whether customers are created or changed at Stripe.
    pub fn writes_customers(&self) -> bool {
        self.rule.new_customer_mode == NewCustomerMode::CreateAtOnce
            || self.rule.existing_email_mode == ExistingEmailMode::CreateDuplicate
            || (self.rule.existing_email_mode == ExistingEmailMode::UpdateExisting
                && !self.mapping.entries().is_empty())
    }
}

/// A landing URL: absolute, `https` or `http`, without blanks.
///
/// # Errors
/// Anything else, or more than [`LANDING_URL_MAX`] characters.
pub fn landing_url(text: &str) -> Result<Option<String>, Invalid> {
    let Some(url) = text::optional_line(text, LANDING_URL_MAX)? else { return Ok(None) };
    let host = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    if host.is_some_and(|host| !host.is_empty() && !host.starts_with('/')) && !url.contains(char::is_whitespace) {
        return Ok(Some(url));
    }
    Err(Invalid::new("must be an absolute URL, such as \"https://example.com/invite/\"; the code is appended"))
}

/// The alias of an account: 1 to 40 lower-case letters, digits, `_` and `-`; nothing said is `default`.
///
/// # Errors
/// Anything else.
pub fn account_alias(text: &str) -> Result<String, Invalid> {
    match text {
        "" => Ok("default".to_owned()),
        _ if text.len() <= 40
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'-') =>
        {
            Ok(text.to_owned())
        }
        _ => {
            Err(Invalid::new("must be 1 to 40 lower-case letters, digits, \"_\" and \"-\"; left out it is \"default\""))
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::super::mapping::{Entry, Source, Target};
    use super::super::rule::tests::rule;
    use super::*;

    pub(crate) fn settings() -> Settings {
        Settings {
            display_name: "Invite a friend".into(),
            starts_at: None,
            ends_at: None,
            landing_url: None,
            rule: rule(),
            mapping: Mapping::default(),
            ids_omitted: false,
        }
    }

    fn campaign(state: State) -> Campaign {
        Campaign {
            id: CampaignId::new(Time::from_seconds(0), [0; 10]),
            ledger: Ledger { account: "default".into(), mode: Mode::Test },
            state,
            settings: settings(),
            reward_rules: vec![],
            rule_version: 1,
            application: None,
            revision: 1,
            created_at: Time::from_seconds(0),
            updated_at: Time::from_seconds(0),
        }
    }

    #[test]
    fn a_life_goes_from_draft_to_live_and_paused_and_ends_for_good() {
        use State::{Draft, Ended, Live, Paused};
        let now = Time::from_seconds(9);
        for (from, launch, pause, end) in [
            (Draft, true, false, false),
            (Live, false, true, true),
            (Paused, true, false, true),
            (Ended, false, false, false),
        ] {
            assert_eq!(campaign(from).launch(now).is_ok(), launch, "{from:?} launch");
            assert_eq!(campaign(from).pause(now).is_ok(), pause, "{from:?} pause");
            assert_eq!(campaign(from).end(now).is_ok(), end, "{from:?} end");
        }
    }

    #[test]
    fn another_rule_is_another_version_and_another_name_is_not() {
        let now = Time::from_seconds(9);
        let renamed = Settings { display_name: "New".into(), ..settings() };
        assert_eq!(campaign(State::Live).with_settings(renamed, vec![], now).rule_version, 1);
        let dearer = Settings { rule: Rule { target_minor: 1, ..rule() }, ..settings() };
        let changed = campaign(State::Live).with_settings(dearer, vec![], now);
        assert_eq!((changed.rule_version, changed.revision, changed.updated_at), (2, 2, now));
    }

    #[test]
    fn a_rule_is_applied_once_and_another_one_anew() {
        let (first, second) = (Time::from_seconds(9), Time::from_seconds(10));
        let asked = campaign(State::Live).applied_to_existing(None, first);
        assert_eq!(asked.application, Some(Application::new(1, None, first)));
        let again = asked.applied_to_existing(None, second);
        assert_eq!(again.application, Some(Application::new(1, None, first)), "it goes on");
        let dearer = Settings { rule: Rule { target_minor: 1, ..rule() }, ..settings() };
        let raised = again.with_settings(dearer, vec![], second).applied_to_existing(None, second);
        assert_eq!(raised.application, Some(Application::new(2, None, second)));
    }

    #[test]
    fn what_writes_to_stripe_needs_a_key_and_a_mapping() {
        use ExistingEmailMode::{CreateDuplicate, SkipExisting, UpdateExisting};
        use NewCustomerMode::{CreateAtOnce, WaitForCheckout};
        let line = |source: &str, target| Entry { source: Source::parse(source).expect(source), target };
        let full = vec![line("first_name", Target::Name), line("email", Target::Email)];
        for (new, existing, mapped, without_key, with_key) in [
            (WaitForCheckout, SkipExisting, false, true, true),
            (WaitForCheckout, SkipExisting, true, true, true),
            (WaitForCheckout, UpdateExisting, false, true, true),
            (WaitForCheckout, UpdateExisting, true, false, true),
            (WaitForCheckout, CreateDuplicate, false, false, false),
            (CreateAtOnce, SkipExisting, false, false, false),
            (CreateAtOnce, SkipExisting, true, false, true),
        ] {
            let mapping = Mapping::new(if mapped { full.clone() } else { vec![] }).expect("valid");
            let rule = Rule { new_customer_mode: new, existing_email_mode: existing, ..rule() };
            let campaign = Campaign { settings: Settings { rule, mapping, ..settings() }, ..campaign(State::Draft) };
            assert_eq!(campaign.ready(false).is_ok(), without_key, "{new:?} {existing:?} {mapped}");
            assert_eq!(campaign.ready(true).is_ok(), with_key, "{new:?} {existing:?} {mapped}");
        }
    }

    #[test]
    fn the_start_is_in_and_the_end_is_out() {
        let mut campaign = campaign(State::Live);
        campaign.settings.starts_at = Some(Time::from_seconds(10));
        campaign.settings.ends_at = Some(Time::from_seconds(20));
        for (at, open) in [(9, false), (10, true), (19, true), (20, false)] {
            assert_eq!(campaign.is_open_at(Time::from_seconds(at)), open, "{at}");
        }
    }

    #[test]
    fn a_landing_url_is_absolute() {
        assert_eq!(landing_url(""), Ok(None));
        assert!(landing_url("https://example.com/i/").is_ok());
        for wrong in ["example.com", "ftp://example.com", "https://", "https:///x", "https://a b"] {
            assert!(landing_url(wrong).is_err(), "{wrong}");
        }
    }
}
