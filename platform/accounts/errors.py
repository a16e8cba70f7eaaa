"""What can go wrong with accounts.

AccountFault
├── OtherAccount          the account in the URL is not the token's own
├── SettingInvalid        a setting of the account has a wrong value
├── KeyNameInvalid        a signing key cannot be called so
├── KeyUnknown            the account has no signing key of this name
├── TooManyKeys           the account has as many signing keys as it may
├── OriginInvalid         a place that no picture can come from
├── OriginUnknown         the account has no such origin
└── TooManyOrigins        the account has as many origins as it may
"""


class AccountFault(Exception):
    """Base of all faults of this app; ``str()`` is a sentence for the user that says what to do."""


class OtherAccount(AccountFault):
    """The account in the URL is not the token's own."""


class SettingInvalid(AccountFault):
    """A setting of the account has a wrong value."""


class KeyNameInvalid(AccountFault):
    """A signing key cannot be called so."""


class KeyUnknown(AccountFault):
    """The account has no signing key of this name."""


class TooManyKeys(AccountFault):
    """The account has as many signing keys as it may."""


class OriginInvalid(AccountFault):
    """A host or path prefix that no picture can come from."""


class OriginUnknown(AccountFault):
    """The account has no such origin."""


class TooManyOrigins(AccountFault):
    """The account has as many origins as it may."""
