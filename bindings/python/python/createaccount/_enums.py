"""The enumerations of the package. Their members are strings."""

from __future__ import annotations

from enum import Enum, EnumMeta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing_extensions import Self


class _Members(EnumMeta):
    """Lets `dir` and `help` show an enumeration's members only, not the methods of a string."""

    def __dir__(cls) -> list[str]:
        return [*cls.__members__, "__doc__", "__members__", "__module__"]


class _StringEnum(str, Enum, metaclass=_Members):
    """A member that is a string; ``str()`` and formatting return that string."""

    if TYPE_CHECKING:
        # Enumerations take one value, not the arguments of str.
        def __new__(cls, value: object) -> Self: ...

    def __str__(self) -> str:
        return str.__str__(self)

    def __format__(self, spec: str) -> str:
        return str.__format__(self, spec)


class Reason(_StringEnum):
    """The class of a failure. The wiki's own code and message come with it.

    * OTHER: None of the classes below; extensions and wiki administrators add codes of their own.
    * NAME_TAKEN: The name belongs to somebody, here or on another wiki of the family.
    * NAME_INVALID: The name is missing or cannot be a user name.
    * NAME_FORBIDDEN: The name may not be used: it is on a blacklist, reserved, or too similar to another one.
    * PASSWORD: The password does not meet the wiki's rules.
    * PASSWORD_MISMATCH: The two passwords differ.
    * EMAIL: The e-mail address is missing, malformed or not accepted.
    * CAPTCHA: The captcha was answered wrongly, or is used up. Begin again for a new one.
    * CAPTCHA_SERVICE: The service that checks captchas did not answer. It is not the person's fault: try again
      later.
    * PERMISSION: This visitor or account may not create accounts.
    * BLOCKED: This visitor's address or account is blocked.
    * THROTTLED: Too many accounts were made from this address.
    * RATE_LIMITED: Too many attempts in a short time.
    * READ_ONLY: The wiki is read-only for the time being.
    * BUSY: The same name is being registered at this very moment.
    * SESSION_LOST: The wiki no longer knows this sign-up. Begin again.
    * NO_PRIMARY: No way of making the account was filled in completely.
    * FILTER: A filter of the wiki rejected the attempt. If it only warns, the same attempt passes the second time.
    """

    OTHER = "other"
    NAME_TAKEN = "name_taken"
    NAME_INVALID = "name_invalid"
    NAME_FORBIDDEN = "name_forbidden"
    PASSWORD = "password"
    PASSWORD_MISMATCH = "password_mismatch"
    EMAIL = "email"
    CAPTCHA = "captcha"
    CAPTCHA_SERVICE = "captcha_service"
    PERMISSION = "permission"
    BLOCKED = "blocked"
    THROTTLED = "throttled"
    RATE_LIMITED = "rate_limited"
    READ_ONLY = "read_only"
    BUSY = "busy"
    SESSION_LOST = "session_lost"
    NO_PRIMARY = "no_primary"
    FILTER = "filter"


class TransportFailure(_StringEnum):
    """What failed on the way to the wiki and back.

    * NAME: The host name was not found.
    * CONNECT: No connection could be made: refused, unreachable.
    * PROXY: The proxy cannot be reached, or does not let the request through.
    * CERTIFICATE: The certificate is not trusted, is for another name, or is not valid at this time.
    * TLS: TLS failed for another reason.
    * LOST: The connection broke before the answer was complete.
    * PROTOCOL: The answer is not HTTP, or its compression is broken.
    * BOUND: The answer is larger than the library accepts.
    * TIMEOUT_NAME: A time limit passed while the host name was looked up.
    * TIMEOUT_CONNECT: A time limit passed while the connection was made.
    * TIMEOUT_PROXY: A time limit passed while the proxy was asked to connect.
    * TIMEOUT_TLS: A time limit passed during the TLS handshake.
    * TIMEOUT_SEND: A time limit passed while the request was sent.
    * TIMEOUT_ANSWER: A time limit passed before the answer began.
    * TIMEOUT_BODY: A time limit passed while the body of the answer was read.
    * DEADLINE: The time for the whole call was up before this exchange began.
    """

    NAME = "name"
    CONNECT = "connect"
    PROXY = "proxy"
    CERTIFICATE = "certificate"
    TLS = "tls"
    LOST = "lost"
    PROTOCOL = "protocol"
    BOUND = "bound"
    TIMEOUT_NAME = "timeout_name"
    TIMEOUT_CONNECT = "timeout_connect"
    TIMEOUT_PROXY = "timeout_proxy"
    TIMEOUT_TLS = "timeout_tls"
    TIMEOUT_SEND = "timeout_send"
    TIMEOUT_ANSWER = "timeout_answer"
    TIMEOUT_BODY = "timeout_body"
    DEADLINE = "deadline"


