"""Exports of shop systems and analytics, one entry each.

In: nothing. Out: `SHOPS`. The one thing to know: an entry is data; `layouts.Layout` says what its fields mean.
"""

from __future__ import annotations

from shoal.events.layouts import Beside, First, Layout

_SHOPIFY_ORDER = (
    "Name", "Email", "Phone", "Billing Phone", "Shipping Phone", "Financial Status", "Created at", "Currency",
    "Discount Code", "Cancelled at", "Source",
)  # fmt: skip
"""An order's number, and what only the first of its lines carries."""
_SHOPIFY_CUSTOMERS = ("Customer ID", "First Name", "Last Name", "Email", "Total Orders")
_SHOPIFY_STATES = {
    **dict.fromkeys(("paid", "pending", "authorized", "partially_paid", "partially_refunded"), "purchase"),
    **dict.fromkeys(("refunded", "voided", "expired"), "cancel"),
}
"""The export has no time of a refund, so an order given back as a whole counts as cancelled."""
_WOOCOMMERCE_STATES = {
    **dict.fromkeys(("completed", "processing", "on hold", "on-hold"), "purchase"),
    **dict.fromkeys(("wc-completed", "wc-processing", "wc-on-hold"), "purchase"),
    **dict.fromkeys(("cancelled", "failed", "refunded", "wc-cancelled", "wc-failed", "wc-refunded"), "cancel"),
    **dict.fromkeys(("pending payment", "pending", "wc-pending", "draft"), "cart"),
}
_CHINESE_STATES = {
    **dict.fromkeys(("交易成功", "完成", "已完成", "已签收", "已收货", "已付款", "已发货"), "purchase"),
    **dict.fromkeys(("卖家已发货，等待买家确认", "买家已付款，等待卖家发货", "等待出库", "等待确认收货"), "purchase"),
    **dict.fromkeys(("卖家已发货,等待买家确认", "买家已付款,等待卖家发货", "卖家部分发货"), "purchase"),
    **dict.fromkeys(("交易关闭", "已取消", "取消", "已关闭", "(删除)等待出库", "(锁定)等待出库"), "cancel"),
    **dict.fromkeys(("等待买家付款", "等待付款", "待付款"), "cart"),
}
_TMALL_ORDERS = ("订单编号", "买家会员名", "买家应付货款", "订单状态", "订单创建时间")

