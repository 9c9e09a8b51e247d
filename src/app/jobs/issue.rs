//! Issues a reward: a credit on the balance of the recipient's customer, or a code for that customer alone.

use serde::{Deserialize, Serialize};

use super::plan::{self, Plan};
use super::recipient::{Sought, seen_with};
use super::reward::{moved, movement, named};
use super::{Claimed, Stop, Tried, held};
use crate::app::App;
use crate::app::rewards::gift::{Gift, gift, price};
use crate::clock::random;
use crate::domain::event;
use crate::domain::job::JobKind;
use crate::domain::referral::random_code;
use crate::domain::reward::{Issue, Kind, Outcome, Reward};
use crate::domain::time::Time;
use crate::store::{LedgerRow, Tx};
use crate::stripe::client as stripe;

/// How often another code is taken where somebody else has the one before.
const SPELLINGS_MAX: u32 = 5;

/// What is sent for a reward.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "give", rename_all = "SCREAMING_SNAKE_CASE")]
enum Request {
    /// A credit, in minor units of the reward's currency.
    Credit { customer_id: String, amount_minor: i64 },
    /// A code on a coupon; `expires_at` in seconds.
    Code { customer_id: String, coupon_id: String, code: String, expires_at: Option<i64> },
}

impl App {
    /// Tries to issue a reward once.
    pub(super) async fn issue_job(&self, claimed: &mut Claimed) -> Tried {
        let plan = match plan::resume(&mut claimed.job)? {
            Some(plan) => plan,
            None => match self.plan_issue(claimed).await? {
                Some(plan) => plan,
                None => return Ok(()),
            },
        };
        let reward = self.gift_of(&claimed.job).await?.reward;
        let issue = match plan.what.clone() {
            Request::Credit { customer_id, amount_minor } => {
                self.give_credit(claimed, plan, &reward, customer_id, amount_minor).await?
            }
            Request::Code { .. } => self.give_code(claimed, plan, &reward).await?,
        };
        self.finish_reward(claimed, Outcome::Issued(issue)).await
    }

    /// Decides what is sent; `None` where that is nothing, and the job is done.
    async fn plan_issue(&self, claimed: &mut Claimed) -> Tried<Option<Plan<Request>>> {
        let asked = self.gift_of(&claimed.job).await?;
        let sought = self.customer_of(claimed, &asked).await?;
        let now = self.clock.now();
        let mut tx = self.store.write().await?;
        let row = held(&mut tx, claimed).await?;
        let plan = match request(&mut tx, &row, claimed, (&asked, sought), now).await? {
            Ok(request) => {
                let plan = plan::begin(&mut claimed.job, request, now)?;
                tx.save_job(&claimed.job).await?;
                Some(plan)
            }
            Err(outcome) => {
                self.end_reward(&mut tx, &row, claimed, outcome).await?;
                None
            }
        };
        tx.commit().await?;
        Ok(plan)
    }

    /// Puts a credit on the balance, unless an earlier try has.
    async fn give_credit(
        &self,
        claimed: &mut Claimed,
        mut plan: Plan<Request>,
        reward: &Reward,
        customer_id: String,
        amount_minor: i64,
    ) -> Tried<Issue> {
        let credit = movement(reward, "issue", &customer_id, -amount_minor);
        Ok(credited(customer_id, self.move_balance(claimed, &mut plan, &credit).await?))
    }

    /// Makes a code, unless an earlier try has; another one where somebody else has that.
    async fn give_code(&self, claimed: &mut Claimed, mut plan: Plan<Request>, reward: &Reward) -> Tried<Issue> {
        let metadata = named(reward, "issue");
        for _ in 0..SPELLINGS_MAX {
            let Request::Code { customer_id, coupon_id, code, expires_at } = plan.what.clone() else { break };
            if plan.is_doubtful(self.clock.now()) {
                if let Some(own) = own_code(&claimed.stripe, &code, reward).await? {
                    return Ok(issued(customer_id, own));
                }
                self.renew(claimed, &mut plan).await?;
            }
            let fields = stripe::PromotionCodeFields {
                coupon_id,
                code,
                customer_id: customer_id.clone(),
                expires_at: expires_at.map(Time::from_seconds),
                metadata: metadata.clone(),
            };
            match claimed.stripe.create_promotion_code(&fields, &plan.key("issue")).await {
                Err(failure) if failure.is_taken_code() => {
                    respell(&mut plan.what);
                    self.renew(claimed, &mut plan).await?;
                }
                made => return Ok(issued(customer_id, made?)),
            }
        }
        Err(Stop::Again("every code that was tried is taken".to_owned()))
    }

