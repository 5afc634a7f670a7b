"""The command ``createaccount``: how a program for people uses the library. Nothing in here is public.

``main`` has the commands. A sign-up is ``signup`` (the loop over the steps) with an ``asking`` person or none, a
``listener`` for returns from third parties, a ``keep`` for its state, and a voice that tells what happens: ``screen``
for people, ``lines`` for programs. ``bulk`` makes the accounts of a list.
"""
