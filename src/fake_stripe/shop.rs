//! What the fake knows, and what it says to each request. Objects are JSON, as Stripe writes it.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::form::Form;
use crate::domain::time::Time;

/// How many objects a list has where nobody says how many, or within another object.
const LISTED: usize = 10;

/// The objects of an account.
#[derive(Debug, Default)]
pub struct Shop {
    objects: BTreeMap<String, Vec<Value>>,
    made: u64,
}

/// Why a request is refused, as Stripe says it.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// The status of the answer.
    pub status: u16,
    /// Stripe's word for it, where it has one.
    pub code: Option<&'static str>,
    /// The parameter that is wrong.
    pub param: Option<&'static str>,
    /// What people are told.
    pub message: String,
}

pub type Said = Result<Value, Refusal>;

impl Refusal {
    /// A parameter that is wrong.
    pub fn of(param: &'static str, message: impl Into<String>) -> Self {
        Self { status: 400, code: None, param: Some(param), message: message.into() }
    }

    /// A parameter that names nothing; in the path of the request it is the request itself that names nothing.
    pub fn missing(kind: &str, id: &str, param: Option<&'static str>) -> Self {
        let (status, param) = param.map_or((404, Some("id")), |param| (400, Some(param)));
        Self { status, code: Some("resource_missing"), param, message: format!("No such {kind}: '{id}'") }
    }

    /// The body that says so.
    pub fn body(&self) -> Value {
        let kind = match self.status {
            402 => "card_error",
            429 | 500.. => "api_error",
            _ => "invalid_request_error",
        };
        json!({ "error": { "type": kind, "code": self.code, "param": self.param, "message": self.message } })
    }
}

impl Shop {
    /// The objects of a kind, such as `customers`, the oldest first.
    pub fn all(&self, kind: &str) -> &[Value] {
        self.objects.get(kind).map_or(&[], Vec::as_slice)
    }

    /// Takes up an object.
    pub fn add(&mut self, kind: &str, object: Value) -> Value {
        self.objects.entry(kind.to_owned()).or_default().push(object.clone());
        object
    }

    /// Forgets an object.
    pub fn forget(&mut self, kind: &str, id: &str) {
        self.objects.entry(kind.to_owned()).or_default().retain(|object| object["id"] != id);
    }

    /// An object that is to be changed.
    pub fn object(&mut self, kind: &str, id: &str) -> Option<&mut Value> {
        self.objects.get_mut(kind)?.iter_mut().find(|object| object["id"] == id)
    }

    /// An id that no other object has.
    pub fn id(&mut self, prefix: &str) -> String {
        self.made += 1;
        format!("{prefix}_Fake{:012}", self.made)
    }

    /// Does what a request asks for.
    pub fn say(&mut self, method: &str, path: &[&str], form: &Form, now: Time) -> Said {
        match (method, path) {
            ("GET", ["account"]) => Ok(self.all("accounts").first().cloned().unwrap_or_default()),
            ("GET", ["customers"]) => self.customers(form),
            ("POST", ["customers"]) => self.create_customer(form, now),
            ("GET", ["customers", id]) => self.customer(id),
            ("POST", ["customers", id]) => self.update_customer(id, form),
            ("GET", ["customers", id, "balance_transactions"]) => {
                Ok(self.page("customer_balance_transactions", form, |one| one["customer"] == *id))
            }
            ("POST", ["customers", id, "balance_transactions"]) => self.move_balance(id, form, now),
            ("GET", ["coupons", id]) => self.found("coupon", "coupons", id),
            ("GET", ["promotion_codes"]) => {
                let code = form.get("code").unwrap_or_default().to_lowercase();
                let spelt = |one: &Value| one["code"].as_str().is_some_and(|it| it.to_lowercase() == code);
                Ok(self.page("promotion_codes", form, spelt))
            }
            ("POST", ["promotion_codes"]) => self.create_promotion_code(form, now),
            ("GET", ["promotion_codes", id]) => self.found("promotion code", "promotion_codes", id),
            ("POST", ["promotion_codes", id]) => self.update_promotion_code(id, form),
            ("GET", ["webhook_endpoints"]) => Ok(self.page("webhook_endpoints", form, |_| true)),
            ("POST", ["webhook_endpoints"]) => self.create_endpoint(form, now),
            ("POST", ["webhook_endpoints", id]) => self.update_endpoint(id, form),
            ("GET", ["balance_transactions", id]) => self.found("balance transaction", "balance_transactions", id),
            ("GET", ["charges", id]) => self.charge(id, form),
            ("GET", ["refunds"]) => Ok(self.refunds(form)),
            ("GET", ["events"]) => Ok(self.events(form)),
            _ => {
                let message = format!("Unrecognized request URL ({method}: /v1/{})", path.join("/"));
                Err(Refusal { status: 404, code: None, param: None, message })
            }
        }
    }

