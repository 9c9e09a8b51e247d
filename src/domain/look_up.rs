//! What the events leave open about a payment, so that its source is asked once.

use super::qualification::Decision;
use super::spend::{FOREVER, Payment, Reason};
use super::time::Time;
use super::world::{Enrolled, World};

/// How long a charge may be without the id of its settlement. Stripe settles in the background and tells it then; a charge
/// that is older is asked for itself.
const UNTOLD_SECONDS: i64 = 3600;

/// What is asked about a charge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Question {
    /// What it was settled at.
    Settlement,
    /// All its refunds, each as an object.
    Refunds,
}

/// Something to be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LookUp {
    /// About which charge.
    pub charge_id: String,
    /// What.
    pub question: Question,
    /// From when on an answer may be expected.
    pub from: Time,
}

impl Payment {
    /// What must be asked about a payment that counts, or does not for that reason. What cannot count is not asked for.
    pub fn question(&self, excluded: Option<Reason>) -> Option<Question> {
        match excluded {
            Some(Reason::AwaitingRate) if self.charge.settlement.is_none() => Some(Question::Settlement),
            None if self.is_ambiguous() => Some(Question::Refunds),
            _ => None,
        }
    }

    /// Whether failed refunds leave open how much was given back. A cumulative amount has those in that had not failed
    /// yet when it was shown, and does not say which: a refund that failed, and another one after it of which no object is
    /// known, show the same as the first one alone. So it is open where all that was ever shown, with no failed refund
    /// taken off, is more than what counts as given back.
    pub fn is_ambiguous(&self) -> bool {
        let charge = &self.charge;
        let is_open = |shown_at: &Time| charge.refunds_known_at.is_none_or(|known_at| *shown_at > known_at);
        let shown = charge.refunded.iter().filter(|(_, shown_at)| is_open(shown_at)).map(|(amount, _)| *amount).max();
        let at_most = shown.unwrap_or(0).saturating_sub(charge.released_minor).min(charge.captured_minor);
        at_most > self.refunded_minor(FOREVER, FOREVER)
    }

    fn askable_from(&self, question: Question) -> Time {
        let untold = question == Question::Settlement && self.charge.balance_transaction_id.is_none();
        self.charge.created_at.plus_seconds(if untold { UNTOLD_SECONDS } else { 0 })
    }
}

impl World {
    /// What must be asked about the payments of a referral that is decided so: about those that count for it, or are
    /// rewarded after its window.
    pub fn look_ups(&self, enrolled: &Enrolled, decision: &Decision, payments: &[Payment]) -> Vec<LookUp> {
        let Enrolled { referral, rule, .. } = enrolled;
        let rewarded = self.reward_rules(referral.campaign_id).iter().any(|reward| reward.terms.is_recurring());
        let since = decision.qualified_at.filter(|_| rewarded);
        let question = |payment: &Payment| {
            let in_window = payment.question(payment.excluded(rule, referral.registered_at));
            let later = |since| payment.question(payment.excluded_from(&(since..FOREVER), rule));
            in_window.or_else(|| since.and_then(later))
        };
        let look_up = |payment: &Payment| {
            let question = question(payment)?;
            Some(LookUp { charge_id: payment.charge.id.clone(), question, from: payment.askable_from(question) })
        };
        payments.iter().filter_map(look_up).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::examples::{REGISTERED, day, payment};
    use super::super::fact::RefundStatus::Failed;
    use super::super::rule::CurrencyPolicy;
    use super::super::rule::Rule;
    use super::super::rule::tests::rule;
    use super::*;

    #[test]
    fn what_was_given_back_is_open_where_a_failed_refund_may_or_may_not_be_in_what_was_shown() {
        let paid = || payment(day(1), 1_000);
        let failed = || paid().refund(day(2), 100, Failed).shown(day(2), 100);
        let asked_on = |mut payment: Payment, at| {
            payment.charge.refunds_known_at = Some(at);
            payment
        };
        for (name, payment, is_open) in [
            ("nothing was given back", paid(), false),
            ("only snapshots tell, and none failed", paid().shown(day(2), 100).shown(day(3), 160), false),
            ("objects and snapshots agree", paid().refunded(day(2), 100).shown(day(2), 100), false),
            ("an object that no snapshot shows", paid().refunded(day(2), 100), false),
            ("a failed one that no snapshot shows", paid().refund(day(2), 100, Failed), false),
            ("one failed, and as much may have been given back since", failed(), true),
            ("one failed, and a smaller amount was shown since", failed().shown(day(4), 60), true),
            ("one failed, and a larger amount was shown since", failed().shown(day(4), 160), true),
            ("one failed, and another object is known", failed().shown(day(4), 160).refunded(day(4), 60), true),
            ("one failed, and objects that are known are all that was shown", failed().refunded(day(4), 100), false),
            (
                "one failed that was made after all that was shown",
                paid().shown(day(2), 60).refund(day(3), 5, Failed),
                false,
            ),
            (
                "of more than was taken",
                paid().shown(day(2), 2_000).refunded(day(2), 1_000).refund(day(2), 9, Failed),
                false,
            ),
            ("a release", paid().released(day(1), 100).refund(day(2), 50, Failed), false),
            ("it was asked since", asked_on(failed().shown(day(4), 60).refunded(day(4), 60), day(5)), false),
            ("it was asked, and more was shown since", asked_on(failed().shown(day(6), 160), day(5)), true),
        ] {
            assert_eq!(payment.is_ambiguous(), is_open, "{name}");
        }
    }

    #[test]
    fn only_what_may_count_is_asked_for() {
        let settled = Rule { currency_policy: CurrencyPolicy::SettlementAmount, ..rule() };
        let foreign = |at, settlement| payment(at, 100).in_currency("usd", settlement);
        let open = payment(day(1), 1_000).refund(day(2), 100, Failed).shown(day(2), 100);
        let late = Payment { charge: super::super::examples::charge(day(90), 100), ..open.clone() };
        for (name, payment, rule, question) in [
            ("a charge in the campaign's currency", payment(day(1), 100), &settled, None),
            ("a foreign one", foreign(day(1), None), &settled, Some(Question::Settlement)),
            ("a foreign one that may not count", foreign(day(1), None), &rule(), None),
            ("a foreign one that came too late", foreign(day(90), None), &settled, None),
            ("one that was settled", foreign(day(1), Some((90, "eur"))), &settled, None),
            ("one that was settled at nothing", foreign(day(1), Some((0, "eur"))), &settled, None),
            ("one whose refunds are open", open, &rule(), Some(Question::Refunds)),
            ("such a one that came too late", late, &rule(), None),
        ] {
            assert_eq!(payment.question(payment.excluded(rule, REGISTERED)), question, "{name}");
        }
    }

    #[test]
    fn a_settlement_whose_id_is_not_told_is_given_an_hour() {
        let mut waiting = payment(day(1), 100).in_currency("usd", None);
        assert_eq!(waiting.askable_from(Question::Settlement), day(1).plus_seconds(3600));
        assert_eq!(waiting.askable_from(Question::Refunds), day(1));
        waiting.charge.balance_transaction_id = Some("txn_1".into());
        assert_eq!(waiting.askable_from(Question::Settlement), day(1));
    }
}
