//! An object of Stripe's JSON, read leniently: fields come and go with API versions, so each is asked for by itself,
//! and a problem names its path.

use std::collections::BTreeMap;
use std::fmt::Display;

use serde_json::Value;

use crate::domain::delivery::SOURCE_ID_MAX;
use crate::domain::email::Email;
use crate::domain::fact::Seen;
use crate::domain::id::ReferralId;
use crate::domain::money::{Currency, amount_minor};
use crate::domain::time::{SECONDS_MAX, Time};
use crate::domain::{Invalid, text};

/// What could not be read, and why: a sentence that begins with the path of the field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable(pub String);

/// An object and where it stands in the body.
pub struct Object<'a> {
    value: &'a Value,
    path: String,
}

impl<'a> Object<'a> {
    /// The object at this path; the body itself has an empty one.
    pub fn new(value: &'a Value, path: impl Into<String>) -> Self {
        Self { value, path: path.into() }
    }

    fn field(&self, name: &str) -> Option<&'a Value> {
        self.value.get(name).filter(|value| !value.is_null())
    }

    /// An object within, if it is there.
    pub fn object(&self, name: &str) -> Option<Object<'a>> {
        let value = self.field(name).filter(|value| value.is_object())?;
        Some(Object::new(value, self.path_of(name)))
    }

    /// The objects of a list within: Stripe's list object, or the plain array of its first API versions.
    pub fn list(&self, name: &str) -> Vec<Object<'a>> {
        let Some(list) = self.field(name) else { return Vec::new() };
        let (items, path) = match list.get("data") {
            Some(data) => (data.as_array(), self.path_of(name) + ".data"),
            None => (list.as_array(), self.path_of(name)),
        };
        let items = items.into_iter().flatten().enumerate();
        items.map(|(i, value)| Object::new(value, format!("{path}[{i}]"))).collect()
    }

    /// A problem with a field.
    pub fn problem(&self, name: &str, what: impl Display) -> Unreadable {
        Unreadable(format!("{} {what}", self.path_of(name)))
    }

    fn path_of(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) }
    }

    fn needed<T>(&self, name: &str, value: Option<T>) -> Result<T, Unreadable> {
        value.ok_or_else(|| self.problem(name, "is missing"))
    }

    fn valid<T>(&self, name: &str, result: Result<T, Invalid>) -> Result<T, Unreadable> {
        result.map_err(|invalid| self.problem(name, invalid.0))
    }

    /// Text without control characters and blanks around it. Postgres takes no NUL, and no other has a meaning here.
    pub fn text(&self, name: &str) -> Option<String> {
        let text = clean(self.field(name)?.as_str()?);
        (!text.is_empty()).then_some(text)
    }

    /// The object's own id.
    pub fn id(&self) -> Result<String, Unreadable> {
        let id = self.reference("id")?;
        self.needed("id", id)
    }

    /// The id of another object, which may stand there itself where the endpoint expands it.
    pub fn reference(&self, name: &str) -> Result<Option<String>, Unreadable> {
        let Some(value) = self.field(name) else { return Ok(None) };
        let id = value.as_str().or_else(|| value.get("id")?.as_str());
        let id = id.ok_or_else(|| self.problem(name, "is neither an id nor an object with one"))?;
        self.valid(name, text::optional_line(&clean(id), SOURCE_ID_MAX))
    }

    /// A sum in minor units, which may be negative, if it is there.
    pub fn optional_sum(&self, name: &str) -> Result<Option<i64>, Unreadable> {
        let Some(value) = self.field(name) else { return Ok(None) };
        value.as_i64().map(Some).ok_or_else(|| self.problem(name, "is no amount in whole minor units"))
    }

    /// A sum in minor units, which may be negative.
    pub fn sum(&self, name: &str) -> Result<i64, Unreadable> {
        let sum = self.optional_sum(name)?;
        self.needed(name, sum)
    }

    /// An amount in minor units, if it is there.
    pub fn optional_amount(&self, name: &str) -> Result<Option<i64>, Unreadable> {
        let amount = self.optional_sum(name)?;
        amount.map(|amount| self.valid(name, amount_minor(amount))).transpose()
    }

    /// An amount in minor units.
    pub fn amount(&self, name: &str) -> Result<i64, Unreadable> {
        let amount = self.optional_amount(name)?;
        self.needed(name, amount)
    }

    /// A currency, if it is there.
    pub fn optional_currency(&self, name: &str) -> Result<Option<Currency>, Unreadable> {
        self.text(name).map(|code| self.valid(name, Currency::parse(&code))).transpose()
    }

    /// A currency.
    pub fn currency(&self, name: &str) -> Result<Currency, Unreadable> {
        let currency = self.optional_currency(name)?;
        self.needed(name, currency)
    }

    /// A time in whole seconds, if it is there.
    pub fn optional_time(&self, name: &str) -> Result<Option<Time>, Unreadable> {
        let Some(value) = self.field(name) else { return Ok(None) };
        let seconds = value.as_i64().filter(|seconds| (0..=SECONDS_MAX).contains(seconds));
        let seconds = seconds.ok_or_else(|| self.problem(name, "is no time in seconds since 1970"))?;
        Ok(Some(Time::from_seconds(seconds)))
    }

    /// A time in whole seconds.
    pub fn time(&self, name: &str) -> Result<Time, Unreadable> {
        let time = self.optional_time(name)?;
        self.needed(name, time)
    }

    /// Yes or no, if it is there.
    pub fn optional_flag(&self, name: &str) -> Result<Option<bool>, Unreadable> {
        let Some(value) = self.field(name) else { return Ok(None) };
        value.as_bool().map(Some).ok_or_else(|| self.problem(name, "is neither true nor false"))
    }

    /// Yes or no.
    pub fn flag(&self, name: &str) -> Result<bool, Unreadable> {
        let flag = self.optional_flag(name)?;
        self.needed(name, flag)
    }

    /// A word.
    pub fn word(&self, name: &str) -> Result<String, Unreadable> {
        let word = self.text(name);
        self.needed(name, word)
    }

    /// The texts of a list.
    pub fn words(&self, name: &str) -> Vec<String> {
        let items = self.field(name).and_then(Value::as_array).into_iter().flatten();
        items.filter_map(|item| Some(item.as_str()?.to_owned())).collect()
    }

    /// The texts of a map, such as `metadata`.
    pub fn texts(&self, name: &str) -> BTreeMap<String, String> {
        let entries = self.field(name).and_then(Value::as_object).into_iter().flatten();
        entries.filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned()))).collect()
    }

    /// The email in a field, as people are told apart by it. What is no address identifies nobody and is left out.
    pub fn email(&self, name: &str) -> Option<String> {
        Email::parse(&self.text(name)?).ok().map(|email| email.identity().to_owned())
    }

    /// The field where it is one of our referral ids: merchants keep ids of their own under the same names.
    pub fn referral_id(&self, name: &str) -> Option<ReferralId> {
        ReferralId::parse(&self.text(name)?).ok()
    }

    /// Our referral id in the object's metadata.
    pub fn tagged(&self, seen_at: Time) -> Seen<ReferralId> {
        let id = self.object("metadata").and_then(|metadata| metadata.referral_id("referral_id"));
        id.map(|id| (id, seen_at)).into_iter().collect()
    }

    /// Refuses an object of another kind; without a word on its kind it is taken as what its event says.
    pub fn expect(&self, kind: &str) -> Result<(), Unreadable> {
        match self.text("object") {
            Some(other) if other != kind => {
                let other: String = other.chars().take(100).collect();
                Err(self.problem("object", format_args!("is \"{other}\" where \"{kind}\" was expected")))
            }
            _ => Ok(()),
        }
    }
}

/// Without control characters.
pub fn clean(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect::<String>().trim().to_owned()
}
