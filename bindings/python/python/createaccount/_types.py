"""Types of arguments, for annotations."""

import os
from collections.abc import Iterable, Mapping
from typing import Literal, TypedDict

from createaccount._transport import Transport

Value = str | bool | Iterable[str] | None
"""A value to submit: text or the value of a choice, a bool, or the values of several choices; None for nothing."""

Values = Mapping[str, Value]
"""Values to submit, by the names of fields."""


class Settings(TypedDict, total=False):
    """The settings of a `Client`, which explains them."""

    user_agent: str | None
    language: str | None
    message_format: Literal["wikitext", "html", "plaintext", "raw", "none"] | None
    error_format: Literal["plaintext", "html", "wikitext", "raw", "none", "bc"] | None
    error_language: str | None
    return_url: str | None
    timeout: float
    connect_timeout: float
    deadline: float
    retry_budget: float
    reconcile_wait: float
    proxy: str | None
    environment_proxies: bool
    ca_file: str | os.PathLike[str] | None
    bearer_token: str | None
    basic_auth: tuple[str, str] | None
    headers: Mapping[str, str] | None
    seal_key: bytes | bytearray | memoryview | None
    open_keys: Iterable[bytes | bytearray | memoryview]
    allow_http: bool
    merge_fields: bool
    transport: Transport | None
