"""What our commands share: who acts, how a channel is found, and a word on the way when it takes long."""

from __future__ import annotations

import getpass
import threading
from argparse import ArgumentTypeError
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any

import orjson
from django.core.exceptions import ValidationError
from django.core.management.base import CommandError, OutputWrapper

from catalog import querysets as catalog
from catalog.actors import Actor
from catalog.models import Channel
from exports import querysets
from exports.models import Output

PATIENCE = 1.0


def actor() -> Actor:
    """Whoever has logged in to the machine."""
    try:
        return Actor(getpass.getuser(), "command")
    except (KeyError, OSError):
        return Actor("command", "command")


def channel_called(code: str) -> Channel:
    """Raises CommandError naming the channels there are."""
    try:
        return catalog.channel_called(code)
    except Channel.DoesNotExist:
        raise CommandError(f"There is no channel “{code}”. {_there_are(Channel.objects)}") from None


def output_called(code: str) -> Output:
    """Raises CommandError naming the outputs there are."""
    try:
        return querysets.output_called(code)
    except Output.DoesNotExist:
        raise CommandError(f"There is no output “{code}”. {_there_are(Output.objects)}") from None


def _there_are(manager: Any) -> str:
    codes = ", ".join(manager.values_list("code", flat=True))
    return f"There are: {codes}." if codes else "There are none yet."


def option(raw: str) -> tuple[str, Any]:
    """`key=value`; the value is JSON where it is a whole JSON value, else text. For argparse."""
    key, equals, value = raw.partition("=")
    if not key or not equals:
        raise ArgumentTypeError(f"write key=value, not “{raw}”")
    try:
        return key, orjson.loads(value)
    except orjson.JSONDecodeError:
        return key, value


def one_line(error: ValidationError) -> str:
    """What is wrong with each field, in one line."""
    if not hasattr(error, "error_dict"):
        return " ".join(error.messages)
    return " ".join(
        message if field == "__all__" else f"{field}: {message}"
        for field, messages in error.message_dict.items()
        for message in messages
    )


@contextmanager
def patience(stream: OutputWrapper, doing: str) -> Iterator[None]:
    """Says on `stream` what is being done and for how long: after a second, and then ever more rarely."""
    over = threading.Event()
    started = monotonic()

    def tell() -> None:
        pause = PATIENCE
        while not over.wait(pause):
            stream.write(f"{doing} … {monotonic() - started:.0f} s")
            pause = min(pause * 2, 30.0)

    teller = threading.Thread(target=tell, daemon=True)
    teller.start()
    try:
        yield
    finally:
        over.set()
        teller.join()


def seconds(value: float) -> str:
    return f"{value:.1f} s"
