using Waggle.Protocol.Json;

namespace Waggle.Dialects.ClaudeZen;

/// <summary>A request of a client, which its answer belongs to.</summary>
/// <param name="Id">The id as the client wrote it.</param>
internal sealed record Call(RawJson Id, string Action)
{
    /// <summary>Whether it came as JSON-RPC, from the console of the repository.</summary>
    public bool IsRpc { get; init; }

    /// <summary>The swarm whose part of an overview the answer has.</summary>
    public string? Swarm { get; init; }

    /// <summary>The query of a search.</summary>
    public string? Query { get; init; }

    /// <summary>Whether the client was subscribed to <c>memory-events</c>, where the document has the results of a search.</summary>
    public bool HearsMemory { get; init; }
}
