//! The lines that say what happened.

use std::collections::BTreeMap;

use referrald::domain::email::Email;
use referrald::domain::fact::{
    Charge, ChargeStatus, Checkout, Customer, Dispute, DisputeStatus, Fact, Refund, RefundStatus, Seen,
};
use referrald::domain::id::ReferralId;
use referrald::domain::time::Time;
use referrald::domain::word::Word;

use super::words::{Problem, Words};

/// The referrals of an example by the email of the person.
pub type People = BTreeMap<String, ReferralId>;

/// Reads what happened at a time; `earlier` is what happened before it in the example.
pub fn read(at: Time, words: &mut Words, people: &People, earlier: &[Fact]) -> Result<Fact, Problem> {
    match words.next()? {
        "charge" => charge(at, words, people).map(Fact::Charge),
        "shown" => shown(at, words, earlier).map(Fact::Charge),
        "refund" => refund(at, words).map(Fact::Refund),
        "dispute" => dispute(at, words).map(Fact::Dispute),
        "customer" => customer(at, words, people).map(Fact::Customer),
        "checkout" => checkout(at, words, people).map(Fact::Checkout),
        other => Err(format!("\"{other}\" is nothing that happens")),
    }
}

fn charge(at: Time, words: &mut Words, people: &People) -> Result<Charge, Problem> {
    let id = words.next()?.to_owned();
    let (amount_minor, currency) = words.money()?;
    let mut charge = Charge {
        id,
        currency,
        created_at: at,
        customer_id: None,
        payment_intent_id: None,
        status: ChargeStatus::Succeeded,
        amount_minor,
        captured_minor: amount_minor,
        released_minor: 0,
        refunded: Seen::new(),
        settlement: None,
        balance_transaction_id: None,
        refunds_known_at: None,
        emails: Seen::new(),
        referrals: Seen::new(),
    };
    while let Some(word) = words.peek() {
        words.next()?;
        match word {
            "by" => charge.emails = seen(email(words.next()?)?, at),
            "customer" => charge.customer_id = Some(words.next()?.to_owned()),
            "intent" => charge.payment_intent_id = Some(words.next()?.to_owned()),
            "metadata" => charge.referrals = seen(referral(words, people)?, at),
            "settled" => charge.settlement = Some(words.money()?),
            "captured" => charge.captured_minor = words.amount()?,
            "released" => {
                charge.released_minor = words.amount()?;
                charge.refunded = seen(charge.released_minor, at);
            }
            "authorised" => charge.captured_minor = 0,
            "pending" => charge.status = ChargeStatus::Pending,
            "failed" => charge.status = ChargeStatus::Failed,
            other => return Err(format!("\"{other}\" says nothing of a charge")),
        }
    }
    Ok(charge)
}

/// A later snapshot of a charge, with the amount refunded so far: all that older API versions tell of a refund.
fn shown(at: Time, words: &mut Words, earlier: &[Fact]) -> Result<Charge, Problem> {
    let id = words.next()?;
    let known = earlier.iter().find_map(|fact| match fact {
        Fact::Charge(charge) if charge.id == id => Some(charge.clone()),
        _ => None,
    });
    let mut charge = known.ok_or_else(|| format!("there is no charge {id} above"))?;
    if !words.takes("refunded") {
        return Err("\"refunded\" is expected".to_owned());
    }
    charge.refunded = seen(words.amount()?, at);
    Ok(charge)
}

fn refund(at: Time, words: &mut Words) -> Result<Refund, Problem> {
    let (id, amount_minor, charge_id) = taken(words)?;
    let status = words.peek().map(|_| words.next()).transpose()?.unwrap_or("SUCCEEDED");
    let status = RefundStatus::from_word(status).ok_or_else(|| format!("\"{status}\" is no status of a refund"))?;
    Ok(Refund { id, charge_id: Some(charge_id), amount_minor, created_at: at, status })
}

fn dispute(at: Time, words: &mut Words) -> Result<Dispute, Problem> {
    let (id, amount_minor, charge_id) = taken(words)?;
    let status = words.next()?;
    let status = DisputeStatus::from_word(status).ok_or_else(|| format!("\"{status}\" is no status of a dispute"))?;
    Ok(Dispute { id, charge_id: Some(charge_id), amount_minor, created_at: at, status })
}

/// `re_1 20.00 of ch_1`
fn taken(words: &mut Words) -> Result<(String, i64, String), Problem> {
    let (id, minor) = (words.next()?.to_owned(), words.amount()?);
    if !words.takes("of") {
        return Err("\"of\" and a charge are expected".to_owned());
    }
    Ok((id, minor, words.next()?.to_owned()))
}

fn customer(at: Time, words: &mut Words, people: &People) -> Result<Customer, Problem> {
    let id = words.next()?.to_owned();
    let mut customer = Customer { created_at: Some(at), ..Customer::unknown(id) };
    while let Some(word) = words.peek() {
        words.next()?;
        match word {
            "by" => customer.emails = seen(email(words.next()?)?, at),
            "metadata" => customer.referrals = seen(referral(words, people)?, at),
            other => return Err(format!("\"{other}\" says nothing of a customer")),
        }
    }
    Ok(customer)
}

fn checkout(at: Time, words: &mut Words, people: &People) -> Result<Checkout, Problem> {
    let id = words.next()?.to_owned();
    let (emails, referrals, references) = (Seen::new(), Seen::new(), Seen::new());
    let mut checkout = Checkout { id, customer_id: None, payment_intent_id: None, emails, referrals, references };
    while let Some(word) = words.peek() {
        words.next()?;
        match word {
            "by" => checkout.emails = seen(email(words.next()?)?, at),
            "customer" => checkout.customer_id = Some(words.next()?.to_owned()),
            "intent" => checkout.payment_intent_id = Some(words.next()?.to_owned()),
            "metadata" => checkout.referrals = seen(referral(words, people)?, at),
            "reference" => checkout.references = seen(referral(words, people)?, at),
            other => return Err(format!("\"{other}\" says nothing of a checkout")),
        }
    }
    Ok(checkout)
}

fn seen<V: Ord>(value: V, at: Time) -> Seen<V> {
    Seen::from([(value, at)])
}

fn email(text: &str) -> Result<String, Problem> {
    Email::parse(text).map(|email| email.identity().to_owned()).map_err(|problem| problem.0)
}

fn referral(words: &mut Words, people: &People) -> Result<ReferralId, Problem> {
    let person = words.next()?;
    people.get(person).copied().ok_or_else(|| format!("{person} is not registered above"))
}
