-- One row an event of any kind.
SELECT customer_id, event_type, ts_s, day, rating
FROM look_back
