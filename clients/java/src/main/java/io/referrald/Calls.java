package io.referrald;

import com.google.protobuf.Message;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/** Puts the key and a deadline on each call, and a request id on what may have one, so that a retry is safe. */
record Calls(String key, Duration timeout) implements ClientInterceptor {
  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

  @Override
  public <Q, P> ClientCall<Q, P> interceptCall(MethodDescriptor<Q, P> method, CallOptions options, Channel next) {
    // A stream may last: no deadline but the caller's own.
    boolean timed = options.getDeadline() == null && method.getType() == MethodDescriptor.MethodType.UNARY;
    CallOptions limited = timed ? options.withDeadlineAfter(timeout.toNanos(), TimeUnit.NANOSECONDS) : options;
    return new SimpleForwardingClientCall<>(next.newCall(method, limited)) {
      @Override
      public void start(Listener<P> listener, Metadata headers) {
        if (!key.isEmpty()) {
          headers.put(AUTHORIZATION, "Bearer " + key);
        }
        super.start(listener, headers);
      }

      @Override
      public void sendMessage(Q message) {
        super.sendMessage(repeatable(message));
      }
    };
  }

  @SuppressWarnings("unchecked")
  private static <Q> Q repeatable(Q request) {
    if (!(request instanceof Message message)) {
      return request;
    }
    var id = message.getDescriptorForType().findFieldByName("request_id");
    if (id == null || !message.getField(id).equals("")) {
      return request;
    }
    return (Q) ReferraldClient.with(message, "request_id", UUID.randomUUID().toString());
  }
}
