"""Pod Security: what the levels baseline and restricted forbid of a pod, in the words of the API server.

A level is a list of controls, and a control has a check for each minor in which it changed. A check finds breaches; the
words say of any number of them what the server says, so that one can be told of as well as all. Pods are decoded and
defaulted; what is `HOLE` in them is forbidden by nothing.
"""
