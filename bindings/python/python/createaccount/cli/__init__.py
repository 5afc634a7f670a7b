"""The command ``createaccount``, a program for people that uses the library. Nothing in here is public.

``main`` lists the commands. ``signup`` makes one account: ``steps`` is its loop over the steps, ``asking`` asks the
person, ``listener`` receives returns from third parties, ``keep`` saves its state, and a voice reports what happens:
``screen`` for people, ``lines`` for programs. ``bulk`` makes the accounts of a list.
"""
