"""Every route of the API on one screen.

An id may hold slashes and reaches the view decoded, so its pattern is greedy. The fixed words stand before it; ids that
would look like one of the routes are refused when they are chosen (images/ids.py).
"""

from typing import Any

from django.urls import URLPattern, path, re_path

from api import batch, binding, config, direct_uploads, images, keys, openapi, origins, purge, stats, variants
from api.errors import no_route

ACCOUNT = r"^client/v4/accounts/(?P<account_id>[^/]+)"
IMAGE = r"(?P<image_id>.+)"
NAME = r"(?P<name>.+)"


def _both(rest: str, view: Any) -> list[URLPattern]:
    """A route of the API that the batch host has too, with a token of its own and without the account."""
    batched = view.as_view(authentication_classes=[batch.BatchAuthentication], throttle_classes=[batch.BatchThrottle])
    return [re_path(ACCOUNT + rest, view.as_view()), re_path(r"^batch" + rest, batched)]


urlpatterns = [
    path("client/v4/", openapi.Page.as_view(), name="api-page"),
    path("client/v4/openapi.json", openapi.Document.as_view(), name="api-document"),
    *_both(r"/images/v1$", images.ImagesV1),
    *_both(r"/images/v2$", images.ImagesV2),
    *_both(r"/images/v2/direct_upload$", direct_uploads.DirectUploads),
    re_path(ACCOUNT + r"/images/v1/direct_upload$", direct_uploads.DirectUploads.as_view()),
    re_path(ACCOUNT + r"/images/v1/stats$", stats.Stats.as_view()),
    re_path(ACCOUNT + r"/images/v1/config$", config.Config.as_view()),
    re_path(ACCOUNT + r"/images/v1/batch_token$", batch.BatchToken.as_view()),
    re_path(ACCOUNT + r"/images/v1/keys$", keys.Keys.as_view()),
    re_path(ACCOUNT + rf"/images/v1/keys/{NAME}$", keys.OneKey.as_view()),
    re_path(ACCOUNT + r"/images/v1/variants$", variants.Variants.as_view()),
    re_path(ACCOUNT + rf"/images/v1/variants/{NAME}/renditions$", purge.VariantRenditions.as_view()),
    re_path(ACCOUNT + rf"/images/v1/variants/{NAME}$", variants.OneVariant.as_view()),
    re_path(ACCOUNT + r"/images/v1/origins$", origins.Origins.as_view()),
    re_path(ACCOUNT + r"/images/v1/origins/cache$", origins.OriginCache.as_view()),
    re_path(ACCOUNT + rf"/images/v1/origins/{NAME}$", origins.OneOrigin.as_view()),
    re_path(ACCOUNT + r"/images/v1/renditions$", purge.AccountRenditions.as_view()),
    re_path(ACCOUNT + rf"/images/v1/{IMAGE}/renditions$", purge.ImageRenditions.as_view()),
    *_both(rf"/images/v1/{IMAGE}/blob$", images.Blob),
    *_both(rf"/images/v1/{IMAGE}$", images.OneImage),
    re_path(rf"^upload/(?P<account_hash>[^/]+)/{IMAGE}$", direct_uploads.Receive.as_view()),
    path("binding/info", binding.Info.as_view()),
    path("binding/transform", binding.Transform.as_view()),
    path("info", binding.TrustedInfo.as_view()),
    path("transform", binding.TrustedTransform.as_view()),
    re_path(r"^(client/v4|batch|upload|binding)(/|$)", no_route),
]
