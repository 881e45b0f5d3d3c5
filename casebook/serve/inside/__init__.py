"""Inside the server's process: Voila with small subclasses of ours at its extension points.

This is the only room that imports voila and jupyter_server. Nothing of theirs is replaced at
import; `application.Server` is started instead of Voila's own application.
"""
