-- One row a customer and channel, with the number of events.
SELECT customer_id, channel, COUNT(*) AS n_events
FROM look_back
WHERE channel IS NOT NULL
GROUP BY customer_id, channel
