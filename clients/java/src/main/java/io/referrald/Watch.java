package io.referrald;

import io.grpc.Context;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.referrald.v1.QualificationServiceGrpc.QualificationServiceBlockingStub;
import io.referrald.v1.WatchEventsRequest;
import io.referrald.v1.WatchEventsResponse;
import java.time.Duration;
import java.util.Collections;
import java.util.Iterator;
import java.util.NoSuchElementException;

/**
 * Events as they come, each with the cursor to keep once it is dealt with. One thread reads; any may close it, and the
 * reader then finds the end.
 */
public final class Watch implements Iterator<WatchEventsResponse>, AutoCloseable {
  private static final Duration FIRST_WAIT = Duration.ofMillis(250);
  private static final Duration LAST_WAIT = Duration.ofSeconds(5);

  private final QualificationServiceBlockingStub service;
  private final Context.CancellableContext open = Context.current().withCancellation();
  private WatchEventsRequest request;
  private Iterator<WatchEventsResponse> stream = Collections.emptyIterator();
  private Duration wait = Duration.ZERO;
  private WatchEventsResponse next;

  Watch(QualificationServiceBlockingStub service, WatchEventsRequest request) {
    this.service = service;
    this.request = request;
  }

  /**
   * Waits for the next event. A stream that ends or breaks is opened again behind the last one; what the service refuses
   * is thrown.
   *
   * @return true, until it is closed
   */
  @Override
  public boolean hasNext() {
    while (next == null && !open.isCancelled()) {
      try {
        if (stream.hasNext()) {
          take(stream.next());
        } else {
          reopen(Duration.ZERO);
        }
      } catch (StatusRuntimeException failure) {
        if (open.isCancelled()) {
          return false;
        }
        reopen(worthAnother(failure));
      }
    }
    return next != null;
  }

  /**
   * The next event; waits for it.
   *
   * @return an answer that has an event
   */
  @Override
  public WatchEventsResponse next() {
    if (!hasNext()) {
      throw new NoSuchElementException("the watch is closed");
    }
    var event = next;
    next = null;
    return event;
  }

  /** Ends the stream. */
  @Override
  public void close() {
    open.cancel(null);
  }

  /** Goes on behind an answer. One without an event says that the service is there. */
  private void take(WatchEventsResponse answer) {
    request = request.toBuilder().setCursor(answer.getCursor()).setOnlyNew(false).build();
    wait = FIRST_WAIT;
    next = answer.hasEvent() ? answer : null;
  }

  private void reopen(Duration told) {
    var until = told.compareTo(wait) > 0 ? told : wait;
    wait = wait.isZero() ? FIRST_WAIT : wait.multipliedBy(5).dividedBy(2);
    wait = wait.compareTo(LAST_WAIT) > 0 ? LAST_WAIT : wait;
    try {
      Thread.sleep(until.toMillis());
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw Status.CANCELLED.withCause(stopped).asRuntimeException();
    }
    Context former = open.attach();
    try {
      stream = service.watchEvents(request);
    } finally {
      open.detach(former);
    }
  }

  private static Duration worthAnother(StatusRuntimeException failure) {
    return switch (failure.getStatus().getCode()) {
      case UNAVAILABLE, RESOURCE_EXHAUSTED -> ReferraldError.of(failure).retryAfter().orElse(Duration.ZERO);
      default -> throw failure;
    };
  }
}
