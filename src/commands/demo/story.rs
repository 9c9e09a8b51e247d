//! The story: Ada invites Bob, Carol and Dave.

use std::fmt::Debug;
use std::time::Duration;

use http::Uri;
use referrald::clock::random;
use referrald::convert::time_to_proto;
use referrald::domain::text::hex;
use referrald::domain::time::Time;
use referrald::server::Problem;
use serde_json::{Value, json};

use super::call::{Caller, json as written};
use super::props::{self, Prop};
use super::stage::Stage;
use super::table::{self, number, text};
use super::voice::Voice;
use crate::commands::send::post;

/// The answer of a part of the story.
pub type Told<T = ()> = Result<T, Problem>;

/// How often is looked whether something has happened by itself, and how long between two looks.
const LOOKS_MAX: u32 = 600;
const LOOK_PAUSE: Duration = Duration::from_millis(50);

/// Who tells, with what is known so far.
pub struct Story<'a> {
    /// How it is told.
    pub voice: Voice,
    /// On what it is played.
    pub stage: &'a Stage,
    caller: Caller,
    /// How the reader started this program.
    program: String,
    secret: String,
    now: Time,
    /// The campaign.
    pub campaign: String,
    /// Ada's customer at Stripe.
    pub customer: String,
    webhooks: Uri,
}

/// A referral that the story follows.
pub struct Guest {
    /// Its id.
    pub id: String,
}

impl<'a> Story<'a> {
    /// A story that has not begun.
    pub async fn new(stage: &'a Stage, voice: Voice) -> Told<Self> {
        let caller = Caller::new(stage.grpc).await?;
        let program = std::env::args().next().unwrap_or_else(|| "referrald".to_owned());
        let secret = format!("whsec_{}", hex(&random::<12>()));
        let now = stage.clock.now().floor_to_second();
        let (campaign, customer, webhooks) = (String::new(), String::new(), Uri::default());
        Ok(Self { voice, stage, caller, program, secret, now, campaign, customer, webhooks })
    }

    /// All of it.
    pub async fn tell(&mut self) -> Told {
        self.campaign().await?;
        self.webhook().await?;
        let (bob, carol) = self.people().await?;
        self.guest_checkout(&bob).await?;
        self.subscription(&carol).await?;
        self.credit().await?;
        self.refund(&carol).await?;
        self.duplicate(&carol).await?;
        self.payment_before_registration().await?;
        self.answers(&carol).await?;
        self.ending().await
    }

    async fn campaign(&mut self) -> Told {
        self.voice.act("1. A campaign: 100.00 EUR within 30 days earn the referrer 10.00");
        let rule = json!({ "currency": "eur", "target_minor": 10_000, "window_days": 30 });
        let campaign = json!({
            "mode": "MODE_TEST", "display_name": "Bring a friend",
            "landing_url": "https://shop.example/invite/", "rule": rule,
            "reward_rules": [super::reward::rule()],
        });
        let made = self.call("CampaignService/CreateCampaign", json!({ "campaign": campaign })).await?;
        self.campaign = text(&made, "/campaign/id");
        self.voice.fact("id", &self.campaign);
        let launched = self.call("CampaignService/LaunchCampaign", json!({ "id": self.campaign })).await?;
        let state = text(&launched, "/campaign/state");
        self.voice.fact("state", &state);
        expect("the campaign's state", &state, &"CAMPAIGN_STATE_LIVE".to_owned())
    }

    async fn webhook(&mut self) -> Told {
        self.voice.act("2. Stripe is pointed at it");
        let campaign = json!({ "campaign_id": self.campaign });
        let setup = self.call("CampaignService/GetWebhookSetup", campaign).await?;
        let url = text(&setup, "/campaign_url");
        let types = setup["event_types"].as_array().map_or(0, Vec::len);
        self.voice.fact("event_types", &format!("{types} types, from charge.succeeded on"));
        self.voice.line(&format!("    {url}"));
        let secret = json!({ "campaign_id": self.campaign, "secret": self.secret });
        let added = self.call("CampaignService/AddWebhookSecret", secret).await?;
        self.voice.fact("id", &text(&added, "/secret/id"));
        self.voice.says(
            "From here on, this demo posts what happens, signed as Stripe signs it. To do the same, tell your second \
             terminal where to:",
        );
        self.webhooks = url.parse().map_err(|_| Problem(format!("the campaign's URL {url} is none")))?;
        self.say_where_to_send();
        expect("the number of event types", &(types > 0), &true)
    }

