//! Coupons, and the codes that give them to one person.

use std::collections::BTreeMap;

use stripe_product::coupon::RetrieveCoupon;
use stripe_product::promotion_code::{
    CreatePromotionCode, CreatePromotionCodePromotion, CreatePromotionCodePromotionType, ListPromotionCode,
    RetrievePromotionCode, UpdatePromotionCode,
};

use super::{Failure, PAGE, Stripe, escaped, metadata};
use crate::domain::time::Time;
use crate::stripe::object::{Object, Unreadable};

/// The most codes of one spelling that are looked at; at most one of them is active.
const PROMOTION_CODES_MAX: usize = 500;

/// What a code gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coupon {
    /// Its id, which the merchant chose.
    pub id: String,
    /// Whether it can still be redeemed.
    pub valid: bool,
}

/// A code that is to be made: for one customer, to be used once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PromotionCodeFields {
    /// What it gives.
    pub coupon_id: String,
    /// What is typed in: letters, digits and dashes.
    pub code: String,
    /// The only customer who may use it.
    pub customer_id: String,
    /// When it ends.
    pub expires_at: Option<Time>,
    /// By what we find it again.
    pub metadata: BTreeMap<String, String>,
}

/// A code that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PromotionCode {
    /// `promo_…`.
    pub id: String,
    /// What is typed in.
    pub code: String,
    /// Whether it can be used now.
    pub active: bool,
    /// How often it was used.
    pub times_redeemed: i64,
    /// The only customer who may use it.
    pub customer_id: Option<String>,
    /// By what we find it again.
    pub metadata: BTreeMap<String, String>,
}

impl Stripe {
    /// A coupon.
    pub async fn coupon(&self, id: &str) -> Result<Option<Coupon>, Failure> {
        self.find(&RetrieveCoupon::new(escaped(id)), coupon).await
    }

    /// Makes a code.
    pub async fn create_promotion_code(
        &self,
        fields: &PromotionCodeFields,
        key: &str,
    ) -> Result<PromotionCode, Failure> {
        let mut promotion = CreatePromotionCodePromotion::new(CreatePromotionCodePromotionType::Coupon);
        promotion.coupon = Some(fields.coupon_id.clone());
        let mut request = CreatePromotionCode::new(promotion)
            .code(fields.code.as_str())
            .customer(fields.customer_id.as_str())
            .max_redemptions(1)
            .metadata(metadata(&fields.metadata));
        if let Some(at) = fields.expires_at {
            request = request.expires_at(at.seconds());
        }
        self.call(&request, Some(key), promotion_code).await
    }

    /// A code by its id.
    pub async fn promotion_code(&self, id: &str) -> Result<Option<PromotionCode>, Failure> {
        self.find(&RetrievePromotionCode::new(escaped(id)), promotion_code).await
    }

    /// The codes that are spelt so, in any case of letters, also those that are used up or over.
    pub async fn promotion_codes_by_code(&self, code: &str) -> Result<Vec<PromotionCode>, Failure> {
        self.list(&ListPromotionCode::new().code(code).limit(PAGE), PROMOTION_CODES_MAX, promotion_code).await
    }

    /// Makes a code useless.
    pub async fn deactivate_promotion_code(&self, id: &str, key: &str) -> Result<PromotionCode, Failure> {
        self.call(&UpdatePromotionCode::new(escaped(id)).active(false), Some(key), promotion_code).await
    }
}

fn coupon(object: &Object) -> Result<Coupon, Unreadable> {
    Ok(Coupon { id: object.id()?, valid: object.flag("valid")? })
}

fn promotion_code(object: &Object) -> Result<PromotionCode, Unreadable> {
    Ok(PromotionCode {
        id: object.id()?,
        code: object.word("code")?,
        active: object.flag("active")?,
        times_redeemed: object.sum("times_redeemed")?,
        customer_id: object.reference("customer")?,
        metadata: object.texts("metadata"),
    })
}
