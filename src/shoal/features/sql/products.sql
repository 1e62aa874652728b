-- One row a customer and product, with the number of orders it was in. Two plain steps instead of a distinct count.
SELECT customer_id, product_id, COUNT(*) AS n_orders
FROM (
  SELECT customer_id, product_id, order_id
  FROM look_back
  WHERE event_type = 'purchase' AND product_id IS NOT NULL
  GROUP BY customer_id, product_id, order_id
) AS product_in_order
GROUP BY customer_id, product_id
