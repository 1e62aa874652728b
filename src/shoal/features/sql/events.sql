-- One row a customer and day with any event.
SELECT customer_id, day, MAX(ts_s) AS last_s,
       COUNT(*) FILTER (WHERE event_type = 'view') AS n_view,
       COUNT(*) FILTER (WHERE event_type = 'search') AS n_search,
       COUNT(*) FILTER (WHERE event_type = 'cart') AS n_cart,
       COUNT(*) FILTER (WHERE event_type = 'favourite') AS n_favourite,
       COUNT(*) FILTER (WHERE event_type = 'review') AS n_review
FROM look_back
GROUP BY customer_id, day
