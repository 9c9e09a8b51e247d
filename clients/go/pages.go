package referrald

import (
	"context"
	"iter"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// All is every element of a list, page after page: of list called with the request, as items takes them from a page.
//
//	for referral, err := range referrald.All(ctx, client.Referrals.ListReferrals,
//		&pb.ListReferralsRequest{}, (*pb.ListReferralsResponse).GetReferrals) { … }
//
// An error comes last, beside no element.
func All[Request proto.Message, Page interface{ GetNextPageToken() string }, Item any](
	ctx context.Context,
	list func(context.Context, Request, ...grpc.CallOption) (Page, error),
	request Request,
	items func(Page) []Item,
) iter.Seq2[Item, error] {
	return func(yield func(Item, error) bool) {
		request := proto.CloneOf(request)
		token := request.ProtoReflect().Descriptor().Fields().ByName("page_token")
		for {
			page, err := list(ctx, request)
			if err != nil {
				var none Item
				yield(none, err)
				return
			}
			for _, item := range items(page) {
				if !yield(item, nil) {
					return
				}
			}
			if page.GetNextPageToken() == "" {
				return
			}
			request.ProtoReflect().Set(token, protoreflect.ValueOfString(page.GetNextPageToken()))
		}
	}
}
