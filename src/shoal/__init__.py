"""shoal: groups of customers that move together, proven on later weeks."""
