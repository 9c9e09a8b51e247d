package io.referrald;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import io.grpc.Status;
import io.grpc.protobuf.StatusProto;
import io.referrald.v1.ErrorReason;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Why a call was refused, read from what a stub throws or a future fails with.
 *
 * @param code the gRPC code
 * @param reason the service's reason; unspecified where the service itself did not answer, unrecognized where a newer one did
 * @param message the message, for people; its words may change
 * @param metadata every variable of the message
 * @param violations the fields that are wrong, all at once
 * @param retryAfter after how long the call may go through
 */
public record ReferraldError(
    Status.Code code,
    ErrorReason reason,
    String message,
    Map<String, String> metadata,
    List<Violation> violations,
    Optional<Duration> retryAfter) {

  /**
   * A field that is wrong, and what is wrong with it.
   *
   * @param field the field
   * @param description what is wrong with it
   */
  public record Violation(String field, String description) {}

  /**
   * Reads an error.
   *
   * @param thrown a {@code StatusRuntimeException} or {@code StatusException}, or what has one as its cause
   * @return what the service says about it
   */
  public static ReferraldError of(Throwable thrown) {
    Status status = Status.fromThrowable(thrown);
    com.google.rpc.Status details = StatusProto.fromThrowable(thrown);
    List<Any> all = details == null ? List.of() : details.getDetailsList();
    ErrorInfo info = find(all, ErrorInfo.getDefaultInstance()).orElse(ErrorInfo.getDefaultInstance());
    BadRequest wrong = find(all, BadRequest.getDefaultInstance()).orElse(BadRequest.getDefaultInstance());
    return new ReferraldError(
        status.getCode(),
        reason(info.getReason()),
        status.getDescription() == null ? "" : status.getDescription(),
        Map.copyOf(info.getMetadataMap()),
        wrong.getFieldViolationsList().stream().map(v -> new Violation(v.getField(), v.getDescription())).toList(),
        find(all, RetryInfo.getDefaultInstance()).map(RetryInfo::getRetryDelay).map(ReferraldError::duration));
  }

  private static <T extends Message> Optional<T> find(List<Any> details, T type) {
    @SuppressWarnings("unchecked")
    Class<T> wanted = (Class<T>) type.getClass();
    return details.stream().filter(detail -> detail.is(wanted)).findFirst().map(detail -> unpack(detail, wanted));
  }

  private static <T extends Message> T unpack(Any detail, Class<T> type) {
    try {
      return detail.unpack(type);
    } catch (InvalidProtocolBufferException broken) {
      throw new IllegalArgumentException("the details of the error cannot be read", broken);
    }
  }

  private static ErrorReason reason(String name) {
    if (name.isEmpty()) {
      return ErrorReason.ERROR_REASON_UNSPECIFIED;
    }
    var known = ErrorReason.getDescriptor().findValueByName("ERROR_REASON_" + name);
    return known == null ? ErrorReason.UNRECOGNIZED : ErrorReason.valueOf(known);
  }

  private static Duration duration(com.google.protobuf.Duration wait) {
    return Duration.ofSeconds(wait.getSeconds(), wait.getNanos());
  }
}