    /// What `send-event` must know in the reader's terminal.
    fn say_where_to_send(&mut self) {
        self.voice.command(&format!("export REFERRALD_WEBHOOK_SECRET={}", self.secret));
        // The shell joins the two lines only where no blank stands between.
        self.voice.line("  $ export REFERRALD_SEND_TO=\\");
        self.voice.line(&self.webhooks.to_string());
    }

    async fn people(&mut self) -> Told<(Guest, Guest)> {
        self.voice.act("3. Ada invites Bob and Carol");
        let ada = json!({ "person": { "email": self.email("ada"), "first_name": "Ada" }, "code": "ada-l" });
        let made = self.call("ReferralService/CreateReferrer", json!({ "referrer": ada })).await?;
        self.voice.fact("id", &text(&made, "/referrer/id"));
        self.known_at_stripe().await?;
        self.voice.says("Both signed up ten days ago. Stripe is asked whether it knows them already, and does not:");
        let (bob, _) = self.register("Bob", self.now.plus_days(-10)).await?;
        let (carol, _) = self.register("Carol", self.now.plus_days(-10)).await?;
        Ok((bob, carol))
    }

    async fn guest_checkout(&mut self, bob: &Guest) -> Told {
        self.voice.act("4. Bob pays as a guest");
        self.voice.says(
            "49.00 EUR, nine days ago. Stripe has no customer for him; the address he typed in, in other capitals, is \
             enough.",
        );
        self.stripe(props::bob_pays(&self.email("bob"), self.now.plus_days(-9)), "recorded").await?;
        let answer = self.explain(bob).await?;
        expect_state(&answer, "PENDING", 4_900)
    }

    async fn subscription(&mut self, carol: &Guest) -> Told {
        self.voice.act("5. Carol subscribes under another address, and renews");
        self.voice.says(
            "60.00 EUR a week. She pays with her bakery's address, so it is her referral's id that ties her: the shop \
             put it into the checkout as client_reference_id. Stripe keeps no order, and here the charge comes before \
             its checkout.",
        );
        let checkout = self.now.plus_days(-8);
        self.stripe(props::carol_pays(checkout.plus_seconds(20)), "recorded").await?;
        self.stripe(props::carol_checks_out(&carol.id, checkout), "recorded").await?;
        self.voice.says("A week later Stripe renews. This charge names nothing but its customer:");
        self.stripe(props::carol_renews(self.renewed_at()), "recorded").await?;
        let answer = self.explain(carol).await?;
        expect_state(&answer, "QUALIFIED", 12_000)
    }

    async fn refund(&mut self, carol: &Guest) -> Told {
        self.voice.act("7. A refund unqualifies her, and its failure puts her back");
        self.voice.says(
            "Carol gets the renewal back. Stripe says so twice, as a refund and as a charge that was refunded; it is \
             one refund, and it counts once.",
        );
        let made_at = self.now.plus_seconds(-3 * 3600);
        self.stripe(props::refund("succeeded", made_at, made_at), "recorded").await?;
        self.stripe(props::charge_refunded(self.renewed_at(), made_at), "recorded").await?;
        let answer = self.explain(carol).await?;
        expect_state(&answer, "PENDING", 6_000)?;
        self.voice.says("So Ada's credit is not earned any more. She has not spent it, and it is taken back:");
        self.rewards(&["REVERSED"], 0).await?;
        self.voice.says("Two hours later Carol's bank sends the money back: the refund never was.");
        self.stage.tell_stripe("charges", props::charge_with_failed_refund(self.renewed_at(), made_at));
        self.stripe(props::refund("failed", made_at, made_at.plus_seconds(2 * 3600)), "recorded").await?;
        if self.stage.has_own_stripe() {
            // Events leave open whether more than the refund that failed was given back, and Stripe is asked by itself.
            let open = |answer: &Value| answer.to_string().contains("ambiguous_refunds").to_string();
            let request = json!({ "referral_id": carol.id });
            self.until("QualificationService/ExplainQualification", request, open, "false").await?;
        }
        let answer = self.explain(carol).await?;
        expect_state(&answer, "QUALIFIED", 12_000)?;
        let since = time_to_proto(self.renewed_at()).to_string();
        expect("the time she qualified at", &text(&answer, "/referral/qualified_at"), &since)?;
        self.voice.says("And Ada gets her credit again, in a second round of the same reward:");
        self.rewards(&["ISSUED"], 1_000).await
    }

