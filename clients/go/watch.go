package referrald

import (
	"context"
	"errors"
	"io"
	"iter"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	pb "github.com/referrald/referrald/clients/go/referraldv1"
)

const (
	firstWait = 250 * time.Millisecond
	lastWait  = 5 * time.Second
)

// Watch is every event from the request's cursor on, and then each new one as it comes. It ends with the context only:
// a stream that ends or breaks is opened again behind the last event. Each answer has an event, and the cursor to keep
// once the event is dealt with.
//
//	for told, err := range client.Watch(ctx, &pb.WatchEventsRequest{Mode: pb.Mode_MODE_LIVE, Cursor: kept}) { … }
//
// An error comes last, beside no event: the context is over, or the service refused the request.
func (c *Client) Watch(ctx context.Context, request *pb.WatchEventsRequest) iter.Seq2[*pb.WatchEventsResponse, error] {
	return func(yield func(*pb.WatchEventsResponse, error) bool) {
		request, wait := proto.CloneOf(request), firstWait
		for {
			before := request.Cursor
			err := c.attend(ctx, request, yield)
			if err == nil {
				return
			}
			again, told := passing(err)
			if !again {
				yield(nil, err)
				return
			}
			if request.Cursor != before {
				wait = firstWait
			}
			select {
			case <-ctx.Done():
			case <-time.After(max(wait, told)):
			}
			wait = min(wait*5/2, lastWait)
		}
	}
}

// One stream, to its end or until nobody listens any more, which is no error. The request's cursor goes along.
func (c *Client) attend(ctx context.Context, request *pb.WatchEventsRequest,
	yield func(*pb.WatchEventsResponse, error) bool) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stream, err := c.Qualifications.WatchEvents(ctx, request)
	if err != nil {
		return err
	}
	for {
		answer, err := stream.Recv()
		if err != nil {
			return err
		}
		request.Cursor, request.OnlyNew = answer.Cursor, false
		// An answer without an event says that the service is there.
		if answer.Event != nil && !yield(answer, nil) {
			return nil
		}
	}
}

// Whether a stream that ended so is worth opening again, and how long the service said to wait.
func passing(err error) (again bool, wait time.Duration) {
	var failed *Error
	if !errors.As(err, &failed) {
		return errors.Is(err, io.EOF), 0
	}
	return failed.Code == codes.Unavailable || failed.Code == codes.ResourceExhausted, failed.RetryAfter
}
