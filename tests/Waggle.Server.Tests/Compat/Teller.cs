using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Waggle.Dialects;
using Waggle.Dialects.CloudAgents;
using Waggle.Dialects.OrchestratorHub;
using Waggle.Server.Tests.Support;

namespace Waggle.Server.Tests.Compat;

/// <summary>One dialect's form of the messages that its document leaves open; its page has the same.</summary>
internal abstract partial class Teller
{
    public static Teller Of(string name) => name == OrchestratorHubDialect.Entry.Name ? new OrchestratorHub() : new CloudAgents();

    protected abstract DialectEntry Entry { get; }

    protected virtual string Query => "";

    /// <summary>The last message of the greeting.</summary>
    protected abstract string Greeted { get; }

    /// <summary>A request of the client, and the hub's answer to it.</summary>
    public abstract (string Says, string Answer) Ping { get; }

    /// <summary>A large durable message of this dialect.</summary>
    public abstract string Durable { get; }

    /// <summary>How many were left out; null: it is not about that.</summary>
    public abstract long? Gap(JsonElement message);

    public abstract bool IsSlow(JsonElement message);

    public abstract bool IsDrain(JsonElement message);

    public abstract bool IsLapse(JsonElement message);

    public WaggleServerOptions Opened(WaggleServerOptions options) => options.With(Entry);

    public Task<RawClient> DeafAsync(WaggleServer server) => RawClient.ConnectAsync(server.WebSocketOf(Entry, Query), reads: false);

    public async Task<RawClient> ConnectAsync(WaggleServer server, string? query = null)
    {
        var client = await RawClient.ConnectAsync(server.WebSocketOf(Entry, query ?? Query));
        await client.NextAsync(Greeted);
        return client;
    }

    private sealed class OrchestratorHub : Teller
    {
        protected override DialectEntry Entry => OrchestratorHubDialect.Entry;

        protected override string Greeted => "tasks_update";

        public override (string Says, string Answer) Ping => ("""{"action":"ping"}""", "pong");

        public override string Durable { get; } = $$$"""{"type":"task.create","tasks":[{"title":"{{{new string('\'', 500)}}}"}]}""";

        public override long? Gap(JsonElement message) => Trouble(message, "delivery", "GAP") is { } error ? error.GetProperty("details").Number("dropped") : null;

        public override bool IsSlow(JsonElement message) => Trouble(message, "connection", "SLOW_CONSUMER") is not null;

        public override bool IsDrain(JsonElement message) => Trouble(message, "connection", "DRAINING")?.GetProperty("details").Number("retry_after_ms") >= 0;

        public override bool IsLapse(JsonElement message) => Trouble(message, "connection", "TOKEN_EXPIRED") is not null;

        private static JsonElement? Trouble(JsonElement message, string component, string code) =>
            message.Is("error_occurred") && message.GetProperty("data") is var data && data.Text("component") == component && data.GetProperty("error") is var error && error.Text("code") == code ? error : null;
    }

    private sealed partial class CloudAgents : Teller
    {
        protected override DialectEntry Entry => CloudAgentsDialect.Entry;

        protected override string Query => "token=ann";

        protected override string Greeted => "user_presence";

        public override (string Says, string Answer) Ping => ("""{"type":"ping"}""", "pong");

        public override string Durable { get; } = $$$"""{"type":"notification.send","level":"info","message":"{{{new string('\'', 1000)}}}"}""";

        public override long? Gap(JsonElement message) =>
            message.Is("notification") && LeftOut().Match(message.GetProperty("data").Text("message")!) is { Success: true } match ? long.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) : null;

        public override bool IsSlow(JsonElement message) => message.Is("error") && message.GetProperty("data").Text("error")!.Contains("reads too slowly to receive everything", StringComparison.Ordinal);

        public override bool IsDrain(JsonElement message) => message.Is("notification") && message.GetProperty("data").Text("message")!.StartsWith("The hub is stopping. Come back in", StringComparison.Ordinal);

        public override bool IsLapse(JsonElement message) => message.Is("error") && message.GetProperty("data").Text("error")!.Contains("expired", StringComparison.Ordinal);

        [GeneratedRegex("This client reads too slowly: ([0-9]+) updates were left out")]
        private static partial Regex LeftOut();
    }
}
