package referrald_test

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"

	referrald "github.com/referrald/referrald/clients/go"
	pb "github.com/referrald/referrald/clients/go/referraldv1"
)

func connect(t testing.TB, options referrald.Options) *referrald.Client {
	t.Helper()
	client, err := referrald.Connect(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	return client
}

func connectWithoutKey(t *testing.T) *referrald.Client {
	t.Helper()
	t.Setenv("REFERRALD_KEY", "")
	return connect(t, referrald.Options{})
}

func unique() string {
	number := make([]byte, 8)
	_, _ = rand.Read(number)
	return hex.EncodeToString(number)
}

// Stops or starts the server.
func server(t *testing.T, action string) {
	t.Helper()
	if said, err := exec.Command(os.Getenv("REFERRALD_SERVER"), action).CombinedOutput(); err != nil {
		t.Fatal(err, string(said))
	}
}

func referrer(name string) *pb.CreateReferrerRequest {
	person := &pb.Person{Email: fmt.Sprintf("%s-%s@example.com", name, unique())}
	return &pb.CreateReferrerRequest{Referrer: &pb.Referrer{Person: person}}
}

func TestACallWaitsForAServerThatComesBack(t *testing.T) {
	client := connect(t, referrald.Options{})
	_, err := client.Campaigns.ListCampaigns(t.Context(), &pb.ListCampaignsRequest{})
	must(t, err)
	server(t, "stop")
	done := make(chan error)
	go func() {
		_, err := client.Referrals.CreateReferrer(context.Background(), referrer("late"))
		done <- err
	}()
	server(t, "start")
	must(t, <-done)
}

func TestAServerThatStaysAwayIsUnavailable(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	must(t, listener.Close())
	client := connect(t, referrald.Options{Address: listener.Addr().String()})
	_, err = client.Campaigns.ListCampaigns(t.Context(), &pb.ListCampaignsRequest{})
	if status.Code(err) != codes.Unavailable {
		t.Fatal(err)
	}
}

func TestAllPagesAreReadAsOneList(t *testing.T) {
	client := connect(t, referrald.Options{})
	campaign := liveCampaign(t, client)
	brought, err := client.Referrals.CreateReferrer(t.Context(), referrer("busy"))
	must(t, err)
	var group sync.WaitGroup
	for worker := range 20 {
		group.Add(1)
		go func() {
			defer group.Done()
			for each := range 50 {
				email := fmt.Sprintf("p%d-%d-%s@example.com", worker, each, campaign)
				_, err := client.Referrals.CreateReferral(context.Background(), &pb.CreateReferralRequest{
					CampaignId: campaign,
					Referrer:   &pb.CreateReferralRequest_ReferrerId{ReferrerId: brought.Referrer.Id},
					Person:     &pb.Person{Email: email, FirstName: "P"},
				})
				if err != nil {
					t.Error(err)
				}
			}
		}()
	}
	group.Wait()

	request := &pb.ListReferralsRequest{CampaignId: campaign, PageSize: 300}
	seen := map[string]bool{}
	for referral, err := range referrald.All(t.Context(), client.Referrals.ListReferrals, request,
		(*pb.ListReferralsResponse).GetReferrals) {
		must(t, err)
		seen[referral.Id] = true
	}
	if len(seen) != 1000 || request.PageToken != "" {
		t.Fatal(len(seen), request.PageToken)
	}
	request.PageSize = -1
	for referral, err := range referrald.All(t.Context(), client.Referrals.ListReferrals, request,
		(*pb.ListReferralsResponse).GetReferrals) {
		if referral != nil || status.Code(err) != codes.InvalidArgument {
			t.Fatal(referral, err)
		}
	}
}

func TestACallEndsWithItsContext(t *testing.T) {
	client := connect(t, referrald.Options{Address: silent(t)})
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, cancel)
	_, err := client.Campaigns.ListCampaigns(ctx, &pb.ListCampaignsRequest{})
	if !errors.Is(err, context.Canceled) || status.Code(err) != codes.Canceled {
		t.Fatal(err)
	}
}

func TestACallEndsAtItsDeadlineAndAtTheOneOfTheClient(t *testing.T) {
	soon := connect(t, referrald.Options{Address: silent(t), Deadline: 50 * time.Millisecond})
	_, err := soon.Campaigns.ListCampaigns(t.Context(), &pb.ListCampaignsRequest{})
	if !errors.Is(err, context.DeadlineExceeded) || status.Code(err) != codes.DeadlineExceeded {
		t.Fatal(err)
	}
	client := connect(t, referrald.Options{Address: silent(t)})
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err = client.Campaigns.ListCampaigns(ctx, &pb.ListCampaignsRequest{})
	if status.Code(err) != codes.DeadlineExceeded {
		t.Fatal(err)
	}
}

