// The client side of @claude-flow/realtime as its document describes it: the same classes, methods, events and frames. The document prints how it is used and
// not the package itself.
const { EventEmitter } = require('events');

const VERSION = '1.0.0';
let ids = 0;
const frame = (type, fields) => ({ id: `${Date.now()}-${(ids++).toString(36)}`, type, version: VERSION, timestamp: Date.now(), ...fields });

module.exports = (WebSocket, url) => {
  class WSClient extends EventEmitter {
    constructor(options) {
      super();
      this.options = { pingInterval: 30000, messageTimeout: 30000, ...options };
      this.pending = new Map();
      this.topics = new Set();
    }

    connect() {
      return new Promise((resolve, reject) => {
        // The snippets have their server's address in them: here it is another port.
        this.ws = new WebSocket(this.options.url.replace('ws://localhost:8080', url));
        this.ws.on('open', async () => {
          this.emit('connected');
          this.pings = setInterval(() => this.send(frame('ping', {})), this.options.pingInterval);
          try {
            if (this.options.token) await this.request(frame('auth', { token: this.options.token, metadata: this.options.metadata }));
            if (this.topics.size > 0) await this.request(frame('subscribe', { topics: [...this.topics] }));
            resolve();
          } catch (error) {
            reject(error);
          }
        });
        this.ws.on('message', (data) => this.handle(JSON.parse(data.toString())));
        this.ws.on('close', (code, reason) => {
          clearInterval(this.pings);
          for (const waiting of this.pending.values()) waiting.reject(new Error('Connection closed'));
          this.pending.clear();
          this.emit('disconnected', { code, reason: reason.toString() });
        });
        this.ws.on('error', (error) => reject(error));
      });
    }

    handle(message) {
      for (const field of ['id', 'type', 'version', 'timestamp']) if (!message[field]) throw new Error(`A frame without ${field}: ${JSON.stringify(message)}`);
      if (message.type === 'version-negotiation') {
        if (!message.supportedVersions.includes(VERSION)) this.disconnect();
      } else if (message.type === 'pong') this.emit('pong', { latency: message.latency });
      else if (message.type === 'ack' || message.type === 'error') {
        const waiting = this.pending.get(message.type === 'ack' ? message.messageId : message.id);
        if (!waiting) return;
        clearTimeout(waiting.timer);
        this.pending.delete(waiting.id);
        if (message.type === 'ack') waiting.resolve(message);
        else waiting.reject(new Error(message.message));
      } else if (message.type === 'event') {
        this.emit('event', message);
        this.emit(`event:${message.topic}`, message);
      }
    }

    send(message) {
      this.ws.send(JSON.stringify(message));
    }

    request(message) {
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error('Message timeout')), this.options.messageTimeout);
        this.pending.set(message.id, { id: message.id, resolve, reject, timer });
        this.send(message);
      });
    }

    async subscribe(topics) {
      for (const topic of topics) this.topics.add(topic);
      await this.request(frame('subscribe', { topics }));
    }

    async unsubscribe(topics) {
      for (const topic of topics) this.topics.delete(topic);
      await this.request(frame('unsubscribe', { topics }));
    }

    publish(topic, data, broadcast = false) {
      return this.request(frame('publish', { topic, data, broadcast }));
    }

    ping() {
      this.send(frame('ping', {}));
    }

    disconnect() {
      this.ws.close(1000, 'Client disconnect');
    }
  }

  // A channel emits its events by their own names, which come from the roll-up topics, and every event of one entity as TYPE:ID.
  class Channel extends EventEmitter {
    constructor(client, channel, idOf, names) {
      super();
      Object.assign(this, { client, channel, types: Object.keys(names) });
      for (const [type, name] of Object.entries(names)) {
        client.on(`event:${channel}.${type}`, ({ data }) => {
          if (name !== 'error' || this.listenerCount('error') > 0) this.emit(name, data);
          this.emit(`${name}:${data[idOf]}`, data);
        });
      }

      client.on('event', ({ topic, data }) => {
        const parts = topic.split('.');
        if (parts[0] === channel && parts.length === 3) this.emit(`${parts[2]}:${parts[1]}`, data);
      });
    }

    subscribeAll() {
      return this.client.subscribe(this.types.map((type) => `${this.channel}.${type}`));
    }

    subscribeTo(id, types = this.types) {
      return this.client.subscribe(types.map((type) => `${this.channel}.${id}.${type}`));
    }

    waitFor(event, timeout, wanted = () => true) {
      return new Promise((resolve, reject) => {
        let timer;
        const listener = (data) => {
          if (!wanted(data)) return;
          clearTimeout(timer);
          this.off(event, listener);
          resolve(data);
        };
        if (timeout) timer = setTimeout(() => reject(new Error(`${event}: timeout`)), timeout);
        this.on(event, listener);
      });
    }
  }

  class AgentChannelClient extends Channel {
    constructor(client) {
      super(client, 'agent', 'agentId', { status: 'status-change', health: 'health-update', metrics: 'metrics-update', logs: 'log-entry' });
    }

    subscribeToAgent(id) {
      return this.subscribeTo(id);
    }

    reportStatus(event) {
      return this.client.publish(`agent.${event.agentId}.status`, event);
    }

    reportHealth(event) {
      return this.client.publish(`agent.${event.agentId}.health`, event);
    }
  }

  class TaskChannelClient extends Channel {
    constructor(client) {
      super(client, 'task', 'taskId', { progress: 'progress', completed: 'completed', created: 'created', assigned: 'assigned', error: 'error' });
    }

    subscribeToTask(id) {
      return this.subscribeTo(id, ['progress', 'completed', 'assigned', 'error']);
    }

    reportProgress(event) {
      return this.client.publish(`task.${event.taskId}.progress`, event);
    }

    reportCompleted(event) {
      return this.client.publish(`task.${event.taskId}.completed`, event);
    }

    waitForCompletion(id, timeout) {
      return this.waitFor(`completed:${id}`, timeout);
    }
  }

  class SwarmChannelClient extends Channel {
    constructor(client) {
      super(client, 'swarm', 'swarmId', {
        topology: 'topology-change', 'agent-joined': 'agent-joined', 'agent-left': 'agent-left', consensus: 'consensus', decision: 'decision', state: 'state-update', coordination: 'coordination',
      });
    }

    subscribeToSwarm(id) {
      return this.subscribeTo(id);
    }

    submitVote(swarmId, proposalId, vote, agentId) {
      return this.client.publish(`swarm.${swarmId}.consensus`, { swarmId, proposalId, type: 'voting', votes: [{ agentId, vote }], timestamp: Date.now() });
    }

    waitForConsensus(swarmId, proposalId, timeout) {
      return this.waitFor(`consensus:${swarmId}`, timeout, (e) => e.proposalId === proposalId && (e.type === 'accepted' || e.type === 'rejected'));
    }
  }

  return { WSClient, AgentChannelClient, TaskChannelClient, SwarmChannelClient };
};
