"""Looks at pictures. Stands alone: no Django and none of the other packages."""
