//! What Ada gets: a credit at Stripe, which goes as it came.

use referrald::domain::customer::Fields;
use referrald::server::Problem;
use referrald::stripe::client::Failure;
use serde_json::{Value, json};

use super::story::{Story, Told, expect};
use super::table::{amount, number, text};

/// 10.00 EUR for whoever brings somebody who qualifies, without an approval.
pub fn rule() -> Value {
    json!({
        "recipient": "REWARD_RECIPIENT_REFERRER", "qualified": {},
        "stripe_credit": { "amount_minor": 1_000 }, "auto_issue": true,
    })
}

impl Story<'_> {
    /// Ada has bought something at the shop before, so she is a customer at Stripe.
    pub async fn known_at_stripe(&mut self) -> Told {
        let email = self.email("ada");
        let fields = Fields { name: Some("Ada".to_owned()), email: Some(email.clone()), ..Fields::default() };
        let key = format!("demo-{}-{email}", self.campaign);
        self.customer = self.stage.stripe.create_customer(&fields, &key).await.map_err(said)?.id;
        self.voice.fact("at Stripe", &self.customer.clone());
        Ok(())
    }

    /// What Carol's qualification earned.
    pub async fn credit(&mut self) -> Told {
        self.voice.act("6. So Ada gets a credit at Stripe");
        self.voice.says(
            "Carol has qualified, and the campaign promises 10.00 EUR for that. They are on the balance of Ada's Stripe \
             customer, where credit is negative, and pay her next invoice:",
        );
        self.rewards(&["ISSUED"], 1_000).await
    }

    /// Waits until Ada's rewards stand so, and shows them, and what she has at Stripe.
    pub async fn rewards(&mut self, states: &[&str], credit_minor: i64) -> Told {
        let (method, list) = ("RewardService/ListRewards", json!({ "campaign_id": self.campaign }));
        let seen = |answer: &Value| rewards(answer).iter().map(state).collect::<Vec<_>>().join(" ");
        self.until(method, list.clone(), seen, &states.join(" ")).await?;
        let answer = self.call(method, list).await?;
        for reward in rewards(&answer) {
            let (given, round) = (number(reward, "/given_minor"), number(reward, "/round"));
            let of = format!("{} EUR  round {round}  {}", amount(given, "eur"), text(reward, "/stripe_object_id"));
            self.voice.fact(&state(reward), &of);
        }
        let ada = self.stage.stripe.customer(&self.customer).await.map_err(said)?;
        let balance_minor = ada.map_or(0, |ada| ada.balance_minor);
        self.voice.fact("Ada's balance", &format!("{} EUR at Stripe", amount(balance_minor, "eur")));
        expect("Ada's balance at Stripe", &balance_minor, &-credit_minor)
    }
}

fn rewards(answer: &Value) -> &[Value] {
    answer["rewards"].as_array().map(Vec::as_slice).unwrap_or_default()
}

fn state(reward: &Value) -> String {
    text(reward, "/state").replace("REWARD_STATE_", "")
}

fn said(failure: Failure) -> Problem {
    Problem(failure.to_string())
}
