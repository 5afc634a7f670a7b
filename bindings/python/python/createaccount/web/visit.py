"""A visit: one HTTP request that works on a sign-up, makes one step with the wiki, and stores the result."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, NoReturn

from createaccount import ApiError, CreateAccountError, Fail, Form, Other, OutcomeUnknown, Pass, Redirect, Restart, Step
from createaccount.web import complaints
from createaccount.web import form as forms
from createaccount.web.complaints import Complaint
from createaccount.web.flow import new_ticket

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from createaccount import Request, Verdict, aio
    from createaccount.web.flow import Flow, Typed
    from createaccount.web.signup import SignUp
    from createaccount.web.stores import Lease

    Answer = Callable[[aio.Client], Awaitable[Step]]


class Visit:
    """One flow while an HTTP request works on it."""

    def __init__(self, signup: SignUp, handle: str, flow: Flow, lease: Lease) -> None:
        self.signup, self.handle, self.flow, self.lease = signup, handle, flow, lease

    async def step(self) -> Step | None:
        """Return the current step of the flow; nothing is sent unless it has to begin."""
        async with self.client() as client:
            if client.step is None and not (self.flow.unknown or self.flow.made):
                await client.begin()
                self.flow.saved = client.save()
                await self.keep()
            return client.step

    async def submit(self, posted: list[tuple[str, str]]) -> None:
        """Answer the form that was shown, unless the answer would certainly be refused."""
        step = await self.step()
        if not isinstance(step, Form):
            return
        typed = forms.read(step, posted)
        self.flow.typed.update(forms.kept(step, typed))
        self.flow.problems = forms.problems(step, typed) or await self.objections(step, typed)
        if self.flow.problems:
            await self.moved()
        else:
            await self.move(lambda client: client.submit(forms.answers(step, typed)))

    async def resume(self, url: str, body: bytes | None) -> None:
        """Continue after a visit to a third party. A second return, by a reload, is ignored."""
        if isinstance(await self.step(), Redirect):
            await self.move(lambda client: client.resume(url, body=body))

    async def reconcile(self) -> None:
        """Ask the wiki what became of the account."""
        await self.move(lambda client: client.reconcile(), rehearsed=False)

    async def new_picture(self, posted: list[tuple[str, str]]) -> None:
        """Begin again for another picture, and keep what was typed."""
        step = await self.step()
        if isinstance(step, Form) and step.status == "FORM":
            typed = forms.kept(step, forms.read(step, posted))
            of_captcha = step.captcha.fields if step.captcha else ()
            self.flow.typed.update({name: texts for name, texts in typed.items() if name not in of_captcha})
            await self.again(forget=False)

    async def again(self, *, forget: bool) -> None:
        """Begin again, and keep what was typed unless `forget` is set."""
        self.flow.problems = []
        if forget:
            self.flow.typed = {}
        if self.flow.made:
            self.flow.made, self.flow.saved = "", b""
        else:
            self.flow.unknown = False
            async with self.client() as client:
                await self.begin(client)
                self.flow.saved = client.save()
        await self.moved()

    async def objections(self, form: Form, typed: Typed) -> list[Complaint]:
        """Ask the wiki about name and password: a refused attempt would use up the captcha that was solved."""
        if not self.signup.ask_first or form.status != "FORM":
            return []
        found: list[Complaint] = []
        async with self.client() as client:
            try:
                name = "".join(typed.get("username", []))
                if name and (no := await refused(client.check_username(name))):
                    found.append(Complaint("username", words=no))
                    name = ""  # The wiki says nothing about passwords for such a name.
                if (password := "".join(typed.get("password", []))) and (
                    no := await refused(client.check_password(password, name or None))
                ):
                    found.append(Complaint("password", words=no))
            except CreateAccountError as error:
                return [*found, complaints.of_error(error, form)]
        return found

    async def move(self, answer: Answer, *, rehearsed: bool = True) -> None:
        """Make one step with the wiki, and store the result."""
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
                self.flow.problems = [complaints.of_error(error, before)]
            self.flow.saved = b"" if self.flow.made else client.save()
        await self.moved()

    async def rehearse(self, answer: Answer) -> None:
        """Store the flow as it would be if the wiki's reply to this answer were lost. Nothing is sent.

        If this process dies while it waits for the reply, the next one asks the wiki what became of the account.
        """

        def lose(_: Request) -> NoReturn:
            raise ConnectionAbortedError

        async with self.signup.open(self.handle, self.flow, {"transport": lose}) as client:
            try:
                await answer(client)
            except OutcomeUnknown:
                await self.lease.renew()
                await self.signup.put(self.handle, replace(self.flow, saved=client.save(), unknown=True))

    async def certainly(self, client: aio.Client, answer: Answer) -> Step:
        """Answer; if the wiki's reply is lost, find out at once what became of the account."""
        try:
            return await answer(client)
        except OutcomeUnknown:
            return await client.reconcile()

    async def take(self, client: aio.Client, before: Step | None, step: Step) -> None:
        """Update the flow after the wiki's answer."""
        flow = self.flow
        flow.unknown, flow.problems = False, []
        match step:
            case Pass(username=name):
                flow.made, flow.typed = name, {}
            case Fail() | Restart() | Other():
                if isinstance(before, Form) and before.captcha:
                    flow.typed = {name: flow.typed[name] for name in flow.typed.keys() - set(before.captcha.fields)}
                flow.problems = [complaints.of_step(step)]
                await self.begin(client, preserve_state=getattr(step, "can_preserve_state", False))
            case Form() if isinstance(before, Form) and before.status == "UI" and ids(before) == ids(step):
                # The same question again: its message says what was wrong with the answer.
                flow.problems = [Complaint(words=step.message or "")]

    async def begin(self, client: aio.Client, *, preserve_state: bool = False) -> None:
        """Begin again. If that fails, the next page tries once more."""
        try:
            await client.begin(preserve_state=preserve_state)
        except CreateAccountError as error:
            self.flow.problems = [*self.flow.problems, complaints.of_error(error)]

    async def moved(self) -> None:
        """Store the flow after an answer, with a new ticket: each form is valid once."""
        self.flow.ticket, self.flow.moved = new_ticket(), time.time()
        await self.keep()

    async def keep(self) -> None:
        """Store the flow, unless this took so long that another worker has taken over."""
        await self.lease.renew()
        await self.signup.put(self.handle, self.flow)

    def client(self) -> aio.Client:
        """Open the client of the flow."""
        return self.signup.open(self.handle, self.flow, {})


async def refused(question: Awaitable[Verdict]) -> str:
    """Return the wiki's objection to a name or password; empty if it does not say, as the attempt will show it."""
    try:
        verdict = await question
    except ApiError as error:
        if error.retry_after:
            raise
        return ""
    return verdict.message or verdict.code or "" if verdict.answer is False else ""


def ids(form: Form) -> list[str]:
    """Return the ids of a form's requests."""
    return [request.id for request in form.requests]
