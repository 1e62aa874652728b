"""How results show themselves: blocks in, text, HTML, notebook cells and JSON out. Knows no stage."""
