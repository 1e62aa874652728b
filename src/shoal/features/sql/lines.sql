-- One row an order or return: what was bought, bought at a discount, and given back.
SELECT customer_id, order_id,
       COUNT(*) FILTER (WHERE event_type = 'refund') AS n_refunds,
       SUM(CASE WHEN event_type = 'refund' THEN amount ELSE 0 END) AS refunded,
       SUM(CASE WHEN event_type = 'purchase' THEN amount ELSE 0 END) AS bought,
       SUM(CASE WHEN event_type = 'purchase' AND discount > 0 THEN amount ELSE 0 END) AS discounted,
       SUM(CASE WHEN event_type = 'purchase' THEN coalesce(discount, 0) ELSE 0 END) AS taken_off
FROM look_back
WHERE event_type IN ('purchase', 'refund')
GROUP BY customer_id, order_id