    async fn duplicate(&mut self, carol: &Guest) -> Told {
        self.voice.act("8. The same delivery again changes nothing");
        let before = self.read(carol).await?;
        self.stripe(props::carol_renews(self.renewed_at()), "duplicate").await?;
        let after = self.read(carol).await?;
        self.voice.fact("etag before", &text(&before, "/referral/etag"));
        self.voice.fact("etag after", &text(&after, "/referral/etag"));
        expect("the referral after a duplicate", &after, &before)
    }

    async fn payment_before_registration(&mut self) -> Told {
        self.voice.act("9. A payment that comes before its registration is found");
        self.voice.says(
            "Dave signed up three days ago and paid 120.00 EUR the day after, but the shop's own job registers him \
             only now. His payment was kept when it matched nobody.",
        );
        self.stripe(props::dave_pays(&self.email("dave"), self.now.plus_days(-2)), "recorded").await?;
        let (dave, state) = self.register("Dave", self.now.plus_days(-3)).await?;
        expect("Dave's state", &state, &"REFERRAL_STATE_QUALIFIED".to_owned())?;
        let answer = self.explain(&dave).await?;
        expect_state(&answer, "QUALIFIED", 12_000)
    }

    async fn ending(&mut self) -> Told {
        self.voice.act("How it stands");
        let list = json!({ "campaign_id": self.campaign });
        let answer = self.call("ReferralService/ListReferrals", list).await?;
        let referrals = answer["referrals"].as_array().map(Vec::as_slice).unwrap_or_default();
        for referral in referrals {
            let state = text(referral, "/state").replace("REFERRAL_STATE_", "");
            let spend = table::amount(number(referral, "/spend_minor"), "eur");
            self.voice.fact(&text(referral, "/person/first_name"), &format!("{state:<10}{spend:>8} EUR"));
        }
        expect("the number of referrals", &referrals.len(), &3)?;
        self.rewards(&["ISSUED", "ISSUED"], 2_000).await?;
        self.voice.gap();
        Ok(())
    }

