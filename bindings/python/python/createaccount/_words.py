"""The fixed words of the package: enumerations that are strings."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing_extensions import Self


class _Word(str, Enum):
    """A string with a name; ``str()`` and formatting give the string."""

    if TYPE_CHECKING:
        # Enumerations take one value, not the arguments of str.
        def __new__(cls, value: object) -> Self: ...

    def __str__(self) -> str:
        return str.__str__(self)

    def __format__(self, spec: str) -> str:
        return str.__format__(self, spec)


class Reason(_Word):
    """The class of a failure. The wiki's own code and message stand beside it."""

    OTHER = "other"
    """None of the classes below; extensions and wiki administrators add codes of their own."""
    NAME_TAKEN = "name_taken"
    """The name belongs to somebody, here or on another wiki of the family."""
    NAME_INVALID = "name_invalid"
    """The name is missing or cannot be a user name."""
    NAME_FORBIDDEN = "name_forbidden"
    """The name may not be used: on a list, reserved, or too much like another one."""
    PASSWORD = "password"
    """The password does not meet the wiki's rules."""
    PASSWORD_MISMATCH = "password_mismatch"
    """The two passwords differ."""
    EMAIL = "email"
    """The e-mail address is missing, malformed or not accepted."""
    CAPTCHA = "captcha"
    """The captcha was answered wrongly, or is used up. Begin again for a new one."""
    CAPTCHA_SERVICE = "captcha_service"
    """The service that checks captchas did not answer; nobody's fault, try later."""
    PERMISSION = "permission"
    """This visitor or account may not create accounts."""
    BLOCKED = "blocked"
    """This visitor's address or account is blocked."""
    THROTTLED = "throttled"
    """Too many accounts were made from this address."""
    RATE_LIMITED = "rate_limited"
    """Too many attempts in a short time."""
    READ_ONLY = "read_only"
    """The wiki is read-only for the time being."""
    BUSY = "busy"
    """The same name is being registered at this very moment."""
    SESSION_LOST = "session_lost"
    """The wiki no longer knows this sign-up. Begin again."""
    NO_PRIMARY = "no_primary"
    """No way of making the account was filled in completely."""
    FILTER = "filter"
    """A filter of the wiki objects. A filter that only warns lets the same attempt pass a second time."""


class FieldType(_Word):
    """How a field is shown and sent."""

    STRING = "string"
    """A line of text."""
    PASSWORD = "password"
    """A line of text that is not shown while it is typed."""
    SELECT = "select"
    """One of the choices, by its value."""
    MULTISELECT = "multiselect"
    """Any number of the choices, by their values."""
    CHECKBOX = "checkbox"
    """Yes or no."""
    BUTTON = "button"
    """A way to go on: pressing it (True) chooses its request."""
    HIDDEN = "hidden"
    """A value that goes back to the wiki unchanged; the engine sees to it."""
    NULL = "null"
    """Only to be shown; never sent."""
    OTHER = "other"
    """A type that this version does not know; it is treated as a line of text."""


class CaptchaKind(_Word):
    """What a person has to do for a captcha."""

    OTHER = "other"
    """Something else; show the fields as they are."""
    IMAGE = "image"
    """Read the letters of a picture: `Client.captcha_image` fetches it."""
    QUESTION = "question"
    """Answer a question in words."""
    ARITHMETIC = "arithmetic"
    """Work out a sum."""
    WIDGET = "widget"
    """Solve a third party's widget in a browser; its token is the answer."""


class Required(_Word):
    """Whether a request must be filled in, in MediaWiki's words."""

    OPTIONAL = "optional"
    """It may be left out."""
    REQUIRED = "required"
    """It must be filled in."""
    PRIMARY_REQUIRED = "primary-required"
    """It is one of several ways to make the account; exactly one of them must be filled in."""
