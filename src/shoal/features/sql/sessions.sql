-- One row a visit, as the log names them, or as loading derived them from silences.
SELECT customer_id, session_id, MIN(ts_s) AS first_s, MAX(ts_s) AS last_s, COUNT(*) AS n_events,
       COUNT(*) FILTER (WHERE event_type = 'purchase') AS n_purchases
FROM {visits}
WHERE session_id IS NOT NULL AND ts_s >= {start} AND ts_s < {as_of}
GROUP BY customer_id, session_id
