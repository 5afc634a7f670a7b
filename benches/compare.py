"""Measure sign-ups of the library and of its peers side by side, in turn, and print a table.

Usage: compare.py FOLDER. The wiki is an nginx with the answers of a real one, so that what is left is the client's own.
A ratio is the processor's time (user and system) of the library over that of a peer, the median of pairs that run one
after the other.
"""

from __future__ import annotations

import http.cookiejar
import json
import os
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

FORM = "action=query&meta=authmanagerinfo|tokens&amirequestsfor=create&type=createaccount&format=json&formatversion=2"
PASS = '{"createaccount":{"status":"PASS","username":"Bench"}}'
PAIRS = 25
CONFIG = """
daemon off; worker_processes 1; pid {folder}/pid; error_log {folder}/error.log;
events {{ worker_connections 1024; }}
http {{
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    log_format short '$connection'; access_log {folder}/access.log short;
    keepalive_requests 100000000; default_type application/json;
    upstream plain {{ server 127.0.0.1:{plain}; keepalive 8; }}
    server {{
        listen 127.0.0.1:{plain}; root {folder};
        location / {{
            if ($request_method = POST) {{ return 200 '{answer}'; }}
            add_header Set-Cookie "wiki_session=0123456789abcdef; path=/; HttpOnly";
            rewrite ^ /form.json break;
        }}
    }}
    server {{
        listen 127.0.0.1:{secure} ssl; access_log off;
        ssl_certificate {folder}/server.pem; ssl_certificate_key {folder}/server.key;
        ssl_session_cache shared:sessions:1m;
        location / {{ proxy_pass http://plain; proxy_http_version 1.1; proxy_set_header Connection ""; }}
    }}
}}
"""


class Bench:
    """The servers, and what runs against them."""

    def __init__(self, folder: Path) -> None:
        """Start nginx with what a real wiki answers."""
        self.folder = folder.resolve()
        self.plain, self.secure = free_port(), free_port()
        self.url = f"http://127.0.0.1:{self.plain}/api.php"
        self.secure_url = f"https://localhost:{self.secure}/api.php"
        self.real_url = f"{os.environ['CREATEACCOUNT_WIKI_1_43']}/w/stock/bench-{os.getpid()}/api.php"
        with opener().open(f"{self.real_url}?{FORM.replace('|', '%7C')}") as answer:
            form = json.load(answer)
        (self.folder / "form.json").write_text(json.dumps(form, separators=(",", ":")))
        (self.folder / "access.log").unlink(missing_ok=True)
        self.certify()
        config = CONFIG.format(folder=self.folder, plain=self.plain, secure=self.secure, answer=PASS)
        (self.folder / "nginx.conf").write_text(config)
        self.nginx = subprocess.Popen(["nginx", "-p", self.folder, "-c", self.folder / "nginx.conf"])
        while True:
            try:
                urllib.request.urlopen(self.url).close()
                break
            except OSError:
                time.sleep(0.05)

    def certify(self) -> None:
        """Make an authority that is trusted beside those of the system, and a certificate of it."""

        def openssl(*arguments: str) -> None:
            subprocess.run(["openssl", *arguments], cwd=self.folder, check=True, capture_output=True)

        new = ["req", "-newkey", "rsa:2048", "-nodes"]
        openssl(*new, "-x509", "-keyout", "ca.key", "-out", "ca.pem", "-days", "30", "-subj", "/CN=Bench")
        openssl(*new, "-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=localhost")
        (self.folder / "names").write_text("subjectAltName=DNS:localhost\nbasicConstraints=CA:FALSE\n")
        sign = ["x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial"]
        openssl(*sign, "-out", "server.pem", "-days", "30", "-extfile", "names")
        trusted = self.folder / "trusted.pem"
        system = Path("/etc/ssl/certs/ca-certificates.crt")
        trusted.write_bytes((system.read_bytes() if system.exists() else b"") + (self.folder / "ca.pem").read_bytes())
        os.environ["SSL_CERT_FILE"] = str(trusted)

    def run(self, *command: object) -> tuple[float, float]:
        """Run a program, and return its processor's time and its time in seconds."""
        started = time.perf_counter()
        process = self.start(*command)
        _, status, usage = os.wait4(process.pid, 0)
        if status:
            sys.exit(f"{process.args!r} fails")
        return usage.ru_utime + usage.ru_stime, time.perf_counter() - started

    def start(self, *command: object) -> subprocess.Popen[bytes]:
        """Start a program, one of the peers by its name alone."""
        words = [str(word) for word in command]
        if "/" not in words[0]:
            words[0] = str(self.folder / words[0])
        return subprocess.Popen(words)

    def memory(self, *command: object) -> int:
        """Return the largest memory of a program in KiB."""
        # wait4 would tell that of the program that started it.
        process = self.start(*command)
        largest = 0
        while process.poll() is None:
            status = Path(f"/proc/{process.pid}/status").read_text()
            largest = max([largest, *(int(line.split()[1]) for line in status.splitlines() if "VmHWM" in line)])
            time.sleep(0.002)
        return largest

    def ratio(self, accounts: int, ours: list[object], peer: list[object]) -> str:
        """Return medians of pairs, after one that warms up: the ratio, and what an account costs each of the two."""
        pairs = [(self.run(*ours)[0], max(self.run(*peer)[0], 1e-4)) for _ in range(PAIRS + 1)][1:]
        ratio = statistics.median(one / other for one, other in pairs)
        each = [f"{statistics.median(times) / accounts * 1e6:.0f}" for times in zip(*pairs, strict=True)]
        return f"{ratio:.2f} ({each[0]} µs / {each[1]} µs)"

    def requests(self, *command: object) -> tuple[int, int]:
        """Count the requests that a program makes, and their connections."""
        log = self.folder / "access.log"
        before = len(log.read_text().splitlines())
        self.run(*command)
        time.sleep(0.2)
        lines = log.read_text().splitlines()[before:]
        return len(lines), len(set(lines))


