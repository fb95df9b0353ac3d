namespace Waggle.Client;

internal static class WaggleUrl
{
    private const string DefaultPath = "/ws/waggle";

    /// <summary>Where the hub's other paths begin.</summary>
    public static Uri ToHttp(Uri url)
    {
        var socket = ToSocket(url);
        return new UriBuilder(socket.Scheme == "wss" ? "https" : "http", socket.Host, socket.Port).Uri;
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
        if (builder.Path is "" or "/") builder.Path = DefaultPath;
        return builder.Uri;
    }
}
