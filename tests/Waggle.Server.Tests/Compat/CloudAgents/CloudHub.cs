using System.Text.Json;
using Waggle.Server.Tests.Support;

namespace Waggle.Server.Tests.Compat.CloudAgents;

/// <summary>The ways in which tests meet a hub as clients of Code Cloud Agents do.</summary>
internal static class CloudHub
{
    public static Uri CloudUrl(this WaggleServer server, string? token, string path = "/ws/cloud-agents") =>
        new UriBuilder(server.Url) { Scheme = "ws", Path = path, Query = token is null ? "" : $"token={Uri.EscapeDataString(token)}" }.Uri;

    /// <summary>Connected, and greeted: auth, then the notification.</summary>
    public static async Task<RawClient> CloudAsync(this WaggleServer server, string? token)
    {
        var client = await RawClient.ConnectAsync(server.CloudUrl(token));
        Assert.True((await client.NextAsync()).Is("auth"));
        Assert.True((await client.NextAsync()).Is("notification"));
        return client;
    }

    /// <summary>Connects a client and waits until it has received the presence of its own user.</summary>
    public static async Task<RawClient> HereAsync(this WaggleServer server, string token)
    {
        var client = await server.CloudAsync(token);
        while ((await client.DataAsync("user_presence")).Text("userId") != "user_" + token[..Math.Min(8, token.Length)])
        {
        }

        return client;
    }

    public static Task SayAsync(this RawClient client, string status) => client.SendAsync($$"""{"type":"user_presence","data":"{{status}}"}""");

    /// <summary>The data of the next message of a type.</summary>
    public static async Task<JsonElement> DataAsync(this RawClient client, string type)
    {
        var message = await client.NextAsync(type);
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", message.Text("timestamp"));
        return message.GetProperty("data");
    }

    /// <summary>Asserts that the client receives no further message before the answer to a new request.</summary>
    public static async Task NothingMoreAsync(this RawClient client)
    {
        await client.SendAsync("""{"type":"ping"}""");
        var next = await client.NextAsync();
        while (next.Is("ping")) next = await client.NextAsync();
        Assert.True(next.Is("pong"), next.GetRawText());
    }

    public static async Task<string> ProblemAsync(this RawClient client, string frame)
    {
        await client.SendAsync(frame);
        return (await client.DataAsync("error")).Text("error")!;
    }
}
