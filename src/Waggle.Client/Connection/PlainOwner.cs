using Waggle.Protocol.Messages;

namespace Waggle.Client;

/// <summary>The owner of a connection that has no client or worker above it.</summary>
internal sealed class PlainOwner(WaggleOptions options, Action<HubMessage>? received) : IConnectionOwner
{
    public Hello CreateHello() => Hellos.Create(options);

    public void Connected(Welcome welcome, int generation)
    {
    }

    public void Received(HubMessage message) => received?.Invoke(message);

    public ValueTask FrameReadAsync(CancellationToken cancel) => default;

    public void Ended(WaggleException reason)
    {
    }
}

internal static class Hellos
{
    public static Hello Create(WaggleOptions options, AgentHello? agent = null) => new()
    {
        Protocols = ["waggle.v1"],
        Client = options.ClientName ?? "waggle-dotnet",
        Batch = true,
        Agent = agent,
    };
}
