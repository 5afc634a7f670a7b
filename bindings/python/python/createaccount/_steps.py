"""Steps, which are the wiki's answers, and their parts. All of these are values; none refers to a client.

Steps with equal contents are equal, whatever JSON they were read from.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal, TypeVar, overload

from createaccount._enums import CaptchaKind, CaptchaService, FieldType, Reason, Required

_T = TypeVar("_T")


def _made_when_asked(step: type[_T]) -> type[_T]:
    """Make attributes lazy: where a client gives a callable, it is called on first access. Many are never read."""
    for name in ("fields", "requests", "raw"):
        if slot := vars(step).get(name):
            setattr(step, name, _made_once(slot))
    return step


def _made_once(slot: Any) -> property:  # noqa: ANN401  the descriptor of a slot
    def get(step: object) -> object:
        value = slot.__get__(step)
        if callable(value):
            value = value()
            slot.__set__(step, value)
        return value

    return property(get, slot.__set__)


@_made_when_asked
@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Form:
    """Fields to fill in: the first form, before any answer was sent (FORM), or a further question of the wiki (UI).

    * status: ``"FORM"`` for the form that a flow begins with, ``"UI"`` for the forms of later steps.
    * is_final: False, because the wiki waits for the answer.
    * fields: The merged view: each field once. This is what to show. ``form["username"]`` is the field of that name.
    * requests: The same fields, in the groups that the wiki accepts or ignores as a whole.
    * captcha: The captcha among the fields.
    * message: What the wiki says above the fields, for instance what was wrong with the last answer.
    * message_is_own: Whether the message is the library's own, in English, because the wiki said nothing.
    * message_params: The parameters of a raw message (``message_format="raw"``); ``message`` is its key.
    * message_parts: The parts of a message that reports several errors at once; see `Fail`.
    * message_code: The wiki's code for the message.
    * can_create: False when no provider of the wiki can make accounts. `Client.can_create` asks about this visitor.
    * has_preserved_state: Whether the wiki remembers a login that found no account here, which the creation can keep.
    * preserved_username: The name that a kept login requires for the account; None if any name may be chosen.
    * account: The account that is known to exist already, in a step from `Client.reconcile`.
    * raw: The JSON that the form was read from. It may hold one-use secrets.
    """

    is_final: ClassVar[bool] = False
    status: Literal["FORM", "UI"]
    fields: "Fields"
    requests: "tuple[AuthRequest, ...]" = ()
    captcha: "Captcha | None" = None
    message: str | None = None
    message_is_own: bool = False
    message_params: tuple[Any, ...] = field(default=(), hash=False)
    message_parts: tuple[str, ...] = ()
    message_code: str | None = None
    can_create: bool = True
    has_preserved_state: bool = False
    preserved_username: str | None = None
    account: str | None = None
    raw: dict[str, Any] = field(default_factory=dict, compare=False)

    def __getitem__(self, name: str) -> "Field":
        """Return the field of that name."""
        return self.fields[name]

    def _ipython_key_completions_(self) -> list[str]:
        return list(self.fields.names)

    def __repr__(self) -> str:
        return _show(self, status=self.status, fields=list(self.fields), captcha=self.captcha, message=self.message)


@_made_when_asked
@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Redirect:
    """A visit to a third party.

    * status: ``"REDIRECT"``.
    * is_final: False, because the wiki waits for the return.
    * target: Where to send the person: https; http only on loopback, or if `allow_http` allows it. It may hold secrets:
      do not log it.
    * return_url: Where the third party sends the person afterwards. Pass the full address of that request to
      `Client.resume`.
    * catches_return: False when no return URL was configured: the person will end up on the wiki, and the program is
      not told of the return.
    * data: Further data for the visit, if the wiki gives any; its meaning is up to the provider.
    * fields: The fields that the return is expected to fill in.
    * requests: The requests that these fields belong to.
    * message: The wiki's message, or the library's notice that no return URL was configured.
    * message_is_own: Whether the message is the library's own, in English, because the wiki said nothing.
    * message_params: The parameters of a raw message.
    * message_code: The wiki's code for the message.
    * message_parts: The parts of a message that reports several errors at once; see `Fail`.
    * raw: The JSON that the step was read from. It holds the target.
    """

    __match_args__ = ("target",)
    status: ClassVar[Literal["REDIRECT"]] = "REDIRECT"
    is_final: ClassVar[bool] = False
    target: str
    return_url: str
    catches_return: bool = True
    data: Any = field(default=None, hash=False)
    fields: "Fields" = field(default_factory=lambda: Fields())  # noqa: PLW0108  it is defined below
    requests: "tuple[AuthRequest, ...]" = ()
    message: str | None = None
    message_is_own: bool = False
    message_params: tuple[Any, ...] = field(default=(), hash=False)
    message_code: str | None = None
    message_parts: tuple[str, ...] = ()
    raw: dict[str, Any] = field(default_factory=dict, compare=False)

    def __getitem__(self, name: str) -> "Field":
        """Return the field of that name."""
        return self.fields[name]

    def _ipython_key_completions_(self) -> list[str]:
        return list(self.fields.names)

    def __repr__(self) -> str:
        return _show(self, target=_origin(self.target), return_url=_origin(self.return_url))


@_made_when_asked
@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Restart:
    """A login that succeeded, but has no account here yet: begin a creation, which can keep the login.

    * status: ``"RESTART"``.
    * is_final: True, because this flow has ended.
    * message: The wiki's message.
    * message_is_own: Whether the message is the library's own, in English, because the wiki said nothing.
    * message_params: The parameters of a raw message.
    * message_parts: The parts of a message that reports several errors at once; see `Fail`.
    * message_code: The wiki's code for the message.
    * can_preserve_state: Whether the next creation can keep the login. An attempt that fails uses it up.
    * fields: The fields that the next creation will ask for, as far as the wiki tells.
    * requests: The requests that these fields belong to.
    * raw: The JSON that the step was read from.
    """

    status: ClassVar[Literal["RESTART"]] = "RESTART"
    is_final: ClassVar[bool] = True
    message: str | None = None
    message_is_own: bool = False
    message_params: tuple[Any, ...] = field(default=(), hash=False)
    message_parts: tuple[str, ...] = ()
    message_code: str | None = None
    can_preserve_state: bool = False
    fields: "Fields" = field(default_factory=lambda: Fields())  # noqa: PLW0108  it is defined below
    requests: "tuple[AuthRequest, ...]" = ()
    raw: dict[str, Any] = field(default_factory=dict, compare=False)

    def __repr__(self) -> str:
        return _show(self, message=self.message, can_preserve_state=self.can_preserve_state)


@_made_when_asked
@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Pass:
    """Success: the account was made or, after a login, the session is logged in.

    * status: ``"PASS"``.
    * is_final: True, because this flow has ended.
    * username: The name of the account as the wiki writes it.
    * is_login: True if a login succeeded, so that the client is logged in; otherwise the account was made.
    * raw: The JSON that the step was read from; None where the library worked the step out from other queries.
    """

    __match_args__ = ("username",)
    status: ClassVar[Literal["PASS"]] = "PASS"
    is_final: ClassVar[bool] = True
    username: str
    is_login: bool = False
    raw: dict[str, Any] | None = field(default=None, compare=False)

    def __repr__(self) -> str:
        if self.is_login:
            return _show(self, username=self.username, is_login=True)
        return _show(self, username=self.username)


@_made_when_asked
@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Fail:
    """Failure, with a reason to react to and a message to show. The account was not made; begin again to retry.

    * status: ``"FAIL"``.
    * is_final: True, because this flow has ended.
    * reason: The class of the failure.
    * message: The wiki's message. It may name the visitor's address.
    * message_is_own: Whether the message is the library's own, in English, because the wiki said nothing.
    * message_params: The parameters of a raw message.
    * message_parts: The parts of a message that reports several errors at once, each as the wiki words it; empty
      for others, and for a list whose text cannot be split into its parts. In the raw message format they are
      wikitext from MediaWiki 1.43 on, and HTML before.
    * message_code: The wiki's code for the message, for instance ``userexists``.
    * retry_after: How many seconds to wait, if the wiki says so. For a throttle it is the longest possible wait,
      and it is known only in the raw message format.
    * can_preserve_state: Whether the next creation can keep a login made before.
    * raw: The JSON that the step was read from; None where the library worked the step out from other queries.
    """

    status: ClassVar[Literal["FAIL"]] = "FAIL"
    is_final: ClassVar[bool] = True
    reason: Reason
    message: str | None = None
    message_is_own: bool = False
    message_params: tuple[Any, ...] = field(default=(), hash=False)
    message_parts: tuple[str, ...] = ()
    message_code: str | None = None
    retry_after: float | None = None
    can_preserve_state: bool = False
    raw: dict[str, Any] | None = field(default=None, compare=False)

    def __repr__(self) -> str:
        return _show(self, reason=str(self.reason), message=self.message, message_code=self.message_code)


@_made_when_asked
@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Other:
    """A status that this version does not know.

    * status: The wiki's name for it.
    * is_final: True, because the library does not know how to continue.
    * message: The wiki's message.
    * message_is_own: Whether the message is the library's own, in English, because the wiki said nothing.
    * message_params: The parameters of a raw message.
    * message_parts: The parts of a message that reports several errors at once; see `Fail`.
    * message_code: The wiki's code for the message.
    * raw: The JSON that the step was read from.
    """

    is_final: ClassVar[bool] = True
    status: str
    message: str | None = None
    message_is_own: bool = False
    message_params: tuple[Any, ...] = field(default=(), hash=False)
    message_parts: tuple[str, ...] = ()
    message_code: str | None = None
    raw: dict[str, Any] = field(default_factory=dict, compare=False)

    def __repr__(self) -> str:
        return _show(self, status=self.status, message=self.message)


Step = Form | Redirect | Restart | Pass | Fail | Other
"""An answer of the wiki. ``isinstance(x, Step)`` works, and so does ``match`` with the classes."""


class Fields:
    """The fields of a form, a sequence in the wiki's order.

    They can be found by name too: ``fields["username"]``, ``fields.get("email")``, ``"email" in fields``.
    """

    __slots__ = ("_by_name", "_fields")

    def __init__(self, fields: "Sequence[Field]" = ()) -> None:
        self._fields = tuple(fields)
        self._by_name = {field.name: field for field in self._fields}

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all fields."""
        return tuple(self._by_name)

    @overload
    def get(self, name: str) -> "Field | None": ...
    @overload
    def get(self, name: str, default: _T) -> "Field | _T": ...
    def get(self, name: str, default: _T | None = None) -> "Field | _T | None":
        """Return the field of that name, or ``default``."""
        return self._by_name.get(name, default)

    def index(self, item: "Field | str") -> int:
        """Return the position of a field, given as a `Field` or by name."""
        return self._fields.index(self._by_name.get(item, item) if isinstance(item, str) else item)

    def count(self, item: object) -> int:
        """Return 1 for a field of this form, 0 for any other."""
        return int(item in self)

    @overload
    def __getitem__(self, key: int | str) -> "Field": ...
    @overload
    def __getitem__(self, key: slice) -> "Fields": ...
    def __getitem__(self, key: int | str | slice) -> "Field | Fields":
        if isinstance(key, str):
            try:
                return self._by_name[key]
            except KeyError:
                there = ", ".join(self.names) or "none"
                message = f"no field {key!r}; there are: {there}"
                raise KeyError(message) from None
        if isinstance(key, slice):
            return type(self)(self._fields[key])
        return self._fields[key]

    def _ipython_key_completions_(self) -> list[str]:
        return list(self.names)

    def __len__(self) -> int:
        return len(self._fields)

    def __iter__(self) -> "Iterator[Field]":
        return iter(self._fields)

    def __reversed__(self) -> "Iterator[Field]":
        return reversed(self._fields)

    def __contains__(self, item: object) -> bool:
        return item in self._by_name if isinstance(item, str) else item in self._fields

    def __eq__(self, other: object) -> bool:
        return self._fields == other._fields if isinstance(other, Fields) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._fields)

    def __repr__(self) -> str:
        return f"Fields({list(self._fields)!r})"


