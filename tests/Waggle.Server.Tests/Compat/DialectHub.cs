using System.Net;
using System.Text;
using System.Text.Json;
using Waggle.Dialects;
using Waggle.Server.Tests.Support;

namespace Waggle.Server.Tests.Compat;

/// <summary>Connects to a hub as a dialect's own clients do.</summary>
internal static class DialectHub
{
    /// <summary>The dialect's own port, any free one.</summary>
    public static WaggleServerOptions With(this WaggleServerOptions options, params DialectEntry[] dialects) => options with
    {
        CompatPorts = options.CompatPorts.Concat(dialects.Select(d => KeyValuePair.Create(d.Name, 0))).ToDictionary(StringComparer.Ordinal),
    };

    public static Uri WebSocketOf(this WaggleServer server, DialectEntry dialect, string query = "") => new UriBuilder(server.CompatUrls[dialect.Name]) { Scheme = "ws", Path = dialect.OwnPath, Query = query }.Uri;

    public static async Task<(HttpStatusCode Status, JsonElement Body)> SendAsync(Uri root, HttpMethod method, string path, string? body = null, string? token = null)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(method, new Uri(root, path));
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        if (token is not null) request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        using var response = await http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return (response.StatusCode, text.Length == 0 ? default : JsonElement.Parse(text));
    }

    /// <summary>Skips other messages until one of a type matches.</summary>
    public static async Task<JsonElement> HearAsync(this RawClient client, string type, Func<JsonElement, bool>? where = null)
    {
        while (true)
        {
            var data = (await client.NextAsync(type)).GetProperty("data");
            if (where is null || where(data)) return data;
        }
    }
}
