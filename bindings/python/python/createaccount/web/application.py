"""The application: its addresses, and what each of them answers."""

from __future__ import annotations

import hashlib
import hmac
import time
from contextlib import asynccontextmanager
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

import jinja2
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from createaccount import (
    CaptchaKind,
    CaptchaService,
    CreateAccountError,
    Form,
    InvalidArgument,
    InvalidState,
    Redirect,
    image_type,
)
from createaccount.web import security
from createaccount.web.flow import LIFETIME, Complaint, key_of
from createaccount.web.form import CAPTCHA, view
from createaccount.web.security import SCRIPTS, WIDGET_NAMES, body_of, check_origin
from createaccount.web.signup import Busy, SignUp
from createaccount.web.texts import LANGUAGES, direction_of, language_of, own_language

if TYPE_CHECKING:
    import os
    from collections.abc import AsyncIterator, Collection, Sequence

    from starlette.requests import Request
    from typing_extensions import Unpack

    from createaccount import Settings
    from createaccount.web.signup import Visit
    from createaccount.web.stores import Store

KEY_LENGTH = 32  # bytes
MOMENT = 3.0  # seconds in which a second form is a second click, not another tab


def app(  # noqa: PLR0913  one for each thing to choose
    api_url: str,
    *,
    site: str,
    store: Store,
    seal_keys: Sequence[bytes],
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
    * captcha_scripts: whose scripts a page may load where the wiki wants a widget: "hcaptcha", "turnstile",
      "recaptcha". Where it may not, the page says so and leads to the wiki.
    * wiki_name, wiki_url: how the wiki is called, and where people go to afterwards; without them by its address.
    * theme: a folder with templates or a style.css of your own, which take the place of ours.
    * settings: those of the `Client`, for instance user_agent and timeout.
    """
    if not seal_keys or any(len(key) != KEY_LENGTH for key in seal_keys):
        raise ValueError("each of seal_keys must have 32 bytes, which are 64 hexadecimal digits")
    pages = Pages(SignUp(api_url, site.rstrip("/"), store, seal_keys, settings), theme)
    pages.scripts = {CaptchaService(service) for service in captcha_scripts}
    parts = urlsplit(api_url)
    pages.wiki_name = wiki_name or parts.netloc
    pages.wiki_url = wiki_url or f"{parts.scheme}://{parts.netloc}/"

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        await store.close()

    return Starlette(
        routes=[
            Route("/", pages.show, methods=["GET"]),
            Route("/", pages.answer, methods=["POST"]),
            Route("/captcha", pages.captcha),
            Route("/return/{secret}", pages.come_back, methods=["GET"]),
            Route("/return/{secret}", pages.come_back_by_post, methods=["POST"]),
            Route("/returned/{secret}", pages.fetch_return),
            Route("/style.css", pages.style),
        ],
        exception_handlers={HTTPException: pages.http_error, Busy: pages.busy, Exception: pages.crash},
        lifespan=lifespan,
    )


class Pages:
    """What each address answers."""

    scripts: Collection[CaptchaService]
    wiki_name: str
    wiki_url: str

    def __init__(self, signup: SignUp, theme: str | os.PathLike[str] | None) -> None:
        self.signup, self.site = signup, signup.site
        self.path = urlsplit(self.site).path
        secure = self.site.startswith("https:")
        # Browsers take the prefix for a promise: from this host alone, and encrypted.
        self.cookie = "__Host-signup" if secure else "signup"
        # Lax keeps other sites from posting here in the visitor's name.
        self.cookie_flags: dict[str, Any] = {"httponly": True, "samesite": "lax", "secure": secure, "path": "/"}
        ours = jinja2.PackageLoader("createaccount.web")
        loaders = [jinja2.FileSystemLoader(theme), ours] if theme else [ours]
        self.templates = jinja2.Environment(
            loader=jinja2.ChoiceLoader(loaders), autoescape=True, trim_blocks=True, lstrip_blocks=True
        )
        file = Path(theme, "style.css") if theme else None
        self.css = (
            file.read_bytes() if file and file.exists() else (files(__package__) / "static/style.css").read_bytes()
        )
        self.css_version = hashlib.sha256(self.css).hexdigest()[:12]

    async def show(self, request: Request) -> Response:
        """Show where the visitor's sign-up stands, and begin one if there is none."""
        uselang = request.query_params.get("uselang")
        language = language_of(uselang, request.headers.get("accept-language"))
        async with self.signup.visit(self.handle(request), language) as visit:
            if visit is None:
                return self.elsewhere()
            if uselang and visit.flow.language != language:
                await self.change_language(visit, language)
            try:
                step = await visit.step()
            except InvalidArgument:
                # What was saved belongs to another wiki or to another version.
                visit.flow.saved = b""
                step = await visit.step()
            except CreateAccountError as error:
                return self.no_answer(request, visit, error)
            response = self.page_of(visit, step, request.url.query)
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
        check_origin(request, self.site)
        arrived = time.time()
        posted = parse_qsl((await body_of(request)).decode(errors="replace"), keep_blank_values=True)
        sent = dict(posted)
        async with self.signup.visit(self.handle(request)) as visit:
            if visit is None:
                return self.elsewhere("?expired")
            flow, made = visit.flow, visit.flow.made
            response = self.elsewhere()
            if not hmac.compare_digest(sent.get("ticket", "").encode(), flow.ticket.encode()):
                # A doubled click is no news to the visitor; a page that lay in another tab is.
                if not (flow.unknown or flow.made) and arrived > flow.moved + MOMENT:
                    response = self.elsewhere("?moved")
            elif "again" in sent:
                await visit.again(forget=True)
            elif flow.unknown:
                await visit.reconcile()
            elif "picture" in sent:
                await self.new_picture(visit, posted)
            elif not flow.made:
                await visit.submit(posted)
            if flow.made and not made:
                await self.signup.rotate(visit)
            self.set_cookie(response, visit)
            return response

    async def new_picture(self, visit: Visit, posted: list[tuple[str, str]]) -> None:
        """Begin again for another picture, and keep what was typed."""
        step = await visit.step()
        if isinstance(step, Form) and step.status == "FORM":
            visit.remember(step, posted)
            await visit.again(forget=False)

    async def come_back(self, request: Request) -> Response:
        """Take a visitor back from a third party."""
        return await self.resume(request, f"{self.site}/return/{request.path_params['secret']}?{request.url.query}")

    async def come_back_by_post(self, request: Request) -> Response:
        """Take what a third party has a browser post.

        Such a request comes without the cookie, so that it could be anybody's: it waits for the visitor's browser to
        fetch it from the next address.
        """
        secret = request.path_params["secret"]
        url = f"{self.site}/return/{secret}?{request.url.query}"
        held = await self.signup.hold(secret, url, await body_of(request))
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
        async with self.signup.visit(self.handle(request)) as visit:
            if visit is not None and not visit.flow.successor:
                await visit.resume(url, body)
                if visit.flow.made:
                    await self.signup.rotate(visit)
                self.set_cookie(response, visit)
        return response

    async def captcha(self, request: Request) -> Response:
        """Give the picture of the captcha, in the session that it belongs to."""
        async with self.signup.visit(self.handle(request)) as visit:
            if visit is None:
                raise HTTPException(404)
            try:
                async with visit.client() as client:
                    picture = await client.captcha_image()
            except InvalidState:
                raise HTTPException(404) from None
            except CreateAccountError:
                raise HTTPException(503) from None
        return Response(picture, media_type=image_type(picture), headers=security.headers())

    async def style(self, request: Request) -> Response:
        """Give the style sheet; its address changes with it."""
        del request
        headers = {**security.headers(), "Cache-Control": "public, max-age=31536000, immutable"}
        return Response(self.css, media_type="text/css", headers=headers)

    def page_of(self, visit: Visit, step: object, query: str) -> Response:
        """Choose the page that shows where a sign-up stands."""
        flow = visit.flow
        about: dict[str, Any] = {
            "flow": flow,
            "note": query if query in {"moved", "expired"} else "",
            "problems": [(None, problem) for problem in flow.problems],
        }
        if flow.made:
            return self.render("made.html", flow.language, about)
        if flow.unknown:
            name = "".join(flow.typed.get("username", []))
            return self.render("unknown.html", flow.language, {**about, "name": name})
        if isinstance(step, Redirect):
            return self.render(
                "away.html", flow.language, {**about, "host": urlsplit(step.target).netloc, "step": step}
            )
        if not isinstance(step, Form):
            return self.render("notice.html", flow.language, {**about, "title": "failed", "text": "failed_text"}, 500)
        captcha = step.captcha
        widget = captcha.service if captcha and captcha.kind is CaptchaKind.WIDGET else None
        allowed = widget if widget in self.scripts else None
        about |= {"form": step, "view": view(step, flow.typed, flow.problems)}
        about |= {
            "widget": widget,
            "widget_name": WIDGET_NAMES.get(widget) if widget else "",
            "script": SCRIPTS[allowed] if allowed else "",
            "captcha_field": CAPTCHA,
        }
        return self.render("form.html", flow.language, about, widget=allowed)

    def no_answer(self, request: Request, visit: Visit, error: CreateAccountError) -> Response:
        """Say that the wiki does not answer, or will not."""
        del request
        about = {"title": "no_answer", "text": "no_answer_text", "reload": True}
        about["problems"] = [(None, Complaint(words=error.message, wait=error.retry_after))]
        response = self.render("notice.html", visit.flow.language, about, 503)
        response.headers["Retry-After"] = str(int(error.retry_after or 30))
        return response

    async def busy(self, request: Request, error: Exception) -> Response:
        """Say that another request is at work on the same sign-up."""
        del error
        about = {"title": "busy", "text": "busy_text", "reload": True}
        response = self.render("notice.html", self.language(request), about, 503)
        response.headers["Retry-After"] = "5"
        return response

    async def http_error(self, request: Request, error: Exception) -> Response:
        """Say what is wrong with a request."""
        assert isinstance(error, HTTPException)  # noqa: S101  for types
        texts = {403: "refused", 404: "not_found", 405: "not_found", 413: "too_large"}
        title = texts.get(error.status_code, "failed")
        about = {"title": title, "text": "" if title == "not_found" else f"{title}_text"}
        return self.render("notice.html", self.language(request), about, error.status_code)

    async def crash(self, request: Request, error: Exception) -> Response:
        """Say that the fault is here; the server logs what it is."""
        del error
        return self.render("notice.html", self.language(request), {"title": "failed", "text": "failed_text"}, 500)

    def render(
        self,
        template: str,
        language: str,
        about: dict[str, Any],
        status: int = 200,
        *,
        widget: CaptchaService | None = None,
    ) -> Response:
        """Make a page."""
        own = own_language(language)
        html = self.templates.get_template(template).render(
            own=own,
            t=own.texts,
            language=language,
            direction=direction_of(language),
            languages=list(LANGUAGES.values()),
            path=self.path,
            css=f"{self.path}/style.css?{self.css_version}",
            wiki=self.wiki_name,
            wiki_url=self.wiki_url,
            **about,
        )
        return Response(html, status, media_type="text/html", headers=security.headers(widget))

    def elsewhere(self, where: str = "") -> Response:
        """Send the browser to another of our addresses, by GET."""
        return RedirectResponse(f"{self.path}/{where}", 303, headers=security.headers())

    def handle(self, request: Request) -> str:
        """Read the visitor's handle."""
        return request.cookies.get(self.cookie, "")

    def language(self, request: Request) -> str:
        """Read the visitor's language."""
        return language_of(request.query_params.get("uselang"), request.headers.get("accept-language"))

    def set_cookie(self, response: Response, visit: Visit) -> None:
        """Give the visitor the handle."""
        response.set_cookie(self.cookie, visit.handle, max_age=LIFETIME, **self.cookie_flags)
