-- One row a customer and brand, with what was spent on it.
SELECT customer_id, brand, SUM(amount) AS amount
FROM look_back
WHERE event_type = 'purchase' AND brand IS NOT NULL
GROUP BY customer_id, brand