SHOPS: tuple[Layout, ...] = (
    Layout(
        "shopify_orders",
        {
            "order_id": "Name",
            "customer_id": First("Customer ID", "Email", "Phone", "Billing Phone", "Shipping Phone"),
            "event_time": "Created at",
            "event_type": "Financial Status",
            "product_id": First("Lineitem sku", "Lineitem name"),
            "name": "Lineitem name",
            "quantity": "Lineitem quantity",
            "price": "Lineitem price",
            "discount": "Lineitem discount",
            "brand": "Vendor",
            "currency": "Currency",
            "coupon": "Discount Code",
            "channel": "Source",
        },
        ("Name", "Email", "Financial Status", "Created at", "Lineitem quantity", "Lineitem name", "Lineitem price"),
        event_words=_SHOPIFY_STATES,
        beside=(Beside("shopify_customers", _SHOPIFY_CUSTOMERS, "Email", ("Customer ID",), needed=False),),
        fill=_SHOPIFY_ORDER,
        undone=("Cancelled at",),
        contact=True,
        gross=True,
    ),
    Layout(
        "woocommerce_orders",
        {
            "order_id": "Order Number",
            "customer_id": First("Email (Billing)", "Phone (Billing)"),
            "event_time": "Order Date",
            "event_type": "Order Status",
            "line_id": "Item #",
            "product_id": First("SKU", "Name"),
            "name": "Name",
            "quantity": "Quantity",
            "price": "Item Cost",
            "amount": First("Order Line Total", "Order Line (w/o tax)"),
        },
        ("Order Number", "Order Status", "Order Date", "Email (Billing)", "Quantity", "Item Cost"),
        event_words=_WOOCOMMERCE_STATES,
        contact=True,
    ),
    Layout(
        "woocommerce_analytics",
        {
            "order_id": "Order #",
            "customer_id": "Customer",
            "event_time": "Date",
            "event_type": "Status",
            "quantity": "Items sold",
            "amount": "Net Sales",
            "coupon": "Coupon(s)",
        },
        ("Date", "Order #", "Status", "Customer", "Product(s)", "Net Sales"),
        event_words=_WOOCOMMERCE_STATES,
        caution="customers_by_name",
    ),
    Layout(
        "ga4",
        {
            "customer_id": First("user_id", "user_pseudo_id"),
            "event_time": "event_timestamp",
            "event_type": "event_name",
            "product_id": "items.item_id",
            "name": "items.item_name",
            "brand": "items.item_brand",
            "category": ("items.item_category", *(f"items.item_category{level}" for level in range(2, 6))),
            "price": "items.price",
            "quantity": "items.quantity",
            "coupon": "items.coupon",
            "order_id": "ecommerce.transaction_id",
            "session_id": ("user_pseudo_id", "event_params.ga_session_id"),
            "currency": "event_params.currency",
            "channel": ("traffic_source.source", "traffic_source.medium"),
            "device": "device.category",
        },
        ("event_timestamp", "event_name", "user_pseudo_id"),
        # a page is no product, and a click there leads out of the shop
        event_words={"select_item": "view", "view_item": "view", "page_view": "other", "click": "other"},
        mixed=True,
        caution="ga4_late_rows",
    ),
    Layout(
        "jd_orders",
        {
            "order_id": "订单号",
            "customer_id": "下单帐号",
            "event_time": "下单时间",
            "event_type": "订单状态",
            "product_id": "商品ID",
            "name": "商品名称",
            "quantity": "订购数量",
            "price": "京东价",
        },
        ("订单号", "商品ID", "订购数量", "下单时间", "京东价", "订单状态", "下单帐号"),
        event_words=_CHINESE_STATES,
        currency="CNY",
    ),
    Layout(
        "tmall_lines",
        {
            "order_id": "订单编号",
            "customer_id": "买家会员名",
            "event_time": "订单创建时间",
            "event_type": "订单状态",
            "product_id": First("商家编码", "外部系统编号", "标题"),
            "name": "标题",
            "quantity": "购买数量",
            "price": "价格",
        },
        ("订单编号", "标题", "价格", "购买数量", "订单状态"),
        event_words=_CHINESE_STATES,
        beside=(Beside("tmall_orders", _TMALL_ORDERS, "订单编号", ("买家会员名", "订单创建时间")),),
        currency="CNY",
    ),
    Layout(
        "tmall_items",
        {
            "order_id": "主订单编号",
            "line_id": "子订单编号",
            "customer_id": "买家会员名",
            "event_time": "订单创建时间",
            "event_type": "订单状态",
            "product_id": First("商家编码", "外部系统编号", "商品ID", "商品标题", "标题"),
            "name": First("商品标题", "标题"),
            "quantity": "购买数量",
            "price": First("商品价格", "价格"),
            "amount": First("买家实付金额", "买家实际支付金额"),
        },
        ("主订单编号", "子订单编号", "购买数量", "订单状态"),
        event_words=_CHINESE_STATES,
        undone=("退款状态=退款成功",),
        beside=(
            Beside("tmall_orders", _TMALL_ORDERS, "主订单编号", ("买家会员名", "订单创建时间"), theirs="订单编号"),
        ),
        currency="CNY",
    ),
    Layout(
        "tmall_orders",
        {
            "order_id": "订单编号",
            "customer_id": "买家会员名",
            "event_time": "订单创建时间",
            "event_type": "订单状态",
            "name": "宝贝标题",
            "product_id": "宝贝标题",
            "quantity": "宝贝总数量",
            "amount": First("买家实际支付金额", "买家实付金额"),
        },
        _TMALL_ORDERS,
        event_words=_CHINESE_STATES,
        currency="CNY",
    ),
)
