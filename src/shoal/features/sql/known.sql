-- Everybody known at the cut, whether or not they did anything in the look-back.
SELECT customer_id, MIN(ts_s) AS first_seen_s
FROM {events}
WHERE ts_s < {as_of}
GROUP BY customer_id
