//! Whose a payment is: claims by their rank, then the earliest registration.

use super::super::examples::{charge, day};
use super::*;

fn id(n: u8) -> ReferralId {
    ReferralId::new(Time::from_seconds(1), [n; 10])
}

fn claimant(n: u8) -> Claimant {
    let email = format!("{n}@example.com");
    Claimant { id: id(n), email, registered_at: day(0), only_customer: None, kept: None }
}

fn seen<V: Ord>(value: V) -> Seen<V> {
    Seen::from([(value, day(1))])
}

fn checkout() -> Checkout {
    let (emails, referrals, references) = Default::default();
    let (customer_id, payment_intent_id) = (Some("cus_1".into()), Some("pi_1".into()));
    Checkout { id: "cs_1".into(), customer_id, payment_intent_id, emails, referrals, references }
}

fn customer() -> Customer {
    Customer { created_at: Some(day(1)), ..Customer::unknown("cus_1") }
}

fn charge_of(customer_id: &str) -> Charge {
    Charge { customer_id: Some(customer_id.into()), ..charge(day(2), 100) }
}

/// Referral 1 to 10, each with one claim of its own on the same payment, the strongest first.
struct World {
    charge: Charge,
    checkout: Checkout,
    renewed: Checkout,
    customer: Customer,
    claimants: Vec<Claimant>,
}

impl World {
    fn new() -> Self {
        let email = |n: u8| claimant(n).email;
        let charge = Charge { referrals: seen(id(1)), emails: seen(email(7)), ..charge_of("cus_1") };
        let checkout = Checkout { referrals: seen(id(2)), references: seen(id(5)), ..checkout() };
        let checkout = Checkout { emails: Seen::from([(email(8), day(2))]), ..checkout };
        let customer = Customer { referrals: seen(id(3)), linked: seen(id(4)), emails: seen(email(9)), ..customer() };
        let renewed =
            Checkout { references: seen(id(6)), emails: Seen::from([(email(10), day(2))]), ..self::checkout() };
        let claimants = (1..=10).map(claimant).collect();
        Self { charge, checkout, renewed, customer, claimants }
    }

    fn surroundings(&self) -> Surroundings<'_> {
        Surroundings {
            charge: &self.charge,
            checkouts: vec![&self.checkout],
            customer: Some(&self.customer),
            customer_checkouts: vec![&self.renewed],
        }
    }
}

#[test]
fn the_strongest_claim_wins_and_each_has_its_rank() {
    let world = World::new();
    let claims = world.surroundings().claims();
    let ranks = [
        Claim::ChargeMetadata,
        Claim::CheckoutMetadata,
        Claim::CustomerMetadata,
        Claim::LinkedCustomer,
        Claim::CheckoutReference,
        Claim::CustomerReference,
        Claim::ChargeEmail(day(1)),
        Claim::ChargeEmail(day(2)),
        Claim::CustomerEmail(day(1)),
        Claim::CustomerEmail(day(2)),
    ];
    for (strongest, claim) in ranks.into_iter().enumerate() {
        let rest = &world.claimants[strongest..];
        assert_eq!(owner(&world.charge, &claims, rest), Some((&rest[0], claim)));
        assert_eq!(owner(&world.charge, &claims, rest.iter().rev()), Some((&rest[0], claim)), "in any order");
    }
    assert_eq!(owner(&world.charge, &claims, []), None);
}

#[test]
fn what_a_checkout_claims_holds_for_the_renewals_of_its_customer() {
    let (charge, checkout) = (charge_of("cus_1"), Checkout { referrals: seen(id(1)), ..checkout() });
    let renewal =
        Surroundings { charge: &charge, checkouts: vec![], customer: None, customer_checkouts: vec![&checkout] };
    let claimants = [claimant(1)];
    assert_eq!(owner(&charge, &renewal.claims(), &claimants), Some((&claimants[0], Claim::CustomerMetadata)));
}

