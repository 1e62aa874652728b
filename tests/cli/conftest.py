"""The small shop and its published study, made once a session."""

from tests.end_to_end.shop import published, shop_log

__all__ = ["published", "shop_log"]
