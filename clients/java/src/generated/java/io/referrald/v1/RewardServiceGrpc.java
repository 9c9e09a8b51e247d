package io.referrald.v1;

import static io.grpc.MethodDescriptor.generateFullMethodName;

/**
 * <pre>
 * What people have earned. Rewards are made by decisions; here they are looked at, approved and called off.
 * </pre>
 */
@io.grpc.stub.annotations.GrpcGenerated
public final class RewardServiceGrpc {

  private RewardServiceGrpc() {}

  public static final java.lang.String SERVICE_NAME = "referrald.v1.RewardService";

  // Static method descriptors that strictly reflect the proto.
  private static volatile io.grpc.MethodDescriptor<io.referrald.v1.GetRewardRequest,
      io.referrald.v1.GetRewardResponse> getGetRewardMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetReward",
      requestType = io.referrald.v1.GetRewardRequest.class,
      responseType = io.referrald.v1.GetRewardResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.referrald.v1.GetRewardRequest,
      io.referrald.v1.GetRewardResponse> getGetRewardMethod() {
    io.grpc.MethodDescriptor<io.referrald.v1.GetRewardRequest, io.referrald.v1.GetRewardResponse> getGetRewardMethod;
    if ((getGetRewardMethod = RewardServiceGrpc.getGetRewardMethod) == null) {
      synchronized (RewardServiceGrpc.class) {
        if ((getGetRewardMethod = RewardServiceGrpc.getGetRewardMethod) == null) {
          RewardServiceGrpc.getGetRewardMethod = getGetRewardMethod =
              io.grpc.MethodDescriptor.<io.referrald.v1.GetRewardRequest, io.referrald.v1.GetRewardResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetReward"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.referrald.v1.GetRewardRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.referrald.v1.GetRewardResponse.getDefaultInstance()))
              .setSchemaDescriptor(new RewardServiceMethodDescriptorSupplier("GetReward"))
              .build();
        }
      }
    }
    return getGetRewardMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.referrald.v1.ListRewardsRequest,
      io.referrald.v1.ListRewardsResponse> getListRewardsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListRewards",
      requestType = io.referrald.v1.ListRewardsRequest.class,
      responseType = io.referrald.v1.ListRewardsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.referrald.v1.ListRewardsRequest,
      io.referrald.v1.ListRewardsResponse> getListRewardsMethod() {
    io.grpc.MethodDescriptor<io.referrald.v1.ListRewardsRequest, io.referrald.v1.ListRewardsResponse> getListRewardsMethod;
    if ((getListRewardsMethod = RewardServiceGrpc.getListRewardsMethod) == null) {
      synchronized (RewardServiceGrpc.class) {
        if ((getListRewardsMethod = RewardServiceGrpc.getListRewardsMethod) == null) {
          RewardServiceGrpc.getListRewardsMethod = getListRewardsMethod =
              io.grpc.MethodDescriptor.<io.referrald.v1.ListRewardsRequest, io.referrald.v1.ListRewardsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListRewards"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.referrald.v1.ListRewardsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.referrald.v1.ListRewardsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new RewardServiceMethodDescriptorSupplier("ListRewards"))
              .build();
        }
      }
    }
    return getListRewardsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.referrald.v1.ApproveRewardRequest,
      io.referrald.v1.ApproveRewardResponse> getApproveRewardMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ApproveReward",
      requestType = io.referrald.v1.ApproveRewardRequest.class,
      responseType = io.referrald.v1.ApproveRewardResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.referrald.v1.ApproveRewardRequest,
      io.referrald.v1.ApproveRewardResponse> getApproveRewardMethod() {
    io.grpc.MethodDescriptor<io.referrald.v1.ApproveRewardRequest, io.referrald.v1.ApproveRewardResponse> getApproveRewardMethod;
    if ((getApproveRewardMethod = RewardServiceGrpc.getApproveRewardMethod) == null) {
      synchronized (RewardServiceGrpc.class) {
        if ((getApproveRewardMethod = RewardServiceGrpc.getApproveRewardMethod) == null) {
          RewardServiceGrpc.getApproveRewardMethod = getApproveRewardMethod =
              io.grpc.MethodDescriptor.<io.referrald.v1.ApproveRewardRequest, io.referrald.v1.ApproveRewardResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ApproveReward"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.referrald.v1.ApproveRewardRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.referrald.v1.ApproveRewardResponse.getDefaultInstance()))
              .setSchemaDescriptor(new RewardServiceMethodDescriptorSupplier("ApproveReward"))
              .build();
        }
      }
    }
    return getApproveRewardMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.referrald.v1.CancelRewardRequest,
      io.referrald.v1.CancelRewardResponse> getCancelRewardMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "CancelReward",
      requestType = io.referrald.v1.CancelRewardRequest.class,
      responseType = io.referrald.v1.CancelRewardResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.referrald.v1.CancelRewardRequest,
      io.referrald.v1.CancelRewardResponse> getCancelRewardMethod() {
    io.grpc.MethodDescriptor<io.referrald.v1.CancelRewardRequest, io.referrald.v1.CancelRewardResponse> getCancelRewardMethod;
    if ((getCancelRewardMethod = RewardServiceGrpc.getCancelRewardMethod) == null) {
      synchronized (RewardServiceGrpc.class) {
        if ((getCancelRewardMethod = RewardServiceGrpc.getCancelRewardMethod) == null) {
          RewardServiceGrpc.getCancelRewardMethod = getCancelRewardMethod =
              io.grpc.MethodDescriptor.<io.referrald.v1.CancelRewardRequest, io.referrald.v1.CancelRewardResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "CancelReward"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.referrald.v1.CancelRewardRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.referrald.v1.CancelRewardResponse.getDefaultInstance()))
              .setSchemaDescriptor(new RewardServiceMethodDescriptorSupplier("CancelReward"))
              .build();
        }
      }
    }
    return getCancelRewardMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.referrald.v1.RetryRewardRequest,
      io.referrald.v1.RetryRewardResponse> getRetryRewardMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "RetryReward",
      requestType = io.referrald.v1.RetryRewardRequest.class,
      responseType = io.referrald.v1.RetryRewardResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.referrald.v1.RetryRewardRequest,
      io.referrald.v1.RetryRewardResponse> getRetryRewardMethod() {
    io.grpc.MethodDescriptor<io.referrald.v1.RetryRewardRequest, io.referrald.v1.RetryRewardResponse> getRetryRewardMethod;
    if ((getRetryRewardMethod = RewardServiceGrpc.getRetryRewardMethod) == null) {
      synchronized (RewardServiceGrpc.class) {
        if ((getRetryRewardMethod = RewardServiceGrpc.getRetryRewardMethod) == null) {
          RewardServiceGrpc.getRetryRewardMethod = getRetryRewardMethod =
              io.grpc.MethodDescriptor.<io.referrald.v1.RetryRewardRequest, io.referrald.v1.RetryRewardResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "RetryReward"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.referrald.v1.RetryRewardRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.referrald.v1.RetryRewardResponse.getDefaultInstance()))
              .setSchemaDescriptor(new RewardServiceMethodDescriptorSupplier("RetryReward"))
              .build();
        }
      }
    }
    return getRetryRewardMethod;
  }

