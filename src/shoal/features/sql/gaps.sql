-- One row a pause between two days with orders.
SELECT customer_id, CAST(gap_days AS BIGINT) AS gap_days
FROM orders
WHERE gap_days IS NOT NULL
