-- One row a customer and device, with the number of events.
SELECT customer_id, device, COUNT(*) AS n_events
FROM look_back
WHERE device IS NOT NULL
GROUP BY customer_id, device
