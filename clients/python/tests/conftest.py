"""A real referrald, which `clients/conformance/server run` starts around these tests."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import threading
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

import referrald
from referrald import v1

if "REFERRALD_SERVER" not in os.environ:
    raise SystemExit("These tests need a server around them: run scripts/clients test python")


@pytest.fixture
def client() -> Iterator[referrald.Client]:
    with referrald.connect() as client:
        yield client


@pytest.fixture
def unique() -> str:
    return uuid.uuid4().hex[:16]


@pytest.fixture
def campaign(client: referrald.Client) -> v1.Campaign:
    """A live one: 100.00 EUR within 30 days."""
    rule = v1.Rule(currency="eur", target_minor=10_000, window_days=30)
    draft = v1.Campaign(mode=v1.MODE_TEST, display_name="Bring a friend", rule=rule)
    made = client.campaigns.CreateCampaign(v1.CreateCampaignRequest(campaign=draft)).campaign
    return client.campaigns.LaunchCampaign(v1.LaunchCampaignRequest(id=made.id)).campaign


@pytest.fixture
def black_hole() -> Iterator[str]:
    """An address where connections are taken and nothing is ever answered."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"127.0.0.1:{listener.getsockname()[1]}"


def server(command: str) -> None:
    """`stop` or `start`, at the same address with the same database."""
    subprocess.run([os.environ["REFERRALD_SERVER"], command], check=True)


class Busy:
    """A server of its own that takes one call at a time, and what it logs."""

    def __init__(self, folder: Path) -> None:
        options = ["--dev", "--no-sidecar", "--listen=127.0.0.1:0", "--calls-max=1", f"--database=sqlite:{folder}/a.db"]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("REFERRALD_")}
        program = [os.environ["REFERRALD_BINARY"], "serve", *options]
        self.process = subprocess.Popen(program, env=environment, stderr=subprocess.PIPE, text=True)
        self._changed = threading.Condition()
        self._lines: list[str] = []
        self._reader = threading.Thread(target=self._read)
        self._reader.start()
        self.address = json.loads(self.until_it_says('"ready"'))["fields"]["grpc"]

    def _read(self) -> None:
        for line in self.process.stderr or ():
            with self._changed:
                self._lines.append(line)
                self._changed.notify_all()

    def until_it_says(self, *words: str) -> str:
        """Waits for a line of its log that has all these words."""

        def found() -> str:
            return next((line for line in self._lines if all(word in line for word in words)), "")

        with self._changed:
            assert self._changed.wait_for(found, timeout=20), self._lines
            return found()

    def end(self) -> None:
        self.process.kill()
        self.process.wait()
        self._reader.join()


@pytest.fixture
def busy(tmp_path: Path) -> Iterator[Busy]:
    server = Busy(tmp_path)
    yield server
    server.end()
