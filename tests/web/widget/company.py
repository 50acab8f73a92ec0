"""A company's server for tests of the widget: it keeps the contract of `/chat/*`, and can fail, stop and come back."""

from __future__ import annotations

import asyncio
import json
import secrets
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse
from starlette.middleware.cors import CORSMiddleware

from bot.web import widget
from bot.web.problems import Refusal, answer_problems
from tests.web.widget.scenes import PROGRESS, progress, scene

_router = APIRouter()
PAGE = """<!doctype html><html lang="en" {html}><head><meta charset="utf-8"><title>Hotel supplies</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="stylesheet" href="/site.css"></head>
<body><header><h1>Hotel supplies</h1></header><main><p>We sell and look after laundry machines.</p>
<p><a href="#advisor">Ask for advice</a> <button type="button" data-advisor-open="I need more washers">More washers?</button></p>
<div id="place"></div>{filler}</main><script src="{server}/widget.js" {data}></script></body></html>"""
SITE = "body{font:16px/1.5 sans-serif;max-width:60em;padding:1em;background:#fff;color:#222}button{text-transform:uppercase}"


@dataclass
class Conversation:
    """One conversation as the server keeps it."""

    sender: str
    turns: list[dict[str, Any]] = field(default_factory=list)
    lines: list[dict[str, Any]] = field(default_factory=list)
    stage: int = 0
    notes: str = "unasked"
    promises: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class Company:
    """What the server knows. `failing` is a status answered instead of a turn; `delay` is how long a turn takes, in seconds."""

    conversations: dict[str, Conversation] = field(default_factory=dict)
    began: list[dict[str, Any]] = field(default_factory=list)
    pages: list[Any] = field(default_factory=list)
    feedback: list[dict[str, Any]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    leave_asked: list[str] = field(default_factory=list)
    """The paths for which a browser asked first whether the website may use them."""
    failing: int = 0
    delay: float = 0.0
    streams: bool = True
    stopping: bool = False

    def texts(self) -> list[str]:
        """Everything that was said, in the order in which it was taken."""
        turns = [turn for each in self.conversations.values() for turn in each.turns]
        return [str(turn["said"]) for turn in turns]

    def begin(self, told: dict[str, Any]) -> Conversation:
        """A new conversation."""
        self.began.append(told)
        made = Conversation(secrets.token_hex(6))
        self.conversations[made.sender] = made
        return made

    def take(self, talk: Conversation, text: str, message_id: str) -> dict[str, Any]:
        """The turn that answers a message; the same id is answered once."""
        for turn in talk.turns:
            if turn["message_id"] == message_id:
                return turn
        messages, view = scene(text)
        kind = view["kind"] if view else None
        talk.stage = progress(kind, talk.stage)
        self._learn(talk, text)
        return self._keep(talk, text, message_id, messages, view)

    def correct(self, talk: Conversation, line: str, value: str | None, message_id: str) -> dict[str, Any]:
        """The turn that says a correction back."""
        for turn in talk.turns:
            if turn["message_id"] == message_id:
                return turn
        if line.startswith("introduction:"):
            messages, view = scene("linen")
            return self._keep(
                talk, f"Please send these words instead: {value}", message_id, messages, {**(view or {}), "introduction": value}
            )
        found = next(each for each in talk.lines if each["id"] == line)
        if value is None:
            talk.lines.remove(found)
            words = f"I leave out: {found['label']}."
        else:
            if value == "nonsense":
                raise Refusal(422, "This line cannot be changed to that.", "Write a number, such as 80.")
            found.update(value=value, quote=value, sure=True)
            words = f"Corrected: {found['label']} is {value}."
        said = f"{found['label']}: {value}" if value else f"Leave out: {found['label']}"
        return self._keep(talk, said, message_id, [{"text": words}], None)

    def state(self, talk: Conversation, turns: list[dict[str, Any]]) -> dict[str, Any]:
        """The state with these turns."""
        steps = [{**step, "state": _step(index, talk.stage)} for index, step in enumerate(PROGRESS)]
        concern = {"id": "c1", "title": "Not enough clean towels", "state": "working", "active": True, "lines": talk.lines}
        return {
            "turns": turns,
            "last_seq": len(talk.turns),
            "progress": steps if talk.turns else [],
            "understood": {"concerns": [concern] if talk.lines else [], "about_you": []},
            "consent": {"notes": talk.notes, "privacy_url": "/privacy"},
            "promises": talk.promises,
            "promises_ics": "/chat/promises/signed.ics" if talk.promises else None,
            "staffed": True,
            "copy": f"/export/{talk.sender}",
        }

    def _keep(
        self, talk: Conversation, said: str, message_id: str, messages: list[dict[str, Any]], view: dict[str, Any] | None
    ) -> dict[str, Any]:
        seq = len(talk.turns) + 1
        turn = {
            "seq": seq,
            "at": "2025-05-01T12:00:00+00:00",
            "message_id": message_id,
            "said": said,
            "messages": messages,
            "view": view,
        }
        talk.turns.append(turn)
        return turn

    def _learn(self, talk: Conversation, text: str) -> None:
        if "towels" in text:
            talk.lines = [dict(line) for line in LINES]
        if text.startswith("/accepts"):
            talk.promises = [dict(each) for each in PROMISES]
        if text in ("/allows_recording", "/refuses_recording"):
            talk.notes = "given" if text.startswith("/allows") else "refused"


LINES: list[dict[str, Any]] = [
    {
        "id": "problem",
        "label": "What goes wrong",
        "value": "No clean towels after noon",
        "quote": "we run out of clean towels by noon",
        "source": "customer",
        "sure": True,
        "editable": True,
    },
    {
        "id": "guests",
        "label": "Spa guests a day",
        "value": "about 80",
        "quote": None,
        "source": "rep",
        "sure": False,
        "editable": True,
    },
    {
        "id": "washers",
        "label": "Washers",
        "value": "three W-20, from 2019",
        "quote": None,
        "source": "record",
        "sure": True,
        "editable": False,
    },
    {
        "id": "programme",
        "label": "Programme",
        "value": "heavy soil",
        "quote": "always heavy soil",
        "source": "customer",
        "sure": True,
        "editable": True,
        "kind": "choice",
        "choices": [{"value": "short", "label": "the short one"}, {"value": "heavy", "label": "heavy soil"}],
    },
]
PROMISES: list[dict[str, Any]] = [
    {"owner": "we", "who": "Our trainer", "what": "Shows your team the towel programme", "due": "2025-05-08", "state": "open"},
    {"owner": "you", "who": None, "what": "Half an hour with the morning shift", "due": "2025-05-08", "state": "kept"},
    {"owner": "vendor", "who": "Lang Linen", "what": "Sends an offer", "due": "2025-05-02", "state": "late"},
]


def app(company: Company) -> FastAPI:
    """The server's app."""
    made = FastAPI()
    made.state.company = company
    answer_problems(made)
    made.include_router(widget.router)
    made.include_router(_router)
    made.add_middleware(
        CORSMiddleware,
        allow_origins=["*"],
        allow_methods=["GET", "POST"],
        allow_headers=["Authorization", "Content-Type"],
        expose_headers=["Retry-After"],
    )

    @made.middleware("http")
    async def noted(request: Request, call: Callable[[Request], Awaitable[Response]]) -> Response:
        if request.method == "OPTIONS":
            company.leave_asked.append(request.url.path)
        answer = await call(request)
        answer.headers.setdefault("Cache-Control", "no-store")
        return answer

    return made


def _company(request: Request) -> Company:
    found: Company = request.app.state.company
    return found


def _talk_of(request: Request) -> Conversation:
    sender = request.headers.get("authorization", "").removeprefix("Bearer ")
    if sender not in _company(request).conversations:
        raise Refusal(401, "The session is not valid.", "Begin a new conversation.")
    return _company(request).conversations[sender]


def _stumble(request: Request) -> None:
    status = _company(request).failing
    if status:
        raise Refusal(status, "That was refused.", "Write it otherwise.", 1 if status >= 429 else None)


@_router.get("/chat/config")
async def config() -> dict[str, Any]:
    """What a widget shows first."""
    return {
        "company": {"name": "Weisshaupt Laundry Systems"},
        "greeting": "Hello. What is going wrong, or what would you like to be different?",
        "languages": ["en"],
        "privacy_url": "/privacy",
        "max_message_chars": 2000,
        "staffed": True,
        "hours": "Monday to Friday, 8:00 to 17:00",
    }


@_router.post("/chat/session", status_code=201)
async def session(request: Request) -> dict[str, str]:
    """A new conversation."""
    told = await request.json()
    if told.get("customer_token") == "expired":
        raise Refusal(401, "The token is not valid.", "Ask for a new one.")
    began = _company(request).begin(told)
    return {"sender": began.sender, "session": began.sender, "copy": f"/export/{began.sender}"}


@_router.get("/chat/state")
async def state(request: Request) -> dict[str, Any]:
    """Where it stands."""
    _company(request).asked.append("state")
    talk = _talk_of(request)
    return _company(request).state(talk, talk.turns[-50:])


@_router.post("/chat/messages")
async def messages(request: Request) -> dict[str, Any]:
    """One turn."""
    told = await request.json()
    talk = _talk_of(request)
    await asyncio.sleep(_company(request).delay)
    _stumble(request)
    _company(request).pages.append(told.get("page"))
    return _company(request).state(talk, [_company(request).take(talk, told["text"], told["message_id"])])


@_router.post("/chat/understood")
async def understood(request: Request) -> dict[str, Any]:
    """A correction."""
    told = await request.json()
    talk = _talk_of(request)
    _stumble(request)
    return _company(request).state(talk, [_company(request).correct(talk, told["line"], told["value"], told["message_id"])])


@_router.post("/chat/feedback", status_code=204)
async def feedback(request: Request) -> Response:
    """An opinion."""
    _talk_of(request)
    _company(request).feedback.append(await request.json())
    return Response(status_code=204)


@_router.get("/chat/turns")
async def turns(request: Request, after: int = 0, before: int = 0, limit: int = 50) -> dict[str, Any]:
    """Some turns."""
    talk = _talk_of(request)
    found = [turn for turn in talk.turns if turn["seq"] > after and (not before or turn["seq"] < before)]
    shown = found[-limit:] if before else found[:limit]
    return {"turns": shown, "more": len(shown) < len(found)}


@_router.get("/chat/events")
async def events(request: Request, after: int = 0) -> Response:
    """Turns as they come."""
    if not _company(request).streams:
        raise Refusal(404, "No stream.", "Ask instead.")
    talk = _talk_of(request)
    return StreamingResponse(_told(_company(request), talk, after, request), media_type="text/event-stream")


@_router.get("/chat/conversations")
async def conversations(request: Request) -> dict[str, Any]:
    """Past ones."""
    _talk_of(request)
    times = {"started_at": "2025-04-02T10:00:00+00:00", "last_active_at": "2025-04-02T10:20:00+00:00"}
    return {"conversations": [{"sender": "old", "session": "old", "about": "A leaking dryer", **times}]}


@_router.get("/chat/promises/{signed}")
async def promises(signed: str) -> Response:
    """A calendar."""
    return Response("BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", media_type="text/calendar")


@_router.get("/export/{signed}")
async def export(signed: str) -> Response:
    """A copy."""
    return JSONResponse({"copy": signed})


async def _told(company: Company, talk: Conversation, after: int, request: Request) -> AsyncIterator[str]:
    yield "event: ping\ndata: {}\n\n"
    while not company.stopping and not await request.is_disconnected():
        if len(talk.turns) > after:
            turns = [turn for turn in talk.turns if turn["seq"] > after][-50:]
            after = len(talk.turns)
            yield f"event: turn\ndata: {json.dumps(company.state(talk, turns))}\n\n"
        await asyncio.sleep(0.05)


def _step(index: int, stage: int) -> str:
    return "done" if index < stage else "now" if index == stage else "next"


def site() -> FastAPI:
    """A website of somebody else, with a strict policy of its own; `?server=`, `?data=` and `?html=` say what stands in it."""
    made = FastAPI()

    @made.get("/")
    async def page(server: str, data: str = "", html: str = "", long: bool = False) -> Response:
        ours = "default-src 'none'; style-src 'self'; img-src 'self'; require-trusted-types-for 'script'"
        policy = f"{ours}; script-src {server}; connect-src {server}"
        text = PAGE.format(server=server, data=data, html=html, filler="<p>Linen.</p>" * 60 if long else "")
        return Response(text, media_type="text/html", headers={"Content-Security-Policy": policy})

    @made.get("/site.css")
    async def css() -> Response:
        return Response(SITE, media_type="text/css")

    return made


class Running:
    """A server in a thread, that can be stopped and started again at the same address."""

    def __init__(self, made: FastAPI, company: Company | None = None, port: int = 0) -> None:
        self._app, self._company, self.port = made, company, port
        self._thread: threading.Thread | None = None
        self._server: uvicorn.Server | None = None

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Serve; returns when it answers."""
        if self._company:
            self._company.stopping = False
        config = uvicorn.Config(
            self._app, host="127.0.0.1", port=self.port, log_config=None, timeout_graceful_shutdown=1, lifespan="off"
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        while not self._server.started:
            threading.Event().wait(0.02)
        self.port = self._server.servers[0].sockets[0].getsockname()[1]

    def stop(self) -> None:
        """Break off everything."""
        assert self._server is not None
        assert self._thread is not None
        if self._company:
            self._company.stopping = True
        self._server.should_exit = True
        self._server.force_exit = True
        self._thread.join(20)


@contextmanager
def running(made: FastAPI, company: Company | None = None) -> Iterator[Running]:
    """A server while the block runs."""
    server = Running(made, company)
    server.start()
    try:
        yield server
    finally:
        server.stop()
