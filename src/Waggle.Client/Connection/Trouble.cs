using System.Globalization;
using System.Net;
using System.Net.WebSockets;
using Waggle.Protocol;
using Waggle.Protocol.Messages;

namespace Waggle.Client;

/// <summary>The reason why a socket ended, and whether another attempt is pointless.</summary>
internal readonly record struct Trouble(WaggleException Reason, bool IsFinal)
{
    public static Trouble Closed(ClientWebSocket socket, Bye? bye) =>
        From((int?)socket.CloseStatus ?? bye?.Code ?? CloseCodes.GoingAway, socket.CloseStatusDescription, bye);

    public static Trouble Broken(ClientWebSocket socket, Exception e, Bye? bye)
    {
        // A write may fail between the hub's close frame and its reading; the hub's code takes precedence.
        if (((int?)socket.CloseStatus ?? bye?.Code) is { } code) return From(code, socket.CloseStatusDescription, bye);
        return socket.HttpStatusCode switch
        {
            HttpStatusCode.Unauthorized =>
                new(new(ErrorCodes.Unauthenticated, WordsOf(socket) ?? "The hub rejected the token (HTTP 401).", inner: e), IsFinal: true),
            HttpStatusCode.Forbidden => new(new(ErrorCodes.Forbidden, "The hub refused the connection with HTTP 403.", inner: e), IsFinal: true),
            _ => new(new(ClientErrorCodes.ConnectionLost, e.InnerException?.Message ?? e.Message, RetryAfter(socket), e), IsFinal: false),
        };
    }

    // A hub at its limit of connections states when to connect again.
    private static TimeSpan? RetryAfter(ClientWebSocket socket)
    {
        if (socket.HttpResponseHeaders is not { } headers || !headers.TryGetValue("Retry-After", out var values)) return null;
        return int.TryParse(values.FirstOrDefault(), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? TimeSpan.FromSeconds(seconds) : null;
    }

    // A refused socket exposes no body, so the hub sends the reason in this header, too (RFC 6750 3).
    private static string? WordsOf(ClientWebSocket socket)
    {
        const string Name = "error_description=\"";
        if (socket.HttpResponseHeaders is not { } headers || !headers.TryGetValue("WWW-Authenticate", out var challenges)) return null;
        var challenge = string.Join(", ", challenges);
        var start = challenge.IndexOf(Name, StringComparison.Ordinal) + Name.Length;
        var end = start < Name.Length ? -1 : challenge.IndexOf('"', start);
        return end < 0 ? null : challenge[start..end];
    }

    private static Trouble From(int code, string? text, Bye? bye)
    {
        var name = code switch
        {
            CloseCodes.Replaced => ClientErrorCodes.Replaced,
            CloseCodes.AgentRemoved => ErrorCodes.AgentRemoved,
            CloseCodes.MessageTooBig => ErrorCodes.TooLarge,
            CloseCodes.TokenExpired => ErrorCodes.Unauthenticated,
            _ => ClientErrorCodes.Closed,
        };
        var why = text is { Length: > 0 } ? text : bye?.Reason;
        var wait = bye?.RetryAfterMs is { } ms ? TimeSpan.FromMilliseconds(ms) : (TimeSpan?)null;
        return new(new(name, $"The hub closed the connection with code {code}{(why is null ? "." : $": {why}")}", wait), !CloseCodes.ShouldReconnect(code));
    }
}
