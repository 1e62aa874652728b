"""One file a method: each takes a `Task` (points and a number of groups) and gives `Found`; `registry` lists them."""
