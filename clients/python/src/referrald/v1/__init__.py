"""The messages of the API."""

from .campaign_pb2 import *  # noqa: F403
from .campaign_service_pb2 import *  # noqa: F403
from .common_pb2 import *  # noqa: F403
from .error_reason_pb2 import *  # noqa: F403
from .fact_pb2 import *  # noqa: F403
from .qualification_service_pb2 import *  # noqa: F403
from .referral_pb2 import *  # noqa: F403
from .referral_service_pb2 import *  # noqa: F403
