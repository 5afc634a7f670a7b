"""The pages: which one shows the state of a sign-up, and how it is made from templates and texts."""

from __future__ import annotations

import hashlib
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import jinja2
from starlette.responses import Response

from createaccount import CaptchaKind, CaptchaService, Form, Redirect
from createaccount.web import security
from createaccount.web.form import view
from createaccount.web.security import SCRIPTS, WIDGET_NAMES
from createaccount.web.texts import LANGUAGES, own_language

if TYPE_CHECKING:
    import os
    from collections.abc import Collection

    from createaccount import Step
    from createaccount.web.complaints import Complaint
    from createaccount.web.flow import Flow

NOTES = {"moved", "expired"}


class Pages:
    """The pages of one application."""

    def __init__(
        self,
        path: str,
        *,
        wiki_name: str,
        wiki_url: str,
        captcha_scripts: Collection[CaptchaService | str],
        theme: str | os.PathLike[str] | None,
    ) -> None:
        if strange := {str(service) for service in captcha_scripts} - {str(service) for service in SCRIPTS}:
            message = f"captcha_scripts are some of {', '.join(SCRIPTS)}, not {', '.join(sorted(strange))}"
            raise ValueError(message)
        self.scripts = {CaptchaService(service): SCRIPTS[CaptchaService(service)] for service in captcha_scripts}
        if theme is not None and not Path(theme).is_dir():
            message = f"the theme is not a folder: {theme}"
            raise ValueError(message)
        ours = jinja2.PackageLoader("createaccount.web")
        loaders = [jinja2.FileSystemLoader(theme), ours] if theme else [ours]
        self.templates = jinja2.Environment(
            loader=jinja2.ChoiceLoader(loaders), autoescape=True, trim_blocks=True, lstrip_blocks=True
        )
        style = files(__package__) / "static/style.css"
        if theme and Path(theme, "style.css").exists():
            style = Path(theme, "style.css")
        self.css = style.read_bytes()
        version = hashlib.sha256(self.css).hexdigest()[:12]
        self.templates.globals |= {
            "path": path,
            "css": f"{path}/style.css?{version}",
            "languages": list(LANGUAGES.values()),
            "wiki": wiki_name,
            "wiki_url": wiki_url,
        }

    def of(self, flow: Flow, step: Step | None, note: str) -> Response:
        """Show the state of a sign-up, below the note of that name if there is one."""
        about: dict[str, Any] = {
            "flow": flow,
            "note": note if note in NOTES else "",
            "problems": [(None, problem) for problem in flow.problems],
        }
        if flow.made:
            return self.page("made.html", flow.language, about)
        if flow.unknown:
            name = "".join(flow.typed.get("username", []))
            return self.page("unknown.html", flow.language, {**about, "name": name})
        match step:
            case Redirect():
                about |= {"step": step, "host": urlsplit(step.target).netloc}
                return self.page("away.html", flow.language, about)
            case Form():
                return self.form(flow, step, about)
            case _:
                return self.notice(flow.language, 500, "failed")

    def form(self, flow: Flow, form: Form, about: dict[str, Any]) -> Response:
        """Show a form of the wiki."""
        captcha = form.captcha
        widget = captcha.service if captcha and captcha.kind is CaptchaKind.WIDGET else None
        allowed = widget if widget in self.scripts else None
        about |= {
            "form": form,
            "view": view(form, flow.typed, flow.problems),
            "widget": widget,
            "widget_name": WIDGET_NAMES[widget] if widget else "",
            "script": self.scripts[allowed] if allowed else "",
        }
        return self.page("form.html", flow.language, about, widget=allowed)

    def notice(
        self,
        language: str,
        status: int,
        title: str,
        *,
        problem: Complaint | None = None,
        retry_after: float | None = None,
    ) -> Response:
        """Show a notice in place of a sign-up; with `retry_after` it offers to look again after that many seconds."""
        text = f"{title}_text" if f"{title}_text" in own_language(language).texts else ""
        about = {"title": title, "text": text, "problems": [(None, problem)] if problem else []}
        response = self.page("notice.html", language, {**about, "reload": retry_after is not None}, status)
        if retry_after is not None:
            response.headers["Retry-After"] = str(int(retry_after))
        return response

    def page(
        self,
        template: str,
        language: str,
        about: dict[str, Any],
        status: int = 200,
        *,
        widget: CaptchaService | None = None,
    ) -> Response:
        """Render a page."""
        own = own_language(language)
        html = self.templates.get_template(template).render(own=own, t=own.texts, language=language, **about)
        return Response(html, status, media_type="text/html", headers=security.headers(widget))
