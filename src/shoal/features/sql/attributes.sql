-- What a customers file says of a customer, of those who had signed up and whose row was written before the cut.
SELECT customer_id, signed_up_s, born_day{attribute_columns}
FROM {accounts}
WHERE (signed_up_s IS NULL OR signed_up_s < {as_of}) AND (known_s IS NULL OR known_s < {as_of})
