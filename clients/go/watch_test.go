package referrald_test

import (
	"context"
	"errors"
	"iter"
	"testing"

	"google.golang.org/grpc/codes"

	referrald "github.com/referrald/referrald/clients/go"
	pb "github.com/referrald/referrald/clients/go/referraldv1"
)

// Registers somebody, and gives the id of the referral.
func register(t *testing.T, client *referrald.Client, campaign string) string {
	t.Helper()
	brought, err := client.Referrals.CreateReferrer(t.Context(), referrer("watched"))
	must(t, err)
	made, err := client.Referrals.CreateReferral(t.Context(), &pb.CreateReferralRequest{
		CampaignId: campaign,
		Referrer:   &pb.CreateReferralRequest_ReferrerId{ReferrerId: brought.Referrer.Id},
		Person:     &pb.Person{Email: unique() + "@example.com", FirstName: "P"},
	})
	must(t, err)
	return made.Referral.Id
}

func TestEventsAreWatchedAcrossARestartOfTheServer(t *testing.T) {
	client := connect(t, referrald.Options{})
	campaign := liveCampaign(t, client)
	ctx, cancel := context.WithCancel(t.Context())
	request := &pb.WatchEventsRequest{Mode: pb.Mode_MODE_TEST, CampaignId: campaign}
	next, stop := iter.Pull2(client.Watch(ctx, request))
	defer stop()
	tells := func(referral string) *pb.WatchEventsResponse {
		t.Helper()
		told, err, _ := next()
		must(t, err)
		if told.Event.Type != "referral.registered" || told.Event.ReferralId != referral {
			t.Fatal(told, referral)
		}
		return told
	}
	kept := tells(register(t, client, campaign)).Cursor
	server(t, "stop")
	server(t, "start")
	second := register(t, client, campaign)
	tells(second)
	if request.Cursor != "" {
		t.Fatal("the caller's request is left as it was")
	}

	request.Cursor = kept
	for told, err := range client.Watch(ctx, request) {
		must(t, err)
		if told.Event.ReferralId != second {
			t.Fatal(told)
		}
		break
	}
	cancel()
	if told, err, _ := next(); told != nil || !errors.Is(err, context.Canceled) {
		t.Fatal(told, err)
	}
}

func TestAWatchThatIsRefusedSaysWhy(t *testing.T) {
	client := connect(t, referrald.Options{})
	request := &pb.WatchEventsRequest{Mode: pb.Mode_MODE_TEST, Cursor: "x"}
	for told, err := range client.Watch(t.Context(), request) {
		var refused *referrald.Error
		if told != nil || !errors.As(err, &refused) || refused.Code != codes.InvalidArgument ||
			len(refused.Violations) != 1 || refused.Violations[0].Field != "cursor" {
			t.Fatal(told, err)
		}
	}
}
