using System.Text.Json;
using Waggle.Core;
using Waggle.Dialects.Mapping;
using Waggle.Protocol;

namespace Waggle.Dialects.ClaudeFlow;

/// <summary>A message of a client, while the hub answers it.</summary>
internal sealed record FlowCall(string Id, string Type)
{
    /// <summary>The swarm in which the agent of the answer must be; null for any.</summary>
    public string? Swarm { get; init; }
}

/// <summary>One topic of a subscription.</summary>
/// <param name="Pattern">The events that its missed records become.</param>
/// <param name="Before">The events of the topics before it in the same message, which have sent those already.</param>
internal sealed record TopicTag(FlowCall Call, EventSelection Pattern, EventSelection Before, bool IsLast, Resumption Resumption)
{
    /// <summary>The pattern, which the hub's answer keeps or removes.</summary>
    public HeldPattern? Held { get; init; }
}

/// <summary>Whether a subscription resumed, over all its topics.</summary>
internal sealed class Resumption
{
    public bool IsAsked { get; init; }

    public bool IsWhole { get; set; } = true;

    public bool HasFailed { get; set; }
}

/// <summary>A topic that a client has left.</summary>
/// <param name="Call">The message that the hub answers now; null if more of its topics follow.</param>
internal sealed record LeftTag(FlowCall? Call);

/// <summary>What a client publishes to a topic of a channel.</summary>
/// <param name="Topic">The topic's segments.</param>
internal sealed record Publication(FlowCall Call, string[] Topic, PayloadReader Data, Principal By)
{
    /// <summary>Whether the agent of the connection has left, so that its next report brings it back.</summary>
    public bool HasLeft { get; init; }

    public string Id => Topic[1];

    public string Name => Topic[^1];

    /// <summary>Checks that a field of the data, if it is there, has the id of the topic.</summary>
    public void RequireSame(string field)
    {
        if (Data.Text(field) is { } said && said != Id)
            throw PayloadReader.Invalid($"data.{field} is '{PayloadReader.Clip(said)}', and the topic is that of '{PayloadReader.Clip(Id)}'.");
    }

    public DialectException NotAvailable(string reason) => new(new(ErrorCodes.NotAvailable, $"{string.Join('.', Topic)}: {reason}"));

    public static PayloadReader Read(JsonElement message)
    {
        if (message.TryGetProperty("data", out var data) && data.ValueKind == JsonValueKind.Object) return new PayloadReader(data, "data");
        throw PayloadReader.Invalid("data is missing: an object.");
    }
}
