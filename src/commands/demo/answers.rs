//! Every question has an answer: what an event did, what another rule would do, and what happened.

use serde_json::{Value, json};

use super::story::{Guest, Story, Told, expect};
use super::table::{amount, number, text, word};

impl Story<'_> {
    /// Three questions of a merchant.
    pub async fn answers(&mut self, carol: &Guest) -> Told {
        self.voice.act("10. Every question has an answer");
        self.what_it_did().await?;
        self.what_if().await?;
        self.what_happened(carol).await
    }

    async fn what_it_did(&mut self) -> Told {
        self.voice.says("What did that refund do? Ask by the id that Stripe shows:");
        let request = json!({ "mode": "MODE_TEST", "event_id": "evt_refund" });
        let answer = self.call("QualificationService/ExplainEvent", request).await?;
        let changes = answer["changes"].as_array().map(Vec::as_slice).unwrap_or_default();
        for change in changes {
            self.voice.fact(&text(change, "/type"), &led_by(change));
        }
        self.voice.says(&text(&answer, "/summary"));
        let types: Vec<String> = changes.iter().map(|change| text(change, "/type")).collect();
        let wanted = ["referral.unqualified", "reward.reversing"].map(str::to_owned).to_vec();
        expect("what the refund changed", &types, &wanted)
    }

    async fn what_if(&mut self) -> Told {
        self.voice.says("What if 40.00 EUR had been enough? Nothing changes by asking:");
        let rule = json!({ "currency": "eur", "target_minor": 4_000, "window_days": 30 });
        let request = json!({ "campaign_id": self.campaign, "rule": rule });
        let ends = |answer: &Value| answer.get("simulation").is_some();
        let answers = self.stream("CampaignService/SimulateRule", request, ends).await?;
        let last = answers.last().map(|answer| answer["simulation"].clone()).unwrap_or_default();
        for (name, side) in [("now", "/current"), ("then", "/simulated")] {
            let side = last.pointer(side).cloned().unwrap_or_default();
            let qualified = number(&side, "/qualified_count");
            let cost = amount(number(&side, "/reward_costs/0/amount_minor"), "eur");
            self.voice.fact(name, &format!("{qualified} qualified, rewards of {cost} EUR"));
        }
        let change = last.pointer("/changes/0").cloned().unwrap_or_default();
        let name = text(&change, "/current/person/first_name");
        self.voice
            .fact("who", &format!("{name} would be {}", word(&text(&change, "/simulated/state"), "REFERRAL_STATE_")));
        expect("who would qualify", &name, &"Bob".to_owned())
    }

    async fn what_happened(&mut self, carol: &Guest) -> Told {
        self.voice.says(
            "What has happened to Carol? The log tells all of it, in order, and a stream of it goes on with what comes:",
        );
        let request = json!({ "mode": "MODE_TEST", "referral_id": carol.id });
        let mut issued = 0;
        let ends = |answer: &Value| {
            issued += i32::from(text(answer, "/event/type") == "reward.issued");
            issued == 2
        };
        let answers = self.stream("QualificationService/WatchEvents", request, ends).await?;
        let events: Vec<&Value> = answers.iter().filter_map(|answer| answer.get("event")).collect();
        for event in &events {
            let (sequence, kind) = (number(event, "/sequence"), text(event, "/type"));
            self.voice.line(&format!("    {sequence:>3}  {kind:<22} {}", led_by(event)));
        }
        let unqualified = events.iter().filter(|event| text(event, "/type") == "referral.unqualified").count();
        expect("how often Carol ceased to be qualified", &unqualified, &1)
    }
}

/// What led to an event.
fn led_by(event: &Value) -> String {
    let causes = ["delivery_id", "call", "job_id"].map(|field| text(event, &format!("/cause/{field}")));
    let cause = causes.into_iter().find(|cause| !cause.is_empty());
    cause.map(|cause| format!("by {cause}")).unwrap_or_default()
}
