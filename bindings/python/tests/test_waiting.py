"""Calls that wait: other threads run, signals arrive, and nothing hangs. The chain `slow` waits for three seconds."""

from __future__ import annotations

import contextlib
import itertools
import logging
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

import createaccount
import pytest
from conftest import PASSWORD, chain
from createaccount import Cancelled, Client, InvalidState, OutcomeUnknown, Pass, TransportTimeout

if TYPE_CHECKING:
    from conftest import Wiki

SLOW: createaccount.Values = {"username": "Alice", "stepStart": True, "stepChain": "slow"}


class Ticker(threading.Thread):
    """Counts while it gets to run."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.ticks = 0
        self.stop = threading.Event()

    def run(self) -> None:
        while not self.stop.wait(0.02):
            self.ticks += 1


def test_other_threads_run_meanwhile(stepper: Client) -> None:
    stepper.begin()
    ticker = Ticker()
    ticker.start()
    assert isinstance(stepper.submit(SLOW), Pass)
    ticker.stop.set()
    # Three seconds hold some 150 ticks, or hardly one if the call kept the interpreter.
    assert ticker.ticks > 50


def test_a_second_thread_is_refused_at_once(stepper: Client) -> None:
    form = stepper.begin()
    steps: list[createaccount.Step] = []
    thread = threading.Thread(target=lambda: steps.append(stepper.submit(SLOW)))
    thread.start()
    time.sleep(0.3)
    started = time.monotonic()
    for call in (stepper.begin, stepper.save, stepper.can_create, lambda: stepper.submit({})):
        with pytest.raises(InvalidState, match="middle of a call"):
            call()
    assert stepper.step is form
    assert time.monotonic() - started < 0.5
    thread.join()
    assert isinstance(steps[0], Pass)
    assert stepper.step is steps[0]


def test_another_thread_cancels(silent: str) -> None:
    client = Client(silent)
    timer = threading.Timer(0.2, client.cancel)
    timer.start()
    started = time.monotonic()
    with pytest.raises(Cancelled):
        client.begin()
    assert time.monotonic() - started < 1.2
    timer.join()
    # Without a call in progress nothing is cancelled.
    client.cancel()


def test_another_thread_closes(silent: str) -> None:
    client = Client(silent)
    timer = threading.Timer(0.2, client.close)
    timer.start()
    with pytest.raises(Cancelled):
        client.begin()
    timer.join()
    with pytest.raises(InvalidState, match="closed"):
        client.begin()


def test_closing_ends_a_call_that_is_only_starting(silent: str) -> None:
    def call(client: Client) -> None:
        with contextlib.suppress(Cancelled, InvalidState):
            client.begin()

    started = time.monotonic()
    for _ in range(30):
        client = Client(silent, timeout=20)
        thread = threading.Thread(target=call, args=(client,))
        thread.start()
        client.close()
        thread.join()
    assert time.monotonic() - started < 15


def test_a_cancelled_creation_is_reconciled(stepper: Client, steps: Wiki) -> None:
    stepper.begin()
    timer = threading.Timer(0.3, stepper.cancel)
    timer.start()
    with pytest.raises(OutcomeUnknown):
        stepper.submit(SLOW)
    timer.join()
    with pytest.raises(InvalidState, match="reconcile"):
        stepper.submit(SLOW)
    assert stepper.reconcile() == Pass(username="Alice")
    assert "Alice" in steps.users()


def test_time_limits(silent: str) -> None:
    client = Client(silent, timeout=0.3)
    started = time.monotonic()
    with pytest.raises(TransportTimeout) as caught:
        client.begin()
    assert 0.2 < time.monotonic() - started < 1.5
    assert isinstance(caught.value, TimeoutError)


def test_an_unknown_outcome_after_a_time_limit(steps: Wiki) -> None:
    with Client(steps.api_url, timeout=1.0, reconcile_wait=10) as client:
        client.begin()
        with pytest.raises(OutcomeUnknown) as caught:
            client.submit(SLOW)
        assert "reconcile" in str(caught.value)
        assert isinstance(client.reconcile(), Pass)


INTERRUPTED = """
import os, sys, threading, time, signal
import createaccount

