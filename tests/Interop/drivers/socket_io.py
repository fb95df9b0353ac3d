# Runs Debian's python3-socketio: the calls of its handlers go to standard output, a JSON object a line. A line on standard input is an event that its user emits.
# python3 socket_io.py URL TRANSPORTS CATEGORIES EVENT...
import json
import sys
import threading

import socketio

url, transports, categories, events = sys.argv[1], sys.argv[2].split(","), sys.argv[3].split(","), sys.argv[4:]
out = threading.Lock()
since = (0, 0)


def say(line):
    with out:
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()


client = socketio.Client(reconnection_delay=0.001, reconnection_delay_max=0.02)


def listen(event):
    def handler(data):
        global since
        if "position" in data:
            # The library runs each call of a handler on a thread of its own, so that an older event may come later.
            with out:
                since = max(since, tuple(map(int, data["position"].split(":"))))
        say({"handler": event, "data": data})

    client.on(event, handler)


@client.event
def connect():
    request = {"categories": categories}
    if since > (0, 0):
        request["since"] = "{}:{}".format(*since)
    client.emit("subscribe", request, callback=lambda data: say({"handler": "subscribed", "data": data, "ready": True}))


@client.event
def disconnect():
    say({"handler": "disconnected", "data": {}})


for name in events:
    listen(name)
client.connect(url, transports=transports)
for line in sys.stdin:
    said = json.loads(line)
    event = said["event"]
    if event == "transport":
        say({"handler": "transport", "data": {"name": client.transport()}})
    elif said["ack"]:
        client.emit(event, said["argument"], callback=lambda data, event=event: say({"handler": "ack " + event, "data": data}))
    else:
        client.emit(event, said["argument"])
client.disconnect()
