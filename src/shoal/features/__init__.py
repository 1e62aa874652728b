"""From events to one row a customer: what each did in the look-back, and what happened after a cut."""
