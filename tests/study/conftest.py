"""The small shop and its published study, made once a session; fewer refits than in earnest."""

from tests.end_to_end.shop import published, quick, shop_log

__all__ = ["published", "quick", "shop_log"]
