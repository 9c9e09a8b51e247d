//! The coupons on which reward rules give codes: Stripe must have them before anybody can earn one.

use std::collections::BTreeMap;

use super::App;
use super::error::{Error, Result};
use crate::domain::campaign::{Campaign, Ledger, State};

/// The coupons of which Stripe must know before a campaign becomes another: all where it goes live, and those that are
/// new where it has gone live before. Each with the position of the rule that names it.
pub(super) fn to_be_asked(before: &Campaign, after: &Campaign) -> BTreeMap<String, usize> {
    let mut coupons = after.coupons();
    if after.state == State::Draft {
        coupons.clear();
    } else if after.state == before.state {
        let known = before.coupons();
        coupons.retain(|coupon, _| !known.contains_key(coupon));
    }
    coupons
}

impl App {
    /// Refuses coupons that Stripe does not have, or that can be redeemed no more.
    pub(super) async fn check_coupons(&self, ledger: &Ledger, coupons: &BTreeMap<String, usize>) -> Result<()> {
        // Without a key there are none: such a campaign is not ready.
        let Some(stripe) = self.stripe.of(ledger) else { return Ok(()) };
        for (coupon_id, rule) in coupons {
            let known = stripe.coupon(coupon_id).await?;
            if !known.as_ref().is_some_and(|coupon| coupon.valid) {
                let (rule, coupon_id) = (*rule, coupon_id.clone());
                return Err(Error::CouponInvalid { rule, coupon_id, is_known: known.is_some() });
            }
        }
        Ok(())
    }
}
