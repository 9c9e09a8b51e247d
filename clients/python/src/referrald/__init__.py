"""Client of referrald, the referral engine for Stripe merchants. With asyncio: `referrald.aio`."""

from ._client import Client as Client, connect as connect
from ._errors import (
    Aborted as Aborted,
    AlreadyExists as AlreadyExists,
    DeadlineExceeded as DeadlineExceeded,
    Error as Error,
    FailedPrecondition as FailedPrecondition,
    Internal as Internal,
    InvalidArgument as InvalidArgument,
    NotFound as NotFound,
    PermissionDenied as PermissionDenied,
    ResourceExhausted as ResourceExhausted,
    Unauthenticated as Unauthenticated,
    Unavailable as Unavailable,
    Violation as Violation,
)
