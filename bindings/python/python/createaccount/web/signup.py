"""A sign-up and how it moves on: each request loads the flow, makes one step with the wiki, and keeps it again."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, NoReturn

from createaccount import (
    ApiError,
    CreateAccountError,
    Fail,
    Form,
    InvalidArgument,
    Other,
    OutcomeUnknown,
    Pass,
    Problem,
    Redirect,
    Restart,
    Step,
    aio,
)
from createaccount.web import form as forms
from createaccount.web.flow import LIFETIME, Complaint, Flow, Seal, from_bytes, key_of, new_handle, to_bytes
from createaccount.web.stores import Busy

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from createaccount import Request, Settings
    from createaccount.web.stores import Lease, Store

Answer = Callable[[aio.Client], Awaitable[Step]]

HOLD = 120.0  # seconds; longer than that lets any step take
PATIENCE = 45.0  # seconds that a second click waits for the first
RECONCILE_WAIT = 5.0  # seconds; somebody waits for the page that says what is known
GRACE = 60.0  # seconds in which the old handle leads to the new one


# What is said in our own words, and so in the visitor's language.
REFUSALS = {
    Problem.REQUIRED: "missing",
    Problem.NOT_TICKED: "tick",
    Problem.NOT_A_CHOICE: "choose",
    Problem.NO_WAY: "no_way",
    Problem.SEVERAL_WAYS: "several_ways",
    Problem.CONTROL_CHARACTER: "characters",
    Problem.NOT_UTF8: "characters",
}


class Visit:
    """One flow while a request works on it."""

    def __init__(self, signup: SignUp, handle: str, flow: Flow, lease: Lease) -> None:
        self.signup, self.handle, self.flow, self.lease = signup, handle, flow, lease

    async def keep(self) -> None:
        """Store the flow, unless this took so long that another worker is at it."""
        await self.lease.renew()
        await self.signup.put(self.handle, self.flow)

    async def step(self) -> Step | None:
        """Give the step that the flow is at; nothing is sent unless it has to begin."""
        async with self.client() as client:
            if client.step is None and not (self.flow.unknown or self.flow.made):
                await client.begin()
                self.flow.saved = client.save()
                await self.keep()
            return client.step

    async def submit(self, posted: list[tuple[str, str]]) -> None:
        """Answer the form that was shown."""
        step = await self.step()
        if not isinstance(step, Form):
            return
        typed = forms.read(step, posted)
        self.flow.typed.update(forms.kept(step, typed))
        self.flow.problems = forms.missing(step, typed)
        if self.flow.problems:
            self.moved()
            await self.keep()
        else:
            await self.move(lambda client: client.submit(forms.answers(step, typed)))

    def remember(self, form: Form, posted: list[tuple[str, str]]) -> None:
        """Keep what was typed, without sending it."""
        typed = forms.kept(form, forms.read(form, posted))
        of_captcha = form.captcha.fields if form.captcha else ()
        self.flow.typed.update({name: texts for name, texts in typed.items() if name not in of_captcha})

    async def resume(self, url: str, body: bytes | None) -> None:
        """Go on after a visit to a third party. A reload comes back twice, and is ignored."""
        if isinstance(await self.step(), Redirect):
            await self.move(lambda client: client.resume(url, body=body))

    async def again(self, *, forget: bool) -> None:
        """Begin again, perhaps with what was typed."""
        self.flow.problems = []
        if forget:
            self.flow.typed = {}
        if self.flow.made:
            self.flow.made, self.flow.saved = "", b""
            self.moved()
            await self.keep()
            return
        async with self.client() as client:
            self.flow.unknown = False
            await self.begin(client)
            self.flow.saved = client.save()
        self.moved()
        await self.keep()

    async def reconcile(self) -> None:
        """Ask what became of an answer."""
        await self.move(lambda client: client.reconcile(), rehearsed=False)

    async def move(self, answer: Answer, *, rehearsed: bool = True) -> None:
        """Make one step with the wiki, and keep where that leads."""
        async with self.client() as client:
            before = client.step
            try:
                if rehearsed:
                    await self.rehearse(answer)
                await self.take(client, before, await self.certainly(client, answer))
            except OutcomeUnknown:
                self.flow.problems = [] if rehearsed else [Complaint(text="unknown_still")]
                self.flow.unknown = True
            except CreateAccountError as error:
                self.flow.problems = [problem_of(error, before)]
            self.flow.saved = b"" if self.flow.made else client.save()
        self.moved()
        await self.keep()

    async def certainly(self, client: aio.Client, answer: Answer) -> Step:
        """Answer, and if the wiki's reply is lost find out at once."""
        try:
            return await answer(client)
        except OutcomeUnknown:
            return await client.reconcile()

    async def take(self, client: aio.Client, before: Step | None, step: Step) -> None:
        """Take the wiki's answer."""
        flow = self.flow
        flow.unknown, flow.problems = False, []
        match step:
            case Pass(username=name):
                flow.made, flow.typed = name, {}
            case Fail() | Restart() | Other():
                if isinstance(before, Form) and before.captcha:
                    flow.typed = {name: flow.typed[name] for name in flow.typed.keys() - set(before.captcha.fields)}
                flow.problems = [refusal(step)]
                await self.begin(client, preserve_state=getattr(step, "can_preserve_state", False))
            case Form() if isinstance(before, Form) and before.status == "UI" and ids(before) == ids(step):
                # The same question again: what stands above it is what was wrong with the answer.
                flow.problems = [Complaint(words=step.message or "")]

    async def begin(self, client: aio.Client, *, preserve_state: bool = False) -> None:
        """Begin again. If that fails now, the next page tries once more."""
        try:
            await client.begin(preserve_state=preserve_state)
        except CreateAccountError as error:
            self.flow.problems = [*self.flow.problems, problem_of(error, None)]

    async def rehearse(self, answer: Answer) -> None:
        """Keep the flow as it will be if the wiki's reply to this answer gets lost. Nothing is sent.

        Should this process die in the middle, the next one asks the wiki what became of the account.
        """

        def lose(_: Request) -> NoReturn:
            raise ConnectionAbortedError

        async with self.signup.open(self.handle, self.flow, {"transport": lose}) as client:
            try:
                await answer(client)
            except OutcomeUnknown:
                await self.lease.renew()
                await self.signup.put(self.handle, replace(self.flow, saved=client.save(), unknown=True))

    def client(self) -> aio.Client:
        """Open the client of the flow."""
        return self.signup.open(self.handle, self.flow, {})

    def moved(self) -> None:
        """Count an answer: its form served once."""
        self.flow.ticket, self.flow.moved = Flow("").ticket, time.time()


