"""The OpenAPI document and a page to read it, both from this server alone."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.renderers import OpenApiJsonRenderer
from drf_spectacular.views import SpectacularJSONAPIView, SpectacularSwaggerSplitView
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import TemplateHTMLRenderer

from api.components import components

MOUNTS = ("/client/v4/accounts/", "/upload/")


class Document(SpectacularJSONAPIView):
    """``/client/v4/openapi.json``."""

    authentication_classes = ()
    permission_classes = ()
    renderer_classes = [OpenApiJsonRenderer]
    content_negotiation_class = DefaultContentNegotiation

    def _get_version_parameter(self, request: Any) -> None:
        """There is one version; what a query says would only end up in a header."""


class Page(SpectacularSwaggerSplitView):
    """The document as a page; script and style are files of this server."""

    authentication_classes = ()
    permission_classes = ()
    renderer_classes = [TemplateHTMLRenderer]
    content_negotiation_class = DefaultContentNegotiation
    url_name = "api-document"
    url_self = None


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """A bearer token, or the mail address and the token as two headers."""

    target_class = "accounts.authentication.TokenAuthentication"
    name = ["BearerToken", "AuthEmail", "AuthKey"]

    def get_security_definition(self, auto_schema: Any) -> list[dict[str, str]]:
        """One definition for each name."""
        header = {"type": "apiKey", "in": "header"}
        return [
            {"type": "http", "scheme": "bearer"},
            {**header, "name": "X-Auth-Email"},
            {**header, "name": "X-Auth-Key"},
        ]

    def get_security_requirement(self, auto_schema: Any) -> list[dict[str, list[str]]]:
        """The token, or both headers."""
        return [{"BearerToken": []}, {"AuthEmail": [], "AuthKey": []}]


def only_public(endpoints: list[tuple[str, str, str, Any]]) -> list[tuple[str, str, str, Any]]:
    """Leave out the page itself and the batch host, which repeats the API."""
    return [endpoint for endpoint in endpoints if endpoint[0].startswith(MOUNTS)]


def with_components(result: dict[str, Any], **context: Any) -> dict[str, Any]:
    """Add the named schemas."""
    result.setdefault("components", {}).setdefault("schemas", {}).update(components())
    return result
