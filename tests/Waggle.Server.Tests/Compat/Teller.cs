using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Waggle.Dialects;
using Waggle.Dialects.ClaudeFlow;
using Waggle.Dialects.ClaudeZen;
using Waggle.Dialects.CloudAgents;
using Waggle.Dialects.OrchestratorHub;
using Waggle.Protocol;
using Waggle.Server.Tests.Support;

namespace Waggle.Server.Tests.Compat;

/// <summary>One dialect's form of the messages that its document leaves open; its page has the same.</summary>
internal abstract partial class Teller
{
    public static IReadOnlyList<string> Names { get; } =
        [OrchestratorHubDialect.Entry.Name, CloudAgentsDialect.Entry.Name, ClaudeZenDialect.Entry.Name, ClaudeFlowDialect.Entry.Name];

    public static Teller Of(string name) =>
        name == OrchestratorHubDialect.Entry.Name ? new OrchestratorHub()
        : name == CloudAgentsDialect.Entry.Name ? new CloudAgents()
        : name == ClaudeZenDialect.Entry.Name ? new ClaudeZen() : new ClaudeFlow();

    protected abstract DialectEntry Entry { get; }

    protected virtual string Query => "";

    /// <summary>The last message of the greeting.</summary>
    protected abstract string Greeted { get; }

    /// <summary>What a client sends to hear of tasks, and the type of the hub's answer; null for a dialect whose clients hear of them without it.</summary>
    protected virtual (string Says, string Answer)? Subscribes => null;

    /// <summary>A request of the client, and the hub's answer to it.</summary>
    public abstract (string Says, string Answer) Ping { get; }

    /// <summary>A large durable message of this dialect.</summary>
    public abstract string Durable { get; }

    /// <summary>How many were left out; null: it is not about that.</summary>
    public abstract long? Gap(JsonElement message);

    public abstract bool IsSlow(JsonElement message);

    public abstract bool IsDrain(JsonElement message);

    public abstract bool IsLapse(JsonElement message);

    /// <summary>Whether a message is about a task that completed.</summary>
    public abstract bool IsCompletion(JsonElement message);

    /// <summary>Whether a message shows a new client how it is.</summary>
    public virtual bool IsState(JsonElement message) => false;

    /// <summary>Whether a new client is shown how it is, without a subscription.</summary>
    public virtual bool ShowsState => false;

    public virtual int DrainCode => CloseCodes.Draining;

    public WaggleServerOptions Opened(WaggleServerOptions options) => options.With(Entry);

    public async Task<RawClient> DeafAsync(WaggleServer server)
    {
        var client = await OpenAsync(server, null, reads: false);
        if (Subscribes is var (says, _)) await client.SendAsync(says);
        return client;
    }

    public async Task<RawClient> ConnectAsync(WaggleServer server, string? token = null)
    {
        var client = await OpenAsync(server, token, reads: true);
        await client.NextAsync(Greeted);
        if (Subscribes is not var (says, answer)) return client;
        await client.SendAsync(says);
        await client.NextAsync(answer);
        return client;
    }

    protected virtual Task<RawClient> OpenAsync(WaggleServer server, string? token, bool reads) =>
        RawClient.ConnectAsync(server.WebSocketOf(Entry, token is null ? Query : $"token={token}"), reads: reads);

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

        public override bool IsCompletion(JsonElement message) => message.Is("task_completed");

        public override bool ShowsState => true;

        public override bool IsState(JsonElement message) => message.Is("tasks_update") && message.ToString().Contains("\"status\":\"Completed\"", StringComparison.Ordinal);

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

        public override bool IsCompletion(JsonElement message) => message.ToString().Contains("'missed' completed", StringComparison.Ordinal);

        public override bool ShowsState => true;

        public override bool IsState(JsonElement message) => message.Is("agent_status") && message.ToString().Contains("\"state\":\"idle\"", StringComparison.Ordinal);

        [GeneratedRegex("This client reads too slowly: ([0-9]+) updates were left out")]
        private static partial Regex LeftOut();
    }

    private sealed class ClaudeZen : Teller
    {
        protected override DialectEntry Entry => ClaudeZenDialect.Entry;

        protected override string Greeted => "connection_ack";

        protected override (string Says, string Answer)? Subscribes { get; } = ("""{"id":"s","type":"subscribe","data":{"channels":["tasks","task-coordination"]}}""", "response");

        public override (string Says, string Answer) Ping => ("""{"type":"ping"}""", "pong");

        public override string Durable { get; } = $$$"""{"type":"task.create","tasks":[{"title":"{{{new string('\'', 500)}}}"}]}""";

        public override long? Gap(JsonElement message) => IsError(message, "MESSAGES_DROPPED") ? message.GetProperty("data").GetProperty("details").Number("dropped") : null;

        public override bool IsSlow(JsonElement message) => IsError(message, "SLOW_CONSUMER");

        public override bool IsDrain(JsonElement message) => IsError(message, "DRAINING") && message.GetProperty("data").Number("retryAfter") >= 0;

        public override bool IsLapse(JsonElement message) => IsError(message, "TOKEN_EXPIRED");

        public override bool IsCompletion(JsonElement message) => message.Is("task_completed") || message.Is("task:completed");

        // Its clients have the token in the header; in the query, it is that of another dialect.
        protected override Task<RawClient> OpenAsync(WaggleServer server, string? token, bool reads) => RawClient.ConnectAsync(
            server.WebSocketOf(Entry), token is null ? null : o => o.SetRequestHeader("Authorization", $"Bearer {token}"), reads);

        private static bool IsError(JsonElement message, string code) => message.Is("error") && message.GetProperty("data").Text("code") == code;
    }

    private sealed class ClaudeFlow : Teller
    {
        protected override DialectEntry Entry => ClaudeFlowDialect.Entry;

        protected override string Greeted => "version-negotiation";

        protected override (string Says, string Answer)? Subscribes { get; } =
            ("""{"id":"s","type":"subscribe","version":"1.0.0","timestamp":1,"topics":["task.created","task.assigned","task.progress","task.error","task.completed"]}""", "ack");

        public override (string Says, string Answer) Ping => ("""{"id":"p","type":"ping","version":"1.0.0","timestamp":1}""", "pong");

        public override string Durable { get; } = $$$"""{"type":"task.create","tasks":[{"title":"{{{new string('\'', 500)}}}"}]}""";

        public override int DrainCode => CloseCodes.GoingAway;

        public override long? Gap(JsonElement message) => IsEvent(message, "message-dropped") ? message.GetProperty("data").Number("dropped") : null;

        public override bool IsSlow(JsonElement message) => IsError(message, "RATE_LIMIT_EXCEEDED") && message.GetProperty("details").Text("code") == "SLOW_CONSUMER";

        public override bool IsDrain(JsonElement message) => IsEvent(message, "server-shutdown") && message.GetProperty("data").Number("retryAfterMs") >= 0;

        public override bool IsLapse(JsonElement message) => IsError(message, "AUTHENTICATION_FAILED") && message.Text("message")!.Contains("expired", StringComparison.Ordinal);

        public override bool IsCompletion(JsonElement message) => IsEvent(message, "task.completed");

        private static bool IsError(JsonElement message, string code) => message.Is("error") && message.Text("code") == code;

        private static bool IsEvent(JsonElement message, string topic) => message.Is("event") && message.Text("topic") == topic;
    }
}
