"""A study as one self-contained page in both languages. It arranges what the stages' results show; computes nothing."""
