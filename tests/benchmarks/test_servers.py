"""Servers under measurement: started, spoken to, weighed, and never left behind."""

import os
import sys
import time
from pathlib import Path

import pytest

from benchmarks.servers import BenchmarkFailed, finished, free_port, serving

BOT = """
import http.server, json, subprocess, sys
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print(child.pid, flush=True)
class Bot(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        failed = asked["message"] == "break"
        body = json.dumps([{"recipient_id": asked["sender"], "text": asked["message"]}]).encode()
        self.send_response(503 if failed else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *_):
        pass
http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Bot).serve_forever()
"""


def gone(pid: int) -> bool:
    """Whether a process has ended (one that waits to be collected has)."""
    for _ in range(100):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        status = Path(f"/proc/{pid}/stat")
        if status.exists() and status.read_text().rpartition(")")[2].split()[0] == "Z":
            return True
        time.sleep(0.05)
    return False


def test_a_server_is_spoken_to_weighed_and_ended_with_its_children(tmp_path: Path) -> None:
    """It has answered by the time the block begins; nothing of it lives after the block."""
    port = free_port()
    with serving([sys.executable, "-c", BOT, str(port)], tmp_path, os.environ, port) as server:
        seconds, reply = server.line().timed("me", "good morning")
        child = int(server.log.read_text().split()[0])
        assert reply == [{"recipient_id": "me", "text": "good morning"}]
        assert 0 < seconds < 10
        assert server.first_answer > 0
        assert server.memory() > 5
    assert gone(server.process.pid)
    assert gone(child)


def test_a_reply_that_is_none_fails_the_benchmark_and_ends_the_server(tmp_path: Path) -> None:
    """An error is not measured as if it were a fast answer, and leaves no process behind."""
    port = free_port()
    started = serving([sys.executable, "-c", BOT, str(port)], tmp_path, os.environ, port)
    with pytest.raises(BenchmarkFailed, match="503"), started as server:
        server.line().say("me", "break")
    assert gone(server.process.pid)


def test_a_server_that_dies_tells_its_last_words(tmp_path: Path) -> None:
    """The failure holds what the server printed last."""
    command = [sys.executable, "-c", "raise SystemExit('no model here')"]
    with pytest.raises(BenchmarkFailed, match="no model here"), serving(command, tmp_path, os.environ, free_port()):
        raise AssertionError("it never answered")


def test_a_command_that_fails_or_hangs_is_reported(tmp_path: Path) -> None:
    """Its output is returned, or told with the failure; one that takes too long is ended."""
    assert finished([sys.executable, "-c", "print('done')"], tmp_path, os.environ) == "done\n"
    with pytest.raises(BenchmarkFailed, match="not today"):
        finished([sys.executable, "-c", "raise SystemExit('not today')"], tmp_path, os.environ)
    with pytest.raises(BenchmarkFailed, match="longer than"):
        finished([sys.executable, "-c", "import time; time.sleep(60)"], tmp_path, os.environ, longest=0.5)
