// As printed in dsactivi-2/code-cloud-agents, "WebSocket Real-time Communication" 1.0.0, "Browser (JavaScript)"; not changed.
class CloudAgentsWebSocket {
  constructor(token) {
    this.token = token;
    this.ws = null;
    this.reconnectDelay = 5000;
    this.connect();
  }

  connect() {
    this.ws = new WebSocket(`ws://localhost:3000/ws?token=${this.token}`);

    this.ws.onopen = () => {
      console.log('✅ WebSocket connected');
      this.startHeartbeat();
    };

    this.ws.onmessage = (event) => {
      const message = JSON.parse(event.data);
      this.handleMessage(message);
    };

    this.ws.onclose = () => {
      console.log('🔌 WebSocket disconnected');
      this.reconnect();
    };

    this.ws.onerror = (error) => {
      console.error('WebSocket error:', error);
    };
  }

  handleMessage(message) {
    switch (message.type) {
      case 'agent_status':
        this.onAgentStatus(message.data);
        break;
      case 'chat_message':
        this.onChatMessage(message.data);
        break;
      case 'notification':
        this.onNotification(message.data);
        break;
      case 'user_presence':
        this.onUserPresence(message.data);
        break;
    }
  }

  startHeartbeat() {
    this.heartbeatInterval = setInterval(() => {
      this.send({ type: 'ping' });
    }, 30000);
  }

  reconnect() {
    clearInterval(this.heartbeatInterval);
    setTimeout(() => {
      console.log('🔄 Reconnecting...');
      this.connect();
    }, this.reconnectDelay);
  }

  send(message) {
    if (this.ws.readyState === WebSocket.OPEN) {
      this.ws.send(JSON.stringify(message));
    }
  }

  setPresence(status) {
    this.send({
      type: 'user_presence',
      data: status
    });
  }

  // Override these in your app
  onAgentStatus(data) { console.log('Agent status:', data); }
  onChatMessage(data) { console.log('Chat message:', data); }
  onNotification(data) { console.log('Notification:', data); }
  onUserPresence(data) { console.log('User presence:', data); }

  close() {
    clearInterval(this.heartbeatInterval);
    this.ws.close();
  }
}

// Usage
const client = new CloudAgentsWebSocket('your-token-here');

// Custom handlers
client.onAgentStatus = (data) => {
  document.getElementById('agent-status').innerText = data.state;
};

client.onNotification = (data) => {
  showToast(data.level, data.message);
};
