"""``createaccount bulk``: the accounts of a list.

``people`` reads the list, ``rehearsal`` is the dry run. ``work`` works through the list: a ``maker`` makes one account
after another, at the ``pace`` that the wiki allows, and a ``journal`` records what became of each. ``show`` and
``report`` present it. With a ``queue`` the accounts are made by workers, also on other machines; ``shared`` has the
journal, and the progress of a run, for them and the command.
"""