    /// What the reader may try.
    pub fn invite(&mut self) -> Told {
        let prop = props::bob_again(&self.email("bob"), self.now);
        let (file, _) = self.keep(&prop)?;
        self.stage.tell_stripe("events", prop.event);
        self.voice.act("Your turn");
        self.voice.says("In a second terminal and this same folder; docs/answers.md has more to ask:");
        self.voice.command(&format!("export ADDRESS={}", self.stage.grpc));
        self.say_where_to_send();
        self.voice.says("Let Bob pay the 51.00 EUR that he misses, and ask for the outcome:");
        self.voice.command(&format!("{} send-event {file}", self.program));
        let list = format!(r#"{{"campaign_id":"{}"}}"#, self.campaign);
        self.voice.grpcurl(&self.stage.grpc.to_string(), "ReferralService/ListReferrals", &list);
        self.voice.says(&format!(
            "gRPC is served at {}, and webhooks are taken at http://{}. Ctrl-C ends the demo and removes everything.",
            self.stage.grpc, self.stage.sidecar
        ));
        Ok(())
    }

    fn renewed_at(&self) -> Time {
        self.now.plus_days(-1)
    }

    /// Shows a call and makes it.
    pub async fn call(&mut self, method: &str, request: Value) -> Told<Value> {
        let message = self.caller.message(method, request)?;
        self.voice.grpcurl(&self.stage.grpc.to_string(), method, &written(&message)?);
        self.caller.call(method, &message).await
    }

    /// Shows a call that is answered by a stream, and makes it; reads until an answer ends it.
    pub async fn stream(&mut self, method: &str, request: Value, ends: impl FnMut(&Value) -> bool) -> Told<Vec<Value>> {
        let message = self.caller.message(method, request)?;
        self.voice.grpcurl(&self.stage.grpc.to_string(), method, &written(&message)?);
        self.caller.stream(method, &message, ends).await
    }

    /// Somebody's address.
    pub fn email(&self, name: &str) -> String {
        format!("{}@{}example.com", name.to_lowercase(), self.stage.tag)
    }

    /// Registers somebody, and waits until Stripe has said whether it knows them.
    async fn register(&mut self, name: &str, at: Time) -> Told<(Guest, String)> {
        let request = json!({
            "campaign_id": self.campaign, "referrer_code": "ada-l",
            "person": { "email": self.email(name), "first_name": name },
            "registered_at": time_to_proto(at).to_string(),
        });
        let made = self.call("ReferralService/CreateReferral", request).await?;
        let guest = Guest { id: text(&made, "/referral/id") };
        self.voice.fact("id", &guest.id);
        let sync = |answer: &Value| text(answer, "/referral/customer_sync/state");
        let request = json!({ "id": guest.id });
        let answer = self.until("ReferralService/GetReferral", request, sync, "CUSTOMER_SYNC_STATE_DONE").await?;
        let state = text(&answer, "/referral/state");
        self.voice.fact("state", &state);
        Ok((guest, state))
    }

    /// Makes a call, without a word, until what is seen in its answer is what is wanted.
    pub async fn until(
        &self,
        method: &str,
        request: Value,
        seen: impl Fn(&Value) -> String,
        wanted: &str,
    ) -> Told<Value> {
        let message = self.caller.message(method, request)?;
        let mut answer = self.caller.call(method, &message).await?;
        for _ in 0..LOOKS_MAX {
            if seen(&answer) == wanted {
                break;
            }
            tokio::time::sleep(LOOK_PAUSE).await;
            answer = self.caller.call(method, &message).await?;
        }
        expect(&format!("the answer to {method}"), &seen(&answer), &wanted.to_owned())?;
        Ok(answer)
    }

    async fn explain(&mut self, guest: &Guest) -> Told<Value> {
        let request = json!({ "referral_id": guest.id });
        let answer = self.call("QualificationService/ExplainQualification", request).await?;
        table::show(&mut self.voice, &answer);
        Ok(answer)
    }

    /// A referral as it stands, without a word about the call.
    async fn read(&self, guest: &Guest) -> Told<Value> {
        let method = "ReferralService/GetReferral";
        self.caller.call(method, &self.caller.message(method, json!({ "id": guest.id }))?).await
    }

    /// Posts an event as Stripe does, and shows how the reader would.
    async fn stripe(&mut self, prop: Prop, result: &str) -> Told {
        let (file, body) = self.keep(&prop)?;
        self.voice.command(&format!("{} send-event {file}", self.program));
        let (status, answer) = post(self.webhooks.clone(), body, &self.secret).await?;
        if result == "recorded" {
            self.stage.tell_stripe("events", prop.event.clone());
        }
        self.voice.line(&format!("    {answer}"));
        let said: Value = serde_json::from_str(&answer).unwrap_or_default();
        expect(&format!("the answer to {} ({status})", prop.name), &text(&said, "/result"), &result.to_owned())
    }

    /// Writes the body of an event where the reader finds it.
    fn keep(&self, prop: &Prop) -> Told<(String, Vec<u8>)> {
        let body = serde_json::to_vec_pretty(&prop.event).map_err(|error| Problem(error.to_string()))?;
        let file = self.stage.folder.write(&format!("{}.json", prop.name), &body)?;
        Ok((file.display().to_string(), body))
    }
}

fn expect_state(answer: &Value, state: &str, spend_minor: i64) -> Told {
    expect("the state", &text(answer, "/referral/state"), &format!("REFERRAL_STATE_{state}"))?;
    expect("what counts", &number(answer, "/spend_minor"), &spend_minor)
}

/// Ends the story where it goes another way.
pub fn expect<T: PartialEq + Debug>(what: &str, is: &T, wanted: &T) -> Told {
    if is == wanted {
        return Ok(());
    }
    Err(Problem(format!("the story went another way: {what} is {is:?}, and should be {wanted:?}")))
}
