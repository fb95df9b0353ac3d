using System.Text.Json.Nodes;
using Waggle.TestKit;

namespace Waggle.Server.Tests.Api;

internal sealed record ServerEvent(string Name, string? Id, JsonObject Data)
{
    public string? Topic => (string?)Data["topic"];
}

/// <summary>Reads server-sent events as a browser's EventSource does.</summary>
internal sealed class EventReader(HttpResponseMessage response, StreamReader lines) : IDisposable
{
    private static readonly TimeSpan Patience = Eventually.Patience;

    public static async Task<EventReader> OpenAsync(RestHub hub, string query = "", string? lastEventId = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/events" + query);
        request.Headers.Accept.ParseAdd("text/event-stream");
        if (lastEventId is not null) request.Headers.TryAddWithoutValidation("Last-Event-ID", lastEventId);
        var response = await hub.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        return new EventReader(response, new StreamReader(await response.Content.ReadAsStreamAsync()));
    }

    /// <summary>Null at the end of the stream.</summary>
    public async Task<ServerEvent?> NextAsync()
    {
        string? name = null, id = null, data = null;
        while (await lines.ReadLineAsync().WaitAsync(Patience) is { } line)
        {
            if (line.Length == 0 && name is not null) return new ServerEvent(name, id, JsonNode.Parse(data!)!.AsObject());
            if (line.StartsWith("event: ", StringComparison.Ordinal)) name = line[7..];
            else if (line.StartsWith("id: ", StringComparison.Ordinal)) id = line[4..];
            else if (line.StartsWith("data: ", StringComparison.Ordinal)) data = line[6..];
        }

        return null;
    }

    public async Task<ServerEvent> NextAsync(string name)
    {
        while (await NextAsync() is { } next)
        {
            if (next.Name == name) return next;
        }

        throw new InvalidOperationException($"The stream ended before a {name}.");
    }

    public void Dispose()
    {
        lines.Dispose();
        response.Dispose();
    }
}
