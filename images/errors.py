"""What can go wrong with originals.

ImageFault
├── ImageNotFound         no such image, or one of another account
├── IdTaken               the custom id exists
├── IdInvalid             the custom id breaks a rule
├── FieldInvalid          a field of the request has a wrong value
├── FileMissing           no file, or both a file and a URL
├── FileTooLarge          more bytes than may be uploaded
├── PictureTooLarge       sides or area above the limits
├── AnimationTooLong      all frames together above the limit
├── NotAnImage            the bytes are of no format that is accepted
├── CannotDecode          the format is known, the bytes are damaged
├── LimitReached          the account holds as many images as it may
├── FetchRefused          a URL that may not or could not be fetched
│   ├── FetchMalformed        it is no http or https URL that can be asked for
│   ├── FetchNotPublic        its host is inside a network, not on the internet
│   ├── FetchUnresolved       its host has no address
│   ├── FetchUnreachable      its host does not take the connection
│   ├── FetchTimedOut         its host takes too long
│   ├── FetchBroken           the answer broke off, or is not HTTP
│   ├── RedirectRefused       it redirects to something that may not be fetched
│   ├── TooManyRedirects      it redirects again and again
│   └── OriginAnswered        its host answered with another status than 200
├── UploadUsed            the one-time URL was used before
├── UploadExpired         the one-time URL is too old
└── UploadUnknown         the one-time URL was never given out, or its draft is gone
SignatureFault
├── SignatureMissing  SignatureWrong  SignatureExpired
StorageFault              storage cannot be reached, or is full
Missing                   nothing is stored under a key
KeyRefused                a key that our code would not make
BoxFault                  a job in a child process did not come to its end
├── BoxBusy               no child free in time, or too much waiting already
├── BoxTimeout            the job took longer than it may; its child is gone
├── BoxDied               the child died during the job
├── BoxCancelled          who asked for the job does not want it any more
└── JobFailed             the job raised something that is no named fault
"""


class ImageFault(Exception):
    """Base of all faults of this app; ``str()`` is a sentence for the user that says what to do."""


class ImageNotFound(ImageFault):
    """No such image, or it belongs to somebody else."""


class IdTaken(ImageFault):
    """The custom id exists."""


class IdInvalid(ImageFault):
    """The custom id breaks a rule; ``str()`` names the rule."""


class FieldInvalid(ImageFault):
    """A field of the request has a wrong value."""


class FileMissing(ImageFault):
    """No file was sent, or a file and a URL."""


class FileTooLarge(ImageFault):
    """More bytes than may be uploaded."""


class PictureTooLarge(ImageFault):
    """Sides or area above the limits."""


class AnimationTooLong(ImageFault):
    """All frames together are above the limit."""


class NotAnImage(ImageFault):
    """The bytes are of no format that is accepted."""


class CannotDecode(ImageFault):
    """The format is known but the bytes are damaged."""


class LimitReached(ImageFault):
    """The account holds as many images as it may."""


class FetchRefused(ImageFault):
    """A URL that may not be fetched, or could not."""


class FetchMalformed(FetchRefused):
    """No http or https URL, or one that cannot be asked for."""


class FetchNotPublic(FetchRefused):
    """The host has an address that is not of the open internet."""


class FetchUnresolved(FetchRefused):
    """The host has no address."""


class FetchUnreachable(FetchRefused):
    """No address of the host takes the connection, or its certificate is wrong."""


class FetchTimedOut(FetchRefused):
    """The host takes too long."""


class FetchBroken(FetchRefused):
    """The answer broke off, or cannot be understood."""


class RedirectRefused(FetchRefused):
    """A redirect to something that may not be fetched."""


class TooManyRedirects(FetchRefused):
    """More redirects than are followed."""


class OriginAnswered(FetchRefused):
    """The host answered, but not with a picture. ``status`` is what it answered."""

    def __init__(self, status: int) -> None:
        super().__init__(f"url: the server answered {status}; check the address")
        self.status = status


class UploadUsed(ImageFault):
    """The one-time URL was used before."""


class UploadExpired(ImageFault):
    """The one-time URL is too old."""


class UploadUnknown(ImageFault):
    """The one-time URL was never given out, or its draft is gone."""


class SignatureFault(Exception):
    """The signature of a delivery URL does not open it."""


class SignatureMissing(SignatureFault):
    """The image is private and the URL has no signature."""


class SignatureWrong(SignatureFault):
    """No key of the account made this signature."""


class SignatureExpired(SignatureFault):
    """The signature is right but its time is over."""


class StorageFault(Exception):
    """Storage cannot be reached, refuses, or is full. Trying again later may help."""


class Missing(Exception):
    """Nothing is stored under the key."""


class KeyRefused(ValueError):
    """A storage key that our code would not make."""


class BoxFault(Exception):
    """A job in a child process did not come to its end."""


class BoxBusy(BoxFault):
    """No child was free in time, or too many jobs wait already. Trying again later helps."""


class BoxTimeout(BoxFault):
    """The job took longer than it may; its child was killed and replaced."""


class BoxDied(BoxFault):
    """The child died during the job (out of memory, a crash of a decoder) and was replaced."""


class BoxCancelled(BoxFault):
    """Who asked for the job does not want it any more."""


class JobFailed(BoxFault):
    """The job raised something that is no named fault; the log has its trace."""
