"""What to offer whom: from the log's events to a ranked list with reasons for every customer and segment."""
