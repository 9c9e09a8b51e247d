export * from "./referrald/v1/campaign_pb.js";
export * from "./referrald/v1/campaign_service_pb.js";
export * from "./referrald/v1/common_pb.js";
export * from "./referrald/v1/error_reason_pb.js";
export * from "./referrald/v1/fact_pb.js";
export * from "./referrald/v1/qualification_service_pb.js";
export * from "./referrald/v1/referral_pb.js";
export * from "./referrald/v1/referral_service_pb.js";
