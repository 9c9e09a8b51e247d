// Package referrald is a client of referrald, the referral engine. Connect gives a Client, whose fields are the
// generated services with a key, a deadline, retries and request ids on every call.
package referrald

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/tls"
	"fmt"
	"net"
	"os"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	pb "github.com/referrald/referrald/clients/go/referraldv1"
)

// What grpc does by itself. An answer that says how long to wait is obeyed, and so is one that says never.
const serviceConfig = `{"methodConfig": [{"name": [{}], "retryPolicy": {
	"maxAttempts": 5, "initialBackoff": "0.25s", "maxBackoff": "5s", "backoffMultiplier": 2.5,
	"retryableStatusCodes": ["UNAVAILABLE", "RESOURCE_EXHAUSTED"]}}]}`

// Options says how to connect. Every field may be left out.
type Options struct {
	// HOST:PORT. Default: the variable REFERRALD_ADDRESS, or 127.0.0.1:50051.
	Address string
	// The API key. Default: the variable REFERRALD_KEY.
	Key string
	// How long a call may take, retries included, where its context says nothing. Default: 10 seconds.
	Deadline time.Duration
	// Goes without TLS also beyond loopback, where others may listen. Default: TLS everywhere but on loopback.
	Plaintext bool
	// More options of grpc; they win over ours.
	Dial []grpc.DialOption
}

// Client is a connection with the services on it. It may be used by many goroutines at once.
type Client struct {
	Campaigns      pb.CampaignServiceClient
	Referrals      pb.ReferralServiceClient
	Qualifications pb.QualificationServiceClient
	Rewards        pb.RewardServiceClient
	// The connection beneath.
	Conn *grpc.ClientConn
}

// Connect makes a client. It does not wait for the service: the first call does.
func Connect(options Options) (*Client, error) {
	options.Address = cmp.Or(options.Address, os.Getenv("REFERRALD_ADDRESS"), "127.0.0.1:50051")
	options.Key = cmp.Or(options.Key, os.Getenv("REFERRALD_KEY"))
	options.Deadline = cmp.Or(options.Deadline, 10*time.Second)
	security, err := security(options.Address, options.Plaintext)
	if err != nil {
		return nil, err
	}
	dial := []grpc.DialOption{
		grpc.WithTransportCredentials(security),
		grpc.WithDefaultServiceConfig(serviceConfig),
		grpc.WithUserAgent("referrald-go/" + Version),
		// A stream over a connection that is dead would wait for ever.
		grpc.WithKeepaliveParams(keepalive.ClientParameters{Time: time.Minute}),
		grpc.WithChainUnaryInterceptor(options.unary),
		grpc.WithChainStreamInterceptor(options.stream),
	}
	conn, err := grpc.NewClient(options.Address, append(dial, options.Dial...)...)
	if err != nil {
		return nil, err
	}
	return &Client{
		Campaigns:      pb.NewCampaignServiceClient(conn),
		Referrals:      pb.NewReferralServiceClient(conn),
		Qualifications: pb.NewQualificationServiceClient(conn),
		Rewards:        pb.NewRewardServiceClient(conn),
		Conn:           conn,
	}, nil
}

// Close ends the connection and the calls on it.
func (c *Client) Close() error { return c.Conn.Close() }

// Plain only where nobody listens: on loopback.
func security(address string, plaintext bool) (credentials.TransportCredentials, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("referrald: the address is HOST:PORT: %w", err)
	}
	if plaintext || host == "localhost" || net.ParseIP(host).IsLoopback() {
		return insecure.NewCredentials(), nil
	}
	return credentials.NewTLS(&tls.Config{}), nil
}

// What stands before each call: its key, its deadline and its request id; after it, its error.
func (o Options) unary(ctx context.Context, method string, request, answer any, conn *grpc.ClientConn,
	invoke grpc.UnaryInvoker, options ...grpc.CallOption) error {
	if _, given := ctx.Deadline(); !given {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, o.Deadline)
		defer cancel()
	}
	return asError(invoke(o.keyed(ctx), method, identified(request), answer, conn, options...))
}

func (o Options) keyed(ctx context.Context) context.Context {
	if o.Key == "" {
		return ctx
	}
	return metadata.AppendToOutgoingContext(ctx, "authorization", "Bearer "+o.Key)
}

// The request with an id, where it has a place for one and none in it: then repeating it does nothing twice.
func identified(request any) any {
	message, ok := request.(proto.Message)
	if !ok {
		return request
	}
	field := message.ProtoReflect().Descriptor().Fields().ByName("request_id")
	if field == nil || message.ProtoReflect().Has(field) {
		return request
	}
	named := proto.Clone(message)
	named.ProtoReflect().Set(field, protoreflect.ValueOfString(rand.Text()))
	return named
}
