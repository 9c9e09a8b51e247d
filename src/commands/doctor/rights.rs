//! What a restricted key may do. It is asked to do it to something that does not exist: who may gets the answer that it
//! is not there, and nothing is changed either way.

use referrald::domain::campaign::{Campaign, State};
use referrald::domain::customer::Fields;
use referrald::domain::reward::Kind as Gives;
use referrald::domain::rule::CurrencyPolicy;
use referrald::domain::time::Time;
use referrald::stripe::EVENT_TYPES;
use referrald::stripe::client::{Failure, Kind, Stripe};

/// What nothing at Stripe is called.
const NOBODY: &str = "referrald_doctor";
const NOBODYS_EMAIL: &str = "doctor@referrald.invalid";

/// Something that a key may be allowed to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Right {
    /// At every registration.
    FindCustomers,
    /// For the modes that write, and for credits.
    WriteCustomers,
    /// When a campaign goes live with codes.
    ReadCoupons,
    /// For codes.
    WriteCodes,
    /// For `CreateWebhookEndpoint`.
    WriteEndpoints,
    /// For what foreign charges were settled at.
    ReadSettlements,
    /// For charges whose settlement is not told, and those whose refunds events leave open.
    ReadCharges,
    /// For the comparison with Stripe's own list of events.
    ReadEvents,
}

impl Right {
    /// All that are asked for.
    pub const ALL: [Self; 8] = [
        Self::FindCustomers,
        Self::WriteCustomers,
        Self::ReadCoupons,
        Self::WriteCodes,
        Self::WriteEndpoints,
        Self::ReadSettlements,
        Self::ReadCharges,
        Self::ReadEvents,
    ];

    /// What it is, as in "it may not …".
    pub fn what(self) -> &'static str {
        match self {
            Self::FindCustomers => "look customers up",
            Self::WriteCustomers => "create and change customers and their balances",
            Self::ReadCoupons => "look coupons up",
            Self::WriteCodes => "make promotion codes",
            Self::WriteEndpoints => "create webhook endpoints",
            Self::ReadSettlements => "look up what charges were settled at",
            Self::ReadCharges => "look charges up",
            Self::ReadEvents => "read events, to find what webhooks missed",
        }
    }

    /// Stripe's name for it, where Stripe itself does not say one.
    fn permission(self) -> &'static str {
        match self {
            Self::FindCustomers => "rak_customer_read",
            Self::WriteCustomers => "rak_customer_write",
            Self::ReadCoupons => "rak_coupon_read",
            Self::WriteCodes => "rak_promotion_code_write",
            Self::WriteEndpoints => "rak_webhook_write",
            Self::ReadSettlements => "rak_balance_transaction_source_read",
            Self::ReadCharges => "rak_charge_read",
            Self::ReadEvents => "rak_event_read",
        }
    }

    /// Whether a campaign cannot do without it. Endpoints can be created by hand, and webhooks may all arrive.
    pub fn is_needed_by(self, campaign: &Campaign) -> bool {
        let active = campaign.reward_rules.iter().filter(|rule| rule.retired_at.is_none());
        let gives = |is: fn(&Gives) -> bool| active.clone().any(|rule| is(&rule.terms.kind));
        let needed = match self {
            Self::FindCustomers => true,
            Self::WriteCustomers => {
                campaign.settings.writes_customers() || gives(|kind| matches!(kind, Gives::Credit(_)))
            }
            Self::ReadCoupons | Self::WriteCodes => gives(|kind| matches!(kind, Gives::PromotionCode { .. })),
            Self::ReadSettlements | Self::ReadCharges => {
                campaign.settings.rule.currency_policy == CurrencyPolicy::SettlementAmount
            }
            Self::WriteEndpoints | Self::ReadEvents => false,
        };
        needed && campaign.state != State::Draft
    }

    /// The permission that a key lacks for it; `None` where it lacks none.
    pub async fn ask(self, stripe: &Stripe, now: Time) -> Result<Option<String>, Failure> {
        // No two askings have the same key: a permission may have been given between them.
        let key = format!("{NOBODY}-{}", now.micros());
        let answer = match self {
            Self::FindCustomers => stripe.customers_by_email(NOBODYS_EMAIL).await.map(drop),
            Self::WriteCustomers => stripe.update_customer(NOBODY, &Fields::default(), &key).await.map(drop),
            Self::ReadCoupons => stripe.coupon(NOBODY).await.map(drop),
            Self::WriteCodes => stripe.deactivate_promotion_code(NOBODY, &key).await.map(drop),
            Self::WriteEndpoints => stripe.update_webhook_endpoint(NOBODY, &["*"], true).await.map(drop),
            Self::ReadSettlements => stripe.settlement(NOBODY).await.map(drop),
            Self::ReadCharges => stripe.charge_with_refunds(NOBODY).await.map(drop),
            Self::ReadEvents => stripe.events_page(&EVENT_TYPES[..1], Some(now), None).await.map(drop),
        };
        match answer {
            Err(failure) if failure.kind == (Kind::Key { status: 403 }) => {
                Ok(Some(permission(&failure, self.permission())))
            }
            Err(Failure { kind: Kind::Refused { .. }, .. }) | Ok(()) => Ok(None),
            Err(failure) => Err(failure),
        }
    }
}

/// The permission that Stripe names in a refusal, in quotes; else what we know it by.
pub fn permission(failure: &Failure, known: &str) -> String {
    let quoted = failure.message.split('\'').find(|word| {
        let plain = word.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
        plain && (word.ends_with("_read") || word.ends_with("_write"))
    });
    quoted.unwrap_or(known).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stripes_own_name_of_a_permission_is_told() {
        let failure =
            |message: &str| Failure { kind: Kind::Key { status: 403 }, message: message.into(), request_id: None };
        for (message, name) in [
            ("The key '(key)' lacks it. Having the 'rak_coupon_read' permission would help.", "rak_coupon_read"),
            ("Enabling Webhook Endpoints Read ('webhook_read') permissions on this key would help.", "webhook_read"),
            ("This is a restricted key, and the permissions are not available.", "known"),
        ] {
            assert_eq!(permission(&failure(message), "known"), name);
        }
    }
}
