"""Protection against other sites and strangers: response headers, and checks of a request's origin and size."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException

from createaccount import CaptchaService

if TYPE_CHECKING:
    from starlette.requests import Request

LARGEST = 65536  # bytes of a posted form

HEADERS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    # Other sites get no referrer. With no-referrer, browsers would send "Origin: null" to us as well.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}

POLICY = {
    "default-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "img-src": "'self'",
    "style-src": "'self'",
}

WIDGET_NAMES = {
    CaptchaService.OTHER: "CAPTCHA",
    CaptchaService.HCAPTCHA: "hCaptcha",
    CaptchaService.TURNSTILE: "Turnstile",
    CaptchaService.RECAPTCHA: "reCAPTCHA",
}

# The script of each widget, and what the policy must allow according to its documentation.
SCRIPTS = {
    CaptchaService.HCAPTCHA: "https://js.hcaptcha.com/1/api.js",
    CaptchaService.TURNSTILE: "https://challenges.cloudflare.com/turnstile/v0/api.js",
    CaptchaService.RECAPTCHA: "https://www.google.com/recaptcha/api.js",
}
WIDGETS = {
    CaptchaService.HCAPTCHA: dict.fromkeys(
        ("script-src", "frame-src", "style-src", "connect-src"), "https://hcaptcha.com https://*.hcaptcha.com"
    ),
    CaptchaService.TURNSTILE: dict.fromkeys(("script-src", "frame-src"), "https://challenges.cloudflare.com"),
    CaptchaService.RECAPTCHA: {
        "script-src": "https://www.google.com/recaptcha/ https://www.gstatic.com/recaptcha/",
        "frame-src": "https://www.google.com/recaptcha/ https://recaptcha.google.com/recaptcha/",
        "connect-src": "https://www.google.com/recaptcha/",
    },
}


def headers(widget: CaptchaService | None = None) -> dict[str, str]:
    """Return the headers of a page; the policy also allows the widget that it shows, and no other."""
    policy = dict(POLICY)
    for directive, sources in (WIDGETS[widget] if widget else {}).items():
        policy[directive] = f"{policy[directive]} {sources}" if directive in policy else sources
    content = "; ".join(f"{directive} {sources}" for directive, sources in policy.items())
    return {**HEADERS, "Content-Security-Policy": content}


def check_origin(request: Request, ours: str) -> None:
    """Refuse a form that another site sends, by the headers that browsers add. The form's ticket is checked too."""
    if request.headers.get("origin", ours) != ours:
        raise HTTPException(403)
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        raise HTTPException(403)


async def body_of(request: Request) -> bytes:
    """Read what was posted; refuse more than a form can have."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST:
            raise HTTPException(413)
    return bytes(body)
