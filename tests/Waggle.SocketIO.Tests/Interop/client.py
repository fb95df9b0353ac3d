# Debian's python3-socketio. usage: client.py URL TRANSPORT
import sys
import threading

import socketio

url, transports = sys.argv[1], sys.argv[2].split(',')
client = socketio.Client()
heard = threading.Event()
got = []


@client.on('back')
def back(*args):
    got.append(args)
    heard.set()


@client.on('question')
def question(a, b):
    return a + b, bytes([a, b])


client.connect(url, transports=transports, auth={'token': 'py'})
client.emit('echo', ('é', 1, {'a': [True, None]}, b'\x01\x02'))
assert heard.wait(10), 'no echo came'
assert got[0] == ('é', 1, {'a': [True, None]}, b'\x01\x02'), got
assert client.call('auth', timeout=10) == {'token': 'py'}
assert client.call('where', timeout=10) == '/'
answer = client.call('ask me', (2, 3), timeout=10)
assert tuple(answer) == (5, b'\x02\x03'), answer
wanted = transports[0] if len(transports) == 1 else 'websocket'
assert client.transport() == wanted, client.transport()
client.disconnect()

custom = socketio.Client()
custom.connect(url, namespaces=['/custom'], transports=transports)
assert custom.call('where', namespace='/custom', timeout=10) == '/custom'
custom.disconnect()
try:
    socketio.Client().connect(url, namespaces=['/nobody'], transports=transports)
    raise AssertionError('nobody is not there')
except socketio.exceptions.ConnectionError as refused:
    pass
print('ok')
