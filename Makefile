# The two commands. `make demo WIKI=https://…/api.php` signs up on a wiki of your own choice.

.PHONY: demo test
demo:
	@bindings/demo.sh $(WIKI)

test:
	@tests/all.sh
