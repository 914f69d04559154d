"""A small SMTP server of our own on a free port: takes mails, or refuses them when told to."""

import socketserver
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Thread


@dataclass
class Post:
    """What arrived, and whether the next recipients are refused."""

    port: int = 0
    is_refusing: bool = False
    mails: list[bytes] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)


@contextmanager
def post_office() -> Iterator[Post]:
    """Run the server for the block."""
    post = Post()

    class Talk(socketserver.StreamRequestHandler):
        timeout = 20

        def handle(self) -> None:
            self._say("220 test")
            for line in iter(self.rfile.readline, b""):
                word = line.decode("ascii", "replace").strip()
                if not self._answer(word):
                    return

        def _answer(self, word: str) -> bool:
            verb = word[:4].upper()
            if verb == "RCPT" and post.is_refusing:
                self._say("451 try again later")
            elif verb == "DATA":
                self._say("354 go on")
                post.mails.append(b"".join(iter(self.rfile.readline, b".\r\n")))
                self._say("250 taken")
            elif verb == "QUIT":
                self._say("221 bye")
                return False
            else:
                if verb == "RCPT":
                    post.recipients.append(word)
                self._say("250 ok")
            return True

        def _say(self, text: str) -> None:
            self.wfile.write(text.encode() + b"\r\n")

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        allow_reuse_address = True

    with Server(("127.0.0.1", 0), Talk) as server:
        post.port = server.server_address[1]
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield post
        finally:
            server.shutdown()
            thread.join(timeout=20)
