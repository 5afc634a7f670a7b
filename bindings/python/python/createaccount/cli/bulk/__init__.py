"""``createaccount bulk``: the accounts of a list.

``people`` reads the list, ``rehearsal`` is the dry run. ``work`` carries the list out: a ``maker`` makes one account
after the other, at the ``pace`` that the wiki allows, and a ``journal`` remembers what became of each. ``show`` and
``report`` tell it. With a ``queue`` it is workers on other machines that have a maker; they and the command have the
journal, and how far a run is, in what is ``shared``.
"""
