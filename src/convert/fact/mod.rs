//! Facts. A message holds one snapshot; what it shows is noted with the time of the event that showed it.

mod read;
mod write;

use std::fmt::Arguments;

use super::Violations;
use crate::domain::Invalid;
use crate::domain::fact::Fact;
use crate::domain::time::Time;
use crate::proto::v1;
use crate::proto::v1::fact::Fact as Kind;
use read::Reader;

/// A snapshot, as the API says it. Of what a fact gathered over several events it holds the newest only.
pub fn fact_to_proto(fact: &Fact) -> v1::Fact {
    let kind = match fact {
        Fact::Charge(charge) => Kind::Charge(write::charge(charge)),
        Fact::Refund(refund) => Kind::Refund(write::refund(refund)),
        Fact::Dispute(dispute) => Kind::Dispute(write::dispute(dispute)),
        Fact::Customer(customer) => Kind::Customer(write::customer(customer)),
        Fact::Checkout(checkout) => Kind::Checkout(write::checkout(checkout)),
    };
    v1::Fact { fact: Some(kind) }
}

/// A snapshot that an event of `seen_at` showed; what is wrong is noted under `path`.
pub fn fact_from_proto(
    violations: &mut Violations,
    path: Arguments<'_>,
    seen_at: Time,
    fact: v1::Fact,
) -> Option<Fact> {
    let mut reader = Reader { violations, path, seen_at };
    match fact.fact {
        Some(Kind::Charge(charge)) => reader.charge(&charge).map(Fact::Charge),
        Some(Kind::Refund(refund)) => reader.refund(&refund).map(Fact::Refund),
        Some(Kind::Dispute(dispute)) => reader.dispute(&dispute).map(Fact::Dispute),
        Some(Kind::Customer(customer)) => reader.customer(&customer).map(Fact::Customer),
        Some(Kind::Checkout(checkout)) => reader.checkout(&checkout).map(Fact::Checkout),
        None => {
            let needed = Invalid::new("is required: one of charge, refund, dispute, customer, checkout");
            violations.add(path, needed);
            None
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use crate::domain::fact::{Charge, ChargeStatus, Checkout, Customer, Dispute, DisputeStatus, Refund, RefundStatus};
    use crate::domain::id::ReferralId;
    use crate::domain::money::Currency;

    use super::*;

    const SEEN_AT: Time = Time::from_seconds(1_700_000_100);

    fn charge() -> Charge {
        Charge {
            id: "ch_1".into(),
            currency: Currency::parse("eur").expect("a currency"),
            created_at: Time::from_seconds(1_700_000_000),
            customer_id: Some("cus_1".into()),
            payment_intent_id: Some("pi_1".into()),
            status: ChargeStatus::Succeeded,
            amount_minor: 5000,
            captured_minor: 4900,
            released_minor: 100,
            refunded: [(1100, SEEN_AT)].into(),
            settlement: Some((5300, Currency::parse("usd").expect("a currency"))),
            balance_transaction_id: Some("txn_1".into()),
            refunds_known_at: None,
            emails: [("ada@example.com".into(), SEEN_AT), ("office@example.com".into(), SEEN_AT)].into(),
            referrals: [(referral_id(), SEEN_AT)].into(),
        }
    }

    fn referral_id() -> ReferralId {
        ReferralId::new(SEEN_AT, [7; 10])
    }

    /// One fact of each kind with every field set, as an event of 1700000100 shows them.
    pub(in super::super) fn every_fact() -> Vec<Fact> {
        let (charge_id, created_at) = (Some("ch_1".to_owned()), Time::from_seconds(1_700_000_000));
        let status = RefundStatus::Failed;
        let refund = Refund { id: "re_1".into(), charge_id: charge_id.clone(), amount_minor: 7, created_at, status };
        let status = DisputeStatus::Prevented;
        let dispute = Dispute { id: "dp_1".into(), charge_id, amount_minor: 8, created_at, status };
        let customer = Customer {
            created_at: Some(created_at),
            deleted: true,
            emails: [("ada@example.com".into(), SEEN_AT)].into(),
            referrals: [(referral_id(), SEEN_AT)].into(),
            ..Customer::unknown("cus_1")
        };
        let checkout = Checkout {
            id: "cs_1".into(),
            customer_id: Some("cus_1".into()),
            payment_intent_id: Some("pi_1".into()),
            emails: [("ada@example.com".into(), SEEN_AT)].into(),
            referrals: [(referral_id(), SEEN_AT)].into(),
            references: [(referral_id(), SEEN_AT)].into(),
        };
        let money = [Fact::Charge(charge()), Fact::Refund(refund), Fact::Dispute(dispute)];
        money.into_iter().chain([Fact::Customer(customer), Fact::Checkout(checkout)]).collect()
    }

    fn read(fact: v1::Fact) -> Result<Option<Fact>, Vec<String>> {
        let mut violations = Violations::default();
        let fact = fact_from_proto(&mut violations, format_args!("f"), SEEN_AT, fact);
        violations.finish().map(|()| fact).map_err(|found| found.into_iter().map(|(field, _)| field).collect())
    }

    fn message(change: impl FnOnce(&mut v1::Charge)) -> v1::Fact {
        let mut message = write::charge(&charge());
        change(&mut message);
        v1::Fact { fact: Some(Kind::Charge(message)) }
    }

    #[test]
    fn every_fact_reads_back_as_it_was_written() {
        for fact in every_fact() {
            assert_eq!(read(fact_to_proto(&fact)), Ok(Some(fact)));
        }
    }

    #[test]
    fn what_is_not_set_stays_unknown() {
        let bare = Charge {
            customer_id: None,
            payment_intent_id: None,
            captured_minor: 0,
            released_minor: 0,
            refunded: [].into(),
            settlement: None,
            balance_transaction_id: None,
            refunds_known_at: None,
            emails: [].into(),
            referrals: [].into(),
            ..charge()
        };
        assert_eq!(read(fact_to_proto(&Fact::Charge(bare.clone()))), Ok(Some(Fact::Charge(bare))));
        let customer = v1::Customer { id: "cus_1".into(), ..v1::Customer::default() };
        assert!(read(v1::Fact { fact: Some(Kind::Customer(customer)) }).is_ok());
    }

    #[test]
    fn every_field_out_of_its_limits_is_named() {
        let wrong = message(|charge| {
            charge.id = "i".repeat(256);
            charge.currency = "euro".into();
            charge.customer_id = "cus\0".into();
            charge.status = 99;
            charge.amount_minor = -1;
            charge.captured_minor = i64::MAX;
            charge.settlement_currency = String::new();
            charge.emails = vec!["ada@example.com".into(), "nobody".into()];
            charge.referral_id = "r".repeat(256);
        });
        let fields = [
            "id",
            "currency",
            "customer_id",
            "status",
            "amount_minor",
            "captured_minor",
            "settlement_currency",
            "emails[1]",
            "referral_id",
        ];
        assert_eq!(read(wrong), Err(fields.map(|field| format!("f.charge.{field}")).to_vec()));
    }

    #[test]
    fn a_release_is_a_part_of_what_was_given_back_and_nothing_is_given_back_before_the_capture() {
        let uncaptured = message(|charge| charge.captured_minor = 0);
        assert_eq!(read(uncaptured), Err(vec!["f.charge.refunded_minor".into()]));
        let more = message(|charge| charge.released_minor = charge.refunded_minor + 1);
        assert_eq!(read(more), Err(vec!["f.charge.released_minor".into()]));
    }

    #[test]
    fn emails_are_read_by_identity_and_are_few() {
        let typed = message(|charge| charge.emails = vec![" Ada@Example.COM".into(); 4]);
        let Ok(Some(Fact::Charge(charge))) = read(typed) else { panic!("readable") };
        assert_eq!(charge.emails, [("ada@example.com".into(), SEEN_AT)].into());
        let many = message(|charge| charge.emails = vec!["ada@example.com".into(); 5]);
        assert_eq!(read(many), Err(vec!["f.charge.emails".into()]));
    }

    #[test]
    fn a_reference_of_the_merchants_own_is_not_looked_at() {
        let Ok(Some(Fact::Charge(charge))) = read(message(|charge| charge.referral_id = "order 12".into())) else {
            panic!("readable")
        };
        assert!(charge.referrals.is_empty());
    }
}