client = createaccount.Client(sys.argv[1], reconcile_wait=10)
client.begin()
threading.Timer(0.5, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
started = time.monotonic()
try:
    client.submit({"username": "Alice", "stepStart": True, "stepChain": "slow"})
except KeyboardInterrupt as interrupt:
    assert time.monotonic() - started < 1.5, time.monotonic() - started
    assert interrupt.__cause__ is None
    print("interrupted")
print(client.reconcile())
"""


@pytest.mark.usefixtures("interruptible")
def test_ctrl_c(steps: Wiki) -> None:
    output = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", INTERRUPTED, steps.api_url],
        check=True,
        timeout=30,
        stdout=subprocess.PIPE,
        text=True,
    ).stdout
    assert output.splitlines() == ["interrupted", "Pass(username='Alice')"]


@pytest.mark.usefixtures("interruptible")
def test_ctrl_c_without_a_handler_of_its_own_ends_the_program(silent: str) -> None:
    program = "import createaccount, sys; print('go', flush=True); createaccount.Client(sys.argv[1]).begin()"
    with subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", program, silent],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as child:
        assert child.stdout is not None
        child.stdout.readline()
        time.sleep(0.3)
        started = time.monotonic()
        child.send_signal(signal.SIGINT)
        child.communicate(timeout=10)
        assert time.monotonic() - started < 2
        assert child.returncode == -signal.SIGINT


def test_what_a_signal_handler_raises_arrives(silent: str) -> None:
    class AlarmError(Exception):
        pass

    def ring(*_: object) -> None:
        raise AlarmError

    before = signal.signal(signal.SIGALRM, ring)
    try:
        client = Client(silent)
        signal.setitimer(signal.ITIMER_REAL, 0.2)
        with pytest.raises(AlarmError):
            client.begin()
    finally:
        signal.signal(signal.SIGALRM, before)


def test_a_signal_handler_that_returns_changes_nothing(stepper: Client) -> None:
    rung: list[int] = []
    before = signal.signal(signal.SIGALRM, lambda number, _: rung.append(number))
    try:
        stepper.begin()
        signal.setitimer(signal.ITIMER_REAL, 0.2, 0.2)
        assert isinstance(stepper.submit(SLOW), Pass)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert len(rung) > 5


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_fork_cannot_use_the_client(stepper: Client) -> None:
    chain(stepper, "ui")
    readable, writable = os.pipe()
    child = os.fork()
    if child == 0:
        words = []
        for call in (stepper.begin, stepper.save, stepper.reconcile):
            try:
                call()
            except InvalidState as error:
                words.append("process" in str(error))
        stepper.cancel()
        stepper.close()
        os.write(writable, repr(words).encode())
        os._exit(0)
    os.close(writable)
    with os.fdopen(readable) as pipe:
        assert pipe.read() == "[True, True, True]"
    assert os.waitpid(child, 0)[1] == 0
    assert stepper.reconcile().status == "UI"


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_children_sign_up_while_threads_hold_connections(wiki: Wiki, caplog: pytest.LogCaptureFixture) -> None:
    # A child may inherit the lock of a log file that a thread was just writing to, which Python never undoes.
    caplog.set_level(logging.CRITICAL, "createaccount")

    def sign_up(name: str) -> None:
        with Client(wiki.api_url) as client:
            client.begin()
            assert isinstance(client.submit({"username": name, "password": PASSWORD}), Pass)

    def go_on(thread: int) -> None:
        for number in itertools.count():
            if over.is_set():
                return
            sign_up(f"Thread {thread} {number}")

    over = threading.Event()
    threads = [threading.Thread(target=go_on, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    fork = multiprocessing.get_context("fork")
    children = [fork.Process(target=sign_up, args=(f"Child {number}",)) for number in range(8)]
    try:
        for child in children:
            child.start()
        for child in children:
            child.join(30)
        assert [child.exitcode for child in children] == [0] * len(children)
    finally:
        over.set()
        for child in children:
            child.kill()
        for thread in threads:
            thread.join()
    assert {f"Child {number}" for number in range(8)} <= set(wiki.users())


def test_the_interpreter_ends_while_a_thread_waits(silent: str) -> None:
    program = (
        "import createaccount, sys, threading, time\n"
        "client = createaccount.Client(sys.argv[1])\n"
        "threading.Thread(target=client.begin, daemon=True).start()\n"
        "time.sleep(0.3)\n"
    )
    ended = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program, silent],
        check=False,
        capture_output=True,
        timeout=10,
    )
    assert (ended.returncode, ended.stderr) == (0, b"")


def test_many_clients_in_many_threads(wiki: Wiki) -> None:
    def sign_up(number: int) -> None:
        with Client(wiki.api_url) as client:
            client.begin()
            assert isinstance(client.submit({"username": f"User {number}", "password": PASSWORD}), Pass)

    threads = [threading.Thread(target=sign_up, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(wiki.users()) == 10


def test_clients_of_several_threads_wait_at_the_same_time(steps: Wiki) -> None:
    def sign_up(number: int) -> None:
        with Client(steps.api_url) as client:
            client.begin()
            ended.append(client.submit({"username": f"User {number}", "stepStart": True, "stepChain": "held"}).status)

    ended: list[str] = []
    threads = [threading.Thread(target=sign_up, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    # None of them ends before all have begun.
    deadline = time.monotonic() + 15
    while len(steps.window("_received")) < len(threads):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert not ended
    steps.window("_release")
    for thread in threads:
        thread.join()
    assert ended == ["PASS"] * len(threads)


def test_the_log_tells_steps_and_no_secret(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "createaccount")
    client.begin()
    client.submit({"username": "Alice", "password": PASSWORD})
    assert {record.name for record in caplog.records} == {"createaccount"}
    assert {record.levelname for record in caplog.records} == {"DEBUG", "INFO"}
    assert any(line.startswith("127.0.0.1:") and line.endswith(": step PASS") for line in caplog.messages)
    assert "horse" not in caplog.text
    assert "Alice" not in caplog.text
    caplog.clear()
    caplog.set_level(logging.WARNING, "createaccount")
    client.begin()
    assert not caplog.records


def test_a_log_handler_that_fails_loses_no_account(client: Client, wiki: Wiki) -> None:
    class Broken(logging.Filter):
        def filter(self, _: logging.LogRecord) -> bool:
            raise ZeroDivisionError

    logger, broken = logging.getLogger("createaccount"), Broken()
    logger.setLevel(logging.DEBUG)
    logger.addFilter(broken)
    ignored: list[object] = []
    before, sys.unraisablehook = sys.unraisablehook, ignored.append
    try:
        client.begin()
        assert isinstance(client.submit({"username": "Alice", "password": PASSWORD}), Pass)
    finally:
        sys.unraisablehook = before
        logger.removeFilter(broken)
        logger.setLevel(logging.NOTSET)
    assert ignored
    assert "Alice" in wiki.users()


def test_a_log_handler_cannot_call_the_client_again(client: Client) -> None:
    caught: list[Exception] = []

    class Nosy(logging.Handler):
        def emit(self, _: logging.LogRecord) -> None:
            try:
                client.begin()
            except InvalidState as error:
                caught.append(error)

    logger, nosy = logging.getLogger("createaccount"), Nosy()
    logger.setLevel(logging.INFO)
    logger.addHandler(nosy)
    try:
        client.begin()
    finally:
        logger.removeHandler(nosy)
        logger.setLevel(logging.NOTSET)
    assert caught
