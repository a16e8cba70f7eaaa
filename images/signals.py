"""What happened to originals, for apps above this one. Sent after the transaction has committed.

Both carry ``image``, the row as it was; ``sender`` is ``Image``.
"""

from django.dispatch import Signal

original_stored = Signal()
original_removed = Signal()
