"""The errors of the package.

An answer of the wiki is a step, not an error, even if it is FAIL. Errors are for misuse, network failures, API
errors, and outcomes that are unknown because an answer was lost.
"""

from createaccount._enums import Problem, Reason, TransportFailure
from createaccount._steps import Fail, Other, Restart


class CreateAccountError(Exception):
    """The root of all errors of this package.

    ``str()`` gives one or more sentences for a person. They hold no secret, but texts that came from the wiki may hold
    personal data: a block message names the visitor's address.

    * message: The sentences that ``str()`` gives.
    * field: The field, setting or parameter that the error is about.
    * problem: What is wrong with the value that ``field`` names, for reporting it in the program's own words; None
      if no value was refused.
    * api_code: The wiki's error code, for instance ``readonly``.
    * reason: Why the wiki refused, classified as in a `Fail`: some refusals, such as that of a read-only wiki, can
      come as an error as well as a `Fail`. None if the error is of no known class.
    * http_status: The HTTP status of the answer, where there was one. MediaWiki sends API errors with status 200.
    * retry_after: How many seconds the wiki, or a server in front of it, asks the client to wait before the next
      attempt.
    * failure: What failed on the way to the wiki, if the package's own transport reports it; also with
      `OutcomeUnknown`.
    """

    message: str
    field: str | None
    problem: Problem | None
    api_code: str | None
    reason: Reason | None
    http_status: int | None
    retry_after: float | None
    failure: TransportFailure | None

    def __init__(  # noqa: PLR0913  one for each fact
        self,
        message: str = "",
        *,
        field: str | None = None,
        problem: Problem | None = None,
        api_code: str | None = None,
        reason: Reason | None = None,
        http_status: int | None = None,
        retry_after: float | None = None,
        failure: TransportFailure | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.problem = problem
        self.api_code = api_code
        self.reason = reason
        self.http_status = http_status
        self.retry_after = retry_after
        self.failure = failure


class InvalidArgument(CreateAccountError, ValueError):
    """A value given by the host cannot be used; ``field`` names it.

    Nothing was sent, and the form can be answered again.
    """


class InvalidState(CreateAccountError, RuntimeError):
    """The call is not possible in the client's present state. Nothing was sent."""


class TransportError(CreateAccountError):
    """Name resolution, connection, TLS or HTTP failed, or the host's own transport did.

    No account was made by this call. ``__cause__`` is what caused it: an `OSError`, or what the host's transport
    raised. Most kinds of failure in the package's own transport have a subclass of this class.
    """


class NameNotFound(TransportError):
    """The wiki's host name was not found."""


class ConnectFailed(TransportError):
    """No connection to the wiki could be made: it was refused, or the host cannot be reached."""


class ProxyFailed(TransportError):
    """The proxy cannot be reached, is not trusted, or does not connect to the wiki."""


class CertificateRejected(TransportError):
    """The certificate is not trusted, is for another name, or is not valid at this time."""


class TlsFailed(TransportError):
    """TLS failed for another reason than the certificate."""


class ConnectionLost(TransportError):
    """The connection broke before the answer was complete."""


class BadHttp(TransportError):
    """The answer is not HTTP, or its compression is broken."""


class TooLarge(TransportError):
    """The answer is larger than the package accepts."""


class TransportTimeout(TransportError, TimeoutError):
    """A time limit passed; ``failure`` tells in which phase. No account was made by this call."""


class DeadlinePassed(TransportTimeout):
    """The time for the whole call was up before this exchange with the wiki began."""


class ApiError(CreateAccountError):
    """The wiki answered with an API error. Nothing was executed."""

    @property
    def code(self) -> str:
        """The wiki's error code, for instance ``readonly``."""
        return self.api_code or ""

    @property
    def info(self) -> str:
        """The wiki's own words."""
        return self.message


class ProtocolError(CreateAccountError):
    """The answer is not what MediaWiki sends.

    If the call was a creation, the answer does not show for certain whether the account was made: the attempt is
    remembered, and `Client.reconcile` can check it again.
    """


class OutcomeUnknown(CreateAccountError):
    """A request that may make the account was sent, and its answer was lost or is not conclusive.

    `Client.reconcile` finds out what became of it.
    """


class Cancelled(CreateAccountError):
    """`Client.cancel` ended the call. No account was made by it."""


class Failed(CreateAccountError):
    """`Client.run` ended with another step than PASS.

    * step: The wiki's last answer: `Fail`, or a `Restart` or `Other` after which `run` cannot continue.
    """

    step: Fail | Restart | Other

    def __init__(self, step: Fail | Restart | Other) -> None:
        super().__init__(step.message or f"The wiki answered {step.status}.")
        self.step = step
        self.args = (step,)

    def __str__(self) -> str:
        return self.message


class NotSent(Exception):
    """For a transport of the host: the request certainly did not reach the wiki completely.

    Raise it ``from`` the original exception when the name was not found, the connection was refused or TLS failed.
    After any other exception of a transport the account counts as possibly made.
    """
