-- What happened in the look-back [start, as_of). Every other grain reads this.
SELECT customer_id, event_type, ts_s, day, hour, dow, order_id, product_id, category_1, category, quantity, amount, discount,
       brand, coupon, session_id, rating, channel, device
FROM {events}
WHERE ts_s >= {start} AND ts_s < {as_of}
