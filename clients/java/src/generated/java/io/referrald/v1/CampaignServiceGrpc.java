package io.referrald.v1;

import static io.grpc.MethodDescriptor.generateFullMethodName;

/**
 * <pre>
 * Campaigns, and the webhook secrets of their accounts.
 * </pre>
 */
@io.grpc.stub.annotations.GrpcGenerated
public final class CampaignServiceGrpc {

  private CampaignServiceGrpc() {}

  public static final java.lang.String SERVICE_NAME = "referrald.v1.CampaignService";

  // Static method descriptors that strictly reflect the proto.
  private static volatile io.grpc.MethodDescriptor<io.referrald.v1.CreateCampaignRequest,
      io.referrald.v1.CreateCampaignResponse> getCreateCampaignMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "CreateCampaign",
      requestType = io.referrald.v1.CreateCampaignRequest.class,
      responseType = io.referrald.v1.CreateCampaignResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.referrald.v1.CreateCampaignRequest,
      io.referrald.v1.CreateCampaignResponse> getCreateCampaignMethod() {
    io.grpc.MethodDescriptor<io.referrald.v1.CreateCampaignRequest, io.referrald.v1.CreateCampaignResponse> getCreateCampaignMethod;
    if ((getCreateCampaignMethod = CampaignServiceGrpc.getCreateCampaignMethod) == null) {
      synchronized (CampaignServiceGrpc.class) {
        if ((getCreateCampaignMethod = CampaignServiceGrpc.getCreateCampaignMethod) == null) {
          CampaignServiceGrpc.getCreateCampaignMethod = getCreateCampaignMethod =
              io.grpc.MethodDescriptor.<io.referrald.v1.CreateCampaignRequest, io.referrald.v1.CreateCampaignResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "CreateCampaign"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.referrald.v1.CreateCampaignRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.referrald.v1.CreateCampaignResponse.getDefaultInstance()))
              .setSchemaDescriptor(new CampaignServiceMethodDescriptorSupplier("CreateCampaign"))
              .build();
        }
      }
    }
    return getCreateCampaignMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.referrald.v1.GetCampaignRequest,
      io.referrald.v1.GetCampaignResponse> getGetCampaignMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetCampaign",
      requestType = io.referrald.v1.GetCampaignRequest.class,
      responseType = io.referrald.v1.GetCampaignResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.referrald.v1.GetCampaignRequest,
      io.referrald.v1.GetCampaignResponse> getGetCampaignMethod() {
    io.grpc.MethodDescriptor<io.referrald.v1.GetCampaignRequest, io.referrald.v1.GetCampaignResponse> getGetCampaignMethod;
    if ((getGetCampaignMethod = CampaignServiceGrpc.getGetCampaignMethod) == null) {
      synchronized (CampaignServiceGrpc.class) {
        if ((getGetCampaignMethod = CampaignServiceGrpc.getGetCampaignMethod) == null) {
          CampaignServiceGrpc.getGetCampaignMethod = getGetCampaignMethod =
              io.grpc.MethodDescriptor.<io.referrald.v1.GetCampaignRequest, io.referrald.v1.GetCampaignResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetCampaign"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.referrald.v1.GetCampaignRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.referrald.v1.GetCampaignResponse.getDefaultInstance()))
              .setSchemaDescriptor(new CampaignServiceMethodDescriptorSupplier("GetCampaign"))
              .build();
        }
      }
    }
    return getGetCampaignMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.referrald.v1.ListCampaignsRequest,
      io.referrald.v1.ListCampaignsResponse> getListCampaignsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListCampaigns",
      requestType = io.referrald.v1.ListCampaignsRequest.class,
      responseType = io.referrald.v1.ListCampaignsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.referrald.v1.ListCampaignsRequest,
      io.referrald.v1.ListCampaignsResponse> getListCampaignsMethod() {
    io.grpc.MethodDescriptor<io.referrald.v1.ListCampaignsRequest, io.referrald.v1.ListCampaignsResponse> getListCampaignsMethod;
    if ((getListCampaignsMethod = CampaignServiceGrpc.getListCampaignsMethod) == null) {
      synchronized (CampaignServiceGrpc.class) {
        if ((getListCampaignsMethod = CampaignServiceGrpc.getListCampaignsMethod) == null) {
          CampaignServiceGrpc.getListCampaignsMethod = getListCampaignsMethod =
              io.grpc.MethodDescriptor.<io.referrald.v1.ListCampaignsRequest, io.referrald.v1.ListCampaignsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListCampaigns"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.referrald.v1.ListCampaignsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.referrald.v1.ListCampaignsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new CampaignServiceMethodDescriptorSupplier("ListCampaigns"))
              .build();
        }
      }
    }
    return getListCampaignsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.referrald.v1.UpdateCampaignRequest,
      io.referrald.v1.UpdateCampaignResponse> getUpdateCampaignMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "UpdateCampaign",
      requestType = io.referrald.v1.UpdateCampaignRequest.class,
      responseType = io.referrald.v1.UpdateCampaignResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.referrald.v1.UpdateCampaignRequest,
      io.referrald.v1.UpdateCampaignResponse> getUpdateCampaignMethod() {
    io.grpc.MethodDescriptor<io.referrald.v1.UpdateCampaignRequest, io.referrald.v1.UpdateCampaignResponse> getUpdateCampaignMethod;
    if ((getUpdateCampaignMethod = CampaignServiceGrpc.getUpdateCampaignMethod) == null) {
      synchronized (CampaignServiceGrpc.class) {
        if ((getUpdateCampaignMethod = CampaignServiceGrpc.getUpdateCampaignMethod) == null) {
          CampaignServiceGrpc.getUpdateCampaignMethod = getUpdateCampaignMethod =
              io.grpc.MethodDescriptor.<io.referrald.v1.UpdateCampaignRequest, io.referrald.v1.UpdateCampaignResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "UpdateCampaign"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.referrald.v1.UpdateCampaignRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.referrald.v1.UpdateCampaignResponse.getDefaultInstance()))
              .setSchemaDescriptor(new CampaignServiceMethodDescriptorSupplier("UpdateCampaign"))
              .build();
        }
      }
    }
    return getUpdateCampaignMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.referrald.v1.LaunchCampaignRequest,
      io.referrald.v1.LaunchCampaignResponse> getLaunchCampaignMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "LaunchCampaign",
      requestType = io.referrald.v1.LaunchCampaignRequest.class,
      responseType = io.referrald.v1.LaunchCampaignResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.referrald.v1.LaunchCampaignRequest,
      io.referrald.v1.LaunchCampaignResponse> getLaunchCampaignMethod() {
    io.grpc.MethodDescriptor<io.referrald.v1.LaunchCampaignRequest, io.referrald.v1.LaunchCampaignResponse> getLaunchCampaignMethod;
    if ((getLaunchCampaignMethod = CampaignServiceGrpc.getLaunchCampaignMethod) == null) {
      synchronized (CampaignServiceGrpc.class) {
        if ((getLaunchCampaignMethod = CampaignServiceGrpc.getLaunchCampaignMethod) == null) {
          CampaignServiceGrpc.getLaunchCampaignMethod = getLaunchCampaignMethod =
              io.grpc.MethodDescriptor.<io.referrald.v1.LaunchCampaignRequest, io.referrald.v1.LaunchCampaignResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "LaunchCampaign"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.referrald.v1.LaunchCampaignRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.referrald.v1.LaunchCampaignResponse.getDefaultInstance()))
              .setSchemaDescriptor(new CampaignServiceMethodDescriptorSupplier("LaunchCampaign"))
              .build();
        }
      }
    }
    return getLaunchCampaignMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.referrald.v1.PauseCampaignRequest,
      io.referrald.v1.PauseCampaignResponse> getPauseCampaignMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "PauseCampaign",
      requestType = io.referrald.v1.PauseCampaignRequest.class,
      responseType = io.referrald.v1.PauseCampaignResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.referrald.v1.PauseCampaignRequest,
      io.referrald.v1.PauseCampaignResponse> getPauseCampaignMethod() {
    io.grpc.MethodDescriptor<io.referrald.v1.PauseCampaignRequest, io.referrald.v1.PauseCampaignResponse> getPauseCampaignMethod;
    if ((getPauseCampaignMethod = CampaignServiceGrpc.getPauseCampaignMethod) == null) {
      synchronized (CampaignServiceGrpc.class) {
        if ((getPauseCampaignMethod = CampaignServiceGrpc.getPauseCampaignMethod) == null) {
          CampaignServiceGrpc.getPauseCampaignMethod = getPauseCampaignMethod =
              io.grpc.MethodDescriptor.<io.referrald.v1.PauseCampaignRequest, io.referrald.v1.PauseCampaignResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "PauseCampaign"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.referrald.v1.PauseCampaignRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.referrald.v1.PauseCampaignResponse.getDefaultInstance()))
              .setSchemaDescriptor(new CampaignServiceMethodDescriptorSupplier("PauseCampaign"))
              .build();
        }
      }
    }
    return getPauseCampaignMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.referrald.v1.EndCampaignRequest,
      io.referrald.v1.EndCampaignResponse> getEndCampaignMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "EndCampaign",
      requestType = io.referrald.v1.EndCampaignRequest.class,
      responseType = io.referrald.v1.EndCampaignResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.referrald.v1.EndCampaignRequest,
      io.referrald.v1.EndCampaignResponse> getEndCampaignMethod() {
    io.grpc.MethodDescriptor<io.referrald.v1.EndCampaignRequest, io.referrald.v1.EndCampaignResponse> getEndCampaignMethod;
    if ((getEndCampaignMethod = CampaignServiceGrpc.getEndCampaignMethod) == null) {
      synchronized (CampaignServiceGrpc.class) {
        if ((getEndCampaignMethod = CampaignServiceGrpc.getEndCampaignMethod) == null) {
          CampaignServiceGrpc.getEndCampaignMethod = getEndCampaignMethod =
              io.grpc.MethodDescriptor.<io.referrald.v1.EndCampaignRequest, io.referrald.v1.EndCampaignResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "EndCampaign"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.referrald.v1.EndCampaignRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.referrald.v1.EndCampaignResponse.getDefaultInstance()))
              .setSchemaDescriptor(new CampaignServiceMethodDescriptorSupplier("EndCampaign"))
              .build();
        }
      }
    }
    return getEndCampaignMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.referrald.v1.SimulateRuleRequest,
      io.referrald.v1.SimulateRuleResponse> getSimulateRuleMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "SimulateRule",
      requestType = io.referrald.v1.SimulateRuleRequest.class,
      responseType = io.referrald.v1.SimulateRuleResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
  public static io.grpc.MethodDescriptor<io.referrald.v1.SimulateRuleRequest,
      io.referrald.v1.SimulateRuleResponse> getSimulateRuleMethod() {
    io.grpc.MethodDescriptor<io.referrald.v1.SimulateRuleRequest, io.referrald.v1.SimulateRuleResponse> getSimulateRuleMethod;
    if ((getSimulateRuleMethod = CampaignServiceGrpc.getSimulateRuleMethod) == null) {
      synchronized (CampaignServiceGrpc.class) {
        if ((getSimulateRuleMethod = CampaignServiceGrpc.getSimulateRuleMethod) == null) {
          CampaignServiceGrpc.getSimulateRuleMethod = getSimulateRuleMethod =
              io.grpc.MethodDescriptor.<io.referrald.v1.SimulateRuleRequest, io.referrald.v1.SimulateRuleResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "SimulateRule"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.referrald.v1.SimulateRuleRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.referrald.v1.SimulateRuleResponse.getDefaultInstance()))
              .setSchemaDescriptor(new CampaignServiceMethodDescriptorSupplier("SimulateRule"))
              .build();
        }
      }
    }
    return getSimulateRuleMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.referrald.v1.GetCampaignStatsRequest,
      io.referrald.v1.GetCampaignStatsResponse> getGetCampaignStatsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetCampaignStats",
      requestType = io.referrald.v1.GetCampaignStatsRequest.class,
      responseType = io.referrald.v1.GetCampaignStatsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.referrald.v1.GetCampaignStatsRequest,
      io.referrald.v1.GetCampaignStatsResponse> getGetCampaignStatsMethod() {
    io.grpc.MethodDescriptor<io.referrald.v1.GetCampaignStatsRequest, io.referrald.v1.GetCampaignStatsResponse> getGetCampaignStatsMethod;
    if ((getGetCampaignStatsMethod = CampaignServiceGrpc.getGetCampaignStatsMethod) == null) {
      synchronized (CampaignServiceGrpc.class) {
        if ((getGetCampaignStatsMethod = CampaignServiceGrpc.getGetCampaignStatsMethod) == null) {
          CampaignServiceGrpc.getGetCampaignStatsMethod = getGetCampaignStatsMethod =
              io.grpc.MethodDescriptor.<io.referrald.v1.GetCampaignStatsRequest, io.referrald.v1.GetCampaignStatsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetCampaignStats"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.referrald.v1.GetCampaignStatsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.referrald.v1.GetCampaignStatsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new CampaignServiceMethodDescriptorSupplier("GetCampaignStats"))
              .build();
        }
      }
    }
    return getGetCampaignStatsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.referrald.v1.GetWebhookSetupRequest,
      io.referrald.v1.GetWebhookSetupResponse> getGetWebhookSetupMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetWebhookSetup",
      requestType = io.referrald.v1.GetWebhookSetupRequest.class,
      responseType = io.referrald.v1.GetWebhookSetupResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.referrald.v1.GetWebhookSetupRequest,
      io.referrald.v1.GetWebhookSetupResponse> getGetWebhookSetupMethod() {
    io.grpc.MethodDescriptor<io.referrald.v1.GetWebhookSetupRequest, io.referrald.v1.GetWebhookSetupResponse> getGetWebhookSetupMethod;
    if ((getGetWebhookSetupMethod = CampaignServiceGrpc.getGetWebhookSetupMethod) == null) {
      synchronized (CampaignServiceGrpc.class) {
        if ((getGetWebhookSetupMethod = CampaignServiceGrpc.getGetWebhookSetupMethod) == null) {
          CampaignServiceGrpc.getGetWebhookSetupMethod = getGetWebhookSetupMethod =
              io.grpc.MethodDescriptor.<io.referrald.v1.GetWebhookSetupRequest, io.referrald.v1.GetWebhookSetupResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetWebhookSetup"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.referrald.v1.GetWebhookSetupRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.referrald.v1.GetWebhookSetupResponse.getDefaultInstance()))
              .setSchemaDescriptor(new CampaignServiceMethodDescriptorSupplier("GetWebhookSetup"))
              .build();
        }
      }
    }
    return getGetWebhookSetupMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.referrald.v1.CreateWebhookEndpointRequest,
      io.referrald.v1.CreateWebhookEndpointResponse> getCreateWebhookEndpointMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "CreateWebhookEndpoint",
      requestType = io.referrald.v1.CreateWebhookEndpointRequest.class,
      responseType = io.referrald.v1.CreateWebhookEndpointResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.referrald.v1.CreateWebhookEndpointRequest,
      io.referrald.v1.CreateWebhookEndpointResponse> getCreateWebhookEndpointMethod() {
    io.grpc.MethodDescriptor<io.referrald.v1.CreateWebhookEndpointRequest, io.referrald.v1.CreateWebhookEndpointResponse> getCreateWebhookEndpointMethod;
    if ((getCreateWebhookEndpointMethod = CampaignServiceGrpc.getCreateWebhookEndpointMethod) == null) {
      synchronized (CampaignServiceGrpc.class) {
        if ((getCreateWebhookEndpointMethod = CampaignServiceGrpc.getCreateWebhookEndpointMethod) == null) {
          CampaignServiceGrpc.getCreateWebhookEndpointMethod = getCreateWebhookEndpointMethod =
              io.grpc.MethodDescriptor.<io.referrald.v1.CreateWebhookEndpointRequest, io.referrald.v1.CreateWebhookEndpointResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "CreateWebhookEndpoint"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.referrald.v1.CreateWebhookEndpointRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.referrald.v1.CreateWebhookEndpointResponse.getDefaultInstance()))
              .setSchemaDescriptor(new CampaignServiceMethodDescriptorSupplier("CreateWebhookEndpoint"))
              .build();
        }
      }
    }
    return getCreateWebhookEndpointMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.referrald.v1.AddWebhookSecretRequest,
      io.referrald.v1.AddWebhookSecretResponse> getAddWebhookSecretMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "AddWebhookSecret",
      requestType = io.referrald.v1.AddWebhookSecretRequest.class,
      responseType = io.referrald.v1.AddWebhookSecretResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.referrald.v1.AddWebhookSecretRequest,
      io.referrald.v1.AddWebhookSecretResponse> getAddWebhookSecretMethod() {
    io.grpc.MethodDescriptor<io.referrald.v1.AddWebhookSecretRequest, io.referrald.v1.AddWebhookSecretResponse> getAddWebhookSecretMethod;
    if ((getAddWebhookSecretMethod = CampaignServiceGrpc.getAddWebhookSecretMethod) == null) {
      synchronized (CampaignServiceGrpc.class) {
        if ((getAddWebhookSecretMethod = CampaignServiceGrpc.getAddWebhookSecretMethod) == null) {
          CampaignServiceGrpc.getAddWebhookSecretMethod = getAddWebhookSecretMethod =
              io.grpc.MethodDescriptor.<io.referrald.v1.AddWebhookSecretRequest, io.referrald.v1.AddWebhookSecretResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "AddWebhookSecret"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.referrald.v1.AddWebhookSecretRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.referrald.v1.AddWebhookSecretResponse.getDefaultInstance()))
              .setSchemaDescriptor(new CampaignServiceMethodDescriptorSupplier("AddWebhookSecret"))
              .build();
        }
      }
    }
    return getAddWebhookSecretMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.referrald.v1.RemoveWebhookSecretRequest,
      io.referrald.v1.RemoveWebhookSecretResponse> getRemoveWebhookSecretMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "RemoveWebhookSecret",
      requestType = io.referrald.v1.RemoveWebhookSecretRequest.class,
      responseType = io.referrald.v1.RemoveWebhookSecretResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.referrald.v1.RemoveWebhookSecretRequest,
      io.referrald.v1.RemoveWebhookSecretResponse> getRemoveWebhookSecretMethod() {
    io.grpc.MethodDescriptor<io.referrald.v1.RemoveWebhookSecretRequest, io.referrald.v1.RemoveWebhookSecretResponse> getRemoveWebhookSecretMethod;
    if ((getRemoveWebhookSecretMethod = CampaignServiceGrpc.getRemoveWebhookSecretMethod) == null) {
      synchronized (CampaignServiceGrpc.class) {
        if ((getRemoveWebhookSecretMethod = CampaignServiceGrpc.getRemoveWebhookSecretMethod) == null) {
          CampaignServiceGrpc.getRemoveWebhookSecretMethod = getRemoveWebhookSecretMethod =
              io.grpc.MethodDescriptor.<io.referrald.v1.RemoveWebhookSecretRequest, io.referrald.v1.RemoveWebhookSecretResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "RemoveWebhookSecret"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.referrald.v1.RemoveWebhookSecretRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.referrald.v1.RemoveWebhookSecretResponse.getDefaultInstance()))
              .setSchemaDescriptor(new CampaignServiceMethodDescriptorSupplier("RemoveWebhookSecret"))
              .build();
        }
      }
    }
    return getRemoveWebhookSecretMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.referrald.v1.ListWebhookSecretsRequest,
      io.referrald.v1.ListWebhookSecretsResponse> getListWebhookSecretsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListWebhookSecrets",
      requestType = io.referrald.v1.ListWebhookSecretsRequest.class,
      responseType = io.referrald.v1.ListWebhookSecretsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.referrald.v1.ListWebhookSecretsRequest,
      io.referrald.v1.ListWebhookSecretsResponse> getListWebhookSecretsMethod() {
    io.grpc.MethodDescriptor<io.referrald.v1.ListWebhookSecretsRequest, io.referrald.v1.ListWebhookSecretsResponse> getListWebhookSecretsMethod;
    if ((getListWebhookSecretsMethod = CampaignServiceGrpc.getListWebhookSecretsMethod) == null) {
      synchronized (CampaignServiceGrpc.class) {
        if ((getListWebhookSecretsMethod = CampaignServiceGrpc.getListWebhookSecretsMethod) == null) {
          CampaignServiceGrpc.getListWebhookSecretsMethod = getListWebhookSecretsMethod =
              io.grpc.MethodDescriptor.<io.referrald.v1.ListWebhookSecretsRequest, io.referrald.v1.ListWebhookSecretsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListWebhookSecrets"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.referrald.v1.ListWebhookSecretsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.referrald.v1.ListWebhookSecretsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new CampaignServiceMethodDescriptorSupplier("ListWebhookSecrets"))
              .build();
        }
      }
    }
    return getListWebhookSecretsMethod;
  }

  /**
   * Creates a new async stub that supports all call types for the service
   */
  public static CampaignServiceStub newStub(io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<CampaignServiceStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<CampaignServiceStub>() {
        @java.lang.Override
        public CampaignServiceStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new CampaignServiceStub(channel, callOptions);
        }
      };
    return CampaignServiceStub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports all types of calls on the service
   */
  public static CampaignServiceBlockingV2Stub newBlockingV2Stub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<CampaignServiceBlockingV2Stub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<CampaignServiceBlockingV2Stub>() {
        @java.lang.Override
        public CampaignServiceBlockingV2Stub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new CampaignServiceBlockingV2Stub(channel, callOptions);
        }
      };
    return CampaignServiceBlockingV2Stub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports unary and streaming output calls on the service
   */
  public static CampaignServiceBlockingStub newBlockingStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<CampaignServiceBlockingStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<CampaignServiceBlockingStub>() {
        @java.lang.Override
        public CampaignServiceBlockingStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new CampaignServiceBlockingStub(channel, callOptions);
        }
      };
    return CampaignServiceBlockingStub.newStub(factory, channel);
  }

  /**
   * Creates a new ListenableFuture-style stub that supports unary calls on the service
   */
  public static CampaignServiceFutureStub newFutureStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<CampaignServiceFutureStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<CampaignServiceFutureStub>() {
        @java.lang.Override
        public CampaignServiceFutureStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new CampaignServiceFutureStub(channel, callOptions);
        }
      };
    return CampaignServiceFutureStub.newStub(factory, channel);
  }

  /**
   * <pre>
   * Campaigns, and the webhook secrets of their accounts.
   * </pre>
   */
  public interface AsyncService {

    /**
     * <pre>
     * Makes a campaign in state DRAFT. Scope `write`.
     * Refuses: INVALID_FIELDS, NOT_FOUND for an account that the key may not touch, REQUEST_ID_REUSED; where the currency
     * is left to Stripe, STRIPE_REFUSED and STRIPE_UNAVAILABLE.
     * </pre>
     */
    default void createCampaign(io.referrald.v1.CreateCampaignRequest request,
        io.grpc.stub.StreamObserver<io.referrald.v1.CreateCampaignResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getCreateCampaignMethod(), responseObserver);
    }

    /**
     * <pre>
     * Reads a campaign. Scope `read`.
     * Refuses: INVALID_FIELDS, NOT_FOUND.
     * </pre>
     */
    default void getCampaign(io.referrald.v1.GetCampaignRequest request,
        io.grpc.stub.StreamObserver<io.referrald.v1.GetCampaignResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetCampaignMethod(), responseObserver);
    }

    /**
     * <pre>
     * Lists campaigns, the oldest first. Scope `read`.
     * Refuses: INVALID_FIELDS, INVALID_PAGE_TOKEN.
     * </pre>
     */
    default void listCampaigns(io.referrald.v1.ListCampaignsRequest request,
        io.grpc.stub.StreamObserver<io.referrald.v1.ListCampaignsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListCampaignsMethod(), responseObserver);
    }

    /**
     * <pre>
     * Changes the fields that the mask names. Another rule is a new version, for new referrals only unless
     * `apply_to_existing` says otherwise. A campaign that has been launched must stay one that could be; of coupons in its
     * reward rules, Stripe is asked for those that are new. Scope `write`.
     * Refuses: INVALID_FIELDS, NOT_FOUND, ETAG_MISMATCH, CAMPAIGN_STATE once ended, STRIPE_KEY_REQUIRED,
     * MAPPING_INCOMPLETE; where Stripe is asked for coupons, COUPON_INVALID, STRIPE_REFUSED and STRIPE_UNAVAILABLE.
     * </pre>
     */
    default void updateCampaign(io.referrald.v1.UpdateCampaignRequest request,
        io.grpc.stub.StreamObserver<io.referrald.v1.UpdateCampaignResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getUpdateCampaignMethod(), responseObserver);
    }

    /**
     * <pre>
     * Moves DRAFT or PAUSED to LIVE. Stripe is asked whether it has the coupons of the reward rules. Scope `write`.
     * Refuses: INVALID_FIELDS, NOT_FOUND, ETAG_MISMATCH, CAMPAIGN_STATE, STRIPE_KEY_REQUIRED, MAPPING_INCOMPLETE; where
     * there are coupons, COUPON_INVALID, STRIPE_REFUSED and STRIPE_UNAVAILABLE.
     * </pre>
     */
    default void launchCampaign(io.referrald.v1.LaunchCampaignRequest request,
        io.grpc.stub.StreamObserver<io.referrald.v1.LaunchCampaignResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getLaunchCampaignMethod(), responseObserver);
    }

    /**
     * <pre>
     * Moves LIVE to PAUSED. Scope `write`.
     * Refuses: INVALID_FIELDS, NOT_FOUND, ETAG_MISMATCH, CAMPAIGN_STATE.
     * </pre>
     */
    default void pauseCampaign(io.referrald.v1.PauseCampaignRequest request,
        io.grpc.stub.StreamObserver<io.referrald.v1.PauseCampaignResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getPauseCampaignMethod(), responseObserver);
    }

    /**
     * <pre>
     * Moves LIVE or PAUSED to ENDED, for good. Scope `write`.
     * Refuses: INVALID_FIELDS, NOT_FOUND, ETAG_MISMATCH, CAMPAIGN_STATE.
     * </pre>
     */
    default void endCampaign(io.referrald.v1.EndCampaignRequest request,
        io.grpc.stub.StreamObserver<io.referrald.v1.EndCampaignResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getEndCampaignMethod(), responseObserver);
    }

    /**
     * <pre>
     * Tells what another rule would make of the referrals of a campaign, from the facts on record; changes nothing. It goes
     * through all of them at one moment, while payments go on being recorded, and says how far it is; a caller that hangs
     * up ends it. One is under way in a process at a time. Scope `read`.
     * Refuses: INVALID_FIELDS, INVALID_PAGE_TOKEN, NOT_FOUND, OVERLOADED while another is under way.
     * </pre>
     */
    default void simulateRule(io.referrald.v1.SimulateRuleRequest request,
        io.grpc.stub.StreamObserver<io.referrald.v1.SimulateRuleResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getSimulateRuleMethod(), responseObserver);
    }

    /**
     * <pre>
     * Tells the numbers of a campaign, altogether and by day, week or month. They are counted as things change, so an answer
     * takes as long for a million referrals as for ten, and is as new as the lists. Scope `read`.
     * Refuses: INVALID_FIELDS, NOT_FOUND.
     * </pre>
     */
    default void getCampaignStats(io.referrald.v1.GetCampaignStatsRequest request,
        io.grpc.stub.StreamObserver<io.referrald.v1.GetCampaignStatsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetCampaignStatsMethod(), responseObserver);
    }

    /**
     * <pre>
     * Says how to point Stripe at this service for a campaign. Scope `read`.
     * Refuses: INVALID_FIELDS, NOT_FOUND.
     * </pre>
     */
    default void getWebhookSetup(io.referrald.v1.GetWebhookSetupRequest request,
        io.grpc.stub.StreamObserver<io.referrald.v1.GetWebhookSetupResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetWebhookSetupMethod(), responseObserver);
    }

    /**
     * <pre>
     * Creates the webhook endpoint at Stripe with the service's API key, and keeps its signing secret. An endpoint that is
     * there for the URL already is found again; what it lacks of the event types is added. Scope `admin`.
     * Refuses: INVALID_FIELDS, NOT_FOUND, PUBLIC_URL_REQUIRED, STRIPE_KEY_REQUIRED, ENDPOINT_SECRET_UNKNOWN,
     * LIMIT_REACHED, STRIPE_REFUSED, STRIPE_UNAVAILABLE.
     * </pre>
     */
    default void createWebhookEndpoint(io.referrald.v1.CreateWebhookEndpointRequest request,
        io.grpc.stub.StreamObserver<io.referrald.v1.CreateWebhookEndpointResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getCreateWebhookEndpointMethod(), responseObserver);
    }

    /**
     * <pre>
     * Adds a signing secret; up to 16 are active at once in an account and mode, for rotation. A secret that is there
     * already is answered as it is. Scope `admin`.
     * Refuses: INVALID_FIELDS, NOT_FOUND, REQUEST_ID_REUSED, ALREADY_EXISTS where another account or mode has the secret,
     * LIMIT_REACHED.
     * </pre>
     */
    default void addWebhookSecret(io.referrald.v1.AddWebhookSecretRequest request,
        io.grpc.stub.StreamObserver<io.referrald.v1.AddWebhookSecretResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getAddWebhookSecretMethod(), responseObserver);
    }

    /**
     * <pre>
     * Removes a signing secret, at once or at a time to come: within seconds of it nothing signed with it is taken. Scope
     * `admin`.
     * Refuses: INVALID_FIELDS, NOT_FOUND.
     * </pre>
     */
    default void removeWebhookSecret(io.referrald.v1.RemoveWebhookSecretRequest request,
        io.grpc.stub.StreamObserver<io.referrald.v1.RemoveWebhookSecretResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getRemoveWebhookSecretMethod(), responseObserver);
    }

    /**
     * <pre>
     * Lists the active signing secrets of an account, of both modes. The secrets themselves are shown to callers of scope
     * `ingest` only. Scope `read` or `ingest`.
     * Refuses: INVALID_FIELDS, NOT_FOUND.
     * </pre>
     */
    default void listWebhookSecrets(io.referrald.v1.ListWebhookSecretsRequest request,
        io.grpc.stub.StreamObserver<io.referrald.v1.ListWebhookSecretsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListWebhookSecretsMethod(), responseObserver);
    }
  }

  /**
   * Base class for the server implementation of the service CampaignService.
   * <pre>
   * Campaigns, and the webhook secrets of their accounts.
   * </pre>
   */
  public static abstract class CampaignServiceImplBase
      implements io.grpc.BindableService, AsyncService {

    @java.lang.Override public final io.grpc.ServerServiceDefinition bindService() {
      return CampaignServiceGrpc.bindService(this);
    }
  }

  /**
   * A stub to allow clients to do asynchronous rpc calls to service CampaignService.
   * <pre>
   * Campaigns, and the webhook secrets of their accounts.
   * </pre>
   */
  public static final class CampaignServiceStub
      extends io.grpc.stub.AbstractAsyncStub<CampaignServiceStub> {
    private CampaignServiceStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected CampaignServiceStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new CampaignServiceStub(channel, callOptions);
    }

    /**
     * <pre>
     * Makes a campaign in state DRAFT. Scope `write`.
     * Refuses: INVALID_FIELDS, NOT_FOUND for an account that the key may not touch, REQUEST_ID_REUSED; where the currency
     * is left to Stripe, STRIPE_REFUSED and STRIPE_UNAVAILABLE.
     * </pre>
     */
    public void createCampaign(io.referrald.v1.CreateCampaignRequest request,
        io.grpc.stub.StreamObserver<io.referrald.v1.CreateCampaignResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getCreateCampaignMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Reads a campaign. Scope `read`.
     * Refuses: INVALID_FIELDS, NOT_FOUND.
     * </pre>
     */
    public void getCampaign(io.referrald.v1.GetCampaignRequest request,
        io.grpc.stub.StreamObserver<io.referrald.v1.GetCampaignResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetCampaignMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Lists campaigns, the oldest first. Scope `read`.
     * Refuses: INVALID_FIELDS, INVALID_PAGE_TOKEN.
     * </pre>
     */
    public void listCampaigns(io.referrald.v1.ListCampaignsRequest request,
        io.grpc.stub.StreamObserver<io.referrald.v1.ListCampaignsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListCampaignsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Changes the fields that the mask names. Another rule is a new version, for new referrals only unless
     * `apply_to_existing` says otherwise. A campaign that has been launched must stay one that could be; of coupons in its
     * reward rules, Stripe is asked for those that are new. Scope `write`.
     * Refuses: INVALID_FIELDS, NOT_FOUND, ETAG_MISMATCH, CAMPAIGN_STATE once ended, STRIPE_KEY_REQUIRED,
     * MAPPING_INCOMPLETE; where Stripe is asked for coupons, COUPON_INVALID, STRIPE_REFUSED and STRIPE_UNAVAILABLE.
     * </pre>
     */
    public void updateCampaign(io.referrald.v1.UpdateCampaignRequest request,
        io.grpc.stub.StreamObserver<io.referrald.v1.UpdateCampaignResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getUpdateCampaignMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Moves DRAFT or PAUSED to LIVE. Stripe is asked whether it has the coupons of the reward rules. Scope `write`.
     * Refuses: INVALID_FIELDS, NOT_FOUND, ETAG_MISMATCH, CAMPAIGN_STATE, STRIPE_KEY_REQUIRED, MAPPING_INCOMPLETE; where
     * there are coupons, COUPON_INVALID, STRIPE_REFUSED and STRIPE_UNAVAILABLE.
     * </pre>
     */
    public void launchCampaign(io.referrald.v1.LaunchCampaignRequest request,
        io.grpc.stub.StreamObserver<io.referrald.v1.LaunchCampaignResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getLaunchCampaignMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Moves LIVE to PAUSED. Scope `write`.
     * Refuses: INVALID_FIELDS, NOT_FOUND, ETAG_MISMATCH, CAMPAIGN_STATE.
     * </pre>
     */
    public void pauseCampaign(io.referrald.v1.PauseCampaignRequest request,
        io.grpc.stub.StreamObserver<io.referrald.v1.PauseCampaignResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getPauseCampaignMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Moves LIVE or PAUSED to ENDED, for good. Scope `write`.
     * Refuses: INVALID_FIELDS, NOT_FOUND, ETAG_MISMATCH, CAMPAIGN_STATE.
     * </pre>
     */
    public void endCampaign(io.referrald.v1.EndCampaignRequest request,
        io.grpc.stub.StreamObserver<io.referrald.v1.EndCampaignResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getEndCampaignMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Tells what another rule would make of the referrals of a campaign, from the facts on record; changes nothing. It goes
     * through all of them at one moment, while payments go on being recorded, and says how far it is; a caller that hangs
     * up ends it. One is under way in a process at a time. Scope `read`.
     * Refuses: INVALID_FIELDS, INVALID_PAGE_TOKEN, NOT_FOUND, OVERLOADED while another is under way.
     * </pre>
     */
    public void simulateRule(io.referrald.v1.SimulateRuleRequest request,
        io.grpc.stub.StreamObserver<io.referrald.v1.SimulateRuleResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncServerStreamingCall(
          getChannel().newCall(getSimulateRuleMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Tells the numbers of a campaign, altogether and by day, week or month. They are counted as things change, so an answer
     * takes as long for a million referrals as for ten, and is as new as the lists. Scope `read`.
     * Refuses: INVALID_FIELDS, NOT_FOUND.
     * </pre>
     */
    public void getCampaignStats(io.referrald.v1.GetCampaignStatsRequest request,
        io.grpc.stub.StreamObserver<io.referrald.v1.GetCampaignStatsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetCampaignStatsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Says how to point Stripe at this service for a campaign. Scope `read`.
     * Refuses: INVALID_FIELDS, NOT_FOUND.
     * </pre>
     */
    public void getWebhookSetup(io.referrald.v1.GetWebhookSetupRequest request,
        io.grpc.stub.StreamObserver<io.referrald.v1.GetWebhookSetupResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetWebhookSetupMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Creates the webhook endpoint at Stripe with the service's API key, and keeps its signing secret. An endpoint that is
     * there for the URL already is found again; what it lacks of the event types is added. Scope `admin`.
     * Refuses: INVALID_FIELDS, NOT_FOUND, PUBLIC_URL_REQUIRED, STRIPE_KEY_REQUIRED, ENDPOINT_SECRET_UNKNOWN,
     * LIMIT_REACHED, STRIPE_REFUSED, STRIPE_UNAVAILABLE.
     * </pre>
     */
    public void createWebhookEndpoint(io.referrald.v1.CreateWebhookEndpointRequest request,
        io.grpc.stub.StreamObserver<io.referrald.v1.CreateWebhookEndpointResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getCreateWebhookEndpointMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Adds a signing secret; up to 16 are active at once in an account and mode, for rotation. A secret that is there
     * already is answered as it is. Scope `admin`.
     * Refuses: INVALID_FIELDS, NOT_FOUND, REQUEST_ID_REUSED, ALREADY_EXISTS where another account or mode has the secret,
     * LIMIT_REACHED.
     * </pre>
     */
    public void addWebhookSecret(io.referrald.v1.AddWebhookSecretRequest request,
        io.grpc.stub.StreamObserver<io.referrald.v1.AddWebhookSecretResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getAddWebhookSecretMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Removes a signing secret, at once or at a time to come: within seconds of it nothing signed with it is taken. Scope
     * `admin`.
     * Refuses: INVALID_FIELDS, NOT_FOUND.
     * </pre>
     */
    public void removeWebhookSecret(io.referrald.v1.RemoveWebhookSecretRequest request,
        io.grpc.stub.StreamObserver<io.referrald.v1.RemoveWebhookSecretResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getRemoveWebhookSecretMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Lists the active signing secrets of an account, of both modes. The secrets themselves are shown to callers of scope
     * `ingest` only. Scope `read` or `ingest`.
     * Refuses: INVALID_FIELDS, NOT_FOUND.
     * </pre>
     */
    public void listWebhookSecrets(io.referrald.v1.ListWebhookSecretsRequest request,
        io.grpc.stub.StreamObserver<io.referrald.v1.ListWebhookSecretsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListWebhookSecretsMethod(), getCallOptions()), request, responseObserver);
    }
  }

  /**
   * A stub to allow clients to do synchronous rpc calls to service CampaignService.
   * <pre>
   * Campaigns, and the webhook secrets of their accounts.
   * </pre>
   */
  public static final class CampaignServiceBlockingV2Stub
      extends io.grpc.stub.AbstractBlockingStub<CampaignServiceBlockingV2Stub> {
    private CampaignServiceBlockingV2Stub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected CampaignServiceBlockingV2Stub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new CampaignServiceBlockingV2Stub(channel, callOptions);
    }

    /**
     * <pre>
     * Makes a campaign in state DRAFT. Scope `write`.
     * Refuses: INVALID_FIELDS, NOT_FOUND for an account that the key may not touch, REQUEST_ID_REUSED; where the currency
     * is left to Stripe, STRIPE_REFUSED and STRIPE_UNAVAILABLE.
     * </pre>
     */
    public io.referrald.v1.CreateCampaignResponse createCampaign(io.referrald.v1.CreateCampaignRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getCreateCampaignMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Reads a campaign. Scope `read`.
     * Refuses: INVALID_FIELDS, NOT_FOUND.
     * </pre>
     */
    public io.referrald.v1.GetCampaignResponse getCampaign(io.referrald.v1.GetCampaignRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetCampaignMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists campaigns, the oldest first. Scope `read`.
     * Refuses: INVALID_FIELDS, INVALID_PAGE_TOKEN.
     * </pre>
     */
    public io.referrald.v1.ListCampaignsResponse listCampaigns(io.referrald.v1.ListCampaignsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListCampaignsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Changes the fields that the mask names. Another rule is a new version, for new referrals only unless
     * `apply_to_existing` says otherwise. A campaign that has been launched must stay one that could be; of coupons in its
     * reward rules, Stripe is asked for those that are new. Scope `write`.
     * Refuses: INVALID_FIELDS, NOT_FOUND, ETAG_MISMATCH, CAMPAIGN_STATE once ended, STRIPE_KEY_REQUIRED,
     * MAPPING_INCOMPLETE; where Stripe is asked for coupons, COUPON_INVALID, STRIPE_REFUSED and STRIPE_UNAVAILABLE.
     * </pre>
     */
    public io.referrald.v1.UpdateCampaignResponse updateCampaign(io.referrald.v1.UpdateCampaignRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getUpdateCampaignMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Moves DRAFT or PAUSED to LIVE. Stripe is asked whether it has the coupons of the reward rules. Scope `write`.
     * Refuses: INVALID_FIELDS, NOT_FOUND, ETAG_MISMATCH, CAMPAIGN_STATE, STRIPE_KEY_REQUIRED, MAPPING_INCOMPLETE; where
     * there are coupons, COUPON_INVALID, STRIPE_REFUSED and STRIPE_UNAVAILABLE.
     * </pre>
     */
    public io.referrald.v1.LaunchCampaignResponse launchCampaign(io.referrald.v1.LaunchCampaignRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getLaunchCampaignMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Moves LIVE to PAUSED. Scope `write`.
     * Refuses: INVALID_FIELDS, NOT_FOUND, ETAG_MISMATCH, CAMPAIGN_STATE.
     * </pre>
     */
    public io.referrald.v1.PauseCampaignResponse pauseCampaign(io.referrald.v1.PauseCampaignRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getPauseCampaignMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Moves LIVE or PAUSED to ENDED, for good. Scope `write`.
     * Refuses: INVALID_FIELDS, NOT_FOUND, ETAG_MISMATCH, CAMPAIGN_STATE.
     * </pre>
     */
    public io.referrald.v1.EndCampaignResponse endCampaign(io.referrald.v1.EndCampaignRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getEndCampaignMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Tells what another rule would make of the referrals of a campaign, from the facts on record; changes nothing. It goes
     * through all of them at one moment, while payments go on being recorded, and says how far it is; a caller that hangs
     * up ends it. One is under way in a process at a time. Scope `read`.
     * Refuses: INVALID_FIELDS, INVALID_PAGE_TOKEN, NOT_FOUND, OVERLOADED while another is under way.
     * </pre>
     */
    @io.grpc.ExperimentalApi("https://github.com/grpc/grpc-java/issues/10918")
    public io.grpc.stub.BlockingClientCall<?, io.referrald.v1.SimulateRuleResponse>
        simulateRule(io.referrald.v1.SimulateRuleRequest request) {
      return io.grpc.stub.ClientCalls.blockingV2ServerStreamingCall(
          getChannel(), getSimulateRuleMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Tells the numbers of a campaign, altogether and by day, week or month. They are counted as things change, so an answer
     * takes as long for a million referrals as for ten, and is as new as the lists. Scope `read`.
     * Refuses: INVALID_FIELDS, NOT_FOUND.
     * </pre>
     */
    public io.referrald.v1.GetCampaignStatsResponse getCampaignStats(io.referrald.v1.GetCampaignStatsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetCampaignStatsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Says how to point Stripe at this service for a campaign. Scope `read`.
     * Refuses: INVALID_FIELDS, NOT_FOUND.
     * </pre>
     */
    public io.referrald.v1.GetWebhookSetupResponse getWebhookSetup(io.referrald.v1.GetWebhookSetupRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetWebhookSetupMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Creates the webhook endpoint at Stripe with the service's API key, and keeps its signing secret. An endpoint that is
     * there for the URL already is found again; what it lacks of the event types is added. Scope `admin`.
     * Refuses: INVALID_FIELDS, NOT_FOUND, PUBLIC_URL_REQUIRED, STRIPE_KEY_REQUIRED, ENDPOINT_SECRET_UNKNOWN,
     * LIMIT_REACHED, STRIPE_REFUSED, STRIPE_UNAVAILABLE.
     * </pre>
     */
    public io.referrald.v1.CreateWebhookEndpointResponse createWebhookEndpoint(io.referrald.v1.CreateWebhookEndpointRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getCreateWebhookEndpointMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Adds a signing secret; up to 16 are active at once in an account and mode, for rotation. A secret that is there
     * already is answered as it is. Scope `admin`.
     * Refuses: INVALID_FIELDS, NOT_FOUND, REQUEST_ID_REUSED, ALREADY_EXISTS where another account or mode has the secret,
     * LIMIT_REACHED.
     * </pre>
     */
    public io.referrald.v1.AddWebhookSecretResponse addWebhookSecret(io.referrald.v1.AddWebhookSecretRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getAddWebhookSecretMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Removes a signing secret, at once or at a time to come: within seconds of it nothing signed with it is taken. Scope
     * `admin`.
     * Refuses: INVALID_FIELDS, NOT_FOUND.
     * </pre>
     */
    public io.referrald.v1.RemoveWebhookSecretResponse removeWebhookSecret(io.referrald.v1.RemoveWebhookSecretRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getRemoveWebhookSecretMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists the active signing secrets of an account, of both modes. The secrets themselves are shown to callers of scope
     * `ingest` only. Scope `read` or `ingest`.
     * Refuses: INVALID_FIELDS, NOT_FOUND.
     * </pre>
     */
    public io.referrald.v1.ListWebhookSecretsResponse listWebhookSecrets(io.referrald.v1.ListWebhookSecretsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListWebhookSecretsMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do limited synchronous rpc calls to service CampaignService.
   * <pre>
   * Campaigns, and the webhook secrets of their accounts.
   * </pre>
   */
  public static final class CampaignServiceBlockingStub
      extends io.grpc.stub.AbstractBlockingStub<CampaignServiceBlockingStub> {
    private CampaignServiceBlockingStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected CampaignServiceBlockingStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new CampaignServiceBlockingStub(channel, callOptions);
    }

    /**
     * <pre>
     * Makes a campaign in state DRAFT. Scope `write`.
     * Refuses: INVALID_FIELDS, NOT_FOUND for an account that the key may not touch, REQUEST_ID_REUSED; where the currency
     * is left to Stripe, STRIPE_REFUSED and STRIPE_UNAVAILABLE.
     * </pre>
     */
    public io.referrald.v1.CreateCampaignResponse createCampaign(io.referrald.v1.CreateCampaignRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getCreateCampaignMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Reads a campaign. Scope `read`.
     * Refuses: INVALID_FIELDS, NOT_FOUND.
     * </pre>
     */
    public io.referrald.v1.GetCampaignResponse getCampaign(io.referrald.v1.GetCampaignRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetCampaignMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists campaigns, the oldest first. Scope `read`.
     * Refuses: INVALID_FIELDS, INVALID_PAGE_TOKEN.
     * </pre>
     */
    public io.referrald.v1.ListCampaignsResponse listCampaigns(io.referrald.v1.ListCampaignsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListCampaignsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Changes the fields that the mask names. Another rule is a new version, for new referrals only unless
     * `apply_to_existing` says otherwise. A campaign that has been launched must stay one that could be; of coupons in its
     * reward rules, Stripe is asked for those that are new. Scope `write`.
     * Refuses: INVALID_FIELDS, NOT_FOUND, ETAG_MISMATCH, CAMPAIGN_STATE once ended, STRIPE_KEY_REQUIRED,
     * MAPPING_INCOMPLETE; where Stripe is asked for coupons, COUPON_INVALID, STRIPE_REFUSED and STRIPE_UNAVAILABLE.
     * </pre>
     */
    public io.referrald.v1.UpdateCampaignResponse updateCampaign(io.referrald.v1.UpdateCampaignRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getUpdateCampaignMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Moves DRAFT or PAUSED to LIVE. Stripe is asked whether it has the coupons of the reward rules. Scope `write`.
     * Refuses: INVALID_FIELDS, NOT_FOUND, ETAG_MISMATCH, CAMPAIGN_STATE, STRIPE_KEY_REQUIRED, MAPPING_INCOMPLETE; where
     * there are coupons, COUPON_INVALID, STRIPE_REFUSED and STRIPE_UNAVAILABLE.
     * </pre>
     */
    public io.referrald.v1.LaunchCampaignResponse launchCampaign(io.referrald.v1.LaunchCampaignRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getLaunchCampaignMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Moves LIVE to PAUSED. Scope `write`.
     * Refuses: INVALID_FIELDS, NOT_FOUND, ETAG_MISMATCH, CAMPAIGN_STATE.
     * </pre>
     */
    public io.referrald.v1.PauseCampaignResponse pauseCampaign(io.referrald.v1.PauseCampaignRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getPauseCampaignMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Moves LIVE or PAUSED to ENDED, for good. Scope `write`.
     * Refuses: INVALID_FIELDS, NOT_FOUND, ETAG_MISMATCH, CAMPAIGN_STATE.
     * </pre>
     */
    public io.referrald.v1.EndCampaignResponse endCampaign(io.referrald.v1.EndCampaignRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getEndCampaignMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Tells what another rule would make of the referrals of a campaign, from the facts on record; changes nothing. It goes
     * through all of them at one moment, while payments go on being recorded, and says how far it is; a caller that hangs
     * up ends it. One is under way in a process at a time. Scope `read`.
     * Refuses: INVALID_FIELDS, INVALID_PAGE_TOKEN, NOT_FOUND, OVERLOADED while another is under way.
     * </pre>
     */
    public java.util.Iterator<io.referrald.v1.SimulateRuleResponse> simulateRule(
        io.referrald.v1.SimulateRuleRequest request) {
      return io.grpc.stub.ClientCalls.blockingServerStreamingCall(
          getChannel(), getSimulateRuleMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Tells the numbers of a campaign, altogether and by day, week or month. They are counted as things change, so an answer
     * takes as long for a million referrals as for ten, and is as new as the lists. Scope `read`.
     * Refuses: INVALID_FIELDS, NOT_FOUND.
     * </pre>
     */
    public io.referrald.v1.GetCampaignStatsResponse getCampaignStats(io.referrald.v1.GetCampaignStatsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetCampaignStatsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Says how to point Stripe at this service for a campaign. Scope `read`.
     * Refuses: INVALID_FIELDS, NOT_FOUND.
     * </pre>
     */
    public io.referrald.v1.GetWebhookSetupResponse getWebhookSetup(io.referrald.v1.GetWebhookSetupRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetWebhookSetupMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Creates the webhook endpoint at Stripe with the service's API key, and keeps its signing secret. An endpoint that is
     * there for the URL already is found again; what it lacks of the event types is added. Scope `admin`.
     * Refuses: INVALID_FIELDS, NOT_FOUND, PUBLIC_URL_REQUIRED, STRIPE_KEY_REQUIRED, ENDPOINT_SECRET_UNKNOWN,
     * LIMIT_REACHED, STRIPE_REFUSED, STRIPE_UNAVAILABLE.
     * </pre>
     */
    public io.referrald.v1.CreateWebhookEndpointResponse createWebhookEndpoint(io.referrald.v1.CreateWebhookEndpointRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getCreateWebhookEndpointMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Adds a signing secret; up to 16 are active at once in an account and mode, for rotation. A secret that is there
     * already is answered as it is. Scope `admin`.
     * Refuses: INVALID_FIELDS, NOT_FOUND, REQUEST_ID_REUSED, ALREADY_EXISTS where another account or mode has the secret,
     * LIMIT_REACHED.
     * </pre>
     */
    public io.referrald.v1.AddWebhookSecretResponse addWebhookSecret(io.referrald.v1.AddWebhookSecretRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getAddWebhookSecretMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Removes a signing secret, at once or at a time to come: within seconds of it nothing signed with it is taken. Scope
     * `admin`.
     * Refuses: INVALID_FIELDS, NOT_FOUND.
     * </pre>
     */
    public io.referrald.v1.RemoveWebhookSecretResponse removeWebhookSecret(io.referrald.v1.RemoveWebhookSecretRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getRemoveWebhookSecretMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists the active signing secrets of an account, of both modes. The secrets themselves are shown to callers of scope
     * `ingest` only. Scope `read` or `ingest`.
     * Refuses: INVALID_FIELDS, NOT_FOUND.
     * </pre>
     */
    public io.referrald.v1.ListWebhookSecretsResponse listWebhookSecrets(io.referrald.v1.ListWebhookSecretsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListWebhookSecretsMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do ListenableFuture-style rpc calls to service CampaignService.
   * <pre>
   * Campaigns, and the webhook secrets of their accounts.
   * </pre>
   */
  public static final class CampaignServiceFutureStub
      extends io.grpc.stub.AbstractFutureStub<CampaignServiceFutureStub> {
    private CampaignServiceFutureStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected CampaignServiceFutureStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new CampaignServiceFutureStub(channel, callOptions);
    }

    /**
     * <pre>
     * Makes a campaign in state DRAFT. Scope `write`.
     * Refuses: INVALID_FIELDS, NOT_FOUND for an account that the key may not touch, REQUEST_ID_REUSED; where the currency
     * is left to Stripe, STRIPE_REFUSED and STRIPE_UNAVAILABLE.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.referrald.v1.CreateCampaignResponse> createCampaign(
        io.referrald.v1.CreateCampaignRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getCreateCampaignMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Reads a campaign. Scope `read`.
     * Refuses: INVALID_FIELDS, NOT_FOUND.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.referrald.v1.GetCampaignResponse> getCampaign(
        io.referrald.v1.GetCampaignRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetCampaignMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Lists campaigns, the oldest first. Scope `read`.
     * Refuses: INVALID_FIELDS, INVALID_PAGE_TOKEN.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.referrald.v1.ListCampaignsResponse> listCampaigns(
        io.referrald.v1.ListCampaignsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListCampaignsMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Changes the fields that the mask names. Another rule is a new version, for new referrals only unless
     * `apply_to_existing` says otherwise. A campaign that has been launched must stay one that could be; of coupons in its
     * reward rules, Stripe is asked for those that are new. Scope `write`.
     * Refuses: INVALID_FIELDS, NOT_FOUND, ETAG_MISMATCH, CAMPAIGN_STATE once ended, STRIPE_KEY_REQUIRED,
     * MAPPING_INCOMPLETE; where Stripe is asked for coupons, COUPON_INVALID, STRIPE_REFUSED and STRIPE_UNAVAILABLE.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.referrald.v1.UpdateCampaignResponse> updateCampaign(
        io.referrald.v1.UpdateCampaignRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getUpdateCampaignMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Moves DRAFT or PAUSED to LIVE. Stripe is asked whether it has the coupons of the reward rules. Scope `write`.
     * Refuses: INVALID_FIELDS, NOT_FOUND, ETAG_MISMATCH, CAMPAIGN_STATE, STRIPE_KEY_REQUIRED, MAPPING_INCOMPLETE; where
     * there are coupons, COUPON_INVALID, STRIPE_REFUSED and STRIPE_UNAVAILABLE.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.referrald.v1.LaunchCampaignResponse> launchCampaign(
        io.referrald.v1.LaunchCampaignRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getLaunchCampaignMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Moves LIVE to PAUSED. Scope `write`.
     * Refuses: INVALID_FIELDS, NOT_FOUND, ETAG_MISMATCH, CAMPAIGN_STATE.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.referrald.v1.PauseCampaignResponse> pauseCampaign(
        io.referrald.v1.PauseCampaignRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getPauseCampaignMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Moves LIVE or PAUSED to ENDED, for good. Scope `write`.
     * Refuses: INVALID_FIELDS, NOT_FOUND, ETAG_MISMATCH, CAMPAIGN_STATE.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.referrald.v1.EndCampaignResponse> endCampaign(
        io.referrald.v1.EndCampaignRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getEndCampaignMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Tells the numbers of a campaign, altogether and by day, week or month. They are counted as things change, so an answer
     * takes as long for a million referrals as for ten, and is as new as the lists. Scope `read`.
     * Refuses: INVALID_FIELDS, NOT_FOUND.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.referrald.v1.GetCampaignStatsResponse> getCampaignStats(
        io.referrald.v1.GetCampaignStatsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetCampaignStatsMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Says how to point Stripe at this service for a campaign. Scope `read`.
     * Refuses: INVALID_FIELDS, NOT_FOUND.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.referrald.v1.GetWebhookSetupResponse> getWebhookSetup(
        io.referrald.v1.GetWebhookSetupRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetWebhookSetupMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Creates the webhook endpoint at Stripe with the service's API key, and keeps its signing secret. An endpoint that is
     * there for the URL already is found again; what it lacks of the event types is added. Scope `admin`.
     * Refuses: INVALID_FIELDS, NOT_FOUND, PUBLIC_URL_REQUIRED, STRIPE_KEY_REQUIRED, ENDPOINT_SECRET_UNKNOWN,
     * LIMIT_REACHED, STRIPE_REFUSED, STRIPE_UNAVAILABLE.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.referrald.v1.CreateWebhookEndpointResponse> createWebhookEndpoint(
        io.referrald.v1.CreateWebhookEndpointRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getCreateWebhookEndpointMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Adds a signing secret; up to 16 are active at once in an account and mode, for rotation. A secret that is there
     * already is answered as it is. Scope `admin`.
     * Refuses: INVALID_FIELDS, NOT_FOUND, REQUEST_ID_REUSED, ALREADY_EXISTS where another account or mode has the secret,
     * LIMIT_REACHED.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.referrald.v1.AddWebhookSecretResponse> addWebhookSecret(
        io.referrald.v1.AddWebhookSecretRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getAddWebhookSecretMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Removes a signing secret, at once or at a time to come: within seconds of it nothing signed with it is taken. Scope
     * `admin`.
     * Refuses: INVALID_FIELDS, NOT_FOUND.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.referrald.v1.RemoveWebhookSecretResponse> removeWebhookSecret(
        io.referrald.v1.RemoveWebhookSecretRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getRemoveWebhookSecretMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Lists the active signing secrets of an account, of both modes. The secrets themselves are shown to callers of scope
     * `ingest` only. Scope `read` or `ingest`.
     * Refuses: INVALID_FIELDS, NOT_FOUND.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.referrald.v1.ListWebhookSecretsResponse> listWebhookSecrets(
        io.referrald.v1.ListWebhookSecretsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListWebhookSecretsMethod(), getCallOptions()), request);
    }
  }

  private static final int METHODID_CREATE_CAMPAIGN = 0;
  private static final int METHODID_GET_CAMPAIGN = 1;
  private static final int METHODID_LIST_CAMPAIGNS = 2;
  private static final int METHODID_UPDATE_CAMPAIGN = 3;
  private static final int METHODID_LAUNCH_CAMPAIGN = 4;
  private static final int METHODID_PAUSE_CAMPAIGN = 5;
  private static final int METHODID_END_CAMPAIGN = 6;
  private static final int METHODID_SIMULATE_RULE = 7;
  private static final int METHODID_GET_CAMPAIGN_STATS = 8;
  private static final int METHODID_GET_WEBHOOK_SETUP = 9;
  private static final int METHODID_CREATE_WEBHOOK_ENDPOINT = 10;
  private static final int METHODID_ADD_WEBHOOK_SECRET = 11;
  private static final int METHODID_REMOVE_WEBHOOK_SECRET = 12;
  private static final int METHODID_LIST_WEBHOOK_SECRETS = 13;

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
        case METHODID_CREATE_CAMPAIGN:
          serviceImpl.createCampaign((io.referrald.v1.CreateCampaignRequest) request,
              (io.grpc.stub.StreamObserver<io.referrald.v1.CreateCampaignResponse>) responseObserver);
          break;
        case METHODID_GET_CAMPAIGN:
          serviceImpl.getCampaign((io.referrald.v1.GetCampaignRequest) request,
              (io.grpc.stub.StreamObserver<io.referrald.v1.GetCampaignResponse>) responseObserver);
          break;
        case METHODID_LIST_CAMPAIGNS:
          serviceImpl.listCampaigns((io.referrald.v1.ListCampaignsRequest) request,
              (io.grpc.stub.StreamObserver<io.referrald.v1.ListCampaignsResponse>) responseObserver);
          break;
        case METHODID_UPDATE_CAMPAIGN:
          serviceImpl.updateCampaign((io.referrald.v1.UpdateCampaignRequest) request,
              (io.grpc.stub.StreamObserver<io.referrald.v1.UpdateCampaignResponse>) responseObserver);
          break;
        case METHODID_LAUNCH_CAMPAIGN:
          serviceImpl.launchCampaign((io.referrald.v1.LaunchCampaignRequest) request,
              (io.grpc.stub.StreamObserver<io.referrald.v1.LaunchCampaignResponse>) responseObserver);
          break;
        case METHODID_PAUSE_CAMPAIGN:
          serviceImpl.pauseCampaign((io.referrald.v1.PauseCampaignRequest) request,
              (io.grpc.stub.StreamObserver<io.referrald.v1.PauseCampaignResponse>) responseObserver);
          break;
        case METHODID_END_CAMPAIGN:
          serviceImpl.endCampaign((io.referrald.v1.EndCampaignRequest) request,
              (io.grpc.stub.StreamObserver<io.referrald.v1.EndCampaignResponse>) responseObserver);
          break;
        case METHODID_SIMULATE_RULE:
          serviceImpl.simulateRule((io.referrald.v1.SimulateRuleRequest) request,
              (io.grpc.stub.StreamObserver<io.referrald.v1.SimulateRuleResponse>) responseObserver);
          break;
        case METHODID_GET_CAMPAIGN_STATS:
          serviceImpl.getCampaignStats((io.referrald.v1.GetCampaignStatsRequest) request,
              (io.grpc.stub.StreamObserver<io.referrald.v1.GetCampaignStatsResponse>) responseObserver);
          break;
        case METHODID_GET_WEBHOOK_SETUP:
          serviceImpl.getWebhookSetup((io.referrald.v1.GetWebhookSetupRequest) request,
              (io.grpc.stub.StreamObserver<io.referrald.v1.GetWebhookSetupResponse>) responseObserver);
          break;
        case METHODID_CREATE_WEBHOOK_ENDPOINT:
          serviceImpl.createWebhookEndpoint((io.referrald.v1.CreateWebhookEndpointRequest) request,
              (io.grpc.stub.StreamObserver<io.referrald.v1.CreateWebhookEndpointResponse>) responseObserver);
          break;
        case METHODID_ADD_WEBHOOK_SECRET:
          serviceImpl.addWebhookSecret((io.referrald.v1.AddWebhookSecretRequest) request,
              (io.grpc.stub.StreamObserver<io.referrald.v1.AddWebhookSecretResponse>) responseObserver);
          break;
        case METHODID_REMOVE_WEBHOOK_SECRET:
          serviceImpl.removeWebhookSecret((io.referrald.v1.RemoveWebhookSecretRequest) request,
              (io.grpc.stub.StreamObserver<io.referrald.v1.RemoveWebhookSecretResponse>) responseObserver);
          break;
        case METHODID_LIST_WEBHOOK_SECRETS:
          serviceImpl.listWebhookSecrets((io.referrald.v1.ListWebhookSecretsRequest) request,
              (io.grpc.stub.StreamObserver<io.referrald.v1.ListWebhookSecretsResponse>) responseObserver);
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
          getCreateCampaignMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.referrald.v1.CreateCampaignRequest,
              io.referrald.v1.CreateCampaignResponse>(
                service, METHODID_CREATE_CAMPAIGN)))
        .addMethod(
          getGetCampaignMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.referrald.v1.GetCampaignRequest,
              io.referrald.v1.GetCampaignResponse>(
                service, METHODID_GET_CAMPAIGN)))
        .addMethod(
          getListCampaignsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.referrald.v1.ListCampaignsRequest,
              io.referrald.v1.ListCampaignsResponse>(
                service, METHODID_LIST_CAMPAIGNS)))
        .addMethod(
          getUpdateCampaignMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.referrald.v1.UpdateCampaignRequest,
              io.referrald.v1.UpdateCampaignResponse>(
                service, METHODID_UPDATE_CAMPAIGN)))
        .addMethod(
          getLaunchCampaignMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.referrald.v1.LaunchCampaignRequest,
              io.referrald.v1.LaunchCampaignResponse>(
                service, METHODID_LAUNCH_CAMPAIGN)))
        .addMethod(
          getPauseCampaignMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.referrald.v1.PauseCampaignRequest,
              io.referrald.v1.PauseCampaignResponse>(
                service, METHODID_PAUSE_CAMPAIGN)))
        .addMethod(
          getEndCampaignMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.referrald.v1.EndCampaignRequest,
              io.referrald.v1.EndCampaignResponse>(
                service, METHODID_END_CAMPAIGN)))
        .addMethod(
          getSimulateRuleMethod(),
          io.grpc.stub.ServerCalls.asyncServerStreamingCall(
            new MethodHandlers<
              io.referrald.v1.SimulateRuleRequest,
              io.referrald.v1.SimulateRuleResponse>(
                service, METHODID_SIMULATE_RULE)))
        .addMethod(
          getGetCampaignStatsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.referrald.v1.GetCampaignStatsRequest,
              io.referrald.v1.GetCampaignStatsResponse>(
                service, METHODID_GET_CAMPAIGN_STATS)))
        .addMethod(
          getGetWebhookSetupMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.referrald.v1.GetWebhookSetupRequest,
              io.referrald.v1.GetWebhookSetupResponse>(
                service, METHODID_GET_WEBHOOK_SETUP)))
        .addMethod(
          getCreateWebhookEndpointMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.referrald.v1.CreateWebhookEndpointRequest,
              io.referrald.v1.CreateWebhookEndpointResponse>(
                service, METHODID_CREATE_WEBHOOK_ENDPOINT)))
        .addMethod(
          getAddWebhookSecretMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.referrald.v1.AddWebhookSecretRequest,
              io.referrald.v1.AddWebhookSecretResponse>(
                service, METHODID_ADD_WEBHOOK_SECRET)))
        .addMethod(
          getRemoveWebhookSecretMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.referrald.v1.RemoveWebhookSecretRequest,
              io.referrald.v1.RemoveWebhookSecretResponse>(
                service, METHODID_REMOVE_WEBHOOK_SECRET)))
        .addMethod(
          getListWebhookSecretsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.referrald.v1.ListWebhookSecretsRequest,
              io.referrald.v1.ListWebhookSecretsResponse>(
                service, METHODID_LIST_WEBHOOK_SECRETS)))
        .build();
  }

  private static abstract class CampaignServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoFileDescriptorSupplier, io.grpc.protobuf.ProtoServiceDescriptorSupplier {
    CampaignServiceBaseDescriptorSupplier() {}

    @java.lang.Override
    public com.google.protobuf.Descriptors.FileDescriptor getFileDescriptor() {
      return io.referrald.v1.CampaignServiceProto.getDescriptor();
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.ServiceDescriptor getServiceDescriptor() {
      return getFileDescriptor().findServiceByName("CampaignService");
    }
  }

  private static final class CampaignServiceFileDescriptorSupplier
      extends CampaignServiceBaseDescriptorSupplier {
    CampaignServiceFileDescriptorSupplier() {}
  }

  private static final class CampaignServiceMethodDescriptorSupplier
      extends CampaignServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoMethodDescriptorSupplier {
    private final java.lang.String methodName;

    CampaignServiceMethodDescriptorSupplier(java.lang.String methodName) {
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
      synchronized (CampaignServiceGrpc.class) {
        result = serviceDescriptor;
        if (result == null) {
          serviceDescriptor = result = io.grpc.ServiceDescriptor.newBuilder(SERVICE_NAME)
              .setSchemaDescriptor(new CampaignServiceFileDescriptorSupplier())
              .addMethod(getCreateCampaignMethod())
              .addMethod(getGetCampaignMethod())
              .addMethod(getListCampaignsMethod())
              .addMethod(getUpdateCampaignMethod())
              .addMethod(getLaunchCampaignMethod())
              .addMethod(getPauseCampaignMethod())
              .addMethod(getEndCampaignMethod())
              .addMethod(getSimulateRuleMethod())
              .addMethod(getGetCampaignStatsMethod())
              .addMethod(getGetWebhookSetupMethod())
              .addMethod(getCreateWebhookEndpointMethod())
              .addMethod(getAddWebhookSecretMethod())
              .addMethod(getRemoveWebhookSecretMethod())
              .addMethod(getListWebhookSecretsMethod())
              .build();
        }
      }
    }
    return result;
  }
}
