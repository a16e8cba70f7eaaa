"""Forms of the dashboard. The form of variants is built from the option table: see variant_form.py."""

from typing import Any

from django import forms

from accounts.models import Account, ApiToken


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
        widgets = {"flexible_variants": forms.CheckboxInput(attrs={"class": "switch", "role": "switch"})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["flexible_variants"].label = "Flexible variants"
