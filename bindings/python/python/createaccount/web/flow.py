"""One visitor's sign-up, and how it is kept: sealed, under a key from which nobody learns the visitor's handle."""

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

LIFETIME = 60 * 60  # seconds; so long does MediaWiki remember a session


def new_handle() -> str:
    """Make a handle: the cookie of one flow, which nobody can guess."""
    return secrets.token_urlsafe(32)


def new_ticket() -> str:
    """Make a ticket: what one form brings along."""
    return secrets.token_urlsafe(24)


@dataclass
class Flow:
    """One visitor's sign-up.

    * language: Of the visitor, as the wiki names it.
    * saved: What the client saved.
    * ticket: What a form must bring along: nobody else knows it, and it serves once.
    * moved: When the last answer was taken.
    * unknown: Whether an answer of the wiki may be lost.
    * typed: What the visitor typed, by field; nothing that is secret.
    * problems: What was wrong with the last answer.
    * made: The account, in the end.
    * successor: The handle that took over when the account was made.
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
    """Give the name under which a flow is stored. It does not tell the handle."""
    return hashlib.sha256(handle.encode()).hexdigest()


class Seal:
    """Seals what is stored, so that neither the store nor who reads or writes it can make use of it."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        # The keys themselves seal what the client saves.
        derived = [hmac.digest(key, b"createaccount.web", "sha256") for key in keys]
        self.fernet = MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in derived])

    def close(self, key: str, content: bytes) -> bytes:
        """Seal something for its place in the store."""
        return self.fernet.encrypt(key.encode() + b"\n" + content)

    def open(self, key: str, sealed: bytes | None) -> bytes | None:
        """Open it again; None if it is too old, was changed, or belongs elsewhere."""
        try:
            place, _, content = self.fernet.decrypt(sealed or b"", ttl=LIFETIME).partition(b"\n")
        except InvalidToken:
            return None
        return content if place == key.encode() else None


def to_bytes(flow: Flow) -> bytes:
    """Write a flow down."""
    written = asdict(flow)
    written["saved"] = base64.b64encode(flow.saved).decode()
    return json.dumps(written).encode()


def from_bytes(content: bytes) -> Flow:
    """Read it back."""
    read = json.loads(content)
    read["saved"] = base64.b64decode(read["saved"])
    read["problems"] = [Complaint(**problem) for problem in read["problems"]]
    return Flow(**{one.name: read[one.name] for one in fields(Flow)})
