"""Whole sets of documents as lines: kept in files by the thousand, so that they leave at the speed of a file.

A set is what a release holds in one language. It is cut into members, each of which is renewed only when one of its
documents is. All of it is derived: whatever is missing is made anew from the database.
"""