func TestAMessageThatIsTooLargeIsSentOnce(t *testing.T) {
	client := connect(t, referrald.Options{})
	request := &pb.ListCampaignsRequest{PageToken: strings.Repeat("x", 5<<20)}
	began := time.Now()
	_, err := client.Campaigns.ListCampaigns(t.Context(), request)
	var refused *referrald.Error
	if !errors.As(err, &refused) || refused.Reason != "MESSAGE_TOO_LARGE" || time.Since(began) > time.Second {
		t.Fatal(err, time.Since(began))
	}
}

func TestWhatIsNoAddressIsRefused(t *testing.T) {
	_, err := referrald.Connect(referrald.Options{Address: "referrald.example"})
	if err == nil || !strings.Contains(err.Error(), "HOST:PORT") {
		t.Fatal(err)
	}
}

func TestBeyondLoopbackTheKeyGoesOverTLSOnly(t *testing.T) {
	// 0.0.0.0 leads back here, and is no loopback address by its name.
	address := strings.Replace(os.Getenv("REFERRALD_ADDRESS"), "127.0.0.1", "0.0.0.0", 1)
	client := connect(t, referrald.Options{Address: address, Deadline: 2 * time.Second})
	if _, err := client.Campaigns.ListCampaigns(t.Context(), &pb.ListCampaignsRequest{}); err == nil {
		t.Fatal("a server without TLS was spoken to")
	}
	client = connect(t, referrald.Options{Address: address, Plaintext: true})
	_, err := client.Campaigns.ListCampaigns(t.Context(), &pb.ListCampaignsRequest{})
	must(t, err)
}

// busy refuses the first attempt, and says when to come back.
type busy struct {
	pb.UnimplementedReferralServiceServer
	requests []*pb.CreateReferrerRequest
	metadata []metadata.MD
}

func (b *busy) CreateReferrer(ctx context.Context, request *pb.CreateReferrerRequest) (*pb.CreateReferrerResponse, error) {
	shown, _ := metadata.FromIncomingContext(ctx)
	b.requests, b.metadata = append(b.requests, request), append(b.metadata, shown)
	if len(b.requests) == 1 {
		_ = grpc.SetTrailer(ctx, metadata.Pairs("grpc-retry-pushback-ms", "300"))
		refused, _ := status.New(codes.ResourceExhausted, "busy").WithDetails(
			&errdetails.RetryInfo{RetryDelay: durationpb.New(300 * time.Millisecond)})
		return nil, refused.Err()
	}
	return &pb.CreateReferrerResponse{Referrer: request.Referrer}, nil
}

func TestACreateCallIsRepeatedWhenTheServiceSaysAndWithTheSameRequestId(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	service, grpcServer := &busy{}, grpc.NewServer()
	pb.RegisterReferralServiceServer(grpcServer, service)
	go func() { _ = grpcServer.Serve(listener) }()
	t.Cleanup(grpcServer.Stop)
	client := connect(t, referrald.Options{Address: listener.Addr().String(), Key: "rfd_mine"})

	request, began := referrer("ada"), time.Now()
	_, err = client.Referrals.CreateReferrer(t.Context(), request)
	must(t, err)
	if len(service.requests) != 2 || time.Since(began) < 300*time.Millisecond {
		t.Fatal(len(service.requests), time.Since(began))
	}
	first, second := service.requests[0].RequestId, service.requests[1].RequestId
	if first == "" || first != second || request.RequestId != "" {
		t.Fatal(first, second, request.RequestId)
	}
	shown := service.metadata[1]
	if shown.Get("authorization")[0] != "Bearer rfd_mine" || !strings.HasPrefix(shown.Get("user-agent")[0], "referrald-go/") {
		t.Fatal(shown)
	}
	request.RequestId = "mine"
	_, err = client.Referrals.CreateReferrer(t.Context(), request)
	must(t, err)
	if last := service.requests[2].RequestId; last != "mine" {
		t.Fatal(last)
	}
}

// The address of somebody who takes connections and never says a word.
func silent(t *testing.T) string {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	return listener.Addr().String()
}

func liveCampaign(t *testing.T, client *referrald.Client) string {
	made, err := client.Campaigns.CreateCampaign(t.Context(), &pb.CreateCampaignRequest{Campaign: &pb.Campaign{
		Mode:        pb.Mode_MODE_TEST,
		DisplayName: "Invite a friend",
		Rule:        &pb.Rule{Currency: "eur", TargetMinor: 10000, WindowDays: 30},
	}})
	must(t, err)
	_, err = client.Campaigns.LaunchCampaign(t.Context(), &pb.LaunchCampaignRequest{Id: made.Campaign.Id})
	must(t, err)
	return made.Campaign.Id
}
