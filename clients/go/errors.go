package referrald

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// Error is why a call failed. Every call of a Client returns it; errors.As takes it out of what wraps it.
type Error struct {
	// The code of gRPC.
	Code codes.Code
	// The sentence, for people.
	Message string
	// A name of the enum ErrorReason without its prefix, such as NOT_FOUND; empty where the service said nothing.
	Reason string
	// What is wrong with which field, where the request is at fault.
	Violations []Violation
	// The variables of the message.
	Metadata map[string]string
	// How long to wait before trying again, where the service said so.
	RetryAfter time.Duration

	status *status.Status
}

// Violation is a field and what is wrong with it.
type Violation struct{ Field, Description string }

func (e *Error) Error() string {
	if e.Reason == "" {
		return fmt.Sprintf("referrald: %s: %s", e.Code, e.Message)
	}
	return fmt.Sprintf("referrald: %s (%s): %s", e.Code, e.Reason, e.Message)
}

// GRPCStatus lets status.Code and status.FromError see through it.
func (e *Error) GRPCStatus() *status.Status { return e.status }

// Is finds context.Canceled and context.DeadlineExceeded behind the codes that stand for them.
func (e *Error) Is(target error) bool {
	return (target == context.Canceled && e.Code == codes.Canceled) ||
		(target == context.DeadlineExceeded && e.Code == codes.DeadlineExceeded)
}

// The error of a call, taken apart.
func asError(err error) error {
	if err == nil || errors.Is(err, io.EOF) {
		return err
	}
	said := status.Convert(err)
	failed := &Error{Code: said.Code(), Message: said.Message(), status: said}
	for _, detail := range said.Details() {
		switch detail := detail.(type) {
		case *errdetails.ErrorInfo:
			failed.Reason, failed.Metadata = detail.Reason, detail.Metadata
		case *errdetails.RetryInfo:
			failed.RetryAfter = detail.RetryDelay.AsDuration()
		case *errdetails.BadRequest:
			for _, violation := range detail.FieldViolations {
				failed.Violations = append(failed.Violations, Violation{violation.Field, violation.Description})
			}
		}
	}
	return failed
}

func (o Options) stream(ctx context.Context, description *grpc.StreamDesc, conn *grpc.ClientConn, method string,
	open grpc.Streamer, options ...grpc.CallOption) (grpc.ClientStream, error) {
	opened, err := open(o.keyed(ctx), description, conn, method, options...)
	return stream{opened}, asError(err)
}

// A stream whose errors are taken apart.
type stream struct{ grpc.ClientStream }

func (s stream) RecvMsg(message any) error { return asError(s.ClientStream.RecvMsg(message)) }
