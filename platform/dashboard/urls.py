"""Paths below ``/dashboard/``."""

from django.urls import path

from dashboard.views import (
    delivery,
    developers,
    explained,
    focal,
    image,
    images,
    looking,
    placeholders,
    preview,
    session,
    variants,
)

app_name = "dashboard"
urlpatterns = [
    path("", images.images, name="images"),
    path("sign-in", session.sign_in, name="sign_in"),
    path("sign-out", session.sign_out, name="sign_out"),
    path("account", session.choose_account, name="choose_account"),
    path("upload-url", images.upload_url, name="upload_url"),
    path("card", images.card, name="card"),
    path("looking", looking.looking, name="looking"),
    path("delete", images.delete_selection, name="delete_selection"),
    path("images/<uuid:uuid>", image.image, name="image"),
    path("images/<uuid:uuid>/privacy", image.privacy, name="privacy"),
    path("images/<uuid:uuid>/focal-point", focal.focal_point, name="focal_point"),
    path("images/<uuid:uuid>/delete", image.delete, name="delete"),
    path("images/<uuid:uuid>/explained", explained.explained, name="explained"),
    path("images/<uuid:uuid>/placeholders", placeholders.placeholders, name="placeholders"),
    path("images/<uuid:uuid>/purge", image.purge, name="purge"),
    path("images/<uuid:uuid>/original", image.original, name="original"),
    path("variants", variants.variants, name="variants"),
    path("variants/new", variants.new, name="new_variant"),
    path("variants/preview", preview.preview, name="preview"),
    path("variants/of/<slug:name>", variants.variant, name="variant"),
    path("variants/of/<slug:name>/delete", variants.delete, name="delete_variant"),
    path("delivery", delivery.delivery, name="delivery"),
    path("delivery/config", delivery.configure, name="configure_delivery"),
    path("delivery/origins", delivery.allow_origin, name="allow_origin"),
    path("delivery/origins/<int:origin>/remove", delivery.remove_origin, name="remove_origin"),
    path("developers", developers.developers, name="developers"),
    path("developers/keys/<slug:name>", developers.reveal_key, name="reveal_key"),
    path("developers/tokens", developers.create_token, name="create_token"),
    path("developers/tokens/<int:token>/revoke", developers.revoke_token, name="revoke_token"),
    path("developers/config", developers.configure, name="configure"),
]
