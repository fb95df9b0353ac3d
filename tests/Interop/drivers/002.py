# Runs the document's own client: what each handler was given is said on standard output, a JSON object a line.
# python3 002.py CLIENTS URL TYPE...
import contextlib
import io
import json
import sys
import time

clients, url, types = sys.argv[1], sys.argv[2], sys.argv[3:]
out = sys.stdout


def say(line):
    out.write(json.dumps(line) + "\n")
    out.flush()


scope = {"__name__": "client"}
exec(compile(open(f"{clients}/hive_websocket_client.py", encoding="utf-8").read(), "hive_websocket_client.py", "exec"), scope)
client = scope["HiveWebSocketClient"](url)
for kind in types:
    client.on(kind, lambda data, kind=kind: say({"handler": kind, "data": data}))

# What the client prints goes aside: standard output is the test's. The first message comes when the hub has taken up the connection.
with contextlib.redirect_stdout(io.StringIO()) as printed:
    client.connect()
    while "hive_status" not in printed.getvalue():
        time.sleep(0.01)
    say({"ready": True})
    sys.stdin.read()
    client.disconnect()
