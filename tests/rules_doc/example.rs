//! One worked example: what is given, what happened, and what must come of it.

use std::collections::BTreeMap;

use referrald::domain::customer::CustomerSync;
use referrald::domain::email::Email;
use referrald::domain::fact::Fact;
use referrald::domain::id::{CampaignId, ReferralId, ReferrerId};
use referrald::domain::money::Currency;
use referrald::domain::qualification::{
    Decision, Disqualification, Override, State, UNDECIDED, Unqualified, Verdict, contributions,
};
use referrald::domain::referral::{Person, Referral};
use referrald::domain::reward::RewardRule;
use referrald::domain::rule::Rule;
use referrald::domain::spend::Reason;
use referrald::domain::text::CustomFields;
use referrald::domain::time::Time;
use referrald::domain::word::Word;
use referrald::domain::world::{Enrolled, World, case};

use super::fact::{self, People};
use super::reward::{self, Earned};
use super::words::{Problem, Words};

/// An example.
pub struct Example {
    rule: Rule,
    reward: Option<RewardRule>,
    referrals: Vec<Referral>,
    people: People,
    facts: Vec<Fact>,
    asked: Vec<Asked>,
}

/// What must come out at a time, of the referral that the example begins with, when the lines above are known.
struct Asked {
    at: Time,
    facts: usize,
    referral: Referral,
    decision: Decision,
    /// Of some charges, what each counts, and why not.
    charges: BTreeMap<String, (i64, Option<String>)>,
    /// What their referrer has earned, where that is said.
    earned: Option<Earned>,
}

impl Example {
    /// Reads the lines of an example.
    pub fn parse(block: &str) -> Result<Self, Problem> {
        let (referrals, people) = (Vec::new(), People::new());
        let mut example = Self { rule: rule(), reward: None, referrals, people, facts: vec![], asked: vec![] };
        for line in block.lines().filter(|line| !line.trim().is_empty()) {
            example.line(line).map_err(|problem| format!("{problem}: {line}"))?;
        }
        if example.referrals.is_empty() || example.asked.is_empty() {
            return Err("an example needs somebody registered, and a line that begins with \"then\"".to_owned());
        }
        Ok(example)
    }

    fn line(&mut self, line: &str) -> Result<(), Problem> {
        let mut words = Words::of(line);
        if line.starts_with(' ') {
            if words.takes("earned") { self.earned_asked(&mut words) } else { self.charge_asked(&mut words) }?;
        } else if words.takes("reward") {
            self.reward = Some(reward::rule(&mut words, self.rule.currency)?);
        } else if words.takes("rule") {
            while words.peek().is_some() {
                set(&mut self.rule, words.next()?)?;
            }
        } else if words.takes("registered") {
            self.register(&mut words)?;
        } else if words.takes("then") {
            self.ask(&mut words)?;
        } else {
            self.happened(&mut words)?;
        }
        words.end()
    }

    /// `registered 2026-01-01 00:00 bob@example.com [referrer ada@example.com]`
    fn register(&mut self, words: &mut Words) -> Result<(), Problem> {
        let registered_at = words.time()?;
        let email = Email::parse(words.next()?).map_err(|problem| problem.0)?;
        let mut referral = referral(registered_at, email, self.referrals.len());
        if words.takes("referrer") {
            let referrer = Email::parse(words.next()?).map_err(|problem| problem.0)?;
            referral.self_referral = referral.person.email.same_person(&referrer);
        }
        self.people.insert(referral.person.email.original().to_owned(), referral.id);
        self.referrals.push(referral);
        Ok(())
    }

    /// `2026-01-05 09:00 charge …`, or what an operator does.
    fn happened(&mut self, words: &mut Words) -> Result<(), Problem> {
        let at = words.time()?;
        if words.takes("override") {
            let verdict = words.next()?;
            let verdict = Verdict::from_word(verdict).ok_or_else(|| format!("\"{verdict}\" is no verdict"))?;
            let referral = self.referrals.first_mut().ok_or("nobody is registered above")?;
            referral.manual = Some(Override { verdict, reason: "as agreed".to_owned(), at });
            return Ok(());
        }
        self.facts.push(fact::read(at, words, &self.people, &self.facts)?);
        Ok(())
    }

