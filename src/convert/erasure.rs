//! The receipt of an erasure, as the API carries it.

use super::time_to_proto;
use crate::domain::erasure::Receipt;
use crate::proto::v1;

/// A receipt, as the API says it.
pub fn receipt_to_proto(receipt: Receipt) -> v1::ErasureReceipt {
    let Receipt { id, erased_at, first_erased_at, accounts, counts } = receipt;
    let number = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    v1::ErasureReceipt {
        id: id.to_string(),
        erased_at: Some(time_to_proto(erased_at)),
        first_erased_at: Some(time_to_proto(first_erased_at)),
        accounts,
        referrers: number(counts.referrers),
        referrals: number(counts.referrals),
        charges: number(counts.charges),
        customers: number(counts.customers),
        checkouts: number(counts.checkouts),
        events: number(counts.events),
        jobs: number(counts.jobs),
        answers: number(counts.answers),
        rewards_canceled: number(counts.rewards_canceled),
    }
}
