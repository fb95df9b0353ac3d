# As printed in do-ops885/ai-orchestrator-hub, backend/docs/api/websocket.md, "Python Client", without its usage; not changed.
import websocket
import json
import threading
import time

class HiveWebSocketClient:
    def __init__(self, url='ws://localhost:3001/ws'):
        self.url = url
        self.ws = None
        self.running = False
        self.message_handlers = {}

    def connect(self):
        try:
            self.ws = websocket.WebSocket()
            self.ws.connect(self.url)
            self.running = True
            print("‚úÖ Connected to Hive WebSocket")

            # Start message handling thread
            threading.Thread(target=self._message_loop, daemon=True).start()

        except Exception as e:
            print(f"‚ùå Failed to connect: {e}")

    def _message_loop(self):
        while self.running:
            try:
                message = self.ws.recv()
                if message:
                    self._handle_message(json.loads(message))
            except Exception as e:
                print(f"‚ùå Message handling error: {e}")
                break

    def _handle_message(self, message):
        message_type = message.get('type')
        handler = self.message_handlers.get(message_type)

        if handler:
            handler(message.get('data', {}))
        else:
            print(f"‚ùì Unknown message type: {message_type}")

    def on(self, event_type, handler):
        self.message_handlers[event_type] = handler

    def disconnect(self):
        self.running = False
        if self.ws:
            self.ws.close()
