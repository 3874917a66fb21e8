"""A load driver in a process of its own, so that its work does not count as the server's.

It reads orders from its standard input, one JSON object a line, and answers each with a line. Every order is
bounded in requests and in time, and goes to the loopback address only.
"""

import json
import selectors
import socket
import sys
import time
from typing import Any

__all__ = ["main"]

LONGEST = 120.0


class _Load:
    """So many requests over so many connections, each sent as soon as the last one is answered."""

    def __init__(self, order: dict[str, Any]) -> None:
        body = order["body"].encode()
        lines = [f"POST {order['path']} HTTP/1.1", "Host: 127.0.0.1", "Content-Type: application/json"]
        lines += [f"{name}: {value}" for name, value in order["headers"].items()]
        lines += [f"Content-Length: {len(body)}", "", ""]
        self.request = "\r\n".join(lines).encode() + body
        self.address = ("127.0.0.1", int(order["port"]))
        self.connections, self.requests = int(order["connections"]), int(order["requests"])
        self.selector = selectors.DefaultSelector()
        self.sent = self.bad = self.size = 0
        self.seconds: list[float] = []

    def run(self) -> dict[str, object]:
        began = time.perf_counter()
        for _ in range(min(self.connections, self.requests)):
            _Connection(self)
        while len(self.seconds) < self.requests and time.perf_counter() - began < LONGEST:
            for key, _ in self.selector.select(1):
                key.data.read()
        wall = time.perf_counter() - began
        self.seconds.sort()
        self.selector.close()
        middle = self.seconds[len(self.seconds) // 2] if self.seconds else LONGEST
        missing = self.requests - len(self.seconds)
        return {"p50": middle * 1e3, "wall": wall, "bad": self.bad + missing, "bytes": self.size}


class _Connection:
    def __init__(self, load: _Load) -> None:
        self.load = load
        self.socket = socket.create_connection(load.address)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        load.selector.register(self.socket, selectors.EVENT_READ, self)
        self.send()

    def send(self) -> None:
        if self.load.sent >= self.load.requests:
            self.close()
            return
        self.load.sent += 1
        self.received, self.whole = bytearray(), 0
        self.began = time.perf_counter()
        self.socket.sendall(self.load.request)

    def close(self) -> None:
        self.load.selector.unregister(self.socket)
        self.socket.close()

    def read(self) -> None:
        piece = self.socket.recv(1 << 18)
        if not piece:
            self.load.bad += 1
            self.load.seconds.append(time.perf_counter() - self.began)
            self.close()
            return
        self.received += piece
        if not self.whole:
            end = self.received.find(b"\r\n\r\n")
            if end < 0:
                return
            head = bytes(self.received[:end]).lower()
            if not head.startswith(b"http/1.1 200"):
                self.load.bad += 1
            length = head.partition(b"content-length:")[2].split(b"\r\n", 1)[0]
            self.whole = end + 4 + int(length)
        if len(self.received) >= self.whole:
            self.load.seconds.append(time.perf_counter() - self.began)
            self.load.size = len(self.received)
            self.send()


def main() -> None:
    """Serve orders until the input ends."""
    for line in sys.stdin:
        print(json.dumps(_Load(json.loads(line)).run()), flush=True)


if __name__ == "__main__":
    main()
