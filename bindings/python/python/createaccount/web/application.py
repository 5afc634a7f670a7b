"""The application: its addresses, and how it answers requests to them."""

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
MOMENT = 3.0  # seconds within which a second form comes from a double click, not from another tab
SOON, LATER = 5, 30  # seconds until a retry, where nobody says how many

log = logging.getLogger("createaccount.web")


def app(  # noqa: PLR0913  one for each option
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
    * store: where flows are kept, a `RedisStore` or a `FileStore`.
    * seal_keys: 32 random bytes that are not in the store, the same for all workers; after them the keys used before.
    * ask_first: whether to ask the wiki about name and password before an attempt is spent on them, which costs two
      requests for each attempt.
    * captcha_scripts: the services whose scripts a page may load if the wiki asks for their widget: "hcaptcha",
      "turnstile", "recaptcha". If it may not load one, the page says so and links to the wiki.
    * wiki_name, wiki_url: the wiki's name, and where people go afterwards; by default taken from its address.
    * theme: a folder with templates or a style.css of your own, which replace ours.
    * settings: those of the `Client`, for instance user_agent and timeout.

    Raises ValueError for an argument that cannot be used, `InvalidArgument` for one of the settings.
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
    # Such a redirect would go to whatever host the request names.
    application.router.redirect_slashes = False
    return application


class Addresses:
    """The handlers of the addresses."""

    def __init__(self, signup: SignUp, pages: Pages) -> None:
        self.signup, self.pages, self.site = signup, pages, signup.site
        # Browsers accept a cookie with this prefix only from this very host, over https.
        self.cookie = "__Host-signup" if self.site.secure else "signup"
        # Lax: browsers do not send it with a POST from another site.
        self.cookie_flags: dict[str, Any] = {"httponly": True, "samesite": "lax", "secure": self.site.secure}

    async def show(self, request: Request) -> Response:
        """Show the present state of the visitor's sign-up, and begin one if there is none."""
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
        """Go on in another language. A form that is not answered yet is fetched again."""
        visit.flow.language = language
        step = await visit.step() if visit.flow.saved else None
        if isinstance(step, Form) and step.status == "FORM":
            visit.flow.saved = b""
        await visit.keep()

    async def answer(self, request: Request) -> Response:
        """Handle a posted form, and redirect to an address that can be reloaded."""
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
                # Ignore a double click, but tell a visitor whose page was left open in another tab.
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
        """Handle a visitor's return from a third party."""
        return await self.resume(request, self.returned_to(request))

    async def come_back_by_post(self, request: Request) -> Response:
        """Handle a return that a third party makes the browser post.

        Such a request comes without the cookie, so it could be anybody's: its content is held until the visitor's
        browser fetches it from the next address.
        """
        secret = request.path_params["secret"]
        held = await self.signup.hold(secret, self.returned_to(request), await body_of(request))
        return self.elsewhere(f"returned/{secret}" if held else "")

    async def fetch_return(self, request: Request) -> Response:
        """Continue after a posted return, in a request that has the visitor's cookie."""
        handle = self.handle(request)
        if request.path_params["secret"] != key_of(handle) or not (held := await self.signup.take_held(handle)):
            return self.elsewhere()
        return await self.resume(request, *held)

    async def resume(self, request: Request, url: str, body: bytes | None = None) -> Response:
        """Continue after a return, and redirect away from an address that holds secrets."""
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
        """Serve the picture of the captcha, from the session that it belongs to."""
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
        """Serve the style sheet; its address changes with its content."""
        del request
        headers = {**security.headers(), "Cache-Control": "public, max-age=31536000, immutable"}
        return Response(self.pages.css, media_type="text/css", headers=headers)

    async def refuse(self, request: Request, error: Exception) -> Response:
        """Say what is wrong with a request."""
        assert isinstance(error, HTTPException)  # noqa: S101  for types
        titles = {403: "refused", 404: "not_found", 405: "not_found", 413: "too_large"}
        return self.pages.notice(self.language(request), error.status_code, titles.get(error.status_code, "failed"))

    async def no_answer(self, request: Request, error: Exception) -> Response:
        """Say that the wiki did not answer, or answered with an error."""
        assert isinstance(error, CreateAccountError)  # noqa: S101  for types
        if isinstance(error, InvalidArgument | InvalidState):
            raise error  # a bug in this application
        problem = complaints.Complaint(words=error.message, wait=error.retry_after)
        wait = error.retry_after or LATER
        return self.pages.notice(self.language(request), 503, "no_answer", problem=problem, retry_after=wait)

    async def busy(self, request: Request, error: Exception) -> Response:
        """Say that another request is working on the same sign-up."""
        del error
        return self.pages.notice(self.language(request), 503, "busy", retry_after=SOON)

    async def unavailable(self, request: Request, error: Exception) -> Response:
        """Say that the store fails, so that nothing can be done at the moment."""
        log.error("The store of the sign-ups fails: %s", error)
        return self.pages.notice(self.language(request), 503, "unavailable", retry_after=LATER)

    async def crash(self, request: Request, error: Exception) -> Response:
        """Say that the application failed; the server logs the exception."""
        del error
        return self.pages.notice(self.language(request), 500, "failed")

    @asynccontextmanager
    async def visit(self, request: Request, language: str | None = None) -> AsyncIterator[Visit | None]:
        """Work on the visitor's flow, and remember its language for error pages."""
        async with self.signup.visit(self.handle(request), language) as visit:
            if visit is not None:
                request.state.language = visit.flow.language
            yield visit

    def elsewhere(self, where: str = "") -> Response:
        """Redirect the browser to another of our addresses, by GET."""
        return RedirectResponse(f"{self.site.path}/{where}", 303, headers=security.headers())

    def returned_to(self, request: Request) -> str:
        """Return the address to which a third party sent the visitor back, as the wiki knows it."""
        return f"{self.site.url}/return/{request.path_params['secret']}?{request.url.query}"

    def handle(self, request: Request) -> str:
        """Return the visitor's handle, from the cookie."""
        return request.cookies.get(self.cookie, "")

    def language(self, request: Request) -> str:
        """Return the visitor's language."""
        uselang = request.query_params.get("uselang")
        known: str | None = None if uselang else getattr(request.state, "language", None)
        return known or language_of(uselang, request.headers.get("accept-language"))

    def set_cookie(self, response: Response, visit: Visit) -> None:
        """Set the cookie that holds the visitor's handle."""
        response.set_cookie(self.cookie, visit.handle, max_age=LIFETIME, **self.cookie_flags)