  /**
   * Creates a new async stub that supports all call types for the service
   */
  public static RewardServiceStub newStub(io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<RewardServiceStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<RewardServiceStub>() {
        @java.lang.Override
        public RewardServiceStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new RewardServiceStub(channel, callOptions);
        }
      };
    return RewardServiceStub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports all types of calls on the service
   */
  public static RewardServiceBlockingV2Stub newBlockingV2Stub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<RewardServiceBlockingV2Stub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<RewardServiceBlockingV2Stub>() {
        @java.lang.Override
        public RewardServiceBlockingV2Stub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new RewardServiceBlockingV2Stub(channel, callOptions);
        }
      };
    return RewardServiceBlockingV2Stub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports unary and streaming output calls on the service
   */
  public static RewardServiceBlockingStub newBlockingStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<RewardServiceBlockingStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<RewardServiceBlockingStub>() {
        @java.lang.Override
        public RewardServiceBlockingStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new RewardServiceBlockingStub(channel, callOptions);
        }
      };
    return RewardServiceBlockingStub.newStub(factory, channel);
  }

  /**
   * Creates a new ListenableFuture-style stub that supports unary calls on the service
   */
  public static RewardServiceFutureStub newFutureStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<RewardServiceFutureStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<RewardServiceFutureStub>() {
        @java.lang.Override
        public RewardServiceFutureStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new RewardServiceFutureStub(channel, callOptions);
        }
      };
    return RewardServiceFutureStub.newStub(factory, channel);
  }

  /**
   * <pre>
   * What people have earned. Rewards are made by decisions; here they are looked at, approved and called off.
   * </pre>
   */
  public interface AsyncService {

    /**
     * <pre>
     * Reads a reward. Scope `read`.
     * Refuses: INVALID_FIELDS, NOT_FOUND.
     * </pre>
     */
    default void getReward(io.referrald.v1.GetRewardRequest request,
        io.grpc.stub.StreamObserver<io.referrald.v1.GetRewardResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetRewardMethod(), responseObserver);
    }

    /**
     * <pre>
     * Lists rewards, the oldest first. Scope `read`.
     * Refuses: INVALID_FIELDS, INVALID_PAGE_TOKEN.
     * </pre>
     */
    default void listRewards(io.referrald.v1.ListRewardsRequest request,
        io.grpc.stub.StreamObserver<io.referrald.v1.ListRewardsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListRewardsMethod(), responseObserver);
    }

    /**
     * <pre>
     * Approves a reward. One that is DUE is issued; one that is HELD will be when the hold ends; one that was approved
     * already is answered as it is. Scope `write`.
     * Refuses: INVALID_FIELDS, NOT_FOUND, ETAG_MISMATCH, REWARD_STATE.
     * </pre>
     */
    default void approveReward(io.referrald.v1.ApproveRewardRequest request,
        io.grpc.stub.StreamObserver<io.referrald.v1.ApproveRewardResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getApproveRewardMethod(), responseObserver);
    }

    /**
     * <pre>
     * Calls a reward off, for good. What was issued is taken back, as if it were not earned; what is REVERSAL_DUE was
     * settled by hand and becomes REVERSED. Not while it is ISSUING or REVERSING. Scope `write`.
     * Refuses: INVALID_FIELDS, NOT_FOUND, ETAG_MISMATCH, REWARD_STATE.
     * </pre>
     */
    default void cancelReward(io.referrald.v1.CancelRewardRequest request,
        io.grpc.stub.StreamObserver<io.referrald.v1.CancelRewardResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getCancelRewardMethod(), responseObserver);
    }

    /**
     * <pre>
     * Tries again to issue what has FAILED, or to take back what is REVERSAL_DUE at Stripe; what is ISSUING or REVERSING
     * is tried at once, and for who is AWAITING_CUSTOMER a customer is looked for again; computes a share anew that came to
     * nothing. Scope `write`.
     * Refuses: INVALID_FIELDS, NOT_FOUND, ETAG_MISMATCH, REWARD_STATE.
     * </pre>
     */
    default void retryReward(io.referrald.v1.RetryRewardRequest request,
        io.grpc.stub.StreamObserver<io.referrald.v1.RetryRewardResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getRetryRewardMethod(), responseObserver);
    }
  }

  /**
   * Base class for the server implementation of the service RewardService.
   * <pre>
   * What people have earned. Rewards are made by decisions; here they are looked at, approved and called off.
   * </pre>
   */
  public static abstract class RewardServiceImplBase
      implements io.grpc.BindableService, AsyncService {

    @java.lang.Override public final io.grpc.ServerServiceDefinition bindService() {
      return RewardServiceGrpc.bindService(this);
    }
  }

  /**
   * A stub to allow clients to do asynchronous rpc calls to service RewardService.
   * <pre>
   * What people have earned. Rewards are made by decisions; here they are looked at, approved and called off.
   * </pre>
   */
  public static final class RewardServiceStub
      extends io.grpc.stub.AbstractAsyncStub<RewardServiceStub> {
    private RewardServiceStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected RewardServiceStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new RewardServiceStub(channel, callOptions);
    }

    /**
     * <pre>
     * Reads a reward. Scope `read`.
     * Refuses: INVALID_FIELDS, NOT_FOUND.
     * </pre>
     */
    public void getReward(io.referrald.v1.GetRewardRequest request,
        io.grpc.stub.StreamObserver<io.referrald.v1.GetRewardResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetRewardMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Lists rewards, the oldest first. Scope `read`.
     * Refuses: INVALID_FIELDS, INVALID_PAGE_TOKEN.
     * </pre>
     */
    public void listRewards(io.referrald.v1.ListRewardsRequest request,
        io.grpc.stub.StreamObserver<io.referrald.v1.ListRewardsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListRewardsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Approves a reward. One that is DUE is issued; one that is HELD will be when the hold ends; one that was approved
     * already is answered as it is. Scope `write`.
     * Refuses: INVALID_FIELDS, NOT_FOUND, ETAG_MISMATCH, REWARD_STATE.
     * </pre>
     */
    public void approveReward(io.referrald.v1.ApproveRewardRequest request,
        io.grpc.stub.StreamObserver<io.referrald.v1.ApproveRewardResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getApproveRewardMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Calls a reward off, for good. What was issued is taken back, as if it were not earned; what is REVERSAL_DUE was
     * settled by hand and becomes REVERSED. Not while it is ISSUING or REVERSING. Scope `write`.
     * Refuses: INVALID_FIELDS, NOT_FOUND, ETAG_MISMATCH, REWARD_STATE.
     * </pre>
     */
    public void cancelReward(io.referrald.v1.CancelRewardRequest request,
        io.grpc.stub.StreamObserver<io.referrald.v1.CancelRewardResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getCancelRewardMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Tries again to issue what has FAILED, or to take back what is REVERSAL_DUE at Stripe; what is ISSUING or REVERSING
     * is tried at once, and for who is AWAITING_CUSTOMER a customer is looked for again; computes a share anew that came to
     * nothing. Scope `write`.
     * Refuses: INVALID_FIELDS, NOT_FOUND, ETAG_MISMATCH, REWARD_STATE.
     * </pre>
     */
    public void retryReward(io.referrald.v1.RetryRewardRequest request,
        io.grpc.stub.StreamObserver<io.referrald.v1.RetryRewardResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getRetryRewardMethod(), getCallOptions()), request, responseObserver);
    }
  }

  /**
   * A stub to allow clients to do synchronous rpc calls to service RewardService.
   * <pre>
   * What people have earned. Rewards are made by decisions; here they are looked at, approved and called off.
   * </pre>
   */
  public static final class RewardServiceBlockingV2Stub
      extends io.grpc.stub.AbstractBlockingStub<RewardServiceBlockingV2Stub> {
    private RewardServiceBlockingV2Stub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected RewardServiceBlockingV2Stub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new RewardServiceBlockingV2Stub(channel, callOptions);
    }

    /**
     * <pre>
     * Reads a reward. Scope `read`.
     * Refuses: INVALID_FIELDS, NOT_FOUND.
     * </pre>
     */
    public io.referrald.v1.GetRewardResponse getReward(io.referrald.v1.GetRewardRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetRewardMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists rewards, the oldest first. Scope `read`.
     * Refuses: INVALID_FIELDS, INVALID_PAGE_TOKEN.
     * </pre>
     */
    public io.referrald.v1.ListRewardsResponse listRewards(io.referrald.v1.ListRewardsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListRewardsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Approves a reward. One that is DUE is issued; one that is HELD will be when the hold ends; one that was approved
     * already is answered as it is. Scope `write`.
     * Refuses: INVALID_FIELDS, NOT_FOUND, ETAG_MISMATCH, REWARD_STATE.
     * </pre>
     */
    public io.referrald.v1.ApproveRewardResponse approveReward(io.referrald.v1.ApproveRewardRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getApproveRewardMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Calls a reward off, for good. What was issued is taken back, as if it were not earned; what is REVERSAL_DUE was
     * settled by hand and becomes REVERSED. Not while it is ISSUING or REVERSING. Scope `write`.
     * Refuses: INVALID_FIELDS, NOT_FOUND, ETAG_MISMATCH, REWARD_STATE.
     * </pre>
     */
    public io.referrald.v1.CancelRewardResponse cancelReward(io.referrald.v1.CancelRewardRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getCancelRewardMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Tries again to issue what has FAILED, or to take back what is REVERSAL_DUE at Stripe; what is ISSUING or REVERSING
     * is tried at once, and for who is AWAITING_CUSTOMER a customer is looked for again; computes a share anew that came to
     * nothing. Scope `write`.
     * Refuses: INVALID_FIELDS, NOT_FOUND, ETAG_MISMATCH, REWARD_STATE.
     * </pre>
     */
    public io.referrald.v1.RetryRewardResponse retryReward(io.referrald.v1.RetryRewardRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getRetryRewardMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do limited synchronous rpc calls to service RewardService.
   * <pre>
   * What people have earned. Rewards are made by decisions; here they are looked at, approved and called off.
   * </pre>
   */
  public static final class RewardServiceBlockingStub
      extends io.grpc.stub.AbstractBlockingStub<RewardServiceBlockingStub> {
    private RewardServiceBlockingStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected RewardServiceBlockingStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new RewardServiceBlockingStub(channel, callOptions);
    }

    /**
     * <pre>
     * Reads a reward. Scope `read`.
     * Refuses: INVALID_FIELDS, NOT_FOUND.
     * </pre>
     */
    public io.referrald.v1.GetRewardResponse getReward(io.referrald.v1.GetRewardRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetRewardMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists rewards, the oldest first. Scope `read`.
     * Refuses: INVALID_FIELDS, INVALID_PAGE_TOKEN.
     * </pre>
     */
    public io.referrald.v1.ListRewardsResponse listRewards(io.referrald.v1.ListRewardsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListRewardsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Approves a reward. One that is DUE is issued; one that is HELD will be when the hold ends; one that was approved
     * already is answered as it is. Scope `write`.
     * Refuses: INVALID_FIELDS, NOT_FOUND, ETAG_MISMATCH, REWARD_STATE.
     * </pre>
     */
    public io.referrald.v1.ApproveRewardResponse approveReward(io.referrald.v1.ApproveRewardRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getApproveRewardMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Calls a reward off, for good. What was issued is taken back, as if it were not earned; what is REVERSAL_DUE was
     * settled by hand and becomes REVERSED. Not while it is ISSUING or REVERSING. Scope `write`.
     * Refuses: INVALID_FIELDS, NOT_FOUND, ETAG_MISMATCH, REWARD_STATE.
     * </pre>
     */
    public io.referrald.v1.CancelRewardResponse cancelReward(io.referrald.v1.CancelRewardRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getCancelRewardMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Tries again to issue what has FAILED, or to take back what is REVERSAL_DUE at Stripe; what is ISSUING or REVERSING
     * is tried at once, and for who is AWAITING_CUSTOMER a customer is looked for again; computes a share anew that came to
     * nothing. Scope `write`.
     * Refuses: INVALID_FIELDS, NOT_FOUND, ETAG_MISMATCH, REWARD_STATE.
     * </pre>
     */
    public io.referrald.v1.RetryRewardResponse retryReward(io.referrald.v1.RetryRewardRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getRetryRewardMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do ListenableFuture-style rpc calls to service RewardService.
   * <pre>
   * What people have earned. Rewards are made by decisions; here they are looked at, approved and called off.
   * </pre>
   */
  public static final class RewardServiceFutureStub
      extends io.grpc.stub.AbstractFutureStub<RewardServiceFutureStub> {
    private RewardServiceFutureStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected RewardServiceFutureStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new RewardServiceFutureStub(channel, callOptions);
    }

    /**
     * <pre>
     * Reads a reward. Scope `read`.
     * Refuses: INVALID_FIELDS, NOT_FOUND.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.referrald.v1.GetRewardResponse> getReward(
        io.referrald.v1.GetRewardRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetRewardMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Lists rewards, the oldest first. Scope `read`.
     * Refuses: INVALID_FIELDS, INVALID_PAGE_TOKEN.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.referrald.v1.ListRewardsResponse> listRewards(
        io.referrald.v1.ListRewardsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListRewardsMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Approves a reward. One that is DUE is issued; one that is HELD will be when the hold ends; one that was approved
     * already is answered as it is. Scope `write`.
     * Refuses: INVALID_FIELDS, NOT_FOUND, ETAG_MISMATCH, REWARD_STATE.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.referrald.v1.ApproveRewardResponse> approveReward(
        io.referrald.v1.ApproveRewardRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getApproveRewardMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Calls a reward off, for good. What was issued is taken back, as if it were not earned; what is REVERSAL_DUE was
     * settled by hand and becomes REVERSED. Not while it is ISSUING or REVERSING. Scope `write`.
     * Refuses: INVALID_FIELDS, NOT_FOUND, ETAG_MISMATCH, REWARD_STATE.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.referrald.v1.CancelRewardResponse> cancelReward(
        io.referrald.v1.CancelRewardRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getCancelRewardMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Tries again to issue what has FAILED, or to take back what is REVERSAL_DUE at Stripe; what is ISSUING or REVERSING
     * is tried at once, and for who is AWAITING_CUSTOMER a customer is looked for again; computes a share anew that came to
     * nothing. Scope `write`.
     * Refuses: INVALID_FIELDS, NOT_FOUND, ETAG_MISMATCH, REWARD_STATE.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.referrald.v1.RetryRewardResponse> retryReward(
        io.referrald.v1.RetryRewardRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getRetryRewardMethod(), getCallOptions()), request);
    }
  }

  private static final int METHODID_GET_REWARD = 0;
  private static final int METHODID_LIST_REWARDS = 1;
  private static final int METHODID_APPROVE_REWARD = 2;
  private static final int METHODID_CANCEL_REWARD = 3;
  private static final int METHODID_RETRY_REWARD = 4;

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
        case METHODID_GET_REWARD:
          serviceImpl.getReward((io.referrald.v1.GetRewardRequest) request,
              (io.grpc.stub.StreamObserver<io.referrald.v1.GetRewardResponse>) responseObserver);
          break;
        case METHODID_LIST_REWARDS:
          serviceImpl.listRewards((io.referrald.v1.ListRewardsRequest) request,
              (io.grpc.stub.StreamObserver<io.referrald.v1.ListRewardsResponse>) responseObserver);
          break;
        case METHODID_APPROVE_REWARD:
          serviceImpl.approveReward((io.referrald.v1.ApproveRewardRequest) request,
              (io.grpc.stub.StreamObserver<io.referrald.v1.ApproveRewardResponse>) responseObserver);
          break;
        case METHODID_CANCEL_REWARD:
          serviceImpl.cancelReward((io.referrald.v1.CancelRewardRequest) request,
              (io.grpc.stub.StreamObserver<io.referrald.v1.CancelRewardResponse>) responseObserver);
          break;
        case METHODID_RETRY_REWARD:
          serviceImpl.retryReward((io.referrald.v1.RetryRewardRequest) request,
              (io.grpc.stub.StreamObserver<io.referrald.v1.RetryRewardResponse>) responseObserver);
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
          getGetRewardMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.referrald.v1.GetRewardRequest,
              io.referrald.v1.GetRewardResponse>(
                service, METHODID_GET_REWARD)))
        .addMethod(
          getListRewardsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.referrald.v1.ListRewardsRequest,
              io.referrald.v1.ListRewardsResponse>(
                service, METHODID_LIST_REWARDS)))
        .addMethod(
          getApproveRewardMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.referrald.v1.ApproveRewardRequest,
              io.referrald.v1.ApproveRewardResponse>(
                service, METHODID_APPROVE_REWARD)))
        .addMethod(
          getCancelRewardMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.referrald.v1.CancelRewardRequest,
              io.referrald.v1.CancelRewardResponse>(
                service, METHODID_CANCEL_REWARD)))
        .addMethod(
          getRetryRewardMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.referrald.v1.RetryRewardRequest,
              io.referrald.v1.RetryRewardResponse>(
                service, METHODID_RETRY_REWARD)))
        .build();
  }

  private static abstract class RewardServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoFileDescriptorSupplier, io.grpc.protobuf.ProtoServiceDescriptorSupplier {
    RewardServiceBaseDescriptorSupplier() {}

    @java.lang.Override
    public com.google.protobuf.Descriptors.FileDescriptor getFileDescriptor() {
      return io.referrald.v1.RewardServiceProto.getDescriptor();
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.ServiceDescriptor getServiceDescriptor() {
      return getFileDescriptor().findServiceByName("RewardService");
    }
  }

  private static final class RewardServiceFileDescriptorSupplier
      extends RewardServiceBaseDescriptorSupplier {
    RewardServiceFileDescriptorSupplier() {}
  }

  private static final class RewardServiceMethodDescriptorSupplier
      extends RewardServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoMethodDescriptorSupplier {
    private final java.lang.String methodName;

    RewardServiceMethodDescriptorSupplier(java.lang.String methodName) {
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
      synchronized (RewardServiceGrpc.class) {
        result = serviceDescriptor;
        if (result == null) {
          serviceDescriptor = result = io.grpc.ServiceDescriptor.newBuilder(SERVICE_NAME)
              .setSchemaDescriptor(new RewardServiceFileDescriptorSupplier())
              .addMethod(getGetRewardMethod())
              .addMethod(getListRewardsMethod())
              .addMethod(getApproveRewardMethod())
              .addMethod(getCancelRewardMethod())
              .addMethod(getRetryRewardMethod())
              .build();
        }
      }
    }
    return result;
  }
}
