-- One row a visit, as the log names them.
SELECT customer_id, session_id, MIN(ts_s) AS first_s, MAX(ts_s) AS last_s, COUNT(*) AS n_events,
       COUNT(*) FILTER (WHERE event_type = 'purchase') AS n_purchases
FROM look_back
WHERE session_id IS NOT NULL
GROUP BY customer_id, session_id
