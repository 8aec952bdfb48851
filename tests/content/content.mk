# Targets for what stands in this folder: tests of this deck's chapters, cards and figures.

.PHONY: attention lock-attention

attention: $(VENV)/attention.stamp ## Compute anew what a real model attends to, and its tokenizer's pieces, for two figures
	$(BIN)/python tests/content/real_attention.py
	$(BIN)/python tests/content/real_pieces.py

# Without what these ask for beyond the lock file: attention-without.in.
$(VENV)/attention.stamp: tests/content/attention.txt $(VENV)/tests.stamp
	$(PIP_INSTALL) --no-deps -r tests/content/attention.txt
	@touch $@

lock: lock-attention

lock-attention: $(VENV)/tests.stamp
	$(LOCK) --overrides tests/content/attention-without.in tests/content/attention.in -o tests/content/attention.txt
