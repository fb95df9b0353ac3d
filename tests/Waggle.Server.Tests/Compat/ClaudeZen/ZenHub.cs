using System.Text.Json;
using Waggle.Dialects.ClaudeZen;
using Waggle.Server.Tests.Support;

namespace Waggle.Server.Tests.Compat.ClaudeZen;

/// <summary>The ways in which tests meet a hub as clients of Claude Code Flow do.</summary>
internal static class ZenHub
{
    public static Uri ZenUrl(this WaggleServer server, string path = "/ws/claude-zen") => new UriBuilder(server.Url) { Scheme = "ws", Path = path }.Uri;

    /// <summary>Connected, and greeted.</summary>
    public static async Task<RawClient> ZenAsync(this WaggleServer server, string? bearer = null)
    {
        var client = await RawClient.ConnectAsync(
            server.ZenUrl(), bearer is null ? null : o => o.SetRequestHeader("Authorization", $"Bearer {bearer}"));
        Assert.True((await client.NextAsync()).Is("connection_ack"));
        return client;
    }

    /// <summary>Subscribes to channels and patterns and waits until the hub has them.</summary>
    public static async Task ZenSubscribeAsync(this RawClient client, params IReadOnlyList<string> names)
    {
        var list = string.Join(',', names.Select(n => $"\"{n}\""));
        await client.SendAsync($$$"""{"id":"s","type":"subscribe","data":{"channels":[{{{list}}}]}}""");
        while ((await client.NextAsync("response")).Text("id") != "s")
        {
        }
    }

    /// <summary>Sends a request and returns the data of its response.</summary>
    public static async Task<JsonElement> ZenAskAsync(this RawClient client, string data)
    {
        var id = Guid.NewGuid().ToString("n");
        await client.SendAsync($$$"""{"id":"{{{id}}}","type":"request","data":{{{data}}}}""");
        while (true)
        {
            var response = await client.NextAsync("response");
            if (response.Text("id") == id) return response.GetProperty("data");
        }
    }

    /// <summary>Returns the data of the next message of a type on a channel.</summary>
    public static async Task<JsonElement> ZenHearAsync(this RawClient client, string type, string channel, Func<JsonElement, bool>? where = null)
    {
        while (true)
        {
            var message = await client.NextAsync(type);
            Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", message.Text("timestamp"));
            if (message.Text("channel") == channel && where?.Invoke(message.GetProperty("data")) != false) return message.GetProperty("data");
        }
    }

    public static WaggleServerOptions Shared(this WaggleServerOptions options, int port) => options with
    {
        CompatPorts = new Dictionary<string, int>(StringComparer.Ordinal) { ["cloud-agents"] = port, [ClaudeZenDialect.Entry.Name] = port },
    };
}
