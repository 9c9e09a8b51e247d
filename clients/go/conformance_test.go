package referrald_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	referrald "github.com/referrald/referrald/clients/go"
)

// A call of the cases, and what must come of it; clients/conformance/README.md says what each field means.
type call struct {
	Name     string
	Given    []string
	Setup    []call
	Call     string
	Request  json.RawMessage
	Save     map[string]string
	Key      string
	Deadline *int `json:"deadline_ms"`
	Code     string
	Reason   string
	Fields   []string
	Metadata map[string]string
	Answer   any
}

func TestConformance(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(os.Getenv("REFERRALD_CASES"), "cases", "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatal("no cases: run me with scripts/clients test go", err)
	}
	given := read[map[string][]call](t, filepath.Join(os.Getenv("REFERRALD_CASES"), "given.json"))
	clients := map[string]*referrald.Client{
		"":      connect(t, referrald.Options{}),
		"full":  connect(t, referrald.Options{}),
		"read":  connect(t, referrald.Options{Key: os.Getenv("REFERRALD_KEY_READ")}),
		"wrong": connect(t, referrald.Options{Key: "rfd_wrong"}),
		"none":  connectWithoutKey(t),
	}
	for _, file := range files {
		for _, each := range read[[]call](t, file) {
			t.Run(each.Name, func(t *testing.T) {
				variables := []string{"{{unique}}", unique()}
				var before []call
				for _, name := range each.Given {
					before = append(before, given[name]...)
				}
				for _, first := range append(before, each.Setup...) {
					answer, err := first.make(t, clients["full"], variables)
					if err != nil {
						t.Fatal(first.Call, err)
					}
					for name, path := range first.Save {
						variables = append(variables, "{{"+name+"}}", at(answer, path))
					}
				}
				answer, err := each.make(t, clients[each.Key], variables)
				each.check(t, answer, err, strings.NewReplacer(variables...))
			})
		}
	}
}

// Makes the call through the client, whatever its types; the answer as JSON.
func (c call) make(t *testing.T, client *referrald.Client, variables []string) (any, error) {
	service, method, _ := strings.Cut(c.Call, "/")
	found, err := protoregistry.GlobalFiles.FindDescriptorByName(protoreflect.FullName("referrald.v1." + service))
	must(t, err)
	rpc := found.(protoreflect.ServiceDescriptor).Methods().ByName(protoreflect.Name(method))
	request, answer := message(t, rpc.Input()), message(t, rpc.Output())
	must(t, protojson.Unmarshal([]byte(strings.NewReplacer(variables...).Replace(string(c.Request))), request))
	ctx := context.Background()
	if c.Deadline != nil {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, time.Duration(*c.Deadline)*time.Millisecond)
		defer cancel()
	}
	if err := invoke(ctx, client.Conn, "/referrald.v1."+c.Call, rpc.IsStreamingServer(), request, answer); err != nil {
		return nil, err
	}
	written, err := protojson.Marshal(answer)
	must(t, err)
	return parsed[any](t, written), nil
}

// The answer of a call, or the first one of a stream, which is then ended.
func invoke(ctx context.Context, conn *grpc.ClientConn, path string, streams bool, request, answer proto.Message) error {
	if !streams {
		return conn.Invoke(ctx, path, request, answer)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stream, err := conn.NewStream(ctx, &grpc.StreamDesc{ServerStreams: true}, path)
	if err != nil {
		return err
	}
	if err := errors.Join(stream.SendMsg(request), stream.CloseSend()); err != nil {
		return err
	}
	return stream.RecvMsg(answer)
}

func message(t *testing.T, of protoreflect.MessageDescriptor) proto.Message {
	kind, err := protoregistry.GlobalTypes.FindMessageByName(of.FullName())
	must(t, err)
	return kind.New().Interface()
}

func (c call) check(t *testing.T, answer any, err error, fill *strings.Replacer) {
	if c.Code == "" {
		must(t, err)
		differences(t, c.Answer, answer, fill, "answer")
		return
	}
	var refused *referrald.Error
	var code codes.Code
	must(t, code.UnmarshalJSON([]byte(strconv.Quote(c.Code))))
	if !errors.As(err, &refused) || refused.Code != code || (c.Reason != "" && refused.Reason != c.Reason) {
		t.Fatalf("want %s %s, got %v", c.Code, c.Reason, err)
	}
	var fields []string
	for _, violation := range refused.Violations {
		fields = append(fields, violation.Field)
	}
	slices.Sort(fields)
	slices.Sort(c.Fields)
	if fields = slices.Compact(fields); !slices.Equal(fields, c.Fields) {
		t.Errorf("want violations of %v, got %v", c.Fields, fields)
	}
	for name, value := range c.Metadata {
		if refused.Metadata[name] != fill.Replace(value) {
			t.Errorf("metadata %s: want %s, got %s", name, fill.Replace(value), refused.Metadata[name])
		}
	}
}

// Compares what is wanted with what came, by the rules of the README.
func differences(t *testing.T, want, got any, fill *strings.Replacer, path string) {
	switch want := want.(type) {
	case map[string]any:
		fields, _ := got.(map[string]any)
		for name, value := range want {
			differences(t, value, fields[name], fill, path+"."+name)
		}
	case []any:
		elements, _ := got.([]any)
		if len(elements) != len(want) {
			t.Errorf("%s: want %d elements, got %v", path, len(want), got)
			return
		}
		for index, value := range want {
			differences(t, value, elements[index], fill, fmt.Sprint(path, ".", index))
		}
	case string:
		if want == "*" && got != nil && got != "" {
			return
		}
		if fill.Replace(want) != got {
			t.Errorf("%s: want %q, got %v", path, fill.Replace(want), got)
		}
	default:
		if want != got {
			t.Errorf("%s: want %v, got %v", path, want, got)
		}
	}
}

// The text at a path of an answer.
func at(answer any, path string) string {
	for _, part := range strings.Split(path, ".") {
		switch inside := answer.(type) {
		case map[string]any:
			answer = inside[part]
		case []any:
			index, _ := strconv.Atoi(part)
			answer = inside[index]
		}
	}
	return fmt.Sprint(answer)
}

func read[T any](t *testing.T, file string) T {
	text, err := os.ReadFile(file)
	must(t, err)
	return parsed[T](t, text)
}

func parsed[T any](t *testing.T, text []byte) (value T) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	must(t, decoder.Decode(&value))
	return value
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
