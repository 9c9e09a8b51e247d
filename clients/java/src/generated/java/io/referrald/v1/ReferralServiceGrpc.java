package io.referrald.v1;

import static io.grpc.MethodDescriptor.generateFullMethodName;

/**
 * <pre>
 * People: those who refer, and those who were invited.
 * </pre>
 */
@io.grpc.stub.annotations.GrpcGenerated
public final class ReferralServiceGrpc {

  private ReferralServiceGrpc() {}

  public static final java.lang.String SERVICE_NAME = "referrald.v1.ReferralService";

  // Static method descriptors that strictly reflect the proto.
  private static volatile io.grpc.MethodDescriptor<io.referrald.v1.CreateReferrerRequest,
      io.referrald.v1.CreateReferrerResponse> getCreateReferrerMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "CreateReferrer",
      requestType = io.referrald.v1.CreateReferrerRequest.class,
      responseType = io.referrald.v1.CreateReferrerResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.referrald.v1.CreateReferrerRequest,
      io.referrald.v1.CreateReferrerResponse> getCreateReferrerMethod() {
    io.grpc.MethodDescriptor<io.referrald.v1.CreateReferrerRequest, io.referrald.v1.CreateReferrerResponse> getCreateReferrerMethod;
    if ((getCreateReferrerMethod = ReferralServiceGrpc.getCreateReferrerMethod) == null) {
      synchronized (ReferralServiceGrpc.class) {
        if ((getCreateReferrerMethod = ReferralServiceGrpc.getCreateReferrerMethod) == null) {
          ReferralServiceGrpc.getCreateReferrerMethod = getCreateReferrerMethod =
              io.grpc.MethodDescriptor.<io.referrald.v1.CreateReferrerRequest, io.referrald.v1.CreateReferrerResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "CreateReferrer"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.referrald.v1.CreateReferrerRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.referrald.v1.CreateReferrerResponse.getDefaultInstance()))
              .setSchemaDescriptor(new ReferralServiceMethodDescriptorSupplier("CreateReferrer"))
              .build();
        }
      }
    }
    return getCreateReferrerMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.referrald.v1.GetReferrerRequest,
      io.referrald.v1.GetReferrerResponse> getGetReferrerMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetReferrer",
      requestType = io.referrald.v1.GetReferrerRequest.class,
      responseType = io.referrald.v1.GetReferrerResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.referrald.v1.GetReferrerRequest,
      io.referrald.v1.GetReferrerResponse> getGetReferrerMethod() {
    io.grpc.MethodDescriptor<io.referrald.v1.GetReferrerRequest, io.referrald.v1.GetReferrerResponse> getGetReferrerMethod;
    if ((getGetReferrerMethod = ReferralServiceGrpc.getGetReferrerMethod) == null) {
      synchronized (ReferralServiceGrpc.class) {
        if ((getGetReferrerMethod = ReferralServiceGrpc.getGetReferrerMethod) == null) {
          ReferralServiceGrpc.getGetReferrerMethod = getGetReferrerMethod =
              io.grpc.MethodDescriptor.<io.referrald.v1.GetReferrerRequest, io.referrald.v1.GetReferrerResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetReferrer"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.referrald.v1.GetReferrerRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.referrald.v1.GetReferrerResponse.getDefaultInstance()))
              .setSchemaDescriptor(new ReferralServiceMethodDescriptorSupplier("GetReferrer"))
              .build();
        }
      }
    }
    return getGetReferrerMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.referrald.v1.ListReferrersRequest,
      io.referrald.v1.ListReferrersResponse> getListReferrersMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListReferrers",
      requestType = io.referrald.v1.ListReferrersRequest.class,
      responseType = io.referrald.v1.ListReferrersResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.referrald.v1.ListReferrersRequest,
      io.referrald.v1.ListReferrersResponse> getListReferrersMethod() {
    io.grpc.MethodDescriptor<io.referrald.v1.ListReferrersRequest, io.referrald.v1.ListReferrersResponse> getListReferrersMethod;
    if ((getListReferrersMethod = ReferralServiceGrpc.getListReferrersMethod) == null) {
      synchronized (ReferralServiceGrpc.class) {
        if ((getListReferrersMethod = ReferralServiceGrpc.getListReferrersMethod) == null) {
          ReferralServiceGrpc.getListReferrersMethod = getListReferrersMethod =
              io.grpc.MethodDescriptor.<io.referrald.v1.ListReferrersRequest, io.referrald.v1.ListReferrersResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListReferrers"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.referrald.v1.ListReferrersRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.referrald.v1.ListReferrersResponse.getDefaultInstance()))
              .setSchemaDescriptor(new ReferralServiceMethodDescriptorSupplier("ListReferrers"))
              .build();
        }
      }
    }
    return getListReferrersMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.referrald.v1.UpdateReferrerRequest,
      io.referrald.v1.UpdateReferrerResponse> getUpdateReferrerMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "UpdateReferrer",
      requestType = io.referrald.v1.UpdateReferrerRequest.class,
      responseType = io.referrald.v1.UpdateReferrerResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.referrald.v1.UpdateReferrerRequest,
      io.referrald.v1.UpdateReferrerResponse> getUpdateReferrerMethod() {
    io.grpc.MethodDescriptor<io.referrald.v1.UpdateReferrerRequest, io.referrald.v1.UpdateReferrerResponse> getUpdateReferrerMethod;
    if ((getUpdateReferrerMethod = ReferralServiceGrpc.getUpdateReferrerMethod) == null) {
      synchronized (ReferralServiceGrpc.class) {
        if ((getUpdateReferrerMethod = ReferralServiceGrpc.getUpdateReferrerMethod) == null) {
          ReferralServiceGrpc.getUpdateReferrerMethod = getUpdateReferrerMethod =
              io.grpc.MethodDescriptor.<io.referrald.v1.UpdateReferrerRequest, io.referrald.v1.UpdateReferrerResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "UpdateReferrer"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.referrald.v1.UpdateReferrerRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.referrald.v1.UpdateReferrerResponse.getDefaultInstance()))
              .setSchemaDescriptor(new ReferralServiceMethodDescriptorSupplier("UpdateReferrer"))
              .build();
        }
      }
    }
    return getUpdateReferrerMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.referrald.v1.CreateReferralRequest,
      io.referrald.v1.CreateReferralResponse> getCreateReferralMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "CreateReferral",
      requestType = io.referrald.v1.CreateReferralRequest.class,
      responseType = io.referrald.v1.CreateReferralResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.referrald.v1.CreateReferralRequest,
      io.referrald.v1.CreateReferralResponse> getCreateReferralMethod() {
    io.grpc.MethodDescriptor<io.referrald.v1.CreateReferralRequest, io.referrald.v1.CreateReferralResponse> getCreateReferralMethod;
    if ((getCreateReferralMethod = ReferralServiceGrpc.getCreateReferralMethod) == null) {
      synchronized (ReferralServiceGrpc.class) {
        if ((getCreateReferralMethod = ReferralServiceGrpc.getCreateReferralMethod) == null) {
          ReferralServiceGrpc.getCreateReferralMethod = getCreateReferralMethod =
              io.grpc.MethodDescriptor.<io.referrald.v1.CreateReferralRequest, io.referrald.v1.CreateReferralResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "CreateReferral"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.referrald.v1.CreateReferralRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.referrald.v1.CreateReferralResponse.getDefaultInstance()))
              .setSchemaDescriptor(new ReferralServiceMethodDescriptorSupplier("CreateReferral"))
              .build();
        }
      }
    }
    return getCreateReferralMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.referrald.v1.GetReferralRequest,
      io.referrald.v1.GetReferralResponse> getGetReferralMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetReferral",
      requestType = io.referrald.v1.GetReferralRequest.class,
      responseType = io.referrald.v1.GetReferralResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.referrald.v1.GetReferralRequest,
      io.referrald.v1.GetReferralResponse> getGetReferralMethod() {
    io.grpc.MethodDescriptor<io.referrald.v1.GetReferralRequest, io.referrald.v1.GetReferralResponse> getGetReferralMethod;
    if ((getGetReferralMethod = ReferralServiceGrpc.getGetReferralMethod) == null) {
      synchronized (ReferralServiceGrpc.class) {
        if ((getGetReferralMethod = ReferralServiceGrpc.getGetReferralMethod) == null) {
          ReferralServiceGrpc.getGetReferralMethod = getGetReferralMethod =
              io.grpc.MethodDescriptor.<io.referrald.v1.GetReferralRequest, io.referrald.v1.GetReferralResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetReferral"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.referrald.v1.GetReferralRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.referrald.v1.GetReferralResponse.getDefaultInstance()))
              .setSchemaDescriptor(new ReferralServiceMethodDescriptorSupplier("GetReferral"))
              .build();
        }
      }
    }
    return getGetReferralMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.referrald.v1.ListReferralsRequest,
      io.referrald.v1.ListReferralsResponse> getListReferralsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListReferrals",
      requestType = io.referrald.v1.ListReferralsRequest.class,
      responseType = io.referrald.v1.ListReferralsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.referrald.v1.ListReferralsRequest,
      io.referrald.v1.ListReferralsResponse> getListReferralsMethod() {
    io.grpc.MethodDescriptor<io.referrald.v1.ListReferralsRequest, io.referrald.v1.ListReferralsResponse> getListReferralsMethod;
    if ((getListReferralsMethod = ReferralServiceGrpc.getListReferralsMethod) == null) {
      synchronized (ReferralServiceGrpc.class) {
        if ((getListReferralsMethod = ReferralServiceGrpc.getListReferralsMethod) == null) {
          ReferralServiceGrpc.getListReferralsMethod = getListReferralsMethod =
              io.grpc.MethodDescriptor.<io.referrald.v1.ListReferralsRequest, io.referrald.v1.ListReferralsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListReferrals"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.referrald.v1.ListReferralsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.referrald.v1.ListReferralsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new ReferralServiceMethodDescriptorSupplier("ListReferrals"))
              .build();
        }
      }
    }
    return getListReferralsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.referrald.v1.UpdateReferralRequest,
      io.referrald.v1.UpdateReferralResponse> getUpdateReferralMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "UpdateReferral",
      requestType = io.referrald.v1.UpdateReferralRequest.class,
      responseType = io.referrald.v1.UpdateReferralResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.referrald.v1.UpdateReferralRequest,
      io.referrald.v1.UpdateReferralResponse> getUpdateReferralMethod() {
    io.grpc.MethodDescriptor<io.referrald.v1.UpdateReferralRequest, io.referrald.v1.UpdateReferralResponse> getUpdateReferralMethod;
    if ((getUpdateReferralMethod = ReferralServiceGrpc.getUpdateReferralMethod) == null) {
      synchronized (ReferralServiceGrpc.class) {
        if ((getUpdateReferralMethod = ReferralServiceGrpc.getUpdateReferralMethod) == null) {
          ReferralServiceGrpc.getUpdateReferralMethod = getUpdateReferralMethod =
              io.grpc.MethodDescriptor.<io.referrald.v1.UpdateReferralRequest, io.referrald.v1.UpdateReferralResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "UpdateReferral"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.referrald.v1.UpdateReferralRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.referrald.v1.UpdateReferralResponse.getDefaultInstance()))
              .setSchemaDescriptor(new ReferralServiceMethodDescriptorSupplier("UpdateReferral"))
              .build();
        }
      }
    }
    return getUpdateReferralMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.referrald.v1.FindReferralRequest,
      io.referrald.v1.FindReferralResponse> getFindReferralMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "FindReferral",
      requestType = io.referrald.v1.FindReferralRequest.class,
      responseType = io.referrald.v1.FindReferralResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.referrald.v1.FindReferralRequest,
      io.referrald.v1.FindReferralResponse> getFindReferralMethod() {
    io.grpc.MethodDescriptor<io.referrald.v1.FindReferralRequest, io.referrald.v1.FindReferralResponse> getFindReferralMethod;
    if ((getFindReferralMethod = ReferralServiceGrpc.getFindReferralMethod) == null) {
      synchronized (ReferralServiceGrpc.class) {
        if ((getFindReferralMethod = ReferralServiceGrpc.getFindReferralMethod) == null) {
          ReferralServiceGrpc.getFindReferralMethod = getFindReferralMethod =
              io.grpc.MethodDescriptor.<io.referrald.v1.FindReferralRequest, io.referrald.v1.FindReferralResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "FindReferral"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.referrald.v1.FindReferralRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.referrald.v1.FindReferralResponse.getDefaultInstance()))
              .setSchemaDescriptor(new ReferralServiceMethodDescriptorSupplier("FindReferral"))
              .build();
        }
      }
    }
    return getFindReferralMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.referrald.v1.RetryCustomerSyncRequest,
      io.referrald.v1.RetryCustomerSyncResponse> getRetryCustomerSyncMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "RetryCustomerSync",
      requestType = io.referrald.v1.RetryCustomerSyncRequest.class,
      responseType = io.referrald.v1.RetryCustomerSyncResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.referrald.v1.RetryCustomerSyncRequest,
      io.referrald.v1.RetryCustomerSyncResponse> getRetryCustomerSyncMethod() {
    io.grpc.MethodDescriptor<io.referrald.v1.RetryCustomerSyncRequest, io.referrald.v1.RetryCustomerSyncResponse> getRetryCustomerSyncMethod;
    if ((getRetryCustomerSyncMethod = ReferralServiceGrpc.getRetryCustomerSyncMethod) == null) {
      synchronized (ReferralServiceGrpc.class) {
        if ((getRetryCustomerSyncMethod = ReferralServiceGrpc.getRetryCustomerSyncMethod) == null) {
          ReferralServiceGrpc.getRetryCustomerSyncMethod = getRetryCustomerSyncMethod =
              io.grpc.MethodDescriptor.<io.referrald.v1.RetryCustomerSyncRequest, io.referrald.v1.RetryCustomerSyncResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "RetryCustomerSync"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.referrald.v1.RetryCustomerSyncRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.referrald.v1.RetryCustomerSyncResponse.getDefaultInstance()))
              .setSchemaDescriptor(new ReferralServiceMethodDescriptorSupplier("RetryCustomerSync"))
              .build();
        }
      }
    }
    return getRetryCustomerSyncMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.referrald.v1.ErasePersonRequest,
      io.referrald.v1.ErasePersonResponse> getErasePersonMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ErasePerson",
      requestType = io.referrald.v1.ErasePersonRequest.class,
      responseType = io.referrald.v1.ErasePersonResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.referrald.v1.ErasePersonRequest,
      io.referrald.v1.ErasePersonResponse> getErasePersonMethod() {
    io.grpc.MethodDescriptor<io.referrald.v1.ErasePersonRequest, io.referrald.v1.ErasePersonResponse> getErasePersonMethod;
    if ((getErasePersonMethod = ReferralServiceGrpc.getErasePersonMethod) == null) {
      synchronized (ReferralServiceGrpc.class) {
        if ((getErasePersonMethod = ReferralServiceGrpc.getErasePersonMethod) == null) {
          ReferralServiceGrpc.getErasePersonMethod = getErasePersonMethod =
              io.grpc.MethodDescriptor.<io.referrald.v1.ErasePersonRequest, io.referrald.v1.ErasePersonResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ErasePerson"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.referrald.v1.ErasePersonRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.referrald.v1.ErasePersonResponse.getDefaultInstance()))
              .setSchemaDescriptor(new ReferralServiceMethodDescriptorSupplier("ErasePerson"))
              .build();
        }
      }
    }
    return getErasePersonMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.referrald.v1.SyncReferrersRequest,
      io.referrald.v1.SyncReferrersResponse> getSyncReferrersMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "SyncReferrers",
      requestType = io.referrald.v1.SyncReferrersRequest.class,
      responseType = io.referrald.v1.SyncReferrersResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
  public static io.grpc.MethodDescriptor<io.referrald.v1.SyncReferrersRequest,
      io.referrald.v1.SyncReferrersResponse> getSyncReferrersMethod() {
    io.grpc.MethodDescriptor<io.referrald.v1.SyncReferrersRequest, io.referrald.v1.SyncReferrersResponse> getSyncReferrersMethod;
    if ((getSyncReferrersMethod = ReferralServiceGrpc.getSyncReferrersMethod) == null) {
      synchronized (ReferralServiceGrpc.class) {
        if ((getSyncReferrersMethod = ReferralServiceGrpc.getSyncReferrersMethod) == null) {
          ReferralServiceGrpc.getSyncReferrersMethod = getSyncReferrersMethod =
              io.grpc.MethodDescriptor.<io.referrald.v1.SyncReferrersRequest, io.referrald.v1.SyncReferrersResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "SyncReferrers"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.referrald.v1.SyncReferrersRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.referrald.v1.SyncReferrersResponse.getDefaultInstance()))
              .setSchemaDescriptor(new ReferralServiceMethodDescriptorSupplier("SyncReferrers"))
              .build();
        }
      }
    }
    return getSyncReferrersMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.referrald.v1.GetReferrerSyncRequest,
      io.referrald.v1.GetReferrerSyncResponse> getGetReferrerSyncMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetReferrerSync",
      requestType = io.referrald.v1.GetReferrerSyncRequest.class,
      responseType = io.referrald.v1.GetReferrerSyncResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.referrald.v1.GetReferrerSyncRequest,
      io.referrald.v1.GetReferrerSyncResponse> getGetReferrerSyncMethod() {
    io.grpc.MethodDescriptor<io.referrald.v1.GetReferrerSyncRequest, io.referrald.v1.GetReferrerSyncResponse> getGetReferrerSyncMethod;
    if ((getGetReferrerSyncMethod = ReferralServiceGrpc.getGetReferrerSyncMethod) == null) {
      synchronized (ReferralServiceGrpc.class) {
        if ((getGetReferrerSyncMethod = ReferralServiceGrpc.getGetReferrerSyncMethod) == null) {
          ReferralServiceGrpc.getGetReferrerSyncMethod = getGetReferrerSyncMethod =
              io.grpc.MethodDescriptor.<io.referrald.v1.GetReferrerSyncRequest, io.referrald.v1.GetReferrerSyncResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetReferrerSync"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.referrald.v1.GetReferrerSyncRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.referrald.v1.GetReferrerSyncResponse.getDefaultInstance()))
              .setSchemaDescriptor(new ReferralServiceMethodDescriptorSupplier("GetReferrerSync"))
              .build();
        }
      }
    }
    return getGetReferrerSyncMethod;
  }

  /**
   * Creates a new async stub that supports all call types for the service
   */
  public static ReferralServiceStub newStub(io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<ReferralServiceStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<ReferralServiceStub>() {
        @java.lang.Override
        public ReferralServiceStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new ReferralServiceStub(channel, callOptions);
        }
      };
    return ReferralServiceStub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports all types of calls on the service
   */
  public static ReferralServiceBlockingV2Stub newBlockingV2Stub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<ReferralServiceBlockingV2Stub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<ReferralServiceBlockingV2Stub>() {
        @java.lang.Override
        public ReferralServiceBlockingV2Stub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new ReferralServiceBlockingV2Stub(channel, callOptions);
        }
      };
    return ReferralServiceBlockingV2Stub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports unary and streaming output calls on the service
   */
  public static ReferralServiceBlockingStub newBlockingStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<ReferralServiceBlockingStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<ReferralServiceBlockingStub>() {
        @java.lang.Override
        public ReferralServiceBlockingStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new ReferralServiceBlockingStub(channel, callOptions);
        }
      };
    return ReferralServiceBlockingStub.newStub(factory, channel);
  }

  /**
   * Creates a new ListenableFuture-style stub that supports unary calls on the service
   */
  public static ReferralServiceFutureStub newFutureStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<ReferralServiceFutureStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<ReferralServiceFutureStub>() {
        @java.lang.Override
        public ReferralServiceFutureStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new ReferralServiceFutureStub(channel, callOptions);
        }
      };
    return ReferralServiceFutureStub.newStub(factory, channel);
  }

  /**
   * <pre>
   * People: those who refer, and those who were invited.
   * </pre>
   */
  public interface AsyncService {

    /**
     * <pre>
     * Makes a referrer. Scope `write`.
     * Refuses: INVALID_FIELDS, NOT_FOUND for an account that the key may not touch, REQUEST_ID_REUSED, ALREADY_EXISTS
     * where the email or code is taken in the account, PERSON_ERASED.
     * </pre>
     */
    default void createReferrer(io.referrald.v1.CreateReferrerRequest request,
        io.grpc.stub.StreamObserver<io.referrald.v1.CreateReferrerResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getCreateReferrerMethod(), responseObserver);
    }

    /**
     * <pre>
     * Reads a referrer. Scope `read`.
     * Refuses: INVALID_FIELDS, NOT_FOUND.
     * </pre>
     */
    default void getReferrer(io.referrald.v1.GetReferrerRequest request,
        io.grpc.stub.StreamObserver<io.referrald.v1.GetReferrerResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetReferrerMethod(), responseObserver);
    }

    /**
     * <pre>
     * Lists referrers, the oldest first. Scope `read`.
     * Refuses: INVALID_FIELDS, INVALID_PAGE_TOKEN.
     * </pre>
     */
    default void listReferrers(io.referrald.v1.ListReferrersRequest request,
        io.grpc.stub.StreamObserver<io.referrald.v1.ListReferrersResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListReferrersMethod(), responseObserver);
    }

    /**
     * <pre>
     * Changes the fields that the mask names. Another email does not judge past self-referrals again. Scope `write`.
     * Refuses: INVALID_FIELDS, NOT_FOUND, ETAG_MISMATCH, ALREADY_EXISTS where the email is taken, PERSON_ERASED where the
     * referrer was, or who has the new email.
     * </pre>
     */
    default void updateReferrer(io.referrald.v1.UpdateReferrerRequest request,
        io.grpc.stub.StreamObserver<io.referrald.v1.UpdateReferrerResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getUpdateReferrerMethod(), responseObserver);
    }

    /**
     * <pre>
     * Registers an invited person in a LIVE campaign, and decides at once with the payments that are known already. The
     * same person again with the same referrer gives the same referral. Scope `write`.
     * Refuses: INVALID_FIELDS, NOT_FOUND, REQUEST_ID_REUSED, CAMPAIGN_STATE, CAMPAIGN_CLOSED, ALREADY_EXISTS where another
     * referrer brought the person first, PERSON_ERASED where one of the two was.
     * </pre>
     */
    default void createReferral(io.referrald.v1.CreateReferralRequest request,
        io.grpc.stub.StreamObserver<io.referrald.v1.CreateReferralResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getCreateReferralMethod(), responseObserver);
    }

    /**
     * <pre>
     * Reads a referral. Scope `read`.
     * Refuses: INVALID_FIELDS, NOT_FOUND.
     * </pre>
     */
    default void getReferral(io.referrald.v1.GetReferralRequest request,
        io.grpc.stub.StreamObserver<io.referrald.v1.GetReferralResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetReferralMethod(), responseObserver);
    }

    /**
     * <pre>
     * Lists referrals, the oldest first. Scope `read`.
     * Refuses: INVALID_FIELDS, INVALID_PAGE_TOKEN.
     * </pre>
     */
    default void listReferrals(io.referrald.v1.ListReferralsRequest request,
        io.grpc.stub.StreamObserver<io.referrald.v1.ListReferralsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListReferralsMethod(), responseObserver);
    }

    /**
     * <pre>
     * Changes the fields of the person that the mask names. The email never changes. Scope `write`.
     * Refuses: INVALID_FIELDS, NOT_FOUND, ETAG_MISMATCH, PERSON_ERASED.
     * </pre>
     */
    default void updateReferral(io.referrald.v1.UpdateReferralRequest request,
        io.grpc.stub.StreamObserver<io.referrald.v1.UpdateReferralResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getUpdateReferralMethod(), responseObserver);
    }

    /**
     * <pre>
     * Finds the referrals of a person, or those that a code brought, in all campaigns. Scope `read`.
     * Refuses: INVALID_FIELDS.
     * </pre>
     */
    default void findReferral(io.referrald.v1.FindReferralRequest request,
        io.grpc.stub.StreamObserver<io.referrald.v1.FindReferralResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getFindReferralMethod(), responseObserver);
    }

    /**
     * <pre>
     * Begins the look at Stripe for a referral anew after it failed; one that is pending is tried at once. Scope `write`.
     * Refuses: INVALID_FIELDS, NOT_FOUND, ETAG_MISMATCH, CUSTOMER_SYNC_STATE where it is neither, STRIPE_KEY_REQUIRED,
     * PERSON_ERASED.
     * </pre>
     */
    default void retryCustomerSync(io.referrald.v1.RetryCustomerSyncRequest request,
        io.grpc.stub.StreamObserver<io.referrald.v1.RetryCustomerSyncResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getRetryCustomerSyncMethod(), responseObserver);
    }

    /**
     * <pre>
     * Erases a person: their name and whatever else identifies them, in both modes, from referrers, referrals, payments, events
     * and all else. What was decided and what counts stays, under a random email. What is delivered of the person later is
     * recorded without the email and counts for nobody, and they are not registered again. An email that nothing is known of
     * is erased too: it will not be taken in. A repetition is safe, and erases what came since. Scope `admin`.
     * Refuses: INVALID_FIELDS, NOT_FOUND for an account that is not there or that the key may not touch, OPEN_REWARDS unless
     * `cancel_open_rewards` is set, REWARDS_UNDER_WAY.
     * </pre>
     */
    default void erasePerson(io.referrald.v1.ErasePersonRequest request,
        io.grpc.stub.StreamObserver<io.referrald.v1.ErasePersonResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getErasePersonMethod(), responseObserver);
    }

    /**
     * <pre>
     * Makes referrers of all customers of the campaign's account at Stripe, each with a code, and writes each one's link
     * (the campaign's landing URL and the code) to the customer's metadata. Answers after each page of a hundred, the last
     * with `finished_at`, or with `last_error` where it is broken off. The run is the service's own: it goes on when the
     * caller has gone and when the service was restarted, and GetReferrerSync tells how far it is. The same call goes on
     * at once with a run that was broken off; one with another key or time begins anew. Customers that are made meanwhile
     * are found by the next run. It is broken off when the campaign ends, and follows its landing URL from the next page on.
     * Scope `admin`, since it may write over what every customer has under that key.
     * Refuses: INVALID_FIELDS, NOT_FOUND, CAMPAIGN_STATE where it has ended, LANDING_URL_REQUIRED, STRIPE_KEY_REQUIRED,
     * REFERRER_SYNC_RUNS; later in the stream STORE_UNAVAILABLE, SHUTTING_DOWN, and of a dry run STRIPE_REFUSED and
     * STRIPE_UNAVAILABLE.
     * </pre>
     */
    default void syncReferrers(io.referrald.v1.SyncReferrersRequest request,
        io.grpc.stub.StreamObserver<io.referrald.v1.SyncReferrersResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getSyncReferrersMethod(), responseObserver);
    }

    /**
     * <pre>
     * Reads how far the newest run of SyncReferrers has come. Scope `read`.
     * Refuses: INVALID_FIELDS, NOT_FOUND where there was none.
     * </pre>
     */
    default void getReferrerSync(io.referrald.v1.GetReferrerSyncRequest request,
        io.grpc.stub.StreamObserver<io.referrald.v1.GetReferrerSyncResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetReferrerSyncMethod(), responseObserver);
    }
  }

  /**
   * Base class for the server implementation of the service ReferralService.
   * <pre>
   * People: those who refer, and those who were invited.
   * </pre>
   */
  public static abstract class ReferralServiceImplBase
      implements io.grpc.BindableService, AsyncService {

    @java.lang.Override public final io.grpc.ServerServiceDefinition bindService() {
      return ReferralServiceGrpc.bindService(this);
    }
  }

  /**
   * A stub to allow clients to do asynchronous rpc calls to service ReferralService.
   * <pre>
   * People: those who refer, and those who were invited.
   * </pre>
   */
  public static final class ReferralServiceStub
      extends io.grpc.stub.AbstractAsyncStub<ReferralServiceStub> {
    private ReferralServiceStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected ReferralServiceStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new ReferralServiceStub(channel, callOptions);
    }

    /**
     * <pre>
     * Makes a referrer. Scope `write`.
     * Refuses: INVALID_FIELDS, NOT_FOUND for an account that the key may not touch, REQUEST_ID_REUSED, ALREADY_EXISTS
     * where the email or code is taken in the account, PERSON_ERASED.
     * </pre>
     */
    public void createReferrer(io.referrald.v1.CreateReferrerRequest request,
        io.grpc.stub.StreamObserver<io.referrald.v1.CreateReferrerResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getCreateReferrerMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Reads a referrer. Scope `read`.
     * Refuses: INVALID_FIELDS, NOT_FOUND.
     * </pre>
     */
    public void getReferrer(io.referrald.v1.GetReferrerRequest request,
        io.grpc.stub.StreamObserver<io.referrald.v1.GetReferrerResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetReferrerMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Lists referrers, the oldest first. Scope `read`.
     * Refuses: INVALID_FIELDS, INVALID_PAGE_TOKEN.
     * </pre>
     */
    public void listReferrers(io.referrald.v1.ListReferrersRequest request,
        io.grpc.stub.StreamObserver<io.referrald.v1.ListReferrersResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListReferrersMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Changes the fields that the mask names. Another email does not judge past self-referrals again. Scope `write`.
     * Refuses: INVALID_FIELDS, NOT_FOUND, ETAG_MISMATCH, ALREADY_EXISTS where the email is taken, PERSON_ERASED where the
     * referrer was, or who has the new email.
     * </pre>
     */
    public void updateReferrer(io.referrald.v1.UpdateReferrerRequest request,
        io.grpc.stub.StreamObserver<io.referrald.v1.UpdateReferrerResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getUpdateReferrerMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Registers an invited person in a LIVE campaign, and decides at once with the payments that are known already. The
     * same person again with the same referrer gives the same referral. Scope `write`.
     * Refuses: INVALID_FIELDS, NOT_FOUND, REQUEST_ID_REUSED, CAMPAIGN_STATE, CAMPAIGN_CLOSED, ALREADY_EXISTS where another
     * referrer brought the person first, PERSON_ERASED where one of the two was.
     * </pre>
     */
    public void createReferral(io.referrald.v1.CreateReferralRequest request,
        io.grpc.stub.StreamObserver<io.referrald.v1.CreateReferralResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getCreateReferralMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Reads a referral. Scope `read`.
     * Refuses: INVALID_FIELDS, NOT_FOUND.
     * </pre>
     */
    public void getReferral(io.referrald.v1.GetReferralRequest request,
        io.grpc.stub.StreamObserver<io.referrald.v1.GetReferralResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetReferralMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Lists referrals, the oldest first. Scope `read`.
     * Refuses: INVALID_FIELDS, INVALID_PAGE_TOKEN.
     * </pre>
     */
    public void listReferrals(io.referrald.v1.ListReferralsRequest request,
        io.grpc.stub.StreamObserver<io.referrald.v1.ListReferralsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListReferralsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Changes the fields of the person that the mask names. The email never changes. Scope `write`.
     * Refuses: INVALID_FIELDS, NOT_FOUND, ETAG_MISMATCH, PERSON_ERASED.
     * </pre>
     */
    public void updateReferral(io.referrald.v1.UpdateReferralRequest request,
        io.grpc.stub.StreamObserver<io.referrald.v1.UpdateReferralResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getUpdateReferralMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Finds the referrals of a person, or those that a code brought, in all campaigns. Scope `read`.
     * Refuses: INVALID_FIELDS.
     * </pre>
     */
    public void findReferral(io.referrald.v1.FindReferralRequest request,
        io.grpc.stub.StreamObserver<io.referrald.v1.FindReferralResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getFindReferralMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Begins the look at Stripe for a referral anew after it failed; one that is pending is tried at once. Scope `write`.
     * Refuses: INVALID_FIELDS, NOT_FOUND, ETAG_MISMATCH, CUSTOMER_SYNC_STATE where it is neither, STRIPE_KEY_REQUIRED,
     * PERSON_ERASED.
     * </pre>
     */
    public void retryCustomerSync(io.referrald.v1.RetryCustomerSyncRequest request,
        io.grpc.stub.StreamObserver<io.referrald.v1.RetryCustomerSyncResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getRetryCustomerSyncMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Erases a person: their name and whatever else identifies them, in both modes, from referrers, referrals, payments, events
     * and all else. What was decided and what counts stays, under a random email. What is delivered of the person later is
     * recorded without the email and counts for nobody, and they are not registered again. An email that nothing is known of
     * is erased too: it will not be taken in. A repetition is safe, and erases what came since. Scope `admin`.
     * Refuses: INVALID_FIELDS, NOT_FOUND for an account that is not there or that the key may not touch, OPEN_REWARDS unless
     * `cancel_open_rewards` is set, REWARDS_UNDER_WAY.
     * </pre>
     */
    public void erasePerson(io.referrald.v1.ErasePersonRequest request,
        io.grpc.stub.StreamObserver<io.referrald.v1.ErasePersonResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getErasePersonMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Makes referrers of all customers of the campaign's account at Stripe, each with a code, and writes each one's link
     * (the campaign's landing URL and the code) to the customer's metadata. Answers after each page of a hundred, the last
     * with `finished_at`, or with `last_error` where it is broken off. The run is the service's own: it goes on when the
     * caller has gone and when the service was restarted, and GetReferrerSync tells how far it is. The same call goes on
     * at once with a run that was broken off; one with another key or time begins anew. Customers that are made meanwhile
     * are found by the next run. It is broken off when the campaign ends, and follows its landing URL from the next page on.
     * Scope `admin`, since it may write over what every customer has under that key.
     * Refuses: INVALID_FIELDS, NOT_FOUND, CAMPAIGN_STATE where it has ended, LANDING_URL_REQUIRED, STRIPE_KEY_REQUIRED,
     * REFERRER_SYNC_RUNS; later in the stream STORE_UNAVAILABLE, SHUTTING_DOWN, and of a dry run STRIPE_REFUSED and
     * STRIPE_UNAVAILABLE.
     * </pre>
     */
    public void syncReferrers(io.referrald.v1.SyncReferrersRequest request,
        io.grpc.stub.StreamObserver<io.referrald.v1.SyncReferrersResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncServerStreamingCall(
          getChannel().newCall(getSyncReferrersMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Reads how far the newest run of SyncReferrers has come. Scope `read`.
     * Refuses: INVALID_FIELDS, NOT_FOUND where there was none.
     * </pre>
     */
    public void getReferrerSync(io.referrald.v1.GetReferrerSyncRequest request,
        io.grpc.stub.StreamObserver<io.referrald.v1.GetReferrerSyncResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetReferrerSyncMethod(), getCallOptions()), request, responseObserver);
    }
  }

  /**
   * A stub to allow clients to do synchronous rpc calls to service ReferralService.
   * <pre>
   * People: those who refer, and those who were invited.
   * </pre>
   */
  public static final class ReferralServiceBlockingV2Stub
      extends io.grpc.stub.AbstractBlockingStub<ReferralServiceBlockingV2Stub> {
    private ReferralServiceBlockingV2Stub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected ReferralServiceBlockingV2Stub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new ReferralServiceBlockingV2Stub(channel, callOptions);
    }

    /**
     * <pre>
     * Makes a referrer. Scope `write`.
     * Refuses: INVALID_FIELDS, NOT_FOUND for an account that the key may not touch, REQUEST_ID_REUSED, ALREADY_EXISTS
     * where the email or code is taken in the account, PERSON_ERASED.
     * </pre>
     */
    public io.referrald.v1.CreateReferrerResponse createReferrer(io.referrald.v1.CreateReferrerRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getCreateReferrerMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Reads a referrer. Scope `read`.
     * Refuses: INVALID_FIELDS, NOT_FOUND.
     * </pre>
     */
    public io.referrald.v1.GetReferrerResponse getReferrer(io.referrald.v1.GetReferrerRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetReferrerMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists referrers, the oldest first. Scope `read`.
     * Refuses: INVALID_FIELDS, INVALID_PAGE_TOKEN.
     * </pre>
     */
    public io.referrald.v1.ListReferrersResponse listReferrers(io.referrald.v1.ListReferrersRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListReferrersMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Changes the fields that the mask names. Another email does not judge past self-referrals again. Scope `write`.
     * Refuses: INVALID_FIELDS, NOT_FOUND, ETAG_MISMATCH, ALREADY_EXISTS where the email is taken, PERSON_ERASED where the
     * referrer was, or who has the new email.
     * </pre>
     */
    public io.referrald.v1.UpdateReferrerResponse updateReferrer(io.referrald.v1.UpdateReferrerRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getUpdateReferrerMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Registers an invited person in a LIVE campaign, and decides at once with the payments that are known already. The
     * same person again with the same referrer gives the same referral. Scope `write`.
     * Refuses: INVALID_FIELDS, NOT_FOUND, REQUEST_ID_REUSED, CAMPAIGN_STATE, CAMPAIGN_CLOSED, ALREADY_EXISTS where another
     * referrer brought the person first, PERSON_ERASED where one of the two was.
     * </pre>
     */
    public io.referrald.v1.CreateReferralResponse createReferral(io.referrald.v1.CreateReferralRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getCreateReferralMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Reads a referral. Scope `read`.
     * Refuses: INVALID_FIELDS, NOT_FOUND.
     * </pre>
     */
    public io.referrald.v1.GetReferralResponse getReferral(io.referrald.v1.GetReferralRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetReferralMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists referrals, the oldest first. Scope `read`.
     * Refuses: INVALID_FIELDS, INVALID_PAGE_TOKEN.
     * </pre>
     */
    public io.referrald.v1.ListReferralsResponse listReferrals(io.referrald.v1.ListReferralsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListReferralsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Changes the fields of the person that the mask names. The email never changes. Scope `write`.
     * Refuses: INVALID_FIELDS, NOT_FOUND, ETAG_MISMATCH, PERSON_ERASED.
     * </pre>
     */
    public io.referrald.v1.UpdateReferralResponse updateReferral(io.referrald.v1.UpdateReferralRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getUpdateReferralMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Finds the referrals of a person, or those that a code brought, in all campaigns. Scope `read`.
     * Refuses: INVALID_FIELDS.
     * </pre>
     */
    public io.referrald.v1.FindReferralResponse findReferral(io.referrald.v1.FindReferralRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getFindReferralMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Begins the look at Stripe for a referral anew after it failed; one that is pending is tried at once. Scope `write`.
     * Refuses: INVALID_FIELDS, NOT_FOUND, ETAG_MISMATCH, CUSTOMER_SYNC_STATE where it is neither, STRIPE_KEY_REQUIRED,
     * PERSON_ERASED.
     * </pre>
     */
    public io.referrald.v1.RetryCustomerSyncResponse retryCustomerSync(io.referrald.v1.RetryCustomerSyncRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getRetryCustomerSyncMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Erases a person: their name and whatever else identifies them, in both modes, from referrers, referrals, payments, events
     * and all else. What was decided and what counts stays, under a random email. What is delivered of the person later is
     * recorded without the email and counts for nobody, and they are not registered again. An email that nothing is known of
     * is erased too: it will not be taken in. A repetition is safe, and erases what came since. Scope `admin`.
     * Refuses: INVALID_FIELDS, NOT_FOUND for an account that is not there or that the key may not touch, OPEN_REWARDS unless
     * `cancel_open_rewards` is set, REWARDS_UNDER_WAY.
     * </pre>
     */
    public io.referrald.v1.ErasePersonResponse erasePerson(io.referrald.v1.ErasePersonRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getErasePersonMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Makes referrers of all customers of the campaign's account at Stripe, each with a code, and writes each one's link
     * (the campaign's landing URL and the code) to the customer's metadata. Answers after each page of a hundred, the last
     * with `finished_at`, or with `last_error` where it is broken off. The run is the service's own: it goes on when the
     * caller has gone and when the service was restarted, and GetReferrerSync tells how far it is. The same call goes on
     * at once with a run that was broken off; one with another key or time begins anew. Customers that are made meanwhile
     * are found by the next run. It is broken off when the campaign ends, and follows its landing URL from the next page on.
     * Scope `admin`, since it may write over what every customer has under that key.
     * Refuses: INVALID_FIELDS, NOT_FOUND, CAMPAIGN_STATE where it has ended, LANDING_URL_REQUIRED, STRIPE_KEY_REQUIRED,
     * REFERRER_SYNC_RUNS; later in the stream STORE_UNAVAILABLE, SHUTTING_DOWN, and of a dry run STRIPE_REFUSED and
     * STRIPE_UNAVAILABLE.
     * </pre>
     */
    @io.grpc.ExperimentalApi("https://github.com/grpc/grpc-java/issues/10918")
    public io.grpc.stub.BlockingClientCall<?, io.referrald.v1.SyncReferrersResponse>
        syncReferrers(io.referrald.v1.SyncReferrersRequest request) {
      return io.grpc.stub.ClientCalls.blockingV2ServerStreamingCall(
          getChannel(), getSyncReferrersMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Reads how far the newest run of SyncReferrers has come. Scope `read`.
     * Refuses: INVALID_FIELDS, NOT_FOUND where there was none.
     * </pre>
     */
    public io.referrald.v1.GetReferrerSyncResponse getReferrerSync(io.referrald.v1.GetReferrerSyncRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetReferrerSyncMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do limited synchronous rpc calls to service ReferralService.
   * <pre>
   * People: those who refer, and those who were invited.
   * </pre>
   */
  public static final class ReferralServiceBlockingStub
      extends io.grpc.stub.AbstractBlockingStub<ReferralServiceBlockingStub> {
    private ReferralServiceBlockingStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected ReferralServiceBlockingStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new ReferralServiceBlockingStub(channel, callOptions);
    }

    /**
     * <pre>
     * Makes a referrer. Scope `write`.
     * Refuses: INVALID_FIELDS, NOT_FOUND for an account that the key may not touch, REQUEST_ID_REUSED, ALREADY_EXISTS
     * where the email or code is taken in the account, PERSON_ERASED.
     * </pre>
     */
    public io.referrald.v1.CreateReferrerResponse createReferrer(io.referrald.v1.CreateReferrerRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getCreateReferrerMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Reads a referrer. Scope `read`.
     * Refuses: INVALID_FIELDS, NOT_FOUND.
     * </pre>
     */
    public io.referrald.v1.GetReferrerResponse getReferrer(io.referrald.v1.GetReferrerRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetReferrerMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists referrers, the oldest first. Scope `read`.
     * Refuses: INVALID_FIELDS, INVALID_PAGE_TOKEN.
     * </pre>
     */
    public io.referrald.v1.ListReferrersResponse listReferrers(io.referrald.v1.ListReferrersRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListReferrersMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Changes the fields that the mask names. Another email does not judge past self-referrals again. Scope `write`.
     * Refuses: INVALID_FIELDS, NOT_FOUND, ETAG_MISMATCH, ALREADY_EXISTS where the email is taken, PERSON_ERASED where the
     * referrer was, or who has the new email.
     * </pre>
     */
    public io.referrald.v1.UpdateReferrerResponse updateReferrer(io.referrald.v1.UpdateReferrerRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getUpdateReferrerMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Registers an invited person in a LIVE campaign, and decides at once with the payments that are known already. The
     * same person again with the same referrer gives the same referral. Scope `write`.
     * Refuses: INVALID_FIELDS, NOT_FOUND, REQUEST_ID_REUSED, CAMPAIGN_STATE, CAMPAIGN_CLOSED, ALREADY_EXISTS where another
     * referrer brought the person first, PERSON_ERASED where one of the two was.
     * </pre>
     */
    public io.referrald.v1.CreateReferralResponse createReferral(io.referrald.v1.CreateReferralRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getCreateReferralMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Reads a referral. Scope `read`.
     * Refuses: INVALID_FIELDS, NOT_FOUND.
     * </pre>
     */
    public io.referrald.v1.GetReferralResponse getReferral(io.referrald.v1.GetReferralRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetReferralMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists referrals, the oldest first. Scope `read`.
     * Refuses: INVALID_FIELDS, INVALID_PAGE_TOKEN.
     * </pre>
     */
    public io.referrald.v1.ListReferralsResponse listReferrals(io.referrald.v1.ListReferralsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListReferralsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Changes the fields of the person that the mask names. The email never changes. Scope `write`.
     * Refuses: INVALID_FIELDS, NOT_FOUND, ETAG_MISMATCH, PERSON_ERASED.
     * </pre>
     */
    public io.referrald.v1.UpdateReferralResponse updateReferral(io.referrald.v1.UpdateReferralRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getUpdateReferralMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Finds the referrals of a person, or those that a code brought, in all campaigns. Scope `read`.
     * Refuses: INVALID_FIELDS.
     * </pre>
     */
    public io.referrald.v1.FindReferralResponse findReferral(io.referrald.v1.FindReferralRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getFindReferralMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Begins the look at Stripe for a referral anew after it failed; one that is pending is tried at once. Scope `write`.
     * Refuses: INVALID_FIELDS, NOT_FOUND, ETAG_MISMATCH, CUSTOMER_SYNC_STATE where it is neither, STRIPE_KEY_REQUIRED,
     * PERSON_ERASED.
     * </pre>
     */
    public io.referrald.v1.RetryCustomerSyncResponse retryCustomerSync(io.referrald.v1.RetryCustomerSyncRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getRetryCustomerSyncMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Erases a person: their name and whatever else identifies them, in both modes, from referrers, referrals, payments, events
     * and all else. What was decided and what counts stays, under a random email. What is delivered of the person later is
     * recorded without the email and counts for nobody, and they are not registered again. An email that nothing is known of
     * is erased too: it will not be taken in. A repetition is safe, and erases what came since. Scope `admin`.
     * Refuses: INVALID_FIELDS, NOT_FOUND for an account that is not there or that the key may not touch, OPEN_REWARDS unless
     * `cancel_open_rewards` is set, REWARDS_UNDER_WAY.
     * </pre>
     */
    public io.referrald.v1.ErasePersonResponse erasePerson(io.referrald.v1.ErasePersonRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getErasePersonMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Makes referrers of all customers of the campaign's account at Stripe, each with a code, and writes each one's link
     * (the campaign's landing URL and the code) to the customer's metadata. Answers after each page of a hundred, the last
     * with `finished_at`, or with `last_error` where it is broken off. The run is the service's own: it goes on when the
     * caller has gone and when the service was restarted, and GetReferrerSync tells how far it is. The same call goes on
     * at once with a run that was broken off; one with another key or time begins anew. Customers that are made meanwhile
     * are found by the next run. It is broken off when the campaign ends, and follows its landing URL from the next page on.
     * Scope `admin`, since it may write over what every customer has under that key.
     * Refuses: INVALID_FIELDS, NOT_FOUND, CAMPAIGN_STATE where it has ended, LANDING_URL_REQUIRED, STRIPE_KEY_REQUIRED,
     * REFERRER_SYNC_RUNS; later in the stream STORE_UNAVAILABLE, SHUTTING_DOWN, and of a dry run STRIPE_REFUSED and
     * STRIPE_UNAVAILABLE.
     * </pre>
     */
    public java.util.Iterator<io.referrald.v1.SyncReferrersResponse> syncReferrers(
        io.referrald.v1.SyncReferrersRequest request) {
      return io.grpc.stub.ClientCalls.blockingServerStreamingCall(
          getChannel(), getSyncReferrersMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Reads how far the newest run of SyncReferrers has come. Scope `read`.
     * Refuses: INVALID_FIELDS, NOT_FOUND where there was none.
     * </pre>
     */
    public io.referrald.v1.GetReferrerSyncResponse getReferrerSync(io.referrald.v1.GetReferrerSyncRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetReferrerSyncMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do ListenableFuture-style rpc calls to service ReferralService.
   * <pre>
   * People: those who refer, and those who were invited.
   * </pre>
   */
  public static final class ReferralServiceFutureStub
      extends io.grpc.stub.AbstractFutureStub<ReferralServiceFutureStub> {
    private ReferralServiceFutureStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected ReferralServiceFutureStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new ReferralServiceFutureStub(channel, callOptions);
    }

    /**
     * <pre>
     * Makes a referrer. Scope `write`.
     * Refuses: INVALID_FIELDS, NOT_FOUND for an account that the key may not touch, REQUEST_ID_REUSED, ALREADY_EXISTS
     * where the email or code is taken in the account, PERSON_ERASED.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.referrald.v1.CreateReferrerResponse> createReferrer(
        io.referrald.v1.CreateReferrerRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getCreateReferrerMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Reads a referrer. Scope `read`.
     * Refuses: INVALID_FIELDS, NOT_FOUND.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.referrald.v1.GetReferrerResponse> getReferrer(
        io.referrald.v1.GetReferrerRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetReferrerMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Lists referrers, the oldest first. Scope `read`.
     * Refuses: INVALID_FIELDS, INVALID_PAGE_TOKEN.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.referrald.v1.ListReferrersResponse> listReferrers(
        io.referrald.v1.ListReferrersRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListReferrersMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Changes the fields that the mask names. Another email does not judge past self-referrals again. Scope `write`.
     * Refuses: INVALID_FIELDS, NOT_FOUND, ETAG_MISMATCH, ALREADY_EXISTS where the email is taken, PERSON_ERASED where the
     * referrer was, or who has the new email.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.referrald.v1.UpdateReferrerResponse> updateReferrer(
        io.referrald.v1.UpdateReferrerRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getUpdateReferrerMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Registers an invited person in a LIVE campaign, and decides at once with the payments that are known already. The
     * same person again with the same referrer gives the same referral. Scope `write`.
     * Refuses: INVALID_FIELDS, NOT_FOUND, REQUEST_ID_REUSED, CAMPAIGN_STATE, CAMPAIGN_CLOSED, ALREADY_EXISTS where another
     * referrer brought the person first, PERSON_ERASED where one of the two was.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.referrald.v1.CreateReferralResponse> createReferral(
        io.referrald.v1.CreateReferralRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getCreateReferralMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Reads a referral. Scope `read`.
     * Refuses: INVALID_FIELDS, NOT_FOUND.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.referrald.v1.GetReferralResponse> getReferral(
        io.referrald.v1.GetReferralRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetReferralMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Lists referrals, the oldest first. Scope `read`.
     * Refuses: INVALID_FIELDS, INVALID_PAGE_TOKEN.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.referrald.v1.ListReferralsResponse> listReferrals(
        io.referrald.v1.ListReferralsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListReferralsMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Changes the fields of the person that the mask names. The email never changes. Scope `write`.
     * Refuses: INVALID_FIELDS, NOT_FOUND, ETAG_MISMATCH, PERSON_ERASED.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.referrald.v1.UpdateReferralResponse> updateReferral(
        io.referrald.v1.UpdateReferralRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getUpdateReferralMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Finds the referrals of a person, or those that a code brought, in all campaigns. Scope `read`.
     * Refuses: INVALID_FIELDS.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.referrald.v1.FindReferralResponse> findReferral(
        io.referrald.v1.FindReferralRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getFindReferralMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Begins the look at Stripe for a referral anew after it failed; one that is pending is tried at once. Scope `write`.
     * Refuses: INVALID_FIELDS, NOT_FOUND, ETAG_MISMATCH, CUSTOMER_SYNC_STATE where it is neither, STRIPE_KEY_REQUIRED,
     * PERSON_ERASED.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.referrald.v1.RetryCustomerSyncResponse> retryCustomerSync(
        io.referrald.v1.RetryCustomerSyncRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getRetryCustomerSyncMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Erases a person: their name and whatever else identifies them, in both modes, from referrers, referrals, payments, events
     * and all else. What was decided and what counts stays, under a random email. What is delivered of the person later is
     * recorded without the email and counts for nobody, and they are not registered again. An email that nothing is known of
     * is erased too: it will not be taken in. A repetition is safe, and erases what came since. Scope `admin`.
     * Refuses: INVALID_FIELDS, NOT_FOUND for an account that is not there or that the key may not touch, OPEN_REWARDS unless
     * `cancel_open_rewards` is set, REWARDS_UNDER_WAY.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.referrald.v1.ErasePersonResponse> erasePerson(
        io.referrald.v1.ErasePersonRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getErasePersonMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Reads how far the newest run of SyncReferrers has come. Scope `read`.
     * Refuses: INVALID_FIELDS, NOT_FOUND where there was none.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.referrald.v1.GetReferrerSyncResponse> getReferrerSync(
        io.referrald.v1.GetReferrerSyncRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetReferrerSyncMethod(), getCallOptions()), request);
    }
  }

  private static final int METHODID_CREATE_REFERRER = 0;
  private static final int METHODID_GET_REFERRER = 1;
  private static final int METHODID_LIST_REFERRERS = 2;
  private static final int METHODID_UPDATE_REFERRER = 3;
  private static final int METHODID_CREATE_REFERRAL = 4;
  private static final int METHODID_GET_REFERRAL = 5;
  private static final int METHODID_LIST_REFERRALS = 6;
  private static final int METHODID_UPDATE_REFERRAL = 7;
  private static final int METHODID_FIND_REFERRAL = 8;
  private static final int METHODID_RETRY_CUSTOMER_SYNC = 9;
  private static final int METHODID_ERASE_PERSON = 10;
  private static final int METHODID_SYNC_REFERRERS = 11;
  private static final int METHODID_GET_REFERRER_SYNC = 12;

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
        case METHODID_CREATE_REFERRER:
          serviceImpl.createReferrer((io.referrald.v1.CreateReferrerRequest) request,
              (io.grpc.stub.StreamObserver<io.referrald.v1.CreateReferrerResponse>) responseObserver);
          break;
        case METHODID_GET_REFERRER:
          serviceImpl.getReferrer((io.referrald.v1.GetReferrerRequest) request,
              (io.grpc.stub.StreamObserver<io.referrald.v1.GetReferrerResponse>) responseObserver);
          break;
        case METHODID_LIST_REFERRERS:
          serviceImpl.listReferrers((io.referrald.v1.ListReferrersRequest) request,
              (io.grpc.stub.StreamObserver<io.referrald.v1.ListReferrersResponse>) responseObserver);
          break;
        case METHODID_UPDATE_REFERRER:
          serviceImpl.updateReferrer((io.referrald.v1.UpdateReferrerRequest) request,
              (io.grpc.stub.StreamObserver<io.referrald.v1.UpdateReferrerResponse>) responseObserver);
          break;
        case METHODID_CREATE_REFERRAL:
          serviceImpl.createReferral((io.referrald.v1.CreateReferralRequest) request,
              (io.grpc.stub.StreamObserver<io.referrald.v1.CreateReferralResponse>) responseObserver);
          break;
        case METHODID_GET_REFERRAL:
          serviceImpl.getReferral((io.referrald.v1.GetReferralRequest) request,
              (io.grpc.stub.StreamObserver<io.referrald.v1.GetReferralResponse>) responseObserver);
          break;
        case METHODID_LIST_REFERRALS:
          serviceImpl.listReferrals((io.referrald.v1.ListReferralsRequest) request,
              (io.grpc.stub.StreamObserver<io.referrald.v1.ListReferralsResponse>) responseObserver);
          break;
        case METHODID_UPDATE_REFERRAL:
          serviceImpl.updateReferral((io.referrald.v1.UpdateReferralRequest) request,
              (io.grpc.stub.StreamObserver<io.referrald.v1.UpdateReferralResponse>) responseObserver);
          break;
        case METHODID_FIND_REFERRAL:
          serviceImpl.findReferral((io.referrald.v1.FindReferralRequest) request,
              (io.grpc.stub.StreamObserver<io.referrald.v1.FindReferralResponse>) responseObserver);
          break;
        case METHODID_RETRY_CUSTOMER_SYNC:
          serviceImpl.retryCustomerSync((io.referrald.v1.RetryCustomerSyncRequest) request,
              (io.grpc.stub.StreamObserver<io.referrald.v1.RetryCustomerSyncResponse>) responseObserver);
          break;
        case METHODID_ERASE_PERSON:
          serviceImpl.erasePerson((io.referrald.v1.ErasePersonRequest) request,
              (io.grpc.stub.StreamObserver<io.referrald.v1.ErasePersonResponse>) responseObserver);
          break;
        case METHODID_SYNC_REFERRERS:
          serviceImpl.syncReferrers((io.referrald.v1.SyncReferrersRequest) request,
              (io.grpc.stub.StreamObserver<io.referrald.v1.SyncReferrersResponse>) responseObserver);
          break;
        case METHODID_GET_REFERRER_SYNC:
          serviceImpl.getReferrerSync((io.referrald.v1.GetReferrerSyncRequest) request,
              (io.grpc.stub.StreamObserver<io.referrald.v1.GetReferrerSyncResponse>) responseObserver);
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
          getCreateReferrerMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.referrald.v1.CreateReferrerRequest,
              io.referrald.v1.CreateReferrerResponse>(
                service, METHODID_CREATE_REFERRER)))
        .addMethod(
          getGetReferrerMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.referrald.v1.GetReferrerRequest,
              io.referrald.v1.GetReferrerResponse>(
                service, METHODID_GET_REFERRER)))
        .addMethod(
          getListReferrersMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.referrald.v1.ListReferrersRequest,
              io.referrald.v1.ListReferrersResponse>(
                service, METHODID_LIST_REFERRERS)))
        .addMethod(
          getUpdateReferrerMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.referrald.v1.UpdateReferrerRequest,
              io.referrald.v1.UpdateReferrerResponse>(
                service, METHODID_UPDATE_REFERRER)))
        .addMethod(
          getCreateReferralMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.referrald.v1.CreateReferralRequest,
              io.referrald.v1.CreateReferralResponse>(
                service, METHODID_CREATE_REFERRAL)))
        .addMethod(
          getGetReferralMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.referrald.v1.GetReferralRequest,
              io.referrald.v1.GetReferralResponse>(
                service, METHODID_GET_REFERRAL)))
        .addMethod(
          getListReferralsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.referrald.v1.ListReferralsRequest,
              io.referrald.v1.ListReferralsResponse>(
                service, METHODID_LIST_REFERRALS)))
        .addMethod(
          getUpdateReferralMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.referrald.v1.UpdateReferralRequest,
              io.referrald.v1.UpdateReferralResponse>(
                service, METHODID_UPDATE_REFERRAL)))
        .addMethod(
          getFindReferralMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.referrald.v1.FindReferralRequest,
              io.referrald.v1.FindReferralResponse>(
                service, METHODID_FIND_REFERRAL)))
        .addMethod(
          getRetryCustomerSyncMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.referrald.v1.RetryCustomerSyncRequest,
              io.referrald.v1.RetryCustomerSyncResponse>(
                service, METHODID_RETRY_CUSTOMER_SYNC)))
        .addMethod(
          getErasePersonMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.referrald.v1.ErasePersonRequest,
              io.referrald.v1.ErasePersonResponse>(
                service, METHODID_ERASE_PERSON)))
        .addMethod(
          getSyncReferrersMethod(),
          io.grpc.stub.ServerCalls.asyncServerStreamingCall(
            new MethodHandlers<
              io.referrald.v1.SyncReferrersRequest,
              io.referrald.v1.SyncReferrersResponse>(
                service, METHODID_SYNC_REFERRERS)))
        .addMethod(
          getGetReferrerSyncMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.referrald.v1.GetReferrerSyncRequest,
              io.referrald.v1.GetReferrerSyncResponse>(
                service, METHODID_GET_REFERRER_SYNC)))
        .build();
  }

  private static abstract class ReferralServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoFileDescriptorSupplier, io.grpc.protobuf.ProtoServiceDescriptorSupplier {
    ReferralServiceBaseDescriptorSupplier() {}

    @java.lang.Override
    public com.google.protobuf.Descriptors.FileDescriptor getFileDescriptor() {
      return io.referrald.v1.ReferralServiceProto.getDescriptor();
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.ServiceDescriptor getServiceDescriptor() {
      return getFileDescriptor().findServiceByName("ReferralService");
    }
  }

  private static final class ReferralServiceFileDescriptorSupplier
      extends ReferralServiceBaseDescriptorSupplier {
    ReferralServiceFileDescriptorSupplier() {}
  }

  private static final class ReferralServiceMethodDescriptorSupplier
      extends ReferralServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoMethodDescriptorSupplier {
    private final java.lang.String methodName;

    ReferralServiceMethodDescriptorSupplier(java.lang.String methodName) {
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
      synchronized (ReferralServiceGrpc.class) {
        result = serviceDescriptor;
        if (result == null) {
          serviceDescriptor = result = io.grpc.ServiceDescriptor.newBuilder(SERVICE_NAME)
              .setSchemaDescriptor(new ReferralServiceFileDescriptorSupplier())
              .addMethod(getCreateReferrerMethod())
              .addMethod(getGetReferrerMethod())
              .addMethod(getListReferrersMethod())
              .addMethod(getUpdateReferrerMethod())
              .addMethod(getCreateReferralMethod())
              .addMethod(getGetReferralMethod())
              .addMethod(getListReferralsMethod())
              .addMethod(getUpdateReferralMethod())
              .addMethod(getFindReferralMethod())
              .addMethod(getRetryCustomerSyncMethod())
              .addMethod(getErasePersonMethod())
              .addMethod(getSyncReferrersMethod())
              .addMethod(getGetReferrerSyncMethod())
              .build();
        }
      }
    }
    return result;
  }
}
