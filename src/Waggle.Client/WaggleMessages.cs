using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Client;

/// <summary>
/// Messages to agents, from the user of the client's token. A worker receives those of its agent by <see cref="WaggleWorkerOptions.OnMessage"/> and sends by
/// <see cref="WaggleWorker.SendAsync(string, RawJson, TimeSpan?, CancellationToken)"/>. Thread-safe.
/// </summary>
/// <remarks>Every method throws <see cref="WaggleException"/> with the hub's error code.</remarks>
/// <example>
/// <code>
/// await client.Messages.SendAsync("coder", RawJson.Parse("""{"look":"page 7"}"""), TimeSpan.FromMinutes(10));
/// await client.Messages.SendAsync("writers", MessageAudience.Lead, RawJson.Parse("\"How far are you?\""));
/// </code>
/// </example>
public sealed class WaggleMessages
{
    private const int KeyBytes = 16;
    private readonly WaggleClient _client;

    internal WaggleMessages(WaggleClient client) => _client = client;

    /// <summary>Sends JSON to an agent. The call completes when the message is durable; the hub delivers it when the agent is connected.</summary>
    /// <param name="content">Any JSON but null, up to 32 KiB.</param>
    /// <param name="ttl">The time for which the hub keeps it, 1 second to 7 days; null for one hour.</param>
    /// <exception cref="WaggleException"><c>NOT_FOUND</c>, <c>TOO_LARGE</c>, <c>QUOTA_EXCEEDED</c> (the agent's inbox is full), <c>STORE_FULL</c>.</exception>
    public Task<MessagesSent> SendAsync(string agent, RawJson content, TimeSpan? ttl = null, CancellationToken cancel = default) =>
        SendAsync(new AgentSend { Agent = agent, Content = content, TtlMs = Ms(ttl) }, cancel);

    /// <summary>Sends JSON to agents of a swarm: all that are online (<see cref="MessageAudience.Swarm"/>), or those that lead.</summary>
    /// <param name="content">Any JSON but null, up to 32 KiB.</param>
    /// <param name="ttl">The time for which the hub keeps it, 1 second to 7 days; null for one hour.</param>
    /// <exception cref="WaggleException"><c>NOT_FOUND</c>, <c>INVALID_STATE</c> (nobody has the place), <c>QUOTA_EXCEEDED</c>, <c>STORE_FULL</c>.</exception>
    public Task<MessagesSent> SendAsync(string swarm, MessageAudience to, RawJson content, TimeSpan? ttl = null, CancellationToken cancel = default) =>
        SendAsync(new AgentSend { Swarm = swarm, To = to, Content = content, TtlMs = Ms(ttl) }, cancel);

    internal static long? Ms(TimeSpan? ttl) => (long?)ttl?.TotalMilliseconds;

    // A repetition over a lost connection sends nothing twice.
    internal static AgentSend Keyed(AgentSend message) => message with { IdempotencyKey = RandomId.Hex(KeyBytes) };

    private Task<MessagesSent> SendAsync(AgentSend message, CancellationToken cancel) =>
        _client.CommandAsync(Keyed(message), HubJson.Default.MessagesSent, cancel);
}
