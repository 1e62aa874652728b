-- One row a customer and category: what was spent, and what as many pieces would have cost at the price of the
-- category's middle product (the lower median of its products' mean unit prices in the look-back; all customers).
SELECT customer_id, amount, quantity * price AS at_median
FROM (
  SELECT customer_id, {category} AS category_key, SUM(amount) AS amount, CAST(SUM(quantity) AS DECIMAL(18,4)) AS quantity
  FROM look_back{join_groups}
  WHERE event_type = '{category_event}' AND product_id IS NOT NULL
  GROUP BY customer_id, {category}
) AS bought
JOIN (
  SELECT category_key, price
  FROM (
    SELECT category_key, price,
           ROW_NUMBER() OVER (PARTITION BY category_key ORDER BY price NULLS LAST, product_id) AS place,
           COUNT(*) OVER (PARTITION BY category_key) AS n_products
    FROM (
      SELECT {category} AS category_key, product_id,
             CAST(floor(CAST(SUM(amount) AS DOUBLE) / NULLIF(CAST(SUM(quantity) AS DOUBLE), 0e0) * 1e4) / 1e4 AS DECIMAL(19,4)) AS price
      FROM look_back{join_groups}
      WHERE event_type = '{category_event}' AND product_id IS NOT NULL
      GROUP BY {category}, product_id
      HAVING SUM(amount) > 0 AND SUM(quantity) > 0
    ) AS a_product
  ) AS by_price
  WHERE place * 2 = n_products OR place * 2 = n_products + 1
) AS middle USING (category_key)
