"""The widget beside a known chat widget for Rasa: weight, start on a slow phone, time to the reply, memory."""

from __future__ import annotations

import gzip
import http.server
import shutil
import sys
import tarfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.bench import Bench, rounds
from benchmarks.servers import HOST, BenchmarkFailed, finished, free_port, serving
from benchmarks.statistics import Bar, Figure, median

NAME = "widget"
OTHER = "rasa-webchat"
ABOUT = (
    "Headless Chromium on a page of another origin, both widgets on the same server of ours: our widget over its own API, "
    "rasa-webchat 1.0.1 from the npm registry over Rasa's Socket.IO channel, its artificial delay before each message "
    "switched off. Start: from the navigation until the field to write in is there, the launcher pressed as soon as it "
    "appears, on a phone profile (processor 4 times slower, 1.6 Mbit/s down, 150 ms round trip, nothing cached). Reply: "
    "from Enter to the frame after the reply is drawn, a turn of ours and a turn of theirs by turns, beside the same request "
    "without a browser. Memory: JavaScript heap after a collection, and nodes of the page, after the turns named."
)
PACKAGE = "rasa-webchat@1.0.1"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-pings"]
TIMED = 30
"""How many replies are timed at the beginning and at the end of a conversation."""
LONGEST = 900.0
"""Seconds the long conversations may take; they end earlier then, with as many turns as the table names."""
SLOW = {"offline": False, "latency": 150, "downloadThroughput": 200_000, "uploadThroughput": 93_750}
WORDS = ("our towels are not dry", "it began in May", "I do not know", "every day at noon", "three machines", "what else?")


@dataclass(frozen=True)
class Kind:
    """A widget: its page, and scripts that find its launcher, its field and its replies."""

    name: str
    page: str
    launcher: str
    field: str
    replies: str


OURS = Kind(
    "ours",
    '<script src="{server}/widget.js"></script>',
    "document.querySelector('advisor-chat')?.shadowRoot?.querySelector('.launcher')",
    "document.querySelector('advisor-chat')?.shadowRoot?.querySelector('dialog[open] textarea')",
    "document.querySelector('advisor-chat').shadowRoot.querySelector('.turn:last-child')?.dataset.seq",
)
THEIRS = Kind(
    OTHER,
    '<div id="webchat"></div><script src="/client.js"></script><script>WebChat.default({{selector: "#webchat", '
    'socketUrl: "{server}", socketPath: "/socket.io/", title: "Chat", customMessageDelay: () => 0, '
    'params: {{storage: "session"}}}}, null)</script>',
    "document.querySelector('.rw-launcher')",
    "document.querySelector('.rw-new-message')",
    "document.querySelectorAll('.rw-response').length",
)
READY = """() => new Promise((done) => {{
  let pressed = false;
  const look = () => {{
    const launcher = {launcher}, field = {field};
    if (launcher && !pressed) {{ pressed = true; launcher.click(); }}
    if (field && field.getClientRects().length) done(performance.now()); else requestAnimationFrame(look);
  }};
  look();
}})"""
PAINTED = """() => {{
  const count = () => String({replies});
  const before = count();
  window.painted = new Promise((done) => addEventListener("keydown", () => {{
    const start = performance.now();
    const end = () => done(performance.now() - start);
    const look = () => requestAnimationFrame(count() === before ? look : end);
    look();
  }}, {{ once: true, capture: true }}));
}}"""