    /// An object that a path names.
    pub fn found(&mut self, name: &str, kind: &str, id: &str) -> Said {
        self.object(kind, id).cloned().ok_or_else(|| Refusal::missing(name, id, None))
    }

    /// A page of a list, the newest first, from the one after `starting_after` on.
    pub fn page(&self, kind: &str, form: &Form, of: impl Fn(&Value) -> bool) -> Value {
        Self::page_of(kind, form, self.all(kind).iter().rev().filter(|one| of(one)))
    }

    fn page_of<'a>(kind: &str, form: &Form, newest_first: impl Iterator<Item = &'a Value>) -> Value {
        let limit = form.number("limit").and_then(|limit| usize::try_from(limit).ok()).unwrap_or(LISTED);
        let after = form.get("starting_after");
        let mut rest: Vec<&Value> = match after {
            Some(id) => newest_first.skip_while(|one| one["id"] != id).skip(1).collect(),
            None => newest_first.collect(),
        };
        let has_more = rest.len() > limit;
        rest.truncate(limit);
        json!({ "object": "list", "data": rest, "has_more": has_more, "url": format!("/v1/{kind}") })
    }

    /// A charge; its refunds, and its settlement as more than an id, only where they are asked for.
    fn charge(&mut self, id: &str, form: &Form) -> Said {
        let mut charge = self.found("charge", "charges", id)?;
        let asks_for = |name: &str| form.list("expand").contains(&name);
        if asks_for("balance_transaction")
            && let Some(settled) = charge["balance_transaction"].as_str()
        {
            charge["balance_transaction"] = self.found("balance transaction", "balance_transactions", settled)?;
        }
        if !asks_for("refunds")
            && let Some(fields) = charge.as_object_mut()
        {
            fields.remove("refunds");
        }
        if let Some(refunds) = charge.pointer_mut("/refunds/data").and_then(Value::as_array_mut)
            && refunds.len() > LISTED
        {
            refunds.truncate(LISTED);
            charge["refunds"]["has_more"] = true.into();
        }
        Ok(charge)
    }

    /// The refunds of a charge, which it has itself, the newest first.
    fn refunds(&self, form: &Form) -> Value {
        let charge = self.all("charges").iter().find(|charge| charge["id"].as_str() == form.get("charge"));
        let refunds = charge.and_then(|charge| charge["refunds"]["data"].as_array());
        Self::page_of("refunds", form, refunds.into_iter().flatten())
    }

    fn events(&self, form: &Form) -> Value {
        let types = form.list("types");
        self.page("events", form, |event| {
            event["type"].as_str().is_some_and(|kind| types.is_empty() || types.contains(&kind))
                && was_made_between(form, event)
        })
    }
}

/// Whether an object was made when `created[gte]` and `created[lte]` say.
pub fn was_made_between(form: &Form, object: &Value) -> bool {
    let bounds = form.map("created");
    let bound = |name: &str| bounds.get(name).and_then(|at| at.parse::<i64>().ok());
    let made = object["created"].as_i64().unwrap_or_default();
    bound("gte").is_none_or(|since| since <= made) && bound("lte").is_none_or(|until| made <= until)
}
