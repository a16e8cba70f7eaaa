"""Forms of the dashboard. The form of variants is built from the option table: see variant_form.py."""

from collections.abc import Sequence
from typing import Any

from django import forms

from accounts.errors import AccountFault
from accounts.models import Account, ApiToken

SWITCH = {"class": "switch", "role": "switch"}
SHARE = {"step": "0.01", "min": "0", "max": "1", "inputmode": "decimal", "autocomplete": "off"}


class SignInForm(forms.Form):
    """Email and password."""

    email = forms.CharField(
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True, "inputmode": "email"}),
    )
    password = forms.CharField(
        max_length=1024, strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )


class TokenForm(forms.Form):
    """A new API token."""

    name = forms.CharField(max_length=100, help_text="Where it is used: you read it when you revoke it.")
    scope = forms.ChoiceField(
        choices=((ApiToken.Scope.EDIT, "Read and change"), (ApiToken.Scope.READ, "Read only")), label="May"
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="token_%s")  # another form of the same page has a name too


class ConfigForm(forms.ModelForm):  # type: ignore[type-arg]
    """The account's switches."""

    class Meta:
        model = Account
        fields = ("name", "flexible_variants", "browser_ttl")
        labels = {"name": "Name of the account", "browser_ttl": "Browsers keep pictures for (seconds)"}
        help_texts = {
            "flexible_variants": "Anybody may write options into a URL, such as width=300,blur=5. Off: only your "
            "variants, and options in URLs that you signed.",
            "browser_ttl": "From 3600 (an hour) to 31536000 (a year). A variant may have its own.",
        }
        widgets = {"flexible_variants": forms.CheckboxInput(attrs=SWITCH)}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["flexible_variants"].label = "Flexible variants"


class Refusable(forms.Form):
    """A form whose values are checked elsewhere as well, in sentences that begin with the name of a field."""

    def refuse(self, fault: AccountFault) -> None:
        """Put the fault beside its field; above the form where it speaks of none."""
        name, colon, words = str(fault).partition(": ")
        self.add_error(name if colon and name in self.fields else None, words if name in self.fields else str(fault))


class FocalForm(forms.Form):
    """The focal point of an image, in shares."""

    x = forms.FloatField(min_value=0, max_value=1, label="From the left", widget=forms.NumberInput(attrs=SHARE))
    y = forms.FloatField(min_value=0, max_value=1, label="From the top", widget=forms.NumberInput(attrs=SHARE))


class OriginForm(Refusable):
    """An allowed origin."""

    host = forms.CharField(
        max_length=260,
        help_text="media.example.com is that host alone, *.example.com the root and all below it.",
        widget=forms.TextInput(
            attrs={"placeholder": "media.example.com", "autocomplete": "off", "spellcheck": "false"}
        ),
    )
    path_prefix = forms.CharField(
        required=False,
        max_length=400,
        label="Only paths that begin with",
        help_text="End it with a slash. Empty: all paths.",
        widget=forms.TextInput(attrs={"placeholder": "/media/", "autocomplete": "off", "spellcheck": "false"}),
    )


class DeliveryForm(Refusable):
    """The settings of the account that say what delivery answers."""

    any_origin = forms.BooleanField(
        required=False,
        label="Any origin",
        help_text="Everybody can then have this server fetch and transform any picture of the internet.",
        widget=forms.CheckboxInput(attrs=SWITCH),
    )
    svg_rasterize = forms.BooleanField(
        required=False,
        label="Draw SVG as pixels",
        help_text="Where a URL or a variant names a format such as png. Off: such requests are answered 415.",
        widget=forms.CheckboxInput(attrs=SWITCH),
    )
    fallback_image = forms.CharField(
        required=False,
        max_length=1024,
        label="Fallback image",
        help_text="The id of a public image, shown in the place of one that is missing or damaged. Empty: none.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    fallback_status = forms.IntegerField(
        label="Its status",
        help_text="200 to 203 or 400 to 599; 0 for the status of what went wrong.",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "maxlength": 3}),
    )
    policy_variant = forms.ChoiceField(
        required=False,
        label="Policy",
        help_text="What this variant hides, such as by pixelate, is hidden in every picture that is delivered, "
        "whatever its URL says. Originals cannot be downloaded then. Sizes count in pixels of the original.",
    )

    segment_model = forms.ChoiceField(
        required=False,
        label="Model of subjects",
        help_text="What cuts subjects out of their background for segment, and helps gravity=auto.",
    )

    def __init__(self, *args: Any, policies: Sequence[str], models: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, none, names in (("policy_variant", "None", policies), ("segment_model", "The usual one", models)):
            self.fields[name].choices = [("", none), *((one, one) for one in names)]  # type: ignore[attr-defined]
