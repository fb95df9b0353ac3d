using Waggle.Core.Access;
using Waggle.Core.Kernel;
using Waggle.Protocol;
using Waggle.Protocol.Json;

namespace Waggle.Core.Apps;

/// <summary>Publishes to an application topic. The topic prefix prevents a client from forging domain records.</summary>
public sealed record PublishToApp(string Topic, RawJson Data) : Command<NoResult>
{
    /// <summary>The connection that does not receive the message, because it published it; null if every subscriber does.</summary>
    public string? Except { get; init; }

    public override int Bytes => Data.Utf8.Length;

    public override string Right => Permissions.WriteApp;

    public override string? Refusal(IHiveView hive)
    {
        if (Audience.OwnerOf(Topic) is { } owner) return By.Owns(owner) ? null : $"'{Topic}' is private to another subject.";
        if (By.Swarms is null) return null;
        return Audience.SwarmOf(Topic) is not { } swarm
            ? $"'{By.Subject}' is limited to swarms and may publish under {Audience.SwarmPrefix}SWARM. "
                + $"and {Audience.PrivatePrefix}{Audience.SegmentOf(By.User)}. only."
            : By.Reaches(swarm) ? null : By.OutOfReach(swarm);
    }

    public override Decision<NoResult> Decide(IHiveView view, in DecisionContext context)
    {
        if (!Protocol.Topics.Topic.IsValid(Topic))
            return Decision.Reject(ErrorCodes.InvalidRequest,
                "topic: dot-separated segments of A-Z a-z 0-9 _ - : @ + ~ =, at most 250 characters, no wildcards.");
        return Protocol.Topics.Topic.IsApplication(Topic)
            ? Decision.OfRecords(new AppPublished(Topic, Data) { Except = Except, Swarm = Audience.SwarmOf(Topic) })
            : Decision.Reject(ErrorCodes.Forbidden, $"Clients publish under '{Protocol.Topics.Topic.ApplicationPrefix}' only; '{Topic}' is the hub's own.");
    }
}
