class ClaudeZenWebSocketClient {
  constructor(url, options = {}) {
    this.url = url;
    this.options = options;
    this.ws = null;
    this.subscriptions = new Set();
    this.pendingRequests = new Map();
    this.eventHandlers = new Map();
  }

  async connect() {
    return new Promise((resolve, reject) => {
      this.ws = new WebSocket(this.url);
      
      this.ws.onopen = () => {
        console.log('Connected to Claude Zen WebSocket');
        resolve();
      };
      
      this.ws.onerror = reject;
      this.ws.onmessage = this.handleMessage.bind(this);
    });
  }

  subscribe(channels, handler) {
    channels.forEach(channel => this.subscriptions.add(channel));
    
    this.send({
      type: 'subscribe',
      data: { channels }
    });

    if (handler) {
      channels.forEach(channel => {
        if (!this.eventHandlers.has(channel)) {
          this.eventHandlers.set(channel, []);
        }
        this.eventHandlers.get(channel).push(handler);
      });
    }
  }

  async request(action, data = {}) {
    const requestId = 'req-' + Date.now() + '-' + Math.random().toString(36).substr(2, 9);
    
    return new Promise((resolve, reject) => {
      this.pendingRequests.set(requestId, { resolve, reject });
      
      this.send({
        id: requestId,
        type: 'request',
        data: { action, ...data }
      });
      
      // Timeout after 30 seconds
      setTimeout(() => {
        if (this.pendingRequests.has(requestId)) {
          this.pendingRequests.delete(requestId);
          reject(new Error('Request timeout'));
        }
      }, 30000);
    });
  }

  send(message) {
    if (this.ws.readyState === WebSocket.OPEN) {
      this.ws.send(JSON.stringify(message));
    }
  }

  handleMessage(event) {
    const message = JSON.parse(event.data);
    
    // Handle responses to requests
    if (message.type === 'response' && message.id && this.pendingRequests.has(message.id)) {
      const { resolve } = this.pendingRequests.get(message.id);
      this.pendingRequests.delete(message.id);
      resolve(message.data);
      return;
    }
    
    // Handle channel messages
    if (message.channel && this.eventHandlers.has(message.channel)) {
      const handlers = this.eventHandlers.get(message.channel);
      handlers.forEach(handler => handler(message));
    }
  }
}
