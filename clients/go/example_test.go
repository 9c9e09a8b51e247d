package referrald_test

import (
	"context"
	"fmt"
	"log"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	referrald "github.com/referrald/referrald/clients/go"
	pb "github.com/referrald/referrald/clients/go/referraldv1"
)

// The story of one campaign: whoever is invited and spends 100.00 EUR within 30 days qualifies, until money goes back.
func Example() {
	client, err := referrald.Connect(referrald.Options{})
	check(err)
	defer client.Close()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()

	// A campaign, and Ada who refers.
	campaign, err := client.Campaigns.CreateCampaign(ctx, &pb.CreateCampaignRequest{Campaign: &pb.Campaign{
		Mode:        pb.Mode_MODE_TEST,
		DisplayName: "Bring a friend",
		LandingUrl:  "https://shop.example/i/",
		Rule: &pb.Rule{
			Currency:          "eur",
			TargetMinor:       100_00,
			WindowDays:        30,
			NewCustomerMode:   pb.NewCustomerMode_NEW_CUSTOMER_MODE_WAIT_FOR_CHECKOUT,
			ExistingEmailMode: pb.ExistingEmailMode_EXISTING_EMAIL_MODE_SKIP_EXISTING,
			RefundPolicy:      pb.RefundPolicy_REFUND_POLICY_NET_BELOW_TARGET,
		},
		RewardRules: []*pb.RewardRule{{
			Recipient: pb.RewardRecipient_REWARD_RECIPIENT_REFERRER,
			Trigger:   &pb.RewardRule_Qualified{Qualified: &pb.QualifiedTrigger{}},
			Kind:      &pb.RewardRule_Custom{Custom: &pb.CustomReward{Payload: "a mug"}},
		}},
	}})
	check(err)
	_, err = client.Campaigns.LaunchCampaign(ctx, &pb.LaunchCampaignRequest{Id: campaign.Campaign.Id})
	check(err)
	name := unique()
	ada, err := client.Referrals.CreateReferrer(ctx, &pb.CreateReferrerRequest{Referrer: &pb.Referrer{
		Person: &pb.Person{Email: "ada-" + name + "@example.com"},
	}})
	check(err)

	// Bob signs up by her link.
	email := "bob-" + name + "@example.com"
	bob, err := client.Referrals.CreateReferral(ctx, &pb.CreateReferralRequest{
		CampaignId: campaign.Campaign.Id,
		Referrer:   &pb.CreateReferralRequest_ReferrerCode{ReferrerCode: ada.Referrer.Code},
		Person:     &pb.Person{Email: email, FirstName: "Bob"},
	})
	check(err)
	fmt.Println("Bob signs up:", bob.Referral.State)

	// He pays twice, Ada gets her mug, and some of it goes back. Stripe's webhooks bring such facts; so may any other source of payments.
	record(ctx, client, name+"1", charge("ch_"+name+"1", email, 40_00))
	explain(ctx, client, bob.Referral.Id)
	record(ctx, client, name+"2", charge("ch_"+name+"2", email, 80_00))
	explain(ctx, client, bob.Referral.Id)
	earned, err := client.Rewards.ListRewards(ctx, &pb.ListRewardsRequest{ReferralId: bob.Referral.Id})
	check(err)
	mug := earned.Rewards[0]
	approved, err := client.Rewards.ApproveReward(ctx, &pb.ApproveRewardRequest{Id: mug.Id})
	check(err)
	fmt.Println("Ada's mug:", approved.Reward.State)
	record(ctx, client, name+"3", &pb.Fact{Fact: &pb.Fact_Refund{Refund: &pb.Refund{
		Id: "re_" + name, ChargeId: "ch_" + name + "2", AmountMinor: 30_00,
		CreatedAt: timestamppb.Now(), Status: pb.RefundStatus_REFUND_STATUS_SUCCEEDED,
	}}})
	explain(ctx, client, bob.Referral.Id)
	now, err := client.Rewards.GetReward(ctx, &pb.GetRewardRequest{Id: mug.Id})
	check(err)
	fmt.Println("Ada's mug:", now.Reward.State)

	// Output:
	// Bob signs up: REFERRAL_STATE_PENDING
	// REFERRAL_STATE_PENDING: 60.00 EUR missing
	// REFERRAL_STATE_QUALIFIED: 0.00 EUR missing
	// Ada's mug: REWARD_STATE_ISSUED
	// REFERRAL_STATE_PENDING: 10.00 EUR missing
	// Ada's mug: REWARD_STATE_REVERSAL_DUE
}

func charge(id, email string, amount int64) *pb.Fact {
	return &pb.Fact{Fact: &pb.Fact_Charge{Charge: &pb.Charge{
		Id: id, Currency: "eur", CreatedAt: timestamppb.Now(), Status: pb.ChargeStatus_CHARGE_STATUS_SUCCEEDED,
		AmountMinor: amount, CapturedMinor: amount, Emails: []string{email},
	}}}
}

func record(ctx context.Context, client *referrald.Client, id string, fact *pb.Fact) {
	_, err := client.Qualifications.RecordFacts(ctx, &pb.RecordFactsRequest{
		Mode: pb.Mode_MODE_TEST,
		Deliveries: []*pb.Delivery{{
			Id: "evt_" + id, Type: "payment", CreatedAt: timestamppb.Now(), Facts: []*pb.Fact{fact},
		}},
	})
	check(err)
}

func explain(ctx context.Context, client *referrald.Client, id string) {
	why, err := client.Qualifications.ExplainQualification(ctx, &pb.ExplainQualificationRequest{ReferralId: id})
	check(err)
	fmt.Printf("%s: %.2f EUR missing\n", why.Referral.State, float64(why.GetMissingMinor())/100)
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
