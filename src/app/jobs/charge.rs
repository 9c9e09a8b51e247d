//! The look-up of a charge: what the events leave open about it is asked of Stripe, and what it says is merged like the
//! facts of a webhook. Nothing is written there, so that a try may be made again as it is.

use std::collections::BTreeSet;

use super::{Claimed, Stop, Tried, held};
use crate::app::App;
use crate::app::batch::Batch;
use crate::app::load::around_facts;
use crate::domain::event::Cause;
use crate::domain::fact::{Charge, Fact};
use crate::domain::look_up::Question;
use crate::domain::money::amount_minor;
use crate::domain::spend::FOREVER;
use crate::domain::world::World;
use crate::store::By;
use crate::stripe::client::{REFUNDS_MAX, Settlement};
use crate::stripe::event;

impl App {
    /// Asks once what is still open about a charge.
    pub(super) async fn charge_job(&self, claimed: &Claimed) -> Tried {
        let (charge, questions) = self.open_questions(claimed).await?;
        let mut answers = Vec::new();
        let mut problem = None;
        for question in questions {
            match question {
                Question::Settlement => answers.push(settled(claimed, &charge).await?),
                Question::Refunds => {
                    let (facts, incomplete) = self.refunds(claimed, &charge).await?;
                    answers.extend(facts);
                    problem = incomplete;
                }
            }
        }
        self.take_answers(claimed, &answers, problem.is_none()).await?;
        problem.map_or(Ok(()), Err)
    }

    /// The charge of a job, and what the facts of now leave open about it for those who may count it.
    async fn open_questions(&self, claimed: &Claimed) -> Tried<(Charge, BTreeSet<Question>)> {
        let id = claimed.job.charge_id().ok_or_else(|| Stop::GiveUp("it names no charge".to_owned()))?;
        let mut tx = self.store.snapshot().await?;
        let found = tx.charges(claimed.ledger_id, By::Id, [&id.to_owned()], FOREVER).await?;
        let Some(Fact::Charge(charge)) = found.into_iter().next() else { return Err(Stop::Lost) };
        let fact = Fact::Charge(charge.clone());
        let world = around_facts(&mut tx, claimed.ledger_id, [&fact].into_iter()).await?;
        let now = self.clock.now();
        let mut questions = BTreeSet::new();
        for enrolled in world.referrals() {
            let (decision, payments) = world.decide(enrolled, now);
            let look_ups = world.look_ups(enrolled, &decision, &payments);
            questions.extend(look_ups.into_iter().filter(|it| it.charge_id == charge.id).map(|it| it.question));
        }
        Ok((charge, questions))
    }

    /// What Stripe has of the refunds of a charge; and why these may not be all.
    async fn refunds(&self, claimed: &Claimed, charge: &Charge) -> Tried<(Vec<Fact>, Option<Stop>)> {
        // A refund that is made after this moment is not among those that are known.
        let asked_at = self.clock.now().floor_to_second();
        let body = claimed.stripe.charge_with_refunds(&charge.id).await?.ok_or_else(|| missing_charge(charge))?;
        let (mut facts, mut complete) = event::refunds_of_charge(&body).map_err(Stop::Again)?;
        if !complete {
            facts = claimed.stripe.refunds(&charge.id).await?.into_iter().map(Fact::Refund).collect();
            complete = facts.len() < REFUNDS_MAX;
        }
        if complete {
            facts.push(Fact::Charge(Charge { refunds_known_at: Some(asked_at), ..charge.clone() }));
            return Ok((facts, None));
        }
        let why = format!("charge {} has more refunds than the {REFUNDS_MAX} that are looked at", charge.id);
        Ok((facts, Some(Stop::GiveUp(why))))
    }

    /// Merges what Stripe said, and decides whom it concerns; ends the job where that was all.
    async fn take_answers(&self, claimed: &Claimed, answers: &[Fact], ends: bool) -> Tried {
        let now = self.clock.now();
        let mut tx = self.store.write().await?;
        let row = held(&mut tx, claimed).await?;
        if ends {
            // Before the facts are written, which may ask for more.
            tx.end_job(&claimed.job).await?;
        }
        let world = match answers {
            [] => World::default(),
            answers => around_facts(&mut tx, row.id, answers.iter()).await?,
        };
        let mut batch = Batch::new(world, Cause::Job(claimed.job.id), now);
        batch.take(answers);
        batch.write(&mut tx, &row).await?;
        tx.commit().await?;
        Ok(())
    }
}

/// A charge with what it was settled at.
async fn settled(claimed: &Claimed, charge: &Charge) -> Tried<Fact> {
    let settlement = if let Some(id) = &charge.balance_transaction_id {
        let gone = || format!("Stripe has no balance transaction {id}, by which charge {} was settled", charge.id);
        claimed.stripe.settlement(id).await?.ok_or_else(|| Stop::GiveUp(gone()))?
    } else {
        let found = claimed.stripe.settlement_of_charge(&charge.id).await?.ok_or_else(|| missing_charge(charge))?;
        found.ok_or_else(|| Stop::Again(format!("Stripe has not settled charge {} yet", charge.id)))?
    };
    let Settlement { amount_minor: minor, currency } = settlement;
    let minor = amount_minor(minor).map_err(|problem| {
        Stop::GiveUp(format!("Stripe says that charge {} was settled at {minor}, which {}", charge.id, problem.0))
    })?;
    Ok(Fact::Charge(Charge { settlement: Some((minor, currency)), ..charge.clone() }))
}

fn missing_charge(charge: &Charge) -> Stop {
    Stop::GiveUp(format!("Stripe has no charge {} in the account and mode of the key", charge.id))
}
