// As printed in do-ops885/ai-orchestrator-hub, backend/docs/api/websocket.md, "JavaScript Client", without its usage; not changed.
class HiveWebSocketClient {
  constructor(url = 'ws://localhost:3001/ws') {
    this.url = url;
    this.ws = null;
    this.reconnectAttempts = 0;
    this.maxReconnectAttempts = 5;
    this.messageHandlers = new Map();
    this.setupDefaultHandlers();
  }

  setupDefaultHandlers() {
    // Agent events
    this.messageHandlers.set('agent_created', (data) => {
      console.log('üÜï New agent:', data.agent.name);
    });

    this.messageHandlers.set('agent_status_changed', (data) => {
      console.log(`üîÑ Agent ${data.agent_id}: ${data.old_status} ‚Üí ${data.new_status}`);
    });

    // Task events
    this.messageHandlers.set('task_created', (data) => {
      console.log('üìã New task:', data.task.description);
    });

    this.messageHandlers.set('task_completed', (data) => {
      console.log('‚úÖ Task completed:', data.task_id);
    });

    this.messageHandlers.set('task_failed', (data) => {
      console.error('‚ùå Task failed:', data.task_id, data.error.message);
    });

    // System events
    this.messageHandlers.set('system_alert', (data) => {
      console.warn('üö® Alert:', data.title, data.message);
    });
  }

  connect() {
    try {
      this.ws = new WebSocket(this.url);

      this.ws.onopen = () => {
        console.log('‚úÖ Connected to Hive WebSocket');
        this.reconnectAttempts = 0;
      };

      this.ws.onmessage = (event) => {
        try {
          const message = JSON.parse(event.data);
          this.handleMessage(message);
        } catch (error) {
          console.error('‚ùå Failed to parse message:', error);
        }
      };

      this.ws.onclose = (event) => {
        console.log('üîå Connection closed:', event.code);
        this.attemptReconnect();
      };

      this.ws.onerror = (error) => {
        console.error('‚ùå WebSocket error:', error);
      };

    } catch (error) {
      console.error('‚ùå Failed to connect:', error);
    }
  }

  handleMessage(message) {
    const handler = this.messageHandlers.get(message.type);
    if (handler) {
      handler(message.data);
    } else {
      console.log('‚ùì Unknown message type:', message.type);
    }
  }

  attemptReconnect() {
    if (this.reconnectAttempts < this.maxReconnectAttempts) {
      this.reconnectAttempts++;
      const delay = Math.min(1000 * Math.pow(2, this.reconnectAttempts), 30000);

      console.log(`üîÑ Reconnecting in ${delay}ms...`);
      setTimeout(() => this.connect(), delay);
    } else {
      console.error('‚ùå Max reconnection attempts reached');
    }
  }

  disconnect() {
    if (this.ws) {
      this.ws.close();
    }
  }

  // Add custom message handler
  on(eventType, handler) {
    this.messageHandlers.set(eventType, handler);
  }
}
