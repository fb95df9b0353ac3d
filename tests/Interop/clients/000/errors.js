ws.onerror = (error) => {
  console.error('WebSocket error:', error);
  
  // Implement reconnection logic
  setTimeout(() => {
    reconnect();
  }, 5000);
};

ws.onclose = (event) => {
  if (event.code !== 1000) { // Not normal closure
    console.warn('WebSocket closed unexpectedly:', event.code, event.reason);
    reconnect();
  }
};
