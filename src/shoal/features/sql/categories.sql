-- One row a customer and category, with what it was worth (spend, or a count of events where the log has no amounts).
SELECT customer_id, {category} AS category_key, {worth} AS worth
FROM look_back{join_groups}
WHERE event_type = '{category_event}'
GROUP BY customer_id, {category}
