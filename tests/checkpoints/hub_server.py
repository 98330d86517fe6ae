"""A stand-in for the Hugging Face hub, with the faults that networks have."""

import hashlib
import json
import re
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from huggingface_hub import constants

COMMIT = "0" * 40


class Hub:
    """What the server has, and how it misbehaves.

    Args:
        files: Content by repository and name.
    """

    def __init__(self, files: dict[str, dict[str, bytes]]):
        self.files = files
        self.large_from = 1000  # bytes; such files have a SHA-256
        self.breaks_off_at: int | None = None  # bytes, once
        self.lies: dict[str, bytes] = {}  # what it sends for some names
        self.requests: list[tuple[str, str, str | None]] = []

    def description(self, repository: str) -> dict:
        """Returns what the hub's API tells of a repository."""
        siblings = []
        for name, content in self.files[repository].items():
            blob = hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()
            file = {"rfilename": name, "size": len(content), "blobId": blob}
            if len(content) >= self.large_from:
                digest = hashlib.sha256(content).hexdigest()
                lfs = {"sha256": digest, "size": len(content), "pointerSize": 130}
                file["lfs"] = lfs
            siblings.append(file)
        return {"id": repository, "sha": COMMIT, "siblings": siblings}


class _Handler(BaseHTTPRequestHandler):
    hub: Hub

    def do_HEAD(self):
        self._answer(with_body=False)

    def do_GET(self):
        self._answer(with_body=True)

    def log_message(self, *_):
        pass

    def _answer(self, with_body: bool):
        hub, path = self.hub, urlsplit(self.path).path
        hub.requests.append((self.command, path, self.headers.get("Range")))
        if match := re.match(r"/api/models/([^/]+/[^/]+)", path):
            if match[1] not in hub.files:
                return self._missing("RepoNotFound")
            return self._send(json.dumps(hub.description(match[1])).encode())
        match = re.match(r"/([^/]+/[^/]+)/resolve/[^/]+/(.+)", path)
        content = hub.files.get(match[1], {}).get(match[2]) if match else None
        if content is None:
            return self._missing("EntryNotFound")
        etag = hashlib.sha256(content).hexdigest()
        self._send(hub.lies.get(match[2], content), etag, with_body)

    def _send(self, content: bytes, etag: str | None = None, with_body: bool = True):
        start = 0
        if asked := re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range") or ""):
            start = int(asked[1])
        self.send_response(206 if start else 200)
        if etag:
            self.send_header("ETag", f'"{etag}"')
            self.send_header("X-Repo-Commit", COMMIT)
        if start:
            total = len(content)
            self.send_header("Content-Range", f"bytes {start}-{total - 1}/{total}")
        body = content[start:]
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if not with_body:
            return
        if etag and len(body) > (self.hub.breaks_off_at or len(body)):
            body, self.hub.breaks_off_at = body[: self.hub.breaks_off_at], None
            self.close_connection = True
        self.wfile.write(body)

    def _missing(self, reason: str):
        self.send_response(404)
        self.send_header("X-Error-Code", reason)
        self.send_header("Content-Length", "0")
        self.end_headers()


@contextmanager
def serving(hub: Hub):
    """Yields the address at which it is reached."""
    handler = type("Handler", (_Handler,), {"hub": hub})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    # Who runs the tests may have forbidden it to ask the real one.
    was_offline = constants.HF_HUB_OFFLINE
    constants.HF_HUB_OFFLINE = False
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        constants.HF_HUB_OFFLINE = was_offline
        server.shutdown()
        server.server_close()
        thread.join()
