"""Faults as delivery tells them: status, code and what stands before the text."""

from images import errors as faults
from images.errors import ImageNotFound, OriginAnswered, SignatureFault, StorageFault
from variants import errors

Row = tuple[type[Exception], int, int, str]

# The first row whose class fits is taken.
FAULTS: tuple[Row, ...] = (
    (errors.MethodRefused, 405, 9424, ""),
    (errors.BadOption, 400, 9401, ""),
    (errors.AddressMalformed, 403, 9426, ""),
    (errors.AccountUnknown, 403, 9427, ""),
    (errors.FlexibleOff, 403, 9429, ""),
    (errors.PolicyForbids, 403, 9428, ""),
    (errors.OverlayNotFound, 404, 9404, ""),
    (errors.VariantNotFound, 403, 9425, "Image access denied: "),
    (SignatureFault, 403, 9425, "Image access denied: "),
    (ImageNotFound, 404, 9404, ""),
    (errors.TooLarge, 403, 9413, ""),
    (errors.Unconvertible, 415, 9412, ""),
    (errors.CannotDecode, 422, 9516, ""),
    (errors.CannotEncode, 500, 9516, ""),
    (errors.Busy, 503, 9522, ""),
    (errors.NotSeen, 503, 9522, ""),
    (errors.PolicyUnreadable, 503, 9522, ""),
    (errors.TimedOut, 504, 9522, ""),
    (StorageFault, 503, 9523, ""),
    (errors.Expired, 404, 9404, ""),
    (errors.OriginRefused, 403, 9401, ""),
    (errors.SourceMalformed, 403, 9406, ""),
    (errors.SourceNotFound, 404, 9404, ""),
    (errors.AlreadyTransformed, 508, 9403, ""),
    (faults.OriginAnswered, 408, 9408, ""),
    (faults.FetchMalformed, 403, 9406, ""),
    (faults.FetchNotPublic, 403, 9406, ""),
    (faults.FetchUnresolved, 502, 9407, ""),
    (faults.RedirectRefused, 400, 9420, ""),
    (faults.TooManyRedirects, 400, 9421, ""),
    (faults.FetchTimedOut, 504, 9504, ""),
    (faults.FetchBroken, 422, 9416, ""),
    (faults.FetchRefused, 502, 9505, ""),
    (faults.FileTooLarge, 413, 9402, ""),
    (faults.NotAnImage, 415, 9412, ""),
    (faults.PictureTooLarge, 403, 9413, ""),
    (faults.AnimationTooLong, 403, 9413, ""),
    (faults.CannotDecode, 422, 9516, ""),
    (faults.BoxBusy, 503, 9522, ""),
    (Exception, 500, 9523, "internal error; it was logged"),
)


def row_of(fault: Exception) -> Row:
    """How ``fault`` is told. What another server refused is told as it refused it."""
    kind, status, code, prefix = next(row for row in FAULTS if isinstance(fault, row[0]))
    if isinstance(fault, OriginAnswered):
        status, code = _of_origin(fault.status)
    return kind, status, code, prefix


def _of_origin(status: int) -> tuple[int, int]:
    """Status and code for what another server answered instead of a picture."""
    if status == 404:
        return 404, 9404
    if status == 508:
        return 508, 9403
    if 400 <= status < 500:
        # A visitor cannot sign in there, so nothing may ask him to.
        return (403 if status in (401, 407) else status), 9408
    return 502, 9509
