"""The ways of proposing products, one file each, one contract (`recommend.contract`)."""
