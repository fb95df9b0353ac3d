// As printed in dsactivi-2/code-cloud-agents, "WebSocket Real-time Communication" 1.0.0, "React Hook"; not changed.
import { useEffect, useState, useRef } from 'react';

interface AgentStatus {
  agentName: string;
  state: 'idle' | 'working' | 'stopped';
  currentTask?: string;
  progress?: number;
}

interface Notification {
  level: 'info' | 'success' | 'warning' | 'error';
  message: string;
}

export function useWebSocket(token: string) {
  const [isConnected, setIsConnected] = useState(false);
  const [agentStatus, setAgentStatus] = useState<AgentStatus | null>(null);
  const [notifications, setNotifications] = useState<Notification[]>([]);
  const wsRef = useRef<WebSocket | null>(null);

  useEffect(() => {
    const ws = new WebSocket(`ws://localhost:3000/ws?token=${token}`);
    wsRef.current = ws;

    ws.onopen = () => {
      setIsConnected(true);
    };

    ws.onmessage = (event) => {
      const message = JSON.parse(event.data);

      switch (message.type) {
        case 'agent_status':
          setAgentStatus(message.data);
          break;
        case 'notification':
          setNotifications(prev => [...prev, message.data]);
          break;
      }
    };

    ws.onclose = () => {
      setIsConnected(false);
    };

    return () => {
      ws.close();
    };
  }, [token]);

  const sendPresence = (status: string) => {
    wsRef.current?.send(JSON.stringify({
      type: 'user_presence',
      data: status
    }));
  };

  return {
    isConnected,
    agentStatus,
    notifications,
    sendPresence
  };
}

// Usage in component
function Dashboard() {
  const { isConnected, agentStatus, notifications } = useWebSocket('your-token');

  return (
    <div>
      <div>Status: {isConnected ? '🟢 Connected' : '🔴 Disconnected'}</div>
      <div>Agent: {agentStatus?.state}</div>
      {notifications.map((n, i) => (
        <div key={i} className={`alert-${n.level}`}>{n.message}</div>
      ))}
    </div>
  );
}