class Problem(_StringEnum):
    """What is wrong with a value that was refused before anything was sent; the error's ``field`` says which.

    * INVALID: It is unusable for another reason, which the message gives; usually it is a setting.
    * REQUIRED: It is missing.
    * NOT_TICKED: A checkbox must be ticked.
    * NOT_PRESSED: A button must be pressed.
    * NOT_A_CHOICE: It is not one of the choices.
    * WRONG_TYPE: It is not of the field's type: for instance choices for a text field, or neither yes nor no for a
      checkbox.
    * CONTROL_CHARACTER: It holds a character that wikis silently replace.
    * NOT_UTF8: It is not valid UTF-8.
    * UNKNOWN_FIELD: The wiki does not have this field.
    * UNKNOWN_REQUEST: The wiki does not have this request.
    * TOO_MANY: More requests are named than the wiki accepts.
    * HIDDEN: The field is hidden and goes back unchanged.
    * SHOWN_ONLY: The field is only for display.
    * NOT_SENDABLE: No parameter can carry it to the wiki unchanged.
    * NOT_IN_USE: It belongs to none of the requests in use.
    * SEVERAL_WAYS: It belongs to a different way of making the account than other values do.
    * NO_WAY: No way of making the account was chosen.
    * CONFLICTING: Several requests of the wiki have the field, and no value suits them all.
    * KEPT_NAME: The login that is kept requires another name.
    """

    INVALID = "invalid"
    REQUIRED = "required"
    NOT_TICKED = "not_ticked"
    NOT_PRESSED = "not_pressed"
    NOT_A_CHOICE = "not_a_choice"
    WRONG_TYPE = "wrong_type"
    CONTROL_CHARACTER = "control_character"
    NOT_UTF8 = "not_utf8"
    UNKNOWN_FIELD = "unknown_field"
    UNKNOWN_REQUEST = "unknown_request"
    TOO_MANY = "too_many"
    HIDDEN = "hidden"
    SHOWN_ONLY = "shown_only"
    NOT_SENDABLE = "not_sendable"
    NOT_IN_USE = "not_in_use"
    SEVERAL_WAYS = "several_ways"
    NO_WAY = "no_way"
    CONFLICTING = "conflicting"
    KEPT_NAME = "kept_name"


class FieldType(_StringEnum):
    """How a field is shown and sent.

    * STRING: A line of text.
    * PASSWORD: A line of text that is not shown while it is typed.
    * SELECT: One of the choices, by its value.
    * MULTISELECT: Any number of the choices, by their values.
    * CHECKBOX: Yes or no.
    * BUTTON: A way to continue: pressing it (True) chooses its request.
    * HIDDEN: A value that the library sends back to the wiki unchanged. An empty one may be filled in.
    * NULL: Only to be shown; never sent.
    * OTHER: A type that this version does not know; it is treated as a line of text.
    """

    STRING = "string"
    PASSWORD = "password"
    SELECT = "select"
    MULTISELECT = "multiselect"
    CHECKBOX = "checkbox"
    BUTTON = "button"
    HIDDEN = "hidden"
    NULL = "null"
    OTHER = "other"


class CaptchaKind(_StringEnum):
    """What a person has to do for a captcha.

    * OTHER: Something else; show the fields as they are.
    * IMAGE: Read the letters of a picture: `Client.captcha_image` fetches it.
    * QUESTION: Answer a question in words.
    * ARITHMETIC: Work out a sum.
    * WIDGET: Solve a third party's widget in a browser; its token is the answer.
    """

    OTHER = "other"
    IMAGE = "image"
    QUESTION = "question"
    ARITHMETIC = "arithmetic"
    WIDGET = "widget"


class CaptchaService(_StringEnum):
    """The third party that provides a captcha's widget.

    * OTHER: None, or one that this version does not know.
    * HCAPTCHA: hCaptcha, https://js.hcaptcha.com/1/api.js.
    * TURNSTILE: Cloudflare Turnstile, https://challenges.cloudflare.com/turnstile/v0/api.js.
    * RECAPTCHA: Google reCAPTCHA, https://www.google.com/recaptcha/api.js.
    """

    OTHER = "other"
    HCAPTCHA = "hcaptcha"
    TURNSTILE = "turnstile"
    RECAPTCHA = "recaptcha"


class Required(_StringEnum):
    """Whether a request must be filled in, in MediaWiki's words.

    * OPTIONAL: It may be left out.
    * REQUIRED: It must be filled in.
    * PRIMARY_REQUIRED: It is one of several ways to make the account; exactly one of them must be filled in.
    """

    OPTIONAL = "optional"
    REQUIRED = "required"
    PRIMARY_REQUIRED = "primary-required"
