namespace Waggle.Dialects.ClaudeZenFlow;

/// <summary>
/// The commands of the Socket.IO dashboards that this hub does not support, each with the reason and an alternative. Without an answer, the client would wait
/// for its timeout and assume success.
/// </summary>
internal static class UnavailableCommands
{
    /// <summary>The reasons by name; the page spec/socket.io.md has the same.</summary>
    public static IReadOnlyDictionary<string, string> Reasons { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["swarm:analyze"] = "Nothing measures a swarm's efficiency or bottlenecks. GET /api/v1/swarms/SWARM has its agents and open tasks.",
        ["task:execute:immediate"] = "A task that is created is not waited for over Socket.IO: task:create, then listen for task:completed.",
        ["neural:training:start"] = "This hub trains no models.",
        ["system:optimize"] = "This hub has no optimizer.",
        ["system:recommendations:get"] = "This hub makes no recommendations.",
        ["config:update"] = "Settings are those of the hub's start: its options or its configuration file.",
        ["subscribe:filtered"] = "Use subscribe with categories and filters.",
        ["subscription:update"] = "Use subscribe and unsubscribe; a category that is subscribed to anew has the new filter.",
        ["configure:batching"] = "Events are not batched over Socket.IO.",
        ["configure:rate-limit"] = "Rates are not limited over Socket.IO; the hub's own protocol waggle.v1 has max_rate.",
        ["auth:token:refresh"] = "This hub gives out no refresh tokens: connect again with a fresh token.",
        ["auth:permissions:request"] = "Permissions come from the token: ask its issuer for another one.",
        ["enable:performance:tracking"] = "The hub sends no reports about a connection; GET /api/v1/connections has its figures.",
    };
}
