"""The shape of every JSON answer: ``{success, errors, messages, result, result_info}``."""

from typing import Any

from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.response import Response


def answer(result: Any, info: dict[str, Any] | None = None) -> Response:
    """200 with ``result``; ``info`` is the ``result_info`` of paged lists."""
    body = {"result": result, "result_info": info, "success": True, "errors": [], "messages": []}
    return Response(body, headers={"Cache-Control": "no-store"})


def fault(code: int, message: str) -> dict[str, Any]:
    """The body of an answer that says what went wrong."""
    return {
        "result": None,
        "result_info": None,
        "success": False,
        "errors": [{"code": code, "message": message}],
        "messages": [],
    }


class AlwaysJson(BaseContentNegotiation):
    """Answers are JSON whatever ``Accept`` says: SDKs ask for ``image/*`` and must still see an error's envelope."""

    def select_parser(self, request: Any, parsers: Any) -> Any:
        """The parser of forms for a form, the loose one for the rest."""
        is_form = (request.content_type or "").lower().startswith("multipart/")
        return next(parser for parser in parsers if (parser.media_type != "*/*") == is_form)

    def select_renderer(self, request: Any, renderers: Any, format_suffix: str | None = None) -> Any:
        """The first one."""
        return renderers[0], renderers[0].media_type
