"""Finding the API of a wiki."""

from __future__ import annotations

from typing import TYPE_CHECKING

from createaccount._createaccount import Search

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from createaccount._types import Settings


def find_api(url: str, **settings: Unpack[Settings]) -> str:
    """Find the ``api.php`` of a wiki.

    `url` is the address of a page, an address with a wrong path, or a host name without ``https://``; the settings
    are those of `Client`.

    The page at the address is searched for the link to the API that every MediaWiki page has, then the wiki's
    front page; finally the usual paths are tried. An address is returned only if MediaWiki's API answered there.
    Redirects are followed, to other hosts too: check the host of the result before you send a password there.
    Neither cookies nor a `bearer_token` are sent.

    Raises `InvalidArgument`, whose ``field`` names the address (``url``) or the setting that cannot be used;
    `ProtocolError` when no API was found; any other error says why the wiki could not be reached.
    """
    return Search(url, **settings).run()
