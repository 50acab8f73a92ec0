"""Server processes on this machine: started, spoken to over Rasa's REST channel, weighed, and always ended."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HOST = "127.0.0.1"
PATIENCE = 60.0
"""Seconds to wait for one reply."""
LONGEST_START = 400.0
"""Seconds to wait for a server's first answer."""

Reply = list[dict[str, Any]]


class BenchmarkFailed(RuntimeError):
    """Something a benchmark needs did not work; the message ends with what the program said last."""


@dataclass
class Line:
    """A kept-open connection to a server's REST channel; one for each thread."""

    port: int
    _connection: http.client.HTTPConnection | None = None

    def say(self, sender: str, text: str) -> Reply:
        """The reply to one message. Raises BenchmarkFailed for anything but 200, OSError when nobody answers."""
        if self._connection is None:
            self._connection = http.client.HTTPConnection(HOST, self.port, timeout=PATIENCE)
        body = json.dumps({"sender": sender, "message": text}).encode()
        try:
            self._connection.request("POST", "/webhooks/rest/webhook", body, {"Content-Type": "application/json"})
            response = self._connection.getresponse()
            content = response.read()
        except (OSError, http.client.HTTPException):
            self.close()
            raise
        if response.status != 200:
            raise BenchmarkFailed(f"{response.status} in reply to {text[:60]!r}: {content[:200]!r}")
        reply: Reply = json.loads(content)
        return reply

    def timed(self, sender: str, text: str) -> tuple[float, Reply]:
        """Seconds until the reply was there, and the reply."""
        started = time.perf_counter()
        reply = self.say(sender, text)
        return time.perf_counter() - started, reply

    def close(self) -> None:
        """Hang up."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


@dataclass
class Server:
    """A running server process and how long it took from its start to its first answer, in seconds."""

    process: subprocess.Popen[bytes]
    port: int
    log: Path
    first_answer: float = field(default=0.0)

    def line(self) -> Line:
        """A new connection to it."""
        return Line(self.port)

    def memory(self) -> float:
        """Resident memory of the process and everything it started, in MB."""
        return sum(_resident(pid) for pid in _family(self.process.pid)) / 1024

    def last_words(self) -> str:
        """The end of what it printed."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-8:])


@contextmanager
def serving(
    command: Sequence[str], folder: Path, environment: Mapping[str, str], port: int, greeting: str = "hello"
) -> Iterator[Server]:
    """Run a server until the block ends; it has answered its first message by the time the block begins."""
    log = folder / f"server-{port}.log"
    started = time.perf_counter()
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=folder, env=dict(environment), stdout=output, stderr=subprocess.STDOUT, start_new_session=True
        )
    server = Server(process, port, log)
    try:
        _wait_for_answer(server, greeting, started)
        yield server
    finally:
        end(process)


def end(process: subprocess.Popen[bytes], patience: float = 10.0) -> None:
    """End a process and what it started: politely, then for good."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, sign)
        with suppress(subprocess.TimeoutExpired):
            process.wait(patience)


def free_port() -> int:
    """A port nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def finished(command: Sequence[str], folder: Path, environment: Mapping[str, str], longest: float = 900.0) -> str:
    """Run a command to its end and return what it printed. Raises BenchmarkFailed when it fails or takes too long."""
    process = subprocess.Popen(
        command, cwd=folder, env=dict(environment), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, start_new_session=True,
    )  # fmt: skip
    try:
        output, _ = process.communicate(timeout=longest)
    except subprocess.TimeoutExpired:
        raise BenchmarkFailed(f"`{' '.join(command[1:4])}` took longer than {longest:.0f} s") from None
    finally:
        end(process)
    text = output.decode(errors="replace")
    if process.returncode:
        raise BenchmarkFailed(f"`{' '.join(command[1:4])}` failed:\n" + "\n".join(text.splitlines()[-8:]))
    return text


def _wait_for_answer(server: Server, greeting: str, started: float) -> None:
    line = server.line()
    while time.perf_counter() - started < LONGEST_START:
        if server.process.poll() is not None:
            raise BenchmarkFailed(f"a server ended before it answered:\n{server.last_words()}")
        try:
            if line.say("first", greeting):
                server.first_answer = time.perf_counter() - started
                return
        except (OSError, http.client.HTTPException, BenchmarkFailed):
            pass
        time.sleep(0.02)
    raise BenchmarkFailed(f"a server did not answer within {LONGEST_START:.0f} s:\n{server.last_words()}")


def _family(pid: int) -> Iterator[int]:
    """The process and its descendants."""
    listing = subprocess.run(["ps", "-axo", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    pairs = [tuple(map(int, line.split())) for line in listing.splitlines()]
    todo = [pid]
    while todo:
        parent = todo.pop()
        yield parent
        todo += [child for child, of in pairs if of == parent]


def _resident(pid: int) -> float:
    """Resident memory of one process in kB; 0 when it has just gone."""
    told = subprocess.run(["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
    return float(told.strip() or 0)
