"""Settings of an account, with a look at those that speak of variants and of models; the rest is up to ``accounts``."""

from collections.abc import Mapping

from django.db import transaction

from accounts import configuration
from accounts.errors import SettingInvalid
from accounts.models import Account
from inference.errors import InferenceFault
from variants import cache, lookers, named
from variants.errors import PolicyForbids

FORBIDDEN = (
    "The original cannot be downloaded while the account has a policy, which hides something in every picture; take "
    "policy_variant out of the settings of the account first"
)


@transaction.atomic
def change(account: Account, values: Mapping[str, object]) -> Account:
    """Set the settings in ``values``; the others stay. What was made under another policy goes.

    Raises ``SettingInvalid`` and then changes nothing.
    """
    before = Account.objects.select_for_update().get(pk=account.pk).policy_variant
    current = configuration.change(account, values)
    if "segment_model" in values:
        _check_model(current.segment_model)
    if current.policy_variant != before:
        _check(current)
        cache.purge_account(current)
    return current


def refuse_originals(account: Account) -> None:
    """Raise ``PolicyForbids`` while there is a policy: then nobody gets the bytes that were uploaded."""
    if account.policy_variant:
        raise PolicyForbids(FORBIDDEN)


def _check_model(name: str) -> None:
    try:
        lookers.require("mask", name)
    except InferenceFault as fault:
        raise SettingInvalid(f"segment_model: {fault}") from None


def _check(account: Account) -> None:
    policy = named.policy_of(account)
    if policy is None:
        return
    if policy.variant not in {variant.name for variant in named.all_of(account)}:
        raise SettingInvalid(f"policy_variant: expected the name of a variant, got {policy.variant!r:.60}")
    if not policy.steps:
        raise SettingInvalid(
            f"policy_variant: expected a variant that hides something, such as one with pixelate; {policy.variant} "
            "hides nothing"
        )
