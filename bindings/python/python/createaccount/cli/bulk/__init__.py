"""``createaccount bulk``: the accounts of a list.

``people`` reads the list, ``rehearsal`` is the dry run. ``work`` carries the list out: a ``maker`` makes one account
after the other, at the ``pace`` that the wiki allows, and a ``journal`` records what became of each. ``show`` and
``report`` present it. With a ``queue`` the makers are workers on other machines; they and the command keep the
journal, and the progress of a run, in what is ``shared``.
"""
