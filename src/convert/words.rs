//! Enums, as the API carries them: a number for each value, 0 for what is not said.

use crate::domain::Invalid;
use crate::domain::audit::SubjectKind;
use crate::domain::campaign::{Mode, State as CampaignState};
use crate::domain::delivery::Ignored;
use crate::domain::fact::{ChargeStatus, DisputeStatus, ObjectKind, RefundStatus};
use crate::domain::qualification::{Disqualification, Setback, Verdict};
use crate::domain::reward::{Reason as RewardReason, Role, State as RewardState};
use crate::domain::rule::{
    CurrencyPolicy, DisputePolicy, ExistingEmailMode, Method, NewCustomerMode, Operator, RefundPolicy, RefundScope,
};
use crate::domain::stats::Granularity;
use crate::domain::word::Word;
use crate::proto::v1;

/// An enum of the API and its twin in the domain.
pub trait Twin: Word + Copy {
    /// The number of the value.
    fn number(self) -> i32;
    /// The value of a number; `None` for 0.
    ///
    /// # Errors
    /// A number that the API does not know.
    fn of(number: i32) -> Result<Option<Self>, Invalid>;

    /// The value of a number, or what holds where nothing is said.
    ///
    /// # Errors
    /// A number that the API does not know.
    fn or_default(number: i32) -> Result<Self, Invalid>
    where
        Self: Default,
    {
        Ok(Self::of(number)?.unwrap_or_default())
    }

    /// The value of a number that must be said; `known` names what it may be.
    ///
    /// # Errors
    /// 0, and a number that the API does not know.
    fn required(number: i32, known: &str) -> Result<Self, Invalid> {
        Self::of(number).ok().flatten().ok_or_else(|| Invalid(format!("is required: {known}")))
    }
}

macro_rules! twins {
    ($($domain:ident = $proto:ident { $($variant:ident),* })*) => {$(
        impl Twin for $domain {
            fn number(self) -> i32 {
                match self { $(Self::$variant => v1::$proto::$variant.into()),* }
            }

            fn of(number: i32) -> Result<Option<Self>, Invalid> {
                match v1::$proto::try_from(number) {
                    $(Ok(v1::$proto::$variant) => Ok(Some(Self::$variant)),)*
                    Ok(v1::$proto::Unspecified) => Ok(None),
                    Err(_) => {
                        let known = [$(Self::$variant.word()),*].join(", ");
                        Err(Invalid(format!("is {number}, and must be one of {known}")))
                    }
                }
            }
        }
    )*};
}

twins! {
    SubjectKind = AuditSubjectKind {
        Campaign, Referrer, Referral, Reward, WebhookSecret, WebhookEndpoint, ApiKey, Ledger, Erasure
    }
    Granularity = Granularity { Day, Week, Month }
    Mode = Mode { Live, Test }
    CampaignState = CampaignState { Draft, Live, Paused, Ended }
    Operator = Operator { AtLeast, MoreThan }
    Method = Method { TotalSpend, FirstPayment, Manual }
    RefundPolicy = RefundPolicy { NetBelowTarget, AnyRefund, Ignore }
    RefundScope = RefundScope { WithinWindow, AnyTime }
    DisputePolicy = DisputePolicy { OpenCountsAgainst, LostCountsAgainst, Ignore }
    CurrencyPolicy = CurrencyPolicy { SameCurrencyOnly, SettlementAmount }
    NewCustomerMode = NewCustomerMode { WaitForCheckout, CreateAtOnce }
    ExistingEmailMode = ExistingEmailMode { SkipExisting, CreateDuplicate, UpdateExisting }
    Disqualification = DisqualifiedReason { Manual, SelfReferral, ExistingCustomer }
    Setback = UnqualifiedReason { Refund, Dispute }
    Verdict = Verdict { Qualified, Disqualified }
    Role = RewardRecipient { Referrer, Referred }
    RewardState = RewardState {
        Held, Due, Issuing, Issued, Failed, Canceled, AwaitingCustomer, Reversing, Reversed, ReversalDue
    }
    RewardReason = RewardReason { Unearned, Operator, NothingDue }
    Ignored = IgnoredReason { Type, OtherMode, OtherAccount, Unreadable }
    ObjectKind = ObjectType { Charge, Refund, Dispute, Customer, Checkout }
    ChargeStatus = ChargeStatus { Pending, Succeeded, Failed }
    RefundStatus = RefundStatus { Pending, Succeeded, Failed }
    DisputeStatus = DisputeStatus {
        WarningNeedsResponse, WarningUnderReview, WarningClosed, NeedsResponse, UnderReview, Lost, Won, Prevented
    }
}