class SignUp:
    """The sign-ups with one wiki."""

    def __init__(self, api_url: str, site: str, store: Store, seal_keys: Sequence[bytes], settings: Settings) -> None:
        self.api_url, self.site, self.store = api_url, site, store
        self.seal = Seal(seal_keys)
        keys: Settings = {"seal_key": seal_keys[0], "open_keys": seal_keys[1:]}
        ours: Settings = {"message_format": "plaintext", "reconcile_wait": RECONCILE_WAIT}
        self.settings: Settings = {**ours, **settings, **keys}

    @asynccontextmanager
    async def visit(self, handle: str, language: str | None = None) -> AsyncIterator[Visit | None]:
        """Work on a flow, alone. One that is not known gives None, or is begun in a language, under a new handle."""
        flow = await self.get(handle) if handle else None
        if flow is None:
            if language is None:
                yield None
                return
            # Whoever sent a handle that is not known may not be the only one to know it.
            handle, flow = new_handle(), Flow(language)
        while True:
            async with self.store.lock(key_of(handle), hold=HOLD, patience=PATIENCE) as lease:
                flow = await self.get(handle) or flow
                if not flow.successor:
                    yield Visit(self, handle, flow, lease)
                    return
            handle = flow.successor

    async def rotate(self, visit: Visit) -> None:
        """Go on under a new handle, so that nobody who knew the old one sees what follows."""
        old, visit.handle = visit.handle, new_handle()
        await self.put(visit.handle, visit.flow)
        # A second click comes with the old one, whose answer the browser may not have seen.
        await self.put(old, Flow(visit.flow.language, successor=visit.handle), GRACE)

    async def get(self, handle: str) -> Flow | None:
        """Get a flow from the store."""
        key = key_of(handle)
        content = self.seal.open(key, await self.store.get(key))
        return from_bytes(content) if content else None

    async def put(self, handle: str, flow: Flow, seconds: float = LIFETIME) -> None:
        """Store a flow, for as long as the wiki remembers its session."""
        key = key_of(handle)
        await self.store.put(key, self.seal.close(key, to_bytes(flow)), seconds)

    async def hold(self, path_key: str, url: str, body: bytes) -> bool:
        """Keep what a third party posted until the visitor's browser fetches it, if there is such a flow."""
        if await self.store.get(path_key) is None:
            return False
        place = f"{path_key}:returned"
        await self.store.put(place, self.seal.close(place, url.encode() + b"\n" + body), GRACE)
        return True

    async def take_held(self, handle: str) -> tuple[str, bytes] | None:
        """Fetch it, once."""
        place = f"{key_of(handle)}:returned"
        content = self.seal.open(place, await self.store.get(place))
        await self.store.drop(place)
        if content is None:
            return None
        url, _, body = content.partition(b"\n")
        return url.decode(), body

    def open(self, handle: str, flow: Flow, more: Settings) -> aio.Client:
        """Open the client of a flow."""
        url = self.return_url(handle)
        settings: Settings = {**self.settings, "language": flow.language, "return_url": url, **more}
        if flow.saved:
            return aio.Client.load(self.api_url, flow.saved, **settings)
        return aio.Client(self.api_url, **settings)

    def return_url(self, handle: str) -> str:
        """Give the address that third parties send a visitor back to. It does not tell them the handle."""
        return f"{self.site}/return/{key_of(handle)}"


def ids(form: Form) -> list[str]:
    """Name the requests of a form."""
    return [request.id for request in form.requests]


def refusal(step: Fail | Restart | Other) -> Complaint:
    """Say what the wiki refused."""
    if isinstance(step, Other):
        return Complaint(text="other_end", words=step.message or step.status)
    field = forms.FIELDS.get(step.reason, "") if isinstance(step, Fail) else ""
    return Complaint(field, words=step.message or step.status, wait=getattr(step, "retry_after", None))


def problem_of(error: CreateAccountError, step: Step | None) -> Complaint:
    """Say what went wrong, at the field that it is about."""
    match error:
        case InvalidArgument(problem=Problem() as problem) if problem in REFUSALS:
            return Complaint(field_of(error, step), text=REFUSALS[problem])
        case InvalidArgument() if field := field_of(error, step):
            return Complaint(field, words=error.message)
        case InvalidArgument() | ApiError():
            return Complaint(words=error.message, wait=error.retry_after)
        case _:
            return Complaint(text="no_answer_text", words=error.message, wait=error.retry_after)


def field_of(error: CreateAccountError, step: Step | None) -> str:
    """Name the field of the form that an error is about, if it is about one."""
    return error.field if error.field and isinstance(step, Form) and error.field in step.fields else ""


__all__ = ["Busy", "SignUp", "Visit"]
