"""What readers ask of released documents. It is answered by the documents alone, never by the knowledge base.

So a filter finds what the channel got, not what is written meanwhile, and tells nothing that was not released to it.
"""