    /// What a job that was given up has issued after all. Whoever takes a reward back asks; nobody but Stripe knows.
    pub(super) async fn issued_after_all(&self, claimed: &Claimed, reward: &Reward) -> Tried<Option<Issue>> {
        if reward.issued_at.is_some() {
            return Ok(None);
        }
        let jobs = self.store.jobs_of(&reward.id.to_string()).await?;
        let Some(job) = jobs.into_iter().find(|job| job.kind == JobKind::Issue) else { return Ok(None) };
        Ok(match plan::read(&job)?.map(|plan: Plan<Request>| plan.what) {
            None => None,
            Some(Request::Credit { customer_id, .. }) => {
                let own = moved(claimed, &customer_id, &named(reward, "issue")).await?;
                own.map(|own| credited(customer_id, own))
            }
            Some(Request::Code { customer_id, code, .. }) => {
                let own = own_code(&claimed.stripe, &code, reward).await?;
                own.map(|own| issued(customer_id, own))
            }
        })
    }
}

/// The code that an earlier try made: its metadata names the reward.
async fn own_code(stripe: &stripe::Stripe, code: &str, reward: &Reward) -> Tried<Option<stripe::PromotionCode>> {
    let known = stripe.promotion_codes_by_code(code).await?;
    Ok(known.into_iter().find(|known| known.metadata == named(reward, "issue")))
}

/// What is sent for the reward of a job, or what becomes of it without anything sent.
async fn request(
    tx: &mut Tx,
    row: &LedgerRow,
    claimed: &Claimed,
    (asked, sought): (&Gift, Sought),
    now: Time,
) -> Tried<Result<Request, Outcome>> {
    let gift = gift(tx, super::reward::reward_id(&claimed.job)?).await?;
    if gift.reward.unearned_at.is_some() {
        return Ok(Err(Outcome::Withdrawn));
    }
    if gift.email.identity() != asked.email.identity() {
        return Err(Stop::Again("the recipient got another email while their customer was looked for".to_owned()));
    }
    let customer = match sought {
        Ok(customer) => customer,
        // Whoever came while Stripe was asked would not wake a reward that does not wait yet.
        Err(seen) if seen_with(tx, row.id, &gift).await? != seen => {
            return Err(Stop::Again("a customer came while one was looked for".to_owned()));
        }
        Err(_) => return Ok(Err(Outcome::AwaitingCustomer { email: gift.email.identity().to_owned() })),
    };
    match &gift.rule.terms.kind {
        Kind::PromotionCode { coupon_id, code_prefix, expires_days } => {
            let code = spelled(code_prefix.as_deref());
            let expires_at = expires_days.map(|days| now.plus_days(i64::from(days)).seconds());
            Ok(Ok(Request::Code { customer_id: customer.id, coupon_id: coupon_id.clone(), code, expires_at }))
        }
        Kind::Credit(_) => {
            same_currency(&gift, &customer)?;
            match price(tx, row, &gift, event::Cause::Job(claimed.job.id), now).await? {
                0 => Ok(Err(Outcome::NothingDue)),
                amount_minor => Ok(Ok(Request::Credit { customer_id: customer.id, amount_minor })),
            }
        }
        Kind::Custom { .. } => Err(Stop::GiveUp("nothing of this kind is issued at Stripe".to_owned())),
    }
}

/// A customer's balance is in one currency, and nothing is converted.
fn same_currency(gift: &Gift, customer: &stripe::Customer) -> Tried {
    let own = gift.reward.currency;
    match customer.currency {
        Some(other) if other != own => {
            let id = &customer.id;
            Err(Stop::GiveUp(format!("the balance of customer {id} is in {other}, and the reward in {own}")))
        }
        _ => Ok(()),
    }
}

fn spelled(prefix: Option<&str>) -> String {
    let prefix = prefix.map(|prefix| format!("{prefix}-")).unwrap_or_default();
    prefix + &random_code(random()).to_uppercase()
}

/// Another code with the same beginning.
fn respell(request: &mut Request) {
    if let Request::Code { code, .. } = request {
        *code = spelled(code.rsplit_once('-').map(|(prefix, _)| prefix));
    }
}

fn credited(customer_id: String, given: stripe::BalanceTransaction) -> Issue {
    let amount_minor = Some(-given.amount_minor);
    Issue { customer_id, stripe_object_id: given.id, promotion_code: None, amount_minor }
}

fn issued(customer_id: String, code: stripe::PromotionCode) -> Issue {
    Issue { customer_id, stripe_object_id: code.id, promotion_code: Some(code.code), amount_minor: None }
}