#[test]
fn a_guest_is_found_by_the_email_of_the_charge() {
    let charge = Charge { emails: seen(claimant(1).email), ..charge(day(2), 100) };
    let guest = Surroundings { charge: &charge, checkouts: vec![], customer: None, customer_checkouts: vec![] };
    let claimants = [claimant(1), claimant(2)];
    assert_eq!(owner(&charge, &guest.claims(), &claimants), Some((&claimants[0], Claim::ChargeEmail(day(1)))));
    assert_eq!(owner(&charge, &guest.claims(), &claimants[1..]), None, "nobody else has a claim");
}

#[test]
fn a_customer_is_found_by_an_address_it_no_longer_has() {
    let emails = Seen::from([(claimant(1).email, day(1)), ("new@example.com".into(), day(9))]);
    let (charge, customer) = (charge_of("cus_1"), Customer { emails, ..customer() });
    let around =
        Surroundings { charge: &charge, checkouts: vec![], customer: Some(&customer), customer_checkouts: vec![] };
    assert_eq!(claimant(1).strongest(&around.claims()), Some(Claim::CustomerEmail(day(1))));
}

#[test]
fn of_equal_claims_the_earlier_registration_wins_and_then_the_smaller_id() {
    let claims = [(Claim::ChargeMetadata, Key::Referral(id(1))), (Claim::ChargeMetadata, Key::Referral(id(2)))];
    let charge = charge(day(2), 100);
    for (first, second, winner) in [(day(0), day(1), 1), (day(1), day(0), 2), (day(1), day(1), 1)] {
        let claimants =
            [Claimant { registered_at: first, ..claimant(1) }, Claimant { registered_at: second, ..claimant(2) }];
        for order in [[0, 1], [1, 0]] {
            let claimants = order.map(|n| &claimants[n]);
            assert_eq!(owner(&charge, &claims, claimants).map(|(owner, _)| owner.id), Some(id(winner)));
        }
    }
}

#[test]
fn a_referral_with_a_customer_of_its_own_has_no_claim_on_anothers_payments() {
    let claims = [(Claim::ChargeMetadata, Key::Referral(id(1))), (Claim::CustomerMetadata, Key::Referral(id(2)))];
    let claimants = [Claimant { only_customer: Some("cus_1".into()), ..claimant(1) }, claimant(2)];
    for (charge, winner) in [(charge_of("cus_1"), 1), (charge_of("cus_2"), 2), (charge(day(2), 100), 2)] {
        assert_eq!(owner(&charge, &claims, &claimants).map(|(owner, _)| owner.id), Some(id(winner)));
    }
}

#[test]
fn a_referral_raises_the_strongest_of_its_claims() {
    let email = || Key::Email(claimant(1).email);
    let claims = [
        (Claim::CustomerEmail(day(1)), email()),
        (Claim::ChargeEmail(day(5)), email()),
        (Claim::ChargeEmail(day(4)), email()),
        (Claim::ChargeMetadata, Key::Referral(id(2))),
    ];
    assert_eq!(claimant(1).strongest(&claims), Some(Claim::ChargeEmail(day(4))));
}

#[test]
fn a_stronger_claim_beats_an_earlier_registration() {
    let claims =
        [(Claim::CheckoutReference, Key::Referral(id(1))), (Claim::ChargeEmail(day(1)), Key::Email(claimant(2).email))];
    let claimants =
        [Claimant { registered_at: day(9), ..claimant(1) }, Claimant { registered_at: day(0), ..claimant(2) }];
    assert_eq!(owner(&charge(day(2), 100), &claims, &claimants).map(|(owner, _)| owner.id), Some(id(1)));
}

#[test]
fn who_was_erased_claims_the_payments_that_were_theirs_then_and_no_other() {
    let (known, new) = (charge_named("ch_1"), charge_named("ch_2"));
    let claims = vec![(Claim::CustomerEmail(day(1)), Key::Email(claimant(1).email))];
    let erased = Claimant { kept: Some(Arc::new([known.id.clone()].into())), ..claimant(1) };
    let owner = |charge: &Charge| owner(charge, &claims, [&erased]).map(|(owner, _)| owner.id);
    assert_eq!((owner(&known), owner(&new)), (Some(id(1)), None));
    assert_eq!((erased.may_know(&known), erased.may_know(&new)), (true, false));
    assert!(claimant(1).may_know(&new));
}

fn charge_named(id: &str) -> Charge {
    Charge { id: id.into(), ..charge_of("cus_1") }
}
