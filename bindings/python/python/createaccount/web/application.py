"""The application: its addresses, and what each of them answers."""

from __future__ import annotations

import hmac
import logging
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from createaccount import CreateAccountError, Form, InvalidArgument, InvalidState, image_type
from createaccount.web import complaints, security
from createaccount.web.flow import LIFETIME, key_of
from createaccount.web.pages import Pages
from createaccount.web.security import body_of, check_origin
from createaccount.web.signup import SignUp
from createaccount.web.site import Site
from createaccount.web.stores import Busy, Unavailable
from createaccount.web.texts import language_of

if TYPE_CHECKING:
    import os
    from collections.abc import AsyncIterator, Collection, Sequence

    from starlette.requests import Request
    from typing_extensions import Unpack

    from createaccount import CaptchaService, Settings
    from createaccount.web.stores import Store
    from createaccount.web.visit import Visit

KEY_LENGTH = 32  # bytes
MOMENT = 3.0  # seconds in which a second form is a second click, not another tab
SOON, LATER = 5, 30  # seconds, where nobody says when to look again

log = logging.getLogger("createaccount.web")


def app(  # noqa: PLR0913  one for each thing to choose
    api_url: str,
    *,
    site: str,
    store: Store,
    seal_keys: Sequence[bytes],
    ask_first: bool = True,
    captcha_scripts: Collection[CaptchaService | str] = (),
    wiki_name: str | None = None,
    wiki_url: str | None = None,
    theme: str | os.PathLike[str] | None = None,
    **settings: Unpack[Settings],
) -> Starlette:
    """Make the application, to be served or mounted.

    * api_url: the wiki's api.php.
    * site: the address of the application as visitors see it, with the path that it is mounted at.
    * store: where flows lie, a `RedisStore` or a `FileStore`.
    * seal_keys: 32 random bytes that the store does not know, the same for all workers; after them those used before.
    * ask_first: whether to ask the wiki about name and password before an attempt is spent on them, which costs two
      requests for each attempt.
    * captcha_scripts: whose scripts a page may load where the wiki wants a widget: "hcaptcha", "turnstile",
      "recaptcha". Where it may not, the page says so and leads to the wiki.
    * wiki_name, wiki_url: how the wiki is called, and where people go to afterwards; without them by its address.
    * theme: a folder with templates or a style.css of your own, which take the place of ours.
    * settings: those of the `Client`, for instance user_agent and timeout.

    Raises ValueError for what cannot be, `InvalidArgument` if it is one of the settings.
    """
    if not seal_keys or any(len(key) != KEY_LENGTH for key in seal_keys):
        raise ValueError("each of seal_keys must have 32 bytes, which are 64 hexadecimal digits")
    here, wiki = Site(site), urlsplit(api_url)
    pages = Pages(
        here.path,
        wiki_name=wiki_name or wiki.netloc,
        wiki_url=wiki_url or f"{wiki.scheme}://{wiki.netloc}/",
        captcha_scripts=captcha_scripts,
        theme=theme,
    )
    addresses = Addresses(SignUp(api_url, here, store, seal_keys, settings, ask_first=ask_first), pages)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        await store.close()

    application = Starlette(
        routes=[
            Route("/", addresses.show, methods=["GET"]),
            Route("/", addresses.answer, methods=["POST"]),
            Route("/captcha", addresses.captcha),
            Route("/return/{secret}", addresses.come_back, methods=["GET"]),
            Route("/return/{secret}", addresses.come_back_by_post, methods=["POST"]),
            Route("/returned/{secret}", addresses.fetch_return),
            Route("/style.css", addresses.style),
        ],
        exception_handlers={
            HTTPException: addresses.refuse,
            CreateAccountError: addresses.no_answer,
            Busy: addresses.busy,
            Unavailable: addresses.unavailable,
            Exception: addresses.crash,
        },
        lifespan=lifespan,
    )
    # It would send people to whatever host a request names.
    application.router.redirect_slashes = False
    return application


