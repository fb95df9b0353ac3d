// As printed in do-ops885/ai-orchestrator-hub, backend/docs/api/websocket.md, "Messages arriving out of order"; not changed.
// Add sequence numbers
let sequenceNumber = 0;
ws.onmessage = (event) => {
  const message = JSON.parse(event.data);
  if (message.sequence > sequenceNumber) {
    sequenceNumber = message.sequence;
    processMessage(message);
  }
};
