"""The messages of the API."""

from .audit_pb2 import *
from .campaign_pb2 import *
from .campaign_service_pb2 import *
from .common_pb2 import *
from .error_reason_pb2 import *
from .event_pb2 import *
from .fact_pb2 import *
from .qualification_service_pb2 import *
from .referral_pb2 import *
from .referral_service_pb2 import *
from .referrer_sync_pb2 import *
from .reward_pb2 import *
from .reward_service_pb2 import *
from .simulation_pb2 import *
from .stats_pb2 import *