    /// `then 2026-01-20 00:00 QUALIFIED 120.00 EUR since 2026-01-08 09:00`
    fn ask(&mut self, words: &mut Words) -> Result<(), Problem> {
        let at = words.time()?;
        let state = state(words)?;
        let (spend_minor, _) = words.money()?;
        let qualified_at = words.takes("since").then(|| words.time()).transpose()?;
        let unqualified = words.takes("unqualified").then(|| unqualified(words)).transpose()?;
        let decision = Decision { state, spend_minor, qualified_at, unqualified };
        let referral = self.referrals.first().ok_or("nobody is registered above")?.clone();
        let charges = BTreeMap::new();
        self.asked.push(Asked { at, facts: self.facts.len(), referral, decision, charges, earned: None });
        Ok(())
    }

    /// `  ch_1 40.00 EUR [NOT_CAPTURED]`
    fn charge_asked(&mut self, words: &mut Words) -> Result<(), Problem> {
        let (id, (minor, _)) = (words.next()?.to_owned(), words.money()?);
        let reason = words.peek().map(|_| words.next().map(str::to_owned)).transpose()?;
        let asked = self.asked.last_mut().ok_or("no \"then\" stands above")?;
        asked.charges.insert(id, (minor, reason));
        Ok(())
    }

    /// `  earned bob@example.com 5.00`
    fn earned_asked(&mut self, words: &mut Words) -> Result<(), Problem> {
        let asked = self.asked.last_mut().ok_or("no \"then\" stands above")?;
        let said = reward::said(words, &self.people)?;
        asked.earned.get_or_insert_default().extend(said);
        Ok(())
    }

    /// Where it comes out otherwise: told in its order, backwards, and twice.
    pub fn problems(&self) -> Vec<Problem> {
        self.asked.iter().flat_map(|asked| self.problems_of(asked)).collect()
    }

    fn problems_of(&self, asked: &Asked) -> Vec<Problem> {
        let known = &self.facts[..asked.facts];
        let backwards: Vec<&Fact> = known.iter().rev().collect();
        let twice: Vec<&Fact> = known.iter().chain(known).collect();
        let orders = [("", known.iter().collect()), ("backwards: ", backwards), ("twice: ", twice)];
        let problems = |(order, facts): (&str, Vec<&Fact>)| {
            let world = self.world(&facts);
            let mut problems = asked.problems(order, &world, &self.rule);
            let found = self.reward.as_ref().map(|rule| reward::found(rule, &world, asked.at));
            if asked.earned.is_some() && asked.earned != found {
                problems.push(format!("{order}{found:?} was earned, and {:?} is said", asked.earned));
            }
            problems
        };
        orders.into_iter().flat_map(problems).collect()
    }

    fn world(&self, facts: &[&Fact]) -> World {
        let mut world = World::default();
        for referral in &self.referrals {
            world.enroll(enrolled(referral, &self.rule));
            world.reward_by(referral.campaign_id, self.reward.iter().cloned().collect());
        }
        for fact in facts {
            world.merge(fact);
        }
        world
    }
}

fn enrolled(referral: &Referral, rule: &Rule) -> Enrolled {
    Enrolled { referral: referral.clone(), rule: rule.clone(), decides: true }
}

impl Asked {
    fn problems(&self, order: &str, world: &World, rule: &Rule) -> Vec<Problem> {
        let first = &enrolled(&self.referral, rule);
        let (decision, payments) = world.decide(first, self.at);
        let mut problems = Vec::new();
        if decision != self.decision {
            problems.push(format!("{order}{decision:?} came out, and {:?} is said", self.decision));
        }
        let counted = contributions(&case(first, false, &payments));
        for (id, said) in &self.charges {
            let found = payments.iter().zip(&counted).find(|(payment, _)| payment.charge.id == *id);
            let is = found.map(|(_, counted)| (counted.counted_minor, counted.reason.map(reason)));
            if is.as_ref() != Some(said) {
                problems.push(format!("{order}{id} counts {is:?}, and {said:?} is said"));
            }
        }
        problems
    }
}

