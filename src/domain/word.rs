//! One word for each value of an enum, the same in the database, in events and in messages.

use super::audit::SubjectKind;
use super::campaign::{Mode, State as CampaignState};
use super::delivery::Ignored;
use super::fact::{ChargeStatus, DisputeStatus, ObjectKind, RefundStatus};
use super::job::JobKind;
use super::qualification::{Disqualification, Setback, Verdict};
use super::reward::{Reason as RewardReason, Role, State as RewardState};
use super::rule::{
    CurrencyPolicy, DisputePolicy, ExistingEmailMode, Method, NewCustomerMode, Operator, RefundPolicy, RefundScope,
};
use super::stats::Granularity;

/// A value that has a word.
pub trait Word: Sized {
    /// The word, in capitals.
    fn word(&self) -> &'static str;
    /// The value of a word; `None` where there is none.
    fn from_word(word: &str) -> Option<Self>;
}

macro_rules! words {
    ($($name:ident { $($variant:ident = $word:literal),* $(,)? })*) => {$(
        impl Word for $name {
            fn word(&self) -> &'static str {
                match self { $(Self::$variant => $word),* }
            }

            fn from_word(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)* _ => None }
            }
        }
    )*};
}

words! {
    SubjectKind {
        Campaign = "CAMPAIGN", Referrer = "REFERRER", Referral = "REFERRAL", Reward = "REWARD",
        WebhookSecret = "WEBHOOK_SECRET", WebhookEndpoint = "WEBHOOK_ENDPOINT", ApiKey = "API_KEY",
        Ledger = "LEDGER", Erasure = "ERASURE",
    }
    Granularity { Day = "DAY", Week = "WEEK", Month = "MONTH" }
    Mode { Live = "LIVE", Test = "TEST" }
    CampaignState { Draft = "DRAFT", Live = "LIVE", Paused = "PAUSED", Ended = "ENDED" }
    Operator { AtLeast = "AT_LEAST", MoreThan = "MORE_THAN" }
    Method { TotalSpend = "TOTAL_SPEND", FirstPayment = "FIRST_PAYMENT", Manual = "MANUAL" }
    RefundPolicy { NetBelowTarget = "NET_BELOW_TARGET", AnyRefund = "ANY_REFUND", Ignore = "IGNORE" }
    RefundScope { WithinWindow = "WITHIN_WINDOW", AnyTime = "ANY_TIME" }
    DisputePolicy {
        OpenCountsAgainst = "OPEN_COUNTS_AGAINST", LostCountsAgainst = "LOST_COUNTS_AGAINST", Ignore = "IGNORE",
    }
    CurrencyPolicy { SameCurrencyOnly = "SAME_CURRENCY_ONLY", SettlementAmount = "SETTLEMENT_AMOUNT" }
    NewCustomerMode { WaitForCheckout = "WAIT_FOR_CHECKOUT", CreateAtOnce = "CREATE_AT_ONCE" }
    ExistingEmailMode {
        SkipExisting = "SKIP_EXISTING", CreateDuplicate = "CREATE_DUPLICATE", UpdateExisting = "UPDATE_EXISTING",
    }
    Disqualification {
        Manual = "MANUAL", SelfReferral = "SELF_REFERRAL", ExistingCustomer = "EXISTING_CUSTOMER",
    }
    Verdict { Qualified = "QUALIFIED", Disqualified = "DISQUALIFIED" }
    Setback { Refund = "REFUND", Dispute = "DISPUTE" }
    Ignored {
        Type = "TYPE", OtherMode = "OTHER_MODE", OtherAccount = "OTHER_ACCOUNT", Unreadable = "UNREADABLE",
    }
    Role { Referrer = "REFERRER", Referred = "REFERRED" }
    RewardState {
        Held = "HELD", Due = "DUE", Issuing = "ISSUING", Issued = "ISSUED", Failed = "FAILED", Canceled = "CANCELED",
        AwaitingCustomer = "AWAITING_CUSTOMER", Reversing = "REVERSING", Reversed = "REVERSED",
        ReversalDue = "REVERSAL_DUE",
    }
    RewardReason { Unearned = "UNEARNED", Operator = "OPERATOR", NothingDue = "NOTHING_DUE" }
    JobKind { Customer = "CUSTOMER", Issue = "ISSUE", Reverse = "REVERSE", Charge = "CHARGE" }
    ObjectKind {
        Charge = "CHARGE", Refund = "REFUND", Dispute = "DISPUTE", Customer = "CUSTOMER", Checkout = "CHECKOUT",
    }
    ChargeStatus { Pending = "PENDING", Succeeded = "SUCCEEDED", Failed = "FAILED" }
    RefundStatus { Pending = "PENDING", Succeeded = "SUCCEEDED", Failed = "FAILED" }
    DisputeStatus {
        WarningNeedsResponse = "WARNING_NEEDS_RESPONSE", WarningUnderReview = "WARNING_UNDER_REVIEW",
        WarningClosed = "WARNING_CLOSED", NeedsResponse = "NEEDS_RESPONSE", UnderReview = "UNDER_REVIEW",
        Lost = "LOST", Won = "WON", Prevented = "PREVENTED",
    }
}
