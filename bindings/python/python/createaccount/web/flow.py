"""One visitor's sign-up, and how it is kept: sealed, under a key that does not reveal the visitor's handle."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from dataclasses import asdict, dataclass, field, fields
from typing import TYPE_CHECKING

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from createaccount.web.complaints import Complaint

if TYPE_CHECKING:
    from collections.abc import Sequence

Typed = dict[str, list[str]]

LIFETIME = 60 * 60  # seconds for which MediaWiki remembers a session


def new_handle() -> str:
    """Make a handle: the cookie of one flow, which nobody can guess."""
    return secrets.token_urlsafe(32)


def new_ticket() -> str:
    """Make a ticket: the value that a form must contain when it is posted."""
    return secrets.token_urlsafe(24)


@dataclass
class Flow:
    """One visitor's sign-up.

    * language: The visitor's language, a MediaWiki code.
    * saved: What the client saved.
    * ticket: The value that a posted form must contain: nobody else knows it, and it is valid once.
    * moved: When the last answer was handled.
    * unknown: Whether an answer of the wiki may have been lost.
    * typed: What the visitor typed, by field; nothing that is secret.
    * problems: What was wrong with the last answer.
    * made: The name of the account, once it is made.
    * successor: The handle that replaced this flow's handle when the account was made.
    """

    language: str
    saved: bytes = b""
    ticket: str = field(default_factory=new_ticket)
    moved: float = 0.0
    unknown: bool = False
    typed: Typed = field(default_factory=dict)
    problems: list[Complaint] = field(default_factory=list)
    made: str = ""
    successor: str = ""


def key_of(handle: str) -> str:
    """Return the key under which a flow is stored. It does not reveal the handle."""
    return hashlib.sha256(handle.encode()).hexdigest()


class Seal:
    """Seals what is stored, so that nobody with access to the store can read or change it unnoticed."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        # Derived, because the keys themselves seal what the client saves.
        derived = [hmac.digest(key, b"createaccount.web", "sha256") for key in keys]
        self.fernet = MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in derived])

    def close(self, key: str, content: bytes) -> bytes:
        """Seal something for its place in the store."""
        return self.fernet.encrypt(key.encode() + b"\n" + content)

    def open(self, key: str, sealed: bytes | None) -> bytes | None:
        """Open what was sealed; None if it is too old, was changed, or was sealed for another place."""
        try:
            place, _, content = self.fernet.decrypt(sealed or b"", ttl=LIFETIME).partition(b"\n")
        except InvalidToken:
            return None
        return content if place == key.encode() else None


def to_bytes(flow: Flow) -> bytes:
    """Serialize a flow."""
    written = asdict(flow)
    written["saved"] = base64.b64encode(flow.saved).decode()
    return json.dumps(written).encode()


def from_bytes(content: bytes) -> Flow:
    """Deserialize a flow."""
    read = json.loads(content)
    read["saved"] = base64.b64decode(read["saved"])
    read["problems"] = [Complaint(**problem) for problem in read["problems"]]
    return Flow(**{one.name: read[one.name] for one in fields(Flow)})
