-- One row an order, in order of time, with the days since the day of the order before it.
-- `clock` carries hour and weekday of the order's first line beside its time, so that one minimum finds all three.
SELECT customer_id, first_s, day, n_lines, quantity, amount, hour, dow, with_coupon,
       CASE WHEN day_before IS NULL OR day_before < day THEN 1 ELSE 0 END AS first_of_day,
       CASE WHEN day_before < day THEN CAST(day - day_before AS BIGINT) END AS gap_days
FROM (
  SELECT customer_id, first_s, day, n_lines, quantity, amount, with_coupon,
         clock % 10 AS dow, (clock % 1000 - clock % 10) / 10e0 AS hour,
         LAG(day) OVER (PARTITION BY customer_id ORDER BY first_s, order_id) AS day_before
  FROM (
    SELECT customer_id, order_id, MIN(ts_s) AS first_s, MIN(day) AS day, COUNT(*) AS n_lines,
           SUM(quantity) AS quantity, SUM(amount) AS amount, MIN(ts_s * 1000 + hour * 10 + dow) AS clock,
           MAX(CASE WHEN coupon IS NOT NULL THEN 1 ELSE 0 END) AS with_coupon
    FROM look_back
    WHERE event_type = 'purchase'
    GROUP BY customer_id, order_id
  ) AS an_order
) AS in_order_of_time
