package io.referrald.v1;

import static io.grpc.MethodDescriptor.generateFullMethodName;

/**
 * <pre>
 * What happened, what follows from it, and why.
 * </pre>
 */
@io.grpc.stub.annotations.GrpcGenerated
public final class QualificationServiceGrpc {

  private QualificationServiceGrpc() {}

  public static final java.lang.String SERVICE_NAME = "referrald.v1.QualificationService";

  // Static method descriptors that strictly reflect the proto.
  private static volatile io.grpc.MethodDescriptor<io.referrald.v1.RecordFactsRequest,
      io.referrald.v1.RecordFactsResponse> getRecordFactsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "RecordFacts",
      requestType = io.referrald.v1.RecordFactsRequest.class,
      responseType = io.referrald.v1.RecordFactsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.referrald.v1.RecordFactsRequest,
      io.referrald.v1.RecordFactsResponse> getRecordFactsMethod() {
    io.grpc.MethodDescriptor<io.referrald.v1.RecordFactsRequest, io.referrald.v1.RecordFactsResponse> getRecordFactsMethod;
    if ((getRecordFactsMethod = QualificationServiceGrpc.getRecordFactsMethod) == null) {
      synchronized (QualificationServiceGrpc.class) {
        if ((getRecordFactsMethod = QualificationServiceGrpc.getRecordFactsMethod) == null) {
          QualificationServiceGrpc.getRecordFactsMethod = getRecordFactsMethod =
              io.grpc.MethodDescriptor.<io.referrald.v1.RecordFactsRequest, io.referrald.v1.RecordFactsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "RecordFacts"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.referrald.v1.RecordFactsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.referrald.v1.RecordFactsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new QualificationServiceMethodDescriptorSupplier("RecordFacts"))
              .build();
        }
      }
    }
    return getRecordFactsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.referrald.v1.ExplainQualificationRequest,
      io.referrald.v1.ExplainQualificationResponse> getExplainQualificationMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ExplainQualification",
      requestType = io.referrald.v1.ExplainQualificationRequest.class,
      responseType = io.referrald.v1.ExplainQualificationResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.referrald.v1.ExplainQualificationRequest,
      io.referrald.v1.ExplainQualificationResponse> getExplainQualificationMethod() {
    io.grpc.MethodDescriptor<io.referrald.v1.ExplainQualificationRequest, io.referrald.v1.ExplainQualificationResponse> getExplainQualificationMethod;
    if ((getExplainQualificationMethod = QualificationServiceGrpc.getExplainQualificationMethod) == null) {
      synchronized (QualificationServiceGrpc.class) {
        if ((getExplainQualificationMethod = QualificationServiceGrpc.getExplainQualificationMethod) == null) {
          QualificationServiceGrpc.getExplainQualificationMethod = getExplainQualificationMethod =
              io.grpc.MethodDescriptor.<io.referrald.v1.ExplainQualificationRequest, io.referrald.v1.ExplainQualificationResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ExplainQualification"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.referrald.v1.ExplainQualificationRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.referrald.v1.ExplainQualificationResponse.getDefaultInstance()))
              .setSchemaDescriptor(new QualificationServiceMethodDescriptorSupplier("ExplainQualification"))
              .build();
        }
      }
    }
    return getExplainQualificationMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.referrald.v1.ExplainEventRequest,
      io.referrald.v1.ExplainEventResponse> getExplainEventMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ExplainEvent",
      requestType = io.referrald.v1.ExplainEventRequest.class,
      responseType = io.referrald.v1.ExplainEventResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.referrald.v1.ExplainEventRequest,
      io.referrald.v1.ExplainEventResponse> getExplainEventMethod() {
    io.grpc.MethodDescriptor<io.referrald.v1.ExplainEventRequest, io.referrald.v1.ExplainEventResponse> getExplainEventMethod;
    if ((getExplainEventMethod = QualificationServiceGrpc.getExplainEventMethod) == null) {
      synchronized (QualificationServiceGrpc.class) {
        if ((getExplainEventMethod = QualificationServiceGrpc.getExplainEventMethod) == null) {
          QualificationServiceGrpc.getExplainEventMethod = getExplainEventMethod =
              io.grpc.MethodDescriptor.<io.referrald.v1.ExplainEventRequest, io.referrald.v1.ExplainEventResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ExplainEvent"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.referrald.v1.ExplainEventRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.referrald.v1.ExplainEventResponse.getDefaultInstance()))
              .setSchemaDescriptor(new QualificationServiceMethodDescriptorSupplier("ExplainEvent"))
              .build();
        }
      }
    }
    return getExplainEventMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.referrald.v1.QualifyReferralRequest,
      io.referrald.v1.QualifyReferralResponse> getQualifyReferralMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "QualifyReferral",
      requestType = io.referrald.v1.QualifyReferralRequest.class,
      responseType = io.referrald.v1.QualifyReferralResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.referrald.v1.QualifyReferralRequest,
      io.referrald.v1.QualifyReferralResponse> getQualifyReferralMethod() {
    io.grpc.MethodDescriptor<io.referrald.v1.QualifyReferralRequest, io.referrald.v1.QualifyReferralResponse> getQualifyReferralMethod;
    if ((getQualifyReferralMethod = QualificationServiceGrpc.getQualifyReferralMethod) == null) {
      synchronized (QualificationServiceGrpc.class) {
        if ((getQualifyReferralMethod = QualificationServiceGrpc.getQualifyReferralMethod) == null) {
          QualificationServiceGrpc.getQualifyReferralMethod = getQualifyReferralMethod =
              io.grpc.MethodDescriptor.<io.referrald.v1.QualifyReferralRequest, io.referrald.v1.QualifyReferralResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "QualifyReferral"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.referrald.v1.QualifyReferralRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.referrald.v1.QualifyReferralResponse.getDefaultInstance()))
              .setSchemaDescriptor(new QualificationServiceMethodDescriptorSupplier("QualifyReferral"))
              .build();
        }
      }
    }
    return getQualifyReferralMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.referrald.v1.DisqualifyReferralRequest,
      io.referrald.v1.DisqualifyReferralResponse> getDisqualifyReferralMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "DisqualifyReferral",
      requestType = io.referrald.v1.DisqualifyReferralRequest.class,
      responseType = io.referrald.v1.DisqualifyReferralResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.referrald.v1.DisqualifyReferralRequest,
      io.referrald.v1.DisqualifyReferralResponse> getDisqualifyReferralMethod() {
    io.grpc.MethodDescriptor<io.referrald.v1.DisqualifyReferralRequest, io.referrald.v1.DisqualifyReferralResponse> getDisqualifyReferralMethod;
    if ((getDisqualifyReferralMethod = QualificationServiceGrpc.getDisqualifyReferralMethod) == null) {
      synchronized (QualificationServiceGrpc.class) {
        if ((getDisqualifyReferralMethod = QualificationServiceGrpc.getDisqualifyReferralMethod) == null) {
          QualificationServiceGrpc.getDisqualifyReferralMethod = getDisqualifyReferralMethod =
              io.grpc.MethodDescriptor.<io.referrald.v1.DisqualifyReferralRequest, io.referrald.v1.DisqualifyReferralResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "DisqualifyReferral"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.referrald.v1.DisqualifyReferralRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.referrald.v1.DisqualifyReferralResponse.getDefaultInstance()))
              .setSchemaDescriptor(new QualificationServiceMethodDescriptorSupplier("DisqualifyReferral"))
              .build();
        }
      }
    }
    return getDisqualifyReferralMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.referrald.v1.ClearOverrideRequest,
      io.referrald.v1.ClearOverrideResponse> getClearOverrideMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ClearOverride",
      requestType = io.referrald.v1.ClearOverrideRequest.class,
      responseType = io.referrald.v1.ClearOverrideResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.referrald.v1.ClearOverrideRequest,
      io.referrald.v1.ClearOverrideResponse> getClearOverrideMethod() {
    io.grpc.MethodDescriptor<io.referrald.v1.ClearOverrideRequest, io.referrald.v1.ClearOverrideResponse> getClearOverrideMethod;
    if ((getClearOverrideMethod = QualificationServiceGrpc.getClearOverrideMethod) == null) {
      synchronized (QualificationServiceGrpc.class) {
        if ((getClearOverrideMethod = QualificationServiceGrpc.getClearOverrideMethod) == null) {
          QualificationServiceGrpc.getClearOverrideMethod = getClearOverrideMethod =
              io.grpc.MethodDescriptor.<io.referrald.v1.ClearOverrideRequest, io.referrald.v1.ClearOverrideResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ClearOverride"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.referrald.v1.ClearOverrideRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.referrald.v1.ClearOverrideResponse.getDefaultInstance()))
              .setSchemaDescriptor(new QualificationServiceMethodDescriptorSupplier("ClearOverride"))
              .build();
        }
      }
    }
    return getClearOverrideMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.referrald.v1.WatchEventsRequest,
      io.referrald.v1.WatchEventsResponse> getWatchEventsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "WatchEvents",
      requestType = io.referrald.v1.WatchEventsRequest.class,
      responseType = io.referrald.v1.WatchEventsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
  public static io.grpc.MethodDescriptor<io.referrald.v1.WatchEventsRequest,
      io.referrald.v1.WatchEventsResponse> getWatchEventsMethod() {
    io.grpc.MethodDescriptor<io.referrald.v1.WatchEventsRequest, io.referrald.v1.WatchEventsResponse> getWatchEventsMethod;
    if ((getWatchEventsMethod = QualificationServiceGrpc.getWatchEventsMethod) == null) {
      synchronized (QualificationServiceGrpc.class) {
        if ((getWatchEventsMethod = QualificationServiceGrpc.getWatchEventsMethod) == null) {
          QualificationServiceGrpc.getWatchEventsMethod = getWatchEventsMethod =
              io.grpc.MethodDescriptor.<io.referrald.v1.WatchEventsRequest, io.referrald.v1.WatchEventsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "WatchEvents"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.referrald.v1.WatchEventsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.referrald.v1.WatchEventsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new QualificationServiceMethodDescriptorSupplier("WatchEvents"))
              .build();
        }
      }
    }
    return getWatchEventsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.referrald.v1.ReconcileRequest,
      io.referrald.v1.ReconcileResponse> getReconcileMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "Reconcile",
      requestType = io.referrald.v1.ReconcileRequest.class,
      responseType = io.referrald.v1.ReconcileResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
  public static io.grpc.MethodDescriptor<io.referrald.v1.ReconcileRequest,
      io.referrald.v1.ReconcileResponse> getReconcileMethod() {
    io.grpc.MethodDescriptor<io.referrald.v1.ReconcileRequest, io.referrald.v1.ReconcileResponse> getReconcileMethod;
    if ((getReconcileMethod = QualificationServiceGrpc.getReconcileMethod) == null) {
      synchronized (QualificationServiceGrpc.class) {
        if ((getReconcileMethod = QualificationServiceGrpc.getReconcileMethod) == null) {
          QualificationServiceGrpc.getReconcileMethod = getReconcileMethod =
              io.grpc.MethodDescriptor.<io.referrald.v1.ReconcileRequest, io.referrald.v1.ReconcileResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "Reconcile"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.referrald.v1.ReconcileRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.referrald.v1.ReconcileResponse.getDefaultInstance()))
              .setSchemaDescriptor(new QualificationServiceMethodDescriptorSupplier("Reconcile"))
              .build();
        }
      }
    }
    return getReconcileMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.referrald.v1.GetReconciliationRequest,
      io.referrald.v1.GetReconciliationResponse> getGetReconciliationMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetReconciliation",
      requestType = io.referrald.v1.GetReconciliationRequest.class,
      responseType = io.referrald.v1.GetReconciliationResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.referrald.v1.GetReconciliationRequest,
      io.referrald.v1.GetReconciliationResponse> getGetReconciliationMethod() {
    io.grpc.MethodDescriptor<io.referrald.v1.GetReconciliationRequest, io.referrald.v1.GetReconciliationResponse> getGetReconciliationMethod;
    if ((getGetReconciliationMethod = QualificationServiceGrpc.getGetReconciliationMethod) == null) {
      synchronized (QualificationServiceGrpc.class) {
        if ((getGetReconciliationMethod = QualificationServiceGrpc.getGetReconciliationMethod) == null) {
          QualificationServiceGrpc.getGetReconciliationMethod = getGetReconciliationMethod =
              io.grpc.MethodDescriptor.<io.referrald.v1.GetReconciliationRequest, io.referrald.v1.GetReconciliationResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetReconciliation"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.referrald.v1.GetReconciliationRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.referrald.v1.GetReconciliationResponse.getDefaultInstance()))
              .setSchemaDescriptor(new QualificationServiceMethodDescriptorSupplier("GetReconciliation"))
              .build();
        }
      }
    }
    return getGetReconciliationMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.referrald.v1.ListAuditLogRequest,
      io.referrald.v1.ListAuditLogResponse> getListAuditLogMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListAuditLog",
      requestType = io.referrald.v1.ListAuditLogRequest.class,
      responseType = io.referrald.v1.ListAuditLogResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.referrald.v1.ListAuditLogRequest,
      io.referrald.v1.ListAuditLogResponse> getListAuditLogMethod() {
    io.grpc.MethodDescriptor<io.referrald.v1.ListAuditLogRequest, io.referrald.v1.ListAuditLogResponse> getListAuditLogMethod;
    if ((getListAuditLogMethod = QualificationServiceGrpc.getListAuditLogMethod) == null) {
      synchronized (QualificationServiceGrpc.class) {
        if ((getListAuditLogMethod = QualificationServiceGrpc.getListAuditLogMethod) == null) {
          QualificationServiceGrpc.getListAuditLogMethod = getListAuditLogMethod =
              io.grpc.MethodDescriptor.<io.referrald.v1.ListAuditLogRequest, io.referrald.v1.ListAuditLogResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListAuditLog"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.referrald.v1.ListAuditLogRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.referrald.v1.ListAuditLogResponse.getDefaultInstance()))
              .setSchemaDescriptor(new QualificationServiceMethodDescriptorSupplier("ListAuditLog"))
              .build();
        }
      }
    }
    return getListAuditLogMethod;
  }

  /**
   * Creates a new async stub that supports all call types for the service
   */
  public static QualificationServiceStub newStub(io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<QualificationServiceStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<QualificationServiceStub>() {
        @java.lang.Override
        public QualificationServiceStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new QualificationServiceStub(channel, callOptions);
        }
      };
    return QualificationServiceStub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports all types of calls on the service
   */
  public static QualificationServiceBlockingV2Stub newBlockingV2Stub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<QualificationServiceBlockingV2Stub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<QualificationServiceBlockingV2Stub>() {
        @java.lang.Override
        public QualificationServiceBlockingV2Stub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new QualificationServiceBlockingV2Stub(channel, callOptions);
        }
      };
    return QualificationServiceBlockingV2Stub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports unary and streaming output calls on the service
   */
  public static QualificationServiceBlockingStub newBlockingStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<QualificationServiceBlockingStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<QualificationServiceBlockingStub>() {
        @java.lang.Override
        public QualificationServiceBlockingStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new QualificationServiceBlockingStub(channel, callOptions);
        }
      };
    return QualificationServiceBlockingStub.newStub(factory, channel);
  }

  /**
   * Creates a new ListenableFuture-style stub that supports unary calls on the service
   */
  public static QualificationServiceFutureStub newFutureStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<QualificationServiceFutureStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<QualificationServiceFutureStub>() {
        @java.lang.Override
        public QualificationServiceFutureStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new QualificationServiceFutureStub(channel, callOptions);
        }
      };
    return QualificationServiceFutureStub.newStub(factory, channel);
  }

  /**
   * <pre>
   * What happened, what follows from it, and why.
   * </pre>
   */
  public interface AsyncService {

    /**
     * <pre>
     * Records what a payment source says happened, and decides every referral that it touches, in one transaction: the
     * answer comes after the commit. Deliveries may be repeated and come in any order. Scope `ingest`.
     * Refuses: INVALID_FIELDS, NOT_FOUND for an account that is not there, OVERLOADED, STORE_UNAVAILABLE.
     * </pre>
     */
    default void recordFacts(io.referrald.v1.RecordFactsRequest request,
        io.grpc.stub.StreamObserver<io.referrald.v1.RecordFactsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getRecordFactsMethod(), responseObserver);
    }

    /**
     * <pre>
     * Explains where a referral stands: every payment it has a claim on, what each counts or why not, and what is
     * missing. Computed now from the facts on record; changes nothing. Scope `read`.
     * Refuses: INVALID_FIELDS, NOT_FOUND.
     * </pre>
     */
    default void explainQualification(io.referrald.v1.ExplainQualificationRequest request,
        io.grpc.stub.StreamObserver<io.referrald.v1.ExplainQualificationResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getExplainQualificationMethod(), responseObserver);
    }

    /**
     * <pre>
     * Explains what an event of the payment source did: when and how it came, what was read from it, what it changed, and
     * whom that concerns now with the reason why a payment counts nothing. That it never came is an answer too, with what
     * to look at. Changes nothing. Scope `read`.
     * Refuses: INVALID_FIELDS, NOT_FOUND for an account that is not there.
     * </pre>
     */
    default void explainEvent(io.referrald.v1.ExplainEventRequest request,
        io.grpc.stub.StreamObserver<io.referrald.v1.ExplainEventResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getExplainEventMethod(), responseObserver);
    }

    /**
     * <pre>
     * Qualifies a referral by hand; it beats the rule until cleared. Scope `write`.
     * Refuses: INVALID_FIELDS, NOT_FOUND, ETAG_MISMATCH, PERSON_ERASED.
     * </pre>
     */
    default void qualifyReferral(io.referrald.v1.QualifyReferralRequest request,
        io.grpc.stub.StreamObserver<io.referrald.v1.QualifyReferralResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getQualifyReferralMethod(), responseObserver);
    }

    /**
     * <pre>
     * Disqualifies a referral by hand; it beats the rule until cleared. Scope `write`.
     * Refuses: INVALID_FIELDS, NOT_FOUND, ETAG_MISMATCH, PERSON_ERASED.
     * </pre>
     */
    default void disqualifyReferral(io.referrald.v1.DisqualifyReferralRequest request,
        io.grpc.stub.StreamObserver<io.referrald.v1.DisqualifyReferralResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getDisqualifyReferralMethod(), responseObserver);
    }

    /**
     * <pre>
     * Clears what was decided by hand: the rule decides again. Scope `write`.
     * Refuses: INVALID_FIELDS, NOT_FOUND, ETAG_MISMATCH, NO_OVERRIDE, PERSON_ERASED.
     * </pre>
     */
    default void clearOverride(io.referrald.v1.ClearOverrideRequest request,
        io.grpc.stub.StreamObserver<io.referrald.v1.ClearOverrideResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getClearOverrideMethod(), responseObserver);
    }

    /**
     * <pre>
     * Streams the events of an account and mode, in order and each at least once: those after the cursor first, then each
     * new one as it happens, until the caller ends it. The first answer comes at once. Whatever ends the stream, call again
     * with the last cursor that came: nothing is lost. Scope `read`.
     * Refuses: INVALID_FIELDS, NOT_FOUND, CURSOR_AHEAD, CURSOR_EXPIRED, OVERLOADED. A running stream ends with SHUTTING_DOWN
     * when the server does, with KEY_INVALID within seconds of the end of the key, with CURSOR_EXPIRED where the reader is
     * so slow that its place in the log is no longer kept, and with STORE_UNAVAILABLE.
     * </pre>
     */
    default void watchEvents(io.referrald.v1.WatchEventsRequest request,
        io.grpc.stub.StreamObserver<io.referrald.v1.WatchEventsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getWatchEventsMethod(), responseObserver);
    }

    /**
     * <pre>
     * Compares a ledger with Stripe's own list of events, which goes back 30 days, and records what did not reach us, by
     * the same road as a webhook. Streams how far it has come after each page of a hundred; the last answer is finished.
     * Where the caller goes away, or Stripe stays away, it is broken off, and the next call goes on there. The service does
     * the same by itself, once a day (`--reconcile-every-hours`). Scope `write`.
     * Refuses: INVALID_FIELDS, NOT_FOUND for an account that is not there, STRIPE_KEY_REQUIRED, RECONCILIATION_RUNS;
     * later in the stream STRIPE_REFUSED, STRIPE_UNAVAILABLE, STORE_UNAVAILABLE, SHUTTING_DOWN.
     * </pre>
     */
    default void reconcile(io.referrald.v1.ReconcileRequest request,
        io.grpc.stub.StreamObserver<io.referrald.v1.ReconcileResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getReconcileMethod(), responseObserver);
    }

    /**
     * <pre>
     * Reads how far the newest run of Reconcile has come, by whomever it was begun. Scope `read`.
     * Refuses: INVALID_FIELDS, NOT_FOUND where there was none.
     * </pre>
     */
    default void getReconciliation(io.referrald.v1.GetReconciliationRequest request,
        io.grpc.stub.StreamObserver<io.referrald.v1.GetReconciliationResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetReconciliationMethod(), responseObserver);
    }

    /**
     * <pre>
     * Lists who changed what, the oldest first: a line for each call that changed something, written with the change
     * itself, and kept for good. Not RecordFacts: what deliveries changed is told by their events. A key that is bound to an
     * account sees that account's lines only. Scope `admin`.
     * Refuses: INVALID_FIELDS, INVALID_PAGE_TOKEN.
     * </pre>
     */
    default void listAuditLog(io.referrald.v1.ListAuditLogRequest request,
        io.grpc.stub.StreamObserver<io.referrald.v1.ListAuditLogResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListAuditLogMethod(), responseObserver);
    }
  }

  /**
   * Base class for the server implementation of the service QualificationService.
   * <pre>
   * What happened, what follows from it, and why.
   * </pre>
   */
  public static abstract class QualificationServiceImplBase
      implements io.grpc.BindableService, AsyncService {

    @java.lang.Override public final io.grpc.ServerServiceDefinition bindService() {
      return QualificationServiceGrpc.bindService(this);
    }
  }

  /**
   * A stub to allow clients to do asynchronous rpc calls to service QualificationService.
   * <pre>
   * What happened, what follows from it, and why.
   * </pre>
   */
  public static final class QualificationServiceStub
      extends io.grpc.stub.AbstractAsyncStub<QualificationServiceStub> {
    private QualificationServiceStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected QualificationServiceStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new QualificationServiceStub(channel, callOptions);
    }

    /**
     * <pre>
     * Records what a payment source says happened, and decides every referral that it touches, in one transaction: the
     * answer comes after the commit. Deliveries may be repeated and come in any order. Scope `ingest`.
     * Refuses: INVALID_FIELDS, NOT_FOUND for an account that is not there, OVERLOADED, STORE_UNAVAILABLE.
     * </pre>
     */
    public void recordFacts(io.referrald.v1.RecordFactsRequest request,
        io.grpc.stub.StreamObserver<io.referrald.v1.RecordFactsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getRecordFactsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Explains where a referral stands: every payment it has a claim on, what each counts or why not, and what is
     * missing. Computed now from the facts on record; changes nothing. Scope `read`.
     * Refuses: INVALID_FIELDS, NOT_FOUND.
     * </pre>
     */
    public void explainQualification(io.referrald.v1.ExplainQualificationRequest request,
        io.grpc.stub.StreamObserver<io.referrald.v1.ExplainQualificationResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getExplainQualificationMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Explains what an event of the payment source did: when and how it came, what was read from it, what it changed, and
     * whom that concerns now with the reason why a payment counts nothing. That it never came is an answer too, with what
     * to look at. Changes nothing. Scope `read`.
     * Refuses: INVALID_FIELDS, NOT_FOUND for an account that is not there.
     * </pre>
     */
    public void explainEvent(io.referrald.v1.ExplainEventRequest request,
        io.grpc.stub.StreamObserver<io.referrald.v1.ExplainEventResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getExplainEventMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Qualifies a referral by hand; it beats the rule until cleared. Scope `write`.
     * Refuses: INVALID_FIELDS, NOT_FOUND, ETAG_MISMATCH, PERSON_ERASED.
     * </pre>
     */
    public void qualifyReferral(io.referrald.v1.QualifyReferralRequest request,
        io.grpc.stub.StreamObserver<io.referrald.v1.QualifyReferralResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getQualifyReferralMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Disqualifies a referral by hand; it beats the rule until cleared. Scope `write`.
     * Refuses: INVALID_FIELDS, NOT_FOUND, ETAG_MISMATCH, PERSON_ERASED.
     * </pre>
     */
    public void disqualifyReferral(io.referrald.v1.DisqualifyReferralRequest request,
        io.grpc.stub.StreamObserver<io.referrald.v1.DisqualifyReferralResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getDisqualifyReferralMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Clears what was decided by hand: the rule decides again. Scope `write`.
     * Refuses: INVALID_FIELDS, NOT_FOUND, ETAG_MISMATCH, NO_OVERRIDE, PERSON_ERASED.
     * </pre>
     */
    public void clearOverride(io.referrald.v1.ClearOverrideRequest request,
        io.grpc.stub.StreamObserver<io.referrald.v1.ClearOverrideResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getClearOverrideMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Streams the events of an account and mode, in order and each at least once: those after the cursor first, then each
     * new one as it happens, until the caller ends it. The first answer comes at once. Whatever ends the stream, call again
     * with the last cursor that came: nothing is lost. Scope `read`.
     * Refuses: INVALID_FIELDS, NOT_FOUND, CURSOR_AHEAD, CURSOR_EXPIRED, OVERLOADED. A running stream ends with SHUTTING_DOWN
     * when the server does, with KEY_INVALID within seconds of the end of the key, with CURSOR_EXPIRED where the reader is
     * so slow that its place in the log is no longer kept, and with STORE_UNAVAILABLE.
     * </pre>
     */
    public void watchEvents(io.referrald.v1.WatchEventsRequest request,
        io.grpc.stub.StreamObserver<io.referrald.v1.WatchEventsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncServerStreamingCall(
          getChannel().newCall(getWatchEventsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Compares a ledger with Stripe's own list of events, which goes back 30 days, and records what did not reach us, by
     * the same road as a webhook. Streams how far it has come after each page of a hundred; the last answer is finished.
     * Where the caller goes away, or Stripe stays away, it is broken off, and the next call goes on there. The service does
     * the same by itself, once a day (`--reconcile-every-hours`). Scope `write`.
     * Refuses: INVALID_FIELDS, NOT_FOUND for an account that is not there, STRIPE_KEY_REQUIRED, RECONCILIATION_RUNS;
     * later in the stream STRIPE_REFUSED, STRIPE_UNAVAILABLE, STORE_UNAVAILABLE, SHUTTING_DOWN.
     * </pre>
     */
    public void reconcile(io.referrald.v1.ReconcileRequest request,
        io.grpc.stub.StreamObserver<io.referrald.v1.ReconcileResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncServerStreamingCall(
          getChannel().newCall(getReconcileMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Reads how far the newest run of Reconcile has come, by whomever it was begun. Scope `read`.
     * Refuses: INVALID_FIELDS, NOT_FOUND where there was none.
     * </pre>
     */
    public void getReconciliation(io.referrald.v1.GetReconciliationRequest request,
        io.grpc.stub.StreamObserver<io.referrald.v1.GetReconciliationResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetReconciliationMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Lists who changed what, the oldest first: a line for each call that changed something, written with the change
     * itself, and kept for good. Not RecordFacts: what deliveries changed is told by their events. A key that is bound to an
     * account sees that account's lines only. Scope `admin`.
     * Refuses: INVALID_FIELDS, INVALID_PAGE_TOKEN.
     * </pre>
     */
    public void listAuditLog(io.referrald.v1.ListAuditLogRequest request,
        io.grpc.stub.StreamObserver<io.referrald.v1.ListAuditLogResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListAuditLogMethod(), getCallOptions()), request, responseObserver);
    }
  }

  /**
   * A stub to allow clients to do synchronous rpc calls to service QualificationService.
   * <pre>
   * What happened, what follows from it, and why.
   * </pre>
   */
  public static final class QualificationServiceBlockingV2Stub
      extends io.grpc.stub.AbstractBlockingStub<QualificationServiceBlockingV2Stub> {
    private QualificationServiceBlockingV2Stub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected QualificationServiceBlockingV2Stub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new QualificationServiceBlockingV2Stub(channel, callOptions);
    }

    /**
     * <pre>
     * Records what a payment source says happened, and decides every referral that it touches, in one transaction: the
     * answer comes after the commit. Deliveries may be repeated and come in any order. Scope `ingest`.
     * Refuses: INVALID_FIELDS, NOT_FOUND for an account that is not there, OVERLOADED, STORE_UNAVAILABLE.
     * </pre>
     */
    public io.referrald.v1.RecordFactsResponse recordFacts(io.referrald.v1.RecordFactsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getRecordFactsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Explains where a referral stands: every payment it has a claim on, what each counts or why not, and what is
     * missing. Computed now from the facts on record; changes nothing. Scope `read`.
     * Refuses: INVALID_FIELDS, NOT_FOUND.
     * </pre>
     */
    public io.referrald.v1.ExplainQualificationResponse explainQualification(io.referrald.v1.ExplainQualificationRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getExplainQualificationMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Explains what an event of the payment source did: when and how it came, what was read from it, what it changed, and
     * whom that concerns now with the reason why a payment counts nothing. That it never came is an answer too, with what
     * to look at. Changes nothing. Scope `read`.
     * Refuses: INVALID_FIELDS, NOT_FOUND for an account that is not there.
     * </pre>
     */
    public io.referrald.v1.ExplainEventResponse explainEvent(io.referrald.v1.ExplainEventRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getExplainEventMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Qualifies a referral by hand; it beats the rule until cleared. Scope `write`.
     * Refuses: INVALID_FIELDS, NOT_FOUND, ETAG_MISMATCH, PERSON_ERASED.
     * </pre>
     */
    public io.referrald.v1.QualifyReferralResponse qualifyReferral(io.referrald.v1.QualifyReferralRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getQualifyReferralMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Disqualifies a referral by hand; it beats the rule until cleared. Scope `write`.
     * Refuses: INVALID_FIELDS, NOT_FOUND, ETAG_MISMATCH, PERSON_ERASED.
     * </pre>
     */
    public io.referrald.v1.DisqualifyReferralResponse disqualifyReferral(io.referrald.v1.DisqualifyReferralRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getDisqualifyReferralMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Clears what was decided by hand: the rule decides again. Scope `write`.
     * Refuses: INVALID_FIELDS, NOT_FOUND, ETAG_MISMATCH, NO_OVERRIDE, PERSON_ERASED.
     * </pre>
     */
    public io.referrald.v1.ClearOverrideResponse clearOverride(io.referrald.v1.ClearOverrideRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getClearOverrideMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Streams the events of an account and mode, in order and each at least once: those after the cursor first, then each
     * new one as it happens, until the caller ends it. The first answer comes at once. Whatever ends the stream, call again
     * with the last cursor that came: nothing is lost. Scope `read`.
     * Refuses: INVALID_FIELDS, NOT_FOUND, CURSOR_AHEAD, CURSOR_EXPIRED, OVERLOADED. A running stream ends with SHUTTING_DOWN
     * when the server does, with KEY_INVALID within seconds of the end of the key, with CURSOR_EXPIRED where the reader is
     * so slow that its place in the log is no longer kept, and with STORE_UNAVAILABLE.
     * </pre>
     */
    @io.grpc.ExperimentalApi("https://github.com/grpc/grpc-java/issues/10918")
    public io.grpc.stub.BlockingClientCall<?, io.referrald.v1.WatchEventsResponse>
        watchEvents(io.referrald.v1.WatchEventsRequest request) {
      return io.grpc.stub.ClientCalls.blockingV2ServerStreamingCall(
          getChannel(), getWatchEventsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Compares a ledger with Stripe's own list of events, which goes back 30 days, and records what did not reach us, by
     * the same road as a webhook. Streams how far it has come after each page of a hundred; the last answer is finished.
     * Where the caller goes away, or Stripe stays away, it is broken off, and the next call goes on there. The service does
     * the same by itself, once a day (`--reconcile-every-hours`). Scope `write`.
     * Refuses: INVALID_FIELDS, NOT_FOUND for an account that is not there, STRIPE_KEY_REQUIRED, RECONCILIATION_RUNS;
     * later in the stream STRIPE_REFUSED, STRIPE_UNAVAILABLE, STORE_UNAVAILABLE, SHUTTING_DOWN.
     * </pre>
     */
    @io.grpc.ExperimentalApi("https://github.com/grpc/grpc-java/issues/10918")
    public io.grpc.stub.BlockingClientCall<?, io.referrald.v1.ReconcileResponse>
        reconcile(io.referrald.v1.ReconcileRequest request) {
      return io.grpc.stub.ClientCalls.blockingV2ServerStreamingCall(
          getChannel(), getReconcileMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Reads how far the newest run of Reconcile has come, by whomever it was begun. Scope `read`.
     * Refuses: INVALID_FIELDS, NOT_FOUND where there was none.
     * </pre>
     */
    public io.referrald.v1.GetReconciliationResponse getReconciliation(io.referrald.v1.GetReconciliationRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetReconciliationMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists who changed what, the oldest first: a line for each call that changed something, written with the change
     * itself, and kept for good. Not RecordFacts: what deliveries changed is told by their events. A key that is bound to an
     * account sees that account's lines only. Scope `admin`.
     * Refuses: INVALID_FIELDS, INVALID_PAGE_TOKEN.
     * </pre>
     */
    public io.referrald.v1.ListAuditLogResponse listAuditLog(io.referrald.v1.ListAuditLogRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListAuditLogMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do limited synchronous rpc calls to service QualificationService.
   * <pre>
   * What happened, what follows from it, and why.
   * </pre>
   */
  public static final class QualificationServiceBlockingStub
      extends io.grpc.stub.AbstractBlockingStub<QualificationServiceBlockingStub> {
    private QualificationServiceBlockingStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected QualificationServiceBlockingStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new QualificationServiceBlockingStub(channel, callOptions);
    }

    /**
     * <pre>
     * Records what a payment source says happened, and decides every referral that it touches, in one transaction: the
     * answer comes after the commit. Deliveries may be repeated and come in any order. Scope `ingest`.
     * Refuses: INVALID_FIELDS, NOT_FOUND for an account that is not there, OVERLOADED, STORE_UNAVAILABLE.
     * </pre>
     */
    public io.referrald.v1.RecordFactsResponse recordFacts(io.referrald.v1.RecordFactsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getRecordFactsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Explains where a referral stands: every payment it has a claim on, what each counts or why not, and what is
     * missing. Computed now from the facts on record; changes nothing. Scope `read`.
     * Refuses: INVALID_FIELDS, NOT_FOUND.
     * </pre>
     */
    public io.referrald.v1.ExplainQualificationResponse explainQualification(io.referrald.v1.ExplainQualificationRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getExplainQualificationMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Explains what an event of the payment source did: when and how it came, what was read from it, what it changed, and
     * whom that concerns now with the reason why a payment counts nothing. That it never came is an answer too, with what
     * to look at. Changes nothing. Scope `read`.
     * Refuses: INVALID_FIELDS, NOT_FOUND for an account that is not there.
     * </pre>
     */
    public io.referrald.v1.ExplainEventResponse explainEvent(io.referrald.v1.ExplainEventRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getExplainEventMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Qualifies a referral by hand; it beats the rule until cleared. Scope `write`.
     * Refuses: INVALID_FIELDS, NOT_FOUND, ETAG_MISMATCH, PERSON_ERASED.
     * </pre>
     */
    public io.referrald.v1.QualifyReferralResponse qualifyReferral(io.referrald.v1.QualifyReferralRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getQualifyReferralMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Disqualifies a referral by hand; it beats the rule until cleared. Scope `write`.
     * Refuses: INVALID_FIELDS, NOT_FOUND, ETAG_MISMATCH, PERSON_ERASED.
     * </pre>
     */
    public io.referrald.v1.DisqualifyReferralResponse disqualifyReferral(io.referrald.v1.DisqualifyReferralRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getDisqualifyReferralMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Clears what was decided by hand: the rule decides again. Scope `write`.
     * Refuses: INVALID_FIELDS, NOT_FOUND, ETAG_MISMATCH, NO_OVERRIDE, PERSON_ERASED.
     * </pre>
     */
    public io.referrald.v1.ClearOverrideResponse clearOverride(io.referrald.v1.ClearOverrideRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getClearOverrideMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Streams the events of an account and mode, in order and each at least once: those after the cursor first, then each
     * new one as it happens, until the caller ends it. The first answer comes at once. Whatever ends the stream, call again
     * with the last cursor that came: nothing is lost. Scope `read`.
     * Refuses: INVALID_FIELDS, NOT_FOUND, CURSOR_AHEAD, CURSOR_EXPIRED, OVERLOADED. A running stream ends with SHUTTING_DOWN
     * when the server does, with KEY_INVALID within seconds of the end of the key, with CURSOR_EXPIRED where the reader is
     * so slow that its place in the log is no longer kept, and with STORE_UNAVAILABLE.
     * </pre>
     */
    public java.util.Iterator<io.referrald.v1.WatchEventsResponse> watchEvents(
        io.referrald.v1.WatchEventsRequest request) {
      return io.grpc.stub.ClientCalls.blockingServerStreamingCall(
          getChannel(), getWatchEventsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Compares a ledger with Stripe's own list of events, which goes back 30 days, and records what did not reach us, by
     * the same road as a webhook. Streams how far it has come after each page of a hundred; the last answer is finished.
     * Where the caller goes away, or Stripe stays away, it is broken off, and the next call goes on there. The service does
     * the same by itself, once a day (`--reconcile-every-hours`). Scope `write`.
     * Refuses: INVALID_FIELDS, NOT_FOUND for an account that is not there, STRIPE_KEY_REQUIRED, RECONCILIATION_RUNS;
     * later in the stream STRIPE_REFUSED, STRIPE_UNAVAILABLE, STORE_UNAVAILABLE, SHUTTING_DOWN.
     * </pre>
     */
    public java.util.Iterator<io.referrald.v1.ReconcileResponse> reconcile(
        io.referrald.v1.ReconcileRequest request) {
      return io.grpc.stub.ClientCalls.blockingServerStreamingCall(
          getChannel(), getReconcileMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Reads how far the newest run of Reconcile has come, by whomever it was begun. Scope `read`.
     * Refuses: INVALID_FIELDS, NOT_FOUND where there was none.
     * </pre>
     */
    public io.referrald.v1.GetReconciliationResponse getReconciliation(io.referrald.v1.GetReconciliationRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetReconciliationMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists who changed what, the oldest first: a line for each call that changed something, written with the change
     * itself, and kept for good. Not RecordFacts: what deliveries changed is told by their events. A key that is bound to an
     * account sees that account's lines only. Scope `admin`.
     * Refuses: INVALID_FIELDS, INVALID_PAGE_TOKEN.
     * </pre>
     */
    public io.referrald.v1.ListAuditLogResponse listAuditLog(io.referrald.v1.ListAuditLogRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListAuditLogMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do ListenableFuture-style rpc calls to service QualificationService.
   * <pre>
   * What happened, what follows from it, and why.
   * </pre>
   */
  public static final class QualificationServiceFutureStub
      extends io.grpc.stub.AbstractFutureStub<QualificationServiceFutureStub> {
    private QualificationServiceFutureStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected QualificationServiceFutureStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new QualificationServiceFutureStub(channel, callOptions);
    }

    /**
     * <pre>
     * Records what a payment source says happened, and decides every referral that it touches, in one transaction: the
     * answer comes after the commit. Deliveries may be repeated and come in any order. Scope `ingest`.
     * Refuses: INVALID_FIELDS, NOT_FOUND for an account that is not there, OVERLOADED, STORE_UNAVAILABLE.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.referrald.v1.RecordFactsResponse> recordFacts(
        io.referrald.v1.RecordFactsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getRecordFactsMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Explains where a referral stands: every payment it has a claim on, what each counts or why not, and what is
     * missing. Computed now from the facts on record; changes nothing. Scope `read`.
     * Refuses: INVALID_FIELDS, NOT_FOUND.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.referrald.v1.ExplainQualificationResponse> explainQualification(
        io.referrald.v1.ExplainQualificationRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getExplainQualificationMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Explains what an event of the payment source did: when and how it came, what was read from it, what it changed, and
     * whom that concerns now with the reason why a payment counts nothing. That it never came is an answer too, with what
     * to look at. Changes nothing. Scope `read`.
     * Refuses: INVALID_FIELDS, NOT_FOUND for an account that is not there.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.referrald.v1.ExplainEventResponse> explainEvent(
        io.referrald.v1.ExplainEventRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getExplainEventMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Qualifies a referral by hand; it beats the rule until cleared. Scope `write`.
     * Refuses: INVALID_FIELDS, NOT_FOUND, ETAG_MISMATCH, PERSON_ERASED.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.referrald.v1.QualifyReferralResponse> qualifyReferral(
        io.referrald.v1.QualifyReferralRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getQualifyReferralMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Disqualifies a referral by hand; it beats the rule until cleared. Scope `write`.
     * Refuses: INVALID_FIELDS, NOT_FOUND, ETAG_MISMATCH, PERSON_ERASED.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.referrald.v1.DisqualifyReferralResponse> disqualifyReferral(
        io.referrald.v1.DisqualifyReferralRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getDisqualifyReferralMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Clears what was decided by hand: the rule decides again. Scope `write`.
     * Refuses: INVALID_FIELDS, NOT_FOUND, ETAG_MISMATCH, NO_OVERRIDE, PERSON_ERASED.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.referrald.v1.ClearOverrideResponse> clearOverride(
        io.referrald.v1.ClearOverrideRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getClearOverrideMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Reads how far the newest run of Reconcile has come, by whomever it was begun. Scope `read`.
     * Refuses: INVALID_FIELDS, NOT_FOUND where there was none.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.referrald.v1.GetReconciliationResponse> getReconciliation(
        io.referrald.v1.GetReconciliationRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetReconciliationMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Lists who changed what, the oldest first: a line for each call that changed something, written with the change
     * itself, and kept for good. Not RecordFacts: what deliveries changed is told by their events. A key that is bound to an
     * account sees that account's lines only. Scope `admin`.
     * Refuses: INVALID_FIELDS, INVALID_PAGE_TOKEN.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.referrald.v1.ListAuditLogResponse> listAuditLog(
        io.referrald.v1.ListAuditLogRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListAuditLogMethod(), getCallOptions()), request);
    }
  }

  private static final int METHODID_RECORD_FACTS = 0;
  private static final int METHODID_EXPLAIN_QUALIFICATION = 1;
  private static final int METHODID_EXPLAIN_EVENT = 2;
  private static final int METHODID_QUALIFY_REFERRAL = 3;
  private static final int METHODID_DISQUALIFY_REFERRAL = 4;
  private static final int METHODID_CLEAR_OVERRIDE = 5;
  private static final int METHODID_WATCH_EVENTS = 6;
  private static final int METHODID_RECONCILE = 7;
  private static final int METHODID_GET_RECONCILIATION = 8;
  private static final int METHODID_LIST_AUDIT_LOG = 9;

  private static final class MethodHandlers<Req, Resp> implements
      io.grpc.stub.ServerCalls.UnaryMethod<Req, Resp>,
      io.grpc.stub.ServerCalls.ServerStreamingMethod<Req, Resp>,
      io.grpc.stub.ServerCalls.ClientStreamingMethod<Req, Resp>,
      io.grpc.stub.ServerCalls.BidiStreamingMethod<Req, Resp> {
    private final AsyncService serviceImpl;
    private final int methodId;

    MethodHandlers(AsyncService serviceImpl, int methodId) {
      this.serviceImpl = serviceImpl;
      this.methodId = methodId;
    }

    @java.lang.Override
    @java.lang.SuppressWarnings("unchecked")
    public void invoke(Req request, io.grpc.stub.StreamObserver<Resp> responseObserver) {
      switch (methodId) {
        case METHODID_RECORD_FACTS:
          serviceImpl.recordFacts((io.referrald.v1.RecordFactsRequest) request,
              (io.grpc.stub.StreamObserver<io.referrald.v1.RecordFactsResponse>) responseObserver);
          break;
        case METHODID_EXPLAIN_QUALIFICATION:
          serviceImpl.explainQualification((io.referrald.v1.ExplainQualificationRequest) request,
              (io.grpc.stub.StreamObserver<io.referrald.v1.ExplainQualificationResponse>) responseObserver);
          break;
        case METHODID_EXPLAIN_EVENT:
          serviceImpl.explainEvent((io.referrald.v1.ExplainEventRequest) request,
              (io.grpc.stub.StreamObserver<io.referrald.v1.ExplainEventResponse>) responseObserver);
          break;
        case METHODID_QUALIFY_REFERRAL:
          serviceImpl.qualifyReferral((io.referrald.v1.QualifyReferralRequest) request,
              (io.grpc.stub.StreamObserver<io.referrald.v1.QualifyReferralResponse>) responseObserver);
          break;
        case METHODID_DISQUALIFY_REFERRAL:
          serviceImpl.disqualifyReferral((io.referrald.v1.DisqualifyReferralRequest) request,
              (io.grpc.stub.StreamObserver<io.referrald.v1.DisqualifyReferralResponse>) responseObserver);
          break;
        case METHODID_CLEAR_OVERRIDE:
          serviceImpl.clearOverride((io.referrald.v1.ClearOverrideRequest) request,
              (io.grpc.stub.StreamObserver<io.referrald.v1.ClearOverrideResponse>) responseObserver);
          break;
        case METHODID_WATCH_EVENTS:
          serviceImpl.watchEvents((io.referrald.v1.WatchEventsRequest) request,
              (io.grpc.stub.StreamObserver<io.referrald.v1.WatchEventsResponse>) responseObserver);
          break;
        case METHODID_RECONCILE:
          serviceImpl.reconcile((io.referrald.v1.ReconcileRequest) request,
              (io.grpc.stub.StreamObserver<io.referrald.v1.ReconcileResponse>) responseObserver);
          break;
        case METHODID_GET_RECONCILIATION:
          serviceImpl.getReconciliation((io.referrald.v1.GetReconciliationRequest) request,
              (io.grpc.stub.StreamObserver<io.referrald.v1.GetReconciliationResponse>) responseObserver);
          break;
        case METHODID_LIST_AUDIT_LOG:
          serviceImpl.listAuditLog((io.referrald.v1.ListAuditLogRequest) request,
              (io.grpc.stub.StreamObserver<io.referrald.v1.ListAuditLogResponse>) responseObserver);
          break;
        default:
          throw new AssertionError();
      }
    }

    @java.lang.Override
    @java.lang.SuppressWarnings("unchecked")
    public io.grpc.stub.StreamObserver<Req> invoke(
        io.grpc.stub.StreamObserver<Resp> responseObserver) {
      switch (methodId) {
        default:
          throw new AssertionError();
      }
    }
  }

  public static final io.grpc.ServerServiceDefinition bindService(AsyncService service) {
    return io.grpc.ServerServiceDefinition.builder(getServiceDescriptor())
        .addMethod(
          getRecordFactsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.referrald.v1.RecordFactsRequest,
              io.referrald.v1.RecordFactsResponse>(
                service, METHODID_RECORD_FACTS)))
        .addMethod(
          getExplainQualificationMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.referrald.v1.ExplainQualificationRequest,
              io.referrald.v1.ExplainQualificationResponse>(
                service, METHODID_EXPLAIN_QUALIFICATION)))
        .addMethod(
          getExplainEventMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.referrald.v1.ExplainEventRequest,
              io.referrald.v1.ExplainEventResponse>(
                service, METHODID_EXPLAIN_EVENT)))
        .addMethod(
          getQualifyReferralMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.referrald.v1.QualifyReferralRequest,
              io.referrald.v1.QualifyReferralResponse>(
                service, METHODID_QUALIFY_REFERRAL)))
        .addMethod(
          getDisqualifyReferralMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.referrald.v1.DisqualifyReferralRequest,
              io.referrald.v1.DisqualifyReferralResponse>(
                service, METHODID_DISQUALIFY_REFERRAL)))
        .addMethod(
          getClearOverrideMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.referrald.v1.ClearOverrideRequest,
              io.referrald.v1.ClearOverrideResponse>(
                service, METHODID_CLEAR_OVERRIDE)))
        .addMethod(
          getWatchEventsMethod(),
          io.grpc.stub.ServerCalls.asyncServerStreamingCall(
            new MethodHandlers<
              io.referrald.v1.WatchEventsRequest,
              io.referrald.v1.WatchEventsResponse>(
                service, METHODID_WATCH_EVENTS)))
        .addMethod(
          getReconcileMethod(),
          io.grpc.stub.ServerCalls.asyncServerStreamingCall(
            new MethodHandlers<
              io.referrald.v1.ReconcileRequest,
              io.referrald.v1.ReconcileResponse>(
                service, METHODID_RECONCILE)))
        .addMethod(
          getGetReconciliationMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.referrald.v1.GetReconciliationRequest,
              io.referrald.v1.GetReconciliationResponse>(
                service, METHODID_GET_RECONCILIATION)))
        .addMethod(
          getListAuditLogMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.referrald.v1.ListAuditLogRequest,
              io.referrald.v1.ListAuditLogResponse>(
                service, METHODID_LIST_AUDIT_LOG)))
        .build();
  }

  private static abstract class QualificationServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoFileDescriptorSupplier, io.grpc.protobuf.ProtoServiceDescriptorSupplier {
    QualificationServiceBaseDescriptorSupplier() {}

    @java.lang.Override
    public com.google.protobuf.Descriptors.FileDescriptor getFileDescriptor() {
      return io.referrald.v1.QualificationServiceProto.getDescriptor();
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.ServiceDescriptor getServiceDescriptor() {
      return getFileDescriptor().findServiceByName("QualificationService");
    }
  }

  private static final class QualificationServiceFileDescriptorSupplier
      extends QualificationServiceBaseDescriptorSupplier {
    QualificationServiceFileDescriptorSupplier() {}
  }

  private static final class QualificationServiceMethodDescriptorSupplier
      extends QualificationServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoMethodDescriptorSupplier {
    private final java.lang.String methodName;

    QualificationServiceMethodDescriptorSupplier(java.lang.String methodName) {
      this.methodName = methodName;
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.MethodDescriptor getMethodDescriptor() {
      return getServiceDescriptor().findMethodByName(methodName);
    }
  }

  private static volatile io.grpc.ServiceDescriptor serviceDescriptor;

  public static io.grpc.ServiceDescriptor getServiceDescriptor() {
    io.grpc.ServiceDescriptor result = serviceDescriptor;
    if (result == null) {
      synchronized (QualificationServiceGrpc.class) {
        result = serviceDescriptor;
        if (result == null) {
          serviceDescriptor = result = io.grpc.ServiceDescriptor.newBuilder(SERVICE_NAME)
              .setSchemaDescriptor(new QualificationServiceFileDescriptorSupplier())
              .addMethod(getRecordFactsMethod())
              .addMethod(getExplainQualificationMethod())
              .addMethod(getExplainEventMethod())
              .addMethod(getQualifyReferralMethod())
              .addMethod(getDisqualifyReferralMethod())
              .addMethod(getClearOverrideMethod())
              .addMethod(getWatchEventsMethod())
              .addMethod(getReconcileMethod())
              .addMethod(getGetReconciliationMethod())
              .addMethod(getListAuditLogMethod())
              .build();
        }
      }
    }
    return result;
  }
}
