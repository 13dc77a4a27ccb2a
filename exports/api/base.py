"""What all answers to a channel's token have in common."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar, cast

from rest_framework.exceptions import NotFound
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from catalog.api.caching import mark_private as mark_private
from catalog.api.limits import TokenRate, tell_rate
from catalog.models import Channel
from exports.api.authentication import ChannelTokenAuthentication, HasChannelToken
from exports.models import ChannelToken


class TokenView(APIView):
    """Open to a channel's token. Answers are for its reader alone, who asks again with what he has."""

    authentication_classes = [ChannelTokenAuthentication]
    how_to_log_in = HasChannelToken.message
    permission_classes = [HasChannelToken]
    throttle_classes = [TokenRate]
    # What of the channel it shows, which the token must be for.
    scope: ClassVar[str] = "documents"

    @property
    def reader(self) -> Channel:
        """The channel whose token the request comes with."""
        return cast(ChannelToken, self.request.auth).channel

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Response:
        answer = super().finalize_response(request, response, *args, **kwargs)
        mark_private(answer)
        tell_rate(request, answer)
        return answer


class ChannelView(TokenView):
    """Below a channel's address. Another channel's token learns as much as if there were no such channel."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if kwargs["channel"].lower() != self.reader.code.lower():
            raise NotFound("This token opens no such channel. Check the channel's code in the address.")


class AnyAccept(BaseContentNegotiation):
    """For what exists in one media type only: it is sent whatever the reader says he likes."""

    def select_parser(self, request: Request, parsers: Iterable[BaseParser]) -> BaseParser | None:
        return next(iter(parsers), None)

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        renderer = next(iter(renderers))
        return renderer, renderer.media_type or ""
