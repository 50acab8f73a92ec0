"""A visitor of the chat in tests: sends messages and looks at what came back, as the widget does."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from typing import Any

from fastapi.testclient import TestClient

_numbers = count(1)


@dataclass
class Visitor:
    """One session of the widget's API."""

    http: TestClient
    session: str
    sender: str

    @classmethod
    def begun(cls, http: TestClient, **body: Any) -> Visitor:
        """A new conversation."""
        answer = http.post("/chat/session", json=body)
        assert answer.status_code == 201, answer.text
        return cls(http, answer.json()["session"], answer.json()["sender"])

    @property
    def headers(self) -> dict[str, str]:
        """What says whose request it is."""
        return {"Authorization": f"Bearer {self.session}"}

    def post(self, path: str, body: Any) -> Any:
        """The answer to any request of this visitor."""
        return self.http.post(f"/chat/{path}", json=body, headers=self.headers)

    def get(self, path: str) -> Any:
        """The JSON at an address."""
        answer = self.http.get(f"/chat/{path}", headers=self.headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def says(self, *texts: str, **more: Any) -> Any:
        """The state after the last of these messages."""
        state = None
        for text in texts:
            answer = self.post("messages", {"text": text, "message_id": f"m{next(_numbers)}", **more})
            assert answer.status_code == 200, answer.text
            state = answer.json()
        return state

    def corrects(self, line: str, value: str | None) -> Any:
        """The state after a line was put right."""
        answer = self.post("understood", {"line": line, "value": value, "message_id": f"m{next(_numbers)}"})
        assert answer.status_code == 200, answer.text
        return answer.json()

    def advised(self, problem: str = "the bikes run flat before noon") -> Any:
        """The state with the advice."""
        state = self.says(problem)
        for _ in range(12):
            view = state["turns"][-1]["view"] or {}
            if view.get("kind") == "advice":
                return state
            state = self.says(view["yes"] if view.get("kind") == "read_back" else self._answer(state))
        raise AssertionError(state["turns"][-1])

    @staticmethod
    def _answer(state: Any) -> str:
        said = state["turns"][-1]["messages"][0]["text"]
        if "assistance" in said:
            return "always turbo"
        if "oils" in said:
            return "nobody oils them"
        if "night" in said:
            return "they stand inside"
        if "round" in said:
            return "forty kilometres"
        return "/does_not_know"
