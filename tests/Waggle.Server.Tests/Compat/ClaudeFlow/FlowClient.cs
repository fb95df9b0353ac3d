using System.Text.Json;
using Waggle.Dialects.ClaudeFlow;
using Waggle.Server.Tests.Support;

namespace Waggle.Server.Tests.Compat.ClaudeFlow;

/// <summary>A client of @claude-flow/realtime that sends its frames as a test writes them.</summary>
internal sealed class FlowClient : IDisposable
{
    private readonly List<JsonElement> _events = [];
    private int _ids;

    private FlowClient(RawClient raw) => Raw = raw;

    public RawClient Raw { get; }

    public static Uri UrlOf(WaggleServer server) => new UriBuilder(server.Url) { Scheme = "ws", Path = ClaudeFlowDialect.Entry.Path }.Uri;

    public static async Task<FlowClient> ConnectAsync(WaggleServer server, string? token = null) => await OfAsync(await RawClient.ConnectAsync(UrlOf(server), o =>
    {
        if (token is not null) o.SetRequestHeader("Authorization", $"Bearer {token}");
    }));

    public static async Task<FlowClient> OfAsync(RawClient raw)
    {
        var greeting = await raw.NextAsync();
        Assert.Equal(("version-negotiation", "1.0.0"), (greeting.Text("type"), greeting.GetProperty("supportedVersions")[0].GetString()));
        return new FlowClient(raw);
    }

    /// <summary>Connects as the worker of an agent that is idle.</summary>
    public static async Task<FlowClient> WorkerAsync(WaggleServer server, string agent, string? token = null)
    {
        var client = await ConnectAsync(server, token);
        await client.DoneAsync(Status(agent, "idle"));
        return client;
    }

    public static string Publish(string topic, string data) => $$"""
        "type":"publish","topic":"{{topic}}","data":{{data}},"broadcast":false
        """;

    public static string Status(string agent, string status) =>
        Publish($"agent.{agent}.status", $$"""{"agentId":"{{agent}}","status":"{{status}}","timestamp":1}""");

    /// <summary>Sends a request and returns its ack or error. Events that come meanwhile are kept.</summary>
    public async Task<JsonElement> AskAsync(string body)
    {
        var id = $"r{++_ids}";
        await Raw.SendAsync($$"""{"id":"{{id}}","version":"1.0.0","timestamp":1767225600000,{{body}}}""");
        while (true)
        {
            var message = await Raw.NextAsync();
            if (message.Is("event")) _events.Add(message);
            else if (Has(message, "messageId", id) || Has(message, "id", id) || Has(message, "id", $"pong-{id}")) return message;
        }
    }

    public async Task<JsonElement> DoneAsync(string body)
    {
        var answer = await AskAsync(body);
        Assert.True(answer.Is("ack") && answer.GetProperty("success").GetBoolean(), $"{body} gave {answer}");
        return answer;
    }

    public Task<JsonElement> SubscribeAsync(params string[] topics) => DoneAsync($"\"type\":\"subscribe\",\"topics\":{JsonSerializer.Serialize(topics)}");

    /// <summary>Returns the codes of the error that a request must give, of the dialect and of the hub, and its message.</summary>
    public async Task<(string Code, string HubCode, string Message)> ErrorAsync(string body)
    {
        var answer = await AskAsync(body);
        Assert.True(answer.Is("error"), $"{body} gave {answer}");
        return (answer.Text("code")!, answer.GetProperty("details").Text("code")!, answer.Text("message")!);
    }

    /// <summary>Returns the data of the next event of a topic; others are kept.</summary>
    public async Task<JsonElement> EventAsync(string topic, Func<JsonElement, bool>? where = null)
    {
        while (true)
        {
            for (var i = 0; i < _events.Count; i++)
            {
                if (_events[i].Text("topic") != topic || where?.Invoke(_events[i].GetProperty("data")) == false) continue;
                var found = _events[i].GetProperty("data");
                _events.RemoveAt(i);
                return found;
            }

            var message = await Raw.NextAsync();
            Assert.True(message.Is("event"), $"{message} instead of an event of {topic}");
            _events.Add(message);
        }
    }

    /// <summary>Returns the topics of the events that have come until the hub answers a new request, and forgets them.</summary>
    public async Task<IReadOnlyList<string>> TopicsAsync()
    {
        var pong = await AskAsync("\"type\":\"ping\"");
        Assert.True(pong.Is("pong"));
        string[] topics = [.. _events.Select(e => e.Text("topic")!)];
        _events.Clear();
        return topics;
    }

    private static bool Has(JsonElement message, string name, string value) => message.TryGetProperty(name, out var there) && there.GetString() == value;

    public void Dispose() => Raw.Dispose();
}