def run(bench: Bench) -> list[Figure]:
    """Both widgets in turns, in one browser, on one server."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        raise BenchmarkFailed("chromium is not installed")
    client = _client(bench.work)
    with _site(bench.work, client) as (site, address), _server(bench, address) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        for kind in (OURS, THEIRS):
            (site / f"{kind.name}.html").write_text(_page(kind, server), "utf-8")
        figures = [_size(server, client), *_start(bench, browser, address), *_talk(bench, browser, address, server)]
        browser.close()
    return figures


def _size(server: str, client: Path) -> Figure:
    from bot.web.widget import widget_script

    ours = len(gzip.compress(widget_script().encode(), 9)) / 1000
    theirs = len(gzip.compress(client.read_bytes(), 9)) / 1000
    return Figure("script with styles, zipped", "kB", ours, theirs, against=OTHER, bar=Bar(0.2))


def _start(bench: Bench, browser: Browser, address: str) -> list[Figure]:
    times: dict[str, list[float]] = {OURS.name: [], THEIRS.name: []}
    for _ in rounds(bench.amount(7, 2), seconds=120):
        for kind in (OURS, THEIRS):
            context = browser.new_context(viewport={"width": 390, "height": 780}, is_mobile=True, has_touch=True)
            page = context.new_page()
            control = context.new_cdp_session(page)
            control.send("Network.enable")
            control.send("Network.emulateNetworkConditions", SLOW)
            control.send("Emulation.setCPUThrottlingRate", {"rate": 4})
            page.goto(f"{address}/{kind.name}.html", wait_until="commit")
            times[kind.name].append(page.evaluate(READY.format(launcher=kind.launcher, field=kind.field)))
            context.close()
    ours, theirs = median(times[OURS.name]), median(times[THEIRS.name])
    return [Figure("ready to write, slow phone", "ms", ours, theirs, against=OTHER, bar=Bar(0.5))]


def _talk(bench: Bench, browser: Browser, address: str, server: str) -> list[Figure]:
    """The time to a reply at the start, and the memory after a long conversation: a turn of ours, a turn of theirs, and so on."""
    ours, theirs = (_opened(browser, kind, address) for kind in (OURS, THEIRS))
    count = 0
    for number in rounds(bench.amount(1000, 60), seconds=LONGEST):
        for each in (ours, theirs):
            each.reply(WORDS[number % len(WORDS)])
        count += 1
    bare = _bare(server, min(count, TIMED))
    shown, other = median(ours.times[:TIMED]), median(theirs.times[:TIMED])
    late, other_late = median(ours.times[-TIMED:]), median(theirs.times[-TIMED:])
    (heap, nodes), (their_heap, their_nodes) = ours.memory(), theirs.memory()
    return [
        Figure("Enter to first paint of the reply", "ms", shown, other, against=OTHER),
        Figure("Enter to first paint of the reply", "ms", shown, median(bare), against="same request, bare"),
        Figure(f"the same around turn {count}", "ms", late, other_late, against=OTHER),
        Figure(f"heap after {count} turns", "MB", heap, their_heap, against=OTHER),
        Figure(f"nodes after {count} turns", "", nodes, their_nodes, against=OTHER),
    ]


@dataclass(frozen=True)
class Opened:
    """A widget with a conversation in it, and the milliseconds that each reply took."""

    kind: Kind
    page: Page
    times: list[float] = field(default_factory=list)

    def reply(self, text: str) -> None:
        """Say something, and time from Enter to the frame in which the reply stands."""
        self.page.evaluate(PAINTED.format(replies=self.kind.replies))
        self.page.locator("textarea, .rw-new-message").first.fill(text)
        self.page.keyboard.press("Enter")
        self.times.append(float(self.page.evaluate("window.painted")))

    def memory(self) -> tuple[float, float]:
        """Megabytes of JavaScript heap after a collection, and nodes of the page; the page is closed."""
        control = self.page.context.new_cdp_session(self.page)
        control.send("HeapProfiler.enable")
        control.send("HeapProfiler.collectGarbage")
        control.send("Performance.enable")
        metrics: dict[str, Any] = {one["name"]: one["value"] for one in control.send("Performance.getMetrics")["metrics"]}
        self.page.context.close()
        return metrics["JSHeapUsedSize"] / 1e6, metrics["Nodes"]


def _opened(browser: Browser, kind: Kind, address: str) -> Opened:
    page = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
    page.goto(f"{address}/{kind.name}.html")
    page.evaluate(READY.format(launcher=kind.launcher, field=kind.field))
    return Opened(kind, page)


def _bare(server: str, turns: int) -> list[float]:
    """Milliseconds of our own requests without a browser, in a conversation of the same words."""
    times = []
    with httpx.Client(base_url=server, timeout=60) as client:
        session = client.post("/chat/session", json={}).json()["session"]
        for number in range(turns):
            started = time.perf_counter()
            body = {"text": WORDS[number % len(WORDS)], "message_id": f"bare-{number}"}
            client.post("/chat/messages", json=body, headers={"Authorization": f"Bearer {session}"}).raise_for_status()
            times.append((time.perf_counter() - started) * 1000)
    return times


def _page(kind: Kind, server: str) -> str:
    viewport = '<meta name="viewport" content="width=device-width, initial-scale=1">'
    return f'<!doctype html><meta charset="utf-8">{viewport}<title>Shop</title><h1>Shop</h1>{kind.page.format(server=server)}'


def _client(work: Path) -> Path:
    """The other widget's script, from the npm registry."""
    npm = shutil.which("npm")
    if npm is None:
        raise BenchmarkFailed("npm is not installed, so the other widget cannot be fetched")
    folder = work / "npm"
    folder.mkdir(exist_ok=True)
    finished(
        [npm, "pack", PACKAGE, "--silent"], folder, {"PATH": str(Path(npm).parent) + ":/usr/bin:/bin", "HOME": str(Path.home())}
    )
    with tarfile.open(next(folder.glob("*.tgz"))) as packed:
        packed.extractall(folder)
    return folder / "package" / "lib" / "index.js"


class _Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves the website; what is zipped beside a file is sent zipped, as any website would."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        zipped = self.path == "/client.js"
        path = Path(self.directory) / ("client.js.gz" if zipped else self.path.lstrip("/"))
        found = path.is_file()
        body = path.read_bytes() if found else b""
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", "text/javascript" if zipped else "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        if zipped:
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def _site(work: Path, client: Path) -> Iterator[tuple[Path, str]]:
    """A website of another origin."""
    folder = work / "site"
    folder.mkdir(exist_ok=True)
    (folder / "client.js.gz").write_bytes(gzip.compress(client.read_bytes(), 9))
    website = http.server.ThreadingHTTPServer((HOST, 0), partial(_Quiet, directory=str(folder)))
    threading.Thread(target=website.serve_forever, daemon=True).start()
    try:
        yield folder, f"http://{HOST}:{website.server_address[1]}"
    finally:
        website.shutdown()


@contextmanager
def _server(bench: Bench, site: str) -> Iterator[str]:
    """Our server, with that website on its list."""
    port = free_port()
    environment = {**bench.ours.environment(port), "ADVISOR_ALLOWED_ORIGINS": site}
    folder = bench.work / "widget"
    folder.mkdir(exist_ok=True)
    with serving([sys.executable, "-m", "bot.cli", "run"], folder, environment, port):
        yield f"http://{HOST}:{port}"
