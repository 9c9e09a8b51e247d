//! Money: whole minor units and a currency, never a fraction.

use std::fmt;

use super::Invalid;

/// The largest amount that Stripe takes: twelve digits of the minor unit.
pub const AMOUNT_MINOR_MAX: i64 = 999_999_999_999;

/// Currencies without a minor unit (<https://docs.stripe.com/currencies>). UGX and ISK are not among them: Stripe
/// sends both with two decimals.
const NO_DECIMALS: &str = "bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf";
/// Currencies with three decimals; Stripe's last digit of them is 0.
const THREE_DECIMALS: &str = "bhd jod kwd omr tnd";
/// The other currencies that Stripe charges in.
const TWO_DECIMALS: &str = "usd aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bmd bnd bob brl bsd bwp byn \
    bzd cad cdf chf cny cop crc cve czk dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gtq gyd hkd hnl hrk htg huf \
    idr ils inr isk jmd kes kgs khr kyd kzt lak lbp lkr lrd lsl mad mdl mkd mmk mnt mop mur mvr mwk mxn myr mzn nad \
    ngn nio nok npr nzd pab pen pgk php pkr pln qar ron rsd rub sar sbd scr sek sgd shp sle sos srd std szl thb tjs \
    top try ttd twd tzs uah ugx uyu uzs wst xcd xcg yer zar zmw";

/// Three lower-case letters, as Stripe writes an ISO 4217 code.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency([u8; 3]);

impl Currency {
    /// Reads any three letters, in either case: what a payment source says is kept even when it is new to us.
    ///
    /// # Errors
    /// Anything but three ASCII letters.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        match text.as_bytes() {
            [a, b, c] if text.bytes().all(|b| b.is_ascii_alphabetic()) => {
                Ok(Self([a, b, c].map(u8::to_ascii_lowercase)))
            }
            _ => Err(Invalid::new("must be the three letters of an ISO 4217 currency code, such as \"usd\"")),
        }
    }

    /// Reads a currency that Stripe charges in.
    ///
    /// # Errors
    /// Anything else: in a campaign it would be a slip, and nobody would ever qualify.
    pub fn known(text: &str) -> Result<Self, Invalid> {
        let currency = Self::parse(text)?;
        let known = [NO_DECIMALS, TWO_DECIMALS, THREE_DECIMALS].iter().any(|list| has(list, currency));
        if known { Ok(currency) } else { Err(Invalid(format!("\"{currency}\" is no currency that Stripe charges in"))) }
    }

    /// The lower-case code.
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("xxx")
    }

    /// How many decimals the major unit has. Only for display: amounts are always minor units.
    pub fn decimals(self) -> u32 {
        match self {
            _ if has(NO_DECIMALS, self) => 0,
            _ if has(THREE_DECIMALS, self) => 3,
            _ => 2,
        }
    }

    /// An amount as people write it: `49.00 EUR`.
    pub fn show(self, minor: i64) -> String {
        let code = self.code().to_uppercase();
        let unit = 10_u64.pow(self.decimals());
        let (sign, minor) = (if minor < 0 { "-" } else { "" }, minor.unsigned_abs());
        match self.decimals() {
            0 => format!("{sign}{minor} {code}"),
            width => format!("{sign}{}.{:0width$} {code}", minor / unit, minor % unit, width = width as usize),
        }
    }
}

fn has(list: &str, currency: Currency) -> bool {
    list.split_whitespace().any(|code| code == currency.code())
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// An amount that may be charged: 0 to [`AMOUNT_MINOR_MAX`].
///
/// # Errors
/// A negative amount, or one of more than twelve digits.
pub fn amount_minor(amount: i64) -> Result<i64, Invalid> {
    if (0..=AMOUNT_MINOR_MAX).contains(&amount) {
        return Ok(amount);
    }
    Err(Invalid(format!("is {amount}, and an amount is 0 to {AMOUNT_MINOR_MAX} minor units")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_show_with_the_decimals_of_their_currency() {
        for (code, minor, shown) in [
            ("eur", 4900, "49.00 EUR"),
            ("usd", 5, "0.05 USD"),
            ("usd", -150, "-1.50 USD"),
            ("jpy", 500, "500 JPY"),
            ("ugx", 500, "5.00 UGX"),
            ("isk", 500, "5.00 ISK"),
            ("kwd", 1230, "1.230 KWD"),
        ] {
            assert_eq!(Currency::known(code).expect(code).show(minor), shown);
        }
    }

    #[test]
    fn a_campaign_takes_known_currencies_and_a_fact_any_three_letters() {
        assert_eq!(Currency::parse("EUR"), Currency::known("eur"));
        assert!(Currency::parse("zzz").is_ok() && Currency::known("zzz").is_err());
        assert!(Currency::known("hnl").is_ok() && Currency::known("hnd").is_err(), "the lempira, not its country");
        for wrong in ["", "eu", "euro", "e1r", "é1"] {
            assert!(Currency::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_amount_has_at_most_twelve_digits_and_no_sign() {
        assert!(amount_minor(0).is_ok() && amount_minor(AMOUNT_MINOR_MAX).is_ok());
        assert!(amount_minor(-1).is_err() && amount_minor(AMOUNT_MINOR_MAX + 1).is_err());
    }

    #[test]
    fn every_listed_currency_is_one_code_listed_once() {
        let mut codes: Vec<_> =
            [NO_DECIMALS, TWO_DECIMALS, THREE_DECIMALS].iter().flat_map(|list| list.split_whitespace()).collect();
        assert!(codes.iter().all(|code| Currency::known(code).is_ok_and(|currency| currency.code() == *code)));
        let listed = codes.len();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), listed);
    }
}
