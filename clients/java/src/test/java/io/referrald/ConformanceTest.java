package io.referrald;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCalls;
import io.referrald.v1.CampaignServiceProto;
import io.referrald.v1.QualificationServiceProto;
import io.referrald.v1.ReferralServiceProto;
import io.referrald.v1.RewardServiceProto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The cases that all clients share. */
class ConformanceTest {
  private static final Path FOLDER = Path.of(Surroundings.variable("REFERRALD_CASES"));
  private static final Pattern VARIABLE = Pattern.compile("\\{\\{(.+?)}}");
  private static final Map<String, String> KEYS =
      Map.of(
          "full", Surroundings.variable("REFERRALD_KEY"),
          "read", Surroundings.variable("REFERRALD_KEY_READ"),
          "wrong", "rfd_wrong",
          "none", "");
  private static final List<ServiceDescriptor> SERVICES =
      Stream.of(
              CampaignServiceProto.getDescriptor(),
              ReferralServiceProto.getDescriptor(),
              QualificationServiceProto.getDescriptor(),
              RewardServiceProto.getDescriptor())
          .flatMap(file -> file.getServices().stream())
          .toList();

  @TestFactory
  List<DynamicTest> cases() throws IOException {
    JsonObject given = read(FOLDER.resolve("given.json")).getAsJsonObject();
    var tests = new ArrayList<DynamicTest>();
    try (var files = Files.list(FOLDER.resolve("cases"))) {
      for (Path file : files.sorted().toList()) {
        for (JsonElement found : read(file).getAsJsonArray()) {
          JsonObject one = found.getAsJsonObject();
          tests.add(DynamicTest.dynamicTest(one.get("name").getAsString(), () -> run(one, given)));
        }
      }
    }
    assertTrue(tests.size() >= 40, "there are cases");
    return tests;
  }

  private static void run(JsonObject one, JsonObject given) throws IOException {
    var variables = new HashMap<>(Map.of("unique", Surroundings.unique()));
    for (JsonElement name : list(one, "given")) {
      prepare(given.getAsJsonArray(name.getAsString()), variables);
    }
    prepare(list(one, "setup"), variables);
    JsonObject expected = filled(one, variables);
    JsonElement answer;
    try {
      answer = make(one, variables);
    } catch (StatusRuntimeException thrown) {
      compare(expected, ReferraldError.of(thrown));
      return;
    }
    assertEquals(text(expected, "code", "OK"), "OK", answer.toString());
    var differences = new ArrayList<String>();
    compare(object(expected, "answer"), answer, "answer", differences);
    assertEquals(List.of(), differences);
  }

  private static void compare(JsonObject expected, ReferraldError error) {
    assertEquals(text(expected, "code", "OK"), error.code().name(), error.message());
    if (expected.has("reason")) {
      assertEquals("ERROR_REASON_" + text(expected, "reason", ""), error.reason().name());
    }
    var fields = new TreeSet<String>();
    error.violations().forEach(violation -> fields.add(violation.field()));
    var wanted = new TreeSet<String>();
    list(expected, "fields").forEach(field -> wanted.add(field.getAsString()));
    assertEquals(wanted, fields);
    for (var pair : object(expected, "metadata").entrySet()) {
      assertEquals(pair.getValue().getAsString(), error.metadata().get(pair.getKey()));
    }
  }

  private static void prepare(JsonArray steps, Map<String, String> variables) throws IOException {
    for (JsonElement step : steps) {
      JsonElement answer = make(step.getAsJsonObject(), variables);
      for (var saved : object(step.getAsJsonObject(), "save").entrySet()) {
        variables.put(saved.getKey(), at(answer, saved.getValue().getAsString()));
      }
    }
  }

  private static JsonElement make(JsonObject step, Map<String, String> variables) throws IOException {
    String[] call = step.get("call").getAsString().split("/");
    var service = SERVICES.stream().filter(known -> known.getName().equals(call[0])).findFirst().orElseThrow();
    var method = service.findMethodByName(call[1]);
    var request = DynamicMessage.newBuilder(method.getInputType());
    JsonFormat.parser().merge(filled(object(step, "request"), variables).toString(), request);
    var described =
        MethodDescriptor.<Message, Message>newBuilder()
            .setType(method.isServerStreaming() ? MethodType.SERVER_STREAMING : MethodType.UNARY)
            .setFullMethodName(service.getFullName() + "/" + method.getName())
            .setRequestMarshaller(ProtoUtils.marshaller(DynamicMessage.getDefaultInstance(method.getInputType())))
            .setResponseMarshaller(ProtoUtils.marshaller(DynamicMessage.getDefaultInstance(method.getOutputType())))
            .build();
    var options = CallOptions.DEFAULT;
    if (step.has("deadline_ms")) {
      options = options.withDeadlineAfter(step.get("deadline_ms").getAsLong(), TimeUnit.MILLISECONDS);
    }
    try (var client = ReferraldClient.builder().key(KEYS.get(text(step, "key", "full"))).build()) {
      // The first answer of a stream, which ends with the client.
      var answer =
          method.isServerStreaming()
              ? ClientCalls.blockingServerStreamingCall(client.channel(), described, options, request.build()).next()
              : ClientCalls.blockingUnaryCall(client.channel(), described, options, request.build());
      return JsonParser.parseString(JsonFormat.printer().print(answer));
    }
  }

  /** Notes where the answer is not what is expected. */
  private static void compare(JsonElement expected, JsonElement found, String path, List<String> differences) {
    if (expected.equals(new JsonPrimitive("*"))) {
      if (found.isJsonNull() || found.equals(new JsonPrimitive(""))) {
        differences.add(path + " is not there");
      }
    } else if (expected.isJsonObject() && found.isJsonObject()) {
      for (var wanted : expected.getAsJsonObject().entrySet()) {
        var there = orNull(found.getAsJsonObject().get(wanted.getKey()));
        compare(wanted.getValue(), there, path + "." + wanted.getKey(), differences);
      }
    } else if (expected.isJsonArray() && found.isJsonArray() && size(expected) == size(found)) {
      for (int index = 0; index < size(expected); index++) {
        var here = path + "." + index;
        compare(expected.getAsJsonArray().get(index), found.getAsJsonArray().get(index), here, differences);
      }
    } else if (!expected.equals(found)) {
      differences.add(path + " is " + found + ", not " + expected);
    }
  }

  private static int size(JsonElement array) {
    return array.getAsJsonArray().size();
  }

  private static JsonElement orNull(JsonElement element) {
    return element == null ? JsonNull.INSTANCE : element;
  }

  private static String at(JsonElement answer, String path) {
    for (String part : path.split("\\.")) {
      answer = answer.isJsonArray()
          ? answer.getAsJsonArray().get(Integer.parseInt(part))
          : answer.getAsJsonObject().get(part);
    }
    return answer.getAsString();
  }

  private static JsonObject filled(JsonObject value, Map<String, String> variables) {
    String text = VARIABLE.matcher(value.toString()).replaceAll(found -> variables.get(found.group(1)));
    return JsonParser.parseString(text).getAsJsonObject();
  }

  private static JsonElement read(Path file) throws IOException {
    return JsonParser.parseString(Files.readString(file));
  }

  private static String text(JsonObject object, String name, String otherwise) {
    return object.has(name) ? object.get(name).getAsString() : otherwise;
  }

  private static JsonArray list(JsonObject object, String name) {
    return object.has(name) ? object.getAsJsonArray(name) : new JsonArray();
  }

  private static JsonObject object(JsonObject object, String name) {
    return object.has(name) ? object.getAsJsonObject(name) : new JsonObject();
  }
}
