"""The cases that all clients share, through the blocking client and through asyncio."""

from __future__ import annotations

import asyncio
import json
import os
import re
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Optional

import pytest
from google.protobuf import json_format
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

import referrald
import referrald.aio
from referrald import v1

FOLDER = Path(os.environ["REFERRALD_CASES"])
GIVEN = json.loads((FOLDER / "given.json").read_text())
CASES = [case for file in sorted(FOLDER.glob("cases/*.json")) for case in json.loads(file.read_text())]
STUBS = {
    "CampaignService": "campaigns",
    "ReferralService": "referrals",
    "QualificationService": "qualifications",
    "RewardService": "rewards",
}
KEYS = {
    "full": os.environ["REFERRALD_KEY"],
    "read": os.environ["REFERRALD_KEY_READ"],
    "wrong": "rfd_wrong",
    "none": "",
}
Call = Callable[[str, str, str, Message, Optional[float]], Message]


def blocking(key: str, service: str, method: str, request: Message, timeout: Optional[float]) -> Message:
    with referrald.connect(key=key) as client:
        called = getattr(getattr(client, STUBS[service]), method)(request, timeout=timeout)
        answer: Message = called if isinstance(called, Message) else next(called)
        return answer


def awaited(key: str, service: str, method: str, request: Message, timeout: Optional[float]) -> Message:
    async def call() -> Message:
        async with referrald.aio.connect(key=key) as client:
            called = getattr(getattr(client, STUBS[service]), method)(request, timeout=timeout)
            answer: Message = await (anext(aiter(called)) if hasattr(called, "__aiter__") else called)
            return answer

    return asyncio.run(call())


def filled(value: Any, variables: dict[str, str]) -> Any:
    """The value with its variables put in."""
    if isinstance(value, str):
        return re.sub(r"\{\{(.+?)\}\}", lambda found: str(variables[found[1]]), value)
    if isinstance(value, list):
        return [filled(element, variables) for element in value]
    if isinstance(value, dict):
        return {name: filled(element, variables) for name, element in value.items()}
    return value


def at(answer: Any, path: str) -> Any:
    for part in path.split("."):
        answer = answer[int(part)] if part.isdigit() else answer[part]
    return answer


def differences(expected: Any, found: Any, path: str = "answer") -> Iterator[str]:
    """Where the answer is not what is expected."""
    if isinstance(expected, dict) and isinstance(found, dict):
        for name, value in expected.items():
            yield from differences(value, found.get(name), f"{path}.{name}")
    elif isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        for index, value in enumerate(expected):
            yield from differences(value, found[index], f"{path}.{index}")
    elif expected == "*" and found not in (None, "", [], {}):
        return
    elif expected != found:
        yield f"{path} is {found!r}, not {expected!r}"


class Run:
    """A case under way."""

    def __init__(self, call: Call) -> None:
        self._call = call
        self.variables = {"unique": secrets.token_hex(8)}

    def make(self, step: dict[str, Any]) -> Any:
        service, method = step["call"].split("/")
        file = getattr(v1, f"{STUBS[service].removesuffix('s')}_service_pb2")
        described = file.DESCRIPTOR.services_by_name[service].methods_by_name[method]
        request = GetMessageClass(described.input_type)()
        json_format.ParseDict(filled(step["request"], self.variables), request)
        timeout = step["deadline_ms"] / 1000 if "deadline_ms" in step else None
        answer = self._call(KEYS[step.get("key", "full")], service, method, request, timeout)
        return json_format.MessageToDict(answer)

    def prepare(self, case: dict[str, Any]) -> None:
        given = [step for name in case.get("given", []) for step in GIVEN[name]]
        for step in given + case.get("setup", []):
            answer = self.make(step)
            for name, path in step.get("save", {}).items():
                self.variables[name] = at(answer, path)


@pytest.mark.parametrize("call", [blocking, awaited])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_case(case: dict[str, Any], call: Call) -> None:
    run = Run(call)
    run.prepare(case)
    expected = filled({name: value for name, value in case.items() if name != "call"}, run.variables)
    code, error = "OK", None
    try:
        answer = run.make(case)
    except referrald.Error as refusal:
        error, code = refusal, refusal.code().name
    assert code == expected.get("code", "OK"), error
    if error is None:
        assert not list(differences(expected.get("answer", {}), answer))
        return
    assert error.reason == expected.get("reason", error.reason)
    assert sorted({violation.field for violation in error.violations}) == sorted(expected.get("fields", []))
    assert expected.get("metadata", {}).items() <= error.metadata.items()


def test_there_are_cases() -> None:
    assert len(CASES) >= 40