def main() -> None:
    """Print all rows."""
    bench = Bench(Path(sys.argv[1]))
    try:
        print("| what | measured | wanted |\n|---|---|---|")
        for what, measured, wanted in rows(bench):
            print(f"| {what} | {measured} | {wanted} |", flush=True)
    finally:
        bench.nginx.terminate()


def rows(bench: Bench) -> Iterator[tuple[str, str, str]]:
    """Yield what is measured, the figure, and what it should be."""
    url, secure, python = bench.url, bench.secure_url, [sys.executable, "benches/peers/python.py"]
    curl = "libcurl + jansson"
    yield (
        f"C, a new client for each account / {curl}",
        bench.ratio(400, ["ours", url, 400, "new"], ["curl", url, 400, "new"]),
        "≤ 0.7",
    )
    yield (
        f"C, one client / {curl}, token reused",
        bench.ratio(800, ["ours", url, 800, "same"], ["curl", url, 800, "same"]),
        "≤ 0.7",
    )
    yield (
        "C, a new client for each account / sockets",
        bench.ratio(800, ["ours", url, 800, "new"], ["sockets", bench.plain, 800]),
        "≤ 2.3",
    )
    yield (
        f"C, HTTPS, 100 new clients / {curl}",
        bench.ratio(100, ["ours", secure, 100, "new"], ["curl", secure, 100, "new"]),
        "≤ 1.2",
    )
    yield (
        f"C, HTTPS, the first account of a process / {curl}",
        bench.ratio(1, ["ours", secure, 1, "new"], ["curl", secure, 1, "new"]),
        "≤ 0.3",
    )
    for peer, wanted in [("requests", "≤ 0.15"), ("httpx", ""), ("mwclient", "")]:
        yield f"Python / {peer}", bench.ratio(200, [*python, "ours", url, 200], [*python, peer, url, 200]), wanted
    bare, loaded = ([sys.executable, "-c", code] for code in ("pass", "import createaccount"))
    extra = statistics.median(bench.run(*loaded)[1] - bench.run(*bare)[1] for _ in range(2 * PAIRS + 1))
    yield "`import createaccount` over bare Python", f"{extra * 1000:.1f} ms", "≤ 10 ms"
    size = (bench.folder / "libcreateaccount.so").stat().st_size
    yield "shared library, stripped", f"{size / 1e6:.2f} MB", "≤ 2.9 MB"
    yield "largest memory", f"{bench.memory('ours', url, 2000, 'new') / 1024:.1f} MB", "≤ 5 MB"
    for kind, accounts in [("new", 100), ("same", 100)]:
        requests, connections = bench.requests("ours", url, accounts, kind)
        what = "a new client for each" if kind == "new" else "one client"
        yield f"requests and connections of 100 accounts, {what}", f"{requests}, {connections}", ""
    for threads in (1, 8, 32, 128):
        accounts = 2048 // threads
        took = statistics.median(bench.run("ours", url, accounts, "new", threads)[1] for _ in range(3))
        yield f"accounts in a second, {threads} thread{'s' * (threads > 1)}", f"{accounts * threads / took:.0f}", ""
    yield "MediaWiki 1.43 itself, one request for the form", f"{real(bench.real_url) * 1000:.0f} ms", ""


def real(api_url: str) -> float:
    """Return how long a real wiki takes for what the client asks first."""
    times = []
    for _ in range(PAIRS):
        started = time.perf_counter()
        with opener().open(f"{api_url}?{FORM.replace('|', '%7C')}") as answer:
            answer.read()
        times.append(time.perf_counter() - started)
    return statistics.median(times)


def opener() -> urllib.request.OpenerDirector:
    """Make a visitor who is new, without a proxy."""
    cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
    return urllib.request.build_opener(cookies, urllib.request.ProxyHandler({}))


def free_port() -> int:
    """Return a port of this machine that nobody uses."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


if __name__ == "__main__":
    main()
