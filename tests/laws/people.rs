//! The person invited, and another one who was invited before.

use referrald::domain::attribution::Claimant;
use referrald::domain::id::ReferralId;
use referrald::domain::time::Time;

use crate::world::{DAY, REGISTERED};

pub const EMAIL: &str = "ada@example.com";
pub const RIVALS_EMAIL: &str = "bob@example.com";
pub const LINKED: &str = "cus_own";
pub const RIVALS_CUSTOMER: &str = "cus_rival";

pub fn referral_id() -> ReferralId {
    ReferralId::new(Time::from_seconds(REGISTERED), [1; 10])
}

pub fn rivals_id() -> ReferralId {
    ReferralId::new(Time::from_seconds(REGISTERED), [2; 10])
}

pub fn person(only_own_customer: bool) -> Claimant {
    Claimant {
        id: referral_id(),
        email: EMAIL.into(),
        registered_at: Time::from_seconds(REGISTERED),
        only_customer: only_own_customer.then(|| LINKED.into()),
        kept: None,
    }
}

pub fn rival() -> Claimant {
    Claimant {
        id: rivals_id(),
        email: RIVALS_EMAIL.into(),
        registered_at: Time::from_seconds(REGISTERED - DAY),
        only_customer: None,
        kept: None,
    }
}
