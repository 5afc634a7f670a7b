# The two commands, and the campaign of faults. `make demo WIKI=https://…/api.php` signs up on a wiki of your own choice.

.PHONY: demo test faults
demo:
	@bindings/demo.sh $(WIKI)

test:
	@tests/all.sh

# The whole campaign of tests/faults, some ten minutes; `make test` runs a share of it.
faults:
	@CREATEACCOUNT_FAULTS=full tests/wiki/with-wikis cargo test --quiet --test faults