class Addresses:
    """What each address answers."""

    def __init__(self, signup: SignUp, pages: Pages) -> None:
        self.signup, self.pages, self.site = signup, pages, signup.site
        # Browsers take the prefix for a promise: from this host alone, and encrypted.
        self.cookie = "__Host-signup" if self.site.secure else "signup"
        # Lax keeps other sites from posting here in the visitor's name.
        self.cookie_flags: dict[str, Any] = {"httponly": True, "samesite": "lax", "secure": self.site.secure}

    async def show(self, request: Request) -> Response:
        """Show where the visitor's sign-up stands, and begin one if there is none."""
        language = self.language(request)
        async with self.visit(request, language) as visit:
            if visit is None:
                return self.elsewhere()
            if request.query_params.get("uselang") and visit.flow.language != language:
                await self.change_language(visit, language)
            try:
                step = await visit.step()
            except InvalidArgument:
                # What was saved belongs to another wiki or to another version.
                visit.flow.saved = b""
                step = await visit.step()
            response = self.pages.of(visit.flow, step, request.url.query)
            self.set_cookie(response, visit)
            return response

    async def change_language(self, visit: Visit, language: str) -> None:
        """Go on in another language. A form that is not answered yet is asked for anew."""
        visit.flow.language = language
        step = await visit.step() if visit.flow.saved else None
        if isinstance(step, Form) and step.status == "FORM":
            visit.flow.saved = b""
        await visit.keep()

    async def answer(self, request: Request) -> Response:
        """Take a form. It is shown again, or what follows, at an address that can be reloaded."""
        check_origin(request, self.site.origin)
        arrived = time.time()
        posted = parse_qsl((await body_of(request)).decode(errors="replace"), keep_blank_values=True)
        sent = dict(posted)
        async with self.visit(request) as visit:
            if visit is None:
                return self.elsewhere("?expired")
            flow, made = visit.flow, visit.flow.made
            response = self.elsewhere()
            if not hmac.compare_digest(sent.get("ticket", "").encode(), flow.ticket.encode()):
                # A double click is not news to the visitor; a page that lay in another tab is.
                if not (flow.unknown or flow.made) and arrived > flow.moved + MOMENT:
                    response = self.elsewhere("?moved")
            elif "again" in sent:
                await visit.again(forget=True)
            elif flow.unknown:
                await visit.reconcile()
            elif "picture" in sent:
                await visit.new_picture(posted)
            elif not flow.made:
                await visit.submit(posted)
            if flow.made and not made:
                await self.signup.rotate(visit)
            self.set_cookie(response, visit)
            return response

    async def come_back(self, request: Request) -> Response:
        """Take a visitor back from a third party."""
        return await self.resume(request, self.returned_to(request))

    async def come_back_by_post(self, request: Request) -> Response:
        """Take what a third party has a browser post.

        Such a request comes without the cookie, so that it could be anybody's: it waits for the visitor's browser to
        fetch it from the next address.
        """
        secret = request.path_params["secret"]
        held = await self.signup.hold(secret, self.returned_to(request), await body_of(request))
        return self.elsewhere(f"returned/{secret}" if held else "")

    async def fetch_return(self, request: Request) -> Response:
        """Take a visitor back whose return was posted."""
        handle = self.handle(request)
        if request.path_params["secret"] != key_of(handle) or not (held := await self.signup.take_held(handle)):
            return self.elsewhere()
        return await self.resume(request, *held)

    async def resume(self, request: Request, url: str, body: bytes | None = None) -> Response:
        """Go on after a visit, and away from an address that holds secrets."""
        response = self.elsewhere()
        if request.path_params["secret"] != key_of(self.handle(request)):
            return response
        async with self.visit(request) as visit:
            if visit is not None and not visit.flow.successor:
                await visit.resume(url, body)
                if visit.flow.made:
                    await self.signup.rotate(visit)
                self.set_cookie(response, visit)
        return response

    async def captcha(self, request: Request) -> Response:
        """Give the picture of the captcha, in the session that it belongs to."""
        async with self.visit(request) as visit:
            if visit is None:
                raise HTTPException(404)
            try:
                async with visit.client() as client:
                    picture = await client.captcha_image()
            except InvalidState:
                raise HTTPException(404) from None
        return Response(picture, media_type=image_type(picture), headers=security.headers())

    async def style(self, request: Request) -> Response:
        """Give the style sheet; its address changes with it."""
        del request
        headers = {**security.headers(), "Cache-Control": "public, max-age=31536000, immutable"}
        return Response(self.pages.css, media_type="text/css", headers=headers)

    async def refuse(self, request: Request, error: Exception) -> Response:
        """Say what is wrong with a request."""
        assert isinstance(error, HTTPException)  # noqa: S101  for types
        titles = {403: "refused", 404: "not_found", 405: "not_found", 413: "too_large"}
        return self.pages.notice(self.language(request), error.status_code, titles.get(error.status_code, "failed"))

    async def no_answer(self, request: Request, error: Exception) -> Response:
        """Say that the wiki does not answer, or will not."""
        assert isinstance(error, CreateAccountError)  # noqa: S101  for types
        if isinstance(error, InvalidArgument | InvalidState):
            raise error  # That is a fault here.
        problem = complaints.Complaint(words=error.message, wait=error.retry_after)
        wait = error.retry_after or LATER
        return self.pages.notice(self.language(request), 503, "no_answer", problem=problem, retry_after=wait)

    async def busy(self, request: Request, error: Exception) -> Response:
        """Say that another request is at work on the same sign-up."""
        del error
        return self.pages.notice(self.language(request), 503, "busy", retry_after=SOON)

    async def unavailable(self, request: Request, error: Exception) -> Response:
        """Say that nothing can be kept at the moment, and so nothing done."""
        log.error("The store of the sign-ups fails: %s", error)
        return self.pages.notice(self.language(request), 503, "unavailable", retry_after=LATER)

    async def crash(self, request: Request, error: Exception) -> Response:
        """Say that the fault is here; the server logs what it is."""
        del error
        return self.pages.notice(self.language(request), 500, "failed")

    @asynccontextmanager
    async def visit(self, request: Request, language: str | None = None) -> AsyncIterator[Visit | None]:
        """Work on the visitor's flow, and remember the language for what may go wrong meanwhile."""
        async with self.signup.visit(self.handle(request), language) as visit:
            if visit is not None:
                request.state.language = visit.flow.language
            yield visit

    def elsewhere(self, where: str = "") -> Response:
        """Send the browser to another of our addresses, by GET."""
        return RedirectResponse(f"{self.site.path}/{where}", 303, headers=security.headers())

    def returned_to(self, request: Request) -> str:
        """Give the address to which a third party sent the visitor back, as the wiki knows it."""
        return f"{self.site.url}/return/{request.path_params['secret']}?{request.url.query}"

    def handle(self, request: Request) -> str:
        """Read the visitor's handle."""
        return request.cookies.get(self.cookie, "")

    def language(self, request: Request) -> str:
        """Read the visitor's language."""
        uselang = request.query_params.get("uselang")
        known: str | None = None if uselang else getattr(request.state, "language", None)
        return known or language_of(uselang, request.headers.get("accept-language"))

    def set_cookie(self, response: Response, visit: Visit) -> None:
        """Give the visitor the handle."""
        response.set_cookie(self.cookie, visit.handle, max_age=LIFETIME, **self.cookie_flags)
