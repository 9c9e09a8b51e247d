"""Where to, and how safely."""

from __future__ import annotations

import asyncio
import os
import ssl
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Optional

import pytest

import referrald
from referrald import v1
from referrald._calls import Target


@pytest.mark.parametrize(
    ("address", "plaintext", "secure"),
    [
        ("localhost:1", None, False),
        ("127.3.2.1:1", None, False),
        ("[::1]:1", None, False),
        ("localhost:1", False, True),
        ("refer.example:1", None, True),
        ("10.0.0.5:1", None, True),
        ("localhost.example:1", None, True),
        ("refer.example:1", True, False),
    ],
)
def test_only_the_loopback_is_without_tls_by_itself(address: str, plaintext: Optional[bool], secure: bool) -> None:
    target = Target.of(address, "rfd_x", plaintext, None)
    assert (target.address, target.credentials is not None) == (address, secure)


def test_what_is_not_said_is_taken_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REFERRALD_ADDRESS", "refer.example:7")
    monkeypatch.setenv("REFERRALD_KEY", "rfd_env")
    target = Target.of(None, None, None, None)
    assert (target.address, target.key) == ("refer.example:7", "rfd_env")
    assert Target.of("localhost:1", "rfd_said", None, None).key == "rfd_said"
    monkeypatch.delenv("REFERRALD_ADDRESS")
    assert Target.of(None, None, None, None).address == "127.0.0.1:50051"


@pytest.fixture
def tls_proxy(tmp_path: Path) -> Iterator[tuple[str, bytes]]:
    """The address of a proxy that ends TLS before the server, and the certificate to trust."""
    certificate, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    make = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *subject]
    subprocess.run([*make, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    context.set_alpn_protocols(["h2"])
    host, _, port = os.environ["REFERRALD_ADDRESS"].rpartition(":")

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            writer.write(data)
        writer.close()

    async def proxy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there_reader, there_writer = await asyncio.open_connection(host, int(port))
        await asyncio.gather(pump(reader, there_writer), pump(there_reader, writer), return_exceptions=True)

    loop = asyncio.new_event_loop()
    server = loop.run_until_complete(asyncio.start_server(proxy, "localhost", 0, ssl=context))
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    yield f"localhost:{server.sockets[0].getsockname()[1]}", certificate.read_bytes()
    loop.call_soon_threadsafe(loop.stop)
    thread.join()


def test_tls_with_an_authority_of_ones_own(tls_proxy: tuple[str, bytes]) -> None:
    address, certificate = tls_proxy
    with referrald.connect(address, plaintext=False, root_certificates=certificate) as client:
        client.campaigns.ListCampaigns(v1.ListCampaignsRequest(page_size=1))
    with referrald.connect(address, plaintext=False) as client, pytest.raises(referrald.Unavailable):
        client.campaigns.ListCampaigns(v1.ListCampaignsRequest(page_size=1))
