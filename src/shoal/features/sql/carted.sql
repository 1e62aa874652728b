-- One row a customer and product that was put in the cart, and whether it was bought in the look-back too.
SELECT customer_id, product_id, MAX(CASE WHEN event_type = 'purchase' THEN 1 ELSE 0 END) AS bought
FROM look_back
WHERE event_type IN ('cart', 'purchase') AND product_id IS NOT NULL
GROUP BY customer_id, product_id
HAVING COUNT(*) FILTER (WHERE event_type = 'cart') > 0