# Not as a base class: type checkers would then refuse a name before "in".
Sequence.register(Fields)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Field:
    """One field of a form.

    * name: The name under which a value is submitted.
    * type: How it is shown and sent.
    * label: The caption, in the wiki's words; empty with ``message_format="none"``, a key with ``"raw"``.
    * label_params: The parameters of a raw caption.
    * help: The explanation, in the wiki's words; often empty.
    * help_params: The parameters of a raw explanation.
    * value: The preset: what is sent when the host says nothing, and what a null field shows; "1" for a checkbox that
      is ticked by default. The presets of a multiselect are marked among its choices.
    * choices: The choices of a select or multiselect, in the wiki's order.
    * required: Whether the wiki refuses a form without it. In a form that offers several ways to make the account,
      a field that only one way needs is not required.
    * sensitive: Whether its value must not be shown, logged or put into an address.
    * asks: Whether it asks the person something: false for hidden and null fields.
    """

    name: str
    type: FieldType = FieldType.STRING
    label: str = ""
    label_params: tuple[Any, ...] = field(default=(), hash=False)
    help: str = ""
    help_params: tuple[Any, ...] = field(default=(), hash=False)
    value: str | None = None
    choices: "tuple[Choice, ...]" = ()
    required: bool = False
    sensitive: bool = False
    asks: bool = True

    def __repr__(self) -> str:
        # Hidden values are usually one-use tokens.
        masked = self.sensitive or self.type is FieldType.HIDDEN
        return _show(
            self,
            name=self.name,
            type=str(self.type),
            label=self.label or None,
            value="***" if masked and self.value is not None else self.value,
            choices=[choice.value for choice in self.choices] or None,
            required=self.required or None,
            sensitive=self.sensitive or None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One choice of a select or multiselect.

    * value: What is sent.
    * label: What is shown.
    * preset: For a multiselect: whether it is chosen unless the host says otherwise. The preset of a select is its
      field's value.
    """

    value: str
    label: str
    preset: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class AuthRequest:
    """A group of fields that a provider of the wiki asks for, and that the wiki accepts or ignores as a whole.

    * id: The id that ``submit(requests=[…])`` takes.
    * required: Whether it must be filled in.
    * provider: Who asks, in the wiki's words.
    * account: The account that it is about, in the wiki's words.
    * metadata: Further data of the provider; its meaning is up to the provider.
    * fields: Its fields, in the wiki's order.
    """

    id: str
    required: Required
    provider: str = ""
    account: str = ""
    metadata: dict[str, Any] = field(default_factory=dict, hash=False)
    fields: Fields = field(default_factory=Fields)

    def __repr__(self) -> str:
        return _show(self, id=self.id, required=str(self.required), fields=list(self.fields.names))


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Captcha:
    """A captcha, taken from the fields of a form. It is used up by the first attempt that gets as far as checking it.

    * kind: What the person has to do.
    * text: The question or the sum as plain text; empty for pictures and widgets.
    * mime: The MIME type that the wiki names, for instance ``image/png``; empty if it names none.
    * site_key: The site key that the widget needs.
    * image_url: The absolute address of a picture, on the wiki's own origin. It needs the session: use
      `Client.captcha_image`.
    * answer_field: The name of the field that takes the answer.
    * service: The third party that provides the widget.
    * fields: The names of all fields that belong to the captcha. A host that shows the captcha by its text,
      picture or widget need not show those of its fields that ask nothing. A null field that does not belong to the
      captcha is a separate notice: show it.
    """

    kind: CaptchaKind
    text: str = ""
    mime: str = ""
    site_key: str | None = None
    image_url: str | None = None
    answer_field: str = "captchaWord"
    service: CaptchaService = CaptchaService.OTHER
    fields: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return _show(
            self,
            kind=str(self.kind),
            text=self.text or None,
            service=None if self.service is CaptchaService.OTHER else str(self.service),
            site_key=self.site_key,
            answer_field=self.answer_field,
        )


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Verdict:
    """The wiki's answer to a question asked before a creation.

    * answer: True, False, or None where the wiki does not say, as on private wikis.
    * code: The wiki's code for a no, for instance ``userexists``.
    * message: The wiki's reason for a no, in the requested language where available.
    * canonical: A user name as the wiki writes it.
    """

    answer: bool | None = None
    code: str | None = None
    message: str | None = None
    canonical: str | None = None

    def __bool__(self) -> bool:
        # A truth value cannot hold three answers, and "not known" must not be taken for yes by accident.
        raise TypeError("a verdict is neither true nor false: look at its .answer, which is True, False or None")

    def __repr__(self) -> str:
        parts = {"code": self.code, "message": self.message, "canonical": self.canonical}
        shown = [f"{name}={value!r}" for name, value in parts.items() if value is not None]
        return f"Verdict({', '.join([f'answer={self.answer}', *shown])})"


def _show(shown: object, /, **parts: object) -> str:
    members = ", ".join(f"{name}={part!r}" for name, part in parts.items() if part is not None)
    return f"{type(shown).__name__}({members})"


def _origin(url: str) -> str:
    """Return the part of an address that may be shown: its path and query hold states and nonces."""
    from urllib.parse import urlsplit  # noqa: PLC0415  most sign-ups need no redirect

    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname}/***"