fn state(words: &mut Words) -> Result<State, Problem> {
    Ok(match words.next()? {
        "PENDING" => State::Pending,
        "QUALIFIED" => State::Qualified,
        "EXPIRED" => State::Expired,
        word => {
            let reason = word.strip_prefix("DISQUALIFIED(").and_then(|rest| rest.strip_suffix(')'));
            let reason = reason.and_then(Disqualification::from_word);
            State::Disqualified(reason.ok_or_else(|| format!("\"{word}\" is no state"))?)
        }
    })
}

/// `2026-01-10 09:00 REFUND`
fn unqualified(words: &mut Words) -> Result<Unqualified, Problem> {
    let (at, cause) = (words.time()?, words.next()?);
    let cause = Word::from_word(cause).ok_or_else(|| format!("\"{cause}\" unqualifies nobody"))?;
    Ok(Unqualified { at, cause })
}

/// `OtherCustomer` is `OTHER_CUSTOMER`.
fn reason(reason: Reason) -> String {
    let mut name = String::new();
    for character in format!("{reason:?}").chars() {
        if character.is_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.extend(character.to_uppercase());
    }
    name
}

/// What a campaign has when its owner says nothing but a target of 100.00 EUR in 30 days.
fn rule() -> Rule {
    Rule::new(Currency::known("eur").expect("known"), 10_000, 30)
}

/// `refund_policy=ANY_REFUND`
fn set(rule: &mut Rule, setting: &str) -> Result<(), Problem> {
    let (name, value) = setting.split_once('=').ok_or_else(|| format!("\"{setting}\" has no \"=\""))?;
    let number = || value.parse().map_err(|_| format!("\"{value}\" is no number"));
    let unknown = || format!("{name} has no value \"{value}\"");
    match name {
        "target_minor" => rule.target_minor = i64::from(number()?),
        "window_days" => rule.window_days = number()?,
        "count_prior_days" => rule.count_prior_days = number()?,
        "operator" => rule.operator = Word::from_word(value).ok_or_else(unknown)?,
        "method" => rule.method = Word::from_word(value).ok_or_else(unknown)?,
        "refund_policy" => rule.refund_policy = Word::from_word(value).ok_or_else(unknown)?,
        "refund_scope" => rule.refund_scope = Word::from_word(value).ok_or_else(unknown)?,
        "dispute_policy" => rule.dispute_policy = Word::from_word(value).ok_or_else(unknown)?,
        "currency_policy" => rule.currency_policy = Word::from_word(value).ok_or_else(unknown)?,
        "existing_email_mode" => rule.existing_email_mode = Word::from_word(value).ok_or_else(unknown)?,
        other => return Err(format!("a rule has no \"{other}\"")),
    }
    Ok(())
}

fn referral(registered_at: Time, email: Email, number: usize) -> Referral {
    let number = u8::try_from(number).unwrap_or(u8::MAX);
    let (first_name, last_name, phone) = (None, None, None);
    Referral {
        id: ReferralId::new(registered_at, [number; 10]),
        campaign_id: CampaignId::new(Time::from_seconds(0), [0; 10]),
        referrer_id: ReferrerId::new(Time::from_seconds(0), [0; 10]),
        person: Person { email, first_name, last_name, phone, custom: CustomFields::new() },
        registered_at,
        rule_version: 1,
        erased: None,
        is_referrer_erased: false,
        self_referral: false,
        manual: None,
        customer_sync: CustomerSync::NotNeeded,
        customer: None,
        decision: UNDECIDED,
        decide_at: None,
        revision: 1,
        created_at: registered_at,
        updated_at: registered_at,
    }
}
