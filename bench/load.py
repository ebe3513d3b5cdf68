"""Load generator, a process of its own: a job comes as JSON on stdin, what was measured goes as JSON to stdout."""

import asyncio
import json
import sys
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any


def request(method: str, path: str, *, token: str = "", key: str = "", body: Any = None) -> str:
    """The bytes of a keep-alive request, as text."""
    content = "" if body is None else json.dumps(body)
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost", f"Content-Length: {len(content)}"]
    lines += ["Content-Type: application/json"] if content else []
    lines += [f"Authorization: Bearer {token}"] if token else []
    lines += [f"Idempotency-Key: {key}"] if key else []
    return "\r\n".join([*lines, "", content])


async def _answer(reader: asyncio.StreamReader) -> int:
    head = await reader.readuntil(b"\r\n\r\n")
    low = head.lower()
    at = low.find(b"content-length:")
    if at >= 0:
        await reader.readexactly(int(low[at + 15 : low.find(b"\r\n", at)]))
    elif b"chunked" in low:
        while size := int(await reader.readline(), 16):
            await reader.readexactly(size + 2)
        await reader.readline()
    return int(head[9:12])


async def _client(port: int, work: Iterator[bytes], until: float, seen: list[tuple[int, float]]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for each in work:
        started = time.perf_counter()
        if started >= until:
            break
        writer.write(each)
        status = await _answer(reader)
        seen.append((status, time.perf_counter() - started))
    writer.close()


async def run(job: dict[str, Any]) -> dict[str, Any]:
    """Send the job's requests over its connections for its seconds at most."""
    work = iter([text.encode() for text in job["requests"]])
    seen: list[tuple[int, float]] = []
    started = time.perf_counter()
    until = started + job["seconds"]
    await asyncio.gather(*(_client(job["port"], work, until, seen) for _ in range(job["connections"])))
    spent = time.perf_counter() - started
    times = sorted(each for _, each in seen) or [0.0]
    return {
        "seconds": spent,
        "per_second": len(seen) / spent,
        "statuses": {str(status): count for status, count in Counter(status for status, _ in seen).items()},
        "p50_ms": times[len(times) // 2] * 1000,
        "p99_ms": times[min(int(len(times) * 0.99), len(times) - 1)] * 1000,
    }


if __name__ == "__main__":
    json.dump(asyncio.run(run(json.load(sys.stdin))), sys.stdout)
