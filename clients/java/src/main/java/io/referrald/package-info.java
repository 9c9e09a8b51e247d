/** Client of referrald, the self-hosted referral engine for Stripe merchants. */
package io.referrald;
