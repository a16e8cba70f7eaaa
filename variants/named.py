"""Named variants of an account: looked up, made, changed, deleted. ``public`` is always there."""

import re
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import transaction

from accounts import generation
from accounts.models import Account
from variants import cache, needs, policy
from variants.errors import TooManyVariants, VariantNotFound, VariantRefused, VariantTaken
from variants.models import Variant
from variants.notation import body
from variants.policy import Policy

PUBLIC = "public"
PUBLIC_OPTIONS = {"fit": "scale-down", "width": 1366, "height": 768, "metadata": "none"}
# One transformation, or several that run one after the other.
Options = Mapping[str, Any] | list[Mapping[str, Any]]
NAME = re.compile(r"[a-zA-Z0-9_-]{1,99}")


def all_of(account: Account) -> list[Variant]:
    """The variants of ``account``, the oldest first; ``public`` is made when it is missing."""
    found = list(Variant.objects.filter(account=account).order_by("pk"))
    if any(variant.name == PUBLIC for variant in found):
        return found
    with transaction.atomic():
        Variant.objects.get_or_create(account=account, name=PUBLIC, defaults={"options": PUBLIC_OPTIONS})
        generation.bump()
    return list(Variant.objects.filter(account=account).order_by("pk"))


def policy_of(account: Account) -> Policy | None:
    """The policy of the account, be it one that cannot be read; None where it has none."""
    if not account.policy_variant:
        return None
    return policy.among(account.policy_variant, {variant.name: variant.options for variant in all_of(account)})


def find(account: Account, name: str) -> Variant:
    """The variant called ``name``. Raises ``VariantNotFound``."""
    for variant in all_of(account):
        if variant.name == name:
            return variant
    raise VariantNotFound("Variant not found: the account has no variant of this name")


@transaction.atomic
def create(account: Account, name: str, options: Options, never_require_signed_urls: bool = False) -> Variant:
    """A new variant. Raises ``VariantRefused``, ``VariantTaken``, ``TooManyVariants``, ``BadOption``."""
    if not NAME.fullmatch(name):
        raise VariantRefused("id: expected 1 to 99 letters, digits, hyphens and underscores")
    _check(options)
    _refuse_full(account, name)
    variant = Variant.objects.create(
        account=account, name=name, options=_kept(options), never_require_signed_urls=never_require_signed_urls
    )
    cache.purge_variant(account, name)
    return variant


@transaction.atomic
def change(
    account: Account, name: str, options: Options | None = None, never_require_signed_urls: bool | None = None
) -> Variant:
    """Replace the options, set the exception from signatures; None leaves as it is.

    Raises as :func:`create`; ``VariantRefused`` too when it is the policy of the account and would hide nothing.
    """
    current = Account.objects.select_for_update().get(pk=account.pk)
    variant = Variant.objects.select_for_update().filter(account=account, name=name).first() or find(account, name)
    if options is not None:
        _check(options)
        _refuse_idle_policy(current, name, options)
        variant.options = _kept(options)
    if never_require_signed_urls is not None:
        variant.never_require_signed_urls = never_require_signed_urls
    variant.save(update_fields=["options", "never_require_signed_urls"])
    if options is not None and name == current.policy_variant:
        cache.purge_account(account)  # all of it was made under the policy as it was
    cache.purge_variant(account, name)
    variant.refresh_from_db()
    return variant


@transaction.atomic
def delete(account: Account, name: str) -> None:
    """Remove a variant and what was made with it.

    Raises ``VariantNotFound``, ``VariantRefused`` for ``public`` and for the policy of the account.
    """
    current, variant = Account.objects.select_for_update().get(pk=account.pk), find(account, name)
    if name == PUBLIC:
        raise VariantRefused("The variant public cannot be deleted; change its options instead")
    if name == current.policy_variant:
        raise VariantRefused(f"The variant {name} is the policy of the account; choose another one, or none, first")
    cache.purge_variant(account, name)
    variant.delete()


def _check(options: Options) -> None:
    needs.of_chain(body.check_chain(options))


def _refuse_idle_policy(account: Account, name: str, options: Options) -> None:
    """A policy is taken off in the settings of the account, where it says so, and not by the way."""
    if name == account.policy_variant and not policy.read(name, options).steps:
        raise VariantRefused(
            f"The variant {name} is the policy of the account and must hide something, such as by pixelate; choose "
            "another policy, or none, first"
        )


def _kept(options: Options) -> Any:
    return [dict(step) for step in options] if isinstance(options, list) else dict(options)


def _refuse_full(account: Account, name: str) -> None:
    """Raise when the name is taken or no more fit; the account is locked, so that two at once don't both fit."""
    Account.objects.select_for_update().get(pk=account.pk)
    names = {variant.name for variant in all_of(account)}
    if name in names:
        raise VariantTaken("Resource already exists: the account has a variant of this name")
    if len(names) >= settings.VARIANT_LIMIT:
        raise TooManyVariants(f"The account has reached its limit of {settings.VARIANT_LIMIT} variants; delete one")
