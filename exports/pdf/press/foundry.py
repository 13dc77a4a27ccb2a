"""The process from which the press's processes are forked: it has loaded the renderer, so a new one costs nothing.

It is told by messages on the socket whose number is its argument, and ends all it has forked when that socket ends.
"""

from __future__ import annotations

import gc
import os
import signal
import socket
import sys
from contextlib import suppress
from typing import Any

import orjson

from exports.pdf.press.typesetter import Typesetter, serve

SAMPLE = "<p>Aa <b>Bb</b> <i>Cc</i></p><table><tr><td>1</td></tr></table>"


def main(number: int) -> None:
    """Listen until nobody is there any more."""
    control = socket.socket(fileno=number)
    # A first page loads what every page needs; those who are forked have it then.
    Typesetter().chunk({"html": SAMPLE, "css": "", "pictures": {}})
    gc.collect()
    gc.freeze()
    alive: set[int] = set()
    try:
        while True:
            text, handles, _, _ = socket.recv_fds(control, 1 << 16, 1)
            if not text:
                break
            control.send(orjson.dumps(_obey(orjson.loads(text), handles, control, alive)))
    finally:
        for pid in alive:
            _end(pid)


def _obey(message: Any, handles: list[int], control: socket.socket, alive: set[int]) -> Any:
    if message["do"] == "fork":
        pid = _fork(handles[0], control, message["megabytes"])
        os.close(handles[0])
        alive.add(pid)
        return {"pid": pid}
    alive.discard(message["pid"])
    return {"code": _end(message["pid"])}


def _fork(handle: int, control: socket.socket, megabytes: int) -> int:
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        control.close()
        serve(socket.socket(fileno=handle), megabytes)
        code = 0
    finally:
        os._exit(code)


def _end(pid: int) -> int:
    """How the process ended, by itself or now: its code, or the signal's number below zero."""
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(status)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal sends it to all; the press decides
    main(int(sys.argv[1]))
