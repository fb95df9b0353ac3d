namespace Waggle.Client;

internal static class WaggleUrl
{
    private const string SocketPath = "/ws/waggle";

    /// <summary>Returns the base of the hub's other paths, with a slash at the end.</summary>
    public static Uri ToHttp(Uri url)
    {
        var socket = ToSocket(url);
        var path = socket.AbsolutePath.EndsWith(SocketPath, StringComparison.Ordinal) ? socket.AbsolutePath[..^SocketPath.Length] : "";
        return new UriBuilder(socket.Scheme == "wss" ? "https" : "http", socket.Host, socket.Port, path + "/").Uri;
    }

    public static Uri ToSocket(Uri url)
    {
        if (!url.IsAbsoluteUri) throw new ArgumentException("The hub's URL must be absolute.", nameof(url));
        var scheme = url.Scheme switch
        {
            "http" or "ws" => "ws",
            "https" or "wss" => "wss",
            _ => throw new ArgumentException($"The hub's URL has scheme '{url.Scheme}'; known are http, https, ws and wss.", nameof(url)),
        };
        // UriBuilder keeps an explicit port and would write a default one; -1 leaves the scheme's own.
        var builder = new UriBuilder(url) { Scheme = scheme, Port = url.IsDefaultPort ? -1 : url.Port, Fragment = "" };

        // The path of an http URL is the place of the hub within an application (MapWaggle); that of a ws URL names the WebSocket itself.
        if (builder.Path is "" or "/" || (url.Scheme is "http" or "https" && !builder.Path.EndsWith(SocketPath, StringComparison.Ordinal)))
        {
            builder.Path = builder.Path.TrimEnd('/') + SocketPath;
        }

        return builder.Uri;
    }
}
